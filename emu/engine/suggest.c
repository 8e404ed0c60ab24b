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

/* Take back what a finding contradicts. */
static void weaken(struct hvc_draft *draft, struct hvc_draft_rule *rule,
                   const struct hvc_finding *finding)
{
	const struct hvc_term *pc =
	        &draft->map->class_[draft->behaviour[rule->behaviour].class_].pc;

	switch (finding->verdict.clause) {
	case HVC_CLAUSE_RESULT:
	case HVC_CLAUSE_PRESERVE:
		hvc_regset_add(&rule->spared, finding->verdict.reg);
		return;
	default:
		/* A jump to a register faults where that is no address of an instruction. */
		if (pc->kind == HVC_TERM_REG && pc->reg < HVC_GPR_COUNT &&
		    rule->aligned == HVC_REG_NONE && pc->reg != rule->reg && !rule->is_default)
			rule->aligned = pc->reg;
		else
			rule->unspecified = true;
		return;
	}
}

/* *holds: nothing contradicts the draft; else it is weaker now. */
static enum hvc_status try_draft(struct hvc_draft *draft, const char *text, size_t size,
                                 const unsigned *rule, unsigned randoms, struct hvc_diag *diag,
                                 bool *holds)
{
	struct hvc_check_config config = {
	        .subject = draft->config->subject,
	        .over = draft->config->world,
	        .randoms = randoms,
	        .sweep = true,
	        .jobs = draft->config->jobs,
	        .budget = draft->config->budget,
	        .progress = draft->config->progress,
	        .progress_ctx = draft->config->progress_ctx,
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

			weaken(draft, &draft->rule[rule[finding->verdict.rule]], finding);
		}
		hvc_check_free(check);
	}
	hvc_abi_free(abi);
	return status;
}

/* Late rounds are blunt: whatever is still contradicted is not promised at all. */
static void give_up(struct hvc_draft *draft, const struct hvc_regset *before)
{
	for (unsigned i = 0; i < draft->rules; i++)
		if (draft->rule[i].spared.bits[0] != before[i].bits[0] ||
		    draft->rule[i].spared.bits[1] != before[i].bits[1])
			draft->rule[i].unspecified = true;
}

static enum hvc_status settle(struct hvc_draft *draft, unsigned randoms, struct hvc_diag *diag,
                              char **out)
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
		if (!hvc_draft__write(draft, &text, &size, rule))
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		if (status == HVC_OK)
			status = try_draft(draft, text, size, rule, randoms, diag, &holds);
		if (round + 1 >= ROUNDS)
			give_up(draft, before);
		if (status == HVC_OK && holds)
			*out = text;
		else
			free(text);
		if (status == HVC_OK && !holds && round == 2 * ROUNDS)
			status = hvc_diag_set(diag, HVC_E_ENGINE, draft->map->subject, 0, 0,
			                      "--suggest-abi: no specification holds: what the "
			                      "calls do is not the same twice");
	}
	free(rule);
	free(before);
	return status;
}

enum hvc_status hvc_suggest_abi(const struct hvc_map_config *config, const struct hvc_map *map,
                                const char *name, unsigned randoms, struct hvc_diag *diag,
                                char **out)
{
	struct hvc_draft draft = {.config = config, .map = map, .name = name};
	enum hvc_status status = hvc_draft__make(&draft, diag);

	if (status == HVC_OK)
		status = settle(&draft, randoms, diag, out);
	hvc_draft__clear(&draft);
	return status;
}
