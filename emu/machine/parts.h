/* SPDX-License-Identifier: MIT */
/** What a machine keeps of a call besides the call itself: a section a file, see internal.h. */
#ifndef MACHINE_PARTS_H
#define MACHINE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvcheck/machine.h"
#include "hvcheck/supplied.h"
#include "machine/engine.h"

/* trap.c: FP/SIMD and SVE that CPTR_EL2 traps, see trap.h; and instructions of own.h */

struct hvc_traps {
	uint64_t *address; /* instructions that are watched */
	unsigned count;
	bool waits;            /* a block is put off, */
	uint64_t lo, hi, next; /* this one, hi exclusive, until `next` is watched, */
	bool strict;           /* or everything: it is from then on */
};

/* undo.c: stores, so that they can be taken back */

struct hvc_undo_page;

struct hvc_undo {
	struct hvc_undo_page **slot; /* hash table of the pages that are known */
	unsigned slots, pages;
	struct hvc_undo_page *touched; /* list of those stored to since the last reset */
	struct hvc_undo_page *last;    /* found last */
	bool overflow;                 /* memory ran out: not all stores are known */
};

/* Is this page, by its address, known to be there? */
bool hvc_undo__knows(struct hvc_undo *undo, uint64_t address);
/*
 * Note a store inside one page that is there. lent: the page may go with a reset. False when it
 * stores what is there already.
 */
bool hvc_undo__store(struct hvc_undo *undo, struct hvc_engine *engine, uint64_t address,
                     unsigned size, const uint8_t *value, bool lent);
/* Was something stored to the doubleword at an address since the last reset? */
bool hvc_undo__wrote(const struct hvc_undo *undo, uint64_t address);
/* Is something between the addresses, hi exclusive, on a page stored to since the last reset? */
bool hvc_undo__touches(const struct hvc_undo *undo, uint64_t lo, uint64_t hi);
/* Put everything back; with translations of these pages, outside hooks. False when it cannot. */
bool hvc_undo__apply(struct hvc_undo *undo, struct hvc_engine *engine, bool code);
void hvc_undo__free(struct hvc_undo *undo);

/* nested.c: a loop without progress, found by Brent's cycle detection */

struct hvc_spin {
	uint64_t blocks;             /* of this call */
	uint64_t next;               /* block count at which the next checkpoint is taken */
	bool armed;                  /* a checkpoint exists */
	bool progress;               /* memory, or what has no row, changed since the checkpoint */
	bool faults;                 /* an exception was taken at EL2 since then */
	struct hvc_engine_frame at;  /* state at the checkpoint */
	struct hvc_regset written;   /* system registers that the call had written until then */
	uint64_t sys[HVC_REG_COUNT]; /* and what they held */
};

void hvc_spin__reset(struct hvc_spin *spin);
/* A block at address is about to run. True: the PE is exactly where it was before. */
bool hvc_spin__block(struct hvc_machine *machine, uint64_t address);
/* Take a checkpoint where the next block begins; and is the PE there as it was at the last one? */
bool hvc_spin__is_same(const struct hvc_machine *machine, uint64_t address);

/* nested.c: exceptions at EL2, into its own vectors */

struct hvc_nested_exception {
	uint64_t pc, esr, far; /* as an outcome tells them: esr without its ISS */
};

struct hvc_nested {
	unsigned depth;   /* taken and not returned from */
	uint64_t vector;  /* of the one taken last */
	uint64_t back_to; /* of the last ERET that stayed at EL2, */
	unsigned backs;   /* and how often in a row it went there */
	bool waits;       /* `next` is to be taken when the engine has stopped */
	struct hvc_nested_exception next;
	/* of the outermost: what the call's fault is, and the registers before it */
	uint64_t instructions;
	uint64_t pc, esr, far;
	struct hvc_engine_frame frame;
	struct hvc_state state; /* VBAR_EL2 and what follows */
};

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
/* The engine is a new one, without any of the pages. */
void hvc_zero__forget(struct hvc_zero *zero);

/* supplied.c: reads of memory that is there and nobody has set */

#define UNSET_CELLS 64u

struct hvc_unset_reads {
	struct hvc_unset *range; /* by address, without overlap */
	unsigned ranges;
	struct hvc_unset cell[UNSET_CELLS]; /* read by the call under way */
	unsigned cells;
	uint64_t more; /* that have no room there */
};

/* The ranges: the image's, and the rest of pages that hold the world's memory. */
bool hvc_unset__open(struct hvc_machine *machine);
/* A new engine is to tell loads from them. */
bool hvc_unset__watch(struct hvc_machine *machine);
void hvc_unset__load(struct hvc_machine *machine, uint64_t address, unsigned size);
/* The call has ended: account for what it read. */
void hvc_unset__conclude(struct hvc_machine *machine);

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

/** What code may have done that a reset must know of; none: it is known register by register. */
enum hvc_effect {
	HVC_EFFECT_CPU = 1,    /**< something in the CPU */
	HVC_EFFECT_MEMORY = 2, /**< stores whose place is not known */
	HVC_EFFECT_CODE = 4,   /**< stores to code that may have run */
};

/** Of one instruction, whatever its operands are. */
unsigned hvc_plain__effects(uint32_t word);

#endif
