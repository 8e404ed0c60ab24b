/* SPDX-License-Identifier: MIT */
/*
 * A property is tried several times: first with the lowest values and the simplest calls, then
 * with pseudo-random ones.
 */
#include <stdlib.h>

#include "abi/abi.h"
#include "abi/expr.h"
#include "engine/sequence.h"
#include "machine/outcome.h"

#define TRIALS   16u
#define ATTEMPTS 64u

struct trial {
	struct hvc_player *player;
	const struct hvc_property *property;
	struct hvc_dice dice;
	bool simple;
	uint64_t variable[HVC_PROPERTY_VARIABLES_MAX];
	struct hvc_state start, after[HVC_PROPERTY_CALLS_MAX];
	struct hvc_sequence_step *step; /* room for all */
	unsigned steps;
	struct hvc_diag *diag;
};

static void choose_variables(struct trial *t)
{
	unsigned first = t->simple ? 0 : hvc_dice__below(&t->dice, HVC_SEQUENCE_TABLES), used = 0;

	for (unsigned i = 0; i < t->property->variables; i++) {
		const struct hvc_variable *v = &t->property->variable[i];
		uint64_t table = t->player->table[(first + used) % HVC_SEQUENCE_TABLES];

		if (v->domain == HVC_DOMAIN_VALUES) {
			t->variable[i] = hvc_dice__pick(t->simple ? NULL : &t->dice, v->interval,
			                                v->intervals);
		} else if (v->domain == HVC_DOMAIN_VECTORS) {
			t->variable[i] = table ? table : t->player->own;
			used++;
		}
	}
}

static uint64_t evaluate(const struct trial *t, const struct hvc_expr *expr,
                         const struct hvc_state *before, const struct hvc_call *call)
{
	const struct hvc_context context = {before, call};
	struct hvc_expr bound;

	hvc_expr__bind(expr, t->variable, &bound);
	return hvc_expr__eval(&bound, &context);
}

/* The call as the property says it. False when no such call falls under its rule. */
static bool make_call(struct trial *t, const struct hvc_property_call *says, struct hvc_call *out)
{
	const unsigned hvc = says->insns & hvc_insns__all(1u << HVC_INSN_HVC);
	/* Where either will do, one that comes to EL2. */
	const struct hvc_wanted wanted = {says->rule, says->levels,
	                                  hvc && !hvc_player__traps_smc(t->player) ? hvc
	                                                                           : says->insns};
	bool simple = t->simple;

	for (unsigned i = 0; i < ATTEMPTS; i++, simple = false) {
		struct hvc_state before;
		struct hvc_call base;

		if (!hvc_sequence__call(t->player, &wanted, simple ? NULL : &t->dice, out))
			return false;
		if (says->has_imm)
			out->imm = says->imm;
		base = *out;
		hvc_entry_state(&t->player->state, &base, &before);
		for (unsigned k = 0; k < says->sets; k++)
			out->x[says->set[k].reg] = evaluate(t, &says->set[k].expr, &before, &base);
		if (hvc_abi__rule_of(t->player->abi, t->player->world, out) == (int)says->rule)
			return true;
	}
	return false;
}

static void breaks(struct hvc_verdict *verdict, const struct hvc_played *played,
                   enum hvc_clause clause, enum hvc_reg reg, uint64_t expected, uint64_t actual)
{
	*verdict = (struct hvc_verdict){
	        HVC_VERDICT_VIOLATES, played->step.rule, clause, reg, 0, expected, actual};
}

/* What the state after the call must be like; NULL when nothing is said. */
static const struct hvc_state *like(const struct trial *t, const struct hvc_property_call *says,
                                    const struct hvc_state *before)
{
	switch (says->same) {
	case HVC_SAME_KEPT:
		return before;
	case HVC_SAME_START:
		return &t->start;
	case HVC_SAME_CALL:
		return &t->after[says->same_as];
	case HVC_SAME_NOT:
		break;
	}
	return NULL;
}

/* Does what the property says hold? If not, *verdict says what does not. */
static bool holds(const struct trial *t, const struct hvc_property_call *says,
                  const struct hvc_state *before, const struct hvc_played *played,
                  struct hvc_verdict *verdict)
{
	const struct hvc_state *state = like(t, says, before);
	const struct hvc_call *call = &played->step.call;
	enum hvc_reg reg;

	if (says->outcome != HVC_OUTCOME_COUNT && says->outcome != played->step.outcome) {
		breaks(verdict, played, HVC_CLAUSE_OUTCOME, HVC_REG_NONE, says->outcome,
		       played->step.outcome);
		return false;
	}
	if (says->has_at && evaluate(t, &says->at, before, call) != played->step.pc) {
		breaks(verdict, played, HVC_CLAUSE_ADDRESS, HVC_REG_NONE,
		       evaluate(t, &says->at, before, call), played->step.pc);
		return false;
	}
	for (unsigned i = 0; i < says->given; i++) {
		const struct hvc_assignment *give = &says->gives[i];
		uint64_t value = evaluate(t, &give->expr, before, call) & give->mask;
		uint64_t actual = played->state.v[give->reg] & give->mask;

		if (!((value ^ actual) & hvc_reg_info(give->reg)->mask))
			continue;
		breaks(verdict, played, HVC_CLAUSE_RESULT, give->reg, value, actual);
		return false;
	}
	reg = state ? hvc_player__differs(t->player, state, &played->state) : HVC_REG_NONE;
	if (reg == HVC_REG_NONE)
		return true;
	breaks(verdict, played, HVC_CLAUSE_PRESERVE, reg, state->v[reg], played->state.v[reg]);
	return false;
}

enum end {
	END_HELD,
	END_BROKEN,
	END_REFUSED,
};

/* EL3 has the SMC, and the rule that governs it promises something else. */
static void judge_untrapped(const struct trial *t, struct hvc_played *played)
{
	const struct hvc_rule *rule;

	if (played->step.rule < 0)
		return;
	rule = hvc_abi_rule_at(t->player->abi, (unsigned)played->step.rule);
	if (rule->specified && rule->outcome != HVC_OUTCOME_FORWARD)
		breaks(&played->verdict, played, HVC_CLAUSE_OUTCOME, HVC_REG_NONE, rule->outcome,
		       HVC_OUTCOME_FORWARD);
}

/* One call of the property, once. */
static enum hvc_status make_step(struct trial *t, unsigned index, struct hvc_sequence_failure *out,
                                 enum end *end)
{
	const struct hvc_property_call *says = &t->property->call[index];
	struct hvc_state before;
	struct hvc_played played;
	struct hvc_call call;
	bool stated;

	/* What the CPU has not cannot be judged. */
	for (unsigned i = 0; i < says->given; i++)
		if (!hvc_regset_has(hvc_machine_present(t->player->machine), says->gives[i].reg)) {
			*end = END_REFUSED;
			return HVC_OK;
		}
	if (!make_call(t, says, &call))
		return hvc_diag_set(t->diag, HVC_E_FORMAT, hvc_abi_name(t->player->abi), says->line,
		                    says->column,
		                    "sequence \"%.40s\": with these registers its call %u is none "
		                    "of rule \"%.40s\"",
		                    t->property->name, index + 1,
		                    hvc_abi_rule_at(t->player->abi, says->rule)->name);
	hvc_entry_state(&t->player->state, &call, &before);
	HVC_TRY(hvc_player__call(t->player, &call, t->diag, &played));
	if (played.refused) {
		*end = END_REFUSED;
		return HVC_OK;
	}
	t->step[t->steps++] = played.step;
	t->after[index] = played.state;
	/* The property says that this is a call of EL2's. */
	if (played.untrapped && says->outcome == HVC_OUTCOME_COUNT)
		judge_untrapped(t, &played);
	stated = played.verdict.kind != HVC_VERDICT_VIOLATES;
	if (!stated || !holds(t, says, &before, &played, &played.verdict)) {
		out->verdict = played.verdict;
		out->stated = stated;
		out->call = index;
		*end = END_BROKEN;
		return HVC_OK;
	}
	for (unsigned i = 0; i < says->saves; i++)
		t->variable[says->save[i].variable] = played.state.v[says->save[i].reg];
	return HVC_OK;
}

static enum hvc_status run_trial(struct trial *t, struct hvc_sequence_failure *out, enum end *end)
{
	*end = END_HELD;
	t->steps = 0;
	HVC_TRY(hvc_player__begin(t->player, t->diag));
	t->start = t->player->state;
	choose_variables(t);
	for (unsigned i = 0; i < t->property->calls; i++)
		for (unsigned k = 0; k < t->property->call[i].times; k++) {
			HVC_TRY(make_step(t, i, out, end));
			if (*end != END_HELD)
				return HVC_OK;
		}
	return HVC_OK;
}

static unsigned count_steps(const struct hvc_property *property)
{
	unsigned steps = 0;

	for (unsigned i = 0; i < property->calls; i++)
		steps += property->call[i].times;
	return steps;
}

enum hvc_status hvc_property__try(struct hvc_player *player, uint64_t seed,
                                  const struct hvc_property *property, struct hvc_diag *diag,
                                  struct hvc_sequence_property *out)
{
	struct trial *t = calloc(1, sizeof *t);
	struct hvc_sequence_step *step = calloc(count_steps(property), sizeof *step);
	enum hvc_status status = HVC_OK;
	enum end end = END_HELD;

	if (!t || !step) {
		free(t);
		free(step);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	*t = (struct trial){.player = player, .property = property, .step = step, .diag = diag};
	for (unsigned i = 0; status == HVC_OK && i < TRIALS && end != END_BROKEN; i++) {
		t->simple = i == 0;
		t->dice.state = seed + i;
		status = run_trial(t, &out->failure, &end);
		out->trials += status == HVC_OK && end != END_REFUSED;
	}
	if (status == HVC_OK && end == END_BROKEN) {
		out->broken = true;
		out->failure.world = player->world;
		out->failure.step = step;
		out->failure.steps = out->failure.found = t->steps;
		out->failure.seed = seed;
		out->failure.sequences = 1;
		step = NULL;
	}
	free(step);
	free(t);
	return status;
}
