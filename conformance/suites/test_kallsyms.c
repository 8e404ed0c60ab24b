/* SPDX-License-Identifier: MIT */
/* The symbol table inside a kernel: every layout since 4.4, made here, and damaged ones. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subject/image.h"
#include "suite.h"

#define SIZE    0x50000u
#define TABLES  0x30000u /* where the tables begin */
#define TEXT    0x10000u /* where the functions begin */
#define COUNT   700u
#define VIRTUAL UINT64_C(0xffff800008000000)

/* What differs between releases. */
struct layout {
	const char *name;
	bool absolute;  /* addresses of 8 bytes: until 4.5 */
	bool place;     /* offsets from their own place: from 7.0 */
	bool after;     /* addresses follow the token index: from 6.4 */
	bool wide;      /* markers of 8 bytes: until 4.19 */
	bool index;     /* an index by name before the token table: 6.2 and 6.3 */
	bool functions; /* only names of functions, so that there is no _text */
	bool based;     /* the base of the offsets is not zero */
};

static const struct layout layouts[] = {
        {"4.4", .absolute = true, .wide = true},
        {"4.6", .wide = true, .based = true},
        {"4.20", .based = true},
        {"5.10", .based = false},
        {"6.2", .index = true},
        {"6.4", .after = true},
        {"7.0", .after = true, .place = true},
        {"4.4 without data", .absolute = true, .wide = true, .functions = true},
        {"6.1 without data", .functions = true},
        {"6.4 without data", .after = true, .functions = true},
        {"7.0 without data", .after = true, .place = true, .functions = true},
};

#define LAYOUTS (sizeof layouts / sizeof *layouts)

struct maker {
	uint8_t *bytes;
	size_t at;
	const struct layout *layout;
};

static void put(struct maker *maker, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		maker->bytes[maker->at++] = (uint8_t)(value >> 8 * i);
}

static void align(struct maker *maker)
{
	maker->at = (maker->at + 7) & ~(size_t)7;
}

/* Where function n begins: their lengths are irregular, as in kernels. */
static uint32_t function(unsigned n)
{
	static uint32_t begin[COUNT];

	begin[0] = TEXT;
	for (unsigned i = 1; !begin[COUNT - 1] && i < COUNT; i++)
		begin[i] = begin[i - 1] + 0x40 * (1 + i * i * 7 % 5 + i % 3);
	return begin[n];
}

/* Symbol i, its type first, and its offset in the image. */
static uint32_t symbol(const struct layout *layout, unsigned i, char text[600])
{
	if (i == 0) {
		strcpy(text, layout->functions ? "tfirst_function" : "T_text");
		return layout->functions ? TEXT : 0;
	}
	if (i == 5) /* longer than a length of one byte can say */
		snprintf(text, 600, "t%0*d_long_name", 300, 7);
	else if (i == COUNT - 1)
		strcpy(text, "T_etext");
	else if (i == 9)
		strcpy(text, "T__hyp_stub_vectors");
	else
		snprintf(text, 600, "%cfunction_%u", i % 2 ? 't' : 'T', i);
	return function((i + 1) / 2);
}

/* Token 0 is "function_", the rest of those below a space are empty, others are themselves. */
static const char *token(unsigned i, char one[2])
{
	if (i == 0)
		return "function_";
	one[0] = i >= ' ' && i < 0x7f ? (char)i : '\0';
	one[1] = '\0';
	return one;
}

static void put_name(struct maker *maker, const char *text)
{
	uint8_t code[600];
	size_t length = 0;

	while (*text) {
		if (!strncmp(text, "function_", 9)) {
			code[length++] = 0;
			text += 9;
		} else {
			code[length++] = (uint8_t)*text++;
		}
	}
	if (length > 127)
		put(maker, (length & 0x7f) | 0x80 | (length >> 7) << 8, 2);
	else
		put(maker, length, 1);
	memcpy(maker->bytes + maker->at, code, length);
	maker->at += length;
}

static void put_addresses(struct maker *maker)
{
	const struct layout *layout = maker->layout;
	const uint64_t base = layout->functions ? TEXT : 0;
	char text[600];

	align(maker);
	for (unsigned i = 0; i < COUNT; i++) {
		uint32_t offset = symbol(layout, i, text);

		if (layout->absolute)
			put(maker, VIRTUAL + offset, 8);
		else if (layout->place)
			put(maker, offset - maker->at, 4);
		else
			put(maker, offset - base, 4);
	}
	align(maker);
	if (!layout->absolute && !layout->place)
		put(maker, layout->based ? VIRTUAL + base : 0, 8);
}

static void put_names(struct maker *maker)
{
	uint64_t marker[COUNT / 256 + 1];
	char text[600];
	size_t names;

	put(maker, COUNT, 8);
	names = maker->at;
	for (unsigned i = 0; i < COUNT; i++) {
		if (i % 256 == 0)
			marker[i / 256] = maker->at - names;
		symbol(maker->layout, i, text);
		put_name(maker, text);
	}
	align(maker);
	for (unsigned i = 0; i < (COUNT + 255) / 256; i++)
		put(maker, marker[i], maker->layout->wide ? 8 : 4);
	align(maker);
	for (unsigned i = 0; maker->layout->index && i < COUNT; i++)
		put(maker, i, 3);
	align(maker);
}

static void put_tokens(struct maker *maker)
{
	uint16_t index[256];
	size_t table = maker->at;
	char one[2];

	for (unsigned i = 0; i < 256; i++) {
		const char *text = token(i, one);

		index[i] = (uint16_t)(maker->at - table);
		memcpy(maker->bytes + maker->at, text, strlen(text) + 1);
		maker->at += strlen(text) + 1;
	}
	align(maker);
	for (unsigned i = 0; i < 256; i++)
		put(maker, index[i], 2);
}

/* Functions are ADD x0, x0, #1 again and again, then RET. */
static uint8_t *make(const struct layout *layout)
{
	struct maker maker = {.bytes = calloc(1, SIZE), .layout = layout};

	ck_assert_ptr_nonnull(maker.bytes);
	for (size_t at = 0x800; at < TABLES; at += 4)
		memcpy(maker.bytes + at, "\x00\x04\x00\x91", 4);
	for (unsigned n = 0; n < COUNT / 2 + 2; n++)
		memcpy(maker.bytes + function(n) - 4, "\xc0\x03\x5f\xd6", 4);
	ck_assert_uint_lt(function(COUNT / 2 + 1), TABLES);
	maker.at = 16;
	put(&maker, SIZE, 8);
	memcpy(maker.bytes + 56, "ARM\x64", 4);
	maker.at = TABLES;
	if (!layout->after)
		put_addresses(&maker);
	put_names(&maker);
	put_tokens(&maker);
	if (layout->after)
		put_addresses(&maker);
	ck_assert_uint_lt(maker.at, SIZE);
	return maker.bytes;
}

static size_t load(const uint8_t *bytes, size_t size, struct hvc_loaded *out)
{
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_image__load_memory("k", bytes, size, &diag, out) == HVC_OK, "%s",
	              diag.message);
	return out->symbols.count;
}

START_TEST(every_layout)
{
	const struct layout *layout = &layouts[_i];
	uint8_t *bytes = make(layout);
	struct hvc_loaded loaded;
	const struct hvc_symbol *found;
	char text[600];

	ck_assert_msg(load(bytes, SIZE, &loaded) == COUNT, "%s: %zu symbols", layout->name,
	              loaded.symbols.count);
	for (unsigned i = 0; i < COUNT; i++) {
		uint64_t address = HVC_IMAGE_BASE + symbol(layout, i, text);

		found = hvc_symbols__find(&loaded.symbols, text + 1);
		ck_assert_msg(found && found->address == address, "%s: %s", layout->name, text);
	}
	found = hvc_symbols__cover(&loaded.symbols, HVC_IMAGE_BASE + function(5) + 4);
	ck_assert_str_eq(found->name, "__hyp_stub_vectors");
	/* What is behind the last function is in none. */
	ck_assert_ptr_null(hvc_symbols__cover(&loaded.symbols, HVC_IMAGE_BASE + TABLES + 0x10000));
	hvc_image__unload(&loaded);
	free(bytes);
}
END_TEST

/* Wherever the functions of a kernel without _text are, they are found there. */
START_TEST(functions_fit_the_code)
{
	const struct layout *layout = &layouts[8];
	uint8_t *bytes = make(layout);
	struct hvc_loaded loaded;
	const struct hvc_symbol *found;

	ck_assert(layout->functions && !layout->absolute);
	/* Their code is a page further on: so are they. */
	memmove(bytes + TEXT + 0xffc, bytes + TEXT - 4, function(COUNT / 2 + 1) - TEXT);
	memset(bytes + TEXT - 4, 0x11, 0x1000);
	ck_assert_uint_ge(load(bytes, SIZE, &loaded), COUNT - 1);
	found = hvc_symbols__find(&loaded.symbols, "function_1");
	ck_assert_uint_eq(found->address, HVC_IMAGE_BASE + function(1) + 0x1000);
	hvc_image__unload(&loaded);
	/* And without code that they fit, there are no names. */
	memset(bytes + 0x800, 0x91, TABLES - 0x800);
	ck_assert_uint_eq(load(bytes, SIZE, &loaded), 0);
	hvc_image__unload(&loaded);
	free(bytes);
}
END_TEST

/* Each byte of the tables spoilt, coarsely: it loads, and what it has is from the names. */
START_TEST(damaged_tables)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		uint8_t *bytes = make(&layouts[i]);
		unsigned without = 0, tried = 0;

		for (size_t at = TABLES; at < TABLES + 0x8000; at += 61) {
			struct hvc_loaded loaded;
			uint8_t kept = bytes[at];

			bytes[at] ^= 0x91;
			without += load(bytes, SIZE, &loaded) == 0;
			hvc_image__unload(&loaded);
			bytes[at] = kept;
			tried++;
		}
		ck_assert_uint_gt(without, 20);
		ck_assert_uint_lt(without, tried);
		free(bytes);
	}
}
END_TEST

START_TEST(truncated_tables)
{
	for (size_t i = 0; i < LAYOUTS; i++) {
		uint8_t *bytes = make(&layouts[i]);

		for (size_t size = TABLES; size < TABLES + 0x8000; size += 511) {
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
END_TEST

/* Bytes that look like the beginning of tables, again and again: refused soon. */
START_TEST(endless_beginnings)
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
	uint8_t *bytes = malloc(size), *good = make(&layouts[3]);
	struct hvc_loaded loaded;

	ck_assert_ptr_nonnull(bytes);
	for (size_t at = 0; at < size; at++)
		bytes[at] = (uint8_t)digits[at % sizeof digits];
	ck_assert_uint_eq(load(bytes, size, &loaded), 0);
	hvc_image__unload(&loaded);
	/* A count of symbols at every place, and a good token table behind them. */
	memset(bytes, 0, size);
	for (size_t at = 0; at < size - SIZE; at += 8)
		bytes[at] = 0x20;
	memcpy(bytes + size - SIZE, good, SIZE);
	memset(bytes + size - SIZE + 56, 0, 4);
	ck_assert_uint_eq(load(bytes, size, &loaded), 0);
	hvc_image__unload(&loaded);
	free(bytes);
	free(good);
}
END_TEST

static const struct suite_test tests[] = {
        {"4.4", &every_layout},
        {"4.6", &every_layout},
        {"4.20", &every_layout},
        {"5.10", &every_layout},
        {"6.2", &every_layout},
        {"6.4", &every_layout},
        {"7.0", &every_layout},
        {"4.4_without_data", &every_layout},
        {"6.1_without_data", &every_layout},
        {"6.4_without_data", &every_layout},
        {"7.0_without_data", &every_layout},
        {"functions_fit_the_code", &functions_fit_the_code},
        {"damaged_tables", &damaged_tables},
        {"truncated_tables", &truncated_tables},
        {"endless_beginnings", &endless_beginnings},
};

SUITE_MAIN("kallsyms", tests)
