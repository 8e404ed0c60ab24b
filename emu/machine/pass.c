/* SPDX-License-Identifier: MIT */
/* What control passes on its way through EL2: blocks of code, and addresses that are watched. */
#include "hvcheck/arch.h"
#include "machine/flight.h"
#include "machine/internal.h"
#include "machine/parts.h"
#include "machine/world.h"

#define ESR_PC_ALIGN ((uint64_t)HVC_EC_PC_ALIGN << 26 | HVC_ESR_IL)
#define PAGE_MASK    UINT64_C(0xfff)

/* The block after an ERET. The engine executes at any level, and in Illegal Execution state too. */
static bool has_left(struct hvc_machine *machine, uint64_t address)
{
	uint64_t pstate = hvc_engine__pstate(machine->engine);

	if (hvc_exception_el(pstate) < 2)
		hvc_call__halt(machine,
		               hvc_call__arrival(machine, address, hvc_exception_el(pstate)),
		               address);
	else if (pstate & HVC_PSTATE_IL)
		hvc_nested__defer(machine, address, HVC_ESR_ILLEGAL, 0);
	else {
		hvc_call__returned(machine);
		return !hvc_nested__return(machine, address);
	}
	return true;
}

/* At an instruction of the harness that is none in the state, A32 or T32, that AArch32 code is in.
 */
static bool is_askew(const struct hvc_machine *machine, uint64_t address)
{
	bool t32 = hvc_engine__pstate(machine->engine) & HVC_PSR_T;
	uint64_t line;

	if (!hvc_harness__is_caller(machine, address))
		return t32 && address & 2;
	line = (address - HVC_AARCH32_CALLS) / HVC_AARCH32_LINE;
	return t32 != (line & 1) || (address & 3) != (t32 ? 2 : 0);
}

/* What is watched in a block is judged by what the engine has translated. */
static void read_words(struct hvc_machine *machine, const struct hvc_block *block)
{
	machine->word_at = block->address;
	machine->words = block->size / 4 < BLOCK_WORDS ? block->size / 4 : BLOCK_WORDS;
	if (!hvc_engine__read(machine->engine, block->address, machine->word, 4 * machine->words))
		machine->words = 0;
}

bool hvc_machine__word_at(const struct hvc_machine *machine, uint64_t address, uint32_t *word)
{
	uint64_t at = (address - machine->word_at) / 4;

	if (at >= machine->words)
		return hvc_engine__read(machine->engine, address, word, sizeof *word);
	*word = machine->word[at];
	return true;
}

/*
 * Harness code is SVCs and one leaf function; everything else is the subject's doing. The function
 * is EL2's: below, it is an address like any other. And it may have been made to return to itself.
 */
static bool is_harness(struct hvc_machine *machine, uint64_t address)
{
	bool function, below;

	if (!hvc_harness__is_near(machine, address) || !hvc_harness__owns(machine, address))
		return false;
	function = hvc_harness__place(machine, address) == HVC_FUNCTION;
	below = !machine->hyp && hvc_arch_el(hvc_engine__pstate(machine->engine)) < 2;
	if (machine->hyp ? is_askew(machine, address) : function && below)
		hvc_call__halt(machine, HVC_OUTCOME_JUMP, address);
	else if (function && ++machine->functions > machine->budget)
		hvc_call__halt(machine, HVC_OUTCOME_LIMIT, address);
	return true;
}

/* What a block that runs to its end may have changed. */
static void note_writes(struct hvc_machine *machine, const struct hvc_block *block)
{
	if (block->simd)
		machine->simd_dirty = machine->spin.progress = true;
	if (!hvc_regset_empty(&block->writes)) {
		hvc_regset_merge(&machine->dirty, &block->writes);
		if (hvc_regset_has(&block->writes, HVC_REG_ELR_EL2))
			machine->nested.backs = 0;
	}
	if (block->untracked) {
		hvc_other__touch(machine, block);
		machine->spin.progress = true;
	}
}

/* At no A64 instruction, where the engine would go on, even between two of the harness's. */
static bool is_misaligned(struct hvc_machine *machine, uint64_t address)
{
	uint64_t pstate = hvc_engine__pstate(machine->engine);

	if (machine->hyp || pstate & HVC_PSTATE_NRW)
		return false;
	if (hvc_exception_el(pstate) < 2)
		return has_left(machine, address);
	if (hvc_call__chose(machine, address))
		hvc_call__halt(machine, HVC_OUTCOME_JUMP, address);
	else
		hvc_nested__defer(machine, address, ESR_PC_ALIGN, address);
	return true;
}

void hvc_call__block(void *ctx, uint64_t address, uint32_t size)
{
	struct hvc_machine *machine = ctx;
	const struct hvc_block *block;

	hvc_engine__settle_elr(machine->engine);
	if (machine->aarch32.leaves)
		return;
	if (address & 3 && machine->phase == PHASE_EL2 && is_misaligned(machine, address))
		return;
	if (machine->phase != PHASE_EL2 || is_harness(machine, address))
		return;
	hvc_flight__at(address, machine->engine);
	if (machine->after_eret && has_left(machine, address))
		return;
	if (machine->open && hvc_surroundings__block(machine, address, size))
		return;
	block = hvc_block__find(&machine->blocks, machine->engine, address, size,
	                        machine->hyp && hvc_engine__pstate(machine->engine) & HVC_PSR_T);
	/* Code may have been stored to before it first ran. */
	if (machine->blocks.fresh &&
	    hvc_undo__touches(&machine->undo, address & ~PAGE_MASK, (address + size) | PAGE_MASK))
		machine->effects |= HVC_EFFECT_CODE;
	machine->effects |= block->effects;
	if ((block->may_stop && hvc_traps__puts_off(machine, block)) ||
	    hvc_traps__turns_strict(machine, block) ||
	    (block->erets && !machine->hyp && hvc_aarch32__puts_off(machine, block)))
		return; /* the machine begins it again */
	machine->after_eret = block->erets;
	if (machine->on_block)
		machine->on_block(machine->block_ctx, address, size);
	if (block->self_branch || hvc_spin__block(machine, address)) {
		hvc_call__halt(machine, HVC_OUTCOME_SPIN, address);
		return;
	}
	machine->words = 0;
	if (machine->traps.strict ||
	    (machine->traps.count && (block->may_stop || hvc_traps__watches(machine, block))))
		read_words(machine, block);
	machine->instructions += block->count;
	if (block->banks)
		hvc_engine__stale_banks(machine->engine);
	if (block->elr)
		hvc_engine__moves_elr(
		        machine->engine,
		        &(struct hvc_elr_move){address, size, block->elr_rt, block->elr_cond});
	machine->block_end = address + size;
	if (machine->instructions > machine->budget) {
		hvc_call__halt(machine, HVC_OUTCOME_LIMIT, address);
		return;
	}
	note_writes(machine, block);
}

void hvc_call__again(void *ctx, uint64_t address)
{
	struct hvc_machine *machine = ctx;

	machine->instructions -= (machine->block_end - address) / 4;
	machine->step_open = false;
}

void hvc_call__boundary(void *ctx, uint64_t address)
{
	struct hvc_machine *machine = ctx;
	const struct hvc_stop *boundary;
	uint64_t esr = 0, far = 0;
	enum hvc_ec ec;

	if (machine->phase != PHASE_EL2)
		return;
	boundary = hvc_world__find_stop(&machine->world, address);
	if (!boundary && hvc_own__takes(machine, address)) {
		hvc_engine__stop(machine->engine); /* hvc_call__exit does it */
		return;
	}
	if (!boundary) {
		ec = hvc_traps__class(machine, address);
		esr = ec == HVC_EC_UNKNOWN ? hvc_traps__alignment(machine, address, &far)
		                           : (uint64_t)ec << 26 | HVC_ESR_IL;
	}
	if (!boundary && !esr) {
		if (address + 4 == machine->block_end && machine->after_eret)
			hvc_aarch32__eret(machine);
		return;
	}
	machine->step_open = false; /* the instruction here is not executed */
	machine->stub = boundary;
	if (!boundary)
		hvc_nested__defer(machine, address, esr, far);
	else if (boundary->stub)
		hvc_engine__stop(machine->engine); /* hvc_call__exit goes on behind it */
	else
		hvc_call__halt(machine, HVC_OUTCOME_HANDOFF, address);
}
