/* SPDX-License-Identifier: MIT */
/* run A --and B: one call on two subjects. */
#include "cli/pair.h"

#include "cli/report.h"
#include "cli/world.h"
#include "report/pair.h"

enum hvc_status hvc_cli_pair__run(const struct hvc_options *options, const struct hvc_page *page,
                                  const struct hvc_subject *first, bool *holds,
                                  struct hvc_diag *diag)
{
	struct hvc_pair pair = {.alike = false};
	const struct hvc_subject *subject[HVC_SIDE_COUNT] = {first, NULL};
	struct hvc_world world[HVC_SIDE_COUNT];
	struct hvc_call call[HVC_SIDE_COUNT];
	struct hvc_subject *second = NULL;
	enum hvc_status status;

	if (options->abi || options->alsos > 1)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--and: compares two traces; it takes no --abi and no "
		                    "second --and");
	status = hvc_subject_open(options->also[0], diag, &second);
	subject[1] = second;
	for (unsigned i = 0; i < HVC_SIDE_COUNT && status == HVC_OK; i++) {
		status = hvc_cli_world__open(options, subject[i], diag, &world[i]);
		if (status == HVC_OK)
			status =
			        hvc_cli_world__call(options, subject[i], &world[i], diag, &call[i]);
		if (status == HVC_OK)
			status = hvc_pair__run(&pair, (enum hvc_side)i, subject[i], &world[i],
			                       &call[i], options->budget, diag);
	}
	*holds = pair.alike;
	if (status == HVC_OK)
		status = options->style == HVC_STYLE_JSON
		                 ? hvc_pair__json(page->out, &pair, NULL, diag)
		                 : hvc_cli_report__document(options, NULL, options->style, page,
		                                            hvc_pair__text, &pair, diag);
	hvc_pair__free(&pair);
	hvc_subject_close(second);
	return status;
}
