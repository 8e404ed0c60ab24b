/* SPDX-License-Identifier: MIT */
/**
 * What check proves: the built-in subjects completely; what no list of values would have found, by
 * a call that shows it; and a proof that is wrong is noticed by the machine.
 */

#include "abi/abi.h"
#include "engine/prover.h"
#include "under_test.h"

static struct hvc_subject *open_idiom(const char *name)
{
	char path[512];

	snprintf(path, sizeof path, "%s/subjects/%s%s", HVC_BINARY_DIR, name,
	         strchr(name, '@') ? "" : ".elf");
	return open_subject(path);
}

/* Everything but the calls of every immediate, which the suites of sweeps make. */
static void prove_all(const struct hvc_subject *subject, const struct hvc_abi *abi)
{
	for (unsigned w = 0; w < hvc_abi_world_count(abi); w++) {
		const struct hvc_prove_config config = {
		        .subject = subject,
		        .abi = abi,
		        .index = w,
		        .world = &hvc_abi_world_at(abi, w)->world,
		        .levels = hvc_abi__levels(abi),
		        .insns = hvc_abi__insns(abi),
		};
		struct hvc_diag diag = {0};
		struct hvc_proof proof;

		ck_assert_msg(hvc_prove__world(&config, &diag, &proof) == HVC_OK, "%s",
		              diag.message);
		ck_assert_uint_gt(proof.parts, 0);
		for (unsigned i = 0; i < proof.parts; i++) {
			ck_assert_msg(proof.part[i].proved, "%s from %s: %s",
			              hvc_insn_name(proof.part[i].insn),
			              hvc_level_name(proof.part[i].from), proof.part[i].why);
			ck_assert_uint_gt(proof.part[i].cells, 0);
		}
		for (unsigned i = 0; i < proof.calls; i++)
			ck_assert_int_ne(proof.call[i].verdict.kind, HVC_VERDICT_VIOLATES);
		hvc_proof__free(&proof);
	}
}

TEST_OF_MAIN(builtin_is_proved)
{
	const char *name, *text;
	size_t size = hvc_abi_shipped_at((size_t)_i, &name, &text, &size) ? size : 0;
	struct hvc_subject *subject = open_subject(name);
	struct hvc_abi *abi = open_abi(name);

	prove_all(subject, abi);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

#define HEAD "abi: a\ntitle: t\nsource: s\ncallers: el1h\nclobbers: x1, x2, x29, nzcv\n"
#define REST "  - { name: rest, default: true, outcome: return, results: { x0: "

/* Told by a call that a list of values has not, and found by all of them. */
static const struct {
	const char *subject, *abi, *rule, *clause;
	enum hvc_reg reg;
	enum hvc_insn insn;
} refuted[] = {
        {"one-value-fault", HEAD "rules:\n" REST "0 } }\n", "rest", "result", HVC_REG_X0,
         HVC_INSN_HVC},
        {"smc-hole",
         HEAD "instructions: hvc, smc\nrules:\n"
              "  - { name: one, when: { x0: 1 }, outcome: return, results: { x0: 0 } }\n" REST
              "-1 } }\n",
         "rest", "result", HVC_REG_X0, HVC_INSN_SMC},
        {"own-branch",
         HEAD "rules:\n"
              "  - { name: one, when: { x0: 1 }, outcome: return, results: { x0: 0 } }\n" REST
              "-22 } }\n",
         "rest", "outcome", HVC_REG_NONE, HVC_INSN_HVC},
        {"dirty-argument",
         HEAD "rules:\n"
              "  - { name: echo, when: { w0: 0x84000002 }, outcome: return, results: { x0: w1 } "
              "}\n" REST "-1 } }\n",
         "echo", "result", HVC_REG_X0, HVC_INSN_HVC},
};

static struct hvc_check *check_one(const struct hvc_subject *subject, const struct hvc_abi *abi)
{
	const struct hvc_check_config config = {
	        .subject = subject, .abi = abi, .levels = 1u << HVC_LEVEL_EL1H, .brief = true};

	return run_config(&config);
}

/* The call by itself does what the finding says. */
static void assert_shown(const struct hvc_subject *subject, const struct hvc_abi *abi,
                         const struct hvc_finding *finding)
{
	struct hvc_machine *machine = open_machine(subject, &hvc_abi_world_at(abi, 0)->world);
	struct hvc_call call = finding->probe.call;
	struct hvc_verdict verdict;
	struct hvc_outcome outcome;
	struct hvc_state entry;

	call.imm = finding->imm;
	outcome = make_call(machine, &call);
	hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
	hvc_verdict_judge(abi, 0, &entry, hvc_machine_present(machine), &call, &outcome, &verdict);
	ck_assert_int_eq(verdict.kind, HVC_VERDICT_VIOLATES);
	ck_assert_int_eq(verdict.clause, finding->verdict.clause);
	ck_assert_int_eq(verdict.reg, finding->verdict.reg);
	hvc_machine_close(machine);
}

TEST_ROWS(hidden_fault_is_found, refuted)
{
	struct hvc_subject *subject = open_idiom(refuted[_i].subject);
	struct hvc_abi *abi = parse_abi(refuted[_i].abi);
	struct hvc_check *check = check_one(subject, abi);
	const struct hvc_finding *found = NULL;
	char findings[4096];

	print_findings(check, findings, sizeof findings);
	for (unsigned i = 0; i < check->findings; i++) {
		const struct hvc_finding *f = &check->finding[i];
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, (unsigned)f->verdict.rule);

		assert_shown(subject, abi, f);
		if (!strcmp(rule->name, refuted[_i].rule) && f->verdict.reg == refuted[_i].reg &&
		    !strcmp(hvc_clause_name(f->verdict.clause), refuted[_i].clause) &&
		    f->probe.call.insn == refuted[_i].insn)
			found = f;
	}
	ck_assert_msg(found != NULL, "%s", findings);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* A value that is wrong comes with the registers that matter, and no others. */
TEST(witness_is_simple)
{
	struct hvc_subject *subject = open_subject("broken-w0-compare");
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	const struct hvc_check_config config = {.subject = subject,
	                                        .abi = abi,
	                                        .levels = 1u << HVC_LEVEL_EL1H,
	                                        .insns = 1u << HVC_INSN_HVC,
	                                        .brief = true};
	struct hvc_check *check = run_config(&config);
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	ck_assert_uint_eq(check->findings, 2);
	ck_assert_int_eq(check->total.known, HVC_EVIDENCE_PROVED);
	ck_assert_uint_eq(check->finding[0].probe.call.x[0], (UINT64_C(1) << 32) + 1);
	ck_assert_uint_eq(check->finding[1].probe.call.x[0], UINT64_C(1) << 32);
	for (unsigned i = 0; i < 2; i++)
		ck_assert_mem_eq(&check->finding[i].probe.call.x[1], &plain.x[1],
		                 sizeof plain.x - sizeof plain.x[0]);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* Stores by a pointer that may reach the code itself, and registers on EL2's own stack. */
static const struct {
	const char *subject, *abi;
} open_stores[] = {
        {"caller-memory", HEAD "rules:\n  - { name: rest, default: true, outcome: return }\n"},
        {"own-stack", HEAD
         "rules:\n"
         "  - { name: rest, when: { x1: 0x4000050000 mask 0xffffffffffff0007 }, outcome: return }\n"
         "  - { name: other, default: true, outcome: unspecified }\n"},
};

/* What cannot be proved is swept, and the report says why. */
static void assert_swept(const char *name, const char *text)
{
	struct hvc_subject *subject = open_idiom(name);
	struct hvc_abi *abi = parse_abi(text);
	struct hvc_check *check = check_one(subject, abi);

	ck_assert_uint_eq(check->parts, 1);
	ck_assert(!check->part[0].proved);
	ck_assert_msg(strstr(check->part[0].why, "memory at a pointer that the caller chose") !=
	                      NULL,
	              "%s", check->part[0].why);
	ck_assert_int_eq(check->total.known, HVC_EVIDENCE_SWEPT);
	ck_assert_int_eq(check->rule[0].known, HVC_EVIDENCE_SWEPT);
	ck_assert_uint_gt(check->world[0].probes, 1);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

TEST(rest_is_swept)
{
	for (size_t i = 0; i < sizeof open_stores / sizeof *open_stores; i++)
		assert_swept(open_stores[i].subject, open_stores[i].abi);
}

/* A handler that takes too long to follow, and the others, which are proved. */
TEST(long_handlers_are_sampled)
{
	static const char text[] =
	        HEAD "rules:\n"
	             "  - { name: short, when: { x0: 0 }, outcome: return, clobbers: x0-x2 }\n"
	             "  - { name: bits, when: { x0: 1 }, outcome: return, results: { x0: 5 },"
	             " clobbers: x0-x2 }\n"
	             "  - { name: count, when: { x0: 2 }, outcome: return, results: { x0: 0 },"
	             " clobbers: x0-x2 }\n"
	             "  - { name: again, when: { x0: 3 }, outcome: fault,"
	             " clobbers: 'x0-x2, x30, sp_el2' }\n"
	             "  - { name: rest, default: true, outcome: return, results: { x0: -1 } }\n";
	static const enum hvc_evidence known[] = {HVC_EVIDENCE_PROVED, HVC_EVIDENCE_SAMPLED,
	                                          HVC_EVIDENCE_SAMPLED, HVC_EVIDENCE_SAMPLED,
	                                          HVC_EVIDENCE_PROVED};
	struct hvc_subject *subject = open_idiom("long-handlers");
	struct hvc_abi *abi = parse_abi(text);
	struct hvc_check *check = check_one(subject, abi);

	ck_assert_uint_eq(check->parts, 1);
	ck_assert(!check->part[0].proved);
	ck_assert_uint_eq(check->part[0].handlers, 3);
	ck_assert_int_eq(check->total.known, HVC_EVIDENCE_SAMPLED);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(check->rule[i].known, known[i]);
	/* Of each immediate a call, and no other sweep. */
	ck_assert_uint_eq(check->world[0].probes, 1);
	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		ck_assert_uint_ne(check->verdicts[i], 0);
	ck_assert_uint_eq(check->findings, 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_int_eq(check->finding[i].verdict.rule, 1 + (int)i);
	ck_assert(check->finding[0].sampled);
	/* What does not end in its budget breaks nothing, nor does what runs into nothing. */
	ck_assert_int_eq(check->finding[1].outcome.kind, HVC_OUTCOME_LIMIT);
	ck_assert_uint_eq(check->findings_assumed, 2);
	/* The stack of a recursion grows into what is the caller's. */
	ck_assert_int_eq(check->finding[2].verdict.clause, HVC_CLAUSE_MEMORY);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* What takes long ends soon, and says for how much it stands. */
TEST(long_loops_end)
{
	static const struct {
		const char *table;
		bool proved;
		const char *why;
	} rows[] = {
	        {"decided", true, ""},
	        {"recursion", false, "calls nested too deeply"},
	};
	struct hvc_abi *abi = parse_abi(HEAD "rules: [ { name: all, default: true, outcome: "
	                                     "unspecified } ]\n");

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[64];
		struct hvc_subject *subject;
		struct hvc_check *check;

		snprintf(name, sizeof name, "long-handlers.elf@%s", rows[i].table);
		subject = open_idiom(name);
		check = check_one(subject, abi);
		ck_assert_int_eq(check->part[0].proved, rows[i].proved);
		ck_assert_msg(strstr(check->part[0].why, rows[i].why), "%s", check->part[0].why);
		/* Of each chunk of immediates some calls are made, and none that is not told. */
		ck_assert_uint_eq(check->world[0].probes, 1);
		ck_assert_uint_gt(check->world[0].calls, 64);
		ck_assert_uint_lt(check->world[0].calls, HVC_IMM_COUNT);
		ck_assert_uint_eq(check->world[0].classified, check->world[0].calls);
		hvc_check_free(check);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

/* A map of loops is cut off, which it says, and so is the machine that is to confirm it. */
TEST(long_loops_are_mapped)
{
	static const struct {
		const char *table;
		bool complete, long_calls;
		const char *why;
	} rows[] = {
	        {"decided", true, true, ""},
	        {"recursion", false, false, "calls nested too deeply"},
	        {"length", false, false, "a loop that the inputs keep going"},
	        {"everywhere", false, false, "too many reads of what nobody has set"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[64];
		struct hvc_exact_config config = {.levels = 1u << HVC_LEVEL_EL1H,
		                                  .brief = !rows[i].long_calls};
		struct hvc_diag diag = {0};
		struct hvc_exact *exact = NULL;
		struct hvc_subject *subject;

		snprintf(name, sizeof name, "long-handlers.elf@%s", rows[i].table);
		config.subject = subject = open_idiom(name);
		ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s",
		              diag.message);
		ck_assert_int_eq(exact->part[0].complete, rows[i].complete);
		ck_assert_msg(strstr(exact->part[0].why, rows[i].why), "%s", exact->part[0].why);
		ck_assert_int_eq(exact->long_calls, rows[i].long_calls);
		ck_assert_int_eq(exact->part[0].taken > 0, rows[i].long_calls);
		ck_assert_uint_lt(exact->part[0].taken, HVC_IMM_COUNT);
		hvc_exact__free(exact);
		hvc_subject_close(subject);
	}
}

/* Of many stores the first are told, and how many more there are; all of them are kept. */
TEST(stores_are_counted)
{
	struct hvc_subject *subject = open_idiom("long-handlers.elf@copy");
	const struct hvc_exact_config config = {
	        .subject = subject, .levels = 1u << HVC_LEVEL_EL1H, .brief = true};
	struct hvc_exact *exact = NULL;
	char text[4000];

	ck_assert_int_eq(hvc_exact__make(&config, NULL, &exact), HVC_OK);
	ck_assert_uint_eq(exact->part[0].row[0].stores, 64);
	hvc_exact__print_behaviour(exact, &exact->part[0].row[0], text, sizeof text);
	ck_assert_ptr_nonnull(strstr(text, "[x0 + 0xb] := [x1 + 8] >> 0x18 & 0xff (1 byte)"));
	ck_assert_ptr_null(strstr(text, "[x0 + 0xc] :="));
	ck_assert_str_eq(text + strlen(text) - strlen(", and 52 more stores"),
	                 ", and 52 more stores");
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

/* Each immediate once a caller, and no probe more, where all is proved; all of them by --sweep. */
TEST(sweep_is_asked_for)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	struct hvc_abi *abi = open_abi("linux-stub-4.12");
	struct hvc_check_config config = {.subject = subject,
	                                  .abi = abi,
	                                  .brief = true,
	                                  .levels = 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T,
	                                  .insns = 1u << HVC_INSN_HVC};
	struct hvc_check *check = run_config(&config);

	ck_assert_uint_eq(check->world[0].probes, 2);
	ck_assert_uint_eq(check->parts, 2);
	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		ck_assert_uint_ne(check->verdicts[i], 0);
	hvc_check_free(check);
	config.sweep = true;
	check = run_config(&config);
	ck_assert_uint_gt(check->world[0].probes, 2);
	ck_assert_uint_eq(check->world[0].held,
	                  check->world[0].calls); /* each does what is proved */
	ck_assert_uint_eq(check->parts, 0);
	ck_assert_int_eq(check->total.known, HVC_EVIDENCE_SWEPT);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

static void claim(struct hvc_prover *p, struct hvc_prover_clause *clause)
{
	if (clause->clause == HVC_CLAUSE_RESULT || clause->clause == HVC_CLAUSE_OUTCOME)
		clause->holds = hvc_bv__num(p->terms, 1, 1);
}

static void deny(struct hvc_prover *p, struct hvc_prover_clause *clause)
{
	if (clause->clause == HVC_CLAUSE_RESULT)
		clause->holds = hvc_bv__num(p->terms, 1, 0);
}

/* A clause that is taken to hold, and one taken not to: the machine says otherwise. */
TEST(wrong_proof_is_noticed)
{
	static const struct {
		const char *subject;
		void (*trial)(struct hvc_prover *p, struct hvc_prover_clause *clause);
	} rows[] = {{"broken-w0-compare", claim}, {"linux-stub-4.12", deny}};
	struct hvc_abi *abi = open_abi("linux-stub-4.12");

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_subject *subject = open_subject(rows[i].subject);
		const struct hvc_check_config config = {
		        .subject = subject, .abi = abi, .levels = 1u << HVC_LEVEL_EL1H};
		struct hvc_check *check = NULL;
		struct hvc_diag diag = {0};

		hvc_prover__trial = rows[i].trial;
		ck_assert_int_eq(hvc_check_run(&config, &diag, &check), HVC_E_ENGINE);
		hvc_prover__trial = NULL;
		ck_assert_msg(strstr(diag.message, "a fault of hvcheck: hvc #0x0 from el1h") !=
		                      NULL,
		              "%s", diag.message);
		ck_assert_ptr_null(check);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

int main(void)
{
	const char *name, *text;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++)
		if (has_subject(name))
			suite_enter(name, builtin_is_proved, (int)i, __LINE__);
	return suite_run("prove");
}
