/* SPDX-License-Identifier: MIT */
/* AND, OR, XOR, NOT. Where one operand is put together of pieces, so is the result. */
#include "symbolic/bv_node.h"

static bool is_not(hvc_ref a, hvc_ref b)
{
	return (a->op == HVC_OP_NOT && a->arg[0] == b) || (b->op == HVC_OP_NOT && b->arg[0] == a);
}

static hvc_ref apply(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	return op == HVC_OP_AND  ? hvc_bv__and(terms, a, b)
	       : op == HVC_OP_OR ? hvc_bv__or(terms, a, b)
	                         : hvc_bv__xor(terms, a, b);
}

static bool has_const_piece(hvc_ref a)
{
	for (; a->op == HVC_OP_CONCAT; a = a->arg[1])
		if (hvc_bv__const(a->arg[0]))
			return true;
	return hvc_bv__const(a);
}

/* By pieces, where a piece is a constant: that of the result is known or one operand's then. */
static hvc_ref by_pieces(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	hvc_ref pieces = a->op == HVC_OP_CONCAT && has_const_piece(a) ? a : b;
	hvc_ref other = pieces == a ? b : a;
	unsigned border;

	if (a->op == HVC_OP_CONCAT && hvc_bv__const(b) && op != HVC_OP_XOR) {
		pieces = a;
		other = b;
	} else if (pieces->op != HVC_OP_CONCAT || !has_const_piece(pieces)) {
		return NULL;
	}
	border = pieces->arg[1]->width;
	return hvc_bv__concat(
	        terms,
	        apply(terms, op, pieces->arg[0],
	              hvc_bv__extract(terms, other, other->width - 1u, border)),
	        apply(terms, op, pieces->arg[1], hvc_bv__extract(terms, other, border - 1, 0)));
}

/* Cut a constant where a run of ones or zeros ends; 0: it is one run. */
static unsigned run(uint64_t value, unsigned width)
{
	unsigned n = 1;

	while (n < width && (value >> n & 1) == (value & 1))
		n++;
	return n == width ? 0 : n;
}

/* A mask that has at most two borders cuts out bits: that is CONCAT and EXTRACT. */
static hvc_ref cut(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref mask)
{
	unsigned width = mask->width, border = run(mask->value, width), second;
	hvc_ref low, high;

	if (!border)
		return NULL;
	second = run(mask->value >> border, width - border);
	if (second && run(mask->value >> (border + second), width - border - second))
		return NULL;
	low = apply(terms, op, hvc_bv__extract(terms, a, border - 1, 0),
	            hvc_bv__num(terms, border, mask->value));
	high = apply(terms, op, hvc_bv__extract(terms, a, width - 1, border),
	             hvc_bv__num(terms, width - border, mask->value >> border));
	return hvc_bv__concat(terms, high, low);
}

static hvc_ref constants(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	const unsigned widths[] = {a->width, b->width};
	const uint64_t arg[] = {a->value, b->value, 0};

	return hvc_bv__num(terms, a->width, hvc_bv__apply(op, a->width, 0, widths, arg));
}

/* x op (x op y) is x op y, of AND and OR. */
static bool contains(enum hvc_op op, hvc_ref a, hvc_ref b)
{
	return a->op == op && (a->arg[0] == b || a->arg[1] == b);
}

/* x and (not x or y) is x and y, and the same of OR. */
static hvc_ref absorb(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	enum hvc_op dual = op == HVC_OP_AND ? HVC_OP_OR : HVC_OP_AND;

	if (b->op != dual)
		return NULL;
	if (b->arg[0] == a || b->arg[1] == a)
		return a;
	for (unsigned i = 0; i < 2; i++)
		if (is_not(b->arg[i], a))
			return apply(terms, op, a, b->arg[!i]);
	return NULL;
}

static hvc_ref and_or(struct hvc_bvs *terms, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	const uint64_t full = hvc_bv__mask(a->width);
	const uint64_t neutral = op == HVC_OP_AND ? full : 0;
	hvc_ref made;

	hvc_bv__order(&a, &b);
	if (a == b || hvc_bv__is(b, neutral))
		return a;
	if (hvc_bv__is(b, neutral ^ full))
		return b;
	if (hvc_bv__const(a) && hvc_bv__const(b))
		return constants(terms, op, a, b);
	if (is_not(a, b))
		return hvc_bv__num(terms, a->width, neutral ^ full);
	/* Every bit of one is neutral, or what the other one has already. */
	if (((op == HVC_OP_AND ? a->zeros | b->ones : a->ones | b->zeros) & full) == full)
		return a;
	if (((op == HVC_OP_AND ? b->zeros | a->ones : b->ones | a->zeros) & full) == full)
		return b;
	if (hvc_bv__const(b) && a->op == op && hvc_bv__const(a->arg[1]))
		return and_or(terms, op, a->arg[0], constants(terms, op, a->arg[1], b));
	if (contains(op, a, b))
		return a;
	if (contains(op, b, a))
		return b;
	made = absorb(terms, op, a, b);
	if (!made)
		made = absorb(terms, op, b, a);
	if (!made)
		made = by_pieces(terms, op, a, b);
	if (!made && hvc_bv__const(b))
		made = cut(terms, op, a, b);
	return made ? made : hvc_bv__node(terms, op, a->width, 0, 2, a, b, NULL);
}

hvc_ref hvc_bv__and(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	return and_or(terms, HVC_OP_AND, a, b);
}

hvc_ref hvc_bv__or(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	return and_or(terms, HVC_OP_OR, a, b);
}

hvc_ref hvc_bv__xor(struct hvc_bvs *terms, hvc_ref a, hvc_ref b)
{
	uint64_t full = hvc_bv__mask(a->width);
	hvc_ref made;

	hvc_bv__order(&a, &b);
	if (a == b)
		return hvc_bv__num(terms, a->width, 0);
	if (hvc_bv__is(b, 0))
		return a;
	if (hvc_bv__is(b, full))
		return hvc_bv__not(terms, a);
	if (hvc_bv__const(a) && hvc_bv__const(b))
		return constants(terms, HVC_OP_XOR, a, b);
	if (is_not(a, b))
		return hvc_bv__num(terms, a->width, full);
	if (hvc_bv__const(b) && a->op == HVC_OP_XOR && hvc_bv__const(a->arg[1]))
		return hvc_bv__xor(terms, a->arg[0], constants(terms, HVC_OP_XOR, a->arg[1], b));
	for (unsigned i = 0; i < 2; i++) {
		if (a->op == HVC_OP_XOR && a->arg[i] == b)
			return a->arg[!i];
		if (b->op == HVC_OP_XOR && b->arg[i] == a)
			return b->arg[!i];
	}
	made = by_pieces(terms, HVC_OP_XOR, a, b);
	return made ? made : hvc_bv__node(terms, HVC_OP_XOR, a->width, 0, 2, a, b, NULL);
}

hvc_ref hvc_bv__not(struct hvc_bvs *terms, hvc_ref a)
{
	if (hvc_bv__const(a))
		return hvc_bv__num(terms, a->width, ~a->value);
	if (a->op == HVC_OP_NOT)
		return a->arg[0];
	if (a->op == HVC_OP_CONCAT && has_const_piece(a))
		return hvc_bv__concat(terms, hvc_bv__not(terms, a->arg[0]),
		                      hvc_bv__not(terms, a->arg[1]));
	if (a->op == HVC_OP_ITE && hvc_bv__const(a->arg[1]) && hvc_bv__const(a->arg[2]))
		return hvc_bv__ite(terms, a->arg[0], hvc_bv__not(terms, a->arg[1]),
		                   hvc_bv__not(terms, a->arg[2]));
	return hvc_bv__node(terms, HVC_OP_NOT, a->width, 0, 1, a, NULL, NULL);
}
