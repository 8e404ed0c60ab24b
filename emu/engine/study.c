/* SPDX-License-Identifier: MIT */
#include "engine/study.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLES      262144u /* calls made again, in each of two rounds */
#define SAMPLES_EACH 8u      /* of one class at most */
#define SELECTS_MAX  64u     /* classes of one way that are told apart by their selects */

/* A call of a class, and the name of its way. */
struct sample {
	unsigned class_;
	uint32_t probe;
	uint16_t imm;
	uint64_t name;
};

struct samples {
	const struct hvc_map *map;
	struct hvc_path *path;
	struct sample *sample;
	unsigned count, at;
};

static bool pick_samples(struct samples *samples)
{
	const struct hvc_map *map = samples->map;
	unsigned each = map->classes ? SAMPLES / map->classes : 1;
	unsigned *taken = calloc(map->classes + 1, sizeof *taken);

	each = each > SAMPLES_EACH ? SAMPLES_EACH : each < 1 ? 1 : each;
	samples->sample = calloc((size_t)map->classes * each + 1, sizeof *samples->sample);
	if (!taken || !samples->sample) {
		free(taken);
		return false;
	}
	for (size_t i = 0; i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];

		for (unsigned imm = run->lo; imm <= run->hi && taken[run->class_] < each;) {
			samples->sample[samples->count++] =
			        (struct sample){run->class_, run->probe, (uint16_t)imm, 0};
			taken[run->class_]++;
			imm = imm == run->hi ? run->hi + 1u : run->hi;
		}
	}
	free(taken);
	return true;
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct samples *samples = ctx;
	const struct sample *sample = &samples->sample[samples->at];

	if (samples->at == samples->count)
		return false;
	hvc_map_call(samples->map, sample->probe, sample->imm, call);
	hvc_path__begin(samples->path);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct samples *samples = ctx;

	(void)call;
	(void)outcome;
	samples->sample[samples->at++].name = hvc_path__name(samples->path);
	return true;
}

static enum hvc_status no_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/* Two rounds of all samples: learn, name. */
static enum hvc_status run_samples(const struct hvc_map_config *config, struct samples *samples,
                                   struct hvc_diag *diag)
{
	const struct hvc_watch watch = {NULL, hvc_path__block, samples->path};
	const struct hvc_feed feed = {next, done, samples};
	struct hvc_machine *machine;
	enum hvc_status status;

	HVC_TRY(hvc_jobs__machine(config, &watch, diag, &machine));
	status = hvc_machine_run(machine, &feed, diag);
	samples->at = 0;
	if (status == HVC_OK && !hvc_path__settle(samples->path))
		status = no_memory(diag);
	if (status == HVC_OK)
		status = hvc_machine_run(machine, &feed, diag);
	hvc_machine_close(machine);
	return status;
}

/* What must be the same for two classes to be one kind. */
struct key {
	enum hvc_outcome_kind outcome;
	enum hvc_level level;
	uint64_t esr;    /* of a fault: what kind of exception */
	uint64_t way;    /* of all its samples */
	uint64_t select; /* which way its conditional selects go */
	unsigned class_;
};

static int by_way(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->outcome != y->outcome)
		return x->outcome < y->outcome ? -1 : 1;
	if (x->level != y->level)
		return x->level < y->level ? -1 : 1;
	if (x->esr != y->esr)
		return x->esr < y->esr ? -1 : 1;
	if (x->way != y->way)
		return x->way < y->way ? -1 : 1;
	return 0;
}

static int by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = by_way(a, b);

	if (order)
		return order;
	if (x->select != y->select)
		return x->select < y->select ? -1 : 1;
	return (x->class_ > y->class_) - (x->class_ < y->class_);
}

static int by_name(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	if (x->class_ != y->class_)
		return x->class_ < y->class_ ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

static uint64_t fold(uint64_t hash, uint64_t word)
{
	return (hash ^ word ^ word >> 32) * UINT64_C(0x100000001b3);
}

/* The way of a class is the set of its samples' ways. */
static void name_classes(struct samples *samples, struct key *key)
{
	const struct hvc_map *map = samples->map;

	for (unsigned i = 0; i < map->classes; i++)
		key[i] = (struct key){.outcome = map->class_[i].kind,
		                      .level = map->class_[i].level,
		                      .esr = map->class_[i].esr,
		                      .class_ = i};
	qsort(samples->sample, samples->count, sizeof *samples->sample, by_name);
	for (unsigned i = 0; i < samples->count; i++) {
		const struct sample *sample = &samples->sample[i];

		if (i == 0 || by_name(sample, sample - 1) != 0)
			key[sample->class_].way = fold(key[sample->class_].way, sample->name);
	}
}

static uint64_t selects_of(const struct hvc_watched *watched)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < watched->steps; i++) {
		const struct hvc_watched_step *step = &watched->step[i];

		if (!step->looped && hvc_watched__is_select(step->word))
			hash = fold(hash, step->pc * 2 + hvc_watched__selects(step));
	}
	return hash;
}

/* A sample of a class; the samples are sorted by class. */
static const struct sample *sample_of(const struct samples *samples, unsigned class_)
{
	unsigned lo = 0, hi = samples->count;

	while (lo < hi) {
		unsigned middle = lo + (hi - lo) / 2;

		if (samples->sample[middle].class_ < class_)
			lo = middle + 1;
		else
			hi = middle;
	}
	return &samples->sample[lo];
}

/* Where a few classes share a way, look at what they select. key is sorted by way. */
static enum hvc_status find_selects(const struct hvc_map_config *config,
                                    const struct samples *samples, struct key *key,
                                    struct hvc_diag *diag)
{
	struct hvc_watched watched = {.path = samples->path};
	const struct hvc_watch watch = {hvc_watched__trace, hvc_watched__block, &watched};
	struct hvc_machine *machine;
	unsigned classes = samples->map->classes, end;
	enum hvc_status status;

	HVC_TRY(hvc_jobs__machine(config, &watch, diag, &machine));
	status = HVC_OK;
	for (unsigned i = 0; status == HVC_OK && i < classes; i = end) {
		for (end = i + 1; end < classes && by_way(&key[i], &key[end]) == 0;)
			end++;
		for (unsigned k = i; end - i > 1 && end - i <= SELECTS_MAX && k < end; k++) {
			const struct sample *sample = sample_of(samples, key[k].class_);
			struct hvc_outcome outcome;
			struct hvc_call call;

			hvc_map_call(samples->map, sample->probe, sample->imm, &call);
			hvc_watched__begin(&watched);
			status = hvc_machine_reset(machine, diag);
			if (status == HVC_OK)
				status = hvc_machine_call(machine, &call, diag, &outcome);
			if (status == HVC_OK && watched.failed)
				status = no_memory(diag);
			if (status != HVC_OK)
				break;
			key[k].select = selects_of(&watched);
		}
	}
	hvc_watched__free(&watched);
	hvc_machine_close(machine);
	return status;
}

static int by_calls(const void *a, const void *b)
{
	const struct hvc_kind *x = a, *y = b;

	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

/* Kinds of sorted keys, put in order. */
static bool make_kinds(const struct hvc_map *map, const struct key *key, struct hvc_study *study)
{
	unsigned *index = calloc(map->classes + 1, sizeof *index);

	study->kind = calloc(map->classes + 1, sizeof *study->kind);
	study->kind_of = calloc(map->classes + 1, sizeof *study->kind_of);
	if (!index || !study->kind || !study->kind_of) {
		free(index);
		return false;
	}
	for (unsigned i = 0; i < map->classes; i++) {
		struct hvc_kind *kind;

		if (i == 0 || by_way(&key[i - 1], &key[i]) || key[i - 1].select != key[i].select)
			study->kind[study->kinds++] = (struct hvc_kind){key[i].class_, 0, 0};
		kind = &study->kind[study->kinds - 1];
		kind->classes++;
		kind->calls += map->class_[key[i].class_].calls;
		study->kind_of[key[i].class_] = kind->first;
	}
	qsort(study->kind, study->kinds, sizeof *study->kind, by_calls);
	for (unsigned i = 0; i < study->kinds; i++)
		index[study->kind[i].first] = i;
	for (unsigned i = 0; i < map->classes; i++)
		study->kind_of[i] = index[study->kind_of[i]];
	free(index);
	return true;
}

static enum hvc_status find_kinds(const struct hvc_map_config *config, struct samples *samples,
                                  struct hvc_study *study, struct hvc_diag *diag)
{
	struct key *key = calloc(samples->map->classes + 1, sizeof *key);
	enum hvc_status status;

	if (!key || !pick_samples(samples)) {
		free(key);
		return no_memory(diag);
	}
	status = run_samples(config, samples, diag);
	if (status == HVC_OK) {
		name_classes(samples, key);
		qsort(key, samples->map->classes, sizeof *key, by_key);
		status = find_selects(config, samples, key, diag);
	}
	if (status == HVC_OK) {
		qsort(key, samples->map->classes, sizeof *key, by_key);
		if (!make_kinds(samples->map, key, study))
			status = no_memory(diag);
	}
	free(key);
	return status;
}

enum hvc_status hvc_map_study(const struct hvc_map_config *config, struct hvc_map *map,
                              struct hvc_diag *diag)
{
	struct samples samples = {.map = map};
	struct hvc_study *study;
	enum hvc_status status;

	/* It would make the calls again that the engine dies of. */
	if (map->failed)
		return HVC_OK;
	study = calloc(1, sizeof *study);
	samples.path = hvc_path__new(hvc_subject_image(config->subject));
	if (!study || !samples.path)
		status = no_memory(diag);
	else
		status = find_kinds(config, &samples, study, diag);
	if (status == HVC_OK)
		status = hvc_boundary__find(config, map, samples.path, study, diag);
	hvc_path__free(samples.path);
	free(samples.sample);
	if (status != HVC_OK) {
		hvc_study__free(study);
		return status;
	}
	hvc_study__free(map->study);
	map->study = study;
	return HVC_OK;
}

void hvc_study__free(struct hvc_study *study)
{
	if (!study)
		return;
	free(study->kind);
	free(study->kind_of);
	free(study->boundary);
	free(study);
}

unsigned hvc_map_kind_of(const struct hvc_map *map, unsigned class_)
{
	return map->study ? map->study->kind_of[class_] : class_;
}

enum hvc_status hvc_map_kind_regions(const struct hvc_map *map, struct hvc_regions *out)
{
	struct hvc_run *run = malloc((map->runs + 1) * sizeof *run);
	enum hvc_status status;

	if (!run)
		return HVC_E_NOMEM;
	for (size_t i = 0; i < map->runs; i++) {
		run[i] = map->run[i];
		run[i].class_ = hvc_map_kind_of(map, run[i].class_);
	}
	status = hvc_region__make(&map->probes, run, map->runs, out);
	free(run);
	return status;
}
