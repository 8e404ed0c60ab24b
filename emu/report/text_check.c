/* SPDX-License-Identifier: MIT */
/* Text of a check, after the head of its findings. */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/supplied.h"
#include "report/contract_words.h"
#include "report/proof_words.h"
#include "report/supplied.h"
#include "report/table.h"

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
	struct hvc_table *table =
	        hvc_table__new(page, "Rule|Calls>|Conform>|Violate>|Undecided>|Known");

	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		put_row(table, hvc_abi_rule_at(check->abi, i)->name, &check->rule[i]);
	put_row(table, "all", &check->total);
	return hvc_table__print(table, diag);
}

static bool contradicts_itself(const struct hvc_check *check, unsigned rule)
{
	for (unsigned i = 0; i < check->contradictions; i++)
		if (check->finding[check->findings + i].verdict.rule == (int)rule)
			return true;
	return false;
}

/* Rules by what became of their promises: one line, for none of them is news. */
static void put_others(const struct hvc_page *page, const struct hvc_check *check)
{
	unsigned hold[HVC_EVIDENCE_SAMPLED + 1] = {0}, open = 0, never = 0, split = 0;
	struct hvc_words words = {0};
	const char *comma = "";

	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++) {
		const struct hvc_rule_account *account = &check->rule[i];

		if (!account->calls)
			never++;
		else if (!hvc_abi_rule_at(check->abi, i)->specified)
			open++;
		else if (contradicts_itself(check, i))
			split++;
		else if (!account->violates && !account->undecided)
			hold[account->known]++;
	}
	for (unsigned known = 0; known <= HVC_EVIDENCE_SAMPLED; known++) {
		if (!hold[known])
			continue;
		hvc_words__add(&words, "%s%u%s rule%s hold%s, %s", comma, hold[known],
		               check->findings + check->contradictions ? " other" : "",
		               hold[known] == 1 ? "" : "s", hold[known] == 1 ? "s" : "",
		               hvc_evidence_name((enum hvc_evidence)known));
		comma = "; ";
	}
	if (split) {
		hvc_words__add(&words, "%s%u contradict%s", comma, split,
		               split == 1 ? "s itself" : " themselves");
		comma = "; ";
	}
	hvc_words__add(&words, "%s%u promise%s nothing; %u not reached", comma, open,
	               open == 1 ? "s" : "", never);
	hvc_page__line(page, 2, "%s", hvc_words__text(&words));
	hvc_words__free(&words);
}

/* How all of it is known, and what could not be proved. */
static void put_evidence(const struct hvc_page *page, const struct hvc_check *check)
{
	struct hvc_words words = {0};

	hvc_words__proof(&words, check);
	hvc_page__prose(page, hvc_page__open(page, 2), 2, "%s", hvc_words__text(&words));
	hvc_words__free(&words);
	for (unsigned i = 0; i < check->parts; i++) {
		if (check->part[i].proved)
			continue;
		hvc_words__part(&words, check, &check->part[i]);
		hvc_page__prose(page, hvc_page__open(page, 2), 4, "%s", hvc_words__text(&words));
		hvc_words__free(&words);
	}
	hvc_words__reads(&words, check);
	if (words.length) {
		hvc_page__prose(
		        page, hvc_page__open(page, 2), 4,
		        "Holds for the value that the code reads, and no world of %s sets: %s",
		        hvc_abi_name(check->abi), hvc_words__text(&words));
	}
	hvc_words__free(&words);
}

/* Of all worlds: they lend and answer alike. */
static enum hvc_status put_invented(const struct hvc_page *page, const struct hvc_check *check,
                                    struct hvc_diag *diag)
{
	struct hvc_supplied all = {0};
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; status == HVC_OK && i < check->worlds; i++)
		status = hvc_supplied__merge(&all, &check->world[i].supplied);
	hvc_supplied__sort(&all);
	if (status != HVC_OK)
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	else
		status = hvc_supplied__text(page, NULL, &check->world[0].world, NULL, &all, diag);
	hvc_supplied__free(&all);
	return status;
}

enum hvc_status hvc_check__text(const struct hvc_page *page, const struct hvc_check *check,
                                bool all, struct hvc_diag *diag)
{
	const char *one;
	uint64_t failed = hvc_words__failed(check, &one);

	put_others(page, check);
	put_evidence(page, check);
	if (all) {
		hvc_page__gap(page);
		HVC_TRY(put_rules(page, check, diag));
	}
	HVC_TRY(put_invented(page, check, diag));
	HVC_TRY(hvc_contract__text(page, check->contract, diag));
	hvc_words__put_failed(page, failed, one);
	hvc_words__put_left_out(page, check->world[0].untried);
	return HVC_OK;
}
