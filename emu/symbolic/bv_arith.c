/* SPDX-License-Identifier: MIT */
/* Numbers: sums in the form base + constant, products, quotients. */
#include "symbolic/bv_node.h"

/* A binary operator of two constants, or a node of it. */
static hvc_ref binary(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	const unsigned widths[] = {a->width, b->width};
	const uint64_t arg[] = {a->value, b->value, 0};

	if (hvc_bv__const(a) && hvc_bv__const(b))
		return hvc_bv__num(terms, a->width, hvc_bv__apply(op, a->width, 0, widths, arg));
	return hvc_bv__node(terms, op, a->width, 0, 2, a, b, NULL);
}

static bool is_sum(hvc_ref a)
{
	return a->op == HVC_OP_ADD && hvc_bv__const(a->arg[1]);
}

static hvc_ref plus(struct hvc_bvs *terms, hvc_ref a, uint64_t value)
{
	return hvc_bv__add(terms, a, hvc_bv__num(terms, a->width, value));
}

hvc_ref hvc_bv__add(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_bv__order(&a, &b);
	if (hvc_bv__is(b, 0))
		return a;
	if (hvc_bv__const(b) && a->choice)
		return hvc_bv__ite(terms, a->arg[0], hvc_bv__add(terms, a->arg[1], b),
		                   hvc_bv__add(terms, a->arg[2], b));
	if (hvc_bv__const(b) && is_sum(a))
		return plus(terms, a->arg[0], a->arg[1]->value + b->value);
	if (hvc_bv__const(b) && a->op == HVC_OP_SUB && hvc_bv__const(a->arg[0]))
		return hvc_bv__sub(terms, hvc_bv__num(terms, a->width, a->arg[0]->value + b->value),
		                   a->arg[1]);
	if (is_sum(a))
		return plus(terms, hvc_bv__add(terms, a->arg[0], b), a->arg[1]->value);
	if (is_sum(b))
		return plus(terms, hvc_bv__add(terms, a, b->arg[0]), b->arg[1]->value);
	if (b->op == HVC_OP_NEG)
		return hvc_bv__sub(terms, a, b->arg[0]);
	if (a->op == HVC_OP_NEG)
		return hvc_bv__sub(terms, b, a->arg[0]);
	if (b->op == HVC_OP_SUB && b->arg[1] == a)
		return b->arg[0];
	if (a->op == HVC_OP_SUB && a->arg[1] == b)
		return a->arg[0];
	return binary(terms, HVC_OP_ADD, a, b);
}

hvc_ref hvc_bv__sub(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	if (a == b)
		return hvc_bv__num(terms, a->width, 0);
	if (hvc_bv__const(b))
		return plus(terms, a, -b->value);
	if (hvc_bv__is(a, 0))
		return hvc_bv__neg(terms, b);
	if (is_sum(a))
		return plus(terms, hvc_bv__sub(terms, a->arg[0], b), a->arg[1]->value);
	if (is_sum(b))
		return hvc_bv__sub(terms, plus(terms, a, -b->arg[1]->value), b->arg[0]);
	if (b->op == HVC_OP_NEG)
		return hvc_bv__add(terms, a, b->arg[0]);
	if (a->op == HVC_OP_ADD && a->arg[1] == b)
		return a->arg[0];
	if (a->op == HVC_OP_ADD && a->arg[0] == b)
		return a->arg[1];
	return binary(terms, HVC_OP_SUB, a, b);
}

hvc_ref hvc_bv__neg(struct hvc_bvs *terms, hvc_ref a)
{
	if (hvc_bv__const(a))
		return hvc_bv__num(terms, a->width, -a->value);
	if (a->op == HVC_OP_NEG)
		return a->arg[0];
	if (a->op == HVC_OP_SUB)
		return hvc_bv__sub(terms, a->arg[1], a->arg[0]);
	if (is_sum(a))
		return hvc_bv__sub(terms, hvc_bv__num(terms, a->width, -a->arg[1]->value),
		                   a->arg[0]);
	return hvc_bv__node(terms, HVC_OP_NEG, a->width, 0, 1, a, NULL, NULL);
}

static bool is_power(uint64_t value, unsigned *log)
{
	if (!value || value & (value - 1))
		return false;
	for (*log = 0; value >> *log != 1; ++*log)
		;
	return true;
}

hvc_ref hvc_bv__mul(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	unsigned log;

	hvc_bv__order(&a, &b);
	if (hvc_bv__is(b, 0))
		return b;
	if (hvc_bv__is(b, 1))
		return a;
	if (hvc_bv__const(b) && !hvc_bv__const(a) && is_power(b->value, &log))
		return hvc_bv__shl(terms, a, hvc_bv__num(terms, a->width, log));
	return binary(terms, HVC_OP_MUL, a, b);
}

hvc_ref hvc_bv__umulh(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_bv__order(&a, &b);
	return binary(terms, HVC_OP_UMULH, a, b);
}

hvc_ref hvc_bv__smulh(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	hvc_bv__order(&a, &b);
	return binary(terms, HVC_OP_SMULH, a, b);
}

hvc_ref hvc_bv__udiv(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	unsigned log;

	if (hvc_bv__is(b, 0))
		return b;
	if (hvc_bv__const(b) && !hvc_bv__const(a) && is_power(b->value, &log))
		return hvc_bv__lshr(terms, a, hvc_bv__num(terms, a->width, log));
	return binary(terms, HVC_OP_UDIV, a, b);
}

hvc_ref hvc_bv__sdiv(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	if (hvc_bv__is(b, 0))
		return b;
	return binary(terms, HVC_OP_SDIV, a, b);
}

hvc_ref hvc_bv__clz(struct hvc_bvs *terms, hvc_ref a)
{
	const unsigned widths[] = {a->width};
	const uint64_t arg[HVC_BV_ARGS] = {a->value};

	if (hvc_bv__const(a))
		return hvc_bv__num(terms, a->width,
		                   hvc_bv__apply(HVC_OP_CLZ, a->width, 0, widths, arg));
	return hvc_bv__node(terms, HVC_OP_CLZ, a->width, 0, 1, a, NULL, NULL);
}

hvc_ref hvc_bv__rbit(struct hvc_bvs *terms, hvc_ref a)
{
	const unsigned widths[] = {a->width};
	const uint64_t arg[HVC_BV_ARGS] = {a->value};

	if (hvc_bv__const(a))
		return hvc_bv__num(terms, a->width,
		                   hvc_bv__apply(HVC_OP_RBIT, a->width, 0, widths, arg));
	if (a->op == HVC_OP_RBIT)
		return a->arg[0];
	return hvc_bv__node(terms, HVC_OP_RBIT, a->width, 0, 1, a, NULL, NULL);
}
