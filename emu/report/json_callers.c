/* SPDX-License-Identifier: MIT */
/* JSON of call sites. */
#include "report/new_finding.h"
#include "report/site_words.h"

static void add_issues(struct hvc_json *json, const struct hvc_caller *caller)
{
	hvc_json__array(json, "findings");
	for (unsigned i = 0; i < caller->issues; i++) {
		const struct hvc_caller_issue *issue = &caller->issue[i];

		hvc_json__put(json, "{ kind register at:p summary }",
		              hvc_caller_issue__name(issue->kind),
		              issue->reg != HVC_REG_NONE ? hvc_reg_name(issue->reg) : NULL,
		              issue->at, issue->text);
	}
	hvc_json__close(json);
}

static void add_caller(struct hvc_json *json, const struct hvc_caller *caller)
{
	hvc_json__object(json, NULL);
	hvc_site__json(json, caller->site);
	hvc_json__put(json, "instruction through:p abi", hvc_insn_name(caller->site->insn),
	              caller->site->through, caller->abi ? hvc_abi_name(caller->abi) : NULL);
	hvc_site__json_registers(json, caller->site);
	hvc_json__put(json, "fit owner answers[", hvc_caller_fit__name(caller->fit),
	              caller->owner[0] ? caller->owner : NULL);
	for (unsigned i = 0; i < caller->answers; i++) {
		hvc_json__object(json, NULL);
		if (caller->answer[i].rule)
			hvc_json__string(json, "rule", caller->answer[i].text);
		else
			hvc_json__string(json, "behaviour", caller->answer[i].text);
		hvc_json__put(json, "unknown }", caller->answer[i].unknown);
	}
	hvc_json__close(json);
	add_issues(json, caller);
	hvc_json__close(json);
}

enum hvc_status hvc_callers__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                  struct hvc_diag *diag)
{
	const struct hvc_callers_report *report = of;
	const struct hvc_callers *callers = report->callers;
	struct hvc_json *json = hvc_json__new("hvcheck-callers/1");

	hvc_json__put(json, "file abi account{ hvc smc calls", callers->scan->path, report->against,
	              callers->made[0], callers->made[1], callers->calls);
	for (unsigned fit = 0; fit < HVC_CALLER_COUNT; fit++)
		hvc_json__number(json, hvc_caller_fit__name((enum hvc_caller_fit)fit),
		                 callers->of[fit]);
	hvc_json__put(json, "findings } callers[", callers->findings);
	for (size_t i = 0; i < callers->callers; i++)
		add_caller(json, &callers->caller[i]);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
