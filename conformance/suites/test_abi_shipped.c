/* SPDX-License-Identifier: MIT */
/* The shipped specifications against what the releases they name are known to answer. */
#include <inttypes.h>

#include "abi/abi.h"
#include "abi/expr.h"
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
		if (rule->result[i].reg == reg && !rule->result[i].intervals) {
			*value = hvc_expr__eval(&rule->result[i].expr, &context);
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
		if (answer->outcome == HVC_OUTCOME_COUNT)
			continue;
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
#define X24           (HVC_LANDING + 24 * 0x800)
#define BAD           UINT64_C(0xbadca11)
#define RET(x0, vbar) {HVC_OUTCOME_RETURN, x0, vbar}
#define JMP           {HVC_OUTCOME_JUMP, X2, VB}
#define TRY(x0, vbar) {HVC_OUTCOME_RETRY, x0, vbar}
#define SPIN(x0)      {HVC_OUTCOME_SPIN, x0, VB}
#define OPEN          {HVC_OUTCOME_COUNT, 0, 0} /* nothing is promised */

static const char *const stubs[] = {
	"linux-stub-3.8",  "linux-stub-4.7",  "linux-stub-4.8", "linux-stub-4.9",
	"linux-stub-4.12", "linux-stub-5.12", "linux-stub-5.13", "linux-stub-6.0",
	"linux-stub-6.19", "linux-hibernate-4.7", "linux-trans-pgd-5.17",
};

#define STUBS (sizeof stubs / sizeof *stubs)

/* A value that is no call number of any of them. */
#define UNKNOWN(x) {x, {RET(x, x), RET(2, VB), RET(2, VB), RET(3, VB), RET(BAD, VB), RET(BAD, VB), \
                        RET(BAD, VB), RET(BAD, VB), RET(BAD, VB), RET(x, X24), RET(BAD, VB)}}

/* Columns in the order of stubs[]; call 3 on a CPU without VHE. */
static const struct {
	uint64_t x0;
	struct answer answer[STUBS];
} stub_answers[] = {
	{0, {RET(VB, VB), RET(VB, VB), RET(VB, VB), RET(VB, VB), RET(0, A), RET(0, A),
	     RET(0, A), RET(0, A), RET(0, A), RET(0, X24), RET(0, A)}},
	{1, {RET(1, 1), RET(1, A), RET(1, A), RET(1, A), JMP, JMP, JMP, JMP, JMP, RET(1, X24), JMP}},
	{2, {RET(2, 2), RET(2, VB), JMP, JMP, RET(0, VB), RET(0, VB), RET(0, VB), RET(0, VB),
	     RET(0, VB), RET(2, X24), RET(BAD, VB)}},
	{4, {RET(4, 4), RET(2, VB), RET(2, VB), RET(3, VB), RET(BAD, VB), RET(BAD, VB), RET(BAD, VB),
	     RET(BAD, VB), OPEN, RET(4, X24), RET(BAD, VB)}},
	UNKNOWN(3),
	UNKNOWN(5),
	UNKNOWN(0x40000800),
	UNKNOWN(UINT64_C(1) << 32),
	UNKNOWN(UINT64_C(1) << 32 | 1),
	UNKNOWN(UINT64_MAX),
};
/* clang-format on */

TEST(answers_of_the_stubs)
{
	for (unsigned i = 0; i < sizeof stub_answers / sizeof *stub_answers; i++)
		for (unsigned k = 0; k < STUBS; k++) {
			const struct answer *answer = &stub_answers[i].answer[k];

			check_answer(stubs[k], stub_answers[i].x0, HVC_INSN_HVC, HVC_LEVEL_EL1H,
			             answer);
			check_answer(stubs[k], stub_answers[i].x0, HVC_INSN_HVC, HVC_LEVEL_EL1T,
			             answer);
		}
}

/* From 4.12 on the class of the exception is not looked at; hibernate's vectors never did. */
TEST(answers_to_another_exception)
{
	static const struct answer smc[STUBS] = {TRY(0, VB), TRY(0, VB),  TRY(0, VB), TRY(0, VB),
	                                         TRY(0, A),  TRY(0, A),   TRY(0, A),  TRY(0, A),
	                                         TRY(0, A),  TRY(0, X24), TRY(0, A)};

	for (unsigned k = 0; k < STUBS; k++)
		check_answer(stubs[k], 0, HVC_INSN_SMC, HVC_LEVEL_EL1H, &smc[k]);
}

/* The slot for EL2h is live from 5.13 on, the one for EL2t never. */
TEST(answers_at_el2)
{
	static const struct answer spin = SPIN(2), live = RET(0, VB);

	for (unsigned k = 0; k < STUBS; k++) {
		check_answer(stubs[k], 2, HVC_INSN_HVC, HVC_LEVEL_EL2H,
		             k >= 6 && k <= 8 ? &live : &spin);
		check_answer(stubs[k], 2, HVC_INSN_HVC, HVC_LEVEL_EL2T, &spin);
	}
}

/* What callers must save: the scratch registers of each generation. */
TEST(clobbers_of_the_stubs)
{
	static const struct {
		const char *name;
		uint64_t set;
	} rows[] = {
	        {"linux-stub-3.8", 1u << 1},
	        {"linux-stub-4.7", 1u << 30},
	        {"linux-stub-4.8", 1u << 30},
	        {"linux-stub-4.9", 1u << 30},
	        {"linux-stub-4.12", 0x7fffe},
	        {"linux-stub-5.12", 0x7fffe},
	        {"linux-stub-5.13", 0x7fffe},
	        {"linux-stub-6.0", 0x7fffe},
	        {"linux-stub-6.19", 0x7fffe},
	        {"linux-hibernate-4.7", 0},
	        {"linux-trans-pgd-5.17", 0x7fffe},
	        {"linux-stub-imm", 3u << 17},
	        {"linux-kvm-imm", 3u << 17},
	        {"linux-kvm-imm-default", 3u << 17},
	        {"linux-kvm-3.14", 0},
	        {"linux-kvm-4.7", 0},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_abi *abi = load(rows[i].name);
		struct hvc_call call;
		const struct hvc_rule *rule;

		hvc_call_init(&call, 0);
		call.x[0] = 0;
		call.imm = 1;
		rule = rule_of(abi, 0, &call);
		/* x0 is a result of all of these calls, which is stronger. */
		ck_assert(strstr(rule->name, "vectors") != NULL);
		ck_assert_uint_eq(rule->clobbers.bits[0], rows[i].set);
		ck_assert_uint_eq(rule->clobbers.bits[1], 0);
		hvc_abi_free(abi);
	}
}

TEST(finalise_depends_on_the_world)
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

/* All 65,536 immediates of the ABIs that decode them. */
TEST(immediates)
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
			index = hvc_abi__rule_of(abi, host, &call);
			/* Checked only when wrong: an assertion that holds costs a write too. */
			if (index < 0 || strcmp(hvc_abi_rule_at(abi, (unsigned)index)->name,
			                        cases[i].name[imm < 5 ? imm : 5]) != 0)
				ck_abort_msg("%s, imm 0x%04x, x0 0x%" PRIx64 ": rule %d",
				             cases[i].abi, imm, cases[i].x0, index);
		}
		hvc_abi_free(abi);
	}
}

/* The same call of a guest's is no host call: it never comes back from the vectors by itself. */
TEST(guests_are_told_from_hosts)
{
	static const char *const names[] = {
	        "linux-kvm-3.11", "linux-kvm-3.14", "linux-kvm-4.7",        "linux-kvm-4.12",
	        "linux-kvm-5.8",  "linux-kvm-imm",  "linux-kvm-imm-default"};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_abi *abi = load(names[i]);
		unsigned guest = world_of(abi, "guest");
		struct hvc_call call;

		hvc_call_init(&call, 0);
		ck_assert_uint_ne(hvc_abi_world_at(abi, guest)->world.state.v[HVC_REG_VTTBR_EL2],
		                  0);
		for (call.imm = 0; call.imm < 8; call.imm++)
			for (call.x[0] = 0; call.x[0] < 8; call.x[0]++) {
				ck_assert_str_eq(rule_of(abi, guest, &call)->name, "guest");
				ck_assert_int_eq(rule_of(abi, guest, &call)->outcome,
				                 HVC_OUTCOME_SPIN);
			}
		hvc_abi_free(abi);
	}
}

SUITE_MAIN("abi_shipped")
