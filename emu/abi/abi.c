/* SPDX-License-Identifier: MIT */
#include "abi/abi.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "machine/outcome.h"

void hvc_abi_free(struct hvc_abi *abi)
{
	if (!abi)
		return;
	hvc_abi_free(abi->half);
	hvc_arena__free(&abi->arena);
	free(abi);
}

const char *hvc_abi_name(const struct hvc_abi *abi)
{
	return abi->name;
}

const char *hvc_abi_title(const struct hvc_abi *abi)
{
	return abi->title;
}

const char *hvc_abi_source(const struct hvc_abi *abi)
{
	return abi->source;
}

unsigned hvc_abi__levels(const struct hvc_abi *abi)
{
	return abi->levels;
}

unsigned hvc_abi__insns(const struct hvc_abi *abi)
{
	return abi->insns;
}

unsigned hvc_abi_world_count(const struct hvc_abi *abi)
{
	return abi->worlds;
}

const struct hvc_abi_world *hvc_abi_world_at(const struct hvc_abi *abi, unsigned i)
{
	return i < abi->worlds ? &abi->world[i] : NULL;
}

unsigned hvc_abi_rule_count(const struct hvc_abi *abi)
{
	return abi->rules;
}

const struct hvc_rule *hvc_abi_rule_at(const struct hvc_abi *abi, unsigned i)
{
	return i < abi->rules ? &abi->rule[i] : NULL;
}

static bool meets(const struct hvc_condition *condition, const struct hvc_call *call)
{
	uint64_t narrow = hvc_level_is_aarch32(call->from) ? UINT32_MAX : UINT64_MAX;
	uint64_t value = call->x[condition->reg] & condition->mask & narrow;
	unsigned first = 0, last = condition->intervals;

	while (first < last) {
		unsigned middle = (first + last) / 2;

		if (condition->interval[middle].hi < value)
			first = middle + 1;
		else
			last = middle;
	}
	return first < condition->intervals && condition->interval[first].lo <= value;
}

int hvc_abi__rule_of(const struct hvc_abi *abi, unsigned world, const struct hvc_call *call)
{
	const struct hvc_abi_candidates *candidates =
	        &abi->candidates[abi->class_of[hvc_call__imm(call)]];
	unsigned level, insn;

	if (world >= abi->worlds || (unsigned)call->from >= HVC_LEVEL_COUNT ||
	    (unsigned)call->insn >= HVC_INSN_COUNT ||
	    hvc_caller_index(call->insn, call->from) == HVC_CALLER_NONE ||
	    (call->insn == HVC_INSN_TRAP) != (abi->world[world].world.esr != 0))
		return -1;
	level = 1u << call->from;
	insn = 1u << call->insn;
	if (!(abi->levels & level) || !(abi->insns & insn))
		return -1;
	for (unsigned i = 0; i < candidates->rules; i++) {
		const struct hvc_rule *rule = &abi->rule[candidates->rule[i]];
		unsigned k = 0;

		if (!(rule->levels & level) || !(rule->insns & insn) ||
		    !(rule->worlds >> world & 1))
			continue;
		while (k < rule->conditions && meets(&rule->condition[k], call))
			k++;
		if (k == rule->conditions)
			return candidates->rule[i];
	}
	return -1; /* not reached: loading proved the rules total */
}

/*
 * Which rule governs a call is asked for every one of millions of calls, so it is prepared by
 * immediate: immediates that the same rules may govern form a class, and a class lists its
 * rules best first.
 */

struct build {
	const struct hvc_rule *rules;
	uint16_t *order;   /* every rule, best first */
	unsigned *at;      /* for each rule of order, the interval now in reach */
	uint16_t *members; /* scratch: the rules of one immediate */
	struct hvc_abi_candidates *classes;
	unsigned count;
	size_t room;
};

static bool in_reach(struct build *b, unsigned i, uint64_t imm)
{
	const struct hvc_rule *rule = &b->rules[b->order[i]];

	while (b->at[i] < rule->imms && rule->imm[b->at[i]].hi < imm)
		b->at[i]++;
	return b->at[i] < rule->imms && rule->imm[b->at[i]].lo <= imm;
}

/** Class of the rules in members; HVC_IMM_COUNT when memory ran out. */
static unsigned find_class(struct build *b, unsigned members, struct hvc_arena *arena)
{
	size_t size = members * sizeof *b->members;
	uint16_t *kept;

	for (unsigned i = b->count; i-- > 0;)
		if (b->classes[i].rules == members && !memcmp(b->classes[i].rule, b->members, size))
			return i;
	if (!hvc_grow(&b->classes, &b->room, b->count, sizeof *b->classes))
		return HVC_IMM_COUNT;
	kept = hvc_arena__take(arena, size);
	if (!kept)
		return HVC_IMM_COUNT;
	memcpy(kept, b->members, size);
	b->classes[b->count] = (struct hvc_abi_candidates){kept, members};
	return b->count++;
}

/** Immediates where the set of rules may change: every begin, and one past every end. */
static void mark_borders(const struct hvc_abi *abi, bool *border)
{
	border[0] = true;
	for (unsigned i = 0; i < abi->rules; i++) {
		const struct hvc_rule *rule = &abi->rule[i];

		for (unsigned k = 0; k < rule->imms; k++) {
			border[rule->imm[k].lo] = true;
			if (rule->imm[k].hi + 1 < HVC_IMM_COUNT)
				border[rule->imm[k].hi + 1] = true;
		}
	}
}

static bool assign(struct hvc_abi *abi, struct build *b, const bool *border)
{
	unsigned class_ = 0;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		if (border[imm]) {
			unsigned members = 0;

			for (unsigned i = 0; i < abi->rules; i++)
				if (in_reach(b, i, imm))
					b->members[members++] = b->order[i];
			class_ = find_class(b, members, &abi->arena);
			if (class_ == HVC_IMM_COUNT)
				return false;
		}
		abi->class_of[imm] = (uint16_t)class_;
	}
	return true;
}

/** Best first; equals in file order. Insertion: the rules are few and mostly in order. */
static void sort_rules(const struct hvc_abi *abi, uint16_t *order)
{
	for (unsigned i = 0; i < abi->rules; i++) {
		unsigned k = i;

		for (; k && abi->rule[order[k - 1]].priority < abi->rule[i].priority; k--)
			order[k] = order[k - 1];
		order[k] = (uint16_t)i;
	}
}

enum hvc_status hvc_abi__classify(struct hvc_abi *abi)
{
	struct build b = {.rules = abi->rule};
	bool *border = calloc(HVC_IMM_COUNT, sizeof *border);
	struct hvc_abi_candidates *kept = NULL;

	b.order = calloc(abi->rules, sizeof *b.order);
	b.members = calloc(abi->rules, sizeof *b.members);
	b.at = calloc(abi->rules, sizeof *b.at);
	if (border && b.order && b.members && b.at) {
		sort_rules(abi, b.order);
		mark_borders(abi, border);
		if (assign(abi, &b, border))
			kept = hvc_arena__take(&abi->arena, b.count * sizeof *kept);
		if (kept)
			memcpy(kept, b.classes, b.count * sizeof *kept);
	}
	free(border);
	free(b.order);
	free(b.members);
	free(b.at);
	free(b.classes);
	if (!kept)
		return HVC_E_NOMEM;
	abi->candidates = kept;
	return HVC_OK;
}
