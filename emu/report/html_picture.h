/* SPDX-License-Identifier: MIT */
/** Pictures in pages: figures, what happens where, close-ups, and the same as text. */
#ifndef HVC_REPORT_HTML_PICTURE_H
#define HVC_REPORT_HTML_PICTURE_H

#include "report/html.h"
#include "report/svg.h"

/** Everything up to the first line of content of a page with pictures. */
void hvc_html_picture__head(FILE *out, const char *title);
/** Cursor, readout and filters. Without it the page says the same. */
void hvc_html_picture__script(FILE *out);

/**
 * A figure, up to its shapes. runs: id of the text that says what it shows, cell by cell; groups:
 * in letters of groups, not in words of its own.
 */
void hvc_html_picture__figure(FILE *out, const char *name, const char *what, const char *runs,
                              bool groups);
void hvc_html_picture__figure_end(FILE *out);
/** The figure, named; the patterns, too. alone: there is no figure besides. */
void hvc_html_picture__begin(FILE *out, const struct hvc_picture *picture, const char *name,
                             bool alone);
/** What cells are, as text; word gives the name of a number. The figure's script reads it. */
void hvc_html_picture__runs(FILE *out, const char *title, const char *id, const uint32_t *cell,
                            const char *(*word)(uint32_t number, char text[HVC_NUMBER_SIZE]));
/** Rows in which calls part, large; then all immediates, as text. */
HVC_MUST_USE bool hvc_html_picture__rows(FILE *out, const struct hvc_picture *picture,
                                         const char *name);

#endif
