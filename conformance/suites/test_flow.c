/* SPDX-License-Identifier: MIT */
/* What registers hold before an instruction and after it, in hand-written functions. */
#include "base/random.h"
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

static void follow_in(enum hvc_isa isa, const uint32_t *words, unsigned count, bool entry)
{
	memset(bytes, 0, sizeof bytes);
	for (unsigned i = 0; i < count; i++)
		for (unsigned n = 0; n < 4; n++)
			bytes[i * 4 + n] = (uint8_t)(words[i] >> (8 * n));
	segment = (struct hvc_segment){BASE, sizeof bytes, bytes, sizeof bytes};
	image = (struct hvc_image){.segment = &segment, .segments = 1};
	ck_assert_int_eq(hvc_flow__new(&image, isa, BASE, BASE + (uint64_t)count * 4, entry, &flow),
	                 HVC_OK);
}

static void follow(const uint32_t *words, unsigned count, bool entry)
{
	follow_in(HVC_ISA_A64, words, count, entry);
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

/* movw, movt, mvn, add, ldr; moveq and movne of r4; movcs of r6; hvc; mov r7, r0; bx lr */
TEST(a32_is_followed)
{
	const uint32_t words[] = {0xe3000021, 0xe34c0500, 0xe3e01000, 0xe2802010, 0xe59f3018,
	                          0xe3550000, 0x03a04001, 0x13a04002, 0x23a06003, 0xe1400070,
	                          0xe1a07000, 0xe12fff1e, 0x55667788};
	struct hvc_after after;
	struct hvc_value x;

	follow_in(HVC_ISA_A32, words, 13, true);
	assert_constant(9, 0, 0xc5000021);
	assert_constant(9, 1, 0xffffffff);
	assert_constant(9, 2, 0xc5000031);
	assert_constant(9, 3, 0x55667788);
	x = value(9, 4);
	ck_assert_uint_eq(x.constants, 2);
	ck_assert_uint_eq(x.constant[0] + x.constant[1], 3);
	ck_assert_int_eq(value(9, 6).kind, HVC_VALUE_UNKNOWN);
	ck_assert_int_eq(value(10, 0).kind, HVC_VALUE_RESULT);
	ck_assert_int_eq(hvc_flow__after(flow, BASE + 36, &after), HVC_OK);
	ck_assert(after.read & 1 && after.returned & 1u << 4 && !(after.returned & 1u << 7));
	hvc_flow__free(flow);
}

/* movs; ldr of the last word; movw; it eq, moveq; bl; hvc; bx lr: of two and four bytes */
TEST(t32_is_followed)
{
	const uint32_t words[] = {0x49052007, 0x2234f241, 0x2301bf08, 0xf802f000,
	                          0x8000f7e0, 0xbf004770, 0x11223344};

	follow_in(HVC_ISA_T32, words, 7, true);
	assert_constant(3, 0, 7);
	assert_constant(3, 1, 0x11223344);
	assert_constant(3, 2, 0x1234);
	ck_assert_int_eq(value(3, 3).kind, HVC_VALUE_UNKNOWN);
	ck_assert_int_eq(value(4, 0).kind, HVC_VALUE_RESULT);
	ck_assert_int_eq(value(4, 2).kind, HVC_VALUE_CLOBBERED);
	ck_assert_int_eq(value(4, 4).kind, HVC_VALUE_ARGUMENT);
	/* In the middle of one there is none. */
	ck_assert(!hvc_flow__covers(flow, BASE + 6) && hvc_flow__covers(flow, BASE + 10));
	hvc_flow__free(flow);
}

/* What A32 and T32 data processing makes of numbers, and what of pc, which is none. */
TEST(constants_of_32_bits_are_calculated)
{
	/* lsl, mvn, bic, orr and lsl, and, eor, rsb, asr, ror, sub; mov r10, pc; add r11, pc, r2 */
	static const uint32_t a32[] = {0xe3a00084, 0xe1a00c00, 0xe3e0147b, 0xe3c118ff, 0xe3082400,
	                               0xe3a03079, 0xe1833802, 0xe2034321, 0xe224407d, 0xe2625a09,
	                               0xe1a06240, 0xe1a08e60, 0xe0409002, 0xe1a0a00f, 0xe08fb002,
	                               0xe1400070, 0xe12fff1e};
	/* movs, lsls, lsrs, asrs, adds, subs, mov, ands; bic.w, orr.w and lsl, rsb.w; mov r9, pc */
	static const uint32_t t32[] = {0x06002084, 0x11020a01, 0x1a5c1843, 0x401d4605, 0x4604f023,
	                               0x1701ea46, 0x0800f1c1, 0xf7e046f9, 0x47708000};
	static const uint32_t of_a32[] = {0x84000000, 0x8400ffff, 0x8400, 0x84000079, 0x8400007d,
	                                  0xc00,      0xf8400000, 0,      0x40000008, 0x83ff7c00};
	static const uint32_t of_t32[] = {0x84000000, 0x840000, 0xf8400000, 0x84840000, 0x84000000,
	                                  0x84000000, 0x840000, 0x8c40000,  0xff7c0000};
	struct hvc_value x[HVC_GPR_COUNT];

	follow_in(HVC_ISA_A32, a32, 17, true);
	for (unsigned n = 0; n < 10; n++)
		if (n != 7)
			assert_constant(15, n, of_a32[n]);
	ck_assert_int_eq(value(15, 10).kind, HVC_VALUE_COMPUTED);
	ck_assert_int_eq(value(15, 11).kind, HVC_VALUE_COMPUTED);
	hvc_flow__free(flow);
	follow_in(HVC_ISA_T32, t32, 9, true);
	hvc_flow__before(flow, BASE + 30, x);
	for (unsigned n = 0; n < 9; n++) {
		ck_assert_int_eq(x[n].kind, HVC_VALUE_CONSTANT);
		ck_assert_uint_eq(x[n].constant[0], of_t32[n]);
	}
	ck_assert_int_ne(x[9].kind, HVC_VALUE_CONSTANT);
	hvc_flow__free(flow);
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

#define LENGTH 14u
#define PIECES 180u

static uint64_t state;

static uint32_t pick(uint32_t count)
{
	return (uint32_t)(hvc_random(&state) >> 33) % count;
}

/* x0 to x7, and now and then XZR. */
static uint32_t any_register(bool zero)
{
	return zero && !pick(6) ? 31 : pick(8);
}

/* N:immr:imms of an immediate that there is (Arm ARM, DecodeBitMasks). */
static uint32_t bit_mask(bool wide)
{
	unsigned size = 2u << pick(wide ? 6 : 5), ones = pick(size - 1);
	unsigned imms = size == 64 ? ones : (0x3e & ~(size * 2 - 1) & 0x3f) | ones;

	return (size == 64) << 22 | pick(size) << 16 | imms << 10;
}

/* Values that are made of constants, of what the caller gave, and of the stack's. */
static uint32_t any_instruction(unsigned left)
{
	uint32_t wide = pick(2) << 31, rd = any_register(false), rn = any_register(false);
	uint32_t rm = any_register(true), at = pick(8), immr, imms;

	switch (pick(left > 3 ? 16 : 14)) {
	case 0: /* MOVZ, MOVN */
		return 0x12800000 | wide | pick(2) << 30 | pick(wide ? 4 : 2) << 21 |
		       pick(0x10000) << 5 | rd;
	case 1: /* MOVK */
		return 0x72800000 | wide | pick(wide ? 4 : 2) << 21 | pick(0x10000) << 5 | rd;
	case 2: /* ADD, ADDS, SUB, SUBS of an immediate */
		return 0x11000000 | wide | pick(4) << 29 | pick(2) << 22 | pick(0x1000) << 10 |
		       rn << 5 | rd;
	case 3: /* AND, ORR, EOR, ANDS of one */
		return 0x12000000 | wide | pick(4) << 29 | bit_mask(wide != 0) | rn << 5 | rd;
	case 4: /* MOV of a register */
		return 0x2a0003e0 | wide | rm << 16 | rd;
	case 5: /* AND, BIC, ORR, ORN, EOR, EON, shifted */
		return 0x0a000000 | wide | pick(4) << 29 | pick(2) << 21 | pick(3) << 22 |
		       rm << 16 | pick(wide ? 64 : 32) * pick(2) << 10 | rn << 5 | rd;
	case 6: /* ADD, SUB, shifted */
		return 0x0b000000 | wide | pick(4) << 29 | rm << 16 | pick(8) * pick(2) << 10 |
		       rn << 5 | rd;
	case 7: /* SBFM, UBFM, BFM */
		immr = pick(wide ? 64 : 32);
		imms = pick(wide ? 64 : 32);
		return 0x13000000 | wide | (wide ? 1u << 22 : 0) | pick(3) << 29 | immr << 16 |
		       imms << 10 | rn << 5 | rd;
	case 8: /* STR, LDR of the stack */
		return 0xb9000000 | wide >> 1 | pick(2) << 22 | (wide ? at : 2 * at) << 10 |
		       31 << 5 | any_register(true);
	case 9: /* STP, LDP, of x0 to x7 */
		return 0xa9000000 | pick(2) << 22 | pick(4) << 15 | (rd ^ 1) << 10 | 31 << 5 | rd;
	case 10: /* STP before, LDP behind */
		return (pick(2) ? 0xa9bf0000 : 0xa8c10000) | (rd ^ 1) << 10 | 31 << 5 | rd;
	case 11: /* ADD, SUB of SP; x29 as a frame pointer, and no longer one: EOR by 8 */
		return pick(2) ? pick(3) ? 0x910003fd : 0xd27d03bd : 0x910043ff | pick(2) << 30;
	case 12: /* through x29 */
		return 0xf9000000 | pick(2) << 22 | at << 10 | 29 << 5 | any_register(true);
	case 14: /* CBZ, CBNZ, past one or two */
		return 0x34000000 | wide | pick(2) << 24 | (2 + pick(2)) << 5 | rn;
	case 15: /* B.cond */
		return 0x54000000 | (2 + pick(2)) << 5 | pick(14);
	default: /* CSEL of two, after a comparison */
		return pick(2) ? 0x6b00001f | wide | rm << 16 | rn << 5
		               : 0x1a800000 | wide | rm << 16 | pick(14) << 12 | rn << 5 | rd;
	}
}

/* Of a word the low half: above it are zeros on one way at least, which is not said of others. */
static bool is_argument(const struct hvc_value *x, const struct hvc_call *call, uint64_t is)
{
	uint64_t said = ((call->x[x->reg] & ~x->drop) | x->set) + x->plus;

	if (x->sign)
		said = (uint64_t)(int64_t)(int32_t)said;
	return x->word ? (uint32_t)is == (uint32_t)said : is == said;
}

/* What the code says of a register is what the machine has there; and it says as much as ever. */
TEST(random_code_does_what_is_said)
{
	/* Who follows more changes these; who follows less, too. */
	static const unsigned expected[HVC_VALUE_COUNT] = {[HVC_VALUE_UNKNOWN] = 4986,
	                                                   [HVC_VALUE_CONSTANT] = 3583,
	                                                   [HVC_VALUE_ARGUMENT] = 15036,
	                                                   [HVC_VALUE_LOADED] = 5990,
	                                                   [HVC_VALUE_COMPUTED] = 13605};
	unsigned kinds[HVC_VALUE_COUNT] = {0};
	static struct tiny_image tiny;

	state = 1;
	for (unsigned round = 0; round < 30; round++) {
		static uint32_t code[PIECES][LENGTH + 3];
		struct hvc_machine *machine;
		struct hvc_call call;

		tiny_init(&tiny, HVC_CPU_A72);
		tiny_put(&tiny, TINY_LOWER, A64_BR(30));
		for (unsigned piece = 0; piece < PIECES; piece++) {
			code[piece][0] = 0xd10403ff; /* sub sp, sp, #256 */
			code[piece][1] = 0x910003fd; /* mov x29, sp */
			for (unsigned i = 0; i < LENGTH; i++)
				code[piece][2 + i] = any_instruction(LENGTH - i);
			code[piece][LENGTH + 2] = A64_ERET;
		}
		memcpy(tiny.bytes + TINY_CODE, code, sizeof code);
		machine = tiny_open(&tiny);
		for (unsigned piece = 0; piece < PIECES; piece++) {
			struct hvc_outcome outcome;

			hvc_call_init(&call, piece);
			call.x[30] = TINY_BASE + TINY_CODE + sizeof code[0] * piece;
			outcome = tiny_call(machine, &call);
			tiny_reset(machine);
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			follow(code[piece], LENGTH + 3, true);
			for (unsigned n = 0; n < 8; n++) {
				const struct hvc_value x = value(LENGTH + 2, n);
				bool is = x.kind != HVC_VALUE_CONSTANT;

				for (unsigned i = 0; i < x.constants && !is; i++)
					is = x.constant[i] == outcome.state.v[n];
				kinds[x.kind]++;
				if (x.kind == HVC_VALUE_ARGUMENT)
					is = is_argument(&x, &call, outcome.state.v[n]);
				ck_assert_msg(is, "round %u, piece %u, x%u: %s", round, piece, n,
				              hvc_value_kind__name(x.kind));
			}
			hvc_flow__free(flow);
		}
		hvc_machine_close(machine);
	}
	for (unsigned kind = 0; kind < HVC_VALUE_COUNT; kind++)
		ck_assert_msg(kinds[kind] == expected[kind], "%s: %u, not %u",
		              hvc_value_kind__name((enum hvc_value_kind)kind), kinds[kind],
		              expected[kind]);
}

SUITE_MAIN("flow")
