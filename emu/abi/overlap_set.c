/* SPDX-License-Identifier: MIT */
/* Which calls an overlap is: its immediates and its conditions. */
#include <stdlib.h>
#include <string.h>

#include "abi/overlap.h"

/* What two sets of intervals share, to room for a + b of them. */
static unsigned intersect(const struct hvc_interval *a, unsigned as, const struct hvc_interval *b,
                          unsigned bs, struct hvc_interval *out)
{
	unsigned count = 0;

	for (unsigned i = 0, k = 0; i < as && k < bs;) {
		uint64_t lo = a[i].lo > b[k].lo ? a[i].lo : b[k].lo;
		uint64_t hi = a[i].hi < b[k].hi ? a[i].hi : b[k].hi;

		if (lo <= hi)
			out[count++] = (struct hvc_interval){lo, hi};
		if (a[i].hi < b[k].hi)
			i++;
		else
			k++;
	}
	return count;
}

/* Where the intervals of a rule that takes calls away begin and end, to `cut`. */
static unsigned find_cuts(const struct hvc_overlap_work *w, uint64_t *cut)
{
	unsigned cuts = 0;

	for (unsigned i = 0; i < w->minuses; i++)
		for (unsigned k = 0; k < w->minus[i]->literals; k++) {
			const struct hvc_cover_literal *l = &w->minus[i]->literal[k];

			for (unsigned n = 0; l->var == HVC_COVER_IMM && n < l->intervals; n++) {
				cut[cuts++] = l->interval[n].lo;
				cut[cuts++] = l->interval[n].hi + 1;
			}
		}
	return cuts;
}

static unsigned count_cuts(const struct hvc_overlap_work *w)
{
	unsigned cuts = 0;

	for (unsigned i = 0; i < w->minuses; i++)
		for (unsigned k = 0; k < w->minus[i]->literals; k++)
			cuts += 2 * w->minus[i]->literal[k].intervals;
	return cuts;
}

static int compare_values(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Does some call of the held pair with an immediate of this interval stay with it? */
static bool is_kept(struct hvc_overlap_work *w, const struct hvc_interval *imm)
{
	const struct hvc_cover_literal literal = {
	        .var = HVC_COVER_IMM, .mask = UINT64_MAX, .interval = imm, .intervals = 1};
	struct hvc_cover_search *s = &w->search;
	struct hvc_cover_point point;
	unsigned held = s->helds;
	bool kept = hvc_cover__hold(s, &literal, false) &&
	            hvc_cover__find_outside(s, w->minus, w->minuses, &point);

	s->helds = held;
	return kept;
}

/* Add an interval above those there are, joined to the last where they touch. */
static void append(struct hvc_interval *interval, unsigned *count, struct hvc_interval next)
{
	if (*count && interval[*count - 1].hi + 1 == next.lo)
		interval[*count - 1].hi = next.hi;
	else
		interval[(*count)++] = next;
}

/* Between two cuts all immediates are alike to every rule. */
bool hvc_overlap__find_imms(struct hvc_overlap_work *w, const struct hvc_rule *const rule[2],
                            struct hvc_overlap *out)
{
	unsigned most = rule[0]->imms + rule[1]->imms, cuts = count_cuts(w), kept = 0, both;
	struct hvc_interval *all = hvc_arena__take(&w->arena, most * sizeof *all), *imm;
	uint64_t *cut = hvc_arena__take(&w->arena, (cuts + 1) * sizeof *cut);

	imm = hvc_arena__take(&w->arena, (most + cuts) * sizeof *imm);
	if (!all || !cut || !imm)
		return false;
	both = intersect(rule[0]->imm, rule[0]->imms, rule[1]->imm, rule[1]->imms, all);
	cuts = find_cuts(w, cut);
	qsort(cut, cuts, sizeof *cut, compare_values);
	for (unsigned i = 0, k = 0; i < both; i++) {
		struct hvc_interval rest = all[i];

		while (rest.lo <= all[i].hi) {
			while (k < cuts && cut[k] <= rest.lo)
				k++;
			rest.hi = k < cuts && cut[k] <= all[i].hi ? cut[k] - 1 : all[i].hi;
			if (!w->minuses || is_kept(w, &rest))
				append(imm, &kept, rest);
			rest.lo = rest.hi + 1;
		}
	}
	out->imm = imm;
	out->imms = kept;
	return true;
}

bool hvc_overlap__is_partly(struct hvc_overlap_work *w, const struct hvc_overlap *overlap)
{
	const struct hvc_cover_literal literal = {.var = HVC_COVER_IMM,
	                                          .mask = UINT64_MAX,
	                                          .interval = overlap->imm,
	                                          .intervals = overlap->imms};
	struct hvc_cover_search *s = &w->search;
	unsigned held = s->helds;
	bool partly = false;

	for (unsigned i = 0; i < w->minuses && !partly; i++) {
		partly = hvc_cover__hold(s, &literal, false) && hvc_cover__hold_box(s, w->minus[i]);
		s->helds = held;
	}
	return partly;
}

static struct hvc_cover_literal literal_of(const struct hvc_condition *c)
{
	return (struct hvc_cover_literal){.var = HVC_COVER_X0 + c->reg,
	                                  .mask = c->mask,
	                                  .interval = c->interval,
	                                  .intervals = c->intervals};
}

/* Does condition i follow from the others? */
static bool is_implied(struct hvc_overlap_work *w, const struct hvc_condition *condition,
                       unsigned count, unsigned i)
{
	struct hvc_cover_search *s = &w->search;
	unsigned held = s->helds;
	uint64_t value;
	bool implied = false;

	s->helds = 0;
	for (unsigned k = 0; k < count; k++) {
		const struct hvc_cover_literal literal = literal_of(&condition[k]);

		if (condition[k].reg == condition[i].reg && !hvc_cover__hold(s, &literal, k == i))
			break;
	}
	implied = hvc_cover__is_sane(s) &&
	          !hvc_cover__solve(s, HVC_COVER_X0 + condition[i].reg, &value) &&
	          hvc_cover__is_sane(s);
	s->helds = held;
	return implied;
}

static int compare_conditions(const void *a, const void *b)
{
	const struct hvc_condition *x = a, *y = b;

	if (x->reg != y->reg)
		return x->reg < y->reg ? -1 : 1;
	return x->mask > y->mask ? -1 : x->mask < y->mask;
}

/* Add a condition, or narrow the one there is of the same bits. */
static bool add_condition(struct hvc_overlap_work *w, const struct hvc_condition *next,
                          struct hvc_condition *condition, unsigned *count)
{
	struct hvc_interval *shared;

	for (unsigned i = 0; i < *count; i++) {
		struct hvc_condition *c = &condition[i];

		if (c->reg != next->reg || c->mask != next->mask)
			continue;
		shared = hvc_arena__take(&w->arena,
		                         (c->intervals + next->intervals) * sizeof *shared);
		if (!shared)
			return false;
		c->intervals = intersect(c->interval, c->intervals, next->interval, next->intervals,
		                         shared);
		c->interval = shared;
		return true;
	}
	condition[(*count)++] = *next;
	return true;
}

bool hvc_overlap__find_conditions(struct hvc_overlap_work *w, const struct hvc_rule *const rule[2],
                                  struct hvc_overlap *out)
{
	unsigned most = rule[0]->conditions + rule[1]->conditions, count = 0, i = 0;
	struct hvc_condition *condition = hvc_arena__take(&w->arena, most * sizeof *condition);

	if (!condition)
		return false;
	for (unsigned k = 0; k < 2; k++)
		for (unsigned n = 0; n < rule[k]->conditions; n++)
			if (!add_condition(w, &rule[k]->condition[n], condition, &count))
				return false;
	/* The widest comparison comes first, so that it is the one that stays. */
	if (count)
		qsort(condition, count, sizeof *condition, compare_conditions);
	for (i = count; i-- > 0;) {
		if (!is_implied(w, condition, count, i))
			continue;
		memmove(&condition[i], &condition[i + 1], (count - i - 1) * sizeof *condition);
		count--;
	}
	out->condition = condition;
	out->conditions = count;
	return true;
}
