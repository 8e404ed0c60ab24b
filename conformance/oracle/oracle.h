/* SPDX-License-Identifier: MIT */
/**
 * A second opinion: the same image, worlds and calls on another CPU model, the virt board of
 * qemu-system-aarch64, which takes its exceptions itself. A small program at EL3
 * (conformance/oracle/harness.S) puts each world in place, drops to the caller, and tells how the
 * call ended; nothing of the machine of machine.h is involved.
 */
#ifndef ORACLE_ORACLE_H
#define ORACLE_ORACLE_H

#include "hvcheck/exception.h"
#include "hvcheck/machine.h"

/** A world as hvc_machine_entry gives it: every register that the CPU model has. */
struct hvc_oracle_config {
	struct hvc_image image;
	enum hvc_cpu cpu;
	const struct hvc_regset *present; /**< hvc_machine_present of that CPU model */
	const struct hvc_state *const *world;
	unsigned worlds;
	unsigned budget;   /**< instructions that a call may execute at EL2, about; 0: 65,536 */
	bool smc_as_it_is; /**< as of hvc_machine_config */
};

struct hvc_oracle_call {
	struct hvc_call call; /**< as the CPU model has it, see hvc_call__fit */
	unsigned world;
	uint64_t pstate; /**< further bits of the caller's PSTATE: PAN, UAO, DIT, SSBS, TCO */
};

/** Where the memory of QEMU's virt board begins (QEMU, hw/arm/virt.c); devices are below. */
#define HVC_ORACLE_RAM   UINT64_C(0x40000000)
#define HVC_ORACLE_WORDS 64u
/** Segments of images above this size are not searched for stores. */
#define HVC_ORACLE_IMAGE UINT64_C(0x20000)

/** What became of one call. */
struct hvc_oracle_answer {
	/**
	 * As hvc_machine_call gives it, but `instructions` and `untracked` are 0, a loop without
	 * end is always `spin`, and `stores` are the words of memory outside EL2's own that
	 * changed.
	 */
	struct hvc_outcome outcome;
	/**
	 * Registers of outcome.state that are those at the end of the call. An exception at the
	 * end has overwritten a few, and has been taken here, while the machine stops before it.
	 */
	struct hvc_regset known;
	bool entered; /**< the instruction arrived at EL2; false: it was UNDEFINED */
	/**
	 * A register holds the instruction at which calls end here, which is not the machine's:
	 * the handler took an address of code for one of data, and the two read different words.
	 */
	bool peeked;
	/**
	 * The budget ended behind an exception that EL2 had taken from itself. hvcheck tells the
	 * first of such a row as a fault, of which QEMU has no more than where the last one went.
	 */
	bool nested;
	bool taken;             /**< `entry` is filled in */
	struct hvc_entry entry; /**< the exception that the instruction caused */
	uint64_t id[4];         /**< ID_AA64PFR0, PFR1, MMFR1, MMFR2 */
	struct hvc_state world; /**< registers before the call, as this CPU reads them */
	unsigned words;         /**< 64-bit words of memory that changed */
	struct {
		uint64_t address, value;
	} word[HVC_ORACLE_WORDS];
};

/** Called for each answer, in the order of the calls; false ends with HVC_E_CANCELLED. */
typedef bool hvc_oracle_take(void *ctx, size_t index, const struct hvc_oracle_answer *answer);

/**
 * Make calls, each from its world. Errors: HVC_E_NOTFOUND (no qemu-system-aarch64: diag says how to
 * install it), HVC_E_UNSUPPORTED (an image where the board has no memory, or whose vectors begin
 * with an instruction that cannot be moved), HVC_E_ENGINE (QEMU failed), HVC_E_IO, HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_oracle__run(const struct hvc_oracle_config *config,
                                             const struct hvc_oracle_call *call, size_t calls,
                                             hvc_oracle_take *take, void *ctx,
                                             struct hvc_diag *diag);

/** First line of `qemu-system-aarch64 --version`. HVC_E_NOTFOUND, HVC_E_IO. */
HVC_MUST_USE enum hvc_status hvc_oracle__version(struct hvc_diag *diag, char *text, size_t size);

/**
 * Compare an answer with the machine's outcome of the same call, register by register, and the
 * exception with what exception.h says of a CPU with these features. machine: the one that made
 * the call, just now, so that its memory can be compared; NULL: memory is not. Returns the number
 * of disagreements; text gets one line each, cut to size.
 */
unsigned hvc_oracle__compare(const struct hvc_oracle_config *config,
                             const struct hvc_oracle_call *call, struct hvc_machine *machine,
                             const struct hvc_outcome *outcome,
                             const struct hvc_oracle_answer *answer, char *text, size_t size);

#endif
