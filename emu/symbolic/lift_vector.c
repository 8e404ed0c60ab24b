/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD on integers, element by element (Arm ARM C4.1.96, C7.2): what compilers make of
 * copies, sums and comparisons of arrays and structs.
 */
#include "symbolic/lift_vector.h"

#define field  hvc_lift__field
#define number hvc_lift__num

static hvc_ref all_ones(struct hvc_lift *l, hvc_ref holds, unsigned bits)
{
	return hvc_bv__sext(l->t, holds, bits);
}

static hvc_ref less(struct hvc_lift *l, hvc_ref a, hvc_ref b, bool is_unsigned)
{
	return is_unsigned ? hvc_bv__ult(l->t, a, b) : hvc_bv__slt(l->t, a, b);
}

/* By the lower byte of b, to the right where that is negative. */
static hvc_ref shift_by(struct hvc_lift *l, hvc_ref a, hvc_ref b, bool u)
{
	hvc_ref by = hvc_bv__extract(l->t, b, 7, 0), right = hvc_bv__neg(l->t, by);
	hvc_ref is_right = less(l, by, number(l, 8, 0), false);

	by = hvc_bv__zext(l->t, by, a->width);
	right = hvc_bv__zext(l->t, right, a->width);
	return hvc_bv__ite(l->t, is_right, hvc_lift__shift(l, a, u ? 1 : 2, right),
	                   hvc_bv__shl(l->t, a, by));
}

/* NULL: not one of these. Pairs are taken apart by the caller. */
static hvc_ref of_two(struct hvc_lift *l, unsigned opcode, bool u, hvc_ref a, hvc_ref b)
{
	struct hvc_bvs *t = l->t;
	unsigned bits = a->width;

	switch (opcode) {
	case 6: /* CMGT, CMHI */
		return all_ones(l, less(l, b, a, u), bits);
	case 7: /* CMGE, CMHS */
		return all_ones(l, hvc_bv__not(t, less(l, a, b, u)), bits);
	case 8: /* SSHL, USHL */
		return shift_by(l, a, b, u);
	case 12: /* SMAX, UMAX */
	case 20:
		return hvc_bv__ite(t, less(l, a, b, u), b, a);
	case 13: /* SMIN, UMIN */
	case 21:
		return hvc_bv__ite(t, less(l, b, a, u), b, a);
	case 16: /* ADD, SUB */
		return u ? hvc_bv__sub(t, a, b) : hvc_bv__add(t, a, b);
	case 17: /* CMEQ, CMTST */
		if (u)
			return all_ones(l, hvc_bv__eq(t, a, b), bits);
		return all_ones(
		        l, hvc_bv__not(t, hvc_bv__eq(t, hvc_bv__and(t, a, b), number(l, bits, 0))),
		        bits);
	case 19: /* MUL */
		return u ? NULL : hvc_bv__mul(t, a, b);
	case 23: /* ADDP */
		return u ? NULL : hvc_bv__add(t, a, b);
	default:
		return NULL;
	}
}

static bool is_paired(unsigned opcode)
{
	return opcode == 20 || opcode == 21 || opcode == 23;
}

static void three_same(struct hvc_lift *l)
{
	unsigned size = field(l, 22, 2), opcode = field(l, 11, 5);
	bool u = field(l, 29, 1),
	     has_64 = (opcode >= 6 && opcode <= 8) || opcode == 16 || opcode == 17 || opcode == 23;
	struct hvc_vector a = hvc_vector__shaped(l, size), b = a, out = a;

	if (size == 3 && (!has_64 || !field(l, 30, 1))) {
		hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	hvc_vector__read(l, field(l, 16, 5), 0, &b);
	for (unsigned i = 0; i < out.count; i++) {
		hvc_ref x = a.element[i], y = b.element[i];

		if (is_paired(opcode)) { /* of both registers, one behind the other */
			const hvc_ref *from =
			        2 * i < a.count ? &a.element[2 * i] : &b.element[2 * i - a.count];

			x = from[0];
			y = from[1];
		}
		out.element[i] = of_two(l, opcode, u, x, y);
		if (!out.element[i]) {
			hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
			return;
		}
	}
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* Ones in it, as a number of its own width: eight bits and no more. */
static hvc_ref count_ones(struct hvc_lift *l, hvc_ref a)
{
	hvc_ref sum = number(l, 8, 0);

	for (unsigned i = 0; i < 8; i++)
		sum = hvc_bv__add(l->t, sum, hvc_bv__zext(l->t, hvc_bv__extract(l->t, a, i, i), 8));
	return sum;
}

static hvc_ref of_one(struct hvc_lift *l, unsigned opcode, bool u, unsigned size, hvc_ref a)
{
	hvc_ref zero = number(l, a->width, 0);

	switch (opcode) {
	case 4: /* CLZ */
		return u && size < 3 ? hvc_bv__clz(l->t, a) : NULL;
	case 5: /* CNT, NOT, RBIT; these two have bytes */
		if (size > u)
			return NULL;
		a = hvc_bv__zext(l->t, a, 8);
		return !u ? count_ones(l, a) : size ? NULL : hvc_bv__not(l->t, a);
	case 8: /* CMGT, CMGE, with zero */
		return u ? all_ones(l, hvc_bv__not(l->t, less(l, a, zero, false)), a->width)
		         : all_ones(l, less(l, zero, a, false), a->width);
	case 9: /* CMEQ, CMLE */
		return u ? all_ones(l, hvc_bv__not(l->t, less(l, zero, a, false)), a->width)
		         : all_ones(l, hvc_bv__eq(l->t, a, zero), a->width);
	case 10: /* CMLT */
		return u ? NULL : all_ones(l, less(l, a, zero, false), a->width);
	case 11: /* ABS, NEG */
		if (u)
			return hvc_bv__neg(l->t, a);
		return hvc_bv__ite(l->t, less(l, a, zero, false), hvc_bv__neg(l->t, a), a);
	default:
		return NULL;
	}
}

/* REV64, REV32, REV16: elements turned round within so many bits. */
static void reverse(struct hvc_lift *l, unsigned within)
{
	struct hvc_vector a = hvc_vector__shaped(l, field(l, 22, 2)), out = a;
	unsigned each = within / a.bits;

	if (each < 2) {
		hvc_lift__undefined(l);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	for (unsigned i = 0; i < a.count; i++)
		out.element[i] = a.element[i / each * each + each - 1 - i % each];
	hvc_vector__write(l, field(l, 0, 5), &out);
}

static void two_misc(struct hvc_lift *l)
{
	unsigned size = field(l, 22, 2), opcode = field(l, 12, 5);
	bool u = field(l, 29, 1);
	struct hvc_vector a = hvc_vector__shaped(l, size);

	if (opcode == 0 || (opcode == 1 && !u)) {
		reverse(l, opcode ? 16 : u ? 32 : 64);
		return;
	}
	if (opcode == 18 && !u && size < 3) {
		hvc_vector__narrow(l, size, 0);
		return;
	}
	if (size == 3 && !field(l, 30, 1)) {
		hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	for (unsigned i = 0; i < a.count; i++) {
		a.element[i] = of_one(l, opcode, u, size, a.element[i]);
		if (!a.element[i]) {
			hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
			return;
		}
	}
	hvc_vector__write(l, field(l, 0, 5), &a);
}

/* ADDV and its kin: one element of all of them. */
static void across(struct hvc_lift *l)
{
	unsigned size = field(l, 22, 2), opcode = field(l, 12, 5);
	bool u = field(l, 29, 1), wide = opcode == 3;
	struct hvc_vector a = hvc_vector__shaped(l, size),
	                  out = {.bits = wide ? 2 * a.bits : a.bits, .count = 1};

	if (size == 3 || (size == 2 && !field(l, 30, 1)) ||
	    (opcode != 3 && opcode != 10 && opcode != 26 && (opcode != 27 || u))) {
		hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
		return;
	}
	hvc_vector__read(l, field(l, 5, 5), 0, &a);
	for (unsigned i = 0; i < a.count; i++) {
		hvc_ref one = a.element[i];

		if (wide)
			one = u ? hvc_bv__zext(l->t, one, out.bits)
			        : hvc_bv__sext(l->t, one, out.bits);
		out.element[0] =
		        !i ? one
		           : of_two(l,
		                    opcode == 10   ? 12
		                    : opcode == 26 ? 13
		                                   : 16,
		                    opcode == 10 || opcode == 26 ? u : false, out.element[0], one);
	}
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* ADDL, ADDW, SUBL, SUBW, MLAL, MLSL, MULL: elements of twice the width. */
static void three_different(struct hvc_lift *l)
{
	unsigned size = field(l, 22, 2), opcode = field(l, 12, 4);
	bool u = field(l, 29, 1), wide = opcode == 1 || opcode == 3;
	struct hvc_vector a = {.bits = 8u << size, .count = 8u >> size}, b = a, out;

	if (size == 3 || (opcode > 3 && opcode != 8 && opcode != 10 && opcode != 12)) {
		hvc_lift__unlifted(l, HVC_SIMD_NOT_LIFTED);
		return;
	}
	out = (struct hvc_vector){.bits = 2 * a.bits, .count = a.count};
	hvc_vector__read(l, field(l, 16, 5), field(l, 30, 1) ? b.count : 0, &b);
	hvc_vector__read(l, field(l, 0, 5), 0, &out);
	if (wide)
		a.bits = out.bits;
	hvc_vector__read(l, field(l, 5, 5), field(l, 30, 1) && !wide ? a.count : 0, &a);
	for (unsigned i = 0; i < out.count; i++) {
		hvc_ref x = a.element[i], y = b.element[i];

		y = u ? hvc_bv__zext(l->t, y, out.bits) : hvc_bv__sext(l->t, y, out.bits);
		x = u ? hvc_bv__zext(l->t, x, out.bits) : hvc_bv__sext(l->t, x, out.bits);
		if (opcode >= 8)
			x = hvc_bv__mul(l->t, x, y);
		if (opcode == 12)
			out.element[i] = x;
		else if (opcode >= 8)
			out.element[i] = opcode == 8 ? hvc_bv__add(l->t, out.element[i], x)
			                             : hvc_bv__sub(l->t, out.element[i], x);
		else
			out.element[i] =
			        opcode & 2 ? hvc_bv__sub(l->t, x, y) : hvc_bv__add(l->t, x, y);
	}
	hvc_vector__write(l, field(l, 0, 5), &out);
}

/* ADD and SUB of the lower 64 bits. */
static void scalar(struct hvc_lift *l)
{
	struct hvc_vector v = {.bits = 64, .count = 1};
	hvc_ref a = hvc_vector__get(l, field(l, 5, 5), 0, 64),
	        b = hvc_vector__get(l, field(l, 16, 5), 0, 64);

	v.element[0] = of_two(l, 16, field(l, 29, 1), a, b);
	hvc_vector__write(l, field(l, 0, 5), &v);
}

/* ADDP of the two halves of a register. */
static void scalar_pair(struct hvc_lift *l)
{
	struct hvc_vector v = {.bits = 64, .count = 1};

	v.element[0] = hvc_bv__add(l->t, hvc_vector__get(l, field(l, 5, 5), 0, 64),
	                           hvc_vector__get(l, field(l, 5, 5), 1, 64));
	hvc_vector__write(l, field(l, 0, 5), &v);
}

const struct hvc_lift_row hvc_lift__vector[] = {
        {0x9f200400, 0x0e200400, three_same, "simd three same"},
        {0x9f3e0c00, 0x0e200800, two_misc, "simd two"},
        {0x9f3e0c00, 0x0e300800, across, "simd across"},
        {0x9f200c00, 0x0e200000, three_different, "simd widening"},
        {0xdfe0fc00, 0x5ee08400, scalar, "simd scalar"},
        {0xfffffc00, 0x5ef1b800, scalar_pair, "simd scalar pair"},
        HVC_LIFT_END,
};
