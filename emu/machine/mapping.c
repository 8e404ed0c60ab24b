/* SPDX-License-Identifier: MIT */
/* Sources: Arm ARM (DDI 0487) D8.3 for descriptors, D24 for the registers, C4.1 for encodings. */
#include "machine/mapping.h"

#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/access.h"
#include "machine/unicorn.h"

#define PAGE        UINT64_C(0x1000)
#define ENTRIES     512u
#define TABLE_SIZE  ((1 + ENTRIES) * PAGE)
#define OUTPUT      UINT64_C(0xfffffffff000)
#define DESC_TABLE  UINT64_C(3)
#define DESC_BLOCK  UINT64_C(0x701) /* AF, inner shareable; AP 0: read and write at EL2 alone */
#define SCTLR_M     UINT64_C(1)
#define HCR_VM      (UINT64_C(1) | UINT64_C(1) << 12) /* and DC */
#define SCTLR_WXN   (UINT64_C(1) << 19)
#define TCR_TBI     (UINT64_C(1) << 20 | UINT64_C(1) << 37) /* by HCR_EL2.E2H */
#define TCR_48_BITS UINT64_C(0x80850010)                    /* 4 KiB pages; as E2H: no TTBR1 */

enum { SCTLR, TTBR0, TCR, HCR };

static const uint8_t registers[HVC_MAPPING_REGISTERS][5] = {
        [SCTLR] = {3, 4, 1, 0, 0},
        [TTBR0] = {3, 4, 2, 0, 0},
        [TCR] = {3, 4, 2, 0, 2},
        [HCR] = {3, 4, 1, 1, 0},
};

unsigned hvc_mapping__find(const struct hvc_mapping *mapping, const uint8_t encoding[static 5])
{
	unsigned i = mapping->on ? 0 : HVC_MAPPING_REGISTERS;

	if (!mapping->booted && !memcmp(registers[HCR], encoding, 5))
		return HVC_MAPPING_REGISTERS;
	while (i < HVC_MAPPING_REGISTERS && memcmp(registers[i], encoding, 5) != 0)
		i++;
	return i;
}

/* The table stands in while EL2 has its MMU off. */
static void apply(struct hvc_engine *engine)
{
	const uint64_t *shadow = engine->mapping.shadow;
	bool own = shadow[SCTLR] & SCTLR_M && !engine->mapping.always;

	hvc_unicorn__set_named(engine, registers[TTBR0], own ? shadow[TTBR0] : HVC_MAPPING_TABLE);
	hvc_unicorn__set_named(engine, registers[TCR],
	                       own ? shadow[TCR] : TCR_48_BITS | (shadow[TCR] & TCR_TBI));
	hvc_unicorn__set_named(engine, registers[SCTLR],
	                       own ? shadow[SCTLR] : (shadow[SCTLR] & ~SCTLR_WXN) | SCTLR_M);
	if (engine->mapping.booted)
		hvc_unicorn__set_named(engine, registers[HCR], shadow[HCR] & ~HCR_VM);
}

void hvc_mapping__set(struct hvc_engine *engine, unsigned index, uint64_t value)
{
	/* The register itself says which bits it keeps. */
	hvc_unicorn__set_named(engine, registers[index], value);
	hvc_unicorn__get_named(engine, registers[index], &engine->mapping.shadow[index]);
	engine->mapping.always &= engine->mapping.booted || index != SCTLR || value & SCTLR_M;
	apply(engine);
}

/* Every address below 2^48 is itself, but for the block that the table is in. */
static bool make_table(struct hvc_engine *engine)
{
	uint64_t *table = engine->mapping.made ? NULL : malloc(TABLE_SIZE);
	bool ok;

	if (engine->mapping.made)
		return true;
	if (!table)
		return false;
	for (uint64_t i = 0; i < ENTRIES; i++) {
		table[i] = (HVC_MAPPING_TABLE + (1 + i) * PAGE) | DESC_TABLE;
		for (uint64_t j = 0; j < ENTRIES; j++)
			table[(1 + i) * ENTRIES + j] =
			        (i * ENTRIES + j) * HVC_MAPPING_BLOCK | DESC_BLOCK;
	}
	table[ENTRIES + HVC_MAPPING_TABLE / HVC_MAPPING_BLOCK] = 0;
	ok = engine->mapping.made = hvc_engine__map(engine, HVC_MAPPING_TABLE, TABLE_SIZE) &&
	                            hvc_engine__write(engine, HVC_MAPPING_TABLE, table, TABLE_SIZE);
	free(table);
	return ok;
}

/* ID_AA64MMFR0_EL1.PARange. Without translation, what is above is an address size fault. */
static uint64_t flat_top(struct hvc_engine *engine)
{
	static const uint8_t bits[16] = {32, 36, 40, 42, 44, 48, 52};
	uint64_t value = 0;

	(void)hvc_engine__get_sys(engine, (const uint8_t[5]){3, 0, 0, 7, 0}, &value);
	return UINT64_C(1) << (bits[value & 15] ? bits[value & 15] : 32);
}

uint64_t hvc_engine__top(struct hvc_engine *engine)
{
	if (engine->hyp)
		return UINT64_C(1) << 32;
	return engine->mapping.on ? HVC_MAPPING_TOP : flat_top(engine);
}

/* Into the last window, where it is near enough, or one of its own. Segments are sorted. */
static bool add_window(struct hvc_mapping *mapping, const struct hvc_segment *segment)
{
	uint64_t lo = segment->address & ~(HVC_MAPPING_BLOCK - 1);
	uint64_t last = segment->address + (segment->size - 1);
	struct hvc_window *window =
	        mapping->windows ? &mapping->window[mapping->windows - 1] : NULL;

	if (!window || last - window->address >= HVC_MAPPING_WINDOW) {
		if (mapping->windows == HVC_MAPPING_MAX)
			return false;
		window = &mapping->window[mapping->windows];
		*window = (struct hvc_window){.address = lo,
		                              .place = HVC_MAPPING_WINDOWS +
		                                       mapping->windows * HVC_MAPPING_WINDOW};
		mapping->windows++;
	}
	window->size = (last | (HVC_MAPPING_BLOCK - 1)) - window->address + 1;
	return window->size <= HVC_MAPPING_WINDOW;
}

static bool turn_on(struct hvc_engine *engine, bool always)
{
	struct hvc_mapping *mapping = &engine->mapping;

	for (unsigned i = 0; i < HVC_MAPPING_REGISTERS && !mapping->on; i++)
		hvc_unicorn__get_named(engine, registers[i], &mapping->shadow[i]);
	if (!make_table(engine))
		return false;
	mapping->on = true;
	mapping->always = always;
	apply(engine);
	engine->change.stale = engine->lazy;
	return true;
}

/* Do the tables at TTBR0_EL2 map the code at pc to itself, wherever that is? D8.2, D8.3. */
static bool has_tables(struct hvc_engine *engine, uint64_t pc)
{
	static const unsigned granules[4] = {12, 16, 14, 0};
	uint64_t tcr = 0, table = 0, entry = 0;
	unsigned granule, size, level;
	uint32_t here, there;

	hvc_engine__get_sys(engine, registers[TCR], &tcr);
	hvc_engine__get_sys(engine, registers[TTBR0], &table);
	granule = granules[tcr >> 14 & 3];
	size = 64 - (tcr & 63);
	if (!granule || size > 48 || size < 16 || pc >> size)
		return false;
	level = 4 - (size - 4) / (granule - 3);
	for (table &= OUTPUT;; table = entry & OUTPUT & ~((UINT64_C(1) << granule) - 1), level++) {
		const unsigned shift = granule + (3 - level) * (granule - 3);
		const uint64_t below = (UINT64_C(1) << shift) - 1;
		const uint64_t index = pc >> shift & ((UINT64_C(1) << (granule - 3)) - 1);

		if (!hvc_engine__read(engine, table + 8 * index, &entry, sizeof entry) ||
		    !(entry & 1))
			return false;
		if (level < 3 && entry & 2)
			continue;
		/* Blocks are there at level 2, and at level 1 with 4 KiB pages. */
		return (level == 3 ? entry & 2 : level == 2 || (level == 1 && granule == 12)) &&
		       hvc_engine__read(engine, pc, &here, sizeof here) &&
		       hvc_engine__read(engine, (entry & OUTPUT & ~below) | (pc & below), &there,
		                        sizeof there) &&
		       here == there;
	}
}

bool hvc_mapping__stand_in(struct hvc_engine *engine, const uint8_t encoding[static 5],
                           uint64_t value)
{
	uint64_t now = 0;

	if (!hvc_mapping__is_control(encoding) || !(value & SCTLR_M) || engine->mapping.always ||
	    !hvc_engine__get_sys(engine, encoding, &now) || now & SCTLR_M ||
	    has_tables(engine, hvc_unicorn__pc(engine)))
		return false;
	return turn_on(engine, true);
}

enum hvc_reach hvc_engine__reach(struct hvc_engine *engine, const struct hvc_segment *segment,
                                 unsigned count, bool booted)
{
	const uint64_t end = HVC_MAPPING_WINDOWS + HVC_MAPPING_MAX * HVC_MAPPING_WINDOW;
	struct hvc_mapping *mapping = &engine->mapping;
	bool wanted = booted;

	for (unsigned i = 0; i < count && !engine->hyp; i++) {
		uint64_t last = segment[i].address + (segment[i].size - 1);

		wanted |= last >= flat_top(engine);
		if (last < HVC_MAPPING_TOP && last >= HVC_MAPPING_TABLE && segment[i].address < end)
			return HVC_REACH_RESERVED;
		if (last >= HVC_MAPPING_TOP &&
		    (segment[i].address < HVC_MAPPING_TOP || !add_window(mapping, &segment[i])))
			return HVC_REACH_SCATTERED;
	}
	if (!wanted)
		return HVC_REACH_OK;
	mapping->booted = booted;
	return turn_on(engine, booted) ? HVC_REACH_OK : HVC_REACH_FAILED;
}

bool hvc_mapping__catch(struct hvc_engine *engine, enum hvc_event event, uint64_t pc)
{
	const struct hvc_mapping *mapping = &engine->mapping;
	uint64_t pstate = hvc_engine__pstate(engine), sp, moved;
	struct hvc_engine_frame frame;
	struct hvc_a64_access access;
	uint32_t word;

	if (!mapping->windows || hvc_arch_el(pstate) != 2)
		return false;
	if (event == HVC_EVENT_PREFETCH) {
		if (hvc_mapping__in(mapping, pc) == hvc_engine__raw(engine, HVC_RAW_PC))
			return false;
		hvc_engine__move(engine, pc, pstate);
		return true;
	}
	if (event != HVC_EVENT_DATA || !hvc_engine__read(engine, pc, &word, sizeof word))
		return false;
	hvc_a64__access(word, &access);
	hvc_unicorn__frame(engine, &frame);
	sp = hvc_engine__raw(engine, HVC_RAW_SP);
	moved = access.base < 31 ? frame.x[access.base] : access.base == HVC_A64_SP ? sp : 0;
	if (hvc_mapping__in(mapping, moved) != moved) {
		if (access.base == HVC_A64_SP)
			hvc_engine__set_raw(engine, HVC_RAW_SP, hvc_mapping__in(mapping, moved));
		else
			frame.x[access.base] = hvc_mapping__in(mapping, moved);
	} else if (access.index < 31 &&
	           hvc_mapping__in(mapping, frame.x[access.index]) != frame.x[access.index]) {
		frame.x[access.index] = hvc_mapping__in(mapping, frame.x[access.index]);
	} else {
		return false;
	}
	hvc_engine__set_gprs(engine, frame.x);
	engine->hooks.again(engine->hooks.ctx, pc);
	hvc_engine__move(engine, pc, pstate);
	return true;
}
