/* SPDX-License-Identifier: MIT */
/* For a pull request or a job summary: the verdict, the findings, and how to see each of them. */

#include "engine/quote.h"
#include "report/new_finding.h"

/* Prose or a cell: nothing in it is markup, and it stays on its line. */
static void put_text(FILE *out, const char *text)
{
	hvc_quote__put(out, HVC_QUOTE_MARKDOWN, text);
}

static void put_code(FILE *out, const char *text)
{
	hvc_quote__backticks(out, HVC_QUOTE_CODE, text);
}

static void put_row(FILE *out, const struct hvc_found *found)
{
	char calls[HVC_NUMBER_SIZE];

	fprintf(out, "| %s%s | ", hvc_severity__name(found->rule->severity),
	        found->suppressed ? " (suppressed)" : "");
	put_code(out, found->rule->id);
	fputs(" | ", out);
	if (*found->about)
		put_code(out, found->about);
	else
		fputc('-', out);
	fputs(" | ", out);
	put_text(out, found->summary);
	fprintf(out, " | %s | %s |\n", found->calls ? hvc_words__number(found->calls, calls) : "-",
	        found->fingerprint);
}

/* A block of its own, so that a reader can copy what is in it. */
static void put_commands(FILE *out, const struct hvc_findings *list)
{
	bool any = false;

	for (unsigned i = 0; i < list->count; i++)
		any = any || *list->found[i].command;
	if (!any)
		return;
	fputs("\n<details><summary>How to reproduce</summary>\n\n", out);
	for (unsigned i = 0; i < list->count; i++) {
		const struct hvc_found *found = &list->found[i];

		if (!*found->command)
			continue;
		/* Indented code has no fence that its text could close. */
		fprintf(out, "- `%s`", found->rule->id);
		if (*found->about) {
			fputc(' ', out);
			put_code(out, found->about);
		}
		fputs("\n\n      ", out);
		hvc_quote__put(out, HVC_QUOTE_LINE, found->command);
		fputs("\n\n", out);
	}
	fputs("</details>\n", out);
}

static void put_suppressed(FILE *out, const struct hvc_findings *list)
{
	bool any = false;

	for (unsigned i = 0; i < list->count; i++) {
		const struct hvc_suppression *entry = list->found[i].suppressed;

		if (!entry)
			continue;
		fprintf(out, "%s- %s: ", any ? "" : "\nSuppressed:\n\n",
		        list->found[i].fingerprint);
		put_text(out, entry->reason);
		fputs(" (", out);
		put_text(out, entry->owner);
		fprintf(out, ", until %04u-%02u-%02u)\n", entry->expires / 10000,
		        entry->expires / 100 % 100, entry->expires % 100);
		any = true;
	}
}

enum hvc_status hvc_findings__markdown(FILE *out, const struct hvc_findings *findings,
                                       struct hvc_diag *diag)
{
	unsigned suppressed = 0;

	for (unsigned i = 0; i < findings->count; i++)
		suppressed += findings->found[i].suppressed != NULL;
	fprintf(out, "## hvcheck %s: ", findings->command);
	put_text(out, findings->title);
	fprintf(out, "\n\n%s%u error%s, %u warning%s, %u note%s",
	        hvc_findings__fail(findings) ? "**Fails**: " : "Holds: ",
	        hvc_findings__count(findings, HVC_SEVERITY_ERROR),
	        hvc_findings__count(findings, HVC_SEVERITY_ERROR) == 1 ? "" : "s",
	        hvc_findings__count(findings, HVC_SEVERITY_WARNING),
	        hvc_findings__count(findings, HVC_SEVERITY_WARNING) == 1 ? "" : "s",
	        hvc_findings__count(findings, HVC_SEVERITY_NOTE),
	        hvc_findings__count(findings, HVC_SEVERITY_NOTE) == 1 ? "" : "s");
	if (suppressed)
		fprintf(out, ", %u suppressed", suppressed);
	fputs(".\n", out);
	if (*findings->account) {
		fputc('\n', out);
		put_text(out, findings->account);
		fputs(".\n", out);
	}
	if (findings->count)
		fputs("\n| Level | Rule | About | Finding | Calls | Fingerprint |\n"
		      "| --- | --- | --- | --- | --- | --- |\n",
		      out);
	for (unsigned i = 0; i < findings->count; i++)
		put_row(out, &findings->found[i]);
	put_suppressed(out, findings);
	put_commands(out, findings);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
