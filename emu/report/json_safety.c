/* SPDX-License-Identifier: MIT */
/* JSON of what unknown calls do. */
#include "report/json_class.h"
#include "report/new_finding.h"

static void add_hazard(struct hvc_json *json, const struct hvc_safety *safety, unsigned index)
{
	static const char *const command[2] = {"command", NULL};
	const struct hvc_hazard *hazard = &safety->hazard[index];

	hvc_json__put(json, "{ finding kinds[", (bool)(index < safety->findings));
	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (hazard->kinds >> kind & 1)
			hvc_json__string(json, NULL, hvc_hazard__name((enum hvc_hazard_kind)kind));
	hvc_json__put(json, "] rule unspecified", hvc_abi_rule_at(safety->abi, hazard->rule)->name,
	              hazard->unspecified);
	hvc_json__callers(json, hazard->callers);
	hvc_json__put(json, "condition outcome does known world", hazard->when,
	              hvc_outcome_name(hazard->outcome), hazard->does, "proved",
	              hvc_abi_world_at(safety->abi, hazard->world)->world.name);
	hvc_json__shown(json, &hazard->witness, command);
	hvc_json__close(json);
}

enum hvc_status hvc_safety__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                 struct hvc_diag *diag)
{
	const struct hvc_safety *safety = of;
	struct hvc_json *json = hvc_json__new("hvcheck-safety/2");

	hvc_json__put(json, "subject abi safe complete", safety->subject, hvc_abi_name(safety->abi),
	              (bool)(safety->findings == 0 && safety->gaps == 0),
	              (bool)(safety->gaps == 0 && !safety->swept));
	hvc_json__callers(json, safety->callers);
	hvc_json__gaps(json, safety->gap, safety->gaps);
	hvc_json__put(json, "account{ behaviours safe open } hazards[", safety->behaviours,
	              safety->safe, safety->open);
	for (unsigned i = 0; i < safety->hazards; i++)
		add_hazard(json, safety, i);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
