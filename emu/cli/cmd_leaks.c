/* SPDX-License-Identifier: MIT */
/* hvcheck leaks: what a caller below EL2 learns. */

#include "cli/open.h"
#include "cli/report.h"
#include "cli/world.h"

static enum hvc_status find(const struct hvc_options *options, const struct hvc_case *held,
                            struct hvc_diag *diag, struct hvc_leaks **out)
{
	uint64_t value[HVC_GPR_COUNT] = {0};
	struct hvc_leaks_config config = {
	        .subject = held->subject,
	        .abi = held->abi,
	        .world = &held->world,
	        .over = held->over,
	        .set = options->set,
	        .value = value,
	        .imm = hvc_options__has(options, HVC_OPTION_IMM) ? &options->imm : NULL,
	        .budget = options->budget,
	};

	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_GPR_COUNT; reg++)
		if (hvc_regset_has(&options->set, reg))
			HVC_TRY(hvc_cli_world__value(options, held->subject, reg, diag,
			                             &value[reg]));
	hvc_options__callers(options, &config.levels, &config.insns);
	return hvc_leaks__find(&config, diag, out);
}

enum hvc_status hvc_cmd__leaks(const struct hvc_options *options, const struct hvc_page *page,
                               bool *holds, struct hvc_diag *diag)
{
	struct hvc_case held = {.subject = NULL};
	struct hvc_leaks *leaks = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status = hvc_open__case(options, false, diag, &held);

	if (status == HVC_OK)
		status = find(options, &held, diag, &leaks);
	if (status == HVC_OK) {
		*holds = leaks->leaks == 0;
		status = hvc_findings__of_leaks(leaks, held.subject, held.name, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct hvc_leaks_report of = {held.subject, leaks};
		const struct hvc_report report = {&of, hvc_leaks__text, hvc_leaks__json, NULL, 0};

		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_leaks__free(leaks);
	hvc_open__close(&held);
	return status;
}
