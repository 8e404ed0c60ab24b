/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "abi/expr.h"
#include "base/number.h"
#include "hvcheck/arch.h"
#include "report/note.h"

static void add(struct hvc_words *out, const char *separator)
{
	hvc_words__add(out, "%s", out->length ? separator : "");
}

/* The selector of "hvc #0x1" is the immediate, that of "x0 = 0x1" is x0. */
static bool selects_by_immediate(const char *how)
{
	return strstr(how, "hvc #") == how && !strchr(how, '=');
}

/* "x0" of "x0 = 1" and of "hvc #0x0, x0 = 1", and its length. */
static const char *register_of(const char *how, size_t *length)
{
	const char *comma = strstr(how, "hvc #") == how ? strstr(how, ", ") : NULL;

	how = comma ? comma + 2 : how;
	*length = strcspn(how, " ");
	return how;
}

/* What a default rule takes is no selector: it follows from the other rules. */
static bool is_rest(const char *how)
{
	return !strcmp(how, "anything else");
}

/* The "1" of "x0 = 1" and of "hvc #1". */
static const char *value_of(const char *how)
{
	const char *equals = strstr(how, " = ");

	return equals ? equals + 3 : selects_by_immediate(how) ? how + strlen("hvc #") : how;
}

/* One value, not intervals or conditions. */
static bool is_number(const char *how)
{
	return strspn(value_of(how), "0123456789abcdefx") == strlen(value_of(how));
}

bool hvc_note__selector(const char *old, const char *new, struct hvc_words *out)
{
	size_t was, is;
	const char *of_old = register_of(old, &was), *of_new = register_of(new, &is);
	bool renumbered = selects_by_immediate(old) == selects_by_immediate(new) && was == is &&
	                  of_old - old == of_new - new &&
	                  !strncmp(old, new, (size_t)(of_old - old) + was) && is_number(old) &&
	                  is_number(new);

	if (!strcmp(old, new) || is_rest(old) || is_rest(new))
		return false;
	if (selects_by_immediate(old) && !selects_by_immediate(new))
		hvc_words__add(out, "moved from the immediate to %.*s", (int)is, of_new);
	else if (!selects_by_immediate(old) && selects_by_immediate(new))
		hvc_words__add(out, "moved from %.*s to the immediate", (int)was, of_old);
	else if (!renumbered)
		hvc_words__add(out, "selected differently");
	else
		hvc_words__add(out, "renumbered from %s to %s", value_of(old), value_of(new));
	return renumbered;
}

void hvc_note__operation(const struct hvc_diff *diff, const struct hvc_operation *operation,
                         struct hvc_words *out)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	bool same = true;

	if (!old->offered || !new->offered) {
		hvc_words__add(out, "%s",
		               old->offered   ? "removed"
		               : new->offered ? "added"
		                              : "never reached");
		return;
	}
	hvc_note__selector(old->how, new->how, out);
	if (*operation->change) {
		add(out, "; ");
		hvc_words__add(out, "%s", operation->change);
	}
	for (unsigned i = 0; i < diff->migrations; i++)
		if (&diff->operation[diff->migration[i].operation] == operation)
			same = same && diff->migration[i].same;
	if (!out->length)
		hvc_words__add(out, same ? "same" : "differs in detail");
}

/* Do both have it for the same calls, with the same promise? */
static bool is_same(const struct hvc_abi_operation *operation)
{
	const struct hvc_abi_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_abi_use *new = &operation->use[HVC_SIDE_NEW];

	return hvc_abi_operation__agrees(operation) && !strcmp(old->how, new->how) &&
	       hvc_regset_equal(&old->rule->clobbers, &new->rule->clobbers);
}

void hvc_abi_note__count(const struct hvc_abi_diff *diff, struct hvc_abi_counts *out)
{
	struct hvc_abi_counts counts = {0};

	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];

		if (operation->unknown)
			continue;
		counts.added += !operation->use[HVC_SIDE_OLD].rule;
		counts.removed += !operation->use[HVC_SIDE_NEW].rule;
		counts.moved += operation->moved;
		counts.changed += operation->changed;
		counts.same += is_same(operation);
	}
	for (unsigned i = 0; i < diff->migrations; i++)
		counts.silent += diff->migration[i].kind == HVC_ABI_MIGRATION_SILENT;
	*out = counts;
}

static const struct hvc_result *result_of(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return &rule->result[i];
	return NULL;
}

static const char *told_of(const struct hvc_rule *rule, enum hvc_reg reg)
{
	const struct hvc_result *result = result_of(rule, reg);

	return result ? result->text : hvc_regset_has(&rule->clobbers, reg) ? "clobbered" : "kept";
}

static void note_results(const struct hvc_rule *old, const struct hvc_rule *new,
                         struct hvc_words *out)
{
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_result *before = result_of(old, reg), *after = result_of(new, reg);

		if ((!before && !after) || (before && after && hvc_result__equal(before, after)))
			continue;
		add(out, "; ");
		if (after)
			hvc_words__add(out, "%s := %s, was %s", hvc_reg_name(reg), after->text,
			               told_of(old, reg));
		else
			hvc_words__add(out, "%s %s, was %s", hvc_reg_name(reg), told_of(new, reg),
			               told_of(old, reg));
	}
}

static void note_end(const struct hvc_rule *old, const struct hvc_rule *new, struct hvc_words *out)
{
	char before[128], after[128];

	if (old->outcome != new->outcome) {
		add(out, "; ");
		hvc_words__add(out, "%s, was %s", hvc_outcome_name(new->outcome),
		               hvc_outcome_name(old->outcome));
	} else if (old->has_at && new->has_at && !hvc_expr__equal(&old->at, &new->at)) {
		hvc_expr__print(&old->at, before, sizeof(before));
		hvc_expr__print(&new->at, after, sizeof(after));
		add(out, "; ");
		hvc_words__add(out, "to %s, was to %s", after, before);
	}
	if (old->level != new->level) {
		add(out, "; ");
		hvc_words__add(out, "ends at another level");
	}
}

static bool same_imms(const struct hvc_rule *a, const struct hvc_rule *b)
{
	return a->imms == b->imms && !memcmp(a->imm, b->imm, a->imms * sizeof(*a->imm));
}

static bool is_one(const struct hvc_condition *condition)
{
	return condition->intervals == 1 && condition->interval[0].lo == condition->interval[0].hi;
}

/* The one condition in which the rules differ, if it is a number on both sides; -1: none. */
static int renumbered(const struct hvc_rule *a, const struct hvc_rule *b)
{
	int differs = -1;

	if (!same_imms(a, b) || a->conditions != b->conditions)
		return -1;
	for (unsigned i = 0; i < a->conditions; i++) {
		const struct hvc_condition *x = &a->condition[i], *y = &b->condition[i];

		if (x->reg != y->reg || x->mask != y->mask)
			return -1;
		if (x->intervals == y->intervals &&
		    !memcmp(x->interval, y->interval, x->intervals * sizeof(*x->interval)))
			continue;
		if (differs >= 0 || !is_one(x) || !is_one(y))
			return -1;
		differs = (int)i;
	}
	return differs;
}

bool hvc_abi_note__selector(const struct hvc_abi_operation *operation, struct hvc_words *out)
{
	const struct hvc_abi_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_abi_use *new = &operation->use[HVC_SIDE_NEW];
	int i = renumbered(old->rule, new->rule);
	char was[HVC_U64_SIZE], is[HVC_U64_SIZE];
	bool told = true;

	if (i < 0)
		told = hvc_note__selector(old->how, new->how, out);
	else
		hvc_words__add(out, "renumbered from %s to %s",
		               hvc_u64_print(old->rule->condition[i].interval[0].lo, was),
		               hvc_u64_print(new->rule->condition[i].interval[0].lo, is));
	if (!out->length)
		hvc_words__add(out, "selected differently");
	return told;
}

void hvc_abi_note__operation(const struct hvc_abi_operation *operation, struct hvc_words *out)
{
	const struct hvc_abi_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_abi_use *new = &operation->use[HVC_SIDE_NEW];
	struct hvc_words more = {0};

	if (!old->rule || !new->rule) {
		hvc_words__add(out, "%s", old->rule ? "removed" : "added");
		return;
	}
	if (operation->moved && operation->unknown)
		hvc_words__add(out, "for other calls");
	else if (operation->moved)
		hvc_abi_note__selector(operation, out);
	note_end(old->rule, new->rule, out);
	note_results(old->rule, new->rule, out);
	if (!hvc_regset_empty(&operation->clobbers)) {
		hvc_words__ranges(&more, &operation->clobbers);
		add(out, "; ");
		hvc_words__add(out, "may clobber %s now", hvc_words__text(&more));
		hvc_words__free(&more);
	}
	if (!out->length)
		hvc_words__add(out, "same");
}

void hvc_abi_note__calls(const struct hvc_abi_migration *migration, struct hvc_words *out)
{
	const struct hvc_overlap *overlap = migration->overlap;
	bool every = overlap->imms == 1 && overlap->imm[0].lo == 0 &&
	             overlap->imm[0].hi == HVC_IMM_COUNT - 1;

	if (!every) {
		hvc_words__add(out, "hvc #");
		hvc_words__imms(out, overlap->imm, overlap->imms);
		if (overlap->conditions)
			hvc_words__add(out, ", ");
	}
	if (every || overlap->conditions)
		hvc_words__conditions(out, overlap->condition, overlap->conditions,
		                      overlap->witness.from);
	if (overlap->partly)
		hvc_words__add(out, " (less what other rules take)");
}
