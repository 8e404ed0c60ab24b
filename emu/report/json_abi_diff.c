/* SPDX-License-Identifier: MIT */
/* JSON of a comparison of specifications. */
#include "abi/expr.h"
#include "report/json_class.h"
#include "report/new_finding.h"
#include "report/note.h"

static const char *const sides[] = {
        [HVC_SIDE_OLD] = "old",
        [HVC_SIDE_NEW] = "new",
};

static void add_results(struct hvc_json *json, const struct hvc_rule *rule)
{
	hvc_json__object(json, "results");
	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];

		hvc_json__object(json, hvc_reg_name(result->reg));
		hvc_json__string(json, result->intervals ? "among" : "value", result->text);
		hvc_json__put(json, "mask:x }", result->mask);
	}
	hvc_json__close(json);
}

static void add_promise(struct hvc_json *json, const struct hvc_rule *rule)
{
	struct hvc_words summary = {0};
	char at[256];

	hvc_words__promise(&summary, rule);
	hvc_json__put(json, "rule specified summary source unconfirmed", rule->name,
	              rule->specified, &summary, rule->source, rule->unconfirmed);
	if (!rule->specified)
		return;
	hvc_json__string(json, "outcome", hvc_outcome_name(rule->outcome));
	if (rule->has_at) {
		hvc_expr__print(&rule->at, at, sizeof(at));
		hvc_json__string(json, "at", at);
	}
	add_results(json, rule);
	hvc_json__regset(json, "clobbers", &rule->clobbers);
}

static void add_use(struct hvc_json *json, const char *key, const struct hvc_abi_use *use)
{
	if (!use->rule) {
		hvc_json__null(json, key);
		return;
	}
	hvc_json__object(json, key);
	hvc_json__string(json, "how", use->how);
	hvc_json__intervals(json, "immediates", use->rule->imm, use->rule->imms);
	hvc_json__conditions(json, use->rule->condition, use->rule->conditions);
	hvc_json__regset(json, "arguments", &use->arguments);
	add_promise(json, use->rule);
	if (use->instructions)
		hvc_json__number(json, "instructions", use->instructions);
	else
		hvc_json__null(json, "instructions");
	hvc_json__close(json);
}

static void add_operations(struct hvc_json *json, const struct hvc_abi_diff *diff)
{
	hvc_json__array(json, "operations");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_abi_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_abi_note__operation(operation, &note);
		hvc_json__put(json, "{ operation unknown note moved changed clobbers_more",
		              operation->name, operation->unknown, &note, operation->moved,
		              operation->changed, &operation->clobbers);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
			add_use(json, sides[side], &operation->use[side]);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_meetings(struct hvc_json *json, const struct hvc_abi_diff *diff)
{
	hvc_json__array(json, "meetings");
	for (unsigned i = 0; i < diff->migrations; i++) {
		const struct hvc_abi_migration *migration = &diff->migration[i];

		hvc_json__put(json, "{ kind old new{", hvc_abi_migration__name(migration->kind),
		              migration->rule[HVC_SIDE_OLD]->name);
		add_promise(json, migration->rule[HVC_SIDE_NEW]);
		hvc_json__close(json);
		hvc_json__overlap(json, diff->abi, migration->overlap);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

enum hvc_status hvc_abi_diff__json(FILE *out, const void *of, const struct hvc_findings *findings,
                                   struct hvc_diag *diag)
{
	const struct hvc_abi_diff *diff = of;
	struct hvc_json *json = hvc_json__new("hvcheck-diff-abi/1");
	struct hvc_abi_counts counts;

	hvc_abi_note__count(diff, &counts);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_json__string(json, sides[side], hvc_abi_name(diff->abi[side]));
	hvc_json__put(json, "equal widths account{ added removed moved changed same silent }",
	              diff->equal, diff->widths, counts.added, counts.removed, counts.moved,
	              counts.changed, counts.same, counts.silent);
	add_meetings(json, diff);
	add_operations(json, diff);
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
