/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "report/finding.h"
#include "report/note.h"

static const struct hvc_rule *rule_of(const struct hvc_abi *abi, const char *name)
{
	for (unsigned i = 0; abi && i < hvc_abi_rule_count(abi); i++)
		if (!strcmp(hvc_abi_rule_at(abi, i)->name, name))
			return hvc_abi_rule_at(abi, i);
	return NULL;
}

/* Is it no operation but the answer to calls that are none? */
static bool is_unknown(const struct hvc_diff *diff, const char *name)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		const struct hvc_rule *rule = rule_of(diff->abi[side], name);

		if (rule && hvc_rule_is_unknown(rule))
			return true;
	}
	return false;
}

static void put_witness(struct hvc_draft *draft, const struct hvc_map *map, uint32_t probe,
                        uint16_t imm)
{
	char command[HVC_COMMAND_SIZE];

	hvc_call_command(map->subject, &map->world, &map->probes.probe[probe], imm, command,
	                 sizeof(command));
	hvc_words__call(&draft->call, &map->probes.probe[probe], imm);
	hvc_words__add(&draft->command, "%s", command);
}

/* Registers of `more` that are not of `less`. */
static void add_registers(struct hvc_findings *list, const struct hvc_diff *diff,
                          const struct hvc_operation *operation, enum hvc_side side,
                          const char *rule)
{
	const struct hvc_regset *more = &operation->use[side].changes;
	const struct hvc_regset *less = &operation->use[1 - side].changes;
	const struct hvc_regset only = {
	        {more->bits[0] & ~less->bits[0], more->bits[1] & ~less->bits[1]}};
	const struct hvc_use *use = &operation->use[HVC_SIDE_NEW];
	struct hvc_draft draft = {.rule = rule, .about = operation->name};

	if (hvc_regset_empty(&only))
		return;
	hvc_words__regset(&draft.key, &only);
	hvc_words__add(&draft.summary, "%s %s", side == HVC_SIDE_NEW ? "now changes" : "now keeps",
	               hvc_words__text(&draft.key));
	put_witness(&draft, diff->map[HVC_SIDE_NEW], use->probe, use->imm);
	hvc_findings__add(list, &draft);
}

/* What became of it, without how it is asked for: that is told apart. */
static void add_note(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation, size_t selector, const char *rule)
{
	const struct hvc_use *use = &operation->use[HVC_SIDE_NEW];
	struct hvc_draft draft = {.rule = rule, .about = operation->name};
	struct hvc_words note = {0};
	const char *rest;

	hvc_note__operation(diff, operation, &note);
	rest = hvc_words__text(&note) + selector;
	hvc_words__add(&draft.summary, "%s", selector && !strncmp(rest, "; ", 2) ? rest + 2 : rest);
	draft.summary.failed = draft.summary.failed || note.failed;
	hvc_words__free(&note);
	put_witness(&draft, diff->map[HVC_SIDE_NEW], use->probe, use->imm);
	hvc_findings__add(list, &draft);
}

static const struct hvc_effect *effect_of(const struct hvc_class *class_, enum hvc_reg reg)
{
	for (unsigned i = 0; i < class_->effects; i++)
		if (class_->effect[i].reg == reg)
			return &class_->effect[i];
	return NULL;
}

static bool is_result(const struct hvc_rule *rule, enum hvc_reg reg)
{
	for (unsigned i = 0; rule && i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return true;
	return false;
}

/* With one immediate only, "the immediate" is a number. */
static bool same_value(const struct hvc_effect *a, const struct hvc_use *old,
                       const struct hvc_effect *b, const struct hvc_use *new)
{
	struct hvc_term x = a->value, y = b->value;

	if (x.kind == HVC_TERM_IMM && old->one_imm)
		x = (struct hvc_term){.kind = HVC_TERM_CONST, .value = old->imm};
	if (y.kind == HVC_TERM_IMM && new->one_imm)
		y = (struct hvc_term){.kind = HVC_TERM_CONST, .value = new->imm};
	return x.kind == y.kind && (x.kind != HVC_TERM_REG || x.reg == y.reg) && x.value == y.value;
}

/*
 * Does it do something else, and not only use up other registers? A register that both ABIs let
 * the operation change, and that is no result of it, may hold anything.
 */
static bool does_otherwise(const struct hvc_diff *diff, const struct hvc_operation *operation)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	const struct hvc_class *before = &diff->map[HVC_SIDE_OLD]->class_[old->class_];
	const struct hvc_class *after = &diff->map[HVC_SIDE_NEW]->class_[new->class_];
	const struct hvc_rule *rule[] = {rule_of(diff->abi[HVC_SIDE_OLD], operation->name),
	                                 rule_of(diff->abi[HVC_SIDE_NEW], operation->name)};

	if (before->kind != after->kind || before->level != after->level)
		return true;
	if (before->kind == HVC_OUTCOME_JUMP &&
	    (before->pc.kind != after->pc.kind || before->pc.reg != after->pc.reg ||
	     before->pc.value != after->pc.value))
		return true;
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_effect *a = effect_of(before, reg), *b = effect_of(after, reg);
		bool result = is_result(rule[0], reg) || is_result(rule[1], reg);
		bool open = rule[0] && rule[1] && hvc_regset_has(&rule[0]->clobbers, reg) &&
		            hvc_regset_has(&rule[1]->clobbers, reg);

		if (a && b ? !same_value(a, old, b, new) && (result || !open) : result && a != b)
			return true;
	}
	return false;
}

/* An operation that both sides have. */
static void add_both(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	struct hvc_words selector = {0};
	bool unknown = is_unknown(diff, operation->name);
	bool otherwise = does_otherwise(diff, operation);

	hvc_note__selector(old->how, new->how, &selector);
	if (otherwise)
		add_note(list, diff, operation, selector.length,
		         unknown ? "diff-unknown" : "diff-changed");
	if (!unknown && selector.length) {
		struct hvc_draft draft = {.rule = "diff-renumbered", .about = operation->name};

		hvc_words__add(&draft.summary, "%s", hvc_words__text(&selector));
		put_witness(&draft, diff->map[HVC_SIDE_NEW], new->probe, new->imm);
		hvc_findings__add(list, &draft);
	}
	if (!unknown) {
		add_registers(list, diff, operation, HVC_SIDE_NEW, "diff-clobbers");
		add_registers(list, diff, operation, HVC_SIDE_OLD, "diff-preserves");
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
		struct hvc_draft draft = {.rule = old ? "diff-removed" : "diff-added",
		                          .about = operation->name};

		if (old && new)
			add_both(list, diff, operation);
		if (old == new || is_unknown(diff, operation->name))
			continue;
		hvc_words__add(&draft.summary, "%s: %s, %s", old ? "removed" : "added",
		               operation->use[side].how, operation->use[side].does);
		put_witness(&draft, diff->map[side], operation->use[side].probe,
		            operation->use[side].imm);
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
                                const struct hvc_meeting *meeting)
{
	const char *operation = diff->operation[meeting->operation].name;
	const struct hvc_rule *rule = rule_of(diff->abi[HVC_SIDE_NEW], meeting->rule_new);

	if (meeting->same)
		return NULL;
	if (is_unknown(diff, operation))
		return is_told(list, "diff-unknown", operation) ? NULL : "diff-unknown";
	if (rule && !strcmp(rule->name, operation))
		return meeting->silent && !is_told(list, "diff-changed", operation) ? "diff-changed"
		                                                                    : NULL;
	if (meeting->silent || (rule && hvc_rule_claims(rule)))
		return "diff-silent";
	return rule && !rule->specified ? "diff-no-promise" : "diff-refused";
}

/* What a caller of the old side gets from the new one. */
static void add_meetings(struct hvc_findings *list, const struct hvc_diff *diff)
{
	const struct hvc_map *map = diff->map[HVC_SIDE_NEW];

	for (unsigned i = 0; i < diff->meetings; i++) {
		const struct hvc_meeting *meeting = &diff->meeting[i];
		const struct hvc_class *gets = &map->class_[meeting->class_new];
		struct hvc_draft draft = {
		        .rule = meeting_rule(list, diff, meeting),
		        .about = diff->operation[meeting->operation].name,
		        .calls = meeting->calls,
		};
		char text[1024];

		if (!draft.rule)
			continue;
		hvc_class_print(gets, text, sizeof(text));
		hvc_words__add(&draft.key, "%s, %s", meeting->rule_new,
		               hvc_outcome_name(gets->kind));
		hvc_words__add(&draft.summary, "its callers get%s%s: %s",
		               *meeting->rule_new ? " " : "", meeting->rule_new, text);
		put_witness(&draft, map, meeting->probe, meeting->imm);
		hvc_findings__add(list, &draft);
	}
}

/* By kinds of outcome, where operations do not tell. */
static void add_changes(struct hvc_findings *list, const struct hvc_diff *diff)
{
	for (unsigned i = 0; i < diff->changes; i++) {
		const struct hvc_change *change = &diff->change[i];
		const struct hvc_class *class_[HVC_SIDE_COUNT];
		struct hvc_draft draft = {.rule = "diff-differs", .calls = change->where.calls};
		char text[2][512];

		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			class_[side] = &diff->map[side]->class_[change->class_[side]];
			hvc_class_print(class_[side], text[side], sizeof(text[side]));
		}
		hvc_words__add(&draft.key, "%s, was %s",
		               hvc_outcome_name(class_[HVC_SIDE_NEW]->kind),
		               hvc_outcome_name(class_[HVC_SIDE_OLD]->kind));
		hvc_words__add(&draft.summary, "%s, was %s", text[HVC_SIDE_NEW],
		               text[HVC_SIDE_OLD]);
		put_witness(&draft, diff->map[HVC_SIDE_NEW], change->where.probe,
		            (uint16_t)change->where.imm[0].lo);
		hvc_findings__add(list, &draft);
	}
}

static void add_untried(struct hvc_findings *list, const struct hvc_diff *diff)
{
	struct hvc_draft draft = {.rule = "diff-untried"};

	if (!diff->untrieds)
		return;
	hvc_words__add(&draft.summary, "%zu value%s, the first: %s with 0x%" PRIx64, diff->untrieds,
	               diff->untrieds == 1 ? "" : "s", hvc_reg_name(diff->untried[0].reg),
	               diff->untried[0].value);
	hvc_findings__add(list, &draft);
}

static void put_title(struct hvc_findings *list)
{
	struct hvc_words words = {0};

	if (!list || list->failed)
		return;
	hvc_words__add(&words, "from %s to %s", list->against, list->subject);
	hvc_findings__take(list, &list->title, &words);
}

static void put_account(struct hvc_findings *list, const struct hvc_diff *diff)
{
	struct hvc_words words = {0};
	char differing[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];

	hvc_words__add(&words, "%s of %s calls differ, on %" PRIu32 " immediates",
	               hvc_words__number(diff->differing, differing),
	               hvc_words__number(diff->calls, calls), diff->immediates_differing);
	hvc_findings__take(list, &list->account, &words);
}

static bool counts(const struct hvc_findings *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->found[i].rule->counts)
			return true;
	return false;
}

enum hvc_status hvc_findings_of_diff(const struct hvc_diff *diff, struct hvc_diag *diag,
                                     struct hvc_findings **out)
{
	struct hvc_words old = {0}, file = {0};
	struct hvc_findings *list;
	const char *one;

	hvc_identity__add(&old, diff->map[HVC_SIDE_OLD]->subject);
	list = hvc_findings__of("diff", diff->map[HVC_SIDE_NEW]->subject, hvc_words__text(&old),
	                        &file);
	if (list && diff->differing) {
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
		put_account(list, diff);
		add_untried(list, diff);
		hvc_words__failed(diff->map, HVC_SIDE_COUNT, &one);
		hvc_findings__failed(list, diff->failed, one);
	}
	hvc_findings__cases(list);
	hvc_words__free(&old);
	hvc_words__free(&file);
	return hvc_findings__end(list, diag, out);
}
