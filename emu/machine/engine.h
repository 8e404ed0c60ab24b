/* SPDX-License-Identifier: MIT */
/**
 * The CPU emulator underneath, as the machine sees it. Internal.
 *
 * unicorn.c and unicorn_reg.c implement this for one library. Nothing here knows about calls,
 * worlds or outcomes.
 */
#ifndef MACHINE_ENGINE_H
#define MACHINE_ENGINE_H

#include "hvcheck/simd.h"
#include "hvcheck/world.h"

struct hvc_engine;
struct hvc_segment;

/** Why guest execution was interrupted. pc is as noted. */
enum hvc_event {
	HVC_EVENT_HVC,      /**< pc: the instruction after it */
	HVC_EVENT_SMC,      /**< to EL3; pc: the instruction after it */
	HVC_EVENT_SMC_TRAP, /**< trapped to EL2; pc: the SMC */
	HVC_EVENT_SVC,      /**< pc: the instruction after it */
	HVC_EVENT_UNDEF,    /**< pc: the instruction */
	HVC_EVENT_PREFETCH, /**< pc: the address that could not be fetched */
	HVC_EVENT_DATA,     /**< pc: the instruction */
	HVC_EVENT_BRK,      /**< pc: the instruction */
	HVC_EVENT_OTHER,
};

/**
 * Called while guest code runs. exception, block and boundary may call hvc_engine__move,
 * hvc_engine__stop and the register functions; write and unmapped may lend and unmap memory; load
 * and step only read.
 */
struct hvc_engine_hooks {
	void (*exception)(void *ctx, enum hvc_event event, uint64_t pc);
	void (*block)(void *ctx, uint64_t address, uint32_t size);
	/** Before a store takes effect. */
	void (*write)(void *ctx, uint64_t address, unsigned size, uint64_t value);
	/** Before a load, where all_loads or hvc_engine__watch_loads asks for it. */
	void (*load)(void *ctx, uint64_t address, unsigned size);
	/**
	 * A load or store to unmapped memory, which may be lent now: true, and it is made again.
	 * NULL: it never is.
	 */
	bool (*unmapped)(void *ctx, uint64_t address, unsigned size);
	/** Before each instruction; NULL: not wanted. */
	void (*step)(void *ctx, uint64_t address);
	/** An address that hvc_engine__watch named is about to execute. */
	void (*boundary)(void *ctx, uint64_t address);
	/** The instruction of the block under way at address is begun again, in a block of its own.
	 */
	void (*again)(void *ctx, uint64_t address);
	bool all_loads;
	void *ctx;
};

/** How hvc_engine__run came back, when not by hvc_engine__stop. */
enum hvc_exit {
	HVC_EXIT_STOPPED, /**< hvc_engine__stop, or the end of what was asked */
	HVC_EXIT_WAIT,    /**< WFI: execution continues at the present pc */
	HVC_EXIT_FETCH,   /**< instruction fetch from unmapped memory; pc is the address */
	HVC_EXIT_ACCESS,  /**< load or store to unmapped memory; pc is the instruction */
	HVC_EXIT_BROKEN,  /**< the engine itself failed */
};

/** The registers that change all the time, moved in one go. */
struct hvc_engine_frame {
	uint64_t x[HVC_GPR_COUNT];
	uint64_t sp[3]; /**< SP_EL0..SP_EL2, the current one included */
	uint64_t pc;
	uint64_t pstate;
};

enum hvc_status hvc_engine__open(enum hvc_cpu cpu, const struct hvc_engine_hooks *hooks,
                                 struct hvc_diag *diag, struct hvc_engine **out);
void hvc_engine__close(struct hvc_engine *engine);
const char *hvc_engine__name(void);

/** How it went to bring an image within reach. */
enum hvc_reach {
	HVC_REACH_OK,
	HVC_REACH_RESERVED,  /**< it lies where the engine needs memory of its own */
	HVC_REACH_SCATTERED, /**< too many pieces above 2^48, or one that crosses it */
	HVC_REACH_FAILED,    /**< the engine, or memory */
};

/**
 * Say where the image will be, its segments sorted; first of all. What the CPU does not reach with
 * the MMU of EL2 off is reached nevertheless: nothing here or in EL2 code tells the difference.
 * booted: nor where EL2 code finds its MMU on, or turns it on, and a stage 2 translates nothing.
 */
enum hvc_reach hvc_engine__reach(struct hvc_engine *engine, const struct hvc_segment *segment,
                                 unsigned count, bool booted);
/**
 * Has a call turned the MMU of EL2 on without tables, so that each address is taken to be mapped to
 * itself? Until the next reset.
 */
bool hvc_engine__stands_for_tables(struct hvc_engine *engine);
/** End of the addresses that EL2 reaches, its MMU off, besides the image's. */
uint64_t hvc_engine__top(struct hvc_engine *engine);

/** Map zeroed read-write-execute memory; both 4 KiB aligned. False when it overlaps. */
bool hvc_engine__map(struct hvc_engine *engine, uint64_t address, uint64_t size);
/** The same, but nothing is fetched from it. */
bool hvc_engine__lend(struct hvc_engine *engine, uint64_t address, uint64_t size);
/** Take back what was lent, in whole. */
bool hvc_engine__unmap(struct hvc_engine *engine, uint64_t address, uint64_t size);
bool hvc_engine__read(struct hvc_engine *engine, uint64_t address, void *buffer, size_t size);
/** Write guest memory. Code that may have run must be forgotten too. */
bool hvc_engine__write(struct hvc_engine *engine, uint64_t address, const void *data, size_t size);
/** Drop translations of an address range; only outside hooks. */
bool hvc_engine__forget(struct hvc_engine *engine, uint64_t address, uint64_t size);
/**
 * The addresses, and no others, whose instruction is not even looked at: the run ends there as at
 * a WFI, HVC_EXIT_WAIT, with pc at it. Code that may have run must be forgotten, too.
 */
bool hvc_engine__bar(struct hvc_engine *engine, const uint64_t *address, unsigned count);
/** Tell loads that begin in [address, address + size), too; before anything has run. */
bool hvc_engine__watch_loads(struct hvc_engine *engine, uint64_t address, uint64_t size);
/** Make address a boundary; before it first executes. */
bool hvc_engine__watch(struct hvc_engine *engine, uint64_t address);
/** Make every instruction one. */
bool hvc_engine__watch_all(struct hvc_engine *engine);

/** Registers but x0..x30, nzcv, daif. False when the CPU model lacks it. */
bool hvc_engine__get(struct hvc_engine *engine, enum hvc_reg reg, uint64_t *value);
bool hvc_engine__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value);
/** Any system register by its MRS encoding. */
bool hvc_engine__get_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t *value);
bool hvc_engine__set_sys(struct hvc_engine *engine, const uint8_t encoding[static 5],
                         uint64_t value);
/** Does something stand in for this register, so that an MRS or MSR must not reach the CPU's? */
bool hvc_engine__stands_in(struct hvc_engine *engine, const uint8_t encoding[static 5]);
void hvc_engine__frame(struct hvc_engine *engine, struct hvc_engine_frame *out);
/** Only x0..x30. */
void hvc_engine__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT]);
/** Code may have written banked registers of other modes, of an AArch32 CPU. */
void hvc_engine__stale_banks(struct hvc_engine *engine);
/** A block that ends in MSR ELR_hyp, rt, on a condition (bits 31:28 of A32). */
struct hvc_elr_move {
	uint64_t at; /**< of the block */
	uint32_t size;
	uint8_t rt, condition;
};
/** It begins. */
void hvc_engine__moves_elr(struct hvc_engine *engine, const struct hvc_elr_move *move);
/** That block is over, if there was one: the register holds still what was written. */
void hvc_engine__settle_elr(struct hvc_engine *engine);
void hvc_engine__simd(struct hvc_engine *engine, struct hvc_simd *out);
void hvc_engine__set_simd(struct hvc_engine *engine, const struct hvc_simd *simd);
uint64_t hvc_engine__pstate(struct hvc_engine *engine);

/**
 * Continue at pc with this PSTATE (SPSR layout, EL0..EL2), changing exception level where they
 * differ. Banked stack pointers move as in hardware. In a hook it takes effect on return;
 * elsewhere at the next run. The current level must not be EL0 (see hvc_engine__back).
 */
void hvc_engine__move(struct hvc_engine *engine, uint64_t pc, uint64_t pstate);

/** Keep the CPU as it is now, with every register that it has. */
bool hvc_engine__keep(struct hvc_engine *engine);
/**
 * The CPU as hvc_engine__keep found it, and no translation of an address known to it; memory
 * stays. Only outside hooks.
 */
void hvc_engine__back(struct hvc_engine *engine);

/**
 * Run from where the last move or stop left off. *detail is the faulting address for FETCH and
 * ACCESS; for BROKEN *text is the engine's own words.
 */
enum hvc_exit hvc_engine__run(struct hvc_engine *engine, uint64_t *detail, const char **text);
void hvc_engine__stop(struct hvc_engine *engine);

#endif
