/* SPDX-License-Identifier: MIT */
/**
 * Safety of the unknown: what a subject does, from callers below EL2, on calls that its ABI
 * leaves unallocated: those of its default rule and of rules named `unknown` or `unknown_...`. They
 * should change nothing of EL2's, nothing in memory, and take control nowhere but back: proved for
 * every input, or shown by a call. ABIs that keep to the SMC calling convention are held to what
 * it says of upper halves as well, of all calls that they promise something of. Of calls that a
 * rule leaves `unspecified` the same is told, but found fault with by nobody. Strings belong to the
 * account.
 */
#ifndef HVC_ENGINE_SAFETY_H
#define HVC_ENGINE_SAFETY_H

#include "hvcheck/abi.h"
#include "hvcheck/subject.h"
#include "machine/witness.h"

/** What such a call did; several at once are possible. */
enum hvc_hazard_kind {
	HVC_HAZARD_CONTROL, /**< EL2 went to an address that the caller chose, or to the caller */
	HVC_HAZARD_VECTORS, /**< VBAR_EL2 changed */
	HVC_HAZARD_STATE,   /**< another register of EL2 changed */
	HVC_HAZARD_MEMORY,  /**< memory was written that is not EL2's own */
	HVC_HAZARD_IMAGE,   /**< the subject itself, its code or data, was written */
	HVC_HAZARD_FAULT,   /**< an exception inside EL2, or a read where the caller says */
	HVC_HAZARD_WIDTH,   /**< bits 63:32 of an SMC32 or HVC32 call make a difference: any rule */
	HVC_HAZARD_STUCK,   /**< it never came back: no finding by itself */
	HVC_HAZARD_COUNT,
};

/** "control", "vectors", "state", "memory", "image", "fault", "width", "stuck". */
const char *hvc_hazard__name(enum hvc_hazard_kind kind);

/** Calls of one rule that do the same. */
struct hvc_hazard {
	unsigned kinds; /**< bits 1 << enum hvc_hazard_kind */
	unsigned rule;
	bool reads;       /**< by a pointer of the caller's, which may lead nowhere */
	bool unspecified; /**< the ABI leaves these calls open: no finding */
	unsigned world;   /**< of the ABI */
	uint64_t callers; /**< HVC_CALLER_BIT */
	char *when;       /**< "x0 = 7": all of them */
	char *does;       /**< "return, vbar_el2 := x1" */
	enum hvc_outcome_kind outcome;
	struct hvc_witness witness; /**< the simplest, of side 0 */
};

struct hvc_safety {
	char *subject;
	const struct hvc_abi *abi; /**< borrowed */
	struct hvc_hazard *hazard; /**< findings first, then in order of rule, as met */
	unsigned hazards;
	unsigned findings;   /**< hazards that are findings */
	uint64_t callers;    /**< that were looked at, HVC_CALLER_BIT */
	unsigned behaviours; /**< of unallocated calls by the ABI, over all callers and worlds */
	unsigned safe;       /**< of these */
	unsigned open;       /**< behaviours of calls that it leaves unspecified */
	bool swept;          /**< A32 and T32 code: of calls that were made, and no proof */
	struct hvc_gap *gap; /**< what could not be followed, and may do anything */
	unsigned gaps;
};

struct hvc_safety_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *over; /**< laid over each world of the ABI; NULL: nothing */
	unsigned levels; /**< bits 1 << enum hvc_level; 0: all below EL2 that the ABI speaks of */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: all that the ABI speaks of */
	bool brief;      /**< a call of each path is made, and not every immediate taken */
	uint64_t budget;
};

/**
 * Look. Errors: those of hvc_exact__make; HVC_E_ARG when the ABI has no caller below EL2;
 * HVC_E_ENGINE, also where the machine does something else than was proved.
 */
HVC_MUST_USE enum hvc_status hvc_safety__look(const struct hvc_safety_config *config,
                                              struct hvc_diag *diag, struct hvc_safety **out);
void hvc_safety__free(struct hvc_safety *safety);

/* The parts of safety. Internal to the files of safety. */

/* safety_width.c */
/**
 * Add a hazard for each rule of whose calls the upper halves of words matter, in one world of the
 * ABI, as it is with what is laid over it, and of these callers.
 */
HVC_MUST_USE enum hvc_status hvc_safety__width(const struct hvc_safety_config *config,
                                               unsigned index, const struct hvc_world *world,
                                               unsigned levels, unsigned insns,
                                               struct hvc_diag *diag, struct hvc_safety *safety);

#endif
