/* SPDX-License-Identifier: MIT */
/* Vector tables found by shape: in noise, next to tables and code that are none of EL2's. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "hvcheck/arch.h"
#include "subject/subject.h"
#include "suite.h"
#include "tiny_elf.h"

#define FOLDER HVC_BINARY_DIR "/test_vectors_find.files"
#define SIZE   0x20000u
#define SPIN   0x14000000 /* b . */
#define NOP    0xd503201f
#define ERET   0xd69f03e0

static void put(uint8_t *image, size_t offset, const uint32_t *code, unsigned words)
{
	for (unsigned i = 0; i < words; i++)
		tiny_put(image, offset + 4 * i, 4, code[i]);
}

static uint32_t branch(size_t from, size_t to)
{
	return 0x14000000 | ((uint32_t)((int64_t)to - (int64_t)from) >> 2 & 0x03ffffff);
}

/* Sixteen slots of a branch and filling. Where to: slot 0x400 to one place, others to another. */
static void put_table(uint8_t *image, size_t table, size_t sync, size_t others)
{
	for (unsigned i = 0; i < HVC_VECTOR_TABLE_SIZE / 4; i++)
		tiny_put(image, table + 4 * i, 4, NOP);
	for (unsigned i = 0; i < HVC_VECTOR_TABLE_SIZE / HVC_VECTOR_SLOT_SIZE; i++) {
		size_t slot = table + i * HVC_VECTOR_SLOT_SIZE;

		tiny_put(image, slot, 4, branch(slot, i == 8 ? sync : others));
	}
}

static void fill_with_noise(uint8_t *bytes, size_t size)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)hvc_random(&state);
}

static const uint32_t stub[] = {
        0xf100001f,             /* cmp x0, #0 */
        0x54000061,             /* b.ne . + 12 */
        0xd51cc001,             /* msr vbar_el2, x1 */
        ERET,       0xd2800000, /* mov x0, #0 */
        ERET,       SPIN,       /* + 0x18 */
};

static const uint32_t hypervisor[] = {
        0xa9bf07e0,             /* stp x0, x1, [sp, #-16]! */
        0xd53c5200,             /* mrs x0, esr_el2 */
        0x94000003,             /* bl . + 12 */
        0xa8c107e0,             /* ldp x0, x1, [sp], #16 */
        ERET,       0xd65f03c0, /* ret */
};

static const uint32_t kernel[] = {
        0xd10503ff, /* sub sp, sp, #0x140 */
        0xd5384036, /* mrs x22, elr_el1 */
        0xd5385200, /* mrs x0, esr_el1 */
        0xd5184036, /* msr elr_el1, x22 */
        ERET,
};

TEST(tables_in_noise)
{
	const char *path = FOLDER "/noise";
	static uint8_t image[SIZE];
	struct hvc_candidate *found;
	struct hvc_diag diag;
	size_t count;

	fill_with_noise(image, sizeof image);
	put_table(image, 0x4000, 0x4900, 0x4918);
	put(image, 0x4900, stub, 7);
	put_table(image, 0x8000, 0x8900, 0x8900);
	put(image, 0x8900, hypervisor, 6);
	/* None of these is one: EL1's, not aligned, a slot that is no instruction. */
	put_table(image, 0xc000, 0xc900, 0xc900);
	put(image, 0xc900, kernel, 5);
	put_table(image, 0x10080, 0x4900, 0x4918);
	put_table(image, 0x14000, 0x4900, 0x4918);
	tiny_put(image, 0x14300, 4, 0);
	/* Nor straight code that happens to use the registers. */
	for (unsigned i = 0; i < 0x800; i += 4)
		tiny_put(image, 0x18000 + i, 4, 0x91000400);
	put(image, 0x18400, stub + 2, 2);
	suite_put(path, image, sizeof image);

	ck_assert_msg(hvc_vectors__find(path, &diag, &found, &count) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(found[0].address, HVC_IMAGE_BASE + 0x4000);
	ck_assert(found[0].writes_vbar && found[0].erets && !found[0].reads_esr);
	ck_assert_uint_eq(found[0].live, 1);
	ck_assert_uint_eq(found[1].address, HVC_IMAGE_BASE + 0x8000);
	ck_assert(!found[1].writes_vbar && found[1].erets && found[1].reads_esr);
	ck_assert_uint_eq(found[1].live, 16);
	ck_assert_int_gt(found[0].score, found[1].score);
	ck_assert_int_ge(found[1].score, 1);
	free(found);
}

TEST(ways_to_park)
{
	/* A slot that spins in place, one that goes back into the filling before it, one that
	   goes to a spin, and one that does something first. */
	const char *path = FOLDER "/parked";
	static uint8_t image[SIZE];
	struct hvc_candidate *found;
	struct hvc_diag diag;
	size_t count;

	put_table(image, 0x4000, 0x4900, 0x4918);
	put(image, 0x4900, stub, 7);
	tiny_put(image, 0x4080, 4, SPIN);
	tiny_put(image, 0x4100, 4, branch(0x4100, 0x4084));
	tiny_put(image, 0x4180, 4, 0xd2800000);
	tiny_put(image, 0x4184, 4, SPIN);
	suite_put(path, image, sizeof image);
	ck_assert_msg(hvc_vectors__find(path, &diag, &found, &count) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(found[0].live, 2);
	free(found);
}

/* Eight slots are a table, where the others are filling or something else; filling alone is none.
 */
TEST(tables_of_eight_slots)
{
	const char *path = FOLDER "/eight";
	static uint8_t image[SIZE];
	struct hvc_candidate *found;
	struct hvc_diag diag;
	size_t count;

	for (unsigned at = 0; at < SIZE; at += 4)
		tiny_put(image, at, 4, NOP);
	put(image, 0x4900, stub, 7);
	put_table(image, 0x4000, 0x4900, 0x4918);
	for (unsigned at = 0; at < 0x200; at += 4) {
		tiny_put(image, 0x4000 + at, 4, NOP);
		tiny_put(image, 0x4600 + at, 4, 0);
	}
	/* The code behind eight slots runs on, as code does. */
	put_table(image, 0x8000, 0x8900, 0x8918);
	put(image, 0x8900, stub, 7);
	for (unsigned at = 0; at < 0x200; at += 4) {
		tiny_put(image, 0x8000 + at, 4, 0);
		tiny_put(image, 0x8600 + at, 4, 0x91000400);
	}
	/* Slots that are filling up to code that looks like a handler. */
	put(image, 0xc800, hypervisor, 6);
	/* One of the eight is missing. */
	put_table(image, 0x10000, 0x4900, 0x4918);
	for (unsigned at = 0; at < 0x80; at += 4)
		tiny_put(image, 0x10480 + at, 4, NOP);
	suite_put(path, image, sizeof image);
	ck_assert_msg(hvc_vectors__find(path, &diag, &found, &count) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(found[0].address, HVC_IMAGE_BASE + 0x4000);
	ck_assert_uint_eq(found[1].address, HVC_IMAGE_BASE + 0x8000);
	free(found);
}

TEST(handlers_inside_their_slots)
{
	const char *path = FOLDER "/inside";
	static uint8_t image[SIZE];
	struct hvc_candidate *found;
	struct hvc_diag diag;
	size_t count;

	/* Filled with zeros, and one slot with all of its 32 instructions. */
	for (unsigned i = 0; i < 16; i++)
		tiny_put(image, 0x800 + i * 0x80, 4, SPIN);
	put(image, 0xc00, stub, 6);
	for (unsigned i = 0; i < 31; i++)
		tiny_put(image, 0xe00 + 4 * i, 4, 0x91000400);
	tiny_put(image, 0xe7c, 4, ERET);
	suite_put(path, image, sizeof image);
	ck_assert_msg(hvc_vectors__find(path, &diag, &found, &count) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(found[0].address, HVC_IMAGE_BASE + 0x800);
	ck_assert_uint_eq(found[0].live, 2);
	free(found);
}

TEST(elf_addresses_are_the_files_own)
{
	const uint64_t high = UINT64_C(0xffff800008010000);
	const char *path = FOLDER "/high.elf";
	uint8_t bytes[TINY_SIZE];
	struct hvc_candidate *found;
	struct hvc_subject *subject;
	struct hvc_diag diag;
	char spec[256];
	size_t count;

	tiny_elf(bytes);
	tiny_put(bytes, TINY_PHDR_AT + offsetof(Elf64_Phdr, p_vaddr), 8, high);
	tiny_put(bytes, TINY_PHDR_AT + sizeof(Elf64_Phdr) + offsetof(Elf64_Phdr, p_vaddr), 8,
	         high + 0x4000);
	tiny_code(bytes, 0x400, stub, 6);
	suite_put(path, bytes, sizeof bytes);
	ck_assert_msg(hvc_vectors__find(path, &diag, &found, &count) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(found[0].address, high);
	/* And they are what a spec takes. */
	snprintf(spec, sizeof spec, "%s@0x%" PRIx64, path, found[0].address);
	ck_assert_msg(hvc_subject_open(spec, &diag, &subject) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(hvc_subject_image(subject)->vectors, high);
	hvc_subject_close(subject);
	free(found);
}

TEST(nothing_in_nothing)
{
	const char *path = FOLDER "/nothing";
	const size_t size = 8u << 20;
	uint8_t *bytes = calloc(1, size);
	struct hvc_candidate *found = (struct hvc_candidate *)bytes;
	struct hvc_diag diag;
	size_t count = 7;

	suite_put(path, bytes, size);
	ck_assert_int_eq(hvc_vectors__find(path, &diag, &found, &count), HVC_OK);
	ck_assert_uint_eq(count, 0);
	ck_assert_ptr_null(found);
	fill_with_noise(bytes, size);
	suite_put(path, bytes, size);
	ck_assert_int_eq(hvc_vectors__find(path, &diag, &found, &count), HVC_OK);
	ck_assert_uint_eq(count, 0);
	free(bytes);
	unlink(path);

	count = 7;
	ck_assert_int_eq(hvc_vectors__find(path, &diag, &found, &count), HVC_E_IO);
	ck_assert_str_eq(diag.message, "No such file or directory");
	ck_assert_uint_eq(count, 7);
}

SUITE_MAIN("vectors_find")
