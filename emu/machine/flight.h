/* SPDX-License-Identifier: MIT */
/**
 * The flight record: what this process's machines were at, kept where another process can read it
 * after this one has died. The engine underneath calls abort and exit on input of its own making.
 */
#ifndef MACHINE_FLIGHT_H
#define MACHINE_FLIGHT_H

#include "hvcheck/outcome.h"

struct hvc_engine;

/** Zero-initialise, in memory that is shared. */
struct hvc_flight {
	struct hvc_call call; /**< under way, or made last */
	volatile bool open;   /**< it is under way */
	uint64_t address; /**< of the subject's block, or instruction, that began last; 0: none */
	bool reads;       /**< set it to have the code there, too, which costs a read a block */
	bool seen;        /**< `word` is filled in */
	uint32_t word;
};

/**
 * Of a process that others work for: the calls that were lost with one of them, and the first of
 * these. Whoever asked wants to know, whatever the result says.
 */
struct hvc_flight_losses {
	unsigned calls;
	struct hvc_flight first;
};

/** Where this thread's machines write to; NULL: nowhere. Returns what it was before. */
struct hvc_flight *hvc_flight__record(struct hvc_flight *flight);
/** Where this thread's lost calls are counted; NULL: nowhere. */
void hvc_flight__count(struct hvc_flight_losses *losses);
/** A process died of this call, made by itself as well or never again. */
void hvc_flight__lose(const struct hvc_flight *flight);

/* What machines write. */
void hvc_flight__begin(const struct hvc_call *call);
/* A block or an instruction at an address is about to run. */
void hvc_flight__at(uint64_t address, struct hvc_engine *engine);
void hvc_flight__end(void);

/* For tests, which have no engine that dies when it is told to: called at each block. */
extern void (*hvc_flight__trial)(const struct hvc_flight *flight);

#endif
