/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "engine/quote.h"
#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/invented.h"
#include "report/note.h"

#define LINE_SIZE 1024u

static const char *name_of(const struct hvc_diff *diff, enum hvc_side side)
{
	return diff->map[side]->subject;
}

static void put_title(const struct hvc_page *page, const char *title)
{
	hvc_page__print(page, "\n%s%s%s\n\n", hvc_ink__begin(page, HVC_INK_STRONG), title,
	                hvc_ink__end(page, HVC_INK_STRONG));
}

/* How many operations of the old side are served something else, unnoticed. */
static void put_danger(const struct hvc_page *page, const struct hvc_diff *diff)
{
	unsigned offered = 0, silent = 0;

	for (unsigned i = 0; i < diff->operations; i++) {
		bool any = false;

		for (unsigned j = 0; j < diff->meetings; j++)
			any = any || (diff->meeting[j].operation == i && diff->meeting[j].silent);
		offered += diff->operation[i].use[HVC_SIDE_OLD].offered;
		silent += any;
	}
	if (silent)
		hvc_page__print(
		        page, "%s%u of the %u operations of %s silently become something else%s\n",
		        hvc_ink__begin(page, HVC_INK_BAD), silent, offered,
		        name_of(diff, HVC_SIDE_OLD), hvc_ink__end(page, HVC_INK_BAD));
}

/* Immediates of which both sides are known. */
static uint32_t classified(const struct hvc_diff *diff)
{
	uint32_t of_old = hvc_words__classified(diff->map[HVC_SIDE_OLD]);
	uint32_t of_new = hvc_words__classified(diff->map[HVC_SIDE_NEW]);

	return of_old < of_new ? of_old : of_new;
}

static void put_summary(const struct hvc_page *page, const struct hvc_diff *diff)
{
	char differing[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];
	char part[HVC_NUMBER_SIZE], space[HVC_NUMBER_SIZE];
	bool same = diff->differing == 0;
	enum hvc_ink ink = same && !diff->failed ? HVC_INK_GOOD : HVC_INK_WARN;
	const char *one;

	hvc_words__number(diff->calls, calls);
	hvc_words__number(HVC_IMM_COUNT, space);
	hvc_page__print(page, "%s%s and %s ", hvc_ink__begin(page, ink),
	                name_of(diff, HVC_SIDE_OLD), name_of(diff, HVC_SIDE_NEW));
	if (same)
		hvc_page__print(page, "do the same in all of %s calls%s, %s of %s immediates",
		                calls, diff->failed ? " that could be compared" : "",
		                hvc_words__number(classified(diff), part), space);
	else
		hvc_page__print(page, "part in %s of %s calls, on %s of %s immediates",
		                hvc_words__number(diff->differing, differing), calls,
		                hvc_words__number(diff->immediates_differing, part), space);
	hvc_page__print(page, "%s\n", hvc_ink__end(page, ink));
	hvc_words__failed(diff->map, HVC_SIDE_COUNT, &one);
	hvc_words__put_failed(page, diff->failed, one);
	hvc_words__put_untried(page, diff->map[HVC_SIDE_NEW]->probes.untried);
	put_danger(page, diff);
}

static enum hvc_status put_operations(const struct hvc_page *page, const struct hvc_diff *diff,
                                      struct hvc_diag *diag)
{
	const struct hvc_column columns[] = {
	        {"Operation", HVC_ALIGN_LEFT},
	        {name_of(diff, HVC_SIDE_OLD), HVC_ALIGN_WRAP},
	        {name_of(diff, HVC_SIDE_NEW), HVC_ALIGN_WRAP},
	        {"What became of it", HVC_ALIGN_WRAP},
	};
	struct hvc_table *table;

	if (!diff->operations)
		return HVC_OK;
	put_title(page, "Operations, and the call that selects them");
	table = hvc_table__new(page, columns, 4);
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
                        const struct hvc_meeting *meeting)
{
	const struct hvc_operation *operation = &diff->operation[meeting->operation];
	const struct hvc_probe *probe = &diff->map[HVC_SIDE_NEW]->probes.probe[meeting->probe];
	char text[LINE_SIZE], calls[HVC_NUMBER_SIZE];
	struct hvc_words call = {0};

	hvc_words__call(&call, probe, meeting->imm);
	hvc_class_print(&diff->map[HVC_SIDE_NEW]->class_[meeting->class_new], text, sizeof(text));
	hvc_table__row(table);
	hvc_table__cell(table, 0, meeting->silent ? HVC_INK_BAD : HVC_INK_PLAIN, "%s",
	                meeting->silent ? "SILENT"
	                : meeting->same ? "same"
	                                : "differs");
	hvc_table__cell(table, 1, HVC_INK_STRONG, "%s", operation->name);
	hvc_table__take(table, 2, HVC_INK_PLAIN, &call);
	hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s", meeting->rule_new);
	hvc_table__cell(table, 4, HVC_INK_PLAIN, "%s", text);
	hvc_table__cell(table, 5, HVC_INK_PLAIN, "%s", hvc_words__number(meeting->calls, calls));
}

static enum hvc_status put_meetings(const struct hvc_page *page, const struct hvc_diff *diff,
                                    struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"", HVC_ALIGN_LEFT},
	        {"Operation", HVC_ALIGN_LEFT},
	        {"For example", HVC_ALIGN_WRAP},
	        {"Taken as", HVC_ALIGN_LEFT},
	        {"What happens", HVC_ALIGN_WRAP},
	        {"Calls", HVC_ALIGN_RIGHT},
	};
	struct hvc_table *table;
	bool silent = false;

	if (!diff->meetings)
		return HVC_OK;
	hvc_page__print(page, "\n%sA caller of %s meets %s%s\n\n",
	                hvc_ink__begin(page, HVC_INK_STRONG), name_of(diff, HVC_SIDE_OLD),
	                name_of(diff, HVC_SIDE_NEW), hvc_ink__end(page, HVC_INK_STRONG));
	table = hvc_table__new(page, columns, 6);
	/* What goes wrong unseen comes first. */
	for (unsigned pass = 0; pass < 3; pass++) {
		for (unsigned i = 0; i < diff->meetings; i++) {
			const struct hvc_meeting *meeting = &diff->meeting[i];

			if ((meeting->silent ? 0u : meeting->same ? 2u : 1u) == pass)
				put_meeting(table, diff, meeting);
			silent = silent || meeting->silent;
		}
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (silent)
		fputs("\n  SILENT: returns as if nothing was wrong, but did something else.\n",
		      page->out);
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
	const struct hvc_column columns[] = {
	        {"Operation", HVC_ALIGN_LEFT},
	        {name_of(diff, HVC_SIDE_OLD), HVC_ALIGN_WRAP},
	        {name_of(diff, HVC_SIDE_NEW), HVC_ALIGN_WRAP},
	        {"Only on one side", HVC_ALIGN_WRAP},
	};
	struct hvc_table *table;

	put_title(page, "Registers that calls change");
	table = hvc_table__new(page, columns, 4);
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_use *use = diff->operation[i].use;

		if (use[HVC_SIDE_OLD].offered && use[HVC_SIDE_NEW].offered)
			put_fate(table, diff->operation[i].name, &use[HVC_SIDE_OLD].changes,
			         &use[HVC_SIDE_NEW].changes);
	}
	put_fate(table, "any call", &diff->touched[HVC_SIDE_OLD], &diff->touched[HVC_SIDE_NEW]);
	return hvc_table__print(table, diag);
}

static void put_change(const struct hvc_page *page, const struct hvc_diff *diff, unsigned index,
                       int width)
{
	const struct hvc_change *change = &diff->change[index];
	const struct hvc_region *where = &change->where;
	struct hvc_words imms = {0}, registers = {0};
	char text[HVC_COMMAND_SIZE], calls[HVC_NUMBER_SIZE];

	hvc_words__imms(&imms, where->imm, where->imms);
	hvc_words__region(&registers, where);
	if (index)
		fputc('\n', page->out);
	hvc_page__prose(page, 0, 6, "  %2u. %s call%s: immediates %s; registers %s", index + 1,
	                hvc_words__number(where->calls, calls), where->calls == 1 ? "" : "s",
	                hvc_words__text(&imms), hvc_words__text(&registers));
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		hvc_class_print(&diff->map[side]->class_[change->class_[side]], text, sizeof(text));
		hvc_page__print(page, "      %-*s  ", width, name_of(diff, side));
		hvc_page__prose(page, (unsigned)width + 8, 10, "%s", text);
	}
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_map *map = diff->map[side];

		hvc_call_command(map->subject, &map->world, &map->probes.probe[where->probe],
		                 (uint16_t)where->imm[0].lo, text, sizeof(text));
		hvc_page__print(page, "      %s%s%s\n", hvc_ink__begin(page, HVC_INK_FAINT), text,
		                hvc_ink__end(page, HVC_INK_FAINT));
	}
	hvc_words__free(&imms);
	hvc_words__free(&registers);
}

/* What a saved map cannot answer. */
static void put_untried(const struct hvc_page *page, const struct hvc_diff *diff)
{
	enum hvc_side side = diff->saved[HVC_SIDE_OLD] ? HVC_SIDE_NEW : HVC_SIDE_OLD;

	if (!diff->untrieds)
		return;
	hvc_page__print(page,
	                "\n%s compares registers with values that the saved map never tried:\n",
	                name_of(diff, side));
	for (size_t i = 0; i < diff->untrieds; i++)
		hvc_page__print(page, "  %s with 0x%llx, at 0x%llx\n",
		                hvc_reg_name(diff->untried[i].reg),
		                (unsigned long long)diff->untried[i].value,
		                (unsigned long long)diff->untried[i].address);
	fputs("Make the map again to compare those, too.\n", page->out);
}

enum hvc_status hvc_diff_text(const struct hvc_page *page, const struct hvc_diff *diff,
                              struct hvc_diag *diag)
{
	unsigned old = hvc_quote__width(name_of(diff, HVC_SIDE_OLD));
	unsigned new = hvc_quote__width(name_of(diff, HVC_SIDE_NEW));

	put_summary(page, diff);
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		HVC_TRY(hvc_invented__text(page, name_of(diff, side), &diff->map[side]->world, NULL,
		                           &diff->map[side]->invented, diag));
	put_untried(page, diff);
	HVC_TRY(put_operations(page, diff, diag));
	HVC_TRY(hvc_contract__diff_text(page, diff, diag));
	if (!diff->changes)
		return HVC_OK;
	HVC_TRY(put_meetings(page, diff, diag));
	HVC_TRY(put_registers(page, diff, diag));
	put_title(page, "Calls that part, most first");
	for (unsigned i = 0; i < diff->changes; i++)
		put_change(page, diff, i, (int)(old > new ? old : new));
	return HVC_OK;
}
