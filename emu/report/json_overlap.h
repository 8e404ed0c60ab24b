/* SPDX-License-Identifier: MIT */
/** Calls that two ABIs share, in JSON. */
#ifndef HVC_REPORT_JSON_OVERLAP_H
#define HVC_REPORT_JSON_OVERLAP_H

#include "abi/overlap.h"
#include "report/json.h"

/** Members "immediates", "conditions", "partly" and "witness" of an open object. */
void hvc_json__overlap(struct hvc_json *json, const struct hvc_abi *const abi[2],
                       const struct hvc_overlap *overlap);
/** Member "conditions": array of register, mask and values. */
void hvc_json__conditions(struct hvc_json *json, const struct hvc_condition *condition,
                          unsigned conditions);

#endif
