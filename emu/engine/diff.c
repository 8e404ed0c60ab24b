/* SPDX-License-Identifier: MIT */
#include "hvcheck/diff.h"

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/operation.h"
#include "engine/scene.h"
#include "engine/untried.h"
#include "hvcheck/verdict.h"

#define CONSTANTS_LIMIT 1000u

struct pair {
	unsigned old_class, new_class;
};

/* Pairs of classes that differ, and where: runs whose class_ is the index of a pair. */
struct pairs {
	struct pair *pair;
	unsigned count, capacity;
	struct hvc_partial where; /* only its runs */
	uint8_t differing[HVC_IMM_COUNT];
};

/* Effect of a class on a register; NULL when it keeps its value. */
static const struct hvc_term *effect_on(const struct hvc_class *class_, enum hvc_reg reg)
{
	for (unsigned i = 0; i < class_->effects; i++)
		if (class_->effect[i].reg == reg)
			return &class_->effect[i].value;
	return NULL;
}

/* Where inside its own code a subject hangs or faults is nothing a caller sees. */
static bool place_matters(enum hvc_outcome_kind kind)
{
	return kind != HVC_OUTCOME_SPIN && kind != HVC_OUTCOME_LIMIT && kind != HVC_OUTCOME_FAULT &&
	       kind != HVC_OUTCOME_FORWARD;
}

static bool terms_agree(const struct hvc_term *a, const struct hvc_state *a_before,
                        const struct hvc_term *b, const struct hvc_state *b_before,
                        const struct hvc_call *call, uint64_t mask)
{
	uint64_t x = hvc_term__eval(a, a_before, call), y = hvc_term__eval(b, b_before, call);

	if (a->kind == b->kind && a->reg == b->reg && a->value == b->value)
		return true;
	return ((x ^ y) & mask) == 0;
}

bool hvc_diff__agree(const struct hvc_diff *diff, const struct hvc_class *a,
                     const struct hvc_class *b, const struct hvc_call *call)
{
	struct hvc_state before[HVC_SIDE_COUNT];
	struct hvc_masks masks;

	if (a->kind != b->kind || a->level != b->level || a->stores != b->stores)
		return false;
	for (int side = 0; side < HVC_SIDE_COUNT; side++)
		hvc_entry_state(&diff->map[side]->entry, call, &before[side]);
	if (place_matters(a->kind) &&
	    !terms_agree(&a->pc, &before[0], &b->pc, &before[1], call, UINT64_MAX))
		return false;
	hvc_class__masks(&diff->map[HVC_SIDE_OLD]->present, &masks);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		struct hvc_term keep = {.kind = HVC_TERM_REG, .reg = (enum hvc_reg)i};
		const struct hvc_term *x = effect_on(a, (enum hvc_reg)i);
		const struct hvc_term *y = effect_on(b, (enum hvc_reg)i);

		if ((x || y) && !terms_agree(x ? x : &keep, &before[0], y ? y : &keep, &before[1],
		                             call, masks.v[i]))
			return false;
	}
	for (unsigned i = 0; i < a->stores && i < HVC_STORE_MAX; i++)
		if (a->store[i].size != b->store[i].size ||
		    !terms_agree(&a->store[i].address, &before[0], &b->store[i].address, &before[1],
		                 call, UINT64_MAX) ||
		    !terms_agree(&a->store[i].value, &before[0], &b->store[i].value, &before[1],
		                 call, UINT64_MAX))
			return false;
	return true;
}

static bool moves(const struct hvc_class *class_)
{
	for (unsigned i = 0; i < class_->effects; i++)
		if (hvc_term__moves(&class_->effect[i].value))
			return true;
	for (unsigned i = 0; i < class_->stores && i < HVC_STORE_MAX; i++)
		if (hvc_term__moves(&class_->store[i].address) ||
		    hvc_term__moves(&class_->store[i].value))
			return true;
	return false;
}

static bool pair_index(struct pairs *pairs, unsigned old_class, unsigned new_class, unsigned *out)
{
	for (*out = 0; *out < pairs->count; ++*out)
		if (pairs->pair[*out].old_class == old_class &&
		    pairs->pair[*out].new_class == new_class)
			return true;
	if (pairs->count == pairs->capacity) {
		unsigned capacity = pairs->capacity ? 2 * pairs->capacity : 16;
		void *grown = realloc(pairs->pair, capacity * sizeof *pairs->pair);

		if (!grown)
			return false;
		pairs->pair = grown;
		pairs->capacity = capacity;
	}
	pairs->pair[pairs->count++] = (struct pair){old_class, new_class};
	return true;
}

/* lo..hi of one probe, one class on each side. */
static bool compare_stretch(struct hvc_diff *diff, struct pairs *pairs, const struct hvc_run *a,
                            const struct hvc_run *b, unsigned lo, unsigned hi)
{
	const struct hvc_class *x = &diff->map[HVC_SIDE_OLD]->class_[a->class_];
	const struct hvc_class *y = &diff->map[HVC_SIDE_NEW]->class_[b->class_];
	bool each = moves(x) != moves(y);
	struct hvc_run run = {.probe = a->probe};
	struct hvc_call call;
	unsigned next;

	if (x->kind == HVC_OUTCOME_FAILED || y->kind == HVC_OUTCOME_FAILED) {
		diff->failed += hi - lo + 1u;
		return true;
	}
	diff->calls += hi - lo + 1u;
	for (unsigned imm = lo; imm <= hi; imm = next) {
		hvc_map_call(diff->map[HVC_SIDE_OLD], a->probe, (uint16_t)imm, &call);
		next = each ? imm + 1 : hi + 1;
		if (hvc_diff__agree(diff, x, y, &call))
			continue;
		run.lo = (uint16_t)imm;
		run.hi = (uint16_t)(next - 1);
		if (!pair_index(pairs, a->class_, b->class_, &run.class_) ||
		    !hvc_partial__add_run(&pairs->where, &run))
			return false;
		diff->differing += next - imm;
		memset(pairs->differing + imm, 1, next - imm);
	}
	return true;
}

static bool compare_maps(struct hvc_diff *diff, struct pairs *pairs)
{
	const struct hvc_map *old_map = diff->map[HVC_SIDE_OLD];
	const struct hvc_map *new_map = diff->map[HVC_SIDE_NEW];
	size_t i = 0, j = 0;

	while (i < old_map->runs && j < new_map->runs) {
		const struct hvc_run *a = &old_map->run[i], *b = &new_map->run[j];
		unsigned lo = a->lo > b->lo ? a->lo : b->lo;
		unsigned hi = a->hi < b->hi ? a->hi : b->hi;

		if (!compare_stretch(diff, pairs, a, b, lo, hi))
			return false;
		i += a->hi == hi;
		j += b->hi == hi;
	}
	return true;
}

static int by_calls(const void *a, const void *b)
{
	const struct hvc_change *x = a, *y = b;

	if (x->where.calls != y->where.calls)
		return x->where.calls > y->where.calls ? -1 : 1;
	if (x->class_[0] != y->class_[0])
		return x->class_[0] < y->class_[0] ? -1 : 1;
	if (x->class_[1] != y->class_[1])
		return x->class_[1] < y->class_[1] ? -1 : 1;
	return (x->where.imm[0].lo > y->where.imm[0].lo) -
	       (x->where.imm[0].lo < y->where.imm[0].lo);
}

static bool make_changes(struct hvc_diff *diff, struct pairs *pairs)
{
	struct hvc_regions regions;

	if (hvc_region__make(&diff->map[0]->probes, pairs->where.run, pairs->where.runs,
	                     &regions) != HVC_OK)
		return false;
	diff->change = calloc(regions.count + 1, sizeof *diff->change);
	if (!diff->change) {
		hvc_regions_free(&regions);
		return false;
	}
	for (unsigned i = 0; i < regions.count; i++) {
		const struct pair *pair = &pairs->pair[regions.region[i].class_];

		/* A region's class is the index of a pair. NOLINTNEXTLINE(*NullDereference) */
		diff->change[i].class_[HVC_SIDE_OLD] = pair->old_class;
		diff->change[i].class_[HVC_SIDE_NEW] = pair->new_class;
		diff->change[i].where = regions.region[i]; /* its arrays move too */
	}
	diff->changes = regions.count;
	free(regions.region);
	if (diff->changes)
		qsort(diff->change, diff->changes, sizeof *diff->change, by_calls);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		diff->immediates_differing += pairs->differing[imm];
	return true;
}

static void find_touched(struct hvc_diff *diff)
{
	for (int side = 0; side < HVC_SIDE_COUNT; side++)
		for (unsigned i = 0; i < diff->map[side]->classes; i++) {
			const struct hvc_class *class_ = &diff->map[side]->class_[i];

			for (unsigned k = 0; k < class_->effects; k++)
				hvc_regset_add(&diff->touched[side], class_->effect[k].reg);
		}
}

static enum hvc_status compare(struct hvc_diff *diff, struct hvc_diag *diag)
{
	struct pairs *pairs = calloc(1, sizeof *pairs);
	bool ok = pairs && compare_maps(diff, pairs) && make_changes(diff, pairs) &&
	          hvc_operation__find(diff);

	if (pairs) {
		free(pairs->pair);
		hvc_partial__clear(&pairs->where);
	}
	free(pairs);
	if (!ok)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	/* Nothing compared is never equal. */
	if (!diff->calls)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "there is no call to compare");
	find_touched(diff);
	return HVC_OK;
}

/* The same probes for both: what either code compares with, what either ABI names. */
static enum hvc_status make_probes(const struct hvc_diff_config *config, struct hvc_probes *out)
{
	const struct hvc_abi *abi[HVC_SIDE_COUNT];
	struct hvc_probe_config probe = {
	        .abi = abi, .randoms = config->randoms, .brief = config->brief};
	struct hvc_constant *part[HVC_SIDE_COUNT] = {NULL, NULL}, *all = NULL;
	size_t count[HVC_SIDE_COUNT] = {0, 0};
	enum hvc_status status = HVC_OK;

	for (int side = 0; side < HVC_SIDE_COUNT; side++) {
		if (config->abi[side])
			abi[probe.abis++] = config->abi[side];
		if (status == HVC_OK)
			status = hvc_subject_constants(config->subject[side], CONSTANTS_LIMIT,
			                               &part[side], &count[side]);
	}
	if (status == HVC_OK) {
		all = calloc(count[0] + count[1] + 1, sizeof *all);
		status = all ? HVC_OK : HVC_E_NOMEM;
	}
	if (status == HVC_OK) {
		for (int side = 0; side < HVC_SIDE_COUNT; side++)
			for (size_t i = 0; i < count[side]; i++)
				all[probe.constants++] = part[side][i];
		probe.constant = all;
		status = hvc_probes_make(&probe, out);
	}
	free(all);
	free(part[0]);
	free(part[1]);
	return status;
}

/* The calls of a saved map, or those that the subjects suggest. *made: to be freed. */
static enum hvc_status find_probes(const struct hvc_diff_config *config, struct hvc_diag *diag,
                                   struct hvc_probes *out, bool *made)
{
	enum hvc_status status;

	*made = false;
	for (int side = 0; side < HVC_SIDE_COUNT; side++)
		if (config->saved[side]) {
			*out = config->saved[side]->probes;
			return HVC_OK;
		}
	status = make_probes(config, out);
	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	*made = true;
	return HVC_OK;
}

static enum hvc_status run(const struct hvc_diff_config *config, struct hvc_diag *diag,
                           struct hvc_diff *diff)
{
	struct hvc_probes probes;
	enum hvc_status status;
	bool made;

	HVC_TRY(find_probes(config, diag, &probes, &made));
	status = HVC_OK;
	for (int side = 0; status == HVC_OK && side < HVC_SIDE_COUNT; side++) {
		struct hvc_map_config map = {
		        .subject = config->subject[side],
		        .world = config->world[side],
		        .probes = &probes,
		        .jobs = config->jobs,
		        .budget = config->budget,
		        .progress = config->progress,
		        .progress_ctx = config->progress_ctx,
		};

		diff->abi[side] = config->abi[side];
		if (config->saved[side]) {
			diff->map[side] = config->saved[side];
			diff->saved[side] = true;
			continue;
		}
		if (!made)
			status = hvc_untried__find(&map, diag, &diff->untried, &diff->untrieds);
		if (status != HVC_OK)
			break;
		status = hvc_map_make(&map, diag, &diff->map[side]);
	}
	if (made)
		hvc_probes_free(&probes);
	/* Two subjects were asked the same just now; a saved map may have been asked otherwise. */
	if (status == HVC_OK && (diff->saved[HVC_SIDE_OLD] || diff->saved[HVC_SIDE_NEW]))
		status = hvc_scene__same(diff->map[HVC_SIDE_OLD], diff->map[HVC_SIDE_NEW], diag);
	return status == HVC_OK ? compare(diff, diag) : status;
}

enum hvc_status hvc_diff_run(const struct hvc_diff_config *config, struct hvc_diag *diag,
                             struct hvc_diff **out)
{
	struct hvc_diff *diff = calloc(1, sizeof *diff);
	enum hvc_status status;

	if (!diff)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = run(config, diag, diff);
	if (status != HVC_OK) {
		hvc_diff_free(diff);
		return status;
	}
	*out = diff;
	return HVC_OK;
}

void hvc_diff_free(struct hvc_diff *diff)
{
	if (!diff)
		return;
	for (unsigned i = 0; i < diff->changes; i++)
		hvc_region__free(&diff->change[i].where);
	for (unsigned i = 0; i < diff->operations; i++) {
		free(diff->operation[i].name);
		for (int side = 0; side < HVC_SIDE_COUNT; side++) {
			free(diff->operation[i].use[side].how);
			free(diff->operation[i].use[side].does);
		}
	}
	for (unsigned i = 0; i < diff->meetings; i++)
		free(diff->meeting[i].rule_new);
	free(diff->untried);
	free(diff->change);
	free(diff->operation);
	free(diff->meeting);
	for (int side = 0; side < HVC_SIDE_COUNT; side++)
		if (!diff->saved[side])
			hvc_map_free(diff->map[side]);
	free(diff);
}
