/* SPDX-License-Identifier: MIT */
/**
 * Safety of the unknown: what a subject does, from callers below EL2, on the calls that are none
 * by its ABI: those of its default rule and of rules named `unknown` or `unknown_...`. They
 * should change nothing of EL2's, nothing in memory, and take control nowhere but back. Of calls
 * that a rule leaves `unspecified` the same is told, but found fault with by nobody.
 */
#ifndef HVCHECK_SAFETY_H
#define HVCHECK_SAFETY_H

#include "hvcheck/map.h"

/** What such a call did; several at once are possible. */
enum hvc_hazard_kind {
	HVC_HAZARD_CONTROL, /**< EL2 went to an address that the caller chose */
	HVC_HAZARD_VECTORS, /**< VBAR_EL2 changed */
	HVC_HAZARD_STATE,   /**< another register of EL2 changed */
	HVC_HAZARD_MEMORY,  /**< memory was written that is not EL2's own */
	HVC_HAZARD_IMAGE,   /**< the subject itself, its code or data, was written */
	HVC_HAZARD_FAULT,   /**< an exception inside EL2 */
	HVC_HAZARD_STUCK,   /**< it never came back: no finding by itself */
	HVC_HAZARD_COUNT,
};

/** "control", "vectors", "state", "memory", "image", "fault", "stuck". */
HVC_API const char *hvc_hazard_name(enum hvc_hazard_kind kind);

/** Calls of one rule that do the same. */
struct hvc_hazard {
	unsigned kinds; /**< bits 1 << enum hvc_hazard_kind */
	unsigned rule;
	bool unspecified;       /**< the ABI leaves these calls open: no finding */
	unsigned world;         /**< of the ABI, of the witness */
	struct hvc_class does;  /**< pointers borrowed from the maps */
	struct hvc_probe probe; /**< the witness: the first call met */
	uint16_t imm;
	uint64_t calls;
};

struct hvc_safety {
	char *subject;
	const struct hvc_abi *abi; /**< borrowed */
	struct hvc_map **map;      /**< one a world of the ABI */
	unsigned maps;
	struct hvc_hazard *hazard; /**< findings first, then in order of rule, as met */
	unsigned hazards;
	unsigned findings;   /**< hazards that are findings */
	uint64_t calls;      /**< from below EL2 that are none by the ABI */
	uint64_t open;       /**< from below EL2 that it leaves unspecified */
	uint64_t safe;       /**< of these */
	uint64_t immediates; /**< different ones in `calls` */
	bool image_compared; /**< false: the image is too large to be compared after calls */
};

struct hvc_safety_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *over; /**< laid over each world of the ABI; NULL: nothing */
	unsigned randoms;
	bool brief;
	unsigned levels; /**< bits 1 << enum hvc_level; 0: all below EL2 that the ABI speaks of */
	unsigned insns;  /**< bits 1 << enum hvc_insn; 0: all that the ABI speaks of */
	unsigned jobs;
	uint64_t budget;
	hvc_progress_fn progress;
	void *progress_ctx;
};

/** Look. Errors: those of hvc_map_make; HVC_E_ARG when the ABI has no caller below EL2. */
HVC_MUST_USE HVC_API enum hvc_status hvc_safety_look(const struct hvc_safety_config *config,
                                                     struct hvc_diag *diag,
                                                     struct hvc_safety **out);
HVC_API void hvc_safety_free(struct hvc_safety *safety);

#endif
