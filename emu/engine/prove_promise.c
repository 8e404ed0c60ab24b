/* SPDX-License-Identifier: MIT */
/*
 * What a specification says, as terms: when a rule governs a call, and each clause of what it
 * promises, in the order in which an outcome is judged (emu/abi/verdict.c).
 */
#include "engine/prover.h"

#include <stdlib.h>

#include "engine/simplest_call.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "symbolic/bv_node.h"

static hvc_ref number(struct hvc_prover *p, uint64_t value)
{
	return hvc_bv__num(p->terms, 64, value);
}

/* A field of PSTATE, in place. */
static hvc_ref in_place(struct hvc_prover *p, hvc_ref field, unsigned shift)
{
	return hvc_bv__shl(p->terms, hvc_bv__zext(p->terms, field, 64), number(p, shift));
}

void hvc_prover__begin(struct hvc_prover *p)
{
	const uint64_t *entry = hvc_machine_entry(p->machine)->v;

	p->terms = p->symbolic->scene.terms;
	p->solver = p->symbolic->scene.solver;
	p->part->paths = p->symbolic->paths;
	for (unsigned n = 0; n < HVC_INPUTS; n++)
		p->input[n] = hvc_bv__input_at(p->terms, n)->term;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		p->before[reg] =
		        reg < HVC_GPR_COUNT ? p->symbolic->before[reg] : number(p, entry[reg]);
	if (hvc_level_is_aarch32(p->part->from))
		p->before[HVC_REG_PSTATE] = p->symbolic->before[HVC_REG_PSTATE];
	p->before[HVC_REG_NZCV] = in_place(p, p->input[HVC_INPUT_NZCV], 28);
	p->before[HVC_REG_DAIF] = in_place(p, p->input[HVC_INPUT_DAIF], 6);
	hvc_solver__require(p->solver, hvc_search__address(p->terms, p->part->insn));
}

static hvc_ref is_within(struct hvc_prover *p, hvc_ref a, const struct hvc_interval *list,
                         unsigned count)
{
	hvc_ref any = hvc_bv__num(p->terms, 1, 0);

	for (unsigned i = 0; i < count; i++) {
		hvc_ref lo = hvc_bv__num(p->terms, a->width, list[i].lo);
		hvc_ref hi = hvc_bv__num(p->terms, a->width, list[i].hi), in;

		in = list[i].lo == list[i].hi
		             ? hvc_bv__eq(p->terms, a, lo)
		             : hvc_bv__and(p->terms,
		                           hvc_bv__not(p->terms, hvc_bv__ult(p->terms, a, lo)),
		                           hvc_bv__not(p->terms, hvc_bv__ult(p->terms, hi, a)));
		any = hvc_bv__or(p->terms, any, in);
	}
	return any;
}

static bool speaks_of(const struct hvc_prover *p, const struct hvc_rule *rule)
{
	return rule->levels >> p->part->from & 1 && rule->insns >> p->part->insn & 1 &&
	       rule->worlds >> p->config->index & 1;
}

static hvc_ref matches(struct hvc_prover *p, const struct hvc_rule *rule)
{
	hvc_ref all = is_within(p, hvc_prover__imm(p), rule->imm, rule->imms);

	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *condition = &rule->condition[i];
		hvc_ref a = p->input[condition->reg];

		if (hvc_level_is_aarch32(p->part->from))
			a = hvc_symbolic__low(p->terms, a);

		if (condition->mask == UINT32_MAX)
			a = hvc_bv__extract(p->terms, a, 31, 0);
		else
			a = hvc_bv__and(p->terms, a, number(p, condition->mask));
		all = hvc_bv__and(p->terms, all,
		                  is_within(p, a, condition->interval, condition->intervals));
	}
	return all;
}

hvc_ref hvc_prover__governs(struct hvc_prover *p, unsigned index)
{
	const struct hvc_abi *abi = p->config->abi;
	const struct hvc_rule *rule = &abi->rule[index];
	hvc_ref all;

	if (p->governs[index])
		return p->governs[index];
	all = speaks_of(p, rule) ? matches(p, rule) : hvc_bv__num(p->terms, 1, 0);
	for (unsigned i = 0; i < abi->rules; i++)
		if (abi->rule[i].priority > rule->priority && speaks_of(p, &abi->rule[i]))
			all = hvc_bv__and(p->terms, all,
			                  hvc_bv__not(p->terms, matches(p, &abi->rule[i])));
	p->governs[index] = all;
	return all;
}

void hvc_prover__after(struct hvc_prover *p, const struct hvc_sympath *path, hvc_ref *after)
{
	const struct hvc_way *way = path->way;

	for (unsigned reg = 0; reg < HVC_GPR_COUNT; reg++)
		after[reg] = way->x[reg];
	for (unsigned reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++)
		after[reg] = way->sys[reg] ? way->sys[reg] : p->before[reg];
	after[HVC_REG_NZCV] = in_place(p, hvc_flags__all(p->terms, &way->flags), 28);
	after[HVC_REG_DAIF] = in_place(p, way->daif, 6);
	if (!hvc_level_is_aarch32(path->level))
		after[HVC_REG_PSTATE] =
		        hvc_level__el(path->level) == 2 || path->kind == HVC_OUTCOME_UNDEFINED
		                ? p->before[HVC_REG_PSTATE]
		                : hvc_bv__and(p->terms, way->pstate,
		                              number(p, hvc_call__kept(~HVC_PSTATE_NRW)));
	after[HVC_REG_HCR_EL2] = hvc_symbolic__given_hcr(p->symbolic, after[HVC_REG_HCR_EL2]);
}

struct list {
	struct hvc_prover *p;
	struct hvc_prover_clause *out;
	size_t count;
	hvc_other other; /* that the next is about; 0: none */
};

void (*hvc_prover__trial)(struct hvc_prover *p, struct hvc_prover_clause *clause);

static void add(struct list *list, enum hvc_clause kind, enum hvc_reg reg, hvc_ref holds)
{
	struct hvc_prover_clause clause = {holds, kind, reg, list->other};

	if (hvc_prover__trial)
		hvc_prover__trial(list->p, &clause);
	if (!hvc_bv__is(clause.holds, 1))
		list->out[list->count++] = clause;
}

static void add_fact(struct list *list, enum hvc_clause clause, bool holds)
{
	add(list, clause, HVC_REG_NONE, hvc_bv__num(list->p->terms, 1, holds));
}

/*
 * For certificates, that two are the same as it stands: a term that is what was promised shows
 * that, where the clause is but true.
 */
static void state(struct hvc_prover *p, hvc_ref promised, hvc_ref actual)
{
	hvc_ref equal = hvc_bv__node(p->terms, HVC_OP_EQ, 1, 0, 2, promised, actual, NULL);

	p->stated = hvc_bv__node(p->terms, HVC_OP_AND, 1, 0, 2, p->stated, equal, NULL);
}

/* Are two the same in the bits of a mask? */
static hvc_ref same(struct hvc_prover *p, hvc_ref a, hvc_ref b, uint64_t mask)
{
	hvc_ref bits = number(p, mask);

	return hvc_bv__eq(p->terms, hvc_bv__and(p->terms, a, bits), hvc_bv__and(p->terms, b, bits));
}

/* Where less of a register is seen than the intervals are wide, they are seen in part, too. */
static hvc_ref is_among(struct hvc_prover *p, hvc_ref a, const struct hvc_result *result,
                        uint64_t seen)
{
	hvc_ref any = hvc_bv__num(p->terms, 1, 0);

	for (unsigned i = 0; i < result->intervals; i++) {
		struct hvc_interval part[2];
		unsigned parts = hvc_abi__interval_seen(&result->interval[i], seen, part);

		any = hvc_bv__or(p->terms, any, is_within(p, a, part, parts));
	}
	return any;
}

/*
 * Where the rule says at which address control goes on, below EL2, ELR_EL2 is that address: calls
 * of which it promises another value there (verdict.c, contradicts_itself).
 */
static hvc_ref impossible(struct hvc_prover *p, const struct hvc_rule *rule, enum hvc_level level,
                          hvc_ref actual, uint64_t mask)
{
	bool retries = rule->outcome == HVC_OUTCOME_RETRY;
	hvc_ref to;

	if (!hvc_abi__goes(rule) || hvc_level__el(level) == 2)
		return hvc_bv__num(p->terms, 1, 0);
	to = rule->has_at
	             ? hvc_prover__expr(p, &rule->at)
	             : hvc_bv__add(p->terms, p->input[HVC_INPUT_SELF], number(p, retries ? 0 : 4));
	return same(p, actual, to, mask);
}

/* A result; what cannot be is no broken promise of the code. */
static void add_result(struct list *list, const struct hvc_rule *rule,
                       const struct hvc_result *result, enum hvc_level level, hvc_ref actual,
                       hvc_ref holds, uint64_t mask)
{
	struct hvc_prover *p = list->p;

	if (result->reg == HVC_REG_ELR_EL2 && !hvc_bv__is(holds, 1)) {
		hvc_ref not = impossible(p, rule, level, actual, mask);

		p->contradicts =
		        hvc_bv__or(p->terms, p->contradicts,
		                   hvc_bv__and(p->terms, not, hvc_bv__not(p->terms, holds)));
		holds = hvc_bv__or(p->terms, holds, not );
	}
	add(list, HVC_CLAUSE_RESULT, result->reg, holds);
}

static void add_results(struct list *list, const struct hvc_rule *rule, enum hvc_level level,
                        hvc_ref *after)
{
	struct hvc_prover *p = list->p;

	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];
		hvc_ref actual = after[result->reg];
		uint64_t seen = hvc_abi__seen(result, level);

		if (result->reg == HVC_REG_SCR_EL3 ||
		    !hvc_regset_has(hvc_machine_present(p->machine), result->reg))
			continue;
		uint64_t mask = hvc_reg_info(result->reg)->mask & seen;
		hvc_ref promised, holds;

		if (result->intervals) {
			holds = is_among(p, hvc_bv__and(p->terms, actual, number(p, seen)), result,
			                 seen);
			add_result(list, rule, result, level, actual, holds, mask);
			continue;
		}
		promised = hvc_prover__expr(p, &result->expr);
		holds = same(p, promised, actual, mask);
		add_result(list, rule, result, level, actual, holds, mask);
		if (hvc_bv__is(p->contradicts, 0))
			state(p, hvc_bv__and(p->terms, promised, number(p, mask)),
			      hvc_bv__and(p->terms, actual, number(p, mask)));
	}
}

/* As verdict.c has it of an exception that is injected. */
static hvc_ref injected(struct hvc_prover *p, hvc_ref after)
{
	hvc_ref both = hvc_bv__or(p->terms, p->before[HVC_REG_PSTATE], after);
	hvc_ref ssbs = hvc_bv__and(p->terms, both, number(p, HVC_PSTATE_SSBS));
	hvc_ref sctlr = p->before[HVC_REG_SCTLR_EL1];

	ssbs = hvc_bv__ite(p->terms,
	                   hvc_bv__eq(p->terms, hvc_bv__extract(p->terms, sctlr, 44, 44),
	                              hvc_bv__num(p->terms, 1, 1)),
	                   ssbs, number(p, 0));
	return hvc_bv__or(p->terms, hvc_bv__and(p->terms, both, number(p, HVC_PSTATE_PAN)), ssbs);
}

static void add_preserved(struct list *list, const struct hvc_rule *rule,
                          const struct hvc_abi_plan *plan, enum hvc_level level, hvc_ref *after)
{
	bool masked = hvc_abi__masks(rule, level);
	struct hvc_prover *p = list->p;

	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		enum hvc_reg reg = (enum hvc_reg)i;
		bool daif = reg == HVC_REG_DAIF;
		uint64_t mask = hvc_abi__compared(rule, plan, reg, level);
		hvc_ref before = daif && masked ? number(p, HVC_PSTATE_DAIF) : p->before[i];

		if (reg == HVC_REG_PSTATE && rule->outcome == HVC_OUTCOME_INJECT)
			before = injected(p, after[i]);
		if (mask && hvc_regset_has(hvc_machine_present(p->machine), reg))
			add(list, HVC_CLAUSE_PRESERVE, reg, same(p, before, after[i], mask));
	}
}

static void add_other(struct list *list, const struct hvc_rule *rule, hvc_other other, hvc_ref kept)
{
	if (hvc_abi__spares(rule, other))
		return;
	list->other = other;
	add(list, HVC_CLAUSE_PRESERVE, HVC_REG_NONE, kept);
	list->other = 0;
}

static hvc_other number_of(const struct hvc_other_value *value)
{
	const uint8_t *t = value->encoding;

	return HVC_OTHER_SYS(t[0], t[1], t[2], t[3], t[4]);
}

/* Registers without a row, the least first, as outcomes tell them. */
static void add_others(struct list *list, const struct hvc_rule *rule, const struct hvc_way *way)
{
	struct hvc_prover *p = list->p;
	hvc_other done = 0;

	for (unsigned n = 0; n < HVC_SIMD_COUNT; n++)
		if (way->q[n][0] || way->q[n][1])
			add_other(list, rule, HVC_OTHER_Q(n), hvc_way__keeps_q(p->terms, way, n));
	for (;;) {
		const struct hvc_other_value *next = NULL;

		for (unsigned i = 0; i < way->others; i++)
			if (way->other[i].written && number_of(&way->other[i]) > done &&
			    (!next || number_of(&way->other[i]) < number_of(next)))
				next = &way->other[i];
		if (!next)
			return;
		done = number_of(next);
		if (next->first)
			add_other(list, rule, done, hvc_bv__eq(p->terms, next->value, next->first));
	}
}

/* As promised; or where a jump is promised to, which may be any place. */
static hvc_ref ends_as(struct hvc_prover *p, const struct hvc_sympath *path,
                       const struct hvc_rule *rule)
{
	bool jumps = rule->outcome == HVC_OUTCOME_JUMP && rule->has_at && path->target &&
	             path->level == hvc_abi__level(rule, p->part->from) &&
	             (path->kind == HVC_OUTCOME_RETURN || path->kind == HVC_OUTCOME_RETRY ||
	              path->kind == HVC_OUTCOME_INJECT);

	if (!jumps)
		return hvc_bv__num(p->terms, 1, path->kind == rule->outcome);
	return hvc_bv__eq(p->terms, path->target, hvc_prover__expr(p, &rule->at));
}

size_t hvc_prover__clauses(struct hvc_prover *p, const struct hvc_sympath *path, unsigned index,
                           struct hvc_prover_clause *out)
{
	const struct hvc_rule *rule = &p->config->abi->rule[index];
	struct list list = {p, out, 0, 0};
	hvc_ref after[HVC_REG_COUNT];

	hvc_prover__after(p, path, after);
	add(&list, HVC_CLAUSE_OUTCOME, HVC_REG_NONE, ends_as(p, path, rule));
	add_fact(&list, HVC_CLAUSE_LEVEL, path->level == hvc_abi__level(rule, p->part->from));
	p->stated = hvc_bv__num(p->terms, 1, 1);
	p->contradicts = hvc_bv__num(p->terms, 1, 0);
	if (rule->has_at && path->target) {
		hvc_ref at = hvc_prover__expr(p, &rule->at);

		state(p, at, path->target);
		add(&list, HVC_CLAUSE_ADDRESS, HVC_REG_NONE,
		    hvc_bv__eq(p->terms, path->target, at));
	}
	add_results(&list, rule, path->level, after);
	add_preserved(&list, rule, &p->config->abi->plan[index], path->level, after);
	add_others(&list, rule, path->way);
	add(&list, HVC_CLAUSE_MEMORY, HVC_REG_NONE, hvc_prover__stores_at_home(p, rule, path));
	return list.count;
}

bool hvc_rule_calls__begin(struct hvc_rule_calls *calls, struct hvc_bvs *terms,
                           const struct hvc_abi *abi, unsigned world,
                           const struct hvc_exact_part *part)
{
	*calls = (struct hvc_rule_calls){.config = {.abi = abi, .index = world}};
	calls->caller.from = part->from;
	calls->caller.insn = part->insn;
	calls->prover.config = &calls->config;
	calls->prover.part = &calls->caller;
	calls->prover.terms = terms;
	for (size_t i = 0; i < HVC_INPUTS; i++)
		calls->prover.input[i] = hvc_bv__input_at(terms, i)->term;
	if (!abi)
		return true;
	calls->prover.governs = calloc(hvc_abi_rule_count(abi) + 1, sizeof(hvc_ref));
	return calls->prover.governs != NULL;
}

hvc_ref hvc_rule_calls__of(struct hvc_rule_calls *calls, unsigned rule)
{
	return hvc_prover__governs(&calls->prover, rule);
}

void hvc_rule_calls__end(struct hvc_rule_calls *calls)
{
	free(calls->prover.governs);
	calls->prover.governs = NULL;
}
