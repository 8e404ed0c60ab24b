/* SPDX-License-Identifier: MIT */
/** What a check finds, and one call does not show by itself. Internal. */
#ifndef ENGINE_APART_H
#define ENGINE_APART_H

#include "engine/internal.h"
#include "hvcheck/check.h"

struct hvc_apart_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	unsigned index;                /**< of the world in the ABI */
	const struct hvc_world *world; /**< with all that is laid over it */
	const struct hvc_call *call;
	const struct hvc_outcome *outcome; /**< of the call, which conforms as far as it shows */
	uint64_t budget;
};

/**
 * Make the calls that it takes to see whether upper halves matter to an SMC32 or HVC32 call,
 * whether EL2's own memory is written where the caller points, whether what is told of the
 * function is so, and whether the caller's memory may change meanwhile. *out: the violation, and
 * else as it was. Errors: those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_apart__judge(const struct hvc_apart_config *config,
                                              struct hvc_diag *diag, struct hvc_verdict *out);

/**
 * Make the call again and again, with what it reads twice changed in between, until a promise of
 * its rule is broken that is kept otherwise. *out: the violation (actual: the address), and else
 * as it was. Errors: those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_fetch__judge(const struct hvc_apart_config *config,
                                              struct hvc_diag *diag, struct hvc_verdict *out);

/** The same of the simplest call of each rule. */
struct hvc_features_config;
HVC_MUST_USE enum hvc_status hvc_fetch__check(const struct hvc_features_config *config,
                                              struct hvc_diag *diag);

#endif
