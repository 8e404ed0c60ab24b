/* SPDX-License-Identifier: MIT */
#include "abi/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "hvcheck/arch.h"
#include "hvcheck/limit.h"

enum fit { FIT_NONE, FIT_SOME, FIT_ALL };

/** How many of the values whose upper bits are `prefix` and lower `bits` are free fit. */
static enum fit literal_fit(const struct hvc_cover_literal *l, uint64_t prefix, unsigned bits)
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
static bool solve_bits(struct hvc_cover_search *s, unsigned var, uint64_t prefix, unsigned bits,
                       uint64_t *out)
{
	uint64_t open = 0;

	for (unsigned i = 0; i < s->helds; i++) {
		const struct hvc_cover_literal *l = &s->held[i];
		enum fit fit;

		if (++s->steps > HVC_LIMIT_PROOF) {
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

static unsigned width_of(unsigned var)
{
	return var == HVC_COVER_WORLD  ? 4
	       : var == HVC_COVER_FROM ? 4
	       : var == HVC_COVER_INSN ? 3
	       : var == HVC_COVER_IMM  ? 16
	                               : 64;
}

bool hvc_cover__solve(struct hvc_cover_search *s, unsigned var, uint64_t *out)
{
	return solve_bits(s, var, 0, width_of(var), out);
}

bool hvc_cover__hold(struct hvc_cover_search *s, const struct hvc_cover_literal *literal,
                     bool negated)
{
	if (!hvc_grow(&s->held, &s->room, s->helds, sizeof *s->held)) {
		s->memory = true;
		return false;
	}
	s->held[s->helds] = *literal;
	s->held[s->helds].negated ^= negated;
	s->helds++;
	return true;
}

bool hvc_cover__hold_box(struct hvc_cover_search *s, const struct hvc_cover_box *box)
{
	uint64_t value;

	for (unsigned i = 0; i < box->literals; i++)
		if (!hvc_cover__hold(s, &box->literal[i], false) ||
		    !hvc_cover__solve(s, box->literal[i].var, &value))
			return false;
	return true;
}

/* The first box in the way is cut off literal by literal. */
bool hvc_cover__find_outside(struct hvc_cover_search *s, const struct hvc_cover_box *const *minus,
                             unsigned count, struct hvc_cover_point *out)
{
	unsigned held = s->helds;
	const struct hvc_cover_box *box = NULL;

	for (; count && !box; minus++, count--) {
		if (hvc_cover__hold_box(s, *minus))
			box = *minus;
		s->helds = held;
		if (!hvc_cover__is_sane(s))
			return false;
	}
	if (!box) {
		for (unsigned var = 0; var < HVC_COVER_VARS; var++)
			if (!hvc_cover__solve(s, var, &out->v[var]))
				return false;
		return true;
	}
	for (unsigned i = 0; i < box->literals; i++) {
		unsigned before = s->helds, var = box->literal[i].var;
		uint64_t value;

		if (!hvc_cover__hold(s, &box->literal[i], true))
			return false;
		if (hvc_cover__solve(s, var, &value) &&
		    hvc_cover__find_outside(s, minus, count, out))
			return true;
		s->helds = before;
		if (!hvc_cover__is_sane(s) || !hvc_cover__hold(s, &box->literal[i], false))
			return false;
		if (!hvc_cover__solve(s, var, &value))
			break;
	}
	s->helds = held;
	return false;
}

bool hvc_cover__find_first_outside(struct hvc_cover_search *s,
                                   const struct hvc_cover_box *const *minus, unsigned count,
                                   struct hvc_cover_point *out)
{
	struct hvc_interval range[HVC_COVER_VARS];
	unsigned held = s->helds;

	if (!hvc_cover__find_outside(s, minus, count, out))
		return false;
	s->helds = held;
	for (unsigned var = 0; var < HVC_COVER_VARS; var++) {
		struct hvc_cover_literal within = {
		        .var = var, .mask = UINT64_MAX, .interval = &range[var], .intervals = 1};
		uint64_t lo = 0;

		if (!s->asked[var])
			continue;
		if (!hvc_cover__hold(s, &within, false))
			return true;
		held = s->helds;
		while (lo < out->v[var]) {
			struct hvc_cover_point point;

			range[var] = (struct hvc_interval){lo, lo + (out->v[var] - lo) / 2};
			if (hvc_cover__find_outside(s, minus, count, &point))
				*out = point;
			else
				lo = range[var].hi + 1;
			s->helds = held;
			/* What was found is a call to show all the same, only not the first. */
			if (!hvc_cover__is_sane(s)) {
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

static void add_literal(struct hvc_cover_box *box, unsigned var, uint64_t mask,
                        const struct hvc_interval *interval, unsigned intervals)
{
	box->literal[box->literals++] = (struct hvc_cover_literal){
	        .var = var, .mask = mask, .interval = interval, .intervals = intervals};
}

/** The literals of worlds, levels and instructions, where they are fewer than the space's. */
static void add_bits(struct hvc_cover_box *box, const unsigned *bits, const unsigned *all)
{
	for (unsigned i = 0; i < 3; i++)
		if ((bits[i] & all[i]) != all[i])
			add_literal(box, HVC_COVER_WORLD + i, UINT64_MAX, box->run[i],
			            find_runs(bits[i], box->run[i]));
}

bool hvc_cover__make_box(const struct hvc_rule *rule, const unsigned all[3],
                         struct hvc_cover_box *box)
{
	const unsigned bits[3] = {rule->worlds, rule->levels, rule->insns};

	box->literals = 0;
	box->literal = calloc(4 + rule->conditions, sizeof *box->literal);
	if (!box->literal)
		return false;
	add_bits(box, bits, all);
	if (rule->imms != 1 || rule->imm[0].lo != 0 || rule->imm[0].hi != UINT16_MAX)
		add_literal(box, HVC_COVER_IMM, UINT64_MAX, rule->imm, rule->imms);
	for (unsigned k = 0; k < rule->conditions; k++)
		add_literal(box, HVC_COVER_X0 + rule->condition[k].reg, rule->condition[k].mask,
		            rule->condition[k].interval, rule->condition[k].intervals);
	return true;
}

bool hvc_cover__make_whole(const unsigned all[3], struct hvc_cover_box *box)
{
	static const unsigned every[3] = {0xffff, 0xffff, 0xff};

	box->literals = 0;
	box->literal = calloc(3, sizeof *box->literal);
	if (!box->literal)
		return false;
	add_bits(box, all, every);
	return true;
}

void hvc_cover__free_box(struct hvc_cover_box *box)
{
	free(box->literal);
	box->literal = NULL;
}

void hvc_cover__ask(struct hvc_cover_search *s, const struct hvc_cover_box *box)
{
	for (unsigned i = 0; i < box->literals; i++)
		s->asked[box->literal[i].var] = true;
}

void hvc_cover__free_search(struct hvc_cover_search *s)
{
	free(s->held);
	s->held = NULL;
}

/* The rules of a space as boxes, and the search in it. */
struct check {
	const struct hvc_cover_space *space;
	struct hvc_cover_box *box;      /* one a rule */
	struct hvc_cover_box whole;     /* the space itself */
	struct hvc_cover_box nobody[4]; /* levels, and worlds, that have not the instructions */
	unsigned nobodies;
	const struct hvc_cover_box **minus; /* scratch: rules to keep out of */
	struct hvc_cover_search search;
};

/*
 * No level of AArch64 state has an instruction of AArch32, and the other way round; no world of
 * traps has another call, and no other world a trap.
 */
static bool make_nobody(struct check *c, const unsigned all[3])
{
	static const struct hvc_interval every = {0, HVC_IMM_COUNT - 1};
	unsigned a32 = 0;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		if (hvc_caller_index((enum hvc_insn)insn, HVC_LEVEL_EL1_SVC) != HVC_CALLER_NONE)
			a32 |= 1u << insn;
	for (unsigned i = 0; i < 4; i++) {
		const unsigned traps = 1u << HVC_INSN_TRAP, worlds = c->space->traps;
		const struct hvc_rule rule = {
		        .worlds = all[0] & (i < 2    ? ~0u
		                            : i == 2 ? worlds
		                                     : ~worlds),
		        .levels = all[1] & (i == 0   ? HVC_LEVELS_AARCH32
		                            : i == 1 ? ~HVC_LEVELS_AARCH32
		                                     : ~0u),
		        .insns = all[2] & (i == 0   ? ~a32
		                           : i == 1 ? a32 & ~traps
		                           : i == 2 ? ~traps
		                                    : traps),
		        .imm = &every,
		        .imms = 1,
		};

		if (!rule.worlds || !rule.levels || !rule.insns)
			continue;
		if (!hvc_cover__make_box(&rule, all, &c->nobody[c->nobodies]))
			return false;
		c->minus[c->nobodies] = &c->nobody[c->nobodies];
		c->nobodies++;
	}
	return true;
}

static bool make_boxes(struct check *c)
{
	const struct hvc_cover_space *space = c->space;
	const unsigned all[3] = {(1u << space->worlds) - 1, space->levels, space->insns};

	c->box = calloc(space->rules, sizeof *c->box);
	c->minus = calloc(space->rules + 4, sizeof *c->minus);
	if (!c->box || !c->minus || !hvc_cover__make_whole(all, &c->whole) || !make_nobody(c, all))
		return false;
	for (unsigned i = 0; i < space->rules; i++) {
		if (!hvc_cover__make_box(&space->rule[i], all, &c->box[i]))
			return false;
		hvc_cover__ask(&c->search, &c->box[i]);
	}
	hvc_cover__ask(&c->search, &c->whole);
	return true;
}

/** What no caller makes, and rules of higher priority than rule a, to c->minus. */
static unsigned find_higher(struct check *c, unsigned a)
{
	const struct hvc_rule *rule = c->space->rule;
	unsigned count = c->nobodies;

	for (unsigned i = 0; i < c->space->rules; i++)
		if (rule[i].priority > rule[a].priority)
			c->minus[count++] = &c->box[i];
	return count;
}

static enum hvc_cover_kind check_rule(struct check *c, unsigned a, struct hvc_cover_finding *out)
{
	struct hvc_cover_search *s = &c->search;
	unsigned higher = find_higher(c, a), whole = s->helds, held;
	struct hvc_cover_point point;
	bool ok;

	out->a = a;
	if (!hvc_cover__hold_box(s, &c->box[a]))
		return HVC_COVER_EMPTY;
	held = s->helds;
	if (!hvc_cover__find_outside(s, c->minus, c->nobodies, &point))
		return HVC_COVER_EMPTY;
	s->helds = held; /* what was found narrows the search no more */
	if (!hvc_cover__find_outside(s, c->minus, higher, &point))
		return HVC_COVER_HIDDEN;
	for (unsigned b = 0; b < a; b++) {
		if (c->space->rule[b].priority != c->space->rule[a].priority)
			continue;
		s->helds = whole;
		ok = hvc_cover__hold_box(s, &c->box[b]) && hvc_cover__hold_box(s, &c->box[a]) &&
		     hvc_cover__find_first_outside(s, c->minus, higher, &out->point);
		if (!hvc_cover__is_sane(s))
			break;
		if (ok) {
			out->a = b;
			out->b = a;
			return HVC_COVER_OVERLAP;
		}
	}
	return HVC_COVER_TOTAL;
}

static enum hvc_cover_kind check_all(struct check *c, struct hvc_cover_finding *out)
{
	struct hvc_cover_search *s = &c->search;
	unsigned whole;

	if (!hvc_cover__hold_box(s, &c->whole))
		return HVC_COVER_TOTAL;
	whole = s->helds;
	for (unsigned a = 0; a < c->space->rules && hvc_cover__is_sane(s); a++) {
		enum hvc_cover_kind kind = check_rule(c, a, out);

		if (kind != HVC_COVER_TOTAL)
			return kind;
		s->helds = whole;
	}
	for (unsigned i = 0; i < c->space->rules; i++)
		c->minus[c->nobodies + i] = &c->box[i];
	if (hvc_cover__is_sane(s) &&
	    hvc_cover__find_first_outside(s, c->minus, c->nobodies + c->space->rules, &out->point))
		return HVC_COVER_GAP;
	return HVC_COVER_TOTAL;
}

void hvc_cover__check(const struct hvc_cover_space *space, struct hvc_cover_finding *out)
{
	struct check c = {.space = space};

	memset(out, 0, sizeof *out);
	c.search.memory = !make_boxes(&c);
	out->kind = c.search.memory ? HVC_COVER_MEMORY : check_all(&c, out);
	if (c.search.memory)
		out->kind = HVC_COVER_MEMORY;
	else if (c.search.complex)
		out->kind = HVC_COVER_COMPLEX;
	for (unsigned i = 0; c.box && i < space->rules; i++)
		hvc_cover__free_box(&c.box[i]);
	for (unsigned i = 0; i < c.nobodies; i++)
		hvc_cover__free_box(&c.nobody[i]);
	hvc_cover__free_box(&c.whole);
	free(c.box);
	free(c.minus);
	hvc_cover__free_search(&c.search);
}
