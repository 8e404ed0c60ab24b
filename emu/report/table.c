/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"

#define INDENT     2u
#define SEPARATOR  "  "
#define COLUMN_MAX 8u

struct cell {
	char *text;
	enum hvc_ink ink;
};

struct hvc_table {
	const struct hvc_page *page;
	struct hvc_column column[COLUMN_MAX]; /* with titles of our own, quoted */
	unsigned columns;
	struct cell *cell; /* row by row */
	size_t rows, room;
	bool plain; /* no cell has markup of its own */
	bool failed;
};

struct hvc_table *hvc_table__new(const struct hvc_page *page, const struct hvc_column *column,
                                 unsigned columns)
{
	struct hvc_table *table = calloc(1, sizeof(*table));

	if (!table) {
		hvc_words__lose(); /* not every table is printed */
		return NULL;
	}
	table->page = page;
	table->columns = columns < COLUMN_MAX ? columns : COLUMN_MAX;
	for (unsigned i = 0; i < table->columns; i++) {
		table->column[i].align = column[i].align;
		table->column[i].title = hvc_quote__text(HVC_QUOTE_LINE, column[i].title);
		table->failed = table->failed || !table->column[i].title;
	}
	return table;
}

void hvc_table__row(struct hvc_table *table)
{
	size_t wanted;
	struct cell *grown;

	if (!table || table->failed)
		return;
	if (table->rows == table->room) {
		wanted = table->room ? table->room * 2 : 16;
		grown = realloc(table->cell, wanted * table->columns * sizeof(*grown));
		if (!grown) {
			table->failed = true;
			return;
		}
		table->cell = grown;
		table->room = wanted;
	}
	memset(&table->cell[table->rows * table->columns], 0,
	       table->columns * sizeof(*table->cell));
	table->rows++;
}

void hvc_table__cell(struct hvc_table *table, unsigned column, enum hvc_ink ink, const char *format,
                     ...)
{
	struct cell *cell;
	va_list args;
	char *text;

	if (!table || table->failed)
		return;
	cell = &table->cell[(table->rows - 1) * table->columns + column];
	free(cell->text);
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	cell->text = text ? hvc_quote__text(HVC_QUOTE_LINE, text) : NULL;
	cell->ink = ink;
	table->failed = !cell->text;
	free(text);
}

void hvc_table__take(struct hvc_table *table, unsigned column, enum hvc_ink ink,
                     struct hvc_words *words)
{
	if (table && words->failed)
		table->failed = true;
	hvc_table__cell(table, column, ink, "%s", hvc_words__text(words));
	hvc_words__free(words);
}

/* Columns that UTF-8 text takes, all of whose characters are one wide. */
static unsigned width_of(const char *text, size_t length)
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
		unsigned wide = width_of(text, length);

		if (used && used + 1 + wide > width) {
			text[-1] = '\n';
			used = 0;
		}
		used += (used ? 1 : 0) + wide;
		text += length + (text[length] == ' ');
	}
}

static const char *text_of(const struct hvc_table *table, size_t row, unsigned column)
{
	const char *text = table->cell[row * table->columns + column].text;

	return text ? text : "";
}

/* The width of the widest cell, or of the widest word of any cell. */
static unsigned measure(const struct hvc_table *table, unsigned column, bool words)
{
	unsigned widest =
	        width_of(table->column[column].title, strlen(table->column[column].title));

	for (size_t row = 0; row < table->rows; row++) {
		const char *text = text_of(table, row, column);

		while (*text) {
			size_t length = words ? hvc_page__word(text) : strlen(text);
			unsigned width = width_of(text, length);

			if (width > widest)
				widest = width;
			text += length + (text[length] == ' ');
		}
	}
	return widest;
}

/* Make the widest columns that may be wrapped narrower, until the table fits on the page. */
static void fit(struct hvc_table *table)
{
	unsigned natural[COLUMN_MAX], width[COLUMN_MAX], used = INDENT;

	if (!table->page->width)
		return;
	for (unsigned i = 0; i < table->columns; i++) {
		natural[i] = measure(table, i, false);
		width[i] = table->column[i].align == HVC_ALIGN_WRAP ? measure(table, i, true)
		                                                    : natural[i];
		used += width[i] + (i ? (unsigned)strlen(SEPARATOR) : 0);
	}
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
	for (size_t i = 0; i < table->rows * table->columns; i++) {
		if (table->cell[i].text && width[i % table->columns] < natural[i % table->columns])
			wrap(table->cell[i].text, width[i % table->columns]);
	}
}

static int add_column(struct libscols_table *scols, const struct hvc_column *column)
{
	int flags = column->align == HVC_ALIGN_RIGHT  ? SCOLS_FL_RIGHT
	            : column->align == HVC_ALIGN_WRAP ? SCOLS_FL_WRAP
	                                              : 0;
	struct libscols_column *made = scols_table_new_column(scols, column->title, 0, flags);

	if (!made)
		return -1;
	/* Lines end where wrap() put a line break, and nowhere else. */
	if (column->align == HVC_ALIGN_WRAP &&
	    (scols_column_set_wrapfunc(made, scols_wrapnl_chunksize, scols_wrapnl_nextchunk,
	                               NULL) ||
	     scols_column_set_safechars(made, "\n")))
		return -1;
	return scols_cell_set_color(scols_column_get_header(made), hvc_ink__code(HVC_INK_STRONG));
}

static int add_row(struct libscols_table *scols, const struct cell *cell, unsigned columns)
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
		bytes += count_seen(table->column[i].title);
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
		failed = add_column(scols, &table->column[i]);
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

void hvc_table__is_plain(struct hvc_table *table)
{
	if (table)
		table->plain = true;
}

/* A cell of Markdown, padded so that the table reads as text. */
static void put_markdown(FILE *out, const char *text, unsigned width)
{
	fprintf(out, "| %s%*s ", text, (int)(width - width_of(text, strlen(text))), "");
}

/* Quote a text as Markdown, in its place. */
static void mark(const struct hvc_table *table, char **text)
{
	enum hvc_quote how = table->plain ? HVC_QUOTE_CODE : HVC_QUOTE_MARKDOWN;
	char *shown = *text ? hvc_quote__text(how, *text) : NULL;

	if (!shown && *text)
		hvc_words__lose();
	free(*text);
	*text = shown;
}

static void put_rule(FILE *out, const struct hvc_column *column, unsigned width)
{
	fputs("| ", out);
	for (unsigned i = 1; i < width; i++)
		fputc('-', out);
	fputs(column->align == HVC_ALIGN_RIGHT ? ": " : "- ", out);
}

static void put_markdown_table(struct hvc_table *table)
{
	FILE *out = table->page->out;
	unsigned width[COLUMN_MAX];

	for (size_t i = 0; i < table->rows * table->columns; i++)
		mark(table, &table->cell[i].text);
	fputc('\n', out);
	for (unsigned i = 0; i < table->columns; i++) {
		width[i] = measure(table, i, false);
		width[i] = width[i] < 3 ? 3 : width[i];
		put_markdown(out, table->column[i].title, width[i]);
	}
	fputs("|\n", out);
	for (unsigned i = 0; i < table->columns; i++)
		put_rule(out, &table->column[i], width[i]);
	fputs("|\n", out);
	for (size_t row = 0; row < table->rows; row++) {
		for (unsigned i = 0; i < table->columns; i++)
			put_markdown(out, text_of(table, row, i), width[i]);
		fputs("|\n", out);
	}
}

static void put_html_cell(const struct hvc_table *table, size_t row, unsigned column)
{
	static const char *const inks[] = {
	        [HVC_INK_PLAIN] = "",     [HVC_INK_GOOD] = " good",     [HVC_INK_BAD] = " bad",
	        [HVC_INK_WARN] = " warn", [HVC_INK_STRONG] = " strong", [HVC_INK_FAINT] = " faint",
	};
	FILE *out = table->page->out;

	fprintf(out, "<td class=\"%s%s\">",
	        table->column[column].align == HVC_ALIGN_RIGHT ? "number" : "does",
	        inks[table->cell[row * table->columns + column].ink]);
	hvc_page__text(table->page, text_of(table, row, column));
	fputs("</td>", out);
}

static void put_html_table(const struct hvc_table *table)
{
	FILE *out = table->page->out;

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
	hvc_page__text(table->page,
	               *table->column[0].title ? table->column[0].title : table->column[1].title);
	fputs("\"><table>\n<thead><tr>", out);
	for (unsigned i = 0; i < table->columns; i++) {
		fputs("<th scope=\"col\">", out);
		hvc_page__text(table->page, table->column[i].title);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t row = 0; row < table->rows; row++) {
		fputs("<tr>", out);
		for (unsigned i = 0; i < table->columns; i++)
			put_html_cell(table, row, i);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

enum hvc_status hvc_table__print(struct hvc_table *table, struct hvc_diag *diag)
{
	char *text = NULL;

	if (table && !table->failed && table->page->markup != HVC_MARKUP_NONE) {
		if (table->page->markup == HVC_MARKUP_HTML)
			put_html_table(table);
		else
			put_markdown_table(table);
		hvc_table__drop(table);
		return HVC_OK;
	}
	if (table && !table->failed) {
		fit(table);
		text = render(table);
	}
	if (text)
		put_lines(table->page->out, text);
	hvc_table__drop(table);
	if (!text)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	free(text);
	return HVC_OK;
}

void hvc_table__drop(struct hvc_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->rows * table->columns; i++)
		free(table->cell[i].text);
	for (unsigned i = 0; i < table->columns; i++)
		free((char *)(uintptr_t)table->column[i].title);
	free(table->cell);
	free(table);
}
