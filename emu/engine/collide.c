/* SPDX-License-Identifier: MIT */
/*
 * Specifications set against one another two by two: which calls both claim, and whether they
 * mean the same. No code is run.
 */
#include "engine/collide.h"

#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "hvcheck/arch.h"

static bool asks(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; i < rule->conditions; i++)
		if (rule->condition[i].reg == reg)
			return true;
	return false;
}

static const struct hvc_result *result_of(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return &rule->result[i];
	return NULL;
}

/* Does the result say a number, or one of some, whatever the state at the call? */
static bool is_constant(const struct hvc_result *result)
{
	for (unsigned i = 0; !result->intervals && i < result->expr.count; i++)
		if (!hvc_expr__is_fixed(result->expr.term[i].kind))
			return false;
	return true;
}

/* Everything that one rule does, the other does; status codes may differ. */
static bool does_as(const struct hvc_rule *a, const struct hvc_rule *b)
{
	for (unsigned i = 0; i < a->conditions; i++)
		if (!asks(b, a->condition[i].reg))
			return false;
	for (unsigned i = 0; i < a->results; i++) {
		const struct hvc_result *mine = &a->result[i];
		const struct hvc_result *theirs = result_of(b, mine->reg);
		bool code = mine->reg < HVC_GPR_COUNT && is_constant(mine);

		if (theirs && hvc_result__equal(mine, theirs))
			continue;
		if (!code || (theirs && !is_constant(theirs)))
			return false;
	}
	return true;
}

bool hvc_rule__agrees(const struct hvc_rule *a, const struct hvc_rule *b)
{
	return !strcmp(a->name, b->name) && a->outcome == b->outcome && a->level == b->level &&
	       a->has_at == b->has_at && (!a->has_at || hvc_expr__equal(&a->at, &b->at)) &&
	       does_as(a, b) && does_as(b, a);
}

/* Mark the immediates that an ABI claims some call from EL1 with. */
static void mark(const struct hvc_abi *abi, unsigned char bit, unsigned char *mark_of)
{
	const unsigned el1 = 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T;

	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

		if (!hvc_rule__claims(rule) || !(rule->levels & el1) ||
		    !(rule->insns >> HVC_INSN_HVC & 1))
			continue;
		for (unsigned k = 0; k < rule->imms; k++)
			for (uint64_t imm = rule->imm[k].lo; imm <= rule->imm[k].hi; imm++)
				mark_of[imm] |= bit;
	}
}

static bool find_imms(const struct hvc_abi *a, const struct hvc_abi *b,
                      struct hvc_collide__pair *pair)
{
	unsigned char mark_of[HVC_IMM_COUNT] = {0};
	unsigned runs = 0;

	mark(a, 1, mark_of);
	mark(b, 2, mark_of);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		runs += mark_of[imm] == 3 && (!imm || mark_of[imm - 1] != 3);
	pair->imm = calloc(runs + 1, sizeof *pair->imm);
	if (!pair->imm)
		return false;
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		if (mark_of[imm] != 3)
			continue;
		if (!imm || mark_of[imm - 1] != 3)
			pair->imm[pair->imms++].lo = imm;
		pair->imm[pair->imms - 1].hi = imm;
	}
	return true;
}

static enum hvc_status fail_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static enum hvc_status compare(struct hvc_collide *collide, unsigned a, unsigned b,
                               struct hvc_diag *diag)
{
	struct hvc_collide__pair *pair = &collide->pair[collide->pairs];
	const struct hvc_abi *first = collide->abi[a], *second = collide->abi[b];

	HVC_TRY(hvc_overlap__find(first, second, hvc_rule__claims, diag, &pair->overlaps));
	collide->pairs++;
	pair->abi[0] = a;
	pair->abi[1] = b;
	pair->agrees = calloc(pair->overlaps.count + 1, sizeof *pair->agrees);
	if (!pair->agrees || !find_imms(first, second, pair))
		return fail_memory(diag);
	for (unsigned i = 0; i < pair->overlaps.count; i++) {
		const unsigned *rule = pair->overlaps.overlap[i].rule;

		pair->agrees[i] = hvc_rule__agrees(hvc_abi_rule_at(first, rule[0]),
		                                   hvc_abi_rule_at(second, rule[1]));
		pair->others += !pair->agrees[i];
	}
	collide->colliding += pair->overlaps.count != 0;
	collide->differing += pair->others != 0;
	return HVC_OK;
}

static enum hvc_status compare_all(struct hvc_collide *collide, bool first_only,
                                   struct hvc_diag *diag)
{
	unsigned firsts = first_only ? 1 : collide->abis;

	for (unsigned a = 0; a < firsts; a++)
		for (unsigned b = a + 1; b < collide->abis; b++)
			HVC_TRY(compare(collide, a, b, diag));
	return HVC_OK;
}

enum hvc_status hvc_collide__run(const struct hvc_abi *const *abi, unsigned abis, bool first_only,
                                 struct hvc_diag *diag, struct hvc_collide **out)
{
	struct hvc_collide *collide;
	enum hvc_status status;

	if (abis < 2)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "a collision takes two ABIs");
	collide = calloc(1, sizeof *collide);
	if (!collide)
		return fail_memory(diag);
	collide->abi = calloc(abis, sizeof *collide->abi);
	collide->pair = calloc((size_t)abis * (abis - 1) / 2, sizeof *collide->pair);
	if (!collide->abi || !collide->pair) {
		hvc_collide__free(collide);
		return fail_memory(diag);
	}
	memcpy(collide->abi, abi, abis * sizeof *abi);
	collide->abis = abis;
	status = compare_all(collide, first_only, diag);
	if (status != HVC_OK) {
		hvc_collide__free(collide);
		return status;
	}
	*out = collide;
	return HVC_OK;
}

void hvc_collide__free(struct hvc_collide *collide)
{
	if (!collide)
		return;
	for (unsigned i = 0; i < collide->pairs; i++) {
		hvc_overlaps__free(&collide->pair[i].overlaps);
		free(collide->pair[i].agrees);
		free(collide->pair[i].imm);
	}
	free(collide->pair);
	free(collide->abi);
	free(collide);
}

const struct hvc_collide__pair *hvc_collide__pair(const struct hvc_collide *collide, unsigned a,
                                                  unsigned b)
{
	for (unsigned i = 0; i < collide->pairs; i++) {
		const unsigned *abi = collide->pair[i].abi;

		if ((abi[0] == a && abi[1] == b) || (abi[0] == b && abi[1] == a))
			return &collide->pair[i];
	}
	return NULL;
}
