/* SPDX-License-Identifier: MIT */
/*
 * Totality, overlap and hiding, decided by search, against the same decided by counting. The
 * rules here look at few bits, so trying every call of those bits is exhaustive; the search
 * knows nothing of that and works on whole registers.
 */
#include <limits.h>
#include <string.h>

#include "abi/cover.h"
#include "suite.h"

#define RULES      6u
#define CONDITIONS 3u
#define BITS       4u /* of x0 and x1 that rules look at */

/* A rule with room for what it points to. */
struct made_rule {
	struct hvc_interval imm[3];
	struct hvc_interval interval[CONDITIONS][4];
	struct hvc_condition condition[CONDITIONS];
};

static const struct hvc_interval every_imm = {0, UINT16_MAX};
static struct made_rule made[RULES];
static struct hvc_rule rule[RULES];

static uint64_t seed;

static unsigned random_below(unsigned limit)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % limit;
}

/* Sorted, disjoint, not adjacent intervals of values inside mask, each end below limit. */
static unsigned random_intervals(struct hvc_interval *out, unsigned most, unsigned limit,
                                 uint64_t mask)
{
	unsigned count = 0, next = 0, wanted = 1 + random_below(most);

	while (count < wanted && next < limit) {
		unsigned lo = next + random_below(limit / 2), hi = lo + random_below(3);

		if (lo >= limit || hi >= limit)
			break;
		if (!((lo | hi) & ~mask))
			out[count++] = (struct hvc_interval){lo, hi};
		next = hi + 2;
	}
	if (!count)
		out[count++] = (struct hvc_interval){0, 0};
	return count;
}

static void random_rule(unsigned i)
{
	struct made_rule *m = &made[i];
	struct hvc_rule *r = &rule[i];

	memset(r, 0, sizeof *r);
	r->priority = (int)random_below(3);
	r->worlds = 1 + random_below(3);
	r->levels = random_below(2) ? 0x1f : 1 + random_below(31);
	r->insns = 1 + random_below(7);
	r->imm = m->imm;
	r->imms = 1;
	m->imm[0] = (struct hvc_interval){0, UINT16_MAX};
	if (random_below(2))
		r->imms = random_intervals(m->imm, 3, 6, UINT64_MAX);
	r->condition = m->condition;
	r->conditions = random_below(CONDITIONS + 1);
	for (unsigned k = 0; k < r->conditions; k++) {
		struct hvc_condition *c = &m->condition[k];

		/* Masks leave the upper bits out, so that what is counted below is everything. */
		c->reg = random_below(2) ? HVC_REG_X0 : (enum hvc_reg)(HVC_REG_X0 + 1);
		c->mask = 1 + random_below((1u << BITS) - 1);
		c->interval = m->interval[k];
		c->intervals = random_intervals(m->interval[k], 4, 1u << BITS, c->mask);
	}
}

static bool within(const struct hvc_interval *interval, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count; i++)
		if (interval[i].lo <= value && value <= interval[i].hi)
			return true;
	return false;
}

static bool matches(const struct hvc_rule *r, const struct hvc_cover_point *p)
{
	if (!(r->worlds >> p->v[HVC_COVER_WORLD] & 1) || !(r->levels >> p->v[HVC_COVER_FROM] & 1) ||
	    !(r->insns >> p->v[HVC_COVER_INSN] & 1) ||
	    !within(r->imm, r->imms, p->v[HVC_COVER_IMM]))
		return false;
	for (unsigned k = 0; k < r->conditions; k++) {
		const struct hvc_condition *c = &r->condition[k];

		if (!within(c->interval, c->intervals, p->v[HVC_COVER_X0 + c->reg] & c->mask))
			return false;
	}
	return true;
}

/* What counting finds: calls matched, calls won, and calls that two rules would win. */
struct count {
	unsigned matched[RULES], won[RULES], tied[RULES][RULES], gaps;
};

static void count_point(const struct hvc_cover_space *space, const struct hvc_cover_point *point,
                        struct count *count)
{
	int64_t best = INT64_MIN;

	for (unsigned i = 0; i < space->rules; i++) {
		if (!matches(&space->rule[i], point))
			continue;
		count->matched[i]++;
		if (space->rule[i].priority > best)
			best = space->rule[i].priority;
	}
	if (best == INT64_MIN)
		count->gaps++;
	for (unsigned i = 0; i < space->rules; i++) {
		if (space->rule[i].priority != best || !matches(&space->rule[i], point))
			continue;
		count->won[i]++;
		for (unsigned k = i + 1; k < space->rules; k++)
			count->tied[i][k] +=
			        space->rule[k].priority == best && matches(&space->rule[k], point);
	}
}

/* Every call in the order of "first": worlds, levels, instructions, immediates 0..9, x0, x1. */
static bool next_point(const struct hvc_cover_space *space, struct hvc_cover_point *point)
{
	static const unsigned var[] = {HVC_COVER_X0 + 1, HVC_COVER_X0,   HVC_COVER_IMM,
	                               HVC_COVER_INSN,   HVC_COVER_FROM, HVC_COVER_WORLD};
	const unsigned limit[] = {1u << BITS, 1u << BITS, 10, 3, HVC_LEVEL_EL0_USR, space->worlds};

	for (unsigned i = 0; i < sizeof var / sizeof *var; i++) {
		if (++point->v[var[i]] < limit[i])
			return true;
		point->v[var[i]] = 0;
	}
	return false;
}

static bool in_space(const struct hvc_cover_space *space, const struct hvc_cover_point *point)
{
	return space->levels >> point->v[HVC_COVER_FROM] & 1 &&
	       space->insns >> point->v[HVC_COVER_INSN] & 1 &&
	       (space->traps >> point->v[HVC_COVER_WORLD] & 1) ==
	               (point->v[HVC_COVER_INSN] == HVC_INSN_TRAP);
}

static struct count count_all(const struct hvc_cover_space *space)
{
	struct hvc_cover_point point = {{0}};
	struct count count = {.gaps = 0};

	do
		if (in_space(space, &point))
			count_point(space, &point, &count);
	while (next_point(space, &point));
	return count;
}

/* The first call that lies in a gap, or that rules a and b tie for. */
static struct hvc_cover_point count_first(const struct hvc_cover_space *space,
                                          const struct hvc_cover_finding *found)
{
	struct hvc_cover_point point = {{0}};

	do {
		struct count count = {.gaps = 0};

		if (!in_space(space, &point))
			continue;
		count_point(space, &point, &count);
		if (found->kind == HVC_COVER_GAP ? count.gaps : count.tied[found->a][found->b])
			break;
	} while (next_point(space, &point));
	return point;
}

/* What must be found first, by the order cover.h promises. */
static struct hvc_cover_finding expect(const struct hvc_cover_space *space,
                                       const struct count *count)
{
	struct hvc_cover_finding e = {.kind = HVC_COVER_TOTAL};

	for (unsigned i = 0; i < space->rules; i++) {
		e.a = i;
		e.kind = !count->matched[i] ? HVC_COVER_EMPTY : HVC_COVER_HIDDEN;
		if (!count->won[i])
			return e;
		for (unsigned b = 0; b < i; b++) {
			if (!count->tied[b][i])
				continue;
			e.kind = HVC_COVER_OVERLAP;
			e.a = b;
			e.b = i;
			return e;
		}
	}
	e.kind = count->gaps ? HVC_COVER_GAP : HVC_COVER_TOTAL;
	return e;
}

TEST(random_rules_agree_with_counting)
{
	unsigned seen[HVC_COVER_MEMORY + 1] = {0};

	for (seed = 1; seed < 1000; seed++) {
		uint64_t start = seed;
		struct hvc_cover_space space = {.rule = rule};
		struct hvc_cover_finding found, expected;
		struct hvc_cover_point first;
		struct count count;

		space.worlds = 1 + random_below(2);
		space.levels = random_below(2) ? 0x1f : 1u << random_below(5);
		space.insns = 1 + random_below(7);
		space.traps = random_below(3) ? 0 : random_below(4);
		space.rules = 1 + random_below(RULES);
		for (unsigned i = 0; i < space.rules; i++)
			random_rule(i);
		if (random_below(2)) /* often a default, so that not every case has a gap */
			rule[space.rules - 1] = (struct hvc_rule){.imm = &every_imm,
			                                          .imms = 1,
			                                          .levels = 0x1f,
			                                          .insns = 7,
			                                          .worlds = 3,
			                                          .priority = INT_MIN};
		count = count_all(&space);
		expected = expect(&space, &count);
		hvc_cover__check(&space, &found);
		seen[found.kind]++;
		ck_assert_msg(found.kind == expected.kind, "seed %u: %d, counted %d",
		              (unsigned)start, found.kind, expected.kind);
		if (found.kind == HVC_COVER_OVERLAP || found.kind == HVC_COVER_EMPTY ||
		    found.kind == HVC_COVER_HIDDEN)
			ck_assert_uint_eq(found.a, expected.a);
		if (found.kind == HVC_COVER_OVERLAP)
			ck_assert_uint_eq(found.b, expected.b);
		if (found.kind == HVC_COVER_OVERLAP || found.kind == HVC_COVER_GAP) {
			first = count_first(&space, &found);
			ck_assert_msg(!memcmp(&first, &found.point, sizeof first),
			              "seed %u: not the first call", (unsigned)start);
		}
		seed = start;
	}
	/* A test of luck tests nothing: every kind came up often. */
	for (unsigned kind = HVC_COVER_TOTAL; kind <= HVC_COVER_HIDDEN; kind++)
		ck_assert_msg(seen[kind] >= 10, "kind %u came up %u times", kind, seen[kind]);
}

/* One rule a line over x0 alone: mask and up to two intervals. */
struct line {
	int priority;
	uint64_t mask;
	struct hvc_interval interval[2];
	unsigned intervals;
};

static struct hvc_cover_finding check_lines(const struct line *line, unsigned lines)
{
	struct hvc_condition condition[8];
	struct hvc_cover_space space = {1, 1u << HVC_LEVEL_EL1H, 1u << HVC_INSN_HVC, rule, lines,
	                                0};
	struct hvc_cover_finding found;

	for (unsigned i = 0; i < lines; i++) {
		condition[i] = (struct hvc_condition){HVC_REG_X0, line[i].mask, line[i].interval,
		                                      line[i].intervals};
		rule[i] = (struct hvc_rule){.imm = &every_imm,
		                            .imms = 1,
		                            .levels = 0x1f,
		                            .insns = 3,
		                            .worlds = 1,
		                            .priority = line[i].priority,
		                            .condition = &condition[i],
		                            .conditions = 1};
	}
	hvc_cover__check(&space, &found);
	return found;
}

#define M UINT64_MAX

TEST(whole_registers)
{
	const struct line split[] = {
	        {0, M, {{0, UINT64_C(0x7fffffffffffffff)}}, 1},
	        {0, M, {{UINT64_C(0x8000000000000000), M}}, 1},
	};
	const struct line hole[] = {
	        {0, M, {{0, UINT64_C(0x123456789abcdef)}}, 1},
	        {0, M, {{UINT64_C(0x123456789abcdf1), M}}, 1},
	};
	const struct line touch[] = {
	        {0, M, {{0, UINT64_C(1) << 63}}, 1},
	        {0, M, {{UINT64_C(1) << 63, M}}, 1},
	};
	struct hvc_cover_finding found;

	ck_assert_int_eq(check_lines(split, 2).kind, HVC_COVER_TOTAL);
	found = check_lines(hole, 2);
	ck_assert_int_eq(found.kind, HVC_COVER_GAP);
	ck_assert_uint_eq(found.point.v[HVC_COVER_X0], UINT64_C(0x123456789abcdf0));
	ck_assert_uint_eq(found.point.v[HVC_COVER_FROM], HVC_LEVEL_EL1H);
	found = check_lines(touch, 2);
	ck_assert_int_eq(found.kind, HVC_COVER_OVERLAP);
	ck_assert_uint_eq(found.point.v[HVC_COVER_X0], UINT64_C(1) << 63);
	ck_assert_int_eq(check_lines(split, 1).kind, HVC_COVER_GAP);
}

/* A function id under the SVE hint mask, against the lower half, against single bits. */
TEST(masks)
{
	const struct line disjoint[] = {
	        {0, 0xfffeffff, {{0x80000000, 0x80000000}}, 1},
	        {0, 0xffffffff, {{0, 0x7fffffff}, {0x80000001, 0x8000ffff}}, 2},
	        {0, 0xffffffff, {{0x80010001, 0xffffffff}}, 1},
	};
	const struct line hint[] = {
	        {0, 0xfffeffff, {{0x80000000, 0x80000000}}, 1},
	        {0, 0xffffffff, {{0x80010000, 0x80010000}}, 1},
	};
	const struct line parity[] = {
	        {0, 1, {{0, 0}}, 1},
	        {0, 1, {{1, 1}}, 1},
	};
	const struct line ends[] = {
	        {0, UINT64_C(0x8000000000000001), {{0, 1}}, 1},
	        {0, UINT64_C(0x8000000000000001), {{UINT64_C(0x8000000000000001), M >> 0}}, 1},
	};
	struct hvc_cover_finding found;

	ck_assert_int_eq(check_lines(disjoint, 3).kind, HVC_COVER_TOTAL);
	found = check_lines(hint, 2);
	ck_assert_int_eq(found.kind, HVC_COVER_OVERLAP);
	ck_assert_uint_eq(found.point.v[HVC_COVER_X0], 0x80010000);
	ck_assert_int_eq(check_lines(parity, 2).kind, HVC_COVER_TOTAL);
	found = check_lines(ends, 2);
	ck_assert_int_eq(found.kind, HVC_COVER_GAP);
	ck_assert_uint_eq(found.point.v[HVC_COVER_X0], UINT64_C(1) << 63);
}

/* An overlap that a third rule of higher priority takes away is none. */
TEST(priorities)
{
	const struct line settled[] = {
	        {0, M, {{0, 9}}, 1},
	        {0, M, {{5, M}}, 1},
	        {1, M, {{5, 9}}, 1},
	};
	const struct line hidden[] = {
	        {1, M, {{0, 4}}, 1},
	        {1, M, {{5, 9}}, 1},
	        {0, M, {{3, 7}}, 1},
	};
	const struct line reaches[] = {
	        {1, M, {{0, 4}}, 1},
	        {1, M, {{6, 9}}, 1},
	        {0, M, {{3, 7}}, 1},
	};

	ck_assert_int_eq(check_lines(settled, 3).kind, HVC_COVER_TOTAL);
	ck_assert_int_eq(check_lines(hidden, 3).kind, HVC_COVER_HIDDEN);
	ck_assert_uint_eq(check_lines(hidden, 3).a, 2);
	ck_assert_int_eq(check_lines(reaches, 3).kind, HVC_COVER_GAP);
	ck_assert_uint_eq(check_lines(reaches, 3).point.v[HVC_COVER_X0], 10);
}

/* Rules that spell out a hard problem are given up, not searched for ever. */
TEST(entangled_rules_are_given_up)
{
	static struct hvc_rule many[400];
	static struct hvc_condition condition[400][3];
	static const struct hvc_interval bit[2] = {{0, 0}, {1, 1}};
	struct hvc_cover_space space = {1, 1u << HVC_LEVEL_EL1H, 1u << HVC_INSN_HVC, many, 400, 0};
	struct hvc_cover_finding found;

	seed = 7;
	for (unsigned i = 0; i < 400; i++) {
		for (unsigned k = 0; k < 3; k++)
			condition[i][k] =
			        (struct hvc_condition){(enum hvc_reg)(10 * k + random_below(10)), 1,
			                               &bit[random_below(2)], 1};
		many[i] = (struct hvc_rule){.imm = &every_imm,
		                            .imms = 1,
		                            .levels = 0x1f,
		                            .insns = 3,
		                            .worlds = 1,
		                            .priority = 400 - (int)i,
		                            .condition = condition[i],
		                            .conditions = 3};
	}
	hvc_cover__check(&space, &found);
	ck_assert_int_eq(found.kind, HVC_COVER_COMPLEX);
}

SUITE_MAIN("cover")
