/* SPDX-License-Identifier: MIT */
/*
 * A reset restores everything. What it costs depends on what the calls since the last one have
 * done: where every instruction was plain (plain.c), registers and stores are put back one by one;
 * else the whole CPU is, from a copy; and where that is not enough, the engine is a new one.
 */

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/parts.h"

/*
 * ESR, ELR and SPSR of EL2 are written by every entry before EL2 code can read them, so what a
 * call leaves there need not be put back.
 */
static bool is_rewritten(enum hvc_reg reg)
{
	return reg == HVC_REG_ESR_EL2 || reg == HVC_REG_ELR_EL2 || reg == HVC_REG_SPSR_EL2;
}

bool hvc_reset__is_cheap(const struct hvc_machine *machine)
{
	return !machine->effects && !machine->undo.overflow;
}

/* Everything but the CPU. */
static inline bool restore_rest(struct hvc_machine *machine, bool code)
{
	bool ok = true;

	if (machine->undo.touched || machine->undo.overflow)
		ok = hvc_undo__apply(&machine->undo, machine->engine, code);
	if (machine->open) {
		hvc_zero__reset(&machine->zero);
		machine->around.written = (struct hvc_regset){{0, 0}};
	}
	machine->own.clock = 0;
	if (machine->own.used)
		hvc_own__reset(machine);
	machine->now = machine->entry;
	return ok;
}

bool hvc_reset__cheap(struct hvc_machine *machine)
{
	const struct hvc_state *is = &machine->now;
	bool ok = true;

	for (unsigned i = HVC_REG_SP_EL0; i < HVC_REG_COUNT; i++) {
		enum hvc_reg reg = (enum hvc_reg)i;

		if (is->v[i] != machine->entry.v[i] && !is_rewritten(reg) &&
		    hvc_regset_has(&machine->present, reg))
			ok &= hvc_engine__set(machine->engine, reg, machine->entry.v[i]);
	}
	return restore_rest(machine, false) && ok;
}

static bool needs_engine(struct hvc_machine *machine)
{
	return !machine->engine || machine->effects & HVC_EFFECT_MEMORY || machine->undo.overflow;
}

static enum hvc_status renew(struct hvc_machine *machine, struct hvc_diag *diag)
{
	hvc_engine__close(machine->engine);
	machine->engine = NULL;
	machine->traps.count = 0;
	machine->traps.waits = false;
	hvc_undo__free(&machine->undo);
	hvc_zero__forget(&machine->zero);
	hvc_own__reset(machine);
	return hvc_machine__power(machine, diag);
}

enum hvc_status hvc_machine_reset(struct hvc_machine *machine, struct hvc_diag *diag)
{
	bool ok = true;

	if (needs_engine(machine)) {
		HVC_TRY(renew(machine, diag));
	} else if (machine->effects) {
		hvc_engine__back(machine->engine);
		machine->simd_dirty = true;
		ok = restore_rest(machine, machine->effects & HVC_EFFECT_CODE);
	} else {
		ok = hvc_reset__cheap(machine);
	}
	if (machine->effects & (HVC_EFFECT_CODE | HVC_EFFECT_MEMORY))
		hvc_block__forget(&machine->blocks);
	machine->harness_dirty = false;
	machine->effects = machine->always;
	if (!ok)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
		                    "memory or registers could not be put back");
	return HVC_OK;
}

void hvc_reset__finish(struct hvc_machine *machine)
{
	if (machine->hyp || hvc_exception_el(hvc_engine__pstate(machine->engine)) != 0)
		return;
	hvc_engine__back(machine->engine);
	machine->simd_dirty = true;
	for (unsigned i = HVC_REG_SP_EL0; i < HVC_REG_COUNT; i++)
		if (hvc_regset_has(&machine->present, (enum hvc_reg)i))
			hvc_engine__set(machine->engine, (enum hvc_reg)i, machine->now.v[i]);
}
