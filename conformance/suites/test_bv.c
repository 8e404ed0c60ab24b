/* SPDX-License-Identifier: MIT */
/**
 * Terms: whatever the constructors simplify, the value is that of the operators as written; the
 * solver says so for all values, and what is printed reads back as the same value.
 */
#include <inttypes.h>
#include <string.h>

#include "base/random.h"
#include "suite.h"
#include "symbolic/bv_node.h"
#include "symbolic/solver.h"

#define MODELS 6u
#define POOL   60u
#define INPUTS 6u

static uint64_t state = UINT64_C(0x2545f4914f6cdd1d);

/* Numbers as programs have them: small, all ones, masks, single bits, and any. */
static uint64_t next_number(void)
{
	uint64_t r = hvc_random(&state);

	switch (r & 7) {
	case 0:
		return r >> 60;
	case 1:
		return -(r >> 60);
	case 2:
		return UINT64_C(1) << (r >> 58);
	case 3:
		return (UINT64_C(1) << (r >> 58)) - 1;
	case 4:
		return ~((UINT64_C(1) << (r >> 58)) - 1);
	default:
		return hvc_random(&state);
	}
}

/* A term as simplified, the same as it was asked for, and its values under some models. */
struct sample {
	hvc_ref made, raw;
	uint64_t value[MODELS];
};

struct pool {
	struct hvc_bvs *terms;
	struct hvc_model model[MODELS];
	uint64_t input[MODELS][INPUTS];
	struct sample sample[POOL];
	unsigned count;
};

static const unsigned input_widths[INPUTS] = {64, 64, 32, 16, 8, 1};

static struct sample raw_node(struct pool *p, enum hvc_op op, unsigned width, uint64_t low,
                              unsigned args, const struct sample *arg)
{
	struct sample s = {0};
	unsigned widths[3] = {0};

	s.raw = hvc_bv__node(p->terms, op, width, low, args, arg[0].raw,
	                     args > 1 ? arg[1].raw : NULL, args > 2 ? arg[2].raw : NULL);
	for (unsigned m = 0; m < MODELS; m++) {
		uint64_t value[3] = {0};

		for (unsigned i = 0; i < args; i++) {
			widths[i] = arg[i].raw->width;
			value[i] = arg[i].value[m];
		}
		s.value[m] = hvc_bv__apply(op, width, low, widths, value);
	}
	return s;
}

static struct sample number(struct pool *p, unsigned width, uint64_t value)
{
	struct sample s;

	s.made = s.raw = hvc_bv__num(p->terms, width, value);
	for (unsigned m = 0; m < MODELS; m++)
		s.value[m] = s.made->value;
	return s;
}

/* Some sample, cut or extended to the width; now and then a number. */
static struct sample pick(struct pool *p, unsigned width)
{
	struct sample s = p->sample[hvc_random(&state) % p->count], cut;

	if (hvc_random(&state) % 5 == 0)
		return number(p, width, next_number());
	if (s.raw->width > width) {
		unsigned low = (unsigned)(hvc_random(&state) % (s.raw->width - width + 1u));

		cut = raw_node(p, HVC_OP_EXTRACT, width, low, 1, &s);
		cut.made = hvc_bv__extract(p->terms, s.made, low + width - 1, low);
		return cut;
	}
	if (s.raw->width < width && hvc_random(&state) & 1) {
		cut = raw_node(p, HVC_OP_SEXT, width, 0, 1, &s);
		cut.made = hvc_bv__sext(p->terms, s.made, width);
		return cut;
	}
	if (s.raw->width < width) {
		struct sample pair[2] = {number(p, width - s.raw->width, 0), s};

		cut = raw_node(p, HVC_OP_CONCAT, width, 0, 2, pair);
		cut.made = hvc_bv__zext(p->terms, s.made, width);
		return cut;
	}
	return s;
}

static const struct {
	enum hvc_op op;
	hvc_ref (*make)(struct hvc_bvs *terms, hvc_ref a, hvc_ref b);
	bool truth;
} binaries[] = {
        {HVC_OP_ADD, hvc_bv__add, false},     {HVC_OP_SUB, hvc_bv__sub, false},
        {HVC_OP_MUL, hvc_bv__mul, false},     {HVC_OP_UDIV, hvc_bv__udiv, false},
        {HVC_OP_SDIV, hvc_bv__sdiv, false},   {HVC_OP_AND, hvc_bv__and, false},
        {HVC_OP_OR, hvc_bv__or, false},       {HVC_OP_XOR, hvc_bv__xor, false},
        {HVC_OP_SHL, hvc_bv__shl, false},     {HVC_OP_LSHR, hvc_bv__lshr, false},
        {HVC_OP_ASHR, hvc_bv__ashr, false},   {HVC_OP_EQ, hvc_bv__eq, true},
        {HVC_OP_ULT, hvc_bv__ult, true},      {HVC_OP_SLT, hvc_bv__slt, true},
        {HVC_OP_AND, hvc_bv__and, false},     {HVC_OP_OR, hvc_bv__or, false},
        {HVC_OP_ADD, hvc_bv__add, false},     {HVC_OP_EQ, hvc_bv__eq, true},
        {HVC_OP_UMULH, hvc_bv__umulh, false}, {HVC_OP_SMULH, hvc_bv__smulh, false},
};

static const struct {
	enum hvc_op op;
	hvc_ref (*make)(struct hvc_bvs *terms, hvc_ref a);
} unaries[] = {
        {HVC_OP_NEG, hvc_bv__neg},
        {HVC_OP_NOT, hvc_bv__not},
        {HVC_OP_CLZ, hvc_bv__clz},
        {HVC_OP_RBIT, hvc_bv__rbit},
};

static struct sample grow(struct pool *p)
{
	static const unsigned widths[] = {64, 64, 32, 32, 16, 8, 4, 1, 5, 33};
	unsigned width = widths[hvc_random(&state) % 10],
	         which = (unsigned)(hvc_random(&state) % 30);
	struct sample arg[3], s;

	if (which < 20) {
		if (binaries[which].op == HVC_OP_UMULH || binaries[which].op == HVC_OP_SMULH)
			width = 64;
		arg[0] = pick(p, width);
		arg[1] = pick(p, width);
		s = raw_node(p, binaries[which].op, binaries[which].truth ? 1 : width, 0, 2, arg);
		s.made = binaries[which].make(p->terms, arg[0].made, arg[1].made);
	} else if (which < 24) {
		if (width == 33 || width == 5)
			width = 32;
		arg[0] = pick(p, width);
		s = raw_node(p, unaries[which - 20].op, width, 0, 1, arg);
		s.made = unaries[which - 20].make(p->terms, arg[0].made);
	} else if (which < 27) {
		arg[0] = pick(p, 1);
		arg[1] = pick(p, width);
		arg[2] = pick(p, width);
		s = raw_node(p, HVC_OP_ITE, width, 0, 3, arg);
		s.made = hvc_bv__ite(p->terms, arg[0].made, arg[1].made, arg[2].made);
	} else {
		unsigned upper = 1 + (unsigned)(hvc_random(&state) % (width == 64 ? 63 : 31));

		arg[0] = pick(p, upper);
		arg[1] = pick(p, width == 64 ? 64 - upper : 32 - upper);
		s = raw_node(p, HVC_OP_CONCAT, arg[0].raw->width + arg[1].raw->width, 0, 2, arg);
		s.made = hvc_bv__concat(p->terms, arg[0].made, arg[1].made);
	}
	return s;
}

static void open_pool(struct pool *p)
{
	memset(p, 0, sizeof *p);
	ck_assert_int_eq(hvc_bv__open(0, &p->terms), HVC_OK);
	for (unsigned m = 0; m < MODELS; m++) {
		p->model[m] = (struct hvc_model){.value = p->input[m], .count = INPUTS};
		for (unsigned i = 0; i < INPUTS; i++)
			p->input[m][i] = next_number() & hvc_bv__mask(input_widths[i]);
	}
	for (; p->count < INPUTS; p->count++) {
		char name[4] = {(char)('a' + p->count), '\0'};
		struct sample *s = &p->sample[p->count];

		s->made = s->raw = hvc_bv__input(p->terms, name, input_widths[p->count]);
		for (unsigned m = 0; m < MODELS; m++)
			s->value[m] = p->input[m][p->count];
	}
}

static void assert_value(struct pool *p, const struct sample *s)
{
	ck_assert_uint_eq(s->made->width, s->raw->width);
	for (unsigned m = 0; m < MODELS; m++) {
		uint64_t value = hvc_bv__eval(p->terms, s->made, &p->model[m]);
		char text[400], raw[400];

		hvc_bv__print(p->terms, s->made, text, sizeof text);
		hvc_bv__print(p->terms, s->raw, raw, sizeof raw);
		ck_assert_msg(value == s->value[m], "%s is 0x%" PRIx64 "; %s is 0x%" PRIx64, text,
		              value, raw, s->value[m]);
		ck_assert_msg(!(value & s->made->zeros) && !(~value & s->made->ones), "%s", text);
	}
}

TEST(simplified_terms_have_the_value_that_was_asked_for)
{
	for (unsigned round = 0; round < 400; round++) {
		struct pool p;

		open_pool(&p);
		while (p.count < POOL) {
			p.sample[p.count] = grow(&p);
			assert_value(&p, &p.sample[p.count]);
			p.count++;
		}
		ck_assert_int_eq(hvc_bv__status(p.terms), HVC_OK);
		hvc_bv__close(p.terms);
	}
}

/* Multiplications and divisions of unknowns are slow to prove, and have no rule of their own. */
static bool is_easy(hvc_ref a)
{
	if (a->op == HVC_OP_MUL || (a->op >= HVC_OP_UMULH && a->op <= HVC_OP_SDIV))
		return false;
	for (unsigned i = 0; i < a->args; i++)
		if (!is_easy(a->arg[i]))
			return false;
	return true;
}

TEST(the_solver_agrees_for_all_values)
{
	unsigned proved = 0, different = 0;

	for (unsigned round = 0; round < 40; round++) {
		struct pool p;
		struct hvc_solver *solver;

		open_pool(&p);
		ck_assert_int_eq(hvc_solver__open(p.terms, 0, 0, &solver), HVC_OK);
		for (; p.count < POOL / 2; p.count++)
			p.sample[p.count] = grow(&p);
		for (unsigned i = INPUTS; i < p.count; i++) {
			const struct sample *s = &p.sample[i];
			enum hvc_answer answer;

			if (s->made == s->raw || !is_easy(s->raw))
				continue;
			different++;
			hvc_solver__push(solver);
			hvc_solver__require(solver,
			                    hvc_bv__node(p.terms, HVC_OP_NOT, 1, 0, 1,
			                                 hvc_bv__node(p.terms, HVC_OP_EQ, 1, 0, 2,
			                                              s->raw, s->made, NULL),
			                                 NULL, NULL));
			answer = hvc_solver__check(solver);
			ck_assert_int_ne(answer, HVC_ANSWER_YES);
			proved += answer == HVC_ANSWER_NO;
			hvc_solver__pop(solver);
		}
		ck_assert_int_eq(hvc_solver__status(solver), HVC_OK);
		hvc_solver__close(solver);
		hvc_bv__close(p.terms);
	}
	ck_assert_msg(different > 200 && proved * 100 >= different * 95, "%u of %u", proved,
	              different);
}

TEST(the_solver_has_each_operator_as_the_evaluator_has_it)
{
	struct pool p;
	struct hvc_solver *solver;

	open_pool(&p);
	ck_assert_int_eq(hvc_solver__open(p.terms, 0, 0, &solver), HVC_OK);
	for (unsigned n = 0; n < 300; n++) {
		struct sample s;
		unsigned m = n % MODELS;

		p.count = INPUTS;
		s = grow(&p);
		hvc_solver__push(solver);
		for (unsigned i = 0; i < INPUTS; i++)
			hvc_solver__require(solver, hvc_bv__eq(p.terms, p.sample[i].made,
			                                       hvc_bv__num(p.terms, input_widths[i],
			                                                   p.input[m][i])));
		hvc_solver__require(
		        solver, hvc_bv__node(p.terms, HVC_OP_EQ, 1, 0, 2, s.raw,
		                             hvc_bv__num(p.terms, s.raw->width, s.value[m]), NULL));
		ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_YES);
		hvc_solver__pop(solver);
	}
	hvc_solver__close(solver);
	hvc_bv__close(p.terms);
}

TEST(the_solver_finds_values)
{
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	hvc_ref a, b;
	uint64_t value = 0;

	ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	ck_assert_int_eq(hvc_solver__open(terms, 0, 0, &solver), HVC_OK);
	a = hvc_bv__input(terms, "a", 64);
	b = hvc_bv__input(terms, "b", 64);
	hvc_solver__require(
	        solver, hvc_bv__eq(terms, hvc_bv__add(terms, a, b), hvc_bv__num(terms, 64, 100)));
	hvc_solver__push(solver);
	hvc_solver__require(solver, hvc_bv__eq(terms, b, hvc_bv__num(terms, 64, 101)));
	ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_YES);
	ck_assert(hvc_solver__value(solver, a, &value));
	ck_assert_uint_eq(value, UINT64_MAX);
	hvc_solver__require(solver, hvc_bv__ult(terms, a, b));
	ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_NO);
	hvc_solver__pop(solver);
	ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_YES);
	ck_assert_uint_eq(hvc_solver__queries(solver), 3);
	hvc_solver__close(solver);
	hvc_bv__close(terms);
}

/* Is a product of two large primes; no solver finds out in that many steps. */
TEST(what_takes_too_long_is_undecided)
{
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	hvc_ref a, b;

	ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	ck_assert_int_eq(hvc_solver__open(terms, 100000, 0, &solver), HVC_OK);
	a = hvc_bv__zext(terms, hvc_bv__input(terms, "a", 32), 64);
	b = hvc_bv__zext(terms, hvc_bv__input(terms, "b", 32), 64);
	hvc_solver__require(solver,
	                    hvc_bv__eq(terms, hvc_bv__mul(terms, a, b),
	                               hvc_bv__num(terms, 64, UINT64_C(4294967291) * 4294967279)));
	hvc_solver__require(solver, hvc_bv__ult(terms, a, b));
	ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_UNDECIDED);
	ck_assert_int_eq(hvc_solver__status(solver), HVC_OK);
	hvc_solver__close(solver);
	hvc_bv__close(terms);
}

/* All questions together have a budget, which is not used up by being asked for the first time. */
TEST(a_solver_that_was_asked_too_much_decides_nothing)
{
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	uint64_t asked = 0;

	ck_assert_int_eq(hvc_bv__open(0, &terms), HVC_OK);
	ck_assert_int_eq(hvc_solver__open(terms, 0, 0, &solver), HVC_OK);
	for (unsigned more = 0; more < 2; more++) {
		while (hvc_solver__check(solver) == HVC_ANSWER_YES)
			ck_assert_uint_lt(hvc_solver__queries(solver), 100000);
		ck_assert_uint_gt(hvc_solver__queries(solver), asked + 1000);
		ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_UNDECIDED);
		ck_assert_int_eq(hvc_solver__status(solver), HVC_OK);
		asked = hvc_solver__queries(solver);
		hvc_solver__allow(solver, HVC_SOLVER_STEPS_ALL);
		ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_YES);
	}
	hvc_solver__close(solver);
	hvc_bv__close(terms);
}

TEST(too_many_nodes_are_a_status)
{
	struct hvc_bvs *terms;
	struct hvc_solver *solver;
	hvc_ref a;

	ck_assert_int_eq(hvc_bv__open(100, &terms), HVC_OK);
	ck_assert_int_eq(hvc_solver__open(terms, 0, 0, &solver), HVC_OK);
	a = hvc_bv__input(terms, "a", 64);
	for (unsigned i = 0; i < 200; i++)
		a = hvc_bv__mul(terms, a, hvc_bv__num(terms, 64, 3 + 2 * i));
	ck_assert_int_eq(hvc_bv__status(terms), HVC_E_RANGE);
	ck_assert_uint_eq(hvc_bv__nodes(terms), 100);
	hvc_solver__require(solver, hvc_bv__eq(terms, a, a));
	ck_assert_int_eq(hvc_solver__check(solver), HVC_ANSWER_UNDECIDED);
	ck_assert_int_eq(hvc_solver__status(solver), HVC_E_RANGE);
	hvc_solver__close(solver);
	hvc_bv__close(terms);
}

SUITE_MAIN("bv")
