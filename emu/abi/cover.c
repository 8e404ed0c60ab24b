/* SPDX-License-Identifier: MIT */
#include "abi/cover.h"

#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"

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
		                           : i == 1 ? a32
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
