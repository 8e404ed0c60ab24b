/* SPDX-License-Identifier: MIT */
/* diff --abi: two specifications, and no subject but to count its instructions. */

#include "cli/open.h"
#include "cli/report.h"
#include "cli/used.h"
#include "subject/builtin.h"

/* The built-in subject of the ABI's name, where there is one. */
static enum hvc_status open_subject(const struct hvc_abi *abi, struct hvc_diag *diag,
                                    struct hvc_subject **out)
{
	return hvc_builtin__find(hvc_abi_name(abi)) ? hvc_subject_open(hvc_abi_name(abi), diag, out)
	                                            : HVC_OK;
}

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	return hvc_abi_diff__text(page, of, diag);
}

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	if (style == HVC_STYLE_JSON)
		return hvc_abi_diff__json(page->out, of, findings, diag);
	return hvc_cli_report__document(options, findings, style, page, put_body, of, diag);
}

/* Options that are about running subjects say nothing of specifications. */
static enum hvc_status check_options(const struct hvc_options *options, struct hvc_diag *diag)
{
	static const enum hvc_option_id others[] = {
	        HVC_OPTION_ABI_OLD, HVC_OPTION_ABI_NEW, HVC_OPTION_RANDOMS, HVC_OPTION_BRIEF,
	        HVC_OPTION_BUDGET,  HVC_OPTION_SET,     HVC_OPTION_CPU,
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (hvc_options__has(options, others[i]))
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "--%s is about subjects, and --abi compares "
			                    "specifications",
			                    hvc_option_table[others[i]].name);
	return HVC_OK;
}

enum hvc_status hvc_cmd__diff_abi(const struct hvc_options *options, const struct hvc_page *page,
                                  bool *holds, struct hvc_diag *diag)
{
	struct hvc_abi *abi[HVC_SIDE_COUNT] = {NULL};
	struct hvc_subject *subject[HVC_SIDE_COUNT] = {NULL};
	struct hvc_abi_diff *diff = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status = check_options(options, diag);

	for (unsigned side = 0; status == HVC_OK && side < HVC_SIDE_COUNT; side++) {
		status = hvc_open__abi(options->argument[side], NULL, diag, &abi[side]);
		if (status == HVC_OK)
			status = open_subject(abi[side], diag, &subject[side]);
	}
	if (status == HVC_OK) {
		const struct hvc_abi_diff_config config = {
		        .abi = {abi[0], abi[1]},
		        .subject = {subject[0], subject[1]},
		};

		status = hvc_abi_diff__run(&config, diag, &diff);
	}
	if (status == HVC_OK) {
		*holds = diff->equal;
		status = hvc_findings__of_abi_diff(diff, options->argument, diag, &findings);
	}
	if (status == HVC_OK) {
		status = hvc_cli_used__narrow(options, abi[HVC_SIDE_OLD], findings, holds, diag);
		if (status != HVC_OK)
			hvc_findings__free(findings);
	}
	if (status == HVC_OK)
		status = hvc_cli_report__judged(options, page, diff, write, findings, holds, diag);
	hvc_abi_diff__free(diff);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_subject_close(subject[side]);
		hvc_abi_free(abi[side]);
	}
	return status;
}
