/* SPDX-License-Identifier: MIT */
/* What the rules of two ABIs have in common in what they say, not in what they govern. */
#include "hvcheck/overlap.h"

bool hvc_rule_claims(const struct hvc_rule *rule)
{
	return rule->specified && rule->role == HVC_ROLE_CALL;
}

bool hvc_result_equal(const struct hvc_result *a, const struct hvc_result *b)
{
	if (a->reg != b->reg || a->mask != b->mask || a->intervals != b->intervals)
		return false;
	for (unsigned i = 0; i < a->intervals; i++)
		if (a->interval[i].lo != b->interval[i].lo ||
		    a->interval[i].hi != b->interval[i].hi)
			return false;
	return a->intervals || hvc_expr_equal(&a->expr, &b->expr);
}
