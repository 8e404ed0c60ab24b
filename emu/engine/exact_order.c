/* SPDX-License-Identifier: MIT */
/* In which order rows are told: by the immediate, then by registers, what is rare before the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/exact_trial.h"

/** A condition that is longer than this is told as "anything else" where it is the widest. */
#define LONG 40u

/* imm first, then x0..x30, then what is not of the call. */
static uint64_t rank(hvc_ref key)
{
	uint64_t imm = UINT64_C(1) << HVC_GPR_COUNT;
	unsigned first = 0;

	if (key->uses & imm)
		return 0;
	while (first < 64 && !(key->uses >> first & 1))
		first++;
	return (uint64_t)(first + 1) << 32 | key->id;
}

static int by_rank(const void *a, const void *b)
{
	uint64_t x = rank(((const struct hvc_member *)a)->key);
	uint64_t y = rank(((const struct hvc_member *)b)->key);

	return (x > y) - (x < y);
}

static bool is_broad(const struct hvc_set *set)
{
	return hvc_set__size(set) > hvc_bv__mask(set->width) / 2;
}

static int compare_sets(const struct hvc_set *a, const struct hvc_set *b)
{
	bool broad_a = !a || is_broad(a), broad_b = !b || is_broad(b);

	if (broad_a != broad_b)
		return broad_a ? 1 : -1;
	if (!a || !b || !a->count || !b->count)
		return (a == NULL) - (b == NULL);
	if (a->range[0].lo != b->range[0].lo)
		return a->range[0].lo < b->range[0].lo ? -1 : 1;
	return 0;
}

static int compare_cases(const struct hvc_row_case *a, const struct hvc_row_case *b)
{
	size_t i = 0, j = 0;

	while (i < a->members || j < b->members) {
		const struct hvc_member *x = i < a->members ? &a->member[i] : NULL;
		const struct hvc_member *y = j < b->members ? &b->member[j] : NULL;
		int order;

		if (x && y && x->key != y->key) {
			if (rank(x->key) < rank(y->key))
				y = NULL;
			else
				x = NULL;
		}
		order = compare_sets(x ? x->set : NULL, y ? y->set : NULL);
		if (order)
			return order;
		i += x != NULL;
		j += y != NULL;
	}
	return 0;
}

static int by_case(const void *a, const void *b)
{
	return compare_cases(a, b);
}

static int by_row(const void *a, const void *b)
{
	const struct hvc_row *x = a, *y = b;
	int order;

	if (x->rest != y->rest)
		return x->rest ? 1 : -1;
	order = x->cases && y->cases ? compare_cases(&x->case_[0], &y->case_[0]) : 0;
	return order ? order : (x->path[0] > y->path[0]) - (x->path[0] < y->path[0]);
}

/* What part of all calls it is, about. */
static double share(const struct hvc_row *row)
{
	double all = 0;

	for (unsigned i = 0; i < row->cases; i++) {
		const struct hvc_row_case *c = &row->case_[i];
		double one = 1;

		for (size_t j = 0; j < c->members; j++)
			one *= ((double)hvc_set__size(c->member[j].set) + 1) /
			       ((double)hvc_bv__mask(c->member[j].set->width) + 1);
		for (size_t j = 0; j < c->rests; j++)
			one /= 2;
		all += one;
	}
	return all;
}

/* The widest one, when what it says is long: what is left is said by the others. */
static void find_rest(struct hvc_exact *exact, struct hvc_exact_part *part)
{
	struct hvc_row *widest = NULL;
	char text[LONG + 2];

	if (part->rows < 2)
		return;
	for (unsigned i = 0; i < part->rows; i++)
		if (!widest || share(&part->row[i]) > share(widest))
			widest = &part->row[i];
	hvc_exact__print_condition(exact, widest, text, sizeof text);
	widest->rest = strlen(text) > LONG;
}

void hvc_exact__order(struct hvc_exact *exact, struct hvc_exact_part *part)
{
	for (unsigned i = 0; i < part->rows; i++) {
		struct hvc_row *row = &part->row[i];

		row->rest = false;
		for (unsigned j = 0; j < row->cases; j++)
			qsort(row->case_[j].member, row->case_[j].members,
			      sizeof *row->case_[j].member, by_rank);
		qsort(row->case_, row->cases, sizeof *row->case_, by_case);
	}
	find_rest(exact, part);
	qsort(part->row, part->rows, sizeof *part->row, by_row);
}
