/* SPDX-License-Identifier: MIT */
/* Truth values: comparisons, and the choice between two terms. */
#include "symbolic/bv_node.h"

static hvc_ref truth(struct hvc_bvs *terms, bool value)
{
	return hvc_bv__num(terms, 1, value);
}

/* Modulo 2^64, of an odd number (Newton's method: each round doubles the bits that are right). */
static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (unsigned i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* A number that was rotated. */
static hvc_ref eq_rotated(struct hvc_bvs *terms, hvc_ref high, hvc_ref low, uint64_t value)
{
	hvc_ref from = low->arg[0];
	unsigned border = low->width;

	if (high->op != HVC_OP_EXTRACT || low->op != HVC_OP_EXTRACT || high->arg[0] != from ||
	    high->value != 0 || low->value != high->width || from->width != high->width + border)
		return NULL;
	return hvc_bv__eq(
	        terms, from,
	        hvc_bv__num(terms, from->width,
	                    value >> border | (value & hvc_bv__mask(border)) << high->width));
}

/* a op c = value solved for a, where that is all there is to it; else NULL. */
static hvc_ref eq_number(struct hvc_bvs *terms, hvc_ref a, uint64_t value)
{
	unsigned width = a->width;
	hvc_ref x = a->arg[0], y = a->arg[1];

	switch (a->op) {
	case HVC_OP_ADD:
		if (hvc_bv__const(y))
			return hvc_bv__eq(terms, x, hvc_bv__num(terms, width, value - y->value));
		return NULL;
	case HVC_OP_XOR:
		if (hvc_bv__const(y))
			return hvc_bv__eq(terms, x, hvc_bv__num(terms, width, value ^ y->value));
		return value ? NULL : hvc_bv__eq(terms, x, y);
	case HVC_OP_SUB:
		if (hvc_bv__const(x))
			return hvc_bv__eq(terms, y, hvc_bv__num(terms, width, x->value - value));
		return value ? NULL : hvc_bv__eq(terms, x, y);
	case HVC_OP_MUL:
		if (hvc_bv__const(y) && y->value & 1)
			return hvc_bv__eq(terms, x,
			                  hvc_bv__num(terms, width, value * inverse(y->value)));
		return NULL;
	case HVC_OP_NEG:
		return hvc_bv__eq(terms, x, hvc_bv__num(terms, width, -value));
	case HVC_OP_NOT:
		return hvc_bv__eq(terms, x, hvc_bv__num(terms, width, ~value));
	case HVC_OP_SEXT: /* the upper bits are right, or known bits would differ */
		if (hvc_bv__sext(terms, hvc_bv__num(terms, x->width, value), width)->value != value)
			return truth(terms, false);
		return hvc_bv__eq(terms, x, hvc_bv__num(terms, x->width, value));
	case HVC_OP_CONCAT:
		if (hvc_bv__const(x))
			return hvc_bv__eq(terms, y, hvc_bv__num(terms, y->width, value));
		if (hvc_bv__const(y))
			return hvc_bv__eq(terms, x,
			                  hvc_bv__num(terms, x->width, value >> y->width));
		return eq_rotated(terms, x, y, value);
	case HVC_OP_ITE:
		if (!hvc_bv__chosen(y) && !hvc_bv__chosen(a->arg[2]))
			return NULL;
		return hvc_bv__ite(terms, x, hvc_bv__eq(terms, y, hvc_bv__num(terms, width, value)),
		                   hvc_bv__eq(terms, a->arg[2], hvc_bv__num(terms, width, value)));
	default:
		return NULL;
	}
}

/* The other addend of a sum that has this one; NULL: it has not. */
static hvc_ref other_addend(hvc_ref sum, hvc_ref addend)
{
	if (sum->op != HVC_OP_ADD)
		return NULL;
	return sum->arg[0] == addend ? sum->arg[1] : sum->arg[1] == addend ? sum->arg[0] : NULL;
}

/* a + plus = b, where both are sums of something and the same; NULL: they are not. */
static hvc_ref eq_sums(struct hvc_bvs *terms, hvc_ref a, hvc_ref b, uint64_t plus)
{
	hvc_ref number = hvc_bv__num(terms, a->width, plus), rest = other_addend(a, b);

	if (rest)
		return hvc_bv__eq(terms, rest, hvc_bv__neg(terms, number));
	rest = other_addend(b, a);
	if (rest)
		return hvc_bv__eq(terms, rest, number);
	for (unsigned i = 0; a->op == HVC_OP_ADD && i < 2; i++) {
		rest = other_addend(b, a->arg[i]);
		if (rest)
			return hvc_bv__eq(terms, hvc_bv__add(terms, a->arg[1 - i], number), rest);
	}
	return NULL;
}

hvc_ref hvc_bv__eq(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_ref base_a, base_b, made;
	uint64_t offset_a, offset_b;

	hvc_bv__order(&a, &b);
	if (a == b)
		return truth(terms, true);
	if (a->zeros & b->ones || a->ones & b->zeros)
		return truth(terms, false);
	if (a->width == 1)
		return hvc_bv__not(terms, hvc_bv__xor(terms, a, b));
	if (hvc_bv__const(b)) {
		made = eq_number(terms, a, b->value);
		return made ? made : hvc_bv__node(terms, HVC_OP_EQ, 1, 0, 2, a, b, NULL);
	}
	offset_a = hvc_bv__offset(a, &base_a);
	offset_b = hvc_bv__offset(b, &base_b);
	if (base_a == base_b)
		return truth(terms, offset_a == offset_b);
	made = eq_sums(terms, base_a, base_b, offset_a - offset_b);
	if (made)
		return made;
	if (a->op == HVC_OP_CONCAT && b->op == HVC_OP_CONCAT &&
	    a->arg[0]->width == b->arg[0]->width && a->arg[0] == b->arg[0])
		return hvc_bv__eq(terms, a->arg[1], b->arg[1]);
	return hvc_bv__node(terms, HVC_OP_EQ, 1, 0, 2, a, b, NULL);
}

static bool is_zext(hvc_ref a)
{
	return a->op == HVC_OP_CONCAT && hvc_bv__is(a->arg[0], 0);
}

/* Comparisons of what has known upper bits are those of the rest. */
static hvc_ref ult_narrow(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_ref low = is_zext(a) ? a->arg[1] : is_zext(b) ? b->arg[1] : NULL;

	if (!low || (!is_zext(a) && !hvc_bv__const(a)) || (!is_zext(b) && !hvc_bv__const(b)))
		return NULL;
	if (is_zext(a) && is_zext(b) && a->arg[1]->width > low->width)
		low = a->arg[1];
	if (is_zext(a) && is_zext(b) && b->arg[1]->width > low->width)
		low = b->arg[1];
	return hvc_bv__ult(terms, hvc_bv__extract(terms, a, low->width - 1u, 0),
	                   hvc_bv__extract(terms, b, low->width - 1u, 0));
}

static hvc_ref ult_choice(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_ref c = a->choice ? a : b;

	return hvc_bv__ite(
	        terms, c->arg[0],
	        a == c ? hvc_bv__ult(terms, c->arg[1], b) : hvc_bv__ult(terms, a, c->arg[1]),
	        a == c ? hvc_bv__ult(terms, c->arg[2], b) : hvc_bv__ult(terms, a, c->arg[2]));
}

hvc_ref hvc_bv__ult(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	uint64_t full = hvc_bv__mask(a->width), a_most = ~a->zeros & full,
	         b_most = ~b->zeros & full;
	hvc_ref made;

	if (a == b || a->ones >= b_most)
		return truth(terms, false);
	if (a_most < b->ones)
		return truth(terms, true);
	if (hvc_bv__is(b, 1))
		return hvc_bv__eq(terms, a, hvc_bv__num(terms, a->width, 0));
	if (hvc_bv__is(a, 0))
		return hvc_bv__not(terms, hvc_bv__eq(terms, b, a));
	if (hvc_bv__is(b, full))
		return hvc_bv__not(terms, hvc_bv__eq(terms, a, b));
	if (hvc_bv__is(a, full - 1))
		return hvc_bv__eq(terms, b, hvc_bv__num(terms, a->width, full));
	if ((a->choice && hvc_bv__const(b)) || (b->choice && hvc_bv__const(a)))
		return ult_choice(terms, a, b);
	made = ult_narrow(terms, a, b);
	return made ? made : hvc_bv__node(terms, HVC_OP_ULT, 1, 0, 2, a, b, NULL);
}

hvc_ref hvc_bv__slt(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	uint64_t full = hvc_bv__mask(a->width), top = UINT64_C(1) << (a->width - 1);

	if (a == b || hvc_bv__is(a, top - 1) || hvc_bv__is(b, top))
		return truth(terms, false);
	if ((a->zeros & b->zeros) & top || (a->ones & b->ones) & top ||
	    (hvc_bv__const(a) && hvc_bv__const(b) && !((a->value ^ b->value) & top)))
		return hvc_bv__ult(terms, a, b);
	if ((a->zeros & b->ones) & top)
		return truth(terms, false);
	if ((a->ones & b->zeros) & top)
		return truth(terms, true);
	if (hvc_bv__is(b, 0))
		return hvc_bv__extract(terms, a, a->width - 1u, a->width - 1u);
	if (hvc_bv__is(a, full))
		return hvc_bv__not(terms, hvc_bv__extract(terms, b, a->width - 1u, a->width - 1u));
	return hvc_bv__node(terms, HVC_OP_SLT, 1, 0, 2, a, b, NULL);
}

/* Choices between truth values are AND and OR. */
static hvc_ref choose_truth(struct hvc_bvs *terms, hvc_ref c, hvc_ref a, hvc_ref b)
{
	if (hvc_bv__const(a))
		return a->value ? hvc_bv__or(terms, c, b)
		                : hvc_bv__and(terms, hvc_bv__not(terms, c), b);
	if (hvc_bv__const(b))
		return b->value ? hvc_bv__or(terms, hvc_bv__not(terms, c), a)
		                : hvc_bv__and(terms, c, a);
	return hvc_bv__node(terms, HVC_OP_ITE, 1, 0, 3, c, a, b);
}

hvc_ref hvc_bv__ite(struct hvc_bvs *terms, hvc_ref c, hvc_ref a, hvc_ref b)
{
	if (hvc_bv__const(c))
		return c->value ? a : b;
	if (a == b)
		return a;
	if (c->op == HVC_OP_NOT)
		return hvc_bv__ite(terms, c->arg[0], b, a);
	if (a->op == HVC_OP_ITE && a->arg[0] == c)
		a = a->arg[1];
	if (b->op == HVC_OP_ITE && b->arg[0] == c)
		b = b->arg[2];
	if (a == b)
		return a;
	if (a->width == 1)
		return choose_truth(terms, c, a, b);
	if (is_zext(a) && is_zext(b) && a->arg[1]->width == b->arg[1]->width &&
	    !(hvc_bv__chosen(a) && hvc_bv__chosen(b)))
		return hvc_bv__zext(terms, hvc_bv__ite(terms, c, a->arg[1], b->arg[1]), a->width);
	return hvc_bv__node(terms, HVC_OP_ITE, a->width, 0, 3, c, a, b);
}
