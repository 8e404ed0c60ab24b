/* SPDX-License-Identifier: MIT */
/*
 * Unicorn executes FP/SIMD whatever CPTR_EL2 says, and calls SVE undefined, trapped or not. A
 * block that may not be run to its end is put off before it starts: its first instruction that is
 * trapped is watched from then on, and the block begun again. So a call pays for this only where
 * it goes through such a block, and code that is never trapped only for a look at two registers.
 *
 * Nor does it check alignment, but for exclusives and atomics. Accesses that have to be aligned
 * anyway are watched one by one; from where SCTLR_EL2.A is set, or SP may be askew under
 * SCTLR_EL2.SA, everything is.
 */
#include "machine/trap.h"

#include <stdlib.h>
#include <string.h>

#include "machine/access.h"
#include "machine/internal.h"

#define SCTLR_A   (UINT64_C(1) << 1)  /* check the alignment of accesses */
#define SCTLR_SA  (UINT64_C(1) << 3)  /* and that of SP where it is a base */
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

const uint8_t hvc_held__register[HVC_HELD_REGISTERS][5] = {
        {3, 0, 1, 0, 2}, {3, 4, 1, 1, 2},  {3, 6, 1, 1, 2},  {3, 0, 1, 0, 1},
        {3, 4, 1, 0, 1}, {3, 0, 5, 1, 0},  {3, 0, 5, 1, 1},  {3, 4, 5, 1, 0},
        {3, 4, 5, 1, 1}, {3, 0, 10, 3, 0}, {3, 4, 10, 3, 0}, {3, 4, 1, 1, 7}};

unsigned hvc_held__find(const uint8_t encoding[static 5])
{
	unsigned i = 0;

	while (i < HVC_HELD_REGISTERS && memcmp(encoding, hvc_held__register[i], 5) != 0)
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
		    (hvc_own__may(word) || hvc_traps__may(word)) &&
		    !is_watched(&machine->traps, block->address + at))
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
	if (machine->traps.strict || at == BLOCK_NOWHERE ||
	    is_watched(&machine->traps, block->address + at))
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

/* Whatever has been translated was so without a look at each instruction. */
static bool watch_all(struct hvc_machine *machine)
{
	bool ok = hvc_engine__watch_all(machine->engine) &&
	          hvc_engine__forget(machine->engine, HVC_HARNESS_BASE, HVC_HARNESS_SIZE);

	for (unsigned i = 0; ok && i < machine->segments; i++)
		ok = hvc_engine__forget(machine->engine, machine->segment[i].address,
		                        machine->segment[i].size);
	return ok;
}

bool hvc_traps__watch(struct hvc_machine *machine)
{
	struct hvc_traps *traps = &machine->traps;
	uint64_t *address;

	traps->waits = false;
	if (traps->strict) {
		hvc_engine__move(machine->engine, traps->lo, hvc_engine__pstate(machine->engine));
		return watch_all(machine);
	}
	address = realloc(traps->address, ((size_t)traps->count + 1) * sizeof *traps->address);
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

bool hvc_traps__may(uint32_t word)
{
	struct hvc_a64_alignment alignment;

	return hvc_a64__alignment(word, &alignment) && alignment.always > 1;
}

/* Encodings: Arm ARM C4.1; Rd 31 is SP unless the flags are set. */
bool hvc_traps__tilts(uint32_t word)
{
	const bool to_sp = (word & 31) == 31, from_sp = (word >> 5 & 31) == 31;
	struct hvc_a64_access access;

	if ((word & UINT32_C(0x3f800000)) == UINT32_C(0x11000000)) /* ADD, SUB (immediate) */
		return to_sp && (!from_sp || (!(word >> 22 & 1) && word >> 10 & 15));
	if ((word & UINT32_C(0x3fe00000)) == UINT32_C(0x0b200000) || /* (extended register) */
	    ((word & UINT32_C(0x1f800000)) == UINT32_C(0x12000000) && word >> 29 != 3 &&
	     word >> 29 != 7)) /* AND, ORR, EOR (immediate) */
		return to_sp;
	if ((word & UINT32_C(0xffffffe0)) == UINT32_C(0xd5184100)) /* MSR SP_EL0 */
		return true;
	return hvc_a64__access(word, &access) && access.back && access.base == HVC_A64_SP &&
	       (!access.moves || access.moves & 15);
}

/*
 * SP is askew where code has moved it so, or the world begins so; and it may have been for long
 * where a call has turned the check on.
 */
bool hvc_traps__turns_strict(struct hvc_machine *machine, const struct hvc_block *block)
{
	struct hvc_traps *traps = &machine->traps;
	uint64_t sctlr;

	if (machine->hyp || traps->strict || !(block->accesses || block->stack))
		return false;
	sctlr = hvc_machine__current(machine, HVC_REG_SCTLR_EL2);
	if (!(sctlr & SCTLR_A) &&
	    (!(sctlr & SCTLR_SA) ||
	     !(block->stack || !(machine->entry.v[HVC_REG_SCTLR_EL2] & SCTLR_SA))))
		return false;
	traps->lo = block->address;
	traps->strict = traps->waits = true;
	hvc_engine__stop(machine->engine);
	return true;
}

bool hvc_traps__open(struct hvc_machine *machine)
{
	const uint64_t *v = machine->entry.v;
	const uint64_t sp = v[HVC_REG_SP_EL0] | v[HVC_REG_SP_EL2];

	if (machine->hyp)
		return true;
	machine->traps.strict |=
	        v[HVC_REG_SCTLR_EL2] & SCTLR_A || (v[HVC_REG_SCTLR_EL2] & SCTLR_SA && sp & 15);
	return !machine->traps.strict || hvc_engine__watch_all(machine->engine);
}

static bool read_id(void *ctx, const uint8_t name[5], uint64_t *value)
{
	return hvc_engine__get_sys(ctx, name, value);
}

uint64_t hvc_traps__alignment(struct hvc_machine *machine, uint64_t address, uint64_t *far)
{
	uint64_t sctlr = hvc_machine__current(machine, HVC_REG_SCTLR_EL2);
	struct hvc_a64_alignment alignment;
	struct hvc_engine_frame frame;
	uint64_t esr = 0;
	unsigned bytes;
	uint32_t word;
	bool stack;

	if (machine->hyp || !hvc_machine__word_at(machine, address, &word) ||
	    !hvc_a64__alignment(word, &alignment))
		return 0;
	stack = sctlr & SCTLR_SA && alignment.stack;
	bytes = sctlr & SCTLR_A ? alignment.checked : alignment.always;
	if (bytes == 1 && !stack)
		return 0;
	hvc_engine__frame(machine->engine, &frame);
	frame.pc = address;
	if (stack && frame.sp[frame.pstate & HVC_PSTATE_SP ? 2 : 0] & 15) {
		esr = (uint64_t)HVC_EC_SP_ALIGN << 26 | HVC_ESR_IL;
	} else {
		*far = hvc_access__address(word, &frame);
		if (*far & (bytes - 1))
			esr = (uint64_t)HVC_EC_DABT_SAME << 26 | HVC_ESR_IL | HVC_ESR_ALIGNMENT;
	}
	return esr && hvc_feature__lacks(word, read_id, machine->engine) ? 0 : esr;
}
