/* SPDX-License-Identifier: MIT */
/* run A --and B: one call on two subjects. */
#include "cli/pair.h"

#include "cli/report.h"
#include "cli/world.h"
#include "report/pair.h"

/* What one side's report borrows. */
struct ran {
	struct hvc_world world;
	struct hvc_call call;
	struct hvc_state entry;
	struct hvc_outcome outcome;
	struct hvc_trace trace;
	struct hvc_machine *machine;
	struct hvc_call_report report;
};

static enum hvc_status run(const struct hvc_options *options, const struct hvc_subject *subject,
                           struct hvc_diag *diag, struct ran *out)
{
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = &out->world,
	        .budget = options->budget,
	        .smc_as_it_is = true,
	        .trace = hvc_trace__record,
	        .trace_ctx = &out->trace,
	};

	HVC_TRY(hvc_cli_world__open(options, subject, diag, &out->world));
	HVC_TRY(hvc_cli_world__call(options, subject, &out->world, diag, &out->call));
	HVC_TRY(hvc_machine_open(&config, diag, &out->machine));
	HVC_TRY(hvc_machine_call(out->machine, &out->call, diag, &out->outcome));
	hvc_entry_state(hvc_machine_entry(out->machine), &out->call, &out->entry);
	out->report = (struct hvc_call_report){
	        .subject = subject,
	        .world = &out->world,
	        .call = &out->call,
	        .entry = &out->entry,
	        .present = hvc_machine_present(out->machine),
	        .outcome = &out->outcome,
	        .trace = &out->trace,
	};
	return out->trace.failed ? hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory")
	                         : HVC_OK;
}

static enum hvc_status put_body(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	return hvc_pair__text(page, of, diag);
}

enum hvc_status hvc_cli_pair__run(const struct hvc_options *options, const struct hvc_page *page,
                                  const struct hvc_subject *first, bool *holds,
                                  struct hvc_diag *diag)
{
	struct ran ran[HVC_SIDE_COUNT] = {{.machine = NULL}, {.machine = NULL}};
	struct hvc_pair pair = {{&ran[0].report, &ran[1].report}, false};
	struct hvc_subject *second = NULL;
	enum hvc_status status;

	if (options->qemu || options->abi || options->alsos > 1)
		return hvc_diag_set(
		        diag, HVC_E_ARG, NULL, 0, 0,
		        "--and: compares two traces; it takes no --abi, no --engine and "
		        "no second --and");
	status = hvc_subject_open(options->also[0], diag, &second);
	if (status == HVC_OK)
		status = run(options, first, diag, &ran[0]);
	if (status == HVC_OK)
		status = run(options, second, diag, &ran[1]);
	if (status == HVC_OK)
		hvc_pair__judge(&pair);
	*holds = pair.alike;
	if (status == HVC_OK)
		status = options->style == HVC_STYLE_JSON
		                 ? hvc_pair__json(page->out, &pair, diag)
		                 : hvc_cli_report__document(options, NULL, options->style, page,
		                                            put_body, &pair, diag);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_trace__free(&ran[side].trace);
		hvc_machine_close(ran[side].machine);
	}
	hvc_subject_close(second);
	return status;
}
