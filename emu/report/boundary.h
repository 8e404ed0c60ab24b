/* SPDX-License-Identifier: MIT */
/** Boundaries between the behaviours of a map: the instructions that decide. */
#ifndef HVC_REPORT_BOUNDARY_H
#define HVC_REPORT_BOUNDARY_H

#include "hvcheck/study.h"
#include "report/json.h"

/** Nothing where there are none. */
HVC_MUST_USE enum hvc_status hvc_boundary__text(const struct hvc_page *page,
                                                const struct hvc_map *map, struct hvc_diag *diag);
/** Members "kinds", "boundaries" and "boundaries_unseen" of a map's document. */
HVC_MUST_USE bool hvc_boundary__json(struct hvc_json *json, const struct hvc_map *map);

#endif
