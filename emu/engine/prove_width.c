/* SPDX-License-Identifier: MIT */
/*
 * SMC32 and HVC32 calls (SMC Calling Convention, ARM DEN0028, 2.7 and 3.1): bits 63:32 of x0 to x7
 * are not theirs. So each call, and the one with these bits clear, have to do the same: two paths
 * that the two take must not part in how they end, nor in what comes back.
 */
#include <stdio.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "base/number.h"
#include "engine/prover.h"
#include "hvcheck/arch.h"

#define ARGUMENTS  8u
#define SHOWN_MAX  8u /* calls of one pair of paths: one a rule */
#define FAST_CALLS UINT64_C(0x80000000)

struct width {
	struct hvc_prover *p;
	hvc_ref words;   /**< calls of that kind, of which a rule promises something */
	hvc_ref *narrow; /**< of each path: where the call with clear bits takes it; NULL: not used
	                  */
	hvc_ref *takes;
};

static bool is_identifier(const struct hvc_interval *i)
{
	return i->lo >= FAST_CALLS && i->hi <= UINT32_MAX;
}

/* One that tells fast calls by w0, or by an x0 that holds nothing but an identifier. */
bool hvc_width__is_smccc(const struct hvc_abi *abi)
{
	for (unsigned i = 0; i < abi->rules; i++)
		for (unsigned k = 0; k < abi->rule[i].conditions; k++) {
			const struct hvc_condition *c = &abi->rule[i].condition[k];

			if (c->reg != HVC_REG_X0 || (uint32_t)c->mask != UINT32_MAX)
				continue;
			for (unsigned n = 0; n < c->intervals; n++)
				if (c->interval[n].hi >= FAST_CALLS &&
				    (c->mask == UINT32_MAX || is_identifier(&c->interval[n])))
					return true;
		}
	return false;
}

static hvc_ref low_half(void *ctx, hvc_ref part)
{
	struct width *w = ctx;

	if (part->op != HVC_OP_INPUT || part->value >= ARGUMENTS)
		return NULL;
	return hvc_bv__zext(w->p->terms, hvc_bv__extract(w->p->terms, part, 31, 0), 64);
}

static hvc_ref narrowed(struct width *w, hvc_ref a)
{
	return hvc_bv__rewrite(w->p->terms, a, low_half, w);
}

/* The calls that this is about: of both a pair's, the same rule says something. */
static hvc_ref find_words(struct width *w)
{
	struct hvc_prover *p = w->p;
	struct hvc_bvs *t = p->terms;
	hvc_ref id = hvc_bv__extract(t, p->input[HVC_REG_X0], 31, 30), any = hvc_bv__num(t, 1, 0);

	for (unsigned i = 0; i < p->config->abi->rules; i++) {
		hvc_ref governs;

		if (!p->config->abi->rule[i].specified)
			continue;
		governs = hvc_prover__governs(p, i);
		any = hvc_bv__or(t, any, hvc_bv__and(t, governs, narrowed(w, governs)));
	}
	return hvc_bv__and(t, any, hvc_bv__eq(t, id, hvc_bv__num(t, 2, 2)));
}

static hvc_ref differs(struct width *w, hvc_ref a, hvc_ref b, bool word)
{
	struct hvc_bvs *t = w->p->terms;

	if (!a || !b || hvc_bv__is_opaque(a) || hvc_bv__is_opaque(b))
		return hvc_bv__num(t, 1, 0);
	b = narrowed(w, b);
	if (word) {
		a = hvc_bv__extract(t, a, 31, 0);
		b = hvc_bv__extract(t, b, 31, 0);
	}
	return hvc_bv__not(t, hvc_bv__eq(t, a, b));
}

/* Where the ends of two paths part, the second with bits that are clear. */
static hvc_ref part(struct width *w, unsigned first, unsigned second)
{
	struct hvc_prover *p = w->p;
	const struct hvc_sympath *a = &p->symbolic->path[first], *b = &p->symbolic->path[second];
	hvc_ref x[HVC_REG_COUNT], y[HVC_REG_COUNT], any = hvc_bv__num(p->terms, 1, 0);

	if (a->kind != b->kind || a->level != b->level)
		return hvc_bv__num(p->terms, 1, 1);
	if (a->kind == HVC_OUTCOME_FAULT || a->kind == HVC_OUTCOME_SPIN)
		return any;
	any = differs(w, a->target, b->target, false);
	if (a->kind != HVC_OUTCOME_RETURN)
		return any;
	hvc_prover__after(p, a, x);
	hvc_prover__after(p, b, y);
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (reg < ARGUMENTS || hvc_reg_info((enum hvc_reg)reg)->class_ == HVC_CLASS_SYS)
			any = hvc_bv__or(p->terms, any,
			                 differs(w, x[reg], y[reg], reg < ARGUMENTS));
	return any;
}

/* A call a rule of which this holds. */
static enum hvc_status show(struct width *w, unsigned path, hvc_ref all)
{
	struct hvc_prover *p = w->p;

	for (unsigned i = 0; i < SHOWN_MAX; i++) {
		struct hvc_call call;
		enum hvc_answer answer = hvc_solver__check(p->solver);
		hvc_ref others;
		int rule;

		if (answer == HVC_ANSWER_UNDECIDED)
			hvc_prover__gap(p, "the solver gave up");
		if (answer != HVC_ANSWER_YES ||
		    !hvc_prover__simplify(p, &p->symbolic->path[path], all))
			return HVC_OK;
		hvc_prover__call(p, &call);
		rule = hvc_abi__rule_of(p->config->abi, p->config->index, &call);
		if (rule < 0)
			return HVC_OK;
		HVC_TRY(hvc_prover__name_apart(p, path, &call, rule, HVC_CLAUSE_WIDTH));
		others = hvc_bv__not(p->terms, hvc_prover__governs(p, (unsigned)rule));
		hvc_solver__require(p->solver, others);
		all = hvc_bv__and(p->terms, all, others);
	}
	return HVC_OK;
}

static enum hvc_status compare(struct width *w, unsigned first, unsigned second)
{
	struct hvc_prover *p = w->p;
	hvc_ref all = w->takes[first];
	enum hvc_status status;

	all = hvc_bv__and(p->terms, all, hvc_bv__and(p->terms, w->narrow[second], w->words));
	all = hvc_bv__and(p->terms, all, part(w, first, second));
	if (hvc_bv__is(all, 0))
		return HVC_OK;
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, all);
	status = show(w, first, all);
	hvc_solver__pop(p->solver);
	return status;
}

/* What the path says has to be what the machine does. */
static bool is_used(struct width *w, unsigned index)
{
	const struct hvc_sympath *path = &w->p->symbolic->path[index];
	hvc_ref where;

	return path->end == HVC_END_OUTCOME && !hvc_symbolic__reads_callers(path) &&
	       !hvc_symbolic__loose(w->p->symbolic, path, &where);
}

static enum hvc_status compare_all(struct width *w)
{
	unsigned paths = w->p->symbolic->paths;

	w->words = find_words(w);
	for (unsigned i = 0; i < paths; i++) {
		if (!is_used(w, i))
			continue;
		w->takes[i] = hvc_symbolic__condition(w->p->symbolic, &w->p->symbolic->path[i]);
		w->narrow[i] = narrowed(w, w->takes[i]);
	}
	for (unsigned k = 0; k < paths; k++)
		for (unsigned i = 0; w->takes[k] && i < paths; i++)
			/* Conditions of two paths exclude each other. */
			if (w->takes[i] && (i == k || w->narrow[k] != w->takes[k]))
				HVC_TRY(compare(w, i, k));
	return HVC_OK;
}

enum hvc_status hvc_prover__width(struct hvc_prover *p)
{
	struct width w = {.p = p};
	enum hvc_status status = HVC_E_NOMEM;

	if (!hvc_width__is_smccc(p->config->abi))
		return HVC_OK;
	w.narrow = calloc(p->symbolic->paths + 1, sizeof(hvc_ref));
	w.takes = calloc(p->symbolic->paths + 1, sizeof(hvc_ref));
	if (w.narrow && w.takes)
		status = compare_all(&w);
	free(w.narrow);
	free(w.takes);
	return status;
}

/* The first register in which two outcomes part; HVC_REG_NONE: none. */
static enum hvc_reg first_apart(const struct hvc_outcome *a, const struct hvc_outcome *b)
{
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		uint64_t mask = hvc_reg_info((enum hvc_reg)reg)->mask;

		if (reg < ARGUMENTS)
			mask = UINT32_MAX;
		else if (hvc_reg_info((enum hvc_reg)reg)->class_ != HVC_CLASS_SYS)
			continue;
		if ((a->state.v[reg] ^ b->state.v[reg]) & mask)
			return (enum hvc_reg)reg;
	}
	return HVC_REG_NONE;
}

bool hvc_width__judge(const struct hvc_outcome *wide, const struct hvc_outcome *narrow,
                      struct hvc_verdict *out)
{
	enum hvc_reg reg;

	out->kind = HVC_VERDICT_VIOLATES;
	out->clause = HVC_CLAUSE_WIDTH;
	out->reg = HVC_REG_NONE;
	out->expected = narrow->kind;
	out->actual = wide->kind;
	if (wide->kind != narrow->kind || wide->level != narrow->level || wide->pc != narrow->pc)
		return true;
	reg = first_apart(wide, narrow);
	if (reg == HVC_REG_NONE)
		return false;
	out->reg = reg;
	out->expected = narrow->state.v[reg] & (reg < ARGUMENTS ? UINT32_MAX : UINT64_MAX);
	out->actual = wide->state.v[reg] & (reg < ARGUMENTS ? UINT32_MAX : UINT64_MAX);
	return true;
}

void hvc_width__narrow(const struct hvc_call *call, struct hvc_call *out)
{
	*out = *call;
	for (unsigned n = 0; n < ARGUMENTS; n++)
		out->x[n] &= UINT32_MAX;
}

void hvc_width__print(const struct hvc_verdict *v, char *text, size_t size)
{
	static const char clear[] =
	        "where bits 63:32 of x0 to x7, which are not the call's, are clear";
	unsigned long long actual = v->actual, expected = v->expected;
	const char *name = hvc_reg_name(v->reg);
	char one[HVC_U64_SIZE], other[HVC_U64_SIZE];

	if (v->reg != HVC_REG_NONE)
		snprintf(text, size, "%c%s is %s, and %s %s", v->reg < 8 ? 'w' : name[0], name + 1,
		         hvc_u64_print(actual, one), hvc_u64_print(expected, other), clear);
	else if (actual == expected)
		snprintf(text, size, "%s goes elsewhere %s",
		         hvc_outcome_name((enum hvc_outcome_kind)actual), clear);
	else
		snprintf(text, size, "%s, and %s %s",
		         hvc_outcome_name((enum hvc_outcome_kind)actual),
		         hvc_outcome_name((enum hvc_outcome_kind)expected), clear);
}
