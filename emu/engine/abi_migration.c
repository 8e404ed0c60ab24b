/* SPDX-License-Identifier: MIT */
/*
 * What two promises for the same calls mean to an old caller: the same, refused, or silently
 * another. Specifications only; operation.c does it for code.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/expr.h"
#include "engine/abi_diff.h"
#include "hvcheck/verdict.h"

/* What one rule says of one register. */
struct word {
	const struct hvc_result *result; /* NULL: kept, or clobbered */
	bool clobbered;
};

static struct word word_of(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return (struct word){.result = &rule->result[i]};
	return (struct word){.clobbered = hvc_regset_has(&rule->clobbers, reg)};
}

/* Has the register one value in all calls of the overlap? */
static bool is_fixed(const struct hvc_overlap *overlap, enum hvc_reg reg)
{
	for (unsigned i = 0; i < overlap->conditions; i++) {
		const struct hvc_condition *c = &overlap->condition[i];

		if (c->reg == reg && c->mask == UINT64_MAX && c->intervals == 1 &&
		    c->interval[0].lo == c->interval[0].hi)
			return true;
	}
	return false;
}

/* Is the value the same number in all calls of the overlap? */
static bool is_constant(const struct hvc_overlap *overlap, const struct hvc_expr *expr)
{
	bool one_imm = overlap->imms == 1 && overlap->imm[0].lo == overlap->imm[0].hi;

	for (unsigned i = 0; i < expr->count; i++) {
		const struct hvc_term *term = &expr->term[i];
		bool fixed = term->kind == HVC_TERM_REG   ? is_fixed(overlap, term->reg)
		             : term->kind == HVC_TERM_IMM ? one_imm
		                                          : hvc_expr__is_fixed(term->kind);

		if (!fixed)
			return false;
	}
	return true;
}

/* Are two values equal, in the bits of mask, in all calls of the overlap? Equal constants are, or
 * equal words. */
static bool same_value(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap,
                       const struct hvc_expr *a, const struct hvc_expr *b, uint64_t mask)
{
	struct hvc_state entry;
	const struct hvc_abi_world *world =
	        hvc_abi_world_at(diff->abi[HVC_SIDE_OLD], overlap->world[HVC_SIDE_OLD]);
	const struct hvc_context context = {.entry = &entry, .call = &overlap->witness};

	if (hvc_expr__equal(a, b))
		return true;
	if (!is_constant(overlap, a) || !is_constant(overlap, b))
		return false;
	hvc_entry_state(&world->world.state, &overlap->witness, &entry);
	return !((hvc_expr__eval(a, &context) ^ hvc_expr__eval(b, &context)) & mask);
}

/* reg: of a register that one rule gives a value and the other keeps. */
static bool is_kept(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap,
                    const struct hvc_result *result)
{
	const struct hvc_expr kept = hvc_expr__reg(result->reg);

	return !result->intervals &&
	       (result->mask == UINT64_MAX || hvc_abi__is_aarch32(diff->abi[HVC_SIDE_NEW])) &&
	       same_value(diff, overlap, &result->expr, &kept, result->mask);
}

static bool same_word(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap,
                      const struct word *a, const struct word *b)
{
	if (a->result && b->result) {
		if (hvc_result__equal(a->result, b->result))
			return true;
		return !a->result->intervals && !b->result->intervals &&
		       a->result->mask == b->result->mask &&
		       same_value(diff, overlap, &a->result->expr, &b->result->expr,
		                  a->result->mask);
	}
	if (a->result)
		return !b->clobbered && is_kept(diff, overlap, a->result);
	if (b->result)
		return !a->clobbered && is_kept(diff, overlap, b->result);
	return true; /* kept or clobbered: a matter of clobbers */
}

static const struct hvc_rule *rule_of(const struct hvc_abi_diff *diff,
                                      const struct hvc_overlap *overlap, enum hvc_side side)
{
	return hvc_abi_rule_at(diff->abi[side], overlap->rule[side]);
}

bool hvc_abi_diff__promise_equal(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap)
{
	const struct hvc_rule *a = rule_of(diff, overlap, HVC_SIDE_OLD);
	const struct hvc_rule *b = rule_of(diff, overlap, HVC_SIDE_NEW);

	if (a->specified != b->specified || a->outcome != b->outcome || a->level != b->level ||
	    a->has_at != b->has_at)
		return !a->specified && !b->specified;
	if (a->has_at && !same_value(diff, overlap, &a->at, &b->at, UINT64_MAX))
		return false;
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		const struct word x = word_of(a, reg), y = word_of(b, reg);

		if (!same_word(diff, overlap, &x, &y))
			return false;
	}
	return true;
}

/*
 * Does the new ABI's answer to an unknown call tell the caller? It does when the call does not
 * come back, or x0 holds something that the old promise could not have put there.
 */
static bool is_told(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap)
{
	const struct hvc_rule *old = rule_of(diff, overlap, HVC_SIDE_OLD);
	const struct hvc_rule *new = rule_of(diff, overlap, HVC_SIDE_NEW);
	const struct word before = word_of(old, HVC_REG_X0), after = word_of(new, HVC_REG_X0);

	if (new->outcome != HVC_OUTCOME_RETURN)
		return true;
	if (!after.result)
		return false;
	return !before.result || !same_word(diff, overlap, &before, &after);
}

static enum hvc_abi_migration_kind kind_of(const struct hvc_abi_diff *diff,
                                           const struct hvc_overlap *overlap)
{
	const struct hvc_rule *old = rule_of(diff, overlap, HVC_SIDE_OLD);
	const struct hvc_rule *new = rule_of(diff, overlap, HVC_SIDE_NEW);
	bool named = !strcmp(old->name, new->name);
	bool equal = hvc_abi_diff__promise_equal(diff, overlap);

	if (!new->specified)
		return HVC_ABI_MIGRATION_NO_PROMISE;
	if (equal && named)
		return HVC_ABI_MIGRATION_SAME;
	if (equal && hvc_abi__renames(diff->abi[HVC_SIDE_OLD], old, diff->abi[HVC_SIDE_NEW], new))
		return HVC_ABI_MIGRATION_RENAMED;
	if (named || (old->role == HVC_ROLE_UNKNOWN && new->role == HVC_ROLE_UNKNOWN))
		return HVC_ABI_MIGRATION_CHANGED;
	if (hvc_rule__claims(new) || !is_told(diff, overlap))
		return HVC_ABI_MIGRATION_SILENT;
	return HVC_ABI_MIGRATION_REFUSED;
}

const char *hvc_abi_migration__name(enum hvc_abi_migration_kind kind)
{
	static const char *const names[HVC_ABI_MIGRATION_COUNT] = {
	        [HVC_ABI_MIGRATION_SILENT] = "silent",
	        [HVC_ABI_MIGRATION_CHANGED] = "changed",
	        [HVC_ABI_MIGRATION_NO_PROMISE] = "no promise",
	        [HVC_ABI_MIGRATION_REFUSED] = "refused",
	        [HVC_ABI_MIGRATION_RENAMED] = "renamed",
	        [HVC_ABI_MIGRATION_SAME] = "same",
	};

	return kind < HVC_ABI_MIGRATION_COUNT ? names[kind] : "?";
}

/* Is it to be told? What was no operation is, where the answer is another. */
static bool is_worth(const struct hvc_abi_diff *diff, const struct hvc_overlap *overlap,
                     enum hvc_abi_migration_kind kind)
{
	const struct hvc_rule *old = rule_of(diff, overlap, HVC_SIDE_OLD);
	const struct hvc_rule *new = rule_of(diff, overlap, HVC_SIDE_NEW);

	if (hvc_rule__claims(old))
		return true;
	return kind == HVC_ABI_MIGRATION_CHANGED && old->role == HVC_ROLE_UNKNOWN &&
	       new->role == HVC_ROLE_UNKNOWN;
}

static int by_danger(const void *a, const void *b)
{
	const struct hvc_abi_migration *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->overlap < y->overlap ? -1 : x->overlap > y->overlap;
}

bool hvc_abi_diff__meet(struct hvc_abi_diff *diff)
{
	const struct hvc_overlaps *overlaps = &diff->overlaps;

	diff->migration = calloc(overlaps->count + 1, sizeof *diff->migration);
	if (!diff->migration)
		return false;
	diff->equal = true;
	for (unsigned i = 0; i < overlaps->count; i++) {
		const struct hvc_overlap *overlap = &overlaps->overlap[i];
		const struct hvc_rule *old = rule_of(diff, overlap, HVC_SIDE_OLD);
		const struct hvc_rule *new = rule_of(diff, overlap, HVC_SIDE_NEW);
		enum hvc_abi_migration_kind kind = kind_of(diff, overlap);

		if (old->specified || new->specified)
			diff->equal =
			        diff->equal && kind == HVC_ABI_MIGRATION_SAME && old->specified &&
			        (diff->widths || hvc_regset_equal(&old->clobbers, &new->clobbers));
		if (is_worth(diff, overlap, kind))
			diff->migration[diff->migrations++] =
			        (struct hvc_abi_migration){kind, {old, new}, overlap};
	}
	qsort(diff->migration, diff->migrations, sizeof *diff->migration, by_danger);
	return true;
}
