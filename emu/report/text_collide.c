/* SPDX-License-Identifier: MIT */
/* Text of collisions. */
#include <string.h>

#include "report/table.h"

static const struct {
	char cell;
	const char *says;
} legend[] = {
        {'.', "no immediate in common"},
        {':', "the same immediates, but calls that registers tell apart"},
        {'=', "the same calls, which mean the same operations"},
        {'1', "to 9, + for more: pairs of operations that share calls and differ"},
};

/* Quoting lets no text begin with a colon, so in a page's cells it is another character. */
static char glyph(const struct hvc_page *page, char cell)
{
	return cell == ':' && page->markup != HVC_MARKUP_NONE ? '~' : cell;
}

static const char *name_of(const struct hvc_collide *collide, unsigned abi)
{
	return hvc_abi_name(collide->abi[abi]);
}

static const char *plural(unsigned count)
{
	return count == 1 ? "" : "s";
}

static void put_summary(const struct hvc_page *page, const struct hvc_collide *collide)
{
	enum hvc_ink ink = collide->differing   ? HVC_INK_BAD
	                   : collide->colliding ? HVC_INK_WARN
	                                        : HVC_INK_GOOD;
	unsigned same =
	        collide->abis == 2 ? collide->pair->overlaps.count - collide->pair->others : 0;
	struct hvc_words words = {0};

	if (!collide->colliding)
		hvc_words__add(&words, "no call is claimed by more than one of %u ABIs",
		               collide->abis);
	else if (collide->abis == 2)
		hvc_words__add(&words,
		               "%s and %s claim the same calls: %u pair%s of operations differ%s, "
		               "%u %s the same",
		               name_of(collide, 0), name_of(collide, 1), collide->pair->others,
		               plural(collide->pair->others), collide->pair->others == 1 ? "s" : "",
		               same, same == 1 ? "is" : "are");
	else
		hvc_words__add(&words,
		               "%u of %u pair%s of ABIs claim the same calls; %u of them mean "
		               "something else by some",
		               collide->colliding, collide->pairs, plural(collide->pairs),
		               collide->differing);
	hvc_page__inked(page, 0, 2, ink, "%s", hvc_words__text(&words));
	hvc_words__free(&words);
}

static char cell_of(const struct hvc_collide *collide, unsigned row, unsigned column)
{
	const struct hvc_collide__pair *pair;

	if (row == column)
		return '-';
	pair = hvc_collide__pair(collide, row, column);
	if (!pair)
		return ' ';
	if (pair->others > 9)
		return '+';
	if (pair->others)
		return (char)('0' + pair->others);
	return pair->overlaps.count ? '=' : pair->imms ? ':' : '.';
}

static enum hvc_ink ink_of(char cell)
{
	return cell == '.' || cell == '-' ? HVC_INK_FAINT
	       : cell == ':'              ? HVC_INK_PLAIN
	       : cell == '='              ? HVC_INK_WARN
	                                  : HVC_INK_BAD;
}

/* One character a pair, with a space between them where the page is wide enough. */
static void put_letters(const struct hvc_page *page, const struct hvc_collide *collide)
{
	unsigned n = collide->abis, widest = 0;
	const char *gap;

	for (unsigned i = 0; i < n; i++) {
		unsigned length = (unsigned)strlen(name_of(collide, i));

		widest = length > widest ? length : widest;
	}
	gap = !page->width || 8 + widest + 2 * n <= page->width ? " " : "";
	for (unsigned line = n > 9 ? 0 : 1; line < 2; line++) {
		hvc_page__print(page, "  %*s", (int)widest + (*gap ? 5 : 6), "");
		for (unsigned i = 1; i <= n; i++)
			if (line)
				hvc_page__print(page, "%s%u", gap, i % 10);
			else
				hvc_page__print(page, "%s%c", gap,
				                i % 10 ? ' ' : (char)('0' + i / 10 % 10));
		fputc('\n', page->out);
	}
	for (unsigned row = 0; row < n; row++) {
		hvc_page__print(page, "  %3u  %-*s%s", row + 1, (int)widest, name_of(collide, row),
		                *gap ? "" : " ");
		for (unsigned column = 0; column < n; column++) {
			char cell = cell_of(collide, row, column);

			hvc_page__print(page, "%s%s%c%s", gap, hvc_ink__begin(page, ink_of(cell)),
			                cell, hvc_ink__end(page, ink_of(cell)));
		}
		fputc('\n', page->out);
	}
	fputc('\n', page->out);
}

/* The same in a page, whose columns are the reader's. */
static enum hvc_status put_cells(const struct hvc_page *page, const struct hvc_collide *collide,
                                 struct hvc_diag *diag)
{
	unsigned n = collide->abis < HVC_TABLE_COLUMNS ? collide->abis : HVC_TABLE_COLUMNS - 1;
	struct hvc_table *table = hvc_table__new(page, "ABI");

	for (unsigned i = 0; i < n; i++) {
		char number[4];

		snprintf(number, sizeof number, "%u", (i + 1) % 1000);
		hvc_table__column(table, HVC_ALIGN_RIGHT, number);
	}
	for (unsigned row = 0; row < n; row++) {
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%u %s", row + 1, name_of(collide, row));
		for (unsigned column = 0; column < n; column++) {
			char cell = cell_of(collide, row, column);

			hvc_table__cell(table, 1 + column, ink_of(cell), "%c", glyph(page, cell));
		}
	}
	return hvc_table__print(table, diag);
}

static enum hvc_status put_matrix(const struct hvc_page *page, const struct hvc_collide *collide,
                                  struct hvc_diag *diag)
{
	hvc_page__heading(page, "Who collides with whom");
	hvc_page__gap(page);
	if (page->markup == HVC_MARKUP_NONE)
		put_letters(page, collide);
	else
		HVC_TRY(put_cells(page, collide, diag));
	for (size_t i = 0; i < sizeof legend / sizeof *legend; i++)
		hvc_page__line(page, 2, "%c  %s", glyph(page, legend[i].cell), legend[i].says);
	return HVC_OK;
}

/* The overlap to show: the first that means something else, else the first. */
static const struct hvc_overlap *example_of(const struct hvc_collide__pair *pair)
{
	for (unsigned i = 0; i < pair->overlaps.count; i++)
		if (!pair->agrees[i])
			return &pair->overlaps.overlap[i];
	return pair->overlaps.overlap;
}

static const char *rule_name(const struct hvc_collide *collide,
                             const struct hvc_collide__pair *pair,
                             const struct hvc_overlap *overlap, unsigned side)
{
	return hvc_abi_rule_at(collide->abi[pair->abi[side]], overlap->rule[side])->name;
}

static enum hvc_status put_pairs(const struct hvc_page *page, const struct hvc_collide *collide,
                                 struct hvc_diag *diag)
{
	struct hvc_table *table;

	hvc_page__heading(page, "Pairs that claim the same calls");
	hvc_page__gap(page);
	table = hvc_table__new(page, "ABI|ABI|Differ>|Same>|For example~|First says|Second says");
	hvc_table__cap(table);
	for (unsigned i = 0; i < collide->pairs; i++) {
		const struct hvc_collide__pair *pair = &collide->pair[i];
		const struct hvc_overlap *example = example_of(pair);
		struct hvc_words call = {0};

		if (!pair->overlaps.count)
			continue;
		hvc_words__witness(&call, &example->witness);
		hvc_table__row(table);
		for (unsigned side = 0; side < 2; side++) {
			hvc_table__cell(table, side, HVC_INK_STRONG, "%s",
			                name_of(collide, pair->abi[side]));
			hvc_table__cell(table, 5 + side, HVC_INK_PLAIN, "%s",
			                rule_name(collide, pair, example, side));
		}
		hvc_table__cell(table, 2, pair->others ? HVC_INK_BAD : HVC_INK_PLAIN, "%u",
		                pair->others);
		hvc_table__cell(table, 3, HVC_INK_PLAIN, "%u", pair->overlaps.count - pair->others);
		hvc_table__take(table, 4, HVC_INK_PLAIN, &call);
	}
	return hvc_table__print(table, diag);
}

static void add_overlap(struct hvc_table *table, const struct hvc_collide *collide,
                        const struct hvc_collide__pair *pair, unsigned index)
{
	const struct hvc_overlap *overlap = &pair->overlaps.overlap[index];
	struct hvc_words imms = {0}, registers = {0}, call = {0};
	bool agrees = pair->agrees[index];

	hvc_words__imms(&imms, overlap->imm, overlap->imms);
	hvc_words__conditions(&registers, overlap->condition, overlap->conditions,
	                      overlap->witness.from);
	if (overlap->partly)
		hvc_words__add(&registers, " (but for calls of other rules)");
	hvc_words__witness(&call, &overlap->witness);
	hvc_table__row(table);
	hvc_table__cell(table, 0, agrees ? HVC_INK_PLAIN : HVC_INK_BAD, "%s",
	                agrees ? "same" : "DIFFER");
	for (unsigned side = 0; side < 2; side++)
		hvc_table__cell(table, 1 + side, HVC_INK_PLAIN, "%s",
		                rule_name(collide, pair, overlap, side));
	hvc_table__take(table, 3, HVC_INK_PLAIN, &imms);
	hvc_table__take(table, 4, HVC_INK_PLAIN, &registers);
	hvc_table__take(table, 5, HVC_INK_FAINT, &call);
}

static enum hvc_status put_pair(const struct hvc_page *page, const struct hvc_collide *collide,
                                const struct hvc_collide__pair *pair, struct hvc_diag *diag)
{
	struct hvc_table *table =
	        hvc_table__new(page, "|%s|%s|Immediates~|Registers~|For example~",
	                       name_of(collide, pair->abi[0]), name_of(collide, pair->abi[1]));

	hvc_page__heading(page, "%s and %s", name_of(collide, pair->abi[0]),
	                  name_of(collide, pair->abi[1]));
	hvc_page__gap(page);
	/* What means something else comes first. */
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < pair->overlaps.count; i++)
			if (pair->agrees[i] == pass)
				add_overlap(table, collide, pair, i);
	return hvc_table__print(table, diag);
}

/* Pairs that registers tell apart: no call in common, but the same immediates. */
static void put_neighbours(const struct hvc_page *page, const struct hvc_collide *collide)
{
	bool any = false;

	for (unsigned i = 0; i < collide->pairs; i++) {
		const struct hvc_collide__pair *pair = &collide->pair[i];
		struct hvc_words imms = {0};

		if (pair->overlaps.count || !pair->imms)
			continue;
		if (!any) {
			hvc_page__heading(page, "Told apart by registers only");
			hvc_page__gap(page);
		}
		any = true;
		hvc_words__imms(&imms, pair->imm, pair->imms);
		hvc_page__line(page, 2, "%s and %s: immediates %s", name_of(collide, pair->abi[0]),
		               name_of(collide, pair->abi[1]), hvc_words__text(&imms));
		hvc_words__free(&imms);
	}
}

enum hvc_status hvc_collide__text(const struct hvc_page *page, const struct hvc_collide *collide,
                                  bool details, struct hvc_diag *diag)
{
	bool all = collide->pairs == collide->abis * (collide->abis - 1) / 2;

	put_summary(page, collide);
	if (all && collide->abis > 2)
		HVC_TRY(put_matrix(page, collide, diag));
	if (!details && collide->colliding) {
		HVC_TRY(put_pairs(page, collide, diag));
		hvc_page__gap(page);
		hvc_page__line(page, 2, "Name ABIs to see all the calls that they share.");
	}
	if (!details)
		return HVC_OK;
	for (unsigned i = 0; i < collide->pairs; i++)
		if (collide->pair[i].overlaps.count)
			HVC_TRY(put_pair(page, collide, &collide->pair[i], diag));
	put_neighbours(page, collide);
	return HVC_OK;
}
