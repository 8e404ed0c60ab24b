/* SPDX-License-Identifier: MIT */
/** A sweep under way: the workers, and the memory that they share with who waits. Internal. */
#ifndef ENGINE_SWEEP_CREW_H
#define ENGINE_SWEEP_CREW_H

#include "engine/sweep.h"

/*
 * Of fixed size, and each begun from scratch, so that the result is the same however they are
 * shared out.
 */
#define HVC_SWEEP_CHUNK  1024u
#define HVC_SWEEP_CHUNKS (HVC_IMM_COUNT / HVC_SWEEP_CHUNK)

/* A fault of the assumed world: how many calls, and the first of them. */
struct hvc_sweep_assumed {
	uint64_t calls;
	struct hvc_el2_exception fault;
	unsigned probe;
	uint16_t imm;
};

/* One worker: where it is, what it counted. */
struct hvc_sweep_slot {
	struct hvc_flight flight;
	unsigned chunk, probe, imm; /* under way; imm: within the chunk */
	volatile bool judging;      /* the call under way has been made */
	volatile bool over;         /* it came to an end of its own */
	bool doubted;               /* a worker died of this call, which did no harm by itself */
	volatile bool looking;      /* for classes of immediates, of this probe */
	unsigned unlooked;          /* probes before this one get none: a worker died of looking */
	uint64_t calls, failed;
	uint16_t first; /* immediate of the first that failed, */
	unsigned first_probe;
	struct hvc_flight failure; /* and all of it */
	unsigned alike;            /* lost in a row, at one instruction */
	uint64_t address;          /* that one */
	uint64_t steps;            /* instructions of long calls with this probe in this chunk */
	uint8_t lost[HVC_IMM_COUNT / 8], skipped[HVC_IMM_COUNT / 8];
	struct hvc_sweep_assumed assumed[HVC_ASSUMED_COUNT];
	struct hvc_supplied supplied; /* its rows are these, and never grow: */
	struct hvc_supply row[HVC_SUPPLIED_MAX];
};

/* Memory that all share. */
struct hvc_sweep_board {
	struct hvc_diag diag; /* of the first worker that failed */
	volatile int failed;
	struct hvc_flight again; /* of the call that is made by itself */
	struct hvc_sweep_slot slot[];
};

struct hvc_sweep_worker {
	pid_t pid;
	bool running;
	struct hvc_sweep_slot *slot;
	void *tally;
};

struct hvc_sweep_crew {
	const struct hvc_sweep_config *config;
	const struct hvc_sweep_judge *judge;
	struct hvc_sweep_board *board;
	size_t board_size;
	void *tallies;
	size_t tally; /* of one worker, rounded up */
	struct hvc_sweep_worker *worker;
	unsigned count;
	unsigned lost; /* processes */
	struct hvc_world usual;
	const struct hvc_world *world;
};

static inline uint16_t hvc_sweep__imm(const struct hvc_sweep_slot *slot)
{
	return (uint16_t)(slot->chunk * HVC_SWEEP_CHUNK + slot->imm);
}

/** The call that a worker is at. */
void hvc_sweep__call(const struct hvc_sweep_crew *crew, const struct hvc_sweep_slot *slot,
                     struct hvc_call *call);
/** Have a call judged, and go to the next; false: the judge wants no more. */
bool hvc_sweep__take(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                     const struct hvc_call *call, const struct hvc_outcome *outcome);
HVC_MUST_USE enum hvc_status hvc_sweep__machine(const struct hvc_sweep_crew *crew,
                                                struct hvc_diag *diag, struct hvc_machine **out);
/** Fork one, which goes on from where its slot is. False: errno says why. */
bool hvc_sweep__start(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker);

#endif
