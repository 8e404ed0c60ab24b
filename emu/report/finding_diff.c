/* SPDX-License-Identifier: MIT */
/* Findings of a diff: operations first, then what an old caller gets. */
#include <string.h>

#include "report/new_finding.h"
#include "report/note.h"

static const struct hvc_rule *rule_of(const struct hvc_abi *abi, const char *name)
{
	for (unsigned i = 0; abi && i < hvc_abi_rule_count(abi); i++)
		if (!strcmp(hvc_abi_rule_at(abi, i)->name, name))
			return hvc_abi_rule_at(abi, i);
	return NULL;
}

/* Is it no operation but the answer to unallocated calls? */
static bool is_unknown(const struct hvc_diff *diff, const char *name)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_rule *rule = rule_of(diff->abi[side], name);

		if (rule && rule->role == HVC_ROLE_UNKNOWN)
			return true;
	}
	return false;
}

static void put_witness(struct hvc_new_finding *draft, const struct hvc_witness *witness)
{
	enum hvc_side side = witness->command[HVC_SIDE_NEW] ? HVC_SIDE_NEW : HVC_SIDE_OLD;

	hvc_words__witness(&draft->call, &witness->call);
	if (witness->command[side])
		hvc_words__add(&draft->command, "%s", witness->command[side]);
}

/* Registers of `more` that are not of `less`. */
static void add_registers(struct hvc_findings *list, const struct hvc_operation *operation,
                          enum hvc_side side, const char *rule)
{
	const struct hvc_regset *more = &operation->use[side].changes;
	const struct hvc_regset *less = &operation->use[1 - side].changes;
	const struct hvc_regset only = {
	        {more->bits[0] & ~less->bits[0], more->bits[1] & ~less->bits[1]}};
	const struct hvc_use *use = &operation->use[HVC_SIDE_NEW];
	struct hvc_new_finding draft = {.rule = rule, .about = operation->name};

	if (hvc_regset_empty(&only))
		return;
	hvc_words__regset(&draft.key, &only);
	hvc_words__add(&draft.summary, "%s %s", side == HVC_SIDE_NEW ? "now changes" : "now keeps",
	               hvc_words__text(&draft.key));
	put_witness(&draft, &use->witness);
	hvc_findings__add(list, &draft);
}

/* What became of it, without how it is asked for: that is told apart. */
static void add_note(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation, size_t selector, const char *rule)
{
	const struct hvc_use *use = &operation->use[HVC_SIDE_NEW];
	struct hvc_new_finding draft = {.rule = rule, .about = operation->name};
	struct hvc_words note = {0};
	const char *rest;

	hvc_note__operation(diff, operation, &note);
	rest = hvc_words__text(&note) + selector;
	hvc_words__add(&draft.summary, "%s", selector && !strncmp(rest, "; ", 2) ? rest + 2 : rest);
	draft.summary.failed = draft.summary.failed || note.failed;
	hvc_words__free(&note);
	put_witness(&draft, &use->witness);
	hvc_findings__add(list, &draft);
}

/* An operation that both sides have. */
static void add_both(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	struct hvc_words selector = {0};
	bool unknown = is_unknown(diff, operation->name);
	bool renumbered = hvc_note__selector(old->how, new->how, &selector);

	if (operation->otherwise)
		add_note(list, diff, operation, selector.length,
		         unknown ? "diff-unknown" : "diff-changed");
	if (!unknown && selector.length) {
		struct hvc_new_finding draft = {.rule = renumbered ? "diff-renumbered"
		                                                   : "diff-moved",
		                                .about = operation->name};

		hvc_words__add(&draft.summary, "%s", hvc_words__text(&selector));
		put_witness(&draft, &new->witness);
		hvc_findings__add(list, &draft);
	}
	if (!unknown) {
		add_registers(list, operation, HVC_SIDE_NEW, "diff-clobbers");
		add_registers(list, operation, HVC_SIDE_OLD, "diff-preserves");
	}
	hvc_words__free(&selector);
}

static void add_operations(struct hvc_findings *list, const struct hvc_diff *diff)
{
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_operation *operation = &diff->operation[i];
		bool old = operation->use[HVC_SIDE_OLD].offered;
		bool new = operation->use[HVC_SIDE_NEW].offered;
		enum hvc_side side = old ? HVC_SIDE_OLD : HVC_SIDE_NEW;
		struct hvc_new_finding draft = {.rule = old ? "diff-removed" : "diff-added",
		                                .about = operation->name};

		if (old && new)
			add_both(list, diff, operation);
		if (old == new || is_unknown(diff, operation->name))
			continue;
		hvc_words__add(&draft.summary, "%s: %s, %s", old ? "removed" : "added",
		               operation->use[side].how, operation->use[side].does);
		put_witness(&draft, &operation->use[side].witness);
		hvc_findings__add(list, &draft);
	}
}

static bool is_told(const struct hvc_findings *list, const char *rule, const char *about)
{
	for (unsigned i = 0; i < list->count; i++)
		if (!strcmp(list->found[i].rule->id, rule) && !strcmp(list->found[i].about, about))
			return true;
	return false;
}

/* The finding rule of what an old caller meets; NULL: it is told of the operation, or is none. */
static const char *meeting_rule(const struct hvc_findings *list, const struct hvc_diff *diff,
                                const struct hvc_migration *migration)
{
	const char *operation = diff->operation[migration->operation].name;
	const struct hvc_rule *rule = rule_of(diff->abi[HVC_SIDE_NEW], migration->rule_new);

	if (migration->same)
		return NULL;
	if (is_unknown(diff, operation))
		return is_told(list, "diff-unknown", operation) ? NULL : "diff-unknown";
	if (rule && !strcmp(rule->name, operation))
		return migration->silent && !is_told(list, "diff-changed", operation)
		               ? "diff-changed"
		               : NULL;
	if (migration->silent || (rule && hvc_rule__claims(rule)))
		return "diff-silent";
	return rule && !rule->specified ? "diff-no-promise" : "diff-refused";
}

/* What a caller of the old side gets from the new one. */
static void add_meetings(struct hvc_findings *list, const struct hvc_diff *diff)
{
	for (unsigned i = 0; i < diff->migrations; i++) {
		const struct hvc_migration *migration = &diff->migration[i];
		struct hvc_new_finding draft = {
		        .rule = meeting_rule(list, diff, migration),
		        .about = diff->operation[migration->operation].name,
		};

		if (!draft.rule)
			continue;
		hvc_words__add(&draft.key, "%s, %s", migration->rule_new,
		               hvc_outcome_name(migration->kind));
		hvc_words__add(&draft.summary, "its callers get%s%s: %s",
		               *migration->rule_new ? " " : "", migration->rule_new,
		               migration->does);
		put_witness(&draft, &migration->witness);
		hvc_findings__add(list, &draft);
	}
}

/* By kinds of outcome, where operations do not tell. */
static void add_changes(struct hvc_findings *list, const struct hvc_diff *diff)
{
	for (unsigned i = 0; i < diff->changes; i++) {
		const struct hvc_change *change = &diff->change[i];
		struct hvc_new_finding draft = {.rule = "diff-differs"};

		hvc_words__add(&draft.key, "%s, was %s",
		               hvc_outcome_name(change->kind[HVC_SIDE_NEW]),
		               hvc_outcome_name(change->kind[HVC_SIDE_OLD]));
		hvc_words__add(&draft.summary, "%s, was %s, where %s", change->does[HVC_SIDE_NEW],
		               change->does[HVC_SIDE_OLD], change->when);
		put_witness(&draft, &change->witness);
		hvc_findings__add(list, &draft);
	}
}

static void add_gaps(struct hvc_findings *list, const struct hvc_diff *diff)
{
	for (unsigned i = 0; i < diff->gaps; i++) {
		struct hvc_new_finding draft = {.rule = "diff-untried"};

		hvc_words__add(&draft.key, "%s", diff->gap[i].text);
		hvc_words__callers(&draft.summary, diff->gap[i].callers);
		hvc_words__add(&draft.summary, ": %s", diff->gap[i].text);
		hvc_findings__add(list, &draft);
	}
}

static void put_title(struct hvc_findings *list)
{
	struct hvc_words words = {0};

	if (!list || list->failed)
		return;
	hvc_words__add(&words, "from %s to %s", list->against, list->subject);
	hvc_findings__take(list, &list->title, &words);
}

static bool counts(const struct hvc_findings *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->found[i].rule->counts)
			return true;
	return false;
}

enum hvc_status hvc_findings__of_diff(const struct hvc_diff *diff, struct hvc_diag *diag,
                                      struct hvc_findings **out)
{
	struct hvc_words old = {0};
	struct hvc_findings *list;

	hvc_identity__add(&old, diff->name[HVC_SIDE_OLD]);
	list = hvc_findings__of("diff", diff->name[HVC_SIDE_NEW], hvc_words__text(&old), "%s", "");
	if (list && diff->changes) {
		/* A side without an ABI offers no operation, which is not to say that it has none.
		 */
		if (diff->abi[HVC_SIDE_OLD] && diff->abi[HVC_SIDE_NEW])
			add_operations(list, diff);
		if (diff->abi[HVC_SIDE_OLD])
			add_meetings(list, diff);
		if (!diff->abi[HVC_SIDE_OLD] || !diff->abi[HVC_SIDE_NEW] || !counts(list))
			add_changes(list, diff);
	}
	if (list) {
		list->failed = list->failed || old.failed;
		put_title(list);
		add_gaps(list, diff);
		hvc_findings__tally(
		        list, !diff->equal ? "not known to be equal"
		              : strcmp(diff->name[HVC_SIDE_OLD], diff->name[HVC_SIDE_NEW])
		                      ? "equal for every input"
		                      : "equal for every input: both sides are the same subject");
	}
	hvc_findings__cases(list);
	hvc_words__free(&old);
	return hvc_findings__end(list, diag, out);
}
