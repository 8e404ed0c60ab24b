/* SPDX-License-Identifier: MIT */
/* Tables as text: columns side by side as far as they fit on the page, the others under their row.
 */
#include <libsmartcols/libsmartcols.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "report/table_cell.h"

#define INDENT    2u
#define SEPARATOR "  "
#define GAP       (sizeof SEPARATOR - 1) /* between columns */
#define LINES     8u /* of a cell: what is taller is easier to read under its row */

/* The columns that stand side by side, and how wide each is. */
struct layout {
	unsigned shown;
	unsigned width[HVC_TABLE_COLUMNS];
};

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

	widest = widest ? widest : 1; /* the library gives an empty column one, too */
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
static bool fit(const struct hvc_table *table, struct layout *layout)
{
	unsigned natural[HVC_TABLE_COLUMNS], used = INDENT - GAP, page = table->page->width;
	unsigned shown = layout->shown, *width = layout->width;

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

/* A cell as the library takes it, with its line breaks; NULL when memory runs out. */
static char *wrap(const char *text, unsigned width, unsigned *lines)
{
	char *wrapped = strdup(text), *line = wrapped;

	for (*lines = 1; line && *(line += take_line(line, width)); ++*lines)
		*line++ = '\n';
	return wrapped;
}

static int add_column(struct libscols_table *scols, const char *title, enum hvc_align align)
{
	struct libscols_column *made = scols_table_new_column(
	        scols, title, 0, align == HVC_ALIGN_RIGHT ? SCOLS_FL_RIGHT : SCOLS_FL_WRAP);

	/* Lines end at the line breaks that there are, and nowhere else. */
	return !made ||
	       (align != HVC_ALIGN_RIGHT &&
	        (scols_column_set_wrapfunc(made, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
	                                   NULL) ||
	         scols_column_set_safechars(made, "\n"))) ||
	       scols_cell_set_color(scols_column_get_header(made), hvc_ink__code(HVC_INK_STRONG));
}

/* lines: how many the row has, at the end. */
static int add_row(struct libscols_table *scols, const struct hvc_table *table, size_t row,
                   const struct layout *layout, unsigned *lines)
{
	const struct hvc_table_cell *cell = &table->cell[row * table->columns];
	struct libscols_line *line = scols_table_new_line(scols, NULL);
	int failed = !line;

	*lines = 1;
	for (unsigned i = 0; !failed && i < layout->shown; i++) {
		unsigned of_cell;
		char *text = wrap(hvc_table__text(table, row, i), layout->width[i], &of_cell);

		*lines = of_cell > *lines ? of_cell : *lines;
		failed = !text || scols_line_refer_data(line, i, text);
		if (!failed && *text && cell[i].ink != HVC_INK_PLAIN)
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
static bool is_whole(const struct hvc_table *table, unsigned shown, const char *text)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < shown; i++)
		bytes += count_seen(table->title[i]);
	for (size_t row = 0; row < table->rows; row++)
		for (unsigned i = 0; i < shown; i++)
			bytes += count_seen(hvc_table__text(table, row, i));
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

/* The columns side by side, NULL when memory runs out. lines: of each row. */
static char *render(const struct hvc_table *table, const struct layout *layout, unsigned *lines)
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
	for (unsigned i = 0; !failed && i < layout->shown; i++)
		failed = add_column(scols, table->title[i], table->align[i]);
	for (size_t row = 0; !failed && row < table->rows; row++)
		failed = add_row(scols, table, row, layout, &lines[row]);
	if (!failed && scols_print_table_to_string(scols, &text))
		text = NULL;
	scols_unref_table(scols);
	if (text && !is_whole(table, layout->shown, text)) {
		free(text);
		text = NULL;
	}
	return text;
}

/* So many lines, indented and without the padding of the last cell; returns what comes then. */
static const char *put_lines(FILE *out, const char *text, unsigned lines)
{
	while (lines-- && *text) {
		size_t length = strcspn(text, "\n"), kept = length;

		while (kept && text[kept - 1] == ' ')
			kept--;
		/* A row whose cells are all under it leaves no line of its own. */
		if (kept)
			fprintf(out, "%*s%.*s\n", (int)INDENT, "", (int)kept, text);
		text += length + (text[length] == '\n');
	}
	return text;
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

bool hvc_table__put_text(const struct hvc_table *table)
{
	struct layout layout = {.shown = table->columns};
	unsigned *lines = calloc(table->rows + 1, sizeof *lines);
	char *text = NULL;
	const char *next;

	while (layout.shown > 1 && !fit(table, &layout))
		layout.shown = table->series ? 1 : layout.shown - 1;
	if (layout.shown < 2)
		layout.shown = 0;
	if (lines && layout.shown)
		text = render(table, &layout, lines);
	if (!lines || (layout.shown && !text)) {
		free(lines);
		return false;
	}
	next = text ? put_lines(table->page->out, text, 1) : NULL;
	for (size_t row = 0; row < table->rows; row++) {
		if (next)
			next = put_lines(table->page->out, next, lines[row]);
		put_under(table, row, layout.shown);
	}
	free(text);
	free(lines);
	return true;
}
