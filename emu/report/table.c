/* SPDX-License-Identifier: MIT */
#include "report/table_cell.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"

void hvc_table__column(struct hvc_table *table, enum hvc_align align, const char *title)
{
	if (!table || table->columns == HVC_TABLE_COLUMNS)
		return;
	table->align[table->columns] = align;
	table->title[table->columns] = hvc_quote__text(HVC_QUOTE_LINE, title);
	table->failed = table->failed || !table->title[table->columns];
	table->columns++;
}

struct hvc_table *hvc_table__new(const struct hvc_page *page, const char *columns, ...)
{
	struct hvc_table *table = calloc(1, sizeof(*table));
	va_list args;

	if (!table) {
		hvc_page__lose(); /* not every table is printed */
		return NULL;
	}
	table->page = page;
	va_start(args, columns);
	for (size_t length; *columns; columns += length + (columns[length] == '|')) {
		enum hvc_align align = HVC_ALIGN_LEFT;
		char title[64];

		length = strcspn(columns, "|");
		snprintf(title, sizeof(title), "%.*s", (int)length, columns);
		if (length && strchr(">~", columns[length - 1])) {
			align = columns[length - 1] == '>' ? HVC_ALIGN_RIGHT : HVC_ALIGN_WRAP;
			title[length - 1] = '\0';
		}
		hvc_table__column(table, align,
		                  strcmp(title, "%s") ? title : va_arg(args, const char *));
	}
	va_end(args);
	return table;
}

void hvc_table__row(struct hvc_table *table)
{
	size_t wanted;
	struct hvc_table_cell *grown;

	if (!table || table->failed)
		return;
	if (table->more || (table->cap && table->rows == table->cap)) {
		table->more++;
		return;
	}
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
	struct hvc_table_cell *cell;
	va_list args;
	char *text;

	if (!table || table->failed || table->more)
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

void hvc_table__cap(struct hvc_table *table)
{
	if (table && !table->page->all && table->page->markup == HVC_MARKUP_NONE)
		table->cap = HVC_TABLE_CAP;
}

void hvc_table__is_plain(struct hvc_table *table)
{
	if (table)
		table->plain = true;
}

void hvc_table__is_series(struct hvc_table *table)
{
	if (table)
		table->series = true;
}

/* A cell of Markdown, padded so that the table reads as text. */
static void put_markdown(FILE *out, const char *text, unsigned width)
{
	fprintf(out, "| %s%*s ", text, (int)(width - hvc_table__width(text, strlen(text))), "");
}

/* Quote a text in its place. */
static void mark(enum hvc_quote how, char **text)
{
	char *shown = *text ? hvc_quote__text(how, *text) : NULL;

	if (!*text)
		return;
	if (!shown) {
		hvc_page__lose();
		return;
	}
	free(*text);
	*text = shown;
}

static void put_rule(FILE *out, enum hvc_align align, unsigned width)
{
	fputs("| ", out);
	for (unsigned i = 1; i < width; i++)
		fputc('-', out);
	fputs(align == HVC_ALIGN_RIGHT ? ": " : "- ", out);
}

static void put_markdown_table(struct hvc_table *table)
{
	FILE *out = table->page->out;
	unsigned width[HVC_TABLE_COLUMNS];

	for (size_t i = 0; i < table->rows * table->columns; i++)
		mark(table->plain ? HVC_QUOTE_CODE : HVC_QUOTE_MARKDOWN, &table->cell[i].text);
	for (unsigned i = 0; i < table->columns; i++)
		mark(HVC_QUOTE_MARKDOWN, &table->title[i]);
	fputc('\n', out);
	for (unsigned i = 0; i < table->columns; i++) {
		width[i] = hvc_table__widest(table, i, UINT_MAX);
		width[i] = width[i] < 3 ? 3 : width[i];
		put_markdown(out, table->title[i], width[i]);
	}
	fputs("|\n", out);
	for (unsigned i = 0; i < table->columns; i++)
		put_rule(out, table->align[i], width[i]);
	fputs("|\n", out);
	for (size_t row = 0; row < table->rows; row++) {
		for (unsigned i = 0; i < table->columns; i++)
			put_markdown(out, hvc_table__text(table, row, i), width[i]);
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
	        table->align[column] == HVC_ALIGN_RIGHT ? "number" : "does",
	        inks[table->cell[row * table->columns + column].ink]);
	hvc_page__text(table->page, hvc_table__text(table, row, column));
	fputs("</td>", out);
}

static void put_html_table(const struct hvc_table *table)
{
	FILE *out = table->page->out;

	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
	hvc_page__text(table->page, *table->title[0] ? table->title[0] : table->title[1]);
	fputs("\"><table>\n<thead><tr>", out);
	for (unsigned i = 0; i < table->columns; i++) {
		fputs("<th scope=\"col\">", out);
		hvc_page__text(table->page, table->title[i]);
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
	bool good = table && !table->failed;

	if (good && table->page->markup == HVC_MARKUP_HTML)
		put_html_table(table);
	else if (good && table->page->markup == HVC_MARKUP_MARKDOWN)
		put_markdown_table(table);
	else if (good)
		good = hvc_table__put_text(table);
	if (good && table->more)
		hvc_page__line(table->page, 2, "%zu more: --all", table->more);
	hvc_table__drop(table);
	return good ? HVC_OK : hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

void hvc_table__drop(struct hvc_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->rows * table->columns; i++)
		free(table->cell[i].text);
	for (unsigned i = 0; i < table->columns; i++)
		free(table->title[i]);
	free(table->cell);
	free(table);
}
