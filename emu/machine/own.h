/* SPDX-License-Identifier: MIT */
/**
 * Instructions that hvcheck does itself: time, which is not the host's here, and what the engine
 * does wrong or not at all. Internal.
 */
#ifndef MACHINE_OWN_H
#define MACHINE_OWN_H

#include <stdbool.h>
#include <stdint.h>

struct hvc_machine;

/** Counters of the PMU: 31 events and the cycles. */
#define HVC_OWN_COUNTERS 32u

struct hvc_own {
	bool used;      /**< since the last reset, the rest of this but the clock */
	bool waits;     /**< the run is stopped at an instruction, */
	uint64_t at;    /**< this one */
	uint64_t clock; /**< instructions of the calls since the last reset that have ended */
	uint64_t randoms;
	uint64_t overflow;                  /**< PMOVSSET */
	uint64_t counter[HVC_OWN_COUNTERS]; /**< less the clock, while it is counting */
};

/** May this be one of them? Pure. */
bool hvc_own__may(uint32_t word);
/** Does a register count, or what is written to it do more than stay there? */
bool hvc_own__moves(const uint8_t name[static 5]);
/** Is the instruction at address, about to execute, one of them now? Then it waits. */
bool hvc_own__takes(struct hvc_machine *machine, uint64_t address);
/**
 * Do the one that waits, outside hooks, and go on behind it. False: it faults on *far, and control
 * is where it was.
 */
bool hvc_own__execute(struct hvc_machine *machine, uint64_t *far);
/** A reset, where one was used since the last. */
void hvc_own__reset(struct hvc_machine *machine);

#endif
