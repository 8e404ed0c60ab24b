/* SPDX-License-Identifier: MIT */
/*
 * Unicorn stops at an exception but never takes it, and writing PSTATE does not make it
 * translate for another exception level: the cached translation flags stay as they were. On
 * every version an emulated ERET rebuilds them; it takes its source level from PSTATE but picks
 * ELR_ELx by the stale flags. So level changes go through a trampoline page in guest memory:
 *
 *   HVC_TRAMPOLINE + 0  eret    translated for the old level: ELR of the old level, SPSR_EL3
 *   HVC_TRAMPOLINE + 4  svc #0  now at EL3; the hook sees pc = HVC_TRAMPOLINE + 8
 *   HVC_TRAMPOLINE + 8  eret    EL3 to the target: ELR_EL3, SPSR_EL3
 *
 * The same flags hold what SCTLR, HCR, CPTR and TCR say. Up to 2.0.1 a write to these from
 * outside leaves the flags as they were, too; from 2.1 on it rebuilds them.
 */
#include "machine/unicorn.h"

#include "hvcheck/arch.h"

#define EL3H_MASKED 0x3cdu

const uint32_t hvc_level__trampoline[HVC_LEVEL_TRAMPOLINE_WORDS] = {0xd69f03e0, 0xd4000001,
                                                                    0xd69f03e0};

/* CRn 1 is SCTLR, CPACR, HCR, CPTR and their like; the other two are TCR_ELx and MDSCR_EL1. */
bool hvc_level__is_cached(const uint8_t encoding[static 5])
{
	bool tcr = encoding[2] == 2 && encoding[3] == 0 && encoding[4] == 2;

	return encoding[0] == 2 || encoding[2] == 1 || tcr;
}

/* Where the trampoline cannot be fetched at EL2: better stale than lost. */
bool hvc_level__wants_refresh(struct hvc_engine *engine)
{
	return hvc_engine__change(engine)->stale && hvc_engine__reaches_harness(engine);
}

void hvc_engine__move(struct hvc_engine *engine, uint64_t pc, uint64_t pstate)
{
	struct hvc_level_change *change = hvc_engine__change(engine);
	uint64_t now = hvc_engine__pstate(engine);
	uint64_t cheap = HVC_PSTATE_NZCV | HVC_PSTATE_DAIF; /* not part of the cached flags */
	unsigned el = hvc_arch_el(now);

	if (now & HVC_PSTATE_NRW) {
		hvc_hyp__move(engine, pc, pstate);
		return;
	}
	pc = hvc_engine__place(engine, pc);
	/* Within EL2, whose own tables do not map the trampoline: better stale than lost. */
	if (el == 2 && !((now ^ pstate) & 0xf) && !hvc_engine__reaches_harness(engine))
		cheap = UINT64_MAX;
	if (!((now ^ pstate) & ~cheap) && !hvc_level__wants_refresh(engine)) {
		hvc_engine__set_raw(engine, HVC_RAW_PSTATE, pstate);
		hvc_engine__set_raw(engine, HVC_RAW_PC, pc);
		return;
	}
	change->way = HVC_LEVEL_UP;
	change->old_el = el;
	change->old_elr = hvc_engine__raw(engine, HVC_RAW_ELR_EL0 + el);
	change->pstate = pstate;
	/* The ERET saves the live SP as EL3's, so the bank it belongs to needs it first. */
	hvc_engine__set_raw(engine, HVC_RAW_SP_EL0 + (now & HVC_PSTATE_SP ? el : 0),
	                    hvc_engine__raw(engine, HVC_RAW_SP));
	hvc_engine__set_raw(engine, HVC_RAW_SPSR_EL3, EL3H_MASKED);
	hvc_engine__set_raw(engine, HVC_RAW_ELR_EL3, pc);
	hvc_engine__set_raw(engine, HVC_RAW_ELR_EL0 + el, HVC_TRAMPOLINE + 4);
	/* PSTATE last: on 2.1.x a system register write after it would rebuild the flags. */
	hvc_engine__set_raw(engine, HVC_RAW_PSTATE, EL3H_MASKED);
	hvc_engine__set_raw(engine, HVC_RAW_PC, HVC_TRAMPOLINE);
}

/* A subject that goes there runs the trampoline as code of its own. */
bool hvc_level__block(struct hvc_engine *engine, uint64_t address)
{
	struct hvc_level_change *change = hvc_engine__change(engine);

	if (!hvc_level__is_trampoline(address) || change->way == HVC_LEVEL_STAYS)
		return false;
	if (change->way == HVC_LEVEL_DOWN)
		change->way = HVC_LEVEL_STAYS;
	return true;
}

/* The second half: at EL3, about to ERET to the target. */
bool hvc_level__svc(struct hvc_engine *engine, uint64_t pc)
{
	struct hvc_level_change *change = hvc_engine__change(engine);

	if (pc != HVC_TRAMPOLINE + 8 || change->way != HVC_LEVEL_UP)
		return false;
	change->way = HVC_LEVEL_DOWN;
	hvc_engine__set_raw(engine, HVC_RAW_ELR_EL0 + change->old_el, change->old_elr);
	hvc_engine__set_raw(engine, HVC_RAW_SPSR_EL3, change->pstate);
	change->stale = false; /* the ERET that follows rebuilds the flags */
	return true;
}
