/* SPDX-License-Identifier: MIT */
/**
 * Two subjects: the calls that get something else of one than of the other, from every caller, or
 * the proof that there is none. Where ABIs are known, also in terms of operations (their rules'
 * names). Strings belong to the diff.
 */
#ifndef HVC_ENGINE_DIFF_H
#define HVC_ENGINE_DIFF_H

#include "engine/call.h"
#include "engine/exact.h"
#include "hvcheck/certificate.h"
#include "machine/witness.h"

/** Which side: the first subject named, or the second. */
enum hvc_side {
	HVC_SIDE_OLD,
	HVC_SIDE_NEW,
	HVC_SIDE_COUNT,
};

/** Calls of which each side has one behaviour, and these differ. */
struct hvc_change {
	uint64_t callers;
	char *when;   /**< "x0 = 2, imm != 0xea1" */
	char *unless; /**< "x30 = 0x16": but there both happen to do the same; NULL: nowhere */
	char *what;   /**< in which they differ: "x0, level" */
	char *does[HVC_SIDE_COUNT]; /**< "return, x0 := 0" */
	enum hvc_outcome_kind kind[HVC_SIDE_COUNT];
	enum hvc_level level[HVC_SIDE_COUNT];
	struct hvc_witness witness; /**< the simplest */
};

/** An operation: a rule name that either side's ABI has. A side without an ABI offers none. */
struct hvc_operation {
	char *name;
	char *change; /**< of what both offer, in what it does: "x0 := 2, was 0"; "": in nothing */
	bool otherwise; /**< it does something else, and not only uses up other registers */
	struct hvc_use {
		bool offered; /**< this side has it and a call reaches it */
		char *how;    /**< "hvc #1" or "x0 = 1": the conditions that select it */
		char *does;   /**< its effect */
		enum hvc_outcome_kind kind;
		struct hvc_witness witness; /**< of this side alone */
		struct hvc_regset changes;  /**< registers its calls changed, over all of them */
	} use[HVC_SIDE_COUNT];
};

/** What a caller of the old side's operation gets from the new side. */
struct hvc_migration {
	unsigned operation; /**< index; offered on the old side */
	char *does;         /**< what happens there */
	enum hvc_outcome_kind kind;
	char *rule_new;             /**< the new ABI's rule that it falls under; "" when unknown */
	bool same;                  /**< the same behaviour as before */
	bool silent;                /**< returns as if nothing was wrong, but did something else */
	struct hvc_witness witness; /**< of the new side */
};

#define HVC_DIFF_APARTS 8u

struct hvc_diff {
	char *name[HVC_SIDE_COUNT]; /**< of the subjects */
	struct hvc_world world[HVC_SIDE_COUNT];
	bool saved[HVC_SIDE_COUNT];                /**< the side is a saved map */
	const struct hvc_abi *abi[HVC_SIDE_COUNT]; /**< borrowed; NULL: none */
	uint64_t callers;                          /**< that were compared */
	unsigned rows[HVC_SIDE_COUNT];             /**< behaviours, over all callers */
	bool swept;                                /**< and they were seen of calls, not proved */
	uint64_t queries;                          /**< that the solver answered */
	bool equal;                                /**< proved: for every caller and every input */
	struct hvc_change *change;
	unsigned changes;
	struct hvc_gap *gap; /**< what could not be compared, and so may differ */
	unsigned gaps;
	struct hvc_operation *operation;
	unsigned operations;
	struct hvc_migration *migration; /**< by operation */
	unsigned migrations;
	/** Pointers of the caller's that are taken to lead to different memory, the first of them,
	 * and "EL2's own" where one is taken not to lead to that. */
	char *apart[HVC_DIFF_APARTS];
	struct hvc_regset touched[HVC_SIDE_COUNT]; /**< registers changed by any call of a side */
	/** borrowed; to be reported with it, NULL: none */
	const struct hvc_contract *contract[HVC_SIDE_COUNT];
};

struct hvc_diff_config {
	const struct hvc_subject *subject[HVC_SIDE_COUNT]; /**< NULL where there is a saved map */
	const struct hvc_exact *saved[HVC_SIDE_COUNT];     /**< read, as saved.h does; NULL: none */
	const struct hvc_abi *abi[HVC_SIDE_COUNT];         /**< each may be NULL */
	/** Of each; NULL: the default. They differ in the addresses of what both name alike. */
	const struct hvc_world *world[HVC_SIDE_COUNT];
	unsigned levels; /**< bits 1 << enum hvc_level; 0: those of a saved map, or else of both
	                    ABIs */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: the same */
	bool brief;      /**< a call of each path is made, and not every immediate taken */
	uint64_t budget;
	struct hvc_certificates *certificates; /**< of what is proved, to be added; NULL: none */
};

/**
 * Compare. Errors: those of hvc_machine_open; HVC_E_ARG (nothing to compare, or worlds that
 * differ); HVC_E_ENGINE, also where the machine does not show a difference that was proved, which
 * is hvcheck's own fault.
 */
HVC_MUST_USE enum hvc_status hvc_diff__run(const struct hvc_diff_config *config,
                                           struct hvc_diag *diag, struct hvc_diff **out);
void hvc_diff__free(struct hvc_diff *diff);

#endif
