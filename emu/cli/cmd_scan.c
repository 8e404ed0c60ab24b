/* SPDX-License-Identifier: MIT */
/* hvcheck scan: vector tables and call sites of an image, with what it may be and what it lacks. */
#include "cli/report.h"
#include "engine/fit.h"

/* Nothing was judged where nobody asked. */
#define UNJUDGED                                                                  \
	(1u << HVC_STYLE_TEXT | 1u << HVC_STYLE_JSON | 1u << HVC_STYLE_MARKDOWN | \
	 1u << HVC_STYLE_HTML)

enum hvc_status hvc_cmd__scan(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	struct hvc_findings *findings = NULL;
	struct hvc_registry *registry = NULL;
	struct hvc_scan *scan = NULL;
	enum hvc_status status = hvc_known__open(diag, &registry);

	if (status == HVC_OK)
		status = hvc_scan__file(options->argument[0], options->symbols[0], diag, &scan);
	if (status == HVC_OK)
		status = hvc_fit__scan(scan, diag);
	if (status == HVC_OK && hvc_options__has(options, HVC_OPTION_AUDIT))
		status = hvc_scan__audit(scan, diag);
	if (status == HVC_OK) {
		*holds = scan->audits == 0;
		status = hvc_findings__of_scan(scan, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct hvc_scan_report of = {scan, registry, options->symbols[0]};
		const struct hvc_report report = {&of, hvc_scan__text, hvc_scan__json, NULL,
		                                  scan->audited ? 0 : UNJUDGED};

		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_scan__free(scan);
	hvc_known__close(registry);
	return status;
}
