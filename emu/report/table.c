/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define INDENT     2u
#define SEPARATOR  "  "
#define COLUMN_MAX 8u

struct cell {
	char *text;
	enum hvc_ink ink;
};

struct hvc_table {
	const struct hvc_page *page;
	struct hvc_column column[COLUMN_MAX];
	unsigned columns;
	struct cell *cell; /* row by row */
	size_t rows, room;
	bool failed;
};

static const char *const inks[] = {
        [HVC_INK_PLAIN] = "",        [HVC_INK_GOOD] = "\033[32m",  [HVC_INK_BAD] = "\033[31m",
        [HVC_INK_WARN] = "\033[33m", [HVC_INK_STRONG] = "\033[1m", [HVC_INK_FAINT] = "\033[2m",
};

const char *hvc_ink__begin(const struct hvc_page *page, enum hvc_ink ink)
{
	return page->color ? inks[ink] : "";
}

const char *hvc_ink__end(const struct hvc_page *page, enum hvc_ink ink)
{
	return page->color && ink != HVC_INK_PLAIN ? "\033[0m" : "";
}

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
	memcpy(table->column, column, table->columns * sizeof(*column));
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

	if (!table || table->failed)
		return;
	cell = &table->cell[(table->rows - 1) * table->columns + column];
	free(cell->text);
	va_start(args, format);
	if (vasprintf(&cell->text, format, args) < 0) {
		cell->text = NULL;
		table->failed = true;
	}
	va_end(args);
	cell->ink = ink;
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

/* A line may end at this space: not inside "x0 := 0x1" or "x0 = 0x1". */
static bool may_break(const char *text, const char *space)
{
	if (space == text || !space[1])
		return false;
	return space[-1] != '=' && space[1] != '=' && strncmp(space + 1, ":=", 2) != 0;
}

/* Bytes up to the next place where a line may end. */
static size_t word_length(const char *text)
{
	const char *space = strchr(text, ' ');

	while (space && !may_break(text, space))
		space = strchr(space + 1, ' ');
	return space ? (size_t)(space - text) : strlen(text);
}

/* Put line breaks where they keep lines within width. Words are never broken. */
static void wrap(char *text, unsigned width)
{
	unsigned used = 0;

	while (*text) {
		size_t length = word_length(text);
		unsigned wide = width_of(text, length);

		if (used && used + 1 + wide > width) {
			text[-1] = '\n';
			used = 0;
		}
		used += (used ? 1 : 0) + wide;
		text += length + (text[length] == ' ');
	}
}

void hvc_page__prose(const struct hvc_page *page, unsigned used, unsigned indent,
                     const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		hvc_words__lose();
		return;
	}
	for (const char *word = text; *word;) {
		size_t bytes = word_length(word);
		unsigned wide = width_of(word, bytes);

		if (page->width && used > indent && used + 1 + wide > page->width) {
			fprintf(page->out, "\n%*s", (int)indent, "");
			used = indent;
		} else if (word > text) {
			fputc(' ', page->out);
			used++;
		}
		fprintf(page->out, "%.*s", (int)bytes, word);
		used += wide;
		word += bytes + (word[bytes] == ' ');
	}
	fputc('\n', page->out);
	free(text);
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
			size_t length = words ? word_length(text) : strlen(text);
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
	return scols_cell_set_color(scols_column_get_header(made), inks[HVC_INK_STRONG]);
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
			                              inks[cell[i].ink]);
	}
	return failed;
}

/* Bytes of text, apart from spaces, line breaks, colours, and the letter that ends these. */
static size_t ink_of(const char *text)
{
	size_t bytes = 0;

	bool color = false;

	for (; *text; text++) {
		color = *text == '\033' || (color && *text != 'm');
		bytes += !color && *text != 'm' && *text != ' ' && *text != '\n';
	}
	return bytes;
}

/* The library goes on when its buffer cannot grow, and the text ends there. */
static bool is_whole(const struct hvc_table *table, const char *text)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < table->columns; i++)
		bytes += ink_of(table->column[i].title);
	for (size_t i = 0; i < table->rows * table->columns; i++)
		bytes += table->cell[i].text ? ink_of(table->cell[i].text) : 0;
	return ink_of(text) >= bytes;
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

enum hvc_status hvc_table__print(struct hvc_table *table, struct hvc_diag *diag)
{
	char *text = NULL;

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
	free(table->cell);
	free(table);
}
