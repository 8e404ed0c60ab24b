/* SPDX-License-Identifier: MIT */
/* JSON of call sites. */
#include "report/new_finding.h"
#include "report/site_words.h"

static void add_issues(struct hvc_json *json, const struct hvc_caller *caller)
{
	hvc_json__array(json, "findings");
	for (unsigned i = 0; i < caller->issues; i++) {
		const struct hvc_caller_issue *issue = &caller->issue[i];

		hvc_json__object(json, NULL);
		hvc_json__string(json, "kind", hvc_caller_issue__name(issue->kind));
		if (issue->reg != HVC_REG_NONE)
			hvc_json__string(json, "register", hvc_reg_name(issue->reg));
		else
			hvc_json__null(json, "register");
		if (issue->at)
			hvc_json__hex(json, "at", issue->at);
		else
			hvc_json__null(json, "at");
		hvc_json__string(json, "summary", issue->text);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_caller(struct hvc_json *json, const struct hvc_caller *caller)
{
	hvc_json__object(json, NULL);
	hvc_site__json(json, caller->site);
	hvc_json__string(json, "instruction", hvc_insn_name(caller->site->insn));
	if (caller->site->through)
		hvc_json__hex(json, "through", caller->site->through);
	else
		hvc_json__null(json, "through");
	if (caller->abi)
		hvc_json__string(json, "abi", hvc_abi_name(caller->abi));
	else
		hvc_json__null(json, "abi");
	hvc_site__json_registers(json, caller->site);
	hvc_json__string(json, "fit", hvc_caller_fit__name(caller->fit));
	if (caller->owner[0])
		hvc_json__string(json, "owner", caller->owner);
	else
		hvc_json__null(json, "owner");
	hvc_json__array(json, "answers");
	for (unsigned i = 0; i < caller->answers; i++) {
		hvc_json__object(json, NULL);
		if (caller->answer[i].rule)
			hvc_json__string(json, "rule", caller->answer[i].text);
		else
			hvc_json__string(json, "behaviour", caller->answer[i].text);
		hvc_json__boolean(json, "unknown", caller->answer[i].unknown);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	add_issues(json, caller);
	hvc_json__close(json);
}

enum hvc_status hvc_callers__json(FILE *out, const struct hvc_callers *callers, const char *against,
                                  const struct hvc_findings *findings, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-callers/1");

	hvc_json__string(json, "file", callers->scan->path);
	hvc_json__string(json, "abi", against);
	hvc_json__object(json, "account");
	hvc_json__number(json, "hvc", callers->made[0]);
	hvc_json__number(json, "smc", callers->made[1]);
	hvc_json__number(json, "calls", callers->calls);
	for (unsigned fit = 0; fit < HVC_CALLER_COUNT; fit++)
		hvc_json__number(json, hvc_caller_fit__name((enum hvc_caller_fit)fit),
		                 callers->of[fit]);
	hvc_json__number(json, "findings", callers->findings);
	hvc_json__close(json);
	hvc_json__array(json, "callers");
	for (size_t i = 0; i < callers->callers; i++)
		add_caller(json, &callers->caller[i]);
	hvc_json__close(json);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
