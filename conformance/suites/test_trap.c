/* SPDX-License-Identifier: MIT */
/**
 * FP/SIMD and SVE at EL2 under CPTR_EL2 (Arm ARM AArch64.CheckFPAdvSIMDEnabled, CheckSVEEnabled).
 * What each instruction is held to is in trap_words.h, which QEMU is asked about as well.
 */
#include "trap_words.h"

#include "suite.h"

#define CALLS 200u

TEST(the_class_follows_cptr_and_e2h)
{
	for (size_t w = 0; w < TRAP_WORLDS; w++)
		for (size_t i = 0; i < TRAP_WORDS; i++) {
			enum hvc_ec ec = trap_expected(w, i);
			struct tiny_image image;
			struct hvc_outcome outcome;

			trap_image(&image, w, i);
			outcome = tiny_once(&image, HVC_LEVEL_EL1H);
			assert_kind(outcome,
			            trap_returns(w, i) ? HVC_OUTCOME_RETURN : HVC_OUTCOME_FAULT);
			/* What comes before the instruction is done, once, and nothing behind it.
			 */
			assert_hex(outcome.state.v[4], HVC_LANDING + 4 * 0x800 + 1);
			assert_hex(outcome.state.v[5],
			           HVC_LANDING + 5 * 0x800 + trap_returns(w, i));
			if (trap_returns(w, i))
				continue;
			assert_hex(outcome.pc, TINY_BASE + TRAP_AT);
			ck_assert_msg(hvc_arch_ec(outcome.esr) == ec,
			              "0x%08x in world %zu: class 0x%x, not 0x%x",
			              trap_words[i].word, w, hvc_arch_ec(outcome.esr), ec);
		}
}

/* A handler that traps and lets through by turns, in one machine: the trap is forgotten again. */
TEST(a_trap_can_be_turned_off_and_on)
{
	uint32_t cptr = sys_name(HVC_REG_CPTR_EL2);
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADD(4, 4, 1), A64_MSR(cptr, 1), A64_ISB, A64_ADD(4, 4, 1),
	         TRAP_FMOV_D0_X0, A64_ADD(4, 4, 1), TRAP_FMOV_D0_X0, A64_ERET);
	machine = tiny_open(&image);
	for (unsigned n = 0; n < 6; n++) {
		hvc_call_init(&call, 0);
		call.x[1] = n & 1 ? 0x400 : 0;
		call.x[4] = 0;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, n & 1 ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[4], n & 1 ? 2 : 3);
		if (n & 1)
			assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 16);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* The engine goes from block to block without saying where it is. */
TEST(the_block_before_a_trapped_one_runs_once)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MSR(sys_name(HVC_REG_CPTR_EL2), 1), A64_ISB,
	         A64_ADD(4, 4, 1), A64_B(4), TRAP_FMOV_D0_X0, A64_ERET);
	machine = tiny_open(&image);
	for (unsigned n = 0; n < 4; n++) {
		hvc_call_init(&call, 0);
		call.x[1] = n & 1 ? 0x400 : 0;
		call.x[4] = 0;
		assert_hex(tiny_call(machine, &call).state.v[4], 1);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* By the name that E2H gives it, and by E2H itself. */
TEST(a_host_enables_fp_by_cpacr_el1)
{
	uint32_t cpacr = sys_name(HVC_REG_CPACR_EL1), hcr = sys_name(HVC_REG_HCR_EL2);
	struct tiny_image image;
	struct hvc_outcome outcome;

	for (unsigned enabled = 0; enabled < 2; enabled++) {
		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 0), A64_MOVK16(1, enabled ? 0x30 : 0x20),
		         A64_MSR(cpacr, 1), A64_ISB, TRAP_FMOV_D0_X0, A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, enabled ? HVC_OUTCOME_RETURN : HVC_OUTCOME_FAULT);

		tiny_init(&image, HVC_CPU_MAX);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 0), A64_MOVK32(1, enabled ? 0 : 4),
		         A64_MOVK16(1, 0x8000), A64_MSR(hcr, 1), A64_ISB, TRAP_FMOV_D0_X0,
		         A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, enabled ? HVC_OUTCOME_RETURN : HVC_OUTCOME_FAULT);
	}
}

/* How EL2 names it in case n of the test below. */
static uint32_t storage_name(enum hvc_reg reg, unsigned n)
{
	bool host = n & 4 && n & 2;

	return sys_name(reg) | (host && reg == HVC_REG_CPACR_EL1 ? SYS(0, 5, 0, 0, 0) : 0);
}

/* Any value, by code and from outside, at EL2 of either kind; the engine aborts on some of them. */
TEST(the_registers_are_storage)
{
	static const enum hvc_reg regs[] = {HVC_REG_CPACR_EL1, HVC_REG_CPTR_EL2};
	static const uint64_t values[] = {0, 0x400, 0x500, 0x30000, 0x33ff, 0x300000, UINT64_MAX};

	for (unsigned n = 0; n < 8 * sizeof values / sizeof *values; n++) {
		enum hvc_reg reg = regs[n & 1];
		uint64_t value = values[n / 8];
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, n & 4 ? HVC_CPU_MAX : HVC_CPU_A72);
		if (n & 4 && n & 2) /* by the EL12 name */
			tiny_set(&image, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
		tiny_set(&image, reg, value);
		tiny_put(&image, TINY_LOWER, A64_MRS(2, storage_name(reg, n)),
		         A64_MSR(storage_name(reg, n), 1), A64_ISB,
		         A64_MRS(3, storage_name(reg, n)), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 2; round++) {
			assert_hex(hvc_machine_entry(machine)->v[reg], value);
			hvc_call_init(&call, 0);
			call.x[1] = ~value;
			outcome = tiny_call(machine, &call);
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[2], value);
			assert_hex(outcome.state.v[3], ~value);
			assert_hex(outcome.state.v[reg], ~value);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* The trap is taken before the access would be made, and before a boundary's other code. */
TEST(a_trapped_load_accesses_nothing)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_CPTR_EL2, 0x400);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 0), TRAP_STR_Q0_X1, A64_ERET);
	outcome = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_FP);
	ck_assert_uint_eq(outcome.stores, 0);
	assert_hex(outcome.far, 0);
}

struct feeding {
	unsigned made, right;
};

/* x1 is bit by bit whether FP/SIMD is trapped. */
static bool next(void *ctx, struct hvc_call *call)
{
	struct feeding *feeding = ctx;

	hvc_call_init(call, feeding->made + 1);
	call->x[1] = feeding->made % 3 ? 0x400 : 0;
	return feeding->made++ < CALLS;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct feeding *feeding = ctx;
	bool trapped = call->x[1] != 0;

	feeding->right += outcome->kind == (trapped ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN) &&
	                  outcome->state.v[4] == call->x[4] + 1;
	return true;
}

TEST(every_call_of_a_feed_is_trapped_by_itself)
{
	struct feeding feeding = {0};
	struct hvc_feed feed = {next, done, &feeding};
	struct hvc_diag diag = {0};
	struct hvc_machine *machine;
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MSR(sys_name(HVC_REG_CPTR_EL2), 1), A64_ISB,
	         A64_ADD(4, 4, 1), TRAP_FMOV_D0_X0, A64_ERET);
	machine = tiny_open(&image);
	ck_assert_msg(hvc_machine_run(machine, &feed, &diag) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(feeding.right, CALLS);
	hvc_machine_close(machine);
}

/* A loop that goes through a trapped block again and again counts each pass once. */
TEST(a_block_that_is_put_off_is_counted_once)
{
	struct tiny_image image;
	struct hvc_outcome free_run, trapped;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADD(4, 4, 1), TRAP_FMOV_D0_X0, A64_ERET);
	free_run = tiny_once(&image, HVC_LEVEL_EL1H);
	tiny_set(&image, HVC_REG_CPTR_EL2, 0x400);
	trapped = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(free_run, HVC_OUTCOME_RETURN);
	assert_kind(trapped, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(trapped.instructions, free_run.instructions);
}

/* Code that the handler stores to before a trapped block of it runs is put back like any other. */
TEST(code_that_was_stored_to_is_put_back)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_CPTR_EL2, 0x400);
	tiny_put(&image, TINY_LOWER, A64_STRW(2, 1), A64_B(TINY_CODE - TINY_LOWER - 4));
	tiny_put(&image, TINY_CODE, A64_NOP, A64_NOP, TRAP_FMOV_D0_X0, A64_ERET);
	machine = tiny_open(&image);
	for (unsigned stored = 1; stored < 2; stored--) {
		hvc_call_init(&call, 0);
		call.x[1] = TINY_BASE + TINY_CODE + (stored ? 4 : 0x800);
		call.x[2] = A64_ADD(5, 5, 1);
		call.x[5] = 0;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.state.v[5], stored);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

SUITE_MAIN("trap")
