/* SPDX-License-Identifier: MIT */
/** What proofs say of callers and calls. Strings belong to what holds them. */
#ifndef HVC_MACHINE_WITNESS_H
#define HVC_MACHINE_WITNESS_H

#include "hvcheck/outcome.h"
#include "hvcheck/world.h"

/** A set of callers, a bit for each instruction and level. */
#define HVC_CALLER_BIT(insn, level)                       \
	(HVC_CALLER_INDEX(insn, level) == HVC_CALLER_NONE \
	         ? UINT64_C(0)                            \
	         : UINT64_C(1) << (HVC_CALLER_INDEX(insn, level) & 63u))

/** A call that shows what was proved, and what it needs around the subject, or each of two. */
struct hvc_witness {
	struct hvc_call call;
	struct hvc_world *world[2]; /**< NULL: it is not made of this subject */
	char *command[2];           /**< that makes it; NULL likewise */
	bool made;                  /**< it was, in the machine, and showed what is said */
	char *why;                  /**< not made: why not */
};

/** What could not be proved. */
struct hvc_gap {
	uint64_t callers;
	char *text;
};

#endif
