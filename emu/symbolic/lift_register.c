/* SPDX-License-Identifier: MIT */
/* Data processing with registers (Arm ARM C4.1.95). */
#include <stdio.h>

#include "symbolic/lift.h"

#define field  hvc_lift__field
#define number hvc_lift__num

/* The second operand of the shifted register forms; false: reserved. */
static bool shifted(struct hvc_lift *l, unsigned width, hvc_ref *out)
{
	unsigned amount = field(l, 10, 6);

	if (amount >= width)
		return false;
	*out = hvc_lift__shift(l, hvc_lift__x(l, field(l, 16, 5), width), field(l, 22, 2),
	                       number(l, width, amount));
	return true;
}

static void logical(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), opc = field(l, 29, 2);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width), b, result;

	if (!shifted(l, width, &b)) {
		hvc_lift__undefined(l);
		return;
	}
	if (field(l, 21, 1))
		b = hvc_bv__not(l->t, b);
	result = opc == 1   ? hvc_bv__or(l->t, a, b)
	         : opc == 2 ? hvc_bv__xor(l->t, a, b)
	                    : hvc_bv__and(l->t, a, b);
	if (opc == 3)
		hvc_lift__flags(l, HVC_FLAGS_TEST, result, NULL);
	hvc_lift__set_x(l, field(l, 0, 5), result);
}

static hvc_ref sum(struct hvc_lift *l, hvc_ref a, hvc_ref b)
{
	bool sub = field(l, 30, 1);

	if (field(l, 29, 1))
		hvc_lift__flags(l, sub ? HVC_FLAGS_SUB : HVC_FLAGS_ADD, a, b);
	return sub ? hvc_bv__sub(l->t, a, b) : hvc_bv__add(l->t, a, b);
}

static void add_sub(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width), b;

	if (field(l, 22, 2) == 3 || !shifted(l, width, &b)) {
		hvc_lift__undefined(l);
		return;
	}
	hvc_lift__set_x(l, field(l, 0, 5), sum(l, a, b));
}

static void add_sub_extended(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), shift = field(l, 10, 3);
	hvc_ref a = hvc_lift__xsp(l, field(l, 5, 5), width), b, result;

	if (field(l, 22, 2) || shift > 4) {
		hvc_lift__undefined(l);
		return;
	}
	b = hvc_lift__extend(l, field(l, 16, 5), field(l, 13, 3), shift, width);
	result = sum(l, a, b);
	if (field(l, 29, 1))
		hvc_lift__set_x(l, field(l, 0, 5), result);
	else
		hvc_lift__set_xsp(l, field(l, 0, 5), result);
}

/* a + b + c, where b is turned for a subtraction. The carry is out of either of the two sums. */
static void add_carry(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width),
	        b = hvc_lift__x(l, field(l, 16, 5), width);
	hvc_ref carry = hvc_bv__zext(l->t, hvc_flags__bit(l->t, &l->way->flags, 1), width);
	hvc_ref first, result, differs;
	struct hvc_flags flags = {.kind = HVC_FLAGS_BITS};

	if (field(l, 30, 1))
		b = hvc_bv__not(l->t, b);
	first = hvc_bv__add(l->t, a, b);
	result = hvc_bv__add(l->t, first, carry);
	hvc_lift__set_x(l, field(l, 0, 5), result);
	if (!field(l, 29, 1))
		return;
	differs = hvc_bv__and(l->t, hvc_bv__xor(l->t, a, result), hvc_bv__xor(l->t, b, result));
	flags.bit[0] = hvc_bv__extract(l->t, differs, width - 1, width - 1);
	flags.bit[1] =
	        hvc_bv__or(l->t, hvc_bv__ult(l->t, first, a), hvc_bv__ult(l->t, result, first));
	flags.bit[2] = hvc_bv__eq(l->t, result, number(l, width, 0));
	flags.bit[3] = hvc_bv__extract(l->t, result, width - 1, width - 1);
	l->way->flags = flags;
}

static void compare(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), m = field(l, 16, 5);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width);
	hvc_ref b = field(l, 11, 1) ? number(l, width, m) : hvc_lift__x(l, m, width);
	hvc_ref guard = hvc_flags__holds(l->t, &l->way->flags, field(l, 12, 4));
	uint8_t otherwise = (uint8_t)field(l, 0, 4);
	struct hvc_flags flags = {.kind = field(l, 30, 1) ? HVC_FLAGS_SUB : HVC_FLAGS_ADD,
	                          .a = a,
	                          .b = b,
	                          .guard = guard,
	                          .otherwise = otherwise};

	if (!field(l, 29, 1) || field(l, 10, 1) || field(l, 4, 1)) {
		hvc_lift__undefined(l);
		return;
	}
	hvc_flags__number(l->t, &flags);
	if (hvc_bv__is(guard, 1))
		flags.guard = NULL;
	if (hvc_bv__is(guard, 0)) {
		flags = (struct hvc_flags){.kind = HVC_FLAGS_BITS};
		for (unsigned i = 0; i < 4; i++)
			flags.bit[i] = number(l, 1, otherwise >> i);
	}
	l->way->flags = flags;
}

static void select_one(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width),
	        b = hvc_lift__x(l, field(l, 16, 5), width);
	hvc_ref holds = hvc_flags__holds(l->t, &l->way->flags, field(l, 12, 4));

	if (field(l, 29, 1) || field(l, 11, 1)) {
		hvc_lift__undefined(l);
		return;
	}
	if (field(l, 30, 1))
		b = field(l, 10, 1) ? hvc_bv__neg(l->t, b) : hvc_bv__not(l->t, b);
	else if (field(l, 10, 1))
		b = hvc_bv__add(l->t, b, number(l, width, 1));
	hvc_lift__set_x(l, field(l, 0, 5), hvc_bv__ite(l->t, holds, a, b));
}

static void one_source(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), op = field(l, 10, 6);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width), sign, value;

	if (field(l, 29, 1) || (op == 3 && width == 32)) {
		hvc_lift__undefined(l);
		return;
	}
	if (op > 5) {
		hvc_lift__unlifted(l, "a data processing instruction that is not lifted");
		return;
	}
	switch (op) {
	case 0:
		value = hvc_bv__rbit(l->t, a);
		break;
	case 1:
		value = hvc_bv__rev(l->t, a, 16);
		break;
	case 2:
		value = hvc_bv__rev(l->t, a, 32);
		break;
	case 3:
		value = hvc_bv__rev(l->t, a, 64);
		break;
	case 4:
		value = hvc_bv__clz(l->t, a);
		break;
	default: /* bits like the sign, below it */
		sign = hvc_bv__ashr(l->t, a, number(l, width, 1));
		value = hvc_bv__sub(l->t, hvc_bv__clz(l->t, hvc_bv__xor(l->t, a, sign)),
		                    number(l, width, 1));
	}
	hvc_lift__set_x(l, field(l, 0, 5), value);
}

static void crc(struct hvc_lift *l, unsigned width)
{
	unsigned size = field(l, 10, 2), d = field(l, 0, 5);
	char name[16];
	hvc_ref m;

	if ((size == 3) != (width == 64)) {
		hvc_lift__undefined(l);
		return;
	}
	snprintf(name, sizeof name, "crc32%s%c", field(l, 12, 1) ? "c" : "", "bhwx"[size]);
	m = hvc_lift__x(l, field(l, 16, 5), size == 3 ? 64 : 8u << size);
	hvc_lift__set_x(
	        l, d, hvc_bv__opaque(l->t, name, 32, hvc_lift__x(l, field(l, 5, 5), 32), m, NULL));
}

static void two_source(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), op = field(l, 10, 6), d = field(l, 0, 5);
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), width),
	        b = hvc_lift__x(l, field(l, 16, 5), width);

	if (field(l, 29, 1)) {
		hvc_lift__undefined(l);
	} else if (op == 2) {
		hvc_lift__set_x(l, d, hvc_bv__udiv(l->t, a, b));
	} else if (op == 3) {
		hvc_lift__set_x(l, d, hvc_bv__sdiv(l->t, a, b));
	} else if (op >> 2 == 2) {
		b = hvc_bv__and(l->t, b, number(l, width, width - 1u));
		hvc_lift__set_x(l, d, hvc_lift__shift(l, a, op & 3, b));
	} else if (op >> 3 == 2) {
		crc(l, width);
	} else if (op == 12 && width == 64) {
		hvc_lift__set_x(l, d,
		                hvc_bv__opaque(l->t, "pacga", 64, a,
		                               hvc_lift__xsp(l, field(l, 16, 5), 64), NULL));
	} else {
		hvc_lift__unlifted(l, "a data processing instruction that is not lifted");
	}
}

static void three_source(struct hvc_lift *l)
{
	unsigned width = hvc_lift__width(l), op = field(l, 21, 3), d = field(l, 0, 5);
	bool sub = field(l, 15, 1), high = op == 2 || op == 6;
	unsigned from = op == 0 || high ? width : 32;
	hvc_ref a = hvc_lift__x(l, field(l, 5, 5), from), b = hvc_lift__x(l, field(l, 16, 5), from);
	hvc_ref c = hvc_lift__x(l, field(l, 10, 5), width);

	if (field(l, 29, 2) || op == 3 || op == 4 || op == 7 || (op && width == 32) ||
	    (high && sub)) {
		hvc_lift__undefined(l);
	} else if (high) {
		hvc_lift__set_x(l, d,
		                op == 6 ? hvc_bv__umulh(l->t, a, b) : hvc_bv__smulh(l->t, a, b));
	} else {
		a = op == 1 ? hvc_bv__sext(l->t, a, width) : hvc_bv__zext(l->t, a, width);
		b = op == 1 ? hvc_bv__sext(l->t, b, width) : hvc_bv__zext(l->t, b, width);
		a = hvc_bv__mul(l->t, a, b);
		hvc_lift__set_x(l, d, sub ? hvc_bv__sub(l->t, c, a) : hvc_bv__add(l->t, c, a));
	}
}

const struct hvc_lift_row hvc_lift__register[] = {
        {0x1f000000, 0x0a000000, logical, "logical shifted"},
        {0x1f200000, 0x0b000000, add_sub, "add/sub shifted"},
        {0x1f200000, 0x0b200000, add_sub_extended, "add/sub extended"},
        {0x1fe0fc00, 0x1a000000, add_carry, "add/sub with carry"},
        {0x1fe00000, 0x1a400000, compare, "conditional compare"},
        {0x1fe00000, 0x1a800000, select_one, "conditional select"},
        {0x5fff0000, 0x5ac00000, one_source, "one source"},
        {0x5fe00000, 0x1ac00000, two_source, "two sources"},
        {0x1f000000, 0x1b000000, three_source, "three sources"},
        HVC_LIFT_END,
};
