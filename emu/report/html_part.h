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

/** The section of a contract; nothing for NULL. */
HVC_MUST_USE bool hvc_html_part__contract(FILE *out, const struct hvc_contract *contract,
                                          const char *subject);
/** What was made up; nothing where there was nothing. whose: NULL, or the subject. */
HVC_MUST_USE bool hvc_html_part__invented(FILE *out, const char *whose,
                                          const struct hvc_world *world,
                                          const struct hvc_supplied *supplied);

#endif
