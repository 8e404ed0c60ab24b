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

static hvc_ref combine(struct hvc_lift *l, unsigned op, hvc_ref a, hvc_ref b, hvc_ref old)
{
	struct hvc_bvs *t = l->t;

	switch (op) {
	case 0: /* AND */
		return hvc_bv__and(t, a, b);
	case 1: /* BIC */
		return hvc_bv__and(t, a, hvc_bv__not(t, b));
	case 2: /* ORR */
		return hvc_bv__or(t, a, b);
	case 3: /* ORN */
		return hvc_bv__or(t, a, hvc_bv__not(t, b));
	case 4: /* EOR */
		return hvc_bv__xor(t, a, b);
	case 5: /* BSL */
		return hvc_bv__xor(t, b, hvc_bv__and(t, hvc_bv__xor(t, a, b), old));
	case 6: /* BIT */
		return hvc_bv__xor(t, old, hvc_bv__and(t, hvc_bv__xor(t, old, a), b));
	default: /* BIF */
		return hvc_bv__xor(t, old,
		                   hvc_bv__and(t, hvc_bv__xor(t, old, a), hvc_bv__not(t, b)));
	}
}

/* Of whole registers, or their lower halves. */
static void bitwise(struct hvc_lift *l)
{
	unsigned op = field(l, 29, 1) << 2 | field(l, 22, 2), d = field(l, 0, 5);
	hvc_ref out[2] = {number(l, 64, 0), number(l, 64, 0)};

	for (unsigned i = 0; i <= field(l, 30, 1); i++)
		out[i] = combine(l, op, half(l, field(l, 5, 5), i), half(l, field(l, 16, 5), i),
		                 half(l, d, i));
	set(l, d, out[0], out[1]);
}

/* The number in 64 bits: AdvSIMDExpandImm of the Arm ARM. */
static uint64_t expand(unsigned cmode, bool op, uint64_t imm)
{
	const uint64_t words = UINT64_C(0x100000001), halves = UINT64_C(0x1000100010001);
	uint64_t value = 0;

	if (cmode < 8)
		return (imm << 8 * (cmode >> 1)) * words;
	if (cmode < 12)
		return (imm << 8 * (cmode >> 1 & 1)) * halves;
	if (cmode < 14)
		return (cmode & 1 ? imm << 16 | 0xffff : imm << 8 | 0xff) * words;
	if (cmode == 14 && !op)
		return imm * UINT64_C(0x0101010101010101);
	if (cmode == 14)
		for (unsigned i = 0; i < 8; i++)
			value |= (imm >> i & 1 ? UINT64_C(0xff) : 0) << 8 * i;
	else if (!op) /* FMOV of single and double precision */
		value = ((imm >> 7) << 31 | (imm >> 6 & 1 ? UINT64_C(0x1f) : UINT64_C(0x20)) << 25 |
		         (imm & 63) << 19) *
		        words;
	else
		value = (imm >> 7) << 63 | (imm >> 6 & 1 ? UINT64_C(0xff) : UINT64_C(0x100)) << 54 |
		        (imm & 63) << 48;
	return value;
}

/* MOVI, MVNI, FMOV, ORR and BIC of one number in all elements. */
static void move_immediate(struct hvc_lift *l)
{
	unsigned cmode = field(l, 12, 4), d = field(l, 0, 5);
	bool op = field(l, 29, 1), full = field(l, 30, 1);
	uint64_t value = expand(cmode, op, field(l, 16, 3) << 5 | field(l, 5, 5));
	hvc_ref out[2];

	if (cmode == 15 && op && !full) {
		hvc_lift__undefined(l);
		return;
	}
	if (op && cmode < 14)
		value = ~value;
	for (unsigned i = 0; i < 2; i++) {
		out[i] = number(l, 64, value);
		if (cmode < 12 && cmode & 1)
			out[i] = op ? hvc_bv__and(l->t, half(l, d, i), out[i])
			            : hvc_bv__or(l->t, half(l, d, i), out[i]);
	}
	set(l, d, out[0], full ? out[1] : number(l, 64, 0));
}

const struct hvc_lift_row hvc_lift__simd[] = {
        {0x7f36fc00, 0x1e260000, move_general, "fp move, general"},
        {0xffbffc00, 0x1e204000, move_scalar, "fp move"},
        {0x9f20fc00, 0x0e201c00, bitwise, "simd bitwise"},
        {0x9ff80c00, 0x0f000400, move_immediate, "simd immediate"},
        HVC_LIFT_END,
};
