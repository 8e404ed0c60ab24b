/* SPDX-License-Identifier: MIT */
/*
 * Linux for arm64 is linked at an address of its own and moved by its first code, which goes
 * through .rela.dyn and .relr.dyn (arch/arm64/kernel/pi/relocate.c). Neither has a section in an
 * Image, and both are found by their shape.
 *
 * RELA: the place, the type 0x403 and the value (ELF for the Arm 64-bit Architecture, 5.7.9); the
 * file keeps zeros where pointers will be. Long runs of such triples, all of whose addresses are
 * in one window as large as the image, are nothing else.
 *
 * RELR (gABI, "Relative Relocation Table"): an even entry is a place, and an odd one says in its
 * upper 63 bits which of the next doublewords are places as well; each place holds its value
 * already, as linked. A long run of entries that go upwards, all of whose places hold an address
 * of the window, is nothing else.
 */
#include "subject/elf.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "subject/little.h"

#define ENTRY   24u
#define RUN_MIN 64u
/* Images are linked at a multiple of 2 MiB, Linux at KIMAGE_VADDR, a multiple of 128 MiB. */
#define LINK_BITS   UINT64_C(0x1fffff)
#define KIMAGE_BITS UINT64_C(0x7ffffff)

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

/* A pointer that has been linked: Linux's addresses begin there (arch/arm64/mm, VA_BITS 36..52). */
#define KERNEL UINT64_C(0xfff0000000000000)

struct packed {
	size_t at, end, count;
	size_t bad;    /* places that hold no address of the window */
	uint64_t link; /* of the window */
};

static bool is_inside(const struct hvc_loaded *loaded, uint64_t address, uint64_t link)
{
	return address - link < loaded->segment->size;
}

typedef void place_function(struct hvc_loaded *loaded, size_t place, uint64_t link, void *ctx);

static void look(struct hvc_loaded *loaded, size_t place, uint64_t link, void *ctx)
{
	struct packed *packed = ctx;
	uint64_t value = place + 8 <= loaded->size ? word(loaded, place) : 0;

	packed->bad += !is_inside(loaded, value, link);
	packed->count++;
}

/* Go through the entries from `at` on as long as they are some; returns the end. */
static size_t unpack(struct hvc_loaded *loaded, size_t at, size_t end, uint64_t link,
                     place_function *each, void *ctx)
{
	uint64_t next = 0;

	for (; at + 8 <= end; at += 8) {
		uint64_t entry = word(loaded, at), place = entry - link;

		if (entry & 1) {
			if (!next || entry == 1)
				break;
			for (unsigned bit = 1; bit < 64; bit++)
				if (entry >> bit & 1)
					each(loaded, next + 8 * (bit - 1), link, ctx);
			next += UINT64_C(8) * 63;
		} else {
			if (!is_inside(loaded, entry, link) || entry & 7 || place < next)
				break;
			each(loaded, place, link, ctx);
			next = place + 8;
		}
	}
	return at;
}

/* Before 5.8 kernels are linked, and loaded, that far behind a multiple of 2 MiB. */
static uint64_t text_offset(const struct hvc_loaded *loaded)
{
	uint64_t offset = word(loaded, 8);

	return offset <= LINK_BITS ? offset : 0;
}

/* The longest table of places; where it begins a place is followed by a map. known: link, or 0. */
static struct packed find_packed(struct hvc_loaded *loaded, uint64_t known)
{
	struct packed best = {.count = 0};

	for (size_t at = 0; at + 16 <= loaded->size; at += 8) {
		uint64_t first = word(loaded, at);
		struct packed one = {.at = at, .link = known};

		if (first < KERNEL || first & 7 || !(word(loaded, at + 8) & 1))
			continue;
		if (!known)
			one.link = (first & ~KIMAGE_BITS) + text_offset(loaded);
		one.end = unpack(loaded, at, loaded->size, one.link, look, &one);
		if (one.count > best.count && one.bad * 100 <= one.count)
			best = one;
		if (one.end > at)
			at = one.end - 8;
	}
	return best;
}

static void move(struct hvc_loaded *loaded, size_t place, uint64_t link, void *ctx)
{
	(void)ctx;
	if (place + 8 <= loaded->size)
		hvc_little__put64(loaded->linked + place,
		                  word(loaded, place) - link + loaded->segment->address);
}

static void apply(struct hvc_loaded *loaded, const struct run *run, uint64_t link)
{
	for (size_t i = 0; i < run->count; i++) {
		uint64_t place = word(loaded, run->at + i * ENTRY) - link;
		uint64_t value = word(loaded, run->at + i * ENTRY + 16) - link;

		if (place + 8 <= loaded->size)
			hvc_little__put64(loaded->linked + place, value + loaded->segment->address);
	}
}

/* Where the file's first byte is linked; 0: the run is no table. */
static uint64_t find_link(const struct hvc_loaded *loaded, const struct run *run)
{
	static const uint64_t bits[] = {KIMAGE_BITS, LINK_BITS};

	for (size_t i = 0; run->count >= RUN_MIN && i < sizeof bits / sizeof *bits; i++) {
		uint64_t link = (run->least & ~bits[i]) + text_offset(loaded);

		if (run->least >= link && run->most - link < loaded->segment->size)
			return link;
	}
	return 0;
}

enum hvc_status hvc_rela__apply(struct hvc_loaded *loaded)
{
	struct packed packed;
	struct run run;
	uint64_t link;

	if (loaded->format != HVC_FORMAT_IMAGE || loaded->segments != 1 || loaded->linked)
		return HVC_OK;
	run = find(loaded);
	link = find_link(loaded, &run);
	packed = find_packed(loaded, link);
	if (!link && packed.count < RUN_MIN)
		return HVC_OK;
	loaded->linked = malloc(loaded->size);
	if (!loaded->linked)
		return HVC_E_NOMEM;
	memcpy(loaded->linked, loaded->bytes, loaded->size);
	loaded->segment->data = loaded->linked;
	if (packed.count >= RUN_MIN)
		(void)unpack(loaded, packed.at, packed.end, packed.link, move, NULL);
	if (link)
		apply(loaded, &run, link);
	return HVC_OK;
}
