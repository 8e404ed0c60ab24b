/* SPDX-License-Identifier: MIT */
/**
 * FP/SIMD and SVE at EL2 under CPTR_EL2 (Arm ARM AArch64.CheckFPAdvSIMDEnabled, CheckSVEEnabled).
 * What each instruction is held to is in trap_words.h, which QEMU is asked about as well.
 */
#include "trap_words.h"

#include "suite.h"
#include "under_test.h"

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

/*
 * Alignment (Arm ARM B2.8.2 and D1.2.10, AArch64.CheckAlignment and CheckSPAlignment): what is
 * accessed, the offset of x1 and SP from where all is aligned, and what that faults with.
 */
#define NONE    0
#define ACCESS  HVC_EC_DABT_SAME
#define STACK   HVC_EC_SP_ALIGN
#define SCTLR_A 0x2
#define SCTLR_S 0x8

static const struct {
	const char *name;
	uint32_t word;
	unsigned offset;
	enum hvc_ec plain, checked, stack; /* SCTLR_EL2: neither, A, SA */
	enum hvc_cpu cpu;
} accesses[] = {
        {"ldr_x", 0xf9400020, 4, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"ldr_x_aligned", 0xf9400020, 8, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldr_w", 0xb9400020, 4, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldrb", 0x39400020, 1, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldrsh_post_indexed", 0x78802420, 1, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"str_w_unscaled", 0xb8001020, 7, NONE, NONE, NONE, HVC_CPU_A72},
        {"str_h", 0x79000020, 3, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"ldp_each_of_four", 0x29400c22, 4, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldp_each_of_eight", 0xa9400c22, 4, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"ldr_q", 0x3dc00020, 8, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"ld1_of_bytes", 0x4c407020, 1, NONE, NONE, NONE, HVC_CPU_A72},
        {"ld1_of_words", 0x4c407820, 2, NONE, ACCESS, NONE, HVC_CPU_A72},
        {"prfm", 0xf9800020, 4, NONE, NONE, NONE, HVC_CPU_A72},
        {"dc_zva", 0xd50b7421, 4, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldxr", 0xc85f7c20, 4, ACCESS, ACCESS, ACCESS, HVC_CPU_A72},
        {"ldaxrh", 0x485ffc20, 2, NONE, NONE, NONE, HVC_CPU_A72},
        {"stxr_that_is_not_made", 0x88027c20, 2, ACCESS, ACCESS, ACCESS, HVC_CPU_A72},
        {"ldxp_as_one", 0xc87f0c22, 8, ACCESS, ACCESS, ACCESS, HVC_CPU_A72},
        {"ldar", 0xc8dffc20, 4, ACCESS, ACCESS, ACCESS, HVC_CPU_A72},
        {"stlr", 0x889ffc20, 2, ACCESS, ACCESS, ACCESS, HVC_CPU_A72},
        {"ldapr_that_there_is_not", 0xf8bfc020, 4, NONE, NONE, NONE, HVC_CPU_A72},
        {"ldapr", 0xf8bfc020, 4, ACCESS, ACCESS, ACCESS, HVC_CPU_MAX},
        {"ldadd", 0xf8220020, 4, ACCESS, ACCESS, ACCESS, HVC_CPU_MAX},
        {"cas", 0x88a27c20, 2, ACCESS, ACCESS, ACCESS, HVC_CPU_MAX},
        {"casp_as_one", 0x48227c24, 8, ACCESS, ACCESS, ACCESS, HVC_CPU_MAX},
        {"ldr_by_sp", 0xf94003e0, 8, NONE, NONE, STACK, HVC_CPU_A72},
        {"strb_by_sp", 0x390007e0, 4, NONE, NONE, STACK, HVC_CPU_A72},
        {"ldar_by_sp", 0xc8dfffe0, 4, ACCESS, ACCESS, STACK, HVC_CPU_A72},
        {"prfm_by_sp", 0xf98003e0, 8, NONE, NONE, NONE, HVC_CPU_A72},
        {"nothing_by_sp", A64_ADD(2, 31, 1), 8, NONE, NONE, NONE, HVC_CPU_A72},
};

/* Turned on by the call, or as the world has it, where SP is moved before or is so. */
static void hold_alignment(unsigned row, uint64_t sctlr, enum hvc_ec ec, bool late)
{
	const uint64_t at = HVC_EL2_DATA + 0x100 + accesses[row].offset;
	const uint32_t name = sys_name(HVC_REG_SCTLR_EL2);
	struct tiny_image image;
	struct hvc_outcome outcome;
	/* An UNDEFINED instruction has no alignment. */
	bool absent = !strcmp(accesses[row].name, "ldapr_that_there_is_not");

	tiny_init(&image, accesses[row].cpu);
	if (!late)
		tiny_set(&image, HVC_REG_SCTLR_EL2, sctlr);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(1, at & 0xffff), A64_MOVK16(1, at >> 16 & 0xffff),
	         A64_MOVK32(1, at >> 32), A64_ADD(31, 1, 0), A64_MOVZ(3, sctlr),
	         late ? A64_MSR(name, 3) : A64_NOP, A64_ISB, accesses[row].word, A64_ERET);
	outcome = tiny_once(&image, HVC_LEVEL_EL1H);
	ck_assert_msg((outcome.kind == HVC_OUTCOME_FAULT) == (absent || ec != NONE) &&
	                      (!ec || (hvc_arch_ec(outcome.esr) == (unsigned)ec &&
	                               outcome.pc == TINY_BASE + TINY_LOWER + 28 &&
	                               (ec == STACK || (outcome.esr & 0x3f) == 0x21))),
	              "%s, sctlr_el2 %llx: %s, esr %llx", accesses[row].name,
	              (unsigned long long)sctlr, hvc_outcome_name(outcome.kind),
	              (unsigned long long)outcome.esr);
	if (ec == ACCESS)
		assert_hex(outcome.far, at);
	hold_exact(tiny_file(&image, "alignment.bin"), &image.world, accesses[row].name);
}

TEST_ROWS(accesses_are_aligned, accesses)
{
	hold_alignment((unsigned)_i, 0, accesses[_i].plain, false);
	for (unsigned late = 0; late < 2; late++) {
		hold_alignment((unsigned)_i, SCTLR_A, accesses[_i].checked, late);
		hold_alignment((unsigned)_i, SCTLR_S, accesses[_i].stack, late);
	}
}

/*
 * Where each instruction is looked at, an ERET to AArch32 state is not begun anew for ever: from a
 * caller in AArch64 state an illegal one, from one in AArch32 state a return.
 */
TEST(an_eret_to_aarch32_ends_where_alignment_is_checked)
{
	struct hvc_machine *machine;
	struct tiny_image image;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_SCTLR_EL2, SCTLR_A);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 0x1d3), A64_MSR(sys_name(HVC_REG_SPSR_EL2), 1),
	         A64_ERET);
	assert_kind(tiny_once(&image, HVC_LEVEL_EL1H), HVC_OUTCOME_FAULT);
	tiny_put(&image, TINY_LOWER + 0x200, A64_NOP, A64_ERET);
	machine = tiny_open(&image);
	hvc_call_init(&call, 0);
	call.from = HVC_LEVEL_EL1_SVC;
	call.insn = HVC_INSN_HVC_A32;
	assert_kind(tiny_call(machine, &call), HVC_OUTCOME_RETURN);
	hvc_machine_close(machine);
}

SUITE_MAIN("trap")
