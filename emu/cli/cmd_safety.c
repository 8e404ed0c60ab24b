/* SPDX-License-Identifier: MIT */
#include "cli/open.h"
#include "cli/progress.h"
#include "cli/world.h"

enum hvc_status hvc_cmd__safety(const struct hvc_options *options, const struct hvc_page *page,
                                bool *holds, struct hvc_diag *diag)
{
	struct hvc_progress progress;
	struct hvc_world over;
	struct hvc_safety_config config = {
	        .randoms = options->randoms,
	        .brief = hvc_options__has(options, HVC_OPTION_BRIEF),
	        .jobs = options->jobs,
	        .budget = options->budget,
	        .progress = hvc_progress__tell,
	        .progress_ctx = &progress,
	};
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_safety *safety = NULL;
	const char *name = options->abi;
	enum hvc_status status = hvc_open__subject(options, 0, diag, &subject);

	if (status == HVC_OK && !name)
		name = hvc_open__abi_of(subject);
	if (status == HVC_OK && !name)
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "no shipped ABI is named '%s'; say --abi ABI",
		                      hvc_subject_name(subject));
	if (status == HVC_OK)
		status = hvc_open__abi(name, diag, &abi);
	if (hvc_options__has(options, HVC_OPTION_FROM))
		config.levels = 1u << options->from;
	if (hvc_options__has(options, HVC_OPTION_INSN))
		config.insns = 1u << options->insn;
	if (status == HVC_OK)
		status = hvc_cli_world__open(options, subject, diag, &over);
	if (status == HVC_OK) {
		config.over = hvc_cli_world__is_given(options) ? &over : NULL;
		config.subject = subject;
		config.abi = abi;
		hvc_progress__begin(&progress, options);
		status = hvc_safety_look(&config, diag, &safety);
		hvc_progress__end(&progress);
	}
	if (status == HVC_OK) {
		*holds = safety->findings == 0;
		status = options->style == HVC_STYLE_JSON ? hvc_safety_json(page->out, safety, diag)
		                                          : hvc_safety_text(page, safety, diag);
	}
	hvc_safety_free(safety);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
