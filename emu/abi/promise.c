/* SPDX-License-Identifier: MIT */
/* What the rules of two ABIs have in common in what they say, not in what they govern. */
#include <string.h>

#include "abi/expr.h"
#include "abi/overlap.h"

bool hvc_rule__claims(const struct hvc_rule *rule)
{
	return rule->specified && rule->role == HVC_ROLE_CALL;
}

bool hvc_result__equal(const struct hvc_result *a, const struct hvc_result *b)
{
	if (a->reg != b->reg || a->mask != b->mask || a->intervals != b->intervals)
		return false;
	for (unsigned i = 0; i < a->intervals; i++)
		if (a->interval[i].lo != b->interval[i].lo ||
		    a->interval[i].hi != b->interval[i].hi)
			return false;
	return a->intervals || hvc_expr__equal(&a->expr, &b->expr);
}

static const struct hvc_rule *rule_named(const struct hvc_abi *abi, const char *name)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++)
		if (!strcmp(hvc_abi_rule_at(abi, i)->name, name))
			return hvc_abi_rule_at(abi, i);
	return NULL;
}

static bool touches(const struct hvc_interval *a, unsigned as, const struct hvc_interval *b,
                    unsigned bs)
{
	for (unsigned i = 0; i < as; i++)
		for (unsigned j = 0; j < bs; j++)
			if (a[i].lo <= b[j].hi && b[j].lo <= a[i].hi)
				return true;
	return false;
}

/* Is what selects the one, immediate and first register, also what selects the other? */
static bool shares_selector(const struct hvc_rule *a, const struct hvc_rule *b)
{
	const struct hvc_condition *x = a->condition, *y = b->condition;

	if (!touches(a->imm, a->imms, b->imm, b->imms))
		return false;
	return !a->conditions || !b->conditions || x->reg != y->reg || x->mask != y->mask ||
	       touches(x->interval, x->intervals, y->interval, y->intervals);
}

bool hvc_abi__offers(const struct hvc_abi *abi, const struct hvc_rule *rule)
{
	if (rule->specified || rule->role != HVC_ROLE_CALL)
		return hvc_rule__claims(rule);
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *other = hvc_abi_rule_at(abi, i);

		if (hvc_rule__claims(other) && other->levels & rule->levels &&
		    other->insns & rule->insns && shares_selector(rule, other))
			return false;
	}
	return true;
}

/* Is the promise more than numbers in general registers? */
static bool tells(const struct hvc_rule *rule)
{
	if (rule->outcome != HVC_OUTCOME_RETURN)
		return true;
	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];

		if (result->reg >= HVC_GPR_COUNT)
			return true;
		for (unsigned k = 0; !result->intervals && k < result->expr.count; k++)
			if (result->expr.term[k].kind != HVC_TERM_CONST)
				return true;
	}
	return false;
}

bool hvc_abi__renames(const struct hvc_abi *old_abi, const struct hvc_rule *old_rule,
                      const struct hvc_abi *new_abi, const struct hvc_rule *new_rule)
{
	if (old_rule->role == HVC_ROLE_UNKNOWN && new_rule->role == HVC_ROLE_UNKNOWN)
		return true;
	return !rule_named(new_abi, old_rule->name) && !rule_named(old_abi, new_rule->name) &&
	       tells(old_rule) && tells(new_rule);
}
