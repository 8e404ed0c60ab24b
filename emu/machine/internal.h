/* SPDX-License-Identifier: MIT */
/** The machine's private parts, a section a file. */
#ifndef MACHINE_INTERNAL_H
#define MACHINE_INTERNAL_H

#include "hvcheck/exception.h"
#include "hvcheck/invented.h"
#include "hvcheck/machine.h"
#include "machine/engine.h"

/* block.c: what a block of code can do, found once and remembered */

#define BLOCK_UNTRACKED_MAX 4u
#define BLOCK_NOWHERE       UINT32_MAX

struct hvc_block {
	uint64_t address; /* with size: the key; size 0 is an empty row */
	uint32_t size;
	bool erets;               /* ends in ERET */
	bool self_branch;         /* is one branch to itself */
	bool simd;                /* may change an FP/SIMD register */
	bool may_trap;            /* has one of the next two */
	uint32_t fp_at, sve_at;   /* offset of the first that FP/SIMD and that SVE enable */
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

/* trap.c: FP/SIMD and SVE that CPTR_EL2 traps, see trap.h */

struct hvc_traps {
	uint64_t *address; /* instructions that are watched */
	unsigned count;
	bool waits;            /* a block is put off, */
	uint64_t lo, hi, next; /* this one, hi exclusive, until `next` is watched */
};

/* undo.c: stores, so that they can be taken back */

struct hvc_undo_page;

struct hvc_undo {
	struct hvc_undo_page **slot; /* hash table of the pages that are known */
	unsigned slots, pages;
	struct hvc_undo_page *touched; /* list of those stored to since the last reset */
	struct hvc_undo_page *last;    /* found last */
	bool overflow;                 /* memory ran out: the machine cannot be reset any more */
};

/* Is this page, by its address, known to be there? */
bool hvc_undo__knows(struct hvc_undo *undo, uint64_t address);
/*
 * Note a store inside one page that is there. lent: the page may go with a reset. False when it
 * stores what is there already.
 */
bool hvc_undo__store(struct hvc_undo *undo, struct hvc_engine *engine, uint64_t address,
                     unsigned size, const uint8_t *value, bool lent);
/* Is something between the addresses, hi exclusive, on a page stored to since the last reset? */
bool hvc_undo__touches(const struct hvc_undo *undo, uint64_t lo, uint64_t hi);
/* Put everything back. False when it cannot. */
bool hvc_undo__apply(struct hvc_undo *undo, struct hvc_engine *engine);
void hvc_undo__free(struct hvc_undo *undo);

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

/* zero.c: pages that are there, zero, from the first access on */

struct hvc_zero_page {
	uint64_t address;
	bool used;            /* since the last reset: part of the machine's memory */
	bool touched;         /* by the call under way */
	bool blind;           /* the call read bytes that nothing had written */
	uint64_t written[64]; /* since the last reset, a bit a byte */
};

/*
 * The engine keeps the pages of earlier calls, since mapping is slow. All of them are zero, and
 * one that is not used makes room, so that calls cannot tell.
 */
struct hvc_zero {
	unsigned limit; /* pages used at once; 0: none is lent */
	uint64_t top;   /* of physical addresses, exclusive: the CPU reaches none from there on */
	struct hvc_zero_page *page;
	unsigned pages, used;
	unsigned *slot; /* hash table: page index + 1, 0 is empty */
	unsigned slots; /* power of two, over twice the limit */
};

bool hvc_zero__open(struct hvc_zero *zero, unsigned limit);
void hvc_zero__close(struct hvc_zero *zero);
/* Is the address in a page that is used? */
bool hvc_zero__has(const struct hvc_zero *zero, uint64_t address);
/* An access to memory that is not there. False: it stays so. */
bool hvc_zero__lend(struct hvc_zero *zero, struct hvc_engine *engine, uint64_t address,
                    unsigned size);
/* Has the engine this page, by its address, from this or an earlier call? If not, bring it. */
bool hvc_zero__finds(const struct hvc_zero *zero, uint64_t address);
bool hvc_zero__brings(struct hvc_zero *zero, struct hvc_engine *engine, uint64_t address);
/* An access is about to be made, wherever it goes. */
void hvc_zero__load(struct hvc_zero *zero, uint64_t address, unsigned size);
void hvc_zero__store(struct hvc_zero *zero, uint64_t address, unsigned size);
void hvc_zero__start(struct hvc_zero *zero);
/* After the stores have been taken back. */
void hvc_zero__reset(struct hvc_zero *zero);

/* around.c: boundaries, answers for what is missing, and the account of both */

struct hvc_reads; /* system registers that a block of code reads */

struct hvc_around {
	struct hvc_invented account; /* of calls that have ended */
	struct hvc_invented met;     /* by the call under way: calls of missing functions */
	struct hvc_regset read;      /* by the call under way, unset */
	struct hvc_regset written;   /* by earlier calls since the last reset */
	uint64_t stubs;              /* that the call under way met, a bit a boundary */
	uint64_t filter;             /* of boundary addresses */
	uint64_t block_end;          /* of the block that ran last */
	struct hvc_reads *reads;
	bool failed; /* memory ran out */
};

/* machine.c, call.c */

enum hvc_phase {
	PHASE_IDLE,
	PHASE_CALLER, /* the instruction has not executed yet */
	PHASE_EL2,    /* after the exception entry */
	PHASE_ENDED,  /* an outcome is there, the engine has been told to stop */
};

#define EXTRA_MAX 32u

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
	uint64_t functions; /* times that HVC_FUNCTION was entered */
	unsigned untracked;
	unsigned stores, el2_stores;
	struct hvc_store store[HVC_STORE_MAX];
	struct hvc_regset dirty; /* system registers that may differ from `now` */
	bool code_dirty;         /* a store hit code that may have run */
	struct hvc_blocks blocks;
	struct hvc_traps traps;
	struct hvc_undo undo;
	struct hvc_spin spin;
	bool open; /* the world says what lies around the subject */
	struct hvc_zero zero;
	struct hvc_around around;
	const struct hvc_stop *stub; /* stopped at it, to go on behind the call of it */
	struct hvc_outcome outcome;
	struct hvc_simd simd_entry; /* as every call finds them */
	struct hvc_simd simd_now;   /* as the last call left them */
	bool simd_dirty;            /* the engine's may not be simd_entry any more */

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
static inline uint64_t hvc_call__pstate(const struct hvc_call *call)
{
	return call->nzcv | call->daif | hvc_level_mode(call->from);
}

/* call.c: the life of one call */
bool hvc_call__start(struct hvc_machine *machine);
void hvc_call__exception(void *ctx, enum hvc_event event, uint64_t pc);
void hvc_call__block(void *ctx, uint64_t address, uint32_t size);
void hvc_call__boundary(void *ctx, uint64_t address);
/* The engine came back by itself, or at a stub: end the call, or say that it goes on. */
bool hvc_call__exit(struct hvc_machine *machine, enum hvc_exit exit, uint64_t detail);

/* effect.c */
void hvc_effect__untracked(struct hvc_machine *machine, const struct hvc_block *block);
void hvc_call__write(void *ctx, uint64_t address, unsigned size, uint64_t value);
void hvc_call__load(void *ctx, uint64_t address, unsigned size);
bool hvc_call__unmapped(void *ctx, uint64_t address, unsigned size);

/* around.c */
bool hvc_around__open(struct hvc_machine *machine);
void hvc_around__close(struct hvc_machine *machine);
void hvc_around__start(struct hvc_machine *machine);
/* A block is about to run. True: it begins at a boundary, which is for hvc_call__boundary. */
bool hvc_around__block(struct hvc_machine *machine, uint64_t address, uint32_t size);
/* A system register was read. */
void hvc_around__read(struct hvc_machine *machine, enum hvc_reg reg);
/* Is this, stopped at code that is not in memory, a call of a function? */
bool hvc_around__is_call(const struct hvc_machine *machine, const struct hvc_engine_frame *frame,
                         uint64_t pc, bool chosen);
/* Return from the stub or the missing function at pc. False when the budget is used up. */
bool hvc_around__return(struct hvc_machine *machine, struct hvc_engine_frame *frame, uint64_t pc);
/* The call has ended: account for what it met. */
void hvc_around__conclude(struct hvc_machine *machine);

/* trap.c, of the call under way */
/* Does the block hold an instruction that is trapped, and not watched yet? Then the run is stopped.
 */
bool hvc_traps__puts_off(struct hvc_machine *machine, const struct hvc_block *block);
/* Watch it; outside hooks. The block can begin again. False when it cannot be. */
bool hvc_traps__watch(struct hvc_machine *machine);
/* Exception class of the instruction at address, about to execute, if it is trapped, or 0. */
enum hvc_ec hvc_traps__class(const struct hvc_machine *machine, uint64_t address);

/* load.c: the image into the machine */
enum hvc_status hvc_load__take(struct hvc_machine *machine, const struct hvc_image *image,
                               struct hvc_diag *diag);
bool hvc_load__image(struct hvc_machine *machine);

/* harness.c: the code of the harness, see world.h */
bool hvc_harness__load(struct hvc_engine *engine);
/* simd.c */
/* Put the caller's values in, where a call has been at them. */
void hvc_simd__give(struct hvc_machine *machine);
/* Read them out, where this call may have changed one. */
void hvc_simd__take(struct hvc_machine *machine);

/* trace.c */
void hvc_trace__step(void *ctx, uint64_t address);
/* Report the instruction under way, now that it is done. */
void hvc_trace__close(struct hvc_machine *machine);

/* machine.c */
/* The code at HVC_FUNCTION. */
extern const uint32_t hvc_machine__function[6];
/* Open without the self-test. */
enum hvc_status hvc_machine__open(const struct hvc_machine_config *config, struct hvc_diag *diag,
                                  struct hvc_machine **out);
/* selftest.c: for one CPU model */
enum hvc_status hvc_machine__selftest(enum hvc_cpu cpu, struct hvc_diag *diag);
/* Registers and data memory back to the world; code is not, see hvc_machine_run. */
bool hvc_machine__restore(struct hvc_machine *machine);

#endif
