/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"

static void insert(struct hvc_partial *partial, unsigned index)
{
	unsigned at = (unsigned)hvc_class__hash(&partial->class_[index]) & (partial->buckets - 1);

	while (partial->bucket[at])
		at = (at + 1) & (partial->buckets - 1);
	partial->bucket[at] = index + 1;
}

/* Keep the table at most half full. */
static bool grow_table(struct hvc_partial *partial)
{
	unsigned buckets = partial->buckets ? 2 * partial->buckets : 64;
	unsigned *bucket = calloc(buckets, sizeof *bucket);

	if (!bucket)
		return false;
	free(partial->bucket);
	partial->bucket = bucket;
	partial->buckets = buckets;
	for (unsigned i = 0; i < partial->classes; i++)
		insert(partial, i);
	return true;
}

static bool find(const struct hvc_partial *partial, const struct hvc_class *class_, unsigned *index)
{
	unsigned at;

	if (!partial->buckets)
		return false;
	at = (unsigned)hvc_class__hash(class_) & (partial->buckets - 1);
	for (; partial->bucket[at]; at = (at + 1) & (partial->buckets - 1)) {
		*index = partial->bucket[at] - 1;
		if (hvc_class_equal(class_, &partial->class_[*index]))
			return true;
	}
	return false;
}

bool hvc_partial__intern(struct hvc_partial *partial, struct hvc_class *class_, unsigned *index)
{
	if (find(partial, class_, index)) {
		struct hvc_class *known = &partial->class_[*index];

		if (class_->instructions_min < known->instructions_min)
			known->instructions_min = class_->instructions_min;
		if (class_->instructions_max > known->instructions_max)
			known->instructions_max = class_->instructions_max;
		hvc_class__free(class_);
		return true;
	}
	if (partial->classes == partial->class_capacity) {
		unsigned capacity = partial->class_capacity ? 2 * partial->class_capacity : 16;
		void *grown;

		capacity = capacity < HVC_CLASS_MAX ? capacity : HVC_CLASS_MAX;
		partial->full = partial->classes == HVC_CLASS_MAX;
		grown = partial->full ? NULL : realloc(partial->class_, capacity * sizeof *class_);
		if (!grown) {
			hvc_class__free(class_);
			return false;
		}
		partial->class_ = grown;
		partial->class_capacity = capacity;
	}
	*index = partial->classes;
	partial->class_[partial->classes++] = *class_;
	class_->effect = NULL;
	class_->store = NULL;
	if (2 * partial->classes > partial->buckets)
		return grow_table(partial);
	insert(partial, *index);
	return true;
}

enum hvc_status hvc_partial__complain(const struct hvc_partial *partial, struct hvc_diag *diag)
{
	if (partial->full)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0,
		                    "more than %u different behaviours", HVC_CLASS_MAX);
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

bool hvc_partial__add_run(struct hvc_partial *partial, const struct hvc_run *run)
{
	if (partial->runs == partial->run_capacity) {
		size_t capacity = partial->run_capacity ? 2 * partial->run_capacity : 64;
		void *grown = realloc(partial->run, capacity * sizeof *run);

		if (!grown)
			return false;
		partial->run = grown;
		partial->run_capacity = capacity;
	}
	partial->run[partial->runs++] = *run;
	return true;
}

bool hvc_partial__merge(struct hvc_partial *into, struct hvc_partial *from)
{
	unsigned *index = malloc((from->classes + 1) * sizeof *index);
	bool ok = index != NULL;

	for (unsigned i = 0; ok && i < from->classes; i++)
		ok = hvc_partial__intern(into, &from->class_[i], &index[i]);
	for (size_t i = 0; ok && i < from->runs; i++) {
		struct hvc_run run = from->run[i];

		run.class_ = index[run.class_];
		ok = hvc_partial__add_run(into, &run);
	}
	free(index);
	ok = ok && hvc_invented_merge(&into->invented, &from->invented) == HVC_OK;
	hvc_partial__clear(from);
	return ok;
}

void hvc_partial__clear(struct hvc_partial *partial)
{
	for (unsigned i = 0; i < partial->classes; i++)
		hvc_class__free(&partial->class_[i]);
	free(partial->class_);
	free(partial->run);
	free(partial->bucket);
	hvc_invented_free(&partial->invented);
	memset(partial, 0, sizeof *partial);
}
