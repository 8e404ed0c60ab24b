/* SPDX-License-Identifier: MIT */
/* Tables as text: columns that fit on the page, or records where they cannot. */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "report/table_cell.h"

#define INDENT    2u
#define SEPARATOR "  "
#define LINES     8u /* of a cell: what is taller reads better as a record */

/* Columns that UTF-8 text takes, all of whose characters are one wide. */
unsigned hvc_table__width(const char *text, size_t length)
{
	unsigned width = 0;

	for (size_t i = 0; i < length; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;
	return width;
}

/* Put line breaks where they keep lines within width. Words are never broken. */
static void wrap(char *text, unsigned width)
{
	unsigned used = 0;

	while (*text) {
		size_t length = hvc_page__word(text);
		unsigned wide = hvc_table__width(text, length);

		if (used && used + 1 + wide > width) {
			text[-1] = '\n';
			used = 0;
		}
		used += (used ? 1 : 0) + wide;
		text += length + (text[length] == ' ');
	}
}

const char *hvc_table__text(const struct hvc_table *table, size_t row, unsigned column)
{
	const char *text = table->cell[row * table->columns + column].text;

	return text ? text : "";
}

/* The width of the widest cell, or of the widest word of any cell. */
unsigned hvc_table__widest(const struct hvc_table *table, unsigned column, bool words)
{
	unsigned widest = hvc_table__width(table->title[column], strlen(table->title[column]));

	for (size_t row = 0; row < table->rows; row++) {
		const char *text = hvc_table__text(table, row, column);

		while (*text) {
			size_t length = words ? hvc_page__word(text) : strlen(text);
			unsigned width = hvc_table__width(text, length);

			if (width > widest)
				widest = width;
			text += length + (text[length] == ' ');
		}
	}
	return widest;
}

/*
 * Make the widest columns that may be wrapped narrower, until the table fits on the page. False:
 * it does not, however it is wrapped, or in tall thin columns.
 */
static bool fit(struct hvc_table *table)
{
	unsigned natural[HVC_TABLE_COLUMNS], width[HVC_TABLE_COLUMNS], used = INDENT;

	if (!table->page->width)
		return true;
	for (unsigned i = 0; i < table->columns; i++) {
		natural[i] = hvc_table__widest(table, i, false);
		width[i] = table->align[i] == HVC_ALIGN_WRAP ? hvc_table__widest(table, i, true)
		                                             : natural[i];
		used += width[i] + (i ? (unsigned)strlen(SEPARATOR) : 0);
	}
	if (used > table->page->width)
		return false;
	for (; used < table->page->width; used++) {
		unsigned least = table->columns;

		for (unsigned i = 0; i < table->columns; i++) {
			if (width[i] < natural[i] &&
			    (least == table->columns || width[i] < width[least]))
				least = i;
		}
		if (least == table->columns)
			break;
		width[least]++;
	}
	for (size_t i = 0; i < table->rows * table->columns; i++)
		if (table->cell[i].text &&
		    hvc_table__width(table->cell[i].text, strlen(table->cell[i].text)) >
		            LINES * width[i % table->columns])
			return false;
	for (size_t i = 0; i < table->rows * table->columns; i++) {
		if (table->cell[i].text && width[i % table->columns] < natural[i % table->columns])
			wrap(table->cell[i].text, width[i % table->columns]);
	}
	return true;
}

/* What does not fit side by side: a row is a record, its first cell the title. */
static void put_records(const struct hvc_table *table)
{
	const struct hvc_page *page = table->page;

	for (size_t row = 0; row < table->rows; row++) {
		const struct hvc_table_cell *cell = &table->cell[row * table->columns];
		bool first = true;

		for (unsigned i = 0; i < table->columns; i++) {
			const char *text = hvc_table__text(table, row, i), *title = table->title[i];
			unsigned used;

			if (!*text || !strcmp(text, "-"))
				continue;
			used = hvc_page__open(page, first ? INDENT : INDENT + 4);
			if (!first && *title)
				used += hvc_page__print(page, "%s: ", title);
			hvc_page__inked(page, used, INDENT + 8, cell[i].ink, "%s", text);
			first = false;
		}
	}
}

static int add_column(struct libscols_table *scols, const char *title, enum hvc_align align)
{
	int flags = align == HVC_ALIGN_RIGHT  ? SCOLS_FL_RIGHT
	            : align == HVC_ALIGN_WRAP ? SCOLS_FL_WRAP
	                                      : 0;
	struct libscols_column *made = scols_table_new_column(scols, title, 0, flags);

	if (!made)
		return -1;
	/* Lines end where wrap() put a line break, and nowhere else. */
	if (align == HVC_ALIGN_WRAP && (scols_column_set_wrapfunc(made, scols_wrapnl_chunksize,
	                                                          scols_wrapnl_nextchunk, NULL) ||
	                                scols_column_set_safechars(made, "\n")))
		return -1;
	return scols_cell_set_color(scols_column_get_header(made), hvc_ink__code(HVC_INK_STRONG));
}

static int add_row(struct libscols_table *scols, const struct hvc_table_cell *cell,
                   unsigned columns)
{
	struct libscols_line *line = scols_table_new_line(scols, NULL);
	int failed = !line;

	for (unsigned i = 0; !failed && i < columns; i++) {
		if (!cell[i].text)
			continue;
		failed = scols_line_set_data(line, i, cell[i].text);
		if (!failed && *cell[i].text && cell[i].ink != HVC_INK_PLAIN)
			failed = scols_cell_set_color(scols_line_get_cell(line, i),
			                              hvc_ink__code(cell[i].ink));
	}
	return failed;
}

/* Bytes that are seen: neither spaces nor escape sequences. */
static size_t count_seen(const char *text)
{
	size_t seen = 0;

	for (; *text; text++) {
		if (*text == '\033')
			text += strcspn(text, "m");
		else
			seen += *text != ' ' && *text != '\n';
	}
	return seen;
}

/* The library goes on when its buffer cannot grow, and the text ends there. */
static bool is_whole(const struct hvc_table *table, const char *text)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < table->columns; i++)
		bytes += count_seen(table->title[i]);
	for (size_t i = 0; i < table->rows * table->columns; i++)
		bytes += table->cell[i].text ? count_seen(table->cell[i].text) : 0;
	return count_seen(text) == bytes;
}

/* For trees, of which there are none: the library loses what it makes by itself half-way. */
static int add_symbols(struct libscols_table *scols)
{
	struct libscols_symbols *symbols = scols_new_symbols();
	int failed = !symbols || scols_table_set_symbols(scols, symbols);

	scols_unref_symbols(symbols);
	return failed;
}

/* The table as text, NULL when memory runs out. */
static char *render(const struct hvc_table *table)
{
	struct libscols_table *scols = scols_new_table();
	char *text = NULL;
	int failed = !scols;

	if (!failed) {
		/* The widths are decided: no terminal is asked for its. */
		failed |= scols_table_set_termforce(scols, SCOLS_TERMFORCE_NEVER);
		failed |= scols_table_set_column_separator(scols, SEPARATOR);
		failed |= scols_table_enable_colors(scols, table->page->color);
		failed |= add_symbols(scols);
		/* Cells are quoted; the library would quote the quotes. */
		failed |= scols_table_enable_noencoding(scols, true);
	}
	for (unsigned i = 0; !failed && i < table->columns; i++)
		failed = add_column(scols, table->title[i], table->align[i]);
	for (size_t row = 0; !failed && row < table->rows; row++)
		failed = add_row(scols, &table->cell[row * table->columns], table->columns);
	if (!failed && scols_print_table_to_string(scols, &text))
		text = NULL;
	scols_unref_table(scols);
	if (text && !is_whole(table, text)) {
		free(text);
		text = NULL;
	}
	return text;
}

/* Indent each line, and take the padding of its last cell away. */
static void put_lines(FILE *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n"), kept = length;

		while (kept && text[kept - 1] == ' ')
			kept--;
		if (kept)
			fprintf(out, "%*s%.*s", (int)INDENT, "", (int)kept, text);
		fputc('\n', out);
		text += length + (text[length] == '\n');
	}
}

bool hvc_table__put_text(struct hvc_table *table)
{
	char *text;

	if (!fit(table)) {
		put_records(table);
		return true;
	}
	text = render(table);
	if (text)
		put_lines(table->page->out, text);
	free(text);
	return text != NULL;
}
