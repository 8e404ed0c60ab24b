/* SPDX-License-Identifier: MIT */
/* Value expressions: what each form means, where each mistake is, and the way back to text. */
#include <inttypes.h>
#include <string.h>

#include "abi/expr.h"
#include "base/random.h"
#include "hvcheck/arch.h"
#include "suite.h"

#define ALL UINT64_MAX

static struct hvc_state entry;
static struct hvc_call call;

/* x0 = 0x1000, x1 = 0x1111 + 0x0123456700000000, ..., every other register its number << 8. */
static struct hvc_context make_context(void)
{
	const struct hvc_context context = {&entry, &call};

	hvc_call_init(&call, 0);
	call.imm = 0xea1;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		entry.v[reg] = (uint64_t)reg << 8;
	entry.v[0] = 0x1000;
	entry.v[1] = UINT64_C(0x0123456789abcdef);
	entry.v[2] = 3;
	return context;
}

static uint64_t eval(const char *text)
{
	const struct hvc_context context = make_context();
	const char *message = "";
	struct hvc_expr expr;
	size_t position = 0;

	ck_assert_msg(hvc_expr__parse(text, &expr, &position, &message) == HVC_OK, "%s at %zu: %s",
	              text, position, message);
	ck_assert_uint_ge(expr.count, 1);
	return hvc_expr__eval(&expr, &context);
}

static void check_values(const char *const *text, const uint64_t *value, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		ck_assert_msg(eval(text[i]) == value[i], "%s is 0x%" PRIx64 ", not 0x%" PRIx64,
		              text[i], eval(text[i]), value[i]);
}

#define CHECK_VALUES(text, value)                                                                  \
	do {                                                                                       \
		ck_assert_uint_eq(sizeof(text) / sizeof *(text), sizeof(value) / sizeof *(value)); \
		check_values(text, value, sizeof(text) / sizeof *(text));                          \
	} while (0)

TEST(numbers)
{
	static const char *const text[] = {
	        "0",
	        "7",
	        "010",
	        "0x10",
	        "0XbadCA11",
	        "18446744073709551615",
	        "0xffffffffffffffff",
	        "-1",
	        "--1",
	        "~0",
	        "-0x10",
	        " 5\t",
	        "NOT_SUPPORTED",
	        "DENIED",
	        "HVC_STUB_ERR",
	        "-ENOSYS",
	};
	static const uint64_t value[] = {
	        0,
	        7,
	        10,
	        16,
	        0xbadca11,
	        ALL,
	        ALL,
	        ALL,
	        1,
	        ALL,
	        -(uint64_t)16,
	        5,
	        ALL,
	        -(uint64_t)3,
	        0xbadca11,
	        -(uint64_t)38,
	};

	CHECK_VALUES(text, value);
}

TEST(names)
{
	static const char *const text[] = {
	        "x0", "X1", "w1", "W1", "lr", "x30", "vbar_el2", "VBAR_EL2", "nzcv", "imm", "esr",
	};
	static const uint64_t value[] = {
	        0x1000,
	        UINT64_C(0x0123456789abcdef),
	        0x89abcdef,
	        0x89abcdef,
	        30 << 8,
	        30 << 8,
	        HVC_REG_VBAR_EL2 << 8,
	        HVC_REG_VBAR_EL2 << 8,
	        HVC_REG_NZCV << 8,
	        0xea1,
	        0x5a000ea1,
	};

	CHECK_VALUES(text, value);
	ck_assert_uint_eq(eval("self"), HVC_CALLS + 0xea1 * 4);
	ck_assert_uint_eq(eval("return"), HVC_CALLS + 0xea1 * 4 + 4);
}

TEST(every_register_has_a_name)
{
	for (unsigned reg = 3; reg < HVC_REG_COUNT; reg++)
		ck_assert_uint_eq(eval(hvc_reg_name((enum hvc_reg)reg)), (uint64_t)reg << 8);
}

TEST(smc_has_its_own_syndrome_and_address)
{
	struct hvc_context context = make_context();
	struct hvc_expr esr = hvc_expr__term(HVC_TERM_ESR), self = hvc_expr__term(HVC_TERM_SELF);

	call.insn = HVC_INSN_SMC;
	call.imm = 0x12;
	ck_assert_uint_eq(hvc_expr__eval(&esr, &context), 0x5e000012);
	ck_assert_uint_eq(hvc_expr__eval(&self, &context), HVC_SMC_CALLS + 0x12 * 4);
}

TEST(operators_and_precedence)
{
	static const char *const text[] = {
	        "1 + 2 - 4",
	        "10 - 3 - 2",
	        "10 - (3 - 2)",
	        "1 << 4 + 1",
	        "1 + 1 << 4",
	        "(1 + 1) << 4",
	        "6 & 3 | 8",
	        "8 | 6 & 3",
	        "8 | (6 & 3)",
	        "6 ^ 3 & 1",
	        "0xf0 >> 4 >> 1",
	        "1 << 2 << 3",
	        "-1 + 2",
	        "~x2 & 0xff",
	        "-x2 & 0xff",
	        "x0 + x2 & ~1",
	        "1 << 64",
	        "1 << 63",
	        "x1 >> 64",
	        "x1 >> 65536",
	        "1 << -1",
	        "0xffffffffffffffff + 1",
	        "0 - 1",
	        "x2-1",
	        "~-1",
	        "-~0",
	};
	static const uint64_t value[] = {
	        ALL,
	        5,
	        9,
	        (1 << 4) + 1,
	        1 + (1 << 4),
	        32,
	        10,
	        (8 | 6) & 3,
	        10,
	        (6 ^ 3) & 1,
	        7,
	        32,
	        1,
	        0xfc,
	        0xfd,
	        0x1002,
	        0,
	        UINT64_C(1) << 63,
	        0,
	        0,
	        0,
	        0,
	        ALL,
	        2,
	        0,
	        1,
	};

	CHECK_VALUES(text, value);
}

TEST(function_calls)
{
	static const char *const text[] = {
	        "function(1, 0, 0)",
	        "function(0, 1, 0)",
	        "function(0,0,1)",
	        "function ( x2 , imm , -1 ) + 1",
	        "function(function(1,1,1), 0, 0)",
	};
	static const uint64_t value[] = {3, 5, 7, 9 + 5 * 0xea1 - 7 + 1, 45};

	CHECK_VALUES(text, value);
	ck_assert_uint_eq(hvc_function__result(ALL, 2, 3), (uint64_t)-3 + 10 + 21);
}

TEST(mistakes_have_a_place)
{
	static const struct {
		const char *text;
		size_t position;
		const char *message;
	} cases[] = {
	        {"", 0, "expected a number, a name or ("},
	        {"   ", 3, "expected a number, a name or ("},
	        {"1 +", 3, "expected a number, a name or ("},
	        {"1 + * 2", 4, "expected a number, a name or ("},
	        {"& 1", 0, "expected a number, a name or ("},
	        {"-", 1, "expected a number, a name or ("},
	        {"()", 1, "expected a number, a name or ("},
	        {"1 2", 2, "unexpected text after the expression"},
	        {"x0)", 2, "unexpected text after the expression"},
	        {"x0 < 3", 3, "unexpected text after the expression"},
	        {"0x", 0, "malformed number"},
	        {"1 | 0xg", 4, "malformed number"},
	        {"12a", 0, "malformed number"},
	        {"1_000", 0, "malformed number"},
	        {"x0 & 0x10000000000000000", 5, "number does not fit in 64 bits"},
	        {"18446744073709551616", 0, "number does not fit in 64 bits"},
	        {"x31", 0, "unknown name"},
	        {"w31", 0, "unknown name"},
	        {"wsp", 0, "unknown name"},
	        {"x0 | frob", 5, "unknown name"},
	        {"a_name_that_is_longer_than_any", 0, "unknown name"},
	        {"(1 + 2", 6, "expected )"},
	        {"((1)", 4, "expected )"},
	        {"function", 8, "expected ( after function"},
	        {"function(1)", 10, "function takes three arguments: expected ,"},
	        {"function(1, 2)", 13, "function takes three arguments: expected ,"},
	        {"function(1, 2, 3, 4)", 16, "function takes three arguments: expected )"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_expr expr = hvc_expr__const(99), before = expr;
		const char *message = NULL;
		size_t position = 999;

		ck_assert_msg(hvc_expr__parse(cases[i].text, &expr, &position, &message) ==
		                      HVC_E_FORMAT,
		              "\"%s\" is accepted", cases[i].text);
		ck_assert_msg(position == cases[i].position, "\"%s\": at %zu, not %zu",
		              cases[i].text, position, cases[i].position);
		ck_assert_str_eq(message, cases[i].message);
		ck_assert(hvc_expr__equal(&expr, &before));
		ck_assert_int_eq(hvc_expr__parse(cases[i].text, &expr, NULL, NULL), HVC_E_FORMAT);
	}
}

/* "1+1+...": each number and each + is a term. */
TEST(size_is_limited)
{
	char text[4096] = "1";
	struct hvc_expr expr;
	const char *message;
	size_t position;

	for (unsigned i = 0; i < HVC_EXPR_MAX / 2 - 1; i++)
		strcat(text, "+1");
	ck_assert_uint_eq(eval(text), HVC_EXPR_MAX / 2);
	ck_assert_int_eq(hvc_expr__parse(strcat(text, "+1"), &expr, &position, &message),
	                 HVC_E_FORMAT);
	ck_assert_str_eq(message, "expression has too many terms");
	ck_assert_uint_eq(position, HVC_EXPR_MAX - 1);
	for (unsigned kind = 0; kind < 3; kind++) {
		memset(text, "(-~"[kind], 3000);
		text[3000] = '\0';
		ck_assert_int_eq(hvc_expr__parse(text, &expr, &position, &message), HVC_E_FORMAT);
		ck_assert_str_eq(message, "expression is nested too deeply");
	}
	for (text[0] = '\0'; strlen(text) + 10 < sizeof text;)
		strcat(text, "function(");
	ck_assert_int_eq(hvc_expr__parse(text, &expr, &position, &message), HVC_E_FORMAT);
	ck_assert_str_eq(message, "expression is nested too deeply");
}

TEST(printing_is_canonical)
{
	static const char *const cases[][2] = {
	        {"0", "0"},
	        {"0x9", "9"},
	        {"10", "0xa"},
	        {"W3", "x3 & 0xffffffff"},
	        {"w3+1", "(x3 & 0xffffffff) + 1"},
	        {"((x0))", "x0"},
	        {"lr", "x30"},
	        {"1-(2-3)", "1 - (2 - 3)"},
	        {"1-2-3", "1 - 2 - 3"},
	        {"(1+2)<<3", "(1 + 2) << 3"},
	        {"1+2<<3", "1 + 2 << 3"},
	        {"x0|(x1&x2)", "x0 | (x1 & x2)"},
	        {"x0|x1&x2", "x0 | x1 & x2"},
	        {"-(1+2)", "-(1 + 2)"},
	        {"~-x1", "~-x1"},
	        {"~x1<<2", "~x1 << 2"},
	        {"function(x1|2,imm,(3))^esr", "function(x1 | 2, imm, 3) ^ esr"},
	        {"return-self", "return - self"},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hvc_expr expr;
		char text[128];

		ck_assert_int_eq(hvc_expr__parse(cases[i][0], &expr, NULL, NULL), HVC_OK);
		hvc_expr__print(&expr, text, sizeof text);
		ck_assert_str_eq(text, cases[i][1]);
	}
}

/* A random expression in postfix, of at most HVC_EXPR_MAX terms. */
static struct hvc_expr random_expr(uint64_t *seed)
{
	struct hvc_expr expr = {.count = 0};
	unsigned depth = 0, wanted = 1 + (unsigned)(hvc_random(seed) % (HVC_EXPR_MAX - 1));

	while (expr.count < wanted || depth > 1) {
		enum hvc_term_kind kind =
		        (enum hvc_term_kind)(hvc_random(seed) % (HVC_TERM_FUNCTION + 1));
		unsigned takes = kind >= HVC_TERM_AND && kind <= HVC_TERM_SHR   ? 2
		                 : kind == HVC_TERM_NOT || kind == HVC_TERM_NEG ? 1
		                 : kind == HVC_TERM_FUNCTION                    ? 3
		                                                                : 0;

		/* Leave room for the operators that bring the stack back to one value. */
		if (expr.count + depth >= wanted && depth > 1) {
			kind = HVC_TERM_SUB;
			takes = 2;
		}
		if (takes > depth || expr.count == HVC_EXPR_MAX)
			continue;
		/* Of a number these make another number, which has no sign of its own. */
		if (takes == 1 && expr.term[expr.count - 1].kind == HVC_TERM_CONST)
			continue;
		expr.term[expr.count] = hvc_expr__term(kind).term[0];
		if (kind == HVC_TERM_CONST)
			expr.term[expr.count].value = hvc_random(seed) >> hvc_random(seed) % 31;
		if (kind == HVC_TERM_REG)
			expr.term[expr.count].reg =
			        (enum hvc_reg)(hvc_random(seed) % HVC_REG_COUNT);
		expr.count++;
		depth += 1 - takes;
	}
	return expr;
}

TEST(printed_text_parses_to_the_same)
{
	const struct hvc_context context = make_context();
	uint64_t seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		struct hvc_expr expr = random_expr(&seed), again;
		char text[1024];

		hvc_expr__print(&expr, text, sizeof text);
		ck_assert_msg(hvc_expr__parse(text, &again, NULL, NULL) == HVC_OK, "%s", text);
		ck_assert_msg(hvc_expr__equal(&expr, &again), "%s", text);
		ck_assert_uint_eq(hvc_expr__eval(&expr, &context),
		                  hvc_expr__eval(&again, &context));
	}
}

TEST(printing_cuts_to_size)
{
	struct hvc_expr expr;
	char text[16];

	ck_assert_int_eq(hvc_expr__parse("vbar_el2 + 0x800", &expr, NULL, NULL), HVC_OK);
	for (size_t size = 1; size <= sizeof text; size++) {
		memset(text, '!', sizeof text);
		hvc_expr__print(&expr, text, size);
		ck_assert_uint_eq(strlen(text), size - 1);
		ck_assert_int_eq(strncmp(text, "vbar_el2 + 0x800", size - 1), 0);
		ck_assert(size == sizeof text || text[size] == '!');
	}
	text[0] = '!';
	hvc_expr__print(&expr, text, 0);
	ck_assert_int_eq(text[0], '!');
}

TEST(equality_is_of_terms)
{
	struct hvc_expr a = hvc_expr__const(5), b = hvc_expr__const(5), c = hvc_expr__const(6);
	struct hvc_expr r = hvc_expr__reg(HVC_REG_X30), s = hvc_expr__reg(HVC_REG_VBAR_EL2);
	struct hvc_expr two;

	ck_assert_int_eq(hvc_expr__parse("5 + 0", &two, NULL, NULL), HVC_OK);
	ck_assert(hvc_expr__equal(&a, &b));
	ck_assert(!hvc_expr__equal(&a, &c));
	ck_assert(!hvc_expr__equal(&r, &s));
	ck_assert(!hvc_expr__equal(&a, &two));
	r.term[0].value = 1; /* means nothing for a register */
	ck_assert(hvc_expr__equal(&r, &(struct hvc_expr){1, {{HVC_TERM_REG, HVC_REG_X30, 2}}}));
}

SUITE_MAIN("expr")
