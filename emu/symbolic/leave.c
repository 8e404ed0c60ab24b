/* SPDX-License-Identifier: MIT */
/* How control leaves the code that is followed: returns, jumps, doors and faults. */
#include <stdlib.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "subject/a64.h"
#include "symbolic/explore.h"

#define MODES     32u
#define BACKS_MAX 12u /* ERETs to one place at EL2 in a row; the machine makes fewer */

void hvc_explorer__stop(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_outcome_kind kind,
                        hvc_ref target)
{
	struct hvc_sympath path = {.kind = kind,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .target = target,
	                           .pc = w->way->pc};

	hvc_explorer__end(e, w, &path);
}

#define LOOP 64u /* instructions of a loop that waits */

void hvc_explorer__spin(struct hvc_explorer *e, struct hvc_walker *w, uint64_t last)
{
	struct hvc_sympath path = {.kind = HVC_OUTCOME_SPIN,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .pc = w->way->pc};
	bool takes = false, asks = false;
	struct hvc_a64_access access;
	uint64_t target;
	uint32_t word;

	for (uint64_t pc = path.pc; pc <= last && pc - path.pc < LOOP * 4; pc += 4) {
		if (!hvc_memory__fetch(&e->s->scene, pc, &word))
			break;
		takes |= hvc_a64__access(word, &access) && access.load;
		asks |= hvc_a64__flow(pc, word, &target) == HVC_FLOW_COND;
	}
	path.waits = takes && asks;
	hvc_explorer__end(e, w, &path);
}

bool hvc_explorer__fault(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_ec ec,
                         hvc_ref address)
{
	struct hvc_sympath path = {.kind = HVC_OUTCOME_FAULT,
	                           .level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T,
	                           .target = address,
	                           .ec = ec,
	                           .pc = w->way->pc};
	enum hvc_nests nests = hvc_explorer__nests(e, w);

	if (nests == HVC_NESTS_UNKNOWN) {
		hvc_explorer__bound(e, w, "an exception of which it is not known where it goes");
		return false;
	}
	if (nests == HVC_NESTS) {
		if (w->nested == HVC_NEST_MAX) {
			hvc_explorer__bound(e, w, "exceptions nested too deeply");
			return false;
		}
		hvc_explorer__nest(e, w, ec, address);
		return true;
	}
	/* A pointer that boot will have set says nothing of what a handler does. */
	if ((ec != HVC_EC_IABT_SAME && ec != HVC_EC_PC_ALIGN) || !hvc_door__waits(e, w, &path))
		hvc_explorer__end(e, w, &path);
	return false;
}

void hvc_explorer__bound(struct hvc_explorer *e, struct hvc_walker *w, const char *why)
{
	struct hvc_sympath path = {.end = HVC_END_BOUND, .why = why, .pc = w->way->pc};

	path.level = w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T;
	path.kind = HVC_OUTCOME_LIMIT;
	e->stuck = true;
	if (!hvc_door__waits(e, w, &path))
		hvc_explorer__end(e, w, &path);
}

/* In the table of the caller's own vectors, VBAR_EL1 as it is or rounded down. */
static bool is_vector(struct hvc_explorer *e, const struct hvc_way *way, hvc_ref target)
{
	struct hvc_bvs *t = e->s->scene.terms;
	hvc_ref vbar = way->sys[HVC_REG_VBAR_EL1], round, base;
	uint64_t offset = hvc_bv__offset(target, &base);

	if (!vbar)
		return false;
	round = hvc_bv__and(t, vbar, hvc_bv__num(t, 64, HVC_MASK_VBAR));
	if (hvc_bv__const(vbar))
		return !base && offset - round->value < HVC_VECTOR_TABLE_SIZE;
	if (offset < HVC_VECTOR_TABLE_SIZE && (base == vbar || base == round))
		return true;
	/* An offset that is added by OR of bits that are zero. */
	return hvc_bv__and(t, target, hvc_bv__num(t, 64, HVC_MASK_VBAR)) == round;
}

/* The same in AArch32 state, before bits are cut off. */
static bool is_vector32(struct hvc_explorer *e, const struct hvc_way *way, hvc_ref target)
{
	hvc_ref vbar = way->sys[HVC_REG_VBAR_EL1], sctlr = way->sys[HVC_REG_SCTLR_EL1], round, base;
	struct hvc_bvs *t = e->s->scene.terms;
	uint64_t offset = hvc_bv__offset(target, &base);

	if (!vbar || !sctlr || !hvc_bv__const(sctlr))
		return false;
	if (hvc_bv__const(vbar) || sctlr->value >> 13 & 1)
		return !base &&
		       (offset & UINT32_MAX) - hvc_aarch32_vectors(vbar->value, sctlr->value) <
		               HVC_AARCH32_VECTORS_SIZE;
	round = hvc_bv__and(t, vbar, hvc_bv__num(t, 64, 0xffffffe0));
	if (offset < HVC_AARCH32_VECTORS_SIZE &&
	    (base == vbar || base == round || base == hvc_symbolic__low(t, vbar)))
		return true;
	/* An offset that was added in 32 bits. */
	offset = hvc_bv__offset(hvc_bv__extract(t, target, 31, 0), &base);
	return offset < HVC_AARCH32_VECTORS_SIZE && (base == hvc_bv__extract(t, vbar, 31, 0) ||
	                                             base == hvc_bv__extract(t, round, 31, 0));
}

/* An ERET to AArch32 state, which ends the call: t is T of its SPSR. */
static void arrive32(struct hvc_explorer *e, struct hvc_walker *w, enum hvc_level level, bool t32)
{
	struct hvc_bvs *t = e->s->scene.terms;
	const struct hvc_symbolic_config *config = &e->s->config;
	hvc_ref target = w->way->sys[HVC_REG_ELR_EL2], base;
	uint64_t offset = hvc_bv__offset(target, &base);
	struct hvc_sympath path = {.kind = HVC_OUTCOME_JUMP, .level = level, .pc = w->way->pc};

	if (hvc_level__el(level) == 1 && is_vector32(e, w->way, target))
		path.kind = HVC_OUTCOME_INJECT;
	if (hvc_level_is_aarch32(config->from) && base == e->s->self && offset <= 4 &&
	    !(offset & 3)) {
		/* A32 aligns what is the address of T32. */
		if (!t32 && hvc_insn_is_t32(config->insn))
			target = hvc_bv__sub(t, target, hvc_bv__num(t, 64, 2));
		else
			path.kind = offset ? HVC_OUTCOME_RETURN : HVC_OUTCOME_RETRY;
	} else {
		target = hvc_bv__and(t, target, hvc_bv__num(t, 64, t32 ? 0xfffffffe : 0xfffffffc));
	}
	path.target = target;
	hvc_explorer__end(e, w, &path);
}

/* Control arrives where it is not followed any more. */
static void arrive(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref target,
                   enum hvc_level level, uint64_t pc)
{
	hvc_ref base;
	uint64_t offset = hvc_bv__offset(target, &base);
	struct hvc_sympath path = {
	        .kind = HVC_OUTCOME_JUMP, .level = level, .target = target, .pc = pc};

	if (base == e->s->self && (offset == 4 || offset == 0))
		path.kind = offset ? HVC_OUTCOME_RETURN : HVC_OUTCOME_RETRY;
	else if (hvc_level__el(level) == 1 && is_vector(e, w->way, target))
		path.kind = HVC_OUTCOME_INJECT;
	else if (hvc_level__el(level) == 2 && !hvc_way__is_callers(e->s->scene.terms, target) &&
	         hvc_door__waits(e, w, &path))
		return;
	hvc_explorer__end(e, w, &path);
}

/* Is a bit of HCR_EL2 known? Else the way forks on it, and the ERET is met again. */
static bool bit_known(struct hvc_explorer *e, struct hvc_walker *w, uint64_t *hcr)
{
	static const unsigned bits[] = {27, 31, 34};
	struct hvc_bvs *t = e->s->scene.terms;
	hvc_ref all = w->way->sys[HVC_REG_HCR_EL2];

	*hcr = all->ones;
	for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
		hvc_ref bit = hvc_bv__extract(t, all, bits[i], bits[i]), both[2];
		enum hvc_verdict_of fact = hvc_facts__decide(&e->s->scene, &w->way->facts, bit);

		if (fact == HVC_FACT_TRUE)
			*hcr |= UINT64_C(1) << bits[i];
		if (fact == HVC_FACT_TRUE || fact == HVC_FACT_FALSE)
			continue;
		both[0] = bit;
		both[1] = hvc_bv__not(t, bit);
		hvc_explorer__fork(e, w, both, NULL, 2, HVC_FACT_TRUE);
		return false;
	}
	return true;
}

/*
 * PSTATE from SPSR_EL2; the level is that of the mode. An illegal return takes only some bits from
 * there, and IL is set (Arm ARM AArch64.ExceptionReturn, SetPSTATEFromPSR).
 */
static void restore(struct hvc_explorer *e, struct hvc_way *way, hvc_ref spsr, bool illegal)
{
	const struct hvc_pe pe = hvc_symbolic__pe(e->s);
	const uint64_t bits = hvc_exception_pstate(&pe) &
	                      ~(HVC_PSTATE_NZCV | HVC_PSTATE_DAIF | HVC_PSTATE_M | HVC_PSTATE_SS);
	const uint64_t taken = illegal ? HVC_PSTATE_PAN | HVC_PSTATE_ALLINT : ~UINT64_C(0);
	struct hvc_bvs *t = e->s->scene.terms;

	way->flags = (struct hvc_flags){.kind = HVC_FLAGS_BITS};
	for (unsigned i = 0; i < 4; i++)
		way->flags.bit[i] = hvc_bv__extract(t, spsr, 28 + i, 28 + i);
	way->daif = hvc_bv__extract(t, spsr, 9, 6);
	way->pstate = hvc_bv__or(
	        t, hvc_bv__and(t, spsr, hvc_bv__num(t, 64, bits & taken)),
	        hvc_bv__or(t, hvc_bv__and(t, way->pstate, hvc_bv__num(t, 64, bits & ~taken)),
	                   hvc_bv__num(t, 64, illegal ? HVC_PSTATE_IL : 0)));
}

/* "pstate" of AArch32 state, with RestoredITBits() as exception.c has it. */
static hvc_ref restored32(struct hvc_explorer *e, hvc_ref spsr, bool t32)
{
	const uint64_t it = HVC_PSR_IT_LO | HVC_PSR_IT_HI, low = HVC_PSR_IT_LO | UINT64_C(0xc00);
	struct hvc_bvs *t = e->s->scene.terms;
	uint64_t kept = hvc_call__kept(HVC_PSTATE_NRW | ~UINT64_C(0));
	hvc_ref zero = hvc_bv__num(t, 64, 0), plain, reserved;

	if (!(e->s->config.machine->pe.features & HVC_FEAT_PAN))
		kept &= ~HVC_PSR_PAN;
	if (!(e->s->config.machine->pe.features & HVC_FEAT_SSBS))
		kept &= ~HVC_PSR_SSBS;
	plain = hvc_bv__and(t, spsr, hvc_bv__num(t, 64, kept & ~it));
	if (!t32)
		return plain;
	reserved = hvc_bv__eq(t, hvc_bv__and(t, spsr, hvc_bv__num(t, 64, low)), zero);
	return hvc_bv__ite(t, reserved, plain, hvc_bv__and(t, spsr, hvc_bv__num(t, 64, kept)));
}

/* Is SPSR_EL2.T known? Else the way forks on it. */
static bool t_known(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref spsr, bool *t32)
{
	struct hvc_bvs *t = e->s->scene.terms;
	hvc_ref bit = hvc_bv__extract(t, spsr, 5, 5), both[2] = {bit, hvc_bv__not(t, bit)};
	enum hvc_verdict_of fact = hvc_facts__decide(&e->s->scene, &w->way->facts, bit);

	*t32 = fact == HVC_FACT_TRUE;
	if (fact == HVC_FACT_TRUE || fact == HVC_FACT_FALSE)
		return true;
	hvc_explorer__fork(e, w, both, NULL, 2, HVC_FACT_TRUE);
	return false;
}

static bool return_to(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref spsr, unsigned mode)
{
	struct hvc_way *way = w->way;
	hvc_ref target = way->sys[HVC_REG_ELR_EL2];
	enum hvc_level level = hvc_level__from_mode(mode);
	uint64_t pc = way->pc, hcr;
	bool t32 = false;
	struct hvc_lift on = {.target = target, .next = HVC_NEXT_INDIRECT, .pc = pc};

	if (!bit_known(e, w, &hcr) || (hvc_level_is_aarch32(level) && !t_known(e, w, spsr, &t32)))
		return false;
	if (level == HVC_LEVEL_COUNT || !hvc_symbolic__returns(e->s, mode, hcr)) {
		restore(e, way, spsr, true);
		if (hvc_bv__const(target))
			way->pc = target->value;
		return hvc_explorer__fault(e, w, HVC_EC_ILLEGAL, target);
	}
	restore(e, way, spsr, false);
	if (hvc_level_is_aarch32(level)) {
		way->sys[HVC_REG_PSTATE] = restored32(e, spsr, t32);
		arrive32(e, w, level, t32);
		return false;
	}
	if (hvc_level__el(level) == 2) {
		way->spx = level == HVC_LEVEL_EL2H;
		w->nested -= w->nested > 0;
		w->backs = target == w->back_to ? w->backs + 1 : 0;
		w->back_to = target;
		if (hvc_bv__const(target)) {
			way->pc = target->value;
			if (hvc_walker__spins(w)) {
				hvc_explorer__stop(e, w, HVC_OUTCOME_SPIN, NULL);
				return false;
			}
			way->pc = pc;
		}
		if (w->backs > BACKS_MAX) {
			hvc_explorer__bound(e, w, "an ERET that leads to itself");
			return false;
		}
		return hvc_explorer__indirect(e, w, &on);
	}
	arrive(e, w, target, level, pc);
	return false;
}

bool hvc_explorer__eret(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift)
{
	struct hvc_bvs *t = e->s->scene.terms;
	hvc_ref spsr = w->way->sys[HVC_REG_SPSR_EL2], mode = hvc_bv__extract(t, spsr, 4, 0);
	uint64_t value[MODES];
	hvc_ref condition[MODES];
	size_t count;

	(void)lift;
	count = hvc_facts__values(&e->s->scene, &w->way->facts, mode, value, MODES);
	if (count == 1)
		return return_to(e, w, spsr, (unsigned)value[0]);
	for (size_t i = 0; i < count; i++)
		condition[i] = hvc_bv__eq(t, mode, hvc_bv__num(t, 5, value[i]));
	if (count)
		hvc_explorer__fork(e, w, condition, NULL, count, HVC_FACT_TRUE);
	else
		hvc_explorer__bound(e, w, "the level that an ERET returns to is not decided");
	return false;
}

bool hvc_explorer__is_code(const struct hvc_explorer *e, uint64_t address)
{
	uint32_t word;

	return hvc_memory__fetch(&e->s->scene, address, &word);
}

/* Functions that a table chose: that is where the dispatch ends. */
static bool hand_off(struct hvc_explorer *e, struct hvc_walker *w, const uint64_t *value,
                     const hvc_ref *condition, size_t count)
{
	struct hvc_door *door = w->door;

	hvc_door__pass(e, w);
	for (size_t i = 0; i < count; i++) {
		struct hvc_walker *each = hvc_explorer__twin(e, w);

		if (!each)
			break;
		(void)hvc_explorer__chose(e, each->way, condition[i]);
		each->way->pc = value[i];
		if (hvc_explorer__is_code(e, value[i]))
			hvc_door__stop(e, each);
		else
			hvc_explorer__queue(e, each);
	}
	hvc_way__free(w->way);
	free(w);
	hvc_door__leave(e, door);
	return false;
}

/* One of several places, by a table. */
static bool spread(struct hvc_explorer *e, struct hvc_walker *w, const struct hvc_lift *lift,
                   const uint64_t *value, size_t count)
{
	struct hvc_bvs *t = e->s->scene.terms;
	hvc_ref *condition = calloc(count, sizeof *condition);

	if (!condition) {
		e->status = HVC_E_NOMEM;
		return true;
	}
	for (size_t i = 0; i < count; i++)
		condition[i] = hvc_bv__eq(t, lift->target, hvc_bv__num(t, 64, value[i]));
	if (e->s->config.doors != HVC_DOORS_NONE && lift->call &&
	    lift->target->uses & HVC_USES_CALL)
		hand_off(e, w, value, condition, count);
	else
		hvc_explorer__fork(e, w, condition, value, count, HVC_FACT_TRUE);
	free(condition);
	return false;
}

/*
 * Callers may name the harness's function to be called: then one way goes on there, and this one
 * elsewhere. What only jumps is told by where it goes, whatever there is.
 */
static void part_from_function(struct hvc_explorer *e, struct hvc_walker *w, hvc_ref target)
{
	struct hvc_bvs *t = e->s->scene.terms;
	const uint64_t at = HVC_FUNCTION;
	struct hvc_walker *there;
	enum hvc_verdict_of fact;
	hvc_ref is = hvc_bv__eq(t, target, hvc_bv__num(t, 64, at));

	if (!e->s->scene.function)
		return;
	fact = hvc_facts__decide(&e->s->scene, &w->way->facts, is);
	if (fact == HVC_FACT_FALSE)
		return;
	there = hvc_explorer__twin(e, w);
	if (there)
		hvc_explorer__fork(e, there, &is, &at, 1, fact);
	w->undecided |= fact == HVC_FACT_UNDECIDED;
	(void)hvc_explorer__chose(e, w->way, hvc_bv__not(t, is));
}

struct part {
	hvc_ref term;
	bool found;
};

static hvc_ref meet(void *ctx, hvc_ref term)
{
	struct part *part = ctx;

	part->found |= term == part->term;
	return NULL;
}

/*
 * Does a place depend on what was read at a label of the image and an index? Then it is one of a
 * table's, if the index stays in it, whatever else it may be.
 */
static bool is_of_table(struct hvc_explorer *e, const struct hvc_way *way, hvc_ref target)
{
	for (const struct hvc_read *read = way->read; read; read = read->before) {
		struct part part = {.term = read->value};
		hvc_ref base = NULL;

		if (!read->address ||
		    !hvc_explorer__is_code(e, hvc_bv__offset(read->address, &base)) || !base)
			continue;
		(void)hvc_bv__rewrite(e->s->scene.terms, target, meet, &part);
		if (part.found)
			return true;
	}
	return false;
}

bool hvc_explorer__indirect(struct hvc_explorer *e, struct hvc_walker *w,
                            const struct hvc_lift *lift)
{
	struct hvc_facts *facts = &w->way->facts;
	uint64_t *value = NULL, offset, one;
	size_t count = 0, inside = 0;
	bool on = true;
	hvc_ref base;

	if (hvc_bv__const(lift->target)) {
		w->way->pc = lift->target->value;
		return true;
	}
	offset = hvc_bv__offset(lift->target, &base);
	if (hvc_memory__is_written(w->way, base, offset)) {
		hvc_explorer__bound(e, w, "code that was stored to");
		return false;
	}
	/* What is left of a label and an index is the index, of which more bits are known. */
	if (base != e->s->self)
		value = calloc(e->s->scene.addresses, sizeof *value);
	if (value)
		count = hvc_facts__values(&e->s->scene, facts, base, value, e->s->scene.addresses);
	for (size_t i = 0; i < count; i++)
		value[i] += offset;
	/* An index of EL2's own code is no address of the caller's, however many there are. */
	if (value && !count &&
	    ((offset && hvc_facts__confines(&e->s->scene, facts, base, &one) &&
	      hvc_explorer__is_code(e, one + offset)) ||
	     is_of_table(e, w->way, lift->target))) {
		free(value);
		hvc_explorer__bound(e, w, "a branch to one of too many places");
		return false;
	}
	/* Values most of which are outside the image are no table: the caller chose the place. */
	for (size_t i = 0; i < count; i++)
		inside += hvc_explorer__is_code(e, value[i]) || !value[i];
	if (count > 1 && 2 * inside < count)
		count = 0;
	if (count == 1)
		w->way->pc = value[0];
	else if (count)
		on = spread(e, w, lift, value, count);
	else
		on = false;
	if (!on && !count) {
		if (lift->call)
			part_from_function(e, w, lift->target);
		arrive(e, w, lift->target, w->way->spx ? HVC_LEVEL_EL2H : HVC_LEVEL_EL2T, lift->pc);
	}
	free(value);
	return on;
}
