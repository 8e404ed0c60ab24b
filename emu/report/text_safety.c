/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "hvcheck/arch.h"
#include "report/table.h"

static void put_hazard(const struct hvc_page *page, const struct hvc_safety *safety, unsigned index)
{
	const struct hvc_hazard *hazard = &safety->hazard[index];
	const struct hvc_rule *rule = hvc_abi_rule_at(safety->abi, hazard->rule);
	bool finding = index < safety->findings;
	char does[1024], command[HVC_COMMAND_SIZE], calls[HVC_NUMBER_SIZE];
	struct hvc_words kinds = {0};

	for (unsigned kind = 0; kind < HVC_HAZARD_COUNT; kind++)
		if (hazard->kinds >> kind & 1)
			hvc_words__add(&kinds, "%s%s", kinds.length ? ", " : "",
			               hvc_hazard_name((enum hvc_hazard_kind)kind));
	hvc_class_print(&hazard->does, does, sizeof(does));
	hvc_call_command(safety->subject, &safety->map[hazard->world]->world, &hazard->probe,
	                 hazard->imm, command, sizeof(command));
	hvc_page__print(page, "\n    %2u. %s%s%s: ", index + 1,
	                hvc_ink__begin(page, finding ? HVC_INK_BAD : HVC_INK_WARN),
	                hvc_words__text(&kinds),
	                hvc_ink__end(page, finding ? HVC_INK_BAD : HVC_INK_WARN));
	hvc_page__prose(page, (unsigned)strlen(hvc_words__text(&kinds)) + 10, 8, "%s", does);
	hvc_page__print(page, "        in %s call%s of %s%s\n        %s\n",
	                hvc_words__number(hazard->calls, calls), hazard->calls == 1 ? "" : "s",
	                rule->name, hazard->unspecified ? ", which the ABI leaves open" : "",
	                command);
	hvc_words__free(&kinds);
}

enum hvc_status hvc_safety_text(const struct hvc_page *page, const struct hvc_safety *safety,
                                struct hvc_diag *diag)
{
	char calls[HVC_NUMBER_SIZE], safe[HVC_NUMBER_SIZE], imms[HVC_NUMBER_SIZE];
	const char *one;
	uint64_t failed;

	hvc_page__print(page, "%s%s%s by %s: ", hvc_ink__begin(page, HVC_INK_STRONG),
	                safety->subject, hvc_ink__end(page, HVC_INK_STRONG),
	                hvc_abi_name(safety->abi));
	if (!safety->calls)
		fputs("no call is unknown to the ABI\n", page->out);
	else
		hvc_page__print(page,
		                "%s of %s unknown calls, on %s immediates, leave EL2 as it "
		                "was\n",
		                hvc_words__number(safety->safe, safe),
		                hvc_words__number(safety->calls, calls),
		                hvc_words__number(safety->immediates, imms));
	if (safety->open)
		hvc_page__print(page, "%s more calls are left open by the ABI\n",
		                hvc_words__number(safety->open, calls));
	failed = hvc_words__failed(safety->map, safety->maps, &one);
	hvc_words__put_failed(page, failed, one);
	hvc_words__put_untried(page, safety->map[0]->probes.untried);
	if (!safety->image_compared)
		fputs("The image is too large to be compared after each call.\n", page->out);
	for (unsigned i = 0; i < safety->hazards; i++)
		put_hazard(page, safety, i);
	if (ferror(page->out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "the report cannot be written");
	return HVC_OK;
}
