/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "report/table.h"

static void put_values(const struct hvc_page *page, const struct hvc_leak *leak)
{
	if (leak->channel == HVC_CHANNEL_OUTCOME)
		hvc_page__print(page, "        %s in one world, %s in another\n",
		                hvc_outcome_name((enum hvc_outcome_kind)leak->value[0]),
		                hvc_outcome_name((enum hvc_outcome_kind)leak->value[1]));
	else
		hvc_page__print(page, "        0x%llx in one world, 0x%llx in another\n",
		                (unsigned long long)leak->value[0],
		                (unsigned long long)leak->value[1]);
}

static void put_mover(const struct hvc_page *page, const struct hvc_subject *subject,
                      const struct hvc_leak *leak)
{
	struct hvc_words place = {0};
	char text[80];

	if (!leak->moved)
		return;
	hvc_disasm(leak->pc, leak->word, text, sizeof(text));
	hvc_words__place(&place, subject, leak->pc);
	hvc_page__print(page, "        moved by:    0x%llx  %s%s%s%s\n",
	                (unsigned long long)leak->pc, text, *hvc_words__text(&place) ? "  (" : "",
	                hvc_words__text(&place), *hvc_words__text(&place) ? ")" : "");
	hvc_words__free(&place);
}

static void put_leak(const struct hvc_page *page, const struct hvc_subject *subject,
                     const struct hvc_leaks *leaks, unsigned index)
{
	const struct hvc_leak *leak = &leaks->leak[index];
	char what[512], command[HVC_COMMAND_SIZE];
	char calls[HVC_NUMBER_SIZE], immediates[HVC_NUMBER_SIZE];

	hvc_leak_print(leak, what, sizeof(what));
	hvc_call_command(leaks->subject, &leaks->world[leak->world], &leak->probe, leak->imm,
	                 command, sizeof(command));
	hvc_page__print(page, "    %2u. %s%s%s\n", index + 1, hvc_ink__begin(page, HVC_INK_BAD),
	                what, hvc_ink__end(page, HVC_INK_BAD));
	hvc_page__print(page, "        in %s call%s, on %s immediate%s",
	                hvc_words__number(leak->calls, calls), leak->calls == 1 ? "" : "s",
	                hvc_words__number(leak->immediates, immediates),
	                leak->immediates == 1 ? "" : "s");
	if (leak->rule >= 0)
		hvc_page__print(page, "; rule %s",
		                hvc_abi_rule_at(leaks->abi, (unsigned)leak->rule)->name);
	fputs("\n", page->out);
	put_values(page, leak);
	put_mover(page, subject, leak);
	hvc_page__print(page, "        reproduce:   %s --trace\n", command);
}

static void put_secrets(const struct hvc_page *page, const struct hvc_leaks *leaks)
{
	struct hvc_words names = {0};

	for (unsigned i = 0; i < hvc_secret_count(); i++)
		if (leaks->varied >> i & 1)
			hvc_words__add(&names, "%s%s", names.length ? ", " : "",
			               hvc_secret_name(i));
	hvc_page__prose(page, 0, 4, "Secrets varied: %s.", hvc_words__text(&names));
	hvc_words__free(&names);
}

enum hvc_status hvc_leaks_text(const struct hvc_page *page, const struct hvc_subject *subject,
                               const struct hvc_leaks *leaks, struct hvc_diag *diag)
{
	char calls[HVC_NUMBER_SIZE], compared[HVC_NUMBER_SIZE], granted[HVC_NUMBER_SIZE];
	char silent[HVC_NUMBER_SIZE];

	hvc_page__print(page, "%s%s%s %s\n", hvc_ink__begin(page, HVC_INK_STRONG), leaks->subject,
	                hvc_ink__end(page, HVC_INK_STRONG),
	                leaks->leaks ? "leaks" : "tells its callers nothing");
	hvc_page__print(
	        page,
	        "%s calls: %s came back and were compared, %s handed EL2 over, %s never came "
	        "back\n",
	        hvc_words__number(leaks->calls, calls),
	        hvc_words__number(leaks->compared, compared),
	        hvc_words__number(leaks->granted, granted),
	        hvc_words__number(leaks->silent, silent));
	hvc_words__put_untried(page, leaks->untried);
	put_secrets(page, leaks);
	for (unsigned i = 0; i < leaks->leaks; i++) {
		fputs("\n", page->out);
		put_leak(page, subject, leaks, i);
	}
	if (ferror(page->out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "the report cannot be written");
	return HVC_OK;
}
