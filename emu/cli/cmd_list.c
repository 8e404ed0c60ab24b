/* SPDX-License-Identifier: MIT */
/* hvcheck list: subjects, ABIs, rules of findings, and the registry. */
#include <string.h>

#include "cli/cli.h"

static enum hvc_status list_known(const struct hvc_options *options, const struct hvc_page *page,
                                  struct hvc_diag *diag)
{
	const struct hvc_known_query query = {
	        .has_imm = hvc_options__has(options, HVC_OPTION_IMM),
	        .has_fid = hvc_options__has(options, HVC_OPTION_FID),
	        .imm = options->imm,
	        .fid = options->fid,
	};
	struct hvc_registry *registry;
	enum hvc_status status;

	HVC_TRY(hvc_known__open(diag, &registry));
	status = options->style == HVC_STYLE_JSON
	                 ? hvc_known__json(page->out, registry, &query, diag)
	                 : hvc_known__text(page, registry, &query, diag);
	hvc_known__close(registry);
	return status;
}

enum hvc_status hvc_cmd__list(const struct hvc_options *options, const struct hvc_page *page,
                              bool *holds, struct hvc_diag *diag)
{
	const char *what = options->arguments ? options->argument[0] : NULL;
	bool asks = hvc_options__has(options, HVC_OPTION_IMM) ||
	            hvc_options__has(options, HVC_OPTION_FID);
	bool subjects = !what || !strcmp(what, "subjects");
	bool abis = !what || !strcmp(what, "abis");

	*holds = true;
	if (what && !strcmp(what, "known"))
		return list_known(options, page, diag);
	if (what && !strcmp(what, "rules") && !asks)
		return options->style == HVC_STYLE_JSON ? hvc_rules__json(page->out, diag)
		                                        : hvc_rules__text(page, diag);
	if (!subjects && !abis && strcmp(what, "rules") != 0)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "'%s' is not what can be listed (subjects, abis, rules, known)",
		                    what);
	if (asks)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "--imm and --fid ask the registry: hvcheck list known");
	if (options->style == HVC_STYLE_JSON)
		return hvc_list__json(page->out, subjects, abis, diag);
	return hvc_list__text(page, subjects, abis, diag);
}
