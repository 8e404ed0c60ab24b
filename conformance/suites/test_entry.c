/* SPDX-License-Identifier: MIT */
/** Exception entry and return as code in the machine sees them (Arm ARM C6.2 HVC, D1.3, D1.4). */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "machine/outcome.h"
#include "suite.h"
#include "tiny_image.h"

#define SPSR sys_name(HVC_REG_SPSR_EL2)
#define ELR  sys_name(HVC_REG_ELR_EL2)
#define ESR  sys_name(HVC_REG_ESR_EL2)

static const unsigned slots[] = {TINY_EL2T, TINY_EL2H, TINY_LOWER};
static const enum hvc_level callers[] = {HVC_LEVEL_EL1T, HVC_LEVEL_EL1H, HVC_LEVEL_EL2T,
                                         HVC_LEVEL_EL2H};

/* Calls of a batch, one for each n, and what is asked of each outcome. */
struct batch {
	unsigned count, made, seen;
	void (*make)(unsigned n, struct hvc_call *call);
	void (*check)(unsigned n, const struct hvc_call *call, const struct hvc_outcome *outcome);
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct batch *batch = ctx;

	if (batch->made == batch->count)
		return false;
	hvc_call_init(call, 0);
	batch->make(batch->made++, call);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct batch *batch = ctx;

	batch->check(batch->seen++, call, outcome);
	return true;
}

static void run(struct tiny_image *image, struct batch *batch)
{
	struct hvc_machine *machine = tiny_open(image);
	struct hvc_feed feed = {next, done, batch};
	struct hvc_diag diag;

	ck_assert_msg(hvc_machine_run(machine, &feed, &diag) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(batch->seen, batch->count);
	hvc_machine_close(machine);
}

static uint64_t pstate; /* PAN and UAO of the callers of check_flags */

static void make_flags(unsigned n, struct hvc_call *call)
{
	call->from = callers[n & 3];
	call->nzcv = (uint64_t)(n >> 2 & 15) << 28;
	call->daif = (uint64_t)(n >> 6 & 15) << 6;
	call->imm = (uint16_t)(n * 64);
}

/* x1..x5: SPSR, DAIF, SPSel, CurrentEL, NZCV as EL2 reads them */
static void check_flags(unsigned n, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	static const unsigned mode[] = {0x4, 0x5, 0x8, 0x9};

	assert_kind(*outcome, HVC_OUTCOME_RETURN);
	assert_hex(outcome->state.v[1], call->nzcv | call->daif | pstate | mode[n & 3]);
	assert_hex(outcome->state.v[2], 0x3c0);
	assert_hex(outcome->state.v[3], 1);
	assert_hex(outcome->state.v[4], 2 << 2);
	assert_hex(outcome->state.v[5], call->nzcv);
	/* and the return restores it */
	ck_assert_int_eq(outcome->level, call->from);
	assert_hex(outcome->state.v[HVC_REG_NZCV], call->nzcv);
	assert_hex(outcome->state.v[HVC_REG_DAIF], call->daif);
	assert_hex(outcome->state.v[HVC_REG_PSTATE], pstate);
	assert_hex(outcome->pc, hvc_call__address(call) + 4);
	for (unsigned r = 6; r < HVC_GPR_COUNT; r++)
		assert_hex(outcome->state.v[r], call->x[r]);
}

TEST(every_flag_mask_and_caller)
{
	static const uint64_t given[] = {0, HVC_PSTATE_PAN, HVC_PSTATE_UAO,
	                                 HVC_PSTATE_PAN | HVC_PSTATE_UAO};

	for (unsigned i = 0; i < HVC_CPU_A15 * 4; i++) {
		struct batch batch = {1024, 0, 0, make_flags, check_flags};
		enum hvc_cpu cpu = (enum hvc_cpu)(i / 4);
		struct tiny_image image;

		tiny_init(&image, cpu);
		tiny_set(&image, HVC_REG_PSTATE, given[i % 4]);
		pstate = cpu == HVC_CPU_MAX ? given[i % 4] : 0;
		for (size_t s = 0; s < 3; s++)
			tiny_put(&image, slots[s], A64_MRS(1, SPSR), A64_MRS(2, SYS(3, 3, 4, 2, 1)),
			         A64_MRS(3, SYS(3, 0, 4, 2, 0)), A64_MRS(4, SYS(3, 0, 4, 2, 2)),
			         A64_MRS(5, SYS(3, 3, 4, 2, 0)), A64_ERET);
		run(&image, &batch);
	}
}

static void make_immediate(unsigned n, struct hvc_call *call)
{
	call->imm = (uint16_t)n;
	call->insn = n & 0x10000 ? HVC_INSN_SMC : HVC_INSN_HVC;
}

static void check_immediate(unsigned n, const struct hvc_call *call,
                            const struct hvc_outcome *outcome)
{
	bool smc = n & 0x10000;

	assert_hex(outcome->state.v[1], (smc ? 0x5e000000u : 0x5a000000u) | (n & 0xffff));
	assert_hex(outcome->state.v[2], hvc_call__address(call) + (smc ? 0 : 4));
	assert_kind(*outcome, smc ? HVC_OUTCOME_RETRY : HVC_OUTCOME_RETURN);
}

/* All 65,536 of HVC, and of SMC trapped by HCR_EL2.TSC. */
TEST(syndrome_and_return_address_of_every_immediate)
{
	struct batch batch = {2 * HVC_IMM_COUNT, 0, 0, make_immediate, check_immediate};
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, ESR), A64_MRS(2, ELR), A64_ERET);
	run(&image, &batch);
}

/* Where the handler wants to go on, and in which state: x1 is ELR, x2 is SPSR. */
TEST(changed_elr_and_spsr_are_honoured)
{
	static const struct {
		enum hvc_level from;
		int64_t offset; /* from the instruction */
		uint64_t spsr;
		enum hvc_outcome_kind kind;
		enum hvc_level level;
	} cases[] = {
	        {HVC_LEVEL_EL1H, 4, 0x600003c4, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1T},
	        {HVC_LEVEL_EL1H, 4, 0x90000000, HVC_OUTCOME_RETURN, HVC_LEVEL_EL0},
	        {HVC_LEVEL_EL1T, 4, 0x000003c9, HVC_OUTCOME_RETURN, HVC_LEVEL_EL2H},
	        {HVC_LEVEL_EL2H, 4, 0xf0000008, HVC_OUTCOME_RETURN, HVC_LEVEL_EL2T},
	        {HVC_LEVEL_EL2T, 4, 0x10000145, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H},
	        {HVC_LEVEL_EL1H, 0, 0x3c5, HVC_OUTCOME_RETRY, HVC_LEVEL_EL1H},
	        {HVC_LEVEL_EL1H, 8, 0x3c5, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1H},
	        {HVC_LEVEL_EL1T, 12, 0x3c4, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1T},
	        {HVC_LEVEL_EL1H, -4, 0x3c5, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1H},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_A72);
		for (size_t s = 0; s < 3; s++)
			tiny_put(&image, slots[s], A64_MSR(ELR, 1), A64_MSR(SPSR, 2), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 3; round++) {
			hvc_call_init(&call, 0);
			call.imm = 0x100;
			call.from = cases[i].from;
			call.x[1] = hvc_call__address(&call) + (uint64_t)cases[i].offset;
			call.x[2] = cases[i].spsr;
			outcome = tiny_call(machine, &call);
			assert_kind(outcome, cases[i].kind);
			ck_assert_int_eq(outcome.level, cases[i].level);
			assert_hex(outcome.pc, call.x[1]);
			assert_hex(outcome.state.v[HVC_REG_NZCV], cases[i].spsr & 0xf0000000);
			assert_hex(outcome.state.v[HVC_REG_DAIF], cases[i].spsr & 0x3c0);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* HVC is UNDEFINED at EL0, with SCR_EL3.HCE clear, and with HCR_EL2.HCD set on a PE without EL3. */
TEST(undefined_hvc_never_arrives)
{
	static const struct {
		uint64_t scr, hcr;
		bool el3;
		unsigned defined; /* bit n: an HVC from level n arrives */
	} cases[] = {
	        {0x531, HVC_HCR_RW, true, 0x1e},
	        {0x431, HVC_HCR_RW, true, 0x00},
	        {0x531, HVC_HCR_RW | HVC_HCR_HCD, true, 0x1e},
	        {0x531, HVC_HCR_RW, false, 0x1e},
	        {0x531, HVC_HCR_RW | HVC_HCR_HCD, false, 0x00},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		tiny_init(&image, HVC_CPU_A72);
		for (size_t s = 0; s < 3; s++)
			tiny_put(&image, slots[s], A64_ERET);
		image.world.el3 = cases[i].el3;
		tiny_set(&image, HVC_REG_SCR_EL3, cases[i].scr);
		tiny_set(&image, HVC_REG_HCR_EL2, cases[i].hcr);
		machine = tiny_open(&image);
		for (unsigned n = 0; n < 3 * HVC_LEVEL_EL0_USR; n++) {
			enum hvc_level from = (enum hvc_level)(n % HVC_LEVEL_EL0_USR);
			bool defined = cases[i].defined >> from & 1;
			struct hvc_outcome outcome = tiny_hvc(machine, from);

			assert_kind(outcome, defined ? HVC_OUTCOME_RETURN : HVC_OUTCOME_UNDEFINED);
			ck_assert_int_eq(outcome.level, from);
			assert_hex(outcome.pc, HVC_CALLS + (defined ? 4 : 0));
			ck_assert_uint_eq(outcome.instructions, defined);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* Each level has its own stack pointer; SP_EL0 is what the "t" levels use. */
TEST(stack_pointers_are_banked)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	for (size_t s = 0; s < 3; s++)
		tiny_put(&image, slots[s], A64_ADD(1, 31, 0), A64_MRS(2, sys_name(HVC_REG_SP_EL0)),
		         A64_MRS(3, sys_name(HVC_REG_SP_EL1)), A64_SUB(31, 31, 64), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned n = 0; n < 12; n++) {
		struct hvc_outcome outcome = tiny_hvc(machine, callers[n & 3]);

		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[1], HVC_STACK_EL2);
		assert_hex(outcome.state.v[2], HVC_STACK_EL0);
		assert_hex(outcome.state.v[3], HVC_STACK_EL1);
		assert_hex(outcome.state.v[HVC_REG_SP_EL2], HVC_STACK_EL2 - 64);
		assert_hex(outcome.state.v[HVC_REG_SP_EL1], HVC_STACK_EL1);
		assert_hex(outcome.state.v[HVC_REG_SP_EL0], HVC_STACK_EL0);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/*
 * A return to where nothing can be, EL1 in AArch32 state included where it has none: IL is set, and
 * the next instruction is the fault.
 */
TEST(illegal_returns)
{
	static const uint64_t spsr[] = {0x3c1, 0x3c2, 0x3c6, 0x3c7, 0x3ca,
	                                0x3cc, 0x3cd, 0x1d3, 0x1da};

	for (size_t i = 0; i < sizeof spsr / sizeof *spsr; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_ADR(3, 0x10), A64_MSR(ELR, 3), A64_MSR(SPSR, 2),
		         A64_ERET, A64_NOP, A64_ERET);
		machine = tiny_open(&image);
		hvc_call_init(&call, 0);
		call.x[2] = spsr[i] | 0x50000000;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_ILLEGAL);
		assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 0x10);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		assert_hex(outcome.state.v[HVC_REG_NZCV], 0x50000000);
		assert_hex(outcome.state.v[HVC_REG_SPSR_EL2], call.x[2]);
		tiny_reset(machine);
		assert_kind(tiny_hvc(machine, HVC_LEVEL_EL2H), HVC_OUTCOME_SPIN);
		hvc_machine_close(machine);
	}
}

SUITE_MAIN("entry")
