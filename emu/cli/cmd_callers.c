/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/open.h"

/* What names a file, and no YAML one, is a subject; so is a built-in that has no ABI. */
static enum hvc_status open_against(const char *name, struct hvc_diag *diag, struct hvc_abi **abi,
                                    struct hvc_subject **subject)
{
	size_t length = strlen(name);
	bool yaml = length > 5 && !strcmp(name + length - 5, ".yaml");
	enum hvc_status status;

	if (!yaml && strpbrk(name, "/@"))
		return hvc_subject_open(name, diag, subject);
	status = hvc_abi_open(name, diag, abi);
	if (status != HVC_E_NOTFOUND)
		return status;
	if (hvc_subject_open(name, diag, subject) == HVC_OK)
		return HVC_OK;
	/* It is neither: the complaint is about ABIs, with the nearest name. */
	return hvc_open__abi(name, diag, abi);
}

enum hvc_status hvc_cmd__callers(const struct hvc_options *options, const struct hvc_page *page,
                                 bool *holds, struct hvc_diag *diag)
{
	struct hvc_registry *registry = NULL;
	struct hvc_scan *scan = NULL;
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_callers *callers = NULL;
	enum hvc_status status;

	if (!options->abi)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                    "what are the callers held to? say --abi ABI or --abi SUBJECT");
	status = open_against(options->abi, diag, &abi, &subject);
	if (status == HVC_OK)
		status = hvc_known_open(diag, &registry);
	if (status == HVC_OK)
		status = hvc_scan_file(options->argument[0], options->symbols[0], diag, &scan);
	if (status == HVC_OK) {
		const struct hvc_callers_config config = {
		        .scan = scan,
		        .abi = abi,
		        .subject = subject,
		        .registry = registry,
		        .filter = options->site,
		        .filters = options->sites,
		};

		status = hvc_callers_run(&config, diag, &callers);
	}
	if (status == HVC_OK) {
		*holds = callers->findings == 0;
		status = options->style == HVC_STYLE_JSON
		                 ? hvc_callers_json(page->out, callers, options->abi, diag)
		                 : hvc_callers_text(page, callers, options->abi,
		                                    options->sites != 0, diag);
	}
	hvc_callers_free(callers);
	hvc_scan_free(scan);
	hvc_known_close(registry);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
