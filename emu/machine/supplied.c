/* SPDX-License-Identifier: MIT */
/* The account of what a run had to make up; see the header. */
#include "machine/supplied.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "machine/internal.h"

static const char *const kinds[HVC_SUPPLY_COUNT] = {
        [HVC_SUPPLY_REGISTER] = "register", [HVC_SUPPLY_PAGE] = "page",
        [HVC_SUPPLY_CALL] = "call",         [HVC_SUPPLY_STUB] = "stub",
        [HVC_SUPPLY_MEMORY] = "memory",
};

const char *hvc_supply_name(enum hvc_supply_kind kind)
{
	return kind < HVC_SUPPLY_COUNT ? kinds[kind] : "?";
}

static int compare(const struct hvc_supply *a, const struct hvc_supply *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->reg != b->reg)
		return a->reg < b->reg ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->value > b->value) - (a->value < b->value);
}

bool hvc_supply__is_same(const struct hvc_supply *a, const struct hvc_supply *b)
{
	return compare(a, b) == 0;
}

static int by_place(const void *a, const void *b)
{
	return compare(a, b);
}

enum hvc_status hvc_supplied__add(struct hvc_supplied *supplied, const struct hvc_supply *supply)
{
	unsigned at = 0;

	while (at < supplied->rows && compare(&supplied->row[at], supply) != 0)
		at++;
	if (at < supplied->rows) {
		supplied->row[at].calls += supply->calls;
		supplied->row[at].blind += supply->blind;
		return HVC_OK;
	}
	if (at == HVC_SUPPLIED_MAX) {
		supplied->more += supply->calls;
		return HVC_OK;
	}
	if (!hvc_grow(&supplied->row, &supplied->capacity, at, sizeof *supplied->row))
		return HVC_E_NOMEM;
	supplied->row[supplied->rows++] = *supply;
	return HVC_OK;
}

enum hvc_status hvc_supplied__merge(struct hvc_supplied *into, const struct hvc_supplied *from)
{
	for (unsigned i = 0; i < from->rows; i++)
		HVC_TRY(hvc_supplied__add(into, &from->row[i]));
	into->more += from->more;
	return HVC_OK;
}

bool hvc_supply__is_assumption(const struct hvc_supply *row)
{
	return row->kind == HVC_SUPPLY_MEMORY || (row->kind == HVC_SUPPLY_PAGE && row->blind);
}

unsigned hvc_supplied__assumptions(const struct hvc_supplied *supplied)
{
	unsigned count = 0;

	for (unsigned i = 0; i < supplied->rows; i++)
		count += hvc_supply__is_assumption(&supplied->row[i]);
	return count;
}

void hvc_supplied__sort(struct hvc_supplied *supplied)
{
	if (supplied->rows)
		qsort(supplied->row, supplied->rows, sizeof *supplied->row, by_place);
}

void hvc_supplied__free(struct hvc_supplied *supplied)
{
	free(supplied->row);
	memset(supplied, 0, sizeof *supplied);
}

/*
 * What boot would have filled is zero here, and an outcome that hangs on it says nothing of a
 * machine that has booted: each read of it is noted, unless the world, a patch or a store set it.
 */

#define PAGE   UINT64_C(0x1000)
#define CELL   UINT64_C(8)
#define WIDEST UINT64_C(64) /* bytes of an access that begins before a range */
#define HOOKS  16u          /* more ranges than this are watched as one */

static int by_address(const void *a, const void *b)
{
	const struct hvc_unset *l = a, *r = b;

	return (l->address > r->address) - (l->address < r->address);
}

static bool in_segment(const struct hvc_machine *machine, uint64_t address)
{
	for (unsigned i = 0; i < machine->segments; i++)
		if (address - machine->segment[i].address < machine->segment[i].size)
			return true;
	return false;
}

/* Pages that are there for the world's memory only: first and last of each piece. */
static void add_rest(struct hvc_machine *machine, uint64_t page)
{
	struct hvc_unset_reads *unset = &machine->unset;

	for (unsigned i = 0; i < unset->ranges; i++)
		if (unset->range[i].address == page)
			return;
	if (!in_segment(machine, page) && !in_segment(machine, page + PAGE - 1))
		unset->range[unset->ranges++] = (struct hvc_unset){.address = page, .size = PAGE};
}

bool hvc_unset__open(struct hvc_machine *machine)
{
	struct hvc_unset_reads *unset = &machine->unset;
	const struct hvc_image *image = &machine->view;
	const struct hvc_world *world = &machine->world;

	unset->range = calloc(image->unsets + 2 * world->memories + 1, sizeof *unset->range);
	if (!unset->range)
		return false;
	for (unsigned i = 0; i < image->unsets; i++)
		unset->range[unset->ranges++] = image->unset[i];
	for (unsigned i = 0; i < world->memories; i++) {
		const struct hvc_memory *memory = &world->memory[i];

		add_rest(machine, memory->address & ~(PAGE - 1));
		add_rest(machine, (memory->address + memory->size - 1) & ~(PAGE - 1));
	}
	qsort(unset->range, unset->ranges, sizeof *unset->range, by_address);
	return true;
}

bool hvc_unset__watch(struct hvc_machine *machine)
{
	const struct hvc_unset_reads *unset = &machine->unset;
	const struct hvc_unset *last = &unset->range[unset->ranges ? unset->ranges - 1 : 0];
	bool ok = true;

	if (unset->ranges > HOOKS)
		return hvc_engine__watch_loads(machine->engine, unset->range->address - WIDEST,
		                               last->address + last->size - unset->range->address +
		                                       WIDEST);
	for (unsigned i = 0; ok && i < unset->ranges; i++)
		ok = hvc_engine__watch_loads(machine->engine, unset->range[i].address - WIDEST,
		                             unset->range[i].size + WIDEST);
	return ok;
}

/* Is the byte set, by somebody who is not the image? */
static bool is_set(const struct hvc_machine *machine, uint64_t address)
{
	const struct hvc_world *world = &machine->world;

	for (unsigned i = 0; i < world->memories; i++)
		if (address - world->memory[i].address < world->memory[i].size)
			return true;
	for (unsigned i = 0; i < machine->patches; i++)
		if (address - machine->patch[i].address < machine->patch[i].size)
			return true;
	return hvc_undo__wrote(&machine->undo, address);
}

static void add(struct hvc_unset_reads *unset, uint64_t address, uint32_t type)
{
	for (unsigned i = 0; i < unset->cells; i++)
		if (unset->cell[i].address == address)
			return;
	if (unset->cells == UNSET_CELLS)
		unset->more++;
	else
		unset->cell[unset->cells++] = (struct hvc_unset){.address = address, .type = type};
}

/* The last range that begins at or below the address, or the first. */
static unsigned find(const struct hvc_unset_reads *unset, uint64_t address)
{
	unsigned lo = 0, hi = unset->ranges;

	while (hi - lo > 1) {
		unsigned middle = lo + (hi - lo) / 2;

		if (unset->range[middle].address <= address)
			lo = middle;
		else
			hi = middle;
	}
	return lo;
}

void hvc_unset__load(struct hvc_machine *machine, uint64_t address, unsigned size)
{
	struct hvc_unset_reads *unset = &machine->unset;
	uint64_t end = address + size;

	/* Whose address would it be? */
	if (hvc_machine__translates(machine))
		return;
	for (unsigned i = find(unset, address); i < unset->ranges; i++) {
		const struct hvc_unset *range = &unset->range[i];
		uint64_t at = address > range->address ? address : range->address;

		if (range->address >= end)
			break;
		for (; at < end && at - range->address < range->size; at = (at | (CELL - 1)) + 1)
			if (!is_set(machine, at))
				add(unset, at, range->type);
	}
}

void hvc_unset__conclude(struct hvc_machine *machine)
{
	struct hvc_unset_reads *unset = &machine->unset;
	const struct hvc_supply tables = {
	        .kind = HVC_SUPPLY_MEMORY,
	        .reg = HVC_REG_NONE,
	        .value = HVC_SUPPLIED_TABLES,
	        .calls = 1,
	        .name = "[ttbr0_el2]",
	};

	if (hvc_engine__stands_for_tables(machine->engine) &&
	    hvc_supplied__add(&machine->around.account, &tables) != HVC_OK)
		machine->around.failed = true;

	for (unsigned i = 0; i < unset->cells; i++) {
		const struct hvc_supply row = {
		        .kind = HVC_SUPPLY_MEMORY,
		        .reg = HVC_REG_NONE,
		        .address = unset->cell[i].address,
		        .value = unset->cell[i].type,
		        .calls = 1,
		};

		if (hvc_supplied__add(&machine->around.account, &row) != HVC_OK)
			machine->around.failed = true;
	}
	machine->around.account.more += unset->more;
}
