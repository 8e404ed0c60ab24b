/* SPDX-License-Identifier: MIT */
/* hvcheck safety: what unallocated calls do. */
#include <stdio.h>

#include "cli/open.h"
#include "cli/report.h"
#include "cli/supervise.h"

enum hvc_status hvc_cmd__safety(const struct hvc_options *options, const struct hvc_page *page,
                                bool *holds, struct hvc_diag *diag)
{
	struct hvc_case held = {.subject = NULL};
	struct hvc_safety_config config = {.budget = options->budget,
	                                   .brief = hvc_options__has(options, HVC_OPTION_BRIEF)};
	struct hvc_safety *safety = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status = hvc_open__case(options, true, diag, &held);

	hvc_options__callers(options, &config.levels, &config.insns);
	if (status == HVC_OK) {
		config.over = held.over;
		config.subject = held.subject;
		config.abi = held.abi;
		status = hvc_safety__look(&config, diag, &safety);
	}
	if (status == HVC_OK && !safety->behaviours && !safety->gaps)
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "%s leaves no call unallocated: there is nothing to look at",
		                      held.name);
	if (status == HVC_OK) {
		*holds = safety->findings == 0;
		/* Where nothing is found, what was not followed may do anything. */
		if (*holds && safety->gaps) {
			char why[256];

			snprintf(why, sizeof(why), "%u thing%s could not be followed; one is %s",
			         safety->gaps, safety->gaps == 1 ? "" : "s", safety->gap[0].text);
			hvc_supervise__doubt(why);
		}
		status = hvc_findings__of_safety(safety, held.name, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct hvc_report report = {safety, hvc_safety__text, hvc_safety__json, NULL,
		                                  0};

		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_safety__free(safety);
	hvc_open__close(&held);
	return status;
}
