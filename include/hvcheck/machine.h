/* SPDX-License-Identifier: MIT */
/**
 * The emulated CPU: an image in memory, a world around it, and calls that really execute.
 *
 * Which engine runs underneath is hidden (today Unicorn, in emu/machine/unicorn.c). A machine
 * may be used by one thread at a time and does not survive fork() in two processes' hands:
 * open one machine in each process.
 */
#ifndef HVCHECK_MACHINE_H
#define HVCHECK_MACHINE_H

#include "hvcheck/outcome.h"
#include "hvcheck/simd.h"
#include "hvcheck/supplied.h"

/** Default instruction budget of one call. */
#define HVC_BUDGET_DEFAULT 100000u

/** A piece of the image. Addresses and sizes in bytes, any alignment, no overlap. */
struct hvc_segment {
	uint64_t address;
	uint64_t size;       /**< in memory; bytes past data_size are zero */
	const uint8_t *data; /**< borrowed until the machine is closed; NULL: all zero */
	uint64_t data_size;
};

/** Memory of an image that nothing in its file sets: what is there is taken to be, not known. */
struct hvc_unset {
	uint64_t address, size;
	uint32_t type; /**< of the relocation that could not be applied; 0: it is zero until boot */
};

/** What is executed: memory and the address of its EL2 vector table. */
struct hvc_image {
	const struct hvc_segment *segment;
	unsigned segments;
	uint64_t vectors; /**< VBAR_EL2, 2 KiB aligned; HVBAR, 32 bytes aligned */
	/**
	 * Memory is what the tables of EL2 map, so that an address is what they make of it, while
	 * SCTLR_EL2.M says that the MMU is on, and the caller has no stage 2.
	 */
	bool booted;
	const struct hvc_unset *unset; /**< by address, without overlap; borrowed as segments are */
	unsigned unsets;
	bool aarch32; /**< A32 or T32 code, for Hyp mode: to be run by a CPU that has it */
};
/** Bytes of its table, which is also how it is aligned: 2 KiB, or 32. */
static inline uint64_t hvc_image_table(const struct hvc_image *image)
{
	return image->aarch32 ? 32 : 2048;
}

/** Instruction sets. */
enum hvc_isa {
	HVC_ISA_A64,
	HVC_ISA_A32,
	HVC_ISA_T32,
};

/**
 * One executed instruction, for traces. Of T32 the word is a halfword, or two of them with the
 * first in bits 31:16. Registers are those after it.
 */
struct hvc_step {
	uint64_t pc;
	uint32_t word;
	enum hvc_level level;
	enum hvc_isa isa;
	const struct hvc_state *before;
	const struct hvc_state *after;
};

/** Everything a machine is opened with. Zero-initialise, then fill in. */
struct hvc_machine_config {
	struct hvc_image image;
	const struct hvc_world *world; /**< copied; NULL: hvc_world_init, a72, or a15 for AArch32 */
	uint64_t budget;               /**< instructions a call; 0: HVC_BUDGET_DEFAULT */
	/**
	 * An SMC is trapped where HCR_EL2.TSC says so, and goes to EL3 otherwise (`forward`).
	 * False: TSC is set for each SMC, as for all those that ask what EL2 makes of one.
	 */
	bool smc_as_it_is;
	/** Called for each instruction executed at EL2; makes every run much slower. */
	void (*trace)(void *ctx, const struct hvc_step *step);
	void *trace_ctx;
	/** Called for each block of the subject's code before it runs; size in bytes. Cheap. */
	void (*block)(void *ctx, uint64_t address, uint32_t size);
	void *block_ctx;
};

struct hvc_machine;

/**
 * Open a machine in its world. The first call in a process for a CPU model also runs the engine's
 * self-test for it (hvc_machine_selftest) and refuses to go on when that fails.
 * Errors: HVC_E_ARG (no such CPU model), HVC_E_UNSUPPORTED (the world sets a register that the
 * model lacks), HVC_E_RANGE (image overlaps the harness or itself, vectors misaligned or outside
 * the image), HVC_E_ENGINE, HVC_E_NOMEM.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_open(const struct hvc_machine_config *config,
                                                      struct hvc_diag *diag,
                                                      struct hvc_machine **out);

/** Free everything. NULL is fine. */
HVC_API void hvc_machine_close(struct hvc_machine *machine);

/** Register state of the world, as every call from reset finds it (x0..x30 are zero). */
HVC_API const struct hvc_state *hvc_machine_entry(const struct hvc_machine *machine);

/** Registers the CPU model lacks are not in this set; they read as zero. */
HVC_API const struct hvc_regset *hvc_machine_present(const struct hvc_machine *machine);

/**
 * Make one call in the machine's present state, and leave the machine as the call left it:
 * system registers and memory carry over to the next call, the caller's registers do not.
 * A call that ended anywhere but at its caller leaves system registers and memory too.
 * Errors: HVC_E_ARG (flags out of place; a caller at a level where nothing can execute now, as
 * EL1 while HCR_EL2.TGE is set), HVC_E_ENGINE.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_call(struct hvc_machine *machine,
                                                      const struct hvc_call *call,
                                                      struct hvc_diag *diag,
                                                      struct hvc_outcome *out);

/**
 * Registers, memory and all else back to the world: the next call is what it would be in a new
 * machine. Time begins again, too: counters tick with the instructions of the calls since then.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_reset(struct hvc_machine *machine,
                                                       struct hvc_diag *diag);

/**
 * Add what the calls made so far had to make up to an account, and forget it. HVC_E_NOMEM; then
 * part of it may have been added.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_supplied(struct hvc_machine *machine,
                                                          struct hvc_supplied *into);

/** Read guest memory, all or nothing. HVC_E_RANGE when any byte is unmapped. */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_read(struct hvc_machine *machine, uint64_t address,
                                                      void *buffer, size_t size);

/**
 * Write guest memory, between calls and right after a reset: every later reset keeps it. Not
 * where code has run. HVC_E_RANGE when any byte is unmapped, HVC_E_NOMEM.
 */
HVC_MUST_USE HVC_API enum hvc_status
hvc_machine_write(struct hvc_machine *machine, uint64_t address, const void *data, size_t size);

/**
 * The FP/SIMD registers as the last call left them; inside a trace as they are now. They are the
 * caller's own: the next call finds what hvc_machine_set_simd said (hvc_simd_init, seed 0).
 */
HVC_API void hvc_machine_simd(struct hvc_machine *machine, struct hvc_simd *out);
HVC_API void hvc_machine_set_simd(struct hvc_machine *machine, const struct hvc_simd *simd);

/** Where calls come from and outcomes go, for many calls in one go. */
struct hvc_feed {
	/** Fill the next call; false ends the run. *call holds the previous one. */
	bool (*next)(void *ctx, struct hvc_call *call);
	/** Take the outcome of the last call; false ends the run with HVC_E_CANCELLED. */
	bool (*done)(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome);
	void *ctx;
};

/** Make every call of the feed, each from reset, without leaving the engine in between. */
HVC_MUST_USE HVC_API enum hvc_status
hvc_machine_run(struct hvc_machine *machine, const struct hvc_feed *feed, struct hvc_diag *diag);

/**
 * Prove that the installed engine behaves with every CPU model: CurrentEL after every transition,
 * ESR, ELR and SPSR as EL2 reads them, banked SP, slots, ERET, E2H. HVC_E_ENGINE names the first
 * thing that is wrong.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_machine_selftest(struct hvc_diag *diag);

/** Name and version of the engine library in use, such as "Unicorn 2.0.1". Constant. */
HVC_API const char *hvc_machine_engine(void);

#endif
