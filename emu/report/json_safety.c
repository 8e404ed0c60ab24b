/* SPDX-License-Identifier: MIT */
/* JSON of what unknown calls do. */
#include "report/json_class.h"
#include "report/new_finding.h"

static void add_hazard(struct hvc_json *json, const struct hvc_safety *safety, unsigned index)
{
	static const char *const command[2] = {"command", NULL};
	const struct hvc_hazard *hazard = &safety->hazard[index];

	hvc_json__object(json, NULL);
	hvc_json__boolean(json, "finding", index < safety->findings);
	hvc_json__array(json, "kinds");
	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (hazard->kinds >> kind & 1)
			hvc_json__string(json, NULL, hvc_hazard__name((enum hvc_hazard_kind)kind));
	hvc_json__close(json);
	hvc_json__string(json, "rule", hvc_abi_rule_at(safety->abi, hazard->rule)->name);
	hvc_json__boolean(json, "unspecified", hazard->unspecified);
	hvc_json__callers(json, hazard->callers);
	hvc_json__string(json, "condition", hazard->when);
	hvc_json__string(json, "outcome", hvc_outcome_name(hazard->outcome));
	hvc_json__string(json, "does", hazard->does);
	hvc_json__string(json, "known", "proved");
	hvc_json__string(json, "world", hvc_abi_world_at(safety->abi, hazard->world)->world.name);
	hvc_json__shown(json, &hazard->witness, command);
	hvc_json__close(json);
}

enum hvc_status hvc_safety__json(FILE *out, const struct hvc_safety *safety,
                                 const struct hvc_findings *findings, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-safety/2");

	hvc_json__string(json, "subject", safety->subject);
	hvc_json__string(json, "abi", hvc_abi_name(safety->abi));
	hvc_json__boolean(json, "safe", safety->findings == 0 && safety->gaps == 0);
	hvc_json__boolean(json, "complete", safety->gaps == 0);
	hvc_json__callers(json, safety->callers);
	hvc_json__gaps(json, safety->gap, safety->gaps);
	hvc_json__object(json, "account");
	hvc_json__number(json, "behaviours", safety->behaviours);
	hvc_json__number(json, "safe", safety->safe);
	hvc_json__number(json, "open", safety->open);
	hvc_json__close(json);
	hvc_json__array(json, "hazards");
	for (unsigned i = 0; i < safety->hazards; i++)
		add_hazard(json, safety, i);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
