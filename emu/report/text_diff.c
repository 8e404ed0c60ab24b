/* SPDX-License-Identifier: MIT */
/* Text of a diff. */

#include "engine/quote.h"
#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/note.h"
#include "report/pair.h"

/* Differences of a page that are shown instruction by instruction. */
#define PAIRS 16u

static const char *name_of(const struct hvc_diff *diff, enum hvc_side side)
{
	return diff->name[side];
}

/* How many operations of the old side are served something else, unnoticed. */
static void put_danger(const struct hvc_page *page, const struct hvc_diff *diff)
{
	unsigned offered = 0, silent = 0;

	for (unsigned i = 0; i < diff->operations; i++) {
		bool any = false;

		for (unsigned j = 0; j < diff->migrations; j++)
			any = any ||
			      (diff->migration[j].operation == i && diff->migration[j].silent);
		offered += diff->operation[i].use[HVC_SIDE_OLD].offered;
		silent += any;
	}
	if (silent)
		hvc_page__line(page, 0,
		               "%s%u of the %u operations of %s silently become something else%s",
		               hvc_ink__begin(page, HVC_INK_BAD), silent, offered,
		               name_of(diff, HVC_SIDE_OLD), hvc_ink__end(page, HVC_INK_BAD));
}

static void put_summary(const struct hvc_page *page, const struct hvc_diff *diff)
{
	enum hvc_ink ink = diff->equal ? HVC_INK_GOOD : HVC_INK_WARN;
	struct hvc_words callers = {0}, apart = {0};

	hvc_words__callers(&callers, diff->callers);
	hvc_page__open(page, 0);
	hvc_page__print(page, "%s%s and %s ", hvc_ink__begin(page, ink),
	                name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
	if (diff->equal)
		hvc_page__print(page, "are equal for every input");
	else if (diff->changes)
		hvc_page__print(page, "differ in %u way%s", diff->changes,
		                diff->changes == 1 ? "" : "s");
	else
		hvc_page__print(page, "cannot be told to be equal");
	hvc_page__print(page, "%s", hvc_ink__end(page, ink));
	hvc_page__close(page);
	hvc_page__prose(page, hvc_page__open(page, 2), 2, "%s for %s: %u behaviours against %u",
	                diff->swept ? "swept, not proved," : "proved", hvc_words__text(&callers),
	                diff->rows[HVC_SIDE_OLD], diff->rows[HVC_SIDE_NEW]);
	hvc_words__free(&callers);
	for (unsigned i = 0; i < HVC_DIFF_APARTS && diff->apart[i]; i++)
		hvc_words__add(&apart, "%s%s", i ? ", " : "", diff->apart[i]);
	if (diff->apart[0])
		hvc_page__prose(page, hvc_page__open(page, 2), 2,
		                "taken to point to different memory: %s", hvc_words__text(&apart));
	hvc_words__free(&apart);
	put_danger(page, diff);
}

/* What may differ and is not known to. */
static void put_gaps(const struct hvc_page *page, const struct hvc_diff *diff)
{
	if (!diff->gaps)
		return;
	hvc_page__heading(page, "Not compared");
	hvc_page__gap(page);
	for (unsigned i = 0; i < diff->gaps; i++) {
		struct hvc_words callers = {0};

		hvc_words__callers(&callers, diff->gap[i].callers);
		hvc_page__prose(page, hvc_page__open(page, 2), 4, "%s: %s",
		                hvc_words__text(&callers), diff->gap[i].text);
		hvc_words__free(&callers);
	}
}

static enum hvc_status put_operations(const struct hvc_page *page, const struct hvc_diff *diff,
                                      struct hvc_diag *diag)
{
	struct hvc_table *table;

	if (!diff->operations)
		return HVC_OK;
	hvc_page__heading(page, "Operations, and the call that selects them");
	hvc_page__gap(page);
	table = hvc_table__new(page, "Operation|%s~|%s~|What became of it~",
	                       name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_note__operation(diff, operation, &note);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", operation->name);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			hvc_table__cell(table, 1 + side, HVC_INK_PLAIN, "%s",
			                operation->use[side].offered ? operation->use[side].how
			                                             : "-");
		hvc_table__take(table, 3, HVC_INK_PLAIN, &note);
	}
	return hvc_table__print(table, diag);
}

static void put_meeting(struct hvc_table *table, const struct hvc_diff *diff,
                        const struct hvc_migration *migration)
{
	const struct hvc_operation *operation = &diff->operation[migration->operation];
	struct hvc_words call = {0};

	hvc_words__witness(&call, &migration->witness.call);
	hvc_table__row(table);
	hvc_table__cell(table, 0, migration->silent ? HVC_INK_BAD : HVC_INK_PLAIN, "%s",
	                migration->silent ? "SILENT"
	                : migration->same ? "same"
	                                  : "differs");
	hvc_table__cell(table, 1, HVC_INK_STRONG, "%s", operation->name);
	hvc_table__take(table, 2, HVC_INK_PLAIN, &call);
	hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s", migration->rule_new);
	hvc_table__cell(table, 4, HVC_INK_PLAIN, "%s", migration->does);
}

static enum hvc_status put_meetings(const struct hvc_page *page, const struct hvc_diff *diff,
                                    struct hvc_diag *diag)
{
	struct hvc_table *table;
	bool silent = false;

	if (!diff->migrations)
		return HVC_OK;
	hvc_page__heading(page, "%s as an old caller sees it: one of %s",
	                  name_of(diff, HVC_SIDE_NEW), name_of(diff, HVC_SIDE_OLD));
	hvc_page__gap(page);
	table = hvc_table__new(page, "|Operation|For example~|Taken as|What happens~");
	/* What goes wrong unseen comes first. */
	for (unsigned pass = 0; pass < 3; pass++) {
		for (unsigned i = 0; i < diff->migrations; i++) {
			const struct hvc_migration *migration = &diff->migration[i];

			if ((migration->silent ? 0u : migration->same ? 2u : 1u) == pass)
				put_meeting(table, diff, migration);
			silent = silent || migration->silent;
		}
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (silent) {
		hvc_page__gap(page);
		hvc_page__line(page, 2,
		               "SILENT: returns as if nothing was wrong, but did something else.");
	}
	return HVC_OK;
}

static void put_fate(struct hvc_table *table, const char *name, const struct hvc_regset *old,
                     const struct hvc_regset *new)
{
	const struct hvc_regset fate = {{old->bits[0] ^ new->bits[0], old->bits[1] ^ new->bits[1]}};
	struct hvc_words words[3] = {{0}};

	hvc_words__regset(&words[0], old);
	hvc_words__regset(&words[1], new);
	hvc_words__regset(&words[2], &fate);
	hvc_table__row(table);
	hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", name);
	hvc_table__take(table, 1, HVC_INK_PLAIN, &words[0]);
	hvc_table__take(table, 2, HVC_INK_PLAIN, &words[1]);
	hvc_table__take(table, 3, hvc_regset_empty(&fate) ? HVC_INK_PLAIN : HVC_INK_WARN,
	                &words[2]);
}

static enum hvc_status put_registers(const struct hvc_page *page, const struct hvc_diff *diff,
                                     struct hvc_diag *diag)
{
	struct hvc_table *table;

	hvc_page__heading(page, "Registers that calls change");
	hvc_page__gap(page);
	table = hvc_table__new(page, "Operation|%s~|%s~|Only on one side~",
	                       name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_use *use = diff->operation[i].use;

		if (use[HVC_SIDE_OLD].offered && use[HVC_SIDE_NEW].offered)
			put_fate(table, diff->operation[i].name, &use[HVC_SIDE_OLD].changes,
			         &use[HVC_SIDE_NEW].changes);
	}
	put_fate(table, "any call", &diff->touched[HVC_SIDE_OLD], &diff->touched[HVC_SIDE_NEW]);
	return hvc_table__print(table, diag);
}

/*
 * In a page, both traces of a witness, one beside the other. It was made before; what cannot be
 * made again is left to its commands.
 */
static void put_pair(const struct hvc_page *page, const struct hvc_subject *const *subject,
                     const struct hvc_witness *witness)
{
	struct hvc_pair pair = {.alike = false};
	enum hvc_status status = HVC_OK;

	if (page->markup != HVC_MARKUP_HTML || !witness->made)
		return;
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT && status == HVC_OK; side++)
		status = subject[side] && witness->world[side]
		                 ? hvc_pair__run(&pair, side, subject[side], witness->world[side],
		                                 &witness->call, 0, NULL)
		                 : HVC_E_ARG;
	if (status == HVC_OK) {
		fputs("<details><summary>Both, instruction by instruction</summary>\n", page->out);
		if (hvc_pair__text(page, &pair, NULL) != HVC_OK)
			hvc_page__lose();
		fputs("</details>\n", page->out);
	}
	hvc_pair__free(&pair);
}

static void put_change(const struct hvc_page *page, const struct hvc_diff *diff,
                       const struct hvc_subject *const *subject, unsigned index, int width)
{
	const struct hvc_change *change = &diff->change[index];
	struct hvc_words callers = {0};

	hvc_words__callers(&callers, change->callers);
	if (index)
		hvc_page__gap(page);
	hvc_page__prose(page, hvc_page__open(page, 2), 6, "%2u. %s, %s: %s", index + 1,
	                hvc_words__text(&callers), change->when, change->what);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		unsigned used = hvc_page__open(page, 6);

		used += hvc_page__print(page, "%-*s  ", width, name_of(diff, side));
		hvc_page__prose(page, used, 10, "%s", change->does[side]);
	}
	if (change->unless) {
		hvc_page__prose(page, hvc_page__open(page, 6), 8,
		                "but not where both happen to do the same: %s", change->unless);
	}
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		if (change->witness.command[side])
			hvc_page__command(page, 6, change->witness.command[side]);
	if (!change->witness.made)
		hvc_page__line(page, 6, "not made in the machine: %s", change->witness.why);
	if (index < PAIRS)
		put_pair(page, subject, &change->witness);
	hvc_words__free(&callers);
}

enum hvc_status hvc_diff__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_diff_report *report = of;
	const struct hvc_diff *diff = report->diff;
	unsigned old = hvc_quote__width(name_of(diff, HVC_SIDE_OLD));
	unsigned new = hvc_quote__width(name_of(diff, HVC_SIDE_NEW));

	put_summary(page, diff);
	put_gaps(page, diff);
	HVC_TRY(put_operations(page, diff, diag));
	HVC_TRY(hvc_contract__diff_text(page, diff, diag));
	if (!diff->changes)
		return HVC_OK;
	HVC_TRY(put_meetings(page, diff, diag));
	HVC_TRY(put_registers(page, diff, diag));
	hvc_page__heading(page, "Where they differ");
	hvc_page__gap(page);
	for (unsigned i = 0; i < diff->changes; i++)
		put_change(page, diff, report->subject, i, (int)(old > new ? old : new));
	return HVC_OK;
}
