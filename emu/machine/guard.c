/* SPDX-License-Identifier: MIT */
/*
 * Unicorn translates a block before anybody is asked about it, and its translator has assertions
 * that words can fail. The addresses of such words are made ends of the run (uc_ctl): there it
 * stops before it looks.
 *
 * Seen (2.0.1 to 2.1.x, target/arm/translate-a64.c), where the CPU has FEAT_FP16: unallocated
 * opcodes of the two groups below, which fall through a switch to an assertion. And an ERET of a
 * register other than 31, which is unallocated, is executed as an ERET that nobody expects.
 */
#include "base/grow.h"
#include "machine/parts.h"

#include <stdlib.h>

#include "machine/internal.h"

#define CHUNK 0x10000u /* bytes read at a time */

#define WORD_ERET UINT32_C(0xd69f03e0)

/* Advanced SIMD three same (FP16), Arm ARM C4.1: U, a (bit 23) and opcode, bits 13:11. */
#define THREE_SAME UINT32_C(0x8a023820)

/* Advanced SIMD two-register miscellaneous (FP16), vector and scalar: a bit an opcode, U and a. */
static const uint32_t two_misc[2][4] = {
        {UINT32_C(0xc0ffffff), UINT32_C(0xd0ff0fff), UINT32_C(0xc0ffffff), UINT32_C(0x51ff4fff)},
        {UINT32_C(0xc0ffffff), UINT32_C(0x50ff8fff), UINT32_C(0xc0ffffff), UINT32_C(0xd1ff4fff)},
};

bool hvc_guard__aborts(uint32_t word)
{
	unsigned u = word >> 29 & 1, a = word >> 23 & 1, scalar = word >> 28 & 1;

	if ((word & UINT32_C(0xfffffc1f)) == UINT32_C(0xd69f0000))
		return word != WORD_ERET;
	if ((word & UINT32_C(0x9f60c400)) == UINT32_C(0x0e400400))
		return THREE_SAME >> (u << 4 | a << 3 | (word >> 11 & 7)) & 1;
	if ((word & UINT32_C(0x8f7e0c00)) == UINT32_C(0x0e780800) && (!scalar || word >> 30 & 1))
		return two_misc[scalar][u << 1 | a] >> (word >> 12 & 31) & 1;
	return false;
}

static bool is_known(const struct hvc_guard *guard, uint64_t address)
{
	for (unsigned i = 0; i < guard->count; i++)
		if (guard->address[i] == address)
			return true;
	return false;
}

static bool add(struct hvc_guard *guard, uint64_t address)
{
	if (!hvc_grow(&guard->address, &guard->capacity, guard->count, sizeof *guard->address))
		return false;
	guard->address[guard->count++] = address;
	return true;
}

static bool look(struct hvc_machine *machine, const struct hvc_segment *segment)
{
	uint64_t lo = (segment->address + 3) & ~UINT64_C(3), end = segment->address + segment->size;
	uint32_t *words = malloc(CHUNK);
	bool ok = words != NULL;

	for (uint64_t at = lo; ok && at + 4 <= end; at += CHUNK) {
		size_t size = end - at < CHUNK ? (size_t)(end - at) & ~(size_t)3 : CHUNK;

		ok = hvc_engine__read(machine->engine, at, words, size);
		for (size_t i = 0; ok && i < size / 4; i++)
			if (hvc_guard__aborts(words[i]))
				ok = add(&machine->guard, at + 4 * i);
	}
	free(words);
	return ok;
}

bool hvc_guard__image(struct hvc_machine *machine)
{
	struct hvc_guard *guard = &machine->guard;
	bool ok = true;

	if (machine->hyp)
		return true;
	for (unsigned i = 0; ok && !guard->looked && i < machine->segments; i++)
		ok = look(machine, &machine->segment[i]);
	guard->looked = true;
	return ok && hvc_engine__bar(machine->engine, guard->address, guard->count);
}

/* The word at an address as it will be after the store. */
static uint32_t word_after(struct hvc_machine *machine, uint64_t at, uint64_t address,
                           unsigned size, uint64_t value)
{
	uint8_t bytes[4] = {0};

	(void)hvc_engine__read(machine->engine, at, bytes, sizeof bytes);
	for (unsigned i = 0; i < 4; i++)
		if (at + i - address < size)
			bytes[i] = (uint8_t)(value >> 8 * (at + i - address));
	return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

void hvc_guard__store(struct hvc_machine *machine, uint64_t address, unsigned size, uint64_t value)
{
	struct hvc_guard *guard = &machine->guard;

	if (machine->hyp)
		return;
	/* Counted: the last word of all has none above it. */
	for (uint64_t at = address & ~UINT64_C(3), left = ((address & 3) + size + 3) / 4; left;
	     left--, at += 4) {
		uint32_t word = at - address <= size - 4u && size >= 4
		                        ? (uint32_t)(value >> 8 * (at - address))
		                        : word_after(machine, at, address, size, value);

		if (hvc_guard__aborts(word) && !is_known(guard, at) &&
		    (!add(guard, at) ||
		     !hvc_engine__bar(machine->engine, guard->address, guard->count)))
			machine->undo.overflow = true; /* out of memory: told by the reset */
	}
}

bool hvc_guard__stops(struct hvc_machine *machine, uint64_t pc)
{
	struct hvc_guard *guard = &machine->guard;
	uint32_t word = 0;

	if (!is_known(guard, pc))
		return false;
	(void)hvc_engine__read(machine->engine, pc, &word, sizeof word);
	if (hvc_guard__aborts(word))
		return true;
	/* It is gone. */
	for (unsigned i = 0; i < guard->count; i++)
		if (guard->address[i] == pc)
			guard->address[i--] = guard->address[--guard->count];
	(void)hvc_engine__bar(machine->engine, guard->address, guard->count);
	(void)hvc_engine__forget(machine->engine, pc, sizeof word);
	return false;
}
