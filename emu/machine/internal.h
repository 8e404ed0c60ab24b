/* SPDX-License-Identifier: MIT */
/** The machine's private parts, a section a file. */
#ifndef MACHINE_INTERNAL_H
#define MACHINE_INTERNAL_H

#include "hvcheck/arch.h"
#include "hvcheck/exception.h"
#include "hvcheck/machine.h"
#include "hvcheck/supplied.h"
#include "machine/engine.h"
#include "machine/level.h"
#include "machine/own.h"
#include "machine/parts.h"

/* block.c: what a block of code can do, found once and remembered */

#define BLOCK_UNTRACKED_MAX 64u
#define BLOCK_NOWHERE       UINT32_MAX
#define BLOCK_WORDS         512u /* the engine translates no more at a time */

struct hvc_block {
	uint64_t address; /* with size: the key; size 0 is an empty row */
	uint32_t size;
	bool erets;       /* ends in ERET */
	bool self_branch; /* is one branch to itself */
	bool simd;        /* may change an FP/SIMD register */
	bool may_stop;    /* has one of the next, or of fp_at and sve_at */
	bool own;         /* instructions of own.h, accesses that have to be aligned */
	bool accesses;    /* loads or stores that SCTLR_EL2.A or SA may stop */
	bool stack;       /* may leave SP not aligned to 16 */
	uint32_t count;   /* instructions */
	bool t32;
	bool banks;               /* writes banked registers of AArch32 modes */
	bool elr;                 /* ends in MSR ELR_hyp, of the next two */
	uint8_t elr_rt, elr_cond; /* general-purpose register, and condition */
	uint32_t fp_at, sve_at;   /* offset of the first that FP/SIMD and that SVE enable */
	struct hvc_regset writes; /* system registers it may write */
	unsigned effects;         /* enum hvc_effect */
	unsigned untracked;       /* MSRs by names without a row */
	hvc_other other[BLOCK_UNTRACKED_MAX]; /* by these names */
};

#define BLOCK_ROWS 1024u /* power of two; a conflict only costs another look at the code */

#define BLOCK_LINES     65536u /* the same; a conflict only makes data look like code */
#define BLOCK_LINE_SIZE 64u    /* bytes; no store is larger */

struct hvc_blocks {
	struct hvc_block row[BLOCK_ROWS];
	uint64_t lines[BLOCK_LINES / 64]; /* that have code which may have run, a bit a line */
	bool fresh;                       /* the block found last had not been there */
	bool hyp;                         /* their code is A32 and T32 */
};

/* t32: it is T32 code, and no A64 or A32. */
const struct hvc_block *hvc_block__find(struct hvc_blocks *blocks, struct hvc_engine *engine,
                                        uint64_t address, uint32_t size, bool t32);
/* block_hyp.c: fill in what A32 or T32 code does. */
void hvc_block__look_hyp(struct hvc_block *block, struct hvc_engine *engine, bool t32);
/* A store. True: to code, or close to it. */
bool hvc_block__store(struct hvc_blocks *blocks, uint64_t address, unsigned size);
void hvc_block__forget(struct hvc_blocks *blocks);

/* surroundings.c: boundaries, answers for what is missing, and the account of both */

struct hvc_reads; /* system registers that a block of code reads */

struct hvc_surroundings {
	struct hvc_supplied account; /* of calls that have ended */
	struct hvc_supplied met;     /* by the call under way: calls of missing functions */
	struct hvc_regset read;      /* by the call under way, unset */
	struct hvc_regset written;   /* by earlier calls since the last reset */
	uint64_t stubs;              /* that the call under way met, a bit a boundary */
	uint64_t filter;             /* of boundary addresses */
	uint64_t block_end;          /* of the block that ran last */
	struct hvc_reads *reads;
	bool failed; /* memory ran out */
};

/* other.c: registers without a row that the call under way may have written */

#define OTHERS_TOUCHED 64u

struct hvc_touched {
	unsigned count;
	hvc_other which[OTHERS_TOUCHED];
	uint64_t before[OTHERS_TOUCHED];
};

/* aarch32.c: AArch32 state, which the engine never enters */

struct hvc_aarch32 {
	bool is_in;       /* the PE is in AArch32 state, */
	uint64_t pc, psr; /* here */
	bool leaves;      /* the ERET that goes there is under way */
	bool hidden;      /* SPSR_EL2 and ELR_EL2 of the engine are not these: */
	uint64_t spsr, elr;
};

/* machine.c, call.c */

enum hvc_phase {
	PHASE_IDLE,
	PHASE_CALLER, /* the instruction has not executed yet */
	PHASE_EL2,    /* after the exception entry */
	PHASE_ENDED,  /* an outcome is there, the engine has been told to stop */
};

/* Memory that hvc_machine_write has changed for good. */
struct hvc_patch {
	uint64_t address;
	size_t size;
	uint8_t *bytes;
};

struct hvc_machine {
	struct hvc_engine *engine;
	bool hyp; /* EL2 is Hyp mode: of an AArch32 CPU */
	struct hvc_world world;
	struct hvc_segment *segment; /* of the image, by address */
	unsigned segments;
	/* What is in memory: pieces that the world sets, which go before the image's. */
	struct hvc_image view;
	struct hvc_segment *view_segment;
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
	struct hvc_patch *patch;
	unsigned patches;
	unsigned effects;   /* enum hvc_effect, since the last reset */
	unsigned always;    /* of every call in this world */
	bool harness_dirty; /* code of the harness was stored to since the last reset */

	/* the call under way */
	enum hvc_phase phase;
	struct hvc_call call;
	uint64_t call_pc;
	bool smc_as_it_is;
	uint64_t hcr_forced; /* bits of HCR_EL2 that are others for this call only: TSC, RW */
	bool after_eret;
	unsigned it;     /* Hyp mode has returned to T32 code with this PSTATE.IT, used up since */
	uint64_t beyond; /* PSTATE bits that the engine does not keep, as they are now */
	struct hvc_aarch32 aarch32;
	uint64_t instructions;
	uint64_t functions; /* times that HVC_FUNCTION was entered */
	unsigned untracked;
	struct hvc_touched touched;
	unsigned stores, el2_stores;
	struct hvc_store store[HVC_STORE_MAX];
	struct hvc_written written;
	struct hvc_regset dirty; /* system registers that may differ from `now` */
	struct hvc_blocks blocks;
	struct hvc_traps traps;
	struct hvc_own own;
	struct hvc_guard guard;
	uint64_t block_end; /* of the block that is counted last */
	uint32_t words;     /* of it, in `word`, as they were translated; 0: they are in memory */
	struct hvc_undo undo;
	struct hvc_spin spin;
	struct hvc_nested nested;
	bool open; /* the world says what lies around the subject */
	struct hvc_zero zero;
	struct hvc_surroundings around;
	struct hvc_unset_reads unset;
	const struct hvc_stop *stub; /* stopped at it, to go on behind the call of it */
	struct hvc_outcome outcome;
	struct hvc_simd simd_entry; /* as every call finds them */
	struct hvc_simd simd_now;   /* as the last call left them */
	bool simd_dirty;            /* the engine's may not be simd_entry any more */

	/* tracing: the instruction under way */
	bool step_open;
	enum hvc_isa step_isa;
	uint64_t step_pc;
	struct hvc_state step_before;

	/* the run under way */
	const struct hvc_feed *feed;
	enum hvc_status status;
	bool in_hook; /* inside an exception hook: the next call can start without stopping */

	uint64_t word_at; /* see `words` */
	uint32_t word[BLOCK_WORDS];
};

/* PSTATE bits that the engine does not keep, or not to the end of the call. */
static inline uint64_t hvc_machine__beyond(const struct hvc_machine *machine)
{
	const uint64_t bits = HVC_PSTATE_SSBS | HVC_PSTATE_DIT | HVC_PSTATE_TCO | HVC_PSTATE_BTYPE;

	/* A PSR of AArch32 has others there, IT among them, and they are kept. */
	return machine->hyp ? 0 : bits;
}

/* call.c: an ERET has been executed: they are those of SPSR_EL2 */
void hvc_call__returned(struct hvc_machine *machine);

/* call.c: the life of one call */
/* An exception inside EL2 that the block hook has met: take it, outside hooks. */
void hvc_call__nest(struct hvc_machine *machine);
bool hvc_call__start(struct hvc_machine *machine);
void hvc_call__exception(void *ctx, enum hvc_event event, uint64_t pc);
/* Is the address one that the caller had in a register? */
bool hvc_call__chose(const struct hvc_machine *machine, uint64_t address);
/* End the call from a block hook, where the engine cannot be sent elsewhere, only stopped. */
void hvc_call__halt(struct hvc_machine *machine, enum hvc_outcome_kind kind, uint64_t pc);
/* What it is when control has arrived somewhere outside the subject. */
enum hvc_outcome_kind hvc_call__arrival(const struct hvc_machine *machine, uint64_t address,
                                        unsigned el);
/* The engine came back by itself, or at a stub: end the call, or say that it goes on. */
bool hvc_call__exit(struct hvc_machine *machine, enum hvc_exit exit, uint64_t detail);

/* State of the PE at the call's instruction, with this PSTATE, for the pure functions. */
struct hvc_pe hvc_call__pe(const struct hvc_machine *machine, uint64_t pstate);
/* An exception to EL2 is taken. */
void hvc_call__enter(struct hvc_machine *machine, const struct hvc_entry *entry);

/* caller.c: what the call needs before its registers are set; false: nobody can make it now */
bool hvc_caller__begin(struct hvc_machine *machine);

/* aarch32.c, of the call under way */
/* The instruction of a caller in AArch32 state; true: EL2 was entered, false: `kind`, with `esr`.
 */
bool hvc_aarch32__call(struct hvc_machine *machine, enum hvc_outcome_kind *kind, uint64_t *esr);
/* A block that ends in an ERET: might that leave for AArch32 state, so that it is watched? */
bool hvc_aarch32__puts_off(struct hvc_machine *machine, const struct hvc_block *block);
/* An ERET is about to execute: where it leaves for AArch32 state, the engine goes elsewhere. */
void hvc_aarch32__eret(struct hvc_machine *machine);
/* It was an illegal one, and its exception is about to be taken: SPSR_EL2 is EL2's own again. */
void hvc_aarch32__show(struct hvc_machine *machine);
/* It has: what came of the call. */
enum hvc_outcome_kind hvc_aarch32__arrive(struct hvc_machine *machine);
/* Registers at the end of a call as its caller in AArch32 state, or EL2, has them. */
void hvc_aarch32__conclude(struct hvc_machine *machine, struct hvc_state *state);

/* pass.c */
void hvc_call__block(void *ctx, uint64_t address, uint32_t size);
void hvc_call__boundary(void *ctx, uint64_t address);
void hvc_call__again(void *ctx, uint64_t address);

/* The instruction at an address of the block that began last: a store may just have changed it. */
bool hvc_machine__word_at(const struct hvc_machine *machine, uint64_t address, uint32_t *word);

/* effect.c */
/* A store of up to 8 bytes. */
void hvc_written__add(struct hvc_written *written, uint64_t address, unsigned size);
void hvc_call__write(void *ctx, uint64_t address, unsigned size, uint64_t value);
void hvc_call__load(void *ctx, uint64_t address, unsigned size);
/* Is there memory for a store to this page? Where it can be lent, it is. */
bool hvc_call__is_there(struct hvc_machine *machine, uint64_t address);
bool hvc_call__unmapped(void *ctx, uint64_t address, unsigned size);

/* nested.c, of the call under way */
/* ESR_EL2.ISS of an exception that an instruction makes at EL2: what is known of it. */
uint64_t hvc_nested__iss(enum hvc_ec ec, uint32_t word);
/* Enter EL2's own vectors, from a hook of exceptions or outside; false: there is no way to. */
bool hvc_nested__take(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far);
/* The same from a block hook: the engine is stopped first. */
void hvc_nested__defer(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far);
/* An ERET has stayed at EL2. False: it goes there for ever, and the call has ended. */
bool hvc_nested__return(struct hvc_machine *machine, uint64_t address);
/* Is the end of this kind that of an exception without an answer? Then as it found things. */
bool hvc_nested__conclude(const struct hvc_machine *machine, enum hvc_outcome_kind kind,
                          struct hvc_engine_frame *frame, struct hvc_nested_exception *out);
/* Does code do nothing but branch, wait, and come to itself? fetch: false where there is none. */
bool hvc_nested__parks(bool (*fetch)(const void *ctx, uint64_t pc, uint32_t *word), const void *ctx,
                       uint64_t pc);
/* What the exception registers held before it. */
void hvc_nested__restore(const struct hvc_machine *machine, struct hvc_state *state);

/* surroundings.c */
bool hvc_surroundings__open(struct hvc_machine *machine);
void hvc_surroundings__close(struct hvc_machine *machine);
void hvc_surroundings__start(struct hvc_machine *machine);
/* A block is about to run. True: it begins at a boundary, which is for hvc_call__boundary. */
bool hvc_surroundings__block(struct hvc_machine *machine, uint64_t address, uint32_t size);
/* A system register was read. */
void hvc_surroundings__read(struct hvc_machine *machine, enum hvc_reg reg);
/* Is this, stopped at code that is not in memory, a call of a function? */
bool hvc_surroundings__is_call(const struct hvc_machine *machine,
                               const struct hvc_engine_frame *frame, uint64_t pc, bool chosen);
/* Return from the stub or the missing function at pc. False when the budget is used up. */
bool hvc_surroundings__return(struct hvc_machine *machine, struct hvc_engine_frame *frame,
                              uint64_t pc);
/* The call has ended: account for what it met. */
void hvc_surroundings__conclude(struct hvc_machine *machine);

/* trap.c, of the call under way */
/* Does the block hold an instruction that the engine may not have? Then the run is stopped. */
bool hvc_traps__puts_off(struct hvc_machine *machine, const struct hvc_block *block);
/* Is an instruction of the block watched, whatever it is now? */
bool hvc_traps__watches(const struct hvc_machine *machine, const struct hvc_block *block);
/* Watch the instruction at this offset from now on, if it is not yet: then the run is stopped. */
bool hvc_traps__put_off(struct hvc_machine *machine, const struct hvc_block *block, uint32_t at);
/* Watch it; outside hooks. The block can begin again. False when it cannot be. */
bool hvc_traps__watch(struct hvc_machine *machine);
/* Exception class of the instruction at address, about to execute, if it is trapped, or 0. */
enum hvc_ec hvc_traps__class(const struct hvc_machine *machine, uint64_t address);
/* Its syndrome where SCTLR_EL2 or it wants more alignment than there is, or 0; *far: of what. */
uint64_t hvc_traps__alignment(struct hvc_machine *machine, uint64_t address, uint64_t *far);
/* Has an instruction to be watched whatever SCTLR_EL2 is? */
bool hvc_traps__may(uint32_t word);
/* May it leave SP not aligned to 16? */
bool hvc_traps__tilts(uint32_t word);
/* Does SCTLR_EL2 check alignment where nobody looks yet? Then the block is put off. */
bool hvc_traps__turns_strict(struct hvc_machine *machine, const struct hvc_block *block);
/* After power: watch everything where a call finds it so. False: the engine failed. */
bool hvc_traps__open(struct hvc_machine *machine);

/* load.c: the image into the machine */
enum hvc_status hvc_load__take(struct hvc_machine *machine, const struct hvc_image *image,
                               struct hvc_diag *diag);
/* HVC_E_ARG: its code is of a state that EL2 of this CPU model does not have. */
enum hvc_status hvc_load__suits(const struct hvc_image *image, enum hvc_cpu cpu,
                                struct hvc_diag *diag);
/* HVC_E_RANGE with a message; HVC_E_ENGINE without. */
enum hvc_status hvc_load__image(struct hvc_machine *machine, struct hvc_diag *diag);
/* Is the address the image's? */
bool hvc_load__has(const struct hvc_machine *machine, uint64_t address);

/* harness.c: the code of the harness, see world.h */
bool hvc_harness__load(struct hvc_engine *engine);
/* The same of an AArch32 CPU; harness_hyp.c. */
bool hvc_harness__load_hyp(struct hvc_engine *engine);
/* Has the harness code at this address? */
bool hvc_harness__has(const struct hvc_machine *machine, uint64_t address);
/* The address as world.h has it, if it is a piece of the harness. */
static inline uint64_t hvc_harness__place(const struct hvc_machine *machine, uint64_t address)
{
	return machine->hyp ? address - HVC_HARNESS32_BASE + HVC_HARNESS_BASE : address;
}
static inline bool hvc_harness__is_near(const struct hvc_machine *machine, uint64_t address)
{
	return hvc_harness__place(machine, address) - HVC_HARNESS_BASE < HVC_HARNESS_SIZE ||
	       (machine->hyp && address - HVC_AARCH32_CALLS < HVC_AARCH32_CALLS_SIZE);
}
/* Is it an instruction of a caller, or what ends a line of these? */
bool hvc_harness__is_caller(const struct hvc_machine *machine, uint64_t address);
/* Is it still the harness's own? */
bool hvc_harness__owns(const struct hvc_machine *machine, uint64_t address);
/* The instruction that is to be executed next, in case that a call before this one changed it. */
bool hvc_harness__mend(struct hvc_machine *machine);
/* other.c: registers without a row */

/* Give those that hold zero after a reset, and that nothing hangs on, another value. */
void hvc_other__fill(struct hvc_engine *engine);
/* A block that writes some is about to run. */
void hvc_other__touch(struct hvc_machine *machine, const struct hvc_block *block);
/* What the call has changed, into its outcome. */
void hvc_other__conclude(struct hvc_machine *machine);
/* What the CPU keeps of a write to a register of the table; of one that it lacks all. */
void hvc_machine__kept(const struct hvc_machine *machine, enum hvc_reg reg, uint64_t *writable,
                       uint64_t *ones);
/* What the CPU keeps of a write; false: it cannot be told, or does more than hold what is written.
 */
bool hvc_other__kept(struct hvc_engine *engine, const uint8_t encoding[static 5],
                     uint64_t *writable, uint64_t *ones);

/* other.c */
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
extern const uint32_t hvc_machine__function[6], hvc_machine__function32[6];
/* Open without the self-test. */
enum hvc_status hvc_machine__open(const struct hvc_machine_config *config, struct hvc_diag *diag,
                                  struct hvc_machine **out);
/* An engine for the machine, and the world in it. */
enum hvc_status hvc_machine__power(struct hvc_machine *machine, struct hvc_diag *diag);
/* A register of the call under way. */
uint64_t hvc_machine__current(const struct hvc_machine *machine, enum hvc_reg reg);
/* Does EL2 translate addresses, so that memory is elsewhere? SCTLR_EL2.M. */
static inline bool hvc_machine__translates(const struct hvc_machine *machine)
{
	uint64_t sctlr = machine->now.v[HVC_REG_SCTLR_EL2];

	if (hvc_regset_has(&machine->dirty, HVC_REG_SCTLR_EL2))
		sctlr = hvc_machine__current(machine, HVC_REG_SCTLR_EL2);
	return sctlr & 1 && !hvc_engine__reaches_harness(machine->engine);
}
/* selftest.c: for one CPU model; selftest_hyp.c, where it has AArch32 only */
enum hvc_status hvc_machine__selftest(enum hvc_cpu cpu, struct hvc_diag *diag);
enum hvc_status hvc_machine__selftest_hyp(const struct hvc_world *world, struct hvc_diag *diag);
struct hvc_claim {
	const char *what;
	uint64_t is, should;
};
/* HVC_E_ENGINE names the first that is wrong. */
enum hvc_status hvc_selftest__judge(const struct hvc_claim *claims, size_t count,
                                    enum hvc_level from, struct hvc_diag *diag);
/* reset.c */
/* Has the call under way done only what can be put back register by register? */
bool hvc_reset__is_cheap(const struct hvc_machine *machine);
/* Then this is a reset; in hooks too. */
bool hvc_reset__cheap(struct hvc_machine *machine);
/* Between calls, without one: EL0 is left by force. */
void hvc_reset__finish(struct hvc_machine *machine);

#endif
