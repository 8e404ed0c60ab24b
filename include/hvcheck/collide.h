/* SPDX-License-Identifier: MIT */
/**
 * Collisions: calls that more than one ABI claims (hvc_rule_claims), decided over all immediates
 * and all register values, not by trying calls. Calls are HVC from EL1.
 */
#ifndef HVCHECK_COLLIDE_H
#define HVCHECK_COLLIDE_H

#include "hvcheck/overlap.h"

/** Two ABIs, and the calls that both claim. */
struct hvc_collide_pair {
	unsigned abi[2];              /**< indices, the lower first */
	struct hvc_overlaps overlaps; /**< a pair of rules each */
	bool *agrees;                 /**< of each: both mean the same operation by it */
	unsigned others;              /**< overlaps that mean something else */
	/** Immediates that both claim some call with, be it told apart by registers. */
	struct hvc_interval *imm;
	unsigned imms;
};

struct hvc_collide {
	const struct hvc_abi **abi; /**< borrowed ABIs, in the order given */
	unsigned abis;
	/** Every two of them: (0, 1), (0, 2), ... (1, 2), ...; with `first_only` those of 0. */
	struct hvc_collide_pair *pair;
	unsigned pairs;
	unsigned colliding; /**< pairs that claim some call both */
	unsigned differing; /**< of these, pairs that mean something else by one */
};

/**
 * Set every two of `abis` (at least two) ABIs against each other; with first_only, the first
 * against each of the others. The ABIs must outlive the result. Errors: HVC_E_ARG, HVC_E_NOMEM, and
 * those of hvc_overlap_find.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_collide_run(const struct hvc_abi *const *abi,
                                                     unsigned abis, bool first_only,
                                                     struct hvc_diag *diag,
                                                     struct hvc_collide **out);
HVC_API void hvc_collide_free(struct hvc_collide *collide);

/** The pair of two different ABIs, in either order; NULL where they were not compared. */
HVC_API const struct hvc_collide_pair *hvc_collide_pair(const struct hvc_collide *collide,
                                                        unsigned a, unsigned b);

/**
 * Do two rules mean the same operation? They have one name, select by the same registers, end the
 * same way, and give the same results; only numbers returned in x0..x30, which are versions and
 * status codes, may differ.
 */
HVC_API bool hvc_rule_agrees(const struct hvc_rule *a, const struct hvc_rule *b);

#endif
