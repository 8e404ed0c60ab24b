/* SPDX-License-Identifier: MIT */
/* The symbol table inside a kernel: every layout since 4.4, made here, and damaged ones. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kallsyms_maker.h"
#include "subject/image.h"
#include "suite.h"

static size_t load(const uint8_t *bytes, size_t size, struct hvc_loaded *out)
{
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_image__load_memory("k", bytes, size, &diag, out) == HVC_OK, "%s",
	              diag.message);
	return out->symbols.count;
}

TEST_ROWS(every_layout, maker_layouts)
{
	const struct maker_layout *layout = &maker_layouts[_i];
	uint8_t *bytes = maker_make(layout);
	struct hvc_loaded loaded;
	const struct hvc_symbol *found;
	char text[600];

	ck_assert_msg(load(bytes, MAKER_SIZE, &loaded) == MAKER_COUNT, "%s: %zu symbols",
	              layout->name, loaded.symbols.count);
	for (unsigned i = 0; i < MAKER_COUNT; i++) {
		uint64_t address = HVC_IMAGE_BASE + maker_symbol(layout, i, text);

		found = hvc_symbols__find(&loaded.symbols, text + 1);
		ck_assert_msg(found && found->address == address, "%s: %s", layout->name, text);
	}
	found = hvc_symbols__cover(&loaded.symbols, HVC_IMAGE_BASE + maker_function(5) + 4);
	ck_assert_str_eq(found->name, "__hyp_stub_vectors");
	/* What is behind the last function is in none. */
	ck_assert_ptr_null(
	        hvc_symbols__cover(&loaded.symbols, HVC_IMAGE_BASE + MAKER_TABLES + 0x10000));
	hvc_image__unload(&loaded);
	free(bytes);
}

/* Wherever the functions of a kernel without _text are, they are found there. */
TEST(functions_fit_the_code)
{
	const struct maker_layout *layout = &maker_layouts[8];
	uint8_t *bytes = maker_make(layout);
	struct hvc_loaded loaded;
	const struct hvc_symbol *found;

	ck_assert(layout->functions && !layout->absolute);
	/* Their code is a page further on: so are they. */
	memmove(bytes + MAKER_TEXT + 0xffc, bytes + MAKER_TEXT - 4,
	        maker_function(MAKER_COUNT / 2 + 1) - MAKER_TEXT);
	memset(bytes + MAKER_TEXT - 4, 0x11, 0x1000);
	ck_assert_uint_ge(load(bytes, MAKER_SIZE, &loaded), MAKER_COUNT - 1);
	found = hvc_symbols__find(&loaded.symbols, "function_1");
	ck_assert_uint_eq(found->address, HVC_IMAGE_BASE + maker_function(1) + 0x1000);
	hvc_image__unload(&loaded);
	/* And without code that they fit, there are no names. */
	memset(bytes + 0x800, 0x91, MAKER_TABLES - 0x800);
	ck_assert_uint_eq(load(bytes, MAKER_SIZE, &loaded), 0);
	hvc_image__unload(&loaded);
	free(bytes);
}

/* Each byte of the tables spoilt, coarsely: it loads, and what it has is from the names. */
TEST(damaged_tables)
{
	for (size_t i = 0; i < MAKER_LAYOUTS; i++) {
		uint8_t *bytes = maker_make(&maker_layouts[i]);
		unsigned without = 0, tried = 0;

		for (size_t at = MAKER_TABLES; at < MAKER_TABLES + 0x8000; at += 61) {
			struct hvc_loaded loaded;
			uint8_t kept = bytes[at];

			bytes[at] ^= 0x91;
			without += load(bytes, MAKER_SIZE, &loaded) == 0;
			hvc_image__unload(&loaded);
			bytes[at] = kept;
			tried++;
		}
		ck_assert_uint_gt(without, 20);
		ck_assert_uint_lt(without, tried);
		free(bytes);
	}
}

TEST(truncated_tables)
{
	for (size_t i = 0; i < MAKER_LAYOUTS; i++) {
		uint8_t *bytes = maker_make(&maker_layouts[i]);

		for (size_t size = MAKER_TABLES; size < MAKER_TABLES + 0x8000; size += 511) {
			uint8_t *cut = malloc(size);
			struct hvc_loaded loaded;

			ck_assert_ptr_nonnull(cut);
			memcpy(cut, bytes, size);
			load(cut, size, &loaded);
			hvc_image__unload(&loaded);
			free(cut);
		}
		free(bytes);
	}
}

/* Bytes that look like the beginning of tables, again and again: refused soon. */
TEST(endless_beginnings)
{
	static const char digits[20] = "0\0"
	                               "1\0"
	                               "2\0"
	                               "3\0"
	                               "4\0"
	                               "5\0"
	                               "6\0"
	                               "7\0"
	                               "8\0"
	                               "9";
	const size_t size = 16 << 20;
	uint8_t *bytes = malloc(size), *good = maker_make(&maker_layouts[3]);
	struct hvc_loaded loaded;

	ck_assert_ptr_nonnull(bytes);
	for (size_t at = 0; at < size; at++)
		bytes[at] = (uint8_t)digits[at % sizeof digits];
	ck_assert_uint_eq(load(bytes, size, &loaded), 0);
	hvc_image__unload(&loaded);
	/* A count of symbols at every place, and a good token table behind them. */
	memset(bytes, 0, size);
	for (size_t at = 0; at < size - MAKER_SIZE; at += 8)
		bytes[at] = 0x20;
	memcpy(bytes + size - MAKER_SIZE, good, MAKER_SIZE);
	memset(bytes + size - MAKER_SIZE + 56, 0, 4);
	ck_assert_uint_eq(load(bytes, size, &loaded), 0);
	hvc_image__unload(&loaded);
	free(bytes);
	free(good);
}

SUITE_MAIN("kallsyms")
