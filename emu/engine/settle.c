/* SPDX-License-Identifier: MIT */
/*
 * A value can often be explained in two ways: 0 is a constant, and it is also the immediate of
 * HVC #0. Which one was picked depends on what was seen before. So, once everything is known,
 * each call goes to the class that explains most calls altogether; a class that only explained
 * coincidences disappears.
 *
 * For one probe every effect is a constant or moves with the immediate (by 1 or by 4),
 * so two classes agree on all immediates, on none, or on exactly one. That makes the
 * reassignment exact and cheap.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/verdict.h"

#define CANDIDATES 64u /* classes that may take calls over: those that explain most */

enum agreement {
	AGREE_NEVER,
	AGREE_ONCE,
	AGREE_ALWAYS,
};

/* What is common to a probe's comparisons. */
struct scene {
	const struct hvc_state *before;
	struct hvc_call call;
	const struct hvc_masks *masks;
	enum agreement so_far;
	unsigned imm; /* with AGREE_ONCE */
};

/* Narrow the agreement by: two terms have equal values (under mask). */
static void require(struct scene *scene, const struct hvc_term *a, const struct hvc_term *b,
                    uint64_t mask)
{
	uint64_t a0, a1, b0, b1, slope_a, slope_b, gap, slope;

	if (scene->so_far == AGREE_NEVER)
		return;
	scene->call.imm = 0;
	a0 = hvc_term__eval(a, scene->before, &scene->call);
	b0 = hvc_term__eval(b, scene->before, &scene->call);
	scene->call.imm = 1;
	a1 = hvc_term__eval(a, scene->before, &scene->call);
	b1 = hvc_term__eval(b, scene->before, &scene->call);
	slope_a = a1 - a0;
	slope_b = b1 - b0;
	if (slope_a == slope_b) {
		if ((a0 ^ b0) & mask)
			scene->so_far = AGREE_NEVER;
		return;
	}
	/* a0 + slope_a * imm == b0 + slope_b * imm has at most one solution below 65,536 */
	gap = slope_a > slope_b ? b0 - a0 : a0 - b0;
	slope = slope_a > slope_b ? slope_a - slope_b : slope_b - slope_a;
	if (gap % slope || gap / slope >= HVC_IMM_COUNT ||
	    (scene->so_far == AGREE_ONCE && scene->imm != gap / slope)) {
		scene->so_far = AGREE_NEVER;
		return;
	}
	scene->so_far = AGREE_ONCE;
	scene->imm = (unsigned)(gap / slope);
}

/* Value of a register under a class: its effect, or what it was. */
static struct hvc_term after(const struct hvc_class *class_, enum hvc_reg reg, unsigned *at)
{
	while (*at < class_->effects && class_->effect[*at].reg < reg)
		++*at;
	if (*at < class_->effects && class_->effect[*at].reg == reg)
		return class_->effect[*at].value;
	return (struct hvc_term){.kind = HVC_TERM_REG, .reg = reg};
}

static void compare(struct scene *scene, const struct hvc_class *a, const struct hvc_class *b)
{
	unsigned at_a = 0, at_b = 0;

	scene->so_far = AGREE_ALWAYS;
	if (a->kind != b->kind || a->level != b->level || a->esr != b->esr ||
	    a->stores != b->stores || a->untracked != b->untracked) {
		scene->so_far = AGREE_NEVER;
		return;
	}
	require(scene, &a->pc, &b->pc, UINT64_MAX);
	require(scene, &a->far, &b->far, UINT64_MAX);
	for (unsigned i = 0; i < HVC_REG_COUNT && (at_a < a->effects || at_b < b->effects); i++) {
		struct hvc_term x = after(a, (enum hvc_reg)i, &at_a);
		struct hvc_term y = after(b, (enum hvc_reg)i, &at_b);

		require(scene, &x, &y, scene->masks->v[i]);
	}
	for (unsigned i = 0; i < a->stores && i < HVC_STORE_MAX; i++) {
		if (a->store[i].size != b->store[i].size)
			scene->so_far = AGREE_NEVER;
		require(scene, &a->store[i].address, &b->store[i].address, UINT64_MAX);
		require(scene, &a->store[i].value, &b->store[i].value, UINT64_MAX);
	}
}

static void set_scene(struct scene *scene, const struct hvc_probe *probe,
                      const struct hvc_state *entry, struct hvc_state *before)
{
	hvc_entry_state(entry, &probe->call, before);
	scene->before = before;
	scene->call = probe->call;
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

/* How many immediates lo..hi does the agreement cover? */
static uint64_t covered(const struct scene *scene, const struct hvc_run *run)
{
	if (scene->so_far == AGREE_ALWAYS)
		return run->hi - run->lo + 1u;
	return scene->so_far == AGREE_ONCE && scene->imm >= run->lo && scene->imm <= run->hi;
}

/* Every class's weight: first the calls it was given, then, for the heaviest, all it explains. */
static unsigned weigh(const struct hvc_partial *partial, const struct hvc_probes *probes,
                      const struct hvc_state *entry, struct scene *scene, struct weight *weight)
{
	unsigned candidates = partial->classes < CANDIDATES ? partial->classes : CANDIDATES;
	struct hvc_state before;

	for (unsigned i = 0; i < partial->classes; i++)
		weight[i] = (struct weight){i, 0};
	for (size_t i = 0; i < partial->runs; i++)
		weight[partial->run[i].class_].calls +=
		        partial->run[i].hi - partial->run[i].lo + 1u;
	qsort(weight, partial->classes, sizeof *weight, by_weight);
	for (unsigned c = 0; c < candidates; c++)
		weight[c].calls = 0;
	for (size_t i = 0; i < partial->runs; i++) {
		const struct hvc_run *run = &partial->run[i];

		if (i == 0 || run->probe != run[-1].probe)
			set_scene(scene, &probes->probe[run->probe], entry, &before);
		for (unsigned c = 0; c < candidates; c++) {
			compare(scene, &partial->class_[run->class_],
			        &partial->class_[weight[c].class_]);
			weight[c].calls += covered(scene, run);
		}
	}
	scene->before = NULL; /* it was this function's own */
	qsort(weight, candidates, sizeof *weight, by_weight);
	return candidates;
}

/* Hand a run over, whole or but one immediate; *rest are what stays to be decided. */
static bool reassign(const struct hvc_partial *old, const struct weight *weight,
                     unsigned candidates, unsigned from, struct scene *scene,
                     const struct hvc_run *run, struct hvc_partial *out)
{
	for (unsigned c = from; c < candidates && weight[c].class_ != run->class_; c++) {
		struct hvc_run part = *run;

		compare(scene, &old->class_[run->class_], &old->class_[weight[c].class_]);
		if (covered(scene, run) == 0)
			continue;
		if (scene->so_far == AGREE_ALWAYS) {
			part.class_ = weight[c].class_;
			return hvc_partial__add_run(out, &part);
		}
		part.lo = part.hi = (uint16_t)scene->imm;
		part.class_ = weight[c].class_;
		if (part.lo > run->lo) {
			struct hvc_run left = {run->probe, run->class_, run->lo,
			                       (uint16_t)(part.lo - 1)};

			if (!reassign(old, weight, candidates, c + 1, scene, &left, out))
				return false;
		}
		if (!hvc_partial__add_run(out, &part))
			return false;
		if (part.hi < run->hi) {
			struct hvc_run right = {run->probe, run->class_, (uint16_t)(part.hi + 1),
			                        run->hi};

			return reassign(old, weight, candidates, c + 1, scene, &right, out);
		}
		return true;
	}
	return hvc_partial__add_run(out, run);
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

bool hvc_settle__classes(struct hvc_partial *partial, const struct hvc_probes *probes,
                         const struct hvc_state *entry, const struct hvc_masks *masks)
{
	struct weight *weight = calloc(partial->classes + 1, sizeof *weight);
	struct scene scene = {.masks = masks};
	struct hvc_partial out = {0};
	struct hvc_state before;
	unsigned candidates;
	bool ok = weight != NULL;

	hvc_region__sort_plain(partial->run, partial->runs);
	if (ok)
		candidates = weigh(partial, probes, entry, &scene, weight);
	for (size_t i = 0; ok && i < partial->runs; i++) {
		const struct hvc_run *run = &partial->run[i];

		if (i == 0 || run->probe != run[-1].probe)
			set_scene(&scene, &probes->probe[run->probe], entry, &before);
		ok = reassign(partial, weight, candidates, 0, &scene, run, &out);
	}
	free(weight);
	if (!ok) {
		hvc_partial__clear(&out);
		return false;
	}
	free(partial->run);
	partial->run = out.run;
	partial->runs = out.runs;
	partial->run_capacity = out.run_capacity;
	join(partial);
	return order(partial);
}
