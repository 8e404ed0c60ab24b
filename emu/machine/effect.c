/* SPDX-License-Identifier: MIT */
/* What a call does to memory: noted, to be taken back. */
#include <string.h>

#include "machine/internal.h"
#include "machine/parts.h"

#define PAGE UINT64_C(0x1000)

/* EL2's own memory is the subject's, its stack and data, and the zero pages. */
static bool is_own(struct hvc_machine *machine, uint64_t address)
{
	if (hvc_load__has(machine, address))
		return true;
	if (machine->zero.limit && hvc_zero__has(&machine->zero, address))
		return true;
	if (hvc_harness__place(machine, address) - HVC_EL2_DATA >= HVC_EL2_DATA_SIZE)
		return false;
	if (machine->open)
		hvc_surroundings__read(machine, HVC_REG_SP_EL2); /* what else points there */
	return true;
}

bool hvc_call__is_there(struct hvc_machine *machine, uint64_t address)
{
	uint64_t page = address & ~(PAGE - 1);
	uint8_t byte;

	if (hvc_harness__place(machine, page) == HVC_TRAMPOLINE)
		return false; /* read-only */
	if (hvc_undo__knows(&machine->undo, page))
		return true;
	if (machine->zero.limit && hvc_zero__finds(&machine->zero, page))
		return true;
	if (hvc_engine__read(machine->engine, page, &byte, sizeof byte))
		return true;
	return machine->zero.limit && machine->phase == PHASE_EL2 &&
	       hvc_zero__brings(&machine->zero, machine->engine, page);
}

/* Note the bytes that go to one page; what is not there will fault. */
static bool note_store(struct hvc_machine *machine, uint64_t address, unsigned size,
                       const uint8_t *value)
{
	uint64_t page = address & ~(PAGE - 1);
	bool lent;

	if (!hvc_call__is_there(machine, page))
		return false;
	lent = machine->zero.limit && hvc_zero__finds(&machine->zero, page);
	if (machine->zero.limit && machine->phase == PHASE_EL2)
		hvc_zero__store(&machine->zero, address, size);
	if (hvc_undo__store(&machine->undo, machine->engine, address, size, value, lent))
		machine->spin.progress = true;
	return true;
}

void hvc_written__add(struct hvc_written *written, uint64_t address, unsigned size)
{
	unsigned told = written->count < HVC_WRITTEN_MAX ? written->count : HVC_WRITTEN_MAX;

	for (unsigned i = 0; i < told; i++) {
		uint64_t lo = written->range[i].address, hi = lo + written->range[i].size;

		if (address > hi || address + size < lo)
			continue;
		written->range[i].address = address < lo ? address : lo;
		hi = address + size > hi ? address + size : hi;
		written->range[i].size = hi - written->range[i].address;
		return;
	}
	if (written->count < HVC_WRITTEN_MAX) {
		written->range[told].address = address;
		written->range[told].size = size;
	}
	written->count++;
}

void hvc_call__write(void *ctx, uint64_t address, unsigned size, uint64_t value)
{
	struct hvc_machine *machine = ctx;
	uint64_t mask = size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * size) - 1;
	unsigned left = (unsigned)(PAGE - (address & (PAGE - 1)));
	unsigned first = size < left ? size : left;
	uint8_t bytes[8];
	bool all;

	if (size > sizeof bytes)
		return;
	if (hvc_machine__translates(machine)) {
		/* Whose address is it? And is anything there? */
		machine->effects |= HVC_EFFECT_MEMORY;
		machine->spin.progress = true;
		machine->el2_stores++;
		return;
	}
	memcpy(bytes, &value, sizeof bytes); /* hosts are little-endian, as the guest is */
	hvc_guard__store(machine, address, size, value);
	/* A page in use is not taken away to be lent for the other part. */
	all = note_store(machine, address, first, bytes);
	if (first < size)
		all &= note_store(machine, address + first, size - first, bytes + first);
	if (!all)
		return; /* unmapped: the access itself will fault */
	if (hvc_block__store(&machine->blocks, address, size))
		machine->effects |= HVC_EFFECT_CODE;
	if (hvc_harness__has(machine, address & ~(PAGE - 1))) {
		machine->effects |= HVC_EFFECT_CODE;
		machine->harness_dirty = true;
	}
	if (is_own(machine, address)) {
		machine->el2_stores++;
		return;
	}
	hvc_written__add(&machine->written, address, size);
	if (machine->stores < HVC_STORE_MAX)
		machine->store[machine->stores] =
		        (struct hvc_store){address, value & mask, (uint8_t)size};
	machine->stores++;
}

void hvc_call__load(void *ctx, uint64_t address, unsigned size)
{
	struct hvc_machine *machine = ctx;

	if (machine->phase != PHASE_EL2)
		return;
	if (machine->zero.limit)
		hvc_zero__load(&machine->zero, address, size);
	if (machine->unset.ranges)
		hvc_unset__load(machine, address, size);
}

bool hvc_call__unmapped(void *ctx, uint64_t address, unsigned size)
{
	struct hvc_machine *machine = ctx;

	return machine->phase == PHASE_EL2 &&
	       hvc_zero__lend(&machine->zero, machine->engine, address, size);
}
