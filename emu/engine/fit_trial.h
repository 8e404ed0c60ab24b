/* SPDX-License-Identifier: MIT */
/** How a table does by one specification: a few calls of each of its rules. Internal to fit.c. */
#ifndef HVC_ENGINE_FIT_TRIAL_H
#define HVC_ENGINE_FIT_TRIAL_H

#include "engine/fit.h"
#include "hvcheck/limit.h"
#include "hvcheck/machine.h"
#include "subject/finder.h"

#define HVC_FIT_BUDGET  20000u /**< instructions that a call may take at EL2 */
#define HVC_FIT_PROOFS  8u     /**< specifications that are proved of a table */
#define HVC_FIT_SHIPPED 256u   /**< specifications at most */

/* How a table does by one specification. */
struct hvc_fit_trial {
	const struct hvc_abi *abi;
	unsigned rules;               /* that promise something, and of which a call was judged */
	unsigned differ;              /* of them, those that a call has broken */
	unsigned weight;              /* of those that are kept: what they pin down */
	unsigned ranges;              /* and their results that are one of many */
	bool proved;                  /* by all calls, not by these alone */
	bool judged[HVC_LIMIT_RULES]; /* of which a call came to an end other than a fault */
	uint64_t faults, calls;       /* those that ended in a fault, and all, */
	uint64_t unset;               /* and of the others, those that read what nobody has set */
};

struct hvc_fitting {
	const struct hvc_subject *subject;
	const struct hvc_abi
	        *rival[HVC_FIT_PROOFS]; /* whose values are tried; none: each its own */
	unsigned rivals;
	struct hvc_likely likely;
	uint64_t faults, calls; /* of all specifications */
	bool lends;
	struct hvc_abi *const *abi;
	unsigned abis;
	struct hvc_fit *out;   /* shared with the process that waits, */
	struct hvc_diag *diag; /* and so is why it failed */
	struct hvc_fit_trial trial[HVC_FIT_SHIPPED];
	struct hvc_machine *machine; /* of the world that was tried last */
	struct hvc_world setting;
};

/**
 * Make the calls of one specification, in all its worlds, and count in `trial` what they say.
 * HVC_E_NOMEM, errors of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_fit__try(struct hvc_fitting *fitting, struct hvc_fit_trial *trial,
                                          struct hvc_diag *diag);

/** Callers of a specification that are tried. */
unsigned hvc_fit__levels(const struct hvc_abi *abi);

#endif
