/* SPDX-License-Identifier: MIT */
/**
 * Calls that rules of two ABIs both govern: the intersections of their sets, exact over all
 * immediates and all register values, each with a witness. Calls are HVC from EL1: in AArch64
 * state where both ABIs have such callers, else in AArch32 state.
 */
#ifndef HVC_ABI_OVERLAP_H
#define HVC_ABI_OVERLAP_H

#include "abi/abi.h"
#include "abi/cover.h"
#include "hvcheck/abi.h"

/** The calls that one rule of the first ABI and one of the second share. */
struct hvc_overlap {
	unsigned rule[2];               /**< indices of the rules */
	const struct hvc_interval *imm; /**< immediates: sorted, disjoint; at least one */
	unsigned imms;
	const struct hvc_condition *condition; /**< all must hold; by register */
	unsigned conditions;
	bool partly;             /**< other rules, of higher priority, take some of these calls */
	unsigned world[2];       /**< the worlds that the witness is made in */
	struct hvc_call witness; /**< as hvc_call_init fills it, but for what decides */
};

struct hvc_arena_block;

/** Zero-initialise; free with hvc_overlaps__free. */
struct hvc_overlaps {
	struct hvc_overlap *overlap; /**< by rule of the first ABI, then of the second */
	unsigned count;
	struct hvc_arena_block *memory; /**< what they point to */
};

/** Which rules take part; NULL: all. */
typedef bool hvc_overlap_filter(const struct hvc_rule *rule);

/**
 * Find all overlaps of rules that the filter lets through. Worlds are set against those of
 * the same name; where the two ABIs share no name, all against all. Errors:
 * HVC_E_UNSUPPORTED when no caller at EL1 is of both ABIs, or their rules are too entangled;
 * HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_overlap__find(const struct hvc_abi *first,
                                               const struct hvc_abi *second,
                                               hvc_overlap_filter *filter, struct hvc_diag *diag,
                                               struct hvc_overlaps *out);
void hvc_overlaps__free(struct hvc_overlaps *overlaps);

/** Does the rule claim its calls as an operation: is that its role, and does it promise anything?
 */
bool hvc_rule__claims(const struct hvc_rule *rule);
/**
 * Is a rule an operation, for what callers of an ABI are told? One that claims its calls; and one
 * that promises nothing, where its selector is of no other rule that claims calls: it is there, if
 * only by name, and not the rest of another one.
 */
bool hvc_abi__offers(const struct hvc_abi *abi, const struct hvc_rule *rule);
/**
 * Is `new` what `old` was, by another name? Neither ABI knows the other's name, and the promise,
 * which is the same, tells what is done: it is more than a number in a register, which any
 * operation may return. What is not told apart so is another operation.
 */
bool hvc_abi__renames(const struct hvc_abi *old_abi, const struct hvc_rule *old_rule,
                      const struct hvc_abi *new_abi, const struct hvc_rule *new_rule);
/** Do both rules promise the same value or choice for this result? */
bool hvc_result__equal(const struct hvc_result *a, const struct hvc_result *b);

/* The search for overlaps, shared by what finds them and what says which calls they are. */

/** One ABI, its rules as boxes of immediates and registers. */
struct hvc_overlap_side {
	const struct hvc_abi *abi;
	struct hvc_cover_box *box;
};

/** The search for all overlaps. */
struct hvc_overlap_work {
	struct hvc_overlap_side side[2];
	hvc_overlap_filter *filter;
	struct hvc_cover_search search;
	const struct hvc_cover_box **minus; /* rules that take calls of the pair at hand */
	unsigned minuses;
	enum hvc_level level;
	unsigned world[2];
	struct hvc_arena arena;
	struct hvc_overlap *overlap;
	unsigned count;
	size_t room;
	unsigned *index; /* of the overlap of a pair of rules, plus 1; 0: none */
	bool *lost; /* other rules take all calls of a pair, in some world or from some caller */
};

/*
 * Of the pair of rules that w->search holds, less w->minus. False: memory ran out.
 */
/** The immediates for which some call stays with the pair. */
bool hvc_overlap__find_imms(struct hvc_overlap_work *work, const struct hvc_rule *const rule[2],
                            struct hvc_overlap *out);
/** What both rules ask of the registers, in as few conditions as it takes. */
bool hvc_overlap__find_conditions(struct hvc_overlap_work *work,
                                  const struct hvc_rule *const rule[2], struct hvc_overlap *out);
/** Do rules of higher priority take calls with the immediates that were found? */
bool hvc_overlap__is_partly(struct hvc_overlap_work *work, const struct hvc_overlap *overlap);

#endif
