/* SPDX-License-Identifier: MIT */
/* Rows from paths: what each does beyond leaving things as they were. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/exact_trial.h"
#include "hvcheck/arch.h"
#include "machine/world.h"

/*
 * Code that decides by fields says several things of one register: its bit 30 is 1, bits 24 to 29
 * are 4, the lower half is one of these. Where that is a few ranges of one number, people want
 * these.
 */

/** Ranges that one set is taken apart into. */
#define PIECES_MAX 256u

static unsigned top_of(const struct hvc_member *m)
{
	unsigned low;

	(void)hvc_bv__root(m->key, &low);
	return low + m->key->width;
}

static unsigned bits_of(uint64_t value)
{
	unsigned bits = 0;

	for (; value; value >>= 1)
		bits++;
	return bits;
}

/*
 * The numbers of `width` bits, of which those from `used` on are 0, that have the member's bits.
 * NULL: too many ranges, or no memory.
 */
static const struct hvc_set *spread(struct hvc_bvs *terms, const struct hvc_member *m,
                                    unsigned width, unsigned used)
{
	unsigned low, top = top_of(m), above = used > top ? used - top : 0;

	(void)hvc_bv__root(m->key, &low);
	if (above > 8 || m->set->count << above > PIECES_MAX)
		return NULL;
	return hvc_set__spread(terms, m->set, width, low, above);
}

/* Of all members that are bits of the same: how wide a number has them all. */
static unsigned width_of(const struct hvc_row_case *c, hvc_ref root, size_t *members)
{
	unsigned low, top = 0;

	*members = 0;
	for (size_t i = 0; i < c->members; i++)
		if (hvc_bv__root(c->member[i].key, &low) == root) {
			top = top_of(&c->member[i]) > top ? top_of(&c->member[i]) : top;
			++*members;
		}
	return top <= 32 && root->width > 32 ? 32 : root->width;
}

/* What is said of all of the number; `otherwise` where nothing is. */
static size_t find_whole(const struct hvc_row_case *c, hvc_ref root, unsigned width,
                         size_t otherwise)
{
	unsigned low;

	for (size_t i = 0; i < c->members; i++)
		if (hvc_bv__root(c->member[i].key, &low) == root && !low &&
		    c->member[i].key->width == width)
			return i;
	return otherwise;
}

static void drop(struct hvc_row_case *c, size_t at)
{
	c->members--;
	memmove(c->member + at, c->member + at + 1, (c->members - at) * sizeof *c->member);
}

/* Make one member of those that can be one with that at `at`. */
static void gather(struct hvc_bvs *terms, struct hvc_row_case *c, size_t at)
{
	unsigned low, width, used;
	hvc_ref root = hvc_bv__root(c->member[at].key, &low);
	const struct hvc_set *all, *one, *both;
	size_t members;

	width = width_of(c, root, &members);
	if (members < 2)
		return;
	at = find_whole(c, root, width, at);
	all = spread(terms, &c->member[at], width, width);
	for (size_t i = 0; all && i < c->members; i++) {
		if (i == at || hvc_bv__root(c->member[i].key, &low) != root)
			continue;
		used = all->count ? bits_of(all->range[all->count - 1].hi) : 0;
		one = spread(terms, &c->member[i], width, used);
		both = one ? hvc_set__and(terms, all, one) : NULL;
		if (!both || !both->count || both->count > all->count + c->member[i].set->count)
			continue;
		all = both;
		c->member[at] =
		        (struct hvc_member){hvc_bv__extract(terms, root, width - 1, 0), all};
		drop(c, i);
		at -= i < at;
		i--;
	}
}

/* Say what a case says of parts of one register as ranges of it, where these are few. */
static void tidy_case(struct hvc_bvs *terms, struct hvc_row_case *c)
{
	for (size_t i = 0; i < c->members; i++)
		gather(terms, c, i);
}

/** Registers that hold arguments (AAPCS64). */
#define ARGUMENTS 8u

static void add_effect(struct hvc_row *row, enum hvc_reg reg, const char *name, hvc_ref value)
{
	row->effect[row->effects++] = (struct hvc_row_effect){reg, name, value};
}

/* The caller's PSTATE as an ERET made it; NULL: it is what it was. */
static hvc_ref after_pstate(struct hvc_exact *exact, const struct hvc_sympath *path)
{
	uint64_t before = hvc_machine_entry(exact->machine)->v[HVC_REG_PSTATE];
	hvc_ref value;

	if (hvc_level_is_aarch32(path->level))
		return path->way->sys[HVC_REG_PSTATE];
	if (hvc_level__el(path->level) == 2 || path->kind == HVC_OUTCOME_UNDEFINED)
		return NULL;
	value = hvc_bv__and(exact->terms, path->way->pstate,
	                    hvc_bv__num(exact->terms, 64, hvc_reg_info(HVC_REG_PSTATE)->mask));
	return hvc_bv__const(value) && value->value == before ? NULL : value;
}

static hvc_ref after(struct hvc_exact *exact, const struct hvc_exact_part *part,
                     const struct hvc_sympath *path, enum hvc_reg reg)
{
	struct hvc_way *way = path->way;
	hvc_ref value;

	if (reg < HVC_GPR_COUNT)
		return way->x[reg];
	if (reg == HVC_REG_NZCV)
		return hvc_symbolic__in_place(
		        exact->terms,
		        hvc_facts__apply(&part->symbolic->scene, &way->facts,
		                         hvc_flags__all(exact->terms, &way->flags)),
		        28);
	if (reg == HVC_REG_DAIF)
		return hvc_symbolic__in_place(exact->terms, way->daif, 6);
	/* EL2's own is nobody's to keep. */
	if (reg == HVC_REG_PSTATE)
		return after_pstate(exact, path);
	value = way->sys[reg];
	return reg == HVC_REG_HCR_EL2 ? hvc_symbolic__given_hcr(part->symbolic, value) : value;
}

/* Halves of FP/SIMD registers that are not what they were. */
static void add_simd(struct hvc_exact *exact, const struct hvc_way *way, struct hvc_row *row)
{
	char name[16];

	for (unsigned n = 0; way->simd && n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++) {
			hvc_ref value = way->q[n][half];
			const struct hvc_input *input =
			        value ? hvc_bv__input_of(exact->terms, value) : NULL;

			snprintf(name, sizeof name, "q%u%s", n, half ? ".high" : "");
			if (value && !(input && !strcmp(input->name, name)))
				add_effect(row, HVC_REG_NONE, hvc_bv__text(exact->terms, name),
				           value);
		}
}

static bool fill_effects(struct hvc_exact *exact, const struct hvc_exact_part *part,
                         const struct hvc_sympath *path, struct hvc_row *row)
{
	struct hvc_way *way = path->way;
	enum hvc_reg end =
	        path->kind == HVC_OUTCOME_HANDOFF ? (enum hvc_reg)ARGUMENTS : HVC_REG_COUNT;

	row->effect =
	        calloc(HVC_REG_COUNT + HVC_OTHERS_MAX + 2 * HVC_SIMD_COUNT, sizeof *row->effect);
	if (!row->effect)
		return false;
	if (path->end != HVC_END_OUTCOME || path->kind == HVC_OUTCOME_FAULT ||
	    path->kind == HVC_OUTCOME_SPIN)
		return true;
	for (enum hvc_reg reg = HVC_REG_X0; reg < end; reg++) {
		hvc_ref value = after(exact, part, path, reg);

		if (value && value != part->symbolic->before[reg] &&
		    hvc_reg_info(reg)->class_ != HVC_CLASS_EXCEPTION)
			add_effect(row, reg, hvc_reg_name(reg), value);
	}
	for (unsigned i = 0; end == HVC_REG_COUNT && i < way->others; i++)
		if (way->other[i].written && way->other[i].value != way->other[i].first)
			add_effect(row, HVC_REG_NONE,
			           hvc_way__other_name(exact->terms, way->other[i].encoding),
			           way->other[i].value);
	if (end == HVC_REG_COUNT)
		add_simd(exact, way, row);
	return true;
}

static bool fill_case(struct hvc_bvs *terms, const struct hvc_facts *facts, struct hvc_row *row)
{
	struct hvc_row_case *c = calloc(1, sizeof *c);

	row->case_ = c;
	if (!c)
		return false;
	row->cases = 1;
	c->member = malloc((facts->members + 1) * sizeof *c->member);
	c->rest = malloc((facts->rests + 1) * sizeof(hvc_ref));
	if (!c->member || !c->rest)
		return false;
	for (; c->members < facts->members; c->members++)
		c->member[c->members] = facts->member[c->members];
	for (; c->rests < facts->rests; c->rests++)
		c->rest[c->rests] = facts->rest[c->rests];
	tidy_case(terms, c);
	return true;
}

void hvc_exact__path_call(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                          unsigned path, struct hvc_call *call)
{
	const struct hvc_model model = hvc_facts__model(&part->symbolic->path[path].way->facts);
	const struct hvc_symbolic *s = part->symbolic;

	hvc_call_init(call, 0);
	call->insn = part->insn;
	call->from = part->from;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		call->x[n] =
		        hvc_bv__eval(exact->terms, hvc_bv__input_at(exact->terms, n)->term, &model);
	call->imm = (uint16_t)hvc_bv__eval(exact->terms, hvc_bv__input(exact->terms, "imm", 16),
	                                   &model);
	call->nzcv = hvc_bv__eval(exact->terms, s->before[HVC_REG_NZCV], &model);
	call->daif = hvc_bv__eval(exact->terms, s->before[HVC_REG_DAIF], &model);
}

static void fill_end(struct hvc_exact *exact, const struct hvc_sympath *path, struct hvc_row *row)
{
	const char *name;

	row->kind = path->kind;
	row->level = path->level;
	row->level_kept = path->level == row->witness.from;
	row->pc = path->pc;
	row->entered = path->entered;
	if (path->end != HVC_END_OUTCOME) {
		row->known = HVC_ROW_SAMPLED;
		row->why = path->why;
	}
	if (path->kind == HVC_OUTCOME_FAULT) {
		row->ec = path->ec;
		row->far = path->target;
		return;
	}
	row->target = path->target;
	if (row->target && hvc_bv__const(row->target) &&
	    hvc_subject_symbol(exact->subject, row->target->value, &name, &row->offset))
		row->symbol = hvc_bv__text(exact->terms, name);
}

static bool fill_row(struct hvc_exact *exact, const struct hvc_exact_part *part, unsigned index,
                     struct hvc_row *row)
{
	const struct hvc_sympath *path = &part->symbolic->path[index];

	row->condition = hvc_symbolic__condition(part->symbolic, path);
	row->path = malloc(sizeof *row->path);
	if (!row->path)
		return false;
	row->path[row->paths++] = index;
	hvc_exact__path_call(exact, part, index, &row->witness);
	fill_end(exact, path, row);
	return fill_case(exact->terms, &path->way->facts, row) &&
	       fill_effects(exact, part, path, row) && hvc_row__fill_stores(exact, part, path, row);
}

enum hvc_status hvc_exact__rows(struct hvc_exact *exact, struct hvc_exact_part *part)
{
	part->row = calloc(part->symbolic->paths + 1, sizeof *part->row);
	if (!part->row)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < part->symbolic->paths; i++)
		if (!fill_row(exact, part, i, &part->row[part->rows++]))
			return HVC_E_NOMEM;
	if (!hvc_exact__join(exact, part))
		return HVC_E_NOMEM;
	hvc_exact__order(exact, part);
	return hvc_bv__status(exact->terms);
}

bool hvc_row__same(const struct hvc_row *a, const struct hvc_row *b)
{
	if (a->kind != b->kind || (a->level != b->level && !(a->level_kept && b->level_kept)) ||
	    a->target != b->target || a->ec != b->ec || a->far != b->far || a->known != b->known ||
	    a->effects != b->effects || a->stores != b->stores)
		return false;
	/* Where a loop or a fault is belongs to what is done; where the last ERET is does not. */
	if (!a->target && a->pc != b->pc)
		return false;
	for (unsigned i = 0; i < a->effects; i++)
		if (a->effect[i].name != b->effect[i].name ||
		    a->effect[i].value != b->effect[i].value)
			return false;
	for (unsigned i = 0; i < a->stores; i++)
		if (a->store[i].address != b->store[i].address ||
		    a->store[i].value != b->store[i].value ||
		    a->store[i].size != b->store[i].size || a->store[i].own != b->store[i].own)
			return false;
	return true;
}
