/* SPDX-License-Identifier: MIT */
/**
 * Is every call governed by exactly one rule? Decided exactly, by search (cover_search.h): a
 * rule is a conjunction of (variable & mask) in intervals, so whether some rules leave a call over
 * is a satisfiability question over a few small domains and 64-bit registers.
 */
#ifndef HVC_ABI_COVER_H
#define HVC_ABI_COVER_H

#include "abi/cover_search.h"

/** The calls an ABI speaks of, and its rules. */
struct hvc_cover_space {
	unsigned worlds; /**< number of worlds */
	unsigned levels; /**< bits */
	unsigned insns;  /**< bits */
	const struct hvc_rule *rule;
	unsigned rules;
	unsigned traps; /**< worlds of traps, as bits */
};

enum hvc_cover_kind {
	HVC_COVER_TOTAL,   /**< all is well */
	HVC_COVER_GAP,     /**< point is a call that no rule governs */
	HVC_COVER_OVERLAP, /**< point falls under rules a and b, a < b, with equal right */
	HVC_COVER_EMPTY,   /**< no call meets the conditions of rule a */
	HVC_COVER_HIDDEN,  /**< every call that rule a matches goes to rules of higher priority */
	HVC_COVER_COMPLEX, /**< the search was given up at rule a */
	HVC_COVER_MEMORY,  /**< memory ran out */
};

struct hvc_cover_finding {
	enum hvc_cover_kind kind;
	unsigned a, b;
	struct hvc_cover_point point; /**< the first such call, variables nobody asks for are 0 */
};

/** The first thing that is wrong: rules in file order, gaps last. */
void hvc_cover__check(const struct hvc_cover_space *space, struct hvc_cover_finding *out);

#endif
