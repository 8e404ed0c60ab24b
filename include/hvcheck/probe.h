/* SPDX-License-Identifier: MIT */
/**
 * Register probes: with which registers each of the 65,536 immediates is tried.
 *
 * A probe is one full register file. Most vary a single register (a selector) over the values
 * that matter and keep the others at a recognisable base.
 */
#ifndef HVCHECK_PROBE_H
#define HVCHECK_PROBE_H

#include "hvcheck/abi.h"
#include "hvcheck/subject.h"

/** Why a value is probed. */
enum hvc_why {
	HVC_WHY_BASE,   /**< no register varied */
	HVC_WHY_NAMED,  /**< a specification names it, or it is next to one that is named */
	HVC_WHY_CODE,   /**< the code compares a register with it, or with its neighbour */
	HVC_WHY_UPPER,  /**< one of those with dirty upper or masked-out bits */
	HVC_WHY_EDGE,   /**< sign and width edges, and addresses of the harness */
	HVC_WHY_RANDOM, /**< seeded */
	HVC_WHY_PROOF,  /**< a proof has named the call */
};

struct hvc_probe {
	struct hvc_call call; /**< imm is 0: every immediate is tried */
	uint64_t seed;        /**< hvc_call_init seed of the registers that are not varied */
	enum hvc_reg reg;     /**< the varied register; HVC_REG_NONE: base */
	enum hvc_why why;
};

/**
 * A list of probes. Sorted by insn, level (EL1h first), seed, register (none first),
 * value; no duplicates.
 */
struct hvc_probes {
	struct hvc_probe *probe;
	unsigned count;
	unsigned untried; /**< constants that are not tried, being past HVC_CONSTANTS_MAX */
};

/** Of more constants than this so many are tried, taken evenly from all of them. */
#define HVC_CONSTANTS_MAX 256u

/** What probes are made from. All parts are optional. */
struct hvc_probe_config {
	const struct hvc_abi *const *abi; /**< values their rules name */
	unsigned abis;
	const struct hvc_constant *constant; /**< values the code compares with */
	size_t constants;
	unsigned levels;  /**< bits 1 << enum hvc_level; 0: EL1h only */
	unsigned insns;   /**< bits 1 << enum hvc_insn; 0: HVC only */
	unsigned randoms; /**< seeded random values a selector */
	bool brief;       /**< no level gets every value: what rules name or, without rules, code */
};

#endif
