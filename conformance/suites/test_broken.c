/* SPDX-License-Identifier: MIT */
/*
 * Failure on purpose: for each subject of vectors/broken/ the check must report exactly the
 * violation that was put there, and not pass it. One Check test a variant, named after it.
 *
 * Those that are broken on some immediates, and one of each kind of the others, are checked with
 * all immediates; of the rest the proof has to name the call. HVC_DISPATCH=full: all of them.
 */
#include <stdlib.h>

#include "engine/prove.h"
#include "hvcheck/arch.h"
#include "readme.h"
#include "under_test.h"

/* One report that must come out, as a row of the README; and a call that shows it. */
static const struct row {
	const char *variant, *abi, *rule, *clause, *reg; /* reg "-": none */
	uint16_t imm;        /* the first immediate that breaks the rule */
	uint32_t immediates; /* how many do */
	enum hvc_insn insn;
	enum hvc_level from;
	unsigned world;   /* of the ABI */
	enum hvc_reg set; /* the register that matters, HVC_REG_NONE for none, */
	uint64_t value;   /* and what is in it */
} rows[] = {
/* clang-format off */
#define FREE HVC_REG_NONE, 0
#define X0   HVC_REG_X0
#define FUNC X0, HVC_FUNCTION
#define EL1  HVC_INSN_HVC, HVC_LEVEL_EL1H, 0
#define EL2  HVC_INSN_HVC, HVC_LEVEL_EL2H, 0
#define SMC  HVC_INSN_SMC, HVC_LEVEL_EL1H, 0
#define GUEST HVC_INSN_HVC, HVC_LEVEL_EL1H, 1
#define ALL  0, 65536
	{"broken-imm-off-by-one", "linux-stub-imm", "set_vectors", "result", "vbar_el2", 2, 1, EL1, FREE},
	{"broken-imm-off-by-one", "linux-stub-imm", "unknown", "preserve", "vbar_el2", 3, 1, EL1, FREE},
	{"broken-imm-low-byte", "linux-stub-imm", "unknown", "preserve", "x0", 0x101, 510, EL1, FREE},
	{"broken-imm-low-byte", "linux-stub-imm", "unknown", "preserve", "vbar_el2", 0x102, 255, EL1, FREE},
	{"broken-single-imm", "linux-stub-imm", "unknown", "preserve", "x0", 0x4a48, 1, EL1, FREE},
	{"broken-lost-lr", "linux-stub-imm", "call_func", "preserve", "x30", 4, 1, EL1, FUNC},
	{"broken-w0-compare", "linux-stub-4.12", "unknown", "result", "x0", ALL, EL1, X0, UINT64_C(1) << 32},
	{"broken-w0-compare", "linux-stub-4.12", "unknown", "outcome", "-", ALL, EL1, X0, UINT64_C(1) << 32 | 1},
	{"broken-wrong-slot", "linux-stub-4.12", "set_vectors", "outcome", "-", ALL, EL1, X0, 0},
	{"broken-wrong-slot", "linux-stub-4.12", "soft_restart", "outcome", "-", ALL, EL1, X0, 1},
	{"broken-wrong-slot", "linux-stub-4.12", "reset_vectors", "outcome", "-", ALL, EL1, X0, 2},
	{"broken-wrong-slot", "linux-stub-4.12", "unknown", "outcome", "-", ALL, EL1, X0, 3},
	{"broken-el2-slot", "linux-stub-4.12", "current_el", "outcome", "-", ALL, EL2, X0, 2},
	{"broken-retry", "linux-stub-4.12", "unknown", "outcome", "-", ALL, EL1, X0, 3},
	{"broken-skip", "linux-stub-4.12", "reset_vectors", "outcome", "-", ALL, EL1, X0, 2},
	{"broken-hang", "linux-stub-4.12", "unknown", "outcome", "-", ALL, EL1, X0, 3},
	{"broken-leak-el2", "linux-stub-4.12", "set_vectors", "preserve", "x19", ALL, EL1, X0, 0},
	{"broken-vbar-unknown", "linux-stub-4.12", "unknown", "preserve", "vbar_el2", ALL, EL1, X0, 3},
	{"broken-set-ignored", "linux-stub-4.12", "set_vectors", "result", "vbar_el2", ALL, EL1, X0, 0},
	{"broken-restart-args", "linux-stub-4.12", "soft_restart", "result", "x2", ALL, EL1, X0, 1},
	{"broken-restart-target", "linux-stub-4.12", "soft_restart", "address", "-", ALL, EL1, X0, 1},
	{"broken-restart-el1", "linux-stub-4.12", "soft_restart", "level", "-", ALL, EL1, X0, 1},
	{"broken-store", "linux-stub-4.12", "unknown", "memory", "-", ALL, EL1, X0, 3},
	{"broken-daif", "linux-stub-4.12", "reset_vectors", "preserve", "daif", ALL, EL1, X0, 2},
	{"broken-ec-wrong", "linux-stub-3.8", "get_vectors", "result", "x0", ALL, EL1, X0, 0},
	{"broken-ec-wrong", "linux-stub-3.8", "set_vectors", "result", "vbar_el2", ALL, EL1, FREE},
	{"broken-ec-unchecked", "linux-stub-3.8", "not_hvc", "preserve", "x0", ALL, SMC, X0, 0},
	{"broken-ec-unchecked", "linux-stub-3.8", "not_hvc", "preserve", "vbar_el2", ALL, SMC, FREE},
	{"broken-nzcv", "linux-stub-4.7", "unknown", "preserve", "nzcv", ALL, EL1, X0, 2},
	{"broken-lost-register", "linux-kvm-imm", "call_hyp", "preserve", "x20", 0, 1, EL1, FUNC},
	{"broken-kvm-nr", "linux-kvm-6.1", "stub_error", "result", "x0", ALL, EL1, X0, 3},
	{"broken-kvm-guest-host", "linux-kvm-5.8", "call_hyp", "outcome", "-", ALL, EL1, FUNC},
	{"broken-kvm-guest-host", "linux-kvm-5.8", "stub_error", "outcome", "-", ALL, EL1, X0, 0},
	{"broken-kvm-guest-host", "linux-kvm-5.8", "soft_restart", "outcome", "-", ALL, EL1, X0, 1},
	{"broken-kvm-guest-host", "linux-kvm-5.8", "reset_vectors", "outcome", "-", ALL, EL1, X0, 2},
	{"broken-kvm-guest-host", "linux-kvm-5.8", "guest_workaround", "outcome", "-", ALL, GUEST, X0, 0x80008000},
	{"broken-sve-hint", "linux-kvm-6.19", "pkvm_init", "result", "x0", ALL, EL1, X0, 0xc6010001},
	{"broken-hibernate-x0", "linux-hibernate-4.7", "set_vectors", "result", "vbar_el2", ALL, EL1, FREE},
	{"broken-smccc-sve", "smccc-1.3", "smccc_version", "result", "x0", 0, 1, EL1, X0, 0x80010000},
	{"broken-smccc-sve", "smccc-1.3", "psci_version", "result", "x0", 0, 1, EL1, X0, 0x84010000},
	{"broken-xen-ea1-w16", "xen", "unknown", "result", "x0", 0xea1, 1, EL1, (enum hvc_reg)16, UINT64_C(0x100000007)},
	{"broken-jailhouse-imm", "jailhouse", "unknown_imm", "outcome", "-", 0x48, 255, EL1, FREE},
	{"broken-gunyah-hole", "gunyah", "hole", "result", "x0", 0x6016, 1, EL1, FREE},
	{"broken-bao-upper", "bao", "psci_version", "result", "x0", ALL, EL1, X0, 0x184000000},
	{"broken-bao-upper", "bao", "unknown", "result", "x0", ALL, EL1, X0, 0x186000000},
	{"broken-leak-flags", "linux-stub-4.12", "reset_vectors", "preserve", "nzcv", ALL, EL1, X0, 2},
	{"broken-leak-memory", "linux-stub-4.12", "unknown", "memory", "-", ALL, EL1, X0, 3},
        /* clang-format on */
};

#define ROWS (sizeof rows / sizeof *rows)

/*
 * Wrong in ways that no rule speaks of; test_leak_builtin.c and test_sequence.c hold them to what
 * they are.
 */
static const char *const elsewhere[] = {
        "broken-leak-thread",    "broken-leak-simd", "broken-leak-branch", "broken-seq-set-once",
        "broken-seq-reset-once", "broken-seq-third", "broken-seq-armed",   "broken-seq-stale-get",
};

/* Is this verdict the one the row is about? */
static bool is_verdict_of(const struct row *row, const struct hvc_abi *abi,
                          const struct hvc_verdict *verdict)
{
	return verdict->kind == HVC_VERDICT_VIOLATES && verdict->rule >= 0 &&
	       !strcmp(hvc_abi_rule_at(abi, (unsigned)verdict->rule)->name, row->rule) &&
	       !strcmp(hvc_clause_name(verdict->clause), row->clause) &&
	       verdict->reg == (row->reg[0] == '-' ? HVC_REG_NONE : hvc_reg_find(row->reg));
}

static void assert_reported(const struct row *row, const struct hvc_check *check,
                            const char *findings)
{
	const struct hvc_finding *found = NULL;

	for (unsigned i = 0; i < check->findings; i++)
		if (is_verdict_of(row, check->abi, &check->finding[i].verdict))
			found = &check->finding[i];
	ck_assert_msg(found != NULL, "not reported: %s, %s, %s; but:%s", row->rule, row->clause,
	              row->reg, findings);
	ck_assert_msg(found->imm == row->imm && found->immediates == row->immediates,
	              "%s: first immediate 0x%x, on %u; must be 0x%x, on %u", row->rule, found->imm,
	              found->immediates, row->imm, row->immediates);
	ck_assert_uint_ge(found->calls, found->immediates);
	ck_assert_int_eq(found->probe.call.insn, row->insn);
	ck_assert_int_eq(found->probe.call.from, row->from);
}

/* The call that the row names, made by itself, is judged the same. */
static void assert_shown(const struct row *row, const struct hvc_subject *subject,
                         const struct hvc_abi *abi)
{
	struct hvc_machine *machine =
	        open_machine(subject, &hvc_abi_world_at(abi, row->world)->world);
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
	struct hvc_state entry;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.imm = row->imm;
	call.insn = row->insn;
	call.from = row->from;
	if (row->set != HVC_REG_NONE)
		call.x[row->set] = row->value;
	outcome = make_call(machine, &call);
	hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
	hvc_verdict_judge(abi, row->world, &entry, hvc_machine_present(machine), &call, &outcome,
	                  &verdict);
	ck_assert_msg(is_verdict_of(row, abi, &verdict), "%s #0x%x, 0x%" PRIx64 ": %s %s",
	              row->rule, row->imm, row->value, hvc_verdict_name(verdict.kind),
	              hvc_clause_name(verdict.clause));
	hvc_machine_close(machine);
}

/* With bits 63:32 clear, which are not the call's, it does something else. */
static void assert_width(struct hvc_machine *machine, const struct hvc_finding *finding,
                         struct hvc_call call, const struct hvc_outcome *wide)
{
	enum hvc_reg reg = finding->verdict.reg;
	struct hvc_outcome narrow;
	bool wider = false;

	for (unsigned n = 0; n < 8; n++) {
		wider |= call.x[n] >> 32 != 0;
		call.x[n] &= UINT32_MAX;
	}
	ck_assert(wider);
	reset(machine);
	narrow = make_call(machine, &call);
	if (reg == HVC_REG_NONE)
		ck_assert(wide->kind != narrow.kind || wide->level != narrow.level ||
		          wide->pc != narrow.pc);
	else
		ck_assert_uint_ne((uint32_t)wide->state.v[reg], (uint32_t)narrow.state.v[reg]);
}

/* The memory of EL2 that the finding tells is not what a machine has before a call. */
static void assert_own(struct hvc_machine *machine, uint64_t at)
{
	uint64_t before = 0, after = 0;

	ck_assert_int_eq(hvc_machine_read(machine, at, &after, sizeof after), HVC_OK);
	reset(machine);
	ck_assert_int_eq(hvc_machine_read(machine, at, &before, sizeof before), HVC_OK);
	ck_assert_uint_ne(before, after);
}

/*
 * Each finding's own call, made by itself, is judged as the finding says: `run` shows it. Three
 * clauses are no rule's, and no outcome alone shows them.
 */
static void assert_witness(const struct hvc_subject *subject, const struct hvc_abi *abi,
                           const struct hvc_finding *finding)
{
	struct hvc_machine *machine =
	        open_machine(subject, &hvc_abi_world_at(abi, finding->world)->world);
	struct hvc_call call = finding->probe.call;
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
	struct hvc_state entry;

	call.imm = finding->imm;
	outcome = make_call(machine, &call);
	hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
	hvc_verdict_judge(abi, finding->world, &entry, hvc_machine_present(machine), &call,
	                  &outcome, &verdict);
	ck_assert_int_eq(verdict.rule, finding->verdict.rule);
	if (finding->verdict.clause == HVC_CLAUSE_WIDTH) {
		assert_width(machine, finding, call, &outcome);
	} else if (finding->verdict.clause == HVC_CLAUSE_OWN) {
		assert_own(machine, finding->verdict.actual);
	} else if (finding->verdict.clause == HVC_CLAUSE_FEATURES) {
		/* Other calls show it, too: `run` makes them. */
		ck_assert_int_ne(verdict.kind, HVC_VERDICT_CONFORMS);
	} else {
		ck_assert_int_eq(verdict.kind, HVC_VERDICT_VIOLATES);
		ck_assert_int_eq(verdict.clause, finding->verdict.clause);
		ck_assert_int_eq(verdict.reg, finding->verdict.reg);
	}
	hvc_machine_close(machine);
}

/* Where the caller says, that may be EL2's own code: what runs then cannot be proved. */
static bool stores_at_callers(const char *variant)
{
	return !strcmp(variant, "broken-store") || !strcmp(variant, "broken-leak-memory");
}

/* One of a kind: dirty upper bits, SMC, EL2, a guest's world, what is swept. */
static bool is_checked(const char *variant)
{
	static const char *const kinds[] = {"broken-w0-compare", "broken-ec-unchecked",
	                                    "broken-el2-slot", "broken-kvm-guest-host"};
	bool is = suite_is_full() || stores_at_callers(variant);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		is |= !strcmp(kinds[i], variant);
	for (size_t i = 0; i < ROWS; i++)
		is |= rows[i].immediates < HVC_IMM_COUNT && !strcmp(rows[i].variant, variant);
	return is;
}

/* The callers that the variant's rows are about. */
static void callers_of(const char *variant, unsigned *levels, unsigned *insns)
{
	*levels = *insns = 0;
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].variant, variant)) {
			*levels |= 1u << rows[i].from;
			*insns |= 1u << rows[i].insn;
		}
}

static void check_variant(const char *variant, const struct hvc_subject *subject,
                          const struct hvc_abi *abi)
{
	struct hvc_check_config config = {
	        .subject = subject, .abi = abi, .jobs = 2, .brief = !suite_is_full()};
	struct hvc_check *check;
	char findings[4096];

	callers_of(variant, &config.levels, &config.insns);
	check = run_config(&config);
	print_findings(check, findings, sizeof findings);
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(rows[i].variant, variant))
			assert_reported(&rows[i], check, findings);
	for (unsigned i = 0; i < check->findings; i++)
		assert_witness(subject, abi, &check->finding[i]);
	ck_assert_uint_gt(check->immediates_violating, 0);
	ck_assert_uint_gt(check->total.violates, 0);
	ck_assert_int_eq(check->total.known,
	                 stores_at_callers(variant) ? HVC_EVIDENCE_SWEPT : HVC_EVIDENCE_PROVED);
	hvc_check_free(check);
}

/* Does the proof name a call that breaks it? */
static bool is_refuted(const struct row *row, const struct hvc_abi *abi,
                       const struct hvc_proof *proof)
{
	for (unsigned i = 0; i < proof->calls; i++)
		if (is_verdict_of(row, abi, &proof->call[i].verdict) &&
		    proof->call[i].call.insn == row->insn && proof->call[i].call.from == row->from)
			return true;
	return false;
}

static void prove_variant(const char *variant, const struct hvc_subject *subject,
                          const struct hvc_abi *abi)
{
	struct hvc_prove_config config = {.subject = subject, .abi = abi};

	callers_of(variant, &config.levels, &config.insns);
	for (; config.index < hvc_abi_world_count(abi); config.index++) {
		struct hvc_diag diag = {0};
		struct hvc_proof proof;

		config.world = &hvc_abi_world_at(abi, config.index)->world;
		ck_assert_msg(hvc_prove__world(&config, &diag, &proof) == HVC_OK, "%s",
		              diag.message);
		for (unsigned i = 0; i < proof.parts; i++)
			ck_assert_msg(proof.part[i].proved, "%s", proof.part[i].why);
		for (size_t i = 0; i < ROWS; i++)
			if (!strcmp(rows[i].variant, variant) && rows[i].world == config.index)
				ck_assert_msg(is_refuted(&rows[i], abi, &proof), "%s, %s, %s",
				              rows[i].rule, rows[i].clause, rows[i].reg);
		hvc_proof__free(&proof);
	}
}

TEST_OF_MAIN(variant_is_reported)
{
	const char *variant = rows[_i].variant;
	struct hvc_subject *subject = open_subject(variant);
	struct hvc_abi *abi = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].variant, variant) != 0)
			continue;
		if (!abi)
			abi = open_abi(rows[i].abi);
		ck_assert_str_eq(rows[i].abi, hvc_abi_name(abi));
		assert_shown(&rows[i], subject, abi);
	}
	if (is_checked(variant))
		check_variant(variant, subject, abi);
	else
		prove_variant(variant, subject, abi);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

TEST(table_and_subjects_match)
{
	const struct hvc_builtin *builtin;
	unsigned variants = 0;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		bool found = false;

		for (size_t k = 0; k < ROWS; k++)
			found |= !strcmp(rows[k].variant, builtin->name);
		for (size_t k = 0; k < sizeof elsewhere / sizeof *elsewhere; k++)
			found |= !strcmp(elsewhere[k], builtin->name);
		if (hvc_builtin_is_aarch32(builtin))
			continue; /* test_hyp.c */
		ck_assert_msg(found == !strcmp(builtin->family, "broken"), "%s", builtin->name);
		variants += found;
	}
	ck_assert_uint_ge(variants, 31);
	for (size_t k = 0; k < ROWS; k++) {
		struct hvc_abi *abi = open_abi(rows[k].abi);
		bool found = false;

		ck_assert_msg(find_builtin(rows[k].variant) != NULL, "%s", rows[k].variant);
		for (unsigned r = 0; r < hvc_abi_rule_count(abi); r++)
			found |= !strcmp(hvc_abi_rule_at(abi, r)->name, rows[k].rule);
		ck_assert_msg(found, "%s has no rule %s", rows[k].abi, rows[k].rule);
		hvc_abi_free(abi);
	}
}

static void print_row(size_t row, char *text, size_t size)
{
	snprintf(text, size, "| %s | %s | %s | %s | %s | %s #%s%x from %s, ", rows[row].variant,
	         rows[row].abi, rows[row].rule, rows[row].clause, rows[row].reg,
	         rows[row].insn == HVC_INSN_HVC ? "HVC" : "SMC", rows[row].imm > 9 ? "0x" : "",
	         rows[row].imm, rows[row].from == HVC_LEVEL_EL1H ? "EL1h" : "EL2h");
}

/* The README is the list that people read; it says the same, line by line. */
TEST(table_and_readme_match)
{
	match_readme("| broken-", ROWS, print_row);
}

int main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		if (i == 0 || strcmp(rows[i].variant, rows[i - 1].variant) != 0)
			suite_enter(rows[i].variant, variant_is_reported, (int)i, __LINE__);
	return suite_run("broken");
}
