/* SPDX-License-Identifier: MIT */
/**
 * The world around a subject: CPU model, register values before the call, and the fixed
 * addresses of the pieces of memory that every machine has besides the subject.
 */
#ifndef HVCHECK_WORLD_H
#define HVCHECK_WORLD_H

#include "hvcheck/reg.h"

/**
 * Who executes the instruction: exception level and stack pointer selection, or in AArch32 state
 * the mode. Monitor and Hyp mode are none of these: EL3 and EL2 use AArch64.
 */
enum hvc_level {
	HVC_LEVEL_EL0,
	HVC_LEVEL_EL1T,
	HVC_LEVEL_EL1H,
	HVC_LEVEL_EL2T,
	HVC_LEVEL_EL2H,
	HVC_LEVEL_EL0_USR, /**< the first in AArch32 state */
	HVC_LEVEL_EL1_FIQ,
	HVC_LEVEL_EL1_IRQ,
	HVC_LEVEL_EL1_SVC,
	HVC_LEVEL_EL1_ABT,
	HVC_LEVEL_EL1_UND,
	HVC_LEVEL_EL1_SYS,
	HVC_LEVEL_EL2_HYP, /**< where EL2 uses AArch32, too: Hyp mode */
	HVC_LEVEL_COUNT,
};

/** All levels of AArch32 state, a bit each. */
#define HVC_LEVELS_AARCH32 ((1u << HVC_LEVEL_COUNT) - (1u << HVC_LEVEL_EL0_USR))

/** Is a level one of AArch32 state? */
static inline bool hvc_level_is_aarch32(enum hvc_level level)
{
	return level >= HVC_LEVEL_EL0_USR && level < HVC_LEVEL_COUNT;
}

/** "el0", "el1t", "el1h", "el2t", "el2h", "el0-usr", "el1-svc", ..., "el2-hyp"; "?" for any other
 * value. */
HVC_API const char *hvc_level_name(enum hvc_level level);
/** Level of a name (case is ignored); HVC_LEVEL_COUNT when there is none. */
HVC_API enum hvc_level hvc_level_find(const char *name);

/**
 * CPU models the engine offers. a72 has no VHE, PAN, SVE; max has all the engine knows; a15 has
 * AArch32 state only, and its EL2 is Hyp mode.
 */
enum hvc_cpu {
	HVC_CPU_A72,
	HVC_CPU_MAX,
	HVC_CPU_A15,
	HVC_CPU_COUNT,
};

HVC_API const char *hvc_cpu_name(enum hvc_cpu cpu);
/** Model of a name; HVC_CPU_COUNT when there is none. */
HVC_API enum hvc_cpu hvc_cpu_find(const char *name);

/**
 * Fixed memory of a machine, all below 2^39 so that a KVM hyp VA mask keeps it, and far above
 * where images are loaded. Everything else is unmapped unless the subject brings it.
 */
#define HVC_HARNESS_BASE UINT64_C(0x4000000000)
#define HVC_HARNESS_SIZE UINT64_C(0x400000)
/** EL3 trampoline page: the engine's own, see emu/machine/level.c. Read-only. */
#define HVC_TRAMPOLINE      (HVC_HARNESS_BASE + 0x0)
#define HVC_TRAMPOLINE_SIZE UINT64_C(0x1000)
/** VBAR_EL1 of the world: the caller's own vectors; arriving here is `inject`. */
#define HVC_CALLER_VECTORS (HVC_HARNESS_BASE + 0x10000)
/** A second EL2 table for callers to install; arriving in it is `jump`. 2 KiB. */
#define HVC_NEW_VECTORS (HVC_HARNESS_BASE + 0x18000)
/**
 * An EL2 function for callers to name: x0 := 3 * x0 + 5 * x1 + 7 * x2, x3 and the flags kept,
 * returns by RET. Used to watch "call a function at EL2" calls.
 */
#define HVC_FUNCTION (HVC_HARNESS_BASE + 0x1c000)
/** 32 landing pads of 2 KiB, one for each xN (N * 0x800): arriving at one is `jump`. */
#define HVC_LANDING      (HVC_HARNESS_BASE + 0x20000)
#define HVC_LANDING_SIZE UINT64_C(0x10000)
/** Stacks, 16 KiB each, growing down from these addresses; 64 KiB of memory below 0x60000. */
#define HVC_STACK_EL0 (HVC_HARNESS_BASE + 0x44000)
#define HVC_STACK_EL1 (HVC_HARNESS_BASE + 0x48000)
#define HVC_STACK_EL2 (HVC_HARNESS_BASE + 0x5c000)
/** EL2's own memory: stores here are the handler's business (stack, per-CPU data). */
#define HVC_EL2_DATA      (HVC_HARNESS_BASE + 0x50000)
#define HVC_EL2_DATA_SIZE UINT64_C(0x10000)
/**
 * The callers: HVC #0 to HVC #0xffff in a straight line, then SMC #0 to SMC #0xffff, each with an
 * SVC behind the last. So the instruction after a call is the next call, and executing it says
 * that the first has returned.
 */
#define HVC_CALLS     (HVC_HARNESS_BASE + 0x100000)
#define HVC_SMC_CALLS (HVC_HARNESS_BASE + 0x180000)
/** Bytes of each of the two, the SVC included. */
#define HVC_CALLS_SIZE UINT64_C(0x40004)
/**
 * Callers in AArch32 state, whose addresses have 32 bits: four lines, A32 and T32 of HVC and then
 * of SMC. The instruction of immediate n is at the line's start + 4 * n, of T32 two bytes further
 * on, as it may be. Where EL2 uses AArch64 nothing of theirs is in memory: they run by their own
 * translation, and hvcheck takes their exceptions itself.
 */
#define HVC_AARCH32_CALLS      UINT64_C(0xe0000000)
#define HVC_AARCH32_LINE       UINT64_C(0x80000)
#define HVC_AARCH32_CALLS_SIZE (4 * HVC_AARCH32_LINE)

/** Where EL2 uses AArch32 all else of the above is at the same offset from here. */
#define HVC_HARNESS32_BASE UINT64_C(0xf0000000)

/** A piece of the harness, as AArch64 code has it, for AArch32 code. */
static inline uint64_t hvc_harness32(uint64_t address)
{
	return address - HVC_HARNESS_BASE + HVC_HARNESS32_BASE;
}

/** Most boundaries, and most registers without a row in reg.h, that a world has. */
#define HVC_STOPS_MAX  64u
#define HVC_EXTRAS_MAX 16u
/** Most zero pages, of 4 KiB, that a world lends to one call, and what is a good number. */
#define HVC_ZERO_PAGES_MAX     4096u
#define HVC_ZERO_PAGES_DEFAULT 256u

/** Where the code that is run ends and the rest of the machine, which is not there, begins. */
struct hvc_stop {
	uint64_t address;
	bool stub;      /**< a function that is not run: x0 becomes `value`, control goes to x30 */
	uint64_t value; /**< of a stub; without one the run ends here, as `handoff` */
	char name[128]; /**< as the user names it */
};

/** A system register that has no row in reg.h. */
struct hvc_extra {
	uint8_t encoding[5]; /**< op0, op1, CRn, CRm, op2 */
	uint64_t value;
};

/** Most pieces of memory that a world sets, and the bytes of a name or value. */
#define HVC_MEMORY_MAX  64u
#define HVC_MEMORY_TEXT 160u

/** Memory that is set before the call. */
struct hvc_memory {
	char place[HVC_MEMORY_TEXT]; /**< as the user names it */
	char what[HVC_MEMORY_TEXT];
	uint64_t address;
	const uint8_t *data; /**< kept until the process ends; NULL: not resolved yet */
	uint64_t size;
	uint64_t digest; /**< of the data: FNV-1a, 64 bits */
};

/**
 * The address that "SYMBOL", "SYMBOL+0x10" or "0x10" means in the subject at hand (see
 * hvc_subject__place). Of diag only the message is used.
 */
typedef enum hvc_status hvc_place_find(void *ctx, const char *text, struct hvc_diag *diag,
                                       uint64_t *address);

/** Register values before the call, the CPU they live in, and what lies around the subject. */
struct hvc_world {
	char name[32];
	enum hvc_cpu cpu;
	bool el3; /**< false: as on a PE without EL3 (HCR_EL2.HCD then counts) */
	/**
	 * What the CPU makes of bits 63:32 of x0..x30 when it takes an exception from AArch32
	 * state, which is its choice (Arm ARM D1.20.1): true: zero; false: what they held before.
	 */
	bool upper_zero;
	/** Calls are `trap`s, and this is their syndrome, but for bits 15:0; 0: none. */
	uint32_t esr;
	struct hvc_state state;  /**< x0..x30, nzcv and daif are the call's, not the world's */
	struct hvc_regset set;   /**< registers of `state` that differ from the reset values */
	struct hvc_regset given; /**< of those, the ones that hvc_world_set has set */
	struct hvc_extra extra[HVC_EXTRAS_MAX];
	unsigned extras;
	/**
	 * Not 0: pages that one call of EL2 code may touch outside all memory. Each is there, zero,
	 * from the first access on, and calls of functions outside all memory return 0.
	 */
	unsigned zero_pages;
	struct hvc_stop stop[HVC_STOPS_MAX];
	unsigned stops;
	struct hvc_memory memory[HVC_MEMORY_MAX];
	unsigned memories;
};

/**
 * The default world: an arm64 host at EL1, MMU off everywhere, HCR_EL2 = RW, VTTBR_EL2 = 0,
 * VBAR_EL1 = HVC_CALLER_VECTORS, SP_ELn at the stacks above, TPIDR_ELn and other scratch
 * registers holding distinct recognisable values, SCR_EL3 = NS|HCE|RW.
 */
HVC_API void hvc_world_init(struct hvc_world *world, enum hvc_cpu cpu);

/** Set one register of the world; reg is not x0..x30, nzcv or daif (HVC_E_ARG). */
HVC_API enum hvc_status hvc_world_set(struct hvc_world *world, enum hvc_reg reg, uint64_t value);

/**
 * Make it a world of traps with this syndrome, 32 bits (see esr). HVC_E_ARG: no exception has it,
 * or it is one of HVC, SMC and SVC.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_world_trap(struct hvc_world *world, uint64_t esr);

/**
 * Set a system register by its encoding, whether it has a row in reg.h or not. HVC_E_ARG: no MRS
 * or MSR can have it, or it is part of PSTATE; HVC_E_RANGE: that is one more than
 * HVC_EXTRAS_MAX.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_world_set_sys(struct hvc_world *world,
                                                       const uint8_t encoding[5], uint64_t value);

/**
 * Add a boundary where the run ends as `handoff`, or a stub that returns a value. A later one at
 * the same address takes the place of the earlier. HVC_E_RANGE: the name does not fit, the
 * address is no multiple of 4, or that is one more than HVC_STOPS_MAX.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_world_stop_at(struct hvc_world *world, uint64_t address,
                                                       const char *name);
HVC_MUST_USE HVC_API enum hvc_status hvc_world_stub(struct hvc_world *world, uint64_t address,
                                                    uint64_t value, const char *name);
/**
 * Set memory at a place, SYMBOL[+OFFSET] or a number, to one of
 *
 *   0x1, SYMBOL+0x8        a number or an address, 8 bytes; with :1, :2, :4 or :8 behind it so many
 *   0x1, 0x2, SYMBOL       several of them, one after the other
 *   string:TEXT            the text with a NUL
 *   file:PATH              all of a file
 *
 * A later one at the same place takes the place of the earlier; where two overlap the later counts.
 * Nothing is looked up before hvc_world__resolve. HVC_E_RANGE: a text is too long, or that is one
 * more than HVC_MEMORY_MAX.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_world_set_memory(struct hvc_world *world,
                                                          const char *place, const char *what);

/**
 * Lay one world over another: the registers that were set in it, its boundaries and memory, and its
 * zero pages where it has any. Name, CPU and EL3 stay. HVC_E_RANGE as above; then *world is as it
 * was.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_world_overlay(struct hvc_world *world,
                                                       const struct hvc_world *over);

#endif
