/* SPDX-License-Identifier: MIT */
/*
 * Where there would be too many ways: two sides of a branch that meet again after a few plain
 * instructions become one way, in which each value that they leave different is a choice by the
 * branch's condition. Sixteen bits that are looked at one after the other are then one way and not
 * 65,536. Side effects other than on registers and memory keep sides apart.
 */
#include "symbolic/explore.h"

#include <string.h>

#include "machine/world.h"

/** Instructions of a side, and different places that both store to. */
#define SIDE_MAX   24u
#define PLACES_MAX 32u

struct merge {
	struct hvc_explorer *e;
	struct hvc_bvs *t;
	struct hvc_way *from, *side[2]; /* before; taken, not taken */
	hvc_ref condition;              /* of being taken */
};

/* Do the next instruction, if it is plain. */
static bool step(struct merge *m, struct hvc_way *way, struct hvc_lift *lift)
{
	const struct hvc_world *world = m->e->s->config.world;
	uint32_t word;

	if ((world && hvc_world__find_stop(world, way->pc)) ||
	    hvc_memory__is_written(way, NULL, way->pc) ||
	    !hvc_memory__fetch(&m->e->s->scene, way->pc, &word))
		return false;
	way->steps++;
	m->e->s->steps++;
	hvc_lift__word(&m->e->s->scene, way, word, lift);
	return true;
}

/*
 * Up to `end`; 0: up to a branch ahead, which is taken. False: something else comes first.
 */
static bool run(struct merge *m, struct hvc_way *way, uint64_t end)
{
	for (unsigned i = 0; i < SIDE_MAX && way->pc != end; i++) {
		struct hvc_lift lift;

		if (!step(m, way, &lift))
			return false;
		if (lift.next == HVC_NEXT_BRANCH && !lift.call && !end && lift.to > lift.pc) {
			way->pc = lift.to;
			return true;
		}
		if (lift.next != HVC_NEXT_FALL)
			return false;
		way->pc += 4;
	}
	return way->pc == end;
}

static struct hvc_way *open_side(struct merge *m, uint64_t pc, bool taken)
{
	struct hvc_way *way = hvc_way__copy(m->from);

	if (!way)
		return NULL;
	way->pc = pc;
	if (hvc_facts__assume(&m->e->s->scene, &way->facts,
	                      taken ? m->condition : hvc_bv__not(m->t, m->condition)) == HVC_OK)
		return way;
	hvc_way__free(way);
	return NULL;
}

/* Both sides up to where they meet: what is branched to, or what the other side branches to. */
static bool run_both(struct merge *m, const struct hvc_lift *lift)
{
	m->side[0] = open_side(m, lift->to, true);
	m->side[1] = open_side(m, lift->pc + 4, false);
	if (!m->side[0] || !m->side[1])
		return false;
	if (run(m, m->side[1], lift->to))
		return true;
	hvc_way__free(m->side[1]);
	m->side[1] = open_side(m, lift->pc + 4, false);
	return m->side[1] && run(m, m->side[1], 0) && m->side[1]->pc > lift->to &&
	       run(m, m->side[0], m->side[1]->pc);
}

/*
 * One of two numbers, as the lesser and what is added to it: choices among numbers would become
 * twice as many with each that is made of them.
 */
static hvc_ref pick_number(struct merge *m, unsigned width, uint64_t a, uint64_t b)
{
	bool less = ((a - b) & hvc_bv__mask(width)) > hvc_bv__mask(width) / 2;
	hvc_ref condition = less ? hvc_bv__not(m->t, m->condition) : m->condition;
	uint64_t more = (less ? b - a : a - b) & hvc_bv__mask(width), least = less ? a : b;

	if (width == 1 || more > UINT32_MAX)
		return hvc_bv__ite(m->t, m->condition, hvc_bv__num(m->t, width, a),
		                   hvc_bv__num(m->t, width, b));
	return hvc_bv__add(m->t,
	                   hvc_bv__mul(m->t, hvc_bv__zext(m->t, condition, width),
	                               hvc_bv__num(m->t, width, more)),
	                   hvc_bv__num(m->t, width, least));
}

/* One of two values; of sums that differ by a number, that number. */
static hvc_ref pick(struct merge *m, hvc_ref a, hvc_ref b)
{
	hvc_ref a_base, b_base;
	uint64_t a_more, b_more;

	if (a == b || !a || !b)
		return a == b ? a : NULL;
	a_more = hvc_bv__offset(a, &a_base);
	b_more = hvc_bv__offset(b, &b_base);
	if (a_base == b_base) {
		hvc_ref number = pick_number(m, a->width, a_more, b_more);

		return a_base ? hvc_bv__add(m->t, a_base, number) : number;
	}
	return hvc_bv__ite(m->t, m->condition, a, b);
}

static void merge_flags(struct merge *m, struct hvc_flags *out)
{
	struct hvc_flags *a = &m->side[0]->flags, *b = &m->side[1]->flags;
	struct hvc_flags bits = {.kind = HVC_FLAGS_BITS};

	if (hvc_flags__same(a, b)) {
		*out = *a;
		return;
	}
	for (unsigned i = 0; i < 4; i++)
		bits.bit[i] = pick(m, hvc_flags__bit(m->t, a, i), hvc_flags__bit(m->t, b, i));
	*out = bits;
}

static bool merge_registers(struct merge *m)
{
	struct hvc_way *way = m->from, *a = m->side[0], *b = m->side[1];

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		way->x[n] = pick(m, a->x[n], b->x[n]);
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++) {
		if (!a->sys[n] != !b->sys[n])
			return false;
		way->sys[n] = pick(m, a->sys[n], b->sys[n]);
	}
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++) {
			if (a->q[n][half] == b->q[n][half]) {
				way->q[n][half] = a->q[n][half];
				continue;
			}
			way->q[n][half] = pick(m, hvc_way__q(&m->e->s->scene, a, n, half),
			                       hvc_way__q(&m->e->s->scene, b, n, half));
		}
	merge_flags(m, &way->flags);
	way->daif = pick(m, a->daif, b->daif);
	way->pstate = pick(m, a->pstate, b->pstate);
	way->simd = a->simd || b->simd;
	way->trusts = a->trusts || b->trusts;
	way->partial = a->partial || b->partial;
	way->moved = a->moved | b->moved;
	way->steps = a->steps > b->steps ? a->steps : b->steps;
	way->changes = 1 + (a->changes > b->changes ? a->changes : b->changes);
	return true;
}

/* What both have done that is told of neither register nor memory. */
static bool are_alike(const struct merge *m)
{
	const struct hvc_way *a = m->side[0], *b = m->side[1];

	return a->spx == b->spx && a->others == b->others &&
	       !memcmp(a->other, b->other, a->others * sizeof *a->other) &&
	       !memcmp(&a->written, &b->written, sizeof a->written) &&
	       a->exclusive == b->exclusive && a->effects == b->effects && a->depth == b->depth &&
	       a->translates == b->translates;
}

/* A place that a side has stored to. */
struct place {
	hvc_ref base;
	uint64_t offset, pc;
	unsigned size;
};

/* Once each. False: too many, or it overlaps another. */
static bool add_place(struct place *list, unsigned *count, const struct place *place)
{
	for (unsigned k = 0; k < *count; k++) {
		const struct place *old = &list[k];

		if (old->base != place->base)
			continue;
		if (old->offset == place->offset && old->size == place->size)
			return true;
		if (old->offset - place->offset < place->size ||
		    place->offset - old->offset < old->size)
			return false;
	}
	if (*count == PLACES_MAX)
		return false;
	list[(*count)++] = *place;
	return true;
}

/* Those of both sides, or, where they overlap, their bytes. */
static bool find_places(const struct merge *m, struct place *list, unsigned *count, bool bytes)
{
	*count = 0;
	for (unsigned i = 0; i < 2; i++)
		for (const struct hvc_log *log = m->side[i]->log; log != m->from->log;
		     log = log->before)
			for (unsigned at = 0; at < log->size; at += bytes ? 1 : log->size) {
				const struct place place = {log->base, log->offset + at, log->pc,
				                            bytes ? 1 : log->size};

				if (!add_place(list, count, &place))
					return false;
			}
	return true;
}

/* When a side has stored there. */
static hvc_ref stores(const struct merge *m, unsigned side, const struct hvc_log *old,
                      const struct place *place)
{
	hvc_ref any = hvc_bv__num(m->t, 1, 0);

	for (const struct hvc_log *log = m->side[side]->log; log != old; log = log->before)
		if (log->base == place->base && (place->offset - log->offset < log->size ||
		                                 log->offset - place->offset < place->size))
			any = hvc_bv__or(m->t, any,
			                 log->when ? log->when : hvc_bv__num(m->t, 1, 1));
	return any;
}

static bool merge_memory(struct merge *m)
{
	struct hvc_scene *scene = &m->e->s->scene;
	const struct hvc_log *before = m->from->log;
	const struct hvc_read *old = m->from->read;
	struct place list[PLACES_MAX];
	unsigned count;

	if (!find_places(m, list, &count, false) && !find_places(m, list, &count, true))
		return false;
	for (unsigned i = 0; i < count; i++) {
		hvc_ref address = hvc_bv__num(m->t, 64, list[i].offset), value[2];
		hvc_ref when = hvc_bv__ite(m->t, m->condition, stores(m, 0, before, &list[i]),
		                           stores(m, 1, before, &list[i]));

		if (list[i].base)
			address = hvc_bv__add(m->t, list[i].base, address);
		for (unsigned k = 0; k < 2; k++)
			if (hvc_memory__load(scene, m->side[k], address, list[i].size, &value[k]) !=
			    HVC_ACCESS_OK)
				return false;
		m->from->pc = list[i].pc;
		if (hvc_memory__store(scene, m->from, address, list[i].size,
		                      pick(m, value[0], value[1]), when) != HVC_ACCESS_OK)
			return false;
	}
	for (unsigned k = 0; k < 2; k++)
		for (const struct hvc_read *read = m->side[k]->read; read != old;
		     read = read->before)
			hvc_way__note_read(scene, m->from, read->address, read->value, read->size);
	return true;
}

bool hvc_explorer__merge(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	struct merge m = {.e = e,
	                  .t = e->s->scene.terms,
	                  .from = hvc_way__copy(w->way),
	                  .condition = lift->condition};
	bool good = m.from && lift->to > lift->pc && run_both(&m, lift) && are_alike(&m) &&
	            merge_memory(&m) && merge_registers(&m);

	if (good) {
		m.from->pc = m.side[0]->pc;
		hvc_way__free(w->way);
		w->way = m.from;
	} else {
		hvc_way__free(m.from);
	}
	hvc_way__free(m.side[0]);
	hvc_way__free(m.side[1]);
	return good;
}
