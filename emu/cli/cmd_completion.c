/* SPDX-License-Identifier: MIT */
/* hvcheck completion: for shells, and for the manual page. */
#include <string.h>

#include "cli/completion.h"

enum hvc_status hvc_cmd__completion(const struct hvc_options *options, const struct hvc_page *page,
                                    bool *holds, struct hvc_diag *diag)
{
	static const struct {
		const char *name;
		void (*write)(FILE *out, const struct hvc_command *commands);
	} kinds[] = {
	        {"bash", hvc_completion__bash},
	        {"zsh", hvc_completion__zsh},
	        {"roff", hvc_completion__roff},
	};

	(void)holds;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(options->argument[0], kinds[i].name) != 0)
			continue;
		kinds[i].write(page->out, options->commands);
		return HVC_OK;
	}
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "'%s' is not one of bash, zsh, roff",
	                    options->argument[0]);
}
