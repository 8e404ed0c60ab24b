/* SPDX-License-Identifier: MIT */
/*
 * Rules from a map. Immediates for which all probes do alike are one group. In a group, each
 * register whose values part behaviours selects: the one that tells most of them apart goes
 * first, and what the base of the probes does is what all other values are taken to do.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/suggest.h"

#define MANY 8u /* classes of a kind that are promised one by one */

static bool find_behaviours(struct hvc_draft *draft)
{
	const struct hvc_map *map = draft->map;
	unsigned *of_kind = calloc(map->classes + 1, sizeof *of_kind); /* index + 1 */

	draft->behaviour = calloc(map->classes + 1, sizeof *draft->behaviour);
	draft->behaviour_of = calloc(map->classes + 1, sizeof *draft->behaviour_of);
	if (!of_kind || !draft->behaviour || !draft->behaviour_of) {
		free(of_kind);
		return false;
	}
	for (unsigned c = 0; c < map->classes; c++) {
		unsigned kind = hvc_map_kind_of(map, c);
		bool many = map->study && map->study->kind[kind].classes > MANY;
		struct hvc_draft_behaviour *behaviour;

		if (!many || !of_kind[kind]) {
			draft->behaviour[draft->behaviours++].class_ = c;
			of_kind[kind] = draft->behaviours;
		}
		draft->behaviour_of[c] = many ? of_kind[kind] - 1 : draft->behaviours - 1;
		behaviour = &draft->behaviour[draft->behaviour_of[c]];
		behaviour->stores |= map->class_[c].stores > 0;
		for (enum hvc_reg reg = HVC_REG_X0; many && reg < HVC_REG_COUNT; reg++)
			if (!hvc_class__same_effect(&map->class_[c],
			                            &map->class_[behaviour->class_], reg))
				hvc_regset_add(&behaviour->varies, reg);
	}
	free(of_kind);
	return true;
}

static unsigned behaviour_at(const struct hvc_draft *draft, unsigned probe, unsigned imm)
{
	return draft->behaviour_of[hvc_map_class_of(draft->map, probe, (uint16_t)imm)];
}

static struct hvc_draft_rule *add_rule(struct hvc_draft *draft)
{
	if (draft->rules == draft->room) {
		unsigned room = draft->room ? 2 * draft->room : 32;
		void *grown = realloc(draft->rule, room * sizeof *draft->rule);

		if (!grown)
			return NULL;
		draft->rule = grown;
		draft->room = room;
	}
	draft->rule[draft->rules] =
	        (struct hvc_draft_rule){.reg = HVC_REG_NONE, .aligned = HVC_REG_NONE};
	return &draft->rule[draft->rules++];
}

/* Immediates that all probes of one caller treat alike. */
struct group {
	const struct hvc_draft *draft;
	unsigned base; /* the probe that varies nothing */
	struct hvc_interval *imm;
	unsigned imms;
};

/* A value of a register, and what it leads to. */
struct point {
	uint64_t value;
	unsigned behaviour;
};

struct axis {
	enum hvc_reg reg;
	bool word;
	struct point *point;
	unsigned points;
	unsigned told; /* behaviours that it tells apart */
};

static int by_value(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Does a probe differ from the base in one register alone, or not at all? */
static bool varies_only(const struct hvc_draft *draft, unsigned base, unsigned p, enum hvc_reg reg)
{
	const struct hvc_probe *a = &draft->map->probes.probe[base];
	const struct hvc_probe *b = &draft->map->probes.probe[p];

	if (a->call.insn != b->call.insn || a->call.from != b->call.from || a->seed != b->seed)
		return false;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (n != (unsigned)reg && a->call.x[n] != b->call.x[n])
			return false;
	return true;
}

/*
 * Is it the lower half that counts? Only if values that differ in the upper half alone always
 * lead to the same, at least one of them elsewhere than the base.
 */
static bool is_word(const struct axis *axis, unsigned other)
{
	bool shown = false;

	for (unsigned i = 0; i < axis->points; i++)
		for (unsigned k = i + 1; k < axis->points; k++) {
			const struct point *a = &axis->point[i], *b = &axis->point[k];

			if ((uint32_t)a->value != (uint32_t)b->value)
				continue;
			if (a->behaviour != b->behaviour)
				return false;
			shown |= a->behaviour != other;
		}
	return shown;
}

static unsigned count_told(const struct axis *axis)
{
	unsigned told = 0;

	for (unsigned i = 0; i < axis->points; i++) {
		bool met = false;

		for (unsigned k = 0; k < i; k++)
			met |= axis->point[k].behaviour == axis->point[i].behaviour;
		told += !met;
	}
	return told;
}

static bool find_axis(const struct group *group, enum hvc_reg reg, struct axis *out)
{
	const struct hvc_probes *probes = &group->draft->map->probes;
	unsigned imm = (unsigned)group->imm[0].lo;
	unsigned other = behaviour_at(group->draft, group->base, imm), kept = 0;

	*out = (struct axis){.reg = reg};
	out->point = calloc(probes->count + 1, sizeof *out->point);
	if (!out->point)
		return false;
	for (unsigned p = 0; p < probes->count; p++)
		if (varies_only(group->draft, group->base, p, reg))
			out->point[out->points++] = (struct point){
			        probes->probe[p].call.x[reg], behaviour_at(group->draft, p, imm)};
	out->told = count_told(out);
	out->word = is_word(out, other);
	for (unsigned i = 0; out->word && i < out->points; i++)
		out->point[i].value = (uint32_t)out->point[i].value;
	qsort(out->point, out->points, sizeof *out->point, by_value);
	for (unsigned i = 0; i < out->points; i++)
		if (!kept || out->point[kept - 1].value != out->point[i].value)
			out->point[kept++] = out->point[i];
	out->points = kept;
	return true;
}

static bool copy_group(const struct group *group, struct hvc_draft_rule *rule)
{
	bool all = group->imms == 1 && group->imm[0].lo == 0 && group->imm[0].hi == UINT16_MAX;

	rule->imms = all ? 0 : group->imms;
	rule->imm = calloc(group->imms, sizeof *rule->imm);
	if (!rule->imm)
		return false;
	memcpy(rule->imm, group->imm, group->imms * sizeof *rule->imm);
	return true;
}

/* A rule for each behaviour of a register's values but the other one. */
static bool add_axis(struct hvc_draft *draft, const struct group *group, const struct axis *axis,
                     unsigned other, int priority)
{
	for (unsigned i = 0; i < axis->points; i++) {
		unsigned behaviour = axis->point[i].behaviour;
		struct hvc_draft_rule *rule;
		bool met = behaviour == other;

		for (unsigned k = 0; k < i; k++)
			met |= axis->point[k].behaviour == behaviour;
		if (met)
			continue;
		rule = add_rule(draft);
		if (!rule || !copy_group(group, rule))
			return false;
		rule->behaviour = behaviour;
		rule->priority = priority;
		rule->reg = axis->reg;
		rule->word = axis->word;
		rule->value = calloc(axis->points, sizeof *rule->value);
		if (!rule->value)
			return false;
		for (unsigned k = i; k < axis->points; k++) {
			uint64_t value = axis->point[k].value;

			if (axis->point[k].behaviour != behaviour)
				continue;
			if (k > i && axis->point[k - 1].behaviour == behaviour)
				rule->value[rule->values - 1].hi = value;
			else
				rule->value[rule->values++] = (struct hvc_interval){value, value};
		}
	}
	return true;
}

static int by_told(const void *a, const void *b)
{
	const struct axis *x = a, *y = b;

	if (x->told != y->told)
		return x->told > y->told ? -1 : 1;
	return (x->reg > y->reg) - (x->reg < y->reg);
}

/* All rules of one group; fallback: what the default rule promises. */
static bool add_group(struct hvc_draft *draft, const struct group *group, unsigned fallback)
{
	unsigned other = behaviour_at(draft, group->base, (unsigned)group->imm[0].lo), axes = 0;
	struct axis axis[HVC_GPR_COUNT];
	bool ok = true;

	for (unsigned reg = 0; ok && reg < HVC_GPR_COUNT; reg++) {
		ok = find_axis(group, (enum hvc_reg)reg, &axis[axes]);
		if (ok && axis[axes].told > 1)
			axes++;
		else if (ok)
			free(axis[axes].point);
	}
	qsort(axis, axes, sizeof *axis, by_told);
	for (unsigned i = 0; i < axes; i++) {
		ok = ok && add_axis(draft, group, &axis[i], other, (int)(axes - 1 - i));
		free(axis[i].point);
	}
	if (ok && other != fallback) {
		struct hvc_draft_rule *rule = add_rule(draft);

		ok = rule && copy_group(group, rule);
		if (ok) {
			rule->behaviour = other;
			rule->priority = axes ? -1 : 0;
		}
	}
	return ok;
}

/* An immediate, and what all probes do with it. */
struct column {
	uint64_t hash;
	uint16_t imm;
};

static int by_hash(const void *a, const void *b)
{
	const struct column *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->imm - y->imm;
}

/* Groups in order of their first immediate. */
struct start {
	unsigned first; /* column */
	uint16_t imm;
};

static int by_imm(const void *a, const void *b)
{
	const struct start *x = a, *y = b;

	return x->imm - y->imm;
}

static bool same_caller(const struct hvc_probe *a, const struct hvc_probe *b)
{
	return a->call.insn == b->call.insn && a->call.from == b->call.from;
}

static void hash_columns(const struct hvc_draft *draft, struct column *column)
{
	const struct hvc_map *map = draft->map;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		column[imm] = (struct column){0, (uint16_t)imm};
	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];
		uint64_t word = draft->behaviour_of[run->class_] + 1;

		for (unsigned imm = run->lo; imm <= run->hi; imm++)
			column[imm].hash = (column[imm].hash ^ word) * UINT64_C(0x100000001b3);
	}
	qsort(column, HVC_IMM_COUNT, sizeof *column, by_hash);
}

/* Rules of all groups; the first probe is the base of all others. */
static bool add_groups(struct hvc_draft *draft, unsigned fallback)
{
	struct column *column = calloc(HVC_IMM_COUNT, sizeof *column);
	struct start *start = calloc(HVC_IMM_COUNT, sizeof *start);
	struct hvc_interval *imm = calloc(HVC_IMM_COUNT, sizeof *imm);
	bool ok = column && start && imm;
	unsigned starts = 0;

	if (ok)
		hash_columns(draft, column);
	for (unsigned i = 0; ok && i < HVC_IMM_COUNT; i++)
		if (i == 0 || column[i].hash != column[i - 1].hash)
			start[starts++] = (struct start){i, column[i].imm};
	if (ok)
		qsort(start, starts, sizeof *start, by_imm);
	for (unsigned s = 0; ok && s < starts && draft->rules <= HVC_DRAFT_RULES; s++) {
		struct group group = {draft, 0, imm, 0};

		for (unsigned i = start[s].first;
		     i < HVC_IMM_COUNT && column[i].hash == column[start[s].first].hash; i++) {
			if (group.imms && imm[group.imms - 1].hi + 1 == column[i].imm)
				imm[group.imms - 1].hi++;
			else
				imm[group.imms++] =
				        (struct hvc_interval){column[i].imm, column[i].imm};
		}
		ok = add_group(draft, &group, fallback);
	}
	free(column);
	free(start);
	free(imm);
	return ok;
}

/* What most calls do. */
static unsigned most_common(const struct hvc_draft *draft)
{
	uint64_t *calls = calloc(draft->behaviours + 1, sizeof *calls);
	unsigned best = 0;

	for (size_t i = 0; calls && i < draft->map->runs; i++) {
		const struct hvc_run *run = &draft->map->run[i];

		calls[draft->behaviour_of[run->class_]] += run->hi - run->lo + 1u;
	}
	for (unsigned i = 1; calls && i < draft->behaviours; i++)
		if (calls[i] > calls[best])
			best = i;
	free(calls);
	return best;
}

enum hvc_status hvc_draft__make(struct hvc_draft *draft, struct hvc_diag *diag)
{
	const struct hvc_probes *probes = &draft->map->probes;
	struct hvc_draft_rule *last;
	bool ok = find_behaviours(draft);
	unsigned fallback = ok ? most_common(draft) : 0;

	for (unsigned p = 1; p < probes->count; p++)
		if (!same_caller(&probes->probe[0], &probes->probe[p]))
			return hvc_diag_set(diag, HVC_E_ARG, draft->map->subject, 0, 0,
			                    "--suggest-abi: a specification is suggested for one "
			                    "caller; --from and --insn pick it");
	ok = ok && add_groups(draft, fallback);
	last = ok ? add_rule(draft) : NULL;
	if (last) {
		last->is_default = true;
		last->behaviour = fallback;
	} else {
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	if (draft->rules > HVC_DRAFT_RULES)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, draft->map->subject, 0, 0,
		                    "--suggest-abi: more behaviours than the %u rules that a "
		                    "specification holds",
		                    HVC_DRAFT_RULES);
	return HVC_OK;
}

void hvc_draft__clear(struct hvc_draft *draft)
{
	for (unsigned i = 0; i < draft->rules; i++) {
		free(draft->rule[i].imm);
		free(draft->rule[i].value);
	}
	free(draft->rule);
	free(draft->behaviour);
	free(draft->behaviour_of);
}
