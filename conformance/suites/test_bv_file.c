/* SPDX-License-Identifier: MIT */
/** Terms carried from room to room: as text that reads back as the same term, and by import. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "suite.h"
#include "symbolic/bv_file.h"
#include "symbolic/bv_import.h"
#include "symbolic/scene.h"

static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

static unsigned pick(unsigned count)
{
	return (unsigned)(hvc_random(&state) % count);
}

static struct hvc_bvs *open_room(void)
{
	struct hvc_bvs *terms;

	ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	hvc_way__inputs(terms);
	return terms;
}

static hvc_ref x(struct hvc_bvs *t, unsigned n)
{
	return hvc_bv__input_at(t, n)->term;
}

static hvc_ref sys(struct hvc_bvs *t, const char *name)
{
	hvc_ref a = hvc_bv__input(t, name, 64);
	struct hvc_input *input = hvc_bv__input_of(t, a);

	input->usual = 0x80080000;
	memcpy(input->encoding, (const uint8_t[]){3, 4, 12, 0, 0}, 5);
	return a;
}

static hvc_ref memory(struct hvc_bvs *t, hvc_ref address, const char *name)
{
	hvc_ref a = hvc_bv__input(t, name, 64);

	hvc_bv__input_of(t, a)->address = address;
	return a;
}

/* All of the text of some terms: lines of parts, and a line "= TERM" each. */
static char *write_all(struct hvc_bvs *t, const hvc_ref *a, unsigned count)
{
	struct hvc_bv_writer *writer;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	ck_assert_int_eq(hvc_bv_writer__open(t, NULL, NULL, &writer), HVC_OK);
	for (unsigned i = 0; i < count; i++)
		ck_assert(hvc_bv_writer__announce(writer, a[i]));
	for (unsigned i = 0; i < count; i++) {
		ck_assert(hvc_bv_writer__parts(writer, a[i], "", file));
		fputs("= ", file);
		hvc_bv_writer__term(writer, a[i], file);
		fputc('\n', file);
	}
	hvc_bv_writer__close(writer);
	fclose(file);
	return text;
}

/* Into a room of its own; returns how many terms there are. */
static unsigned read_all(const char *text, struct hvc_bvs **out, hvc_ref *a, unsigned most)
{
	struct hvc_bv_reader reader;
	char *copy = strdup(text), *rest = NULL;
	unsigned count = 0;

	ck_assert_int_eq(hvc_bv__open(0, out), HVC_OK);
	hvc_bv_reader__begin(&reader, *out, 10000, 100);
	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		bool good = true;

		if (*line == '$')
			good = hvc_bv_reader__part(&reader, line + 1);
		else if (*line == 'i')
			good = hvc_bv_reader__input(&reader, line + 6);
		else if (count < most)
			good = (a[count++] = hvc_bv_reader__term(&reader, line + 2)) != NULL;
		ck_assert_msg(good, "%s: %s at %zu", line, reader.message, reader.position);
	}
	hvc_bv_reader__end(&reader);
	free(copy);
	return count;
}

static void assert_text(struct hvc_bvs *t, hvc_ref a, const char *expected)
{
	struct hvc_bvs *room;
	char *text = write_all(t, &a, 1), *again;
	hvc_ref read;

	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(read_all(text, &room, &read, 1), 1);
	again = write_all(room, &read, 1);
	ck_assert_str_eq(again, expected);
	free(again);
	free(text);
	hvc_bv__close(room);
}

TEST(a_term_is_written_as_code_would_be)
{
	struct hvc_bvs *t = open_room();
	hvc_ref w0 = hvc_bv__extract(t, x(t, 0), 31, 0), vbar = sys(t, "vbar_el2");
	hvc_ref long_ = x(t, 0), at;

	assert_text(t, hvc_bv__num(t, 64, 0xbadca11), "= 0xbadca11\n");
	assert_text(t, hvc_bv__num(t, 5, 7), "= 0x7:5\n");
	assert_text(t, hvc_bv__add(t, x(t, 0), hvc_bv__num(t, 64, 16)), "= x0 + 0x10\n");
	assert_text(t, hvc_bv__zext(t, w0, 64), "= w0\n");
	assert_text(t, w0, "= x0[31:0]\n");
	assert_text(t, hvc_bv__sext(t, w0, 64), "= sext64(x0[31:0])\n");
	assert_text(t, hvc_bv__not(t, hvc_bv__eq(t, x(t, 0), x(t, 1))), "= ~(x0 = x1)\n");
	assert_text(t, hvc_bv__slt(t, w0, hvc_bv__num(t, 32, 0)), "= x0[31:31]\n");
	assert_text(t, hvc_bv__slt(t, x(t, 0), x(t, 1)), "= x0 signed< x1\n");
	assert_text(t, hvc_bv__ite(t, hvc_bv__ult(t, x(t, 0), x(t, 1)), x(t, 2), x(t, 3)),
	            "= if(x0 < x1, x2, x3)\n");
	assert_text(t, hvc_bv__opaque(t, "pacia", 64, x(t, 0), x(t, 1), NULL),
	            "= pacia!64(x0, x1)\n");
	assert_text(t, hvc_bv__and(t, vbar, x(t, 1)),
	            "input vbar_el2 64 0x80080000 s3_4_c12_c0_0\n= x1 & vbar_el2\n");
	at = hvc_bv__add(t, vbar, hvc_bv__num(t, 64, 8));
	assert_text(t, memory(t, at, "[vbar_el2 + 8]"),
	            "input vbar_el2 64 0x80080000 s3_4_c12_c0_0\n"
	            "$1 := memory (vbar_el2 + 0x8) 64 0x0 [vbar_el2 + 8]\n= $1\n");
	/* What is meant twice is told once. */
	for (unsigned i = 1; i < 6; i++)
		long_ = hvc_bv__mul(t, long_, x(t, i));
	assert_text(t, hvc_bv__eq(t, hvc_bv__rbit(t, long_), long_),
	            "$1 := x5 * (x4 * (x3 * (x2 * (x0 * x1))))\n= $1 = rbit($1)\n");
	hvc_bv__close(t);
}

/* Any term of a width, of inputs and memory. */
static hvc_ref any(struct hvc_bvs *t, unsigned width, unsigned depth)
{
	hvc_ref a, b;

	if (!depth || pick(8) == 0) {
		a = pick(3) ? x(t, pick(6))
		            : memory(t, hvc_bv__add(t, sys(t, "tpidr_el2"), hvc_bv__num(t, 64, 16)),
		                     "[tpidr_el2 + 0x10]");
		return pick(4) ? hvc_bv__extract(t, a, width - 1, 0) : hvc_bv__num(t, width, state);
	}
	a = any(t, width, depth - 1);
	b = any(t, width, depth - 1);
	switch (pick(19)) {
	case 0:
		return hvc_bv__add(t, a, b);
	case 1:
		return hvc_bv__sub(t, a, b);
	case 2:
		return hvc_bv__mul(t, a, b);
	case 3:
		return hvc_bv__and(t, a, b);
	case 4:
		return hvc_bv__or(t, a, b);
	case 5:
		return hvc_bv__xor(t, a, b);
	case 6:
		return hvc_bv__not(t, a);
	case 7:
		return hvc_bv__neg(t, a);
	case 8:
		return hvc_bv__shl(t, a, b);
	case 9:
		return hvc_bv__lshr(t, a, b);
	case 10:
		return hvc_bv__ashr(t, a, b);
	case 11:
		return hvc_bv__udiv(t, a, b);
	case 12:
		return hvc_bv__sdiv(t, a, b);
	case 13:
		return hvc_bv__clz(t, a);
	case 14:
		return hvc_bv__rbit(t, a);
	case 15:
		return hvc_bv__ite(t, any(t, 1, depth - 1), a, b);
	case 16:
		if (width == 1)
			return hvc_bv__eq(t, any(t, 32, depth - 1), any(t, 32, depth - 1));
		return hvc_bv__sext(t, any(t, 1 + pick(width), depth - 1), width);
	case 17:
		if (width == 1)
			return hvc_bv__slt(t, any(t, 64, depth - 1), any(t, 64, depth - 1));
		return hvc_bv__concat(t, hvc_bv__extract(t, a, width - 1, width / 2),
		                      hvc_bv__extract(t, b, width / 2 - 1, 0));
	default:
		if (width == 1)
			return hvc_bv__ult(t, any(t, 16, depth - 1), any(t, 16, depth - 1));
		return hvc_bv__opaque(t, "pacia", width, a, b, NULL);
	}
}

#define TERMS 6u

/* Values of both rooms' inputs, the same for the same names. */
static void fill(struct hvc_bvs *t, uint64_t *value, struct hvc_model *model)
{
	const struct hvc_input *input;

	model->count = 0;
	while ((input = hvc_bv__input_at(t, model->count)) && model->count < 100) {
		uint64_t v = UINT64_C(0xcbf29ce484222325) ^ state;

		for (const char *at = input->name; *at; at++)
			v = (v ^ (uint64_t)*at) * UINT64_C(0x100000001b3);
		value[model->count++] = v & hvc_bv__mask(input->width);
	}
	model->value = value;
	model->given = NULL;
}

static void assert_same_values(struct hvc_bvs *t, const hvc_ref *a, struct hvc_bvs *u,
                               const hvc_ref *b)
{
	uint64_t v[100], w[100];
	struct hvc_model m, n;

	for (unsigned round = 0; round < 8; round++) {
		pick(2);
		fill(t, v, &m);
		fill(u, w, &n);
		for (unsigned i = 0; i < TERMS; i++)
			ck_assert_uint_eq(hvc_bv__eval(t, a[i], &m), hvc_bv__eval(u, b[i], &n));
	}
}

TEST(what_is_written_is_read_and_written_again_as_it_was)
{
	for (unsigned round = 0; round < 400; round++) {
		struct hvc_bvs *t = open_room(), *u;
		hvc_ref a[TERMS], b[TERMS];
		char *text, *again;

		for (unsigned i = 0; i < TERMS; i++)
			a[i] = any(t, pick(4) ? 64 : 1 + pick(64), 1 + pick(7));
		text = write_all(t, a, TERMS);
		ck_assert_uint_eq(read_all(text, &u, b, TERMS), TERMS);
		again = write_all(u, b, TERMS);
		ck_assert_str_eq(text, again);
		assert_same_values(t, a, u, b);
		free(text);
		free(again);
		hvc_bv__close(t);
		hvc_bv__close(u);
	}
}

TEST(an_imported_term_has_the_same_values)
{
	for (unsigned round = 0; round < 400; round++) {
		struct hvc_bvs *t = open_room(), *u = open_room();
		struct hvc_import import = {0};
		hvc_ref a[TERMS], b[TERMS];

		/* Where it goes there are others, and in another order. */
		for (unsigned i = 0; i < TERMS; i++)
			(void)any(u, 64, 3);
		hvc_import__begin(&import, t, u);
		for (unsigned i = 0; i < TERMS; i++) {
			a[i] = any(t, 1 + pick(64), 1 + pick(7));
			b[i] = hvc_import__term(&import, a[i]);
			ck_assert_uint_eq(b[i]->width, a[i]->width);
			ck_assert_ptr_eq(hvc_import__term(&import, a[i]), b[i]);
		}
		ck_assert_int_eq(hvc_bv__status(u), HVC_OK);
		assert_same_values(t, a, u, b);
		hvc_import__end(&import);
		hvc_bv__close(t);
		hvc_bv__close(u);
	}
}

/* Names are cut, so that two places may have one: they stay two. */
TEST(memory_is_told_by_its_address)
{
	struct hvc_bvs *t = open_room(), *u = open_room();
	struct hvc_import import = {0};
	hvc_ref a = memory(t, x(t, 1), "[...]"), b;
	hvc_ref there = memory(u, x(u, 2), "[...]"), same = memory(u, x(u, 3), "[x3]");

	hvc_import__begin(&import, t, u);
	b = hvc_import__term(&import, a);
	ck_assert_ptr_ne(b, there);
	ck_assert_ptr_eq(hvc_bv__input_of(u, b)->address, x(u, 1));
	ck_assert_ptr_eq(hvc_import__term(&import, memory(t, x(t, 3), "[x3]")), same);
	hvc_import__end(&import);
	hvc_bv__close(t);
	hvc_bv__close(u);
}

static hvc_ref seven(void *ctx, hvc_ref part)
{
	return hvc_bv__is(part, 7) ? hvc_bv__num(ctx, part->width, 8) : NULL;
}

TEST(an_import_puts_others_in_the_place_of_parts)
{
	struct hvc_bvs *t = open_room(), *u = open_room();
	struct hvc_import import = {.replace = seven, .ctx = u};
	hvc_ref a;

	hvc_import__begin(&import, t, u);
	a = hvc_import__term(&import, hvc_bv__add(t, x(t, 0), hvc_bv__num(t, 64, 7)));
	ck_assert_ptr_eq(a, hvc_bv__add(u, x(u, 0), hvc_bv__num(u, 64, 8)));
	hvc_import__end(&import);
	hvc_bv__close(t);
	hvc_bv__close(u);
}

TEST(what_is_no_term_is_refused_where_it_is_none)
{
	static const struct {
		const char *text, *message;
		size_t position;
	} rows[] = {
	        {"", "expected a value", 0},
	        {"x0 +", "expected an operator", 2},
	        {"x0 + ", "expected a value", 5},
	        {"x0 + 0x1:4", "operands that do not fit", 10},
	        {"x0 + x1 - x2", "expected an operator", 7},
	        {"x0 = x1 = x2", "expected the end of the line", 7},
	        {"x31", "no such input", 3},
	        {"w31", "no such register", 3},
	        {"w07", "no such register", 3},
	        {"vbar_el2", "no such input", 8},
	        {"0x12345678901234567", "a number that is too large", 18},
	        {"0x10:4", "a number of more bits than it has", 6},
	        {"0x10:65", "a number that is too large", 6},
	        {"0x10:0", "no bits", 6},
	        {"x0[64:0]", "a number that is too large", 4},
	        {"x0[31:0][32:0]", "bits that it does not have", 14},
	        {"x0[0:1]", "bits that it does not have", 7},
	        {"$1", "a number that is too large", 1},
	        {"$0", "there is no such part", 2},
	        {"concat(x0, x1)", "operands that do not fit", 14},
	        {"if(x0, x1, x2)", "operands that do not fit", 14},
	        {"umulh(x0[31:0], x1[31:0])", "operands that do not fit", 25},
	        {"sext8(x0)", "operands that do not fit", 9},
	        {"sext65(x0)", "no such function", 7},
	        {"clz(x0, x1)", "operands that do not fit", 11},
	        {"if(x0 = x1, x1, x2, x3)", "too many operands", 20},
	        {"pacia!(x0)", "expected a number", 6},
	        {"(x0", "expected ')'", 3},
	        {"~~x0", "expected a value", 1},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_bv_reader reader;
		struct hvc_bvs *terms;

		ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
		hvc_bv_reader__begin(&reader, terms, 10, 100);
		ck_assert_ptr_null(hvc_bv_reader__term(&reader, rows[i].text));
		ck_assert_msg(!strcmp(reader.message, rows[i].message) &&
		                      reader.position == rows[i].position,
		              "%s: %s at %zu", rows[i].text, reader.message, reader.position);
		hvc_bv_reader__end(&reader);
		hvc_bv__close(terms);
	}
}

SUITE_MAIN("bv_file")
