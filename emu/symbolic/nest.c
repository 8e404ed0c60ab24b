/* SPDX-License-Identifier: MIT */
/*
 * An exception at EL2 goes to EL2's own vectors, as it does in the machine (machine/nested.c): the
 * way goes on there. Where that table parks, the path is the fault that it would be without one.
 */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/world.h"
#include "symbolic/explore.h"

/* A way that goes round in circles: Brent's cycle detection, at jumps back. */

/* At a jump back, or an ERET at EL2: has the machine been exactly here before? Then it goes round
 * for ever. */
bool hvc_walker__spins(struct hvc_walker *w)
{
	const struct hvc_way *way = w->way;

	w->surfaced |= !w->nested;
	if (w->armed && w->pc == way->pc && w->changes == way->changes &&
	    w->clauses == way->facts.clauses && !memcmp(w->x, way->x, sizeof w->x) &&
	    !memcmp(w->sys, way->sys, sizeof w->sys) && w->spx == way->spx &&
	    w->daif == way->daif && w->pstate == way->pstate &&
	    hvc_flags__same(&w->flags, &way->flags))
		return true;
	if (++w->jumps < w->checkpoint_at)
		return false;
	w->checkpoint_at = 2 * w->jumps;
	w->armed = true;
	w->surfaced = !w->nested;
	w->faults = 0;
	w->pc = way->pc;
	w->changes = way->changes;
	w->clauses = way->facts.clauses;
	memcpy(w->x, way->x, sizeof w->x);
	memcpy(w->sys, way->sys, sizeof w->sys);
	w->spx = way->spx;
	w->daif = way->daif;
	w->pstate = way->pstate;
	w->flags = way->flags;
	return false;
}

static const enum hvc_reg written[] = {HVC_REG_ESR_EL2, HVC_REG_ELR_EL2, HVC_REG_SPSR_EL2,
                                       HVC_REG_FAR_EL2};

static bool fetch(const void *ctx, uint64_t pc, uint32_t *word)
{
	return hvc_memory__fetch(ctx, pc, word);
}

static hvc_ref in_place(struct hvc_bvs *t, hvc_ref field, unsigned shift)
{
	return hvc_bv__shl(t, hvc_bv__zext(t, field, 64), hvc_bv__num(t, 64, shift));
}

/* What the fault would be, for when nothing comes of it; NULL: memory ran out. */
static struct hvc_nest *remember(struct hvc_explorer *e, const struct hvc_walker *w, enum hvc_ec ec,
                                 hvc_ref address)
{
	struct hvc_nest *nest = hvc_bv__take(e->s->scene.terms, sizeof *nest);
	const struct hvc_way *way = w->way;

	if (!nest) {
		e->status = HVC_E_NOMEM;
		return NULL;
	}
	nest->changes = way->changes;
	nest->ec = ec;
	nest->pc = way->pc;
	nest->address = address;
	nest->spx = way->spx;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		nest->x[n] = way->x[n];
	memcpy(nest->sys, way->sys, sizeof nest->sys);
	nest->flags = way->flags;
	nest->daif = way->daif;
	nest->pstate = way->pstate;
	return nest;
}

/* Is all as it was when the same exception was taken last? Then it is taken again and again. */
static bool comes_again(const struct hvc_walker *w)
{
	const struct hvc_nest *last = w->last;
	const struct hvc_way *way = w->way;
	bool same = w->nested && last && last->pc == way->pc && last->changes == way->changes &&
	            last->spx == way->spx && last->daif == way->daif && last->pstate == way->pstate;

	for (unsigned n = 0; same && n < HVC_GPR_COUNT; n++)
		same = last->x[n] == way->x[n];
	return same && !memcmp(last->sys, way->sys, sizeof last->sys);
}

/*
 * The vector and PSTATE that the architecture prescribes, from M alone: what else of PSTATE is kept
 * is a term. false: the vector is not known. exact: PSTATE is, too.
 */
static bool find_entry(const struct hvc_explorer *e, const struct hvc_way *way,
                       struct hvc_entry *out, bool *exact)
{
	struct hvc_pe pe = hvc_symbolic__pe(e->s);
	hvc_ref vbar = way->sys[HVC_REG_VBAR_EL2], hcr = way->sys[HVC_REG_HCR_EL2],
	        sctlr = way->sys[HVC_REG_SCTLR_EL2];

	bool own = vbar && vbar == e->s->before[HVC_REG_VBAR_EL2];

	/* The call came by VBAR_EL2: where its value is open, it is that of this table. */
	if (!vbar || !(own || hvc_bv__const(vbar)))
		return false;
	pe.pstate = hvc_level__mode(way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T);
	if (!own)
		pe.vbar_el2 = vbar->value;
	pe.hcr_el2 = hcr->ones;
	pe.sctlr_el2 = sctlr->ones;
	*exact = hvc_bv__const(hcr) && hvc_bv__const(sctlr);
	hvc_exception_take(&pe, 2, 0, 0, out);
	return true;
}

static void enter(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec, hvc_ref address,
                  const struct hvc_entry *entry)
{
	struct hvc_bvs *t = e->s->scene.terms;
	struct hvc_way *way = w->way;
	bool fetch = ec == HVC_EC_IABT_SAME || ec == HVC_EC_PC_ALIGN || ec == HVC_EC_ILLEGAL;
	bool call = ec == HVC_EC_HVC64 || ec == HVC_EC_SVC64;
	uint32_t word = 0;

	(void)hvc_memory__fetch(&e->s->scene, way->pc, &word);
	way->sys[HVC_REG_ESR_EL2] =
	        hvc_bv__num(t, 64,
	                    (uint64_t)ec << 26 | HVC_ESR_IL |
	                            (way->askew ? HVC_ESR_ALIGNMENT : hvc_nested__iss(ec, word)));
	way->askew = false;
	way->sys[HVC_REG_ELR_EL2] =
	        fetch && address ? address : hvc_bv__num(t, 64, way->pc + (call ? 4 : 0));
	way->sys[HVC_REG_SPSR_EL2] =
	        hvc_bv__or(t,
	                   hvc_bv__or(t, in_place(t, hvc_flags__all(t, &way->flags), 28),
	                              in_place(t, way->daif, 6)),
	                   hvc_bv__or(t, way->pstate, hvc_bv__num(t, 64, entry->spsr)));
	if ((fetch || ec == HVC_EC_DABT_SAME) && ec != HVC_EC_ILLEGAL && address)
		way->sys[HVC_REG_FAR_EL2] = address;
	for (size_t i = 0; i < sizeof written / sizeof *written; i++)
		hvc_regset_add(&way->written, written[i]);
	way->daif = hvc_bv__num(t, 4, 15);
	way->pstate = hvc_bv__or(
	        t, hvc_bv__and(t, way->pstate, hvc_bv__num(t, 64, HVC_PSTATE_DIT | HVC_PSTATE_PAN)),
	        hvc_bv__num(t, 64,
	                    entry->pstate & ~(HVC_PSTATE_NZCV | HVC_PSTATE_DAIF | HVC_PSTATE_M)));
	way->spx = true;
	way->pc = entry->vector;
}

enum hvc_nests hvc_explorer__nests(const struct hvc_explorer *e, const struct hvc_walker *w)
{
	struct hvc_entry entry;
	uint32_t word;
	bool exact;

	if (comes_again(w))
		return HVC_NESTS_NOT;
	if (!find_entry(e, w->way, &entry, &exact))
		return HVC_NESTS_UNKNOWN;
	if (!hvc_memory__fetch(&e->s->scene, entry.vector, &word) ||
	    hvc_nested__parks(fetch, &e->s->scene, entry.vector))
		return HVC_NESTS_NOT;
	return exact ? HVC_NESTS : HVC_NESTS_UNKNOWN;
}

void hvc_explorer__nest(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec,
                        hvc_ref address)
{
	struct hvc_entry entry;
	bool exact;

	w->last = remember(e, w, ec, address);
	if (!w->last || !find_entry(e, w->way, &entry, &exact))
		return;
	if (!w->nested)
		w->nest = w->last;
	w->nested++;
	w->faults++;
	enter(e, w, ec, address, &entry);
}

void hvc_walker__unnest(struct hvc_walker *w, struct hvc_sympath *path)
{
	const struct hvc_nest *nest = w->nest;
	struct hvc_way *way = w->way;

	if (path->end != HVC_END_OUTCOME ||
	    (path->kind == HVC_OUTCOME_SPIN ? !w->nested && !w->faults
	                                    : !w->nested || path->kind != HVC_OUTCOME_FAULT))
		return;
	/* Vectors that go back to where it happens again do not answer it; which of several is it?
	 */
	if (path->kind == HVC_OUTCOME_SPIN && w->surfaced && w->faults > 1) {
		path->end = HVC_END_BOUND;
		path->kind = HVC_OUTCOME_LIMIT;
		path->why = "exceptions that come again and again";
		return;
	}
	path->kind = HVC_OUTCOME_FAULT;
	path->level = nest->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T;
	path->target = nest->address;
	path->ec = nest->ec;
	path->pc = nest->pc;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		way->x[n] = nest->x[n];
	memcpy(way->sys, nest->sys, sizeof way->sys);
	way->flags = nest->flags;
	way->daif = nest->daif;
	way->pstate = nest->pstate;
	way->spx = nest->spx;
}
