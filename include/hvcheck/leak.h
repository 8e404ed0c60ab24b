/* SPDX-License-Identifier: MIT */
/**
 * Leaks: every call made again in worlds that differ from the first only in what a caller below
 * EL2 has no way to read (hvc_secret_name). Whatever such a caller can then see differ, it has
 * learned from the handler.
 *
 * Seen by the caller: x0..x30, SP_EL0, SP_EL1, the flags and masks, the registers of EL1 and
 * EL0, the FP/SIMD registers, memory that is not EL2's own, and how and where the call ended. A
 * call that hands EL2 over (a soft restart) hides nothing from who gets it; a call that never
 * comes back shows nothing but that.
 */
#ifndef HVCHECK_LEAK_H
#define HVCHECK_LEAK_H

#include "hvcheck/probe.h"

/** By what a secret came out. */
enum hvc_channel {
	HVC_CHANNEL_OUTCOME,  /**< the call ended another way, or elsewhere */
	HVC_CHANNEL_REGISTER, /**< a register of reg.h, the flags included */
	HVC_CHANNEL_SIMD,     /**< an FP/SIMD register */
	HVC_CHANNEL_MEMORY,   /**< memory that is not EL2's own */
	HVC_CHANNEL_COUNT,
};

/** "outcome", "register", "simd", "memory". */
HVC_API const char *hvc_channel_name(enum hvc_channel channel);

/** Number of things that are kept from the caller, at most 32. */
HVC_API unsigned hvc_secret_count(void);
/** Secret i: the name of a register, or "el2_memory" (HVC_EL2_DATA). Constant string. */
HVC_API const char *hvc_secret_name(unsigned i);

/** One way in which a rule's calls leak: same rule, channel and place. */
struct hvc_leak {
	int rule; /**< of the ABI; -1 without one */
	enum hvc_channel channel;
	unsigned place;         /**< enum hvc_reg, or an hvc_simd_name index; else 0 */
	uint64_t calls;         /**< how many calls leak this way */
	uint32_t immediates;    /**< on how many different immediates */
	unsigned world;         /**< index in the ABI, of the witness */
	struct hvc_probe probe; /**< the witness: the first call met */
	uint16_t imm;
	uint64_t seed;     /**< of the witness's second world */
	uint64_t address;  /**< memory: where, of the witness */
	uint64_t value[2]; /**< what the caller sees in the first and the second world; outcome:
	                        enum hvc_outcome_kind; of a q register the half that differs */
	uint32_t sources;  /**< bits 1 << i: secrets that alone make the difference */
	bool moved;        /**< the instruction is known */
	uint64_t pc;       /**< the instruction that moved the secret there, */
	uint32_t word;     /**< its code */
};

struct hvc_leaks {
	char *subject;
	const struct hvc_abi *abi; /**< borrowed; NULL: none */
	struct hvc_world *world;   /**< those of the ABI, or the one given */
	unsigned worlds;
	struct hvc_leak *leak; /**< in order of rule, channel, place */
	unsigned leaks;
	uint64_t calls;    /**< made in the first worlds; compared + granted + silent */
	uint64_t compared; /**< came back to a caller below EL2 */
	uint64_t granted;  /**< handed EL2 over to code that is not the subject's */
	uint64_t silent;   /**< never came back */
	uint64_t declared; /**< differences that a rule's results declare */
	uint32_t varied;   /**< bits 1 << i: secrets that differed between the worlds */
	unsigned untried;  /**< as hvc_probes.untried */
};

struct hvc_leaks_config {
	const struct hvc_subject *subject;
	const struct hvc_abi *abi;     /**< NULL: none; its worlds and callers are used */
	const struct hvc_world *world; /**< without an ABI; NULL: the default */
	const struct hvc_world *over;  /**< laid over each world of the ABI; NULL: nothing */
	const struct hvc_probes *probes;
	const struct hvc_interval *imm; /**< immediates tried, within 0..65535 */
	unsigned imms;                  /**< 0: all */
	unsigned twins;                 /**< worlds that each is compared with; 0: 2 */
	uint64_t budget;
	bool (*progress)(void *ctx, uint64_t done, uint64_t total); /**< may be NULL */
	void *progress_ctx;
};

/**
 * Look for leaks. Probes from EL2 are left out: that caller can read it all. Errors: those of
 * hvc_machine_open, HVC_E_ARG (no probe from below EL2), HVC_E_CANCELLED, HVC_E_ENGINE.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_leaks_find(const struct hvc_leaks_config *config,
                                                    struct hvc_diag *diag, struct hvc_leaks **out);
HVC_API void hvc_leaks_free(struct hvc_leaks *leaks);

/** One line: "x19 tells sp_el2", "memory at 0x4000020800 tells tpidr_el2". Cut to size. */
HVC_API void hvc_leak_print(const struct hvc_leak *leak, char *text, size_t size);

#endif
