/* SPDX-License-Identifier: MIT */
/*
 * Exceptions taken at EL2 go to EL2's own vectors, the slots of the current level (Arm ARM
 * AArch64.TakeException, D1.10.2), and are left by ERET. What cannot be answered there, because
 * that table spins, faults for ever or is none, is the `fault` of the call: of the outermost
 * exception that was not left, with the registers as it found them.
 *
 * The syndrome of an abort says external, which is what memory that is not there is with the MMU
 * off.
 */
#include "machine/internal.h"

#include <string.h>

#include "hvcheck/arch.h"

/*
 * A loop that comes back to the same address with the same registers, and has changed nothing
 * else on the way, never ends. Brent's algorithm finds any such cycle with one remembered state,
 * however many blocks chase each other. A loop that reads a counter is never the same: the
 * instruction budget ends that.
 */

#define FIRST_CHECKPOINT 16u /* blocks; shorter calls pay nothing */

void hvc_spin__reset(struct hvc_spin *spin)
{
	spin->blocks = 0;
	spin->next = FIRST_CHECKPOINT;
	spin->armed = spin->progress = spin->faults = false;
}

static bool same(const struct hvc_engine_frame *a, const struct hvc_engine_frame *b)
{
	return a->pstate == b->pstate && !memcmp(a->sp, b->sp, sizeof a->sp) &&
	       !memcmp(a->x, b->x, sizeof a->x);
}

bool hvc_spin__is_same(const struct hvc_machine *machine, uint64_t address)
{
	const struct hvc_spin *spin = &machine->spin;
	struct hvc_engine_frame frame;

	if (!spin->armed || spin->progress || address != spin->at.pc)
		return false;
	hvc_engine__frame(machine->engine, &frame);
	if (!same(&frame, &spin->at) ||
	    memcmp(&machine->dirty, &spin->written, sizeof spin->written))
		return false;
	for (unsigned n = 0; n < HVC_REG_COUNT; n++)
		if (hvc_regset_has(&spin->written, (enum hvc_reg)n) &&
		    hvc_machine__current(machine, (enum hvc_reg)n) != spin->sys[n])
			return false;
	return true;
}

static void check_point(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_spin *spin = &machine->spin;

	hvc_engine__frame(machine->engine, &spin->at);
	spin->at.pc = address;
	spin->written = machine->dirty;
	for (unsigned n = 0; n < HVC_REG_COUNT; n++)
		if (hvc_regset_has(&spin->written, (enum hvc_reg)n))
			spin->sys[n] = hvc_machine__current(machine, (enum hvc_reg)n);
	spin->armed = true;
	spin->progress = spin->faults = false;
	spin->next = 2 * spin->blocks;
}

static void look_for_spin(struct hvc_spin *spin)
{
	spin->next = spin->blocks;
}

bool hvc_spin__block(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_spin *spin = &machine->spin;

	spin->blocks++;
	if (hvc_spin__is_same(machine, address))
		return true;
	if (spin->blocks >= spin->next)
		check_point(machine, address);
	return false;
}

#define IMMEDIATE   UINT64_C(0xffff)
#define FP_TRAP     UINT64_C(0x1e00000) /* CV, and a condition that always holds */
#define EXTERNAL    UINT64_C(0x10)
#define DEPTH_MAX   64u /* as deep as tables may nest before they are taken to fault for ever */
#define LINK_OFFSET 4u
/*
 * ERETs one after the other to one place at EL2 without a write of ELR_EL2: the return address is
 * lost, and where the stack moves on each time the machine would not see that it is a loop. Where
 * nothing has changed from the last but one to the last, it never ends.
 */
#define BACKS_MAX 8u
#define PARK_LOOK 8u /* instructions in which code that parks does so */

uint64_t hvc_nested__iss(enum hvc_ec ec, uint32_t word)
{
	switch (ec) {
	case HVC_EC_HVC64:
	case HVC_EC_SVC64:
	case HVC_EC_BRK64:
		return word >> 5 & IMMEDIATE;
	case HVC_EC_FP:
		return FP_TRAP;
	case HVC_EC_IABT_SAME:
	case HVC_EC_DABT_SAME:
		return EXTERNAL;
	default:
		return 0;
	}
}

/* The PE as it is now, for the pure functions. */
static struct hvc_pe describe(const struct hvc_machine *machine)
{
	struct hvc_pe pe = machine->pe;

	pe.pstate = (hvc_engine__pstate(machine->engine) & ~hvc_machine__beyond(machine)) |
	            machine->beyond;
	pe.scr_el3 = machine->now.v[HVC_REG_SCR_EL3];
	pe.hcr_el2 = hvc_machine__current(machine, HVC_REG_HCR_EL2);
	pe.sctlr_el1 = machine->now.v[HVC_REG_SCTLR_EL1];
	pe.sctlr_el2 = hvc_machine__current(machine, HVC_REG_SCTLR_EL2);
	pe.vbar_el2 = hvc_machine__current(machine, HVC_REG_VBAR_EL2);
	return pe;
}

static void put(struct hvc_machine *machine, enum hvc_reg reg, uint64_t value)
{
	hvc_engine__set(machine->engine, reg, value);
	hvc_regset_add(&machine->dirty, reg);
}

/* Remember what the fault of the call would be. */
static void remember(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far)
{
	struct hvc_nested *nested = &machine->nested;

	nested->instructions = machine->instructions;
	nested->pc = pc;
	nested->esr = esr;
	nested->far = far;
	hvc_engine__frame(machine->engine, &nested->frame);
	nested->state = machine->now;
	for (unsigned reg = HVC_REG_VBAR_EL2; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&machine->dirty, (enum hvc_reg)reg))
			nested->state.v[reg] = hvc_machine__current(machine, (enum hvc_reg)reg);
}

/* Of Hyp mode. */
static uint64_t iss_hyp(enum hvc_ec ec, uint64_t pstate, uint32_t word)
{
	bool t32 = pstate & HVC_PSR_T;
	uint16_t imm = 0;

	if (ec == HVC_EC_SVC32)
		return t32 ? word & 0xff : word & 0xffff;
	if (ec == HVC_EC_HVC32) {
		(void)(t32 ? hvc_aarch32_decode_t32(hvc_aarch32_swap_t32(word), &imm)
		           : hvc_aarch32_decode_a32(word, &imm));
		return imm;
	}
	return ec == HVC_EC_IABT_SAME || ec == HVC_EC_DABT_SAME ? EXTERNAL : 0;
}

/* HDFAR and HIFAR are the halves of FAR_EL2: an abort leaves the other one as it was. */
static uint64_t far_hyp(const struct hvc_machine *machine, bool data, uint64_t far)
{
	uint64_t old = hvc_machine__current(machine, HVC_REG_FAR_EL2);

	return data ? (old & ~(uint64_t)UINT32_MAX) | (uint32_t)far
	            : (old & UINT32_MAX) | far << 32;
}

static unsigned link_offset(enum hvc_ec ec, uint64_t pstate)
{
	return ec == HVC_EC_SVC32 && pstate & HVC_PSR_T ? LINK_OFFSET / 2 : LINK_OFFSET;
}

bool hvc_nested__take(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far)
{
	struct hvc_nested *nested = &machine->nested;
	enum hvc_ec ec = (enum hvc_ec)(esr >> 26);
	bool abort = ec == HVC_EC_IABT_SAME || ec == HVC_EC_DABT_SAME || ec == HVC_EC_PC_ALIGN;
	bool call = ec == HVC_EC_HVC64 || ec == HVC_EC_SVC64 || ec == HVC_EC_HVC32 ||
	            ec == HVC_EC_SVC32;
	struct hvc_pe pe = describe(machine);
	struct hvc_entry entry;
	uint32_t word = 0;

	hvc_aarch32__show(machine);
	if (nested->depth == 0)
		remember(machine, pc, esr, far);
	/* A vector that cannot be fetched is the same exception again. */
	if (++nested->depth > DEPTH_MAX || (nested->depth > 1 && pc == nested->vector))
		return false;
	if (machine->step_open)
		hvc_trace__close(machine);
	(void)hvc_engine__read(machine->engine, pc, &word, sizeof word);
	if (!(esr & HVC_ESR_ALIGNMENT))
		esr |= machine->hyp ? iss_hyp(ec, pe.pstate, word) : hvc_nested__iss(ec, word);
	/* An illegal return takes PAN from its SPSR, which the engine does not. */
	if (esr == HVC_ESR_ILLEGAL && !machine->hyp)
		pe.pstate = (pe.pstate & ~HVC_PSTATE_PAN) |
		            (hvc_machine__current(machine, HVC_REG_SPSR_EL2) & HVC_PSTATE_PAN &
		             hvc_exception_pstate(&pe));
	hvc_exception_take(&pe, 2, esr, call ? pc + link_offset(ec, pe.pstate) : pc, &entry);
	put(machine, HVC_REG_ESR_EL2, entry.esr);
	put(machine, HVC_REG_ELR_EL2, entry.elr);
	put(machine, HVC_REG_SPSR_EL2, entry.spsr);
	if (abort)
		put(machine, HVC_REG_FAR_EL2,
		    machine->hyp ? far_hyp(machine, ec == HVC_EC_DABT_SAME, far) : far);
	nested->vector = entry.vector;
	nested->backs = 0;
	machine->spin.faults = true;
	machine->after_eret = false;
	machine->instructions++; /* so that a table without end comes to one */
	machine->beyond = entry.pstate & hvc_machine__beyond(machine);
	hvc_engine__move(machine->engine, entry.vector, entry.pstate);
	return true;
}

void hvc_nested__defer(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far)
{
	machine->nested.waits = true;
	machine->nested.next = (struct hvc_nested_exception){pc, esr, far};
	hvc_engine__stop(machine->engine);
}

bool hvc_nested__return(struct hvc_machine *machine, uint64_t address)
{
	struct hvc_nested *nested = &machine->nested;

	if (nested->depth)
		nested->depth--;
	if (address != nested->back_to)
		nested->backs = 0;
	nested->back_to = address;
	if (++nested->backs < BACKS_MAX)
		return true;
	if (nested->backs == BACKS_MAX) {
		look_for_spin(&machine->spin);
		return true;
	}
	hvc_call__halt(machine,
	               hvc_spin__is_same(machine, address) ? HVC_OUTCOME_SPIN : HVC_OUTCOME_LIMIT,
	               address);
	return false;
}

bool hvc_nested__conclude(const struct hvc_machine *machine, enum hvc_outcome_kind kind,
                          struct hvc_engine_frame *frame, struct hvc_nested_exception *out)
{
	const struct hvc_nested *nested = &machine->nested;

	/* Vectors that go back to where it happens again do not answer it. */
	if ((!nested->depth && !(kind == HVC_OUTCOME_SPIN && machine->spin.faults)) ||
	    (kind != HVC_OUTCOME_SPIN && kind != HVC_OUTCOME_LIMIT && kind != HVC_OUTCOME_FAULT))
		return false;
	*frame = nested->frame;
	*out = (struct hvc_nested_exception){nested->pc, nested->esr, nested->far};
	return true;
}

void hvc_nested__restore(const struct hvc_machine *machine, struct hvc_state *state)
{
	/* The engine is where `state` says it is, which a reset trusts. */
	for (unsigned reg = HVC_REG_VBAR_EL2; reg < HVC_REG_COUNT; reg++) {
		uint64_t value = machine->nested.state.v[reg];

		if (!hvc_regset_has(&machine->dirty, (enum hvc_reg)reg) ||
		    !hvc_regset_has(&machine->present, (enum hvc_reg)reg))
			continue;
		if (state->v[reg] != value)
			hvc_engine__set(machine->engine, (enum hvc_reg)reg, value);
		state->v[reg] = value;
	}
	state->v[HVC_REG_HCR_EL2] |= machine->hcd;
	for (unsigned el = 0; el < 3; el++)
		hvc_engine__set(machine->engine, (enum hvc_reg)(HVC_REG_SP_EL0 + el),
		                machine->nested.frame.sp[el]);
}

bool hvc_nested__parks(bool (*fetch)(const void *ctx, uint64_t pc, uint32_t *word), const void *ctx,
                       uint64_t pc)
{
	uint64_t seen[PARK_LOOK];
	uint32_t word;

	for (unsigned i = 0; i < PARK_LOOK; i++) {
		for (unsigned k = 0; k < i; k++)
			if (seen[k] == pc)
				return true;
		seen[i] = pc;
		if (!fetch(ctx, pc, &word))
			return false;
		if (word >> 26 == 5) /* B */
			pc += ((uint64_t)(word & 0x3ffffff) ^ 0x2000000) * 4 - UINT64_C(0x8000000);
		else if ((word & 0xfffff01f) == 0xd503201f) /* WFI, WFE and other hints */
			pc += 4;
		else
			return false;
	}
	return false;
}
