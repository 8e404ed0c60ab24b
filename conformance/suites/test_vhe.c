/* SPDX-License-Identifier: MIT */
/** FEAT_VHE as EL2 code sees it on CPU model max (Arm ARM D8.1, effect of HCR_EL2.E2H). */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"

#define HOST (HVC_HCR_RW | HVC_HCR_E2H)
#define PAN  SYS(3, 0, 4, 2, 3)

/* The names that E2H moves, and values for both registers before and after. */
static const struct {
	enum hvc_reg el1, el2;
	uint64_t was1, was2, new1, new2;
} rows[] = {
        {HVC_REG_SCTLR_EL1, HVC_REG_SCTLR_EL2, 0x30d00980, 0x30c50830, 0x30d00800, 0x30c50838},
        {HVC_REG_CPACR_EL1, HVC_REG_CPTR_EL2, 0x00300000, 0x00330000, 0x00100000, 0x00010000},
        {HVC_REG_TTBR0_EL1, HVC_REG_TTBR0_EL2, 0x51000000, 0x53000000, 0x61000000, 0x63000000},
        {HVC_REG_TTBR1_EL1, HVC_REG_TTBR1_EL2, 0x52000000, 0x54000000, 0x62000000, 0x64000000},
        {HVC_REG_TCR_EL1, HVC_REG_TCR_EL2, 0x35b5183510, 0x80903510, 0x35b5183511, 0x80903511},
        {HVC_REG_SPSR_EL1, HVC_REG_SPSR_EL2, 0x600003c4, 0, 0x800003c5, 0x200003c5},
        {HVC_REG_ELR_EL1, HVC_REG_ELR_EL2, 0x1111000, 0, 0x3333000, 0x4444000},
        {HVC_REG_ESR_EL1, HVC_REG_ESR_EL2, 0x56000011, 0, 0x56000033, 0x5a000044},
        {HVC_REG_FAR_EL1, HVC_REG_FAR_EL2, 0x1f1000001000, 0x1f2000002000, 0x33, 0x44},
        {HVC_REG_MAIR_EL1, HVC_REG_MAIR_EL2, 0xff440c04, 0xff440400, 0xff440c33, 0xff440c44},
        {HVC_REG_VBAR_EL1, HVC_REG_VBAR_EL2, 0x11111000, 0, 0x33333000, 0x44444000},
        {HVC_REG_CONTEXTIDR_EL1, HVC_REG_CONTEXTIDR_EL2, 0x11, 0x22, 0x33, 0x44},
        {HVC_REG_CNTKCTL_EL1, HVC_REG_CNTHCTL_EL2, 0x1, 0x2, 0x3, 0x103},
};

#define ROWS (sizeof rows / sizeof *rows)

static uint32_t alias(enum hvc_reg el1)
{
	return sys_name(el1) | SYS(0, 5, 0, 0, 0);
}

/* Registers that the call itself sets, so that the world cannot. */
static bool is_set_by_entry(enum hvc_reg reg)
{
	return hvc_reg_info(reg)->class_ == HVC_CLASS_EXCEPTION && reg != HVC_REG_FAR_EL2;
}

/*
 * x1..x3 := by the EL1, EL12 and EL2 names; x4 written by the EL1 name, x5 by the EL12 name;
 * x6..x8 := the three names again; then the EL2 register as it was, and back.
 */
static void put_row(struct tiny_image *image, size_t i, unsigned slot)
{
	uint32_t el1 = sys_name(rows[i].el1), el2 = sys_name(rows[i].el2);
	uint32_t el12 = alias(rows[i].el1);

	tiny_put(image, slot, A64_MRS(1, el1), A64_MRS(2, el12), A64_MRS(3, el2), A64_MSR(el1, 4),
	         A64_MSR(el12, 5), A64_ISB, A64_MRS(6, el1), A64_MRS(7, el12), A64_MRS(8, el2),
	         is_set_by_entry(rows[i].el2) ? A64_MSR(el2, 3) : A64_NOP, A64_ERET);
}

static void check_row(const struct hvc_outcome *outcome, size_t i)
{
	const uint64_t *x = outcome->state.v;

	assert_kind(*outcome, HVC_OUTCOME_RETURN);
	assert_hex(x[2], rows[i].was1);
	if (!is_set_by_entry(rows[i].el2) && rows[i].el2 != HVC_REG_VBAR_EL2)
		assert_hex(x[1], rows[i].was2);
	assert_hex(x[1], x[3]);
	assert_hex(x[6], rows[i].new2);
	assert_hex(x[7], rows[i].new1);
	assert_hex(x[8], rows[i].new2);
	assert_hex(outcome->state.v[rows[i].el1], rows[i].new1);
	if (!is_set_by_entry(rows[i].el2))
		assert_hex(outcome->state.v[rows[i].el2], rows[i].new2);
	ck_assert_uint_eq(outcome->untracked, 0);
}

TEST(el1_names_reach_el2_and_el12_names_el1)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, HOST);
		tiny_set(&image, rows[i].el1, rows[i].was1);
		if (!is_set_by_entry(rows[i].el2) && rows[i].el2 != HVC_REG_VBAR_EL2)
			tiny_set(&image, rows[i].el2, rows[i].was2);
		put_row(&image, i, TINY_LOWER);
		put_row(&image, i, TINY_EL2H);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 4; round++) {
			hvc_call_init(&call, 0);
			call.from = round & 1 ? HVC_LEVEL_EL2H : HVC_LEVEL_EL1H;
			call.x[4] = rows[i].new2;
			call.x[5] = rows[i].new1;
			outcome = tiny_call(machine, &call);
			check_row(&outcome, i);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* The same code, but E2H is set by the handler in the middle of the call. */
TEST(e2h_takes_effect_at_once)
{
	uint32_t hcr = sys_name(HVC_REG_HCR_EL2), tcr = sys_name(HVC_REG_TCR_EL1);
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_TCR_EL1, 0x111);
	tiny_set(&image, HVC_REG_TCR_EL2, 0x222);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, tcr), A64_MRS(9, hcr), A64_MOVZ(2, 0),
	         A64_MOVK32(2, 4), A64_MOVK16(2, 0x8000), A64_MSR(hcr, 2), A64_ISB, A64_MRS(3, tcr),
	         A64_MSR(hcr, 9), A64_ISB, A64_MRS(4, tcr), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned i = 0; i < 3; i++) {
		outcome = tiny_hvc(machine, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[1], 0x111);
		assert_hex(outcome.state.v[2], HOST);
		assert_hex(outcome.state.v[3], 0x222);
		assert_hex(outcome.state.v[4], 0x111);
	}
	hvc_machine_close(machine);
}

TEST(without_e2h_names_mean_what_they_say)
{
	for (size_t i = 0; i < ROWS; i++) {
		uint32_t el1 = sys_name(rows[i].el1), el2 = sys_name(rows[i].el2);
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, rows[i].el1, rows[i].was1);
		tiny_put(&image, TINY_LOWER, A64_MRS(3, el2), A64_MRS(1, el1), A64_MOVZ(2, 0x5800),
		         A64_MSR(el1, 2), A64_MRS(4, el2), A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[1], rows[i].was1);
		assert_hex(outcome.state.v[3], outcome.state.v[4]);
		if (rows[i].el1 != HVC_REG_CNTKCTL_EL1) /* ten bits wide */
			assert_hex(outcome.state.v[rows[i].el1], 0x5800);
	}
}

/* UNDEFINED at EL2 while E2H is clear, both ways, and on a CPU without VHE whatever HCR says. */
TEST(el12_names_need_e2h)
{
	for (size_t i = 0; i < 4 * ROWS; i++) {
		uint32_t el12 = alias(rows[i / 4].el1);
		enum hvc_cpu cpu = i & 2 ? HVC_CPU_A72 : HVC_CPU_MAX;
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, cpu);
		tiny_put(&image, TINY_LOWER, A64_NOP, i & 1 ? A64_MRS(1, el12) : A64_MSR(el12, 1),
		         A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 4);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_UNKNOWN);
	}
}

/* Names in the EL12 space that stand for nothing stay UNDEFINED. */
TEST(no_alias_without_a_register)
{
	static const uint32_t names[] = {SYS(3, 5, 1, 2, 6), SYS(3, 5, 2, 0, 3),
	                                 SYS(3, 5, 1, 0, 1), SYS(3, 5, 13, 0, 4),
	                                 SYS(3, 6, 1, 2, 0), SYS(3, 0, 1, 2, 6)};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct tiny_image image;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, HOST);
		tiny_put(&image, TINY_LOWER, A64_MRS(1, names[i]), A64_ERET);
		assert_kind(tiny_once(&image, HVC_LEVEL_EL1H), HVC_OUTCOME_FAULT);
	}
}

/* x29, x30 and XZR are the ends of the register field. */
TEST(every_general_register)
{
	uint32_t tcr = sys_name(HVC_REG_TCR_EL1), el12 = alias(HVC_REG_TCR_EL1);

	for (unsigned rt = 0; rt < 32; rt++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, HOST);
		tiny_put(&image, TINY_LOWER, A64_MSR(tcr, rt), A64_MSR(el12, rt),
		         A64_MRS((rt + 1) % 32, tcr), A64_MRS((rt + 2) % 32, el12), A64_ERET);
		machine = tiny_open(&image);
		hvc_call_init(&call, 0);
		if (rt < 31)
			call.x[rt] = 0x351800 + rt;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		for (unsigned n = 0; n < 31; n++)
			assert_hex(outcome.state.v[n], n == (rt + 1) % 32 || n == (rt + 2) % 32
			                                       ? (rt < 31 ? 0x351800 + rt : 0)
			                                       : call.x[n]);
		assert_hex(outcome.state.v[HVC_REG_TCR_EL2], rt < 31 ? 0x351800 + rt : 0);
		assert_hex(outcome.state.v[HVC_REG_TCR_EL1], rt < 31 ? 0x351800 + rt : 0);
		assert_hex(outcome.state.v[HVC_REG_SP_EL2], HVC_STACK_EL2);
		hvc_machine_close(machine);
	}
}

/*
 * A control of EL2 that was written by its EL1 name governs what follows: TCR_EL2.TBI0 (bit 37
 * under E2H) decides whether a branch drops the address's top byte.
 */
TEST(redirected_controls_take_effect)
{
	for (unsigned i = 0; i < 8; i++) {
		bool was = i & 1, ignored = i & 2, host = i & 4;
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, host ? HOST : HVC_HCR_RW);
		tiny_set(&image, HVC_REG_TCR_EL2, was && host ? UINT64_C(1) << 37 : 0);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(2, 0), A64_MOVK32(2, ignored ? 1 << 5 : 0),
		         A64_MSR(sys_name(HVC_REG_TCR_EL1), 2), A64_ISB, A64_MOVK48(1, 0x5a00),
		         A64_BR(1));
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		if (host && ignored) {
			assert_kind(outcome, HVC_OUTCOME_JUMP);
			assert_hex(outcome.pc, HVC_LANDING + 0x800);
		} else {
			assert_kind(outcome, HVC_OUTCOME_FAULT);
			assert_hex(outcome.pc, UINT64_C(0x5a00000000000000) + HVC_LANDING + 0x800);
		}
		ck_assert_uint_eq(outcome.instructions, 6);
	}
}

/* After a reset the CPU is not left with what an earlier call made it believe. */
TEST(controls_are_reset)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_HCR_EL2, HOST);
	tiny_set(&image, HVC_REG_TCR_EL2, UINT64_C(1) << 37);
	/* x0 = 0: a branch to a tagged address; else TCR_EL2 := 0 */
	tiny_put(&image, TINY_EL2H, A64_CBNZ(0, 12), A64_MOVK48(1, 0x5a00), A64_BR(1),
	         A64_MSR(sys_name(HVC_REG_TCR_EL2), 31), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned i = 0; i < 20; i++) {
		hvc_call_init(&call, 0);
		call.from = HVC_LEVEL_EL2H;
		call.x[0] = i % 3;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, i % 3 ? HVC_OUTCOME_RETURN : HVC_OUTCOME_JUMP);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* With PSTATE.IL set every instruction is an Illegal Execution state exception, these too. */
TEST(illegal_state_comes_first)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_HCR_EL2, HOST);
	/* return to EL1 with SP_EL0 and bit 1 set, which no SPSR may have */
	tiny_put(&image, TINY_LOWER, A64_ADR(1, 0x14), A64_MSR(sys_name(HVC_REG_ELR_EL2), 1),
	         A64_MOVZ(2, 0x3c6), A64_MSR(sys_name(HVC_REG_SPSR_EL2), 2), A64_ERET,
	         A64_MRS(3, alias(HVC_REG_TCR_EL1)), A64_ERET);
	outcome = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_ILLEGAL);
	assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 0x14);
}

/* HVC from EL2h in the host regime: slot 0x200, PAN set by the entry when SPAN is clear. */
TEST(calls_within_the_host_regime)
{
	for (unsigned i = 0; i < 16; i++) {
		bool tge = i & 1, span = i & 2, e2h = i & 4;
		uint64_t pstate = i & 8 ? HVC_PSTATE_PAN | HVC_PSTATE_UAO : 0;
		struct tiny_image image;
		struct hvc_outcome outcome;
		struct hvc_call call;
		uint64_t hcr = HVC_HCR_RW | (tge ? HVC_HCR_TGE : 0) | (e2h ? HVC_HCR_E2H : 0);

		tiny_init(&image, HVC_CPU_MAX);
		tiny_set(&image, HVC_REG_HCR_EL2, hcr);
		tiny_set(&image, HVC_REG_PSTATE, pstate);
		tiny_set(&image, HVC_REG_SCTLR_EL2, 0x30c50830 & ~(span ? 0 : HVC_SCTLR_SPAN));
		if (span)
			tiny_set(&image, HVC_REG_SCTLR_EL2, 0x30c50830 | HVC_SCTLR_SPAN);
		tiny_put(&image, TINY_EL2H, A64_MRS(1, PAN), A64_MRS(2, SYS(3, 0, 4, 2, 2)),
		         A64_MRS(3, sys_name(HVC_REG_SPSR_EL2)), A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL2H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		assert_hex(outcome.state.v[1],
		           (e2h && tge && !span ? HVC_PSTATE_PAN : 0) | (pstate & HVC_PSTATE_PAN));
		assert_hex(outcome.state.v[2], 2 << 2);
		hvc_call_init(&call, 0);
		assert_hex(outcome.state.v[3], call.nzcv | call.daif | pstate | 9);
	}
}

/* Nothing executes at EL1 while TGE is set; that is a mistake of the asker, not an outcome. */
TEST(no_caller_at_el1_under_tge)
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T};
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_HCR_EL2, HOST | HVC_HCR_TGE);
	tiny_put(&image, TINY_EL2H, A64_ERET);
	machine = tiny_open(&image);
	for (unsigned i = 0; i < 6; i++) {
		hvc_call_init(&call, 0);
		call.from = levels[i & 1];
		ck_assert_int_eq(hvc_machine_call(machine, &call, NULL, &outcome), HVC_E_ARG);
		assert_kind(tiny_hvc(machine, HVC_LEVEL_EL2H), HVC_OUTCOME_RETURN);
		assert_kind(tiny_hvc(machine, HVC_LEVEL_EL0), HVC_OUTCOME_UNDEFINED);
	}
	hvc_machine_close(machine);
}

SUITE_MAIN("vhe")
