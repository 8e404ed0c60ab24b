/* SPDX-License-Identifier: MIT */
/*
 * Unicorn executes FP/SIMD whatever CPTR_EL2 says, and calls SVE undefined, trapped or not. A
 * block that may not be run to its end is put off before it starts: its first instruction that is
 * trapped is watched from then on, and the block begun again. So a call pays for this only where
 * it goes through such a block, and code that is never trapped only for a look at two registers.
 */
#include "machine/trap.h"

#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

#define CPTR_TZ   (UINT64_C(1) << 8)  /* E2H clear: trap SVE */
#define CPTR_TFP  (UINT64_C(1) << 10) /* E2H clear: trap FP/SIMD */
#define CPTR_ZEN  (UINT64_C(1) << 16) /* E2H set: bit 0 of ZEN; do not trap SVE at EL2 */
#define CPTR_FPEN (UINT64_C(1) << 20) /* E2H set: bit 0 of FPEN; do not trap FP/SIMD at EL2 */

/* Arm ARM C4.1, bits 28:25 and 26 of the word; MRS and MSR of FPCR and FPSR. */
enum hvc_trap_kind hvc_trap__kind(uint32_t word)
{
	uint32_t group = word >> 25 & 15;

	if (group == 2)
		return HVC_TRAP_SVE;
	if ((group & 7) == 7 || ((group & 5) == 4 && word >> 26 & 1) ||
	    (word & UINT32_C(0xffdfffc0)) == UINT32_C(0xd51b4400))
		return HVC_TRAP_FP;
	return HVC_TRAP_NONE;
}

bool hvc_trap__fp(uint64_t cptr, bool host)
{
	return host ? !(cptr & CPTR_FPEN) : (cptr & CPTR_TFP) != 0;
}

bool hvc_trap__sve(uint64_t cptr, bool host)
{
	return host ? !(cptr & CPTR_ZEN) : (cptr & CPTR_TZ) != 0;
}

enum hvc_ec hvc_trap__class(enum hvc_trap_kind kind, uint64_t cptr, bool host)
{
	if (kind == HVC_TRAP_SVE && hvc_trap__sve(cptr, host))
		return HVC_EC_SVE;
	return kind != HVC_TRAP_NONE && hvc_trap__fp(cptr, host) ? HVC_EC_FP : HVC_EC_UNKNOWN;
}

const uint8_t hvc_trap__register[HVC_TRAP_REGISTERS][5] = {
        {3, 0, 1, 0, 2}, {3, 4, 1, 1, 2}, {3, 6, 1, 1, 2}};

unsigned hvc_trap__find(const uint8_t encoding[static 5])
{
	unsigned i = 0;

	while (i < HVC_TRAP_REGISTERS && memcmp(encoding, hvc_trap__register[i], 5) != 0)
		i++;
	return i;
}

static bool is_host(const struct hvc_machine *machine)
{
	return hvc_machine__current(machine, HVC_REG_HCR_EL2) & HVC_HCR_E2H;
}

static bool is_watched(const struct hvc_traps *traps, uint64_t address)
{
	for (unsigned i = 0; i < traps->count; i++)
		if (traps->address[i] == address)
			return true;
	return false;
}

/* Without SVE there is nothing to trap: its instructions are UNDEFINED. */
static bool has_sve(const struct hvc_machine *machine)
{
	return hvc_regset_has(&machine->present, HVC_REG_ZCR_EL2);
}

/* Offset of the first instruction of the block that is trapped now, or BLOCK_NOWHERE. */
static uint32_t first(const struct hvc_machine *machine, const struct hvc_block *block)
{
	uint64_t cptr = hvc_machine__current(machine, HVC_REG_CPTR_EL2);
	bool host = is_host(machine), fp = hvc_trap__fp(cptr, host);
	uint32_t at = fp ? block->fp_at : BLOCK_NOWHERE;

	if (block->sve_at < at && has_sve(machine) && (fp || hvc_trap__sve(cptr, host)))
		at = block->sve_at;
	return at;
}

/* The first that hvcheck may have to do itself. */
static uint32_t first_own(const struct hvc_machine *machine, const struct hvc_block *block)
{
	uint32_t word;

	for (uint32_t at = 0; block->own && at + 4 <= block->size; at += 4)
		if (hvc_engine__read(machine->engine, block->address + at, &word, sizeof word) &&
		    hvc_own__may(word) && !is_watched(&machine->traps, block->address + at))
			return at;
	return BLOCK_NOWHERE;
}

bool hvc_traps__puts_off(struct hvc_machine *machine, const struct hvc_block *block)
{
	uint32_t at = first(machine, block), own = first_own(machine, block);

	return hvc_traps__put_off(machine, block, at) || hvc_traps__put_off(machine, block, own);
}

bool hvc_traps__put_off(struct hvc_machine *machine, const struct hvc_block *block, uint32_t at)
{
	if (at == BLOCK_NOWHERE || is_watched(&machine->traps, block->address + at))
		return false;
	machine->traps.lo = block->address;
	machine->traps.hi = block->address + block->size;
	machine->traps.next = block->address + at;
	machine->traps.waits = true;
	hvc_engine__stop(machine->engine);
	return true;
}

bool hvc_traps__watches(const struct hvc_machine *machine, const struct hvc_block *block)
{
	const struct hvc_traps *traps = &machine->traps;

	for (unsigned i = 0; i < traps->count; i++)
		if (traps->address[i] - block->address < block->size)
			return true;
	return false;
}

bool hvc_traps__watch(struct hvc_machine *machine)
{
	struct hvc_traps *traps = &machine->traps;
	uint64_t *address =
	        realloc(traps->address, ((size_t)traps->count + 1) * sizeof *traps->address);

	traps->waits = false;
	/* Where blocks were chained the engine's own pc is still that of one before. */
	hvc_engine__move(machine->engine, traps->lo, hvc_engine__pstate(machine->engine));
	if (!address)
		return false;
	traps->address = address;
	traps->address[traps->count++] = traps->next;
	return hvc_engine__forget(machine->engine, traps->lo, traps->hi - traps->lo) &&
	       hvc_engine__watch(machine->engine, traps->next);
}

enum hvc_ec hvc_traps__class(const struct hvc_machine *machine, uint64_t address)
{
	enum hvc_trap_kind kind;
	uint32_t word;

	if (!hvc_machine__word_at(machine, address, &word))
		return HVC_EC_UNKNOWN;
	kind = hvc_trap__kind(word);
	if (kind == HVC_TRAP_SVE && !has_sve(machine))
		return HVC_EC_UNKNOWN;
	return hvc_trap__class(kind, hvc_machine__current(machine, HVC_REG_CPTR_EL2),
	                       is_host(machine));
}
