/* SPDX-License-Identifier: MIT */
/* ELF files, good, spoilt on purpose and spoilt at random. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/random.h"
#include "hvcheck/world.h"
#include "subject/image.h"
#include "suite.h"
#include "tiny_elf.h"

static enum hvc_status load(const uint8_t *bytes, size_t size, struct hvc_diag *diag,
                            struct hvc_loaded *out)
{
	memset(diag, 0, sizeof *diag);
	return hvc_image__load_memory("tiny", bytes, size, diag, out);
}

TEST(segments_of_a_good_file)
{
	uint8_t bytes[TINY_SIZE];
	struct hvc_loaded loaded;
	struct hvc_diag diag;
	uint64_t address;

	tiny_elf(bytes);
	ck_assert_msg(load(bytes, sizeof bytes, &diag, &loaded) == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(loaded.format, HVC_FORMAT_ELF);
	ck_assert_uint_eq(loaded.segments, 2);
	ck_assert_uint_eq(loaded.segment[0].address, TINY_TEXT);
	ck_assert_uint_eq(loaded.segment[0].size, TINY_TEXT_SIZE);
	ck_assert_ptr_eq(loaded.segment[0].data, bytes + TINY_TEXT_AT);
	ck_assert_uint_eq(loaded.segment[1].address, TINY_DATA);
	ck_assert_uint_eq(loaded.segment[1].size, TINY_DATA_SIZE);
	ck_assert_uint_eq(loaded.segment[1].data_size, TINY_DATA_FILE_SIZE);
	ck_assert(hvc_image__at_offset(&loaded, TINY_DATA_AT + 4, &address));
	ck_assert_uint_eq(address, TINY_DATA + 4);
	ck_assert(!hvc_image__at_offset(&loaded, TINY_DATA_AT + TINY_DATA_FILE_SIZE, &address));
	hvc_image__unload(&loaded);
}

TEST(symbols_of_a_good_file)
{
	static const struct {
		uint64_t address;
		const char *name; /* that covers it, or NULL */
	} rows[] = {
	        {TINY_TEXT, "hvc_vectors"},
	        {TINY_TEXT + 0x103, "hvc_vectors"},
	        {TINY_TEXT + 0x104, "odd"},
	        {TINY_TEXT + 0x108, NULL},
	        /* The function, not the local label at its start, while it lasts. */
	        {TINY_TEXT + 0x800, "handler"},
	        {TINY_TEXT + 0x83f, "handler"},
	        {TINY_TEXT + 0x840, "handler_label"},
	        {TINY_TEXT + 0x900, "second"},
	        {TINY_DATA + 7, "value"},
	        {TINY_DATA + 8, NULL},
	        {TINY_TEXT - 1, NULL},
	        {0xe11, NULL},
	};
	uint8_t bytes[TINY_SIZE];
	struct hvc_loaded loaded;
	struct hvc_diag diag;

	tiny_elf(bytes);
	ck_assert_int_eq(load(bytes, sizeof bytes, &diag, &loaded), HVC_OK);
	/* All but the mapping symbol and the absolute one. */
	ck_assert_uint_eq(loaded.symbols.count, 6);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_symbol *symbol =
		        hvc_symbols__cover(&loaded.symbols, rows[i].address);

		ck_assert_msg(rows[i].name ? symbol && !strcmp(symbol->name, rows[i].name)
		                           : !symbol,
		              "0x%" PRIx64 " is in %s", rows[i].address,
		              symbol ? symbol->name : "nothing");
	}
	ck_assert_uint_eq(hvc_symbols__find(&loaded.symbols, "second")->address, TINY_TEXT + 0x900);
	ck_assert_ptr_null(hvc_symbols__find(&loaded.symbols, "$x"));
	ck_assert_ptr_null(hvc_symbols__find(&loaded.symbols, "outside"));
	ck_assert_ptr_null(hvc_symbols__find(&loaded.symbols, ""));
	hvc_image__unload(&loaded);
}

#define PHDR(i, field) (TINY_PHDR_AT + (i) * sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, field))
#define SHDR(i, field) (TINY_SHDR_AT + (i) * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, field))

TEST(spoilt_fields_are_named)
{
	static const struct {
		struct {
			size_t offset;
			unsigned size;
			uint64_t value;
		} field[2];
		const char *message;
	} rows[] = {
	        /* clang-format off */
		{{{4, 1, 1}}, "is not for 32-bit Arm: machine 183 at offset 0x12"},
		{{{5, 1, 2}}, "is not little-endian ELF: data encoding 2 at offset 0x5"},
		{{{6, 1, 0}}, "ELF version 0 at offset 0x6 is not 1"},
		{{{0x12, 2, EM_X86_64}}, "is not for AArch64: machine 62 at offset 0x12"},
		{{{0x10, 2, ET_REL}}, "is an object without code or data"},
		{{{0x10, 2, ET_NONE}},
		 "is neither an executable nor an object: type 0 at offset 0x10"},
		{{{0x20, 8, 0}}, "has no program headers (offset 0x20)"},
		{{{0x38, 2, 0}}, "has no program headers (offset 0x20)"},
		{{{0x38, 2, 0xffff}}, "has 65535 or more program headers (offset 0x38)"},
		{{{0x36, 2, 32}}, "program headers of 32 bytes (offset 0x36), not 56"},
		{{{0x38, 2, 0x1000}},
		 "truncated: 4096 program headers at offset 0x40 do not fit in 0x2240 bytes"},
		{{{0x20, 8, UINT64_MAX - 7}},
		 "truncated: 2 program headers at offset 0xfffffffffffffff8 do not fit in 0x2240 bytes"},
		{{{0x3a, 2, 40}}, "section headers of 40 bytes (offset 0x3a), not 64"},
		{{{0x3c, 2, 4}},
		 "truncated: 4 section headers at offset 0x2180 do not fit in 0x2240 bytes"},
		{{{0x28, 8, UINT64_MAX}},
		 "truncated: 3 section headers at offset 0xffffffffffffffff do not fit in 0x2240 bytes"},
		{{{PHDR(0, p_type), 4, PT_NOTE}, {PHDR(1, p_type), 4, PT_NOTE}},
		 "has no loadable segment"},
		{{{PHDR(0, p_memsz), 8, 0xfff}},
		 "program header 0 at offset 0x40: p_filesz 0x1000 exceeds p_memsz 0xfff"},
		{{{PHDR(1, p_offset), 8, 0x2240}},
		 "truncated: program header 1 at offset 0x78 wants 0x10 bytes at offset 0x2240 of 0x2240"},
		{{{PHDR(1, p_offset), 8, UINT64_MAX - 7}},
		 "truncated: program header 1 at offset 0x78 wants 0x10 bytes at offset "
		 "0xfffffffffffffff8 of 0x2240"},
		{{{PHDR(1, p_vaddr), 8, UINT64_MAX - 0x7f}},
		 "program header 1 at offset 0x78: 0x100 bytes at address 0xffffffffffffff80 wrap "
		 "around the address space"},
		{{{PHDR(1, p_vaddr), 8, TINY_TEXT + 0xfff}},
		 "program headers 0 and 1 overlap at address 0x40000fff"},
		{{{PHDR(1, p_vaddr), 8, TINY_TEXT}},
		 "program headers 0 and 1 overlap at address 0x40000000"},
		{{{PHDR(1, p_memsz), 8, HVC_IMAGE_MAX}},
		 "segments up to program header 1 need more than 512 MiB of memory"},
		{{{PHDR(1, p_memsz), 8, UINT64_MAX - TINY_DATA}},
		 "segments up to program header 1 need more than 512 MiB of memory"},
		{{{PHDR(1, p_vaddr), 8, HVC_HARNESS_BASE - 0xff}},
		 "program header 1: addresses from 0x4000000000 to 0x4000400000 are reserved for the "
		 "emulated machine"},
		{{{SHDR(1, sh_entsize), 8, 0}},
		 "symbol table at offset 0x2010 is malformed or truncated"},
		{{{SHDR(1, sh_size), 8, 0x1000}},
		 "symbol table at offset 0x2010 is malformed or truncated"},
		{{{SHDR(1, sh_link), 4, 7}}, "symbol table at offset 0x2010 has no string table"},
		{{{SHDR(1, sh_link), 4, 1}}, "symbol table at offset 0x2010 has no string table"},
		{{{SHDR(2, sh_offset), 8, 0x2240}},
		 "symbol table at offset 0x2010 has no string table"},
	        /* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		uint8_t bytes[TINY_SIZE];
		struct hvc_loaded loaded;
		struct hvc_diag diag;

		tiny_elf(bytes);
		for (unsigned j = 0; j < 2; j++)
			tiny_put(bytes, rows[i].field[j].offset, rows[i].field[j].size,
			         rows[i].field[j].value);
		ck_assert_msg(load(bytes, sizeof bytes, &diag, &loaded) == HVC_E_FORMAT,
		              "row %zu was accepted", i);
		ck_assert_str_eq(diag.message, rows[i].message);
		ck_assert_str_eq(diag.file, "tiny");
	}
}

TEST(every_cut_is_noticed)
{
	uint8_t bytes[TINY_SIZE];
	struct hvc_loaded loaded;
	struct hvc_diag diag;

	tiny_elf(bytes);
	for (size_t size = SELFMAG; size < sizeof bytes; size++) {
		/* On the heap, so that a read past the end is caught by the sanitizers. */
		uint8_t *cut = malloc(size);

		memcpy(cut, bytes, size);
		ck_assert_msg(load(cut, size, &diag, &loaded) == HVC_E_FORMAT,
		              "%zu bytes were accepted", size);
		ck_assert_msg(strstr(diag.message, "truncated"), "%zu: %s", size, diag.message);
		free(cut);
	}
	/* Without section headers what counts are the segments. */
	tiny_put(bytes, 0x28, 8, 0);
	tiny_put(bytes, 0x3c, 2, 0);
	for (size_t size = SELFMAG; size < TINY_DATA_AT + TINY_DATA_FILE_SIZE; size++) {
		ck_assert_msg(load(bytes, size, &diag, &loaded) == HVC_E_FORMAT,
		              "%zu bytes were accepted", size);
		ck_assert_msg(strstr(diag.message, "truncated"), "%zu: %s", size, diag.message);
	}
	ck_assert_int_eq(load(bytes, TINY_DATA_AT + TINY_DATA_FILE_SIZE, &diag, &loaded), HVC_OK);
	ck_assert_uint_eq(loaded.symbols.count, 0);
	hvc_image__unload(&loaded);
}

TEST(linked_addresses_are_kept)
{
	const uint64_t high = UINT64_C(0xffff800008010000);
	uint8_t bytes[TINY_SIZE];
	struct hvc_loaded loaded;
	struct hvc_diag diag;

	tiny_elf(bytes);
	tiny_put(bytes, PHDR(0, p_vaddr), 8, high);
	tiny_put(bytes, PHDR(1, p_vaddr), 8, high + 0x4000);
	/* hvc_vectors is the first symbol after the empty one. */
	tiny_put(bytes, TINY_SYMTAB_AT + sizeof(Elf64_Sym) + offsetof(Elf64_Sym, st_value), 8,
	         high + 0x800);
	ck_assert_msg(load(bytes, sizeof bytes, &diag, &loaded) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(loaded.segment[0].address, high);
	ck_assert_uint_eq(loaded.segment[1].address, high + 0x4000);
	ck_assert_uint_eq(hvc_symbols__find(&loaded.symbols, "hvc_vectors")->address, high + 0x800);
	hvc_image__unload(&loaded);
}

/* What every loaded image promises the machine. */
static void check_loaded(const struct hvc_loaded *loaded)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < loaded->segments; i++) {
		const struct hvc_segment *segment = &loaded->segment[i];

		ck_assert_uint_gt(segment->size, 0);
		ck_assert_uint_le(segment->data_size, segment->size);
		if (segment->data_size) {
			ck_assert(segment->data >= loaded->bytes);
			ck_assert(segment->data + segment->data_size <=
			          loaded->bytes + loaded->size);
		}
		if (i)
			ck_assert(segment->address - segment[-1].address >= segment[-1].size);
		total += segment->size;
	}
	ck_assert_uint_le(total, HVC_IMAGE_MAX);
	for (size_t i = 0; i < loaded->symbols.count; i++) {
		const struct hvc_symbol *symbol = &loaded->symbols.row[i];

		ck_assert(hvc_image__segment(loaded, symbol->address, 1) >= 0);
		ck_assert_ptr_nonnull(hvc_symbols__find(&loaded->symbols, symbol->name));
		ck_assert(!symbol->size || hvc_symbols__cover(&loaded->symbols, symbol->address));
	}
}

TEST(flipped_bits_never_crash)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	unsigned good = 0, bad = 0;

	for (unsigned round = 0; round < 2000; round++) {
		uint8_t *bytes = malloc(TINY_SIZE);
		unsigned flips = 1 + (unsigned)(hvc_random(&state) % 6);
		struct hvc_loaded loaded;
		struct hvc_diag diag;
		enum hvc_status status;

		tiny_elf(bytes);
		while (flips--) {
			/* The text is most of the file, and nothing in it can be wrong. */
			size_t at = (size_t)(hvc_random(&state) %
			                     (TINY_TEXT_AT / 16 + TINY_SIZE - TINY_DATA_AT));

			if (at >= TINY_TEXT_AT / 16)
				at += TINY_DATA_AT - TINY_TEXT_AT / 16;
			bytes[at] ^= (uint8_t)(1 << hvc_random(&state) % 8);
		}
		status = load(bytes, TINY_SIZE, &diag, &loaded);
		if (status == HVC_OK) {
			good++;
			check_loaded(&loaded);
			hvc_image__unload(&loaded);
		} else {
			bad++;
			ck_assert_msg(status == HVC_E_FORMAT, "round %u: %s", round,
			              hvc_strerror(status));
			ck_assert(diag.message[0] && !strchr(diag.message, '\n'));
		}
		free(bytes);
	}
	/* Neither answer is the only one. */
	ck_assert_uint_gt(good, 200);
	ck_assert_uint_gt(bad, 200);
}

SUITE_MAIN("elf")
