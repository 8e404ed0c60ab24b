/* SPDX-License-Identifier: MIT */
/* Text of leaks. */

#include "base/number.h"
#include "engine/call.h"
#include "report/proof_words.h"
#include "report/table.h"

void hvc_words__leak_value(struct hvc_words *words, const struct hvc_leak *leak, unsigned side)
{
	char number[HVC_U64_SIZE];

	if (leak->channel != HVC_CHANNEL_OUTCOME) {
		hvc_words__add(words, "%s", hvc_u64_print(leak->value[side], number));
		return;
	}
	hvc_words__add(words, "%s at %s",
	               hvc_outcome_name((enum hvc_outcome_kind)leak->value[side]),
	               hvc_level_name(leak->level[side]));
	if (leak->value[0] == leak->value[1] && leak->level[0] == leak->level[1])
		hvc_words__add(words, " to 0x%llx", (unsigned long long)leak->at[side]);
}

/* What the secret is, and what the caller sees for it, twice. */
static void put_values(const struct hvc_page *page, const struct hvc_leak *leak)
{
	for (unsigned side = 0; side < 2 && leak->secret[0]; side++) {
		struct hvc_words words = {0};
		char number[HVC_U64_SIZE];

		hvc_words__leak_value(&words, leak, side);
		hvc_page__line(page, 8, "%s = %s: %s", leak->secret,
		               hvc_u64_print(leak->secret_value[side], number),
		               hvc_words__text(&words));
		hvc_words__free(&words);
	}
}

static void put_mover(const struct hvc_page *page, const struct hvc_subject *subject,
                      const struct hvc_leak *leak)
{
	struct hvc_words place = {0};
	char text[80];

	if (!leak->moved)
		return;
	hvc_disasm__in(leak->isa, leak->pc, leak->word, text, sizeof(text));
	hvc_words__place(&place, subject, leak->pc);
	hvc_page__line(page, 8, "moved by:    0x%llx  %s%s%s%s", (unsigned long long)leak->pc, text,
	               *hvc_words__text(&place) ? "  (" : "", hvc_words__text(&place),
	               *hvc_words__text(&place) ? ")" : "");
	hvc_words__free(&place);
}

static void put_leak(const struct hvc_page *page, const struct hvc_subject *subject,
                     const struct hvc_leaks *leaks, unsigned index)
{
	const struct hvc_leak *leak = &leaks->leak[index];
	char what[512], command[HVC_COMMAND_SIZE];
	struct hvc_words reproduce = {0};

	hvc_leak__print(leak, what, sizeof(what));
	hvc_call__command(leaks->subject, &leaks->world[leak->world], &leak->probe, leak->imm,
	                  command, sizeof(command));
	hvc_page__line(page, 4, "%2u. %s%s%s", index + 1, hvc_ink__begin(page, HVC_INK_BAD), what,
	               hvc_ink__end(page, HVC_INK_BAD));
	hvc_page__open(page, 8);
	hvc_page__print(page, "where %s", leak->condition);
	if (leak->rule >= 0)
		hvc_page__print(page, "; rule %s",
		                hvc_abi_rule_at(leaks->abi, (unsigned)leak->rule)->name);
	hvc_page__close(page);
	put_values(page, leak);
	put_mover(page, subject, leak);
	hvc_words__add(&reproduce, "%s --trace", command);
	hvc_page__command(page, 8, hvc_words__text(&reproduce));
	hvc_words__free(&reproduce);
}

bool hvc_words__leaks_proved(const struct hvc_leaks *leaks)
{
	for (unsigned i = 0; i < leaks->parts; i++)
		if (!leaks->part[i].proved)
			return false;
	return true;
}

static void put_proof(const struct hvc_page *page, const struct hvc_leaks *leaks)
{
	if (hvc_words__leaks_proved(leaks))
		hvc_page__line(page, 0, "Decided for every call and every value of the secrets.");
	for (unsigned i = 0; i < leaks->parts; i++) {
		const struct hvc_check_part *part = &leaks->part[i];

		if (!part->proved)
			hvc_page__prose(page, 0, 4, "%s: %s from %s in world %s: %s.",
			                leaks->swept ? "Swept, not proved" : "Not decided",
			                hvc_insn_name(part->insn), hvc_level_name(part->from),
			                leaks->world[part->world].name, part->why);
	}
}

static void put_secrets(const struct hvc_page *page, const struct hvc_leaks *leaks)
{
	struct hvc_words names = {0};

	for (unsigned i = 0; i < hvc_secret__count(); i++)
		if (leaks->secrets >> i & 1)
			hvc_words__add(&names, "%s%s", names.length ? ", " : "",
			               hvc_secret__name(i));
	hvc_page__prose(page, 0, 4, "Secrets: %s.", hvc_words__text(&names));
	hvc_words__free(&names);
}

enum hvc_status hvc_leaks__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_leaks_report *report = of;
	const struct hvc_leaks *leaks = report->leaks;

	hvc_page__line(page, 0,
	               "%u paths: %u come back, %u jumped to caller's code at EL2, %u never come "
	               "back",
	               leaks->paths, leaks->compared, leaks->granted, leaks->silent);
	put_proof(page, leaks);
	put_secrets(page, leaks);
	for (unsigned i = 0; i < leaks->leaks; i++) {
		hvc_page__gap(page);
		put_leak(page, report->subject, leaks, i);
	}
	return hvc_page__status(page, diag);
}
