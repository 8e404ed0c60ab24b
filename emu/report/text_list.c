/* SPDX-License-Identifier: MIT */
/* Text of subjects, ABIs and rules. */
#include <string.h>

#include "report/table.h"

static enum hvc_status list_subjects(const struct hvc_page *page, struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(page, "Subject|Family|What it is~");
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)) != NULL; i++) {
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "%s", builtin->name);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", builtin->family);
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", builtin->title);
	}
	return hvc_table__print(table, diag);
}

static enum hvc_status list_abis(const struct hvc_page *page, struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(page, "ABI|Rules>|What it is~");
	const char *name, *text;
	enum hvc_status status;
	struct hvc_abi *abi;
	size_t size;

	for (size_t i = 0; hvc_abi_shipped_at(i, &name, &text, &size); i++) {
		status = hvc_abi_open(name, diag, &abi);
		if (status != HVC_OK) {
			hvc_table__drop(table);
			return status;
		}
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "%s", name);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%u", hvc_abi_rule_count(abi));
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", hvc_abi_title(abi));
		hvc_abi_free(abi);
	}
	return hvc_table__print(table, diag);
}

enum hvc_status hvc_list__text(const struct hvc_page *page, bool subjects, bool abis,
                               struct hvc_diag *diag)
{
	if (subjects) {
		fputs("Built-in subjects: vector code to run, map, check and diff\n\n", page->out);
		HVC_TRY(list_subjects(page, diag));
	}
	if (subjects && abis)
		fputc('\n', page->out);
	if (abis) {
		fputs("Shipped ABIs: specifications to check against\n\n", page->out);
		HVC_TRY(list_abis(page, diag));
	}
	return HVC_OK;
}

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
