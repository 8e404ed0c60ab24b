/* SPDX-License-Identifier: MIT */
#include "hvcheck/arch.h"
#include "report/contract_words.h"
#include "report/finding.h"
#include "report/invented.h"
#include "report/json_class.h"
#include "report/note.h"

static const char *const sides[] = {
        [HVC_SIDE_OLD] = "old",
        [HVC_SIDE_NEW] = "new",
};

static void add_summary(struct hvc_json *json, const struct hvc_diff *diff)
{
	const char *one;

	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_json__object(json, sides[side]);
		hvc_json__string(json, "subject", diff->map[side]->subject);
		if (diff->abi[side])
			hvc_json__string(json, "abi", hvc_abi_name(diff->abi[side]));
		else
			hvc_json__null(json, "abi");
		hvc_json__close(json);
	}
	hvc_json__boolean(json, "equal", diff->differing == 0 && diff->failed == 0);
	hvc_words__failed(diff->map, HVC_SIDE_COUNT, &one);
	hvc_json__failed(json, diff->failed, one);
	hvc_json__untried(json, diff->map[HVC_SIDE_NEW]->probes.untried);
	hvc_json__object(json, "account");
	hvc_json__number(json, "space", HVC_IMM_COUNT);
	hvc_json__number(json, "immediates_differing", diff->immediates_differing);
	hvc_json__number(json, "calls", diff->calls);
	hvc_json__number(json, "calls_differing", diff->differing);
	hvc_json__close(json);
}

static void add_witness(struct hvc_json *json, const struct hvc_map *map, const char *key,
                        uint32_t probe, uint16_t imm)
{
	hvc_json__witness(json, key, map->subject, &map->world, &map->probes.probe[probe], imm);
}

static void add_operations(struct hvc_json *json, const struct hvc_diff *diff)
{
	hvc_json__array(json, "operations");
	for (unsigned i = 0; i < diff->operations; i++) {
		const struct hvc_operation *operation = &diff->operation[i];
		struct hvc_words note = {0};

		hvc_note__operation(diff, operation, &note);
		hvc_json__object(json, NULL);
		hvc_json__string(json, "operation", operation->name);
		hvc_json__string(json, "note", hvc_words__text(&note));
		if (note.failed)
			hvc_json__fail(json);
		hvc_words__free(&note);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			const struct hvc_use *use = &operation->use[side];

			if (!use->offered) {
				hvc_json__null(json, sides[side]);
				continue;
			}
			hvc_json__object(json, sides[side]);
			hvc_json__string(json, "how", use->how);
			hvc_json__string(json, "does", use->does);
			hvc_json__regset(json, "changes", &use->changes);
			add_witness(json, diff->map[side], "witness", use->probe, use->imm);
			hvc_json__close(json);
		}
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_meetings(struct hvc_json *json, const struct hvc_diff *diff)
{
	const struct hvc_map *map = diff->map[HVC_SIDE_NEW];

	hvc_json__array(json, "meetings");
	for (unsigned i = 0; i < diff->meetings; i++) {
		const struct hvc_meeting *meeting = &diff->meeting[i];

		hvc_json__object(json, NULL);
		hvc_json__string(json, "operation", diff->operation[meeting->operation].name);
		hvc_json__string(json, "rule", meeting->rule_new);
		hvc_json__boolean(json, "same", meeting->same);
		hvc_json__boolean(json, "silent", meeting->silent);
		hvc_json__number(json, "calls", meeting->calls);
		hvc_json__object(json, "gets");
		hvc_json__class(json, &map->class_[meeting->class_new]);
		hvc_json__close(json);
		add_witness(json, map, "witness", meeting->probe, meeting->imm);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_fate(struct hvc_json *json, const char *operation, const struct hvc_regset *old,
                     const struct hvc_regset *new)
{
	const struct hvc_regset fate = {{old->bits[0] ^ new->bits[0], old->bits[1] ^ new->bits[1]}};

	hvc_json__object(json, NULL);
	if (operation)
		hvc_json__string(json, "operation", operation);
	else
		hvc_json__null(json, "operation");
	hvc_json__regset(json, "old", old);
	hvc_json__regset(json, "new", new);
	hvc_json__regset(json, "one_side", &fate);
	hvc_json__close(json);
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
		hvc_json__region(json, &change->where);
		for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
			const struct hvc_map *map = diff->map[side];

			hvc_json__object(json, sides[side]);
			hvc_json__class(json, &map->class_[change->class_[side]]);
			add_witness(json, map, "witness", change->where.probe,
			            (uint16_t)change->where.imm[0].lo);
			hvc_json__close(json);
		}
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

/* Only where one side is a saved map. */
static void add_untried(struct hvc_json *json, const struct hvc_diff *diff)
{
	if (!diff->saved[HVC_SIDE_OLD] && !diff->saved[HVC_SIDE_NEW])
		return;
	hvc_json__array(json, "untried");
	for (size_t i = 0; i < diff->untrieds; i++) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "register", hvc_reg_name(diff->untried[i].reg));
		hvc_json__hex(json, "value", diff->untried[i].value);
		hvc_json__hex(json, "address", diff->untried[i].address);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

/* An array a side; absent where neither had to make anything up. */
static void add_invented(struct hvc_json *json, const struct hvc_diff *diff)
{
	const struct hvc_map *old = diff->map[HVC_SIDE_OLD], *new = diff->map[HVC_SIDE_NEW];

	if (!old->invented.rows && !new->invented.rows)
		return;
	hvc_json__object(json, "invented");
	hvc_invented__json(json, "old", &old->world, &old->invented);
	hvc_invented__json(json, "new", &new->world, &new->invented);
	hvc_json__close(json);
}

enum hvc_status hvc_diff_json(FILE *out, const struct hvc_diff *diff,
                              const struct hvc_findings *findings, struct hvc_diag *diag)
{
	struct hvc_json *json = hvc_json__new("hvcheck-diff/1");

	add_summary(json, diff);
	add_untried(json, diff);
	add_invented(json, diff);
	add_operations(json, diff);
	add_meetings(json, diff);
	add_registers(json, diff);
	add_changes(json, diff);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		if (!diff->contract[side])
			continue;
		hvc_json__object(json, side == HVC_SIDE_OLD ? "old_contract" : "new_contract");
		hvc_json__contract(json, diff->contract[side], diff->map[side]->subject);
		hvc_json__close(json);
	}
	hvc_json__findings(json, findings);
	return hvc_json__print(json, out, diag);
}
