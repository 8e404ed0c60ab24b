/* SPDX-License-Identifier: MIT */
/**
 * What the files that meet Unicorn share: unicorn.c runs code, unicorn_reg.c has the registers of
 * an AArch64 CPU, unicorn_hyp.c those of an AArch32 one.
 */
#ifndef MACHINE_UNICORN_H
#define MACHINE_UNICORN_H

#include "machine/engine.h"
#include "machine/level.h"
#include "machine/mapping.h"
#include "machine/trap.h"

struct uc_struct;
struct uc_context;

struct hvc_engine {
	struct uc_struct *uc;
	struct uc_context *kept; /* see hvc_engine__keep, with the next two */
	struct hvc_level_change change, kept_change;
	uint64_t held[HVC_HELD_REGISTERS],
	        kept_held[HVC_HELD_REGISTERS]; /* its own stay as they are */
	uint64_t stage2, kept_stage2;          /* of HCR_EL2 */
	struct hvc_mapping mapping, kept_mapping;
	struct hvc_engine_hooks hooks;
	bool lazy;      /* the library leaves the cached flags as they were */
	bool repairs;   /* the CPU model needs vhe.c */
	bool bars;      /* the library has a set of ends of the run */
	bool refresh;   /* stopped to rebuild them in the middle of a run */
	bool stopped;   /* hvc_engine__stop was called in this run */
	uint64_t fault; /* last unmapped address */
	/* of an AArch32 CPU: */
	bool hyp;
	bool banks_stale;             /* code may have written one since `bank` */
	uint64_t bank[HVC_GPR_COUNT]; /* x0..x30 as they were seen last */
	uint64_t x15;                 /* that there is not, as it was set */
	bool elr_waits;               /* `elr` is not in the CPU yet */
	bool elr_moves;               /* the last block ends in a write of it, */
	struct hvc_elr_move elr_move; /* this one */
	uint32_t elr;         /* ELR_hyp, for the next entry to Hyp mode, or as it was left */
	uint32_t lr, target;  /* LR_usr while it is lent, and where to go then */
	struct hvc_simd simd; /* as it was set: half of it there is not */
};

uint64_t hvc_unicorn__pc(struct hvc_engine *engine);
/** hvc_engine__frame with registers as the engine has them, see mapping.h. */
void hvc_unicorn__frame(struct hvc_engine *engine, struct hvc_engine_frame *out);
/** The engine's own system registers, whatever stands in for them. False: there is none. */
bool hvc_unicorn__get_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t *value);
bool hvc_unicorn__set_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t value);

/* unicorn_hyp.c: what the functions of engine.h and above do of an AArch32 CPU */
#define HVC_HYP_TRAMPOLINE_WORDS 2u
extern const uint32_t hvc_hyp__trampoline[HVC_HYP_TRAMPOLINE_WORDS];
void hvc_hyp__frame(struct hvc_engine *engine, struct hvc_engine_frame *out);
void hvc_hyp__set_gprs(struct hvc_engine *engine, const uint64_t x[static HVC_GPR_COUNT]);
bool hvc_hyp__get(struct hvc_engine *engine, enum hvc_reg reg, uint64_t *value);
bool hvc_hyp__set(struct hvc_engine *engine, enum hvc_reg reg, uint64_t value);
uint64_t hvc_hyp__pstate(struct hvc_engine *engine);
uint64_t hvc_hyp__pc(struct hvc_engine *engine);
void hvc_hyp__move(struct hvc_engine *engine, uint64_t pc, uint64_t pstate);
/** Where uc_emu_start is to begin: bit 0 says T32. */
uint64_t hvc_hyp__entry(struct hvc_engine *engine);
/** An SVC with this pc after it: the trampoline's own, or not. */
bool hvc_hyp__svc(struct hvc_engine *engine, uint64_t pc);
void hvc_hyp__flush(struct hvc_engine *engine);
void hvc_hyp__simd(struct hvc_engine *engine, struct hvc_simd *simd, bool write);

/** After open: engine->held from the engine's own. */
void hvc_unicorn__reset_held(struct hvc_engine *engine);
/** No translation of an address is known any more. */
void hvc_unicorn__flush(struct hvc_engine *engine);

#endif
