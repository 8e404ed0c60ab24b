/* SPDX-License-Identifier: MIT */
/** Sections that pages of several commands share. */
#ifndef HVC_REPORT_HTML_PART_H
#define HVC_REPORT_HTML_PART_H

#include "report/html.h"

/**
 * A table that may be wider than the page, up to its body. A column of numbers ends in a tab; the
 * columns end in NULL.
 */
void hvc_html_part__table(FILE *out, const char *name, const char *const *column);
void hvc_html_part__end(FILE *out);
/** A cell with a number. */
void hvc_html_part__number(FILE *out, uint64_t number);

#endif
