/* SPDX-License-Identifier: MIT */
#include "report/page.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/report.h"

/* Since it was asked last; what is built from words is often printed without a look at them. */
static _Thread_local bool incomplete;

void hvc_page__lose(void)
{
	incomplete = true;
}

bool hvc_report__is_incomplete(void)
{
	bool was = incomplete;

	incomplete = false;
	return was;
}

void hvc_page__text(const struct hvc_page *page, const char *text)
{
	static const enum hvc_quote quotes[] = {
	        [HVC_MARKUP_NONE] = HVC_QUOTE_LINE,
	        [HVC_MARKUP_MARKDOWN] = HVC_QUOTE_MARKDOWN,
	        [HVC_MARKUP_HTML] = HVC_QUOTE_XML,
	};

	hvc_quote__put(page->out, quotes[page->markup], text);
}

/* What begins a block that is no heading. */
static void put_bullet(const struct hvc_page *page, unsigned indent)
{
	if (indent)
		fprintf(page->out, "%*s- ",
		        indent < HVC_PAGE_DEEP ? 0 : (int)((indent - 2) / 4 * 2), "");
	else
		fputc('\n', page->out);
}

unsigned hvc_page__open(const struct hvc_page *page, unsigned indent)
{
	switch (page->markup) {
	case HVC_MARKUP_NONE:
		fprintf(page->out, "%*s", (int)indent, "");
		break;
	case HVC_MARKUP_MARKDOWN:
		put_bullet(page, indent);
		break;
	case HVC_MARKUP_HTML:
		fprintf(page->out, "<p%s>",
		        !indent                  ? ""
		        : indent < HVC_PAGE_DEEP ? " class=\"item\""
		                                 : " class=\"deep\"");
		break;
	}
	return indent;
}

void hvc_page__close(const struct hvc_page *page)
{
	fputs(page->markup == HVC_MARKUP_HTML ? "</p>\n" : "\n", page->out);
}

static const char *const inks[] = {
        [HVC_INK_PLAIN] = "",        [HVC_INK_GOOD] = "\033[32m",  [HVC_INK_BAD] = "\033[31m",
        [HVC_INK_WARN] = "\033[33m", [HVC_INK_STRONG] = "\033[1m", [HVC_INK_FAINT] = "\033[2m",
};
static const char end_of_ink[] = "\033[0m";

/* Markdown has one ink, and no faint. */
static bool has_ink(const struct hvc_page *page, enum hvc_ink ink)
{
	switch (page->markup) {
	case HVC_MARKUP_HTML:
		return ink != HVC_INK_PLAIN;
	case HVC_MARKUP_MARKDOWN:
		return ink != HVC_INK_PLAIN && ink != HVC_INK_FAINT;
	case HVC_MARKUP_NONE:
		break;
	}
	return page->color && ink != HVC_INK_PLAIN;
}

const char *hvc_ink__code(enum hvc_ink ink)
{
	return inks[ink];
}

const char *hvc_ink__begin(const struct hvc_page *page, enum hvc_ink ink)
{
	return has_ink(page, ink) ? inks[ink] : "";
}

const char *hvc_ink__end(const struct hvc_page *page, enum hvc_ink ink)
{
	return has_ink(page, ink) ? end_of_ink : "";
}

static void put_ink(const struct hvc_page *page, const char *ink)
{
	static const char *const classes[] = {
	        [HVC_INK_GOOD] = "good",     [HVC_INK_BAD] = "bad",     [HVC_INK_WARN] = "warn",
	        [HVC_INK_STRONG] = "strong", [HVC_INK_FAINT] = "faint",
	};

	if (page->markup == HVC_MARKUP_NONE)
		fputs(ink, page->out);
	else if (page->markup == HVC_MARKUP_MARKDOWN)
		fputs("**", page->out);
	else if (ink == end_of_ink)
		fputs("</span>", page->out);
	else
		for (unsigned i = HVC_INK_GOOD; i <= HVC_INK_FAINT; i++)
			if (ink == inks[i])
				fprintf(page->out, "<span class=\"%s\">", classes[i]);
}

/* The string itself, not one that reads the same. An empty one may be any. */
static bool is_ink(const char *text)
{
	if (!*text)
		return false;
	for (size_t i = 0; i < sizeof inks / sizeof *inks; i++)
		if (text == inks[i])
			return true;
	return text == end_of_ink;
}

/* One conversion: "%-*.3llu". */
struct conversion {
	bool left, zeros;
	int width, precision; /* precision: -1: none */
	unsigned longs;       /* 1 for "l" and "z", 2 for "ll" */
	char kind;
};

static int take_number(const char **at, va_list *args)
{
	int number = 0;

	if (**at == '*') {
		++*at;
		return va_arg(*args, int);
	}
	while (isdigit((unsigned char)**at))
		number = number * 10 + *(*at)++ - '0';
	return number;
}

/* at: behind the '%'; becomes what is behind the conversion. */
static struct conversion take_conversion(const char **at, va_list *args)
{
	struct conversion is = {.precision = -1};

	for (; **at == '-' || **at == '0'; ++*at)
		*(**at == '-' ? &is.left : &is.zeros) = true;
	is.width = take_number(at, args);
	if (**at == '.') {
		++*at;
		is.precision = take_number(at, args);
	}
	for (; **at == 'l' || **at == 'z'; ++*at)
		is.longs++;
	is.kind = *(*at)++;
	return is;
}

/* Write what is shown of a text, up to its byte `most`; NULL: only count. Returns the columns. */
static unsigned put_shown(FILE *out, const char *text, int most)
{
	char shown[HVC_QUOTE_SIZE];
	unsigned wide = 0;

	for (const char *at = text; *at && (most < 0 || at - text < most);) {
		at += hvc_quote__next(text, at, shown);
		for (const char *c = shown; *c; c++)
			wide += ((unsigned char)*c & 0xc0) != 0x80;
		if (out)
			fputs(shown, out);
	}
	return wide;
}

static unsigned put_string(const struct hvc_page *page, const struct conversion *is,
                           const char *text)
{
	FILE *out = page->out;
	unsigned wide;
	int padding;

	if (is_ink(text)) {
		put_ink(page, text);
		return 0;
	}
	/* Columns are the reader's there. */
	if (page->markup != HVC_MARKUP_NONE) {
		hvc_page__text(page, text);
		return hvc_quote__width(text);
	}
	wide = put_shown(NULL, text, is->precision);
	padding = is->width > (int)wide ? is->width - (int)wide : 0;
	if (!is->left)
		fprintf(out, "%*s", padding, "");
	put_shown(out, text, is->precision);
	if (is->left)
		fprintf(out, "%*s", padding, "");
	return wide + (unsigned)padding;
}

static uint64_t take_unsigned(const struct conversion *is, va_list *args)
{
	/* long and size_t may be narrower than the longest. */
	if (is->longs == 1)
		return va_arg(*args, unsigned long);
	return is->longs ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned);
}

/* Numbers and characters; all that is printed is one byte a column. */
static unsigned put_number(FILE *out, const struct conversion *is, va_list *args)
{
	char format[16], text[80] = "";

	snprintf(format, sizeof format, "%%%s%s*%s%c", is->left ? "-" : "", is->zeros ? "0" : "",
	         is->kind == 'c' ? "" : "ll", is->kind);
	if (is->kind == 'c')
		snprintf(text, sizeof text, format, is->width, va_arg(*args, int));
	else if (is->kind == 'd')
		snprintf(text, sizeof text, format, is->width, (long long)va_arg(*args, int));
	else
		snprintf(text, sizeof text, format, is->width,
		         (unsigned long long)take_unsigned(is, args));
	fputs(text, out);
	return (unsigned)strlen(text);
}

/* A character of a format. */
static void put_own(const struct hvc_page *page, char c)
{
	const char text[2] = {c, '\0'};

	if (page->markup == HVC_MARKUP_HTML && strchr("<>&", c))
		hvc_page__text(page, text);
	else
		fputc(c, page->out);
}

unsigned hvc_page__vprint(const struct hvc_page *page, const char *format, va_list *args)
{
	unsigned used = 0;

	while (*format) {
		struct conversion is;

		if (*format != '%') {
			used += ((unsigned char)*format & 0xc0) != 0x80;
			put_own(page, *format++);
			continue;
		}
		format++;
		is = take_conversion(&format, args);
		if (is.kind == 's')
			used += put_string(page, &is, va_arg(*args, const char *));
		else if (is.kind == '%')
			used += fputc('%', page->out) == '%';
		else
			used += put_number(page->out, &is, args);
	}
	return used;
}

unsigned hvc_page__print(const struct hvc_page *page, const char *format, ...)
{
	unsigned used;
	va_list args;

	va_start(args, format);
	used = hvc_page__vprint(page, format, &args);
	va_end(args);
	return used;
}

/* A line may end at this space: not inside "x0 := 0x1", "x0 = 0x1" or "2 errors". */
static bool may_break(const char *text, const char *space)
{
	const char *word = space;

	if (space == text || !space[1])
		return false;
	while (word > text && isdigit((unsigned char)word[-1]))
		word--;
	if (word < space && (word == text || word[-1] == ' ') && islower((unsigned char)space[1]))
		return false;
	return space[-1] != '=' && space[1] != '=' && strncmp(space + 1, ":=", 2) != 0;
}

size_t hvc_page__word(const char *text)
{
	const char *space = strchr(text, ' ');

	while (space && !may_break(text, space))
		space = strchr(space + 1, ' ');
	return space ? (size_t)(space - text) : strlen(text);
}

/* Columns of so many bytes; inks take none. */
static unsigned width_of(const char *text, size_t bytes)
{
	unsigned wide = 0;
	bool escape = false;

	for (size_t i = 0; i < bytes; i++) {
		escape = escape || text[i] == '\033';
		wide += !escape && ((unsigned char)text[i] & 0xc0) != 0x80;
		escape = escape && text[i] != 'm';
	}
	return wide;
}

void hvc_page__words(const struct hvc_page *page, unsigned used, unsigned indent, const char *text)
{
	for (const char *word = text; *word;) {
		size_t bytes = hvc_page__word(word);
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
}

void hvc_page__vprose(const struct hvc_page *page, unsigned used, unsigned indent, enum hvc_ink ink,
                      const char *format, va_list *args)
{
	char *text, *shown = NULL;

	if (!used)
		hvc_page__open(page, 0);
	if (page->markup != HVC_MARKUP_NONE) {
		hvc_page__print(page, "%s", hvc_ink__begin(page, ink));
		hvc_page__vprint(page, format, args);
		hvc_page__print(page, "%s", hvc_ink__end(page, ink));
		hvc_page__close(page);
		return;
	}
	if (vasprintf(&text, format, *args) >= 0) {
		shown = hvc_quote__text(HVC_QUOTE_LINE, text);
		free(text);
	}
	if (shown) {
		fputs(hvc_ink__begin(page, ink), page->out);
		hvc_page__words(page, used, indent, shown);
		fprintf(page->out, "%s\n", hvc_ink__end(page, ink));
	} else {
		hvc_page__lose();
	}
	free(shown);
}

void hvc_page__prose(const struct hvc_page *page, unsigned used, unsigned indent,
                     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	hvc_page__vprose(page, used, indent, HVC_INK_PLAIN, format, &args);
	va_end(args);
}

void hvc_page__inked(const struct hvc_page *page, unsigned used, unsigned indent, enum hvc_ink ink,
                     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	hvc_page__vprose(page, used, indent, ink, format, &args);
	va_end(args);
}
