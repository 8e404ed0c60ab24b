/* SPDX-License-Identifier: MIT */
/**
 * Two ABIs compared as written: by operation (rule name), and by what a caller of the old one
 * meets at the new one. Exact over all immediates and register values; calls are HVC from EL1.
 */
#ifndef HVC_ENGINE_ABI_DIFF_H
#define HVC_ENGINE_ABI_DIFF_H

#include "abi/overlap.h"
#include "engine/diff.h"
#include "engine/differ.h"

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
	bool unknown; /**< not an operation but the answer to unallocated calls */
	struct hvc_abi_use use[HVC_SIDE_COUNT];
	bool moved;                 /**< both have it, for calls that are not the same */
	bool changed;               /**< both have it, and promise something else */
	struct hvc_regset clobbers; /**< registers that only the new one may change */
};

/** What a call of the old ABI is in the new one, the dangerous ones first. */
enum hvc_abi_migration_kind {
	HVC_ABI_MIGRATION_SILENT,     /**< another operation, or not told that it is none */
	HVC_ABI_MIGRATION_CHANGED,    /**< the same operation, which promises something else */
	HVC_ABI_MIGRATION_NO_PROMISE, /**< nothing is promised any more */
	HVC_ABI_MIGRATION_REFUSED,    /**< unknown, and the caller is told or stopped */
	HVC_ABI_MIGRATION_RENAMED,    /**< the same promise by another name */
	HVC_ABI_MIGRATION_SAME,
	HVC_ABI_MIGRATION_COUNT,
};

/** "silent", "changed", "no promise", "refused", "renamed", "same". */
const char *hvc_abi_migration__name(enum hvc_abi_migration_kind kind);

/** Calls that one rule of each ABI governs. */
struct hvc_abi_migration {
	enum hvc_abi_migration_kind kind;
	const struct hvc_rule *rule[HVC_SIDE_COUNT];
	const struct hvc_overlap *overlap;
};

struct hvc_abi_diff {
	const struct hvc_abi *abi[HVC_SIDE_COUNT]; /**< borrowed */
	struct hvc_abi_operation *operation;       /**< in file order, the old ABI's first */
	unsigned operations;
	/** By kind, then as the rules stand: the calls that the old ABI claims, and unknown ones
	 * whose answer changes. */
	struct hvc_abi_migration *migration;
	unsigned migrations;
	struct hvc_overlaps overlaps; /**< of all rules */
	bool equal;                   /**< every call has the same promise, by the same name */
	bool widths;                  /**< as in the configuration */
};

struct hvc_abi_diff_config {
	const struct hvc_abi *abi[HVC_SIDE_COUNT];
	/** What implements them, for counting instructions; each may be NULL. */
	const struct hvc_subject *subject[HVC_SIDE_COUNT];
	/** One ABI is of 64 bits, both read at 32 (hvc_half__read_at_32): do they agree? What a
	 * call may clobber is told, and no difference. */
	bool widths;
};

/** The ABIs must outlive the result. Errors: those of hvc_overlap__find and hvc_machine_open. */
HVC_MUST_USE enum hvc_status hvc_abi_diff__run(const struct hvc_abi_diff_config *config,
                                               struct hvc_diag *diag, struct hvc_abi_diff **out);
void hvc_abi_diff__free(struct hvc_abi_diff *diff);

/** Do both ABIs have the operation, asked for and answered alike? */
bool hvc_abi_operation__agrees(const struct hvc_abi_operation *operation);

/* The parts of a comparison of ABIs. Internal. */

/* abi_migration.c: what promises mean to each other */

/* Do both rules promise the same for the calls of an overlap? Clobbers are apart. */
bool hvc_abi_diff__promise_equal(const struct hvc_abi_diff *diff,
                                 const struct hvc_overlap *overlap);
/* Fill migration and equal of a diff whose overlaps are found. False: out of memory. */
bool hvc_abi_diff__meet(struct hvc_abi_diff *diff);

/* abi_operation.c: operations side by side */
enum hvc_status hvc_abi_diff__operations(const struct hvc_abi_diff_config *config,
                                         struct hvc_abi_diff *diff, struct hvc_diag *diag);

/* operation.c: the part of a diff that speaks of operations */

/* How a rule's calls are made, malloc'ed: "hvc #1", "x0 = 1", "anything else". NULL: no memory. */
char *hvc_operation__how(const struct hvc_rule *rule);
/* operation_note.c: fill in what became of what an operation does. False: out of memory. */
bool hvc_operation__note(struct hvc_differ *d, unsigned operation);

#endif
