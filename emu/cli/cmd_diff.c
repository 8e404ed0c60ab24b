/* SPDX-License-Identifier: MIT */
/* hvcheck diff: two subjects or saved maps; diff --abi is cmd_diff_abi.c. */
#include <stdio.h>

#include "cli/open.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "cli/used.h"
#include "cli/world.h"
#include "engine/saved.h"
#include "symbolic/smt.h"

/* The two sides of a diff. */
struct pair {
	struct hvc_subject *subject[HVC_SIDE_COUNT];
	struct hvc_exact *saved[HVC_SIDE_COUNT]; /* where there is no subject */
	struct hvc_abi *abi[HVC_SIDE_COUNT];
};

static enum hvc_status open_side(const struct hvc_options *options, enum hvc_side side,
                                 struct hvc_diag *diag, struct pair *pair)
{
	const char *name = options->abi_of[side];

	if (hvc_map__is_saved(options->argument[side])) {
		HVC_TRY(hvc_exact__load(options->argument[side], diag, &pair->saved[side]));
		if (!name)
			name = hvc_open__abi_named(hvc_exact__subject(pair->saved[side]));
	} else {
		HVC_TRY(hvc_open__subject(options, side, diag, &pair->subject[side]));
		if (!name)
			name = hvc_open__abi_of(pair->subject[side]);
	}
	return name ? hvc_open__abi(name, pair->subject[side], diag, &pair->abi[side]) : HVC_OK;
}

static enum hvc_status make_diff(const struct hvc_options *options, const struct pair *pair,
                                 struct hvc_certificates *certificates, struct hvc_diag *diag,
                                 struct hvc_diff **out)
{
	struct hvc_world world[HVC_SIDE_COUNT];
	struct hvc_diff_config config = {
	        .subject = {pair->subject[HVC_SIDE_OLD], pair->subject[HVC_SIDE_NEW]},
	        .saved = {pair->saved[HVC_SIDE_OLD], pair->saved[HVC_SIDE_NEW]},
	        .abi = {pair->abi[HVC_SIDE_OLD], pair->abi[HVC_SIDE_NEW]},
	        .world = {&world[HVC_SIDE_OLD], &world[HVC_SIDE_NEW]},
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	        .budget = options->budget,
	        .certificates = options->smt ? certificates : NULL,
	};
	enum hvc_status status;

	hvc_options__callers(options, &config.levels, &config.insns);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		if (pair->subject[side])
			HVC_TRY(hvc_cli_world__open(options, pair->subject[side], diag,
			                            &world[side]));
	status = hvc_diff__run(&config, diag, out);
	if (status == HVC_E_ARG) { /* what is the matter; how to mend it is known here */
		const struct hvc_diag why = *diag;

		return hvc_diag_set(diag, status, why.file, why.line, why.column,
		                    "%s; --cpu, --upper, --set, --mem, --stub, --stop-at, "
		                    "--map-on-demand and --world make worlds alike, --from and "
		                    "--insn pick callers",
		                    why.message);
	}
	return status;
}

/* Of both sides by their ABIs. */
static enum hvc_status measure(const struct hvc_options *options, const struct pair *pair,
                               struct hvc_diag *diag,
                               struct hvc_contract *out[static HVC_SIDE_COUNT])
{
	if (!hvc_options__has(options, HVC_OPTION_CONTRACT))
		return HVC_OK;
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		struct hvc_world over;
		const struct hvc_contract_config config = {
		        .subject = pair->subject[side],
		        .abi = pair->abi[side],
		        .over = hvc_cli_world__is_given(options) ? &over : NULL,
		        .budget = options->budget,
		};

		if (!config.subject)
			return hvc_diag_set(diag, HVC_E_ARG, options->argument[side], 0, 0,
			                    "--contract: a saved map cannot be run");
		HVC_TRY(hvc_cli_world__open(options, config.subject, diag, &over));
		if (!config.abi)
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "--contract: '%s' has no ABI; say --abi-old, --abi-new",
			                    hvc_subject_name(config.subject));
		HVC_TRY(hvc_contract__measure(&config, diag, &out[side]));
	}
	return HVC_OK;
}

/* Where nothing differs that could be compared, what could not may. */
static enum hvc_status judge(const struct hvc_diff *diff, bool *holds)
{
	char why[256];

	*holds = !diff->changes;
	if (!diff->changes && diff->gaps) {
		snprintf(why, sizeof(why), "%u thing%s could not be compared; one is %s",
		         diff->gaps, diff->gaps == 1 ? "" : "s", diff->gap[0].text);
		hvc_supervise__doubt(why);
	}
	return HVC_OK;
}

enum hvc_status hvc_cmd__diff(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	struct pair pair = {0};
	struct hvc_contract *contract[HVC_SIDE_COUNT] = {NULL, NULL};
	struct hvc_certificates certificates = {0};
	struct hvc_diff *diff = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status;
	enum hvc_reg reg;

	if (hvc_options__has(options, HVC_OPTION_ABIS))
		return hvc_cmd__diff_abi(options, page, holds, diag);
	if (hvc_options__has(options, HVC_OPTION_WIDTHS))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--widths compares specifications: --abi A --widths");
	if (hvc_cli_world__sets_call(options, &reg))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--set: a diff tries many values of %s; 'hvcheck run' takes one",
		        hvc_reg_name(reg));
	status = open_side(options, HVC_SIDE_OLD, diag, &pair);
	if (status == HVC_OK)
		status = open_side(options, HVC_SIDE_NEW, diag, &pair);
	if (status == HVC_OK)
		status = measure(options, &pair, diag, contract);
	if (status == HVC_OK)
		status = make_diff(options, &pair, &certificates, diag, &diff);
	if (status == HVC_OK)
		status = hvc_cli_report__certificates(options, &certificates, diag);
	hvc_certificates__free(&certificates);
	if (status == HVC_OK) {
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			diff->contract[side] = contract[side];
		status = judge(diff, holds);
		if (status == HVC_OK)
			status = hvc_findings__of_diff(diff, diag, &findings);
	}
	if (status == HVC_OK) {
		status = hvc_cli_used__narrow(options, pair.abi[HVC_SIDE_OLD], findings, holds,
		                              diag);
		if (status != HVC_OK)
			hvc_findings__free(findings);
	}
	if (status == HVC_OK) {
		const struct hvc_diff_report of = {diff, {pair.subject[0], pair.subject[1]}};
		const struct hvc_report report = {&of, hvc_diff__text, hvc_diff__json, NULL, 0};

		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_diff__free(diff);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_contract__free(contract[side]);
		hvc_abi_free(pair.abi[side]);
		hvc_exact__free(pair.saved[side]);
		hvc_subject_close(pair.subject[side]);
	}
	return status;
}
