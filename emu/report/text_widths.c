/* SPDX-License-Identifier: MIT */
/* The same operations for 64 and for 32 bits, and whether they agree. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "report/table.h"
#include "report/widths.h"
#include "report/words.h"

/* Characters of a promise; what registers it changes besides is in the specification. */
#define CELL_MAX 110u

static void cut(struct hvc_words *words)
{
	size_t end = CELL_MAX;

	if (words->length <= CELL_MAX)
		return;
	while (end && words->data[end] != ',')
		end--;
	words->data[end] = '\0';
	words->length = end;
	hvc_words__add(words, ", ...");
}

/* As callers of 32 bits have it, in values, too: x1 is r1. */
static void name_registers(struct hvc_words *words)
{
	for (size_t i = 0; i + 1 < words->length; i++) {
		char before = i ? words->data[i - 1] : ' ';

		if (words->data[i] == 'x' && isdigit((unsigned char)words->data[i + 1]) &&
		    !isalnum((unsigned char)before) && before != '_')
			words->data[i] = 'r';
	}
}

static void put_use(struct hvc_table *table, unsigned column, const struct hvc_abi_use *use)
{
	struct hvc_words words = {0};

	if (!use->rule) {
		hvc_table__cell(table, column, HVC_INK_FAINT, "-");
		return;
	}
	hvc_words__add(&words, "%s: ", use->how);
	hvc_words__promise(&words, use->rule);
	name_registers(&words);
	cut(&words);
	hvc_table__take(table, column, HVC_INK_PLAIN, &words);
}

/* Of r0 to r12, which both have, those that only the calls of `by` may use up. */
static void add_clobbers(struct hvc_words *out, const struct hvc_abi_operation *operation,
                         enum hvc_side by)
{
	const struct hvc_rule *rule = operation->use[by].rule;
	const struct hvc_rule *other = operation->use[!by].rule;
	struct hvc_words names = {0};
	struct hvc_regset more = {{0, 0}};

	for (enum hvc_reg reg = HVC_REG_X0; reg <= HVC_REG_X0 + 12; reg++) {
		bool result = false;

		for (unsigned i = 0; i < other->results; i++)
			result = result || other->result[i].reg == reg;
		if (hvc_regset_has(&rule->clobbers, reg) && !result &&
		    !hvc_regset_has(&other->clobbers, reg))
			hvc_regset_add(&more, reg);
	}
	if (hvc_regset_empty(&more))
		return;
	hvc_words__ranges(&names, &more);
	if (by)
		name_registers(&names);
	hvc_words__add(out, "; of %s bits %s may change, too", by ? "32" : "64",
	               hvc_words__text(&names));
	hvc_words__free(&names);
}

void hvc_widths__agreement(const struct hvc_abi_operation *operation, struct hvc_words *out)
{
	/* By how the calls are told apart, and whether the promise is another. */
	static const char *const otherwise[3][2] = {
	        {"yes", "no: answered otherwise"},
	        {"no: asked for otherwise", "no: asked for and answered otherwise"},
	        {"no: not of the same calls", "no: answered otherwise, and not of the same calls"},
	};
	const struct hvc_abi_use *use = operation->use;
	unsigned moved = 0;

	if (!use[HVC_SIDE_OLD].rule || !use[HVC_SIDE_NEW].rule) {
		hvc_words__add(out, "%s bits alone", use[HVC_SIDE_NEW].rule ? "32" : "64");
		return;
	}
	if (operation->moved)
		moved = strcmp(use[HVC_SIDE_OLD].how, use[HVC_SIDE_NEW].how) != 0 ? 1 : 2;
	hvc_words__add(out, "%s", otherwise[moved][operation->changed]);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		add_clobbers(out, operation, side);
}

/* A row of each operation; since: NULL: there is no such column. */
static void put_rows(struct hvc_table *table, const struct hvc_abi_diff *diff, const char *since)
{
	unsigned first = since ? 1 : 0;

	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];
		struct hvc_words words = {0};

		hvc_table__row(table);
		if (since)
			hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", i ? "" : since);
		hvc_table__cell(table, first, HVC_INK_STRONG, "%s", operation->name);
		put_use(table, first + 1, &operation->use[HVC_SIDE_OLD]);
		put_use(table, first + 2, &operation->use[HVC_SIDE_NEW]);
		hvc_widths__agreement(operation, &words);
		hvc_table__take(table, first + 3,
		                hvc_abi_operation__agrees(operation) ? HVC_INK_PLAIN : HVC_INK_WARN,
		                &words);
	}
}

/* What the comparison is about, under its table. */
static void put_note(const struct hvc_page *page)
{
	hvc_page__gap(page);
	hvc_page__prose(page, hvc_page__open(page, 2), 2,
	                "Of 64 bits, as callers of 32 bits would write it: rN is bits 31:0 of xN. "
	                "What an ABI makes of dirty upper halves is no matter here.");
}

enum hvc_status hvc_widths__text(const struct hvc_page *page, const void *of, struct hvc_diag *diag)
{
	const struct hvc_widths *widths = of;
	struct hvc_table *table;

	hvc_page__prose(page, 0, 2, "%s and %s: %u of %u operations agree",
	                hvc_abi_name(widths->read[0]), hvc_abi_name(widths->read[1]),
	                widths->agreed, widths->operations);
	hvc_page__gap(page);
	table = hvc_table__new(page, "Operation|64 bits~|32 bits~|Do they agree?~");
	hvc_table__is_plain(table);
	put_rows(table, widths->diff, NULL);
	HVC_TRY(hvc_table__print(table, diag));
	put_note(page);
	return HVC_OK;
}

static const char *ended(const struct hvc_width_history *history, char text[64])
{
	text[0] = '\0';
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		if (history->until[side][0])
			snprintf(text, 64, "; that of %s bits ended with %s", side ? "32" : "64",
			         history->until[side]);
	return text;
}

enum hvc_status hvc_width_history__text(const struct hvc_page *page, const void *of,
                                        struct hvc_diag *diag)
{
	const struct hvc_width_history *history = of;
	struct hvc_table *table;
	char text[64];

	hvc_page__prose(page, 0, 2, "%s and %s from %s on, %u generations%s", history->family[0],
	                history->family[1], history->pair[0].since, history->pairs,
	                ended(history, text));
	hvc_page__gap(page);
	table = hvc_table__new(page, "Since|Operation|64 bits~|32 bits~|Do they agree?~");
	hvc_table__is_plain(table);
	for (unsigned i = 0; i < history->pairs; i++)
		put_rows(table, history->pair[i].diff, history->pair[i].since);
	HVC_TRY(hvc_table__print(table, diag));
	put_note(page);
	return HVC_OK;
}
