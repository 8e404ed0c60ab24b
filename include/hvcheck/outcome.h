/* SPDX-License-Identifier: MIT */
/** One call, and what the machine did with it. */
#ifndef HVCHECK_OUTCOME_H
#define HVCHECK_OUTCOME_H

#include "hvcheck/world.h"

/** The instruction that causes the exception. */
enum hvc_insn {
	HVC_INSN_HVC, /**< HVC #imm, EC 0x16 */
	HVC_INSN_SMC, /**< SMC #imm; trapped by HCR_EL2.TSC: EC 0x17, ELR = the SMC itself */
	/**
	 * Any other instruction whose exception EL2 takes: WFI, a system register, an
	 * abort. Its syndrome is the world's (hvc_world.esr) with the immediate in bits 15:0, and
	 * ELR is the instruction itself, which has four bytes.
	 */
	HVC_INSN_TRAP,
	HVC_INSN_HVC_A32, /**< HVC #imm of A32, EC 0x12 */
	HVC_INSN_HVC_T32, /**< and of T32, which is 32 bits long, too */
	HVC_INSN_SMC_A32, /**< SMC #imm of A32; trapped: EC 0x13, without its immediate of 4 bits */
	HVC_INSN_SMC_T32,
	HVC_INSN_COUNT,
};

/** "hvc", "smc", "trap", "hvc-a32", "hvc-t32", "smc-a32", "smc-t32". */
HVC_API const char *hvc_insn_name(enum hvc_insn insn);
/** Instruction of a name; HVC_INSN_COUNT when there is none. */
HVC_API enum hvc_insn hvc_insn_find(const char *name);
/** Is it an SMC, of any instruction set? */
static inline bool hvc_insn_is_smc(enum hvc_insn insn)
{
	return insn == HVC_INSN_SMC || insn == HVC_INSN_SMC_A32 || insn == HVC_INSN_SMC_T32;
}
static inline bool hvc_insn_is_t32(enum hvc_insn insn)
{
	return insn == HVC_INSN_HVC_T32 || insn == HVC_INSN_SMC_T32;
}

/**
 * One call: the instruction, its immediate and the caller's registers. In AArch32 state rN of the
 * mode is bits 31:0 of the xN that aarch32.h says, and bits 63:32 are what they hold when EL2 sees
 * them.
 */
struct hvc_call {
	uint64_t x[HVC_GPR_COUNT];
	uint64_t nzcv; /**< PSTATE bits 31:28 in place */
	uint64_t daif; /**< PSTATE bits 9:6 in place; in AArch32 state bit 9 is E, which is 0 by
	                  default */
	uint32_t psr;  /**< in AArch32 state: Q, GE and IT in place */
	uint16_t imm;
	enum hvc_insn insn;
	enum hvc_level from;
};

/** Number of a caller, below 64: an instruction, and a level that has it; HVC_CALLER_NONE. */
#define HVC_CALLER_NONE 64u
#define HVC_CALLER_INDEX(insn, level)                                                       \
	((level) < HVC_LEVEL_EL0_USR                                                        \
	         ? (insn) < HVC_INSN_HVC_A32                                                \
	                   ? (unsigned)(insn)*HVC_LEVEL_EL0_USR + (unsigned)(level)         \
	                   : HVC_CALLER_NONE                                                \
	 : (insn) < HVC_INSN_TRAP ? HVC_CALLER_NONE                                         \
	                          : HVC_INSN_HVC_A32 * HVC_LEVEL_EL0_USR +                  \
	                                    ((unsigned)(insn)-HVC_INSN_TRAP) *              \
	                                            (HVC_LEVEL_COUNT - HVC_LEVEL_EL0_USR) + \
	                                    (unsigned)(level)-HVC_LEVEL_EL0_USR)
static inline unsigned hvc_caller_index(enum hvc_insn insn, enum hvc_level level)
{
	return HVC_CALLER_INDEX(insn, level);
}

/**
 * Fill a call with recognisable values: xN = HVC_LANDING + N * 0x800 (seed 0), so that a
 * register used as an address is mapped, 2 KiB aligned and names its register; or, for any
 * other seed, 64-bit pseudo-random values that depend on seed and N only. imm 0, HVC, EL1h.
 */
HVC_API void hvc_call_init(struct hvc_call *call, uint64_t seed);

/** What the machine did. Every run ends in exactly one of these. */
enum hvc_outcome_kind {
	HVC_OUTCOME_RETURN,    /**< to the instruction after the HVC */
	HVC_OUTCOME_RETRY,     /**< to the HVC itself */
	HVC_OUTCOME_INJECT,    /**< to the caller's own vectors */
	HVC_OUTCOME_JUMP,      /**< anywhere else outside the subject: at EL2 an address the
	                            caller chose (soft restart), at a lower level any address
	                            but the two above */
	HVC_OUTCOME_HANDOFF,   /**< reached a boundary the user named */
	HVC_OUTCOME_FORWARD,   /**< issued an SMC */
	HVC_OUTCOME_SPIN,      /**< a loop that provably makes no progress, WFI and WFE included */
	HVC_OUTCOME_FAULT,     /**< an exception inside EL2 */
	HVC_OUTCOME_UNDEFINED, /**< the instruction was UNDEFINED and never reached EL2 */
	HVC_OUTCOME_LIMIT,     /**< the instruction budget ran out */
	HVC_OUTCOME_FAILED,    /**< of maps only: the engine died of the call, at pc. Nothing is
	                            known of what it does, and nothing can be concluded */
	HVC_OUTCOME_COUNT,
};

/** The word in every report: "return", "retry", ..., "engine-failed". */
HVC_API const char *hvc_outcome_name(enum hvc_outcome_kind kind);
/** Kind of a word; HVC_OUTCOME_COUNT when there is none. */
HVC_API enum hvc_outcome_kind hvc_outcome_find(const char *name);

#define HVC_STORE_MAX 8u

/** One store by EL2 to memory that is not the handler's own. */
struct hvc_store {
	uint64_t address;
	uint64_t value; /**< zero-extended */
	uint8_t size;   /**< bytes, 1..8 */
};

#define HVC_WRITTEN_MAX 4u

/** Memory that is not the handler's own and was stored to, neighbours as one; in order of stores.
 */
struct hvc_written {
	unsigned count; /**< more than HVC_WRITTEN_MAX: not all of it is told */
	struct {
		uint64_t address, size;
	} range[HVC_WRITTEN_MAX];
};

#define HVC_OTHERS_TOLD   48u
#define HVC_OTHERS_VALUES 8u

/** Registers without a row that are not as they were at the call; the least first. */
struct hvc_others {
	unsigned count; /**< of them HVC_OTHERS_TOLD are told at most */
	hvc_other which[HVC_OTHERS_TOLD];
	uint64_t before[HVC_OTHERS_VALUES]; /**< of the first; of qn the half that differs */
	uint64_t after[HVC_OTHERS_VALUES];
};

/** An exception that was taken at EL2. */
struct hvc_el2_exception {
	uint64_t pc, esr, far; /**< esr: EC and IL. 0: there was none */
	uint32_t word;         /**< the A64 instruction that was UNDEFINED, else 0 */
};

/** Everything observable after a call. */
struct hvc_outcome {
	enum hvc_outcome_kind kind;
	enum hvc_level level;   /**< where the PE is when the run ends */
	uint64_t pc;            /**< where the run ended */
	struct hvc_state state; /**< registers when the run ended */
	uint64_t esr;           /**< fault: syndrome (EC and IL; ISS is 0 where the engine
	                             hides it). forward: the SMC's. else 0 */
	uint64_t far;           /**< fault: address, 0 when there is none */
	uint32_t word;          /**< fault: the A64 instruction that was UNDEFINED, else 0 */
	/** not a fault: the last exception at EL2 that EL2's own vectors have answered */
	struct hvc_el2_exception answered;
	unsigned unset;        /**< words that it read and nobody had set */
	uint64_t instructions; /**< executed at EL2, by whole translated blocks */
	unsigned stores;       /**< stores to memory outside the subject and HVC_EL2_DATA */
	unsigned el2_stores;   /**< stores to the subject's own memory and HVC_EL2_DATA */
	unsigned untracked;    /**< writes to system registers that have no row in reg.h */
	struct hvc_store store[HVC_STORE_MAX]; /**< the first of `stores` */
	struct hvc_written written;
	struct hvc_others others;
};

#endif
