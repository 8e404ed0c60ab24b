/* SPDX-License-Identifier: MIT */
/* What registers hold before an instruction and after it, in hand-written functions. */
#include "subject/flow.h"
#include "suite.h"
#include "tiny_image.h"

#define HVC0                    UINT32_C(0xd4000002)
#define A64_BL(offset)          (UINT32_C(0x94000000) | ((uint32_t)(offset) >> 2 & 0x3ffffff))
#define A64_CBZ(rt, offset)     (UINT32_C(0xb4000000) | ((uint32_t)(offset) >> 2 & 0x7ffff) << 5 | (rt))
#define A64_MOVW(rd, rm)        (UINT32_C(0x2a0003e0) | (uint32_t)(rm) << 16 | (rd))
#define A64_STR_POST(rt, rn, n) (UINT32_C(0xf8000400) | (uint32_t)(n) << 12 | (rn) << 5 | (rt))
#define A64_LDR_LITERAL(rt, offset) \
	(UINT32_C(0x58000000) | ((uint32_t)(offset) >> 2 & 0x7ffff) << 5 | (rt))

#define BASE UINT64_C(0x10000000)

static uint8_t bytes[4096];
static struct hvc_segment segment;
static struct hvc_image image;
static struct hvc_flow_graph *flow;

static void follow(const uint32_t *words, unsigned count, bool entry)
{
	memset(bytes, 0, sizeof bytes);
	for (unsigned i = 0; i < count; i++)
		for (unsigned n = 0; n < 4; n++)
			bytes[i * 4 + n] = (uint8_t)(words[i] >> (8 * n));
	segment = (struct hvc_segment){BASE, sizeof bytes, bytes, sizeof bytes};
	image = (struct hvc_image){.segment = &segment, .segments = 1};
	ck_assert_int_eq(hvc_flow__new(&image, BASE, BASE + (uint64_t)count * 4, entry, &flow),
	                 HVC_OK);
}

#define FOLLOW(...)                                                   \
	do {                                                          \
		const uint32_t words_[] = {__VA_ARGS__};              \
		follow(words_, sizeof words_ / sizeof *words_, true); \
	} while (0)

/* The value of xN before word i. */
static struct hvc_value value(unsigned i, unsigned n)
{
	struct hvc_value x[HVC_GPR_COUNT];

	hvc_flow__before(flow, BASE + (uint64_t)i * 4, x);
	return x[n];
}

static void assert_constant(unsigned i, unsigned n, uint64_t expected)
{
	struct hvc_value x = value(i, n);

	ck_assert_msg(x.kind == HVC_VALUE_CONSTANT, "x%u is %s", n, hvc_value_kind__name(x.kind));
	ck_assert_uint_eq(x.constants, 1);
	ck_assert_uint_eq(x.constant[0], expected);
	ck_assert(!hvc_value__is_chance(&x));
}

TEST(constants_are_calculated)
{
	FOLLOW(A64_MOVZ(0, 0x21), A64_MOVK16(0, 0xc500), /* x0 = 0xc5000021 */
	       0x12800001,                               /* mov w1, #-1 */
	       0x320183e2,                               /* mov w2, #0x80008000 */
	       A64_ADD(3, 0, 0x10), A64_SUB(4, 0, 0x21), A64_MOVW(5, 0), A64_LDR_LITERAL(6, 12),
	       HVC0, A64_RET, 0x55667788, 0x11223344);
	assert_constant(8, 0, 0xc5000021);
	assert_constant(8, 1, 0xffffffff);
	assert_constant(8, 2, 0x80008000);
	assert_constant(8, 3, 0xc5000031);
	assert_constant(8, 4, 0xc5000000);
	assert_constant(8, 5, 0xc5000021);
	assert_constant(8, 6, UINT64_C(0x1122334455667788));
	/* Before it is set, it is the caller's. */
	ck_assert_int_eq(value(0, 0).kind, HVC_VALUE_ARGUMENT);
	hvc_flow__free(flow);
}

TEST(addresses_are_no_plain_constants)
{
	FOLLOW(UINT32_C(0x90000000) | 1, /* adrp x1, . */
	       A64_ADD(1, 1, 0x123), A64_ADR(2, 8), HVC0);
	ck_assert_int_eq(value(3, 1).kind, HVC_VALUE_ADDRESS);
	ck_assert_uint_eq(value(3, 1).constant[0], BASE + 0x123);
	ck_assert_int_eq(value(3, 2).kind, HVC_VALUE_ADDRESS);
	ck_assert_uint_eq(value(3, 2).constant[0], BASE + 16);
	hvc_flow__free(flow);
}

TEST(arguments_are_followed_through_copies)
{
	FOLLOW(A64_MOV(19, 1), A64_MOVW(20, 2), A64_MOV(3, 19), A64_MOV(1, 0), HVC0);
	ck_assert_int_eq(value(4, 3).kind, HVC_VALUE_ARGUMENT);
	ck_assert_int_eq(value(4, 3).reg, HVC_REG_X0 + 1);
	ck_assert(!value(4, 3).word);
	ck_assert_int_eq(value(4, 20).reg, HVC_REG_X0 + 2);
	ck_assert(value(4, 20).word);
	ck_assert_int_eq(value(4, 1).reg, HVC_REG_X0);
	/* x16 was never an argument. */
	ck_assert_int_eq(value(4, 16).kind, HVC_VALUE_ARGUMENT);
	struct hvc_value scratch = value(4, 16), argument = value(4, 0), kept = value(4, 21);
	ck_assert(hvc_value__is_chance(&scratch));
	ck_assert(!hvc_value__is_chance(&argument));
	ck_assert(!hvc_value__is_chance(&kept));
	hvc_flow__free(flow);
}

TEST(calls_leave_a_result_and_chance)
{
	FOLLOW(A64_MOVZ(0, 1), A64_MOVZ(1, 2), A64_MOVZ(19, 3), A64_BL(0x100), HVC0, HVC0);
	ck_assert_int_eq(value(4, 0).kind, HVC_VALUE_RESULT);
	ck_assert_uint_eq(value(4, 0).at, BASE + 12);
	ck_assert_int_eq(value(4, 1).kind, HVC_VALUE_CLOBBERED);
	struct hvc_value x1 = value(4, 1), x0 = value(4, 0);
	ck_assert(hvc_value__is_chance(&x1));
	ck_assert(!hvc_value__is_chance(&x0));
	assert_constant(4, 19, 3);
	/* An HVC returns in x0 to x3. */
	ck_assert_int_eq(value(5, 3).kind, HVC_VALUE_RESULT);
	ck_assert_int_eq(value(5, 4).kind, HVC_VALUE_CLOBBERED);
	hvc_flow__free(flow);
}

TEST(ways_are_merged)
{
	/* x0 = 1 or 2; x1 = 7 or the argument; x2 = 9 either way */
	FOLLOW(A64_MOVZ(0, 2), A64_MOVZ(2, 9), A64_CBZ(5, 12), A64_MOVZ(0, 1), A64_MOVZ(1, 7),
	       HVC0);
	ck_assert_int_eq(value(5, 0).kind, HVC_VALUE_CONSTANT);
	ck_assert_uint_eq(value(5, 0).constants, 2);
	ck_assert_uint_eq(value(5, 0).constant[0], 1);
	ck_assert_uint_eq(value(5, 0).constant[1], 2);
	ck_assert_int_eq(value(5, 1).kind, HVC_VALUE_UNKNOWN);
	ck_assert_uint_eq(value(5, 1).kinds, 1u << HVC_VALUE_CONSTANT | 1u << HVC_VALUE_ARGUMENT);
	assert_constant(5, 2, 9);
	hvc_flow__free(flow);
	/* One argument or another is none. */
	FOLLOW(A64_MOV(0, 1), A64_CBZ(5, 8), A64_MOV(0, 2), HVC0);
	ck_assert_int_eq(value(3, 0).kind, HVC_VALUE_UNKNOWN);
	hvc_flow__free(flow);
}

TEST(a_counting_loop_ends)
{
	FOLLOW(A64_MOVZ(0, 0), A64_ADD(0, 0, 1), A64_CBNZ(1, -4), HVC0);
	ck_assert_int_ne(value(3, 0).kind, HVC_VALUE_CONSTANT);
	hvc_flow__free(flow);
}

TEST(a_pointer_that_was_used_is_left_over)
{
	struct hvc_value x;

	/* The copy loop of a resume path: x0 moves on, and is not set again. */
	FOLLOW(A64_LDR(0, 19), A64_STR_POST(2, 0, 8), A64_CBNZ(3, -4), HVC0, A64_MOV(0, 19), HVC0);
	x = value(3, 0);
	ck_assert(x.pointer);
	ck_assert(hvc_value__is_chance(&x));
	ck_assert_uint_eq(x.pointer_at, BASE + 4);
	/* Once it is set, it is not: not even to what was a pointer in another register. */
	x = value(5, 0);
	ck_assert(!hvc_value__is_chance(&x));
	hvc_flow__free(flow);
	/* Through a register is through both of its addends. */
	FOLLOW(A64_LDR(0, 0), HVC0);
	x = value(1, 0);
	ck_assert_int_eq(x.kind, HVC_VALUE_LOADED);
	ck_assert(!x.pointer);
	hvc_flow__free(flow);
}

TEST(patched_branches_and_jump_tables)
{
	/* Nothing leads behind the branch, which a kernel may patch away. */
	FOLLOW(A64_MOVZ(0, 3), A64_B(16), A64_MOVZ(1, 4), HVC0, A64_RET, A64_RET);
	assert_constant(3, 0, 3);
	assert_constant(3, 1, 4);
	hvc_flow__free(flow);
	/* With a BR it may as well be a case of a switch. */
	FOLLOW(A64_MOVZ(0, 3), A64_B(20), A64_MOVZ(1, 4), HVC0, A64_RET, A64_RET, A64_BR(9));
	ck_assert_int_eq(value(3, 0).kind, HVC_VALUE_UNKNOWN);
	assert_constant(3, 1, 4);
	hvc_flow__free(flow);
	/* What is not the beginning of a function has no arguments. */
	follow((const uint32_t[]){HVC0, A64_RET}, 2, false);
	ck_assert_int_eq(value(0, 0).kind, HVC_VALUE_UNKNOWN);
	hvc_flow__free(flow);
}

static struct hvc_after after(unsigned i)
{
	struct hvc_after out;

	ck_assert_int_eq(hvc_flow__after(flow, BASE + (uint64_t)i * 4, &out), HVC_OK);
	return out;
}

TEST(what_becomes_of_registers)
{
	struct hvc_after out;

	/* x0 is read, x1 overwritten, x2 read on one way only, x20 the caller's. */
	FOLLOW(HVC0, A64_CBZ(0, 12), A64_MOV(1, 2), A64_RET, A64_MOVZ(1, 0), A64_MOVZ(2, 0),
	       A64_RET);
	out = after(0);
	ck_assert(out.goes_on);
	ck_assert_uint_eq(out.read & 7, 5);
	ck_assert_uint_eq(out.at[0], BASE + 4);
	ck_assert_uint_eq(out.at[2], BASE + 8);
	ck_assert_uint_eq(out.read >> 30 & 1, 1); /* by RET */
	ck_assert_uint_eq(out.returned >> 20 & 1, 1);
	ck_assert_uint_eq(out.returned & 1, 1);
	ck_assert_uint_eq(out.returned >> 5 & 1, 0);
	hvc_flow__free(flow);

	FOLLOW(HVC0, A64_MOVZ(0, 1), A64_BL(0x100), A64_MOV(1, 4), A64_RET);
	out = after(0);
	ck_assert_uint_eq(out.passed & 0xff, 0xfe);
	/* x4 is the callee's by then. */
	ck_assert_uint_eq(out.read >> 4 & 1, 0);
	hvc_flow__free(flow);

	FOLLOW(HVC0, A64_B(0));
	out = after(0);
	ck_assert(!out.goes_on);
	ck_assert_uint_eq(out.read, 0);
	hvc_flow__free(flow);

	/* Around a loop, and out of the function by a branch. */
	FOLLOW(HVC0, A64_ADD(3, 3, 1), A64_CBNZ(7, -4), A64_B(0x200));
	out = after(0);
	ck_assert_uint_eq(out.read & 0xff, 0x88);
	ck_assert_uint_eq(out.passed & 0xff, 0xf7);
	hvc_flow__free(flow);
}

TEST(guards)
{
	enum hvc_reg reg = HVC_REG_NONE;
	bool nonzero = false;

	FOLLOW(A64_CBZ(24, 8), HVC0, A64_CBNZ(3, 12), A64_MOVZ(0, 1), HVC0, A64_CBZ(4, 12), HVC0,
	       A64_NOP, A64_RET);
	ck_assert(hvc_flow__guard(flow, BASE + 4, &reg, &nonzero));
	ck_assert_int_eq(reg, HVC_REG_X0 + 24);
	ck_assert(nonzero);
	ck_assert(hvc_flow__guard(flow, BASE + 16, &reg, &nonzero));
	ck_assert_int_eq(reg, HVC_REG_X0 + 3);
	ck_assert(!nonzero);
	/* This one skips more than the call. */
	ck_assert(!hvc_flow__guard(flow, BASE + 24, &reg, &nonzero));
	hvc_flow__free(flow);
}

SUITE_MAIN("flow")
