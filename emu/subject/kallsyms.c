/* SPDX-License-Identifier: MIT */
#include "subject/kallsyms.h"

#include <stdlib.h>
#include <string.h>

#include "subject/a64.h"
#include "subject/little.h"
#include "subject/walk.h"

#define HUGE_PAGE  UINT64_C(0x200000)
#define TEXT_MAX   ((size_t)64 << 20)
#define KERNEL_LOW (UINT64_C(1) << 63) /* kernels are linked in the upper half */
#define PAGE       UINT64_C(0x1000)

/* Functions whose beginnings are looked at, and how many of a hundred must be right. In kernels
   more than 90 are; at a wrong place, about 20. */
#define SAMPLES 1024u
#define FIT_MIN 60u

/* How the addresses of symbols are written. */
enum encoding {
	ABSOLUTE, /* 8 bytes; until 4.5 */
	RELATIVE, /* 4 bytes from a base; from 4.6 */
	PLACE,    /* 4 bytes from where they are; from 7.0 */
};

/* A kernel's own symbols being read. */
struct reader {
	struct hvc_loaded *loaded;
	struct hvc_kallsyms tables;
	enum encoding encoding;
	size_t addresses; /* offset of the first */
	uint64_t link;    /* the value that the first byte of the image has */
	char *text;       /* the names, each with its type before it */
	size_t *name;     /* offset of each in text */
};

/* Address i as it is written; PLACE: counted from the first byte of the file. */
static uint64_t value(const struct reader *reader, size_t i)
{
	const uint8_t *bytes = reader->tables.bytes + reader->addresses;

	switch (reader->encoding) {
	case ABSOLUTE:
		return hvc_little__64(bytes + 8 * i);
	case RELATIVE:
		return hvc_little__32(bytes + 4 * i);
	case PLACE:
		break;
	}
	return reader->addresses + 4 * i +
	       (uint64_t)(int64_t)(int32_t)hvc_little__32(bytes + 4 * i);
}

/* Are there addresses at this offset: inside, ascending, where kernels have them? */
static bool try_at(struct reader *reader, enum encoding encoding, size_t at)
{
	const struct hvc_kallsyms *tables = &reader->tables;
	const size_t size = encoding == ABSOLUTE ? 8 : 4;

	if (at > tables->size || tables->count > (tables->size - at) / size)
		return false;
	reader->encoding = encoding;
	reader->addresses = at;
	for (uint32_t i = 1; i < tables->count; i++) {
		uint64_t below = value(reader, i - 1), above = value(reader, i);

		/* Absolute symbols, which are numbers, come first. */
		if (encoding == PLACE ? (int64_t)above < (int64_t)below : above < below)
			return false;
	}
	return value(reader, 0) != value(reader, tables->count - 1) &&
	       (encoding != ABSOLUTE || value(reader, tables->count / 2) >= KERNEL_LOW);
}

/* Expand all names. False: one of them is none, or they are too long in all. */
static enum hvc_status expand(struct reader *reader, bool *good)
{
	const uint32_t count = reader->tables.count;
	size_t at = reader->tables.names, used = 0, capacity = (size_t)count * 32;
	char name[HVC_KALLSYMS_NAME + 1];

	*good = false;
	reader->name = calloc(count, sizeof *reader->name);
	reader->text = malloc(capacity);
	if (!reader->name || !reader->text)
		return HVC_E_NOMEM;
	for (uint32_t i = 0; i < count; i++) {
		size_t length = hvc_kallsyms__name(&reader->tables, &at, name);

		if (!length || used > TEXT_MAX)
			return HVC_OK;
		if (length + 1 > capacity - used) {
			char *grown = realloc(reader->text, capacity * 2);

			if (!grown)
				return HVC_E_NOMEM;
			reader->text = grown;
			capacity *= 2;
		}
		memcpy(reader->text + used, name, length + 1);
		reader->name[i] = used;
		used += length + 1;
	}
	*good = true;
	return HVC_OK;
}

static bool is_text(const struct reader *reader, uint32_t i)
{
	const char type = reader->text[reader->name[i]];

	return type == 'T' || type == 't';
}

static uint64_t address(const struct reader *reader, uint32_t i)
{
	return reader->loaded->segment[0].address + (value(reader, i) - reader->link);
}

/*
 * Does a function begin here? What is before it ends another, or fills up; or its first
 * instruction is one that functions begin with: a hint (BTI, PACIASP, a NOP to be patched), or
 * the STP that makes a frame.
 */
static bool is_entry(const struct hvc_image *image, uint64_t at)
{
	uint32_t before, word;
	uint64_t target;

	if (at % 4 || !hvc_walk__word(image, at, &word) || !hvc_a64__plausible(word))
		return false;
	if ((word & 0xfffff01f) == 0xd503201f || (word & 0xffc07fff) == 0xa9807bfd)
		return true;
	if (!hvc_walk__word(image, at - 4, &before))
		return false;
	switch (hvc_a64__flow(at - 4, before, &target)) {
	case HVC_FLOW_BRANCH:
	case HVC_FLOW_INDIRECT:
	case HVC_FLOW_ERET:
	case HVC_FLOW_STOP:
		return true;
	case HVC_FLOW_NEXT:
	case HVC_FLOW_COND:
	case HVC_FLOW_CALL:
		break;
	}
	return hvc_a64__padding(before);
}

/* How many of a hundred functions begin where an entry is. */
static unsigned fit(const struct reader *reader)
{
	const struct hvc_image image = {
	        .segment = reader->loaded->segment,
	        .segments = reader->loaded->segments,
	};
	const uint32_t stride = reader->tables.count / SAMPLES + 1;
	unsigned good = 0, all = 0;

	for (uint32_t i = 0; i < reader->tables.count; i += stride) {
		if (!is_text(reader, i))
			continue;
		good += is_entry(&image, address(reader, i));
		all++;
	}
	return all ? good * 100 / all : 0;
}

/*
 * Which value is the start of the image? That of _text, which is the first byte of it. Kernels
 * that keep only the names of functions lack it, and the base of the offsets is zero in most,
 * being filled in when the kernel starts: then the place is taken at which the functions fit the
 * code. No names are better than wrong ones, so that they have to fit in any case.
 */
static bool find_link(struct reader *reader)
{
	uint64_t first = 0, best = 0;
	unsigned most = 0;
	uint32_t i = 0;

	reader->link = 0;
	if (reader->encoding == PLACE)
		return fit(reader) >= FIT_MIN;
	for (; i < reader->tables.count; i++) {
		if (!strcmp(reader->text + reader->name[i] + 1, "_text")) {
			reader->link = value(reader, i);
			return fit(reader) >= FIT_MIN;
		}
	}
	for (i = 0; i < reader->tables.count && !is_text(reader, i);)
		i++;
	if (i < reader->tables.count)
		first = value(reader, i);
	for (uint64_t before = 0; before < HUGE_PAGE; before += PAGE) {
		unsigned now;

		reader->link = first - before;
		now = fit(reader);
		if (now > most) {
			most = now;
			best = reader->link;
		}
	}
	reader->link = best;
	return most >= FIT_MIN;
}

/* Find the addresses: where they can be, and fit. */
static bool find_addresses(struct reader *reader)
{
	const struct hvc_kallsyms *tables = &reader->tables;
	const size_t after =
	        hvc_kallsyms__align(tables, tables->token_index + 2 * HVC_KALLSYMS_TOKENS);
	const size_t narrow = hvc_kallsyms__align(tables, (size_t)4 * tables->count) + 8,
	             wide = (size_t)8 * tables->count;
	const struct {
		enum encoding encoding;
		size_t at;
		bool inside;
	} places[] = {
	        {RELATIVE, after, true},
	        {PLACE, after, true},
	        {RELATIVE, tables->head - narrow, tables->head >= narrow},
	        {ABSOLUTE, after, true},
	        {ABSOLUTE, tables->head - wide, tables->head >= wide},
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i].inside && try_at(reader, places[i].encoding, places[i].at) &&
		    find_link(reader))
			return true;
	return false;
}

static enum hvc_status add_all(struct reader *reader)
{
	struct hvc_loaded *loaded = reader->loaded;

	for (uint32_t i = 0; i < reader->tables.count; i++) {
		const char *text = reader->text + reader->name[i];
		struct hvc_symbol symbol;

		if (!hvc_symbol__describe(text[0], text + 1, &symbol))
			continue;
		symbol.address = address(reader, i);
		if (hvc_image__segment(loaded, symbol.address, 1) >= 0)
			HVC_TRY(hvc_symbols__add(&loaded->symbols, &symbol));
	}
	return HVC_OK;
}

enum hvc_status hvc_kallsyms__load(struct hvc_loaded *loaded)
{
	struct reader reader = {.loaded = loaded};
	enum hvc_status status = HVC_OK;
	bool good = false;

	if (!loaded->segments || !hvc_kallsyms__find(loaded->bytes, loaded->size, &reader.tables))
		return HVC_OK;
	status = expand(&reader, &good);
	good = good && find_addresses(&reader);
	if (status == HVC_OK && good)
		status = hvc_symbols__own(&loaded->symbols, reader.text);
	else
		free(reader.text);
	if (status == HVC_OK && good)
		status = add_all(&reader);
	free(reader.name);
	return status;
}
