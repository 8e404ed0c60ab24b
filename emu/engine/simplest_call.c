/* SPDX-License-Identifier: MIT */
/*
 * What can be seen by putting numbers in is not asked of the solver, and each answer narrows the
 * question.
 */
#include "engine/simplest_call.h"
#include "machine/outcome.h"

#include <stdlib.h>

static hvc_ref input(const struct hvc_search *search, size_t i)
{
	return hvc_bv__input_at(search->terms, i)->term;
}

static uint64_t usual(const struct hvc_search *search, size_t i)
{
	return hvc_bv__input_at(search->terms, i)->usual;
}

/* The address of the call at hand, which follows from the rest of it. */
static void place(const struct hvc_search *search)
{
	struct hvc_call call;

	hvc_way__call(search->value, search->from, search->insn, &call);
}

hvc_ref hvc_search__address(struct hvc_bvs *terms, enum hvc_insn insn)
{
	const struct hvc_call first = {.insn = insn};
	hvc_ref offset =
	        hvc_bv__concat(terms, hvc_bv__input(terms, "imm", 16), hvc_bv__num(terms, 2, 0));

	return hvc_bv__eq(terms, hvc_bv__input(terms, "self", 64),
	                  hvc_bv__add(terms, hvc_bv__zext(terms, offset, 64),
	                              hvc_bv__num(terms, 64, hvc_call__address(&first))));
}

bool hvc_search__holds(const struct hvc_search *search)
{
	const struct hvc_model model = {.value = search->value, .count = search->count};

	place(search);
	return hvc_bv__eval(search->terms, search->condition, &model) == 1;
}

void hvc_search__take_model(struct hvc_search *search)
{
	for (size_t i = 0; i < search->count; i++)
		if (!hvc_solver__value(search->solver, input(search, i), &search->value[i]))
			search->value[i] = usual(search, i);
	place(search);
}

static void push(struct hvc_search *search)
{
	hvc_solver__push(search->solver);
	search->pushed++;
}

/* Require a condition from now on. A level for each would have the solver work through each. */
static void keep(struct hvc_search *search, hvc_ref condition)
{
	if (!search->pushed)
		push(search);
	hvc_solver__require(search->solver, condition);
}

bool hvc_search__ask(struct hvc_search *search, hvc_ref condition)
{
	push(search);
	hvc_solver__require(search->solver, condition);
	if (hvc_solver__check(search->solver) == HVC_ANSWER_YES) {
		hvc_search__take_model(search);
		return true;
	}
	hvc_solver__pop(search->solver);
	search->pushed--;
	return false;
}

static hvc_ref is(const struct hvc_search *search, size_t i, uint64_t value)
{
	hvc_ref a = input(search, i);

	return hvc_bv__eq(search->terms, a, hvc_bv__num(search->terms, a->width, value));
}

/* Make an input that value, if it can be. */
static bool set(struct hvc_search *search, size_t i, uint64_t value)
{
	uint64_t old = search->value[i];

	search->value[i] = value;
	if (hvc_search__holds(search)) {
		keep(search, is(search, i, value));
		return true;
	}
	search->value[i] = old;
	place(search);
	return hvc_search__ask(search, is(search, i, value));
}

/* From the highest bit down. */
void hvc_search__lower(struct hvc_search *search, size_t i)
{
	struct hvc_bvs *t = search->terms;
	hvc_ref a = input(search, i);

	if (set(search, i, 0) ||
	    !hvc_search__ask(search, hvc_bv__ult(t, a, hvc_bv__num(t, a->width, search->value[i]))))
		return;
	for (unsigned bit = a->width; bit-- > 0;) {
		hvc_ref one = hvc_bv__extract(t, a, bit, bit);

		if (!(search->value[i] >> bit & 1))
			keep(search, hvc_bv__not(t, one));
		else if (!hvc_search__ask(search, hvc_bv__not(t, one)))
			keep(search, one);
	}
}

void hvc_search__land(struct hvc_search *search, hvc_ref target)
{
	struct hvc_bvs *t = search->terms;
	hvc_ref offset;

	if (!target || target->op == HVC_OP_INPUT || hvc_bv__const(target))
		return;
	offset = hvc_bv__sub(t, target, hvc_bv__num(t, 64, HVC_LANDING));
	(void)hvc_search__ask(
	        search,
	        hvc_bv__and(t, hvc_bv__ult(t, offset, hvc_bv__num(t, 64, HVC_LANDING_SIZE)),
	                    hvc_bv__eq(t, hvc_bv__extract(t, offset, 1, 0), hvc_bv__num(t, 2, 0))));
}

bool hvc_search__mark(const struct hvc_search *search, bool *given)
{
	size_t inputs = search->count, count, *index;

	while (hvc_bv__input_at(search->terms, inputs))
		inputs++;
	index = malloc((inputs + 1) * sizeof *index);
	if (!index)
		return false;
	count = hvc_bv__inputs(search->terms, search->condition, index, inputs);
	for (size_t i = 0; i < count && i < inputs; i++)
		if (index[i] < search->count)
			given[index[i]] = true;
	free(index);
	return true;
}

/* The immediate is the last of a call that is left as it is. */
void hvc_search__set_call(struct hvc_search *search, const bool *given, bool *free_)
{
	static const size_t order[] = {HVC_INPUT_DAIF, HVC_INPUT_NZCV, HVC_INPUT_IMM};

	for (size_t n = HVC_INPUT_SELF; n-- > 0;) {
		size_t i = n < 3 ? order[n] : n - 3;

		if (!given || given[i])
			free_[i] = !set(search, i, usual(search, i));
	}
}

void hvc_search__end(struct hvc_search *search)
{
	for (; search->pushed; search->pushed--)
		hvc_solver__pop(search->solver);
}

/* What no call sets is as it is, all of it at once where that can be. */
static void set_world(struct hvc_search *search, const bool *given, bool *free_)
{
	struct hvc_bvs *t = search->terms;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (size_t i = HVC_INPUTS; i < search->count; i++)
		if (given[i])
			all = hvc_bv__and(t, all, is(search, i, usual(search, i)));
	if (hvc_bv__const(all) || hvc_search__ask(search, all))
		return;
	for (size_t i = HVC_INPUTS; i < search->count; i++)
		free_[i] = given[i] && !set(search, i, usual(search, i));
}

static enum hvc_status find(struct hvc_search *search, const struct hvc_simplest *s, bool *free_)
{
	for (size_t i = 0; i < search->count; i++)
		search->value[i] = usual(search, i);
	if (hvc_search__holds(search))
		return HVC_OK;
	keep(search, search->condition);
	switch (hvc_solver__check(search->solver)) {
	case HVC_ANSWER_NO:
		return HVC_E_NOTFOUND;
	case HVC_ANSWER_UNDECIDED:
		return HVC_E_UNSUPPORTED;
	case HVC_ANSWER_YES:
		break;
	}
	hvc_search__take_model(search);
	set_world(search, s->model.given, free_);
	hvc_search__land(search, s->lands);
	hvc_search__set_call(search, s->model.given, free_);
	for (size_t i = 0; i < search->count; i++)
		if (free_[i])
			hvc_search__lower(search, i);
	return hvc_search__holds(search) ? HVC_OK : HVC_E_UNSUPPORTED;
}

enum hvc_status hvc_simplest__find(struct hvc_simplest *s)
{
	struct hvc_search search = {s->terms,     s->solver, s->from, s->insn,
	                            s->condition, NULL,      0,       0};
	enum hvc_status status = HVC_E_NOMEM;
	bool *free_;

	hvc_way__inputs(s->terms);
	s->model = (struct hvc_model){0};
	while (hvc_bv__input_at(s->terms, s->model.count))
		s->model.count++;
	search.count = s->model.count;
	s->model.value = search.value = calloc(s->model.count + 1, sizeof *search.value);
	s->model.given = calloc(s->model.count + 1, sizeof *s->model.given);
	free_ = calloc(s->model.count + 1, sizeof *free_);
	if (search.value && s->model.given && free_ && hvc_search__mark(&search, s->model.given))
		status = find(&search, s, free_);
	hvc_search__end(&search);
	free(free_);
	if (search.value)
		hvc_way__call(search.value, s->from, s->insn, &s->call);
	if (status != HVC_OK)
		hvc_simplest__free(s);
	return status;
}

void hvc_simplest__free(struct hvc_simplest *s)
{
	free(s->model.value);
	free(s->model.given);
	s->model = (struct hvc_model){0};
}
