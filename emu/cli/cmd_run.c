/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/open.h"

static void make_call(const struct hvc_options *options, struct hvc_call *call)
{
	hvc_call_init(call, options->seed);
	call->imm = options->imm;
	call->from = options->from;
	call->insn = options->insn;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (hvc_regset_has(&options->set, (enum hvc_reg)n))
			call->x[n] = options->value[n];
	}
	if (hvc_regset_has(&options->set, HVC_REG_NZCV))
		call->nzcv = options->value[HVC_REG_NZCV];
	if (hvc_regset_has(&options->set, HVC_REG_DAIF))
		call->daif = options->value[HVC_REG_DAIF];
}

/* The ABI's world that the call is made in, -1 for none. */
static int world_of(const struct hvc_abi *abi, const struct hvc_world *world)
{
	for (unsigned i = 0; i < hvc_abi_world_count(abi); i++) {
		const struct hvc_world *each = &hvc_abi_world_at(abi, i)->world;

		if (each->cpu == world->cpu && each->el3 == world->el3 &&
		    !memcmp(&each->state, &world->state, sizeof(world->state)))
			return (int)i;
	}
	return -1;
}

/* What --cpu and --set say; with neither, the first world of the ABI. */
static enum hvc_status choose_world(const struct hvc_options *options, const struct hvc_abi *abi,
                                    struct hvc_diag *diag, struct hvc_world *out)
{
	bool plain = !hvc_options__has(options, HVC_OPTION_CPU);

	for (enum hvc_reg reg = HVC_REG_NZCV; reg < HVC_REG_COUNT; reg++)
		plain = plain && (reg == HVC_REG_NZCV || reg == HVC_REG_DAIF ||
		                  !hvc_regset_has(&options->set, reg));
	if (!abi || !plain)
		return hvc_open__world(options, diag, out);
	*out = hvc_abi_world_at(abi, 0)->world;
	return HVC_OK;
}

static enum hvc_status write_report(const struct hvc_options *options, const struct hvc_page *page,
                                    const struct hvc_call_report *report, struct hvc_diag *diag)
{
	if (report->trace && report->trace->failed)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return options->style == HVC_STYLE_JSON ? hvc_call_json(page->out, report, diag)
	                                        : hvc_call_text(page, report, diag);
}

static void judge(struct hvc_call_report *report, const struct hvc_abi *abi)
{
	int world = world_of(abi, report->world);

	report->abi = abi;
	report->verdict = (struct hvc_verdict){
	        .kind = HVC_VERDICT_UNDECIDED, .rule = -1, .reg = HVC_REG_NONE};
	if (world >= 0)
		hvc_verdict_judge(abi, (unsigned)world, report->entry, report->present,
		                  report->call, report->outcome, &report->verdict);
}

static enum hvc_status call_once(const struct hvc_options *options, const struct hvc_page *page,
                                 const struct hvc_subject *subject, const struct hvc_abi *abi,
                                 bool *holds, struct hvc_diag *diag)
{
	struct hvc_machine *machine = NULL;
	struct hvc_trace trace = {0};
	struct hvc_outcome outcome;
	struct hvc_state entry;
	struct hvc_world world;
	struct hvc_call call;
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = &world,
	        .budget = options->budget,
	};
	struct hvc_call_report report = {.subject = subject, .world = &world, .call = &call};
	enum hvc_status status;

	HVC_TRY(choose_world(options, abi, diag, &world));
	if (hvc_options__has(options, HVC_OPTION_TRACE)) {
		config.trace = hvc_trace_record;
		config.trace_ctx = &trace;
		report.trace = &trace;
	}
	make_call(options, &call);
	HVC_TRY(hvc_machine_open(&config, diag, &machine));
	status = hvc_machine_call(machine, &call, diag, &outcome);
	if (status == HVC_OK) {
		hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
		report.entry = &entry;
		report.present = hvc_machine_present(machine);
		report.outcome = &outcome;
		if (abi)
			judge(&report, abi);
		*holds = !abi || report.verdict.kind != HVC_VERDICT_VIOLATES;
		status = write_report(options, page, &report, diag);
	}
	hvc_trace_free(&trace);
	hvc_machine_close(machine);
	return status;
}

enum hvc_status hvc_cmd__run(const struct hvc_options *options, const struct hvc_page *page,
                             bool *holds, struct hvc_diag *diag)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	enum hvc_status status = hvc_open__subject(options, 0, diag, &subject);

	if (status == HVC_OK && options->abi)
		status = hvc_open__abi(options->abi, diag, &abi);
	if (status == HVC_OK)
		status = call_once(options, page, subject, abi, holds, diag);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
