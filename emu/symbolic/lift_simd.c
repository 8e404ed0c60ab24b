/* SPDX-License-Identifier: MIT */
/* FP/SIMD as far as saving, restoring and clearing go: moves and bitwise operations. */
#include "symbolic/lift.h"

#define field  hvc_lift__field
#define number hvc_lift__num

static hvc_ref half(struct hvc_lift *l, unsigned n, unsigned which)
{
	return hvc_way__q(l->scene, l->way, n, which);
}

static void set(struct hvc_lift *l, unsigned n, hvc_ref low, hvc_ref high)
{
	l->way->q[n][0] = hvc_bv__zext(l->t, low, 64);
	l->way->q[n][1] = hvc_bv__zext(l->t, high, 64);
	l->way->simd = true;
}

/* FMOV between a general register and one of 32 or 64 bits, or the upper half of 128. */
static void move_general(struct hvc_lift *l)
{
	unsigned n = field(l, 5, 5), d = field(l, 0, 5), width = hvc_lift__width(l);
	bool upper = field(l, 19, 2) == 1, to_simd = field(l, 16, 1);

	if (field(l, 22, 2) != (upper ? 2 : width == 64) || (upper && width == 32)) {
		hvc_lift__unlifted(l, "a move of half precision");
		return;
	}
	if (!to_simd)
		hvc_lift__set_x(l, d, hvc_bv__zext(l->t, half(l, n, upper), width));
	else if (upper)
		set(l, d, half(l, d, 0), hvc_lift__x(l, n, 64));
	else
		set(l, d, hvc_lift__x(l, n, width), number(l, 64, 0));
}

/* FMOV of one register to another; bits 23:22 say how wide. */
static void move_scalar(struct hvc_lift *l)
{
	unsigned width = field(l, 22, 2) ? 64 : 32;

	set(l, field(l, 0, 5), hvc_bv__zext(l->t, half(l, field(l, 5, 5), 0), width),
	    number(l, 64, 0));
}

/* AND, BIC, ORR, ORN, EOR of whole registers. */
static void bitwise(struct hvc_lift *l)
{
	unsigned op = field(l, 29, 1) << 2 | field(l, 22, 2);
	hvc_ref out[2] = {number(l, 64, 0), number(l, 64, 0)};

	if (op > 4) {
		hvc_lift__unlifted(l, "a bitwise selection");
		return;
	}
	for (unsigned i = 0; i <= field(l, 30, 1); i++) {
		hvc_ref a = half(l, field(l, 5, 5), i), b = half(l, field(l, 16, 5), i);

		if (op == 1 || op == 3)
			b = hvc_bv__not(l->t, b);
		out[i] = op == 4  ? hvc_bv__xor(l->t, a, b)
		         : op > 1 ? hvc_bv__or(l->t, a, b)
		                  : hvc_bv__and(l->t, a, b);
	}
	set(l, field(l, 0, 5), out[0], out[1]);
}

/* MOVI of a byte in all bytes, and of 64 bits from eight. */
static void move_immediate(struct hvc_lift *l)
{
	unsigned imm = field(l, 16, 3) << 5 | field(l, 5, 5);
	uint64_t value = imm * UINT64_C(0x0101010101010101);
	bool full = field(l, 30, 1);

	if (field(l, 29, 1)) {
		value = 0;
		for (unsigned i = 0; i < 8; i++)
			value |= (imm >> i & 1 ? UINT64_C(0xff) : 0) << 8 * i;
	}
	set(l, field(l, 0, 5), number(l, 64, value), number(l, 64, full ? value : 0));
}

/* DUP, INS and UMOV between a general register and elements of 64 bits. */
static void element(struct hvc_lift *l)
{
	unsigned n = field(l, 5, 5), d = field(l, 0, 5), which = field(l, 20, 1);
	hvc_ref x;

	switch (field(l, 11, 4)) {
	case 1:
		x = hvc_lift__x(l, n, 64);
		set(l, d, x, x);
		break;
	case 3:
		x = hvc_lift__x(l, n, 64);
		set(l, d, which ? half(l, d, 0) : x, which ? x : half(l, d, 1));
		break;
	case 7:
		hvc_lift__set_x(l, d, half(l, n, which));
		break;
	default:
		hvc_lift__unlifted(l, "an FP/SIMD instruction that is not lifted");
	}
}

const struct hvc_lift_row hvc_lift__simd[] = {
        {0x7f36fc00, 0x1e260000, move_general, "fp move, general"},
        {0xffbffc00, 0x1e204000, move_scalar, "fp move"},
        {0x9f20fc00, 0x0e201c00, bitwise, "simd bitwise"},
        {0x9ff8fc00, 0x0f00e400, move_immediate, "simd immediate"},
        {0xffef8400, 0x4e080400, element, "simd element"},
        HVC_LIFT_END,
};
