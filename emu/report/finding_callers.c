/* SPDX-License-Identifier: MIT */
/* Findings of call sites. */
#include <inttypes.h>

#include "report/new_finding.h"
#include "report/site_words.h"

static const char *const ids[] = {
        [HVC_CALLER_SELECTOR] = "caller-selector", [HVC_CALLER_NO_CALL] = "caller-unknown-call",
        [HVC_CALLER_RESULT] = "caller-result",     [HVC_CALLER_CLOBBERED] = "caller-clobbered",
        [HVC_CALLER_CONDUIT] = "caller-conduit",   [HVC_CALLER_WIDENED] = "caller-widened",
};

/* The site alone, held to the ABI that it was held to. */
static void add_command(struct hvc_words *words, const struct hvc_callers *callers,
                        const struct hvc_caller *caller, const char *abi)
{
	if (!abi && !caller->abi)
		return;
	hvc_words__add(words, "hvcheck callers ");
	hvc_words__shell(words, callers->scan->path);
	hvc_words__add(words, " --abi ");
	hvc_words__shell(words, abi ? abi : hvc_abi_name(caller->abi));
	hvc_words__add(words, " --site 0x%" PRIx64, caller->site->address);
}

static void add_issues(struct hvc_findings *list, const struct hvc_callers *callers,
                       const struct hvc_caller *caller, const char *abi)
{
	const struct hvc_site *site = caller->site;

	for (unsigned i = 0; i < caller->issues; i++) {
		const struct hvc_caller_issue *issue = &caller->issue[i];
		struct hvc_new_finding draft = {
		        .rule = ids[issue->kind],
		        .about = site->symbol,
		        .file = list->file,
		        .symbol = site->symbol,
		        .address = site->address,
		        .has_address = true,
		        .each = true,
		};

		hvc_words__add(&draft.key, "%s, #%u",
		               issue->reg == HVC_REG_NONE ? "" : hvc_reg_name(issue->reg),
		               site->imm);
		hvc_words__add(&draft.summary, "%s", issue->text);
		hvc_site__instruction(&draft.call, site);
		add_command(&draft.command, callers, caller, abi);
		hvc_findings__add(list, &draft);
	}
}

enum hvc_status hvc_findings__of_callers(const struct hvc_callers *callers, const char *abi,
                                         struct hvc_diag *diag, struct hvc_findings **out)
{
	struct hvc_words other = {0};
	struct hvc_findings *list;

	hvc_identity__add(&other, abi ? abi : "the ABI of each");
	list = hvc_findings__of("callers", callers->scan->path, hvc_words__text(&other),
	                        "%zu HVC and SMC sites, of which %zu are held to it",
	                        callers->callers, callers->of[HVC_CALLER_HELD]);
	for (size_t i = 0; list && i < callers->callers; i++)
		add_issues(list, callers, &callers->caller[i], abi);
	if (list)
		list->failed = list->failed || other.failed;
	hvc_findings__cases(list);
	hvc_words__free(&other);
	return hvc_findings__end(list, diag, out);
}
