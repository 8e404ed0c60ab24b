/* SPDX-License-Identifier: MIT */
/* Data processing with an immediate (Arm ARM C4.1.92). */
#include "symbolic/lift.h"

#define field  hvc_lift__field
#define number hvc_lift__num

static void adr(struct hvc_lift *l)
{
	uint64_t imm = (uint64_t)hvc_lift__signed(l, 5, 19) << 2 | field(l, 29, 2);
	uint64_t value = l->pc + imm;

	if (l->word >> 31)
		value = (l->pc & ~UINT64_C(0xfff)) + (imm << 12);
	hvc_lift__set_x(l, field(l, 0, 5), number(l, 64, value));
}

static void add_sub(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), d = field(l, 0, 5);
	hvc_ref a = hvc_lift__xsp(l, field(l, 5, 5), width);
	hvc_ref b = number(l, width, (uint64_t)field(l, 10, 12) << (field(l, 22, 1) ? 12 : 0));
	bool sub = field(l, 30, 1);
	hvc_ref result = sub ? hvc_bv__sub(l->t, a, b) : hvc_bv__add(l->t, a, b);

	if (field(l, 29, 1)) {
		hvc_lift__flags(l, sub ? HVC_FLAGS_SUB : HVC_FLAGS_ADD, a, b);
		hvc_lift__set_x(l, d, result);
	} else {
		hvc_lift__set_xsp(l, d, result);
	}
}

static void logical(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), d = field(l, 0, 5), opc = field(l, 29, 2);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width), b, result;
	uint64_t mask;

	if ((width == 32 && field(l, 22, 1)) ||
	    !hvc_lift__bit_mask(field(l, 22, 1), field(l, 10, 6), field(l, 16, 6), width, &mask)) {
		hvc_lift__undefined(l);
		return;
	}
	b = number(l, width, mask);
	result = opc == 1   ? hvc_bv__or(l->t, a, b)
	         : opc == 2 ? hvc_bv__xor(l->t, a, b)
	                    : hvc_bv__and(l->t, a, b);
	if (opc == 3) {
		hvc_lift__flags(l, HVC_FLAGS_TEST, result, NULL);
		hvc_lift__set_x(l, d, result);
	} else {
		hvc_lift__set_xsp(l, d, result);
	}
}

static void move_wide(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), d = field(l, 0, 5), opc = field(l, 29, 2);
	unsigned shift = 16 * field(l, 21, 2);
	uint64_t imm = (uint64_t)field(l, 5, 16) << shift;
	hvc_ref value;

	if (opc == 1 || shift >= width) {
		hvc_lift__undefined(l);
		return;
	}
	if (opc == 3) {
		value = hvc_bv__and(l->t, hvc_lift__x(l, d, width),
		                    number(l, width, ~(UINT64_C(0xffff) << shift)));
		value = hvc_bv__or(l->t, value, number(l, width, imm));
	} else {
		value = number(l, width, opc ? imm : ~imm);
	}
	hvc_lift__set_x(l, d, value);
}

/*
 * SBFM, BFM, UBFM: bits s..r of the source to the bottom, or bits s..0 to bit width - r. What is
 * around them is zero, the sign, or what the destination held.
 */
static void bitfield(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), d = field(l, 0, 5), opc = field(l, 29, 2);
	unsigned r = field(l, 16, 6), s = field(l, 10, 6), at, low, bits;
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width), part, value, old;

	if (opc == 3 || field(l, 22, 1) != (width == 64) || r >= width || s >= width) {
		hvc_lift__undefined(l);
		return;
	}
	low = s >= r ? r : 0;
	at = s >= r ? 0 : width - r;
	bits = s - low + 1;
	part = hvc_bv__extract(l->t, a, s, low);
	old = hvc_lift__x(l, d, width);
	if (opc == 1) {
		value = part;
		if (at)
			value = hvc_bv__concat(l->t, value, hvc_bv__extract(l->t, old, at - 1, 0));
		if (at + bits < width)
			value = hvc_bv__concat(
			        l->t, hvc_bv__extract(l->t, old, width - 1, at + bits), value);
	} else {
		value = opc ? hvc_bv__zext(l->t, part, width) : hvc_bv__sext(l->t, part, width);
		value = hvc_bv__shl(l->t, value, number(l, width, at));
	}
	hvc_lift__set_x(l, d, value);
}

static void extract(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), low = field(l, 10, 6);
	hvc_ref n = hvc_lift__x(l, field(l, 5, 5), width),
	        m = hvc_lift__x(l, field(l, 16, 5), width);

	if (field(l, 21, 1) || field(l, 29, 2) || field(l, 22, 1) != (width == 64) ||
	    low >= width) {
		hvc_lift__undefined(l);
		return;
	}
	if (low)
		m = hvc_bv__concat(l->t, hvc_bv__extract(l->t, n, low - 1, 0),
		                   hvc_bv__extract(l->t, m, width - 1, low));
	hvc_lift__set_x(l, field(l, 0, 5), m);
}

const struct hvc_lift_row hvc_lift__immediate[] = {
        {0x1f000000, 0x10000000, adr, "pc-relative"},
        {0x1f800000, 0x11000000, add_sub, "add/sub immediate"},
        {0x1f800000, 0x12000000, logical, "logical immediate"},
        {0x1f800000, 0x12800000, move_wide, "move wide"},
        {0x1f800000, 0x13000000, bitfield, "bitfield"},
        {0x1f800000, 0x13800000, extract, "extract"},
        HVC_LIFT_END,
};
