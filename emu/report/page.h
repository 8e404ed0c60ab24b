/* SPDX-License-Identifier: MIT */
/**
 * The document that reports are: headings, lines, commands and tables (table.h), one after the
 * other, as text, Markdown or HTML, whichever the page is written in. What is put with %s is text
 * that is not ours, and is quoted here (engine/quote.h), so that nobody can forget it. Only formats
 * hold line breaks.
 */
#ifndef HVC_REPORT_PAGE_H
#define HVC_REPORT_PAGE_H

#include <stdarg.h>

#include "report/report.h"

enum hvc_ink {
	HVC_INK_PLAIN,
	HVC_INK_GOOD,
	HVC_INK_BAD,
	HVC_INK_WARN,
	HVC_INK_STRONG,
	HVC_INK_FAINT,
};

/** The escape sequence of an ink, of a page whether it has colour or not. */
const char *hvc_ink__code(enum hvc_ink ink);
/**
 * The same, or "" on a page without colour; hvc_ink__end ends it. They come to
 * a page as arguments of hvc_page__print, which knows them for what they are.
 */
const char *hvc_ink__begin(const struct hvc_page *page, enum hvc_ink ink);
const char *hvc_ink__end(const struct hvc_page *page, enum hvc_ink ink);

/**
 * printf of what reports need: %s, %c, %d, and unsigned numbers of any length. Widths of %s are in
 * columns. Returns the columns written, inks excluded.
 */
unsigned hvc_page__print(const struct hvc_page *page, const char *format, ...) HVC_PRINTF(2, 3);
unsigned hvc_page__vprint(const struct hvc_page *page, const char *format, va_list *args);

/**
 * Print a line of prose that may be wrapped: its first line begins at column `used`, the others
 * are indented. used: what hvc_page__open returned and prints since added; 0: the line is begun
 * here.
 */
void hvc_page__prose(const struct hvc_page *page, unsigned used, unsigned indent,
                     const char *format, ...) HVC_PRINTF(4, 5);

/** The same in an ink; formats hold none, for text is quoted as a whole. */
void hvc_page__inked(const struct hvc_page *page, unsigned used, unsigned indent, enum hvc_ink ink,
                     const char *format, ...) HVC_PRINTF(5, 6);
void hvc_page__vprose(const struct hvc_page *page, unsigned used, unsigned indent, enum hvc_ink ink,
                      const char *format, va_list *args);

/** Lines from this column on are of the line before: a list in a list, one deeper each four. */
#define HVC_PAGE_DEEP 6u
/** Begin a line at a column, which is how deep it is in a list. Returns the columns used. */
unsigned hvc_page__open(const struct hvc_page *page, unsigned indent);
/** End it. */
void hvc_page__close(const struct hvc_page *page);
/** A line, which may hold inks; where it is wider than the page, it goes on deeper. */
void hvc_page__line(const struct hvc_page *page, unsigned indent, const char *format, ...)
        HVC_PRINTF(3, 4);
/** The title of what follows. */
void hvc_page__heading(const struct hvc_page *page, const char *format, ...) HVC_PRINTF(2, 3);
/** HVC_E_IO where the stream has failed. */
HVC_MUST_USE enum hvc_status hvc_page__status(const struct hvc_page *page, struct hvc_diag *diag);
/** An empty line, where text needs one. */
void hvc_page__gap(const struct hvc_page *page);
/** Something to copy: a command. */
void hvc_page__command(const struct hvc_page *page, unsigned indent, const char *command);

/** Memory ran out for a piece of a report: hvc_report__is_incomplete will say so. */
void hvc_page__lose(void);
/** Text that is not ours, quoted as the page is written. */
void hvc_page__text(const struct hvc_page *page, const char *text);

/** Words that are quoted already, inks among them, wrapped as hvc_page__prose does. */
void hvc_page__words(const struct hvc_page *page, unsigned used, unsigned indent, const char *text);
/** Bytes up to the next place where a line may end. */
size_t hvc_page__word(const char *text);

#endif
