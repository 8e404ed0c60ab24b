/* SPDX-License-Identifier: MIT */
/* Rules of two specifications matched by name, and how each side is asked for them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "engine/abi_diff.h"
#include "engine/scene.h"

/* Is it about HVC from EL1, and does it say something? */
static bool is_operation(const struct hvc_abi *abi, const struct hvc_rule *rule)
{
	const unsigned el1 =
	        hvc_abi__is_aarch32(abi)
	                ? HVC_LEVELS_AARCH32 & ~(1u << HVC_LEVEL_EL0_USR | 1u << HVC_LEVEL_EL2_HYP)
	                : 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T;

	return rule->levels & el1 && rule->insns & hvc_insns__all(1u << HVC_INSN_HVC) &&
	       (hvc_abi__offers(abi, rule) || (rule->specified && rule->role == HVC_ROLE_UNKNOWN));
}

static void add_arguments(const struct hvc_expr *expr, struct hvc_regset *out)
{
	for (unsigned i = 0; i < expr->count; i++)
		if (expr->term[i].kind == HVC_TERM_REG && expr->term[i].reg < HVC_GPR_COUNT)
			hvc_regset_add(out, expr->term[i].reg);
}

/* How the rule's calls are made, and in which worlds where that is not all of them. */
static char *describe(const struct hvc_abi *abi, const struct hvc_rule *rule)
{
	unsigned worlds = hvc_abi_world_count(abi), all = (1u << worlds) - 1;
	char *how = hvc_operation__how(rule);
	unsigned said = 0;

	if (rule->is_default || (rule->worlds & all) == all)
		return how;
	for (unsigned i = 0; how && i < worlds; i++) {
		char *longer = NULL;

		if (!(rule->worlds >> i & 1))
			continue;
		if (asprintf(&longer, "%s%s%s", how, said++ ? ", " : " in world ",
		             hvc_abi_world_at(abi, i)->world.name) < 0)
			longer = NULL;
		free(how);
		how = longer;
	}
	return how;
}

static bool fill_use(const struct hvc_abi *abi, const struct hvc_rule *rule,
                     struct hvc_abi_use *use)
{
	use->rule = rule;
	use->how = describe(abi, rule);
	if (rule->has_at)
		add_arguments(&rule->at, &use->arguments);
	for (unsigned i = 0; i < rule->results; i++)
		if (!rule->result[i].intervals)
			add_arguments(&rule->result[i].expr, &use->arguments);
	return use->how != NULL;
}

static struct hvc_abi_operation *find(struct hvc_abi_diff *diff, const char *name)
{
	for (unsigned i = 0; i < diff->operations; i++)
		if (!strcmp(diff->operation[i].name, name))
			return &diff->operation[i];
	return NULL;
}

static bool add_side(struct hvc_abi_diff *diff, enum hvc_side side)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(diff->abi[side]); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(diff->abi[side], i);
		struct hvc_abi_operation *operation;

		if (!is_operation(diff->abi[side], rule))
			continue;
		operation = find(diff, rule->name);
		if (!operation) {
			operation = &diff->operation[diff->operations++];
			operation->name = rule->name;
			operation->unknown = rule->role == HVC_ROLE_UNKNOWN;
		}
		if (!fill_use(diff->abi[side], rule, &operation->use[side]))
			return false;
	}
	return true;
}

/* Give each operation of a side a call that it governs: one that it shares with itself. */
static enum hvc_status find_witnesses(struct hvc_abi_diff *diff, enum hvc_side side,
                                      struct hvc_diag *diag)
{
	const struct hvc_abi *abi = diff->abi[side];
	struct hvc_overlaps own = {0};

	HVC_TRY(hvc_overlap__find(abi, abi, NULL, diag, &own));
	for (unsigned i = 0; i < own.count; i++) {
		const struct hvc_overlap *overlap = &own.overlap[i];
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, overlap->rule[0]);
		struct hvc_abi_operation *operation = find(diff, rule->name);

		if (overlap->rule[0] != overlap->rule[1] || !operation)
			continue;
		operation->use[side].world = overlap->world[0];
		operation->use[side].witness = overlap->witness;
	}
	hvc_overlaps__free(&own);
	return HVC_OK;
}

/* The registers that only b may change. */
static struct hvc_regset clobbered_more(const struct hvc_rule *a, const struct hvc_rule *b)
{
	struct hvc_regset more = {{0, 0}};

	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		bool before = hvc_regset_has(&a->clobbers, reg);

		for (unsigned i = 0; i < a->results; i++)
			before = before || a->result[i].reg == reg;
		if (hvc_regset_has(&b->clobbers, reg) && !before)
			hvc_regset_add(&more, reg);
	}
	return more;
}

/* What became of the operations that both have, by the calls that their rules share with others. */
static void compare(struct hvc_abi_diff *diff)
{
	for (unsigned i = 0; i < diff->overlaps.count; i++) {
		const struct hvc_overlap *overlap = &diff->overlaps.overlap[i];
		const struct hvc_rule *old = hvc_abi_rule_at(diff->abi[0], overlap->rule[0]);
		const struct hvc_rule *new = hvc_abi_rule_at(diff->abi[1], overlap->rule[1]);
		struct hvc_abi_operation *a = find(diff, old->name), *b = find(diff, new->name);

		if (a && a == b) {
			a->changed |= !hvc_abi_diff__promise_equal(diff, overlap);
			continue;
		}
		/* Of what nothing is promised it is no matter by which calls. */
		if (a && a->use[HVC_SIDE_NEW].rule && old->specified)
			a->moved = true;
		if (b && b->use[HVC_SIDE_OLD].rule && new->specified)
			b->moved = true;
	}
}

/* Calls that have nothing in common say nothing of the promise: it is compared as written. */
static bool same_words(const struct hvc_rule *a, const struct hvc_rule *b)
{
	if (a->outcome != b->outcome || a->level != b->level || a->has_at != b->has_at ||
	    a->results != b->results || (a->has_at && !hvc_expr__equal(&a->at, &b->at)))
		return false;
	for (unsigned i = 0; i < a->results; i++)
		if (!hvc_result__equal(&a->result[i], &b->result[i]))
			return false;
	return true;
}

static bool share_calls(const struct hvc_abi_diff *diff, const struct hvc_abi_operation *operation)
{
	for (unsigned i = 0; i < diff->overlaps.count; i++) {
		const unsigned *rule = diff->overlaps.overlap[i].rule;

		if (hvc_abi_rule_at(diff->abi[0], rule[0]) == operation->use[0].rule &&
		    hvc_abi_rule_at(diff->abi[1], rule[1]) == operation->use[1].rule)
			return true;
	}
	return false;
}

static enum hvc_status count_use(const struct hvc_subject *subject, const struct hvc_abi *abi,
                                 struct hvc_abi_use *use, struct hvc_diag *diag)
{
	struct hvc_world world;
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(subject),
	        .world = &world,
	};
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	enum hvc_status status;

	HVC_TRY(hvc_scene__world(subject, abi, use->world, NULL, diag, &world));
	HVC_TRY(hvc_machine_open(&config, diag, &machine));
	status = hvc_machine_call(machine, &use->witness, diag, &outcome);
	/* What does not do what the rule says is no measure of it. */
	if (status == HVC_OK && outcome.kind == use->rule->outcome)
		use->instructions = outcome.instructions;
	hvc_machine_close(machine);
	return status;
}

static enum hvc_status fail_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

enum hvc_status hvc_abi_diff__operations(const struct hvc_abi_diff_config *config,
                                         struct hvc_abi_diff *diff, struct hvc_diag *diag)
{
	unsigned most = hvc_abi_rule_count(diff->abi[0]) + hvc_abi_rule_count(diff->abi[1]);

	diff->operation = calloc(most, sizeof *diff->operation);
	if (!diff->operation || !add_side(diff, HVC_SIDE_OLD) || !add_side(diff, HVC_SIDE_NEW))
		return fail_memory(diag);
	compare(diff);
	for (unsigned i = 0; i < diff->operations; i++) {
		struct hvc_abi_operation *operation = &diff->operation[i];
		const struct hvc_rule *old = operation->use[HVC_SIDE_OLD].rule;
		const struct hvc_rule *new = operation->use[HVC_SIDE_NEW].rule;

		if (!old || !new)
			continue;
		operation->clobbers = clobbered_more(old, new);
		if (!share_calls(diff, operation))
			operation->changed = !same_words(old, new);
	}
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		HVC_TRY(find_witnesses(diff, side, diag));
		for (unsigned i = 0; config->subject[side] && i < diff->operations; i++)
			if (diff->operation[i].use[side].rule)
				HVC_TRY(count_use(config->subject[side], diff->abi[side],
				                  &diff->operation[i].use[side], diag));
	}
	return HVC_OK;
}
