/* SPDX-License-Identifier: MIT */
/** What calls do, in pages: the classes of an exact map with their picture. */
#ifndef HVC_REPORT_HTML_ROWS_H
#define HVC_REPORT_HTML_ROWS_H

#include "report/html_picture.h"
#include "report/picture_rows.h"

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

#endif
