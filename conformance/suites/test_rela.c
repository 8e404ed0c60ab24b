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

SUITE_MAIN("rela")
