/* SPDX-License-Identifier: MIT */
/* The constants that a subject's code compares registers with. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "subject/subject.h"
#include "suite.h"
#include "tiny_elf.h"

#define FOLDER   HVC_BINARY_DIR "/test_constant.files"
#define CODE_MAX 12u

/* Open an ELF file whose slot 0x400 branches to `code` and whose other slots spin. */
static struct hvc_subject *open_code(const uint32_t code[], unsigned words)
{
	static const uint32_t branch[] = {0x14000100}; /* b . + 0x400 */
	const char *path = FOLDER "/code.elf";
	uint8_t bytes[TINY_SIZE];
	struct hvc_subject *subject;
	struct hvc_diag diag;

	tiny_elf(bytes);
	tiny_code(bytes, 0x400, branch, 1);
	tiny_code(bytes, 0x800, code, words);
	suite_put(path, bytes, sizeof bytes);
	ck_assert_msg(hvc_subject_open(path, &diag, &subject) == HVC_OK, "%s", diag.message);
	return subject;
}

/* "x0=0x3 w1=0x10 ..." in the order of the result. */
static void constants_of(const uint32_t code[], unsigned words, char *text, size_t size)
{
	struct hvc_subject *subject = open_code(code, words);
	struct hvc_constant *constant;
	size_t count, used = 0;

	ck_assert_int_eq(hvc_subject__constants(subject, 1000, &constant, &count), HVC_OK);
	text[0] = '\0';
	for (size_t i = 0; i < count && used < size; i++)
		used += (size_t)snprintf(text + used, size - used, "%s%c%d=0x%" PRIx64,
		                         i ? " " : "", constant[i].word ? 'w' : 'x',
		                         constant[i].reg - HVC_REG_X0, constant[i].value);
	ck_assert(count ? constant != NULL : constant == NULL);
	free(constant);
	hvc_subject_close(subject);
}

#define ERET 0xd69f03e0

TEST(each_way_to_compare)
{
	static const struct {
		uint32_t code[CODE_MAX];
		const char *constants;
	} rows[] = {
	        /* clang-format off */
		{{0xf100081f, ERET}, "x0=0x2"},                          /* cmp x0, #2 */
		{{0x7140043f, ERET}, "w1=0x1000"},                       /* cmp w1, #1, lsl #12 */
		{{0xb100045f, ERET}, "x2=0xffffffffffffffff"},           /* cmn x2, #1 */
		{{0x3100045f, ERET}, "w2=0xffffffff"},                   /* cmn w2, #1 */
		{{0xf1001463, ERET}, "x3=0x5"},                          /* subs x3, x3, #5 */
		{{0xfa450881, ERET}, "x4=0x5"},                          /* ccmp x4, #5, #1, eq */
		{{0xba450881, ERET}, "x4=0xfffffffffffffffb"},           /* ccmn x4, #5, #1, eq */
		{{0xf27c00bf, ERET}, "x5=0x10"},                         /* tst x5, #0x10 */
		{{0xb4000026, ERET}, "x6=0x0"},                          /* cbz x6, . + 4 */
		{{0x35000026, ERET}, "w6=0x0"},                          /* cbnz w6, . + 4 */
		{{0xb7f80027, ERET}, "x7=0x8000000000000000"},           /* tbnz x7, #63, . + 4 */
		{{0x36180028, ERET}, "x8=0x8"},                          /* tbz w8, #3, . + 4 */
		{{0xf100041f, 0xf1000c1f, 0xf100041f, ERET}, "x0=0x1 x0=0x3"},
		{{0xf10007ff, ERET}, ""},                                /* cmp sp, #1 */
		{{0xeb01001f, ERET}, ""},                                /* cmp x0, x1 */
		{{0xeb1f001f, ERET}, "x0=0x0"},                          /* cmp x0, xzr */
	        /* clang-format on */
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];

		constants_of(rows[i].code, CODE_MAX, text, sizeof text);
		ck_assert_msg(!strcmp(text, rows[i].constants), "row %zu: %s", i, text);
	}
}

TEST(each_way_to_make_a_constant)
{
	static const struct {
		uint32_t code[CODE_MAX];
		const char *constants;
	} rows[] = {
	        /* mov x3, #0xca11; movk x3, #0xbad, lsl #16; cmp x0, x3 */
	        {{0xd2994223, 0xf2a175a3, 0xeb03001f, ERET}, "x0=0xbadca11"},
	        /* The same, operands exchanged. */
	        {{0xd2994223, 0xf2a175a3, 0xeb00007f, ERET}, "x0=0xbadca11"},
	        /* mov w3, #-6; cmp w0, w3 */
	        {{0x128000a3, 0x6b03001f, ERET}, "w0=0xfffffffa"},
	        /* mov x3, #0xff (orr); ccmp x0, x3, #0, eq */
	        {{0xb2401fe3, 0xfa430000, ERET}, "x0=0xff"},
	        /* ldr x3, . + 16; cmp x0, x3; eret; nop; .quad */
	        {{0x58000083, 0xeb03001f, ERET, 0xd503201f, 0x89abcdef, 0x01234567},
	         "x0=0x123456789abcdef"},
	        /* ldr w3, . + 12; ldrsw x4, . + 8 */
	        {{0x18000083, 0x98000064, 0x6b03001f, 0xeb04003f, 0x89abcdef},
	         "w0=0x89abcdef x1=0xffffffff89abcdef"},
	        /* mov x3, #1; add x3, x3, #1; cmp x0, x3: not followed */
	        {{0xd2800023, 0x91000463, 0xeb03001f, ERET}, ""},
	        /* mov x3, #1; ldp x2, x3, [sp]; cmp x0, x3 */
	        {{0xd2800023, 0xa9400fe2, 0xeb03001f, ERET}, ""},
	        /* mov x3, #1; blr x9; cmp x0, x3 */
	        {{0xd2800023, 0xd63f0120, 0xeb03001f, ERET}, ""},
	        /* adrp x3, .; cmp x0, x3 */
	        {{0x90000003, 0xeb03001f, ERET}, ""},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];

		constants_of(rows[i].code, CODE_MAX, text, sizeof text);
		ck_assert_msg(!strcmp(text, rows[i].constants), "row %zu: %s", i, text);
	}
}

TEST(what_a_computed_value_says)
{
	static const struct {
		uint32_t code[CODE_MAX];
		const char *constants;
	} rows[] = {
	        /* sub x1, x0, #3; cbz x1: x0 is compared with 3 */
	        {{0xd1000c01, 0xb4000021, ERET}, "x0=0x3 x1=0x0"},
	        /* sub x0, x0, #1; cbz x0; sub x0, x0, #1; cbz x0 */
	        {{0xd1000400, 0xb4000060, 0xd1000400, 0xb4000020, ERET}, "x0=0x0 x0=0x1 x0=0x2"},
	        /* mov x3, #0xc6000000; eor x3, x0, x3; cbnz x3 */
	        {{0xd2b8c003, 0xca030003, 0xb5000023, ERET}, "x0=0xc6000000 x3=0x0"},
	        /* eor x1, x0, #0xff; cmp x1, #0xf0 */
	        {{0xd2401c01, 0xf103c03f, ERET}, "x0=0xf x1=0xf0"},
	        /* mov x9, x0; cmp x9, #7 */
	        {{0xaa0003e9, 0xf1001d3f, ERET}, "x0=0x7 x9=0x7"},
	        /* lsr x1, x0, #24; cmp x1, #0x84 */
	        {{0xd358fc01, 0xf102103f, ERET}, "x0=0x84000000 x1=0x84"},
	        /* lsl x1, x0, #24; cmp x1, #1: not followed */
	        {{0xd3689c01, 0xf100043f, ERET}, "x1=0x1"},
	        /* mrs x1, esr_el2; lsr x1, x1, #26; cmp x1, #0x16 */
	        {{0xd53c5201, 0xd35afc21, 0xf100583f, ERET}, "x1=0x16"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char text[256];

		constants_of(rows[i].code, CODE_MAX, text, sizeof text);
		ck_assert_msg(!strcmp(text, rows[i].constants), "row %zu: %s", i, text);
	}
}

TEST(control_flow_is_followed)
{
	/* cmp x0, #1; b.ne 1f; cmp x0, #2; eret; cmp x0, #9; 1: bl 2f; cmp x0, #3; eret;
	   2: cmp x0, #4; b . */
	static const uint32_t code[] = {0xf100041f, 0x54000081, 0xf100081f, ERET,       0xf100241f,
	                                0x94000003, 0xf1000c1f, ERET,       0xf100101f, 0x14000000};
	char text[256];
	struct hvc_subject *subject;
	struct hvc_constant *constant;
	size_t count;

	constants_of(code, sizeof code / sizeof *code, text, sizeof text);
	ck_assert_str_eq(text, "x0=0x1 x0=0x2 x0=0x3 x0=0x4");

	/* The sixteen slots and the branch come first: the limit is one of instructions. */
	subject = open_code(code, sizeof code / sizeof *code);
	ck_assert_int_eq(hvc_subject__constants(subject, 17, &constant, &count), HVC_OK);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(constant[0].value, 1);
	ck_assert_uint_eq(constant[0].address, TINY_TEXT + 0x800);
	free(constant);
	ck_assert_int_eq(hvc_subject__constants(subject, 0, &constant, &count), HVC_OK);
	ck_assert_uint_eq(count, 0);
	ck_assert_ptr_null(constant);
	hvc_subject_close(subject);
}

SUITE_MAIN("constant")
