/* SPDX-License-Identifier: MIT */
#include "report/table.h"

#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define INDENT 2u

struct hvc_table {
	struct libscols_table *scols;
	struct libscols_line *line;
	const struct hvc_page *page;
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

static void spoil(struct hvc_table *table)
{
	scols_unref_table(table->scols);
	table->scols = NULL;
}

static int add_column(struct hvc_table *table, const struct hvc_column *column)
{
	static const int flags[] = {
	        [HVC_ALIGN_LEFT] = 0,
	        [HVC_ALIGN_RIGHT] = SCOLS_FL_RIGHT,
	        [HVC_ALIGN_WRAP] = SCOLS_FL_WRAP,
	};
	struct libscols_column *made =
	        scols_table_new_column(table->scols, column->title, 0, flags[column->align]);

	if (!made)
		return -1;
	return scols_cell_set_color(scols_column_get_header(made), inks[HVC_INK_STRONG]);
}

struct hvc_table *hvc_table__new(const struct hvc_page *page, const struct hvc_column *column,
                                 unsigned columns)
{
	struct hvc_table *table = calloc(1, sizeof(*table));
	int failed = 0;

	if (!table)
		return NULL;
	table->page = page;
	table->scols = scols_new_table();
	if (!table->scols) {
		free(table);
		return NULL;
	}
	/* Without a terminal the widest cell decides; COLUMNS and ioctls are not asked. */
	failed |= scols_table_set_column_separator(table->scols, "  ");
	failed |= scols_table_enable_colors(table->scols, page->color);
	failed |= scols_table_set_termforce(table->scols, page->width ? SCOLS_TERMFORCE_ALWAYS
	                                                              : SCOLS_TERMFORCE_NEVER);
	if (page->width > INDENT)
		failed |= scols_table_set_termwidth(table->scols, page->width - INDENT);
	for (unsigned i = 0; i < columns; i++)
		failed |= add_column(table, &column[i]);
	if (failed)
		spoil(table);
	return table;
}

void hvc_table__row(struct hvc_table *table)
{
	if (!table || !table->scols)
		return;
	table->line = scols_table_new_line(table->scols, NULL);
	if (!table->line)
		spoil(table);
}

void hvc_table__cell(struct hvc_table *table, unsigned column, enum hvc_ink ink, const char *format,
                     ...)
{
	struct libscols_cell *cell;
	va_list args;
	char *text;
	int length;

	if (!table || !table->scols)
		return;
	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		spoil(table);
		return;
	}
	cell = scols_line_get_cell(table->line, column);
	if (!cell || scols_cell_refer_data(cell, text)) {
		free(text);
		spoil(table);
	} else if (ink != HVC_INK_PLAIN && scols_cell_set_color(cell, inks[ink])) {
		spoil(table);
	}
}

void hvc_table__take(struct hvc_table *table, unsigned column, enum hvc_ink ink,
                     struct hvc_words *words)
{
	if (words->failed && table && table->scols)
		spoil(table);
	hvc_table__cell(table, column, ink, "%s", hvc_words__text(words));
	hvc_words__free(words);
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
	bool done = false;

	if (table && table->scols && !scols_print_table_to_string(table->scols, &text) && text) {
		put_lines(table->page->out, text);
		done = true;
	}
	free(text);
	hvc_table__drop(table);
	if (!done)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return HVC_OK;
}

void hvc_table__drop(struct hvc_table *table)
{
	if (table)
		spoil(table);
	free(table);
}
