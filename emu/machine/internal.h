/* SPDX-License-Identifier: MIT */
/** The machine's private parts, a section a file. */
#ifndef MACHINE_INTERNAL_H
#define MACHINE_INTERNAL_H

#include "hvcheck/exception.h"
#include "hvcheck/machine.h"
#include "machine/engine.h"

/* block.c: what a block of code can do, found once and remembered */

#define BLOCK_UNTRACKED_MAX 4u

struct hvc_block {
	uint64_t address; /* with size: the key; size 0 is an empty row */
	uint32_t size;
	bool erets;               /* ends in ERET */
	bool self_branch;         /* is one branch to itself */
	struct hvc_regset writes; /* system registers it may write */
	unsigned untracked;       /* MSRs by names without a row */
	uint8_t encoding[BLOCK_UNTRACKED_MAX][5];
};

#define BLOCK_ROWS 1024u /* power of two; a conflict only costs another look at the code */

struct hvc_blocks {
	struct hvc_block row[BLOCK_ROWS];
	uint64_t lo, hi; /* range of addresses seen, hi exclusive */
};

const struct hvc_block *hvc_block__find(struct hvc_blocks *blocks, struct hvc_engine *engine,
                                        uint64_t address, uint32_t size);
void hvc_block__forget(struct hvc_blocks *blocks);

/* undo.c: stores, so that they can be taken back */

struct hvc_undo_entry {
	uint64_t address;
	uint64_t old;
	uint8_t size;
};

struct hvc_undo {
	struct hvc_undo_entry *entry;
	size_t count, capacity;
	bool overflow; /* memory ran out: the machine cannot be reset any more */
};

void hvc_undo__push(struct hvc_undo *undo, uint64_t address, uint64_t old, unsigned size);
/* Put everything back, newest first. False when it cannot. */
bool hvc_undo__apply(struct hvc_undo *undo, struct hvc_engine *engine);

/* spin.c: a loop without progress, found by Brent's cycle detection */

struct hvc_spin {
	uint64_t blocks;            /* of this call */
	uint64_t next;              /* block count at which the next checkpoint is taken */
	bool armed;                 /* a checkpoint exists */
	bool progress;              /* memory or a system register changed since the checkpoint */
	struct hvc_engine_frame at; /* state at the checkpoint */
};

void hvc_spin__reset(struct hvc_spin *spin);
/* A block at address is about to run. True: the PE is exactly where it was before. */
bool hvc_spin__block(struct hvc_spin *spin, struct hvc_engine *engine, uint64_t address);

/* machine.c, call.c */

enum hvc_phase {
	PHASE_IDLE,
	PHASE_CALLER, /* the instruction has not executed yet */
	PHASE_EL2,    /* after the exception entry */
	PHASE_ENDED,  /* an outcome is there, the engine has been told to stop */
};

#define EXTRA_MAX 32u

struct hvc_extra {
	uint8_t encoding[5];
	uint64_t value;
};

struct hvc_machine {
	struct hvc_engine *engine;
	struct hvc_world world;
	struct hvc_segment *segment;
	unsigned segments;
	uint64_t image_lo, image_hi; /* hull of the segments, hi exclusive */
	uint64_t budget;
	void (*trace)(void *ctx, const struct hvc_step *step);
	void *trace_ctx;
	void (*on_block)(void *ctx, uint64_t address, uint32_t size);
	void *block_ctx;

	struct hvc_state entry; /* every register, as a call from reset finds it */
	struct hvc_state now;   /* system registers and SPs as they are between calls */
	struct hvc_regset present;
	struct hvc_pe pe; /* template; features are fixed, the rest follows `now` */
	uint64_t hcd;     /* HCR_EL2.HCD of a world without EL3, which the engine cannot hold */
	struct hvc_extra extra[EXTRA_MAX]; /* registers without a row, and what they held first */
	unsigned extras;
	bool extras_dirty; /* one was written since the last reset */

	/* the call under way */
	enum hvc_phase phase;
	struct hvc_call call;
	uint64_t call_pc;
	bool tsc_forced; /* HCR_EL2.TSC was set for this SMC only */
	bool after_eret;
	uint64_t aarch32_spsr; /* what SPSR_EL2 held, when the engine must not see it */
	uint64_t instructions;
	unsigned untracked;
	unsigned stores, el2_stores;
	struct hvc_store store[HVC_STORE_MAX];
	struct hvc_regset dirty; /* system registers that may differ from `now` */
	bool code_dirty;         /* a store hit code that may have run */
	struct hvc_blocks blocks;
	struct hvc_undo undo;
	struct hvc_spin spin;
	struct hvc_outcome outcome;

	/* tracing: the instruction under way */
	bool step_open;
	uint64_t step_pc;
	struct hvc_state step_before;

	/* the run under way */
	const struct hvc_feed *feed;
	enum hvc_status status;
	bool in_hook; /* inside an exception hook: the next call can start without stopping */
};

/* Everything but x0..x30, nzcv, daif of `call` put into `state`; PSTATE of the caller. */
uint64_t hvc_call__pstate(const struct hvc_call *call);

/* call.c: the life of one call */
bool hvc_call__start(struct hvc_machine *machine);
void hvc_call__exception(void *ctx, enum hvc_event event, uint64_t pc);
void hvc_call__block(void *ctx, uint64_t address, uint32_t size);
void hvc_call__write(void *ctx, uint64_t address, unsigned size, uint64_t value);
void hvc_call__boundary(void *ctx, uint64_t address);
/* The engine came back by itself: end the call, or say that it goes on (WFI). */
bool hvc_call__exit(struct hvc_machine *machine, enum hvc_exit exit, uint64_t detail);

/* trace.c */
void hvc_trace__step(void *ctx, uint64_t address);
/* Report the instruction under way, now that it is done. */
void hvc_trace__close(struct hvc_machine *machine);

/* machine.c */
/* Open without the self-test. */
enum hvc_status hvc_machine__open(const struct hvc_machine_config *config, struct hvc_diag *diag,
                                  struct hvc_machine **out);
/* selftest.c: for one CPU model */
enum hvc_status hvc_machine__selftest(enum hvc_cpu cpu, struct hvc_diag *diag);
/* Registers and data memory back to the world; code is not, see hvc_machine_run. */
bool hvc_machine__restore(struct hvc_machine *machine);

#endif
