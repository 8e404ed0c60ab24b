/* SPDX-License-Identifier: MIT */
/* Text of what unknown calls do. */

#include "hvcheck/arch.h"
#include "report/table.h"

static void put_hazard(const struct hvc_page *page, const struct hvc_safety *safety, unsigned index)
{
	const struct hvc_hazard *hazard = &safety->hazard[index];
	const struct hvc_rule *rule = hvc_abi_rule_at(safety->abi, hazard->rule);
	bool finding = index < safety->findings;
	struct hvc_words kinds = {0}, callers = {0};
	unsigned used;

	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (hazard->kinds >> kind & 1)
			hvc_words__add(&kinds, "%s%s", kinds.length ? ", " : "",
			               hvc_hazard__name((enum hvc_hazard_kind)kind));
	hvc_words__callers(&callers, hazard->callers);
	hvc_page__gap(page);
	used = hvc_page__open(page, 4);
	used += hvc_page__print(page, "%2u. %s%s%s: ", index + 1,
	                        hvc_ink__begin(page, finding ? HVC_INK_BAD : HVC_INK_WARN),
	                        hvc_words__text(&kinds),
	                        hvc_ink__end(page, finding ? HVC_INK_BAD : HVC_INK_WARN));
	hvc_page__prose(page, used, 8, "%s", hazard->does);
	hvc_page__prose(page, hvc_page__open(page, 8), 8, "%s, by %s, of %s%s", hazard->when,
	                hvc_words__text(&callers), rule->name,
	                hazard->unspecified ? ", which the ABI leaves open" : "");
	if (hazard->witness.command[0])
		hvc_page__command(page, 8, hazard->witness.command[0]);
	if (!hazard->witness.made)
		hvc_page__line(page, 8, "not made in the machine: %s", hazard->witness.why);
	hvc_words__free(&kinds);
	hvc_words__free(&callers);
}

static void put_gaps(const struct hvc_page *page, const struct hvc_safety *safety)
{
	if (safety->gaps) {
		hvc_page__gap(page);
		hvc_page__line(page, 2, "Not followed, and may do anything:");
	}
	for (unsigned i = 0; i < safety->gaps; i++) {
		struct hvc_words callers = {0};

		hvc_words__callers(&callers, safety->gap[i].callers);
		hvc_page__prose(page, hvc_page__open(page, 4), 6, "%s: %s",
		                hvc_words__text(&callers), safety->gap[i].text);
		hvc_words__free(&callers);
	}
}

enum hvc_status hvc_safety__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_safety *safety = of;
	struct hvc_words callers = {0};

	hvc_words__callers(&callers, safety->callers);
	if (!safety->behaviours && safety->gaps)
		hvc_page__line(page, 0, "nothing is known of unallocated calls");
	else if (!safety->behaviours)
		hvc_page__line(page, 0, "the ABI leaves no call unallocated");
	else
		hvc_page__line(page, 0,
		               "%u of %u behaviours of unallocated calls leave EL2 as it was",
		               safety->safe, safety->behaviours);
	if (safety->open)
		hvc_page__line(page, 0, "%u more are of calls that the ABI leaves open",
		               safety->open);
	if (safety->behaviours || !safety->gaps)
		hvc_page__prose(page, hvc_page__open(page, 2), 2, "%s, for %s",
		                safety->swept ? "swept, not proved" : "proved for every input",
		                hvc_words__text(&callers));
	hvc_words__free(&callers);
	put_gaps(page, safety);
	for (unsigned i = 0; i < safety->hazards; i++)
		put_hazard(page, safety, i);
	return hvc_page__status(page, diag);
}
