/* SPDX-License-Identifier: MIT */
/* The symbols that a kernel keeps of itself: the input stands behind code that they fit. */
#include "image.h"
#include "kallsyms_maker.h"

#include "subject/kallsyms.h"

/* An Image of functions where the tables of maker_make say they are. */
static void put_code(uint8_t *bytes, uint64_t size)
{
	memset(bytes, 0, MAKER_TABLES);
	for (size_t at = 0x800; at < MAKER_TABLES; at += 4)
		memcpy(bytes + at, "\x00\x04\x00\x91", 4);
	for (unsigned n = 0; n < MAKER_COUNT / 2 + 2; n++)
		memcpy(bytes + maker_function(n) - 4, "\xc0\x03\x5f\xd6", 4);
	memcpy(bytes + 16, &size, 8);
	memcpy(bytes + 56, "ARM\x64", 4);
}

FUZZ_TARGET
{
	const size_t whole = MAKER_TABLES + size;
	struct hvc_loaded loaded;
	struct hvc_diag diag = {0};
	uint8_t *bytes = malloc(whole);

	FUZZ_HOLD(bytes, "no memory");
	put_code(bytes, whole);
	if (size)
		memcpy(bytes + MAKER_TABLES, data, size);
	/* Whatever the tables are, the image is a good one. */
	FUZZ_HOLD(hvc_image__load_memory("input", bytes, whole, &diag, &loaded) == HVC_OK, "%s",
	          diag.message);
	image_hold(&loaded);
	for (size_t i = 0; i < loaded.symbols.count; i++)
		FUZZ_HOLD(strlen(loaded.symbols.row[i].name) < HVC_KALLSYMS_NAME, "symbol %zu", i);
	fuzz_taken += loaded.symbols.count != 0;
	hvc_image__unload(&loaded);
	free(bytes);
	return 0;
}
