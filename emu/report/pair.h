/* SPDX-License-Identifier: MIT */
/** One call made on two subjects: their traces side by side, and where they part. */
#ifndef HVC_REPORT_PAIR_H
#define HVC_REPORT_PAIR_H

#include "report/page.h"

/** The call on each side, both with a trace. */
struct hvc_pair {
	const struct hvc_call_report *side[HVC_SIDE_COUNT];
	bool alike; /**< both end alike, and leave the same behind */
};

/** Say whether both sides do the same. */
void hvc_pair__judge(struct hvc_pair *pair);
HVC_MUST_USE enum hvc_status hvc_pair__text(const struct hvc_page *page,
                                            const struct hvc_pair *pair, struct hvc_diag *diag);
HVC_MUST_USE enum hvc_status hvc_pair__json(FILE *out, const struct hvc_pair *pair,
                                            struct hvc_diag *diag);

#endif
