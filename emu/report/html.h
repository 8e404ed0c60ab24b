/* SPDX-License-Identifier: MIT */
/** Pages that stand alone: no network, readable without script, in light and dark. */
#ifndef HVC_REPORT_HTML_H
#define HVC_REPORT_HTML_H

#include "report/words.h"

/** Up to the first line of content; the title is a heading as well. more: further style,
    a list that ends in NULL; NULL: none. */
void hvc_html__begin(FILE *out, const char *title, const char *const *more);
/** The verdict and the findings, as the first thing of a page; findings: NULL: nothing. */
void hvc_html__findings(FILE *out, const struct hvc_findings *findings, bool all);
/** End the page; HVC_E_IO when the stream has failed. */
HVC_MUST_USE enum hvc_status hvc_html__end(FILE *out, struct hvc_diag *diag);
/** Text, with what HTML would take for markup escaped; fit for attributes in quotes, too. */
void hvc_html__text(FILE *out, const char *text);
/** <TAG>text</TAG>; tag may have attributes. */
void hvc_html__element(FILE *out, const char *tag, const char *text);
/** The same with words, which are freed. False: they could not be made. */
bool hvc_html__words(FILE *out, const char *tag, struct hvc_words *words);

#endif
