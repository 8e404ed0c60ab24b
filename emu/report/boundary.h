/* SPDX-License-Identifier: MIT */
/** Boundaries between the behaviours of a map: the instructions that decide. */
#ifndef HVC_REPORT_BOUNDARY_H
#define HVC_REPORT_BOUNDARY_H

#include "hvcheck/study.h"
#include "report/json.h"
#include "report/words.h"

/** "hvc #0xea0 | #0xea1", "x0 = 0x1 | 0x2, hvc #0x0". */
void hvc_boundary__calls(struct hvc_words *words, const struct hvc_map *map,
                         const struct hvc_boundary *boundary);
/** The instruction that decides, and what it compares. */
void hvc_boundary__decision(struct hvc_words *words, const struct hvc_boundary *boundary);
/** Nothing where there are none. */
HVC_MUST_USE enum hvc_status hvc_boundary__text(const struct hvc_page *page,
                                                const struct hvc_map *map, struct hvc_diag *diag);
/** Members "kinds", "boundaries" and "boundaries_unseen" of a map's document. */
HVC_MUST_USE bool hvc_boundary__json(struct hvc_json *json, const struct hvc_map *map);

#endif
