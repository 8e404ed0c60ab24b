/* SPDX-License-Identifier: MIT */
/*
 * Studies: handling the immediate as data parts no kinds, deciding by it does, and each boundary
 * names the instruction that decides.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "hvcheck/study.h"
#include "tiny_image.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_study.files"

#define A64_MOV_CHAR  UINT32_C(0xaa0c03e0) /* mov x0, x12 */
#define A64_STORE     UINT32_C(0xf90001a9) /* str x9, [x13]: in the caller's memory */
#define A64_PLUS_ONE  UINT32_C(0x91000520) /* add x0, x9, #1 */
#define A64_CMP_X0_5  UINT32_C(0xf100141f) /* cmp x0, #5 */
#define A64_CSEL      UINT32_C(0x9a830041) /* csel x1, x2, x3, eq */
#define PRINTER_DIGIT 16                   /* words of the printer that vary */
#define PRINTER_DONE  19

/*
 * HVC #0xea1 returns 0, HVC #0 returns -1, all others print the immediate in hexadecimal: one
 * loop counts the digits, one makes them.
 */
static const uint32_t printer[] = {
        UINT32_C(0xd53c5209), /* mrs x9, esr_el2 */
        UINT32_C(0x92403d29), /* and x9, x9, #0xffff */
        UINT32_C(0xf13a853f), /* cmp x9, #0xea1 */
        UINT32_C(0x540002c0), /* b.eq 0x64 */
        UINT32_C(0xb40002e9), /* cbz x9, 0x6c */
        UINT32_C(0x9280006a), /* mov x10, #-4 */
        UINT32_C(0x9100114a), /* add x10, x10, #4 */
        UINT32_C(0x9aca252b), /* lsr x11, x9, x10 */
        UINT32_C(0xd344fd6c), /* lsr x12, x11, #4 */
        UINT32_C(0xb5ffffac), /* cbnz x12, 0x18 */
        UINT32_C(0x9aca252b), /* lsr x11, x9, x10 */
        UINT32_C(0x92400d6b), /* and x11, x11, #0xf */
        UINT32_C(0xf100297f), /* cmp x11, #10 */
        UINT32_C(0x9100c16c), /* add x12, x11, #'0' */
        UINT32_C(0x54000043), /* b.lo 0x40 */
        UINT32_C(0x91015d6c), /* add x12, x11, #'a' - 10 */
        A64_NOP,              /* PRINTER_DIGIT */
        UINT32_C(0xf100114a), /* subs x10, x10, #4 */
        UINT32_C(0x54ffff05), /* b.pl 0x28 */
        A64_NOP,              /* PRINTER_DONE */
        UINT32_C(0xd2800009), /* mov x9, #0 */
        UINT32_C(0xd280000a), /* mov x10, #0 */
        UINT32_C(0xd280000b), /* mov x11, #0 */
        UINT32_C(0xd280000c), /* mov x12, #0 */
        A64_ERET,
        UINT32_C(0xd2800000), /* 0x64: mov x0, #0 */
        UINT32_C(0x17fffffa), /* b 0x50 */
        UINT32_C(0x92800000), /* 0x6c: mov x0, #-1 */
        UINT32_C(0x17fffff8), /* b 0x50 */
};

/* The image as a raw file, opened as a user would. */
static struct hvc_subject *open_image(const struct tiny_image *image, const char *name)
{
	char path[512], spec[600];
	FILE *file;

	ck_assert(!mkdir(FOLDER, 0777) || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s", FOLDER, name);
	file = fopen(path, "wb");
	ck_assert(file && fwrite(image->bytes, sizeof image->bytes, 1, file) == 1);
	ck_assert_int_eq(fclose(file), 0);
	snprintf(spec, sizeof spec, "%s@0x%" PRIx64, path, HVC_IMAGE_BASE);
	return open_subject(spec);
}

/* The map of an image by x0 at its base and some values, and its study. */
static struct hvc_map *make_study(const struct hvc_subject *subject, const uint64_t *x0,
                                  unsigned values)
{
	struct hvc_probe probe[8];
	struct hvc_probes probes = {probe, values + 1, 0};
	struct hvc_map_config config = {.subject = subject, .probes = &probes, .jobs = 2};
	struct hvc_map *map = NULL;
	struct hvc_diag diag = {0};

	for (unsigned i = 0; i <= values; i++) {
		probe[i] = (struct hvc_probe){.reg = i ? HVC_REG_X0 : HVC_REG_NONE};
		hvc_call_init(&probe[i].call, 0);
		if (i)
			probe[i].call.x[0] = x0[i - 1];
	}
	ck_assert_msg(hvc_map_make(&config, &diag, &map) == HVC_OK, "%s", diag.message);
	ck_assert_msg(hvc_map_study(&config, map, &diag) == HVC_OK, "%s", diag.message);
	return map;
}

static unsigned kind_at(const struct hvc_map *map, unsigned probe, uint16_t imm)
{
	return hvc_map_kind_of(map, hvc_map_class_of(map, probe, imm));
}

/* 0, 0xea1 and the rest, whatever printing does to classes. */
static void assert_three_kinds(uint32_t digit, uint32_t done, unsigned classes)
{
	struct tiny_image image;
	struct hvc_subject *subject;
	struct hvc_map *map;

	tiny_init(&image, HVC_CPU_A72);
	memcpy(image.bytes + TINY_LOWER, printer, sizeof printer);
	memcpy(image.bytes + TINY_LOWER + 4 * PRINTER_DIGIT, &digit, 4);
	memcpy(image.bytes + TINY_LOWER + 4 * PRINTER_DONE, &done, 4);
	subject = open_image(&image, "printer.bin");
	map = make_study(subject, NULL, 0);
	ck_assert_uint_eq(map->classes, classes);
	ck_assert_uint_eq(map->study->kinds, 3);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		bool special = imm == 0 || imm == 0xea1;

		ck_assert_msg((kind_at(map, 0, (uint16_t)imm) != 0) == special, "immediate 0x%x",
		              imm);
	}
	ck_assert_uint_ne(kind_at(map, 0, 0), kind_at(map, 0, 0xea1));
	ck_assert_uint_eq(map->study->kind[0].calls, HVC_IMM_COUNT - 2);
	ck_assert_uint_eq(map->study->kind[0].classes, classes - 2);
	ck_assert_uint_eq(map->study->boundaries, 2);
	ck_assert_uint_eq(map->study->unseen, 0);
	hvc_map_free(map);
	hvc_subject_close(subject);
}

START_TEST(printing_parts_nothing)
{
	assert_three_kinds(A64_NOP, A64_NOP, 3);
	assert_three_kinds(A64_MOV_CHAR, A64_NOP, 18); /* the last digit, in x0 */
	assert_three_kinds(A64_STORE, A64_NOP, 6);     /* as many stores as digits */
	assert_three_kinds(A64_NOP, A64_PLUS_ONE, 65536);
}
END_TEST

START_TEST(boundaries_name_the_compare)
{
	struct tiny_image image;
	struct hvc_subject *subject;
	const struct hvc_boundary *boundary;
	struct hvc_map *map;

	tiny_init(&image, HVC_CPU_A72);
	memcpy(image.bytes + TINY_LOWER, printer, sizeof printer);
	subject = open_image(&image, "compare.bin");
	map = make_study(subject, NULL, 0);
	ck_assert_uint_eq(map->study->boundaries, 2);
	boundary = &map->study->boundary[0];
	ck_assert_int_eq(boundary->decision, HVC_DECISION_BRANCH);
	ck_assert_int_eq(boundary->reg, HVC_REG_NONE);
	ck_assert(boundary->imm[0] == 0 && boundary->imm[1] == 1);
	ck_assert_uint_eq(boundary->at.address, HVC_IMAGE_BASE + TINY_LOWER + 0x10);
	ck_assert(!boundary->compares);
	boundary = &map->study->boundary[1];
	ck_assert_int_eq(boundary->decision, HVC_DECISION_BRANCH);
	ck_assert(boundary->imm[0] == 0xea0 && boundary->imm[1] == 0xea1);
	ck_assert_uint_eq(boundary->at.address, HVC_IMAGE_BASE + TINY_LOWER + 0xc);
	ck_assert(boundary->compares);
	ck_assert_uint_eq(boundary->compare.address, HVC_IMAGE_BASE + TINY_LOWER + 8);
	ck_assert_int_eq(boundary->operand, HVC_REG_X0 + 9);
	ck_assert(boundary->value[0] == 0xea0 && boundary->value[1] == 0xea1);
	ck_assert_uint_eq(boundary->times, 2);
	hvc_map_free(map);
	hvc_subject_close(subject);
}
END_TEST

START_TEST(selects_decide)
{
	static const uint64_t values[] = {4, 5, 6};
	struct tiny_image image;
	struct hvc_subject *subject;
	const struct hvc_boundary *boundary;
	struct hvc_map *map;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_CMP_X0_5, A64_CSEL, A64_ERET);
	subject = open_image(&image, "select.bin");
	map = make_study(subject, values, 3);
	ck_assert_uint_eq(map->classes, 2);
	ck_assert_uint_eq(map->study->kinds, 2);
	ck_assert_uint_eq(map->study->boundaries, 1);
	boundary = &map->study->boundary[0];
	ck_assert_int_eq(boundary->decision, HVC_DECISION_SELECT);
	ck_assert_int_eq(boundary->reg, HVC_REG_X0);
	ck_assert_uint_eq(boundary->at.address, HVC_IMAGE_BASE + TINY_LOWER + 4);
	ck_assert_uint_eq(boundary->compare.address, HVC_IMAGE_BASE + TINY_LOWER);
	ck_assert(boundary->value[0] == 4 && boundary->value[1] == 5);
	ck_assert_uint_eq(boundary->times, 2);
	hvc_map_free(map);
	hvc_subject_close(subject);
}
END_TEST

START_TEST(kinds_say_what_varies)
{
	struct tiny_image image;
	struct hvc_subject *subject;
	struct hvc_map *map;
	char text[256];

	tiny_init(&image, HVC_CPU_A72);
	memcpy(image.bytes + TINY_LOWER, printer, sizeof printer);
	tiny_put(&image, TINY_LOWER + 4 * PRINTER_DIGIT, A64_MOV_CHAR);
	subject = open_image(&image, "varies.bin");
	map = make_study(subject, NULL, 0);
	hvc_kind_print(map, 0, text, sizeof text);
	ck_assert_str_eq(text, "return, x9 := 0x0, x10 := 0x0, x11 := 0x0, x12 := 0x0, x0 varies");
	hvc_map_free(map);
	hvc_subject_close(subject);
}
END_TEST

/* Copied, with a constant taken off, turned over, masked: it is the caller's register still. */
START_TEST(live_constants_are_the_callers)
{
	static const struct {
		uint32_t word;
		uint64_t value;
	} rows[] = {
	        {A64_MOV(20, 5), 0x21},         /* mov x20, x5 */
	        {UINT32_C(0xd10400b4), 0x121},  /* sub x20, x5, #0x100 */
	        {UINT32_C(0xd2781cb4), 0xff21}, /* eor x20, x5, #0xff00 */
	        {UINT32_C(0x9240f8b4), 0x21},   /* and x20, x5, #0x7fffffffffffffff */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tiny_image image;
		struct hvc_subject *subject;
		struct hvc_map_config config = {.probes = NULL};
		struct hvc_constant *constant = NULL;
		struct hvc_diag diag = {0};
		size_t count = 0;

		tiny_init(&image, HVC_CPU_A72);
		/* ...; cmp x20, #0x21; b.ne; eret */
		tiny_put(&image, TINY_LOWER, rows[i].word, UINT32_C(0xf100869f), A64_BNE(8),
		         A64_ERET, A64_ERET);
		subject = open_image(&image, "live.bin");
		config.subject = subject;
		ck_assert_msg(hvc_constants_live(&config, &diag, &constant, &count) == HVC_OK, "%s",
		              diag.message);
		ck_assert_msg(count == 1, "row %zu: %zu constants", i, count);
		ck_assert_int_eq(constant[0].reg, HVC_REG_X0 + 5);
		ck_assert_msg(constant[0].value == rows[i].value, "row %zu: 0x%" PRIx64, i,
		              constant[0].value);
		ck_assert_uint_eq(constant[0].address, HVC_IMAGE_BASE + TINY_LOWER + 4);
		free(constant);
		hvc_subject_close(subject);
	}
}
END_TEST

static const struct suite_test tests[] = {
        {"printing_parts_nothing", &printing_parts_nothing},
        {"boundaries_name_the_compare", &boundaries_name_the_compare},
        {"selects_decide", &selects_decide},
        {"kinds_say_what_varies", &kinds_say_what_varies},
        {"live_constants_are_the_callers", &live_constants_are_the_callers},
};

SUITE_MAIN("study", tests)
