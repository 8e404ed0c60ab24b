/* SPDX-License-Identifier: MIT */
/* From the machine's world to the state at the vector. */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/reg.h"
#include "machine/world.h"
#include "symbolic/symbolic.h"

const struct hvc_regset *hvc_symbolic__fixed(void)
{
	static struct hvc_regset set;

	hvc_regset_add(&set, HVC_REG_HCR_EL2);
	hvc_regset_add(&set, HVC_REG_SCR_EL3);
	hvc_regset_add(&set, HVC_REG_SCTLR_EL2);
	hvc_regset_add(&set, HVC_REG_SCTLR_EL1);
	hvc_regset_add(&set, HVC_REG_CPTR_EL2);
	return &set;
}

static enum hvc_knowledge known(void *ctx, const uint8_t encoding[5], uint64_t *value)
{
	const struct hvc_symbolic *s = ctx;
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);

	if (reg == HVC_REG_NONE) {
		if (hvc_engine__get_sys(s->config.machine->engine, encoding, value))
			return HVC_KNOWN_VALUE;
		return s->config.closed ? HVC_KNOWN_ABSENT : HVC_KNOWN_INPUT;
	}
	if (!hvc_regset_has(hvc_machine_present(s->config.machine), reg))
		return s->config.closed ? HVC_KNOWN_ABSENT : HVC_KNOWN_INPUT;
	*value = hvc_machine_entry(s->config.machine)->v[reg];
	if (s->config.secrets && s->config.secrets->reg[reg])
		return HVC_KNOWN_INPUT;
	return s->config.exact || hvc_regset_has(s->config.fixed, reg) ? HVC_KNOWN_VALUE
	                                                               : HVC_KNOWN_INPUT;
}

static enum hvc_knowledge memory(void *ctx, uint64_t address, uint64_t *value)
{
	const struct hvc_symbolic *s = ctx;

	if (hvc_machine_read(s->config.machine, address, value, sizeof *value) == HVC_OK) {
		for (unsigned i = 0; s->config.secrets && i < sizeof *value; i++)
			if (hvc_memory__is_secret(&s->scene, address + i))
				return HVC_KNOWN_INPUT;
		return s->config.exact ? HVC_KNOWN_VALUE : HVC_KNOWN_INPUT;
	}
	return s->config.closed ? HVC_KNOWN_ABSENT : HVC_KNOWN_INPUT;
}

uint64_t hvc_symbolic__forced_hcr(const struct hvc_symbolic *s)
{
	uint64_t hcr = hvc_machine_entry(s->config.machine)->v[HVC_REG_HCR_EL2], forced = 0;

	if (hvc_insn_is_smc(s->config.insn))
		forced |= ~hcr & HVC_HCR_TSC;
	if (hvc_level_is_aarch32(s->config.from) && hvc_level__el(s->config.from) == 1)
		forced |= hcr & HVC_HCR_RW;
	return forced;
}

hvc_ref hvc_symbolic__given_hcr(const struct hvc_symbolic *s, hvc_ref value)
{
	uint64_t hcr = hvc_machine_entry(s->config.machine)->v[HVC_REG_HCR_EL2];
	uint64_t forced = hvc_symbolic__forced_hcr(s);
	struct hvc_bvs *t = s->scene.terms;

	if (!forced || !value)
		return value;
	value = hvc_bv__and(t, value, hvc_bv__num(t, 64, ~forced));
	return hvc_bv__or(t, value, hvc_bv__num(t, 64, hcr & forced));
}

struct hvc_pe hvc_symbolic__pe(const struct hvc_symbolic *s)
{
	const struct hvc_machine *machine = s->config.machine;
	const uint64_t *v = hvc_machine_entry(machine)->v;
	struct hvc_pe pe = machine->pe;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.from = s->config.from;
	call.insn = s->config.insn;
	call.nzcv = call.daif = 0;
	pe.pc = 0;
	pe.pstate = hvc_call__pstate(&call, hvc_machine_entry(machine));
	pe.scr_el3 = v[HVC_REG_SCR_EL3];
	pe.hcr_el2 = v[HVC_REG_HCR_EL2] ^ hvc_symbolic__forced_hcr(s);
	pe.sctlr_el1 = v[HVC_REG_SCTLR_EL1];
	pe.sctlr_el2 = v[HVC_REG_SCTLR_EL2];
	pe.vbar_el1 = v[HVC_REG_VBAR_EL1];
	pe.vbar_el2 = s->config.image->vectors;
	return pe;
}

bool hvc_symbolic__returns(const struct hvc_symbolic *symbolic, unsigned mode, uint64_t hcr)
{
	struct hvc_pe pe = hvc_symbolic__pe(symbolic);
	struct hvc_return back;

	pe.hcr_el2 = hcr;
	pe.pstate = hvc_level__mode(HVC_LEVEL_EL2H);
	hvc_exception_return(&pe, 0, mode, &back);
	return !back.illegal;
}

/* Of A64 only: what EL2 makes of an instruction of 32-bit code is nothing that anybody ships. */
static hvc_ref instruction(const struct hvc_symbolic *s, hvc_ref imm)
{
	struct hvc_bvs *t = s->scene.terms;
	uint32_t word = s->config.insn == HVC_INSN_HVC   ? hvc_arch_encode(0)
	                : s->config.insn == HVC_INSN_SMC ? hvc_arch_encode_smc(0)
	                                                 : 0;

	if (!word || hvc_level_is_aarch32(s->config.from))
		return NULL;
	return hvc_bv__or(t, hvc_bv__num(t, 32, word),
	                  hvc_bv__shl(t, hvc_bv__zext(t, imm, 32), hvc_bv__num(t, 32, 5)));
}

/* ESR, ELR and SPSR, which specifications have names for. */
static void fill(struct hvc_symbolic *s, struct hvc_way *way, const struct hvc_entry *entry)
{
	struct hvc_bvs *t = s->scene.terms;
	hvc_ref imm = hvc_bv__input(t, "imm", 16), nzcv = hvc_bv__input(t, "nzcv", 4);
	hvc_ref daif = hvc_bv__input(t, "daif", 4), spsr;
	bool undone = hvc_insn_is_smc(s->config.insn) || s->config.insn == HVC_INSN_TRAP;
	uint64_t forced = hvc_symbolic__forced_hcr(s);

	s->self = hvc_bv__input(t, "self", 64);
	s->scene.instruction = instruction(s, imm);
	hvc_bv__alias(t, hvc_bv__add(t, s->self, hvc_bv__num(t, 64, 4)), "return");
	/* Of AArch32 no SMC tells its immediate. */
	if (hvc_arch_ec(entry->esr) == HVC_EC_SMC32)
		imm = hvc_bv__num(t, 16, entry->esr);
	way->sys[HVC_REG_ESR_EL2] = hvc_bv__concat(t, hvc_bv__num(t, 48, entry->esr >> 16), imm);
	hvc_bv__alias(t, way->sys[HVC_REG_ESR_EL2], "esr");
	way->sys[HVC_REG_ELR_EL2] = hvc_bv__add(t, s->self, hvc_bv__num(t, 64, undone ? 0 : 4));
	spsr = hvc_bv__concat(t, daif, hvc_bv__num(t, 6, entry->spsr));
	spsr = hvc_bv__concat(t, hvc_bv__num(t, 18, entry->spsr >> 10), spsr);
	spsr = hvc_bv__zext(t, hvc_bv__concat(t, nzcv, spsr), 64);
	way->sys[HVC_REG_SPSR_EL2] = spsr;
	hvc_bv__alias(t, spsr, "spsr");
	for (unsigned i = 0; i < 4; i++)
		way->flags.bit[i] = hvc_bv__extract(t, nzcv, i, i);
	way->daif = hvc_bv__num(t, 4, entry->pstate >> 6);
	way->pstate = hvc_bv__num(
	        t, 64, entry->pstate & ~(HVC_PSTATE_NZCV | HVC_PSTATE_DAIF | HVC_PSTATE_M));
	way->pc = entry->vector;
	if (forced)
		way->sys[HVC_REG_HCR_EL2] =
		        hvc_bv__xor(t, way->sys[HVC_REG_HCR_EL2], hvc_bv__num(t, 64, forced));
}

/* A caller in AArch32 state: see hvc_call. */
static void narrow(struct hvc_symbolic *s, struct hvc_way *way)
{
	bool zero = s->config.machine->world.upper_zero;

	if (!hvc_level_is_aarch32(s->config.from))
		return;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		s->before[n] = hvc_symbolic__low(s->scene.terms, way->x[n]);
		if (zero)
			way->x[n] = s->before[n];
	}
	way->sys[HVC_REG_PSTATE] = s->before[HVC_REG_PSTATE] =
	        hvc_bv__num(s->scene.terms, 64, hvc_call__kept(hvc_symbolic__pe(s).pstate));
}

hvc_ref hvc_symbolic__low(struct hvc_bvs *terms, hvc_ref a)
{
	return hvc_bv__zext(terms, hvc_bv__extract(terms, a, 31, 0), 64);
}

hvc_ref hvc_symbolic__in_place(struct hvc_bvs *terms, hvc_ref field, unsigned shift)
{
	return hvc_bv__shl(terms, hvc_bv__zext(terms, field, 64), hvc_bv__num(terms, 64, shift));
}

static void add_extent(struct hvc_scene *scene, uint64_t lo, uint64_t hi)
{
	struct hvc_extent *last = scene->extent + (scene->extents ? scene->extents - 1 : 0);

	if (scene->extents && lo <= last->hi)
		last->hi = hi > last->hi ? hi : last->hi;
	else if (scene->extents < HVC_SCENE_EXTENTS)
		scene->extent[scene->extents++] = (struct hvc_extent){lo, hi};
}

/* The machine's segments are sorted, and it maps whole pages. */
static void find_extents(struct hvc_symbolic *s)
{
	const struct hvc_machine *machine = s->config.machine;
	const uint64_t page = 0x1000, harness = HVC_HARNESS_BASE + HVC_TRAMPOLINE_SIZE;
	bool done = false;

	for (unsigned i = 0; i < machine->segments; i++) {
		const struct hvc_segment *segment = &machine->segment[i];

		if (!done && segment->address > harness) {
			add_extent(&s->scene, harness, HVC_HARNESS_BASE + HVC_HARNESS_SIZE);
			done = true;
		}
		add_extent(&s->scene, segment->address & ~(page - 1),
		           (segment->address + segment->size + page - 1) & ~(page - 1));
	}
	if (!done)
		add_extent(&s->scene, harness, HVC_HARNESS_BASE + HVC_HARNESS_SIZE);
	if (s->scene.extents == HVC_SCENE_EXTENTS)
		s->scene.extents = 0; /* too many to tell */
}

/* What the CPU keeps of a write, by writing all bits and none of them. */
static void probe(struct hvc_symbolic *s)
{
	struct hvc_kept *kept = &s->kept;

	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		hvc_machine__kept(s->config.machine, (enum hvc_reg)i, &kept->writable[i],
		                  &kept->ones[i]);
	s->scene.kept = kept;
}

/* Asked of the engine once each: paths write the same registers. */
static bool kept_other(void *ctx, const uint8_t encoding[5], uint64_t *writable, uint64_t *ones)
{
	struct hvc_symbolic *s = ctx;
	hvc_other which =
	        HVC_OTHER_SYS(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);
	struct hvc_kept_other *row = s->kept_other;

	while (row < s->kept_other + s->kept_others && row->which != which)
		row++;
	if (row == s->kept_other + HVC_OTHERS_MAX)
		return false;
	if (row == s->kept_other + s->kept_others) {
		*row = (struct hvc_kept_other){.which = which};
		row->plain = hvc_other__kept(s->config.machine->engine, encoding, &row->writable,
		                             &row->ones);
		s->kept_others++;
	}
	if (row->plain) {
		*writable = row->writable;
		*ones = row->ones;
	}
	return row->plain;
}

/* Of a secret register some bits are known. */
static void mask_secrets(struct hvc_symbolic *s, struct hvc_way *way)
{
	const uint64_t *entry = hvc_machine_entry(s->config.machine)->v;
	struct hvc_bvs *t = s->scene.terms;

	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++) {
		uint64_t mask = s->config.secrets->reg[reg];

		if (!mask || mask == UINT64_MAX || !way->sys[reg])
			continue;
		way->sys[reg] =
		        hvc_bv__or(t, hvc_bv__and(t, way->sys[reg], hvc_bv__num(t, 64, mask)),
		                   hvc_bv__num(t, 64, entry[reg] & ~mask));
		hvc_bv__alias(t, way->sys[reg], hvc_reg_name((enum hvc_reg)reg));
	}
}

enum hvc_status hvc_symbolic__enter(struct hvc_symbolic *s, struct hvc_way **out, bool *ended,
                                    struct hvc_sympath *path)
{
	struct hvc_pe pe = hvc_symbolic__pe(s);
	struct hvc_entry entry;
	struct hvc_way *way, before;
	bool smc;

	if (s->config.insn == HVC_INSN_TRAP && !s->config.machine->world.esr)
		return HVC_E_ARG;
	if (s->config.from >= HVC_LEVEL_COUNT || s->config.insn >= HVC_INSN_COUNT ||
	    hvc_caller_index(s->config.insn, s->config.from) == HVC_CALLER_NONE ||
	    !hvc_symbolic__returns(s, hvc_level__mode(s->config.from), pe.hcr_el2))
		return HVC_E_ARG;
	if (s->config.machine->world.memories) {
		s->scene.image = &s->config.machine->view;
		s->scene.pieces = s->config.machine->world.memories;
	}
	s->scene.unset_is_input = !s->config.exact;
	s->scene.known = known;
	s->scene.memory = memory;
	s->scene.known_ctx = s->scene.memory_ctx = s;
	s->scene.same_data = s->config.same_data;
	s->scene.same_data_ctx = s->config.same_data_ctx;
	s->scene.secrets = s->config.secrets;
	s->scene.function = s->config.exact ? hvc_machine__function : NULL;
	probe(s);
	s->scene.kept_other = kept_other;
	if (s->config.exact && !(s->config.secrets && s->config.secrets->memories))
		find_extents(s);
	way = hvc_way__open(&s->scene);
	if (!way)
		return HVC_E_NOMEM;
	if (s->config.secrets)
		mask_secrets(s, way);
	smc = hvc_insn_is_smc(s->config.insn);
	*ended = smc ? !hvc_exception_smc(&pe, 0, &entry) : hvc_exception_hvc_is_undefined(&pe);
	if (s->config.insn == HVC_INSN_TRAP) {
		*ended = false;
		hvc_exception_trap(&pe, s->config.machine->world.esr, 0, &entry);
	} else if (!smc)
		hvc_exception_hvc(&pe, 0, &entry);
	if (*ended) {
		entry = (struct hvc_entry){.spsr = hvc_level__mode(s->config.from)};
		path->kind = smc && hvc_level__el(s->config.from) != 0 ? HVC_OUTCOME_FORWARD
		                                                       : HVC_OUTCOME_UNDEFINED;
		path->level = s->config.from;
	}
	memcpy(s->before, way->x, sizeof way->x);
	narrow(s, way);
	before = *way;
	memcpy(s->before + HVC_REG_SP_EL0, way->sys + HVC_REG_SP_EL0,
	       sizeof s->before - HVC_REG_SP_EL0 * sizeof *s->before);
	fill(s, way, &entry);
	s->before[HVC_REG_NZCV] = hvc_symbolic__in_place(
	        s->scene.terms, hvc_bv__input(s->scene.terms, "nzcv", 4), 28);
	s->before[HVC_REG_DAIF] =
	        hvc_symbolic__in_place(s->scene.terms, hvc_bv__input(s->scene.terms, "daif", 4), 6);
	if (*ended) {
		/* Nothing was entered: PSTATE and the registers of EL2 are the caller's. */
		memcpy(way->sys, before.sys, sizeof way->sys);
		way->daif = hvc_bv__input(s->scene.terms, "daif", 4);
		path->target = s->self;
		path->way = way;
	}
	*out = way;
	return hvc_bv__status(s->scene.terms);
}
