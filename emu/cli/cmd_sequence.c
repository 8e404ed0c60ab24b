/* SPDX-License-Identifier: MIT */
/* hvcheck sequence: calls one after the other, without a reset. */
#include "cli/open.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "cli/world.h"
#include "engine/doubt.h"

#define RANDOMS 1000u

static enum hvc_status try(const struct hvc_options *options, const struct hvc_case *held,
                           struct hvc_diag *diag, struct hvc_sequences **out)
{
	struct hvc_progress progress;
	struct hvc_sequence_config config = {
	        .subject = held->subject,
	        .abi = held->abi,
	        .over = held->over,
	        .seed = options->seed,
	        .randoms = hvc_options__has(options, HVC_OPTION_SEQUENCES) ? options->randoms
	                                                                   : RANDOMS,
	        .budget = options->budget,
	        .progress = hvc_progress__tell,
	        .progress_ctx = &progress,
	};
	enum hvc_status status;
	enum hvc_reg reg;

	if (hvc_cli_world__sets_call(options, &reg))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--set: sequences try many values of %s; 'hvcheck run' takes one",
		        hvc_reg_name(reg));
	hvc_options__callers(options, &config.levels, &config.insns);
	if (held->world.cpu != hvc_cli_world__cpu(options, held->subject) || !held->world.el3)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--world: CPU model and EL3 are those of the ABI's worlds");
	hvc_progress__begin(&progress, options);
	status = hvc_sequences__try(&config, diag, out);
	hvc_progress__end(&progress);
	return status;
}

/* What the CPU has not in any world is judged by nobody: that is nothing that holds. */
static void tell_lacking(const struct hvc_sequences *sequences)
{
	const struct hvc_regset *present[32] = {NULL}; /* bits of hvc_rule.worlds */
	char why[HVC_DOUBT_TEXT];

	for (unsigned i = 0; i < sequences->worlds && i < sizeof(present) / sizeof(present[0]); i++)
		present[i] = &sequences->present[i];
	for (unsigned i = 0; i < hvc_abi_rule_count(sequences->abi); i++)
		if (hvc_rule__is_lacking(hvc_abi_rule_at(sequences->abi, i), present,
		                         sequences->worlds, why)) {
			hvc_supervise__doubt(why);
			return;
		}
}

/* Not one call made is nothing to hold. */
static bool was_tried(const struct hvc_sequences *sequences)
{
	bool any = sequences->calls > 0;

	for (unsigned i = 0; i < sequences->properties; i++)
		any = any || sequences->property[i].trials;
	return any;
}

enum hvc_status hvc_cmd__sequence(const struct hvc_options *options, const struct hvc_page *page,
                                  bool *holds, struct hvc_diag *diag)
{
	struct hvc_case held = {.subject = NULL};
	struct hvc_sequences *sequences = NULL;
	struct hvc_findings *findings = NULL;
	enum hvc_status status = hvc_open__case(options, true, diag, &held);

	if (status == HVC_OK)
		status = try(options, &held, diag, &sequences);
	if (status == HVC_OK && !was_tried(sequences))
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "no sequence of '%s' could be tried with these options",
		                      held.name);
	if (status == HVC_OK) {
		/* Made, where the status is good. NOLINTNEXTLINE(*NullDereference) */
		*holds = sequences->broken == 0 && sequences->failures == 0;
		status = hvc_findings__of_sequences(sequences, held.name, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct hvc_sequences_report of = {sequences, held.name};
		const struct hvc_report report = {&of, hvc_sequences__text, hvc_sequences__json,
		                                  NULL, 0};

		if (*holds)
			tell_lacking(sequences);
		hvc_cli_report__doubt(options, &sequences->doubt, *holds, findings);
		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_sequences__free(sequences);
	hvc_open__close(&held);
	return status;
}
