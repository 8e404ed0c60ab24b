/* SPDX-License-Identifier: MIT */
/* The picture of a map in letters. */
#include <inttypes.h>

#include "report/picture_rows.h"
#include "report/strip.h"
#include "report/table.h"

/*
 * A letter stands for 32 immediates: 4 columns of 8 rows of the picture. Where they do not all do
 * alike there is a '+', and the row is told again, in full. All of it fits into 80 columns.
 */
#define SIDE       HVC_PICTURE_SIDE
#define ACROSS     4u
#define DOWN       8u
#define ROWS_MAX   12u
#define LEGEND_MAX 52u
#define MOST       '.' /* the largest group: what the others stand out from */
#define MIXED      '+'
#define OTHER      '#'

/* 256-colour codes of the inks; letters on them are black. */
static const unsigned char inks[HVC_PICTURE_INKS] = {250, 75,  214, 43,  227, 176,
                                                     209, 111, 150, 180, 159};

static char letter_of(unsigned group)
{
	char name[HVC_NUMBER_SIZE];

	if (!group)
		return MOST;
	return group < LEGEND_MAX ? hvc_picture__name(group, name)[0] : OTHER;
}

/* One letter, coloured where the page is. group: NULL for what is of several. */
static void put_letter(const struct hvc_page *page, const struct hvc_picture *picture, char letter,
                       const uint32_t *group)
{
	if (!page->color || !group)
		fputc(letter, page->out);
	else
		hvc_page__print(page, "\033[30;48;5;%um%c\033[0m",
		                inks[hvc_picture__ink(picture->group[*group].class_)], letter);
}

static void put_heading(const struct hvc_page *page)
{
	fputs("\n        ", page->out);
	for (unsigned column = 0; column < SIDE; column += 0x20)
		hvc_page__print(page, "%s%02x", column ? "      " : "   ", column);
	fputc('\n', page->out);
}

/* True where all immediates of a tile are of one group, *group. */
static bool tile(const struct hvc_picture *picture, unsigned row, unsigned column, uint32_t *group)
{
	*group = hvc_picture__at(picture, row * SIDE + column);
	for (unsigned i = 0; i < DOWN; i++)
		for (unsigned k = 0; k < ACROSS; k++)
			if (hvc_picture__at(picture, (row + i) * SIDE + column + k) != *group)
				return false;
	return true;
}

static void put_tiles(const struct hvc_page *page, const struct hvc_picture *picture)
{
	for (unsigned row = 0; row < SIDE; row += DOWN) {
		hvc_page__print(page, "  0x%04x   ", row * SIDE);
		for (unsigned column = 0; column < SIDE; column += ACROSS) {
			uint32_t group;

			if (tile(picture, row, column, &group))
				put_letter(page, picture, letter_of(group), &group);
			else
				put_letter(page, picture, MIXED, NULL);
		}
		fputc('\n', page->out);
	}
}

static void put_row(const struct hvc_page *page, const struct hvc_picture *picture, unsigned row)
{
	unsigned alike = 0;

	for (unsigned i = row + 1; i < SIDE; i++)
		alike += hvc_picture__row_like(picture, i) == row;
	hvc_page__print(page, "\n  Immediates 0x%02x00 to 0x%02xff", row, row);
	if (alike)
		hvc_page__print(page, ", and %u row%s like it", alike, alike == 1 ? "" : "s");
	fputc('\n', page->out);
	for (unsigned i = 0; i < SIDE; i++) {
		uint32_t group = hvc_picture__at(picture, row * SIDE + i);

		if (i % 64 == 0)
			hvc_page__print(page, i ? "\n  0x%04x   " : "  0x%04x   ", row * SIDE + i);
		put_letter(page, picture, letter_of(group), &group);
	}
	fputc('\n', page->out);
}

static void put_rows(const struct hvc_page *page, const struct hvc_picture *picture)
{
	unsigned shown = 0, left = 0;

	for (unsigned row = 0; row < SIDE; row++) {
		if (hvc_picture__row_is_plain(picture, row) ||
		    hvc_picture__row_like(picture, row) != row)
			continue;
		if (shown++ < ROWS_MAX)
			put_row(page, picture, row);
		else
			left++;
	}
	if (left)
		hvc_page__print(page, "\n  and %u more rows that are not of one letter\n", left);
}

static enum hvc_status put_legend(const struct hvc_page *page, const struct hvc_picture_rows *rows,
                                  struct hvc_diag *diag)
{
	struct hvc_table *table = hvc_table__new(page, "|Immediates~|How many>|Class~");
	const struct hvc_picture *picture = &rows->picture;
	char number[HVC_NUMBER_SIZE];

	fputc('\n', page->out);
	for (unsigned i = 0; i < picture->groups && i < LEGEND_MAX; i++) {
		struct hvc_words imms = {0}, classes = {0};

		hvc_picture__imms(picture, i, &imms);
		hvc_picture_rows__classes(rows, i, &classes);
		if (picture->group[i].mixed)
			hvc_words__add(&classes, ", by registers or caller");
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%c", letter_of(i));
		hvc_table__take(table, 1, HVC_INK_PLAIN, &imms);
		hvc_table__cell(table, 2, HVC_INK_PLAIN, "%s",
		                hvc_words__number(picture->group[i].count, number));
		hvc_table__take(table, 3, HVC_INK_PLAIN, &classes);
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (picture->groups > LEGEND_MAX)
		hvc_page__print(page, "  %c  %s more groups\n", OTHER,
		                hvc_words__number(picture->groups - LEGEND_MAX, number));
	fputs("  +  not all alike\n\n", page->out);
	return HVC_OK;
}

/* Values that select, 64 a line; lines of one letter are left out. */
static enum hvc_status put_strip(const struct hvc_page *page, const struct hvc_exact *exact,
                                 struct hvc_diag *diag)
{
	struct hvc_words title = {0};
	struct hvc_strip strip;
	const uint32_t *cell;

	HVC_TRY(hvc_strip__make(exact, diag, &strip));
	if (!strip.rows)
		return HVC_OK;
	hvc_strip__title(exact, &strip, &title);
	hvc_page__line(page, 0, "Values that select: %s\n", hvc_words__text(&title));
	hvc_words__free(&title);
	for (unsigned i = 0; i < strip.rows * SIDE; i += 64) {
		bool plain = true;

		cell = &strip.picture.cell[i];
		for (unsigned k = 0; k < 64; k++)
			plain &= cell[k] == cell[0];
		if (plain)
			continue;
		hvc_page__print(page, "  0x%08" PRIx64 "  ", strip.base[i / SIDE] + i % SIDE);
		for (unsigned k = 0; k < 64; k++)
			put_letter(page, &strip.picture, letter_of(cell[k]), &cell[k]);
		fputc('\n', page->out);
	}
	fputc('\n', page->out);
	for (unsigned i = 0; i < strip.picture.groups && i < LEGEND_MAX; i++) {
		struct hvc_words does = {0};

		hvc_strip__does(exact, &strip, i, &does);
		hvc_page__print(page, "  %c  ", letter_of(i));
		hvc_page__prose(page, 5, 5, "%s", hvc_words__text(&does));
		hvc_words__free(&does);
	}
	fputc('\n', page->out);
	hvc_strip__free(&strip);
	return HVC_OK;
}

enum hvc_status hvc_exact__picture(const struct hvc_page *page, const struct hvc_exact *exact,
                                   struct hvc_diag *diag)
{
	struct hvc_words who = {0};
	struct hvc_picture_rows rows;
	enum hvc_status status = HVC_OK;

	HVC_TRY(hvc_picture_rows__make(exact, diag, &rows));
	hvc_picture_rows__callers(&who, exact, &rows);
	/* Where every immediate does the same, a square of them says nothing. */
	if (rows.picture.groups > 1) {
		hvc_page__line(page, 0, "The immediates of %s, 32 a letter%s",
		               hvc_subject_name(exact->subject), hvc_words__text(&who));
		put_heading(page);
		put_tiles(page, &rows.picture);
		put_rows(page, &rows.picture);
		status = put_legend(page, &rows, diag);
	}
	hvc_words__free(&who);
	if (status == HVC_OK)
		status = put_strip(page, exact, diag);
	hvc_picture_rows__free(&rows);
	return status;
}
