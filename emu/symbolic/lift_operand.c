/* SPDX-License-Identifier: MIT */
/*
 * What the files of instructions share: registers as operands, loads and stores that may fault,
 * conditions that may have to be asked, and the shared pseudocode of the Arm ARM (J1).
 */
#include "machine/access.h"
#include "symbolic/lift.h"

hvc_ref hvc_lift__x(struct hvc_lift *l, unsigned n, unsigned width)
{
	if (n == 31)
		return hvc_lift__num(l, width, 0);
	return hvc_bv__zext(l->t, l->way->x[n], width);
}

static unsigned stack(const struct hvc_lift *l)
{
	return l->way->spx ? HVC_REG_SP_EL2 : HVC_REG_SP_EL0;
}

hvc_ref hvc_lift__xsp(struct hvc_lift *l, unsigned n, unsigned width)
{
	return n == 31 ? hvc_bv__zext(l->t, l->way->sys[stack(l)], width)
	               : hvc_lift__x(l, n, width);
}

void hvc_lift__set_x(struct hvc_lift *l, unsigned n, hvc_ref value)
{
	if (n == 31)
		return;
	l->way->x[n] = hvc_bv__zext(l->t, value, 64);
	l->way->moved |= UINT32_C(1) << n;
}

void hvc_lift__set_xsp(struct hvc_lift *l, unsigned n, hvc_ref value)
{
	if (n == 31)
		l->way->sys[stack(l)] = hvc_bv__zext(l->t, value, 64);
	else
		hvc_lift__set_x(l, n, value);
}

void hvc_lift__unlifted(struct hvc_lift *l, const char *why)
{
	l->next = HVC_NEXT_UNLIFTED;
	l->why = why;
}

void hvc_lift__undefined(struct hvc_lift *l)
{
	l->next = HVC_NEXT_FAULT;
	l->ec = HVC_EC_UNKNOWN;
}

static bool accessed(struct hvc_lift *l, enum hvc_access access, hvc_ref address)
{
	if (access == HVC_ACCESS_OK)
		return true;
	if (access == HVC_ACCESS_ASK) {
		l->next = HVC_NEXT_ASK;
		l->condition = l->scene->asked;
		return false;
	}
	if (access == HVC_ACCESS_VAST) {
		hvc_lift__unlifted(l, "an access to one of too many places");
		return false;
	}
	l->next = access == HVC_ACCESS_FAULT ? HVC_NEXT_FAULT : HVC_NEXT_FAILED;
	l->ec = HVC_EC_DABT_SAME;
	l->target = address;
	return false;
}

/* SCTLR_EL2.EE (Arm ARM D19.2) is, or may be, 1: bytes of data come in the other order. */
static bool is_big_endian(struct hvc_lift *l, unsigned size)
{
	if (size == 1 || l->way->sys[HVC_REG_SCTLR_EL2]->zeros >> 25 & 1)
		return false;
	hvc_lift__unlifted(l, "data that may be big-endian");
	return true;
}

/* Is it a multiple, as far as anybody who calls can tell? What EL2 keeps is taken to be right. */
static bool is_multiple(struct hvc_lift *l, hvc_ref a, unsigned bytes, bool *yes)
{
	hvc_ref base, low = hvc_bv__and(l->t, a, hvc_lift__num(l, 64, bytes - 1));

	*yes = true;
	if (!l->scene->extents && !hvc_bv__const(low) && !(a->uses & HVC_USES_CALL)) {
		uint64_t offset = hvc_bv__offset(a, &base);

		if (base == hvc_bv__input(l->t, "sp_el2", 64))
			*yes = !(offset & (bytes - 1));
		else
			l->way->trusts = true;
		return true;
	}
	return hvc_lift__known(l, hvc_bv__eq(l->t, low, hvc_lift__num(l, 64, 0)), yes);
}

/* AArch64.CheckSPAlignment and CheckAlignment. */
bool hvc_lift__aligned(struct hvc_lift *l, hvc_ref address)
{
	hvc_ref sctlr = l->way->sys[HVC_REG_SCTLR_EL2];
	struct hvc_a64_alignment alignment;
	bool checks = false, yes;
	unsigned bytes;

	if (l->aligned || !hvc_a64__alignment(l->word, &alignment))
		return true;
	l->aligned = true;
	bytes = alignment.always;
	if (alignment.stack) {
		if (!hvc_lift__known(l, hvc_bv__extract(l->t, sctlr, 3, 3), &checks) ||
		    (checks && !is_multiple(l, l->way->sys[stack(l)], 16, &yes)))
			return false;
		if (checks && !yes) {
			l->next = HVC_NEXT_FAULT;
			l->ec = HVC_EC_SP_ALIGN;
			return false;
		}
	}
	if (bytes < alignment.checked) {
		if (!hvc_lift__known(l, hvc_bv__extract(l->t, sctlr, 1, 1), &checks))
			return false;
		bytes = checks ? alignment.checked : bytes;
	}
	if (bytes > 1 && !is_multiple(l, address, bytes, &yes))
		return false;
	if (bytes == 1 || yes)
		return true;
	l->way->askew = true;
	return accessed(l, HVC_ACCESS_FAULT, address);
}

bool hvc_lift__load(struct hvc_lift *l, hvc_ref address, unsigned size, hvc_ref *value)
{
	if (!hvc_lift__aligned(l, address) || is_big_endian(l, size))
		return false;
	return accessed(l, hvc_memory__load(l->scene, l->way, address, size, value), address);
}

bool hvc_lift__store(struct hvc_lift *l, hvc_ref address, unsigned size, hvc_ref value)
{
	if (!hvc_lift__aligned(l, address) || is_big_endian(l, size))
		return false;
	return accessed(l, hvc_memory__store(l->scene, l->way, address, size, value, NULL),
	                address);
}

bool hvc_lift__known(struct hvc_lift *l, hvc_ref condition, bool *holds)
{
	enum hvc_verdict_of fact;

	if (hvc_bv__const(condition)) {
		*holds = condition->value;
		return true;
	}
	fact = hvc_facts__decide(l->scene, &l->way->facts, condition);
	*holds = fact == HVC_FACT_TRUE;
	if (fact == HVC_FACT_TRUE || fact == HVC_FACT_FALSE)
		return true;
	l->next = HVC_NEXT_ASK;
	l->condition = condition;
	return false;
}

void hvc_lift__flags(struct hvc_lift *l, enum hvc_flags_kind kind, hvc_ref a, hvc_ref b)
{
	l->way->flags = (struct hvc_flags){.kind = kind, .a = a, .b = b};
	hvc_flags__number(l->t, &l->way->flags);
}

bool hvc_lift__bit_mask(unsigned n, unsigned imms, unsigned immr, unsigned width, uint64_t *mask)
{
	unsigned combined = n << 6 | (~imms & 63), log = 6, size, levels, ones;
	uint64_t element, all = 0;

	while (log && !(combined >> log & 1))
		log--;
	size = 1u << log;
	levels = size - 1;
	if (!log || size > width || (imms & levels) == levels)
		return false;
	ones = (imms & levels) + 1;
	element = hvc_bv__mask(ones);
	immr &= levels;
	if (immr)
		element = (element >> immr | element << (size - immr)) & hvc_bv__mask(size);
	for (unsigned at = 0; at < width; at += size)
		all |= element << at;
	*mask = all;
	return true;
}

hvc_ref hvc_lift__shift(struct hvc_lift *l, hvc_ref a, unsigned type, hvc_ref by)
{
	switch (type) {
	case 0:
		return hvc_bv__shl(l->t, a, by);
	case 1:
		return hvc_bv__lshr(l->t, a, by);
	case 2:
		return hvc_bv__ashr(l->t, a, by);
	default:
		return hvc_bv__ror(l->t, a, by);
	}
}

hvc_ref hvc_lift__extend(struct hvc_lift *l, unsigned m, unsigned option, unsigned shift,
                         unsigned width)
{
	unsigned bits = 8u << (option & 3);
	hvc_ref a = hvc_lift__x(l, m, 64);

	if (bits > width)
		bits = width;
	a = hvc_bv__extract(l->t, a, bits - 1, 0);
	a = option & 4 ? hvc_bv__sext(l->t, a, width) : hvc_bv__zext(l->t, a, width);
	return hvc_bv__shl(l->t, a, hvc_lift__num(l, width, shift));
}
