/* SPDX-License-Identifier: MIT */
/** The engine's private parts, a section a file. */
#ifndef ENGINE_INTERNAL_H
#define ENGINE_INTERNAL_H

#include <stdio.h>
#include <sys/types.h>

#include "engine/call.h"
#include "hvcheck/arch.h"
#include "machine/flight.h"

/* describe.c */

/* Bits of each register that are compared: zero where absent or not observable. */
struct hvc_masks {
	uint64_t v[HVC_REG_COUNT];
};

void hvc_masks__of(const struct hvc_regset *present, struct hvc_masks *out);

/* lost.c: work in processes that can be lost, since the engine may die of a call */

/*
 * Most processes that are lost before the whole is given up, and most calls in a row, at one
 * instruction and with the same registers, before those that are left are taken to be like them.
 */
#define HVC_LOST_MAX   4096u
#define HVC_LOST_ALIKE 8u

/* What a call is made with. */
struct hvc_lost_machine {
	const struct hvc_subject *subject;
	const struct hvc_world *world; /* NULL: the default */
	uint64_t budget;
};

/*
 * Make a call by itself, in a process and a machine of its own; flight: shared memory. True when
 * the engine fails again; flight says where.
 */
bool hvc_lost__again(const struct hvc_lost_machine *machine, const struct hvc_call *call,
                     struct hvc_flight *flight);
/*
 * Work in a process of its own, which returns what the work does; flight: shared memory. When it
 * dies it is HVC_E_ENGINE, and *died.
 */
enum hvc_status hvc_lost__apart(enum hvc_status (*work)(void *ctx), void *ctx,
                                struct hvc_flight *flight, bool *died);
/* The process of a worker begins. False: whoever wants its work has gone. */
bool hvc_lost__enter(pid_t parent);
/* ... and ends. */
_Noreturn void hvc_lost__leave(int status);
/* "hvc #0x5 from el1h, x0 = 0x1, at 0x80000104: msr oslar_el1, x0". Cut to size. */
void hvc_lost__print(const struct hvc_flight *flight, char *text, size_t size);
/* Registers that are not as in any call: "hvc #0x1 from el1h, x0 = 0x2". Cut to size. */
void hvc_call__print(const struct hvc_call *call, char *text, size_t size);

/* doubt.c */
struct hvc_check;

/* A fault that only the assumed world may be to blame for. */
enum hvc_assumed {
	HVC_ASSUMED_NOT,
	HVC_ASSUMED_POINTER, /* near what a register holds that nobody has set */
	HVC_ASSUMED_LACKING, /* an instruction that other CPUs have */
	HVC_ASSUMED_READ,    /* near null, or a BRK: where memory that nobody set was read */
	HVC_ASSUMED_COUNT,
};
/* The fault that a call ended in, or the exception at EL2 that its vectors have answered. */
struct hvc_el2_exception hvc_fault__of(const struct hvc_outcome *outcome);
enum hvc_assumed hvc_fault__assumed(const struct hvc_world *world, const struct hvc_state *entry,
                                    const struct hvc_outcome *outcome);
/* Fill in check->doubt, all of whose worlds are done. False when memory runs out. */
bool hvc_check__doubt(struct hvc_check *check);

/* probe.c: the n-th level in the order in which callers are taken; n below HVC_LEVEL_COUNT */
enum hvc_level hvc_probe__level(unsigned n);
/* probe.c: one more probe in its place, unless it is there; false when memory runs out */
bool hvc_probes__add(struct hvc_probes *probes, const struct hvc_probe *probe);

/*
 * Only the probes that a CPU of this model can make: its levels, and values that registers of its
 * EL2 hold.
 */
void hvc_probes__fit(struct hvc_probes *probes, enum hvc_cpu cpu);

#endif
