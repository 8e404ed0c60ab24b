/* SPDX-License-Identifier: MIT */
/* Workflow commands, one line a finding, which GitHub shows beside the file that they name. */

#include "engine/quote.h"
#include "report/new_finding.h"

static void put_text(FILE *out, const char *text, bool property)
{
	hvc_quote__put(out, property ? HVC_QUOTE_PROPERTY : HVC_QUOTE_COMMAND, text);
}

static void put_place(FILE *out, const struct hvc_found *found)
{
	if (!*found->file)
		return;
	fputs("file=", out);
	put_text(out, found->file, true);
	if (found->line)
		fprintf(out, ",line=%u,col=%u", found->line, found->column);
	fputc(',', out);
}

static void put_finding(FILE *out, const struct hvc_findings *list, const struct hvc_found *found)
{
	enum hvc_severity severity = found->rule->severity;
	struct hvc_words title = {0};

	/* What somebody lets stand is not to be shown in red. */
	fprintf(out, "::%s ",
	        found->suppressed || severity == HVC_SEVERITY_NOTE ? "notice"
	                                                           : hvc_severity__name(severity));
	put_place(out, found);
	hvc_words__add(&title, "%s%s%s%s", found->rule->id, *found->about ? " (" : "", found->about,
	               *found->about ? ")" : "");
	fputs("title=", out);
	put_text(out, hvc_words__text(&title), true);
	fputs("::", out);
	hvc_words__free(&title);
	if (found->suppressed) {
		fputs("suppressed, ", out);
		put_text(out, found->suppressed->reason, false);
		fputs(": ", out);
	}
	put_text(out, list->title, false);
	fputs(": ", out);
	put_text(out, found->summary, false);
	if (*found->command) {
		fputs("%0A", out);
		put_text(out, found->command, false);
	}
	fprintf(out, "%%0A%s\n", found->fingerprint);
}

enum hvc_status hvc_findings__github(FILE *out, const struct hvc_findings *findings,
                                     struct hvc_diag *diag)
{
	for (unsigned i = 0; i < findings->count; i++)
		put_finding(out, findings, &findings->found[i]);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
