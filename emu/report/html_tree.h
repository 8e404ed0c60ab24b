/* SPDX-License-Identifier: MIT */
/** The dispatch tree in a page. */
#ifndef HVC_REPORT_HTML_TREE_H
#define HVC_REPORT_HTML_TREE_H

#include "report/html.h"
#include "report/tree.h"

/**
 * The section: each leaf with a call that meets it and the instructions of that call, and the rule
 * of an ABI that governs it; abi: NULL: none. Errors: HVC_E_NOMEM, those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_html_tree__put(FILE *out, const struct hvc_exact *exact,
                                                const struct hvc_abi *abi, struct hvc_diag *diag);
/** What lights up the way of a call that is typed in. Without it the section says the same. */
void hvc_html_tree__script(FILE *out);

#endif
