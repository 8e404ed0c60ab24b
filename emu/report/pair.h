/* SPDX-License-Identifier: MIT */
/** One call made on two subjects: their traces side by side, and where they part. */
#ifndef HVC_REPORT_PAIR_H
#define HVC_REPORT_PAIR_H

#include "report/page.h"

/** One side's call, and what its report borrows. */
struct hvc_pair_side {
	struct hvc_state entry;
	struct hvc_outcome outcome;
	struct hvc_trace trace;
	struct hvc_machine *machine;
	struct hvc_call_report report;
};

/** The call on each side. Zero-initialise. */
struct hvc_pair {
	struct hvc_pair_side side[HVC_SIDE_COUNT];
	bool alike; /**< both end alike, and leave the same behind */
};

/**
 * Make a side's call, with a trace; all that is passed is borrowed. After both: do they do the
 * same? Free with hvc_pair__free, after a failure as well.
 */
HVC_MUST_USE enum hvc_status hvc_pair__run(struct hvc_pair *pair, enum hvc_side side,
                                           const struct hvc_subject *subject,
                                           const struct hvc_world *world,
                                           const struct hvc_call *call, uint64_t budget,
                                           struct hvc_diag *diag);
void hvc_pair__free(struct hvc_pair *pair);
hvc_document_body hvc_pair__text;
hvc_json_body hvc_pair__json;

#endif
