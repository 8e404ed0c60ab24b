/* SPDX-License-Identifier: MIT */
/** What is promised of an image, however it was loaded. */
#ifndef FUZZ_IMAGE_H
#define FUZZ_IMAGE_H

#include "fuzz.h"
#include "subject/finder.h"
#include "subject/image.h"

/* Undefined symbols of an object have addresses where nothing is. */
static inline bool image_is_undefined(const struct hvc_loaded *loaded, const char *name)
{
	for (size_t i = 0; i < loaded->undefineds; i++)
		if (!strcmp(loaded->undefined[i], name))
			return true;
	return false;
}

static inline void image_hold_symbols(const struct hvc_loaded *loaded)
{
	const struct hvc_symbols *symbols = &loaded->symbols;

	for (size_t i = 0; i < symbols->count; i++) {
		const struct hvc_symbol *symbol = &symbols->row[i];

		FUZZ_HOLD(symbol->name && symbol->name[0], "symbol %zu", i);
		FUZZ_HOLD(hvc_image__segment(loaded, symbol->address, 1) >= 0 ||
		                  image_is_undefined(loaded, symbol->name),
		          "%s", symbol->name);
		FUZZ_HOLD(!i || symbols->row[i - 1].address <= symbol->address, "%s", symbol->name);
		if (i % (symbols->count / 64 + 1))
			continue;
		FUZZ_HOLD(!strcmp(hvc_symbols__find(symbols, symbol->name)->name, symbol->name),
		          "%s", symbol->name);
	}
}

static inline void image_hold(const struct hvc_loaded *loaded)
{
	uint64_t total = 0, address;
	uint8_t sum = 0;

	FUZZ_HOLD(loaded->segments, "no segment");
	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];

		FUZZ_HOLD(segment->size && segment->data_size <= segment->size, "segment %u", i);
		FUZZ_HOLD(segment->size <= HVC_IMAGE_MAX - total, "segment %u", i);
		total += segment->size;
		FUZZ_HOLD(segment->address + (segment->size - 1) >= segment->address, "%u", i);
		FUZZ_HOLD(!i || segment[-1].address + segment[-1].size <= segment->address, "%u",
		          i);
		/* All of it can be read: for the sanitizer to see. */
		for (uint64_t at = 0; at < segment->data_size; at += 61)
			sum ^= segment->data[at];
		if (segment->data_size)
			sum ^= segment->data[segment->data_size - 1];
		for (uint64_t at = segment->address - 1; at < segment->address + 3; at++)
			hvc_symbols__cover(&loaded->symbols, at);
	}
	for (uint64_t at = sum; at < loaded->size; at += loaded->size / 16 + 1)
		if (hvc_image__at_offset(loaded, at, &address))
			FUZZ_HOLD(hvc_image__segment(loaded, address, 1) >= 0, "0x%" PRIx64, at);
	image_hold_symbols(loaded);
}

/** Load bytes as `check` would a file, and look through them as `scan` would. */
static inline bool image_try(const uint8_t *data, size_t size)
{
	struct hvc_loaded loaded, mark;
	struct hvc_candidate *candidate = NULL;
	struct hvc_diag diag = {0};
	size_t count = 0;
	enum hvc_status status;

	memset(&loaded, 0x5a, sizeof loaded);
	mark = loaded;
	status = hvc_image__load_memory("input", data, size, &diag, &loaded);
	if (status != HVC_OK) {
		fuzz_refused(status, &diag, NULL, NULL);
		FUZZ_HOLD(!memcmp(&loaded, &mark, sizeof mark), "%s", diag.message);
		return false;
	}
	image_hold(&loaded);
	if (loaded.size <= 1u << 20)
		FUZZ_HOLD(hvc_finder__run(&loaded, &candidate, &count) == HVC_OK, "finder");
	for (size_t i = 0; i < count; i++)
		FUZZ_HOLD(candidate[i].score > 0 && candidate[i].address % 0x800 == 0,
		          "candidate %zu", i);
	free(candidate);
	hvc_image__unload(&loaded);
	return true;
}

#endif
