/* SPDX-License-Identifier: MIT */
/* Text of call sites. */
#include <inttypes.h>
#include <string.h>

#include "report/site_words.h"
#include "report/table.h"

#define ANSWERS_TOLD 4u /* a site of which nothing is known may get any */

/* The registers that the issues of a site are about. */
static uint32_t concerned(const struct hvc_caller *caller)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < caller->issues; i++) {
		if (caller->issue[i].reg < HVC_GPR_COUNT)
			set |= UINT32_C(1) << caller->issue[i].reg;
	}
	return set;
}

static void add_answers(struct hvc_words *words, const struct hvc_caller *caller)
{
	for (unsigned i = 0; i < caller->answers && i < ANSWERS_TOLD; i++)
		hvc_words__add(words, "%s%s", i ? ", or " : "", caller->answer[i].text);
	if (caller->answers > ANSWERS_TOLD)
		hvc_words__add(words, ", or %u more", caller->answers - ANSWERS_TOLD);
	if (!words->length)
		hvc_words__add(words, "-");
}

static void tell_finding(const struct hvc_page *page, const struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;
	struct hvc_words instruction = {0}, place = {0}, registers = {0}, answers = {0};

	hvc_site__instruction(&instruction, site);
	hvc_site__place(&place, site);
	hvc_site__registers(&registers, site, concerned(caller));
	add_answers(&answers, caller);
	hvc_page__gap(page);
	hvc_page__line(page, 0, "%s0x%" PRIx64 "%s  %s in %s", hvc_ink__begin(page, HVC_INK_STRONG),
	               site->address, hvc_ink__end(page, HVC_INK_STRONG),
	               hvc_words__text(&instruction), hvc_words__text(&place));
	for (unsigned i = 0; i < caller->issues; i++) {
		const char *name = hvc_caller_issue__name(caller->issue[i].kind);

		unsigned used = hvc_page__open(page, 2);

		used += hvc_page__print(page, "%s%s%s: ", hvc_ink__begin(page, HVC_INK_BAD), name,
		                        hvc_ink__end(page, HVC_INK_BAD));
		hvc_page__prose(page, used, 4, "%s", caller->issue[i].text);
	}
	hvc_page__prose(page, hvc_page__open(page, 2), 4, "before it: %s",
	                hvc_words__text(&registers));
	if (site->guard != HVC_REG_NONE) {
		char text[128];

		hvc_value__print(site->guard, &site->x[site->guard], text, sizeof(text));
		hvc_page__prose(page, hvc_page__open(page, 2), 4,
		                "made only where %s is%s zero (%s)", hvc_reg_name(site->guard),
		                site->guard_nonzero ? " not" : "", text);
	}
	hvc_page__prose(page, hvc_page__open(page, 2), 4, "gets: %s%s%s", hvc_words__text(&answers),
	                caller->abi ? " of " : "", caller->abi ? hvc_abi_name(caller->abi) : "");
	hvc_words__free(&instruction);
	hvc_words__free(&place);
	hvc_words__free(&registers);
	hvc_words__free(&answers);
}

static bool is_told(const struct hvc_caller *caller, bool details)
{
	return !caller->issues && caller->fit != HVC_CALLER_DATA &&
	       (details || caller->fit == HVC_CALLER_HELD || caller->fit == HVC_CALLER_UNKNOWN);
}

/* The sites without findings that may be calls of this ABI. */
static enum hvc_status add_sites(const struct hvc_page *page, const struct hvc_callers *callers,
                                 bool details, struct hvc_diag *diag)
{
	struct hvc_table *table;
	bool any = false;

	for (size_t i = 0; i < callers->callers && !any; i++)
		any = is_told(&callers->caller[i], details);
	if (!any)
		return HVC_OK;
	hvc_page__gap(page);
	table = hvc_table__new(page, "Address|Call|Function~|Fit|Registers before it~|Gets~");
	for (size_t i = 0; i < callers->callers; i++) {
		const struct hvc_caller *caller = &callers->caller[i];
		struct hvc_words instruction = {0}, place = {0}, registers = {0}, answers = {0};

		if (!is_told(caller, details))
			continue;
		hvc_site__instruction(&instruction, caller->site);
		hvc_site__place(&place, caller->site);
		hvc_site__registers(&registers, caller->site, 0);
		add_answers(&answers, caller);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_PLAIN, "0x%" PRIx64, caller->site->address);
		hvc_table__take(table, 1, HVC_INK_PLAIN, &instruction);
		hvc_table__take(table, 2, HVC_INK_PLAIN, &place);
		hvc_table__cell(table, 3,
		                caller->fit == HVC_CALLER_HELD ? HVC_INK_GOOD : HVC_INK_FAINT, "%s",
		                caller->fit == HVC_CALLER_HELD ? "holds"
		                                               : hvc_caller_fit__name(caller->fit));
		hvc_table__take(table, 4, HVC_INK_PLAIN, &registers);
		hvc_table__take(table, 5, HVC_INK_PLAIN, &answers);
	}
	return hvc_table__print(table, diag);
}

/* Whose calls the others are, each owner once, with how many. */
static void tell_others(const struct hvc_page *page, const struct hvc_callers *callers)
{
	if (!callers->of[HVC_CALLER_OTHER])
		return;
	hvc_page__gap(page);
	hvc_page__line(page, 0, "left out as calls of other ABIs:");
	for (size_t i = 0; i < callers->callers; i++) {
		const struct hvc_caller *caller = &callers->caller[i];
		bool first = caller->fit == HVC_CALLER_OTHER;
		size_t count = 0;

		for (size_t n = 0; n < callers->callers && first; n++) {
			const struct hvc_caller *one = &callers->caller[n];

			/* Owners are constant strings of the registry, each row its own. */
			if (one->fit != HVC_CALLER_OTHER || strcmp(one->owner, caller->owner))
				continue;
			first = n >= i;
			count++;
		}
		if (first)
			hvc_page__line(page, 2, "%3zu  %s", count,
			               caller->owner[0] ? caller->owner : "nobody known");
	}
}

enum hvc_status hvc_callers__text(const struct hvc_page *page, const void *of,
                                  struct hvc_diag *diag)
{
	const struct hvc_callers_report *report = of;
	const struct hvc_callers *callers = report->callers;
	unsigned used = hvc_page__open(page, 0);

	used += hvc_page__print(page, "%zu HVC%s", callers->made[0],
	                        callers->made[0] == 1 ? "" : "s");
	if (callers->made[1])
		used += hvc_page__print(page, ", %zu SMC%s", callers->made[1],
		                        callers->made[1] == 1 ? "" : "s");
	if (callers->calls)
		used += hvc_page__print(page, ", %zu call%s of functions that make one",
		                        callers->calls, callers->calls == 1 ? "" : "s");
	used += hvc_page__print(page, ": ");
	hvc_page__prose(page, used, 2,
	                "%zu held to it, %zu with an uninitialised selector, %zu with one that is "
	                "not known, %zu of other ABIs, %zu data",
	                callers->of[HVC_CALLER_HELD], callers->of[HVC_CALLER_CHANCE],
	                callers->of[HVC_CALLER_UNKNOWN], callers->of[HVC_CALLER_OTHER],
	                callers->of[HVC_CALLER_DATA]);
	for (size_t i = 0; i < callers->callers; i++) {
		if (callers->caller[i].issues)
			tell_finding(page, &callers->caller[i]);
	}
	HVC_TRY(add_sites(page, callers, report->details, diag));
	tell_others(page, callers);
	return HVC_OK;
}
