/* SPDX-License-Identifier: MIT */
/*
 * What can be seen by putting numbers in is not asked of the solver, and each answer narrows the
 * question.
 */
#include "engine/simplest_call.h"

#include <stdlib.h>
#include <string.h>

#include "symbolic/scene.h"

#define IMM   HVC_GPR_COUNT
#define NZCV  (HVC_GPR_COUNT + 1u)
#define DAIF  (HVC_GPR_COUNT + 2u)
#define CALLS HVC_SIMPLEST_SELF /* inputs that a call sets */

struct search {
	struct hvc_simplest *s;
	uint64_t *value;
	unsigned pushed;
};

static hvc_ref input(const struct search *search, size_t i)
{
	return hvc_bv__input_at(search->s->terms, i)->term;
}

static uint64_t usual(const struct search *search, size_t i)
{
	return hvc_bv__input_at(search->s->terms, i)->usual;
}

static void fill_call(struct search *search)
{
	struct hvc_call *call = &search->s->call;

	hvc_call_init(call, 0);
	memcpy(call->x, search->value, sizeof call->x);
	call->imm = (uint16_t)search->value[IMM];
	call->nzcv = search->value[NZCV] << 28;
	call->daif = search->value[DAIF] << 6;
	call->insn = search->s->insn;
	call->from = search->s->from;
	search->value[HVC_SIMPLEST_SELF] = hvc_call_address(call);
}

static bool holds(struct search *search)
{
	const struct hvc_model model = {.value = search->value, .count = search->s->model.count};

	fill_call(search);
	return hvc_bv__eval(search->s->terms, search->s->condition, &model) == 1;
}

static void take_model(struct search *search)
{
	for (size_t i = 0; i < search->s->model.count; i++)
		if (!hvc_solver__value(search->s->solver, input(search, i), &search->value[i]))
			search->value[i] = usual(search, i);
	fill_call(search);
}

static void keep(struct search *search, hvc_ref condition)
{
	hvc_solver__push(search->s->solver);
	search->pushed++;
	hvc_solver__require(search->s->solver, condition);
}

/* Require it where that is possible, and take the model. */
static bool ask(struct search *search, hvc_ref condition)
{
	keep(search, condition);
	if (hvc_solver__check(search->s->solver) == HVC_ANSWER_YES) {
		take_model(search);
		return true;
	}
	hvc_solver__pop(search->s->solver);
	search->pushed--;
	return false;
}

static hvc_ref is(const struct search *search, size_t i, uint64_t value)
{
	hvc_ref a = input(search, i);

	return hvc_bv__eq(search->s->terms, a, hvc_bv__num(search->s->terms, a->width, value));
}

/* Make an input that value, if it can be. */
static bool set(struct search *search, size_t i, uint64_t value)
{
	uint64_t old = search->value[i];

	search->value[i] = value;
	if (holds(search)) {
		keep(search, is(search, i, value));
		return true;
	}
	search->value[i] = old;
	fill_call(search);
	return ask(search, is(search, i, value));
}

/* The least value, from the highest bit down. */
static void lower(struct search *search, size_t i)
{
	struct hvc_bvs *t = search->s->terms;
	hvc_ref a = input(search, i);

	if (set(search, i, 0) ||
	    !ask(search, hvc_bv__ult(t, a, hvc_bv__num(t, a->width, search->value[i]))))
		return;
	for (unsigned bit = a->width; bit-- > 0;) {
		hvc_ref one = hvc_bv__extract(t, a, bit, bit);

		if (!(search->value[i] >> bit & 1))
			keep(search, hvc_bv__not(t, one));
		else if (!ask(search, hvc_bv__not(t, one)))
			keep(search, one);
	}
}

/* A place to go to where there is something to arrive at. */
static void land(struct search *search)
{
	struct hvc_bvs *t = search->s->terms;
	hvc_ref to = search->s->lands, offset;

	if (!to || to->op == HVC_OP_INPUT || hvc_bv__const(to))
		return;
	offset = hvc_bv__sub(t, to, hvc_bv__num(t, 64, HVC_LANDING));
	(void)ask(
	        search,
	        hvc_bv__and(t, hvc_bv__ult(t, offset, hvc_bv__num(t, 64, HVC_LANDING_SIZE)),
	                    hvc_bv__eq(t, hvc_bv__extract(t, offset, 1, 0), hvc_bv__num(t, 2, 0))));
}

/* What no call sets is as it is, all of it at once where that can be. */
static void set_world(struct search *search, bool *free_)
{
	struct hvc_bvs *t = search->s->terms;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (size_t i = CALLS + 1; i < search->s->model.count; i++)
		if (search->s->model.given[i])
			all = hvc_bv__and(t, all, is(search, i, usual(search, i)));
	if (hvc_bv__const(all) || ask(search, all))
		return;
	for (size_t i = CALLS + 1; i < search->s->model.count; i++)
		free_[i] = search->s->model.given[i] && !set(search, i, usual(search, i));
}

/* The immediate is the last of a call that is left as it is. */
static void set_call(struct search *search, bool *free_)
{
	static const size_t order[] = {DAIF, NZCV, IMM};

	for (size_t n = CALLS; n-- > 0;) {
		size_t i = n < 3 ? order[n] : n - 3;

		if (search->s->model.given[i])
			free_[i] = !set(search, i, usual(search, i));
	}
}

static enum hvc_status find(struct search *search, bool *free_)
{
	struct hvc_model *model = &search->s->model;

	for (size_t i = 0; i < model->count; i++)
		search->value[i] = usual(search, i);
	if (holds(search))
		return HVC_OK;
	keep(search, search->s->condition);
	switch (hvc_solver__check(search->s->solver)) {
	case HVC_ANSWER_NO:
		return HVC_E_NOTFOUND;
	case HVC_ANSWER_UNDECIDED:
		return HVC_E_UNSUPPORTED;
	case HVC_ANSWER_YES:
		break;
	}
	take_model(search);
	set_world(search, free_);
	land(search);
	set_call(search, free_);
	for (size_t i = 0; i < model->count; i++)
		if (free_[i])
			lower(search, i);
	return holds(search) ? HVC_OK : HVC_E_UNSUPPORTED;
}

/* The inputs that the condition speaks of, and where memory of these is. */
static bool mark(struct hvc_simplest *s)
{
	size_t *index = malloc((s->model.count + 1) * sizeof *index), count;

	if (!index)
		return false;
	count = hvc_bv__inputs(s->terms, s->condition, index, s->model.count);
	for (size_t i = 0; i < count && i < s->model.count; i++)
		s->model.given[index[i]] = true;
	free(index);
	return true;
}

hvc_ref hvc_simplest__address(struct hvc_bvs *terms, enum hvc_insn insn)
{
	const struct hvc_call first = {.insn = insn};
	hvc_ref offset =
	        hvc_bv__concat(terms, hvc_bv__input(terms, "imm", 16), hvc_bv__num(terms, 2, 0));

	return hvc_bv__eq(terms, hvc_bv__input(terms, "self", 64),
	                  hvc_bv__add(terms, hvc_bv__zext(terms, offset, 64),
	                              hvc_bv__num(terms, 64, hvc_call_address(&first))));
}

enum hvc_status hvc_simplest__find(struct hvc_simplest *s)
{
	struct search search = {.s = s};
	enum hvc_status status = HVC_E_NOMEM;
	bool *free_;

	hvc_way__inputs(s->terms);
	s->model = (struct hvc_model){0};
	while (hvc_bv__input_at(s->terms, s->model.count))
		s->model.count++;
	s->model.value = search.value = calloc(s->model.count + 1, sizeof *search.value);
	s->model.given = calloc(s->model.count + 1, sizeof *s->model.given);
	free_ = calloc(s->model.count + 1, sizeof *free_);
	if (search.value && s->model.given && free_ && mark(s))
		status = find(&search, free_);
	while (search.pushed--)
		hvc_solver__pop(s->solver);
	free(free_);
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
