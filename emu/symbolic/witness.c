/* SPDX-License-Identifier: MIT */
/*
 * A call for each path, made in the machine, and everything that came of it held to the terms.
 * The machine and the terms share nothing but the image: where they differ one of them is wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "symbolic/scene.h"
#include "symbolic/symbolic.h"

/** Memory for pointers that are not the caller's to begin with, each its own. */
#define SPARE      (HVC_EL2_DATA + 0x1000)
#define SPARE_SIZE UINT64_C(0x1000)
#define SPARES     8u
/** Pointers to pointers that are followed. */
#define POINTERS 4u

struct maker {
	struct hvc_symbolic *s;
	const struct hvc_sympath *path;
	struct hvc_symbolic_witness *out;
	unsigned spares;
	bool failed;
};

static uint64_t eval(struct hvc_symbolic *s, hvc_ref a, const struct hvc_symbolic_witness *w)
{
	return hvc_bv__eval(s->scene.terms, a, &w->model);
}

static bool fill_model(struct maker *m)
{
	const struct hvc_facts *facts = &m->path->way->facts;
	const struct hvc_state *entry = hvc_machine_entry(m->s->config.machine);
	const struct hvc_input *input;
	enum hvc_reg reg;
	size_t count = 0;

	while (hvc_bv__input_at(m->s->scene.terms, count))
		count++;
	m->out->model =
	        (struct hvc_model){.value = calloc(count + 1, sizeof(uint64_t)), .count = count};
	m->out->pointed = calloc(count + 1, sizeof(bool));
	if (!m->out->model.value || !m->out->pointed)
		return false;
	for (size_t i = 0; i < count; i++) {
		input = hvc_bv__input_at(m->s->scene.terms, i);
		reg = input->encoding[0] ? hvc_reg_find(input->name) : HVC_REG_NONE;
		/* What is usual may be so of another subject, in a room that is shared. */
		m->out->model.value[i] = i < facts->values && facts->given[i] ? facts->value[i]
		                         : reg != HVC_REG_NONE                ? entry->v[reg]
		                                                              : input->usual;
	}
	return true;
}

static bool is_given(const struct maker *m, size_t index)
{
	const struct hvc_facts *facts = &m->path->way->facts;

	return index < facts->values && facts->given[index];
}

static uint64_t *value_of(struct maker *m, const char *name, unsigned width)
{
	hvc_ref a = hvc_bv__input(m->s->scene.terms, name, width);

	return a->value < m->out->model.count ? &m->out->model.value[a->value] : NULL;
}

static void fill_call(struct maker *m)
{
	struct hvc_call *call = &m->out->call;
	char name[8];

	hvc_call_init(call, 0);
	call->insn = m->s->config.insn;
	call->from = m->s->config.from;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		snprintf(name, sizeof name, "x%u", n);
		call->x[n] = *value_of(m, name, 64);
	}
	call->imm = (uint16_t)*value_of(m, "imm", 16);
	call->nzcv = *value_of(m, "nzcv", 4) << 28;
	call->daif = *value_of(m, "daif", 4) << 6;
	*value_of(m, "self", 64) = hvc_call__address(call);
}

/* Does another input point to the same memory? */
static bool is_taken(const struct maker *m, size_t index)
{
	const struct hvc_model *model = &m->out->model;

	for (size_t i = 0; i < model->count; i++)
		if (i != index && (model->value[i] - model->value[index] < SPARE_SIZE / 2 ||
		                   model->value[index] - model->value[i] < SPARE_SIZE / 2))
			return true;
	return false;
}

/* A path that asks where in a page, or in a stack, a pointer is leaves open where that is. */
static void align(struct maker *m, hvc_ref address, size_t index)
{
	uint64_t *value = &m->out->model.value[index];
	uint8_t byte;

	m->out->pointed[index] = true;
	*value = HVC_EL2_DATA | (*value & (HVC_EL2_DATA_SIZE - 1));
	m->failed |= is_taken(m, index) ||
	             hvc_machine_read(m->s->config.machine, eval(m->s, address, m->out), &byte,
	                              1) != HVC_OK;
}

/* Is there memory at each address? Else a pointer of which nothing is said is pointed to some. */
static void point(struct maker *m, hvc_ref address)
{
	hvc_ref base;
	uint64_t here;
	uint8_t byte;

	if (hvc_machine_read(m->s->config.machine, eval(m->s, address, m->out), &byte, 1) == HVC_OK)
		return;
	(void)hvc_bv__offset(address, &base);
	if (!base || base->op != HVC_OP_INPUT || m->spares == SPARES) {
		m->failed = true;
		return;
	}
	if (is_given(m, base->value)) {
		align(m, address, base->value);
		return;
	}
	m->out->pointed[base->value] = true;
	here = eval(m->s, address, m->out) - m->out->model.value[base->value];
	do /* others may have been pointed there before */
		m->out->model.value[base->value] =
		        SPARE + SPARE_SIZE * m->spares++ + SPARE_SIZE / 2 - (here & ~UINT64_C(15));
	while (m->spares < SPARES && is_taken(m, base->value));
	m->failed |= is_taken(m, base->value);
}

static void point_all(struct maker *m)
{
	for (unsigned round = 0; round < POINTERS; round++) {
		m->failed = false;
		for (const struct hvc_read *r = m->path->way->read; r; r = r->before)
			if (r->address)
				point(m, r->address);
		for (const struct hvc_log *l = m->path->way->log; l; l = l->before)
			if (l->base)
				point(m,
				      hvc_bv__add(m->s->scene.terms, l->base,
				                  hvc_bv__num(m->s->scene.terms, 64, l->offset)));
	}
}

/* Whatever it holds: the CPU model may lack what the path reads, and has what a world gives it. */
static bool is_read(const struct maker *m, size_t index)
{
	for (const struct hvc_read *read = m->path->way->read; read; read = read->before)
		if (!read->address && hvc_bv__input_of(m->s->scene.terms, read->value) ==
		                              hvc_bv__input_at(m->s->scene.terms, index))
			return true;
	return false;
}

/* A register that the path reads or writes, and the CPU model has where a world gives it only. */
static bool is_missing(const struct maker *m, enum hvc_reg reg, bool read)
{
	return !hvc_regset_has(hvc_machine_present(m->s->config.machine), reg) &&
	       (read || hvc_regset_has(&m->path->way->written, reg));
}

/* Registers of the world that have to be others. */
static enum hvc_status fill_world(struct maker *m)
{
	const struct hvc_state *entry = hvc_machine_entry(m->s->config.machine);
	struct hvc_world *world = &m->out->world;
	const char *name;
	uint64_t offset;
	char text[24];

	for (size_t i = 0; i < m->out->model.count; i++) {
		const struct hvc_input *input = hvc_bv__input_at(m->s->scene.terms, i);
		enum hvc_reg reg = hvc_reg_find(input->name);
		uint64_t value = m->out->model.value[i];

		if (!input->encoding[0])
			continue;
		if (reg != HVC_REG_NONE &&
		    (value != entry->v[reg] || is_missing(m, reg, is_read(m, i)))) {
			HVC_TRY(hvc_world_set(world, reg, value));
			m->out->changed = true;
		} else if (reg == HVC_REG_NONE && (is_given(m, i) || is_read(m, i))) {
			HVC_TRY(hvc_world_set_sys(world, input->encoding, value));
			m->out->changed = true;
		}
	}
	if (m->path->kind == HVC_OUTCOME_HANDOFF &&
	    !hvc_world__find_stop(world, m->path->target->value)) {
		if (!m->s->scene.subject ||
		    !hvc_subject_symbol(m->s->scene.subject, m->path->target->value, &name,
		                        &offset) ||
		    offset) {
			snprintf(text, sizeof text, "0x%" PRIx64, m->path->target->value);
			name = text;
		}
		HVC_TRY(hvc_world_stop_at(world, m->path->target->value, name));
		m->out->changed = true;
	}
	return HVC_OK;
}

enum hvc_status hvc_symbolic__witness(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                      const struct hvc_world *world,
                                      struct hvc_symbolic_witness *out)
{
	struct maker m = {.s = symbolic, .path = path, .out = out};
	const struct hvc_facts *facts = &path->way->facts;
	enum hvc_status status;

	memset(out, 0, sizeof *out);
	out->world = *world;
	if (!fill_model(&m)) {
		hvc_symbolic__free_witness(out);
		return HVC_E_NOMEM;
	}
	fill_call(&m);
	point_all(&m);
	fill_call(&m);
	/* No call sets a counter, or ISR_EL1. */
	status = hvc_facts__hang_on_opaque(facts) ? HVC_E_UNSUPPORTED : fill_world(&m);
	for (size_t i = 0; status == HVC_OK && i < facts->clauses; i++)
		if (!eval(symbolic, facts->clause[i], out))
			status = HVC_E_UNSUPPORTED;
	if (status == HVC_OK && m.failed)
		status = HVC_E_UNSUPPORTED;
	if (status != HVC_OK)
		hvc_symbolic__free_witness(out);
	return status;
}

void hvc_symbolic__free_witness(struct hvc_symbolic_witness *witness)
{
	free(witness->model.value);
	free(witness->pointed);
	witness->pointed = NULL;
	witness->model = (struct hvc_model){0};
}

struct comparison {
	struct hvc_symbolic *s;
	const struct hvc_sympath *path;
	struct hvc_symbolic_witness *w;
	struct hvc_machine *machine;
	const struct hvc_outcome *outcome;
	bool differs;
	char *text;
	size_t size;
};

static void compare(struct comparison *c, const char *what, uint64_t terms, uint64_t machine)
{
	if (terms == machine || c->differs)
		return;
	c->differs = true;
	snprintf(c->text, c->size, "%s is 0x%" PRIx64 " by the terms, 0x%" PRIx64 " in the machine",
	         what, terms, machine);
}

/* Where a term depends on a function without a body there is nothing to compare. */
static void compare_term(struct comparison *c, const char *what, hvc_ref term, uint64_t mask,
                         uint64_t machine)
{
	if (term && !hvc_bv__is_opaque(term))
		compare(c, what, eval(c->s, term, c->w) & mask, machine & mask);
}

static bool clauses_hold(struct comparison *c)
{
	const struct hvc_facts *facts = &c->path->way->facts;

	for (size_t i = 0; i < facts->clauses; i++)
		if (!eval(c->s, facts->clause[i], c->w))
			return false;
	return true;
}

/*
 * What memory held before the call: what the path asks for; where it asks for nothing, what there
 * is, or else (all) what the path's own model says.
 */
static bool provide_memory(struct comparison *c, bool all)
{
	const struct hvc_facts *facts = &c->path->way->facts;

	for (const struct hvc_read *r = c->path->way->read; r; r = r->before) {
		const struct hvc_input *input = hvc_bv__input_of(c->s->scene.terms, r->value);
		uint64_t address, *value;
		size_t i;

		if (!r->address || !input || r->value->value >= c->w->model.count)
			continue;
		i = r->value->value;
		address = eval(c->s, r->address, c->w);
		value = &c->w->model.value[i];
		if (hvc_harness__is_caller(c->machine, address) ||
		    hvc_harness__is_caller(c->machine, address + 4)) {
			if (hvc_machine_read(c->machine, address, value, 8) != HVC_OK)
				return false;
			continue;
		}
		if (c->w->pointed && c->w->pointed[i]) {
			/* as it was made */
		} else if (!c->w->as_is && i < facts->values && facts->given[i]) {
			*value = facts->value[i];
		} else if (all) {
			*value = input->usual;
		} else if (hvc_machine_read(c->machine, address, value, 8) == HVC_OK) {
			continue;
		}
		if (hvc_machine_write(c->machine, address, value, 8) != HVC_OK)
			return false;
	}
	return true;
}

/* Two pointers may have pointed to the same, and one has been written for the other. */
static bool settle_memory(struct comparison *c)
{
	if (!provide_memory(c, false))
		return false;
	return clauses_hold(c) || (!c->w->as_is && provide_memory(c, true) && clauses_hold(c));
}

static void compare_memory(struct comparison *c)
{
	struct hvc_bvs *t = c->s->scene.terms;

	for (const struct hvc_log *l = c->path->way->log; l; l = l->before) {
		hvc_ref address = hvc_bv__num(t, 64, l->offset), now;
		uint64_t at, value = 0;
		char what[48];

		if (l->base)
			address = hvc_bv__add(t, l->base, address);
		at = eval(c->s, address, c->w);
		if (hvc_memory__load(&c->s->scene, c->path->way, address, l->size, &now) !=
		            HVC_ACCESS_OK ||
		    hvc_machine_read(c->machine, at, &value, l->size) != HVC_OK)
			continue;
		snprintf(what, sizeof what, "memory at 0x%" PRIx64, at);
		compare_term(c, what, now, UINT64_MAX, value);
	}
}

/* Registers of a loop change as it goes round. */
static void compare_registers(struct comparison *c)
{
	const struct hvc_way *way = c->path->way;
	const uint64_t *v = c->outcome->state.v;
	bool spins = c->path->kind == HVC_OUTCOME_SPIN;
	uint64_t forced = hvc_symbolic__forced_hcr(c->s);

	for (unsigned n = 0; n < HVC_GPR_COUNT && !spins; n++)
		compare_term(c, hvc_reg_name((enum hvc_reg)n), way->x[n], UINT64_MAX, v[n]);
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++) {
		uint64_t mask = hvc_reg_info((enum hvc_reg)n)->mask;

		if (spins && n <= HVC_REG_SP_EL2)
			continue;
		if (n == HVC_REG_HCR_EL2)
			mask &= ~forced;
		compare_term(c, hvc_reg_name((enum hvc_reg)n), way->sys[n], mask, v[n]);
	}
	if (spins)
		return;
	compare_term(c, "nzcv", hvc_flags__all(c->s->scene.terms, &way->flags), 15,
	             v[HVC_REG_NZCV] >> 28);
	compare_term(c, "daif", way->daif, 15, v[HVC_REG_DAIF] >> 6);
}

static void compare_simd(struct comparison *c)
{
	struct hvc_simd simd;
	char name[16];

	hvc_machine_simd(c->machine, &simd);
	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++) {
			snprintf(name, sizeof name, "half %u of q%u", half, n);
			compare_term(c, name, c->path->way->q[n][half], UINT64_MAX,
			             simd.q[n][half]);
		}
}

/*
 * A jump to a place where there is nothing is a fault there, unless the caller named the place.
 * EL2's own vectors may have taken it before that was plain: what they stored stays.
 */
static bool is_missed_jump(struct comparison *c)
{
	return c->path->kind == HVC_OUTCOME_JUMP && c->outcome->kind == HVC_OUTCOME_FAULT &&
	       c->outcome->pc == eval(c->s, c->path->target, c->w);
}

/* An abort where the path has turned translation on: the tables are nobody's here. */
static bool is_untranslated(const struct comparison *c)
{
	unsigned ec = hvc_arch_ec(c->outcome->esr);

	return c->path->way->translates && c->outcome->kind == HVC_OUTCOME_FAULT &&
	       (ec == HVC_EC_IABT_SAME || ec == HVC_EC_DABT_SAME);
}

/* MRS or MSR of a register that the CPU model does not have, and other CPUs do. */
static bool is_lacking(const struct comparison *c)
{
	return c->path->kind != HVC_OUTCOME_FAULT && hvc_outcome__lacks_register(c->outcome);
}

/* A fault to the terms, which do not go to vectors that the caller chose. */
static bool is_in_other_vectors(const struct comparison *c)
{
	return c->path->kind == HVC_OUTCOME_FAULT && c->outcome->kind == HVC_OUTCOME_JUMP &&
	       !hvc_bv__const(c->path->way->sys[HVC_REG_VBAR_EL2]);
}

/* An abort where the path has taken a pointer of EL2's to be aligned: this one need not be. */
static bool is_askew(const struct comparison *c)
{
	return c->path->way->trusts && c->path->kind != HVC_OUTCOME_FAULT &&
	       c->outcome->kind == HVC_OUTCOME_FAULT &&
	       hvc_arch_ec(c->outcome->esr) == HVC_EC_DABT_SAME;
}

static void compare_end(struct comparison *c)
{
	const struct hvc_sympath *path = c->path;

	if (is_missed_jump(c))
		return;
	if (path->kind != c->outcome->kind) {
		c->differs = true;
		snprintf(c->text, c->size, "the call ends as %s by the terms, as %s in the machine",
		         hvc_outcome_name(path->kind), hvc_outcome_name(c->outcome->kind));
		return;
	}
	if (path->kind == HVC_OUTCOME_FAULT)
		compare(c, "the class of the fault", path->ec, hvc_arch_ec(c->outcome->esr));
	else
		compare(c, "the level", path->level, c->outcome->level);
	if (path->target && path->kind != HVC_OUTCOME_FAULT)
		compare_term(c, "pc", path->target, UINT64_MAX, c->outcome->pc);
}

enum hvc_status hvc_symbolic__confirm(struct hvc_symbolic *symbolic, const struct hvc_sympath *path,
                                      struct hvc_symbolic_witness *witness,
                                      struct hvc_machine *machine, struct hvc_diag *diag,
                                      bool *differs, char *text, size_t size)
{
	struct hvc_outcome outcome;
	struct comparison c = {.s = symbolic,
	                       .path = path,
	                       .w = witness,
	                       .machine = machine,
	                       .outcome = &outcome,
	                       .text = text,
	                       .size = size};

	HVC_TRY(hvc_machine_reset(machine, diag));
	if (!settle_memory(&c))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the memory that the path reads cannot be provided");
	HVC_TRY(hvc_machine_call(machine, &witness->call, diag, &outcome));
	if (is_untranslated(&c))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the path turns translation on, and there are no tables");
	if (is_askew(&c))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the path follows a pointer of EL2's that is not aligned");
	if (is_lacking(&c))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the CPU model lacks a register that the path uses");
	if (is_in_other_vectors(&c))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "the path faults where its vectors are the caller's choice");
	compare_end(&c);
	compare_registers(&c);
	if (!is_missed_jump(&c))
		compare_memory(&c);
	if (path->way->simd)
		compare_simd(&c);
	*differs = c.differs;
	return hvc_bv__status(symbolic->scene.terms);
}
