/* SPDX-License-Identifier: MIT */
/* Callers held to ABIs and to vectors: what is found, and what is not. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/callers.h"
#include "suite.h"
#include "tiny_elf.h"
#include "under_test.h"

#define FOLDER HVC_BINARY_DIR "/test_callers.files"
#define SIZE   0x1000u

#define BTI         UINT32_C(0xd503245f)
#define RET         UINT32_C(0xd65f03c0)
#define HVC(i)      (UINT32_C(0xd4000002) | (uint32_t)(i) << 5)
#define MOVZ(rd, i) (UINT32_C(0xd2800000) | (uint32_t)(i) << 5 | (rd))
#define MOVK(rd, i) (UINT32_C(0xf2a00000) | (uint32_t)(i) << 5 | (rd))
#define MOV(rd, rm) (UINT32_C(0xaa0003e0) | (uint32_t)(rm) << 16 | (rd))
#define BL_FAR      UINT32_C(0x94000200)
#define LDR0_X1     UINT32_C(0xf9400020)
#define STR2_X0_8   UINT32_C(0xf8008402) /* str x2, [x0], #8 */
#define CBZ24_8     UINT32_C(0xb4000058)

/* A small ABI: set, go and an answer to everything else; the immediate does not count. */
static const char stub[] = "abi: stub\n"
                           "title: a stub\n"
                           "source: this test\n"
                           "clobbers: x0-x3\n"
                           "rules:\n"
                           "  - name: set\n"
                           "    when: { x0: 0 }\n"
                           "    outcome: return\n"
                           "    results: { x0: 0, vbar_el2: x1 }\n"
                           "    clobbers: x0, x5\n"
                           "  - name: go\n"
                           "    when: { x0: 1 }\n"
                           "    outcome: jump\n"
                           "    at: x1\n"
                           "  - name: unknown\n"
                           "    default: true\n"
                           "    outcome: return\n"
                           "    results: { x0: -1 }\n";

/* The same by identifiers of SMCCC: 32 bits, and bit 30 says whether arguments have 64. */
static const char fast[] = "abi: fast\n"
                           "title: identifiers\n"
                           "source: this test\n"
                           "clobbers: x0-x3\n"
                           "rules:\n"
                           "  - name: narrow\n"
                           "    when: { w0: 0x84000000 }\n"
                           "    outcome: return\n"
                           "    results: { x0: 0 }\n"
                           "  - name: wide\n"
                           "    when: { w0: 0xc4000003 }\n"
                           "    outcome: return\n"
                           "    results: { x0: 0 }\n"
                           "  - name: unknown\n"
                           "    default: true\n"
                           "    outcome: return\n"
                           "    results: { x0: -1 }\n";

static const char *text_of_abi = stub;
static struct hvc_abi *abi;
static struct hvc_registry *registry;
static struct hvc_scan *scan;

/* One function a slot of 0x40 bytes, each with a landing pad. */
static void open_functions(const uint32_t (*function)[12], unsigned count)
{
	static uint8_t bytes[SIZE];
	struct hvc_diag diag = {0};
	const char *path = FOLDER "/callers.bin";

	memset(bytes, 0, sizeof bytes);
	for (unsigned i = 0; i < count; i++) {
		tiny_put(bytes, 0x40 * i, 4, BTI);
		for (unsigned n = 0; n < 12; n++)
			tiny_put(bytes, 0x40 * i + 4 + 4 * n, 4, function[i][n]);
	}
	suite_put(path, bytes, sizeof bytes);
	ck_assert_msg(hvc_scan__file(path, NULL, &diag, &scan) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(scan->sites, count);
	ck_assert_msg(hvc_abi_parse(text_of_abi, strlen(text_of_abi), NULL, &diag, &abi) == HVC_OK,
	              "%u: %s", diag.line, diag.message);
	ck_assert_msg(hvc_known__open(&diag, &registry) == HVC_OK, "%s", diag.message);
}

static void close_functions(void)
{
	hvc_scan__free(scan);
	hvc_abi_free(abi);
	hvc_known__close(registry);
}

static struct hvc_callers *hold(const struct hvc_subject *subject,
                                const struct hvc_site_filter *filter, unsigned filters)
{
	const struct hvc_callers_config config = {
	        .scan = scan,
	        .abi = subject ? NULL : abi,
	        .subject = subject,
	        .registry = registry,
	        .filter = filter,
	        .filters = filters,
	};
	struct hvc_callers *callers = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_callers__run(&config, &diag, &callers) == HVC_OK, "%s", diag.message);
	return callers;
}

/* What is expected of one function. */
struct expected {
	uint32_t code[12];
	enum hvc_caller_fit fit;
	unsigned issues;
	enum hvc_caller_issue_kind kind;
	enum hvc_reg reg;
	const char *answer; /* the first; NULL: any */
	const char *what;
};

#define NO_ISSUE 0, HVC_CALLER_ISSUE_COUNT, HVC_REG_NONE

static void assert_callers(const struct expected *row, unsigned count,
                           const struct hvc_subject *subject)
{
	uint32_t code[64][12];
	struct hvc_callers *callers;
	size_t findings = 0;

	for (unsigned i = 0; i < count; i++)
		memcpy(code[i], row[i].code, sizeof code[i]);
	open_functions(code, count);
	callers = hold(subject, NULL, 0);
	ck_assert_uint_eq(callers->callers, count);
	for (unsigned i = 0; i < count; i++) {
		const struct hvc_caller *caller = &callers->caller[i];

		ck_assert_msg(caller->fit == row[i].fit, "%s: %s", row[i].what,
		              hvc_caller_fit__name(caller->fit));
		ck_assert_msg(caller->issues == row[i].issues, "%s: %u issues; %s", row[i].what,
		              caller->issues, caller->issues ? caller->issue[0].text : "");
		if (row[i].issues) {
			ck_assert_msg(caller->issue[0].kind == row[i].kind, "%s: %s", row[i].what,
			              caller->issue[0].text);
			ck_assert_msg(caller->issue[0].reg == row[i].reg, "%s: %s", row[i].what,
			              caller->issue[0].text);
		}
		if (row[i].answer)
			ck_assert_msg(caller->answers >= 1 &&
			                      !strcmp(caller->answer[0].text, row[i].answer),
			              "%s: gets %s", row[i].what,
			              caller->answers ? caller->answer[0].text : "nothing");
		findings += row[i].issues;
	}
	ck_assert_uint_eq(callers->findings, findings);
	hvc_callers__free(callers);
	close_functions();
}

TEST(each_disagreement_is_found_and_nothing_else)
{
	/* clang-format off */
	static const struct expected rows[] = {
		{{MOV(1, 0), MOVZ(0, 0), HVC(0), RET},
		 HVC_CALLER_HELD, NO_ISSUE, "set", "a right call, whose result its caller gets"},
		{{MOVZ(0, 1), HVC(0), MOV(8, 1), MOV(0, 2), 0xd61f0100 /* br x8 */},
		 HVC_CALLER_HELD, NO_ISSUE, "go", "a call that does not come back"},
		{{MOVZ(0, 7), HVC(0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_NO_CALL, HVC_REG_NONE, "unknown", "an unknown call"},
		{{LDR0_X1, STR2_X0_8, CBZ24_8, HVC(0), RET},
		 HVC_CALLER_CHANCE, 1, HVC_CALLER_SELECTOR, HVC_REG_X0, "set", "a pointer left over"},
		{{MOVZ(0, 0), HVC(0), MOVZ(0, 0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_RESULT, HVC_REG_X0, "set", "a result thrown away"},
		{{MOVZ(5, 9), MOVZ(0, 0), HVC(0), MOV(3, 5), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_CLOBBERED, (enum hvc_reg)(HVC_REG_X0 + 5), "set",
		 "a register that does not survive"},
		{{MOVZ(6, 9), MOVZ(0, 0), HVC(0), MOV(3, 6), RET},
		 HVC_CALLER_HELD, NO_ISSUE, "set", "a register that does"},
		{{HVC(0), RET},
		 HVC_CALLER_UNKNOWN, NO_ISSUE, "set", "a wrapper that passes its argument on"},
		{{LDR0_X1, HVC(0), RET},
		 HVC_CALLER_UNKNOWN, NO_ISSUE, "set", "a selector from memory"},
		{{BL_FAR, HVC(0), RET},
		 HVC_CALLER_UNKNOWN, NO_ISSUE, "set", "a selector that a function returned"},
		{{MOVZ(0, 1), MOVK(0, 0x8000), HVC(0), RET},
		 HVC_CALLER_OTHER, NO_ISSUE, NULL, "SMCCC's ARCH_FEATURES"},
		{{MOVZ(16, 17), HVC(0xea1), RET},
		 HVC_CALLER_OTHER, NO_ISSUE, NULL, "Xen's hypercall"},
		{{MOVZ(0, 1), 0xb4000045 /* cbz x5, 8 */, MOVZ(0, 0), HVC(0), MOVZ(0, 0), RET},
		 HVC_CALLER_HELD, NO_ISSUE, "set", "two calls, one of which does not come back"},
		{{MOVZ(0, 0), HVC(0), 0x14000000 /* b . */},
		 HVC_CALLER_HELD, NO_ISSUE, "set", "nobody is left to look at the result"},
	};
	/* clang-format on */

	assert_callers(rows, sizeof rows / sizeof *rows, NULL);
}

#define MOVN(rd, i) (UINT32_C(0x92800000) | (uint32_t)(i) << 5 | (rd))

TEST(arguments_are_as_wide_as_the_identifier_says)
{
	/* clang-format off */
	static const struct expected rows[] = {
		{{MOVZ(0, 0), MOVK(0, 0x8400), MOVZ(1, 5), HVC(0), RET},
		 HVC_CALLER_HELD, NO_ISSUE, "narrow", "a right call"},
		{{MOVN(0, 0xffff), MOVK(0, 0x8400), HVC(0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_WIDENED, HVC_REG_X0, "narrow", "a signed identifier"},
		{{MOVZ(0, 0), MOVK(0, 0x8400), MOVN(1, 0), HVC(0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_WIDENED, HVC_REG_X0 + 1, "narrow", "a signed argument"},
		{{MOVZ(0, 3), MOVK(0, 0xc400), MOVN(1, 0), HVC(0), RET},
		 HVC_CALLER_HELD, NO_ISSUE, "wide", "an argument of 64 bits"},
	};
	/* clang-format on */

	text_of_abi = fast;
	assert_callers(rows, sizeof rows / sizeof *rows, NULL);
	text_of_abi = stub;
}

TEST(vectors_that_run_say_the_same)
{
	/* clang-format off */
	static const struct expected rows[] = {
		{{MOVZ(0, 2), HVC(0), RET}, HVC_CALLER_HELD, NO_ISSUE, NULL, "reset"},
		{{MOVZ(0, 9), HVC(0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_NO_CALL, HVC_REG_NONE, NULL, "an unknown call"},
		{{LDR0_X1, STR2_X0_8, HVC(0), RET},
		 HVC_CALLER_CHANCE, 1, HVC_CALLER_SELECTOR, HVC_REG_X0, NULL, "a pointer left over"},
		{{MOVZ(0, 2), HVC(0), MOVZ(0, 0), RET},
		 HVC_CALLER_HELD, 1, HVC_CALLER_RESULT, HVC_REG_X0, NULL, "a result thrown away"},
		{{HVC(0), RET}, HVC_CALLER_UNKNOWN, NO_ISSUE, NULL, "a wrapper"},
		{{MOVZ(0, 1), MOVK(0, 0x8000), HVC(0), RET}, HVC_CALLER_OTHER, NO_ISSUE, NULL, "SMCCC"},
		{{MOVZ(16, 17), HVC(0xea1), RET}, HVC_CALLER_OTHER, NO_ISSUE, NULL, "Xen"},
	};
	/* clang-format on */
	struct hvc_subject *subject = open_subject("linux-stub-4.12");

	assert_callers(rows, sizeof rows / sizeof *rows, subject);
	hvc_subject_close(subject);
}

/* The 4.7 stub returns with x30 changed, which RET reads. */
TEST(vectors_that_run_show_what_they_clobber)
{
	static const struct expected rows[] = {
	        {{MOVZ(0, 1), HVC(0), RET},
	         HVC_CALLER_HELD,
	         1,
	         HVC_CALLER_CLOBBERED,
	         HVC_REG_X30,
	         NULL,
	         "the return address"},
	        {{MOV(9, 30), MOVZ(0, 1), HVC(0), MOV(30, 9), RET},
	         HVC_CALLER_HELD,
	         NO_ISSUE,
	         NULL,
	         "the return address saved"},
	};
	struct hvc_subject *subject = open_subject("linux-stub-4.7");

	assert_callers(rows, sizeof rows / sizeof *rows, subject);
	hvc_subject_close(subject);
}

TEST(named_sites_are_held_whatever_they_look_like)
{
	const uint32_t code[][12] = {{MOVZ(0, 1), MOVK(0, 0x8000), HVC(0), RET},
	                             {MOVZ(0, 7), HVC(0x1235), RET}};
	struct hvc_site_filter filter[] = {{.by_address = true, .address = HVC_IMAGE_BASE + 0xc},
	                                   {.by_imm = true, .imm = 0x1235}};
	struct hvc_callers_config config = {0};
	struct hvc_callers *callers, *untouched = NULL;
	struct hvc_diag diag = {0};

	open_functions(code, 2);
	callers = hold(NULL, NULL, 0);
	/* Nobody owns the second's immediate, so nobody else can be meant. */
	ck_assert_int_eq(callers->caller[0].fit, HVC_CALLER_OTHER);
	ck_assert_uint_eq(callers->findings, 1);
	hvc_callers__free(callers);
	callers = hold(NULL, filter, 2);
	ck_assert_uint_eq(callers->callers, 2);
	ck_assert_uint_eq(callers->finding[HVC_CALLER_NO_CALL], 2);
	ck_assert_int_eq(callers->caller[0].fit, HVC_CALLER_HELD);
	hvc_callers__free(callers);
	/* By the function's address, too. */
	filter[0].address = HVC_IMAGE_BASE;
	callers = hold(NULL, filter, 1);
	ck_assert_uint_eq(callers->callers, 1);
	hvc_callers__free(callers);
	/* A site that does not exist is no clean bill. */
	filter[0].address = HVC_IMAGE_BASE + 4;
	config = (struct hvc_callers_config){
	        .scan = scan, .abi = abi, .registry = registry, .filter = filter, .filters = 1};
	ck_assert_int_eq(hvc_callers__run(&config, &diag, &untouched), HVC_E_NOTFOUND);
	ck_assert_ptr_null(untouched);
	close_functions();
}

TEST(another_abi_excuses_its_calls)
{
	const uint32_t code[][12] = {{MOVZ(0, 2), HVC(0), RET}, {MOVZ(0, 9), HVC(0), RET}};
	struct hvc_abi *other = open_abi("linux-stub-4.12"), *own;
	struct hvc_callers *callers, *others;

	open_functions(code, 2);
	callers = hold(NULL, NULL, 0);
	ck_assert_uint_eq(callers->findings, 2);
	own = abi;
	abi = other;
	others = hold(NULL, NULL, 0);
	abi = own;
	hvc_callers__excuse(callers, others);
	ck_assert_uint_eq(callers->findings, 1);
	ck_assert_int_eq(callers->caller[0].fit, HVC_CALLER_OTHER);
	ck_assert_int_eq(callers->caller[1].fit, HVC_CALLER_HELD);
	ck_assert_uint_eq(callers->of[HVC_CALLER_OTHER], 1);
	ck_assert_uint_eq(callers->of[HVC_CALLER_HELD], 1);
	hvc_callers__free(callers);
	hvc_callers__free(others);
	hvc_abi_free(other);
	close_functions();
}

/* AAPCS64: x19 to x29 are the function's caller's, and x30 is where the function returns to. */
TEST(what_belongs_to_the_caller_of_the_function)
{
	static const char all[] = "abi: all\ntitle: all\nsource: this test\nclobbers: x0-x30\n"
	                          "rules:\n  - { name: one, when: { x0: 0 }, outcome: return }\n"
	                          "  - { name: rest, default: true, outcome: return }\n";
	static const uint32_t code[][12] = {{MOVZ(0, 0), HVC(0), RET}};
	struct hvc_callers *callers;
	const struct hvc_caller *caller;

	open_functions(code, 1);
	hvc_abi_free(abi);
	abi = parse_abi(all);
	callers = hold(NULL, NULL, 0);
	caller = callers->caller;
	ck_assert_uint_eq(caller->issues, 12);
	for (unsigned i = 0; i < caller->issues; i++) {
		ck_assert_int_eq(caller->issue[i].kind, HVC_CALLER_CLOBBERED);
		ck_assert_int_eq(caller->issue[i].reg, HVC_REG_X0 + 19 + i);
	}
	hvc_callers__free(callers);
	close_functions();
}

SUITE_MAIN("callers")
