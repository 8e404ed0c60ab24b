/* SPDX-License-Identifier: MIT */
/* Text of the rules that findings are of. */
#include <string.h>

#include "report/table.h"

enum hvc_status hvc_rules__text(const struct hvc_page *page, struct hvc_diag *diag)
{
	const struct hvc_finding_rule *rule;
	const char *command = NULL;

	for (size_t i = 0; (rule = hvc_finding_rule__at(i)) != NULL; i++) {
		if (!command || strcmp(command, rule->command) != 0)
			hvc_page__print(page, command ? "\n%s%s%s\n" : "%s%s%s\n",
			                hvc_ink__begin(page, HVC_INK_STRONG),
			                *rule->command ? rule->command : "any command",
			                hvc_ink__end(page, HVC_INK_STRONG));
		command = rule->command;
		hvc_page__print(page, "  %s  %s%s%s%s\n", rule->id,
		                hvc_ink__begin(page, HVC_INK_FAINT),
		                hvc_severity__name(rule->severity),
		                rule->counts ? "" : ", does not count by itself",
		                hvc_ink__end(page, HVC_INK_FAINT));
		fputs("      ", page->out);
		hvc_page__prose(page, 6, 6, "%s. %s", rule->title, rule->help);
	}
	if (ferror(page->out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
