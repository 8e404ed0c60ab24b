/* SPDX-License-Identifier: MIT */
/*
 * What holds on a way. A condition on one term is kept as a set; where that term is an input, or
 * its lower bits, of which nothing else is said, sets alone decide. Else one side is known to be
 * possible because the model at hand makes it true, and the solver is asked for the other, with
 * only those facts that share an input with the question, or with one that does.
 */
#include <stdlib.h>
#include <string.h>

#include "symbolic/scene.h"

#include "base/grow.h"

static bool copy(void **to, const void *from, size_t count, size_t size)
{
	*to = malloc(count ? count * size : 1);
	if (*to && count)
		memcpy(*to, from, count * size);
	return *to != NULL;
}

bool hvc_facts__copy(const struct hvc_facts *from, struct hvc_facts *to)
{
	*to = *from;
	to->member = NULL;
	to->rest = to->clause = NULL;
	to->value = NULL;
	to->given = NULL;
	to->members_max = from->members;
	to->rests_max = from->rests;
	to->clauses_max = from->clauses;
	if (copy((void **)&to->member, from->member, from->members, sizeof *to->member) &&
	    copy((void **)&to->rest, from->rest, from->rests, sizeof(hvc_ref)) &&
	    copy((void **)&to->clause, from->clause, from->clauses, sizeof(hvc_ref)) &&
	    copy((void **)&to->value, from->value, from->values, sizeof *to->value) &&
	    copy((void **)&to->given, from->given, from->values, sizeof *to->given))
		return true;
	hvc_facts__free(to);
	return false;
}

void hvc_facts__free(struct hvc_facts *facts)
{
	free(facts->member);
	free(facts->rest);
	free(facts->clause);
	free(facts->value);
	free(facts->given);
	memset(facts, 0, sizeof *facts);
}

struct hvc_model hvc_facts__model(const struct hvc_facts *facts)
{
	return (struct hvc_model){facts->value, facts->given, facts->values};
}

static struct hvc_member *find(struct hvc_facts *facts, hvc_ref key)
{
	for (size_t i = 0; i < facts->members; i++)
		if (facts->member[i].key == key)
			return &facts->member[i];
	return NULL;
}

/* Have they no bit in common? */
static bool are_apart(hvc_ref a, hvc_ref b)
{
	unsigned low_a, low_b;

	if (!(a->uses & b->uses))
		return true;
	return hvc_bv__root(a, &low_a) == hvc_bv__root(b, &low_b) &&
	       (low_a + a->width <= low_b || low_b + b->width <= low_a);
}

/* Can each value of the key be had by choosing the inputs, whatever else holds? */
static bool is_free(const struct hvc_facts *facts, hvc_ref key)
{
	unsigned low;

	if (hvc_bv__root(key, &low)->op != HVC_OP_INPUT)
		return false;
	for (size_t i = 0; i < facts->members; i++)
		if (facts->member[i].key != key && !are_apart(facts->member[i].key, key))
			return false;
	for (size_t i = 0; i < facts->rests; i++)
		if (facts->rest[i]->uses & key->uses)
			return false;
	return true;
}

/* Require all facts that may have to do with these inputs. */
void hvc_facts__require(struct hvc_scene *scene, const struct hvc_facts *facts, uint64_t uses)
{
	uint64_t before;

	do {
		before = uses;
		for (size_t i = 0; i < facts->clauses; i++)
			if (facts->clause[i]->uses & uses)
				uses |= facts->clause[i]->uses;
	} while (uses != before);
	for (size_t i = 0; i < facts->clauses; i++)
		if (facts->clause[i]->uses & uses)
			hvc_solver__require(scene->solver, facts->clause[i]);
}

enum hvc_answer hvc_facts__ask(struct hvc_scene *scene, const struct hvc_facts *facts,
                               hvc_ref condition)
{
	enum hvc_answer answer;

	hvc_solver__push(scene->solver);
	hvc_facts__require(scene, facts, condition->uses);
	hvc_solver__require(scene->solver, condition);
	answer = hvc_solver__check(scene->solver);
	hvc_solver__pop(scene->solver);
	return answer;
}

static bool is_all(const struct hvc_set *set)
{
	return set->count == 1 && set->range[0].lo == 0 &&
	       set->range[0].hi == hvc_bv__mask(set->width);
}

/* By sets alone; OPEN where they do not settle it, and *settled says whether that is the answer. */
static enum hvc_verdict_of by_sets(struct hvc_scene *scene, struct hvc_facts *facts,
                                   hvc_ref condition, bool *settled)
{
	struct hvc_member m;
	const struct hvc_member *known;
	const struct hvc_set *both;

	*settled = false;
	if (!hvc_set__of(scene->terms, condition, &m))
		return HVC_FACT_OPEN;
	known = find(facts, m.key);
	both = known ? hvc_set__and(scene->terms, known->set, m.set) : m.set;
	if (!both)
		return HVC_FACT_OPEN;
	*settled = true;
	if (!both->count)
		return HVC_FACT_FALSE;
	if (known ? hvc_set__same(both, known->set) : is_all(both))
		return HVC_FACT_TRUE;
	*settled = is_free(facts, m.key);
	return HVC_FACT_OPEN;
}

enum hvc_verdict_of hvc_facts__decide(struct hvc_scene *scene, struct hvc_facts *facts,
                                      hvc_ref condition)
{
	const struct hvc_model model = hvc_facts__model(facts);
	enum hvc_verdict_of verdict;
	enum hvc_answer answer;
	bool settled, holds;

	if (hvc_bv__const(condition))
		return condition->value ? HVC_FACT_TRUE : HVC_FACT_FALSE;
	verdict = by_sets(scene, facts, condition, &settled);
	if (settled)
		return verdict;
	holds = hvc_bv__eval(scene->terms, condition, &model);
	answer = hvc_facts__ask(scene, facts,
	                        holds ? hvc_bv__not(scene->terms, condition) : condition);
	if (answer == HVC_ANSWER_YES && facts->guess)
		answer = hvc_facts__ask(scene, facts,
		                        holds ? condition : hvc_bv__not(scene->terms, condition));
	if (answer == HVC_ANSWER_UNDECIDED) {
		scene->undecided++;
		return HVC_FACT_UNDECIDED;
	}
	if (answer == HVC_ANSWER_YES)
		return HVC_FACT_OPEN;
	return holds ? HVC_FACT_TRUE : HVC_FACT_FALSE;
}

static bool append(hvc_ref **list, size_t *count, size_t *most, hvc_ref a)
{
	if (!hvc_grow(list, most, *count, sizeof *(*list)))
		return false;
	(*list)[(*count)++] = a;
	return true;
}

static bool append_member(struct hvc_facts *facts, struct hvc_member m)
{
	if (!hvc_grow(&facts->member, &facts->members_max, facts->members, sizeof *facts->member))
		return false;
	facts->member[facts->members++] = m;
	return true;
}

bool hvc_facts__make_room(struct hvc_scene *scene, struct hvc_facts *facts)
{
	size_t count = facts->values;
	uint64_t *value;
	bool *given;

	while (hvc_bv__input_at(scene->terms, count))
		count++;
	if (count == facts->values && facts->value)
		return true;
	value = realloc(facts->value, (count + 1) * sizeof *value);
	if (value)
		facts->value = value;
	given = realloc(facts->given, (count + 1) * sizeof *given);
	if (given)
		facts->given = given;
	if (!value || !given)
		return false;
	memset(given + facts->values, 0, (count - facts->values) * sizeof *given);
	memset(value + facts->values, 0, (count - facts->values) * sizeof *value);
	facts->values = count;
	return true;
}

/* Make the bits of an input that are the key one of the values. */
static void choose(struct hvc_scene *scene, struct hvc_facts *facts, const struct hvc_member *m)
{
	unsigned low;
	hvc_ref from = hvc_bv__root(m->key, &low);
	const struct hvc_model model = hvc_facts__model(facts);
	uint64_t old = hvc_bv__eval(scene->terms, from, &model);
	uint64_t mask = hvc_bv__mask(m->key->width) << low;

	facts->value[from->value] = (old & ~mask) | m->set->range[0].lo << low;
	facts->given[from->value] = true;
}

/* The solver's model, of inputs that it was asked about. */
void hvc_facts__take_model(struct hvc_scene *scene, struct hvc_facts *facts)
{
	const struct hvc_input *input;

	for (size_t i = 0; i < facts->values && (input = hvc_bv__input_at(scene->terms, i)); i++)
		if (hvc_solver__value(scene->solver, input->term, &facts->value[i]))
			facts->given[i] = true;
}

static bool holds_all(struct hvc_scene *scene, const struct hvc_facts *facts)
{
	const struct hvc_model model = hvc_facts__model(facts);

	for (size_t i = 0; i < facts->clauses; i++)
		if (!hvc_bv__eval(scene->terms, facts->clause[i], &model))
			return false;
	return true;
}

static void solve(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref condition)
{
	hvc_solver__push(scene->solver);
	hvc_facts__require(scene, facts, condition->uses);
	if (hvc_solver__check(scene->solver) == HVC_ANSWER_YES)
		hvc_facts__take_model(scene, facts);
	hvc_solver__pop(scene->solver);
	facts->guess = !holds_all(scene, facts);
}

static enum hvc_status assume_one(struct hvc_scene *scene, struct hvc_facts *facts,
                                  hvc_ref condition)
{
	struct hvc_member m, *known;
	struct hvc_model model;
	bool member, free_key = false;

	if (hvc_bv__const(condition))
		return HVC_OK;
	if (!hvc_facts__make_room(scene, facts))
		return HVC_E_NOMEM;
	model = hvc_facts__model(facts);
	member = hvc_set__of(scene->terms, condition, &m);
	if (member) {
		free_key = is_free(facts, m.key);
		known = find(facts, m.key);
		if (known) {
			m.set = hvc_set__and(scene->terms, known->set, m.set);
			if (!m.set)
				return HVC_E_NOMEM;
			known->set = m.set;
		} else if (!append_member(facts, m)) {
			return HVC_E_NOMEM;
		}
	}
	if (!append(&facts->clause, &facts->clauses, &facts->clauses_max, condition) ||
	    (!member && !append(&facts->rest, &facts->rests, &facts->rests_max, condition)))
		return HVC_E_NOMEM;
	if (hvc_bv__eval(scene->terms, condition, &model) && !facts->guess)
		return HVC_OK;
	if (free_key && m.set->count && !facts->guess)
		choose(scene, facts, &m);
	else
		solve(scene, facts, condition);
	return hvc_bv__status(scene->terms);
}

/* What joins two conditions is two facts, each of which may be a set. */
static enum hvc_status assume(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref condition,
                              unsigned depth)
{
	bool turned = condition->op == HVC_OP_NOT;
	hvc_ref inner = turned ? condition->arg[0] : condition;
	struct hvc_member m;

	if (depth == 16 || inner->op != (turned ? HVC_OP_OR : HVC_OP_AND) ||
	    hvc_set__of(scene->terms, condition, &m))
		return assume_one(scene, facts, condition);
	for (unsigned i = 0; i < 2; i++)
		HVC_TRY(assume(scene, facts,
		               turned ? hvc_bv__not(scene->terms, inner->arg[i]) : inner->arg[i],
		               depth + 1));
	return HVC_OK;
}

enum hvc_status hvc_facts__assume(struct hvc_scene *scene, struct hvc_facts *facts,
                                  hvc_ref condition)
{
	return assume(scene, facts, condition, 0);
}

struct applied {
	struct hvc_scene *scene;
	struct hvc_facts *facts;
};

static hvc_ref apply(void *ctx, hvc_ref part)
{
	const struct applied *a = ctx;
	struct hvc_bvs *t = a->scene->terms;
	enum hvc_verdict_of verdict;
	bool settled;

	for (size_t i = 0; i < a->facts->members; i++) {
		const struct hvc_member *m = &a->facts->member[i];
		hvc_ref from = m->key->op == HVC_OP_EXTRACT ? m->key->arg[0] : m->key;
		unsigned low = part->op == HVC_OP_EXTRACT ? (unsigned)part->value : 0;

		if (m->set->count != 1 || m->set->range[0].lo != m->set->range[0].hi)
			continue;
		if (part == m->key || (part->op == HVC_OP_EXTRACT && part->arg[0] == from &&
		                       low + part->width <= m->key->width))
			return hvc_bv__num(t, part->width, m->set->range[0].lo >> low);
	}
	if (part->width != 1 || part->op == HVC_OP_CONST)
		return NULL;
	verdict = by_sets(a->scene, a->facts, part, &settled);
	if (!settled || (verdict != HVC_FACT_TRUE && verdict != HVC_FACT_FALSE))
		return NULL;
	return hvc_bv__num(t, 1, verdict == HVC_FACT_TRUE);
}

hvc_ref hvc_facts__apply(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a)
{
	struct applied ctx = {scene, facts};

	if (hvc_bv__const(a) || !facts->members)
		return a;
	return hvc_bv__rewrite(scene->terms, a, apply, &ctx);
}

bool hvc_facts__hang_on_opaque(const struct hvc_facts *facts)
{
	for (size_t i = 0; i < facts->clauses; i++)
		if (hvc_bv__is_opaque(facts->clause[i]))
			return true;
	return false;
}
