/* SPDX-License-Identifier: MIT */
/** Terms and sets as text: what people write, and what expr.h reads as the same value. */
#include <inttypes.h>
#include <string.h>

#include "abi/expr.h"
#include "base/random.h"
#include "suite.h"
#include "symbolic/bv_node.h"
#include "symbolic/set.h"

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

struct fixture {
	struct hvc_bvs *terms;
	hvc_ref x0, x1, imm, nzcv, vbar, self, esr, memory;
};

static struct fixture open_terms(void)
{
	struct fixture f = {0};

	ck_assert_int_eq(hvc_bv__open(0, &f.terms), HVC_OK);
	f.x0 = hvc_bv__input(f.terms, "x0", 64);
	f.x1 = hvc_bv__input(f.terms, "x1", 64);
	f.imm = hvc_bv__input(f.terms, "imm", 16);
	f.nzcv = hvc_bv__input(f.terms, "nzcv", 4);
	hvc_bv__input_of(f.terms, f.nzcv)->base = 28;
	f.vbar = hvc_bv__input(f.terms, "vbar_el2", 64);
	f.memory = hvc_bv__input(f.terms, "[x1 + 0x18]", 64);
	f.self = hvc_bv__input(f.terms, "self", 64);
	f.esr = hvc_bv__concat(f.terms, hvc_bv__num(f.terms, 48, 0x5a00), f.imm);
	hvc_bv__alias(f.terms, hvc_bv__add(f.terms, f.self, hvc_bv__num(f.terms, 64, 4)), "return");
	hvc_bv__alias(f.terms, f.esr, "esr");
	return f;
}

static hvc_ref num(struct fixture *f, uint64_t value)
{
	return hvc_bv__num(f->terms, 64, value);
}

static void assert_text(struct fixture *f, hvc_ref a, const char *expected)
{
	char text[256];

	hvc_bv__print(f->terms, a, text, sizeof text);
	ck_assert_str_eq(text, expected);
}

TEST(values_print_as_people_write_them)
{
	struct fixture f = open_terms();
	struct hvc_bvs *t = f.terms;
	hvc_ref w0 = hvc_bv__extract(t, f.x0, 31, 0), w1 = hvc_bv__extract(t, f.x1, 31, 0);

	assert_text(&f, num(&f, 0xbadca11), "0xbadca11");
	assert_text(&f, num(&f, 7), "7");
	assert_text(&f, hvc_bv__add(t, f.x0, num(&f, 0x10)), "x0 + 0x10");
	assert_text(&f, hvc_bv__sub(t, f.x0, num(&f, 0x10)), "x0 - 0x10");
	assert_text(&f, hvc_bv__zext(t, w0, 64), "w0");
	assert_text(&f, hvc_bv__zext(t, hvc_bv__add(t, w0, w1), 64), "x0 + x1 & 0xffffffff");
	assert_text(&f, hvc_bv__zext(t, f.imm, 64), "imm");
	assert_text(&f, hvc_bv__and(t, f.vbar, num(&f, ~UINT64_C(0x7ff))), "vbar_el2 & ~0x7ff");
	assert_text(&f, hvc_bv__and(t, f.x0, num(&f, ~UINT64_C(0x3003000))), "x0 & ~0x3003000");
	assert_text(&f, hvc_bv__lshr(t, f.x0, num(&f, 12)), "x0 >> 0xc");
	assert_text(&f, hvc_bv__shl(t, f.x0, num(&f, 3)), "x0 << 3");
	assert_text(&f, hvc_bv__zext(t, hvc_bv__extract(t, f.x0, 15, 8), 64), "x0 >> 8 & 0xff");
	assert_text(&f, hvc_bv__or(t, hvc_bv__and(t, f.x0, num(&f, 0xff)), num(&f, 0x100)),
	            "(x0 & 0xff) | 0x100");
	assert_text(&f, f.esr, "esr");
	assert_text(&f, hvc_bv__add(t, f.self, num(&f, 4)), "return");
	assert_text(&f, f.self, "self");
	assert_text(&f,
	            hvc_bv__concat(t, hvc_bv__num(t, 32, 0),
	                           hvc_bv__concat(t, f.nzcv, hvc_bv__num(t, 28, 0x3c5))),
	            "nzcv | 0x3c5");
	assert_text(&f, hvc_bv__add(t, f.memory, f.x0), "x0 + [x1 + 0x18]");
	assert_text(&f, hvc_bv__udiv(t, f.x0, f.x1), "udiv(x0, x1)");
	assert_text(&f, hvc_bv__sext(t, w0, 64), "sext32(w0)");
	assert_text(&f, hvc_bv__ite(t, hvc_bv__eq(t, f.x0, num(&f, 2)), f.x1, num(&f, 0)),
	            "if(x0 = 2, x1, 0)");
	assert_text(&f, hvc_bv__opaque(t, "pacia", 64, f.x0, f.x1, NULL), "pacia(x0, x1)");
	hvc_bv__close(t);
}

TEST(conditions_print_as_people_write_them)
{
	struct fixture f = open_terms();
	struct hvc_bvs *t = f.terms;
	hvc_ref w0 = hvc_bv__extract(t, f.x0, 31, 0);
	hvc_ref in =
	        hvc_bv__and(t, hvc_bv__not(t, hvc_bv__ult(t, w0, hvc_bv__num(t, 32, 0x80000000))),
	                    hvc_bv__ult(t, w0, hvc_bv__num(t, 32, 0x80010000)));
	const struct {
		hvc_ref condition;
		const char *text;
	} rows[] = {
	        {hvc_bv__eq(t, f.x0, num(&f, 2)), "x0 = 2"},
	        {in, "w0 in 0x80000000-0x8000ffff"},
	        {hvc_bv__not(t, hvc_bv__eq(t, f.imm, hvc_bv__num(t, 16, 0xea1))), "imm != 0xea1"},
	        {hvc_bv__eq(t, hvc_bv__add(t, f.x0, num(&f, 5)), num(&f, 2)),
	         "x0 = 0xfffffffffffffffd"},
	        {hvc_bv__ult(t, f.x0, num(&f, 8)), "x0 <= 7"},
	        {hvc_bv__not(t, hvc_bv__ult(t, f.x0, num(&f, 8))), "x0 >= 8"},
	        {hvc_bv__slt(t, f.x0, num(&f, 0)), "x0 >= 0x8000000000000000"},
	        {hvc_bv__extract(t, f.x0, 5, 5), "x0 & 0x20 != 0"},
	        {hvc_bv__not(t, hvc_bv__extract(t, f.x0, 5, 5)), "x0 & 0x20 = 0"},
	        {hvc_bv__eq(t, hvc_bv__and(t, f.x0, num(&f, 0xfffeffff)), num(&f, 0xc600000b)),
	         "x0 & 0xfffeffff = 0xc600000b"},
	        {hvc_bv__or(t, hvc_bv__eq(t, f.x0, num(&f, 3)), hvc_bv__eq(t, f.x0, num(&f, 5))),
	         "x0 in 3, 5"},
	        {hvc_bv__ult(t, hvc_bv__sub(t, f.x0, num(&f, 4)), num(&f, 3)), "x0 in 4-6"},
	        {hvc_bv__eq(t, hvc_bv__sext(t, w0, 64), num(&f, UINT64_MAX)), "w0 = 0xffffffff"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_member member;
		char text[200];

		ck_assert_msg(hvc_set__of(t, rows[i].condition, &member), "%s", rows[i].text);
		hvc_set__print(t, &member, text, sizeof text);
		ck_assert_str_eq(text, rows[i].text);
	}
	assert_text(&f, hvc_bv__ult(t, f.x0, f.x1), "x0 < x1");
	assert_text(&f, hvc_bv__not(t, hvc_bv__slt(t, f.x0, f.x1)), "x0 >= signed x1");
	hvc_bv__close(t);
}

/* A random condition on x0 alone, by comparisons, bits, masks, and what joins them. */
static hvc_ref condition(struct fixture *f, unsigned depth)
{
	static const unsigned widths[] = {64, 32, 8};
	struct hvc_bvs *t = f->terms;
	unsigned width = widths[hvc_random(&state) % 3];
	hvc_ref x = hvc_bv__extract(t, f->x0, width - 1, 0), c;

	c = hvc_bv__num(t, width,
	                hvc_random(&state) % 4 ? hvc_random(&state) % 300 : hvc_random(&state));
	if (depth && hvc_random(&state) % 2) {
		hvc_ref a = condition(f, depth - 1), b = condition(f, depth - 1);

		return hvc_random(&state) % 2 ? hvc_bv__and(t, a, b) : hvc_bv__or(t, a, b);
	}
	switch (hvc_random(&state) % 7) {
	case 0:
		return hvc_bv__eq(t, x, c);
	case 1:
		return hvc_bv__ult(t, x, c);
	case 2:
		return hvc_bv__slt(t, x, c);
	case 3:
		return hvc_bv__slt(t, c, x);
	case 4:
		return hvc_bv__ult(t, c, hvc_bv__add(t, x, hvc_bv__num(t, width, 7)));
	case 5:
		return hvc_bv__extract(t, x, width / 2, width / 2);
	default:
		return hvc_bv__not(t, hvc_bv__eq(t, x, c));
	}
}

TEST(a_set_holds_the_values_of_which_the_condition_holds)
{
	unsigned understood = 0;

	for (unsigned round = 0; round < 4000; round++) {
		struct fixture f = open_terms();
		hvc_ref a = condition(&f, 2);
		struct hvc_member member;

		if (a->op != HVC_OP_CONST && hvc_set__of(f.terms, a, &member)) {
			const struct hvc_set *not = hvc_set__not(f.terms, member.set);

			understood++;
			for (unsigned i = 0; i < 200; i++) {
				uint64_t x0 = i < 100 ? i * 3 + hvc_random(&state) % 3
				                      : hvc_random(&state),
				         key;
				struct hvc_model model = {.value = &x0, .count = 1};
				bool holds;

				if (i > 150)
					x0 = (uint64_t)(int64_t)(int8_t)x0;
				holds = hvc_bv__eval(f.terms, a, &model);
				key = hvc_bv__eval(f.terms, member.key, &model);
				ck_assert(hvc_set__has(member.set, key) == holds);
				ck_assert(hvc_set__has(not, key) == !holds);
			}
			ck_assert(hvc_set__size(member.set) + hvc_set__size(not ) ==
			                  hvc_bv__mask(member.set->width) + 1 ||
			          member.set->width == 64);
		}
		hvc_bv__close(f.terms);
	}
	ck_assert_uint_gt(understood, 2000);
}

/* Nothing is less than the least signed number, nor more than the most, as the code may ask. */
TEST(nothing_is_beyond_the_ends)
{
	for (unsigned width = 8; width <= 64; width *= 2) {
		struct fixture f = open_terms();
		struct hvc_bvs *t = f.terms;
		hvc_ref x = hvc_bv__extract(t, f.x0, width - 1, 0);
		hvc_ref least = hvc_bv__num(t, width, UINT64_C(1) << (width - 1));
		hvc_ref most = hvc_bv__num(t, width, hvc_bv__mask(width - 1));
		const hvc_ref none[] = {
		        hvc_bv__node(t, HVC_OP_SLT, 1, 0, 2, x, least, NULL),
		        hvc_bv__node(t, HVC_OP_SLT, 1, 0, 2, most, x, NULL),
		};

		ck_assert(hvc_bv__is(hvc_bv__slt(t, x, least), 0));
		ck_assert(hvc_bv__is(hvc_bv__slt(t, most, x), 0));
		/* As a saved map has them, too, which nobody has simplified. */
		for (unsigned i = 0; i < 2; i++) {
			struct hvc_member member;

			ck_assert(hvc_set__of(t, none[i], &member));
			ck_assert_uint_eq(member.set->count, 0);
		}
		hvc_bv__close(t);
	}
}

/* A random value in words that expr.h has. */
static hvc_ref value(struct fixture *f, unsigned depth)
{
	struct hvc_bvs *t = f->terms;
	hvc_ref leaf[] = {
	        f->x0,
	        f->x1,
	        hvc_bv__zext(t, f->imm, 64),
	        f->vbar,
	        hvc_bv__zext(t, hvc_bv__extract(t, f->x0, 31, 0), 64),
	        num(f, hvc_random(&state) % 3 ? hvc_random(&state) % 200 : hvc_random(&state))};
	hvc_ref a, b, n = num(f, hvc_random(&state) % 64);

	if (!depth || hvc_random(&state) % 5 == 0)
		return leaf[hvc_random(&state) % 6];
	a = value(f, depth - 1);
	b = value(f, depth - 1);
	switch (hvc_random(&state) % 10) {
	case 0:
		return hvc_bv__add(t, a, b);
	case 1:
		return hvc_bv__sub(t, a, b);
	case 2:
		return hvc_bv__and(t, a, b);
	case 3:
		return hvc_bv__or(t, a, b);
	case 4:
		return hvc_bv__xor(t, a, b);
	case 5:
		return hvc_bv__not(t, a);
	case 6:
		return hvc_bv__neg(t, a);
	case 7:
		return hvc_bv__shl(t, a, n);
	case 8:
		return hvc_bv__lshr(t, a, n);
	default:
		return hvc_bv__zext(
		        t,
		        hvc_bv__add(t, hvc_bv__extract(t, a, 31, 0), hvc_bv__extract(t, b, 31, 0)),
		        64);
	}
}

TEST(what_is_printed_reads_back_as_the_same_value)
{
	unsigned read = 0;

	for (unsigned round = 0; round < 5000; round++) {
		struct fixture f = open_terms();
		hvc_ref a = value(&f, 3);
		struct hvc_state entry = {{0}};
		struct hvc_call call;
		const struct hvc_context context = {&entry, &call};
		struct hvc_expr expr;
		const char *message = "";
		size_t position = 0;
		uint64_t values[7];
		const struct hvc_model model = {.value = values, .count = 7};
		char text[1000];

		hvc_call_init(&call, round + 1);
		call.imm = (uint16_t)hvc_random(&state);
		entry.v[0] = values[0] = call.x[0];
		entry.v[1] = values[1] = call.x[1];
		values[2] = call.imm;
		values[3] = 0;
		entry.v[HVC_REG_VBAR_EL2] = values[4] = hvc_random(&state);
		values[5] = values[6] = 0;
		hvc_bv__print(f.terms, a, text, sizeof text);
		if (hvc_expr__parse(text, &expr, &position, &message) == HVC_OK) {
			read++;
			ck_assert_msg(hvc_expr__eval(&expr, &context) ==
			                      hvc_bv__eval(f.terms, a, &model),
			              "%s", text);
		} else {
			ck_assert_msg(!strcmp(message, "expression has too many terms"),
			              "%s: %s at %zu", text, message, position);
		}
		hvc_bv__close(f.terms);
	}
	ck_assert_uint_gt(read, 4000);
}

SUITE_MAIN("bv_text")
