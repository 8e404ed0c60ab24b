/* SPDX-License-Identifier: MIT */
/*
 * The life of one call: registers in, the instruction, exception entry, the subject's code, and
 * the one event that ends it. Everything a subject can reach outside its own memory is an
 * instruction that traps (callers, caller's vectors, landing pads), so arriving anywhere is an
 * exception too.
 */
#include <string.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/access.h"
#include "machine/flight.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/vhe.h"
#include "machine/world.h"

static bool inside(uint64_t address, uint64_t base, uint64_t size)
{
	return address - base < size;
}

/* Registers after the call. Only those that may have changed are read from the engine. */
static void collect(struct hvc_machine *machine, const struct hvc_engine_frame *frame)
{
	struct hvc_state *state = &machine->outcome.state;

	*state = machine->now;
	memcpy(state->v, frame->x, sizeof frame->x);
	state->v[HVC_REG_NZCV] = frame->pstate & HVC_PSTATE_NZCV;
	state->v[HVC_REG_DAIF] = frame->pstate & HVC_PSTATE_DAIF;
	/* EL2's own is nobody's to keep. */
	state->v[HVC_REG_PSTATE] =
	        hvc_call__kept(hvc_call__pstate(&machine->call, &machine->entry));
	if (machine->aarch32.is_in) {
		state->v[HVC_REG_PSTATE] = hvc_call__kept(frame->pstate);
	} else if (machine->phase == PHASE_EL2 && hvc_exception_el(frame->pstate) < 2) {
		hvc_call__returned(machine);
		state->v[HVC_REG_PSTATE] = hvc_call__kept(
		        (frame->pstate & ~hvc_machine__beyond(machine)) | machine->beyond);
	}
	memcpy(&state->v[HVC_REG_SP_EL0], frame->sp, sizeof frame->sp);
	if (hvc_regset_empty(&machine->dirty))
		return;
	for (unsigned reg = HVC_REG_VBAR_EL2; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&machine->dirty, (enum hvc_reg)reg) &&
		    hvc_regset_has(&machine->present, (enum hvc_reg)reg))
			hvc_engine__get(machine->engine, (enum hvc_reg)reg, &state->v[reg]);
	state->v[HVC_REG_HCR_EL2] |= machine->hcd;
}

/* The instruction at pc, if it is one that was UNDEFINED; else 0. */
static uint32_t undefined(const struct hvc_machine *machine, uint64_t pc, uint64_t esr)
{
	uint32_t word = 0;

	if (!machine->hyp && hvc_arch_ec(esr) == HVC_EC_UNKNOWN)
		(void)hvc_engine__read(machine->engine, pc, &word, sizeof word);
	return word;
}

/* Fill the outcome. far and esr are zero unless the kind has them. */
static void conclude(struct hvc_machine *machine, enum hvc_outcome_kind kind, uint64_t pc,
                     uint64_t esr, uint64_t far)
{
	struct hvc_outcome *outcome = &machine->outcome;
	struct hvc_nested_exception fault = {pc, esr, far};
	struct hvc_engine_frame frame;
	bool unanswered;

	hvc_engine__frame(machine->engine, &frame);
	if (machine->aarch32.is_in)
		frame.pstate = machine->aarch32.psr;
	if (machine->it)
		frame.pstate = hvc_aarch32_set_it(frame.pstate, machine->it);
	machine->it = 0;
	unanswered = hvc_nested__conclude(machine, kind, &frame, &fault);
	collect(machine, &frame);
	if (unanswered)
		hvc_nested__restore(machine, &outcome->state);
	hvc_simd__take(machine);
	if (machine->hcr_forced) {
		uint64_t *hcr = &outcome->state.v[HVC_REG_HCR_EL2];

		*hcr = (*hcr & ~machine->hcr_forced) |
		       (machine->now.v[HVC_REG_HCR_EL2] & machine->hcr_forced);
		hvc_engine__set(machine->engine, HVC_REG_HCR_EL2, *hcr);
		machine->hcr_forced = 0;
	}
	if (!machine->hyp)
		hvc_aarch32__conclude(machine, &outcome->state);
	outcome->kind = unanswered ? HVC_OUTCOME_FAULT : kind;
	outcome->level = hvc_level__from_mode((unsigned)(frame.pstate & HVC_PSTATE_M));
	outcome->pc = fault.pc;
	outcome->esr = fault.esr;
	outcome->far = fault.far;
	outcome->word = 0;
	outcome->unset = machine->unset.cells + machine->unset.more;
	outcome->answered = (struct hvc_el2_exception){0};
	if (outcome->kind == HVC_OUTCOME_FAULT)
		outcome->word = undefined(machine, fault.pc, fault.esr);
	else if (machine->nested.esr)
		outcome->answered = (struct hvc_el2_exception){
		        .pc = machine->nested.pc,
		        .esr = machine->nested.esr,
		        .far = machine->nested.far,
		        .word = undefined(machine, machine->nested.pc, machine->nested.esr),
		};
	outcome->instructions = unanswered ? machine->nested.instructions : machine->instructions;
	outcome->stores = machine->stores;
	outcome->el2_stores = machine->el2_stores;
	outcome->untracked = machine->untracked;
	hvc_other__conclude(machine);
	memcpy(outcome->store, machine->store, sizeof outcome->store);
	outcome->written = machine->written;
	memcpy(machine->now.v + HVC_REG_SP_EL0, outcome->state.v + HVC_REG_SP_EL0,
	       (HVC_REG_COUNT - HVC_REG_SP_EL0) * sizeof *machine->now.v);
	if (machine->open)
		hvc_surroundings__conclude(machine);
	if (machine->unset.cells || hvc_engine__stands_for_tables(machine->engine))
		hvc_unset__conclude(machine);
	machine->own.clock += machine->instructions;
	machine->phase = PHASE_ENDED;
	hvc_flight__end();
}

/*
 * The next call without leaving the engine, where nothing stands in the way: from a hook the
 * level change needs an ERET (so not from EL0), and code must not be rewritten under itself.
 */
static bool chain(struct hvc_machine *machine)
{
	const struct hvc_feed *feed = machine->feed;

	do {
		if (!feed || !machine->in_hook || !hvc_reset__is_cheap(machine) ||
		    machine->around.failed || machine->outcome.level == HVC_LEVEL_EL0)
			return false;
		if (!feed->done(feed->ctx, &machine->call, &machine->outcome)) {
			machine->status = HVC_E_CANCELLED;
			machine->phase = PHASE_IDLE;
			return false;
		}
		machine->phase = PHASE_IDLE;
		if (!hvc_reset__cheap(machine)) {
			machine->status = HVC_E_ENGINE;
			return false;
		}
		if (!feed->next(feed->ctx, &machine->call) || !hvc_call__start(machine))
			return false;
	} while (machine->phase == PHASE_ENDED);
	return true;
}

/* End the call from an exception hook. */
static void end(struct hvc_machine *machine, enum hvc_outcome_kind kind, uint64_t pc, uint64_t esr,
                uint64_t far)
{
	if (machine->step_open)
		hvc_trace__close(machine);
	conclude(machine, kind, pc, esr, far);
	if (!chain(machine))
		hvc_engine__stop(machine->engine);
}

void hvc_call__halt(struct hvc_machine *machine, enum hvc_outcome_kind kind, uint64_t pc)
{
	if (machine->step_open)
		hvc_trace__close(machine);
	conclude(machine, kind, pc, 0, 0);
	hvc_engine__stop(machine->engine);
}

void hvc_call__returned(struct hvc_machine *machine)
{
	machine->beyond = hvc_machine__current(machine, HVC_REG_SPSR_EL2) &
	                  hvc_machine__beyond(machine) & hvc_exception_pstate(&machine->pe);
}

struct hvc_pe hvc_call__pe(const struct hvc_machine *machine, uint64_t pstate)
{
	struct hvc_pe pe = machine->pe;
	const uint64_t *v = machine->now.v;

	pe.pc = machine->call_pc;
	pe.pstate = pstate;
	pe.scr_el3 = v[HVC_REG_SCR_EL3];
	pe.hcr_el2 = v[HVC_REG_HCR_EL2] ^ machine->hcr_forced;
	pe.sctlr_el1 = v[HVC_REG_SCTLR_EL1];
	pe.sctlr_el2 = v[HVC_REG_SCTLR_EL2];
	pe.vbar_el1 = v[HVC_REG_VBAR_EL1];
	pe.vbar_el2 = v[HVC_REG_VBAR_EL2];
	return pe;
}

bool hvc_call__start(struct hvc_machine *machine)
{
	const struct hvc_call *call = &machine->call;

	if (!hvc_caller__begin(machine)) {
		machine->status = HVC_E_ARG;
		return false;
	}
	if (machine->harness_dirty && !hvc_harness__mend(machine)) {
		machine->status = HVC_E_ENGINE;
		return false;
	}
	hvc_flight__begin(call);
	machine->instructions = machine->functions = 0;
	machine->stores = machine->el2_stores = machine->untracked = 0;
	machine->touched.count = 0;
	memset(machine->store, 0, sizeof machine->store);
	memset(&machine->written, 0, sizeof machine->written);
	machine->dirty = (struct hvc_regset){{0, 0}};
	machine->after_eret = false;
	machine->beyond = machine->entry.v[HVC_REG_PSTATE] & hvc_machine__beyond(machine);
	machine->nested.depth = machine->nested.backs = 0;
	machine->nested.esr = 0;
	machine->nested.waits = false;
	machine->step_open = false;
	hvc_spin__reset(&machine->spin);
	machine->unset.cells = 0;
	machine->unset.more = 0;
	if (machine->open)
		hvc_surroundings__start(machine);
	machine->aarch32 = (struct hvc_aarch32){0};
	if (machine->hcr_forced)
		hvc_engine__set(machine->engine, HVC_REG_HCR_EL2,
		                machine->now.v[HVC_REG_HCR_EL2] ^ machine->hcr_forced);
	hvc_engine__set_gprs(machine->engine, call->x);
	hvc_simd__give(machine);
	if (hvc_level_is_aarch32(call->from) && !machine->hyp) {
		enum hvc_outcome_kind kind;
		uint64_t esr;

		if (!hvc_aarch32__call(machine, &kind, &esr))
			conclude(machine, kind, machine->call_pc, esr, 0);
		return true;
	}
	/* What the instruction is does not matter to who is told of it, and it is not executed. */
	if (call->insn == HVC_INSN_TRAP) {
		struct hvc_pe pe = hvc_call__pe(machine, hvc_call__pstate(call, &machine->entry));
		struct hvc_entry entry;

		hvc_exception_trap(&pe, machine->world.esr, call->imm, &entry);
		hvc_call__enter(machine, &entry);
		return true;
	}
	hvc_engine__move(machine->engine, machine->call_pc,
	                 hvc_call__pstate(call, &machine->entry));
	machine->phase = PHASE_CALLER;
	return true;
}

void hvc_call__enter(struct hvc_machine *machine, const struct hvc_entry *entry)
{
	struct hvc_engine *engine = machine->engine;
	struct hvc_state *now = &machine->now;

	now->v[HVC_REG_ESR_EL2] = entry->esr;
	now->v[HVC_REG_ELR_EL2] = entry->elr;
	now->v[HVC_REG_SPSR_EL2] = entry->spsr;
	hvc_engine__set(engine, HVC_REG_ESR_EL2, entry->esr);
	hvc_engine__set(engine, HVC_REG_ELR_EL2, entry->elr);
	hvc_engine__set(engine, HVC_REG_SPSR_EL2, entry->spsr);
	machine->beyond = entry->pstate & hvc_machine__beyond(machine);
	hvc_engine__move(engine, entry->vector, entry->pstate);
	machine->phase = PHASE_EL2;
}

/* The caller's instruction did something. */
static void at_caller(struct hvc_machine *machine, enum hvc_event event, uint64_t pc)
{
	uint64_t pstate = (hvc_engine__pstate(machine->engine) & ~hvc_machine__beyond(machine)) |
	                  machine->beyond;
	struct hvc_pe pe;
	struct hvc_entry entry;

	/* The engine is past the instruction in its IT block. */
	if (machine->hyp)
		pstate = hvc_aarch32_set_it(pstate, hvc_aarch32_it(machine->call.psr));
	pe = hvc_call__pe(machine, pstate);
	if (event == HVC_EVENT_HVC && pc == machine->call_pc + 4 &&
	    !hvc_exception_hvc_is_undefined(&pe)) {
		hvc_exception_hvc(&pe, machine->call.imm, &entry);
		hvc_call__enter(machine, &entry);
	} else if (event == HVC_EVENT_SMC_TRAP && pc == machine->call_pc &&
	           hvc_exception_smc(&pe, machine->call.imm, &entry)) {
		hvc_call__enter(machine, &entry);
	} else if (event == HVC_EVENT_SMC) {
		end(machine, HVC_OUTCOME_FORWARD, machine->call_pc, hvc_call__esr(&machine->call),
		    0);
	} else {
		end(machine, HVC_OUTCOME_UNDEFINED, machine->call_pc, 0, 0);
	}
}

enum hvc_outcome_kind hvc_call__arrival(const struct hvc_machine *machine, uint64_t address,
                                        unsigned el)
{
	if (address == machine->call_pc + 4)
		return HVC_OUTCOME_RETURN;
	if (address == machine->call_pc)
		return HVC_OUTCOME_RETRY;
	if (el == 1 &&
	    inside(hvc_harness__place(machine, address), HVC_CALLER_VECTORS, HVC_VECTOR_TABLE_SIZE))
		return HVC_OUTCOME_INJECT;
	return HVC_OUTCOME_JUMP;
}

static void arrive(struct hvc_machine *machine, uint64_t address, unsigned el)
{
	enum hvc_outcome_kind kind = hvc_call__arrival(machine, address, el);

	/* The vectors that a caller may have set have no answer to an exception. */
	if (machine->nested.depth && el == 2 &&
	    inside(hvc_harness__place(machine, address), HVC_NEW_VECTORS, HVC_VECTOR_TABLE_SIZE))
		kind = HVC_OUTCOME_FAULT;
	end(machine, kind, address, 0, 0);
}

/* An exception at EL2: into its own vectors, or the end of the call. */
static void nest(struct hvc_machine *machine, uint64_t pc, uint64_t esr, uint64_t far)
{
	if (!hvc_nested__take(machine, pc, esr, far))
		end(machine, HVC_OUTCOME_FAULT, pc, esr, far);
}

void hvc_call__nest(struct hvc_machine *machine)
{
	const struct hvc_nested_exception *next = &machine->nested.next;

	machine->nested.waits = false;
	nest(machine, next->pc, next->esr, next->far);
}

bool hvc_call__chose(const struct hvc_machine *machine, uint64_t address)
{
	/* Of an address that AArch32 code branches to, bit 0 is the state. */
	const uint64_t state = machine->hyp ? 1 : 0;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if ((machine->call.x[n] & ~state) == address)
			return true;
	return false;
}

/* Go on behind the call of a stub, or of a function that is not in memory. */
static void answer(struct hvc_machine *machine, struct hvc_engine_frame *frame, uint64_t pc)
{
	if (machine->step_open)
		hvc_trace__close(machine);
	if (!hvc_surroundings__return(machine, frame, pc))
		end(machine, HVC_OUTCOME_LIMIT, pc, 0, 0);
}

/* Is it a call of such a function, and has it been answered? */
static bool is_answered(struct hvc_machine *machine, uint64_t pc)
{
	struct hvc_engine_frame frame;

	if (!machine->zero.limit)
		return false;
	hvc_engine__frame(machine->engine, &frame);
	if (!hvc_surroundings__is_call(machine, &frame, pc, hvc_call__chose(machine, pc)))
		return false;
	answer(machine, &frame, pc);
	return true;
}

/* An exception inside EL2, told from control having left for an address that is not there. */
static void fault(struct hvc_machine *machine, enum hvc_event event, uint64_t pc, uint64_t far)
{
	static const enum hvc_ec classes[] = {
	        [HVC_EVENT_HVC] = HVC_EC_HVC64,          [HVC_EVENT_SMC] = HVC_EC_SMC64,
	        [HVC_EVENT_SMC_TRAP] = HVC_EC_SMC64,     [HVC_EVENT_SVC] = HVC_EC_SVC64,
	        [HVC_EVENT_PREFETCH] = HVC_EC_IABT_SAME, [HVC_EVENT_DATA] = HVC_EC_DABT_SAME,
	        [HVC_EVENT_BRK] = HVC_EC_BRK64,          [HVC_EVENT_OTHER] = HVC_EC_UNKNOWN,
	};
	/* A BKPT is a Prefetch Abort there. */
	static const enum hvc_ec hyp_classes[] = {
	        [HVC_EVENT_HVC] = HVC_EC_HVC32,          [HVC_EVENT_SMC] = HVC_EC_SMC32,
	        [HVC_EVENT_SMC_TRAP] = HVC_EC_SMC32,     [HVC_EVENT_SVC] = HVC_EC_SVC32,
	        [HVC_EVENT_PREFETCH] = HVC_EC_IABT_SAME, [HVC_EVENT_DATA] = HVC_EC_DABT_SAME,
	        [HVC_EVENT_BRK] = HVC_EC_IABT_SAME,      [HVC_EVENT_UNDEF] = HVC_EC_UNKNOWN,
	        [HVC_EVENT_OTHER] = HVC_EC_UNKNOWN,
	};
	uint64_t pstate = hvc_engine__pstate(machine->engine);
	enum hvc_ec ec = machine->hyp               ? hyp_classes[event]
	                 : event == HVC_EVENT_UNDEF ? hvc_vhe__class(machine->engine, pc)
	                                            : classes[event];

	/* An illegal return to a caller whose code is there, though not in this memory. */
	if (machine->aarch32.hidden && pstate & HVC_PSTATE_IL) {
		nest(machine, pc, HVC_ESR_ILLEGAL, 0);
		return;
	}
	if (hvc_exception_el(pstate) == 2 && event == HVC_EVENT_PREFETCH &&
	    is_answered(machine, pc))
		return;
	if (hvc_exception_el(pstate) < 2 ||
	    (event == HVC_EVENT_PREFETCH && hvc_call__chose(machine, pc))) {
		arrive(machine, pc, hvc_exception_el(pstate));
		return;
	}
	if (event == HVC_EVENT_PREFETCH && pc & 3 && !machine->hyp)
		ec = HVC_EC_PC_ALIGN;
	nest(machine, pc, (uint64_t)ec << 26 | HVC_ESR_IL, far);
}

static bool is_t32(uint64_t pstate)
{
	return pstate & HVC_PSTATE_NRW && pstate & HVC_PSR_T;
}

/* Of an abort that the library took itself it tells no address. */
static uint64_t data_address(struct hvc_machine *machine)
{
	struct hvc_engine_frame frame;
	uint32_t word;

	hvc_engine__frame(machine->engine, &frame);
	if (machine->hyp || !hvc_machine__word_at(machine, frame.pc, &word))
		return 0;
	return hvc_access__address(word, &frame);
}

/*
 * Where Hyp mode has returned to, by what was executed there: in an IT block the instructions whose
 * condition failed have been passed over, at most four.
 */
static uint64_t returned_to(struct hvc_machine *machine, uint64_t pc)
{
	uint64_t elr, spsr;

	hvc_engine__get(machine->engine, HVC_REG_SPSR_EL2, &spsr);
	if (!(spsr & HVC_PSR_T) || !(hvc_aarch32_it(spsr) & 15))
		return pc;
	hvc_engine__get(machine->engine, HVC_REG_ELR_EL2, &elr);
	if (pc - elr > 16)
		return pc;
	machine->it = hvc_aarch32_it(spsr);
	return elr;
}

/* Something happened after the exception entry. */
static void at_el2(struct hvc_machine *machine, enum hvc_event event, uint64_t pc)
{
	uint64_t pstate = hvc_engine__pstate(machine->engine);
	unsigned el = hvc_exception_el(pstate);
	uint64_t insn = pc;

	if (machine->aarch32.leaves) {
		end(machine, hvc_aarch32__arrive(machine), machine->aarch32.pc, 0, 0);
		return;
	}
	if (event == HVC_EVENT_HVC || event == HVC_EVENT_SMC || event == HVC_EVENT_SVC)
		insn = pc - (event == HVC_EVENT_SVC && is_t32(pstate) ? 2 : 4);
	if (el == 2 && pstate & HVC_PSTATE_IL && event != HVC_EVENT_PREFETCH)
		nest(machine, insn, HVC_ESR_ILLEGAL, 0);
	else if (hvc_harness__is_caller(machine, insn) ||
	         (event == HVC_EVENT_SVC && hvc_harness__is_near(machine, insn)))
		arrive(machine, machine->hyp && el < 2 ? returned_to(machine, insn) : insn, el);
	else if (event == HVC_EVENT_SMC && el == 2)
		end(machine, HVC_OUTCOME_FORWARD, insn,
		    (uint64_t)(machine->hyp ? HVC_EC_SMC32 : HVC_EC_SMC64) << 26 | HVC_ESR_IL, 0);
	else
		fault(machine, event, insn,
		      event == HVC_EVENT_PREFETCH          ? insn
		      : event == HVC_EVENT_DATA && el == 2 ? data_address(machine)
		                                           : 0);
}

void hvc_call__exception(void *ctx, enum hvc_event event, uint64_t pc)
{
	struct hvc_machine *machine = ctx;

	machine->in_hook = true;
	if (machine->phase == PHASE_CALLER)
		at_caller(machine, event, pc);
	else if (machine->phase == PHASE_EL2)
		at_el2(machine, event, pc);
	else
		hvc_engine__stop(machine->engine);
	machine->in_hook = false;
}

bool hvc_call__exit(struct hvc_machine *machine, enum hvc_exit exit, uint64_t detail)
{
	uint64_t pc;
	struct hvc_engine_frame frame;

	if (machine->aarch32.leaves) { /* where EL2 translates addresses there is no way to it */
		at_el2(machine, HVC_EVENT_PREFETCH, 0);
		return false;
	}
	hvc_engine__frame(machine->engine, &frame);
	pc = frame.pc;
	if (exit == HVC_EXIT_WAIT) {
		if (!hvc_guard__stops(machine, pc))
			return true; /* WFI may complete: go on, and let the loop be found */
		fault(machine, HVC_EVENT_UNDEF, pc, 0);
		return machine->phase == PHASE_EL2;
	}
	if (machine->own.waits) {
		if (!hvc_own__execute(machine, &detail))
			fault(machine, HVC_EVENT_DATA, machine->own.at, detail);
	} else if (exit == HVC_EXIT_STOPPED)
		answer(machine, &frame, machine->stub->address);
	else
		fault(machine, exit == HVC_EXIT_FETCH ? HVC_EVENT_PREFETCH : HVC_EVENT_DATA, pc,
		      detail);
	return machine->phase == PHASE_EL2;
}
