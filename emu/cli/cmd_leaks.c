/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/open.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/world.h"

#define CONSTANTS_LIMIT 20000u /* instructions followed in search of compared constants */
#define BELOW_EL2       (1u << HVC_LEVEL_EL0 | 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H)

static enum hvc_status make_probes(const struct hvc_options *options,
                                   const struct hvc_subject *subject, const struct hvc_abi *abi,
                                   struct hvc_diag *diag, struct hvc_probes *out)
{
	struct hvc_constant *constant;
	enum hvc_status status;
	size_t constants;

	status = hvc_subject_constants(subject, CONSTANTS_LIMIT, &constant, &constants);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	status = hvc_open__probes(options, abi, BELOW_EL2, constant, constants, diag, out);
	free(constant);
	return status;
}

static enum hvc_status find(const struct hvc_options *options, const struct hvc_subject *subject,
                            const struct hvc_abi *abi, struct hvc_diag *diag,
                            struct hvc_leaks **out)
{
	const struct hvc_interval imm = {options->imm, options->imm};
	struct hvc_progress progress;
	struct hvc_probes probes;
	struct hvc_world world;
	struct hvc_leaks_config config = {
	        .subject = subject,
	        .abi = abi,
	        .world = &world,
	        .over = hvc_cli_world__is_given(options) ? &world : NULL,
	        .probes = &probes,
	        .imm = &imm,
	        .imms = hvc_options__has(options, HVC_OPTION_IMM),
	        .budget = options->budget,
	        .progress = hvc_progress__tell,
	        .progress_ctx = &progress,
	};
	enum hvc_status status;

	HVC_TRY(hvc_cli_world__open(options, subject, diag, &world));
	HVC_TRY(make_probes(options, subject, abi, diag, &probes));
	hvc_progress__begin(&progress, options);
	status = hvc_leaks_find(&config, diag, out);
	hvc_progress__end(&progress);
	hvc_probes_free(&probes);
	return status;
}

/* What there is to report. */
struct made {
	const struct hvc_subject *subject;
	const struct hvc_leaks *leaks;
};

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct made *made = of;

	switch (style) {
	case HVC_STYLE_TEXT:
		hvc_cli_report__head(options, findings, page);
		return hvc_leaks_text(page, made->subject, made->leaks, diag);
	case HVC_STYLE_JSON:
		return hvc_leaks_json(page->out, made->subject, made->leaks, findings, diag);
	default:
		return hvc_cli_report__findings(findings, style, page, diag);
	}
}

enum hvc_status hvc_cmd__leaks(const struct hvc_options *options, const struct hvc_page *page,
                               bool *holds, struct hvc_diag *diag)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_leaks *leaks = NULL;
	struct hvc_findings *findings = NULL;
	const char *name = options->abi;
	enum hvc_status status = hvc_open__subject(options, 0, diag, &subject);

	if (status == HVC_OK && !name)
		name = hvc_open__abi_of(subject);
	if (status == HVC_OK && name)
		status = hvc_open__abi(name, diag, &abi);
	if (status == HVC_OK)
		status = find(options, subject, abi, diag, &leaks);
	if (status == HVC_OK && !leaks->calls)
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "there is no call to compare");
	if (status == HVC_OK) {
		*holds = leaks->leaks == 0;
		status = hvc_findings_of_leaks(leaks, subject, name, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct made made = {subject, leaks};

		status = hvc_cli_report__judged(options, page, &made, write, findings, holds, diag);
	}
	hvc_leaks_free(leaks);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
