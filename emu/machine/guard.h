/* SPDX-License-Identifier: MIT */
/** Instructions that the engine must not see, since looking at one ends the process. Internal. */
#ifndef MACHINE_GUARD_H
#define MACHINE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hvc_machine;

struct hvc_guard {
	uint64_t *address; /**< where one is, or has been */
	unsigned count;
	size_t capacity;
	bool looked; /**< at the image */
};

/** Is it one, on a CPU model that has what the engine gets wrong? All are UNDEFINED. Pure. */
bool hvc_guard__aborts(uint32_t word);
/** Keep those of the image from a new engine. False: out of memory. */
bool hvc_guard__image(struct hvc_machine *machine);
/** A store is about to be made; it may write one. */
void hvc_guard__store(struct hvc_machine *machine, uint64_t address, unsigned size, uint64_t value);
/** The engine has come back at pc: because of one? Outside hooks. */
bool hvc_guard__stops(struct hvc_machine *machine, uint64_t pc);

#endif
