/* SPDX-License-Identifier: MIT */
/*
 * Leaks: each way of conformance/subjects/leaks.S, and each leaking variant of vectors/broken/,
 * tells exactly what is said of it, by the instruction that does it, and no other subject tells
 * anything; what is not decided, and what is vacuous, never looks clean.
 */
#include <stdlib.h>

#include "engine/leak.h"
#include "hvcheck/arch.h"
#include "readme.h"
#include "under_test.h"

static struct hvc_subject *open_way(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/subjects/leaks.elf@%s", HVC_BINARY_DIR, name);
	return open_subject(path);
}

static struct hvc_leaks *find(const struct hvc_leaks_config *config)
{
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_leaks_find(config, &diag, &leaks);

	ck_assert_msg(status == HVC_OK, "%s: %s", hvc_subject_name(config->subject), diag.message);
	ck_assert_uint_eq(leaks->paths, leaks->compared + leaks->granted + leaks->silent);
	ck_assert_uint_gt(leaks->compared, 0);
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

static void check_leak(const struct hvc_leak *leak, const char *channel, const char *place,
                       const char *tells, const char *moved_by)
{
	char text[128], code[80];

	ck_assert_str_eq(hvc_channel_name(leak->channel), channel);
	if (leak->channel == HVC_CHANNEL_REGISTER)
		ck_assert_str_eq(hvc_reg_name((enum hvc_reg)leak->place), place);
	else if (leak->channel == HVC_CHANNEL_SIMD)
		ck_assert_str_eq(hvc_simd_name(leak->place), place);
	join_sources(leak, text, sizeof text);
	ck_assert_str_eq(text, tells);
	ck_assert(leak->value[0] != leak->value[1] || leak->channel == HVC_CHANNEL_OUTCOME);
	ck_assert_uint_ne(leak->secret_value[0], leak->secret_value[1]);
	ck_assert_int_eq(leak->moved, moved_by != NULL);
	if (!moved_by)
		return;
	hvc_disasm(leak->pc, leak->word, code, sizeof code);
	ck_assert_msg(!strncmp(code, moved_by, strlen(moved_by)), "moved by %s", code);
}

/* What each way tells. Which secret it is, is told by name. */
static const struct {
	const char *name, *channel, *place, *tells, *secret, *moved_by, *condition;
} told[] = {
        {"direct", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2", "always"},
        {"masked", "register", "x1", "tpidr_el2", "tpidr_el2", "and x1, x1, #0xff00", "always"},
        {"turned", "register", "x1", "tpidr_el2", "tpidr_el2", "eor x1, x1, #0xff", "always"},
        {"one_bit", "register", "x1", "tpidr_el2", "tpidr_el2", "ubfx x1, x1, #0x25, #1", "always"},
        {"one_value", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2",
         "x0 = 0x123456789abcdef0"},
        {"one_immediate", "register", "x1", "tpidr_el2", "tpidr_el2", "mrs x1, tpidr_el2",
         "imm = 7"},
        {"one_secret", "register", "x1", "tpidr_el2", "tpidr_el2", "cset x1, eq", "always"},
        {"branch", "register", "x0", "tpidr_el2", "tpidr_el2", "tbz w2, #5",
         "tpidr_el2 & 0x20 = 0"},
        {"select", "register", "x0", "far_el2", "far_el2", "cset x0, eq", "always"},
        {"store", "memory", "-", "tpidr_el2", "tpidr_el2", "strb w2, [x0, #1]",
         "x0 in 0x4000020000-0x400002fff8"},
        {"data", "register", "x1", "own_data", "key+0x8", "ldr x1, [x1, #8]", "always"},
        {"filled", "register", "x1", "own_data", "by_boot", "ldr w1, [x1]", "always"},
        {"stack", "register", "x1", "el2_memory", "[sp_el2 - 8]", "ldur x1, [sp, #-8]", "always"},
        {"pointed", "register", "x1", "el2_memory", "[x0 + 0x10]", "ldr x1, [x0, #0x10]", "always"},
        {"ends", "outcome", "-", "tpidr_el2", "tpidr_el2", "tbnz x2, #0x3f",
         "tpidr_el2 >= 0x8000000000000000"},
        {"where", "outcome", "-", "tpidr_el2", "tpidr_el2", NULL, "always"},
        {"flags", "register", "nzcv", "tpidr_el2", "tpidr_el2", "msr spsr_el2, x3", "always"},
        {"simd", "simd", "q3", "tpidr_el2", "tpidr_el2", "fmov d3, x2", "always"},
        {"register", "register", "tpidr_el1", "tpidr_el2", "tpidr_el2", "msr tpidr_el1, x2",
         "always"},
        {"two", "register", "x1", "tpidr_el2, far_el2", "tpidr_el2", "eor x1, x1, x2", "always"},
};

#define TOLD (sizeof told / sizeof *told)

START_TEST(way_tells)
{
	struct hvc_subject *subject = open_way(told[_i].name);
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	const struct hvc_leak *leak = leaks->leak;

	ck_assert_uint_eq(leaks->leaks, 1);
	ck_assert_int_eq(leak->rule, -1);
	check_leak(leak, told[_i].channel, told[_i].place, told[_i].tells, told[_i].moved_by);
	ck_assert_str_eq(leak->secret, told[_i].secret);
	ck_assert_str_eq(leak->condition, told[_i].condition);
	/* EL1h and EL1t by HVC and SMC; an HVC of EL0 is UNDEFINED. */
	ck_assert_uint_eq(leaks->parts, 5);
	for (unsigned i = 0; i < leaks->parts; i++)
		ck_assert_msg(leaks->part[i].proved, "%s", leaks->part[i].why);
	hvc_leaks_free(leaks);
	hvc_subject_close(subject);
}
END_TEST

static const char *const kept[] = {"kept_self", "kept_saved",   "kept_over",
                                   "kept_text", "kept_pointer", "kept_both",
                                   "kept_back", "kept_own",     "kept_memory"};

START_TEST(way_tells_nothing)
{
	struct hvc_subject *subject = open_way(kept[_i - (int)TOLD]);
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	char what[256] = "";

	if (leaks->leaks)
		hvc_leak_print(&leaks->leak[0], what, sizeof what);
	ck_assert_msg(leaks->leaks == 0, "%s", what);
	for (unsigned i = 0; i < leaks->parts; i++)
		ck_assert_msg(leaks->part[i].proved, "%s", leaks->part[i].why);
	hvc_leaks_free(leaks);
	hvc_subject_close(subject);
}
END_TEST

/* The call that shows it, made in machines of our own: the two differ in nothing but the secret. */
START_TEST(witness_shows_it)
{
	struct hvc_subject *subject = open_way("one_value");
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = find(&config);
	const struct hvc_leak *leak = leaks->leak;
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	ck_assert_uint_eq(leak->probe.call.x[0], 0x123456789abcdef0);
	ck_assert_mem_eq(&leak->probe.call.x[1], &plain.x[1], sizeof plain.x - sizeof plain.x[0]);
	ck_assert_int_eq(leak->secret_reg, HVC_REG_TPIDR_EL2);
	for (unsigned side = 0; side < 2; side++) {
		struct hvc_world world = leaks->world[leak->world];
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call = leak->probe.call;

		call.imm = leak->imm;
		ck_assert_int_eq(hvc_world_set(&world, leak->secret_reg, leak->secret_value[side]),
		                 HVC_OK);
		machine = open_machine(subject, &world);
		outcome = make_call(machine, &call);
		ck_assert_uint_eq(outcome.state.v[HVC_REG_X0 + 1], leak->value[side]);
		ck_assert_uint_eq(outcome.state.v[HVC_REG_X0 + 1], leak->secret_value[side]);
		hvc_machine_close(machine);
	}
	hvc_leaks_free(leaks);
	hvc_subject_close(subject);
}
END_TEST

/* Never clean: with the reason, and nothing of a result. */
START_TEST(what_is_not_decided_is_said)
{
	static const struct {
		const char *name;
		enum hvc_status status;
		const char *says;
		unsigned levels;
	} rows[] = {
	        {"direct", HVC_E_ARG, "a caller at EL2 can read it all", 1u << HVC_LEVEL_EL2H},
	        {"silent", HVC_E_ARG, "no call comes back", 0},
	        {"elsewhere", HVC_E_UNSUPPORTED, "control goes where EL2's own memory says", 0},
	        {"unlifted", HVC_E_UNSUPPORTED, "fadd d0, d1, d2", 0},
	        {"anywhere", HVC_E_UNSUPPORTED, "to EL2's own memory", 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = open_way(rows[i].name);
		const struct hvc_leaks_config config = {.subject = subject,
		                                        .levels = rows[i].levels};
		struct hvc_leaks *leaks = NULL;
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_leaks_find(&config, &diag, &leaks), rows[i].status);
		ck_assert_ptr_null(leaks);
		ck_assert_msg(strstr(diag.message, rows[i].says) != NULL, "%s: %s", rows[i].name,
		              diag.message);
		hvc_subject_close(subject);
	}
}
END_TEST

/* Only the calls that were asked for. */
START_TEST(calls_are_narrowed)
{
	static const uint64_t value[HVC_GPR_COUNT] = {5};
	const uint16_t imm[2] = {6, 7};
	struct hvc_subject *subject = open_way("one_immediate");
	struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks;

	for (unsigned i = 0; i < 2; i++) {
		config.imm = &imm[i];
		leaks = find(&config);
		ck_assert_uint_eq(leaks->leaks, i);
		hvc_leaks_free(leaks);
	}
	hvc_subject_close(subject);
	subject = open_way("direct");
	config.subject = subject;
	leaks = find(&config);
	ck_assert_uint_eq(leaks->leak[0].imm, 7);
	hvc_leaks_free(leaks);
	hvc_subject_close(subject);
	subject = open_way("one_value");
	config = (struct hvc_leaks_config){.subject = subject, .value = value};
	hvc_regset_add(&config.set, HVC_REG_X0);
	leaks = find(&config);
	ck_assert_uint_eq(leaks->leaks, 0);
	hvc_leaks_free(leaks);
	hvc_subject_close(subject);
}
END_TEST

static void claim(const struct hvc_leak_pair *pair, unsigned reg, hvc_ref *parts)
{
	if (reg == HVC_REG_X0 + 5)
		*parts = hvc_bv__num(pair->search->p.terms, 1, 1);
}

/* A leak that the proof makes up is not seen by the machine. */
START_TEST(wrong_proof_is_noticed)
{
	struct hvc_subject *subject = open_way("kept_over");
	const struct hvc_leaks_config config = {.subject = subject};
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};

	hvc_leak__trial = claim;
	ck_assert_int_eq(hvc_leaks_find(&config, &diag, &leaks), HVC_E_ENGINE);
	hvc_leak__trial = NULL;
	ck_assert_msg(strstr(diag.message, "a fault of hvcheck: x5 tells") != NULL, "%s",
	              diag.message);
	hvc_subject_close(subject);
}
END_TEST

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

START_TEST(each_leak_is_told_and_nothing_else)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *row = &rows[i];
		struct hvc_subject *subject = open_subject(row->variant);
		struct hvc_abi *abi = open_abi(row->abi);
		struct hvc_leaks_config config = {.subject = subject,
		                                  .abi = abi,
		                                  .levels = 1u << HVC_LEVEL_EL1H,
		                                  .insns = 1u << HVC_INSN_HVC};
		struct hvc_leaks *leaks = find(&config);
		const struct hvc_leak *leak = leaks->leak;

		ck_assert_msg(leaks->leaks == 1, "%s: %u leaks", row->variant, leaks->leaks);
		ck_assert_str_eq(hvc_abi_rule_at(abi, (unsigned)leak->rule)->name, row->rule);
		check_leak(leak, row->channel, row->place, row->tells, row->moved_by);
		if (leak->channel == HVC_CHANNEL_MEMORY)
			ck_assert_uint_eq(leak->address, HVC_LANDING + 0x800);
		hvc_leaks_free(leaks);
		/* Even without a specification: what it declares is not what makes it right. */
		config.abi = NULL;
		leaks = find(&config);
		ck_assert_msg(leaks->leaks == 1, "%s: %u leaks", row->variant, leaks->leaks);
		ck_assert_int_eq(leaks->leak[0].rule, -1);
		hvc_leaks_free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}
END_TEST

/*
 * Of the shipped variants three never come back. Two take a block of parameters from wherever the
 * caller says, and leave some of it in x2: in a caller that names EL2's memory. And where Linux
 * keeps what the command line says of ID registers, which decides whether VHE is used, is data.
 */
static const struct {
	const char *name, *tells;
} others[] = {
        {"bsd-spin", NULL},
        {"jailhouse-boot", NULL},
        {"m1n1", NULL},
        {"linux-kvm-init-5.12", "x2 tells el2_memory ([x1 + 0x18])"},
        {"linux-kvm-init-6.8", "how the call ends tells el2_memory ([x1 + 0x28])"},
        {"linux-stub-5.12", "how the call ends tells own_data (id_aa64mmfr1_override+0x8)"},
        {"linux-stub-5.13", "how the call ends tells own_data (id_aa64mmfr1_override+0x8)"},
        {"linux-stub-6.0", "how the call ends tells own_data (id_aa64mmfr1_override+0x8)"},
        {"linux-stub-6.0-nvhe", "how the call ends tells own_data (id_aa64mmfr1_override+0x8)"},
        {"linux-stub-6.19", "how the call ends tells own_data (sw_feature_override+0x8)"},
};

static void check_other(const char *name)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_abi *abi = open_abi(name);
	const struct hvc_leaks_config config = {.subject = subject, .abi = abi};
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_leaks_find(&config, &diag, &leaks), wanted = HVC_OK;
	char what[256] = "";
	const char *tells = "";

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(others[i].name, name)) {
			tells = others[i].tells ? others[i].tells : "";
			wanted = others[i].tells ? HVC_OK : HVC_E_ARG;
		}
	ck_assert_msg(status == wanted, "%s: %s", name, diag.message);
	if (leaks && leaks->leaks)
		hvc_leak_print(&leaks->leak[0], what, sizeof what);
	ck_assert_msg(!strcmp(what, tells), "%s: %s", name, what);
	hvc_leaks_free(leaks);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

START_TEST(no_other_subject_leaks)
{
	const struct hvc_builtin *builtin;
	unsigned looked_at = 0;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (strcmp(builtin->family, "broken") != 0) {
			check_other(builtin->name);
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
		struct hvc_leaks_config config = {.subject = subject};
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
		config.abi = abi;
		leaks = find(&config);
		ck_assert_msg(leaks->leaks == cases[i].leaks, "%s: %u", cases[i].result,
		              leaks->leaks);
		ck_assert_int_eq(leaks->declared > 0, cases[i].leaks == 0);
		hvc_leaks_free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
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

int main(void)
{
	static const struct suite_test tests[] = {
	        {"witness_shows_it", &witness_shows_it},
	        {"what_is_not_decided_is_said", &what_is_not_decided_is_said},
	        {"calls_are_narrowed", &calls_are_narrowed},
	        {"wrong_proof_is_noticed", &wrong_proof_is_noticed},
	        {"each_leak_is_told_and_nothing_else", &each_leak_is_told_and_nothing_else},
	        {"no_other_subject_leaks", &no_other_subject_leaks},
	        {"a_declared_result_is_no_leak", &a_declared_result_is_no_leak},
	        {"table_and_readme_match", &table_and_readme_match},
	};
	struct suite_test all[64];
	unsigned count = 0;

	for (size_t i = 0; i < TOLD; i++)
		all[count++] = (struct suite_test){told[i].name, &way_tells};
	for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
		all[count++] = (struct suite_test){kept[i], &way_tells_nothing};
	for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
		all[count++] = tests[i];
	return suite_run("leak", all, count);
}
