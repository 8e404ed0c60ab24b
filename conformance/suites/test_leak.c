/* SPDX-License-Identifier: MIT */
/*
 * Leaks: each leaking variant of vectors/broken/ tells exactly what its README says, by the
 * instruction that does it, and no other subject tells anything.
 */
#include "hvcheck/leak.h"

#include <stdlib.h>

#include "hvcheck/arch.h"
#include "readme.h"
#include "under_test.h"

/* A row of the README's table of leaks. */
static const struct row {
	const char *variant, *abi, *rule, *channel, *place, *tells, *moved_by;
} rows[] = {
        {"broken-leak-el2", "linux-stub-4.12", "set_vectors", "register", "x19", "sp_el2",
         "mov x19, sp"},
        {"broken-leak-thread", "linux-stub-4.12", "unknown", "register", "x3", "tpidr_el2",
         "mrs x3, tpidr_el2"},
        {"broken-leak-flags", "linux-stub-4.12", "reset_vectors", "register", "nzcv", "tpidr_el2",
         "msr spsr_el2, x2"},
        {"broken-leak-simd", "linux-stub-4.12", "set_vectors", "simd", "q7", "el2_memory, sp_el2",
         "fmov v7.d[1], x2"},
        {"broken-leak-memory", "linux-stub-4.12", "unknown", "memory", "-", "sp_el2",
         "str x2, [x1]"},
        {"broken-leak-branch", "linux-stub-4.12", "unknown", "register", "x0", "el2_memory",
         "cbz x2, "},
};

#define ROWS (sizeof rows / sizeof *rows)

static struct hvc_leaks *find(const struct hvc_subject *subject, const struct hvc_abi *abi,
                              unsigned insns)
{
	static const struct hvc_interval imm[] = {{0, 8}, {0x4a47, 0x4a49}, {65534, 65535}};
	const struct hvc_probe_config wanted = {
	        .abi = &abi,
	        .abis = abi ? 1 : 0,
	        .levels = 1u << HVC_LEVEL_EL1H,
	        .insns = insns,
	        .brief = true,
	};
	struct hvc_leaks_config config = {
	        .subject = subject,
	        .abi = abi,
	        .imm = imm,
	        .imms = sizeof imm / sizeof *imm,
	};
	struct hvc_leaks *leaks = NULL;
	struct hvc_probes probes;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	ck_assert_int_eq(hvc_probes_make(&wanted, &probes), HVC_OK);
	config.probes = &probes;
	status = hvc_leaks_find(&config, &diag, &leaks);
	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(subject), diag.message);
	hvc_probes_free(&probes);
	return leaks;
}

static void join_sources(const struct hvc_leak *leak, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < hvc_secret_count(); i++)
		if (leak->sources >> i & 1)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "",
			                         hvc_secret_name(i));
}

START_TEST(each_leak_is_told_and_nothing_else)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		struct hvc_subject *subject = open_subject(row->variant);
		struct hvc_abi *abi = open_abi(row->abi);
		struct hvc_leaks *leaks = find(subject, abi, 1u << HVC_INSN_HVC);
		const struct hvc_leak *leak = leaks->leak;
		char tells[128], code[80];

		ck_assert_msg(leaks->leaks == 1, "%s: %u leaks", row->variant, leaks->leaks);
		ck_assert_str_eq(hvc_abi_rule_at(abi, (unsigned)leak->rule)->name, row->rule);
		ck_assert_str_eq(hvc_channel_name(leak->channel), row->channel);
		if (leak->channel == HVC_CHANNEL_REGISTER)
			ck_assert_str_eq(hvc_reg_name((enum hvc_reg)leak->place), row->place);
		else if (leak->channel == HVC_CHANNEL_SIMD)
			ck_assert_str_eq(hvc_simd_name(leak->place), row->place);
		else
			ck_assert_uint_eq(leak->address, HVC_LANDING + 0x800);
		join_sources(leak, tells, sizeof tells);
		ck_assert_str_eq(tells, row->tells);
		ck_assert(leak->moved);
		hvc_disasm(leak->pc, leak->word, code, sizeof code);
		ck_assert_msg(!strncmp(code, row->moved_by, strlen(row->moved_by)),
		              "%s: moved by %s", row->variant, code);
		ck_assert_uint_ne(leak->value[0], leak->value[1]);
		ck_assert_uint_eq(leak->immediates, 14);
		ck_assert_uint_le(leak->calls, leaks->compared);
		ck_assert_uint_eq(leaks->calls, leaks->compared + leaks->granted + leaks->silent);
		hvc_leaks_free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}
END_TEST

/* Even without a specification: what a handler declares is not what makes it right. */
START_TEST(leaks_need_no_specification)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct hvc_subject *subject = open_subject(rows[i].variant);
		struct hvc_leaks *leaks;
		struct hvc_constant *constant = NULL;
		struct hvc_probe_config wanted = {0};
		struct hvc_probes probes;
		const struct hvc_interval imm = {0, 0};
		struct hvc_leaks_config config = {.subject = subject, .imm = &imm, .imms = 1};
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_subject_constants(subject, 1000, &constant, &wanted.constants),
		                 HVC_OK);
		wanted.constant = constant;
		ck_assert_int_eq(hvc_probes_make(&wanted, &probes), HVC_OK);
		config.probes = &probes;
		ck_assert_msg(hvc_leaks_find(&config, &diag, &leaks) == HVC_OK, "%s", diag.message);
		ck_assert_msg(leaks->leaks == 1, "%s: %u leaks", rows[i].variant, leaks->leaks);
		ck_assert_int_eq(leaks->leak[0].rule, -1);
		hvc_leaks_free(leaks);
		hvc_probes_free(&probes);
		free(constant);
		hvc_subject_close(subject);
	}
}
END_TEST

START_TEST(no_other_subject_leaks)
{
	const struct hvc_builtin *builtin;
	unsigned looked_at = 0;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct hvc_subject *subject;
		struct hvc_abi *abi;
		struct hvc_leaks *leaks;
		char what[256] = "";

		if (!strcmp(builtin->family, "broken"))
			continue;
		subject = open_subject(builtin->name);
		abi = open_abi(builtin->name);
		leaks = find(subject, abi, hvc_abi_insns(abi));
		if (leaks->leaks)
			hvc_leak_print(&leaks->leak[0], what, sizeof what);
		ck_assert_msg(leaks->leaks == 0, "%s: %s", builtin->name, what);
		ck_assert_uint_gt(leaks->calls, 0);
		hvc_leaks_free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
		looked_at++;
	}
	ck_assert_uint_ge(looked_at, 50);
}
END_TEST

/* What a rule's results say is no leak, and what they do not say of the same register is one. */
START_TEST(a_declared_result_is_no_leak)
{
	static const struct {
		const char *result;
		unsigned leaks;
	} cases[] = {
	        {"{ x0: 0xbadca11, x3: tpidr_el2 }", 0},
	        {"{ x0: 0xbadca11, w3: tpidr_el2 }", 1}, /* the upper half is not declared */
	        {"{ x0: 0xbadca11, x3: sp_el2 }", 1},
	        {"{ x0: 0xbadca11 }", 1},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_subject *subject = open_subject("broken-leak-thread");
		struct hvc_diag diag = {0};
		struct hvc_abi *abi = NULL;
		struct hvc_leaks *leaks;
		char text[512];
		int size = snprintf(text, sizeof text,
		                    "abi: declares\ntitle: t\nsource: s\ncallers: el1h\n"
		                    "rules:\n  - name: others\n    when: { x0: 0-2 }\n"
		                    "    outcome: unspecified\n  - name: all\n    default: true\n"
		                    "    outcome: return\n    results: %s\n    clobbers: x0-x18\n",
		                    cases[i].result);

		ck_assert_msg(hvc_abi_parse(text, (size_t)size, "inline", &diag, &abi) == HVC_OK,
		              "%u: %s", diag.line, diag.message);
		leaks = find(subject, abi, 1u << HVC_INSN_HVC);
		ck_assert_msg(leaks->leaks == cases[i].leaks, "%s: %u", cases[i].result,
		              leaks->leaks);
		ck_assert_int_eq(leaks->declared > 0, cases[i].leaks == 0);
		hvc_leaks_free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}
END_TEST

START_TEST(a_caller_at_el2_has_nothing_to_learn)
{
	const struct hvc_probe_config wanted = {.levels = 1u << HVC_LEVEL_EL2H};
	struct hvc_subject *subject = open_subject("broken-leak-el2");
	struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = NULL;
	struct hvc_probes probes;
	struct hvc_diag diag = {0};

	ck_assert_int_eq(hvc_probes_make(&wanted, &probes), HVC_OK);
	config.probes = &probes;
	ck_assert_int_eq(hvc_leaks_find(&config, &diag, &leaks), HVC_E_ARG);
	ck_assert_ptr_null(leaks);
	ck_assert_ptr_nonnull(strstr(diag.message, "EL2"));
	hvc_probes_free(&probes);
	hvc_subject_close(subject);
}
END_TEST

static void print_row(size_t row, char *text, size_t size)
{
	snprintf(text, size, "| leaks: %s | %s | %s | %s | %s | %s | `%s", rows[row].variant,
	         rows[row].abi, rows[row].rule, rows[row].channel, rows[row].place, rows[row].tells,
	         rows[row].moved_by);
}

START_TEST(table_and_readme_match)
{
	match_readme("| leaks: ", ROWS, print_row);
}
END_TEST

static const struct suite_test tests[] = {
        {"each_leak_is_told_and_nothing_else", &each_leak_is_told_and_nothing_else},
        {"leaks_need_no_specification", &leaks_need_no_specification},
        {"no_other_subject_leaks", &no_other_subject_leaks},
        {"a_declared_result_is_no_leak", &a_declared_result_is_no_leak},
        {"a_caller_at_el2_has_nothing_to_learn", &a_caller_at_el2_has_nothing_to_learn},
        {"table_and_readme_match", &table_and_readme_match},
};

SUITE_MAIN("leak", tests)
