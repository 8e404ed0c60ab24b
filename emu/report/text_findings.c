/* SPDX-License-Identifier: MIT */
/* What the findings are called: to look them up, to suppress them, to find them again. */
#include "report/finding.h"
#include "report/table.h"

static enum hvc_ink ink_of(const struct hvc_found *found)
{
	if (found->suppressed || found->rule->severity == HVC_SEVERITY_NOTE)
		return HVC_INK_FAINT;
	return found->rule->severity == HVC_SEVERITY_ERROR ? HVC_INK_BAD : HVC_INK_WARN;
}

static void put_suppressions(const struct hvc_page *page, const struct hvc_findings *list)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct hvc_found *found = &list->found[i];
		const struct hvc_suppression *entry = found->suppressed;

		if (entry)
			hvc_page__prose(page, 0, 4,
			                "  %s is suppressed until %04u-%02u-%02u: %s (%s)",
			                found->fingerprint, entry->expires / 10000,
			                entry->expires / 100 % 100, entry->expires % 100,
			                entry->reason, entry->owner);
		else if (!*found->rule->command)
			hvc_page__prose(page, 0, 4, "  %s:%u: %s %s", found->file, found->line,
			                found->about, found->summary);
	}
}

enum hvc_status hvc_findings_text(const struct hvc_page *page, const struct hvc_findings *findings,
                                  struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Level", HVC_ALIGN_LEFT},
	        {"Rule", HVC_ALIGN_LEFT},
	        {"About", HVC_ALIGN_WRAP},
	        {"Fingerprint", HVC_ALIGN_LEFT},
	};
	struct hvc_table *table;
	bool any = false;

	for (unsigned i = 0; i < findings->count; i++)
		any = any || findings->found[i].rule->severity != HVC_SEVERITY_NOTE ||
		      findings->found[i].rule->counts;
	if (!any)
		return HVC_OK;
	hvc_page__print(page, "\n%sFindings%s, as suppressions and other formats name them\n\n",
	                hvc_ink__begin(page, HVC_INK_STRONG), hvc_ink__end(page, HVC_INK_STRONG));
	table = hvc_table__new(page, columns, 4);
	for (unsigned i = 0; i < findings->count; i++) {
		const struct hvc_found *found = &findings->found[i];

		hvc_table__row(table);
		hvc_table__cell(table, 0, ink_of(found), "%s",
		                found->suppressed ? "suppressed"
		                                  : hvc_severity_name(found->rule->severity));
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", found->rule->id);
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", *found->about ? found->about : "-");
		hvc_table__cell(table, 3, HVC_INK_FAINT, "%s", found->fingerprint);
	}
	HVC_TRY(hvc_table__print(table, diag));
	put_suppressions(page, findings);
	if (!hvc_findings_fail(findings))
		fputs("\n  None of these makes the exit status 1.\n", page->out);
	return HVC_OK;
}
