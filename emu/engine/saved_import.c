/* SPDX-License-Identifier: MIT */
/* A saved map in another room, where its terms are simplified as those of any other are. */
#include <stdlib.h>
#include <string.h>

#include "engine/saved.h"
#include "symbolic/bv_import.h"

struct importer {
	struct hvc_import terms;
	struct hvc_exact *out;
};

static hvc_ref import(struct importer *im, hvc_ref a)
{
	return a ? hvc_import__term(&im->terms, a) : NULL;
}

static bool import_case(struct importer *im, const struct hvc_row_case *from,
                        struct hvc_row_case *to)
{
	struct hvc_bvs *t = im->out->terms;

	to->member = calloc(from->members + 1, sizeof *to->member);
	to->rest = calloc(from->rests + 1, sizeof(hvc_ref));
	if (!to->member || !to->rest)
		return false;
	for (size_t i = 0; i < from->members; i++) {
		const struct hvc_set *set = from->member[i].set;
		struct hvc_set *copy =
		        hvc_bv__take(t, sizeof *set + set->count * sizeof *set->range);

		if (!copy)
			return false;
		memcpy(copy, set, sizeof *set + set->count * sizeof *set->range);
		to->member[to->members++] =
		        (struct hvc_member){import(im, from->member[i].key), copy};
	}
	for (size_t i = 0; i < from->rests; i++)
		to->rest[to->rests++] = import(im, from->rest[i]);
	return true;
}

/* A case holds where all of it does. */
static hvc_ref case_term(struct hvc_bvs *t, const struct hvc_row_case *c)
{
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (size_t i = 0; i < c->members; i++)
		all = hvc_bv__and(t, all, hvc_set__term(t, &c->member[i]));
	for (size_t i = 0; i < c->rests; i++)
		all = hvc_bv__and(t, all, c->rest[i]);
	return all;
}

static bool import_row(struct importer *im, const struct hvc_row *from, struct hvc_row *to)
{
	struct hvc_bvs *t = im->out->terms;

	*to = *from;
	to->case_ = calloc(from->cases + 1, sizeof *to->case_);
	to->effect = calloc(from->effects + 1, sizeof *to->effect);
	to->store = calloc(from->stores + 1, sizeof *to->store);
	to->cases = 0;
	to->condition = hvc_bv__num(t, 1, 0);
	if (!to->case_ || !to->effect || !to->store)
		return false;
	for (; to->cases < from->cases; to->cases++) {
		if (!import_case(im, &from->case_[to->cases], &to->case_[to->cases]))
			return false;
		to->condition = hvc_bv__or(t, to->condition, case_term(t, &to->case_[to->cases]));
	}
	to->target = import(im, from->target);
	to->far = import(im, from->far);
	for (unsigned i = 0; i < from->effects; i++)
		to->effect[i] = (struct hvc_row_effect){
		        from->effect[i].reg,
		        from->effect[i].reg == HVC_REG_NONE ? hvc_bv__text(t, from->effect[i].name)
		                                            : from->effect[i].name,
		        import(im, from->effect[i].value)};
	for (unsigned i = 0; i < from->stores; i++) {
		to->store[i] = from->store[i];
		to->store[i].address = import(im, from->store[i].address);
		to->store[i].value = import(im, from->store[i].value);
	}
	return true;
}

static bool import_part(struct importer *im, const struct hvc_exact_part *from,
                        struct hvc_exact_part *to)
{
	*to = *from;
	to->row = calloc(from->rows + 1, sizeof *to->row);
	to->rows = 0;
	to->same = NULL;
	if (!to->row)
		return false;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		to->before[reg] = import(im, from->before[reg]);
	for (; to->rows < from->rows; to->rows++)
		if (!import_row(im, &from->row[to->rows], &to->row[to->rows])) {
			to->rows++;
			return false;
		}
	return true;
}

static bool import_origin(const struct hvc_exact_origin *from, struct hvc_exact_origin *to)
{
	*to = *from;
	to->inside = malloc((from->insides + 1) * sizeof *to->inside);
	to->symbol = malloc((from->symbols + 1) * sizeof *to->symbol);
	if (!to->inside || !to->symbol)
		return false;
	for (unsigned i = 0; i < from->insides; i++)
		to->inside[i] = from->inside[i];
	for (unsigned i = 0; i < from->symbols; i++)
		to->symbol[i] = from->symbol[i];
	return true;
}

static bool import_all(struct importer *im, const struct hvc_exact *from)
{
	struct hvc_exact *to = im->out;

	to->part = calloc(from->parts + 1, sizeof *to->part);
	if (!to->part)
		return false;
	for (; to->parts < from->parts; to->parts++)
		if (!import_part(im, &from->part[to->parts], &to->part[to->parts])) {
			to->parts++;
			return false;
		}
	return true;
}

/* Of the other map that is in that room, what has the same data. */
static hvc_ref find_data(void *ctx, hvc_ref part)
{
	const struct importer *im = ctx;
	const struct hvc_input *input = hvc_bv__input_of(im->terms.from, part);
	uint64_t there;

	if (!input || !input->address || !hvc_bv__const(input->address))
		return NULL;
	return hvc_exact__counterpart(im->out, im->out->like, input->address->value, &there)
	               ? hvc_memory__input(im->terms.to, hvc_bv__num(im->terms.to, 64, there), "",
	                                   input->usual)
	               : hvc_memory__input(im->terms.to,
	                                   hvc_bv__num(im->terms.to, 64, input->address->value),
	                                   HVC_OF_THE_NEW, input->usual);
}

enum hvc_status hvc_saved__import(const struct hvc_exact *saved, const struct hvc_exact *like,
                                  struct hvc_bvs *terms, struct hvc_solver *solver,
                                  struct hvc_diag *diag, struct hvc_exact **out)
{
	struct importer im = {.out = calloc(1, sizeof *im.out)};
	bool good;

	if (!im.out)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	/* Names stay the saved map's, which outlives this one. */
	im.out->name = saved->name;
	im.out->world = saved->world;
	im.out->failed = saved->failed;
	memcpy(im.out->failure, saved->failure, sizeof im.out->failure);
	im.out->terms = terms;
	im.out->solver = solver;
	im.out->borrowed = true;
	im.out->like = like;
	im.terms.replace = like ? find_data : NULL;
	im.terms.ctx = &im;
	good = import_origin(&saved->origin, &im.out->origin);
	hvc_import__begin(&im.terms, saved->terms, terms);
	good = good && import_all(&im, saved) && hvc_bv__status(terms) == HVC_OK;
	hvc_import__end(&im.terms);
	if (good) {
		*out = im.out;
		return HVC_OK;
	}
	hvc_exact__free(im.out);
	return hvc_diag_set(diag,
	                    hvc_bv__status(terms) == HVC_OK ? HVC_E_NOMEM : hvc_bv__status(terms),
	                    NULL, 0, 0, "out of memory, or too many terms");
}
