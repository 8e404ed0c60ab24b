/* SPDX-License-Identifier: MIT */
/* NZCV as what set it, so that flags nobody reads cost nothing. */
#include "symbolic/scene.h"

#include <string.h>

#define V 0u
#define C 1u
#define Z 2u
#define N 3u

static hvc_ref top(struct hvc_bvs *terms, hvc_ref a)
{
	return hvc_bv__extract(terms, a, a->width - 1u, a->width - 1u);
}

static hvc_ref zero(struct hvc_bvs *terms, hvc_ref like)
{
	return hvc_bv__num(terms, like->width, 0);
}

/* Signed overflow: operands of one sign (of two, when subtracting) and a result of the other. */
static hvc_ref overflow(struct hvc_bvs *terms, const struct hvc_flags *f, hvc_ref result)
{
	hvc_ref other = f->kind == HVC_FLAGS_SUB ? hvc_bv__not(terms, f->b) : f->b;

	return top(terms, hvc_bv__and(terms, hvc_bv__xor(terms, f->a, result),
	                              hvc_bv__xor(terms, other, result)));
}

static hvc_ref plain_bit(struct hvc_bvs *terms, const struct hvc_flags *f, unsigned which)
{
	bool sub = f->kind == HVC_FLAGS_SUB;
	hvc_ref result;

	if (f->kind == HVC_FLAGS_BITS)
		return f->bit[which];
	if (f->kind == HVC_FLAGS_TEST && which <= C)
		return hvc_bv__num(terms, 1, 0);
	if (sub && which == C)
		return hvc_bv__not(terms, hvc_bv__ult(terms, f->a, f->b));
	if (sub && which == Z)
		return hvc_bv__eq(terms, f->a, f->b);
	result = f->kind == HVC_FLAGS_TEST ? f->a
	         : sub                     ? hvc_bv__sub(terms, f->a, f->b)
	                                   : hvc_bv__add(terms, f->a, f->b);
	if (which == N)
		return top(terms, result);
	if (which == Z)
		return hvc_bv__eq(terms, result, zero(terms, result));
	if (which == C)
		return hvc_bv__ult(terms, result, f->a);
	return overflow(terms, f, result);
}

static bool bit_of(unsigned nzcv, unsigned which)
{
	return nzcv >> which & 1;
}

void hvc_flags__number(struct hvc_bvs *terms, struct hvc_flags *flags)
{
	hvc_ref b = flags->b;

	if (flags->kind != HVC_FLAGS_ADD || !hvc_bv__const(b) || b->value == 0 ||
	    b->value == UINT64_C(1) << (b->width - 1))
		return;
	flags->kind = HVC_FLAGS_SUB;
	flags->b = hvc_bv__neg(terms, b);
}

bool hvc_flags__same(const struct hvc_flags *a, const struct hvc_flags *b)
{
	return a->kind == b->kind && a->a == b->a && a->b == b->b && a->guard == b->guard &&
	       a->otherwise == b->otherwise && !memcmp(a->bit, b->bit, sizeof a->bit);
}

hvc_ref hvc_flags__bit(struct hvc_bvs *terms, const struct hvc_flags *flags, unsigned which)
{
	hvc_ref bit = plain_bit(terms, flags, which);

	if (!flags->guard)
		return bit;
	return hvc_bv__ite(terms, flags->guard, bit,
	                   hvc_bv__num(terms, 1, bit_of(flags->otherwise, which)));
}

hvc_ref hvc_flags__all(struct hvc_bvs *terms, const struct hvc_flags *flags)
{
	hvc_ref all = hvc_flags__bit(terms, flags, N);

	for (unsigned which = N; which-- > V;)
		all = hvc_bv__concat(terms, all, hvc_flags__bit(terms, flags, which));
	return all;
}

/* The even conditions, of which each odd one is the opposite (Arm ARM C1.2.4). */
static hvc_ref of_bits(struct hvc_bvs *terms, unsigned even, hvc_ref n, hvc_ref z, hvc_ref c,
                       hvc_ref v)
{
	hvc_ref same = hvc_bv__not(terms, hvc_bv__xor(terms, n, v));

	switch (even >> 1) {
	case 0:
		return z;
	case 1:
		return c;
	case 2:
		return n;
	case 3:
		return v;
	case 4:
		return hvc_bv__and(terms, c, hvc_bv__not(terms, z));
	case 5:
		return same;
	case 6:
		return hvc_bv__and(terms, same, hvc_bv__not(terms, z));
	default:
		return hvc_bv__num(terms, 1, 1);
	}
}

static hvc_ref of_number(struct hvc_bvs *terms, unsigned even, unsigned nzcv)
{
	return of_bits(terms, even, hvc_bv__num(terms, 1, nzcv >> N),
	               hvc_bv__num(terms, 1, nzcv >> Z), hvc_bv__num(terms, 1, nzcv >> C),
	               hvc_bv__num(terms, 1, nzcv));
}

static hvc_ref plain(struct hvc_bvs *terms, const struct hvc_flags *f, unsigned even)
{
	if (f->kind == HVC_FLAGS_SUB) {
		switch (even >> 1) {
		case 4: /* higher */
			return hvc_bv__ult(terms, f->b, f->a);
		case 5: /* greater or equal, signed */
			return hvc_bv__not(terms, hvc_bv__slt(terms, f->a, f->b));
		case 6:
			return hvc_bv__slt(terms, f->b, f->a);
		default:
			break;
		}
	}
	if (f->kind == HVC_FLAGS_TEST && even >> 1 == 6) /* above zero, as signed numbers are */
		return hvc_bv__slt(terms, zero(terms, f->a), f->a);
	return of_bits(terms, even, plain_bit(terms, f, N), plain_bit(terms, f, Z),
	               plain_bit(terms, f, C), plain_bit(terms, f, V));
}

hvc_ref hvc_flags__holds(struct hvc_bvs *terms, const struct hvc_flags *flags, unsigned condition)
{
	unsigned even = condition & 14u;
	hvc_ref holds;

	if (even == 14)
		return hvc_bv__num(terms, 1, 1);
	holds = plain(terms, flags, even);
	if (flags->guard)
		holds = hvc_bv__ite(terms, flags->guard, holds,
		                    of_number(terms, even, flags->otherwise));
	return condition & 1 ? hvc_bv__not(terms, holds) : holds;
}
