/* SPDX-License-Identifier: MIT */
/**
 * How a call of code that nothing follows ended, in terms of its own registers: values that the
 * call brought along are told from numbers, as hvc_call_init gives every register one of its own.
 */
#ifndef HVC_ENGINE_WAY_SEEN_H
#define HVC_ENGINE_WAY_SEEN_H

#include "hvcheck/machine.h"

#define HVC_WAY_EFFECTS   8u  /**< registers whose change is told */
#define HVC_WAY_REGISTERS 13u /**< r0 to r12 */

/* Where a value comes from. */
enum hvc_way_source {
	HVC_FROM_CONST,
	HVC_FROM_REG,
	HVC_FROM_IMM,
	HVC_FROM_ESR,
	HVC_FROM_RETURN, /**< the address behind the call */
	HVC_FROM_OTHER   /**< it differs with other registers, and nobody knows how */
};

struct hvc_way_value {
	enum hvc_way_source from;
	uint64_t value; /* CONST: itself; REG: which */
	int32_t plus;   /* REG, RETURN: added to it */
};

struct hvc_way_seen {
	enum hvc_outcome_kind kind;
	enum hvc_level level;
	uint64_t pc; /* where the run ended, unless that is `target` or behind the call */
	bool jumps;
	bool stores; /* to memory that is not EL2's own */
	struct hvc_way_value target;
	unsigned effects;
	struct {
		enum hvc_reg reg;
		struct hvc_way_value value;
	} effect[HVC_WAY_EFFECTS];
};

/**
 * given: a register that the call was given another value in, which is a number like any other;
 * HVC_WAY_REGISTERS: none. like: how the immediate before it ended, and how this one with the usual
 * value of that register, or NULL; what agrees with one of them is the same.
 */
struct hvc_way_seen hvc_way_seen__of(const struct hvc_machine *machine, const struct hvc_call *call,
                                     const struct hvc_outcome *outcome, unsigned given,
                                     const struct hvc_way_seen *const like[2]);
/** Does the way say of this call what it did? */
bool hvc_way_seen__fits(const struct hvc_way_seen *way, const struct hvc_machine *machine,
                        const struct hvc_call *call, const struct hvc_outcome *outcome);
/** The same call was made with other registers: values that are others now are not known. */
void hvc_way_seen__doubt(struct hvc_way_seen *way, const struct hvc_machine *machine,
                         const struct hvc_call *call, const struct hvc_outcome *outcome);

#endif
