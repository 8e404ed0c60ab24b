/* SPDX-License-Identifier: MIT */
#include "abi/abi.h"
#include "machine/outcome.h"

#include <stdlib.h>

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
