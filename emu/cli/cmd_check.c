/* SPDX-License-Identifier: MIT */
/*
 * hvcheck check: a subject held to an ABI, with contract and certificates where they are asked
 * for.
 */
#include "cli/open.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "cli/world.h"
#include "engine/doubt.h"
#include "symbolic/smt.h"

#define WORLDS 32u /* bits of hvc_rule.worlds */

static enum hvc_status make_check(const struct hvc_options *options, const struct hvc_case *held,
                                  struct hvc_certificates *certificates, struct hvc_diag *diag,
                                  struct hvc_check **out)
{
	struct hvc_progress progress;
	struct hvc_check_config config = {
	        .subject = held->subject,
	        .abi = held->abi,
	        .over = held->over,
	        .randoms = options->randoms,
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	        .sweep = hvc_options__has(options, HVC_OPTION_SWEEP),
	        .jobs = options->jobs,
	        .budget = options->budget,
	        .certificates = options->smt ? certificates : NULL,
	        .progress = hvc_progress__tell,
	        .progress_ctx = &progress,
	};
	enum hvc_status status;

	hvc_options__callers(options, &config.levels, &config.insns);
	if (held->world.cpu != hvc_cli_world__cpu(options, held->subject) || !held->world.el3)
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--world: a check takes CPU model and EL3 from the ABI's worlds");
	hvc_progress__begin(&progress, options);
	status = hvc_check_run(&config, diag, out);
	hvc_progress__end(&progress);
	return status;
}

static enum hvc_status measure(const struct hvc_options *options, const struct hvc_case *held,
                               struct hvc_diag *diag, struct hvc_contract **out)
{
	struct hvc_contract_config config = {
	        .subject = held->subject,
	        .abi = held->abi,
	        .over = held->over,
	        .budget = options->budget,
	};

	if (!hvc_options__has(options, HVC_OPTION_CONTRACT))
		return HVC_OK;
	hvc_options__callers(options, &config.levels, &config.insns);
	return hvc_contract__measure(&config, diag, out);
}

/* What there is to report, and the word that opened the ABI. */
struct made {
	const struct hvc_check *check;
	const char *abi;
	const struct hvc_subject *subject;
};

static enum hvc_status write(const void *of, const struct hvc_options *options,
                             const struct hvc_findings *findings, enum hvc_style style,
                             const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct made *made = of;
	bool all = hvc_options__has(options, HVC_OPTION_ALL);

	switch (style) {
	case HVC_STYLE_TEXT:
		hvc_findings__text(page, findings, all);
		return hvc_check__text(page, made->check, all, diag);
	case HVC_STYLE_JSON:
		return hvc_check__json(page->out, made->check, made->abi, findings, diag);
	case HVC_STYLE_HTML:
		return hvc_check__html(page->out, made->check, findings, made->subject,
		                       options->budget, diag);
	default:
		return hvc_cli_report__findings(findings, style, page, diag);
	}
}

/* What nobody could judge is nothing that holds. */
static void tell_lacking(const struct hvc_check *check)
{
	const struct hvc_regset *present[WORLDS] = {NULL};
	char why[HVC_DOUBT_TEXT];

	for (unsigned i = 0; i < check->worlds && i < WORLDS; i++)
		present[i] = &check->world[i].present;
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		if (check->rule[i].calls && hvc_rule__is_lacking(hvc_abi_rule_at(check->abi, i),
		                                                 present, check->worlds, why)) {
			hvc_supervise__doubt(why);
			return;
		}
}

enum hvc_status hvc_cmd__check(const struct hvc_options *options, const struct hvc_page *page,
                               bool *holds, struct hvc_diag *diag)
{
	struct hvc_case held = {.subject = NULL};
	struct hvc_check *check = NULL;
	struct hvc_contract *contract = NULL;
	struct hvc_findings *findings = NULL;
	struct hvc_certificates certificates = {0};
	enum hvc_status status;
	enum hvc_reg reg;

	if (hvc_cli_world__sets_call(options, &reg))
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--set: a check tries many values of %s; 'hvcheck run' takes one",
		        hvc_reg_name(reg));
	status = hvc_open__case(options, true, diag, &held);
	if (status == HVC_OK && !options->abi && !hvc_options__has(options, HVC_OPTION_QUIET))
		hvc_tell("hvcheck: note: no --abi; checking against '%s'\n", held.name);
	if (status == HVC_OK)
		status = make_check(options, &held, &certificates, diag, &check);
	/* Where nothing is promised nothing is kept. NOLINTNEXTLINE(*NullDereference) */
	if (status == HVC_OK && check->total.calls && check->total.undecided == check->total.calls)
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "'%s' promises nothing for any of the %llu calls", held.name,
		                      (unsigned long long)check->total.calls);
	if (status == HVC_OK)
		status = hvc_cli_report__certificates(options, &certificates, diag);
	hvc_certificates__free(&certificates);
	if (status == HVC_OK)
		status = measure(options, &held, diag, &contract);
	if (status == HVC_OK) {
		/* Made, where the status is good. NOLINTNEXTLINE(*NullDereference) */
		check->contract = contract;
		*holds = check->findings == 0 && (!contract || contract->broken == 0);
		status = hvc_findings__of_check(check, held.name, diag, &findings);
	}
	if (status == HVC_OK) {
		const struct made made = {check, held.name, held.subject};
		const struct hvc_report report = {.of = &made, .write = write};

		hvc_cli_report__doubt(options, &check->doubt,
		                      check->findings == check->findings_assumed, findings);
		if (*holds)
			tell_lacking(check);
		status = hvc_cli_report__judged(options, page, &report, findings, holds, diag);
	}
	hvc_check_free(check);
	hvc_contract__free(contract);
	hvc_open__close(&held);
	return status;
}
