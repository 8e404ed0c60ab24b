/* SPDX-License-Identifier: MIT */
/* What a worker found, on its way to the process that asked for it. */
#include <stdio.h>
#include <stdlib.h>

#include "engine/internal.h"

static bool put(FILE *file, const void *data, size_t size, size_t count)
{
	return count == 0 || fwrite(data, size, count, file) == count;
}

static bool get(FILE *file, void *data, size_t size, size_t count)
{
	return count == 0 || fread(data, size, count, file) == count;
}

static unsigned kept_stores(const struct hvc_class *class_)
{
	return class_->stores < HVC_STORE_MAX ? class_->stores : HVC_STORE_MAX;
}

bool hvc_partial__save(const struct hvc_partial *partial, FILE *file)
{
	bool ok = put(file, &partial->classes, sizeof partial->classes, 1);

	for (unsigned i = 0; ok && i < partial->classes; i++) {
		const struct hvc_class *class_ = &partial->class_[i];

		ok = put(file, class_, sizeof *class_, 1) &&
		     put(file, class_->effect, sizeof *class_->effect, class_->effects) &&
		     put(file, class_->store, sizeof *class_->store, kept_stores(class_));
	}
	ok = ok && put(file, &partial->runs, sizeof partial->runs, 1);
	ok = ok && put(file, partial->run, sizeof *partial->run, partial->runs);
	ok = ok && put(file, &partial->invented, sizeof partial->invented, 1);
	return ok && put(file, partial->invented.row, sizeof *partial->invented.row,
	                 partial->invented.rows);
}

/* An array of a class, into memory of its own. */
static bool load_array(FILE *file, void **out, size_t size, size_t count)
{
	*out = count ? malloc(size * count) : NULL;
	return count == 0 || (*out && get(file, *out, size, count));
}

static bool load_class(FILE *file, struct hvc_partial *into)
{
	struct hvc_class class_;
	void *effect = NULL, *store = NULL;
	unsigned index;

	if (!get(file, &class_, sizeof class_, 1) || class_.effects > HVC_REG_COUNT)
		return false;
	if (!load_array(file, &effect, sizeof *class_.effect, class_.effects) ||
	    !load_array(file, &store, sizeof *class_.store, kept_stores(&class_))) {
		free(effect);
		free(store);
		return false;
	}
	class_.effect = effect;
	class_.store = store;
	return hvc_partial__intern(into, &class_, &index) && index + 1 == into->classes;
}

static bool load_invented(FILE *file, struct hvc_invented *out)
{
	struct hvc_invented head;
	struct hvc_invention row;
	bool ok = get(file, &head, sizeof head, 1);

	for (unsigned i = 0; ok && i < head.rows; i++)
		ok = get(file, &row, sizeof row, 1) && hvc_invented_add(out, &row) == HVC_OK;
	out->more += ok ? head.more : 0;
	return ok;
}

bool hvc_partial__load(FILE *file, struct hvc_partial *out)
{
	unsigned classes;
	size_t runs;
	struct hvc_run run;
	bool ok = get(file, &classes, sizeof classes, 1);

	for (unsigned i = 0; ok && i < classes; i++)
		ok = load_class(file, out);
	ok = ok && get(file, &runs, sizeof runs, 1);
	for (size_t i = 0; ok && i < runs; i++)
		ok = get(file, &run, sizeof run, 1) && run.class_ < classes &&
		     hvc_partial__add_run(out, &run);
	return ok && load_invented(file, &out->invented);
}
