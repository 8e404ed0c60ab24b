/* SPDX-License-Identifier: MIT */
/*
 * A draft is held to the subject that it was made from, with the calls that a check makes, which
 * are more than those of the map. Where they contradict a rule, the rule promises less, until
 * nothing does. Each round takes something back, so that it ends.
 */
#include "engine/suggest.h"

#include <stdlib.h>

#include "hvcheck/check.h"

#define ROUNDS 12u

/* Has it a condition on this register? */
static bool speaks_of(const struct hvc_suggestion_rule *rule, enum hvc_reg reg)
{
	for (size_t i = 0; i < rule->case_->members; i++)
		if (rule->case_->member[i].key->uses >> reg & 1)
			return true;
	return false;
}

/* Take back what a finding contradicts. */
static void weaken(struct hvc_suggestion_rule *rule, const struct hvc_finding *finding)
{
	hvc_ref target = rule->row->kind == HVC_OUTCOME_JUMP ? rule->row->target : NULL;
	bool named = target && target->op == HVC_OP_INPUT && target->value < HVC_GPR_COUNT;

	switch (finding->verdict.clause) {
	case HVC_CLAUSE_RESULT:
	case HVC_CLAUSE_PRESERVE:
		hvc_regset_add(&rule->spared, finding->verdict.reg);
		return;
	default:
		/* A jump to a register faults where that is no address of an instruction. */
		if (named && rule->aligned == HVC_REG_NONE && rule->case_ &&
		    !speaks_of(rule, (enum hvc_reg)target->value))
			rule->aligned = (enum hvc_reg)target->value;
		else
			rule->unspecified = true;
		return;
	}
}

/* *holds: nothing contradicts the draft; else it is weaker now. */
static enum hvc_status try_draft(struct hvc_suggestion *draft,
                                 const struct hvc_suggest_config *suggest, const char *text,
                                 size_t size, const unsigned *rule, struct hvc_diag *diag,
                                 bool *holds)
{
	struct hvc_check_config config = {
	        .subject = draft->exact->subject,
	        .over = &draft->exact->world,
	        .randoms = suggest->randoms,
	        .jobs = suggest->jobs,
	        .progress = suggest->progress,
	        .progress_ctx = suggest->progress_ctx,
	};
	struct hvc_check *check;
	struct hvc_abi *abi;
	enum hvc_status status;

	HVC_TRY(hvc_abi_parse(text, size, draft->name, diag, &abi));
	config.abi = abi;
	status = hvc_check_run(&config, diag, &check);
	if (status == HVC_OK) {
		*holds = check->findings == 0;
		for (unsigned i = 0; i < check->findings; i++) {
			const struct hvc_finding *finding = &check->finding[i];

			weaken(&draft->rule[rule[finding->verdict.rule]], finding);
		}
		hvc_check_free(check);
	}
	hvc_abi_free(abi);
	return status;
}

/* Late rounds are blunt: whatever is still contradicted is not promised at all. */
static void give_up(struct hvc_suggestion *draft, const struct hvc_regset *before)
{
	for (unsigned i = 0; i < draft->rules; i++)
		if (draft->rule[i].spared.bits[0] != before[i].bits[0] ||
		    draft->rule[i].spared.bits[1] != before[i].bits[1])
			draft->rule[i].unspecified = true;
}

static enum hvc_status settle(struct hvc_suggestion *draft, const struct hvc_suggest_config *config,
                              struct hvc_diag *diag, char **out)
{
	unsigned *rule = calloc(2 * (size_t)draft->rules + 1, sizeof *rule);
	struct hvc_regset *before = calloc(draft->rules + 1, sizeof *before);
	enum hvc_status status = HVC_OK;
	bool holds = false;

	if (!rule || !before)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	for (unsigned round = 0; rule && before && status == HVC_OK && !holds; round++) {
		char *text = NULL;
		size_t size;

		for (unsigned i = 0; i < draft->rules; i++)
			before[i] = draft->rule[i].spared;
		if (!hvc_suggestion__write(draft, &text, &size, rule))
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		if (status == HVC_OK)
			status = try_draft(draft, config, text, size, rule, diag, &holds);
		if (round + 1 >= ROUNDS)
			give_up(draft, before);
		if (status == HVC_OK && holds)
			*out = text;
		else
			free(text);
		if (status == HVC_OK && !holds && round == 2 * ROUNDS)
			status = hvc_diag_set(diag, HVC_E_ENGINE,
			                      hvc_subject_name(draft->exact->subject), 0, 0,
			                      "no specification holds: what the "
			                      "calls do is not the same twice");
	}
	free(rule);
	free(before);
	return status;
}

enum hvc_status hvc_suggest__abi(const struct hvc_exact *exact,
                                 const struct hvc_suggest_config *config, const char *name,
                                 struct hvc_diag *diag, char **out)
{
	struct hvc_suggestion draft = {.exact = exact, .name = name};
	enum hvc_status status = hvc_suggestion__make(&draft, diag);

	if (status == HVC_OK)
		status = settle(&draft, config, diag, out);
	free(draft.rule);
	return status;
}
