/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "hvcheck/arch.h"
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
	char command[2048];

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
	hvc_words__add(&draft.summary, "%s %s", side == HVC_SIDE_NEW ? "changes now" : "keeps now",
	               hvc_words__text(&draft.key));
	put_witness(&draft, diff->map[HVC_SIDE_NEW], use->probe, use->imm);
	hvc_findings__add(list, &draft);
}

static void add_note(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation, const char *rule)
{
	const struct hvc_use *use = &operation->use[HVC_SIDE_NEW];
	struct hvc_draft draft = {.rule = rule, .about = operation->name};

	hvc_note__operation(diff, operation, &draft.summary);
	put_witness(&draft, diff->map[HVC_SIDE_NEW], use->probe, use->imm);
	hvc_findings__add(list, &draft);
}

/* An operation that both sides have. */
static void add_both(struct hvc_findings *list, const struct hvc_diff *diff,
                     const struct hvc_operation *operation)
{
	const struct hvc_use *old = &operation->use[HVC_SIDE_OLD];
	const struct hvc_use *new = &operation->use[HVC_SIDE_NEW];
	struct hvc_words selector = {0}, note = {0};
	bool behaves;

	hvc_note__selector(old->how, new->how, &selector);
	hvc_note__operation(diff, operation, &note);
	behaves = strcmp(hvc_words__text(&note), "same") != 0 &&
	          strcmp(hvc_words__text(&note), hvc_words__text(&selector)) != 0;
	hvc_words__free(&note);
	if (is_unknown(diff, operation->name)) {
		if (behaves)
			add_note(list, diff, operation, "diff-unknown");
	} else {
		if (selector.length) {
			struct hvc_draft draft = {.rule = "diff-renumbered",
			                          .about = operation->name};

			hvc_words__add(&draft.summary, "%s", hvc_words__text(&selector));
			put_witness(&draft, diff->map[HVC_SIDE_NEW], new->probe, new->imm);
			hvc_findings__add(list, &draft);
		}
		if (behaves)
			add_note(list, diff, operation, "diff-changed");
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

/* What a caller of the old side gets from the new one. */
static void add_meetings(struct hvc_findings *list, const struct hvc_diff *diff)
{
	const struct hvc_map *map = diff->map[HVC_SIDE_NEW];

	for (unsigned i = 0; i < diff->meetings; i++) {
		const struct hvc_meeting *meeting = &diff->meeting[i];
		const struct hvc_class *gets = &map->class_[meeting->class_new];
		const char *operation = diff->operation[meeting->operation].name;
		bool known = !is_unknown(diff, operation);
		struct hvc_draft draft = {
		        .rule = !known            ? "diff-unknown"
		                : meeting->silent ? "diff-silent"
		                                  : "diff-refused",
		        .about = operation,
		        .calls = meeting->calls,
		};
		char text[1024];

		/* The same operation with other results is told as such. */
		if (meeting->same || (!meeting->silent && known && diff->abi[HVC_SIDE_NEW] &&
		                      !strcmp(meeting->rule_new, operation)))
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
	struct hvc_words name[HVC_SIDE_COUNT] = {{0}};
	struct hvc_findings *list;

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_identity__add(&name[side], diff->map[side]->subject);
	list = hvc_findings__new("diff", hvc_words__text(&name[HVC_SIDE_NEW]),
	                         hvc_words__text(&name[HVC_SIDE_OLD]));
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
		list->failed = list->failed || name[0].failed || name[1].failed;
		put_account(list, diff);
		add_untried(list, diff);
	}
	hvc_findings__cases(list);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_words__free(&name[side]);
	return hvc_findings__end(list, diag, out);
}
