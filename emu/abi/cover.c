/* SPDX-License-Identifier: MIT */
#include "abi/cover.h"

#include <stdlib.h>
#include <string.h>

/** Steps of one check before it is given up: about a second. */
#define STEPS_MAX (UINT64_C(1) << 27)

/** (variable & mask) lies in the intervals, or in none of them. */
struct literal {
	unsigned var;
	bool negated;
	uint64_t mask;
	const struct hvc_interval *interval;
	unsigned intervals;
};

/** A rule as literals; those that hold for every call of the space are left out. */
struct box {
	struct literal *literal;
	unsigned literals;
	struct hvc_interval run[3][8]; /* of worlds, levels, instructions */
};

struct search {
	const struct hvc_cover_space *space;
	struct box *box;  /* one a rule */
	struct box whole; /* the space itself */
	uint16_t *minus;  /* scratch: rules to keep out of */
	unsigned width[HVC_COVER_VARS];
	bool asked[HVC_COVER_VARS]; /* some rule looks at the variable */
	struct literal *held;       /* what the call searched for must meet */
	unsigned helds, room;
	uint64_t steps;
	bool complex, memory;
};

enum fit { FIT_NONE, FIT_SOME, FIT_ALL };

/** How many of the values whose upper bits are `prefix` and lower `bits` are free fit. */
static enum fit literal_fit(const struct literal *l, uint64_t prefix, unsigned bits)
{
	uint64_t free_bits = bits ? UINT64_MAX >> (64 - bits) : 0;
	uint64_t lo = prefix & l->mask, hi = lo | (l->mask & free_bits);
	unsigned first = 0, last = l->intervals;
	enum fit fit = FIT_NONE;

	while (first < last) {
		unsigned middle = (first + last) / 2;

		if (l->interval[middle].hi < lo)
			first = middle + 1;
		else
			last = middle;
	}
	if (first < l->intervals && l->interval[first].lo <= hi)
		fit = l->interval[first].lo <= lo && l->interval[first].hi >= hi ? FIT_ALL
		                                                                 : FIT_SOME;
	return l->negated ? (enum fit)(FIT_ALL - fit) : fit;
}

/** The smallest value of var that meets every held literal, upper bits first. */
static bool solve_bits(struct search *s, unsigned var, uint64_t prefix, unsigned bits,
                       uint64_t *out)
{
	uint64_t open = 0;

	for (unsigned i = 0; i < s->helds; i++) {
		const struct literal *l = &s->held[i];
		enum fit fit;

		if (++s->steps > STEPS_MAX) {
			s->complex = true;
			return false;
		}
		if (l->var != var)
			continue;
		fit = literal_fit(l, prefix, bits);
		if (fit == FIT_NONE)
			return false;
		if (fit == FIT_SOME)
			open |= l->mask;
	}
	if (!open) {
		*out = prefix;
		return true;
	}
	bits--;
	if (solve_bits(s, var, prefix, bits, out))
		return true;
	/* A bit that no open literal looks at makes no difference. */
	if (s->complex || !(open >> bits & 1))
		return false;
	return solve_bits(s, var, prefix | UINT64_C(1) << bits, bits, out);
}

static bool solve(struct search *s, unsigned var, uint64_t *out)
{
	return solve_bits(s, var, 0, s->width[var], out);
}

static bool hold(struct search *s, const struct literal *literal, bool negated)
{
	if (s->helds == s->room) {
		unsigned room = s->room ? 2 * s->room : 64;
		struct literal *grown = realloc(s->held, room * sizeof *grown);

		if (!grown) {
			s->memory = true;
			return false;
		}
		s->held = grown;
		s->room = room;
	}
	s->held[s->helds] = *literal;
	s->held[s->helds].negated ^= negated;
	s->helds++;
	return true;
}

/** Hold all of a box; false when that leaves nothing. Drop what was held by setting helds. */
static bool hold_box(struct search *s, const struct box *box)
{
	uint64_t value;

	for (unsigned i = 0; i < box->literals; i++)
		if (!hold(s, &box->literal[i], false) || !solve(s, box->literal[i].var, &value))
			return false;
	return true;
}

/** May the search go on? */
static bool is_sane(const struct search *s)
{
	return !s->complex && !s->memory;
}

/**
 * Is there a call that meets what is held and lies in none of the rules minus[i..]? The box of
 * the first rule in the way is cut off literal by literal.
 */
static bool find_outside(struct search *s, const uint16_t *minus, unsigned count,
                         struct hvc_cover_point *out)
{
	unsigned held = s->helds;
	const struct box *box = NULL;

	for (; count && !box; minus++, count--) {
		if (hold_box(s, &s->box[*minus]))
			box = &s->box[*minus];
		s->helds = held;
		if (!is_sane(s))
			return false;
	}
	if (!box) {
		for (unsigned var = 0; var < HVC_COVER_VARS; var++)
			if (!solve(s, var, &out->v[var]))
				return false;
		return true;
	}
	for (unsigned i = 0; i < box->literals; i++) {
		unsigned before = s->helds, var = box->literal[i].var;
		uint64_t value;

		if (!hold(s, &box->literal[i], true))
			return false;
		if (solve(s, var, &value) && find_outside(s, minus, count, out))
			return true;
		s->helds = before;
		if (!is_sane(s) || !hold(s, &box->literal[i], false))
			return false;
		if (!solve(s, var, &value))
			break;
	}
	s->helds = held;
	return false;
}

/** The first such call: each variable in turn as small as those before it allow. */
static bool find_first_outside(struct search *s, unsigned count, struct hvc_cover_point *out)
{
	struct hvc_interval range[HVC_COVER_VARS];
	unsigned held = s->helds;

	if (!find_outside(s, s->minus, count, out))
		return false;
	s->helds = held;
	for (unsigned var = 0; var < HVC_COVER_VARS; var++) {
		struct literal within = {
		        .var = var, .mask = UINT64_MAX, .interval = &range[var], .intervals = 1};
		uint64_t lo = 0;

		if (!s->asked[var])
			continue;
		if (!hold(s, &within, false))
			return true;
		held = s->helds;
		while (lo < out->v[var]) {
			struct hvc_cover_point point;

			range[var] = (struct hvc_interval){lo, lo + (out->v[var] - lo) / 2};
			if (find_outside(s, s->minus, count, &point))
				*out = point;
			else
				lo = range[var].hi + 1;
			s->helds = held;
			/* What was found is a call to show all the same, only not the first. */
			if (!is_sane(s)) {
				s->complex = false;
				return true;
			}
		}
		range[var] = (struct hvc_interval){lo, lo};
	}
	return true;
}

/** The runs of ones in bits, as intervals. */
static unsigned find_runs(unsigned bits, struct hvc_interval *out)
{
	unsigned runs = 0;

	for (unsigned i = 0; bits >> i; i++) {
		if (!(bits >> i & 1))
			continue;
		if (i && bits >> (i - 1) & 1)
			out[runs - 1].hi = i;
		else
			out[runs++] = (struct hvc_interval){i, i};
	}
	return runs;
}

static void add_literal(struct search *s, struct box *box, unsigned var, uint64_t mask,
                        const struct hvc_interval *interval, unsigned intervals)
{
	box->literal[box->literals++] = (struct literal){
	        .var = var, .mask = mask, .interval = interval, .intervals = intervals};
	s->asked[var] = true;
}

/** The literals of worlds, levels and instructions, where they are fewer than the space's. */
static void add_bits(struct search *s, struct box *box, const unsigned *bits, const unsigned *all)
{
	for (unsigned i = 0; i < 3; i++)
		if ((bits[i] & all[i]) != all[i])
			add_literal(s, box, HVC_COVER_WORLD + i, UINT64_MAX, box->run[i],
			            find_runs(bits[i], box->run[i]));
}

static bool make_boxes(struct search *s)
{
	static const unsigned every[3] = {0xffff, 0xff, 0x3};
	const struct hvc_cover_space *space = s->space;
	const unsigned all[3] = {(1u << space->worlds) - 1, space->levels, space->insns};

	s->box = calloc(space->rules, sizeof *s->box);
	s->minus = calloc(space->rules, sizeof *s->minus);
	s->whole.literal = calloc(3, sizeof *s->whole.literal);
	if (!s->box || !s->minus || !s->whole.literal)
		return false;
	for (unsigned i = 0; i < space->rules; i++) {
		const struct hvc_rule *rule = &space->rule[i];
		const unsigned bits[3] = {rule->worlds, rule->levels, rule->insns};
		struct box *box = &s->box[i];

		box->literal = calloc(4 + rule->conditions, sizeof *box->literal);
		if (!box->literal)
			return false;
		add_bits(s, box, bits, all);
		if (rule->imms != 1 || rule->imm[0].lo != 0 || rule->imm[0].hi != UINT16_MAX)
			add_literal(s, box, HVC_COVER_IMM, UINT64_MAX, rule->imm, rule->imms);
		for (unsigned k = 0; k < rule->conditions; k++)
			add_literal(s, box, HVC_COVER_X0 + rule->condition[k].reg,
			            rule->condition[k].mask, rule->condition[k].interval,
			            rule->condition[k].intervals);
	}
	add_bits(s, &s->whole, all, every);
	return true;
}

/** Rules of higher priority than rule a, to s->minus. */
static unsigned find_higher(struct search *s, unsigned a)
{
	const struct hvc_rule *rule = s->space->rule;
	unsigned count = 0;

	for (unsigned i = 0; i < s->space->rules; i++)
		if (rule[i].priority > rule[a].priority)
			s->minus[count++] = (uint16_t)i;
	return count;
}

static enum hvc_cover_kind check_rule(struct search *s, unsigned a, struct hvc_cover_finding *out)
{
	unsigned higher = find_higher(s, a), whole = s->helds;
	struct hvc_cover_point point;
	bool ok;

	out->a = a;
	if (!hold_box(s, &s->box[a]))
		return HVC_COVER_EMPTY;
	if (!find_outside(s, s->minus, higher, &point))
		return HVC_COVER_HIDDEN;
	for (unsigned b = 0; b < a; b++) {
		if (s->space->rule[b].priority != s->space->rule[a].priority)
			continue;
		s->helds = whole;
		ok = hold_box(s, &s->box[b]) && hold_box(s, &s->box[a]) &&
		     find_first_outside(s, higher, &out->point);
		if (!is_sane(s))
			break;
		if (ok) {
			out->a = b;
			out->b = a;
			return HVC_COVER_OVERLAP;
		}
	}
	return HVC_COVER_TOTAL;
}

static enum hvc_cover_kind check_all(struct search *s, struct hvc_cover_finding *out)
{
	unsigned whole;

	if (!hold_box(s, &s->whole))
		return HVC_COVER_TOTAL;
	whole = s->helds;
	for (unsigned a = 0; a < s->space->rules && is_sane(s); a++) {
		enum hvc_cover_kind kind = check_rule(s, a, out);

		if (kind != HVC_COVER_TOTAL)
			return kind;
		s->helds = whole;
	}
	for (unsigned i = 0; i < s->space->rules; i++)
		s->minus[i] = (uint16_t)i;
	if (is_sane(s) && find_first_outside(s, s->space->rules, &out->point))
		return HVC_COVER_GAP;
	return HVC_COVER_TOTAL;
}

void hvc_cover__check(const struct hvc_cover_space *space, struct hvc_cover_finding *out)
{
	struct search s = {.space = space};

	memset(out, 0, sizeof *out);
	for (unsigned var = 0; var < HVC_COVER_VARS; var++)
		s.width[var] = var == HVC_COVER_WORLD  ? 4
		               : var == HVC_COVER_FROM ? 3
		               : var == HVC_COVER_INSN ? 1
		               : var == HVC_COVER_IMM  ? 16
		                                       : 64;
	s.memory = !make_boxes(&s);
	out->kind = s.memory ? HVC_COVER_MEMORY : check_all(&s, out);
	if (s.memory)
		out->kind = HVC_COVER_MEMORY;
	else if (s.complex)
		out->kind = HVC_COVER_COMPLEX;
	for (unsigned i = 0; s.box && i < space->rules; i++)
		free(s.box[i].literal);
	free(s.box);
	free(s.minus);
	free(s.whole.literal);
	free(s.held);
}
