/* SPDX-License-Identifier: MIT */
/** Who is known to make calls as a site does: the registry's rows that fit it. */
#ifndef HVC_REPORT_OWNER_H
#define HVC_REPORT_OWNER_H

#include "report/words.h"

/** Rows that fit one site, those that say most first. */
struct hvc_owners {
	const struct hvc_known *row[64];
	unsigned rows;
	bool by_function; /**< they claim the identifier in x0, not only the immediate */
	uint32_t fid;
};

void hvc_owner__find(const struct hvc_registry *registry, const struct hvc_site *site,
                     struct hvc_owners *out);
/** "Arm: PV_TIME_ST; KVM; 2 more", each owner once; "-" for none. */
void hvc_owner__say(const struct hvc_owners *owners, struct hvc_words *words);

#endif
