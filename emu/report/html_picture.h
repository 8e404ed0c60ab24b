/* SPDX-License-Identifier: MIT */
/** Pictures in pages: figures, what happens where, close-ups, and the same as text. */
#ifndef HVC_REPORT_HTML_PICTURE_H
#define HVC_REPORT_HTML_PICTURE_H

#include "report/html.h"
#include "report/picture_rows.h"
#include "report/svg.h"
#include "report/tree.h"

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

/* What calls do, in pages: the classes of an exact map with their picture. */

/** A legend, and room for what the script adds; it ends the figures. */
HVC_MUST_USE bool hvc_html_rows__legend(FILE *out, const struct hvc_exact *exact,
                                        const struct hvc_picture_rows *rows);
/** The groups: their immediates, and the classes that these can meet. */
HVC_MUST_USE bool hvc_html_rows__groups(FILE *out, const struct hvc_exact *exact,
                                        const struct hvc_picture_rows *rows);
/** What the text of a map says. contract: NULL: none was measured. */
HVC_MUST_USE bool hvc_html_rows__classes(FILE *out, const struct hvc_exact *exact,
                                         const struct hvc_contract *contract,
                                         struct hvc_diag *diag);

/* Sections that pages of several commands share. */

/**
 * A table that may be wider than the page, up to its body. A column of numbers ends in a tab; the
 * columns end in NULL.
 */
void hvc_html_part__table(FILE *out, const char *name, const char *const *column);
void hvc_html_part__end(FILE *out);
/** A cell with a number. */
void hvc_html_part__number(FILE *out, uint64_t number);

/* The dispatch tree in a page. */

/**
 * The section: each leaf with a call that meets it and the instructions of that call, and the rule
 * of an ABI that governs it; abi: NULL: none. Errors: HVC_E_NOMEM, those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_html_tree__put(FILE *out, const struct hvc_exact *exact,
                                                const struct hvc_abi *abi, struct hvc_diag *diag);
/** What lights up the way of a call that is typed in. Without it the section says the same. */
void hvc_html_tree__script(FILE *out);

#endif
