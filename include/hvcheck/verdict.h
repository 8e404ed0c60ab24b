/* SPDX-License-Identifier: MIT */
/** What an ABI says of an outcome. */
#ifndef HVCHECK_VERDICT_H
#define HVCHECK_VERDICT_H

#include "hvcheck/abi.h"

enum hvc_verdict_kind {
	HVC_VERDICT_CONFORMS,
	HVC_VERDICT_VIOLATES,
	HVC_VERDICT_UNDECIDED, /**< the ABI promises nothing for this call */
};

/** "conforms", "violates", "undecided". */
HVC_API const char *hvc_verdict_name(enum hvc_verdict_kind kind);

/** Which promise was broken: the first in this order. */
enum hvc_clause {
	HVC_CLAUSE_NONE,
	HVC_CLAUSE_OUTCOME,       /**< another outcome kind than promised */
	HVC_CLAUSE_LEVEL,         /**< right kind, wrong exception level */
	HVC_CLAUSE_ADDRESS,       /**< right kind, wrong address */
	HVC_CLAUSE_RESULT,        /**< a promised result or effect has another value */
	HVC_CLAUSE_PRESERVE,      /**< a register that had to be preserved changed */
	HVC_CLAUSE_MEMORY,        /**< memory that is not EL2's own was written */
	HVC_CLAUSE_OWN,           /**< EL2's own memory was written by a pointer of the caller's */
	HVC_CLAUSE_FEATURES,      /**< what is told to be there and what is there differ */
	HVC_CLAUSE_WIDTH,         /**< an SMC32 or HVC32 call goes by bits 63:32 of a register */
	HVC_CLAUSE_FETCH,         /**< what another CPU writes between two loads breaks a promise */
	HVC_CLAUSE_CONTRADICTION, /**< none broken: a result that its own rule makes impossible, and
	                               that is not judged */
};

/** "outcome", "level", "address", "result", "preserve", "memory"; "" for none. */
HVC_API const char *hvc_clause_name(enum hvc_clause clause);

struct hvc_verdict {
	enum hvc_verdict_kind kind;
	int rule;               /**< index in the ABI; -1 outside its space (undecided) */
	enum hvc_clause clause; /**< the first broken one; a contradiction where it conforms */
	enum hvc_reg reg;       /**< result, preserve: which register; else HVC_REG_NONE */
	hvc_other other;        /**< preserve: a register without a row; else 0 */
	uint64_t expected;      /**< outcome: enum hvc_outcome_kind; level: enum hvc_level;
	                             address, result, preserve: the value; memory:
	                             stores allowed (0) and made */
	uint64_t actual;
};

/**
 * Judge one outcome. Pure. entry: the state at the call (world with the call's registers, as
 * hvc_entry_state makes it). present: registers the CPU has; others are not compared.
 */
HVC_API void hvc_verdict_judge(const struct hvc_abi *abi, unsigned world,
                               const struct hvc_state *entry, const struct hvc_regset *present,
                               const struct hvc_call *call, const struct hvc_outcome *outcome,
                               struct hvc_verdict *out);

/** World state with x0..x30, nzcv and daif of a call put in. */
HVC_API void hvc_entry_state(const struct hvc_state *world, const struct hvc_call *call,
                             struct hvc_state *out);

#endif
