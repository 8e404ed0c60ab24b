/* SPDX-License-Identifier: MIT */
/* What became of what an operation does, in words. */
#include <stdlib.h>
#include <string.h>

#include "engine/abi_diff.h"

#define CHANGE_SIZE 1024u

struct note {
	struct hvc_differ *d;
	const struct hvc_used *used;
	struct hvc_text out;
};

static hvc_ref the_immediate(void *ctx, hvc_ref part)
{
	const hvc_ref *imm = ctx;

	return part == imm[0] ? imm[1] : NULL;
}

/* With one immediate only, "the immediate" is a number. */
static hvc_ref plain(struct note *n, enum hvc_side side, hvc_ref a)
{
	const struct hvc_rule *rule = n->used->rule[side];
	hvc_ref imm[2] = {hvc_bv__input(n->d->terms, "imm", 16), NULL};

	if (!a || rule->imms != 1 || rule->imm[0].lo != rule->imm[0].hi)
		return a;
	imm[1] = hvc_bv__num(n->d->terms, 16, rule->imm[0].lo);
	return hvc_bv__rewrite(n->d->terms, a, the_immediate, imm);
}

static hvc_ref value_of(struct note *n, enum hvc_side side, const char *name)
{
	const struct hvc_row *row = n->used->row[side];

	for (unsigned i = 0; i < row->effects; i++)
		if (!strcmp(row->effect[i].name, name))
			return hvc_differ__changes(n->d, n->used->part[side], &row->effect[i],
			                           n->used->calls[side])
			               ? plain(n, side, row->effect[i].value)
			               : NULL;
	return NULL;
}

/* old, new: NULL where it is kept. */
static void put_value(struct note *n, const char *name, hvc_ref old, hvc_ref new)
{
	const char *separator = n->out.length ? "; " : "";
	char before[256] = "kept", after[256];

	if (old == new)
		return;
	if (!new) {
		hvc_text__put(&n->out, "%s%s kept now", separator, name);
		return;
	}
	if (old)
		hvc_bv__print(n->d->terms, old, before, sizeof before);
	hvc_bv__print(n->d->terms, new, after, sizeof after);
	if (old && old->op == HVC_OP_INPUT && new->op == HVC_OP_INPUT)
		hvc_text__put(&n->out, "%s%s taken from %s, was from %s", separator, name, after,
		              before);
	else
		hvc_text__put(&n->out, "%s%s := %s, was %s", separator, name, after, before);
}

static void put_effects(struct note *n)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < n->used->row[side]->effects; i++) {
			const char *name = n->used->row[side]->effect[i].name;
			hvc_ref old = value_of(n, HVC_SIDE_OLD, name);

			if (side == HVC_SIDE_OLD || !old)
				put_value(n, name, old, value_of(n, HVC_SIDE_NEW, name));
		}
}

static bool is_result(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return true;
	return false;
}

/*
 * Does it do something else, and not only use up other registers? A register that both ABIs let
 * the operation change, and that is no result of it, may hold anything.
 */
static bool does_otherwise(struct note *n)
{
	const struct hvc_row *const *row = n->used->row;
	const struct hvc_rule *const *rule = n->used->rule;

	if (row[0]->kind != row[1]->kind || (row[0]->level != row[1]->level && !row[0]->level_kept))
		return true;
	if (row[0]->kind == HVC_OUTCOME_JUMP && row[0]->target != row[1]->target)
		return true;
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		hvc_ref a = value_of(n, HVC_SIDE_OLD, hvc_reg_name(reg));
		hvc_ref b = value_of(n, HVC_SIDE_NEW, hvc_reg_name(reg));
		bool result = is_result(rule[0], reg) || is_result(rule[1], reg);
		bool open = hvc_regset_has(&rule[0]->clobbers, reg) &&
		            hvc_regset_has(&rule[1]->clobbers, reg);

		if (a && b ? a != b && (result || !open) : result && a != b)
			return true;
	}
	return false;
}

bool hvc_operation__note(struct hvc_differ *d, unsigned operation)
{
	struct note n = {.d = d, .used = &d->used[operation]};
	char *text = calloc(1, CHANGE_SIZE);

	d->diff->operation[operation].change = text;
	n.out = (struct hvc_text){text, CHANGE_SIZE, 0};
	if (!text || !n.used->row[0] || !n.used->row[1])
		return text != NULL;
	if (n.used->row[0]->kind != n.used->row[1]->kind)
		hvc_text__put(&n.out, "%s, was %s", hvc_outcome_name(n.used->row[1]->kind),
		              hvc_outcome_name(n.used->row[0]->kind));
	else if (n.used->row[0]->kind == HVC_OUTCOME_JUMP)
		put_value(&n, "target", n.used->row[0]->target, n.used->row[1]->target);
	put_effects(&n);
	d->diff->operation[operation].otherwise = does_otherwise(&n);
	return true;
}
