/* SPDX-License-Identifier: MIT */
/**
 * Calls that rules of two ABIs both govern: the intersections of their sets, exact over all
 * immediates and all register values, each with a witness. Calls are HVC from EL1.
 */
#ifndef HVCHECK_OVERLAP_H
#define HVCHECK_OVERLAP_H

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

/** Zero-initialise; free with hvc_overlaps_free. */
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
 * HVC_E_UNSUPPORTED when an ABI says nothing of HVC from EL1 in AArch64 state, or its rules are
 * too entangled;
 * HVC_E_NOMEM.
 */
HVC_MUST_USE HVC_API enum hvc_status
hvc_overlap_find(const struct hvc_abi *first, const struct hvc_abi *second,
                 hvc_overlap_filter *filter, struct hvc_diag *diag, struct hvc_overlaps *out);
HVC_API void hvc_overlaps_free(struct hvc_overlaps *overlaps);

/** Does the rule claim its calls as an operation: is that its role, and does it promise anything?
 */
HVC_API bool hvc_rule_claims(const struct hvc_rule *rule);
/**
 * Is a rule an operation, for what callers of an ABI are told? One that claims its calls; and one
 * that promises nothing, where its selector is of no other rule that claims calls: it is there, if
 * only by name, and not the rest of another one.
 */
HVC_API bool hvc_abi_offers(const struct hvc_abi *abi, const struct hvc_rule *rule);
/**
 * Is `new` what `old` was, by another name? Neither ABI knows the other's name, and the promise,
 * which is the same, tells what is done: it is more than a number in a register, which any
 * operation may return. What is not told apart so is another operation.
 */
HVC_API bool hvc_abi_renames(const struct hvc_abi *old_abi, const struct hvc_rule *old_rule,
                             const struct hvc_abi *new_abi, const struct hvc_rule *new_rule);
/** Do both rules promise the same value or choice for this result? */
HVC_API bool hvc_result_equal(const struct hvc_result *a, const struct hvc_result *b);

#endif
