/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/cli.h"

enum hvc_status hvc_cmd__list(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	const char *what = options->arguments ? options->argument[0] : NULL;
	bool subjects = !what || !strcmp(what, "subjects");
	bool abis = !what || !strcmp(what, "abis");

	*holds = true;
	if (!subjects && !abis)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "'%s' is not what can be listed (subjects, abis)", what);
	if (options->style == HVC_STYLE_JSON)
		return hvc_list_json(page->out, subjects, abis, diag);
	return hvc_list_text(page, subjects, abis, diag);
}
