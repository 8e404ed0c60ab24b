/* SPDX-License-Identifier: MIT */
/*
 * Linux for arm64 is linked at an address of its own and moved by its first code, which goes
 * through .rela.dyn (arch/arm64/kernel/pi/relocate.c). The file keeps zeros where pointers will
 * be. An entry is the place, the type 0x403 and the value (ELF for the Arm 64-bit Architecture,
 * 5.7.9): long runs of such triples, all of whose addresses are in one window as large as the
 * image, are nothing else.
 */
#include "subject/rela.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "subject/little.h"

#define ENTRY     24u
#define RUN_MIN   64u
#define LINK_BITS UINT64_C(0x1fffff) /* kernels are linked at a multiple of 2 MiB */

struct run {
	size_t at, count;
	uint64_t least, most; /* of places and values */
};

static uint64_t word(const struct hvc_loaded *loaded, size_t at)
{
	return hvc_little__64(loaded->bytes + at);
}

static void widen(struct run *run, uint64_t address)
{
	if (address < run->least)
		run->least = address;
	if (address > run->most)
		run->most = address;
}

static struct run measure(const struct hvc_loaded *loaded, size_t at)
{
	struct run run = {.at = at, .least = UINT64_MAX};

	for (; at + ENTRY <= loaded->size && word(loaded, at + 8) == R_AARCH64_RELATIVE;
	     at += ENTRY, run.count++) {
		widen(&run, word(loaded, at));
		widen(&run, word(loaded, at + 16));
	}
	return run;
}

static struct run find(const struct hvc_loaded *loaded)
{
	struct run best = {.count = 0};

	for (size_t at = 0; at + ENTRY <= loaded->size; at += 8) {
		struct run run;

		if (word(loaded, at + 8) != R_AARCH64_RELATIVE)
			continue;
		run = measure(loaded, at);
		if (run.count > best.count)
			best = run;
		at += run.count * ENTRY - 8;
	}
	return best;
}

enum hvc_status hvc_rela__apply(struct hvc_loaded *loaded)
{
	struct hvc_segment *segment = loaded->segment;
	struct run run;
	uint64_t link;

	if (loaded->format != HVC_FORMAT_IMAGE || loaded->segments != 1 || loaded->linked)
		return HVC_OK;
	run = find(loaded);
	link = run.least & ~LINK_BITS;
	if (run.count < RUN_MIN || run.most - link >= segment->size)
		return HVC_OK;
	loaded->linked = malloc(loaded->size);
	if (!loaded->linked)
		return HVC_E_NOMEM;
	memcpy(loaded->linked, loaded->bytes, loaded->size);
	for (size_t i = 0; i < run.count; i++) {
		uint64_t place = word(loaded, run.at + i * ENTRY) - link;
		uint64_t value = word(loaded, run.at + i * ENTRY + 16) - link + segment->address;

		if (place + 8 <= loaded->size)
			hvc_little__put64(loaded->linked + place, value);
	}
	segment->data = loaded->linked;
	return HVC_OK;
}
