/* SPDX-License-Identifier: MIT */
/** A kernel Image that keeps its symbols (kallsyms), in the layout of every release since 4.4. */
#ifndef KALLSYMS_MAKER_H
#define KALLSYMS_MAKER_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAKER_SIZE    0x50000u
#define MAKER_TABLES  0x30000u /* where the tables begin */
#define MAKER_TEXT    0x10000u /* where the functions begin */
#define MAKER_COUNT   700u
#define MAKER_VIRTUAL UINT64_C(0xffff800008000000)

/* What differs between releases. */
struct maker_layout {
	const char *name;
	bool absolute;  /* addresses of 8 bytes: until 4.5 */
	bool place;     /* offsets from their own place: from 7.0 */
	bool after;     /* addresses follow the token index: from 6.4 */
	bool wide;      /* markers of 8 bytes: until 4.19 */
	bool index;     /* an index by name before the token table: 6.2 and 6.3 */
	bool functions; /* only names of functions, so that there is no _text */
	bool four;      /* tables begin at multiples of 4, not 8: from 7.0 */
	bool based;     /* the base of the offsets is not zero */
};

static const struct maker_layout maker_layouts[] = {
        {"4.4", .absolute = true, .wide = true},
        {"4.6", .wide = true, .based = true},
        {"4.20", .based = true},
        {"5.10", .based = false},
        {"6.2", .index = true},
        {"6.4", .after = true},
        {"7.0", .after = true, .place = true, .four = true},
        {"4.4 without data", .absolute = true, .wide = true, .functions = true},
        {"6.1 without data", .functions = true},
        {"6.4 without data", .after = true, .functions = true},
        {"7.0 without data", .after = true, .place = true, .functions = true, .four = true},
};

#define MAKER_LAYOUTS (sizeof maker_layouts / sizeof *maker_layouts)

struct maker {
	uint8_t *bytes;
	size_t at;
	const struct maker_layout *layout;
};

static inline void maker_put(struct maker *maker, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		maker->bytes[maker->at++] = (uint8_t)(value >> 8 * i);
}

static inline void maker_align(struct maker *maker)
{
	const size_t most = maker->layout->four ? 3 : 7;

	maker->at = (maker->at + most) & ~most;
}

/* Where function n begins: their lengths are irregular, as in kernels. */
static inline uint32_t maker_function(unsigned n)
{
	static uint32_t begin[MAKER_COUNT];

	begin[0] = MAKER_TEXT;
	for (unsigned i = 1; !begin[MAKER_COUNT - 1] && i < MAKER_COUNT; i++)
		begin[i] = begin[i - 1] + 0x40 * (1 + i * i * 7 % 5 + i % 3);
	return begin[n];
}

/* Symbol i, its type first, and its offset in the image. */
static inline uint32_t maker_symbol(const struct maker_layout *layout, unsigned i, char text[600])
{
	if (i == 0) {
		strcpy(text, layout->functions ? "tfirst_function" : "T_text");
		return layout->functions ? MAKER_TEXT : 0;
	}
	if (i == 5) /* longer than a length of one byte can say */
		snprintf(text, 600, "t%0*d_long_name", 300, 7);
	else if (i == MAKER_COUNT - 1)
		strcpy(text, "T_etext");
	else if (i == 9)
		strcpy(text, "T__hyp_stub_vectors");
	else
		snprintf(text, 600, "%cfunction_%u", i % 2 ? 't' : 'T', i);
	return maker_function((i + 1) / 2);
}

/* Token 0 is "function_", the rest of those below a space are empty, others are themselves. */
static inline const char *maker_token(unsigned i, char one[2])
{
	if (i == 0)
		return "function_";
	one[0] = i >= ' ' && i < 0x7f ? (char)i : '\0';
	one[1] = '\0';
	return one;
}

static inline void maker_put_name(struct maker *maker, const char *text)
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
		maker_put(maker, (length & 0x7f) | 0x80 | (length >> 7) << 8, 2);
	else
		maker_put(maker, length, 1);
	memcpy(maker->bytes + maker->at, code, length);
	maker->at += length;
}

static inline void maker_put_addresses(struct maker *maker)
{
	const struct maker_layout *layout = maker->layout;
	const uint64_t base = layout->functions ? MAKER_TEXT : 0;
	char text[600];

	maker_align(maker);
	for (unsigned i = 0; i < MAKER_COUNT; i++) {
		uint32_t offset = maker_symbol(layout, i, text);

		if (layout->absolute)
			maker_put(maker, MAKER_VIRTUAL + offset, 8);
		else if (layout->place)
			maker_put(maker, offset - maker->at, 4);
		else
			maker_put(maker, offset - base, 4);
	}
	maker_align(maker);
	if (!layout->absolute && !layout->place)
		maker_put(maker, layout->based ? MAKER_VIRTUAL + base : 0, 8);
}

static inline void maker_put_names(struct maker *maker)
{
	uint64_t marker[MAKER_COUNT / 256 + 1];
	char text[600];
	size_t names;

	maker_put(maker, MAKER_COUNT, maker->layout->four ? 4 : 8);
	names = maker->at;
	for (unsigned i = 0; i < MAKER_COUNT; i++) {
		if (i % 256 == 0)
			marker[i / 256] = maker->at - names;
		maker_symbol(maker->layout, i, text);
		maker_put_name(maker, text);
	}
	maker_align(maker);
	for (unsigned i = 0; i < (MAKER_COUNT + 255) / 256; i++)
		maker_put(maker, marker[i], maker->layout->wide ? 8 : 4);
	maker_align(maker);
	for (unsigned i = 0; maker->layout->index && i < MAKER_COUNT; i++)
		maker_put(maker, i, 3);
	maker_align(maker);
}

static inline void maker_put_tokens(struct maker *maker)
{
	uint16_t index[256];
	size_t table = maker->at;
	char one[2];

	for (unsigned i = 0; i < 256; i++) {
		const char *text = maker_token(i, one);

		index[i] = (uint16_t)(maker->at - table);
		memcpy(maker->bytes + maker->at, text, strlen(text) + 1);
		maker->at += strlen(text) + 1;
	}
	maker_align(maker);
	for (unsigned i = 0; i < 256; i++)
		maker_put(maker, index[i], 2);
}

/* Functions are ADD x0, x0, #1 again and again, then RET. */
static inline uint8_t *maker_make(const struct maker_layout *layout)
{
	struct maker maker = {.bytes = calloc(1, MAKER_SIZE), .layout = layout};

	ck_assert_ptr_nonnull(maker.bytes);
	for (size_t at = 0x800; at < MAKER_TABLES; at += 4)
		memcpy(maker.bytes + at, "\x00\x04\x00\x91", 4);
	for (unsigned n = 0; n < MAKER_COUNT / 2 + 2; n++)
		memcpy(maker.bytes + maker_function(n) - 4, "\xc0\x03\x5f\xd6", 4);
	ck_assert_uint_lt(maker_function(MAKER_COUNT / 2 + 1), MAKER_TABLES);
	maker.at = 16;
	maker_put(&maker, MAKER_SIZE, 8);
	memcpy(maker.bytes + 56, "ARM\x64", 4);
	maker.at = MAKER_TABLES;
	if (!layout->after)
		maker_put_addresses(&maker);
	maker_put_names(&maker);
	maker_put_tokens(&maker);
	if (layout->after)
		maker_put_addresses(&maker);
	ck_assert_uint_lt(maker.at, MAKER_SIZE);
	return maker.bytes;
}

#endif
