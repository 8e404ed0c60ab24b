/* SPDX-License-Identifier: MIT */
/**
 * What hvcheck does itself: time that passes with instructions (Arm ARM DDI 0487 D12, D13), DC ZVA
 * (C6.2), and words that the engine must not look at (C4.1: unallocated, so UNDEFINED).
 */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"
#include "under_test.h"

#define CODE       (TINY_BASE + TINY_CODE)
#define CNTPCT     SYS(3, 3, 14, 0, 1)
#define CNTVCT     SYS(3, 3, 14, 0, 2)
#define CNTP(n)    SYS(3, 3, 14, 2, n)
#define CNTHP(n)   SYS(3, 4, 14, 2, n)
#define PMCR       SYS(3, 3, 9, 12, 0)
#define PMCNTENSET SYS(3, 3, 9, 12, 1)
#define PMCCNTR    SYS(3, 3, 9, 13, 0)
#define RNDR       SYS(3, 3, 2, 4, 0)
#define ZCR_EL2    SYS(3, 4, 1, 2, 0)
#define HOST       (HVC_HCR_RW | HVC_HCR_E2H)
#define DC_ZVA(rt) (UINT32_C(0xd50b7420) | (rt))
#define UNMAPPED   UINT64_C(0x2000000048)

static const uint32_t unallocated[] = {
        0x0e788821, 0x0ec01c21, 0x2ef98821, 0x4e402c81, 0x5ef88821,
        0x6e792a14, 0x7ef98821, 0xd69f02e0, 0xd69f0000,
};

#define UNALLOCATED (sizeof unallocated / sizeof *unallocated)

/* Six instructions between two looks at a counter are six ticks, in every call and machine. */
TEST(counters_tick_with_instructions)
{
	static const uint32_t names[] = {CNTPCT, CNTVCT};

	for (unsigned n = 0; n < 8; n++) {
		uint32_t name = names[n & 1];
		uint64_t voffset = n & 1 && !(n & 2) ? 1000 : 0; /* none for a host */
		struct tiny_image image;
		struct hvc_machine *machine;

		tiny_init(&image, n & 4 ? HVC_CPU_MAX : HVC_CPU_A72);
		if (n & 2 && n & 4)
			tiny_set(&image, HVC_REG_HCR_EL2, HOST);
		tiny_set(&image, HVC_REG_CNTVOFF_EL2, !(n & 2) || n & 4 ? 1000 : 0);
		tiny_put(&image, TINY_LOWER, A64_NOP, A64_NOP, A64_MRS(1, name), A64_NOP, A64_ISB,
		         A64_NOP, A64_CBNZ(31, 8), A64_NOP, A64_MRS(2, name), A64_MRS(3, name),
		         A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 3; round++) {
			struct hvc_outcome outcome = tiny_call_with(machine, 0, 0);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[1], 2 - voffset);
			assert_hex(outcome.state.v[2], 8 - voffset);
			assert_hex(outcome.state.v[3], 9 - voffset);
			ck_assert_uint_eq(outcome.instructions, 11);
			/* it goes on until a reset */
			assert_hex(tiny_call_with(machine, 0, 0).state.v[1], 11 + 2 - voffset);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* A loop that waits for a timer ends when its time has come. */
TEST(timers_are_met)
{
	for (unsigned n = 0; n < 4; n++) {
		struct tiny_image image;
		struct hvc_outcome outcome;
		uint32_t tval = n & 1 ? CNTHP(0) : CNTP(0), ctl = n & 1 ? CNTHP(1) : CNTP(1);

		tiny_init(&image, n & 2 ? HVC_CPU_MAX : HVC_CPU_A72);
		if (n & 2)
			tiny_set(&image, HVC_REG_HCR_EL2, HOST);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 300), A64_MSR(tval, 1), A64_MOVZ(1, 1),
		         A64_MSR(ctl, 1), A64_MRS(2, ctl), A64_ADD(4, 4, 1), A64_SUBS(3, 2, 5),
		         A64_BNE(-12), A64_MRS(3, tval), A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[2], 5);
		ck_assert_uint_ge(outcome.state.v[3], 0xfffffff0); /* a little below zero */
		ck_assert_uint_ge(outcome.instructions, 300);
		ck_assert_uint_le(outcome.instructions, 320);
	}
}

TEST(the_pmu_counts_instructions)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		/* off, and it holds; on, and it counts; C, and it is zero again */
		tiny_init(&image, (enum hvc_cpu)cpu);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 500), A64_MSR(PMCCNTR, 1),
		         A64_MRS(2, PMCCNTR), A64_MOVZ(1, 0), A64_MOVK16(1, 0x8000),
		         A64_MSR(PMCNTENSET, 1), A64_MOVZ(1, 5), A64_MSR(PMCR, 1), A64_NOP, A64_NOP,
		         A64_MRS(3, PMCCNTR), A64_NOP, A64_MRS(4, PMCCNTR), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 3; round++) {
			struct hvc_outcome outcome = tiny_call_with(machine, 0, 0);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[2], 500);
			assert_hex(outcome.state.v[3], 3);
			assert_hex(outcome.state.v[4], 5);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

TEST(random_numbers_are_the_same_in_every_call)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome first, second;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, RNDR), A64_MRS(2, RNDR),
	         A64_MRS(3, SYS(3, 3, 4, 2, 0)), A64_ERET);
	machine = tiny_open(&image);
	first = tiny_call_with(machine, 0, 0);
	tiny_reset(machine);
	second = tiny_call_with(machine, 0, 0);
	assert_kind(first, HVC_OUTCOME_RETURN);
	assert_hex(first.state.v[1], second.state.v[1]);
	assert_hex(first.state.v[2], second.state.v[2]);
	ck_assert(first.state.v[1] != first.state.v[2]);
	assert_hex(first.state.v[3], 0); /* a number was there */
	hvc_machine_close(machine);
}

/* Of 64 bytes, wherever in the block the address is; and put back. */
TEST(dc_zva_zeroes_a_block)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint8_t bytes[0x180];

	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		tiny_init(&image, (enum hvc_cpu)cpu);
		tiny_put(&image, TINY_LOWER, DC_ZVA(1), A64_LDR(3, 1),
		         A64_MRS(4, SYS(3, 3, 0, 0, 7)), A64_ERET);
		memset(image.bytes + TINY_CODE, 0x5a, sizeof bytes);
		machine = tiny_open(&image);
		for (unsigned round = 0; round < 2; round++) {
			struct hvc_outcome outcome = tiny_call_with(machine, CODE + 0x98, 0);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[3], 0);
			assert_hex(outcome.state.v[4], 4);
			ck_assert_uint_eq(outcome.el2_stores, 8);
			ck_assert_int_eq(hvc_machine_read(machine, CODE, bytes, sizeof bytes),
			                 HVC_OK);
			for (unsigned i = 0; i < sizeof bytes; i++)
				assert_hex(bytes[i], i / 64 == 2 ? 0 : 0x5a);
			tiny_reset(machine);
			ck_assert_int_eq(hvc_machine_read(machine, CODE, bytes, sizeof bytes),
			                 HVC_OK);
			for (unsigned i = 0; i < sizeof bytes; i++)
				assert_hex(bytes[i], 0x5a);
		}
		hvc_machine_close(machine);
	}
}

/* There and then, before anything behind it, with the address that was given. */
TEST(dc_zva_of_no_memory_faults)
{
	for (unsigned n = 0; n < 4; n++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, n & 1 ? HVC_CPU_MAX : HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 0x48), A64_MOVK32(1, 0x20), DC_ZVA(1),
		         n & 2 ? A64_MSR(ZCR_EL2, 1) : A64_NOP, A64_ADD(2, 2, 1), A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 8);
		assert_hex(outcome.far, UNMAPPED);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_DABT_SAME);
		assert_hex(outcome.state.v[2], HVC_LANDING + 2 * 0x800);
		ck_assert_uint_eq(outcome.stores + outcome.el2_stores, 0);
	}
}

TEST(dc_zva_of_a_lent_page)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	image.world.zero_pages = 1;
	tiny_put(&image, TINY_LOWER, DC_ZVA(1), DC_ZVA(2), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 2; round++) {
		struct hvc_outcome outcome = tiny_call_with(machine, UNMAPPED, UNMAPPED + 0xf00);

		assert_kind(outcome, HVC_OUTCOME_RETURN);
		tiny_reset(machine);
		outcome = tiny_call_with(machine, UNMAPPED, UNMAPPED + 0x1000); /* one too many */
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.far, UNMAPPED + 0x1000);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* In the image: first and last of a block, jumped to, and read as data. */
TEST(unallocated_words_are_undefined)
{
	for (size_t i = 0; i < 2 * UNALLOCATED; i++) {
		uint32_t word = unallocated[i / 2];
		struct tiny_image image;
		struct hvc_machine *machine;

		tiny_init(&image, i & 1 ? HVC_CPU_MAX : HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_ADR(3, TINY_CODE - TINY_LOWER), A64_LDR(4, 3),
		         A64_BR(2));
		tiny_put(&image, TINY_CODE, A64_ADD(5, 5, 1), word, A64_ADD(5, 5, 1), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned at = 0; at < 4; at++) {
			struct hvc_outcome outcome = tiny_call_with(machine, 0, CODE + 4 * at);

			assert_kind(outcome, at < 2 ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN);
			if (at < 2) {
				assert_hex(outcome.pc, CODE + 4);
				ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_UNKNOWN);
			}
			assert_hex(outcome.state.v[4], (uint64_t)word << 32 | A64_ADD(5, 5, 1));
			assert_hex(outcome.state.v[5],
			           HVC_LANDING + 5 * 0x800 + (at == 0 || at == 2));
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* Written by the handler, in one piece or in two, over code that has run, and overwritten. */
TEST(unallocated_words_are_undefined_when_stored)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	/* x2 := the word to store at x1 + 4, its upper half apart; and jump to x1 */
	tiny_init(&image, HVC_CPU_MAX);
	tiny_put(&image, TINY_LOWER, UINT32_C(0x79000822) /* strh w2, [x1, #4] */,
	         UINT32_C(0xd350fc43) /* lsr x3, x2, #16 */,
	         UINT32_C(0x79000c23) /* strh w3, [x1, #6] */, A64_ISB, A64_BR(1));
	tiny_put(&image, TINY_CODE, A64_NOP, A64_NOP, A64_ERET);
	machine = tiny_open(&image);
	for (size_t i = 0; i < 3 * UNALLOCATED; i++) {
		bool bad = i % 3 == 1;
		uint32_t word = bad ? unallocated[i / 3] : A64_NOP;
		struct hvc_outcome outcome = tiny_call_with(machine, CODE, word);

		assert_kind(outcome, bad ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN);
		if (i & 1) /* else the next call finds it */
			tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* Behind the last address there is the first. */
TEST(a_store_to_the_last_address_faults)
{
	for (unsigned n = 0; n < 16; n++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		tiny_init(&image, n & 1 ? HVC_CPU_MAX : HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_STR(2, 1), A64_ERET);
		machine = tiny_open(&image);
		assert_kind(tiny_call_with(machine, 0 - (uint64_t)(n / 2), 1), HVC_OUTCOME_FAULT);
		hvc_machine_close(machine);
	}
}

/* Reading one sets NZCV; writing one is UNDEFINED, and leaves them alone. By run and by proof. */
TEST(random_numbers_come_with_flags)
{
	static const uint32_t words[] = {A64_MRS(1, RNDR), A64_MRS(31, RNDR | 1 << 5),
	                                 A64_MSR(RNDR, 1), A64_MSR(RNDR | 1 << 5, 31)};

	for (unsigned i = 0; i < 4; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_MAX);
		tiny_put(&image, TINY_LOWER, A64_SUBS(31, 31, 0), words[i], A64_BNE(8),
		         A64_MOVZ(2, 1), A64_MRS(3, SYS(3, 3, 4, 2, 0)), A64_ERET);
		machine = tiny_open(&image);
		hvc_call_init(&call, 0);
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, i < 2 ? HVC_OUTCOME_RETURN : HVC_OUTCOME_FAULT);
		if (i < 2)
			assert_hex(outcome.state.v[3], 0);
		else
			assert_hex(outcome.state.v[HVC_REG_NZCV], 0x20000000);
		hvc_machine_close(machine);
		hold_exact(tiny_file(&image, "random.bin"), &image.world, "random");
	}
}

SUITE_MAIN("own")
