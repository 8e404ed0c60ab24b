/* SPDX-License-Identifier: MIT */
/* Maps of code for Hyp mode: what calls show of registers and results, and what they do not. */
#include <stdlib.h>

#include "engine/exact.h"
#include "engine/saved.h"
#include "engine/suggest.h"
#include "subject/site.h"
#include "subject/subject.h"
#include "under_test.h"

/* A branch to itself, and the return. */
#define SPIN UINT32_C(0xeafffffe)
#define ERET UINT32_C(0xe160006e)

/* Of code that nothing follows a map tells registers and results, as calls had them. */
TEST(maps_tell_registers)
{
	static const struct {
		const char *name, *calls, *does;
	} rows[] = {
	        {"linux-arm-stub-4.12", "w0 = 0", "return, vbar_el2 := w1"},
	        {"linux-arm-stub-4.12", "w0 = 1", "jump to w1 at el2-hyp"},
	        {"linux-arm-stub-4.12", "w0 = 2", "return, x0 := 0"},
	        {"linux-arm-stub-4.12", "w0 >= 3", "return, x0 := 0xbadca11"},
	        {"linux-arm-stub-4.12-t32", "w0 >= 3", "return, x0 := 0xbadca11"},
	        {"linux-arm-stub-3.7", "w0 = 0xffffffff", "return, x0 := vbar_el2"},
	        {"linux-arm-stub-3.7", "w0 != 0xffffffff", "return, vbar_el2 := w0"},
	        {"jailhouse-arm32", "imm = 0x4a48, w0 >= 9", "return, x0 := 0xffffffda"},
	        {"jailhouse-arm32", "imm != 0x4a48", "spin at parked+0xc"},
	        /* r0 compared signed: numbers from 0x80000000 on are taken for small ones */
	        {"broken-arm32-signed", "w0 = 2", "return, x0 := 0"},
	};
	struct hvc_exact *exact = NULL;
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag = {0};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_world world;
		bool found = false;

		if (!i || strcmp(rows[i].name, rows[i - 1].name) != 0) {
			struct hvc_exact_config with = {.world = &world,
			                                .insns = 1u << HVC_INSN_HVC_A32};

			hvc_exact__free(exact);
			hvc_subject_close(subject);
			hvc_world_init(&world, HVC_CPU_A15);
			ck_assert_int_eq(hvc_subject_open(rows[i].name, &diag, &subject), HVC_OK);
			ck_assert_int_eq(hvc_subject__resolve(subject, &world, &diag), HVC_OK);
			with.subject = subject;
			ck_assert_int_eq(hvc_exact__make(&with, &diag, &exact), HVC_OK);
			ck_assert(!hvc_exact__is_complete(exact));
			ck_assert_uint_eq(exact->parts, 1);
			ck_assert_uint_eq(exact->part[0].taken, HVC_IMM_COUNT);
		}
		for (unsigned k = 0; k < exact->part[0].rows; k++) {
			const struct hvc_row *row = &exact->part[0].row[k];
			char calls[512], does[512];

			ck_assert_int_eq(row->known, HVC_ROW_SWEPT);
			hvc_exact__print_condition(exact, row, calls, sizeof calls);
			hvc_exact__print_behaviour(exact, row, does, sizeof does);
			if (strcmp(calls, "anything else") != 0 &&
			    strcmp(calls, rows[i].calls) != 0)
				continue;
			found = found || !strcmp(does, rows[i].does);
		}
		ck_assert_msg(found, "%s: %s", rows[i].name, rows[i].calls);
	}
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

#define TABLE "/hyp.zImage@+0x400"

/* A subject of these words, the table first, as a zImage. */
static struct hvc_subject *open_words(const uint32_t *words, unsigned count)
{
	static uint32_t image[0x200];

	memset(image, 0, sizeof image);
	image[0x24 / 4] = 0x016f2818; /* a zImage's magic number */
	memcpy(image + 0x100, words, count * sizeof *words);
	suite_put(HVC_BINARY_DIR "/hyp.zImage", image, sizeof image);
	return open_subject(HVC_BINARY_DIR TABLE);
}

/* The map of an A32 handler of some words, from Supervisor mode by A32. */
static struct hvc_exact *map_words(const uint32_t *words, unsigned count)
{
	static struct hvc_subject *subject;
	struct hvc_exact_config config = {.insns = 1u << HVC_INSN_HVC_A32};
	uint32_t all[16] = {SPIN, SPIN, SPIN, SPIN, SPIN, 0xea000001, SPIN, SPIN};
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};
	struct hvc_world world;

	memcpy(all + 8, words, count * sizeof *words);
	hvc_subject_close(subject);
	subject = open_words(all, 8 + count);
	hvc_world_init(&world, HVC_CPU_A15);
	ck_assert_int_eq(hvc_subject__resolve(subject, &world, &diag), HVC_OK);
	config.subject = subject;
	config.world = &world;
	ck_assert_int_eq(hvc_exact__make(&config, &diag, &exact), HVC_OK);
	ck_assert(!hvc_exact__is_complete(exact));
	return exact;
}

/*
 * A table of loads of pc, which scan finds, and code that compares in each way of A32 and, behind a
 * BX, of T32: the numbers that calls are made with.
 */
TEST(numbers_are_found_where_the_table_leads)
{
	static const uint32_t words[] = {
	        /* ldr pc, [pc, #0x18]: to a spin; of 0x14 to what is behind it */
	        0xe59ff018, 0xe59ff018, 0xe59ff018, 0xe59ff018, 0xe59ff018, 0xe59ff018, 0xe59ff018,
	        0xe59ff018, 0x40000440, 0x40000440, 0x40000440, 0x40000440, 0x40000440, 0x40000444,
	        0x40000440, 0x40000440, SPIN,
	        /* cmp r0, #5; cmn r1, #3; teq r2, #0x71; cmp r3, r4 = 0x84001234; cmp r5, r6 with
	         * r5 a literal; subs r7, r7, #9; tst r9, r8 = -1; adr and bx r12 */
	        0xe3500005, 0xe3710003, 0xe3320071, 0xe3014234, 0xe3484400, 0xe1530004, 0xe59f5014,
	        0xe1550006, 0xe2577009, 0xe3e08000, 0xe1190008, 0xe28fc005, 0xe12fff1c, 0xcafe0001,
	        /* cmp r0, #0x21; cbz r1; cmp r2, r4 = 0x44; cmp r3, r5, a literal; cmp.w r9, r6 =
	         * 0xaaaa5555; cmp.w r10, #0x300; cmn.w r11, #1; subs r7, #0x77; cmp r12, r4, a
	         * literal of four bytes; eret */
	        0xb1892821, 0x42a22444, 0x42ab4d08, 0x5655f245, 0x26aaf6ca, 0x0f06ebb9, 0x7f40f5ba,
	        0x0f01f11b, 0xf8df3f77, 0x45a44008, 0x8f00f3de, 0x11223344};
	static const struct {
		unsigned reg;
		uint32_t value;
	} wanted[] = {{0, 5},          {0, 0x21},   {1, 0},           {1, 0xfffffffd},
	              {2, 0x44},       {2, 0x71},   {3, 0x11223344},  {3, 0x84001234},
	              {6, 0xcafe0001}, {7, 9},      {7, 0x77},        {9, 0xaaaa5555},
	              {9, 0xffffffff}, {10, 0x300}, {11, 0xffffffff}, {12, 0x11223344}};
	struct hvc_subject *subject = open_words(words, sizeof words / sizeof *words);
	struct hvc_constant *constant = NULL;
	struct hvc_scan *scan = NULL;
	struct hvc_diag diag = {0};
	size_t count = 0;

	ck_assert_int_eq(hvc_subject__constants(subject, 1000, &constant, &count), HVC_OK);
	for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		bool found = false;

		for (size_t k = 0; k < count; k++)
			found = found || (constant[k].reg == (enum hvc_reg)wanted[i].reg &&
			                  constant[k].value == wanted[i].value);
		ck_assert_msg(found, "r%u with 0x%x", wanted[i].reg, wanted[i].value);
	}
	free(constant);
	hvc_subject_close(subject);
	ck_assert_int_eq(hvc_scan__file(HVC_BINARY_DIR "/hyp.zImage", NULL, &diag, &scan), HVC_OK);
	ck_assert_uint_eq(scan->tables, 1);
	ck_assert_uint_eq(scan->table[0].candidate.address, 0x40000400);
	ck_assert(scan->table[0].candidate.erets);
	hvc_scan__free(scan);
}

/* Of r0 each value does something else here: those that have no row are counted. */
TEST(values_without_a_row_are_told)
{
	/* mov pc, r0, lsl #4 */
	struct hvc_exact *exact = map_words((const uint32_t[]){0xe1a0f200}, 1);

	ck_assert_msg(strstr(exact->part[0].why, " more did otherwise, and have no row"), "%s",
	              exact->part[0].why);
	hvc_exact__free(exact);
}

/* What a register becomes is told where it can be known by calls, and else that it cannot. */
TEST(results_are_told_as_far_as_calls_show)
{
	static const struct {
		uint32_t word[4];
		unsigned rows;
		const char *does;
	} handlers[] = {
	        /* add r0, r0, #0x30; sub r2, r1, #8 */
	        {{0xe2800030, 0xe2412008, ERET},
	         1,
	         "return, x0 := x0 + 0x30 & 0xffffffff, x2 := x1 - 8 & 0xffffffff"},
	        /* mrc p15, 4, r12, c5, c2, 0; uxth r12, r12: small immediates, too */
	        {{0xee95cf12, 0xe6ffc07c, ERET}, 1, "return, x12 := imm"},
	        /* eor r3, r1, r2: of these registers a number, of others another */
	        {{0xe0213002, ERET}, 1, "return, x3 := computed"},
	        /* movw r0, #0x1234 */
	        {{0xe3010234, ERET}, 1, "return, x0 := 0x1234"},
	};

	for (unsigned i = 0; i < sizeof handlers / sizeof *handlers; i++) {
		struct hvc_exact *exact = map_words(handlers[i].word, 4);
		char does[512];

		ck_assert_uint_eq(exact->part[0].rows, handlers[i].rows);
		hvc_exact__print_behaviour(exact, &exact->part[0].row[0], does, sizeof does);
		ck_assert_str_eq(does, handlers[i].does);
		hvc_exact__free(exact);
	}
}

/* A saved map says what calls did, as the map does: a diff of it finds what is no more. */
TEST(saved_maps_keep_what_was_seen)
{
	/* add r0, r0, #0x30; str r0, [r1] */
	struct hvc_exact *map =
	        map_words((const uint32_t[]){0xe2800030, 0xe5810000, ERET, SPIN}, 4);
	const char *path = HVC_BINARY_DIR "/hyp.map";
	struct hvc_exact *back = NULL;
	struct hvc_diag diag = {0};
	char does[2][512];
	FILE *file = fopen(path, "w");

	ck_assert_int_eq(hvc_exact__save(file, map, &diag), HVC_OK);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_msg(hvc_exact__load(path, &diag, &back) == HVC_OK, "%u: %s", diag.line,
	              diag.message);
	ck_assert_uint_eq(back->part[0].rows, map->part[0].rows);
	for (unsigned i = 0; i < map->part[0].rows; i++) {
		const struct hvc_row *is = &back->part[0].row[i], *was = &map->part[0].row[i];

		ck_assert(is->seen && was->seen && is->stored == was->stored);
		hvc_exact__print_behaviour(map, was, does[0], sizeof does[0]);
		hvc_exact__print_behaviour(back, is, does[1], sizeof does[1]);
		ck_assert_str_eq(does[0], does[1]);
	}
	ck_assert(map->part[0].row[map->part[0].rows - 1].stored);
	hvc_exact__free(back);
	hvc_exact__free(map);
}

/* What calls had is suggested as a promise, which the subject keeps and a wrong one does not. */
TEST(suggestions_promise_what_calls_had)
{
	const struct hvc_suggest_config suggesting = {.jobs = 1};
	struct hvc_subject *subject = open_subject("linux-arm-stub-4.12"),
	                   *broken = open_subject("broken-arm32-signed");
	struct hvc_exact_config config = {.subject = subject, .insns = 1u << HVC_INSN_HVC_A32};
	struct hvc_exact *exact = NULL;
	struct hvc_check *check;
	struct hvc_diag diag = {0};
	struct hvc_world world;
	struct hvc_abi *abi;
	char *text = NULL;

	hvc_world_init(&world, HVC_CPU_A15);
	config.world = &world;
	ck_assert_int_eq(hvc_exact__make(&config, &diag, &exact), HVC_OK);
	ck_assert_int_eq(hvc_suggest__abi(exact, &suggesting, "a", &diag, &text), HVC_OK);
	hvc_exact__free(exact);
	ck_assert_msg(strstr(text, "results: { x0: 0xbadca11 }"), "%s", text);
	ck_assert(strstr(text, "# swept: as calls had it, and not proved"));
	abi = parse_abi(text);
	check = run_check(subject, abi, 1);
	ck_assert_uint_eq(check->findings, 0);
	hvc_check_free(check);
	check = run_check(broken, abi, 1);
	ck_assert_uint_gt(check->findings, 0);
	hvc_check_free(check);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	hvc_subject_close(broken);
	free(text);
}

SUITE_MAIN("hyp_map")
