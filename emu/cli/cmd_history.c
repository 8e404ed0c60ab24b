/* SPDX-License-Identifier: MIT */
/* hvcheck history: the generations of a family of ABIs, side by side. */
#include "cli/open.h"
#include "cli/report.h"
#include "report/history.h"
#include "report/widths.h"

/* The members of the family that is named, or the specifications that are. */
static enum hvc_status choose(const struct hvc_options *options, struct hvc_diag *diag,
                              const char *name[HVC_GENERATIONS_MAX], unsigned *out)
{
	struct hvc_abi *abi = NULL;
	unsigned names = options->arguments;

	if (names == 1)
		names = hvc_family__members(options->argument[0], name);
	else if (names > HVC_GENERATIONS_MAX)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "more than %u generations",
		                    HVC_GENERATIONS_MAX);
	for (unsigned i = 0; options->arguments > 1 && i < names; i++) {
		/* For its complaint, with the nearest name. */
		HVC_TRY(hvc_open__abi(options->argument[i], NULL, diag, &abi));
		hvc_abi_free(abi);
		name[i] = options->argument[i];
	}
	if (names < 2)
		return hvc_diag_set(
		        diag, HVC_E_NOTFOUND, NULL, 0, 0,
		        "'%s' is no family of two generations or more: ABIs of one are "
		        "named FAMILY-VERSION ('hvcheck list abis'); or name them, oldest "
		        "first",
		        options->argument[0]);
	*out = names;
	return HVC_OK;
}

/* Two families, one of each width. */
static enum hvc_status tell_widths(const struct hvc_options *options, const struct hvc_page *page,
                                   struct hvc_diag *diag)
{
	struct hvc_width_history *history;
	enum hvc_status status;

	if (options->arguments != HVC_SIDE_COUNT)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--widths wants two families, that of 64 bits first");
	HVC_TRY(hvc_width_history__make(options->argument, diag, &history));
	status = hvc_cli_report__each(options, page,
	                              &(const struct hvc_report){history, hvc_width_history__text,
	                                                         hvc_width_history__json, NULL, 0},
	                              NULL, diag);
	hvc_width_history__free(history);
	return status;
}

enum hvc_status hvc_cmd__history(const struct hvc_options *options, const struct hvc_page *page,
                                 bool *holds, struct hvc_diag *diag)
{
	const char *name[HVC_GENERATIONS_MAX];
	struct hvc_history *history = NULL;
	enum hvc_status status;
	unsigned names = 0;

	*holds = true;
	if (hvc_options__has(options, HVC_OPTION_WIDTHS))
		return tell_widths(options, page, diag);
	HVC_TRY(choose(options, diag, name, &names));
	HVC_TRY(hvc_history__make(name, names, diag, &history));
	status = hvc_cli_report__each(
	        options, page,
	        &(const struct hvc_report){history, hvc_history__text, hvc_history__json, NULL, 0},
	        NULL, diag);
	hvc_history__free(history);
	return status;
}
