/* SPDX-License-Identifier: MIT */
/** What JSON documents of proofs share. */
#ifndef HVC_REPORT_JSON_PROOF_H
#define HVC_REPORT_JSON_PROOF_H

#include "report/json.h"

/** The member "callers": an array of `instruction`, `from`. */
void hvc_json__callers(struct hvc_json *json, uint64_t callers);
/** The member "gaps": an array of `callers`, `why`. */
void hvc_json__gaps(struct hvc_json *json, const struct hvc_gap *gap, unsigned gaps);
/** The member "witness"; the commands' members are called by these names, NULL: there is none. */
void hvc_json__shown(struct hvc_json *json, const struct hvc_witness *witness,
                     const char *const command[2]);

#endif
