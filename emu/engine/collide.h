/* SPDX-License-Identifier: MIT */
/**
 * Collisions: calls that more than one ABI claims (hvc_rule__claims), decided over all immediates
 * and all register values, not by trying calls. Calls are HVC from EL1.
 */
#ifndef HVC_ENGINE_COLLIDE_H
#define HVC_ENGINE_COLLIDE_H

#include "abi/overlap.h"

/** Two ABIs, and the calls that both claim. */
struct hvc_collide__pair {
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
	struct hvc_collide__pair *pair;
	unsigned pairs;
	unsigned colliding; /**< pairs that claim some call both */
	unsigned differing; /**< of these, pairs that mean something else by one */
};

/**
 * Set every two of `abis` (at least two) ABIs against each other; with first_only, the first
 * against each of the others. The ABIs must outlive the result. Errors: HVC_E_ARG, HVC_E_NOMEM, and
 * those of hvc_overlap__find.
 */
HVC_MUST_USE enum hvc_status hvc_collide__run(const struct hvc_abi *const *abi, unsigned abis,
                                              bool first_only, struct hvc_diag *diag,
                                              struct hvc_collide **out);
void hvc_collide__free(struct hvc_collide *collide);

/** The pair of two different ABIs, in either order; NULL where they were not compared. */
const struct hvc_collide__pair *hvc_collide__pair(const struct hvc_collide *collide, unsigned a,
                                                  unsigned b);

/**
 * Do two rules mean the same operation? They have one name, select by the same registers, end the
 * same way, and give the same results; only numbers returned in x0..x30, which are versions and
 * status codes, may differ.
 */
bool hvc_rule__agrees(const struct hvc_rule *a, const struct hvc_rule *b);

#endif
