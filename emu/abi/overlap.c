/* SPDX-License-Identifier: MIT */
#include "abi/overlap.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

static bool is_for(const struct hvc_rule *rule, unsigned world, enum hvc_level level)
{
	return rule->worlds >> world & 1 && rule->levels >> level & 1 &&
	       rule->insns >> hvc_insn__at(HVC_INSN_HVC, level) & 1;
}

static bool make_side(struct hvc_overlap_side *side, const struct hvc_abi *abi)
{
	static const unsigned none[3] = {0, 0, 0};

	side->abi = abi;
	side->box = calloc(abi->rules, sizeof *side->box);
	for (unsigned i = 0; side->box && i < abi->rules; i++)
		if (!hvc_cover__make_box(&abi->rule[i], none, &side->box[i]))
			return false;
	return side->box != NULL;
}

static void free_side(struct hvc_overlap_side *side)
{
	for (unsigned i = 0; side->box && i < side->abi->rules; i++)
		hvc_cover__free_box(&side->box[i]);
	free(side->box);
}

/* Rules of either ABI that take calls away from the pair that is held. */
static bool find_minus(struct hvc_overlap_work *w, const unsigned rule[2])
{
	struct hvc_cover_search *s = &w->search;
	unsigned held = s->helds;

	w->minuses = 0;
	for (unsigned k = 0; k < 2; k++) {
		const struct hvc_abi *abi = w->side[k].abi;

		for (unsigned i = 0; i < abi->rules; i++) {
			if (abi->rule[i].priority <= abi->rule[rule[k]].priority ||
			    !is_for(&abi->rule[i], w->world[k], w->level))
				continue;
			if (hvc_cover__hold_box(s, &w->side[k].box[i]))
				w->minus[w->minuses++] = &w->side[k].box[i];
			s->helds = held;
			if (!hvc_cover__is_sane(s))
				return false;
		}
	}
	return true;
}

static void ask(struct hvc_overlap_work *w, const struct hvc_cover_box *a,
                const struct hvc_cover_box *b)
{
	memset(w->search.asked, 0, sizeof w->search.asked);
	w->search.asked[HVC_COVER_IMM] = true;
	hvc_cover__ask(&w->search, a);
	hvc_cover__ask(&w->search, b);
	for (unsigned i = 0; i < w->minuses; i++)
		hvc_cover__ask(&w->search, w->minus[i]);
}

/* Is some part of a register asked for, but no whole selector of 32 or 64 bits? */
static bool is_part(const struct hvc_overlap_work *w, unsigned var)
{
	const struct hvc_cover_search *s = &w->search;

	for (unsigned i = 0; i < s->helds; i++)
		if (s->held[i].var == var && (uint32_t)s->held[i].mask == UINT32_MAX)
			return false;
	return s->asked[var];
}

/*
 * The first call of the pair that no other rule takes. A register of which only some bits matter,
 * such as an aligned address, has its usual value where that will do.
 */
static bool find_witness(struct hvc_overlap_work *w, struct hvc_cover_point *out)
{
	struct hvc_interval usual[HVC_GPR_COUNT];
	struct hvc_cover_search *s = &w->search;
	struct hvc_cover_point point;
	struct hvc_call plain;
	unsigned before = s->helds;
	bool any;

	hvc_call_init(&plain, 0);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		const struct hvc_cover_literal literal = {.var = HVC_COVER_X0 + n,
		                                          .mask = UINT64_MAX,
		                                          .interval = &usual[n],
		                                          .intervals = 1};
		unsigned held = s->helds;

		usual[n] = (struct hvc_interval){plain.x[n], plain.x[n]};
		if (!is_part(w, literal.var))
			continue;
		any = hvc_cover__hold(s, &literal, false);
		held = any && hvc_cover__find_outside(s, w->minus, w->minuses, &point) ? held + 1
		                                                                       : held;
		s->helds = held;
	}
	any = hvc_cover__find_first_outside(s, w->minus, w->minuses, out);
	s->helds = before;
	return any && hvc_cover__is_sane(s);
}

static void fill_witness(const struct hvc_overlap_work *w, const struct hvc_cover_point *point,
                         struct hvc_overlap *out)
{
	hvc_call_init(&out->witness, 0);
	out->witness.from = w->level;
	out->witness.insn = hvc_insn__at(HVC_INSN_HVC, w->level);
	out->witness.imm = (uint16_t)point->v[HVC_COVER_IMM];
	out->world[0] = w->world[0];
	out->world[1] = w->world[1];
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (w->search.asked[HVC_COVER_X0 + n])
			out->witness.x[n] = point->v[HVC_COVER_X0 + n];
}

static bool is_same_set(const struct hvc_overlap *a, const struct hvc_overlap *b)
{
	return a->imms == b->imms && !memcmp(a->imm, b->imm, a->imms * sizeof *a->imm);
}

/* Take an overlap in; where its pair is there already, from other worlds, add the immediates. */
static bool keep(struct hvc_overlap_work *w, const struct hvc_overlap *found)
{
	unsigned pair = found->rule[0] * w->side[1].abi->rules + found->rule[1];
	struct hvc_overlap *old = w->index[pair] ? &w->overlap[w->index[pair] - 1] : NULL;
	struct hvc_interval *imm;
	unsigned count = 0;

	if (!old) {
		if (!hvc_grow(&w->overlap, &w->room, w->count, sizeof *w->overlap))
			return false;
		w->overlap[w->count++] = *found;
		w->index[pair] = w->count;
		return true;
	}
	imm = hvc_arena__take(&w->arena, (old->imms + found->imms) * sizeof *imm);
	if (!imm)
		return false;
	for (unsigned i = 0, k = 0; i < old->imms || k < found->imms;) {
		bool first =
		        k == found->imms || (i < old->imms && old->imm[i].lo <= found->imm[k].lo);
		struct hvc_interval next = first ? old->imm[i++] : found->imm[k++];

		if (count && next.lo <= imm[count - 1].hi + 1)
			imm[count - 1].hi =
			        next.hi > imm[count - 1].hi ? next.hi : imm[count - 1].hi;
		else
			imm[count++] = next;
	}
	/* Where one world or caller has fewer immediates, other rules take the rest of them. */
	old->partly |= found->partly || !is_same_set(old, found);
	old->imm = imm;
	old->imms = count;
	return true;
}

/* False: memory ran out or the search was given up, as w->search says. */
static bool meet(struct hvc_overlap_work *w, unsigned a, unsigned b)
{
	const struct hvc_rule *const rule[2] = {&w->side[0].abi->rule[a], &w->side[1].abi->rule[b]};
	struct hvc_overlap found = {.rule = {a, b}};
	struct hvc_cover_search *s = &w->search;
	struct hvc_cover_point point;

	s->helds = 0;
	s->steps = 0;
	if (!hvc_cover__hold_box(s, &w->side[0].box[a]) ||
	    !hvc_cover__hold_box(s, &w->side[1].box[b]))
		return hvc_cover__is_sane(s);
	if (!find_minus(w, found.rule))
		return false;
	ask(w, &w->side[0].box[a], &w->side[1].box[b]);
	if (!find_witness(w, &point)) {
		w->lost[a * w->side[1].abi->rules + b] = true;
		return hvc_cover__is_sane(s);
	}
	fill_witness(w, &point, &found);
	s->memory = !hvc_overlap__find_imms(w, rule, &found);
	found.partly = hvc_overlap__is_partly(w, &found);
	s->memory = s->memory || !hvc_overlap__find_conditions(w, rule, &found) || !keep(w, &found);
	return hvc_cover__is_sane(s);
}

static bool meet_all(struct hvc_overlap_work *w)
{
	const struct hvc_abi *a = w->side[0].abi, *b = w->side[1].abi;

	for (unsigned i = 0; i < a->rules; i++) {
		if (!is_for(&a->rule[i], w->world[0], w->level) ||
		    (w->filter && !w->filter(&a->rule[i])))
			continue;
		for (unsigned k = 0; k < b->rules; k++)
			if (is_for(&b->rule[k], w->world[1], w->level) &&
			    (!w->filter || w->filter(&b->rule[k])) && !meet(w, i, k))
				return false;
	}
	return true;
}

static bool is_same_world(const struct hvc_abi *a, unsigned x, const struct hvc_abi *b, unsigned y)
{
	return !strcmp(a->world[x].world.name, b->world[y].world.name);
}

/* Does any world of one have its counterpart in the other? */
static bool share_worlds(const struct hvc_abi *a, const struct hvc_abi *b)
{
	for (unsigned x = 0; x < a->worlds; x++)
		for (unsigned y = 0; y < b->worlds; y++)
			if (is_same_world(a, x, b, y))
				return true;
	return false;
}

/* HVC is the instruction of the level's state: where both have callers of AArch64, of these. */
static const enum hvc_level levels[] = {HVC_LEVEL_EL1H,    HVC_LEVEL_EL1T,    HVC_LEVEL_EL1_SVC,
                                        HVC_LEVEL_EL1_SYS, HVC_LEVEL_EL1_FIQ, HVC_LEVEL_EL1_IRQ,
                                        HVC_LEVEL_EL1_ABT, HVC_LEVEL_EL1_UND};

#define LEVELS (sizeof levels / sizeof *levels)

/* Does any rule tell two levels apart? */
static bool tells_levels(const struct hvc_abi *abi, enum hvc_level a, enum hvc_level b)
{
	for (unsigned i = 0; i < abi->rules; i++)
		if ((abi->rule[i].levels >> a & 1) != (abi->rule[i].levels >> b & 1))
			return true;
	return false;
}

/* The callers that both have, and that no caller before stands for, in `out`; returns how many. */
static unsigned choose_levels(const struct hvc_abi *a, const struct hvc_abi *b,
                              enum hvc_level out[static LEVELS])
{
	unsigned common = a->levels & b->levels, count = 0;

	for (unsigned i = 0; i < LEVELS; i++) {
		enum hvc_insn insn = hvc_insn__at(HVC_INSN_HVC, levels[i]);

		if (!(common >> levels[i] & 1) || !(a->insns & b->insns & 1u << insn) ||
		    (count && hvc_level_is_aarch32(levels[i]) != hvc_level_is_aarch32(out[0])))
			continue;
		if (!count || tells_levels(a, out[0], levels[i]) ||
		    tells_levels(b, out[0], levels[i]))
			out[count++] = levels[i];
	}
	return count;
}

static bool meet_worlds(struct hvc_overlap_work *w, const enum hvc_level *level, unsigned count)
{
	const struct hvc_abi *a = w->side[0].abi, *b = w->side[1].abi;
	bool shared = share_worlds(a, b);

	for (unsigned i = 0; i < count; i++) {
		w->level = level[i];
		for (w->world[0] = 0; w->world[0] < a->worlds; w->world[0]++)
			for (w->world[1] = 0; w->world[1] < b->worlds; w->world[1]++)
				if ((!shared || is_same_world(a, w->world[0], b, w->world[1])) &&
				    !meet_all(w))
					return false;
	}
	return true;
}

static int compare_overlaps(const void *a, const void *b)
{
	const struct hvc_overlap *x = a, *y = b;

	if (x->rule[0] != y->rule[0])
		return x->rule[0] < y->rule[0] ? -1 : 1;
	return x->rule[1] < y->rule[1] ? -1 : x->rule[1] > y->rule[1];
}

enum hvc_status hvc_overlap__find(const struct hvc_abi *first, const struct hvc_abi *second,
                                  hvc_overlap_filter *filter, struct hvc_diag *diag,
                                  struct hvc_overlaps *out)
{
	struct hvc_overlap_work w = {.filter = filter};
	enum hvc_level level[LEVELS];
	unsigned callers = choose_levels(first, second, level);
	bool ok;

	if (!callers)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, hvc_abi_name(first), 0, 0,
		                    "no caller at EL1 is of this ABI and of %s, and calls of "
		                    "others are not compared",
		                    hvc_abi_name(second));
	w.minus = calloc(first->rules + second->rules, sizeof *w.minus);
	w.index = calloc((size_t)first->rules * second->rules, sizeof *w.index);
	w.lost = calloc((size_t)first->rules * second->rules, sizeof *w.lost);
	ok = w.lost && make_side(&w.side[0], first) && make_side(&w.side[1], second) && w.minus &&
	     w.index;
	w.search.memory = !ok;
	ok = ok && meet_worlds(&w, level, callers);
	free_side(&w.side[0]);
	free_side(&w.side[1]);
	free(w.minus);
	for (unsigned i = 0; ok && i < w.count; i++)
		w.overlap[i].partly |=
		        w.lost[w.overlap[i].rule[0] * second->rules + w.overlap[i].rule[1]];
	free(w.index);
	free(w.lost);
	hvc_cover__free_search(&w.search);
	if (!ok) {
		free(w.overlap);
		hvc_arena__free(&w.arena);
		if (w.search.memory)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, hvc_abi_name(first), 0, 0,
		                    "its rules are too entangled with those of %s",
		                    hvc_abi_name(second));
	}
	if (w.count)
		qsort(w.overlap, w.count, sizeof *w.overlap, compare_overlaps);
	*out = (struct hvc_overlaps){w.overlap, w.count, w.arena.last};
	return HVC_OK;
}

void hvc_overlaps__free(struct hvc_overlaps *overlaps)
{
	struct hvc_arena arena = {.last = overlaps->memory};

	hvc_arena__free(&arena);
	free(overlaps->overlap);
	*overlaps = (struct hvc_overlaps){NULL, 0, NULL};
}
