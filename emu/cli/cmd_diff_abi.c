/* SPDX-License-Identifier: MIT */
/* diff --abi: two specifications, and no subject but to count its instructions. */

#include "cli/open.h"
#include "cli/report.h"
#include "cli/used.h"
#include "report/widths.h"
#include "subject/builtin.h"

/* The built-in subject of the ABI's name, where there is one. */
static enum hvc_status open_subject(const struct hvc_abi *abi, struct hvc_diag *diag,
                                    struct hvc_subject **out)
{
	return hvc_builtin__find(hvc_abi_name(abi)) ? hvc_subject_open(hvc_abi_name(abi), diag, out)
	                                            : HVC_OK;
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

/* What is compared: two ABIs, or where one is of 64 bits and one of 32, both as of 32. */
struct pair {
	struct hvc_abi *abi[HVC_SIDE_COUNT];
	const char *word[HVC_SIDE_COUNT]; /* as the user names them */
	struct hvc_widths widths;
	struct hvc_abi_diff *own; /* unless it is that of the widths */
	const struct hvc_abi_diff *diff;
};

static enum hvc_status compare_widths(struct pair *pair, struct hvc_diag *diag)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		pair->widths.abi[side] = pair->abi[side];
		pair->abi[side] = NULL;
	}
	HVC_TRY(hvc_widths__compare(&pair->widths, diag));
	pair->diff = pair->widths.diff;
	return HVC_OK;
}

static enum hvc_status compare(struct pair *pair, struct hvc_diag *diag)
{
	struct hvc_subject *subject[HVC_SIDE_COUNT] = {NULL};
	struct hvc_abi_diff_config config = {.widths = false};
	enum hvc_status status = HVC_OK;

	for (unsigned side = 0; status == HVC_OK && side < HVC_SIDE_COUNT; side++) {
		status = open_subject(pair->abi[side], diag, &subject[side]);
		config.abi[side] = pair->abi[side];
		config.subject[side] = subject[side];
	}
	if (status == HVC_OK)
		status = hvc_abi_diff__run(&config, diag, &pair->own);
	pair->diff = pair->own;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_subject_close(subject[side]);
	return status;
}

/* The ABI of 64 bits comes first. */
static enum hvc_status open_pair(const struct hvc_options *options, struct hvc_diag *diag,
                                 struct pair *pair)
{
	for (unsigned side = 0; side < options->arguments; side++) {
		HVC_TRY(hvc_open__abi(options->argument[side], NULL, diag, &pair->abi[side]));
		pair->word[side] = options->argument[side];
	}
	if (options->arguments < HVC_SIDE_COUNT) {
		pair->word[1] = pair->word[0];
		return compare_widths(pair, diag);
	}
	if (!hvc_widths__are_two(pair->abi[0], pair->abi[1]) &&
	    !hvc_options__has(options, HVC_OPTION_WIDTHS))
		return compare(pair, diag);
	if (hvc_abi__is_aarch32(pair->abi[0])) {
		struct hvc_abi *abi = pair->abi[0];
		const char *word = pair->word[0];

		pair->abi[0] = pair->abi[1];
		pair->abi[1] = abi;
		pair->word[0] = pair->word[1];
		pair->word[1] = word;
	}
	return compare_widths(pair, diag);
}

static void close_pair(struct pair *pair)
{
	hvc_widths__free(&pair->widths);
	hvc_abi_diff__free(pair->own);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_abi_free(pair->abi[side]);
}

enum hvc_status hvc_cmd__diff_abi(const struct hvc_options *options, const struct hvc_page *page,
                                  bool *holds, struct hvc_diag *diag)
{
	struct pair pair = {.own = NULL};
	struct hvc_findings *findings = NULL;
	enum hvc_status status = check_options(options, diag);

	if (status == HVC_OK)
		status = open_pair(options, diag, &pair);
	if (status == HVC_OK) {
		*holds = pair.diff->equal;
		status = hvc_findings__of_abi_diff(pair.diff, pair.word, diag, &findings);
	}
	if (status == HVC_OK) {
		status = hvc_cli_used__narrow(options, pair.diff->abi[HVC_SIDE_OLD], findings,
		                              holds, diag);
		if (status != HVC_OK)
			hvc_findings__free(findings);
	}
	if (status == HVC_OK) {
		const struct hvc_report two = {pair.own, hvc_abi_diff__text, hvc_abi_diff__json,
		                               NULL, 0};
		const struct hvc_report widths = {&pair.widths, hvc_widths__text, hvc_widths__json,
		                                  NULL, 0};

		status = hvc_cli_report__judged(options, page, pair.own ? &two : &widths, findings,
		                                holds, diag);
	}
	close_pair(&pair);
	return status;
}
