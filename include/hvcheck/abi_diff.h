/* SPDX-License-Identifier: MIT */
/**
 * Two ABIs compared as written: by operation (rule name), and by what a caller of the old one
 * meets at the new one. Exact over all immediates and register values; calls are HVC from EL1.
 */
#ifndef HVCHECK_ABI_DIFF_H
#define HVCHECK_ABI_DIFF_H

#include "hvcheck/diff.h"
#include "hvcheck/overlap.h"

/** How one ABI offers an operation. */
struct hvc_abi_use {
	const struct hvc_rule *rule; /**< NULL: it does not */
	char *how;                   /**< "hvc #1" or "x0 = 1": the conditions that select it */
	struct hvc_regset arguments; /**< registers of x0..x30 that its promise is made from */
	unsigned world;              /**< of the witness */
	struct hvc_call witness;     /**< a call that the rule governs */
	uint64_t instructions;       /**< that EL2 runs for it; 0: not known */
};

/** An operation: a rule name that either ABI has for HVC from EL1, and promises something by. */
struct hvc_abi_operation {
	const char *name;
	bool unknown; /**< not an operation but the answer to calls that are none */
	struct hvc_abi_use use[HVC_SIDE_COUNT];
	bool moved;                 /**< both have it, for calls that are not the same */
	bool changed;               /**< both have it, and promise something else */
	struct hvc_regset clobbers; /**< registers that only the new one may change */
};

/** What a call of the old ABI is in the new one, the dangerous ones first. */
enum hvc_abi_meeting_kind {
	HVC_ABI_MEETING_SILENT,     /**< another operation, or not told that it is none */
	HVC_ABI_MEETING_CHANGED,    /**< the same operation, which promises something else */
	HVC_ABI_MEETING_NO_PROMISE, /**< nothing is promised any more */
	HVC_ABI_MEETING_REFUSED,    /**< unknown, and the caller is told or stopped */
	HVC_ABI_MEETING_RENAMED,    /**< the same promise by another name */
	HVC_ABI_MEETING_SAME,
	HVC_ABI_MEETING_COUNT,
};

/** "silent", "changed", "no promise", "refused", "renamed", "same". */
HVC_API const char *hvc_abi_meeting_name(enum hvc_abi_meeting_kind kind);

/** Calls that one rule of each ABI governs. */
struct hvc_abi_meeting {
	enum hvc_abi_meeting_kind kind;
	const struct hvc_rule *rule[HVC_SIDE_COUNT];
	const struct hvc_overlap *overlap;
};

struct hvc_abi_diff {
	const struct hvc_abi *abi[HVC_SIDE_COUNT]; /**< borrowed */
	struct hvc_abi_operation *operation;       /**< in file order, the old ABI's first */
	unsigned operations;
	/** By kind, then as the rules stand: the calls that the old ABI claims, and unknown ones
	 * whose answer changes. */
	struct hvc_abi_meeting *meeting;
	unsigned meetings;
	struct hvc_overlaps overlaps; /**< of all rules */
	bool equal;                   /**< every call has the same promise, by the same name */
};

struct hvc_abi_diff_config {
	const struct hvc_abi *abi[HVC_SIDE_COUNT];
	/** What implements them, for counting instructions; each may be NULL. */
	const struct hvc_subject *subject[HVC_SIDE_COUNT];
};

/** The ABIs must outlive the result. Errors: those of hvc_overlap_find and hvc_machine_open. */
HVC_MUST_USE HVC_API enum hvc_status hvc_abi_diff_run(const struct hvc_abi_diff_config *config,
                                                      struct hvc_diag *diag,
                                                      struct hvc_abi_diff **out);
HVC_API void hvc_abi_diff_free(struct hvc_abi_diff *diff);

#endif
