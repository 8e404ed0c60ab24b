/* SPDX-License-Identifier: MIT */
/*
 * Code that decides by fields says several things of one register: its bit 30 is 1, bits 24 to 29
 * are 4, the lower half is one of these. Where that is a few ranges of one number, people want
 * these.
 */
#include "engine/exact_trial.h"

#include <string.h>

/** Ranges that one set is taken apart into. */
#define PIECES_MAX 256u

static unsigned top_of(const struct hvc_member *m)
{
	unsigned low;

	(void)hvc_bv__root(m->key, &low);
	return low + m->key->width;
}

static unsigned bits_of(uint64_t value)
{
	unsigned bits = 0;

	for (; value; value >>= 1)
		bits++;
	return bits;
}

/*
 * The numbers of `width` bits, of which those from `used` on are 0, that have the member's bits.
 * NULL: too many ranges, or no memory.
 */
static const struct hvc_set *spread(struct hvc_bvs *terms, const struct hvc_member *m,
                                    unsigned width, unsigned used)
{
	unsigned low, top = top_of(m), above;
	const struct hvc_set *all = NULL, *one;

	(void)hvc_bv__root(m->key, &low);
	above = used > top ? used - top : 0;
	if (above > 8 || m->set->count << above > PIECES_MAX)
		return NULL;
	for (uint64_t high = 0; high < UINT64_C(1) << above; high++)
		for (size_t i = 0; i < m->set->count; i++) {
			uint64_t base = top < 64 ? high << top : 0;

			/* With free bits below them, values are one range only when they are all.
			 */
			one = hvc_set__range(terms, width, base | m->set->range[i].lo << low,
			                     base | m->set->range[i].hi << low |
			                             hvc_bv__mask(low) * (low != 0));
			all = one && all ? hvc_set__or(terms, all, one) : one;
			if (!all)
				return NULL;
		}
	return all;
}

/* Of all members that are bits of the same: how wide a number has them all. */
static unsigned width_of(const struct hvc_row_case *c, hvc_ref root, size_t *members)
{
	unsigned low, top = 0;

	*members = 0;
	for (size_t i = 0; i < c->members; i++)
		if (hvc_bv__root(c->member[i].key, &low) == root) {
			top = top_of(&c->member[i]) > top ? top_of(&c->member[i]) : top;
			++*members;
		}
	return top <= 32 && root->width > 32 ? 32 : root->width;
}

/* What is said of all of the number; `otherwise` where nothing is. */
static size_t find_whole(const struct hvc_row_case *c, hvc_ref root, unsigned width,
                         size_t otherwise)
{
	unsigned low;

	for (size_t i = 0; i < c->members; i++)
		if (hvc_bv__root(c->member[i].key, &low) == root && !low &&
		    c->member[i].key->width == width)
			return i;
	return otherwise;
}

static void drop(struct hvc_row_case *c, size_t at)
{
	c->members--;
	memmove(c->member + at, c->member + at + 1, (c->members - at) * sizeof *c->member);
}

/* Make one member of those that can be one with that at `at`. */
static void gather(struct hvc_bvs *terms, struct hvc_row_case *c, size_t at)
{
	unsigned low, width, used;
	hvc_ref root = hvc_bv__root(c->member[at].key, &low);
	const struct hvc_set *all, *one, *both;
	size_t members;

	width = width_of(c, root, &members);
	if (members < 2)
		return;
	at = find_whole(c, root, width, at);
	all = spread(terms, &c->member[at], width, width);
	for (size_t i = 0; all && i < c->members; i++) {
		if (i == at || hvc_bv__root(c->member[i].key, &low) != root)
			continue;
		used = all->count ? bits_of(all->range[all->count - 1].hi) : 0;
		one = spread(terms, &c->member[i], width, used);
		both = one ? hvc_set__and(terms, all, one) : NULL;
		if (!both || !both->count || both->count > all->count + c->member[i].set->count)
			continue;
		all = both;
		c->member[at] =
		        (struct hvc_member){hvc_bv__extract(terms, root, width - 1, 0), all};
		drop(c, i);
		at -= i < at;
		i--;
	}
}

void hvc_row__tidy(struct hvc_bvs *terms, struct hvc_row_case *c)
{
	for (size_t i = 0; i < c->members; i++)
		gather(terms, c, i);
}
