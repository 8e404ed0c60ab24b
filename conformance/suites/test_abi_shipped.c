/* SPDX-License-Identifier: MIT */
/* The shipped specifications against what the releases they name are known to answer. */
#include <inttypes.h>

#include "hvcheck/arch.h"
#include "hvcheck/verdict.h"
#include "shipped.h"

#define VB UINT64_C(0x60000000) /* VBAR_EL2 before */

/* What the ABI says a register holds afterwards; false where it may hold anything. */
static bool promised(const struct hvc_abi *abi, unsigned world, const struct hvc_call *call,
                     enum hvc_reg reg, uint64_t *value)
{
	const struct hvc_rule *rule = rule_of(abi, world, call);
	struct hvc_state entry;
	const struct hvc_context context = {&entry, call};

	hvc_entry_state(&hvc_abi_world_at(abi, world)->world.state, call, &entry);
	entry.v[HVC_REG_VBAR_EL2] = VB;
	for (unsigned i = 0; i < rule->results; i++) {
		if (rule->result[i].reg == reg) {
			*value = hvc_expr_eval(&rule->result[i].expr, &context);
			return true;
		}
	}
	*value = entry.v[reg];
	return !hvc_regset_has(&rule->clobbers, reg);
}

/* One row of what the stub does for HVC #0 from EL1h: VB is VBAR_EL2 before, A is x1. */
#define A UINT64_C(0x70000800)

struct answer {
	enum hvc_outcome_kind outcome;
	uint64_t x0, vbar;
};

static void check_answer(const char *name, uint64_t x0, enum hvc_insn insn, enum hvc_level from,
                         const struct answer *answer)
{
	static const unsigned imm[] = {0, 1, 0x1234, 0xffff}; /* ignored by every merged stub */
	struct hvc_abi *abi = load(name);

	for (unsigned i = 0; i < sizeof imm / sizeof *imm; i++) {
		struct hvc_call call;
		uint64_t value;

		hvc_call_init(&call, 0);
		call.x[0] = x0;
		call.x[1] = A;
		call.insn = insn;
		call.from = from;
		call.imm = (uint16_t)imm[i];
		ck_assert_msg(rule_of(abi, 0, &call)->outcome == answer->outcome,
		              "%s, x0 0x%" PRIx64 ": rule %s", name, x0,
		              rule_of(abi, 0, &call)->name);
		ck_assert(promised(abi, 0, &call, HVC_REG_X0, &value));
		ck_assert_msg(value == answer->x0, "%s, x0 0x%" PRIx64 ": x0 0x%" PRIx64, name, x0,
		              value);
		ck_assert(promised(abi, 0, &call, HVC_REG_VBAR_EL2, &value));
		ck_assert_msg(value == answer->vbar, "%s, x0 0x%" PRIx64 ": VBAR_EL2 0x%" PRIx64,
		              name, x0, value);
	}
	hvc_abi_free(abi);
}

/* clang-format off */
#define X2            (HVC_LANDING + 2 * 0x800)
#define BAD           UINT64_C(0xbadca11)
#define RET(x0, vbar) {HVC_OUTCOME_RETURN, x0, vbar}
#define JMP           {HVC_OUTCOME_JUMP, X2, VB}
#define TRY(x0, vbar) {HVC_OUTCOME_RETRY, x0, vbar}
/* clang-format on */

START_TEST(answers_of_the_stubs)
{
	static const struct {
		uint64_t x0;
		struct answer answer[4]; /* 3.8, 4.7, 4.12, 6.0 */
	} rows[] = {
	        {0, {RET(VB, VB), RET(VB, VB), RET(0, A), RET(0, A)}},
	        {1, {RET(1, 1), RET(1, A), JMP, JMP}},
	        {2, {RET(2, 2), RET(2, VB), RET(0, VB), RET(0, VB)}},
	        {3, {RET(3, 3), RET(2, VB), RET(BAD, VB), RET(BAD, VB)}},
	        {4, {RET(4, 4), RET(2, VB), RET(BAD, VB), RET(BAD, VB)}},
	        {0x40000800, {RET(0x40000800, 0x40000800), RET(2, VB), RET(BAD, VB), RET(BAD, VB)}},
	        {UINT64_C(1) << 32,
	         {RET(UINT64_C(1) << 32, UINT64_C(1) << 32), RET(2, VB), RET(BAD, VB),
	          RET(BAD, VB)}},
	        {UINT64_C(1) << 32 | 1,
	         {RET(UINT64_C(1) << 32 | 1, UINT64_C(1) << 32 | 1), RET(2, VB), RET(BAD, VB),
	          RET(BAD, VB)}},
	        {UINT64_MAX, {RET(UINT64_MAX, UINT64_MAX), RET(2, VB), RET(BAD, VB), RET(BAD, VB)}},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		for (unsigned k = 0; k < 4; k++) {
			check_answer(shipped[k], rows[i].x0, HVC_INSN_HVC, HVC_LEVEL_EL1H,
			             &rows[i].answer[k]);
			check_answer(shipped[k], rows[i].x0, HVC_INSN_HVC, HVC_LEVEL_EL1T,
			             &rows[i].answer[k]);
		}
}
END_TEST

START_TEST(answers_to_another_exception)
{
	static const struct answer smc[4] = {TRY(0, VB), TRY(0, VB), TRY(0, A), TRY(0, A)};

	for (unsigned k = 0; k < 4; k++)
		check_answer(shipped[k], 0, HVC_INSN_SMC, HVC_LEVEL_EL1H, &smc[k]);
}
END_TEST

START_TEST(answers_at_el2)
{
	static const struct answer el2h[4] = {{HVC_OUTCOME_SPIN, 2, VB},
	                                      {HVC_OUTCOME_SPIN, 2, VB},
	                                      {HVC_OUTCOME_SPIN, 2, VB},
	                                      RET(0, VB)};
	static const struct answer el2t = {HVC_OUTCOME_SPIN, 2, VB};

	for (unsigned k = 0; k < 4; k++) {
		check_answer(shipped[k], 2, HVC_INSN_HVC, HVC_LEVEL_EL2H, &el2h[k]);
		check_answer(shipped[k], 2, HVC_INSN_HVC, HVC_LEVEL_EL2T, &el2t);
	}
}
END_TEST

/* What callers must save: the scratch registers of each generation. */
START_TEST(clobbers_of_the_stubs)
{
	static const struct hvc_regset set[SHIPPED] = {
	        {{1u << 1, 0}},  {{1u << 30, 0}}, {{0x7fffe, 0}},  {{0x7fffe, 0}},
	        {{3u << 17, 0}}, {{3u << 17, 0}}, {{3u << 17, 0}},
	};

	for (unsigned i = 0; i < SHIPPED; i++) {
		struct hvc_abi *abi = load(shipped[i]);
		struct hvc_call call;
		const struct hvc_rule *rule;

		hvc_call_init(&call, 0);
		call.x[0] = 0;
		call.imm = 1;
		rule = rule_of(abi, 0, &call);
		/* x0 is a result of all of these calls, which is stronger. */
		ck_assert(strstr(rule->name, "vectors") != NULL);
		ck_assert_uint_eq(rule->clobbers.bits[0], set[i].bits[0]);
		ck_assert_uint_eq(rule->clobbers.bits[1], 0);
		hvc_abi_free(abi);
	}
}
END_TEST

START_TEST(finalise_depends_on_the_world)
{
	struct hvc_abi *abi = load("linux-stub-6.0");
	unsigned host = world_of(abi, "host"), vhe = world_of(abi, "vhe");
	const struct hvc_state *before = &hvc_abi_world_at(abi, vhe)->world.state;
	struct hvc_call call;
	uint64_t value;

	hvc_call_init(&call, 0);
	call.x[0] = 3;
	ck_assert_str_eq(rule_of(abi, host, &call)->name, "finalise_el2");
	ck_assert_str_eq(rule_of(abi, vhe, &call)->name, "finalise_el2_vhe");
	ck_assert_int_eq(rule_of(abi, vhe, &call)->level, HVC_LEVEL_EL2H);
	ck_assert(promised(abi, vhe, &call, HVC_REG_MDCR_EL2, &value));
	ck_assert_uint_eq(value, before->v[HVC_REG_MDCR_EL2] & ~UINT64_C(0x3003000));
	ck_assert_uint_ne(value, before->v[HVC_REG_MDCR_EL2]);
	ck_assert(promised(abi, vhe, &call, HVC_REG_TCR_EL2, &value));
	ck_assert_uint_eq(value, before->v[HVC_REG_TCR_EL1]);
	ck_assert_uint_ne(value, before->v[HVC_REG_TCR_EL2]);
	ck_assert(promised(abi, vhe, &call, HVC_REG_CPTR_EL2, &value));
	ck_assert_uint_eq(value, before->v[HVC_REG_CPACR_EL1]);
	ck_assert_int_eq(hvc_abi_world_at(abi, vhe)->world.cpu, HVC_CPU_MAX);
	ck_assert_int_eq(hvc_abi_world_at(abi, host)->world.cpu, HVC_CPU_A72);
	/* With the MMU off at both levels the switch itself cannot fault. */
	ck_assert_uint_eq(before->v[HVC_REG_SCTLR_EL1] & 1, 0);
	ck_assert_uint_eq(before->v[HVC_REG_SCTLR_EL2] & 1, 0);
	hvc_abi_free(abi);
}
END_TEST

/* All 65,536 immediates of the ABIs that decode them. */
START_TEST(immediates)
{
	static const struct {
		const char *abi;
		uint64_t x0;
		const char *name[6]; /* imm 0, 1, 2, 3, 4, any other */
	} cases[] = {
	        {"linux-stub-imm",
	         0,
	         {"call_hyp", "get_vectors", "set_vectors", "unknown", "call_func_elsewhere",
	          "unknown"}},
	        {"linux-stub-imm",
	         HVC_FUNCTION,
	         {"call_hyp", "get_vectors", "set_vectors", "unknown", "call_func", "unknown"}},
	        {"linux-kvm-imm",
	         HVC_FUNCTION | UINT64_C(0xffffff8000000000),
	         {"call_hyp", "get_vectors", "unknown", "unknown", "unknown", "unknown"}},
	        {"linux-kvm-imm",
	         HVC_FUNCTION + 4,
	         {"call_hyp_elsewhere", "get_vectors", "unknown", "unknown", "unknown", "unknown"}},
	        {"linux-kvm-imm-default",
	         HVC_FUNCTION,
	         {"call_hyp", "get_vectors", "unknown", "unknown", "unknown", "unknown"}},
	        {"linux-kvm-imm-default",
	         0,
	         {"call_hyp_elsewhere", "get_vectors", "call_hyp_elsewhere", "call_hyp_elsewhere",
	          "call_hyp_elsewhere", "call_hyp_elsewhere"}},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_abi *abi = load(cases[i].abi);
		unsigned host = world_of(abi, "host");
		struct hvc_call call;
		int index;

		hvc_call_init(&call, 0);
		call.x[0] = cases[i].x0;
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			call.imm = (uint16_t)imm;
			index = hvc_abi_rule_of(abi, host, &call);
			/* Checked only when wrong: an assertion that holds costs a write too. */
			if (index < 0 || strcmp(hvc_abi_rule_at(abi, (unsigned)index)->name,
			                        cases[i].name[imm < 5 ? imm : 5]) != 0)
				ck_abort_msg("%s, imm 0x%04x, x0 0x%" PRIx64 ": rule %d",
				             cases[i].abi, imm, cases[i].x0, index);
		}
		hvc_abi_free(abi);
	}
}
END_TEST

START_TEST(guests_are_not_judged)
{
	static const char *const names[] = {"linux-kvm-imm", "linux-kvm-imm-default"};

	for (unsigned i = 0; i < 2; i++) {
		struct hvc_abi *abi = load(names[i]);
		unsigned guest = world_of(abi, "guest");
		struct hvc_call call;

		hvc_call_init(&call, 0);
		ck_assert_uint_ne(hvc_abi_world_at(abi, guest)->world.state.v[HVC_REG_VTTBR_EL2],
		                  0);
		for (call.imm = 0; call.imm < 8; call.imm++)
			ck_assert(!rule_of(abi, guest, &call)->specified);
		hvc_abi_free(abi);
	}
}
END_TEST

static const struct suite_test tests[] = {
        {"answers_of_the_stubs", &answers_of_the_stubs},
        {"answers_to_another_exception", &answers_to_another_exception},
        {"answers_at_el2", &answers_at_el2},
        {"clobbers_of_the_stubs", &clobbers_of_the_stubs},
        {"finalise_depends_on_the_world", &finalise_depends_on_the_world},
        {"immediates", &immediates},
        {"guests_are_not_judged", &guests_are_not_judged},
};

SUITE_MAIN("abi_shipped", tests)
