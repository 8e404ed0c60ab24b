/* SPDX-License-Identifier: MIT */
/** Relocations that a kernel would apply to itself: what the loaded image has in their places. */
#include <elf.h>
#include <string.h>

#include "subject/image.h"
#include "subject/little.h"
#include "suite.h"

#define SIZE    0x10000u
#define LINK    UINT64_C(0xffff800008000000)
#define TABLE   0x1008u
#define PLACES  0x8000u
#define ENTRIES 100u

static uint8_t bytes[SIZE];

/* An arm64 Image with a table of so many entries. */
static void make_image(unsigned entries)
{
	memset(bytes, 0, sizeof bytes);
	hvc_little__put64(bytes + 16, SIZE + 0x1000); /* in memory */
	memcpy(bytes + 56, "ARM\x64", 4);
	for (unsigned i = 0; i < entries; i++) {
		uint8_t *entry = bytes + TABLE + 24 * i;

		hvc_little__put64(entry, LINK + PLACES + 16 * i);
		hvc_little__put64(entry + 8, R_AARCH64_RELATIVE);
		hvc_little__put64(entry + 16, LINK + 0x100 * i);
	}
}

static struct hvc_loaded load(void)
{
	struct hvc_loaded loaded;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_image__load_memory("Image", bytes, SIZE, &diag, &loaded) == HVC_OK, "%s",
	              diag.message);
	return loaded;
}

TEST(pointers_are_those_of_where_it_is_loaded)
{
	struct hvc_loaded loaded;

	make_image(ENTRIES);
	loaded = load();
	for (unsigned i = 0; i < ENTRIES; i++) {
		const uint8_t *place = loaded.segment[0].data + PLACES + 16 * i;

		ck_assert_uint_eq(hvc_little__64(place), HVC_IMAGE_BASE + 0x100 * i);
		ck_assert_uint_eq(hvc_little__64(place + 8), 0);
		ck_assert_uint_eq(hvc_little__64(bytes + PLACES + 16 * i), 0);
	}
	ck_assert_mem_eq(loaded.segment[0].data, bytes, PLACES);
	hvc_image__unload(&loaded);
}

TEST(what_is_no_such_table_is_left_alone)
{
	struct hvc_loaded loaded;

	make_image(8); /* too short to be one by its shape */
	loaded = load();
	ck_assert_mem_eq(loaded.segment[0].data, bytes, SIZE);
	hvc_image__unload(&loaded);

	make_image(ENTRIES); /* one value is outside the image */
	hvc_little__put64(bytes + TABLE + 24 * 50 + 16, LINK + SIZE + 0x1000);
	loaded = load();
	ck_assert_mem_eq(loaded.segment[0].data, bytes, SIZE);
	hvc_image__unload(&loaded);

	make_image(ENTRIES); /* not an Image */
	bytes[56] = 0;
	loaded = load();
	ck_assert_mem_eq(loaded.segment[0].data, bytes, SIZE);
	hvc_image__unload(&loaded);
}

/* A place past the end of the file, in memory that is zero, has no bytes here. */
TEST(places_outside_the_file_are_skipped)
{
	struct hvc_loaded loaded;

	make_image(ENTRIES);
	hvc_little__put64(bytes + TABLE, LINK + SIZE - 4);
	loaded = load();
	ck_assert_uint_eq(hvc_little__64(loaded.segment[0].data + SIZE - 8), 0);
	ck_assert_uint_eq(hvc_little__64(loaded.segment[0].data + PLACES + 16),
	                  HVC_IMAGE_BASE + 0x100);
	hvc_image__unload(&loaded);
}

/*
 * The same pointers packed: 8 places by an address and a map, again and again, with the values as
 * linked in the file. RELR, gABI: bit n of a map is the (n - 1)th doubleword behind the last.
 */
static void pack(unsigned groups)
{
	memset(bytes + TABLE, 0, PLACES - TABLE);
	for (unsigned i = 0; i < groups; i++) {
		hvc_little__put64(bytes + TABLE + 16 * i, LINK + PLACES + 0x200 * i);
		hvc_little__put64(bytes + TABLE + 16 * i + 8, 0xab);
		for (unsigned n = 0; n < 8; n++)
			hvc_little__put64(bytes + PLACES + 0x200 * i + 8 * n,
			                  LINK + 0x1000 * n + 8 * i);
	}
}

/* Bits 1, 3, 5 and 7 of 0xab: the doublewords 1, 3, 5 and 7 of each group, and the first. */
static void assert_packed(const struct hvc_loaded *loaded, unsigned groups, uint64_t base)
{
	for (unsigned i = 0; i < groups; i++)
		for (unsigned n = 0; n < 8; n++) {
			const uint8_t *place = loaded->segment[0].data + PLACES + 0x200 * i + 8 * n;
			bool moved = n == 0 || n & 1;

			ck_assert_uint_eq(hvc_little__64(place),
			                  (moved ? base : LINK) + 0x1000 * n + 8 * i);
		}
}

TEST(packed_pointers_are_moved)
{
	struct hvc_loaded loaded;

	make_image(0);
	pack(40);
	loaded = load();
	assert_packed(&loaded, 40, HVC_IMAGE_BASE);
	hvc_image__unload(&loaded);

	make_image(0); /* 50 places are too few to be a table by their shape */
	pack(10);
	loaded = load();
	assert_packed(&loaded, 10, LINK);
	hvc_image__unload(&loaded);

	make_image(0); /* what two of 200 places hold is no address of the image */
	pack(40);
	hvc_little__put64(bytes + PLACES, 12);
	hvc_little__put64(bytes + PLACES + 8, 13);
	loaded = load();
	ck_assert_uint_eq(hvc_little__64(loaded.segment[0].data + PLACES),
	                  12 - LINK + HVC_IMAGE_BASE);
	hvc_image__unload(&loaded);

	make_image(0); /* what most hold is none: it is something else */
	pack(40);
	memset(bytes + PLACES, 0x11, 0x4000);
	loaded = load();
	ck_assert_mem_eq(loaded.segment[0].data, bytes, SIZE);
	hvc_image__unload(&loaded);
}

/* Kernels before 5.8 begin TEXT_OFFSET behind the address that they are linked at. */
TEST(text_offset_is_minded)
{
	struct hvc_loaded loaded;

	make_image(ENTRIES);
	hvc_little__put64(bytes + 8, 0x80000);
	for (unsigned i = 0; i < ENTRIES; i++) {
		hvc_little__put64(bytes + TABLE + 24 * i, LINK + 0x80000 + PLACES + 16 * i);
		hvc_little__put64(bytes + TABLE + 24 * i + 16, LINK + 0x80000 + 0x100 * i);
	}
	loaded = load();
	for (unsigned i = 0; i < ENTRIES; i++)
		ck_assert_uint_eq(hvc_little__64(loaded.segment[0].data + PLACES + 16 * i),
		                  HVC_IMAGE_BASE + 0x100 * i);
	hvc_image__unload(&loaded);
}

/* No pointer is in or goes to the first 2 MiB: KIMAGE_VADDR tells where they are linked. */
TEST(link_address_is_of_the_file)
{
	static uint8_t large[0x400000];
	struct hvc_loaded loaded;
	struct hvc_diag diag = {0};

	make_image(ENTRIES);
	memcpy(large, bytes, sizeof bytes);
	hvc_little__put64(large + 16, sizeof large);
	for (unsigned i = 0; i < ENTRIES; i++) {
		hvc_little__put64(large + TABLE + 24 * i, LINK + 0x300000 + 16 * i);
		hvc_little__put64(large + TABLE + 24 * i + 16, LINK + 0x280000 + 0x100 * i);
	}
	ck_assert_int_eq(hvc_image__load_memory("Image", large, sizeof large, &diag, &loaded),
	                 HVC_OK);
	ck_assert_uint_eq(hvc_little__64(loaded.segment[0].data + 0x300010),
	                  HVC_IMAGE_BASE + 0x280100);
	hvc_image__unload(&loaded);
}

#define ELF UINT64_C(0x40000000)

static const Elf64_Dyn dynamic[] = {
        {DT_RELA, {ELF + 0x2000}},
        {DT_RELASZ, {9 * sizeof(Elf64_Rela)}},
        {DT_SYMTAB, {ELF + 0x3000}},
        {DT_REL, {ELF + 0x4000}},
        {DT_RELSZ, {32}},
        {DT_JMPREL, {ELF + 0x5000}},
        {DT_PLTRELSZ, {24}},
        {DT_PLTREL, {DT_RELA}},
};
static const Elf64_Shdr section[] = {
        {0},
        {.sh_type = SHT_RELA,
         .sh_flags = SHF_ALLOC,
         .sh_addr = ELF + 0x2000,
         .sh_size = 9 * sizeof(Elf64_Rela),
         .sh_link = 4},
        {.sh_type = SHT_REL,
         .sh_flags = SHF_ALLOC,
         .sh_addr = ELF + 0x4000,
         .sh_size = 32,
         .sh_link = 4},
        {.sh_type = SHT_RELA,
         .sh_flags = SHF_ALLOC,
         .sh_addr = ELF + 0x5000,
         .sh_size = 24,
         .sh_link = 4},
        {.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = ELF + 0x3000, .sh_size = 96},
};
static const Elf64_Sym symbol[] = {
        {0},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1, .st_value = ELF + 0x6000},
        {.st_info = ELF64_ST_INFO(STB_WEAK, STT_FUNC)},
        {.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC)},
};
#define AT(n) (ELF + PLACES + 8 * (n))
static const Elf64_Rela rela[] = {
        {AT(0), ELF64_R_INFO(0, R_AARCH64_RELATIVE), ELF + 0x100},
        {AT(1), ELF64_R_INFO(1, R_AARCH64_ABS64), 8},
        {AT(2), ELF64_R_INFO(2, R_AARCH64_ABS64), 4},
        {AT(3), ELF64_R_INFO(3, R_AARCH64_ABS64), 4},
        {AT(4), ELF64_R_INFO(1, R_AARCH64_GLOB_DAT), 16},
        {AT(5), ELF64_R_INFO(1, R_AARCH64_NONE), 16},
        {AT(6), ELF64_R_INFO(1, R_AARCH64_TLS_TPREL), 16},
        {AT(7), ELF64_R_INFO(0, R_AARCH64_ABS64), 0x55},
        {ELF + SIZE - 4, ELF64_R_INFO(0, R_AARCH64_RELATIVE), 1},
};
static const Elf64_Rel rel[] = {{AT(8), ELF64_R_INFO(1, R_AARCH64_ABS64)},
                                {AT(9), ELF64_R_INFO(1, R_AARCH64_GLOB_DAT)}};
static const Elf64_Rela slot = {AT(10), ELF64_R_INFO(1, R_AARCH64_JUMP_SLOT), 2};

/* A linked file that a loader would finish: one segment, and what its dynamic section names. */
static void make_elf(bool sections)
{
	const Elf64_Ehdr ehdr = {
	        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
	                    EV_CURRENT},
	        .e_type = ET_DYN,
	        .e_machine = EM_AARCH64,
	        .e_version = EV_CURRENT,
	        .e_phoff = sizeof ehdr,
	        .e_shoff = sections ? 0xf000 : 0,
	        .e_ehsize = sizeof ehdr,
	        .e_phentsize = sizeof(Elf64_Phdr),
	        .e_phnum = sections ? 1 : 2,
	        .e_shentsize = sections ? sizeof(Elf64_Shdr) : 0,
	        .e_shnum = sections ? 5 : 0,
	};
	const Elf64_Phdr phdr[] = {
	        {.p_type = PT_LOAD,
	         .p_vaddr = ELF,
	         .p_filesz = SIZE,
	         .p_memsz = SIZE,
	         .p_flags = 7},
	        {.p_type = PT_DYNAMIC,
	         .p_vaddr = ELF + 0x1000,
	         .p_offset = 0x1000,
	         .p_filesz = 0x100,
	         .p_memsz = 0x100},
	};

	memset(bytes, 0, sizeof bytes);
	memcpy(bytes, &ehdr, sizeof ehdr);
	memcpy(bytes + sizeof ehdr, phdr, sizeof phdr);
	memcpy(bytes + 0x1000, dynamic, sizeof dynamic);
	memcpy(bytes + 0x2000, rela, sizeof rela);
	memcpy(bytes + 0x3000, symbol, sizeof symbol);
	memcpy(bytes + 0x4000, rel, sizeof rel);
	memcpy(bytes + 0x5000, &slot, sizeof slot);
	memcpy(bytes + 0xf000, section, sizeof section);
	for (unsigned n = 0; n < 12; n++)
		hvc_little__put64(bytes + PLACES + 8 * n, 0x7000 + n);
}

/* S, A and what is done with them are those of AAELF64, 5.7.16; REL has A in the place. */
TEST(what_a_loader_does_is_done)
{
	static const uint64_t is[] = {ELF + 0x100,  ELF + 0x6008, 4,    0x7003,       ELF + 0x6010,
	                              0x7005,       0x7006,       0x55, ELF + 0xd008, ELF + 0x6000,
	                              ELF + 0x6002, 0x700b};
	static const struct {
		uint64_t address;
		uint32_t type;
	} unset[] = {{AT(3), R_AARCH64_ABS64},
	             {AT(6), R_AARCH64_TLS_TPREL},
	             {ELF + SIZE - 4, R_AARCH64_RELATIVE}};

	for (unsigned way = 0; way < 2; way++) {
		struct hvc_loaded loaded;
		struct hvc_diag diag = {0};
		unsigned found = 0;

		make_elf(way);
		ck_assert_msg(hvc_image__load_memory("elf", bytes, SIZE, &diag, &loaded) == HVC_OK,
		              "%s", diag.message);
		for (unsigned n = 0; n < 12; n++)
			ck_assert_msg(hvc_little__64(loaded.segment[0].data + PLACES + 8 * n) ==
			                      is[n],
			              "%u, %u: 0x%llx", way, n,
			              (unsigned long long)hvc_little__64(loaded.segment[0].data +
			                                                 PLACES + 8 * n));
		for (unsigned i = 0; i < loaded.unsets; i++)
			if (loaded.unset[i].type) {
				ck_assert_uint_lt(found, 3);
				ck_assert_uint_eq(loaded.unset[i].address, unset[found].address);
				ck_assert_uint_eq(loaded.unset[i].type, unset[found].type);
				ck_assert_uint_eq(loaded.unset[i].size, 8);
				found++;
			}
		ck_assert_uint_eq(found, 3);
		hvc_image__unload(&loaded);
	}
}

SUITE_MAIN("rela")
