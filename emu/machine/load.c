/* SPDX-License-Identifier: MIT */
/* An image and the world's memory, put into the engine. */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "machine/world.h"

#define PAGE UINT64_C(0x1000)

static enum hvc_status fail_range(struct hvc_diag *diag, const char *what, uint64_t address)
{
	return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0, "%s at 0x%llx", what,
	                    (unsigned long long)address);
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_segment *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

/* Is something of the harness between the addresses, end exclusive? */
static bool is_reserved(const struct hvc_machine *machine, uint64_t address, uint64_t end)
{
	const uint64_t base = machine->hyp ? HVC_HARNESS32_BASE : HVC_HARNESS_BASE;

	return (address < base + HVC_HARNESS_SIZE && end > base) ||
	       (machine->hyp && address < HVC_AARCH32_CALLS + HVC_AARCH32_CALLS_SIZE &&
	        end > HVC_AARCH32_CALLS);
}

/* What the world sets, the last piece first, and the image: the first that has an address counts.
 */
static enum hvc_status take_view(struct hvc_machine *machine, const struct hvc_image *image,
                                 struct hvc_diag *diag)
{
	const struct hvc_world *world = &machine->world;
	struct hvc_segment *view;

	view = calloc(world->memories + image->segments, sizeof *view);
	if (!view)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	machine->view_segment = view;
	for (unsigned i = world->memories; i-- > 0; view++) {
		const struct hvc_memory *memory = &world->memory[i];
		uint64_t end = memory->address + memory->size;

		if (!memory->data)
			return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
			                    "memory at '%s': the symbol of which file?",
			                    memory->place);
		if (is_reserved(machine, memory->address, end))
			return fail_range(diag, "memory overlaps the test harness",
			                  memory->address);
		*view = (struct hvc_segment){memory->address, memory->size, memory->data,
		                             memory->size};
	}
	memcpy(view, image->segment, image->segments * sizeof *view);
	machine->view = *image;
	machine->view.segment = machine->view_segment;
	machine->view.segments = world->memories + image->segments;
	return HVC_OK;
}

enum hvc_status hvc_load__suits(const struct hvc_image *image, enum hvc_cpu cpu,
                                struct hvc_diag *diag)
{
	if (image->aarch32 == hvc_cpu__is_hyp(cpu))
		return HVC_OK;
	return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "CPU model %s has no %s at EL2",
	                    hvc_cpu_name(cpu), image->aarch32 ? "AArch32" : "AArch64");
}

/* Copy the image's table, sorted, and refuse what cannot be mapped. */
enum hvc_status hvc_load__take(struct hvc_machine *machine, const struct hvc_image *image,
                               struct hvc_diag *diag)
{
	const uint64_t size = hvc_image_table(image);
	bool found = false;

	if (image->segments == 0 || image->vectors & (size - 1))
		return fail_range(diag,
		                  machine->hyp ? "vector table not 32 bytes aligned"
		                               : "vector table not 2 KiB aligned",
		                  image->vectors);
	machine->segment = calloc(image->segments, sizeof *machine->segment);
	if (!machine->segment)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	memcpy(machine->segment, image->segment, image->segments * sizeof *machine->segment);
	machine->segments = image->segments;
	HVC_TRY(take_view(machine, image, diag));
	qsort(machine->segment, machine->segments, sizeof *machine->segment, by_address);
	for (unsigned i = 0; i < machine->segments; i++) {
		const struct hvc_segment *s = &machine->segment[i];
		uint64_t end = s->address + s->size;

		if (s->size == 0 || end < s->address || s->data_size > s->size)
			return fail_range(diag, "segment of impossible size", s->address);
		if (is_reserved(machine, s->address, end))
			return fail_range(diag, "segment overlaps the test harness", s->address);
		if (machine->hyp && end > UINT64_C(1) << 32)
			return fail_range(diag, "segment beyond 4 GiB", s->address);
		if (i > 0 && s->address < s[-1].address + s[-1].size)
			return fail_range(diag, "segment overlaps another", s->address);
		if (image->vectors >= s->address && image->vectors < end &&
		    end - image->vectors >= size)
			found = true;
	}
	if (!found)
		return fail_range(diag, "vector table outside the image", image->vectors);
	return HVC_OK;
}

bool hvc_load__has(const struct hvc_machine *machine, uint64_t address)
{
	for (unsigned i = 0; i < machine->view.segments; i++)
		if (address - machine->view.segment[i].address < machine->view.segment[i].size)
			return true;
	return false;
}

static bool is_mapped(struct hvc_machine *machine, uint64_t page)
{
	uint8_t byte;

	return hvc_engine__read(machine->engine, page, &byte, sizeof byte);
}

/* The world's memory, with pages where there are none; in its order, the last one counts. */
static bool set_memory(struct hvc_machine *machine)
{
	for (unsigned i = 0; i < machine->world.memories; i++) {
		const struct hvc_memory *memory = &machine->world.memory[i];
		uint64_t last = (memory->address + (memory->size - 1)) & ~(PAGE - 1), end;

		for (uint64_t at = memory->address & ~(PAGE - 1); at <= last; at = end) {
			const bool mapped = is_mapped(machine, at);

			end = at + PAGE;
			while (end <= last && is_mapped(machine, end) == mapped)
				end += PAGE;
			if (!mapped && !hvc_engine__map(machine->engine, at, end - at))
				return false;
		}
		if (!hvc_engine__write(machine->engine, memory->address, memory->data,
		                       memory->size))
			return false;
	}
	return true;
}

/* Segments may share a page: map the union of their pages, then copy each. */
static bool copy(struct hvc_machine *machine)
{
	uint64_t mapped = 0; /* end of what is mapped so far */
	bool ok = true;

	for (unsigned i = 0; ok && i < machine->segments; i++) {
		const struct hvc_segment *s = &machine->segment[i];
		uint64_t lo = s->address & ~(PAGE - 1);
		uint64_t hi = (s->address + s->size + PAGE - 1) & ~(PAGE - 1);

		if (lo < mapped)
			lo = mapped;
		if (hi > lo)
			ok = hvc_engine__map(machine->engine, lo, hi - lo);
		mapped = hi > mapped ? hi : mapped;
		if (ok && s->data && s->data_size)
			ok = hvc_engine__write(machine->engine, s->address, s->data, s->data_size);
	}
	return ok;
}

enum hvc_status hvc_load__image(struct hvc_machine *machine, struct hvc_diag *diag)
{
	const unsigned count = machine->view.segments;
	struct hvc_segment *all = malloc((count + 1) * sizeof *all);
	enum hvc_reach reach = HVC_REACH_FAILED;

	if (all) {
		memcpy(all, machine->view.segment, count * sizeof *all);
		qsort(all, count, sizeof *all, by_address);
		reach = hvc_engine__reach(machine->engine, all, count, machine->view.booted);
	}
	free(all);
	switch (reach) {
	case HVC_REACH_OK:
		break;
	case HVC_REACH_RESERVED:
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "a segment lies at addresses from 0x7cffc0000000 to "
		                    "0x7effffffffff, which are the emulated machine's own");
	case HVC_REACH_SCATTERED:
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "the segments above 2^48 are too far apart, or one crosses it");
	case HVC_REACH_FAILED:
		return HVC_E_ENGINE;
	}
	return copy(machine) && set_memory(machine) ? HVC_OK : HVC_E_ENGINE;
}
