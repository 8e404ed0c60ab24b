/* SPDX-License-Identifier: MIT */
/* Tables as text: columns side by side as far as they fit on the page, the others under their row.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "report/table_cell.h"

#define INDENT 2u
#define GAP    2u /* between columns */
#define LINES  8u /* of a cell: what is taller is easier to read under its row */

/* Columns that UTF-8 text takes, all of whose characters are one wide. */
unsigned hvc_table__width(const char *text, size_t length)
{
	unsigned width = 0;

	for (size_t i = 0; i < length; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

const char *hvc_table__text(const struct hvc_table *table, size_t row, unsigned column)
{
	const char *text = table->cell[row * table->columns + column].text;

	return text ? text : "";
}

/* Bytes of text that go on a line of this width: whole words, one at least. */
static size_t take_line(const char *text, unsigned width)
{
	size_t taken = hvc_page__word(text);

	while (text[taken]) {
		size_t more = taken + 1 + hvc_page__word(text + taken + 1);

		if (hvc_table__width(text, more) > width)
			break;
		taken = more;
	}
	return taken;
}

unsigned hvc_table__widest(const struct hvc_table *table, unsigned column, unsigned width)
{
	unsigned widest = hvc_table__width(table->title[column], strlen(table->title[column]));

	for (size_t row = 0; row < table->rows; row++) {
		const char *text = hvc_table__text(table, row, column);

		for (size_t bytes; *text; text += bytes + (text[bytes] == ' ')) {
			unsigned wide = hvc_table__width(text, bytes = take_line(text, width));

			widest = wide > widest ? wide : widest;
		}
	}
	return widest;
}

/*
 * How wide each of the first `shown` columns is: those that may be wrapped only as wide as is left.
 * False: they do not fit on the page, or in tall thin columns.
 */
static bool fit(const struct hvc_table *table, unsigned shown, unsigned *width)
{
	unsigned natural[HVC_TABLE_COLUMNS], used = INDENT - GAP, page = table->page->width;

	for (unsigned i = 0; i < shown; i++) {
		natural[i] = hvc_table__widest(table, i, UINT_MAX);
		width[i] = page && table->align[i] == HVC_ALIGN_WRAP
		                   ? hvc_table__widest(table, i, 0)
		                   : natural[i];
		used += GAP + width[i];
	}
	/* The narrowest grows first. */
	for (; page && used < page; used++) {
		unsigned least = shown;

		for (unsigned i = 0; i < shown; i++)
			if (width[i] < natural[i] && (least == shown || width[i] < width[least]))
				least = i;
		if (least == shown)
			break;
		width[least]++;
	}
	for (size_t row = 0; page && row < table->rows; row++)
		for (unsigned i = 0; i < shown; i++) {
			const char *text = hvc_table__text(table, row, i);

			if (hvc_table__width(text, strlen(text)) > LINES * width[i])
				return false;
		}
	return !page || used <= page;
}

/* Cells side by side, each on as many lines as it needs. Nothing is written behind the last one. */
static void put_side_by_side(const struct hvc_table *table, const struct hvc_table_cell *cell,
                             unsigned shown, const unsigned *width)
{
	const struct hvc_page *page = table->page;
	const char *rest[HVC_TABLE_COLUMNS];
	bool more = true;

	for (unsigned i = 0; i < shown; i++)
		rest[i] = cell[i].text ? cell[i].text : "";
	while (more) {
		unsigned at = 0, column = INDENT;

		more = false;
		for (unsigned i = 0; i < shown; column += width[i++] + GAP) {
			size_t bytes = take_line(rest[i], width[i]);
			unsigned wide = hvc_table__width(rest[i], bytes), to = column;

			if (!bytes)
				continue;
			if (table->align[i] == HVC_ALIGN_RIGHT)
				to += width[i] - wide;
			fprintf(page->out, "%*s%s%.*s%s", (int)(to - at), "",
			        hvc_ink__begin(page, cell[i].ink), (int)bytes, rest[i],
			        hvc_ink__end(page, cell[i].ink));
			at = to + wide;
			rest[i] += bytes + (rest[i][bytes] == ' ');
			more = more || *rest[i];
		}
		fputc('\n', page->out);
	}
}

/* What has no room: a line each, under the row or, where no table is left, under its title. */
static void put_under(const struct hvc_table *table, size_t row, unsigned first)
{
	const struct hvc_page *page = table->page;

	for (unsigned i = first, from; i < table->columns; i++) {
		const char *text = hvc_table__text(table, row, i);
		unsigned used;

		if (!*text || !strcmp(text, "-"))
			continue;
		for (from = i; table->series && i && i + 1 < table->columns &&
		               !strcmp(text, hvc_table__text(table, row, i + 1));)
			i++;
		used = hvc_page__open(page, i ? INDENT + 4 : INDENT);
		if (from < i)
			used += hvc_page__print(page, "%s to ", table->title[from]);
		if (i && *table->title[i])
			used += hvc_page__print(page, "%s: ", table->title[i]);
		hvc_page__inked(page, used, INDENT + 8, table->cell[row * table->columns + i].ink,
		                "%s", text);
	}
}

void hvc_table__put_text(const struct hvc_table *table)
{
	struct hvc_table_cell title[HVC_TABLE_COLUMNS];
	unsigned width[HVC_TABLE_COLUMNS], shown = table->columns;

	while (shown > 1 && !fit(table, shown, width))
		shown = table->series ? 1 : shown - 1;
	for (unsigned i = 0; i < shown; i++)
		width[i] = hvc_table__widest(table, i, width[i]);
	for (unsigned i = 0; i < table->columns; i++)
		title[i] = (struct hvc_table_cell){table->title[i], HVC_INK_STRONG};
	if (shown < 2)
		shown = 0;
	else
		put_side_by_side(table, title, shown, width);
	for (size_t row = 0; row < table->rows; row++) {
		if (shown)
			put_side_by_side(table, &table->cell[row * table->columns], shown, width);
		put_under(table, row, shown);
	}
}
