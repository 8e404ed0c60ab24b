/* SPDX-License-Identifier: MIT */
/*
 * A subject is a part of a program: it calls functions that are not in the image, or that are
 * not to be run. Here they return, and what that took is written down.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/a32.h"
#include "machine/internal.h"
#include "machine/reg.h"
#include "machine/supplied.h"
#include "machine/vhe.h"
#include "machine/world.h"

#define READS_ROWS 2048u /* power of two; a conflict only costs another look at the code */
#define LOOK_WORDS 64u   /* read at a time */
#define NULL_PAGE  UINT64_C(0x1000)

/* A block's MRS instructions: registers by the names they have, and under HCR_EL2.E2H. */
struct hvc_reads {
	uint64_t address;
	uint32_t size; /* 0: an empty row */
	struct hvc_regset plain, host;
};

bool hvc_surroundings__open(struct hvc_machine *machine)
{
	struct hvc_surroundings *around = &machine->around;

	for (unsigned i = 0; i < machine->world.stops; i++)
		around->filter |= UINT64_C(1) << (machine->world.stop[i].address >> 2 & 63);
	around->reads = calloc(READS_ROWS, sizeof *around->reads);
	if (!around->reads)
		return false;
	return !machine->world.zero_pages ||
	       hvc_zero__open(&machine->zero, machine->world.zero_pages);
}

void hvc_surroundings__close(struct hvc_machine *machine)
{
	hvc_zero__close(&machine->zero);
	hvc_supplied__free(&machine->around.account);
	hvc_supplied__free(&machine->around.met);
	free(machine->around.reads);
}

void hvc_surroundings__start(struct hvc_machine *machine)
{
	struct hvc_surroundings *around = &machine->around;

	machine->stub = NULL;
	around->met.rows = 0;
	around->met.more = 0;
	around->read = (struct hvc_regset){{0, 0}};
	around->stubs = 0;
	around->block_end = 0;
	hvc_zero__start(&machine->zero);
}

static void look(struct hvc_reads *reads, struct hvc_engine *engine)
{
	struct hvc_vhe_access access;
	uint32_t words[LOOK_WORDS];

	for (uint32_t at = 0; at + 4 <= reads->size; at += 4) {
		uint32_t left = (reads->size - at) & ~3u;
		enum hvc_reg reg;
		uint8_t t[5];

		if (at / 4 % LOOK_WORDS == 0 &&
		    !hvc_engine__read(engine, reads->address + at, words,
		                      left < sizeof words ? left : sizeof words))
			break;
		if (!hvc_vhe__decode(words[at / 4 % LOOK_WORDS], &access) || !access.read)
			continue;
		memcpy(t, access.name, sizeof t);
		reg = hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]);
		if (reg != HVC_REG_NONE)
			hvc_regset_add(&reads->plain, reg);
		if (hvc_vhe__target(access.name, t))
			reg = hvc_reg__find_sys(t[0], t[1], t[2], t[3], t[4]);
		if (reg != HVC_REG_NONE)
			hvc_regset_add(&reads->host, reg);
	}
}

/* The same of A32 and T32 code. */
static void look_hyp(struct hvc_reads *reads, struct hvc_engine *engine, bool t32)
{
	struct hvc_a32 insn;

	for (uint32_t at = 0; at < reads->size; at += insn.size) {
		uint32_t left = reads->size - at, bits = 0;

		if (!hvc_engine__read(engine, reads->address + at, &bits, left < 4 ? left : 4))
			break;
		hvc_a32__decode(reads->address + at, bits, t32, &insn);
		if (insn.kind == HVC_A32_READ && insn.reg > HVC_REG_X30 && insn.reg != HVC_REG_NONE)
			hvc_regset_add(&reads->plain, insn.reg);
	}
}

void hvc_surroundings__read(struct hvc_machine *machine, enum hvc_reg reg)
{
	const struct hvc_reg_info *info = hvc_reg_info(reg);
	bool by_entry = reg == HVC_REG_ESR_EL2 || reg == HVC_REG_ELR_EL2 || reg == HVC_REG_SPSR_EL2;

	if (info->class_ != HVC_CLASS_PSTATE && !by_entry &&
	    !hvc_regset_has(&machine->world.given, reg) && !hvc_regset_has(&machine->dirty, reg) &&
	    !hvc_regset_has(&machine->around.written, reg) &&
	    hvc_regset_has(&machine->present, reg))
		hvc_regset_add(&machine->around.read, reg);
}

static void note_reads(struct hvc_machine *machine, uint64_t address, uint32_t size)
{
	struct hvc_reads *reads = &machine->around.reads[address >> 2 & (READS_ROWS - 1)];
	const struct hvc_regset *set = &reads->plain;

	if (reads->address != address || reads->size != size) {
		*reads = (struct hvc_reads){.address = address, .size = size};
		if (machine->hyp)
			look_hyp(reads, machine->engine,
			         hvc_engine__pstate(machine->engine) & HVC_PSR_T);
		else
			look(reads, machine->engine);
	}
	if (hvc_regset_empty(&reads->host) && hvc_regset_empty(&reads->plain))
		return;
	if (!machine->hyp && hvc_vhe__is_host(machine->engine))
		set = &reads->host;
	for (unsigned i = HVC_GPR_COUNT; i < HVC_REG_COUNT; i++)
		if (hvc_regset_has(set, (enum hvc_reg)i))
			hvc_surroundings__read(machine, (enum hvc_reg)i);
}

bool hvc_surroundings__block(struct hvc_machine *machine, uint64_t address, uint32_t size)
{
	struct hvc_surroundings *around = &machine->around;

	if (around->filter >> (address >> 2 & 63) & 1 &&
	    hvc_world__find_stop(&machine->world, address)) {
		machine->after_eret = false;
		return true;
	}
	around->block_end = address + size;
	note_reads(machine, address, size);
	return false;
}

/* BL, BLR, BLRAA and their like (Arm ARM C4.1, branches). */
static bool links(uint32_t word)
{
	return (word & UINT32_C(0xfc000000)) == UINT32_C(0x94000000) ||
	       (word & UINT32_C(0xfefff000)) == UINT32_C(0xd63f0000);
}

/* Where a function would go back to: x30, or lr of Hyp mode, in which bit 0 is the state. */
static uint64_t link_of(const struct hvc_machine *machine, const struct hvc_engine_frame *frame)
{
	return machine->hyp ? frame->x[14] : frame->x[HVC_REG_X30];
}

/* Is there a call right before the address, of A32 or T32 code? */
static bool is_linked(const struct hvc_machine *machine, uint64_t back)
{
	bool t32 = back & 1;
	struct hvc_a32 insn;
	uint32_t bits = 0;

	for (unsigned size = t32 ? 2 : 4; size <= 4; size += 2) {
		uint64_t at = (back & ~UINT64_C(1)) - size;

		if (!hvc_load__has(machine, at) ||
		    !hvc_engine__read(machine->engine, at, &bits, size))
			continue;
		hvc_a32__decode(at, bits, t32, &insn);
		if (insn.link && insn.size == size)
			return true;
	}
	return false;
}

/*
 * Control is where a function would be: x30 leads back behind a call in the subject. An address
 * that the caller of the HVC chose is where it wants to go on, as in a soft restart, unless it
 * is a null pointer and called: that is a pointer nothing has filled in.
 */
bool hvc_surroundings__is_call(const struct hvc_machine *machine,
                               const struct hvc_engine_frame *frame, uint64_t pc, bool chosen)
{
	uint64_t back = link_of(machine, frame);
	uint32_t word;

	if (machine->hyp)
		return back != pc && is_linked(machine, back) &&
		       (!chosen ||
		        (pc < NULL_PAGE && machine->around.block_end == (back & ~UINT64_C(1))));
	if (back == pc || back & 3 || !hvc_load__has(machine, back - 4) ||
	    !hvc_engine__read(machine->engine, back - 4, &word, sizeof word) || !links(word))
		return false;
	return !chosen || (pc < NULL_PAGE && machine->around.block_end == back);
}

static void note(struct hvc_surroundings *around, struct hvc_supplied *into,
                 const struct hvc_supply *supply)
{
	if (hvc_supplied__add(into, supply) != HVC_OK)
		around->failed = true;
}

bool hvc_surroundings__return(struct hvc_machine *machine, struct hvc_engine_frame *frame,
                              uint64_t pc)
{
	const struct hvc_stop *stub = machine->stub;
	uint64_t back = link_of(machine, frame);
	struct hvc_supply call = {
	        .kind = HVC_SUPPLY_CALL,
	        .reg = HVC_REG_NONE,
	        .address = pc,
	        .from = back - 4,
	        .calls = 1,
	};

	if (stub)
		machine->around.stubs |= UINT64_C(1) << (stub - machine->world.stop);
	else
		note(&machine->around, &machine->around.met, &call);
	machine->stub = NULL;
	if (++machine->instructions > machine->budget)
		return false;
	frame->x[0] = stub ? stub->value : 0;
	hvc_engine__set_gprs(machine->engine, frame->x);
	if (machine->hyp) {
		frame->pstate = back & 1 ? frame->pstate | HVC_PSR_T : frame->pstate & ~HVC_PSR_T;
		back &= ~UINT64_C(1);
	}
	hvc_engine__move(machine->engine, back, frame->pstate);
	return true;
}

static void conclude_pages(struct hvc_machine *machine)
{
	struct hvc_surroundings *around = &machine->around;

	for (unsigned i = 0; i < machine->zero.pages; i++) {
		const struct hvc_zero_page *page = &machine->zero.page[i];
		struct hvc_supply supply = {
		        .kind = HVC_SUPPLY_PAGE,
		        .reg = HVC_REG_NONE,
		        .address = page->address,
		        .calls = 1,
		        .blind = page->blind,
		};

		if (page->touched)
			note(around, &around->account, &supply);
	}
}

void hvc_surroundings__conclude(struct hvc_machine *machine)
{
	struct hvc_surroundings *around = &machine->around;

	for (unsigned i = HVC_GPR_COUNT; i < HVC_REG_COUNT; i++) {
		struct hvc_supply supply = {
		        .kind = HVC_SUPPLY_REGISTER,
		        .reg = (enum hvc_reg)i,
		        .value = machine->entry.v[i],
		        .calls = 1,
		};

		if (hvc_regset_has(&around->read, (enum hvc_reg)i))
			note(around, &around->account, &supply);
	}
	conclude_pages(machine);
	for (unsigned i = 0; i < around->met.rows; i++) {
		around->met.row[i].calls = 1;
		note(around, &around->account, &around->met.row[i]);
	}
	around->account.more += around->met.more;
	for (unsigned i = 0; i < machine->world.stops; i++) {
		const struct hvc_stop *stub = &machine->world.stop[i];
		struct hvc_supply supply = {
		        .kind = HVC_SUPPLY_STUB,
		        .reg = HVC_REG_NONE,
		        .address = stub->address,
		        .value = stub->value,
		        .calls = 1,
		};

		if (around->stubs >> i & 1)
			note(around, &around->account, &supply);
	}
	around->written.bits[0] |= machine->dirty.bits[0];
	around->written.bits[1] |= machine->dirty.bits[1];
}
