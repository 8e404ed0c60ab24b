/* SPDX-License-Identifier: MIT */
/** What the two files that meet Unicorn share: unicorn.c runs code, unicorn_reg.c has registers. */
#ifndef MACHINE_UNICORN_H
#define MACHINE_UNICORN_H

#include "machine/engine.h"
#include "machine/level.h"
#include "machine/trap.h"

struct uc_struct;
struct uc_context;

struct hvc_engine {
	struct uc_struct *uc;
	struct uc_context *fresh;
	struct hvc_engine_hooks hooks;
	struct hvc_level_change change;
	uint64_t trap[HVC_TRAP_REGISTERS]; /* where the engine's own must stay as they are */
	bool lazy;                         /* the library leaves the cached flags as they were */
	bool repairs;                      /* the CPU model needs vhe.c */
	bool refresh;                      /* stopped to rebuild them in the middle of a run */
	bool stopped;                      /* hvc_engine__stop was called in this run */
	uint64_t fault;                    /* last unmapped address */
};

uint64_t hvc_unicorn__pc(struct hvc_engine *engine);

/** After open and revive: engine->trap from the engine's own. */
void hvc_unicorn__reset_traps(struct hvc_engine *engine);

#endif
