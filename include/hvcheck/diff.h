/* SPDX-License-Identifier: MIT */
/**
 * Two subjects, call by call: the same registers and immediates given to both, and where they
 * part. Where ABIs are known, also in terms of operations (their rules' names).
 */
#ifndef HVCHECK_DIFF_H
#define HVCHECK_DIFF_H

#include "hvcheck/map.h"

/** Which side: the first subject named, or the second. */
enum hvc_side {
	HVC_SIDE_OLD,
	HVC_SIDE_NEW,
	HVC_SIDE_COUNT,
};

/** Calls that are in one class on each side, and the classes differ. */
struct hvc_change {
	unsigned class_[HVC_SIDE_COUNT];
	struct hvc_region where; /**< where.class_ is unused; probe and imm[0].lo are the witness */
};

/**
 * An operation: a rule name that either side's ABI has. A side without an ABI offers none.
 * Strings belong to the diff.
 */
struct hvc_operation {
	char *name;
	struct hvc_use {
		bool offered; /**< this side has it and a probed call reaches it */
		char *how;    /**< "hvc #1" or "x0 = 1": the conditions that select it */
		char *does;   /**< its effect, as hvc_class_print says it */
		unsigned class_;
		uint32_t probe; /**< witness */
		uint16_t imm;
		bool one_imm;              /**< no other immediate selects it */
		struct hvc_regset changes; /**< registers its calls changed, over all of them */
	} use[HVC_SIDE_COUNT];
};

/** What a caller of the old side's operation gets from the new side. */
struct hvc_meeting {
	unsigned operation; /**< index; offered on the old side */
	unsigned class_new; /**< what happens there instead */
	char *rule_new;     /**< the new ABI's rule that it falls under; "" when unknown */
	bool same;          /**< the same behaviour as before */
	bool silent;        /**< returns as if nothing was wrong, but did something else */
	uint64_t calls;
	uint32_t probe; /**< witness */
	uint16_t imm;
	uint64_t value; /**< of the selector register in the witness, for telling them apart */
};

struct hvc_diff {
	struct hvc_map *map[HVC_SIDE_COUNT]; /**< with the same probes */
	bool saved[HVC_SIDE_COUNT];          /**< the map is borrowed from the configuration */
	const struct hvc_abi *abi[HVC_SIDE_COUNT]; /**< borrowed; NULL: none */
	struct hvc_change *change;                 /**< most calls first */
	unsigned changes;
	struct hvc_operation *operation;
	unsigned operations;
	struct hvc_meeting *meeting; /**< by operation */
	unsigned meetings;
	struct hvc_regset touched[HVC_SIDE_COUNT]; /**< registers changed by any call of a side */
	struct hvc_constant
	        *untried; /**< the code compares with these, the saved map has no call */
	size_t untrieds;  /**< one side is saved: what the other's calls leave open */
	uint64_t calls;   /**< compared */
	uint64_t failed;  /**< not compared: the engine died of them on one side or both */
	uint64_t differing;
	uint32_t immediates_differing;
	/** borrowed; to be reported with it, NULL: none */
	const struct hvc_contract *contract[HVC_SIDE_COUNT];
};

struct hvc_diff_config {
	const struct hvc_subject *subject[HVC_SIDE_COUNT]; /**< NULL where there is a saved map */
	/**
	 * Saved maps; NULL: none. The other side is asked the same calls, in a world that must be
	 * the saved one's (HVC_E_ARG else). Borrowed until the diff is freed.
	 */
	struct hvc_map *saved[HVC_SIDE_COUNT];
	const struct hvc_abi *abi[HVC_SIDE_COUNT]; /**< each may be NULL */
	/** Of each; NULL: the default. They differ in the addresses of what both name alike. */
	const struct hvc_world *world[HVC_SIDE_COUNT];
	unsigned randoms; /**< seeded random values a selector */
	bool brief;       /**< only the values that code or rules name */
	unsigned jobs;
	uint64_t budget;
	hvc_progress_fn progress;
	void *progress_ctx;
};

HVC_MUST_USE HVC_API enum hvc_status hvc_diff_run(const struct hvc_diff_config *config,
                                                  struct hvc_diag *diag, struct hvc_diff **out);
HVC_API void hvc_diff_free(struct hvc_diff *diff);

#endif
