/* SPDX-License-Identifier: MIT */
/* Findings of a comparison of specifications. */
#include <string.h>

#include "report/new_finding.h"
#include "report/note.h"

/* The words that opened the two ABIs, and the files that they name, if any. */
struct sides {
	const struct hvc_abi_diff *diff;
	const char *const *word;
	const char *file[HVC_SIDE_COUNT];
};

/* Where to look: the rule on the new side, or where there is none the old side's. */
static void put_place(struct hvc_new_finding *draft, const struct sides *sides,
                      const struct hvc_rule *const rule[HVC_SIDE_COUNT])
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		if (!sides->file[side] || !rule[side])
			continue;
		draft->file = sides->file[side];
		draft->line = rule[side]->line;
		draft->column = rule[side]->column;
	}
}

/* What is told of two widths are no calls of either. */
static void put_call(struct hvc_new_finding *draft, const struct sides *sides, enum hvc_side side,
                     unsigned world, const struct hvc_call *call)
{
	hvc_words__witness(&draft->call, call);
	if (!sides->diff->widths)
		hvc_new_finding__run(draft, sides->diff->abi, sides->word,
		                     &hvc_abi_world_at(sides->diff->abi[side], world)->world, call,
		                     false);
}

static void add(struct hvc_findings *list, const struct sides *sides,
                const struct hvc_abi_operation *operation, const char *id,
                const struct hvc_words *key, const char *summary)
{
	const struct hvc_rule *const rule[HVC_SIDE_COUNT] = {operation->use[HVC_SIDE_OLD].rule,
	                                                     operation->use[HVC_SIDE_NEW].rule};
	enum hvc_side side = rule[HVC_SIDE_NEW] ? HVC_SIDE_NEW : HVC_SIDE_OLD;
	const struct hvc_abi_use *use = &operation->use[side];
	struct hvc_new_finding draft = {.rule = id, .about = operation->name};

	put_place(&draft, sides, rule);
	hvc_words__add(&draft.key, "%s", key ? hvc_words__text(key) : "");
	hvc_words__add(&draft.summary, "%s", summary);
	put_call(&draft, sides, side, use->world, &use->witness);
	hvc_findings__add(list, &draft);
}

/* Registers that calls of one side may change, and those of the other may not. */
static void add_registers(struct hvc_findings *list, const struct sides *sides,
                          const struct hvc_abi_operation *operation, const struct hvc_regset *set,
                          const char *id, const char *verb)
{
	struct hvc_words key = {0}, summary = {0};

	if (hvc_regset_empty(set))
		return;
	hvc_words__ranges(&key, set);
	hvc_words__add(&summary, "%s %s", verb, hvc_words__text(&key));
	add(list, sides, operation, id, &key, hvc_words__text(&summary));
	hvc_words__free(&key);
	hvc_words__free(&summary);
}

static void add_both(struct hvc_findings *list, const struct sides *sides,
                     const struct hvc_abi_operation *operation)
{
	const struct hvc_rule *old = operation->use[HVC_SIDE_OLD].rule;
	const struct hvc_rule *new = operation->use[HVC_SIDE_NEW].rule;
	struct hvc_regset kept = {{old->clobbers.bits[0] & ~new->clobbers.bits[0],
	                           old->clobbers.bits[1] & ~new->clobbers.bits[1]}};
	struct hvc_words note = {0}, how = {0};
	const char *rest, *id;

	/* A result is no register that is kept. */
	for (unsigned i = 0; i < new->results; i++)
		hvc_regset_remove(&kept, new->result[i].reg);
	hvc_abi_note__operation(operation, &note);
	list->failed = list->failed || note.failed;
	/* How it is asked for comes first, and the rest behind it. */
	rest = hvc_words__text(&note);
	if (operation->moved) {
		id = hvc_abi_note__selector(operation, &how) ? "diff-renumbered" : "diff-moved";
		list->failed = list->failed || how.failed;
		rest += how.length;
		rest += strspn(rest, "; ");
		add(list, sides, operation, id, NULL, hvc_words__text(&how));
	}
	if (operation->changed)
		add(list, sides, operation, "diff-changed", NULL, *rest ? rest : "another promise");
	hvc_words__free(&how);
	hvc_words__free(&note);
	if (sides->diff->widths)
		return;
	add_registers(list, sides, operation, &operation->clobbers, "diff-clobbers",
	              "may now change");
	add_registers(list, sides, operation, &kept, "diff-preserves", "now keeps");
}

static void add_operations(struct hvc_findings *list, const struct sides *sides)
{
	for (unsigned i = 0; i < sides->diff->operations; i++) {
		const struct hvc_abi_operation *operation = &sides->diff->operation[i];
		const struct hvc_abi_use *use = operation->use;

		if (operation->unknown)
			continue;
		if (use[HVC_SIDE_OLD].rule && use[HVC_SIDE_NEW].rule)
			add_both(list, sides, operation);
		else if (use[HVC_SIDE_OLD].rule)
			add(list, sides, operation, "diff-removed", NULL,
			    sides->diff->widths ? "64 bits alone" : "removed");
		else
			add(list, sides, operation, "diff-added", NULL,
			    sides->diff->widths ? "32 bits alone" : "added");
	}
}

/* The finding rule of a migration; NULL: there is nothing to find, or it is told of the operation.
 */
static const char *rule_of(const struct hvc_abi_migration *migration)
{
	if (migration->kind == HVC_ABI_MIGRATION_SAME)
		return NULL;
	if (migration->rule[HVC_SIDE_OLD]->role == HVC_ROLE_UNKNOWN)
		return "diff-unknown";
	switch (migration->kind) {
	case HVC_ABI_MIGRATION_SILENT:
		return "diff-silent";
	case HVC_ABI_MIGRATION_NO_PROMISE:
		return "diff-no-promise";
	case HVC_ABI_MIGRATION_REFUSED:
		return "diff-refused";
	case HVC_ABI_MIGRATION_RENAMED:
		return "diff-renamed";
	case HVC_ABI_MIGRATION_CHANGED:
	case HVC_ABI_MIGRATION_SAME:
	case HVC_ABI_MIGRATION_COUNT:
		break;
	}
	return NULL;
}

static void add_meetings(struct hvc_findings *list, const struct sides *sides)
{
	for (unsigned i = 0; i < sides->diff->migrations; i++) {
		const struct hvc_abi_migration *migration = &sides->diff->migration[i];
		struct hvc_new_finding draft = {.rule = rule_of(migration),
		                                .about = migration->rule[HVC_SIDE_OLD]->name};

		if (!draft.rule)
			continue;
		put_place(&draft, sides, migration->rule);
		hvc_words__add(&draft.key, "%s", migration->rule[HVC_SIDE_NEW]->name);
		hvc_words__add(&draft.summary,
		               sides->diff->widths ? "of 32 bits the call is %s: "
		                                   : "an old call is %s now: ",
		               migration->rule[HVC_SIDE_NEW]->name);
		hvc_words__promise(&draft.summary, migration->rule[HVC_SIDE_NEW]);
		put_call(&draft, sides, HVC_SIDE_NEW, migration->overlap->world[HVC_SIDE_NEW],
		         &migration->overlap->witness);
		hvc_findings__add(list, &draft);
	}
}

enum hvc_status hvc_findings__of_abi_diff(const struct hvc_abi_diff *diff,
                                          const char *const abi[HVC_SIDE_COUNT],
                                          struct hvc_diag *diag, struct hvc_findings **out)
{
	const struct sides sides = {
	        diff,
	        abi,
	        {hvc_identity__abi_file(abi[HVC_SIDE_OLD]),
	         hvc_identity__abi_file(abi[HVC_SIDE_NEW])},
	};
	struct hvc_findings *list = hvc_findings__new("diff", hvc_abi_name(diff->abi[HVC_SIDE_NEW]),
	                                              hvc_abi_name(diff->abi[HVC_SIDE_OLD]));

	if (list) {
		struct hvc_new_finding draft = {.rule = "diff-differs"};
		struct hvc_words title = {0};

		hvc_words__add(&title, "from %s to %s", hvc_abi_name(diff->abi[HVC_SIDE_OLD]),
		               hvc_abi_name(diff->abi[HVC_SIDE_NEW]));
		hvc_findings__take(list, &list->title, &title);
		add_operations(list, &sides);
		add_meetings(list, &sides);
		hvc_words__add(&draft.summary, "the promises differ in detail");
		if (!diff->equal && !list->count)
			hvc_findings__add(list, &draft);
		hvc_words__free(&draft.summary);
	}
	hvc_findings__tally(list, strcmp(hvc_abi_name(diff->abi[HVC_SIDE_OLD]),
	                                 hvc_abi_name(diff->abi[HVC_SIDE_NEW]))
	                                  ? "the same for every call"
	                                  : "the same for every call: both sides are the same ABI");
	hvc_findings__cases(list);
	return hvc_findings__end(list, diag, out);
}
