/* SPDX-License-Identifier: MIT */
/* Which findings count: levels, suppressions, expiry. */
#include <fnmatch.h>
#include <string.h>

#include "report/new_finding.h"

static bool matches(const char *pattern, const char *text)
{
	return !*pattern || !fnmatch(pattern, text, 0);
}

static bool is_about(const struct hvc_suppression *entry, const struct hvc_findings *list,
                     const struct hvc_found *found)
{
	return !strcmp(entry->rule, found->rule->id) && matches(entry->about, found->about) &&
	       matches(entry->subject, list->subject) &&
	       (!*entry->fingerprint || !strcmp(entry->fingerprint, found->fingerprint));
}

/* Could it have suppressed something here? One file serves many commands and subjects. */
static bool applies(const struct hvc_suppression *entry, const struct hvc_findings *list)
{
	const struct hvc_finding_rule *rule = hvc_finding_rule__find(entry->rule);

	return (!*rule->command || !strcmp(rule->command, list->command)) &&
	       matches(entry->subject, list->subject);
}

enum hvc_status hvc_suppressions__check(const struct hvc_suppressions *entries,
                                        struct hvc_diag *diag)
{
	const struct hvc_suppression *entry;

	for (unsigned i = 0; (entry = hvc_suppressions__at(entries, i)) != NULL; i++)
		if (!hvc_finding_rule__find(entry->rule))
			return hvc_diag_set(diag, HVC_E_FORMAT, hvc_suppressions__name(entries),
			                    entry->line, entry->column,
			                    "no rule '%.60s'; 'hvcheck list rules' lists them",
			                    entry->rule);
	return HVC_OK;
}

static void add_complaint(struct hvc_findings *list, const struct hvc_suppressions *entries,
                          const struct hvc_suppression *entry, bool expired)
{
	struct hvc_new_finding draft = {
	        .rule = expired ? "suppression-expired" : "suppression-unused",
	        .about = entry->rule,
	        .file = hvc_suppressions__name(entries),
	        .line = entry->line,
	        .column = entry->column,
	        .each = true,
	};

	hvc_words__add(&draft.key, "%s, %s, %s", entry->about, entry->subject, entry->fingerprint);
	if (expired)
		hvc_words__add(&draft.summary, "ended on %04u-%02u-%02u: %s (%s)",
		               entry->expires / 10000, entry->expires / 100 % 100,
		               entry->expires % 100, entry->reason, entry->owner);
	else
		hvc_words__add(&draft.summary, "suppresses nothing: %s (%s)", entry->reason,
		               entry->owner);
	hvc_findings__add(list, &draft);
}

static void apply(struct hvc_findings *list, const struct hvc_policy *policy)
{
	const struct hvc_suppression *entry;
	unsigned count = list->count;

	for (unsigned i = 0; (entry = hvc_suppressions__at(policy->suppressions, i)) != NULL; i++) {
		bool expired = policy->today > entry->expires, used = false;

		for (unsigned k = 0; !expired && k < count; k++) {
			struct hvc_found *found = &list->found[k];

			if (!is_about(entry, list, found))
				continue;
			used = true;
			/* The first entry has the say. */
			if (!found->suppressed)
				found->suppressed = entry;
		}
		if (!used && applies(entry, list))
			add_complaint(list, policy->suppressions, entry, expired);
	}
}

enum hvc_status hvc_findings__judge(struct hvc_findings *findings, const struct hvc_policy *policy,
                                    struct hvc_diag *diag)
{
	if (policy->suppressions) {
		HVC_TRY(hvc_suppressions__check(policy->suppressions, diag));
		apply(findings, policy);
		if (findings->failed)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		hvc_findings__number(findings);
	}
	for (unsigned i = 0; i < findings->count; i++) {
		struct hvc_found *found = &findings->found[i];

		found->fails = !found->suppressed &&
		               (policy->leveled ? found->rule->severity >= policy->fail_on
		                                : found->rule->counts);
	}
	return HVC_OK;
}

bool hvc_findings__fail(const struct hvc_findings *findings)
{
	if (findings->unexplained)
		return true;
	for (unsigned i = 0; i < findings->count; i++)
		if (findings->found[i].fails)
			return true;
	return false;
}
