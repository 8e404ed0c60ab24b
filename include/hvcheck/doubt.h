/* SPDX-License-Identifier: MIT */
/**
 * Does an answer rest on what nobody knows? Calls that ended in a fault on an address that only
 * boot would have made good, and memory that was read and nobody set.
 */
#ifndef HVCHECK_DOUBT_H
#define HVCHECK_DOUBT_H

#include "hvcheck/outcome.h"
#include "hvcheck/supplied.h"

#define HVC_DOUBT_TEXT 200

struct hvc_doubt {
	uint64_t calls;
	uint64_t faults;          /**< of them, calls that ended in a fault of the assumed world */
	unsigned assumptions;     /**< hvc_supplied__assumptions */
	char why[HVC_DOUBT_TEXT]; /**< one of these faults, and what would help; or "" */
};

/** Does nothing of it hold in a machine that has booted: has no call ended otherwise? */
static inline bool hvc_doubt_is_vacuous(const struct hvc_doubt *doubt)
{
	return doubt->calls && doubt->faults == doubt->calls;
}

#endif
