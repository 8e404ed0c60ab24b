/* SPDX-License-Identifier: MIT */
/** Which instruction made a call break its rule. Internal. */
#ifndef ENGINE_CAUSE_H
#define ENGINE_CAUSE_H

#include "engine/internal.h"
#include "hvcheck/check.h"
#include "subject/a64.h"

struct hvc_cause_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	const struct hvc_world *world; /**< with all that is laid over it */
	const struct hvc_call *call;
	const struct hvc_verdict *verdict; /**< a violation */
	uint64_t budget;
	bool smc_as_it_is; /**< see hvc_machine_config */
};

/** Make the call again, in a process of its own, and look. Not known where that fails. */
void hvc_cause__find(const struct hvc_cause_config *config, struct hvc_cause *out);

/** Of a load or store of A64, where it goes; false: it is none, or not known. */
bool hvc_cause__access(const struct hvc_step *step, struct hvc_a64_access *access,
                       uint64_t *address);

#endif
