/* SPDX-License-Identifier: MIT */
/*
 * Callers in AArch32 state. The engine has no way back from there, so it is never sent there: the
 * exception of an HVC or SMC is taken by the pure functions (exception.h), and an ERET to AArch32
 * state goes, in the engine, to EL2 itself, to an SVC of the harness's that says that control has
 * left. What the architecture says of such an ERET is reckoned from SPSR_EL2 and ELR_EL2 right
 * before it executes.
 */
#include "hvcheck/aarch32.h"

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"

#define EL2H_MASKED UINT64_C(0x3c9)
#define GONE        HVC_LANDING /* any SVC of the harness */

bool hvc_aarch32__call(struct hvc_machine *machine, enum hvc_outcome_kind *kind, uint64_t *esr)
{
	const struct hvc_call *call = &machine->call;
	uint64_t pstate = hvc_call__pstate(call, &machine->entry);
	struct hvc_pe pe = hvc_call__pe(machine, pstate);
	struct hvc_entry entry;
	bool taken;

	if (call->insn == HVC_INSN_TRAP) {
		taken = true;
		hvc_exception_trap(&pe, machine->world.esr, call->imm, &entry);
	} else if (hvc_insn_is_smc(call->insn)) {
		taken = hvc_exception_smc(&pe, hvc_call__imm(call), &entry);
	} else {
		taken = !hvc_exception_hvc_is_undefined(&pe);
		hvc_exception_hvc(&pe, call->imm, &entry);
	}
	if (taken) {
		hvc_call__enter(machine, &entry);
		return true;
	}
	machine->aarch32.is_in = true;
	machine->aarch32.psr = pstate;
	*kind = HVC_OUTCOME_UNDEFINED;
	*esr = 0;
	if (hvc_insn_is_smc(call->insn) && hvc_level__el(call->from) == 1 &&
	    !(pe.scr_el3 & HVC_SCR_SMD)) {
		*kind = HVC_OUTCOME_FORWARD;
		*esr = (uint64_t)HVC_EC_SMC32 << 26 | HVC_ESR_IL;
	}
	return false;
}

bool hvc_aarch32__puts_off(struct hvc_machine *machine, const struct hvc_block *block)
{
	if (!hvc_level_is_aarch32(machine->call.from) &&
	    !hvc_regset_has(&machine->dirty, HVC_REG_SPSR_EL2))
		return false;
	if (!(hvc_machine__current(machine, HVC_REG_SPSR_EL2) & HVC_PSTATE_NRW))
		return false;
	return hvc_traps__put_off(machine, block, block->size - 4);
}

void hvc_aarch32__eret(struct hvc_machine *machine)
{
	struct hvc_aarch32 *aarch32 = &machine->aarch32;
	struct hvc_engine *engine = machine->engine;
	struct hvc_pe pe = hvc_call__pe(machine, hvc_engine__pstate(engine));
	struct hvc_return back;

	aarch32->spsr = hvc_machine__current(machine, HVC_REG_SPSR_EL2);
	aarch32->elr = hvc_machine__current(machine, HVC_REG_ELR_EL2);
	if (!(aarch32->spsr & HVC_PSTATE_NRW))
		return;
	if (hvc_regset_has(&machine->dirty, HVC_REG_HCR_EL2))
		pe.hcr_el2 = hvc_machine__current(machine, HVC_REG_HCR_EL2);
	hvc_exception_return(&pe, aarch32->elr, aarch32->spsr, &back);
	aarch32->hidden = true;
	if (back.illegal) {
		/* It is one for the engine, too, with M[1] set and M[4] clear. */
		hvc_engine__set(engine, HVC_REG_SPSR_EL2, (aarch32->spsr & ~HVC_PSTATE_M) | 2);
		return;
	}
	aarch32->leaves = true;
	aarch32->pc = back.pc;
	aarch32->psr = back.pstate;
	hvc_engine__set(engine, HVC_REG_SPSR_EL2, EL2H_MASKED);
	hvc_engine__set(engine, HVC_REG_ELR_EL2, GONE);
}

void hvc_aarch32__show(struct hvc_machine *machine)
{
	if (machine->aarch32.hidden)
		hvc_engine__set(machine->engine, HVC_REG_SPSR_EL2, machine->aarch32.spsr);
	machine->aarch32.hidden = false;
}

/* The vectors of EL1 in AArch32 state: VBAR is VBAR_EL1[31:0], or they are the high ones. */
static bool is_vector(const struct hvc_machine *machine, uint64_t pc)
{
	uint64_t base = hvc_aarch32_vectors(hvc_machine__current(machine, HVC_REG_VBAR_EL1),
	                                    hvc_machine__current(machine, HVC_REG_SCTLR_EL1));

	return pc - base < HVC_AARCH32_VECTORS_SIZE;
}

enum hvc_outcome_kind hvc_aarch32__arrive(struct hvc_machine *machine)
{
	struct hvc_aarch32 *aarch32 = &machine->aarch32;

	aarch32->leaves = false;
	aarch32->is_in = true;
	if (aarch32->pc == machine->call_pc + 4)
		return HVC_OUTCOME_RETURN;
	if (aarch32->pc == machine->call_pc)
		return HVC_OUTCOME_RETRY;
	if (hvc_exception_el(aarch32->psr) == 1 && is_vector(machine, aarch32->pc))
		return HVC_OUTCOME_INJECT;
	return HVC_OUTCOME_JUMP;
}

void hvc_aarch32__conclude(struct hvc_machine *machine, struct hvc_state *state)
{
	struct hvc_aarch32 *aarch32 = &machine->aarch32;

	if (aarch32->hidden) {
		state->v[HVC_REG_SPSR_EL2] = aarch32->spsr;
		if (aarch32->is_in)
			state->v[HVC_REG_ELR_EL2] = aarch32->elr;
		aarch32->hidden = false;
	}
	if (!hvc_level_is_aarch32(machine->call.from))
		return;
	/* Bits 63:32 are nobody's there, and what EL2 has left alone is what it was. */
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (aarch32->is_in || state->v[n] == machine->call.x[n])
			state->v[n] &= UINT32_MAX;
}
