/* SPDX-License-Identifier: MIT */
/*
 * What lies around a subject: stubs and boundaries, registers that nobody set, worlds laid over
 * each other.
 */
#include "around.h"
#include "machine/supplied.h"
#include "machine/world.h"
#include "suite.h"

/* A stub is called from two places, one of them a tail call; a boundary behind it ends the run. */
static void put_calls(struct tiny_image *image)
{
	begin(image, 0);
	tiny_put(image, TINY_CODE, A64_MOV(19, 30), A64_BL(0x100 - 4), A64_MOV(20, 0),
	         A64_BL(0x80 - 12), A64_MOV(21, 0), A64_MOV(30, 19), A64_ERET);
	tiny_put(image, TINY_CODE + 0x80, A64_MOVZ(0, 3), A64_B(0x100 - 0x84));
	/* the function: hangs, and must not be entered */
	tiny_put(image, TINY_CODE + 0x100, A64_B(0));
	tiny_put(image, TINY_CODE + 0x140, A64_MSR(sys_name(HVC_REG_TPIDR_EL2), 0), A64_B(4),
	         A64_ERET);
}

TEST(stubs_return_their_value)
{
	const uint64_t values[] = {0, 1, UINT64_MAX, UINT64_C(0x123456789abcdef0)};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_supplied supplied;

		put_calls(&image);
		ck_assert_int_eq(hvc_world_stub(&image.world, CODE + 0x100, values[i], "f"),
		                 HVC_OK);
		machine = tiny_open(&image);
		for (int again = 0; again < 2; again++) {
			struct hvc_outcome outcome = call_with(machine, 5, 6);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[20], values[i]);
			assert_hex(outcome.state.v[21], values[i]);
			assert_hex(outcome.state.v[1], 6);
			tiny_reset(machine);
		}
		supplied = account(machine);
		ck_assert_uint_eq(supplied.rows, 1);
		assert_row(&supplied, 0, HVC_SUPPLY_STUB, CODE + 0x100, 2);
		assert_hex(supplied.row[0].value, values[i]);
		hvc_supplied__free(&supplied);
		hvc_machine_close(machine);
	}
}

TEST(boundaries_come_before_all_else)
{
	struct tiny_image image;
	struct hvc_outcome outcome;
	struct hvc_machine *machine;

	put_calls(&image); /* at a loop, which would be `spin` */
	ck_assert_int_eq(hvc_world_stop_at(&image.world, CODE + 0x100, "f"), HVC_OK);
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_HANDOFF);
	assert_hex(outcome.pc, CODE + 0x100);
	assert_hex(outcome.state.v[0], 5);
	assert_hex(outcome.state.v[30], CODE + 8);
	hvc_machine_close(machine);

	begin(&image, 0); /* at a store, which is not made, and a system register that is kept */
	tiny_put(&image, TINY_CODE, A64_STR(1, 0), A64_MSR(sys_name(HVC_REG_TPIDR_EL2), 0),
	         A64_ERET);
	ck_assert_int_eq(hvc_world_stop_at(&image.world, CODE, "f"), HVC_OK);
	machine = tiny_open(&image);
	outcome = call_with(machine, TINY_BASE + 0x2000, 6);
	assert_kind(outcome, HVC_OUTCOME_HANDOFF);
	ck_assert_uint_eq(outcome.el2_stores, 0);
	assert_hex(outcome.state.v[HVC_REG_TPIDR_EL2], UINT64_C(0x1d20000000002200));
	hvc_machine_close(machine);
}

/* A loop through a stub or a missing function ends as any other. */
TEST(loops_through_answers_end)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;

	begin(&image, 1); /* polls for ever */
	tiny_put(&image, TINY_CODE, A64_MOVZ(9, 0), A64_BLR(9), A64_B(-8));
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_SPIN);
	hvc_machine_close(machine);

	begin(&image, 1); /* counts for ever */
	image.config.budget = 1000;
	tiny_put(&image, TINY_CODE, A64_MOVZ(9, 0), A64_BLR(9), A64_ADD(10, 10, 1), A64_B(-12));
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_LIMIT);
	hvc_machine_close(machine);

	begin(&image, 0); /* returns to itself */
	image.config.budget = 1000;
	tiny_put(&image, TINY_CODE, A64_ADR(30, 4), A64_NOP);
	ck_assert_int_eq(hvc_world_stub(&image.world, CODE + 4, 0, "f"), HVC_OK);
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_LIMIT);
	hvc_machine_close(machine);
}

TEST(unset_registers_are_told)
{
	struct hvc_outcome outcome;
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_supplied supplied;

	begin(&image, 1);
	/* set by the world; by nobody; by the code before it; by the entry; the stack */
	tiny_put(&image, TINY_CODE, A64_MRS(9, sys_name(HVC_REG_TPIDR_EL2)),
	         A64_MRS(9, sys_name(HVC_REG_VTTBR_EL2)), A64_B(4),
	         A64_MSR(sys_name(HVC_REG_FAR_EL2), 9), A64_B(4),
	         A64_MRS(9, sys_name(HVC_REG_FAR_EL2)), A64_MRS(9, sys_name(HVC_REG_ESR_EL2)),
	         A64_SUB(31, 31, 16), A64_STR(9, 31), A64_ADD(31, 31, 16), A64_ERET);
	tiny_set(&image, HVC_REG_TPIDR_EL2, 0x1000);
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	tiny_reset(machine);
	outcome = call_with(machine, 5, 6);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	supplied = account(machine);
	ck_assert_uint_eq(supplied.rows, 2);
	assert_row(&supplied, 0, HVC_SUPPLY_REGISTER, 0, 2);
	ck_assert_int_eq(supplied.row[0].reg, HVC_REG_SP_EL2);
	assert_hex(supplied.row[0].value, HVC_STACK_EL2);
	ck_assert_int_eq(supplied.row[1].reg, HVC_REG_VTTBR_EL2);
	hvc_supplied__free(&supplied);
	supplied = account(machine);
	ck_assert_uint_eq(supplied.rows, 0); /* asked once */
	hvc_machine_close(machine);
}

TEST(worlds_are_laid_over_each_other)
{
	struct hvc_world below, over;
	struct hvc_world before;
	const uint8_t ich_hcr[5] = {3, 4, 12, 11, 0}, vttbr[5] = {3, 4, 2, 1, 0};
	uint8_t name[5];

	hvc_world_init(&below, HVC_CPU_A72);
	hvc_world_init(&over, HVC_CPU_MAX);
	ck_assert(hvc_world__is_closed(&over));
	ck_assert_int_eq(hvc_world_set(&below, HVC_REG_SP_EL2, 1), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&below, HVC_REG_TPIDR_EL2, 2), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&over, HVC_REG_TPIDR_EL2, 3), HVC_OK);
	ck_assert_int_eq(hvc_world_set_sys(&over, vttbr, 4), HVC_OK);
	ck_assert_int_eq(hvc_world_set_sys(&over, ich_hcr, 5), HVC_OK);
	ck_assert_int_eq(hvc_world_stop_at(&below, 0x1000, "a"), HVC_OK);
	ck_assert_int_eq(hvc_world_stub(&over, 0x1000, 7, "b"), HVC_OK);
	ck_assert_int_eq(hvc_world_stop_at(&over, 0x1001, "odd"), HVC_E_RANGE);
	over.zero_pages = 9;
	ck_assert(!hvc_world__is_closed(&over));
	ck_assert_int_eq(hvc_world_overlay(&below, &over), HVC_OK);
	ck_assert_int_eq(below.cpu, HVC_CPU_A72);
	assert_hex(below.state.v[HVC_REG_SP_EL2], 1);
	assert_hex(below.state.v[HVC_REG_TPIDR_EL2], 3);
	assert_hex(below.state.v[HVC_REG_VTTBR_EL2], 4);
	ck_assert_uint_eq(below.extras, 1);
	ck_assert_uint_eq(below.stops, 1);
	ck_assert(below.stop[0].stub && below.stop[0].value == 7);
	ck_assert_str_eq(hvc_world__find_stop(&below, 0x1000)->name, "b");
	ck_assert_ptr_null(hvc_world__find_stop(&below, 0x1004));
	ck_assert_uint_eq(below.zero_pages, 9);

	for (unsigned i = 0; i < HVC_STOPS_MAX; i++)
		ck_assert_int_eq(hvc_world_stop_at(&over, 0x1000 + 4 * i, "c"), HVC_OK);
	ck_assert_int_eq(hvc_world_stop_at(&over, 0x8000, "d"), HVC_E_RANGE);
	ck_assert_int_eq(hvc_world_stop_at(&below, 0x8000, "d"), HVC_OK);
	before = below;
	ck_assert_int_eq(hvc_world_overlay(&below, &over), HVC_E_RANGE);
	ck_assert_mem_eq(&before, &below, sizeof below);

	ck_assert(hvc_world__sys_name("S3_4_c12_C11_0", name));
	ck_assert_mem_eq(name, ich_hcr, 5);
	for (size_t i = 0; i < 6; i++)
		ck_assert(!hvc_world__sys_name(
		        (const char *[]){"s3_4_c12_c11", "s1_4_c1_c1_1", "s3_8_c1_c1_1",
		                         "s3_4_c16_c1_1", "s3_4_c1_c1_10", "s3_4_c1_c 1_1"}[i],
		        name));
}

/* A register without a row is set, seen by the code, and put back. */
TEST(registers_without_a_row_are_set)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	const uint8_t cval[5] = {3, 4, 14, 2, 2}, revidr[5] = {3, 0, 0, 0, 6};
	struct hvc_diag diag;

	begin(&image, 0); /* CNTHP_CVAL_EL2 */
	tiny_put(&image, TINY_CODE, A64_MRS(2, SYS(3, 4, 14, 2, 2)),
	         A64_MSR(SYS(3, 4, 14, 2, 2), 1), A64_ERET);
	ck_assert_int_eq(hvc_world_set_sys(&image.world, cval, 0x77), HVC_OK);
	machine = tiny_open(&image);
	for (int again = 0; again < 3; again++) {
		struct hvc_outcome outcome = call_with(machine, 5, 6);

		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[2], 0x77);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
	/* REVIDR_EL1 is always zero here */
	ck_assert_int_eq(hvc_world_set_sys(&image.world, revidr, 0x77), HVC_OK);
	ck_assert_int_eq(hvc_machine_open(&image.config, &diag, &machine), HVC_E_UNSUPPORTED);
	ck_assert_str_eq(diag.message, "CPU model a72 does not keep s3_0_c0_c0_6");
}

SUITE_MAIN("world")
