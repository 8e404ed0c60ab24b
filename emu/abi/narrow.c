/* SPDX-License-Identifier: MIT */
/* A specification of 64 bits as callers of 32 bits read it. */
#include <stdlib.h>
#include <string.h>

#include "abi/half.h"

/* From here on a number of 64 bits is a negative one of 32, sign-extended. */
#define NEGATIVE UINT64_C(0xffffffff80000000)

/* The numbers of 32 bits in an interval; false: there are none. Places have others in Hyp mode. */
static bool narrow_interval(const struct hvc_interval *in, bool hyp, struct hvc_interval *out)
{
	if (hyp && in->lo - HVC_HARNESS_BASE < HVC_HARNESS_SIZE &&
	    in->hi - HVC_HARNESS_BASE < HVC_HARNESS_SIZE) {
		*out = (struct hvc_interval){hvc_harness32(in->lo), hvc_harness32(in->hi)};
		return true;
	}
	if (in->lo > UINT32_MAX && in->lo < NEGATIVE)
		return false;
	out->lo = in->lo & UINT32_MAX;
	out->hi = in->hi >= NEGATIVE    ? in->hi & UINT32_MAX
	          : in->hi < UINT32_MAX ? in->hi
	                                : UINT32_MAX;
	return true;
}

/* The same of a set; false: out of memory. */
static bool narrow_set(struct hvc_arena *arena, bool hyp, const struct hvc_interval **interval,
                       unsigned *intervals)
{
	struct hvc_numbers set = {hvc_arena__take(arena, (*intervals + 1) * sizeof **interval), 0,
	                          0};

	if (!set.interval)
		return false;
	for (unsigned i = 0; i < *intervals; i++)
		set.intervals +=
		        narrow_interval(&(*interval)[i], hyp, &set.interval[set.intervals]);
	if (set.intervals)
		hvc_list__normalise(&set);
	*interval = set.interval;
	*intervals = set.intervals;
	return true;
}

static bool narrow_condition(struct hvc_arena *arena, bool hyp, struct hvc_condition *c)
{
	bool wide = c->mask > UINT32_MAX;

	c->mask &= UINT32_MAX;
	return !wide || narrow_set(arena, hyp, &c->interval, &c->intervals);
}

/* "& 0xffffffff" at the end of a value says nothing more. */
static void drop_mask(struct hvc_expr *expr)
{
	const struct hvc_term *last = &expr->term[expr->count - 1];

	if (expr->count > 2 && last->kind == HVC_TERM_AND && last[-1].kind == HVC_TERM_CONST &&
	    last[-1].value == UINT32_MAX)
		expr->count -= 2;
}

static bool narrow_result(struct hvc_arena *arena, bool hyp, struct hvc_result *result)
{
	bool whole = result->mask == UINT64_MAX;

	if (result->reg >= HVC_GPR_COUNT)
		return true;
	if (!result->intervals)
		drop_mask(&result->expr);
	if (!whole)
		return true;
	result->mask = UINT32_MAX;
	return !result->intervals || narrow_set(arena, hyp, &result->interval, &result->intervals);
}

/* Where a call ends that does not go back to its caller. */
static bool stays(const struct hvc_rule *rule)
{
	return rule->specified && rule->outcome != HVC_OUTCOME_RETURN &&
	       rule->outcome != HVC_OUTCOME_RETRY && rule->outcome != HVC_OUTCOME_INJECT &&
	       rule->outcome != HVC_OUTCOME_UNDEFINED;
}

static unsigned narrow_levels(unsigned levels, bool hyp)
{
	unsigned modes = levels & HVC_LEVELS_AARCH32;

	if (levels & (1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T))
		modes |= 1u << HVC_LEVEL_EL1_SVC;
	if (levels >> HVC_LEVEL_EL0 & 1)
		modes |= 1u << HVC_LEVEL_EL0_USR;
	if (hyp && levels & (1u << HVC_LEVEL_EL2H | 1u << HVC_LEVEL_EL2T))
		modes |= 1u << HVC_LEVEL_EL2_HYP;
	return modes;
}

static unsigned narrow_insns(unsigned insns)
{
	return hvc_insns__all(insns) &
	       ~(1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC | 1u << HVC_INSN_TRAP);
}

bool hvc_half__narrow(struct hvc_arena *arena, bool hyp, struct hvc_rule *rule, bool *left)
{
	struct hvc_condition *condition =
	        hvc_arena__take(arena, (rule->conditions + 1) * sizeof *condition);
	struct hvc_result *result = hvc_arena__take(arena, (rule->results + 1) * sizeof *result);

	if (!condition || !result)
		return false;
	*left = true;
	for (unsigned i = 0; i < rule->conditions; i++) {
		condition[i] = rule->condition[i];
		if (!narrow_condition(arena, hyp, &condition[i]))
			return false;
		*left = *left && condition[i].intervals;
	}
	for (unsigned i = 0; i < rule->results; i++) {
		result[i] = rule->result[i];
		if (!narrow_result(arena, hyp, &result[i]))
			return false;
	}
	rule->condition = condition;
	rule->result = result;
	rule->levels = narrow_levels(rule->levels, hyp);
	rule->insns = narrow_insns(rule->insns);
	if (hyp && stays(rule) && (rule->level == HVC_LEVEL_COUNT || rule->level == HVC_LEVEL_EL2H))
		rule->level = HVC_LEVEL_EL2_HYP;
	*left = *left && rule->levels && rule->insns;
	return true;
}

/* Of rules that are in memory of the ABI's own. */
static bool narrow_all(struct hvc_abi *abi, unsigned levels, bool hyp)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < abi->rules; i++) {
		bool left;

		abi->rule[kept] = abi->rule[i];
		abi->rule[kept].levels &= levels;
		if (!hvc_half__narrow(&abi->arena, hyp, &abi->rule[kept], &left))
			return false;
		kept += left;
	}
	abi->rules = kept;
	abi->levels = narrow_levels(levels, hyp);
	abi->insns = narrow_insns(abi->insns);
	return hvc_abi__classify(abi) == HVC_OK && hvc_abi__plan(abi) == HVC_OK;
}

enum hvc_status hvc_half__read_at_32(const struct hvc_abi *abi, unsigned levels, bool hyp,
                                     struct hvc_diag *diag, struct hvc_abi **out)
{
	struct hvc_abi *narrow = calloc(1, sizeof *narrow);

	if (!narrow)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	*narrow = *abi;
	narrow->arena = (struct hvc_arena){NULL};
	narrow->half = NULL;
	narrow->properties = 0;
	narrow->rule = hvc_arena__take(&narrow->arena, abi->rules * sizeof *narrow->rule);
	if (narrow->rule)
		memcpy(narrow->rule, abi->rule, abi->rules * sizeof *narrow->rule);
	if (!narrow->rule || !narrow_all(narrow, levels, hyp)) {
		hvc_abi_free(narrow);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	*out = narrow;
	return HVC_OK;
}
