/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "engine/quote.h"
#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/invented.h"
#include "report/proof_words.h"

static void put_count(struct hvc_table *table, unsigned column, enum hvc_ink ink, uint64_t count)
{
	char number[HVC_NUMBER_SIZE];

	hvc_table__cell(table, column, count ? ink : HVC_INK_FAINT, "%s",
	                hvc_words__number(count, number));
}

static void put_row(struct hvc_table *table, const char *name,
                    const struct hvc_rule_account *account)
{
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", name);
	put_count(table, 1, HVC_INK_PLAIN, account->calls);
	put_count(table, 2, HVC_INK_GOOD, account->conforms);
	put_count(table, 3, HVC_INK_BAD, account->violates);
	put_count(table, 4, HVC_INK_WARN, account->undecided);
	hvc_table__cell(table, 5, HVC_INK_FAINT, "%s", hvc_evidence_name(account->known));
}

static enum hvc_status put_rules(const struct hvc_page *page, const struct hvc_check *check,
                                 struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Rule", HVC_ALIGN_LEFT},       {"Calls", HVC_ALIGN_RIGHT},
	        {"Conform", HVC_ALIGN_RIGHT},   {"Violate", HVC_ALIGN_RIGHT},
	        {"Undecided", HVC_ALIGN_RIGHT}, {"Known", HVC_ALIGN_LEFT},
	};
	struct hvc_table *table = hvc_table__new(page, columns, 6);

	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		put_row(table, hvc_abi_rule_at(check->abi, i)->name, &check->rule[i]);
	put_row(table, "all", &check->total);
	return hvc_table__print(table, diag);
}

static void put_finding(const struct hvc_page *page, const struct hvc_check *check, const char *abi,
                        unsigned index)
{
	const struct hvc_finding *finding = &check->finding[index];
	const char *world = hvc_abi_world_at(check->abi, finding->world)->world.name;
	struct hvc_words command = {0};
	char what[512];
	char calls[HVC_NUMBER_SIZE], immediates[HVC_NUMBER_SIZE];

	hvc_finding_print(check, finding, what, sizeof(what));
	hvc_words__check_command(&command, check, finding, abi);
	hvc_page__print(page, "    %2u. %s%s%s\n", index + 1, hvc_ink__begin(page, HVC_INK_BAD),
	                what, hvc_ink__end(page, HVC_INK_BAD));
	hvc_page__print(page, "        in %s call%s, on %s immediate%s",
	                hvc_words__number(finding->calls, calls), finding->calls == 1 ? "" : "s",
	                hvc_words__number(finding->immediates, immediates),
	                finding->immediates == 1 ? "" : "s");
	if (hvc_abi_world_count(check->abi) > 1)
		hvc_page__print(page, "; first in world %s", world);
	hvc_page__print(page, "\n        %s\n", hvc_words__text(&command));
	hvc_words__free(&command);
}

static void put_rule(const struct hvc_page *page, const struct hvc_rule *rule)
{
	hvc_page__print(page, "\n  %s%s%s,", hvc_ink__begin(page, HVC_INK_STRONG), rule->name,
	                hvc_ink__end(page, HVC_INK_STRONG));
	hvc_page__prose(page, hvc_quote__width(rule->name) + 3, 4, " promised by %s%s",
	                rule->source, rule->unconfirmed ? " (unconfirmed)" : "");
}

/* The findings of one rule, under its name and where it is promised. */
static void put_findings(const struct hvc_page *page, const struct hvc_check *check,
                         const char *abi)
{
	int last = -1;

	for (unsigned i = 0; i < check->findings; i++) {
		int index = check->finding[i].verdict.rule;
		const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, (unsigned)index);

		if (index != last)
			put_rule(page, rule);
		last = index;
		put_finding(page, check, abi, i);
	}
}

static void put_verdict(const struct hvc_page *page, const struct hvc_check *check)
{
	bool good = check->findings == 0;
	const char *one;
	uint64_t failed = hvc_words__failed(check->map, check->maps, &one);
	enum hvc_ink ink = good && !failed ? HVC_INK_GOOD : HVC_INK_BAD;
	char space[HVC_NUMBER_SIZE], part[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];

	hvc_words__number(HVC_IMM_COUNT, space);
	hvc_words__number(check->total.calls, calls);
	hvc_page__print(page, "\n%s%s %s %s: ", hvc_ink__begin(page, ink), check->subject,
	                !good    ? "violates"
	                : failed ? "cannot be told to conform to"
	                         : "conforms to",
	                hvc_abi_name(check->abi));
	if (good)
		hvc_page__print(page, "%s of %s immediates, %s calls", space, space, calls);
	else
		hvc_page__print(page, "%u finding%s, on %s of %s immediates, %s calls",
		                check->findings, check->findings == 1 ? "" : "s",
		                hvc_words__number(check->immediates_violating, part), space, calls);
	hvc_page__print(page, "%s\n", hvc_ink__end(page, ink));
	hvc_words__put_failed(page, failed, one);
	hvc_words__put_untried(page, check->map[0]->probes.untried);
}

/* How all of it is known, and what could not be proved. */
static void put_evidence(const struct hvc_page *page, const struct hvc_check *check)
{
	struct hvc_words words = {0};

	hvc_words__proof(&words, check);
	fputs("\n  ", page->out);
	hvc_page__prose(page, 2, 2, "%s", hvc_words__text(&words));
	hvc_words__free(&words);
	for (unsigned i = 0; i < check->parts; i++) {
		if (check->part[i].proved)
			continue;
		hvc_words__part(&words, check, &check->part[i]);
		fputs("  ", page->out);
		hvc_page__prose(page, 2, 4, "%s", hvc_words__text(&words));
		hvc_words__free(&words);
	}
}

/* Of all worlds: they lend and answer alike. */
static enum hvc_status put_invented(const struct hvc_page *page, const struct hvc_check *check,
                                    struct hvc_diag *diag)
{
	struct hvc_invented all = {0};
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; status == HVC_OK && i < check->maps; i++)
		status = hvc_invented_merge(&all, &check->map[i]->invented);
	hvc_invented_sort(&all);
	if (status != HVC_OK)
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	else
		status = hvc_invented__text(page, NULL, &check->map[0]->world, NULL, &all, diag);
	hvc_invented_free(&all);
	return status;
}

enum hvc_status hvc_check_text(const struct hvc_page *page, const struct hvc_check *check,
                               const char *abi, struct hvc_diag *diag)
{
	hvc_page__prose(page, 0, 0, "%s against %s: %s", check->subject, hvc_abi_name(check->abi),
	                hvc_abi_title(check->abi));
	fputc('\n', page->out);
	HVC_TRY(put_rules(page, check, diag));
	if (check->total.undecided)
		fputs("\n  Undecided: the ABI promises nothing for these calls.\n", page->out);
	put_evidence(page, check);
	put_findings(page, check, abi);
	HVC_TRY(put_invented(page, check, diag));
	HVC_TRY(hvc_contract__text(page, check->contract, check->subject, diag));
	put_verdict(page, check);
	return HVC_OK;
}
