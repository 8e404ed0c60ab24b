/* SPDX-License-Identifier: MIT */
/* Bits cut out, put together, shifted and extended. */
#include "symbolic/bv_node.h"

static hvc_ref zero(struct hvc_bvs *terms, unsigned width)
{
	return hvc_bv__num(terms, width, 0);
}

/* A slice of a sum from bit 0 is the sum of the slices, and any slice of bits is bits of slices. */
static hvc_ref slice_operands(struct hvc_bvs *terms, hvc_ref a, unsigned high, unsigned low)
{
	hvc_ref x, y;

	x = hvc_bv__extract(terms, a->arg[a->op == HVC_OP_ITE], high, low);
	if (a->op == HVC_OP_NOT)
		return hvc_bv__not(terms, x);
	if (a->op == HVC_OP_NEG)
		return hvc_bv__neg(terms, x);
	y = hvc_bv__extract(terms, a->arg[1 + (a->op == HVC_OP_ITE)], high, low);
	switch (a->op) {
	case HVC_OP_AND:
		return hvc_bv__and(terms, x, y);
	case HVC_OP_OR:
		return hvc_bv__or(terms, x, y);
	case HVC_OP_XOR:
		return hvc_bv__xor(terms, x, y);
	case HVC_OP_ADD:
		return hvc_bv__add(terms, x, y);
	case HVC_OP_SUB:
		return hvc_bv__sub(terms, x, y);
	default:
		return hvc_bv__ite(terms, a->arg[0], x, y);
	}
}

static hvc_ref slice_concat(struct hvc_bvs *terms, hvc_ref a, unsigned high, unsigned low)
{
	unsigned border = a->arg[1]->width;

	if (high < border)
		return hvc_bv__extract(terms, a->arg[1], high, low);
	if (low >= border)
		return hvc_bv__extract(terms, a->arg[0], high - border, low - border);
	return hvc_bv__concat(terms, hvc_bv__extract(terms, a->arg[0], high - border, 0),
	                      hvc_bv__extract(terms, a->arg[1], border - 1, low));
}

static hvc_ref slice_sext(struct hvc_bvs *terms, hvc_ref a, unsigned high, unsigned low)
{
	hvc_ref b = a->arg[0];
	unsigned top = b->width - 1u;

	if (high <= top)
		return hvc_bv__extract(terms, b, high, low);
	return hvc_bv__sext(terms, hvc_bv__extract(terms, b, top, low < top ? low : top),
	                    high - low + 1);
}

hvc_ref hvc_bv__extract(struct hvc_bvs *terms, hvc_ref a, unsigned high, unsigned low)
{
	unsigned width = high - low + 1;

	if (width == a->width)
		return a;
	switch (a->op) {
	case HVC_OP_CONST:
		return hvc_bv__num(terms, width, a->value >> low);
	case HVC_OP_EXTRACT:
		return hvc_bv__extract(terms, a->arg[0], high + (unsigned)a->value,
		                       low + (unsigned)a->value);
	case HVC_OP_CONCAT:
		return slice_concat(terms, a, high, low);
	case HVC_OP_SEXT:
		return slice_sext(terms, a, high, low);
	case HVC_OP_AND:
	case HVC_OP_OR:
	case HVC_OP_XOR:
	case HVC_OP_NOT:
		return slice_operands(terms, a, high, low);
	case HVC_OP_ITE:
		if (hvc_bv__chosen(a->arg[1]) || hvc_bv__chosen(a->arg[2]))
			return slice_operands(terms, a, high, low);
		break;
	case HVC_OP_ADD:
	case HVC_OP_SUB:
	case HVC_OP_NEG:
		if (low == 0)
			return slice_operands(terms, a, high, low);
		break;
	default:
		break;
	}
	return hvc_bv__node(terms, HVC_OP_EXTRACT, width, low, 1, a, NULL, NULL);
}

/* Two neighbours as one, or NULL. */
static hvc_ref merge(struct hvc_bvs *terms, hvc_ref high, hvc_ref low)
{
	unsigned at;
	hvc_ref from = hvc_bv__root(low, &at);

	if (hvc_bv__const(high) && hvc_bv__const(low))
		return hvc_bv__num(terms, high->width + low->width,
		                   high->value << low->width | low->value);
	if (high->op == HVC_OP_EXTRACT && high->arg[0] == from && high->value == at + low->width)
		return hvc_bv__extract(terms, from, at + low->width + high->width - 1, at);
	return NULL;
}

hvc_ref hvc_bv__concat(struct hvc_bvs *terms, hvc_ref high, hvc_ref low)
{
	hvc_ref merged;

	if (high->op == HVC_OP_CONCAT)
		return hvc_bv__concat(terms, high->arg[0],
		                      hvc_bv__concat(terms, high->arg[1], low));
	merged = merge(terms, high, low);
	if (merged)
		return merged;
	if (high->choice && hvc_bv__const(low))
		return hvc_bv__ite(terms, high->arg[0], hvc_bv__concat(terms, high->arg[1], low),
		                   hvc_bv__concat(terms, high->arg[2], low));
	if (low->choice && hvc_bv__const(high))
		return hvc_bv__ite(terms, low->arg[0], hvc_bv__concat(terms, high, low->arg[1]),
		                   hvc_bv__concat(terms, high, low->arg[2]));
	if (low->op == HVC_OP_CONCAT && (merged = merge(terms, high, low->arg[0])))
		return hvc_bv__concat(terms, merged, low->arg[1]);
	return hvc_bv__node(terms, HVC_OP_CONCAT, (unsigned)high->width + low->width, 0, 2, high,
	                    low, NULL);
}

hvc_ref hvc_bv__zext(struct hvc_bvs *terms, hvc_ref a, unsigned width)
{
	if (width <= a->width)
		return hvc_bv__extract(terms, a, width - 1, 0);
	return hvc_bv__concat(terms, zero(terms, width - a->width), a);
}

hvc_ref hvc_bv__sext(struct hvc_bvs *terms, hvc_ref a, unsigned width)
{
	uint64_t top = UINT64_C(1) << (a->width - 1);

	if (width <= a->width)
		return hvc_bv__extract(terms, a, width - 1, 0);
	if (a->op == HVC_OP_CONST)
		return hvc_bv__num(terms, width,
		                   a->value & top ? a->value | ~hvc_bv__mask(a->width) : a->value);
	if (a->zeros & top)
		return hvc_bv__zext(terms, a, width);
	if (a->op == HVC_OP_SEXT)
		return hvc_bv__sext(terms, a->arg[0], width);
	if (a->choice)
		return hvc_bv__ite(terms, a->arg[0], hvc_bv__sext(terms, a->arg[1], width),
		                   hvc_bv__sext(terms, a->arg[2], width));
	return hvc_bv__node(terms, HVC_OP_SEXT, width, 0, 1, a, NULL, NULL);
}

hvc_ref hvc_bv__shl(struct hvc_bvs *terms, hvc_ref a, hvc_ref by)
{
	if (!hvc_bv__const(by))
		return hvc_bv__is(a, 0)
		               ? a
		               : hvc_bv__node(terms, HVC_OP_SHL, a->width, 0, 2, a, by, NULL);
	if (by->value == 0)
		return a;
	if (by->value >= a->width)
		return zero(terms, a->width);
	return hvc_bv__concat(terms,
	                      hvc_bv__extract(terms, a, a->width - 1u - (unsigned)by->value, 0),
	                      zero(terms, (unsigned)by->value));
}

hvc_ref hvc_bv__lshr(struct hvc_bvs *terms, hvc_ref a, hvc_ref by)
{
	if (!hvc_bv__const(by))
		return hvc_bv__is(a, 0)
		               ? a
		               : hvc_bv__node(terms, HVC_OP_LSHR, a->width, 0, 2, a, by, NULL);
	if (by->value == 0)
		return a;
	if (by->value >= a->width)
		return zero(terms, a->width);
	return hvc_bv__zext(terms, hvc_bv__extract(terms, a, a->width - 1u, (unsigned)by->value),
	                    a->width);
}

hvc_ref hvc_bv__ashr(struct hvc_bvs *terms, hvc_ref a, hvc_ref by)
{
	unsigned shift;

	if (!hvc_bv__const(by))
		return hvc_bv__is(a, 0)
		               ? a
		               : hvc_bv__node(terms, HVC_OP_ASHR, a->width, 0, 2, a, by, NULL);
	shift = by->value < a->width ? (unsigned)by->value : a->width - 1u;
	return hvc_bv__sext(terms, hvc_bv__extract(terms, a, a->width - 1u, shift), a->width);
}

hvc_ref hvc_bv__ror(struct hvc_bvs *terms, hvc_ref a, hvc_ref by)
{
	hvc_ref mask = hvc_bv__num(terms, a->width, a->width - 1u), left;
	unsigned shift;

	by = hvc_bv__and(terms, by, mask);
	if (hvc_bv__const(by)) {
		shift = (unsigned)by->value;
		return shift ? hvc_bv__concat(terms, hvc_bv__extract(terms, a, shift - 1, 0),
		                              hvc_bv__extract(terms, a, a->width - 1u, shift))
		             : a;
	}
	left = hvc_bv__and(terms, hvc_bv__neg(terms, by), mask);
	return hvc_bv__or(terms, hvc_bv__lshr(terms, a, by), hvc_bv__shl(terms, a, left));
}

hvc_ref hvc_bv__rev(struct hvc_bvs *terms, hvc_ref a, unsigned group)
{
	hvc_ref all = NULL;

	for (unsigned at = 0; at < a->width; at += group) {
		hvc_ref part = NULL;

		for (unsigned byte = 0; byte < group; byte += 8) {
			hvc_ref next = hvc_bv__extract(terms, a, at + byte + 7, at + byte);

			part = part ? hvc_bv__concat(terms, part, next) : next;
		}
		all = all ? hvc_bv__concat(terms, part, all) : part;
	}
	return all;
}
