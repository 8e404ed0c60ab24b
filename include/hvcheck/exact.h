/* SPDX-License-Identifier: MIT */
/**
 * The exact map of a subject: for each caller (a level and an instruction), what it does for every
 * immediate and every value of every register, as classes. A class is a condition on the call and
 * on what is around it, and what calls do for which it holds. Conditions of one caller exclude each
 * other, and one of them always holds: each path of the code is followed, and a solver confirms it.
 * A call of each path, and every immediate, are also made in a machine, which has to agree.
 *
 * What the subject does not bring is an input with a name: sp_el2, [tpidr_el2 + 0x10], [x1 + 24].
 */
#ifndef HVCHECK_EXACT_H
#define HVCHECK_EXACT_H

#include "hvcheck/subject.h"
#include "hvcheck/world.h"

struct hvc_exact;
struct hvc_bvs;
struct hvc_solver;

struct hvc_exact_config {
	const struct hvc_subject *subject; /**< must outlive the map */
	const struct hvc_world *world;     /**< NULL: the default; what it sets is fixed */
	unsigned levels, insns;            /**< a bit each; 0: EL1t and EL1h, HVC */
	/** Where both are 0: whoever can get there, by HVC from EL1 and EL2 and by SMC from EL1. */
	bool everyone;
	bool into; /**< past the doors of handlers */
	/**
	 * All registers and all memory are as the machine has them, and memory that it lacks
	 * faults: what calls do in this very world, and no other.
	 */
	bool exact;
	uint64_t budget;       /**< instructions of a path; 0: HVC_BUDGET_DEFAULT */
	unsigned paths;        /**< most of one caller, up to HVC_EXACT_PATHS; 0: that many */
	bool unconfirmed;      /**< the machine is not asked */
	bool brief;            /**< it takes a call a path, and not every immediate */
	struct hvc_bvs *terms; /**< the library's own: terms of several maps in one room; NULL */
	struct hvc_solver *solver;
};

/** Most paths of a caller. */
#define HVC_EXACT_PATHS 4096u

/**
 * Make one. A part that could not be followed to its end says so and is a map nevertheless.
 * HVC_E_NOMEM, HVC_E_ENGINE (the solver or the machine failed, or they do not agree, which is a
 * fault of this library), those of hvc_machine_open.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_exact_make(const struct hvc_exact_config *config,
                                                    struct hvc_diag *diag, struct hvc_exact **out);
HVC_API void hvc_exact_free(struct hvc_exact *exact);
/** Is every class of every caller proved, and nothing left out? */
HVC_API bool hvc_exact_is_complete(const struct hvc_exact *exact);

#endif
