/* SPDX-License-Identifier: MIT */
/** The calls of one caller that fall under a rule of an ABI, as a condition. Internal. */
#ifndef ENGINE_RULE_CALLS_H
#define ENGINE_RULE_CALLS_H

#include "engine/exact.h"
#include "engine/prover.h"

struct hvc_rule_calls {
	struct hvc_prove_config config;
	struct hvc_check_part caller;
	struct hvc_prover prover;
};

/** world: an index into the ABI's. abi may be NULL, which has no rules. False: memory ran out. */
HVC_MUST_USE bool hvc_rule_calls__begin(struct hvc_rule_calls *calls, struct hvc_bvs *terms,
                                        const struct hvc_abi *abi, unsigned world,
                                        const struct hvc_exact_part *part);
/** A truth value. */
hvc_ref hvc_rule_calls__of(struct hvc_rule_calls *calls, unsigned rule);
void hvc_rule_calls__end(struct hvc_rule_calls *calls);

#endif
