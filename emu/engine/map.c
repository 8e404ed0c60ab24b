/* SPDX-License-Identifier: MIT */
#include "hvcheck/map.h"

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"

/* The account must close: every probe's runs tile 0..65,535. */
static bool is_closed(const struct hvc_map *map)
{
	uint32_t probe = 0, next = 0;

	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];

		if (run->probe != probe || run->lo != next || run->hi < run->lo ||
		    run->class_ >= map->classes)
			return false;
		next = run->hi + 1u;
		if (next == HVC_IMM_COUNT) {
			next = 0;
			probe++;
		}
	}
	return next == 0 && probe == map->probes.count;
}

/* Probes, world and registers of the map; a machine is opened to learn what the CPU has. */
static enum hvc_status begin(const struct hvc_map_config *config, struct hvc_diag *diag,
                             struct hvc_map *map)
{
	struct hvc_machine *machine;
	size_t size = (config->probes->count + 1) * sizeof *map->probes.probe;

	map->subject = strdup(hvc_subject_name(config->subject));
	map->probes.probe = malloc(size);
	if (!map->subject || !map->probes.probe)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (config->probes->count)
		memcpy(map->probes.probe, config->probes->probe,
		       config->probes->count * sizeof *map->probes.probe);
	map->probes.count = config->probes->count;
	map->probes.untried = config->probes->untried;
	if (config->world)
		map->world = *config->world;
	else
		hvc_world_init(&map->world, HVC_CPU_A72);
	HVC_TRY(hvc_jobs__machine(config, NULL, diag, &machine));
	map->entry = *hvc_machine_entry(machine);
	map->present = *hvc_machine_present(machine);
	hvc_machine_close(machine);
	return HVC_OK;
}

/* Whoever met it first: the same one for every number of jobs. */
static const struct hvc_lost_call *first_of(const struct hvc_lost *lost)
{
	const struct hvc_lost_call *first = &lost->call[0];

	for (unsigned i = 1; i < lost->calls; i++) {
		const struct hvc_lost_call *call = &lost->call[i];

		if (call->imm < first->imm ||
		    (call->imm == first->imm && call->probe < first->probe))
			first = call;
	}
	return first;
}

void hvc_map__count_failed(struct hvc_map *map)
{
	struct hvc_lost_call lost = {0};

	map->failed = 0;
	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];
		const struct hvc_class *class_ = &map->class_[run->class_];

		if (class_->kind != HVC_OUTCOME_FAILED)
			continue;
		if (!map->failed)
			lost = (struct hvc_lost_call){
			        .probe = run->probe, .imm = run->lo, .address = class_->pc.value};
		map->failed += run->hi - run->lo + 1u;
	}
	if (map->failed)
		hvc_lost__print(&lost, &map->probes, map->failure, sizeof map->failure);
}

struct weight {
	unsigned class_;
	uint64_t calls;
};

static int by_weight(const void *a, const void *b)
{
	const struct weight *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return (x->class_ > y->class_) - (x->class_ < y->class_);
}

/* Do two classes say the same of one call? */
static bool say_the_same(const struct hvc_map *map, const struct hvc_masks *masks,
                         const struct hvc_class *a, const struct hvc_class *b,
                         const struct hvc_call *call)
{
	struct hvc_outcome x, y;

	hvc_class_apply(a, &map->entry, call, &x);
	hvc_class_apply(b, &map->entry, call, &y);
	if (x.kind != y.kind || x.level != y.level || x.pc != y.pc || x.esr != y.esr ||
	    x.far != y.far || x.stores != y.stores || x.untracked != y.untracked ||
	    !hvc_others_same(&x.others, &y.others))
		return false;
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		if ((x.state.v[i] ^ y.state.v[i]) & masks->v[i])
			return false;
	for (unsigned i = 0; i < x.stores && i < HVC_STORE_MAX; i++)
		if (x.store[i].address != y.store[i].address ||
		    x.store[i].value != y.store[i].value || x.store[i].size != y.store[i].size)
			return false;
	return true;
}

/*
 * 0 is a constant, and it is also the immediate of HVC #0: a single immediate of which its
 * neighbours' class says the same is no class of its own. The runs are sorted by probe, lo.
 */
static void absorb(const struct hvc_map *map, struct hvc_partial *partial)
{
	struct hvc_masks masks;

	hvc_class__masks(&map->present, &masks);
	for (size_t i = 0; i < partial->runs; i++) {
		struct hvc_run *run = &partial->run[i];
		struct hvc_call call = map->probes.probe[run->probe].call;

		call.imm = run->lo;
		for (int side = 1; run->lo == run->hi && side >= -1; side -= 2) {
			const struct hvc_run *other = run + side;

			if ((side < 0 ? i == 0 : i + 1 == partial->runs) ||
			    other->probe != run->probe || other->class_ == run->class_ ||
			    other->hi == other->lo ||
			    !say_the_same(map, &masks, &partial->class_[run->class_],
			                  &partial->class_[other->class_], &call))
				continue;
			run->class_ = other->class_;
			break;
		}
	}
}

/* Join neighbours; the runs are sorted by probe, lo. */
static void join(struct hvc_partial *partial)
{
	size_t kept = 0;

	for (size_t i = 0; i < partial->runs; i++) {
		struct hvc_run *run = &partial->run[i];
		struct hvc_run *last = kept ? &partial->run[kept - 1] : NULL;

		if (last && last->probe == run->probe && last->class_ == run->class_ &&
		    last->hi + 1u == run->lo)
			last->hi = run->hi;
		else
			partial->run[kept++] = *run;
	}
	partial->runs = kept;
}

/* Most calls first; classes without calls go. */
static bool order(struct hvc_partial *partial)
{
	struct weight *weight = calloc(partial->classes + 1, sizeof *weight);
	unsigned *index = calloc(partial->classes + 1, sizeof *index);
	struct hvc_class *class_ = calloc(partial->classes + 1, sizeof *class_);
	bool ok = weight && index && class_;
	unsigned kept = 0;

	for (unsigned i = 0; ok && i < partial->classes; i++)
		weight[i] = (struct weight){i, 0};
	for (size_t i = 0; ok && i < partial->runs; i++)
		weight[partial->run[i].class_].calls +=
		        partial->run[i].hi - partial->run[i].lo + 1u;
	if (ok)
		qsort(weight, partial->classes, sizeof *weight, by_weight);
	for (unsigned i = 0; ok && i < partial->classes; i++) {
		struct hvc_class *from = &partial->class_[weight[i].class_];

		if (weight[i].calls == 0) {
			hvc_class__free(from);
			continue;
		}
		index[weight[i].class_] = kept;
		class_[kept] = *from;
		class_[kept++].calls = weight[i].calls;
	}
	for (size_t i = 0; ok && i < partial->runs; i++)
		partial->run[i].class_ = index[partial->run[i].class_];
	free(weight);
	free(index);
	if (!ok) {
		free(class_);
		return false;
	}
	free(partial->class_);
	partial->class_ = class_;
	partial->classes = kept;
	return true;
}

static enum hvc_status sweep(const struct hvc_map_config *config, struct hvc_diag *diag,
                             struct hvc_map *map)
{
	struct hvc_partial partial = {0};
	struct hvc_lost lost = {0};
	enum hvc_status status = hvc_jobs__run(config, diag, &partial, &lost);

	hvc_region__sort_plain(partial.run, partial.runs);
	absorb(map, &partial);
	join(&partial);
	if (status == HVC_OK && !order(&partial))
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (status != HVC_OK) {
		hvc_partial__clear(&partial);
		return status;
	}
	map->class_ = partial.class_;
	map->classes = partial.classes;
	map->run = partial.run;
	map->runs = partial.runs;
	map->invented = partial.invented;
	hvc_invented_sort(&map->invented);
	free(partial.bucket);
	if (!is_closed(map))
		return hvc_diag_set(diag, HVC_E_ENGINE, map->subject, 0, 0,
		                    "the account does not close: not every call was classified");
	hvc_map__count_failed(map);
	hvc_subject_name_invented(config->subject, &map->invented);
	if (!hvc_map__doubt(map))
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (lost.calls)
		hvc_lost__print(first_of(&lost), &map->probes, map->failure, sizeof map->failure);
	return HVC_OK;
}

enum hvc_status hvc_map_make(const struct hvc_map_config *config, struct hvc_diag *diag,
                             struct hvc_map **out)
{
	struct hvc_map *map = calloc(1, sizeof *map);
	enum hvc_status status;

	if (!map)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = begin(config, diag, map);
	if (status == HVC_OK)
		status = sweep(config, diag, map);
	if (status != HVC_OK) {
		hvc_map_free(map);
		return status;
	}
	*out = map;
	return HVC_OK;
}

void hvc_map_free(struct hvc_map *map)
{
	if (!map)
		return;
	for (unsigned i = 0; i < map->classes; i++)
		hvc_class__free(&map->class_[i]);
	free(map->class_);
	free(map->run);
	hvc_probes_free(&map->probes);
	hvc_invented_free(&map->invented);
	free(map->subject);
	free(map);
}

static int by_place(const void *key, const void *element)
{
	const struct hvc_run *k = key, *run = element;

	if (k->probe != run->probe)
		return k->probe < run->probe ? -1 : 1;
	return k->lo < run->lo ? -1 : k->lo > run->hi;
}

unsigned hvc_map_class_of(const struct hvc_map *map, unsigned probe, uint16_t imm)
{
	struct hvc_run key = {.probe = probe, .lo = imm};
	const struct hvc_run *run = bsearch(&key, map->run, map->runs, sizeof key, by_place);

	return run->class_; /* the account is closed: there is one */
}

void hvc_map_call(const struct hvc_map *map, unsigned probe, uint16_t imm, struct hvc_call *call)
{
	*call = map->probes.probe[probe].call;
	call->imm = imm;
}

enum hvc_status hvc_map_regions(const struct hvc_map *map, struct hvc_regions *out)
{
	struct hvc_run *run = malloc((map->runs + 1) * sizeof *run);
	enum hvc_status status;

	if (!run)
		return HVC_E_NOMEM;
	memcpy(run, map->run, map->runs * sizeof *run);
	status = hvc_region__make(&map->probes, run, map->runs, out);
	free(run);
	return status;
}
