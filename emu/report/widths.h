/* SPDX-License-Identifier: MIT */
/** Reports of an ABI for 64 and for 32 bits. */
#ifndef HVC_REPORT_WIDTHS_H
#define HVC_REPORT_WIDTHS_H

#include "engine/widths.h"
#include "report/json.h"
#include "report/page.h"
#include "report/words.h"

/** "yes", "64 bits alone", "no: asked for otherwise; of 64 bits x4-x12 may change, too". */
void hvc_widths__agreement(const struct hvc_abi_operation *operation, struct hvc_words *out);

HVC_MUST_USE enum hvc_status hvc_widths__text(const struct hvc_page *page,
                                              const struct hvc_widths *widths,
                                              struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_width_history__text(const struct hvc_page *page,
                                                     const struct hvc_width_history *history,
                                                     struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status
hvc_width_history__json(FILE *out, const struct hvc_width_history *history, struct hvc_diag *diag);

#endif
