/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/supervise.h"
#include "cli/value.h"
#include "report/made.h"

enum hvc_status hvc_cli_report__findings(const struct hvc_findings *findings, enum hvc_style style,
                                         const struct hvc_page *page, struct hvc_diag *diag)
{
	switch (style) {
	case HVC_STYLE_JUNIT:
		return hvc_findings__junit(page->out, findings, diag);
	case HVC_STYLE_SARIF:
		return hvc_findings__sarif(page->out, findings, diag);
	case HVC_STYLE_GITHUB:
		return hvc_findings__github(page->out, findings, diag);
	case HVC_STYLE_MARKDOWN:
		return hvc_findings__markdown(page->out, findings, diag);
	default:
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0, "no such format here");
	}
}

enum hvc_status hvc_cli_report__document(const struct hvc_options *options,
                                         const struct hvc_findings *findings, enum hvc_style style,
                                         const struct hvc_page *page, hvc_document_body *body,
                                         const void *of, struct hvc_diag *diag)
{
	struct hvc_page as = *page;

	if (style == HVC_STYLE_HTML)
		as.markup = HVC_MARKUP_HTML;
	else if (style == HVC_STYLE_MARKDOWN)
		as.markup = HVC_MARKUP_MARKDOWN;
	else if (style != HVC_STYLE_TEXT)
		return hvc_cli_report__findings(findings, style, page, diag);
	return hvc_document__write(&as, findings, options->argument[0],
	                           hvc_options__has(options, HVC_OPTION_ALL), body, of, diag);
}

static enum hvc_status write_one(const struct hvc_options *options,
                                 const struct hvc_report *written,
                                 const struct hvc_findings *findings, enum hvc_style style,
                                 const struct hvc_page *page, struct hvc_diag *diag)
{
	if (written->unjudged >> style & 1)
		findings = NULL;
	if (written->write)
		HVC_TRY(written->write(written->of, options, findings, style, page, diag));
	else if (style == HVC_STYLE_JSON)
		HVC_TRY(written->json(page->out, written->of, findings, diag));
	else
		HVC_TRY(hvc_cli_report__document(options, findings, style, page, written->body,
		                                 written->of, diag));
	if (style == HVC_STYLE_MARKDOWN)
		hvc_made__markdown(page->out);
	return HVC_OK;
}

enum hvc_status hvc_cli_report__each(const struct hvc_options *options, const struct hvc_page *page,
                                     const struct hvc_report *written,
                                     const struct hvc_findings *findings, struct hvc_diag *diag)
{
	HVC_TRY(write_one(options, written, findings, options->style, page, diag));
	for (unsigned i = 0; i < options->reports; i++)
		HVC_TRY(write_one(options, written, findings, options->report[i].style,
		                  options->report[i].page, diag));
	return HVC_OK;
}

/* The day that expiries are held against: today in UTC, or what a reproducible build says. */
static enum hvc_status find_today(struct hvc_diag *diag, unsigned *out)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t now = time(NULL);
	uint64_t seconds;
	struct tm day;

	if (epoch && *epoch) {
		/* The end of the year 9999. */
		if (!hvc_value__number(epoch, UINT64_C(253402300799), &seconds))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "SOURCE_DATE_EPOCH is no number of seconds");
		now = (time_t)seconds;
	}
	if (!gmtime_r(&now, &day))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "the date is not known");
	*out = (unsigned)((day.tm_year + 1900) * 10000 + (day.tm_mon + 1) * 100 + day.tm_mday);
	return HVC_OK;
}

static bool any_counts(const struct hvc_findings *findings)
{
	for (unsigned i = 0; i < findings->count; i++)
		if (findings->found[i].rule->counts)
			return true;
	return false;
}

static enum hvc_status judge(const struct hvc_options *options, struct hvc_findings *findings,
                             bool *holds, struct hvc_diag *diag)
{
	struct hvc_policy policy = {
	        .leveled = hvc_options__has(options, HVC_OPTION_FAIL_ON),
	        .fail_on = options->fail_on,
	        .suppressions = options->suppressions,
	};
	if (policy.suppressions)
		HVC_TRY(find_today(diag, &policy.today));
	HVC_TRY(hvc_findings__judge(findings, &policy, diag));
	/* No finding says why it does not hold: then none can be excused. */
	findings->unexplained = !*holds && !any_counts(findings) &&
	                        !(policy.leveled && policy.fail_on == HVC_SEVERITY_COUNT);
	*holds = !hvc_findings__fail(findings);
	return HVC_OK;
}

enum hvc_status hvc_cli_report__judged(const struct hvc_options *options,
                                       const struct hvc_page *page,
                                       const struct hvc_report *written,
                                       struct hvc_findings *findings, bool *holds,
                                       struct hvc_diag *diag)
{
	enum hvc_status status = judge(options, findings, holds, diag);

	if (status == HVC_OK)
		status = hvc_cli_report__each(options, page, written, findings, diag);
	hvc_findings__free(findings);
	return status;
}

enum hvc_status hvc_cli_report__suppressions(const struct hvc_options *options,
                                             struct hvc_diag *diag, struct hvc_suppressions **out)
{
	struct hvc_suppressions *made;
	enum hvc_status status;

	*out = NULL;
	if (!options->suppress)
		return HVC_OK;
	HVC_TRY(hvc_suppressions__load(options->suppress, diag, &made));
	status = hvc_suppressions__check(made, diag);
	if (status != HVC_OK) {
		hvc_suppressions__free(made);
		return status;
	}
	*out = made;
	return HVC_OK;
}

void hvc_cli_report__doubt(const struct hvc_options *options, const struct hvc_doubt *doubt,
                           bool decisive, struct hvc_findings *findings)
{
	char why[64 + HVC_DOUBT_TEXT];

	if (findings && (!findings->doubt || (doubt->faults && !findings->doubt->faults)))
		findings->doubt = doubt;
	if (doubt->faults && decisive) {
		snprintf(why, sizeof(why), "calls ended in a fault of the assumed world: %s",
		         doubt->why);
		hvc_supervise__doubt(why);
		if (findings)
			findings->no_answer = true;
	} else if (doubt->assumptions && hvc_options__has(options, HVC_OPTION_STRICT)) {
		snprintf(why, sizeof(why), "--strict: the answer hangs on %u assumption%s",
		         doubt->assumptions, doubt->assumptions == 1 ? "" : "s");
		hvc_supervise__doubt(why);
	}
}

enum hvc_status hvc_cli_report__certificates(const struct hvc_options *options,
                                             const struct hvc_certificates *certificates,
                                             struct hvc_diag *diag)
{
	if (!options->smt)
		return HVC_OK;
	if (!certificates->count)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, options->smt, 0, 0,
		                    "nothing is proved, so there are no certificates");
	for (size_t i = 0; i < certificates->count; i++)
		hvc_output__add_file(options->smt_page, certificates->row[i].name,
		                     certificates->row[i].text, certificates->row[i].size);
	return HVC_OK;
}
