/* SPDX-License-Identifier: MIT */
/*
 * Two paths do the same when every register and store of one has the value of the other, or has
 * it where the other's condition holds: "x0 := 0" and "x0 is kept" are the same where x0 = 0.
 */
#include "engine/exact_trial.h"

#include <stdlib.h>
#include <string.h>

static void free_case(struct hvc_row_case *c)
{
	free(c->member);
	free(c->rest);
}

void hvc_row__free(struct hvc_row *row)
{
	for (unsigned i = 0; i < row->cases; i++)
		free_case(&row->case_[i]);
	free(row->case_);
	free(row->effect);
	free(row->store);
	free(row->path);
}

static bool is_all(const struct hvc_set *set)
{
	return set->count == 1 && set->range[0].lo == 0 &&
	       set->range[0].hi == hvc_bv__mask(set->width);
}

static struct hvc_member *find(const struct hvc_row_case *c, hvc_ref key)
{
	for (size_t i = 0; i < c->members; i++)
		if (c->member[i].key == key)
			return &c->member[i];
	return NULL;
}

/* The keys in which they differ, up to two: what only one speaks of is anything in the other. */
static unsigned differ(const struct hvc_row_case *a, const struct hvc_row_case *b, hvc_ref *key)
{
	unsigned count = 0;

	for (size_t i = 0; i < a->members && count < 2; i++) {
		const struct hvc_member *m = find(b, a->member[i].key);

		if (m && hvc_set__same(m->set, a->member[i].set))
			continue;
		*key = a->member[i].key;
		count++;
	}
	for (size_t i = 0; i < b->members && count < 2; i++)
		if (!find(a, b->member[i].key)) {
			*key = b->member[i].key;
			count++;
		}
	return count;
}

static bool same_rests(const struct hvc_row_case *a, const struct hvc_row_case *b)
{
	return a->rests == b->rests &&
	       (!a->rests || !memcmp(a->rest, b->rest, a->rests * sizeof(hvc_ref)));
}

static void drop_member(struct hvc_row_case *c, struct hvc_member *m)
{
	size_t at = (size_t)(m - c->member);

	c->members--;
	memmove(m, m + 1, (c->members - at) * sizeof *m);
}

/* Make a what holds where either does, when that is one case. */
static bool unite(struct hvc_exact *exact, struct hvc_row_case *a, const struct hvc_row_case *b)
{
	struct hvc_member *mine, *other;
	const struct hvc_set *both;
	hvc_ref key = NULL;

	if (!same_rests(a, b) || differ(a, b, &key) > 1)
		return false;
	if (!key)
		return true;
	mine = find(a, key);
	other = find(b, key);
	if (!mine || !other) {
		if (mine)
			drop_member(a, mine);
		return true;
	}
	both = hvc_set__or(exact->terms, mine->set, other->set);
	if (!both)
		return false;
	mine->set = both;
	if (is_all(both))
		drop_member(a, mine);
	return true;
}

/* Add a case to a row's, joined with those that differ from it in one set. Takes it over. */
static bool add_case(struct hvc_exact *exact, struct hvc_row *row, struct hvc_row_case *c)
{
	struct hvc_row_case add = *c;
	struct hvc_row_case *grown;

	for (unsigned i = 0; i < row->cases;) {
		if (!unite(exact, &add, &row->case_[i])) {
			i++;
			continue;
		}
		/* What it has become may be joined with others now. */
		free_case(&row->case_[i]);
		row->case_[i] = row->case_[--row->cases];
		i = 0;
	}
	grown = realloc(row->case_, (row->cases + 1) * sizeof *grown);
	if (!grown) {
		free_case(&add);
		return false;
	}
	row->case_ = grown;
	row->case_[row->cases++] = add;
	return true;
}

static hvc_ref value_of(const struct hvc_exact_part *part, const struct hvc_row *row,
                        const struct hvc_row_effect *effect)
{
	for (unsigned i = 0; i < row->effects; i++)
		if (row->effect[i].name == effect->name)
			return row->effect[i].value;
	return effect->reg == HVC_REG_NONE ? NULL : part->symbolic->before[effect->reg];
}

/* As it is on the row's own, single path. */
static hvc_ref under(const struct hvc_exact_part *part, const struct hvc_row *row, hvc_ref a)
{
	struct hvc_sympath *path = &part->symbolic->path[row->path[0]];

	return hvc_facts__apply(&part->symbolic->scene, &path->way->facts, a);
}

/* On one call that takes the row's path they have to be the same at least. */
static bool may_agree(const struct hvc_exact_part *part, const struct hvc_row *row, hvc_ref a,
                      hvc_ref b)
{
	struct hvc_bvs *terms = part->symbolic->scene.terms;
	const struct hvc_facts *facts = &part->symbolic->path[row->path[0]].way->facts;
	const struct hvc_model model = hvc_facts__model(facts);

	return facts->guess || hvc_bv__eval(terms, a, &model) == hvc_bv__eval(terms, b, &model);
}

/** Parts of a value that people would rather read twice than once. */
#define PARTS_MAX 48u

/* How many parts a value has, but for what is more than that. */
static unsigned parts_of(hvc_ref a, unsigned most)
{
	unsigned parts = 1;

	for (unsigned i = 0; i < a->args && parts < most; i++)
		parts += parts_of(a->arg[i], most - parts);
	return parts;
}

/* Are two values the same where the second row, which is of one path, is met? */
static bool agree(const struct hvc_exact_part *part, const struct hvc_row *row, hvc_ref a,
                  hvc_ref b)
{
	if (!a || !b || (hvc_bv__const(a) && hvc_bv__const(b)))
		return a == b;
	if (a == b)
		return true;
	if ((parts_of(a, PARTS_MAX) == PARTS_MAX) != (parts_of(b, PARTS_MAX) == PARTS_MAX))
		return false;
	return may_agree(part, row, a, b) && under(part, row, a) == under(part, row, b);
}

/* Does the row say right what happens on the path of the other? */
static bool speaks_for(const struct hvc_exact_part *part, const struct hvc_row *row,
                       const struct hvc_row *other)
{
	if (row->kind != other->kind || row->level != other->level || row->ec != other->ec ||
	    row->known != other->known || row->why != other->why ||
	    !agree(part, other, row->target, other->target) ||
	    !agree(part, other, row->far, other->far) || (!row->target && row->pc != other->pc))
		return false;
	/* At a door it is the function that counts: what it is called with may vary. */
	if (row->kind == HVC_OUTCOME_HANDOFF)
		return true;
	if (row->stores != other->stores)
		return false;
	for (unsigned i = 0; i < row->effects; i++)
		if (!agree(part, other, row->effect[i].value,
		           value_of(part, other, &row->effect[i])))
			return false;
	for (unsigned i = 0; i < other->effects; i++)
		if (!agree(part, other, value_of(part, row, &other->effect[i]),
		           other->effect[i].value))
			return false;
	for (unsigned i = 0; i < row->stores; i++)
		if (row->store[i].size != other->store[i].size ||
		    !agree(part, other, row->store[i].address, other->store[i].address) ||
		    !agree(part, other, row->store[i].value, other->store[i].value))
			return false;
	return true;
}

/* What both are called with. */
static void keep_common(const struct hvc_exact_part *part, struct hvc_row *row,
                        const struct hvc_row *other)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < row->effects; i++)
		if (agree(part, other, row->effect[i].value,
		          value_of(part, other, &row->effect[i])))
			row->effect[kept++] = row->effect[i];
	row->effects = kept;
}

/* Take the other over; it is empty then. */
static bool absorb(struct hvc_exact *exact, struct hvc_exact_part *part, struct hvc_row *row,
                   struct hvc_row *other)
{
	unsigned *grown = realloc(row->path, (row->paths + other->paths) * sizeof *grown);
	bool good = grown != NULL;

	if (!good)
		return false;
	row->path = grown;
	memcpy(row->path + row->paths, other->path, other->paths * sizeof *grown);
	row->paths += other->paths;
	row->entered |= other->entered;
	row->condition = hvc_bv__or(exact->terms, row->condition, other->condition);
	if (row->kind == HVC_OUTCOME_HANDOFF)
		keep_common(part, row, other);
	for (unsigned i = 0; i < other->cases; i++)
		good = add_case(exact, row, &other->case_[i]) && good;
	other->cases = 0;
	hvc_row__free(other);
	memset(other, 0, sizeof *other);
	return good;
}

static struct hvc_row *find_row(struct hvc_exact_part *part, unsigned count, struct hvc_row *other)
{
	for (unsigned i = 0; i < count; i++) {
		struct hvc_row *row = &part->row[i], turned;

		if (speaks_for(part, row, other))
			return row;
		if (row->paths > 1 || !speaks_for(part, other, row))
			continue;
		turned = *row;
		*row = *other;
		*other = turned;
		return row;
	}
	return NULL;
}

bool hvc_exact__join(struct hvc_exact *exact, struct hvc_exact_part *part)
{
	unsigned count = 0;

	for (unsigned i = 0; i < part->rows; i++) {
		struct hvc_row *row = find_row(part, count, &part->row[i]);

		if (row) {
			if (!absorb(exact, part, row, &part->row[i]))
				return false;
		} else if (i != count) {
			part->row[count++] = part->row[i];
			memset(&part->row[i], 0, sizeof part->row[i]);
		} else {
			count++;
		}
	}
	part->rows = count;
	return true;
}

/* In which order rows are told: by the immediate, then by registers, what is rare before the rest.
 */

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
