/* SPDX-License-Identifier: MIT */
/** What the two files that meet Unicorn share: unicorn.c runs code, unicorn_reg.c has registers. */
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
	uint64_t trap[HVC_TRAP_REGISTERS],
	        kept_trap[HVC_TRAP_REGISTERS]; /* its own stay as they are */
	struct hvc_mapping mapping, kept_mapping;
	struct hvc_engine_hooks hooks;
	bool lazy;      /* the library leaves the cached flags as they were */
	bool repairs;   /* the CPU model needs vhe.c */
	bool bars;      /* the library has a set of ends of the run */
	bool refresh;   /* stopped to rebuild them in the middle of a run */
	bool stopped;   /* hvc_engine__stop was called in this run */
	uint64_t fault; /* last unmapped address */
};

uint64_t hvc_unicorn__pc(struct hvc_engine *engine);
/** hvc_engine__frame with registers as the engine has them, see mapping.h. */
void hvc_unicorn__frame(struct hvc_engine *engine, struct hvc_engine_frame *out);
/** The engine's own system registers, whatever stands in for them. False: there is none. */
bool hvc_unicorn__get_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t *value);
bool hvc_unicorn__set_named(struct hvc_engine *engine, const uint8_t encoding[static 5],
                            uint64_t value);

/** After open: engine->trap from the engine's own. */
void hvc_unicorn__reset_traps(struct hvc_engine *engine);
/** No translation of an address is known any more. */
void hvc_unicorn__flush(struct hvc_engine *engine);

#endif
