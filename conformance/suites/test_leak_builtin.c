/* SPDX-License-Identifier: MIT */
/*
 * Leaks of the built-in subjects: each leaking variant of vectors/broken/ tells exactly what its
 * README says, by the instruction that does it, and of the others only those do that are named.
 */
#include "hvcheck/arch.h"
#include "leak_finder.h"
#include "readme.h"

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

TEST(each_leak_is_told_and_nothing_else)
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
		hvc_leaks__free(leaks);
		/* Even without a specification: what it declares is not what makes it right. */
		config.abi = NULL;
		leaks = find(&config);
		ck_assert_msg(leaks->leaks == 1, "%s: %u leaks", row->variant, leaks->leaks);
		ck_assert_int_eq(leaks->leak[0].rule, -1);
		hvc_leaks__free(leaks);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

/*
 * Of the shipped variants three never come back. Three take a block of parameters from wherever the
 * caller says: a caller that names EL2's memory sees by how the call ends what is there, and some
 * of it is left in x2. And where Linux keeps what the command line says of ID registers, which
 * decides whether VHE is used, is data.
 */
static const struct {
	const char *name, *tells;
	enum hvc_status status;
} others[] = {
        {"bsd-spin", NULL, HVC_E_ARG},
        {"jailhouse-boot", NULL, HVC_E_ARG},
        {"m1n1", NULL, HVC_E_ARG},
        {"linux-kvm-init-5.12", "x2 leaks el2_memory ([x1 + 0x18])", HVC_OK},
        {"linux-kvm-init-6.8", "how the call ends leaks el2_memory ([x1 + 0x28])", HVC_OK},
        {"linux-kvm-init-7.2", "how the call ends leaks el2_memory ([x1 + 0x28])", HVC_OK},
        {"linux-stub-5.12", "how the call ends leaks own_data (id_aa64mmfr1_override+0x8)", HVC_OK},
        {"linux-stub-5.13", "how the call ends leaks own_data (id_aa64mmfr1_override+0x8)", HVC_OK},
        {"linux-stub-6.0", "how the call ends leaks own_data (id_aa64mmfr1_override+0x8)", HVC_OK},
        {"linux-stub-6.0-nvhe", "how the call ends leaks own_data (id_aa64mmfr1_override+0x8)",
         HVC_OK},
        {"linux-stub-6.19", "how the call ends leaks own_data (sw_feature_override+0x8)", HVC_OK},
};

static void check_other(const char *name)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_abi *abi = open_abi(name);
	const struct hvc_leaks_config config = {.subject = subject, .abi = abi};
	struct hvc_leaks *leaks = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status = hvc_leaks__find(&config, &diag, &leaks), wanted = HVC_OK;
	char what[256] = "";
	const char *tells = "";

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (!strcmp(others[i].name, name)) {
			tells = others[i].tells ? others[i].tells : "";
			wanted = others[i].status;
		}
	ck_assert_msg(status == wanted, "%s: %s", name, diag.message);
	if (leaks && leaks->leaks)
		hvc_leak__print(&leaks->leak[0], what, sizeof what);
	ck_assert_msg(!strcmp(what, tells), "%s: %s", name, what);
	hvc_leaks__free(leaks);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

TEST(no_other_subject_leaks)
{
	const struct hvc_builtin *builtin;
	unsigned looked_at = 0;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (strcmp(builtin->family, "broken") != 0 && !hvc_builtin_is_aarch32(builtin)) {
			check_other(builtin->name);
			looked_at++;
		}
	ck_assert_uint_ge(looked_at, 50);
}

static void print_row(size_t row, char *text, size_t size)
{
	snprintf(text, size, "| leaks: %s | %s | %s | %s | %s | %s | `%s", rows[row].variant,
	         rows[row].abi, rows[row].rule, rows[row].channel, rows[row].place, rows[row].tells,
	         rows[row].moved_by);
}

TEST(table_and_readme_match)
{
	match_readme("| leaks: ", ROWS, print_row);
}

SUITE_MAIN("leak_builtin")
