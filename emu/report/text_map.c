/* SPDX-License-Identifier: MIT */
/* Text of a map. */
#include <inttypes.h>

#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/exact.h"
#include "report/supplied.h"
#include "report/table.h"
#include "report/tree.h"

/* Instructions that a row names; JSON has all. */
#define DECISIONS 2u
/* Characters of one cell. */
#define TEXT 2048u

static unsigned callers(const struct hvc_exact *exact, const struct hvc_exact_part *part)
{
	unsigned count = 0;

	for (unsigned i = 0; i < exact->parts; i++)
		count += &exact->part[i] == part || exact->part[i].same == part;
	return count;
}

static void put_account(const struct hvc_page *page, const struct hvc_exact *exact)
{
	struct hvc_words why = {0};
	unsigned rows = 0, paths = 0;

	for (unsigned i = 0; i < exact->parts; i++) {
		paths += exact->part[i].symbolic->paths;
		if (!exact->part[i].same)
			rows += exact->part[i].rows;
	}
	hvc_page__prose(page, 0, 0, "%s: %u class%s of calls, of %u path%s%s",
	                hvc_subject_name(exact->subject), rows, rows == 1 ? "" : "es", paths,
	                paths == 1 ? "" : "s",
	                hvc_exact__completeness(exact, &why) ? "" : ": not complete");
	hvc_words__free(&why);
}

static void put_decisions(struct hvc_table *table, const struct hvc_exact *exact,
                          const struct hvc_exact_part *part, const struct hvc_row *row)
{
	struct hvc_words words = {0};

	hvc_exact__add_decisions(&words, exact, part, row, DECISIONS);
	hvc_table__take(table, 4, HVC_INK_FAINT, &words);
}

static enum hvc_status put_part(const struct hvc_page *page, const struct hvc_exact *exact,
                                const struct hvc_exact_part *part, struct hvc_diag *diag)
{
	struct hvc_table *table;
	struct hvc_words who = {0};
	char text[TEXT];

	hvc_exact__callers(&who, exact, part);
	hvc_page__heading(page, "%s", hvc_words__text(&who));
	hvc_words__free(&who);
	table = hvc_table__new(page, "Class>|Calls~|Outcome~|Known|Decided at~");
	for (unsigned i = 0; i < part->rows; i++) {
		const struct hvc_row *row = &part->row[i];

		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%u", hvc_exact__number(exact, part, i));
		hvc_exact__print_condition(exact, row, text, sizeof text);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", text);
		hvc_exact__print_behaviour(exact, row, text, sizeof text);
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s", text);
		hvc_table__cell(table, 3,
		                row->known == HVC_ROW_PROVED ? HVC_INK_GOOD : HVC_INK_WARN, "%s",
		                hvc_row_known_name(row->known));
		put_decisions(table, exact, part, row);
	}
	return hvc_table__print(table, diag);
}

static void put_list(const struct hvc_page *page, const char *what, struct hvc_words *words)
{
	if (words->length)
		hvc_page__prose(page, 0, 2, "%s: %s", what, hvc_words__text(words));
	hvc_words__free(words);
}

/* A world that traps no SMC is one in which these calls are never made. */
static bool takes_trapped(const struct hvc_exact *exact)
{
	uint64_t hcr = hvc_machine_entry(exact->machine)->v[HVC_REG_HCR_EL2];
	bool any = false;

	for (unsigned i = 0; i < exact->parts; i++)
		any |= hvc_insn_is_smc(exact->part[i].insn);
	return any && !(hcr & HVC_HCR_TSC);
}

/* What the rows rest on besides the image. */
static void put_assumed(const struct hvc_page *page, const struct hvc_exact *exact)
{
	struct hvc_words words = {0};

	hvc_page__gap(page);
	hvc_exact__reads(exact, hvc_exact__list, &words);
	put_list(page, "Read besides the call, of any value", &words);
	hvc_exact__pointers(exact, hvc_exact__list, &words);
	put_list(
	        page,
	        "By these pointers of the caller's EL2 reads or writes, and faults where one leads "
	        "nowhere",
	        &words);
	hvc_exact__fixed(exact, hvc_exact__list, &words);
	put_list(page, "Fixed by the world", &words);
	if (takes_trapped(exact))
		hvc_page__prose(page, 0, 2,
		                "For SMC: HCR_EL2.TSC is set, without which none arrives");
	hvc_exact__apart(exact, hvc_exact__list, &words);
	put_list(page, "Taken to point to different memory", &words);
}

/* What the machine has really done, which agreed, or there would be no report. */
static void put_machine(const struct hvc_page *page, const struct hvc_exact *exact)
{
	unsigned paths = 0, confirmed = 0, least = HVC_IMM_COUNT;
	char number[HVC_NUMBER_SIZE];

	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		paths += part->symbolic->paths;
		confirmed += part->confirmed;
		if (part->taken < least)
			least = part->taken;
	}
	if (!confirmed && (exact->brief || !least))
		hvc_page__prose(page, 0, 2,
		                "Called: none of %u paths, so that nothing is confirmed", paths);
	else if (exact->brief)
		hvc_page__prose(page, 0, 2,
		                "Called: %u of %u paths in the emulated CPU, which does the same "
		                "(--brief: not every immediate)",
		                confirmed, paths);
	else
		hvc_page__prose(page, 0, 2,
		                "Called: %u of %u paths and %s of 65,536 immediates from each "
		                "caller in the emulated CPU, which does the same%s",
		                confirmed, paths, hvc_words__number(least, number),
		                exact->long_calls ? " (calls take long)" : "");
	if (exact->swept)
		hvc_page__prose(page, 0, 2,
		                "Swept: %s calls, every immediate with each register value of a "
		                "list, do what their class says",
		                hvc_words__number(exact->swept, number));
	hvc_words__put_failed(page, exact->failed, exact->failure);
}

void hvc_exact__closing(const struct hvc_page *page, const struct hvc_exact *exact)
{
	struct hvc_words why = {0};

	if (hvc_exact__completeness(exact, &why))
		hvc_page__prose(page, 0, 2,
		                "Complete: every immediate and every value of every register falls "
		                "in exactly one class of each caller");
	else
		hvc_page__prose(page, 0, 2, "Not complete: %s",
		                exact->parts ? hvc_words__text(&why) : "nobody can call here");
	hvc_words__free(&why);
}

enum hvc_status hvc_exact__text(const struct hvc_page *page, const struct hvc_exact *exact,
                                const struct hvc_contract *contract, bool tree,
                                struct hvc_diag *diag)
{
	put_account(page, exact);
	if (tree)
		HVC_TRY(hvc_tree__text(page, exact, diag));
	for (unsigned i = 0; i < exact->parts; i++)
		if (!tree && !exact->part[i].same && callers(exact, &exact->part[i]))
			HVC_TRY(put_part(page, exact, &exact->part[i], diag));
	HVC_TRY(hvc_stops__text(page, &exact->world, diag));
	HVC_TRY(hvc_contract__text(page, contract, diag));
	put_assumed(page, exact);
	put_machine(page, exact);
	hvc_exact__closing(page, exact);
	return HVC_OK;
}
