/* SPDX-License-Identifier: MIT */
/* Findings of what unknown calls do. */
#include <stdio.h>

#include "report/new_finding.h"

/* The worst of what it did, which comes first. */
static const char *worst(unsigned kinds)
{
	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (kinds >> kind & 1)
			return hvc_hazard__name((enum hvc_hazard_kind)kind);
	return "stuck";
}

static void add_hazard(struct hvc_findings *list, const struct hvc_safety *safety, const char *abi,
                       unsigned index)
{
	const struct hvc_hazard *hazard = &safety->hazard[index];
	const struct hvc_rule *rule = hvc_abi_rule_at(safety->abi, hazard->rule);
	struct hvc_new_finding draft = {.about = rule->name};
	char id[32];

	/* What is no finding of the report is only told here, too. */
	snprintf(id, sizeof(id), "safety-%s",
	         hazard->unspecified         ? "open"
	         : index >= safety->findings ? "stuck"
	                                     : worst(hazard->kinds));
	draft.rule = id;
	hvc_new_finding__place(&draft, rule, abi, list);
	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (hazard->kinds >> kind & 1)
			hvc_words__add(&draft.key, "%s%s", draft.key.length ? ", " : "",
			               hvc_hazard__name((enum hvc_hazard_kind)kind));
	hvc_words__add(&draft.summary, "%s: %s, where %s", hvc_words__text(&draft.key),
	               hazard->does, hazard->when);
	hvc_words__witness(&draft.call, &hazard->witness.call);
	if (hazard->witness.command[0])
		hvc_words__add(&draft.command, "%s", hazard->witness.command[0]);
	hvc_findings__add(list, &draft);
}

static void add_gap(struct hvc_findings *list, const struct hvc_gap *gap)
{
	struct hvc_new_finding draft = {.rule = "safety-undecided"};

	hvc_words__add(&draft.key, "%s", gap->text);
	hvc_words__callers(&draft.summary, gap->callers);
	hvc_words__add(&draft.summary, ": %s", gap->text);
	hvc_findings__add(list, &draft);
}

enum hvc_status hvc_findings__of_safety(const struct hvc_safety *safety, const char *abi,
                                        struct hvc_diag *diag, struct hvc_findings **out)
{
	struct hvc_findings *list =
	        hvc_findings__of("safety", safety->subject, hvc_abi_name(safety->abi),
	                         "%u of %u behaviours of unallocated calls leave EL2 as it was",
	                         safety->safe, safety->behaviours);

	for (unsigned i = 0; list && i < safety->hazards; i++)
		add_hazard(list, safety, abi, i);
	for (unsigned i = 0; list && i < safety->gaps; i++)
		add_gap(list, &safety->gap[i]);
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
