/* SPDX-License-Identifier: MIT */
/*
 * Calls that show what becomes of each register in the calls of a rule, for every input: of each
 * path, and each rule that governs calls on it, one call, and one for each register that can come
 * back neither as it was nor as a result. What no call was found for keeps its value, or is one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/contract.h"
#include "engine/prover.h"
#include "engine/scene.h"
#include "engine/secret.h"
#include "machine/outcome.h"

struct chooser {
	struct hvc_prover p;
	const struct hvc_contract_config *config;
	struct hvc_contract_calls *out;
	struct hvc_masks masks;
	unsigned world;
	bool failed; /* memory ran out */
};

/* Registers of EL1 and EL0 are any value: one that is set to what it is by chance is not kept. */
static void open_scratch(struct chooser *c, struct hvc_secrets *out)
{
	memset(out, 0, sizeof *out);
	for (unsigned i = 0; i < hvc_contract__scratches; i++) {
		enum hvc_reg reg = hvc_contract__scratch[i].reg;

		if (hvc_reg_info(reg)->class_ != HVC_CLASS_SP && reg != HVC_REG_TPIDR_EL2 &&
		    hvc_regset_has(hvc_machine_present(c->p.machine), reg))
			out->reg[reg] = hvc_contract__scratch[i].mask;
	}
}

/* The simplest of the calls for which `all` holds. */
static void add_call(struct chooser *c, const struct hvc_sympath *path, unsigned rule, hvc_ref all)
{
	struct hvc_probe probe = {.reg = HVC_REG_NONE, .why = HVC_WHY_PROOF};
	uint16_t imm;

	if (!hvc_prover__simplify(&c->p, path, all)) {
		hvc_prover__gap(&c->p, "a call that nobody can make");
		return;
	}
	hvc_prover__call(&c->p, &probe.call);
	imm = probe.call.imm;
	probe.call.imm = 0;
	c->failed |= !hvc_contract__add(c->out, rule, c->world, &probe, imm);
}

/* What is there of a result that a rule names; NULL: it names none of this register. */
static hvc_ref result_of(const struct hvc_prover_clause *list, size_t count,
                         const struct hvc_rule *rule, enum hvc_reg reg, struct hvc_bvs *t)
{
	hvc_ref holds = NULL;

	for (unsigned i = 0; i < rule->results; i++)
		if (rule->result[i].reg == reg)
			holds = hvc_bv__num(t, 1, 1);
	for (size_t i = 0; holds && i < count; i++)
		if (list[i].clause == HVC_CLAUSE_RESULT && list[i].reg == reg)
			holds = hvc_bv__and(t, holds, list[i].holds);
	return holds;
}

/* now: what the place holds then; NULL: reports do not say that. */
static void look(struct chooser *c, const struct hvc_sympath *path, unsigned rule, unsigned place,
                 hvc_ref changed, hvc_ref now, hvc_ref all)
{
	struct hvc_contract_change *change = &c->out->change[rule * HVC_PLACES + place];
	struct hvc_term value = {.kind = HVC_TERM_CONST};
	enum hvc_answer answer;
	bool told;

	if (hvc_bv__is(changed, 0))
		return;
	now = now ? hvc_facts__apply(&c->p.symbolic->scene, &path->way->facts, now) : NULL;
	told = now && hvc_contract__say(c->p.terms, c->p.before, now, &value);
	if (change->changes &&
	    (!change->told || (told && !memcmp(&value, &change->value, sizeof value))))
		return;
	hvc_solver__push(c->p.solver);
	hvc_solver__require(c->p.solver, changed);
	answer = hvc_solver__check(c->p.solver);
	if (answer == HVC_ANSWER_YES && !change->changes)
		add_call(c, path, rule, hvc_bv__and(c->p.terms, all, changed));
	else if (answer == HVC_ANSWER_UNDECIDED)
		hvc_prover__gap(&c->p, "the solver gave up");
	if (answer == HVC_ANSWER_YES)
		*change = (struct hvc_contract_change){true, told && !change->changes, value};
	hvc_solver__pop(c->p.solver);
}

static void look_at_simd(struct chooser *c, const struct hvc_sympath *path, unsigned rule,
                         hvc_ref all)
{
	struct hvc_bvs *t = c->p.terms;

	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		for (unsigned half = 0; half < 2; half++) {
			hvc_ref now = path->way->q[n][half];
			char name[16];

			if (!now)
				continue;
			snprintf(name, sizeof name, "q%u%s", n, half ? ".high" : "");
			look(c, path, rule, HVC_REG_COUNT + n,
			     hvc_bv__not(t, hvc_bv__eq(t, now, hvc_bv__input(t, name, 64))), NULL,
			     all);
		}
}

/* Of one rule; what is required of the solver says that it governs. */
static void look_at_all(struct chooser *c, const struct hvc_sympath *path, unsigned index,
                        hvc_ref all)
{
	struct hvc_bvs *t = c->p.terms;
	const struct hvc_rule *rule = hvc_abi_rule_at(c->config->abi, index);
	struct hvc_prover_clause list[HVC_PROVER_CLAUSES];
	size_t count = hvc_prover__clauses(&c->p, path, index, list);
	hvc_ref after[HVC_REG_COUNT];

	add_call(c, path, index, all);
	if (path->kind != rule->outcome)
		return;
	hvc_prover__after(&c->p, path, after);
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		hvc_ref mask = hvc_bv__num(t, 64, c->masks.v[reg]), changed, result;

		if (!hvc_contract__measures(&c->masks, path->kind, path->level, reg))
			continue;
		changed = hvc_bv__not(t, hvc_bv__eq(t, hvc_bv__and(t, after[reg], mask),
		                                    hvc_bv__and(t, c->p.before[reg], mask)));
		result = result_of(list, count, rule, (enum hvc_reg)reg, t);
		if (result)
			changed = hvc_bv__and(t, changed, hvc_bv__not(t, result));
		look(c, path, index, reg, changed, after[reg], all);
	}
	look_at_simd(c, path, index, all);
}

static void look_at_path(struct chooser *c, const struct hvc_sympath *path)
{
	struct hvc_prover *p = &c->p;
	hvc_ref all = hvc_symbolic__condition(p->symbolic, path);
	enum hvc_answer answer = HVC_ANSWER_NO;

	hvc_ref where;

	if (path->end != HVC_END_OUTCOME || hvc_symbolic__loose(p->symbolic, path, &where)) {
		hvc_prover__gap(p, "a path that is not followed");
		return;
	}
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, all);
	hvc_solver__require(p->solver, hvc_symbolic__memory(p->symbolic, path));
	while (p->part->proved && (answer = hvc_solver__check(p->solver)) == HVC_ANSWER_YES) {
		struct hvc_call call;
		hvc_ref governs;
		int rule;

		hvc_prover__take_model(p);
		hvc_prover__call(p, &call);
		rule = hvc_abi__rule_of(c->config->abi, c->world, &call);
		governs = hvc_prover__governs(p, (unsigned)rule);
		if (hvc_abi_rule_at(c->config->abi, (unsigned)rule)->specified) {
			hvc_solver__push(p->solver);
			hvc_solver__require(p->solver, governs);
			look_at_all(c, path, (unsigned)rule, hvc_bv__and(p->terms, all, governs));
			hvc_solver__pop(p->solver);
		}
		governs = hvc_bv__not(p->terms, governs);
		hvc_solver__require(p->solver, governs);
		all = hvc_bv__and(p->terms, all, governs);
	}
	if (answer == HVC_ANSWER_UNDECIDED)
		hvc_prover__gap(p, "the solver gave up");
	hvc_solver__pop(p->solver);
}

static enum hvc_status look_at_caller(struct chooser *c, struct hvc_check_part *part,
                                      struct hvc_diag *diag)
{
	struct hvc_prover *p = &c->p;
	struct hvc_secrets open;
	enum hvc_status status;

	p->part = part;
	open_scratch(c, &open);
	status = hvc_prover__explore(p, &open, diag);
	if (status == HVC_E_ARG || status == HVC_E_RANGE) {
		hvc_prover__gap(p, "not followed");
		return HVC_OK;
	}
	if (status != HVC_OK)
		return status;
	p->governs = calloc(hvc_abi_rule_count(c->config->abi), sizeof *p->governs);
	if (p->governs) {
		hvc_prover__begin(p);
		for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
			if (open.reg[reg])
				p->before[reg] =
				        hvc_secret__before(p->terms, &open, (enum hvc_reg)reg,
				                           hvc_machine_entry(p->machine)->v[reg]);
		for (unsigned i = 0; i < p->symbolic->paths && part->proved; i++)
			look_at_path(c, &p->symbolic->path[i]);
	}
	c->failed |= !p->governs;
	free(p->governs);
	hvc_symbolic__free(p->symbolic);
	return HVC_OK;
}

static enum hvc_status look_at_world(struct chooser *c, bool *proved, struct hvc_diag *diag)
{
	const struct hvc_contract_config *config = c->config;
	unsigned levels = hvc_abi__levels(config->abi) & (config->levels ? config->levels : ~0u);
	unsigned insns = hvc_abi__insns(config->abi) & (config->insns ? config->insns : ~0u);
	struct hvc_world world;
	const struct hvc_prove_config prove = {
	        .subject = config->subject,
	        .abi = config->abi,
	        .index = c->world,
	        .world = &world,
	        .budget = config->budget,
	};
	enum hvc_status status = hvc_contract__world(config, c->world, &world, diag);

	if (status == HVC_OK)
		status = hvc_scene__machine(config->subject, &world, config->budget, diag,
		                            &c->p.machine);
	if (status != HVC_OK)
		return status;
	hvc_masks__of(hvc_machine_present(c->p.machine), &c->masks);
	c->p.config = &prove;
	*proved = !world.zero_pages;
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (unsigned from = 0; status == HVC_OK && *proved && from < HVC_LEVEL_COUNT;
		     from++) {
			struct hvc_check_part part = {
			        .from = (enum hvc_level)from, .insn = insn, .proved = true};

			if (!(insns >> insn & 1) || !(levels >> from & 1) ||
			    !hvc_world__has_caller(&world, insn, part.from))
				continue;
			status = look_at_caller(c, &part, diag);
			*proved = part.proved && !c->failed;
		}
	hvc_machine_close(c->p.machine);
	return status;
}

enum hvc_status hvc_contract__prove(const struct hvc_contract_config *config,
                                    struct hvc_contract_calls *out, bool *proved,
                                    struct hvc_diag *diag)
{
	struct chooser *c = calloc(1, sizeof *c);
	enum hvc_status status = HVC_OK;

	*proved = true;
	out->change =
	        calloc((size_t)hvc_abi_rule_count(config->abi) * HVC_PLACES, sizeof *out->change);
	if (!c || !out->change) {
		free(c);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	c->config = config;
	c->out = out;
	for (; status == HVC_OK && *proved && c->world < hvc_abi_world_count(config->abi);
	     c->world++)
		status = look_at_world(c, proved, diag);
	if (status == HVC_OK && c->failed)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	free(c);
	return status;
}
