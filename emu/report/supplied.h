/* SPDX-License-Identifier: MIT */
/** What a run had to make up, told wherever its results are. Nothing is told of nothing. */
#ifndef HVC_REPORT_SUPPLIED_H
#define HVC_REPORT_SUPPLIED_H

#include "report/json.h"
#include "report/table.h"

/**
 * A section of a text report. whose: the subject it is about, where there are two; NULL: none.
 * subject: for names of addresses; NULL: there are none.
 */
HVC_MUST_USE enum hvc_status hvc_supplied__text(const struct hvc_page *page, const char *whose,
                                                const struct hvc_world *world,
                                                const struct hvc_subject *subject,
                                                const struct hvc_supplied *supplied,
                                                struct hvc_diag *diag);
/** An array; absent where nothing was made up. */
void hvc_supplied__json(struct hvc_json *json, const char *key, const struct hvc_world *world,
                        const struct hvc_supplied *supplied);

/** The boundaries where runs may have ended, and their names; nothing where there are none. */
HVC_MUST_USE enum hvc_status hvc_stops__text(const struct hvc_page *page,
                                             const struct hvc_world *world, struct hvc_diag *diag);
void hvc_stops__json(struct hvc_json *json, const struct hvc_world *world);

#endif
