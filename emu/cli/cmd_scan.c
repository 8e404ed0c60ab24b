/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"
#include "hvcheck/fit.h"

enum hvc_status hvc_cmd__scan(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	struct hvc_registry *registry = NULL;
	struct hvc_scan *scan = NULL;
	enum hvc_status status = hvc_known_open(diag, &registry);

	*holds = true;
	if (status == HVC_OK)
		status = hvc_scan_file(options->argument[0], options->symbols[0], diag, &scan);
	if (status == HVC_OK)
		status = hvc_fit_scan(scan, diag);
	if (status == HVC_OK)
		status = options->style == HVC_STYLE_JSON
		                 ? hvc_scan_json(page->out, scan, registry, diag)
		                 : hvc_scan_text(page, scan, registry, diag);
	hvc_scan_free(scan);
	hvc_known_close(registry);
	return status;
}
