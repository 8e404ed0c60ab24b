/* SPDX-License-Identifier: MIT */
/** Reports of a history. */
#ifndef HVC_REPORT_HISTORY_H
#define HVC_REPORT_HISTORY_H

#include "engine/history.h"
#include "report/page.h"

HVC_MUST_USE enum hvc_status hvc_history__text(const struct hvc_page *page,
                                               const struct hvc_history *history,
                                               struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_history__json(FILE *out, const struct hvc_history *history,
                                               struct hvc_diag *diag);

#endif
