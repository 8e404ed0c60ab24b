/* SPDX-License-Identifier: MIT */
/*
 * Memory lent on demand, and calls of functions that are not there. Every call's outcome is the
 * same whatever was called before.
 */
#include "around.h"
#include "machine/supplied.h"
#include "suite.h"

TEST(zero_pages_are_memory)
{
	const uint64_t places[] = {0,
	                           0x8,
	                           NOWHERE,
	                           NOWHERE + 0xff8,
	                           NOWHERE + 0xffc,
	                           TINY_BASE - 4,
	                           TINY_BASE + TINY_SIZE - 4};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		uint64_t value = 0;

		begin(&image, 4);
		/* read, write, read again: a word that may lie across two pages */
		tiny_put(&image, TINY_CODE, A64_LDR(2, 0), A64_STR(1, 0), A64_LDR(3, 0), A64_ERET);
		machine = tiny_open(&image);
		for (int again = 0; again < 3; again++) {
			outcome = call_with(machine, places[i], UINT64_C(0x1122334455667788));
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[2], i == 5 ? UINT64_C(0x1400000000000000) : 0);
			assert_hex(outcome.state.v[3], UINT64_C(0x1122334455667788));
			ck_assert_uint_eq(outcome.stores, 0);
			ck_assert_uint_eq(outcome.el2_stores, 1);
			ck_assert_int_eq(hvc_machine_read(machine, places[i], &value, 8), HVC_OK);
			assert_hex(value, UINT64_C(0x1122334455667788));
			tiny_reset(machine);
			if (i < 5)
				ck_assert_int_eq(hvc_machine_read(machine, places[i], &value, 8),
				                 HVC_E_RANGE);
		}
		hvc_machine_close(machine);
	}
}

TEST(without_pages_nothing_is_lent)
{
	struct tiny_image image;
	struct hvc_outcome outcome;
	struct hvc_machine *machine;
	struct hvc_supplied supplied;

	begin(&image, 0);
	tiny_put(&image, TINY_CODE, A64_LDR(2, 0), A64_ERET);
	machine = tiny_open(&image);
	outcome = call_with(machine, NOWHERE, 0);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	assert_hex(outcome.far, NOWHERE);
	assert_hex(outcome.pc, CODE);
	supplied = account(machine);
	ck_assert_uint_eq(supplied.rows, 0);
	hvc_machine_close(machine);
}

/* Touches x1 pages from x0 on, 64 KiB apart. */
static void put_walk(struct tiny_image *image)
{
	tiny_put(image, TINY_CODE, A64_MOVZ(3, 1), A64_MOVZ(4, 0) /* lsl 16 below */,
	         A64_MOVK16(4, 1), A64_STR(1, 0), A64_ADDX(0, 0, 4), A64_SUB(1, 1, 1),
	         A64_CBNZ(1, -12), A64_ERET);
}

TEST(pages_are_bounded)
{
	for (unsigned limit = 1; limit <= 9; limit++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		begin(&image, limit);
		put_walk(&image);
		machine = tiny_open(&image);
		/* a different stretch of pages each time: those of earlier calls make room */
		for (unsigned n = 0; n < 40; n++) {
			uint64_t at = NOWHERE + n * UINT64_C(0x30000);
			unsigned count = 1 + n * 7 % 12;
			struct hvc_outcome outcome = call_with(machine, at, count);

			if (count <= limit) {
				assert_kind(outcome, HVC_OUTCOME_RETURN);
				ck_assert_uint_eq(outcome.el2_stores, count);
			} else {
				assert_kind(outcome, HVC_OUTCOME_FAULT);
				assert_hex(outcome.far, at + limit * UINT64_C(0x10000));
				assert_hex(outcome.pc, CODE + 12);
				ck_assert_uint_eq(outcome.el2_stores, limit);
			}
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* The page of the first bytes is not taken away to be lent for the last ones. */
TEST(a_store_over_the_end_of_a_page)
{
	for (unsigned limit = 1; limit <= 3; limit++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		begin(&image, limit);
		tiny_put(&image, TINY_CODE, A64_STR(1, 0), A64_ERET);
		machine = tiny_open(&image);
		for (unsigned n = 0; n < 8; n++) {
			uint64_t at = NOWHERE + n * UINT64_C(0x5000) + 0x1000 - 1 - n % 7;
			struct hvc_outcome outcome = call_with(machine, at, 1);

			if (limit > 1) {
				assert_kind(outcome, HVC_OUTCOME_RETURN);
			} else {
				assert_kind(outcome, HVC_OUTCOME_FAULT);
				assert_hex(outcome.far & ~UINT64_C(7), (at + 7) & ~UINT64_C(0xfff));
			}
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* Pages stay until the machine is reset, with what is in them. */
TEST(pages_carry_over_until_reset)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;

	begin(&image, 2);
	/* the last 8 bytes of the page are counted up */
	tiny_put(&image, TINY_CODE, A64_LDR(2, 0), A64_ADD(2, 2, 1), A64_STR(2, 0), A64_ERET);
	machine = tiny_open(&image);
	for (uint64_t n = 1; n < 5; n++) {
		outcome = call_with(machine, NOWHERE, 0);
		assert_hex(outcome.state.v[2], n);
	}
	outcome = call_with(machine, NOWHERE + 0x1000, 0);
	assert_hex(outcome.state.v[2], 1);
	outcome = call_with(machine, NOWHERE + 0x2000, 0);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	tiny_reset(machine);
	outcome = call_with(machine, NOWHERE + 0x2000, 0);
	assert_hex(outcome.state.v[2], 1);
	outcome = call_with(machine, NOWHERE, 0);
	assert_hex(outcome.state.v[2], 1);
	hvc_machine_close(machine);
}

/* No CPU gets to the top of the address space with translation off: see ID_AA64MMFR0_EL1. */
TEST(what_is_out_of_reach_is_not_lent)
{
	const uint64_t places[] = {UINT64_C(0xffffffffffffffd8), UINT64_C(1) << 44,
	                           (UINT64_C(1) << 44) - 8};

	for (size_t i = 0; i < 3; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_supplied supplied;
		struct hvc_outcome outcome;

		begin(&image, 4);
		tiny_put(&image, TINY_CODE, A64_LDR(2, 0), A64_STR(2, 0), A64_ERET);
		machine = tiny_open(&image);
		outcome = call_with(machine, places[i], 0);
		supplied = account(machine);
		assert_kind(outcome, i < 2 ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(supplied.rows, i < 2 ? 0 : 1);
		hvc_supplied__free(&supplied);
		hvc_machine_close(machine);
	}
}

TEST(blind_reads_are_told)
{
	struct hvc_outcome outcome;

	static const struct {
		uint32_t code[4];
		unsigned blind;
	} rows[] = {
	        {{A64_LDR(2, 0), A64_ERET}, 1},
	        {{A64_STR(1, 0), A64_LDR(2, 0), A64_ERET}, 0},
	        {{A64_STRW(1, 0), A64_LDRW(2, 0), A64_ERET}, 0},
	        {{A64_STRW(1, 0), A64_LDR(2, 0), A64_ERET}, 1},
	        {{A64_STR(1, 0), A64_LDUR(2, 0, 4), A64_ERET}, 1},
	        {{A64_STR(1, 0), A64_ERET}, 0},
	        {{A64_DC_ZVA(0), A64_LDUR(2, 0, 56), A64_ERET}, 0},
	        {{A64_LDXR(2, 0), A64_STXR(3, 1, 0), A64_ERET}, 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_supplied supplied;

		begin(&image, 1);
		memcpy(image.bytes + TINY_CODE, rows[i].code, sizeof rows[i].code);
		machine = tiny_open(&image);
		for (int again = 0; again < 3; again++) {
			outcome = call_with(machine, NOWHERE, 7);
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			tiny_reset(machine);
		}
		supplied = account(machine);
		ck_assert_uint_eq(supplied.rows, 1);
		assert_row(&supplied, 0, HVC_SUPPLY_PAGE, NOWHERE, 3);
		ck_assert_msg(supplied.row[0].blind == 3 * rows[i].blind, "row %zu: %llu blind", i,
		              (unsigned long long)supplied.row[0].blind);
		hvc_supplied__free(&supplied);
		hvc_machine_close(machine);
	}
}

/* DC ZVA, a store of 64 bytes without a size, in the image and outside; the second is a warm one.
 */
TEST(zeroed_blocks_are_taken_back)
{
	const uint64_t places[] = {TINY_BASE + 0x2010, NOWHERE + 0x20};

	for (size_t i = 0; i < 2; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;
		uint64_t first = i ? 0 : 0x5555, word = 0;

		begin(&image, 1);
		memcpy(image.bytes + 0x2010, &(uint64_t){0x5555}, 8);
		memcpy(image.bytes + 0x2050, &(uint64_t){0x6666}, 8);
		tiny_put(&image, TINY_CODE, A64_LDR(2, 0), A64_STR(1, 0), A64_DC_ZVA(0),
		         A64_LDR(3, 0), A64_ADD(4, 0, 64), A64_DC_ZVA(4), A64_LDR(5, 4),
		         A64_STR(1, 0), A64_DC_ZVA(0), A64_LDR(6, 0), A64_ERET);
		machine = tiny_open(&image);
		for (int again = 0; again < 3; again++) {
			outcome = call_with(machine, places[i], 7);
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[2], first);
			assert_hex(outcome.state.v[3], 0);
			assert_hex(outcome.state.v[5], 0);
			assert_hex(outcome.state.v[6], 0);
			ck_assert_uint_eq(outcome.stores, 0);
			tiny_reset(machine);
		}
		ck_assert_int_eq(hvc_machine_read(machine, TINY_BASE + 0x2010, &word, 8), HVC_OK);
		assert_hex(word, 0x5555);
		ck_assert_int_eq(hvc_machine_read(machine, TINY_BASE + 0x2050, &word, 8), HVC_OK);
		assert_hex(word, 0x6666);
		hvc_machine_close(machine);
	}
}

TEST(missing_functions_return_zero)
{
	const uint64_t places[] = {0, 0x10, NOWHERE, UINT64_C(0xffff800008012340)};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_supplied supplied;

		begin(&image, 2);
		/* the pointer is in the code's memory, and the page may be there, but has no code
		 */
		memcpy(image.bytes + 0x2000, &places[i], 8);
		tiny_put(&image, TINY_CODE, A64_ADR(9, 0x1000), A64_LDR(9, 9), A64_MOVZ(0, 99),
		         A64_MOV(19, 30), A64_BLR(9), A64_ADD(20, 0, 1), A64_MOV(30, 19), A64_ERET);
		machine = tiny_open(&image);
		for (int again = 0; again < 2; again++) {
			struct hvc_outcome outcome = call_with(machine, 5, 6);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[0], 0);
			assert_hex(outcome.state.v[20], 1);
			tiny_reset(machine);
		}
		supplied = account(machine);
		ck_assert_uint_eq(supplied.rows, 1);
		assert_row(&supplied, 0, HVC_SUPPLY_CALL, places[i], 2);
		assert_hex(supplied.row[0].from, CODE + 16);
		hvc_supplied__free(&supplied);
		hvc_machine_close(machine);
	}
}

/* A page that was lent as data is no code. */
TEST(lent_pages_hold_no_code)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;

	begin(&image, 2);
	tiny_put(&image, TINY_CODE, A64_MOVZ(9, 0x100), A64_LDR(2, 9), A64_MOV(19, 30), A64_BLR(9),
	         A64_MOV(30, 19), A64_ERET);
	machine = tiny_open(&image);
	for (int again = 0; again < 3; again++) {
		outcome = call_with(machine, 5, 6);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[0], 0);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* Where the caller wanted to go on is no missing function, nor is a return to nowhere. */
TEST(jumps_stay_jumps)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;

	begin(&image, 2);
	tiny_put(&image, TINY_CODE, A64_BR(1));
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, NOWHERE);
	assert_kind(outcome, HVC_OUTCOME_JUMP);
	assert_hex(outcome.pc, NOWHERE);
	tiny_reset(machine);
	outcome = call_with(machine, 5, 0);
	assert_kind(outcome, HVC_OUTCOME_JUMP);
	assert_hex(outcome.pc, 0);
	hvc_machine_close(machine);

	/* called, not jumped to, but the caller's choice: as a call-a-function ABI does */
	begin(&image, 2);
	tiny_put(&image, TINY_CODE, A64_BLR(1), A64_ERET);
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, NOWHERE);
	assert_kind(outcome, HVC_OUTCOME_JUMP);
	tiny_reset(machine);
	outcome = call_with(machine, 5, 0);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	hvc_machine_close(machine);

	begin(&image, 2);
	tiny_put(&image, TINY_CODE, A64_MOVZ(30, 0x40), A64_RET);
	machine = tiny_open(&image);
	outcome = call_with(machine, 5, NOWHERE);
	assert_kind(outcome, HVC_OUTCOME_FAULT);
	assert_hex(outcome.pc, 0x40);
	hvc_machine_close(machine);
}

/* Calls of many kinds in one feed, each as if it were the first, whatever the order. */
struct mix {
	struct hvc_outcome alone[64];
	unsigned order[512];
	unsigned made, seen;
};

static struct hvc_call mix_call(unsigned n)
{
	/* 1 to 4 pages, in one of sixteen places that overlap */
	return call_of(NOWHERE + n % 16 * UINT64_C(0x10000), 1 + n / 16);
}

static bool mix_next(void *ctx, struct hvc_call *call)
{
	struct mix *mix = ctx;

	if (mix->made == sizeof mix->order / sizeof *mix->order)
		return false;
	*call = mix_call(mix->order[mix->made++]);
	return true;
}

static bool mix_done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct mix *mix = ctx;
	const struct hvc_outcome *alone = &mix->alone[mix->order[mix->seen++]];

	(void)call;
	ck_assert_int_eq(outcome->kind, alone->kind);
	ck_assert_mem_eq(&outcome->state, &alone->state, sizeof alone->state);
	assert_hex(outcome->far, alone->far);
	ck_assert_uint_eq(outcome->el2_stores, alone->el2_stores);
	ck_assert_uint_eq(outcome->instructions, alone->instructions);
	return true;
}

TEST(calls_do_not_see_each_other)
{
	struct mix *mix = calloc(1, sizeof *mix);
	struct hvc_feed feed = {mix_next, mix_done, mix};
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_diag diag;

	ck_assert_ptr_nonnull(mix);
	begin(&image, 3); /* less than four calls' pages: some fault, and old pages go */
	/* each page's first word is counted up and summed: leftovers would show */
	tiny_put(&image, TINY_CODE, A64_MOVZ(4, 0), A64_MOVK16(4, 1), A64_MOVZ(5, 0), A64_LDR(6, 0),
	         A64_ADD(6, 6, 1), A64_STR(6, 0), A64_ADDX(5, 5, 6), A64_ADDX(0, 0, 4),
	         A64_SUB(1, 1, 1), A64_CBNZ(1, -24), A64_ERET);
	for (unsigned n = 0; n < 64; n++) {
		struct hvc_call call = mix_call(n);

		machine = tiny_open(&image);
		mix->alone[n] = tiny_call(machine, &call);
		ck_assert_int_eq(mix->alone[n].kind,
		                 n / 16 < 3 ? HVC_OUTCOME_RETURN : HVC_OUTCOME_FAULT);
		if (n / 16 < 3)
			assert_hex(mix->alone[n].state.v[5], 1 + n / 16);
		hvc_machine_close(machine);
	}
	for (unsigned i = 0; i < sizeof mix->order / sizeof *mix->order; i++)
		mix->order[i] = i * 37 % 64 ^ i / 64;
	machine = tiny_open(&image);
	ck_assert_int_eq(hvc_machine_run(machine, &feed, &diag), HVC_OK);
	ck_assert_uint_eq(mix->seen, sizeof mix->order / sizeof *mix->order);
	hvc_machine_close(machine);
	free(mix);
}

SUITE_MAIN("zero")
