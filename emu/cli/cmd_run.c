/* SPDX-License-Identifier: MIT */
/* hvcheck run: one call, judged by an ABI where that is wanted. */
#include <string.h>

#include "cli/open.h"
#include "cli/pair.h"
#include "cli/report.h"
#include "cli/supervise.h"
#include "cli/world.h"
#include "engine/apart.h"
#include "engine/cause.h"
#include "engine/doubt.h"
#include "engine/scene.h"
#include "machine/supplied.h"
#include "subject/subject.h"

/* The ABI's world that the call is made in, -1 for none. */
static int world_of(const struct hvc_abi *abi, const struct hvc_world *world)
{
	for (unsigned i = 0; i < hvc_abi_world_count(abi); i++) {
		const struct hvc_world *each = &hvc_abi_world_at(abi, i)->world;

		if (each->cpu == world->cpu && each->el3 == world->el3 &&
		    each->upper_zero == world->upper_zero && each->esr >> 16 == world->esr >> 16 &&
		    !memcmp(&each->state, &world->state, sizeof(world->state)))
			return (int)i;
	}
	return -1;
}

/* The world of the ABI that --world names. */
static enum hvc_status named_world(const struct hvc_options *options, const struct hvc_abi *abi,
                                   struct hvc_diag *diag, int *index)
{
	for (unsigned i = 0; i < hvc_abi_world_count(abi); i++) {
		if (!strcmp(hvc_abi_world_at(abi, i)->world.name, options->world)) {
			*index = (int)i;
			break;
		}
	}
	if (*index < 0)
		return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0,
		                    "--world: '%s' is no world of %s, and no file: its name has a "
		                    "'/' or ends in .yaml",
		                    options->world, hvc_abi_name(abi));
	if (hvc_options__has(options, HVC_OPTION_CPU))
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--cpu: the CPU model is that of the ABI's world");
	return HVC_OK;
}

/*
 * What the options say. With an ABI and nothing of the kind it is the ABI's first world, and a
 * world that --world names stays that world whatever else is set. *index is the ABI's world that
 * the call is made in, -1 for none.
 */
static enum hvc_status choose_world(const struct hvc_options *options,
                                    const struct hvc_subject *subject, const struct hvc_abi *abi,
                                    struct hvc_diag *diag, struct hvc_world *out, int *index)
{
	bool plain = abi && !options->world && !hvc_options__has(options, HVC_OPTION_CPU) &&
	             !hvc_options__has(options, HVC_OPTION_ESR) &&
	             !hvc_cli_world__sets_registers(options);
	struct hvc_world world;

	*index = plain ? 0 : -1;
	if (abi && options->world && !hvc_cli_world__is_file(options))
		HVC_TRY(named_world(options, abi, diag, index));
	if (*index < 0) {
		HVC_TRY(hvc_cli_world__open(options, subject, diag, out));
		*index = abi ? world_of(abi, out) : -1;
		return HVC_OK;
	}
	HVC_TRY(hvc_scene__world(subject, abi, (unsigned)*index, NULL, diag, &world));
	HVC_TRY(hvc_cli_world__lay(options, subject, diag, &world));
	*out = world;
	return HVC_OK;
}

static enum hvc_status write_report(const struct hvc_options *options, const struct hvc_page *page,
                                    const struct hvc_call_report *report, struct hvc_diag *diag)
{
	if (report->trace && report->trace->failed)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return options->style == HVC_STYLE_JSON ? hvc_call__json(page->out, report, diag)
	                                        : hvc_call__text(page, report, diag);
}

/* Of a rule of one world; where there are others, one of their CPUs may have the register. */
static void tell_lacking(const struct hvc_rule *rule, const struct hvc_regset *present)
{
	const struct hvc_regset *all[32] = {NULL};
	char why[HVC_DOUBT_TEXT];

	if (rule->worlds & (rule->worlds - 1))
		return;
	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i] = present;
	if (hvc_rule__is_lacking(rule, all, sizeof(all) / sizeof(all[0]), why))
		hvc_supervise__doubt(why);
}

/* By the rule, and by what other calls show of this one; a violation has its cause looked for. */
static enum hvc_status judge(struct hvc_call_report *report, const struct hvc_abi *abi, int world,
                             uint64_t budget, struct hvc_diag *diag)
{
	const struct hvc_apart_config apart = {
	        .subject = report->subject,
	        .abi = abi,
	        .index = (unsigned)world,
	        .world = report->world,
	        .call = report->call,
	        .outcome = report->outcome,
	        .budget = budget,
	};
	const struct hvc_cause_config cause = {
	        .subject = report->subject,
	        .abi = abi,
	        .world = report->world,
	        .call = report->call,
	        .verdict = &report->verdict,
	        .budget = budget,
	        .smc_as_it_is = true,
	};

	report->abi = abi;
	report->world_index = world;
	report->verdict = (struct hvc_verdict){
	        .kind = HVC_VERDICT_UNDECIDED, .rule = -1, .reg = HVC_REG_NONE};
	if (world < 0)
		return HVC_OK;
	hvc_verdict_judge(abi, (unsigned)world, report->entry, report->present, report->call,
	                  report->outcome, &report->verdict);
	HVC_TRY(hvc_apart__judge(&apart, diag, &report->verdict));
	if (report->verdict.kind == HVC_VERDICT_VIOLATES)
		hvc_cause__find(&cause, &report->cause);
	else if (report->verdict.rule >= 0)
		tell_lacking(hvc_abi_rule_at(abi, (unsigned)report->verdict.rule), report->present);
	return HVC_OK;
}

/* Does it rest on what boot would have set? */
static void weigh(struct hvc_call_report *report, struct hvc_doubt *doubt)
{
	*doubt = (struct hvc_doubt){
	        .calls = 1,
	        .assumptions = hvc_supplied__assumptions(report->supplied),
	};
	doubt->faults = hvc_fault__is_assumed(report->world, report->entry, report->supplied,
	                                      report->outcome, doubt->why);
	report->doubt = doubt;
}

static enum hvc_status call_once(const struct hvc_options *options, const struct hvc_page *page,
                                 const struct hvc_subject *subject, const struct hvc_abi *abi,
                                 bool *holds, struct hvc_diag *diag)
{
	struct hvc_machine *machine = NULL;
	struct hvc_trace trace = {0};
	int index;
	struct hvc_supplied supplied = {0};
	struct hvc_doubt doubt;
	struct hvc_outcome outcome;
	struct hvc_state entry;
	struct hvc_world world;
	struct hvc_call call;
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = &world,
	        .budget = options->budget,
	        .smc_as_it_is = true,
	};
	struct hvc_call_report report = {.subject = subject, .world = &world, .call = &call};
	enum hvc_status status;

	HVC_TRY(choose_world(options, subject, abi, diag, &world, &index));
	HVC_TRY(hvc_cli_world__call(options, subject, &world, diag, &call));
	if (hvc_options__has(options, HVC_OPTION_TRACE)) {
		config.trace = hvc_trace__record;
		config.trace_ctx = &trace;
		report.trace = &trace;
	}
	HVC_TRY(hvc_machine_open(&config, diag, &machine));
	status = hvc_machine_call(machine, &call, diag, &outcome);
	if (status == HVC_OK && hvc_machine_supplied(machine, &supplied) != HVC_OK)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	hvc_supplied__sort(&supplied);
	hvc_subject__name_supplied(subject, &supplied);
	if (status == HVC_OK) {
		hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
		report.entry = &entry;
		report.present = hvc_machine_present(machine);
		report.outcome = &outcome;
		report.supplied = &supplied;
		weigh(&report, &doubt);
		if (abi)
			status = judge(&report, abi, index, options->budget, diag);
	}
	if (status == HVC_OK) {
		hvc_cli_report__doubt(options, &doubt,
		                      !abi || report.verdict.kind == HVC_VERDICT_VIOLATES, NULL);
		*holds = !abi || report.verdict.kind != HVC_VERDICT_VIOLATES;
		status = write_report(options, page, &report, diag);
	}
	hvc_supplied__free(&supplied);
	hvc_trace__free(&trace);
	hvc_machine_close(machine);
	return status;
}

enum hvc_status hvc_cmd__run(const struct hvc_options *options, const struct hvc_page *page,
                             bool *holds, struct hvc_diag *diag)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	enum hvc_status status = hvc_open__subject(options, 0, diag, &subject);

	if (status == HVC_OK && !options->alsos && options->style > HVC_STYLE_JSON)
		status = hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                      "--format: one call is text or json; with --and, any");
	if (status == HVC_OK && options->abi)
		status = hvc_open__abi(options->abi, subject, diag, &abi);
	if (status == HVC_OK)
		status = options->alsos ? hvc_cli_pair__run(options, page, subject, holds, diag)
		                        : call_once(options, page, subject, abi, holds, diag);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
