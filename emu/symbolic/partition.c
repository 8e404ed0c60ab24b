/* SPDX-License-Identifier: MIT */
/*
 * Do the conditions of paths exclude each other, and does one always hold? Paths part where an
 * instruction chose, so it is asked of each choice alone: whether its sides exclude each other, and
 * whether they are all there is where it is met; and whether a path holds to its choices, and to
 * nothing else. A choice between something and its opposite, or between sets of one term, needs no
 * solver, and few others are left. Where paths are no such tree all conditions are taken at once.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>

#include "symbolic/symbolic.h"

/* The conditions of paths, as terms and as text. */

hvc_ref hvc_symbolic__condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = symbolic->scene.terms;
	const struct hvc_facts *facts = &path->way->facts;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (size_t i = 0; i < facts->clauses; i++)
		all = hvc_bv__and(t, all, facts->clause[i]);
	return all;
}

void hvc_symbolic__print_condition(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                   char *text, size_t size)
{
	const struct hvc_facts *facts = &path->way->facts;
	struct hvc_text out = {text, size, 0};
	char part[1024];

	if (!size)
		return;
	text[0] = '\0';
	for (size_t i = 0; i < facts->members; i++) {
		hvc_set__print(symbolic->scene.terms, &facts->member[i], part, sizeof part);
		hvc_text__put(&out, "%s%s", out.length ? ", " : "", part);
	}
	for (size_t i = 0; i < facts->rests; i++) {
		hvc_bv__print(symbolic->scene.terms, facts->rest[i], part, sizeof part);
		hvc_text__put(&out, "%s%s", out.length ? ", " : "", part);
	}
	if (!out.length)
		hvc_text__put(&out, "always");
}

static void put_place(struct hvc_text *out, const struct hvc_symbolic *symbolic, uint64_t address)
{
	const char *name;
	uint64_t offset;

	if (symbolic->scene.subject &&
	    hvc_subject_symbol(symbolic->scene.subject, address, &name, &offset))
		hvc_text__put(out, offset ? "%s+0x%" PRIx64 : "%s", name, offset);
	else
		hvc_text__put(out, "0x%" PRIx64, address);
}

void hvc_symbolic__print_end(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                             char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	char target[512];

	if (!size)
		return;
	text[0] = '\0';
	if (path->end != HVC_END_OUTCOME) {
		hvc_text__put(&out, "%s at ", path->why);
		put_place(&out, symbolic, path->pc);
		if (path->end == HVC_END_UNLIFTED) {
			hvc_disasm(path->pc, path->word, target, sizeof target);
			hvc_text__put(&out, ": %s", target);
		}
	} else {
		hvc_text__put(&out, "%s", hvc_outcome_name(path->kind));
		if (path->target && path->kind != HVC_OUTCOME_RETURN &&
		    path->kind != HVC_OUTCOME_RETRY) {
			hvc_bv__print(symbolic->scene.terms, path->target, target, sizeof target);
			hvc_text__put(&out, path->kind == HVC_OUTCOME_FAULT ? " on " : " to ");
			if (hvc_bv__const(path->target))
				put_place(&out, symbolic, path->target->value);
			else
				hvc_text__put(&out, "%s", target);
		}
		if (path->kind == HVC_OUTCOME_JUMP)
			hvc_text__put(&out, " at %s", hvc_level_name(path->level));
		if (path->kind == HVC_OUTCOME_FAULT || path->kind == HVC_OUTCOME_FORWARD) {
			hvc_text__put(&out, " at ");
			put_place(&out, symbolic, path->pc);
		}
	}
	if (path->undecided)
		hvc_text__put(&out, " (not decided whether it can be)");
}

/** Conditions that the solver is asked of at once; their size is the square of that. */
#define AT_ONCE 256u

struct side {
	const struct hvc_choice *choice;
	const struct hvc_sympath *path; /* one that takes it */
};

struct tree {
	struct hvc_symbolic *s;
	struct side
	        *side; /* a hash table by the choice, and in the end a list by where it is met */
	size_t sides, slots;
	bool sound;
	struct hvc_symbolic_proof *out;
};

static enum hvc_answer worse(enum hvc_answer a, enum hvc_answer b)
{
	if (a == HVC_ANSWER_NO || b == HVC_ANSWER_NO)
		return HVC_ANSWER_NO;
	return a == HVC_ANSWER_UNDECIDED ? a : b;
}

/* YES of what can hold is NO of what never does, and the other way round. */
static enum hvc_answer turned(enum hvc_answer answer)
{
	return answer == HVC_ANSWER_YES  ? HVC_ANSWER_NO
	       : answer == HVC_ANSWER_NO ? HVC_ANSWER_YES
	                                 : HVC_ANSWER_UNDECIDED;
}

/* Can none of the calls that get behind a choice, or NULL, meet both? */
static enum hvc_answer never(struct tree *t, const struct hvc_choice *behind, hvc_ref a, hvc_ref b)
{
	struct hvc_solver *solver = t->s->scene.solver;
	uint64_t uses = a->uses | (b ? b->uses : 0), before;
	enum hvc_answer answer;

	do {
		before = uses;
		for (const struct hvc_choice *c = behind; c; c = c->before)
			if (c->condition->uses & uses)
				uses |= c->condition->uses;
	} while (uses != before);
	hvc_solver__push(solver);
	for (const struct hvc_choice *c = behind; c; c = c->before)
		if (c->condition->uses & uses)
			hvc_solver__require(solver, c->condition);
	hvc_solver__require(solver, a);
	if (b)
		hvc_solver__require(solver, b);
	answer = hvc_solver__check(solver);
	hvc_solver__pop(solver);
	return turned(answer);
}

static size_t home_of(const struct tree *t, const struct hvc_choice *choice)
{
	size_t at =
	        (size_t)((uintptr_t)choice / sizeof(void *) * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	for (at &= t->slots - 1; t->side[at].choice && t->side[at].choice != choice;)
		at = (at + 1) & (t->slots - 1);
	return at;
}

/* Does the path hold to exactly the choice's condition behind the choice before it? */
static bool holds_to(struct tree *t, const struct hvc_sympath *path,
                     const struct hvc_choice *choice)
{
	struct hvc_bvs *terms = t->s->scene.terms;
	const struct hvc_facts *facts = &path->way->facts;
	hvc_ref all = hvc_bv__num(terms, 1, 1);

	for (size_t i = choice->before ? choice->before->clauses : 0; i < choice->clauses; i++)
		all = hvc_bv__and(terms, all, facts->clause[i]);
	return all == choice->condition ||
	       never(t, NULL, hvc_bv__xor(terms, all, choice->condition), NULL) == HVC_ANSWER_YES;
}

static bool add_path(struct tree *t, const struct hvc_sympath *path)
{
	const struct hvc_choice *choice = path->way->choice;

	if (path->way->facts.clauses != (choice ? choice->clauses : 0))
		return false;
	for (; choice; choice = choice->before) {
		struct side *side = &t->side[home_of(t, choice)];

		if (side->choice)
			return true; /* and those before it */
		*side = (struct side){choice, path};
		t->sides++;
		if (!holds_to(t, path, choice))
			return false;
	}
	return true;
}

/* Paths end where no other goes on. */
static bool ends_apart(struct tree *t)
{
	for (unsigned i = 0; i < t->s->paths; i++) {
		const struct hvc_choice *choice = t->s->path[i].way->choice;

		if (!choice)
			return t->s->paths == 1;
		if (t->side[home_of(t, choice)].path != &t->s->path[i])
			return false;
	}
	for (size_t i = 0; i < t->slots; i++) {
		const struct hvc_choice *before =
		        t->side[i].choice ? t->side[i].choice->before : NULL;

		if (before && t->side[home_of(t, before)].path->way->choice == before)
			return false;
	}
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct side *x = a, *y = b;
	uintptr_t p = x->choice ? (uintptr_t)x->choice->before : UINTPTR_MAX;
	uintptr_t q = y->choice ? (uintptr_t)y->choice->before : UINTPTR_MAX;

	return (p > q) - (p < q);
}

/* By sets of one term: does that settle it? */
static bool by_sets(struct tree *t, const struct side *side, size_t count)
{
	struct hvc_bvs *terms = t->s->scene.terms;
	const struct hvc_set *all = NULL;
	struct hvc_member first, m;

	for (size_t i = 0; i < count; i++) {
		if (!hvc_set__of(terms, side[i].choice->condition, &m))
			return false;
		if (!i) {
			first = m;
			all = m.set;
			continue;
		}
		if (m.key != first.key || m.set->width != first.set->width)
			return false;
		const struct hvc_set *both = hvc_set__and(terms, all, m.set);

		all = hvc_set__or(terms, all, m.set);
		if (!both || both->count || !all)
			return false;
	}
	return all && all->count == 1 && all->range[0].lo == 0 &&
	       all->range[0].hi == hvc_bv__mask(all->width);
}

/* The sides of one choice. */
static void judge(struct tree *t, const struct side *side, size_t count)
{
	struct hvc_bvs *terms = t->s->scene.terms;
	const struct hvc_choice *behind = side->choice->before;
	hvc_ref any = side->choice->condition;

	if ((count == 2 && any == hvc_bv__not(terms, side[1].choice->condition)) ||
	    by_sets(t, side, count))
		return;
	for (size_t i = 1; i < count; i++) {
		t->out->disjoint =
		        worse(t->out->disjoint, never(t, behind, side[i].choice->condition, any));
		any = hvc_bv__or(terms, any, side[i].choice->condition);
	}
	t->out->total = worse(t->out->total, never(t, behind, hvc_bv__not(terms, any), NULL));
}

/* False: paths are no tree of choices, or memory ran out. */
static bool by_choices(struct tree *t)
{
	size_t choices = 0;

	for (unsigned i = 0; i < t->s->paths; i++)
		choices += t->s->path[i].way->choice ? t->s->path[i].way->choice->number : 0;
	for (t->slots = 16; t->slots < 2 * choices && t->slots < (size_t)1 << 20;)
		t->slots *= 2;
	t->side = calloc(t->slots, sizeof *t->side);
	if (!t->side)
		return false;
	for (unsigned i = 0; i < t->s->paths; i++)
		if (!add_path(t, &t->s->path[i]) || 2 * t->sides > t->slots)
			return false;
	if (!ends_apart(t))
		return false;
	qsort(t->side, t->slots, sizeof *t->side, by_place);
	for (size_t i = 0, count; i < t->sides; i += count) {
		for (count = 1;
		     i + count < t->sides && !by_place(&t->side[i], &t->side[i + count]);)
			count++;
		judge(t, &t->side[i], count);
	}
	return true;
}

static void at_once(struct tree *t)
{
	struct hvc_bvs *terms = t->s->scene.terms;
	hvc_ref before = hvc_bv__num(terms, 1, 0);

	if (t->s->paths > AT_ONCE) {
		*t->out = (struct hvc_symbolic_proof){HVC_ANSWER_UNDECIDED, HVC_ANSWER_UNDECIDED};
		return;
	}
	for (unsigned i = 0; i < t->s->paths; i++) {
		hvc_ref condition = hvc_symbolic__condition(t->s, &t->s->path[i]);

		if (i)
			t->out->disjoint =
			        worse(t->out->disjoint, never(t, NULL, condition, before));
		before = hvc_bv__or(terms, before, condition);
	}
	t->out->total = never(t, NULL, hvc_bv__not(terms, before), NULL);
}

void hvc_symbolic__prove(struct hvc_symbolic *symbolic, struct hvc_symbolic_proof *out)
{
	struct tree t = {.s = symbolic, .out = out};

	*out = (struct hvc_symbolic_proof){HVC_ANSWER_YES, HVC_ANSWER_YES};
	if (!symbolic->paths)
		out->total = HVC_ANSWER_NO;
	else if (!by_choices(&t)) {
		*out = (struct hvc_symbolic_proof){HVC_ANSWER_YES, HVC_ANSWER_YES};
		at_once(&t);
	}
	free(t.side);
}
