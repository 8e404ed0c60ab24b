/* SPDX-License-Identifier: MIT */
/** What a subject says that it has (PSCI_FEATURES and the like), against what it does. Internal. */
#ifndef ENGINE_FEATURES_H
#define ENGINE_FEATURES_H

#include "engine/internal.h"
#include "hvcheck/verdict.h"

/** In verdicts of HVC_CLAUSE_FEATURES: `actual`; `expected` is the function identifier. */
enum hvc_lie {
	HVC_LIE_TOLD,   /**< it is told of, and gives NOT_SUPPORTED */
	HVC_LIE_HIDDEN, /**< it works, and is told not to be there */
	HVC_LIE_HALF,   /**< its 32-bit form is told of, and this is missing */
	HVC_LIE_SECRET, /**< it works, and no rule names it: they leave it open */
};

struct hvc_features_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;
	unsigned index;                /**< of the world in the ABI */
	const struct hvc_world *world; /**< with all that is laid over it */
	enum hvc_level from;
	enum hvc_insn insn;
	uint64_t budget;
	/** Called of each; false: memory ran out. */
	bool (*add)(void *ctx, const struct hvc_verdict *verdict, const struct hvc_call *call);
	void *ctx;
};

/** Ask and call. Errors: those of hvc_machine_open. */
HVC_MUST_USE enum hvc_status hvc_features__check(const struct hvc_features_config *config,
                                                 struct hvc_diag *diag);
/** PSCI_FEATURES and the like. */
bool hvc_features__is_question(uint32_t id);
/** "CPU_ON", and in *asked "PSCI_FEATURES"; "?" for others. Constant. */
const char *hvc_features__name(uint32_t id, const char **asked);

#endif
