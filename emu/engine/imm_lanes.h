/* SPDX-License-Identifier: MIT */
/** Values that depend on the immediate, one for each, and what A32 instructions make of them. */
#ifndef ENGINE_IMM_LANES_H
#define ENGINE_IMM_LANES_H

#include "hvcheck/arch.h"
#include "hvcheck/machine.h"

/** Where they are: x0 to x30 as AArch32 registers are mapped to them, HSR, ELR_hyp. */
#define HVC_LANES_ESR    HVC_GPR_COUNT
#define HVC_LANES_ELR    (HVC_GPR_COUNT + 1)
#define HVC_LANES_PLACES (HVC_GPR_COUNT + 2)
#define HVC_LANES_WORDS  16u /**< of memory */
#define HVC_LANES_MAX    64u /**< of one call, those that are no more included */

/** One value for each immediate. */
struct hvc_lane {
	uint32_t v[HVC_IMM_COUNT];
};

/** The state of a call that is executed with member[0], for all its members. */
struct hvc_lanes {
	uint16_t *member; /**< immediates with which the call has come to this instruction */
	unsigned members;
	uint16_t *rest; /**< those that went elsewhere; room for all */
	unsigned rests;
	struct hvc_lane *place[HVC_LANES_PLACES]; /**< NULL: the same for all */
	struct {
		uint64_t address;
		struct hvc_lane *lane;
	} word[HVC_LANES_WORDS]; /**< of memory, aligned to 4 */
	unsigned words;
	struct hvc_lane *all[HVC_LANES_MAX];
	unsigned alls;
};

/** The register that a place is of. */
static inline enum hvc_reg hvc_lanes__reg(unsigned place)
{
	return place == HVC_LANES_ESR   ? HVC_REG_ESR_EL2
	       : place == HVC_LANES_ELR ? HVC_REG_ELR_EL2
	                                : (enum hvc_reg)place;
}

/** A new one; NULL where there is no room. */
struct hvc_lane *hvc_lanes__new(struct hvc_lanes *lanes);
/** An instruction is done. False: what it makes of them is not known. */
bool hvc_lanes__step(struct hvc_lanes *lanes, const struct hvc_step *step);

#endif
