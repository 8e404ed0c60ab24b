/* SPDX-License-Identifier: MIT */
/** What calls have left behind after a reset, each once seen; test_reset_random.c is the rule. */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"

#define CODE      (TINY_BASE + TINY_CODE)
#define MDSCR     sys_name(HVC_REG_MDSCR_EL1)
#define MDCR      sys_name(HVC_REG_MDCR_EL2)
#define SCTLR     sys_name(HVC_REG_SCTLR_EL2)
#define ELR       sys_name(HVC_REG_ELR_EL2)
#define SPSR      sys_name(HVC_REG_SPSR_EL2)
#define DC_ZVA(n) (UINT32_C(0xd50b7420) | (n))
#define ZCR_EL2   SYS(3, 4, 1, 2, 0)

/* TDE routes what SS asks for to EL2, from EL2 too where KDE is set. */
TEST(single_step_ends_with_the_call)
{
	static const uint64_t values[] = {0x1, 0x2001, 0xa001, UINT64_MAX};
	struct tiny_image image;
	struct hvc_machine *machine;

	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		tiny_init(&image, (enum hvc_cpu)cpu);
		tiny_put(&image, TINY_LOWER, A64_CBNZ(1, 8), A64_ERET, A64_MSR(MDCR, 2),
		         A64_MSR(MDSCR, 1), A64_ISB, A64_NOP, A64_ERET);
		machine = tiny_open(&image);
		for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
			(void)tiny_call_with(machine, values[i], 0x100);
			tiny_reset(machine);
			assert_kind(tiny_call_with(machine, 0, 0), HVC_OUTCOME_RETURN);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* Over a landing pad, over the instruction returned to, over the caller's vectors. */
TEST(code_of_the_harness_is_put_back)
{
	const uint64_t places[] = {HVC_LANDING + 0x800 * 5, HVC_CALLS,       HVC_CALLS + 4,
	                           HVC_CALLER_VECTORS,      HVC_NEW_VECTORS, HVC_FUNCTION};
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome before, after;

	/* x1 = 0: go to x2; else store w3 there first */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_CBNZ(1, 8), A64_BR(2), A64_MOVZ(3, 0),
	         A64_MOVK16(3, 0x9100), A64_STRW(3, 2), A64_ISB, A64_BR(2));
	machine = tiny_open(&image);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		before = tiny_call_with(machine, 0, places[i]);
		tiny_reset(machine);
		(void)tiny_call_with(machine, 1, places[i]);
		tiny_reset(machine);
		after = tiny_call_with(machine, 0, places[i]);
		ck_assert_int_eq(after.kind, before.kind);
		assert_hex(after.pc, before.pc);
		ck_assert_uint_eq(after.instructions, before.instructions);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* More than a small table would hold. */
static uint32_t register_without_row(unsigned n)
{
	static const uint8_t others[][5] = {
	        {3, 4, 3, 0, 0},  {3, 4, 5, 0, 1},  {3, 4, 5, 3, 0},  {3, 4, 4, 3, 0},
	        {3, 4, 4, 3, 1},  {3, 4, 4, 3, 2},  {3, 4, 4, 3, 3},  {3, 2, 0, 0, 0},
	        {3, 3, 9, 12, 1}, {3, 0, 9, 14, 1}, {3, 3, 9, 12, 5}, {3, 3, 14, 15, 7},
	        {3, 3, 9, 14, 0}, {3, 3, 14, 2, 2}, {3, 3, 14, 3, 2}, {3, 4, 14, 2, 2},
	};
	const uint8_t *t;

	if (n < 12) /* breakpoints */
		return SYS(2, 0, 0, n / 2, 4 + n % 2);
	if (n < 20) /* watchpoints */
		return SYS(2, 0, 0, (n - 12) / 2, 6 + n % 2);
	if (n < 24) /* PMEVTYPER */
		return SYS(3, 3, 14, 12, n - 20);
	t = others[n - 24];
	return SYS(t[0], t[1], t[2], t[3], t[4]);
}

#define REGISTERS 40u

TEST(registers_without_a_row_are_put_back)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint64_t first[REGISTERS];

	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		/* x1 is the address of the reader or the writer of one */
		tiny_init(&image, (enum hvc_cpu)cpu);
		tiny_put(&image, TINY_LOWER, A64_BR(1));
		for (unsigned n = 0; n < REGISTERS; n++)
			tiny_put(&image, TINY_CODE + 32 * n, A64_MRS(3, register_without_row(n)),
			         A64_ERET, 0, 0, A64_MSR(register_without_row(n), 2), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 3; round++)
			for (unsigned n = 0; n < REGISTERS; n++) {
				struct hvc_outcome outcome =
				        tiny_call_with(machine, CODE + 32 * n, 0);

				if (!round)
					first[n] = outcome.state.v[3];
				assert_hex(outcome.state.v[3], first[n]);
				tiny_reset(machine);
				(void)tiny_call_with(machine, CODE + 32 * n + 16, 0x6a5a5a50);
				tiny_reset(machine);
			}
		hvc_machine_close(machine);
	}
}

/*
 * Of 39 bits: the first GiB is itself, and where the harness is there is the image. Unicorn up to
 * 2.0.1 wants memory at the untranslated address, too.
 */
static void put_tables(struct tiny_image *image)
{
	const uint64_t block = 0x401; /* valid, AF */
	uint64_t table[512] = {[0] = block, [256] = (TINY_BASE + 0x2000) | 3};
	uint64_t second = TINY_BASE | block;

	memcpy(image->bytes + 0x3000, table, sizeof table);
	memcpy(image->bytes + 0x2000, &second, sizeof second);
	tiny_set(image, HVC_REG_TTBR0_EL2, TINY_BASE + 0x3000);
	tiny_set(image, HVC_REG_TCR_EL2, 0x80850019); /* T0SZ 25, 4 KiB, 48-bit addresses */
}

TEST(stores_through_the_mmu_are_put_back)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint64_t value, alias = HVC_HARNESS_BASE + TINY_CODE + 0x100;

	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		tiny_init(&image, (enum hvc_cpu)cpu);
		put_tables(&image);
		tiny_put(&image, TINY_LOWER, A64_MRS(5, SCTLR), A64_CBNZ(1, 8), A64_B(16),
		         A64_ADD(6, 5, 1), A64_MSR(SCTLR, 6), A64_ISB, A64_LDR(4, 2), A64_STR(3, 2),
		         A64_MSR(SCTLR, 5), A64_ISB, A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 3; round++) {
			struct hvc_outcome outcome = tiny_call_with(machine, 1, alias);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[4], 0);
			ck_assert_int_eq(hvc_machine_read(machine, CODE + 0x100, &value, 8),
			                 HVC_OK);
			assert_hex(value, outcome.state.v[3]);
			tiny_reset(machine);
			ck_assert_int_eq(hvc_machine_read(machine, CODE + 0x100, &value, 8),
			                 HVC_OK);
			assert_hex(value, 0);
			assert_kind(tiny_call_with(machine, 0, CODE + 0x200), HVC_OUTCOME_RETURN);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* What is left on, or left mapped, by a call that faults. */
TEST(the_mmu_is_off_again)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	put_tables(&image);
	tiny_put(&image, TINY_LOWER, A64_MRS(5, SCTLR), A64_CBNZ(1, 8), A64_B(20), A64_ADD(6, 5, 1),
	         A64_MSR(SCTLR, 6), A64_ISB, A64_NOP, A64_LDR(4, 2), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 3; round++) {
		struct hvc_outcome outcome = tiny_call_with(machine, 1, 0x50000000);

		assert_kind(outcome, HVC_OUTCOME_FAULT);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_DABT_SAME);
		tiny_reset(machine);
		assert_kind(tiny_call_with(machine, 0, CODE), HVC_OUTCOME_RETURN);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* By the name that E2H makes SCTLR_EL2 of: what was known of addresses is known no more. */
TEST(the_mmu_is_on_at_once)
{
	struct tiny_image image;
	struct hvc_outcome outcome;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_MAX);
	put_tables(&image);
	tiny_set(&image, HVC_REG_HCR_EL2, HVC_HCR_RW | HVC_HCR_E2H);
	tiny_put(&image, TINY_LOWER, A64_LDR(4, 2), A64_MRS(5, SCTLR), A64_ADD(6, 5, 1),
	         A64_MSR(sys_name(HVC_REG_SCTLR_EL1), 6), A64_ISB, A64_LDR(4, 2), A64_UDF);
	machine = tiny_open(&image);
	outcome = tiny_call_with(machine, 0, HVC_HARNESS_BASE + 0x200000);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_DABT_SAME);
	hvc_machine_close(machine);
}

/* LDXR leaves a monitor; a later STXR without one of its own must fail. */
TEST(the_exclusive_monitor_is_clear)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_call call;

	/* x1: ldxr x4, [x2]; else stxr w4, x3, [x2]; then a fault, which is no return */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_EL2H, A64_CBNZ(1, 12), UINT32_C(0xc8047c43), A64_UDF,
	         UINT32_C(0xc85f7c44), A64_UDF);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 4; round++) {
		struct hvc_outcome outcome;

		hvc_call_init(&call, 0);
		call.from = HVC_LEVEL_EL2H;
		call.x[1] = !(round & 1);
		call.x[2] = CODE;
		call.x[3] = 0;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.state.v[4], round & 1);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* A write from outside stays, also where a call has stored before, and in a new engine. */
TEST(what_was_written_from_outside_is_kept)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint64_t value = 7;

	tiny_init(&image, HVC_CPU_A72);
	put_tables(&image);
	tiny_put(&image, TINY_LOWER, A64_STR(3, 2), A64_CBNZ(1, 8), A64_ERET, A64_MRS(5, SCTLR),
	         A64_ADD(6, 5, 1), A64_MSR(SCTLR, 6), A64_ISB, A64_STR(3, 2), A64_UDF);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 4; round++) {
		(void)tiny_call_with(machine, round & 1, HVC_EL2_DATA);
		tiny_reset(machine);
		value += round;
		ck_assert_int_eq(hvc_machine_write(machine, HVC_EL2_DATA, &value, 8), HVC_OK);
		for (unsigned n = 0; n < 4; n++) {
			uint64_t is;

			(void)tiny_call_with(machine, n & 1, HVC_EL2_DATA);
			tiny_reset(machine);
			ck_assert_int_eq(hvc_machine_read(machine, HVC_EL2_DATA, &is, 8), HVC_OK);
			assert_hex(is, value);
		}
	}
	hvc_machine_close(machine);
}

/* A word that the call made one of FP/SIMD, which is trapped, is the image's again. */
TEST(an_instruction_that_was_trapped_is_not)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome before, after;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_CPTR_EL2, 1 << 10);
	/* Twice round, fmov d0, d1 stored over the addition: the first time it is known as it was.
	 */
	tiny_put(&image, TINY_LOWER, A64_STRW(3, 2), A64_ADD(0, 0, 1), A64_SUBS(1, 1, 1),
	         A64_BNE(-12), A64_ERET);
	tiny_put(&image, TINY_EL2H, A64_UDF);
	machine = tiny_open(&image);
	hvc_call_init(&call, 0);
	call.x[0] = 0;
	call.x[1] = 2;
	call.x[2] = TINY_BASE + TINY_LOWER + 4;
	call.x[3] = UINT32_C(0x1e604020);
	before = tiny_call(machine, &call);
	tiny_reset(machine);
	after = tiny_call(machine, &call);
	assert_hex(before.state.v[0], 1);
	assert_hex(after.state.v[0], 1);
	ck_assert_uint_eq(after.instructions, before.instructions);
	hvc_machine_close(machine);
}

/* The block behind an ERET with a key is at the level that it went to. */
TEST(an_authenticated_eret_leaves)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	for (uint32_t key = 0; key < 2; key++) {
		tiny_init(&image, HVC_CPU_MAX);
		tiny_put(&image, TINY_LOWER, A64_ADR(1, TINY_CODE - TINY_LOWER), A64_MSR(ELR, 1),
		         UINT32_C(0xd69f0bff) | key << 10);
		tiny_put(&image, TINY_CODE, A64_ADD(2, 2, 1), A64_B(-4));
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_JUMP);
		assert_hex(outcome.pc, CODE);
		assert_hex(outcome.state.v[2], HVC_LANDING + 0x1000);
	}
}

SUITE_MAIN("reset")
