/* SPDX-License-Identifier: MIT */
#include "report/note.h"

#include <string.h>

#include "engine/internal.h"

static void add(struct hvc_words *out, const char *separator)
{
	hvc_words__add(out, "%s", out->length ? separator : "");
}

/* The selector of "hvc #0x1" is the immediate, that of "x0 = 0x1" is x0. */
static bool selects_by_immediate(const char *how)
{
	return strstr(how, "hvc #") == how && !strchr(how, '=');
}

/* What a default rule takes is no selector: it follows from the other rules. */
static bool is_rest(const char *how)
{
	return !strcmp(how, "anything else");
}

/* The "1" of "x0 = 1". */
static const char *value_of(const char *how)
{
	const char *equals = strstr(how, " = ");

	return equals ? equals + 3 : how;
}

/* One value, not intervals or conditions. */
static bool is_number(const char *how)
{
	return strspn(value_of(how), "0123456789abcdefx") == strlen(value_of(how));
}

void hvc_note__selector(const char *old, const char *new, struct hvc_words *out)
{
	size_t word = strcspn(new, " ");

	if (!strcmp(old, new) || is_rest(old) || is_rest(new))
		return;
	if (selects_by_immediate(old) && !selects_by_immediate(new))
		hvc_words__add(out, "moved from the immediate to %.*s", (int)word, new);
	else if (!selects_by_immediate(old) && selects_by_immediate(new))
		hvc_words__add(out, "moved from %.*s to the immediate", (int)strcspn(old, " "),
		               old);
	else if (strcspn(old, " ") == word && !strncmp(old, new, word) && is_number(old) &&
	         is_number(new))
		hvc_words__add(out, "renumbered from %s to %s", value_of(old), value_of(new));
	else
		hvc_words__add(out, "selected differently");
}

static bool same_term(const struct hvc_term *a, const struct hvc_term *b)
{
	return a->kind == b->kind && (a->kind != HVC_TERM_REG || a->reg == b->reg) &&
	       a->value == b->value;
}

/* With one immediate only, "the immediate" is a number. */
static struct hvc_term plain(const struct hvc_term *term, const struct hvc_use *use)
{
	if (term->kind == HVC_TERM_IMM && use->one_imm)
		return (struct hvc_term){.kind = HVC_TERM_CONST, .value = use->imm};
	return *term;
}

/* old: NULL where the register was kept. */
static void note_term(const char *name, const struct hvc_term *old, const struct hvc_term *new,
                      struct hvc_words *out)
{
	char before[32] = "kept", after[32];

	if (old && same_term(old, new))
		return;
	if (old)
		hvc_term_print(old, before, sizeof(before));
	hvc_term_print(new, after, sizeof(after));
	add(out, "; ");
	if (old && old->kind == HVC_TERM_REG && new->kind == HVC_TERM_REG)
		hvc_words__add(out, "%s taken from %s, was from %s", name, after, before);
	else
		hvc_words__add(out, "%s := %s, was %s", name, after, before);
}

static const struct hvc_effect *effect_of(const struct hvc_class *class_, enum hvc_reg reg)
{
	for (unsigned i = 0; i < class_->effects; i++) {
		if (class_->effect[i].reg == reg)
			return &class_->effect[i];
	}
	return NULL;
}

static void note_effects(const struct hvc_class *old, const struct hvc_use *old_use,
                         const struct hvc_class *new, const struct hvc_use *new_use,
                         struct hvc_words *out)
{
	static const struct hvc_term none;

	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_effect *before = effect_of(old, reg);
		const struct hvc_effect *after = effect_of(new, reg);
		const struct hvc_term was = before ? plain(&before->value, old_use) : none;
		const struct hvc_term is = after ? plain(&after->value, new_use) : none;

		if (before && after) {
			note_term(hvc_reg_name(reg), &was, &is, out);
		} else if (before) {
			add(out, "; ");
			hvc_words__add(out, "%s kept now", hvc_reg_name(reg));
		} else if (after) {
			note_term(hvc_reg_name(reg), NULL, &is, out);
		}
	}
}

/* Equal as written, or in every call of the old side's caller. */
static bool same_behaviour(const struct hvc_diff *diff, const struct hvc_operation *operation,
                           const struct hvc_class *before, const struct hvc_class *after)
{
	for (unsigned i = 0; i < diff->meetings; i++)
		if (&diff->operation[diff->meeting[i].operation] == operation)
			return diff->meeting[i].same;
	return hvc_class_equal(before, after);
}

void hvc_note__operation(const struct hvc_diff *diff, const struct hvc_operation *operation,
                         struct hvc_words *out)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	const struct hvc_class *before, *after;

	if (!old->offered || !new->offered) {
		hvc_words__add(out, "%s",
		               old->offered   ? "removed"
		               : new->offered ? "added"
		                              : "never reached");
		return;
	}
	before = &diff->map[HVC_SIDE_OLD]->class_[old->class_];
	after = &diff->map[HVC_SIDE_NEW]->class_[new->class_];
	hvc_note__selector(old->how, new->how, out);
	if (before->kind != after->kind) {
		add(out, "; ");
		hvc_words__add(out, "%s, was %s", hvc_outcome_name(after->kind),
		               hvc_outcome_name(before->kind));
	} else if (before->kind == HVC_OUTCOME_JUMP) {
		note_term("target", &before->pc, &after->pc, out);
	}
	note_effects(before, old, after, new, out);
	if (!out->length)
		hvc_words__add(out, same_behaviour(diff, operation, before, after)
		                            ? "same"
		                            : "differs in detail");
}
