/* SPDX-License-Identifier: MIT */
/**
 * Is every call governed by exactly one rule? Decided exactly, by search: a
 * rule is a conjunction of (variable & mask) in intervals, so whether some rules leave a call over
 * is a satisfiability question over a few small domains and 64-bit registers. A set of calls
 * is what some boxes have in common less what other boxes hold; a box is a rule's conditions.
 * Answers are found bit by bit, not by trying values. Pure: no text, no I/O.
 */
#ifndef HVC_ABI_COVER_H
#define HVC_ABI_COVER_H

#include "hvcheck/abi.h"

/** The variables of a call; their order is the order in which calls are "first". */
enum hvc_cover_var {
	HVC_COVER_WORLD,
	HVC_COVER_FROM,
	HVC_COVER_INSN,
	HVC_COVER_IMM,
	HVC_COVER_X0,
	HVC_COVER_VARS = HVC_COVER_X0 + HVC_GPR_COUNT,
};

/** One call, as the values of its variables. */
struct hvc_cover_point {
	uint64_t v[HVC_COVER_VARS];
};

/** (variable & mask) lies in the intervals, or in none of them. */
struct hvc_cover_literal {
	unsigned var;
	bool negated;
	uint64_t mask;
	const struct hvc_interval *interval;
	unsigned intervals;
};

/**
 * A rule as literals; those that hold for every call of the space are left out. It points into
 * itself and into the rule, so it must stay where it was made.
 */
struct hvc_cover_box {
	struct hvc_cover_literal *literal;
	unsigned literals;
	struct hvc_interval run[3][8]; /* of worlds, levels, instructions */
};

/** What the call searched for must meet. Zero-initialise. */
struct hvc_cover_search {
	bool asked[HVC_COVER_VARS]; /**< variables that first calls are made small in */
	struct hvc_cover_literal *held;
	unsigned helds;
	size_t room;
	uint64_t steps;
	bool complex, memory; /**< given up; memory ran out: answers are no answers then */
};

/** May the search go on? */
static inline bool hvc_cover__is_sane(const struct hvc_cover_search *search)
{
	return !search->complex && !search->memory;
}

/**
 * The box of a rule in a space whose worlds, levels and instructions are the bits all[0..2]; a
 * variable whose bits are 0 is left out. False: memory ran out.
 */
bool hvc_cover__make_box(const struct hvc_rule *rule, const unsigned all[3],
                         struct hvc_cover_box *out);
/** The box of a whole space. */
bool hvc_cover__make_whole(const unsigned all[3], struct hvc_cover_box *out);
void hvc_cover__free_box(struct hvc_cover_box *box);

/** Count the variables of a box among those asked for. */
void hvc_cover__ask(struct hvc_cover_search *search, const struct hvc_cover_box *box);

/*
 * Holding narrows the search. Restore `helds` to drop what was held since.
 */
bool hvc_cover__hold(struct hvc_cover_search *search, const struct hvc_cover_literal *literal,
                     bool negated);
/** Hold all of a box; false when that leaves nothing. */
bool hvc_cover__hold_box(struct hvc_cover_search *search, const struct hvc_cover_box *box);
/** The smallest value of a variable that meets what is held; false: there is none. */
bool hvc_cover__solve(struct hvc_cover_search *search, unsigned var, uint64_t *out);

/** Is there a call that meets what is held and lies in none of the boxes? */
bool hvc_cover__find_outside(struct hvc_cover_search *search,
                             const struct hvc_cover_box *const *minus, unsigned count,
                             struct hvc_cover_point *out);
/** The first such call: each variable in turn as small as those before it allow. */
bool hvc_cover__find_first_outside(struct hvc_cover_search *search,
                                   const struct hvc_cover_box *const *minus, unsigned count,
                                   struct hvc_cover_point *out);
void hvc_cover__free_search(struct hvc_cover_search *search);

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
