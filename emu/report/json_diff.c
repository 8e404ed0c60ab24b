/* SPDX-License-Identifier: MIT */
/* JSON of a diff. */
#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/json_class.h"
#include "report/new_finding.h"
#include "report/note.h"

static const char *const sides[] = {
        [HVC_SIDE_OLD] = "old",
        [HVC_SIDE_NEW] = "new",
};

static void add_summary(struct hvc_json *json, const struct hvc_diff *diff)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_json__object(json, sides[side]);
		hvc_json__put(json, "subject abi saved behaviours }", diff->name[side],
		              diff->abi[side] ? hvc_abi_name(diff->abi[side]) : NULL,
		              diff->saved[side], diff->rows[side]);
	}
	hvc_json__put(json, "equal complete apart[", diff->equal, (bool)(diff->gaps == 0));
	for (unsigned i = 0; i < HVC_DIFF_APARTS && diff->apart[i]; i++)
		hvc_json__string(json, NULL, diff->apart[i]);
	hvc_json__close(json);
	hvc_json__callers(json, diff->callers);
	hvc_json__gaps(json, diff->gap, diff->gaps);
}

static const char *const commands[] = {
        [HVC_SIDE_OLD] = "old_command",
        [HVC_SIDE_NEW] = "new_command",
};

static void add_witness(struct hvc_json *json, const struct hvc_witness *witness)
{
	hvc_json__shown(json, witness, commands);
}

static void add_operations(struct hvc_json *json, const struct hvc_diff *diff)
{
	hvc_json__array(json, "operations");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_note__operation(diff, operation, &note);
		hvc_json__put(json, "{ operation note", operation->name, &note);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			const struct hvc_use *use = &operation->use[side];

			if (!use->offered) {
				hvc_json__null(json, sides[side]);
				continue;
			}
			hvc_json__object(json, sides[side]);
			hvc_json__put(json, "how does changes", use->how, use->does, &use->changes);
			add_witness(json, &use->witness);
			hvc_json__close(json);
		}
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_meetings(struct hvc_json *json, const struct hvc_diff *diff)
{
	hvc_json__array(json, "meetings");
	for (unsigned i = 0; i < diff->migrations; i++) {
		const struct hvc_migration *migration = &diff->migration[i];

		hvc_json__put(json, "{ operation rule same silent outcome gets",
		              diff->operation[migration->operation].name, migration->rule_new,
		              migration->same, migration->silent, hvc_outcome_name(migration->kind),
		              migration->does);
		add_witness(json, &migration->witness);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_fate(struct hvc_json *json, const char *operation, const struct hvc_regset *old,
                     const struct hvc_regset *new)
{
	const struct hvc_regset fate = {{old->bits[0] ^ new->bits[0], old->bits[1] ^ new->bits[1]}};

	hvc_json__put(json, "{ operation old new one_side }", operation, old, new, &fate);
}

static void add_registers(struct hvc_json *json, const struct hvc_diff *diff)
{
	hvc_json__array(json, "registers");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_use *use = diff->operation[i].use;

		if (use[HVC_SIDE_OLD].offered && use[HVC_SIDE_NEW].offered)
			add_fate(json, diff->operation[i].name, &use[HVC_SIDE_OLD].changes,
			         &use[HVC_SIDE_NEW].changes);
	}
	add_fate(json, NULL, &diff->touched[HVC_SIDE_OLD], &diff->touched[HVC_SIDE_NEW]);
	hvc_json__close(json);
}

static void add_changes(struct hvc_json *json, const struct hvc_diff *diff)
{
	hvc_json__array(json, "changes");
	for (unsigned i = 0; i < diff->changes; i++) {
		const struct hvc_change *change = &diff->change[i];

		hvc_json__object(json, NULL);
		hvc_json__callers(json, change->callers);
		hvc_json__put(json, "condition unless differs", change->when, change->unless,
		              change->what);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			hvc_json__object(json, sides[side]);
			hvc_json__put(json, "outcome level does }",
			              hvc_outcome_name(change->kind[side]),
			              hvc_level_name(change->level[side]), change->does[side]);
		}
		hvc_json__string(json, "known", "proved");
		add_witness(json, &change->witness);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

enum hvc_status hvc_diff__json(FILE *out, const void *of, const struct hvc_findings *findings,
                               struct hvc_diag *diag)
{
	const struct hvc_diff *diff = ((const struct hvc_diff_report *)of)->diff;
	struct hvc_json *json = hvc_json__new("hvcheck-diff/2");

	add_summary(json, diff);
	add_operations(json, diff);
	add_meetings(json, diff);
	add_registers(json, diff);
	add_changes(json, diff);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		if (!diff->contract[side])
			continue;
		hvc_json__object(json, side == HVC_SIDE_OLD ? "old_contract" : "new_contract");
		hvc_json__contract(json, diff->contract[side], diff->name[side]);
		hvc_json__close(json);
	}
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
