/* SPDX-License-Identifier: MIT */
/* hvcheck scan: vector tables and call sites of an image, with what it may be and what it lacks. */
#include "cli/report.h"
#include "engine/fit.h"

struct work {
	struct hvc_registry *registry;
	struct hvc_scan *scan;
	const char *symbols;
};

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct work *work = of;

	return hvc_scan__text(page, work->scan, work->registry, work->symbols, diag);
}

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct work *work = of;

	if (style == HVC_STYLE_JSON)
		return hvc_scan__json(page->out, work->scan, work->registry,
		                      work->scan->audited ? findings : NULL, diag);
	/* Nothing was judged where nobody asked. */
	if (!work->scan->audited && style < HVC_STYLE_JUNIT)
		findings = NULL;
	return hvc_cli_report__document(options, findings, style, page, put_body, of, diag);
}

enum hvc_status hvc_cmd__scan(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	struct work work = {.symbols = options->symbols[0]};
	struct hvc_findings *findings = NULL;
	enum hvc_status status = hvc_known__open(diag, &work.registry);

	if (status == HVC_OK)
		status =
		        hvc_scan__file(options->argument[0], options->symbols[0], diag, &work.scan);
	if (status == HVC_OK)
		status = hvc_fit__scan(work.scan, diag);
	if (status == HVC_OK && hvc_options__has(options, HVC_OPTION_AUDIT))
		status = hvc_scan__audit(work.scan, diag);
	if (status == HVC_OK) {
		*holds = work.scan->audits == 0;
		status = hvc_findings__of_scan(work.scan, diag, &findings);
	}
	if (status == HVC_OK)
		status = hvc_cli_report__judged(options, page, &work, write, findings, holds, diag);
	hvc_scan__free(work.scan);
	hvc_known__close(work.registry);
	return status;
}
