/* SPDX-License-Identifier: MIT */
/** Changes of exception level in the middle of a run. Internal, between unicorn.c and level.c. */
#ifndef MACHINE_LEVEL_H
#define MACHINE_LEVEL_H

#include "machine/engine.h"

/** What a change moves: each is one call of the library, whatever the level is. */
enum hvc_raw {
	HVC_RAW_PC,
	HVC_RAW_SP, /**< of the current level */
	HVC_RAW_PSTATE,
	HVC_RAW_SPSR_EL3,
	HVC_RAW_SP_EL0, /**< + n: the banked copy, stale while it is the current one */
	HVC_RAW_SP_EL3 = HVC_RAW_SP_EL0 + 3,
	HVC_RAW_ELR_EL0, /**< + n; there is none at EL0 */
	HVC_RAW_ELR_EL3 = HVC_RAW_ELR_EL0 + 3,
};

uint64_t hvc_engine__raw(struct hvc_engine *engine, enum hvc_raw raw);
void hvc_engine__set_raw(struct hvc_engine *engine, enum hvc_raw raw, uint64_t value);

/** The change under way, or the last one. */
struct hvc_level_change {
	uint64_t pstate;  /**< of the target */
	uint64_t old_elr; /**< ELR of the level that is left, to put back */
	unsigned old_el;
	bool stale; /**< the cached flags may be older than the system registers */
	enum {
		HVC_LEVEL_STAYS,
		HVC_LEVEL_UP,   /**< on the way to the trampoline's SVC */
		HVC_LEVEL_DOWN, /**< on the way from there */
	} way;
};

struct hvc_level_change *hvc_engine__change(struct hvc_engine *engine);
/** Does EL2 reach the trampoline? Where its own tables translate it does not. */
bool hvc_engine__reaches_harness(struct hvc_engine *engine);
/** Where the engine has an address, see mapping.h. */
uint64_t hvc_engine__place(struct hvc_engine *engine, uint64_t address);

#define HVC_LEVEL_TRAMPOLINE_WORDS 3u
extern const uint32_t hvc_level__trampoline[HVC_LEVEL_TRAMPOLINE_WORDS];

static inline bool hvc_level__is_trampoline(uint64_t address)
{
	return address - HVC_TRAMPOLINE < HVC_TRAMPOLINE_SIZE ||
	       address - hvc_harness32(HVC_TRAMPOLINE) < HVC_TRAMPOLINE_SIZE;
}

/** Do the cached flags hold something of this register? */
bool hvc_level__is_cached(const uint8_t encoding[static 5]);

/** True when the cached flags should, and can, be rebuilt before EL2 code goes on. */
bool hvc_level__wants_refresh(struct hvc_engine *engine);

/** Is this block, about to run, one of the trampoline's on the way of a change? */
bool hvc_level__block(struct hvc_engine *engine, uint64_t address);

/** An SVC with this pc after it: the trampoline's own, with which the change goes on, or not. */
bool hvc_level__svc(struct hvc_engine *engine, uint64_t pc);

#endif
