/* SPDX-License-Identifier: MIT */
/* The blocks of a document: headings, whole lines and commands, as text, Markdown or HTML. */
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/page.h"

/* A line with its inks, quoted, which goes on at column `indent` where the page ends. */
static void put_wrapped(const struct hvc_page *page, unsigned used, unsigned indent,
                        const char *format, va_list *args)
{
	char *text = NULL;
	size_t size;
	struct hvc_page line = *page;

	line.out = open_memstream(&text, &size);
	if (line.out)
		hvc_page__vprint(&line, format, args);
	if (!line.out || fclose(line.out))
		hvc_page__lose();
	else if (page->markup == HVC_MARKUP_NONE)
		hvc_page__words(page, used, indent, text);
	else
		fputs(text, page->out);
	free(text);
}

void hvc_page__line(const struct hvc_page *page, unsigned indent, const char *format, ...)
{
	va_list args;

	hvc_page__open(page, indent);
	va_start(args, format);
	put_wrapped(page, indent, indent + 4, format, &args);
	va_end(args);
	hvc_page__close(page);
}

void hvc_page__heading(const struct hvc_page *page, const char *format, ...)
{
	va_list args;

	if (page->markup == HVC_MARKUP_HTML)
		fputs("<h2>", page->out);
	else
		fputs(page->markup == HVC_MARKUP_MARKDOWN ? "\n### " : "\n", page->out);
	if (page->markup == HVC_MARKUP_NONE)
		hvc_page__print(page, "%s", hvc_ink__begin(page, HVC_INK_STRONG));
	va_start(args, format);
	put_wrapped(page, 0, 4, format, &args);
	va_end(args);
	if (page->markup == HVC_MARKUP_NONE)
		hvc_page__print(page, "%s", hvc_ink__end(page, HVC_INK_STRONG));
	fputs(page->markup == HVC_MARKUP_HTML ? "</h2>\n" : "\n", page->out);
}

enum hvc_status hvc_page__status(const struct hvc_page *page, struct hvc_diag *diag)
{
	if (ferror(page->out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "the report cannot be written");
	return HVC_OK;
}

void hvc_page__gap(const struct hvc_page *page)
{
	if (page->markup == HVC_MARKUP_NONE)
		fputc('\n', page->out);
}

/* Lines of a page end between the words of a command, never behind its dashes. */
static void put_words(const struct hvc_page *page, const char *command)
{
	char *words = strdup(command), *rest = words;

	if (!words)
		hvc_page__lose();
	for (const char *word; words && (word = strsep(&rest, " "));) {
		bool dashes = strchr(word, '-') != NULL;

		fputs(dashes ? "<span>" : "", page->out);
		hvc_page__text(page, word);
		fprintf(page->out, "%s%s", dashes ? "</span>" : "", rest ? " " : "");
	}
	free(words);
}

void hvc_page__command(const struct hvc_page *page, unsigned indent, const char *command)
{
	switch (page->markup) {
	case HVC_MARKUP_NONE:
		hvc_page__print(page, "%*s%s\n", (int)indent, "", command);
		break;
	case HVC_MARKUP_MARKDOWN:
		hvc_page__open(page, indent);
		hvc_quote__backticks(page->out, HVC_QUOTE_LINE, command);
		fputc('\n', page->out);
		break;
	case HVC_MARKUP_HTML:
		fprintf(page->out, "<pre class=\"%s\">", indent < HVC_PAGE_DEEP ? "item" : "deep");
		put_words(page, command);
		fputs("</pre>\n", page->out);
		break;
	}
}
