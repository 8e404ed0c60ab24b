/* SPDX-License-Identifier: MIT */
/* JSON of findings, and of the rules they are of. */

#include "report/new_finding.h"

static void add_suppression(struct hvc_json *json, const struct hvc_suppression *entry)
{
	char day[40];

	if (!entry) {
		hvc_json__null(json, "suppressed");
		return;
	}
	snprintf(day, sizeof(day), "%04u-%02u-%02u", entry->expires / 10000,
	         entry->expires / 100 % 100, entry->expires % 100);
	hvc_json__put(json, "suppressed{ reason owner expires }", entry->reason, entry->owner, day);
}

void hvc_json__findings(struct hvc_json *json, const struct hvc_findings *findings)
{
	if (!findings)
		return;
	hvc_json__array(json, "results");
	for (unsigned i = 0; i < findings->count; i++) {
		const struct hvc_found *found = &findings->found[i];

		hvc_json__put(json, "{ id level about:p summary call:p command:p fingerprint fails",
		              found->rule->id, hvc_severity__name(found->rule->severity),
		              found->about, found->summary, found->call, found->command,
		              found->fingerprint, found->fails);
		hvc_json__put(json, "file? line?", found->line ? found->file : NULL, found->line);
		add_suppression(json, found->suppressed);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

enum hvc_status hvc_rules__json(FILE *out, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-list/1");
	const struct hvc_finding_rule *rule;

	hvc_json__array(json, "rules");
	for (size_t i = 0; (rule = hvc_finding_rule__at(i)) != NULL; i++) {
		hvc_json__put(json, "{ id command:p level counts title help }", rule->id,
		              rule->command, hvc_severity__name(rule->severity), rule->counts,
		              rule->title, rule->help);
	}
	hvc_json__close(json);
	return hvc_json__print(json, out, diag);
}
