/* SPDX-License-Identifier: MIT */
#include "symbolic/set.h"

#include "base/number.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/** A condition on the low bits of a narrow term is one on all of it, if that is not too long. */
#define WIDEN_MAX 64u

static struct hvc_set *make(struct hvc_bvs *terms, unsigned width, size_t most)
{
	struct hvc_set *set = NULL;

	if (most <= 2 * HVC_SET_RANGES)
		set = hvc_bv__take(terms, sizeof *set + most * sizeof *set->range);
	if (set)
		set->width = width;
	return set;
}

/* Ranges are added in ascending order of lo. */
static void add(struct hvc_set *set, uint64_t lo, uint64_t hi)
{
	struct hvc_range *last = set->count ? &set->range[set->count - 1] : NULL;

	if (last && (lo <= last->hi || lo == last->hi + 1)) {
		if (hi > last->hi)
			last->hi = hi;
		return;
	}
	set->range[set->count++] = (struct hvc_range){lo, hi};
}

static const struct hvc_set *checked(const struct hvc_set *set)
{
	return set && set->count <= HVC_SET_RANGES ? set : NULL;
}

const struct hvc_set *hvc_set__range(struct hvc_bvs *terms, unsigned width, uint64_t lo,
                                     uint64_t hi)
{
	struct hvc_set *set = make(terms, width, 2);

	lo &= hvc_bv__mask(width);
	hi &= hvc_bv__mask(width);
	if (!set)
		return NULL;
	if (lo > hi)
		add(set, 0, hi);
	add(set, lo, lo > hi ? hvc_bv__mask(width) : hi);
	return set;
}

const struct hvc_set *hvc_set__spread(struct hvc_bvs *terms, const struct hvc_set *a,
                                      unsigned width, unsigned low, unsigned above)
{
	struct hvc_set *set = make(terms, width, a->count << above);
	const unsigned top = low + a->width;

	for (uint64_t high = 0; set && high < UINT64_C(1) << above; high++)
		for (size_t i = 0; i < a->count; i++) {
			uint64_t base = top < 64 ? high << top : 0;

			/* With free bits below them, values are one range only when they are all.
			 */
			add(set, base | a->range[i].lo << low,
			    base | a->range[i].hi << low | hvc_bv__mask(low));
		}
	return set ? checked(set) : NULL;
}

const struct hvc_set *hvc_set__not(struct hvc_bvs *terms, const struct hvc_set *a)
{
	struct hvc_set *set = a ? make(terms, a->width, a->count + 1) : NULL;
	uint64_t from = 0;

	if (!set)
		return NULL;
	for (size_t i = 0; i < a->count; i++) {
		if (a->range[i].lo > from)
			add(set, from, a->range[i].lo - 1);
		from = a->range[i].hi + 1;
		if (a->range[i].hi == hvc_bv__mask(a->width))
			return checked(set);
	}
	add(set, from, hvc_bv__mask(a->width));
	return checked(set);
}

const struct hvc_set *hvc_set__and(struct hvc_bvs *terms, const struct hvc_set *a,
                                   const struct hvc_set *b)
{
	struct hvc_set *set = a && b ? make(terms, a->width, a->count + b->count) : NULL;

	if (!set)
		return NULL;
	for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
		const struct hvc_range *x = &a->range[i], *y = &b->range[j];
		uint64_t lo = x->lo > y->lo ? x->lo : y->lo, hi = x->hi < y->hi ? x->hi : y->hi;

		if (lo <= hi)
			set->range[set->count++] = (struct hvc_range){lo, hi};
		if (x->hi < y->hi)
			i++;
		else
			j++;
	}
	return checked(set);
}

const struct hvc_set *hvc_set__or(struct hvc_bvs *terms, const struct hvc_set *a,
                                  const struct hvc_set *b)
{
	return hvc_set__not(terms,
	                    hvc_set__and(terms, hvc_set__not(terms, a), hvc_set__not(terms, b)));
}

const struct hvc_set *hvc_set__none(struct hvc_bvs *terms, unsigned width)
{
	return hvc_set__not(terms, hvc_set__range(terms, width, 0, hvc_bv__mask(width)));
}

const struct hvc_set *hvc_set__imms(struct hvc_bvs *terms,
                                    bool (*has)(const void *ctx, unsigned imm), const void *ctx)
{
	const struct hvc_set *set = hvc_set__none(terms, 16);

	for (unsigned lo = 0, hi; set && lo <= UINT16_MAX; lo = hi + 1) {
		bool in = has(ctx, lo);

		for (hi = lo; hi < UINT16_MAX && has(ctx, hi + 1) == in;)
			hi++;
		if (in)
			set = hvc_set__or(terms, set, hvc_set__range(terms, 16, lo, hi));
	}
	return set;
}

bool hvc_set__same(const struct hvc_set *a, const struct hvc_set *b)
{
	return a->count == b->count && !memcmp(a->range, b->range, a->count * sizeof *a->range);
}

bool hvc_set__has(const struct hvc_set *set, uint64_t value)
{
	for (size_t i = 0; i < set->count; i++)
		if (value >= set->range[i].lo && value <= set->range[i].hi)
			return true;
	return false;
}

uint64_t hvc_set__size(const struct hvc_set *set)
{
	uint64_t size = 0;

	for (size_t i = 0; i < set->count; i++) {
		uint64_t more = set->range[i].hi - set->range[i].lo;

		if (more == UINT64_MAX || size + more + 1 < size)
			return UINT64_MAX;
		size += more + 1;
	}
	return size;
}

/* Of bits high..low of a term, those down to bit 0: each value stands for a range of them. */
static const struct hvc_set *scale(struct hvc_bvs *terms, const struct hvc_set *a, unsigned shift)
{
	struct hvc_set *set = make(terms, a->width + shift, a->count);

	for (size_t i = 0; set && i < a->count; i++)
		add(set, a->range[i].lo << shift, a->range[i].hi << shift | hvc_bv__mask(shift));
	return set;
}

/* Of the low bits of a term, all of it: the set again for each value of the upper bits. */
static const struct hvc_set *repeat(struct hvc_bvs *terms, const struct hvc_set *a, unsigned width)
{
	size_t times = (size_t)1 << (width - a->width);
	struct hvc_set *set = make(terms, width, times * a->count);

	for (size_t n = 0; set && n < times; n++)
		for (size_t i = 0; i < a->count; i++)
			add(set, n << a->width | a->range[i].lo, n << a->width | a->range[i].hi);
	return set;
}

/* The widest key that says the same. */
static bool normalise(struct hvc_bvs *terms, struct hvc_member *m)
{
	while (m->set && m->key->op == HVC_OP_EXTRACT) {
		hvc_ref from = m->key->arg[0];
		unsigned low = (unsigned)m->key->value, high = low + m->key->width - 1, more;

		if (low) {
			m->set = scale(terms, m->set, low);
			m->key = hvc_bv__extract(terms, from, high, 0);
			continue;
		}
		more = from->width - m->key->width;
		if (more > 6 || m->set->count << more > WIDEN_MAX)
			break;
		m->set = repeat(terms, m->set, from->width);
		m->key = from;
	}
	return m->set != NULL;
}

static bool compared(struct hvc_bvs *terms, hvc_ref a, struct hvc_member *out)
{
	hvc_ref x = a->arg[0], y = a->arg[1];
	uint64_t least = a->op == HVC_OP_SLT ? UINT64_C(1) << (x->width - 1) : 0, lo, hi;
	unsigned width = x->width;

	if (a->op == HVC_OP_EQ && hvc_bv__const(y)) {
		out->key = x;
		lo = hi = y->value;
	} else if (a->op != HVC_OP_EQ && hvc_bv__const(y)) {
		out->key = x;
		lo = least;
		hi = y->value - 1;
	} else if (a->op != HVC_OP_EQ && hvc_bv__const(x)) {
		out->key = y;
		lo = x->value + 1;
		hi = least - 1;
	} else {
		return false;
	}
	if (out->key->op == HVC_OP_ADD && hvc_bv__const(out->key->arg[1])) {
		lo -= out->key->arg[1]->value;
		hi -= out->key->arg[1]->value;
		out->key = out->key->arg[0];
	}
	/* Less than the least and more than the most is nothing: a range would wrap, and be all. */
	if (a->op != HVC_OP_EQ && !((lo - hi - 1) & hvc_bv__mask(width)))
		out->set = hvc_set__none(terms, width);
	else
		out->set = hvc_set__range(terms, width, lo, hi);
	return normalise(terms, out);
}

static bool of(struct hvc_bvs *terms, hvc_ref a, struct hvc_member *out, unsigned depth);

static bool combined(struct hvc_bvs *terms, hvc_ref a, struct hvc_member *out, unsigned depth)
{
	struct hvc_member m[3] = {{0}};

	for (unsigned i = 0; i < a->args; i++) {
		if (!of(terms, a->arg[i], &m[i], depth + 1))
			return false;
		if (m[i].key != m[0].key)
			return false;
	}
	out->key = m[0].key;
	if (a->op == HVC_OP_ITE)
		out->set =
		        hvc_set__or(terms, hvc_set__and(terms, m[0].set, m[1].set),
		                    hvc_set__and(terms, hvc_set__not(terms, m[0].set), m[2].set));
	else if (a->op == HVC_OP_AND)
		out->set = hvc_set__and(terms, m[0].set, m[1].set);
	else
		out->set = hvc_set__or(terms, m[0].set, m[1].set);
	return out->set != NULL;
}

static bool of(struct hvc_bvs *terms, hvc_ref a, struct hvc_member *out, unsigned depth)
{
	if (a->width != 1 || depth > 512)
		return false;
	switch (a->op) {
	case HVC_OP_EQ:
	case HVC_OP_ULT:
	case HVC_OP_SLT:
		return compared(terms, a, out);
	case HVC_OP_NOT:
		if (!of(terms, a->arg[0], out, depth + 1))
			return false;
		out->set = hvc_set__not(terms, out->set);
		return out->set != NULL;
	case HVC_OP_AND:
	case HVC_OP_OR:
	case HVC_OP_ITE:
		return combined(terms, a, out, depth);
	case HVC_OP_EXTRACT:
	case HVC_OP_INPUT:
		out->key = a;
		out->set = hvc_set__range(terms, 1, 1, 1);
		return normalise(terms, out);
	default:
		return false;
	}
}

bool hvc_set__of(struct hvc_bvs *terms, hvc_ref condition, struct hvc_member *out)
{
	return of(terms, condition, out, 0);
}

hvc_ref hvc_set__term(struct hvc_bvs *terms, const struct hvc_member *member)
{
	hvc_ref any = hvc_bv__num(terms, 1, 0), key = member->key;

	for (size_t i = 0; i < member->set->count; i++) {
		hvc_ref lo = hvc_bv__num(terms, key->width, member->set->range[i].lo);
		hvc_ref hi = hvc_bv__num(terms, key->width, member->set->range[i].hi), in;

		in = lo == hi ? hvc_bv__eq(terms, key, lo)
		              : hvc_bv__and(terms, hvc_bv__not(terms, hvc_bv__ult(terms, key, lo)),
		                            hvc_bv__not(terms, hvc_bv__ult(terms, hi, key)));
		any = hvc_bv__or(terms, any, in);
	}
	return any;
}

void hvc_text__put(struct hvc_text *text, const char *format, ...)
{
	va_list args;
	int n;

	if (text->length >= text->size)
		return;
	va_start(args, format);
	n = vsnprintf(text->at + text->length, text->size - text->length, format, args);
	va_end(args);
	if (n > 0)
		text->length += (size_t)n;
	if (text->length >= text->size)
		text->length = text->size - 1;
}

static void put_number(struct hvc_text *text, uint64_t value)
{
	char number[HVC_U64_SIZE];

	hvc_text__put(text, "%s", hvc_u64_bound(value, number));
}

/* The half of a general register that has a name of its own. */
static bool is_word(struct hvc_bvs *terms, hvc_ref key)
{
	const struct hvc_input *input = hvc_bv__input_of(terms, key->arg[0]);

	return key->width == 32 && input && input->name[0] == 'x';
}

/* The uppermost bit alone decides: "x0 & 0x20 != 0". */
static bool put_bit(struct hvc_bvs *terms, const struct hvc_member *m, struct hvc_text *text)
{
	uint64_t top = UINT64_C(1) << (m->set->width - 1);
	bool is = m->set->count == 1 && m->set->range[0].lo == top;
	hvc_ref from = m->key->op == HVC_OP_EXTRACT ? m->key->arg[0] : NULL;
	char name[256];

	if (!from || is_word(terms, m->key) || m->set->count != 1 ||
	    (m->set->range[0].lo != top && m->set->range[0].lo != 0) ||
	    m->set->range[0].hi != (is ? 2 * top - 1 : top - 1))
		return false;
	hvc_bv__print(terms, hvc_bv__and(terms, from, hvc_bv__num(terms, from->width, top)), name,
	              sizeof name);
	hvc_text__put(text, "%s%s", name, is ? " != 0" : " = 0");
	return true;
}

static void put_ranges(struct hvc_text *text, const struct hvc_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		hvc_text__put(text, i ? ", " : "");
		put_number(text, set->range[i].lo);
		if (set->range[i].lo != set->range[i].hi) {
			hvc_text__put(text, "-");
			put_number(text, set->range[i].hi);
		}
	}
}

void hvc_set__print(struct hvc_bvs *terms, const struct hvc_member *member, char *text, size_t size)
{
	const struct hvc_set *set = member->set, *rest = hvc_set__not(terms, set);
	struct hvc_text out = {text, size, 0};
	char name[512];
	uint64_t most = hvc_bv__mask(set->width);

	if (!size)
		return;
	text[0] = '\0';
	if (put_bit(terms, member, &out))
		return;
	hvc_bv__print(terms, member->key, name, sizeof name);
	hvc_text__put(&out, "%s ", name);
	if (!set->count || !rest || !rest->count) {
		hvc_text__put(&out, set->count ? "is anything" : "is nothing");
	} else if (set->count == 1 && set->range[0].lo == set->range[0].hi) {
		hvc_text__put(&out, "= ");
		put_ranges(&out, set);
	} else if (rest->count == 1 && rest->range[0].lo == rest->range[0].hi) {
		hvc_text__put(&out, "!= ");
		put_ranges(&out, rest);
	} else if (set->count == 1 && (set->range[0].lo == 0 || set->range[0].hi == most)) {
		hvc_text__put(&out, set->range[0].lo ? ">= " : "<= ");
		put_number(&out, set->range[0].lo ? set->range[0].lo : set->range[0].hi);
	} else {
		hvc_text__put(&out, rest->count < set->count ? "not in " : "in ");
		put_ranges(&out, rest->count < set->count ? rest : set);
	}
}
