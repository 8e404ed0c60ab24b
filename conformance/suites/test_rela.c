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

START_TEST(pointers_are_those_of_where_it_is_loaded)
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
END_TEST

START_TEST(what_is_no_such_table_is_left_alone)
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
END_TEST

/* A place past the end of the file, in memory that is zero, has no bytes here. */
START_TEST(places_outside_the_file_are_skipped)
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
END_TEST

static const struct suite_test tests[] = {
        {"pointers_are_those_of_where_it_is_loaded", &pointers_are_those_of_where_it_is_loaded},
        {"what_is_no_such_table_is_left_alone", &what_is_no_such_table_is_left_alone},
        {"places_outside_the_file_are_skipped", &places_outside_the_file_are_skipped},
};

SUITE_MAIN("rela", tests)
