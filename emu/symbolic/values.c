/* SPDX-License-Identifier: MIT */
/* The values that a term can have, where they are few. */
#include <stdlib.h>

#include "symbolic/scene.h"
#include "symbolic/symbolic.h"

/** Values further apart than this are no table. */
#define TABLE_SPAN (UINT64_C(1) << 21)

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The leaves of a choice between constants; more than most: most + 1. */
static size_t leaves(hvc_ref a, uint64_t *value, size_t count, size_t most)
{
	for (; a->op == HVC_OP_ITE; a = a->arg[2])
		count = leaves(a->arg[1], value, count, most);
	for (size_t i = 0; i < count && i < most; i++)
		if (value[i] == a->value)
			return count;
	if (count < most)
		value[count] = a->value;
	return count + 1;
}

static size_t values_of_choice(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a,
                               uint64_t *value, size_t most)
{
	size_t count = leaves(a, value, 0, most), kept = 0;

	if (count > most)
		return 0;
	for (size_t i = 0; i < count; i++) {
		hvc_ref is =
		        hvc_bv__eq(scene->terms, a, hvc_bv__num(scene->terms, a->width, value[i]));

		if (hvc_facts__decide(scene, facts, is) != HVC_FACT_FALSE)
			value[kept++] = value[i];
	}
	return kept;
}

/* Is nothing said of many bits of it? What EL2 knows by itself is no table's index with more. */
static bool is_wide(const struct hvc_facts *facts, hvc_ref a)
{
	unsigned unknown = 0;

	for (unsigned bit = 0; bit < a->width; bit++)
		unknown += !((a->zeros | a->ones) >> bit & 1);
	if (!(a->uses & HVC_USES_CALL))
		return unknown > 5;
	if (unknown <= 20)
		return false;
	for (size_t i = 0; i < facts->clauses; i++)
		if (facts->clause[i]->uses & a->uses)
			return false;
	return true;
}

/* Any value that a term can have, of those left. */
static bool next_value(struct hvc_scene *scene, struct hvc_facts *probe, hvc_ref a,
                       enum hvc_answer *answer, uint64_t *value)
{
	struct hvc_model model;

	*answer = hvc_solver__check(scene->solver);
	if (*answer != HVC_ANSWER_YES)
		return false;
	hvc_facts__take_model(scene, probe);
	model = hvc_facts__model(probe);
	*value = hvc_bv__eval(scene->terms, a, &model);
	hvc_solver__exclude(scene->solver, a, *value);
	return true;
}

/* Does what is known keep it near `first`? */
static bool is_near(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a, uint64_t first)
{
	struct hvc_bvs *t = scene->terms;
	hvc_ref moved = hvc_bv__add(t, a, hvc_bv__num(t, 64, TABLE_SPAN / 2 - first));

	return hvc_facts__ask(scene, facts,
	                      hvc_bv__ult(t, hvc_bv__num(t, 64, TABLE_SPAN), moved)) ==
	       HVC_ANSWER_NO;
}

bool hvc_facts__confines(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a, uint64_t *one)
{
	struct hvc_model model = hvc_facts__model(facts);

	*one = hvc_bv__eval(scene->terms, a, &model);
	return !is_wide(facts, a) && is_near(scene, facts, a, *one);
}

size_t hvc_facts__values(struct hvc_scene *scene, struct hvc_facts *facts, hvc_ref a,
                         uint64_t *value, size_t most)
{
	struct hvc_bvs *t = scene->terms;
	struct hvc_facts probe;
	enum hvc_answer answer;
	struct hvc_model model;
	size_t count = 0;
	uint64_t first, next;

	if (hvc_bv__const(a)) {
		value[0] = a->value;
		return 1;
	}
	if (a->choice) {
		count = values_of_choice(scene, facts, a, value, most);
		qsort(value, count, sizeof *value, by_value);
		return count;
	}
	if (is_wide(facts, a) || !hvc_facts__make_room(scene, facts) ||
	    !hvc_facts__copy(facts, &probe))
		return 0;
	model = hvc_facts__model(facts);
	first = hvc_bv__eval(t, a, &model);
	if (a->width == 64 && !is_near(scene, facts, a, first)) {
		hvc_facts__free(&probe);
		return 0;
	}
	hvc_solver__push(scene->solver);
	hvc_facts__require(scene, facts, a->uses);
	while (count <= most && next_value(scene, &probe, a, &answer, &next)) {
		if (count < most)
			value[count] = next;
		count++;
	}
	hvc_solver__pop(scene->solver);
	hvc_facts__free(&probe);
	if (count > most || answer != HVC_ANSWER_NO)
		return 0;
	qsort(value, count, sizeof *value, by_value);
	return count;
}

/* The simplest value of an input: the least that is left. */

static enum hvc_answer can_be(struct hvc_solver *solver, hvc_ref condition)
{
	enum hvc_answer answer;

	hvc_solver__push(solver);
	hvc_solver__require(solver, condition);
	answer = hvc_solver__check(solver);
	hvc_solver__pop(solver);
	return answer;
}

/* Bit by bit from the top. */
bool hvc_symbolic__least(struct hvc_scene *scene, hvc_ref input, uint64_t *value)
{
	struct hvc_bvs *t = scene->terms;
	enum hvc_answer answer =
	        can_be(scene->solver, hvc_bv__eq(t, input, hvc_bv__num(t, input->width, 0)));

	*value = 0;
	for (unsigned bit = input->width; answer == HVC_ANSWER_NO && bit-- > 0;) {
		hvc_ref clear = hvc_bv__not(t, hvc_bv__extract(t, input, bit, bit));
		enum hvc_answer zero = can_be(scene->solver, clear);

		if (zero == HVC_ANSWER_UNDECIDED)
			return false;
		if (zero == HVC_ANSWER_NO)
			*value |= UINT64_C(1) << bit;
		else
			hvc_solver__require(scene->solver, clear);
	}
	hvc_solver__require(scene->solver,
	                    hvc_bv__eq(t, input, hvc_bv__num(t, input->width, *value)));
	return answer != HVC_ANSWER_UNDECIDED;
}
