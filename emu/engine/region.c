/* SPDX-License-Identifier: MIT */
/*
 * From runs to something one can read: for each key, the probes that share one set of
 * immediates become one region, and the values their varied registers took become intervals.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"

static int compare_plain(const void *a, const void *b)
{
	const struct hvc_run *x = a, *y = b;

	if (x->probe != y->probe)
		return x->probe < y->probe ? -1 : 1;
	return (x->lo > y->lo) - (x->lo < y->lo);
}

static int compare_by_key(const void *a, const void *b)
{
	const struct hvc_run *x = a, *y = b;

	if (x->class_ != y->class_)
		return x->class_ < y->class_ ? -1 : 1;
	return compare_plain(a, b);
}

void hvc_region__sort_plain(struct hvc_run *run, size_t runs)
{
	qsort(run, runs, sizeof *run, compare_plain);
}

void hvc_region__sort_by_key(struct hvc_run *run, size_t runs)
{
	qsort(run, runs, sizeof *run, compare_by_key);
}

/* The runs of one probe within one key: an immediate set. */
struct row {
	const struct hvc_run *run;
	size_t runs;
	uint32_t probe;
};

/* Sorts rows so that equal immediate sets from the same caller are neighbours. */
static int compare_sets(const struct row *x, const struct row *y)
{
	for (size_t i = 0; i < x->runs && i < y->runs; i++) {
		if (x->run[i].lo != y->run[i].lo)
			return x->run[i].lo < y->run[i].lo ? -1 : 1;
		if (x->run[i].hi != y->run[i].hi)
			return x->run[i].hi > y->run[i].hi ? -1 : 1;
	}
	return (x->runs > y->runs) - (x->runs < y->runs);
}

static int compare_rows(const void *a, const void *b, void *ctx)
{
	const struct hvc_probes *probes = ctx;
	const struct row *x = a, *y = b;
	const struct hvc_call *p = &probes->probe[x->probe].call;
	const struct hvc_call *q = &probes->probe[y->probe].call;
	int sets;

	if (p->insn != q->insn)
		return p->insn < q->insn ? -1 : 1;
	if (p->from != q->from)
		return p->from < q->from ? -1 : 1;
	sets = compare_sets(x, y);
	if (sets)
		return sets;
	return (x->probe > y->probe) - (x->probe < y->probe);
}

static int compare_values(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * Which values of reg did the members (probes of this region) take, among all probes from the
 * same caller? A value counts as inside when every probe with it is a member.
 */
static bool make_span(const struct hvc_probes *probes, const bool *member, const struct row *first,
                      enum hvc_reg reg, struct hvc_span *out, bool *whole)
{
	const struct hvc_call *caller = &probes->probe[first->probe].call;
	uint64_t *value = malloc((probes->count + 1) * sizeof *value);
	bool *inside = NULL;
	unsigned values = 0;

	memset(out, 0, sizeof *out);
	*whole = true;
	if (!value)
		return false;
	for (unsigned p = 0; p < probes->count; p++) {
		const struct hvc_probe *probe = &probes->probe[p];

		if (probe->call.from == caller->from && probe->call.insn == caller->insn &&
		    (probe->reg == reg || probe->reg == HVC_REG_NONE))
			value[values++] = probe->call.x[reg];
	}
	qsort(value, values, sizeof *value, compare_values);
	inside = calloc(values + 1, sizeof *inside);
	out->interval = calloc(values + 1, sizeof *out->interval);
	if (!inside || !out->interval) {
		free(value);
		free(inside);
		free(out->interval);
		return false;
	}
	for (unsigned i = 0; i < values; i++)
		inside[i] = true;
	for (unsigned p = 0; p < probes->count; p++) {
		const struct hvc_probe *probe = &probes->probe[p];

		if (member[p] || probe->call.from != caller->from ||
		    probe->call.insn != caller->insn ||
		    (probe->reg != reg && probe->reg != HVC_REG_NONE))
			continue;
		for (unsigned i = 0; i < values; i++)
			if (value[i] == probe->call.x[reg]) {
				inside[i] = false;
				*whole = false;
			}
	}
	out->reg = reg;
	for (unsigned i = 0; i < values; i++) {
		if (!inside[i])
			continue;
		if (i > 0 && inside[i - 1])
			out->interval[out->intervals - 1].hi = value[i];
		else
			out->interval[out->intervals++] = (struct hvc_interval){value[i], value[i]};
	}
	free(value);
	free(inside);
	return true;
}

/* Spans of the registers that tell members from the others. */
static bool make_spans(const struct hvc_probes *probes, const bool *member, const struct row *first,
                       struct hvc_region *region)
{
	region->span = calloc(HVC_GPR_COUNT, sizeof *region->span);
	if (!region->span)
		return false;
	for (unsigned reg = 0; reg < HVC_GPR_COUNT; reg++) {
		struct hvc_span *span = &region->span[region->spans];
		bool varied = false, whole;

		for (unsigned p = 0; p < probes->count; p++)
			varied |= member[p] && probes->probe[p].reg == reg;
		if (!varied)
			continue;
		if (!make_span(probes, member, first, (enum hvc_reg)reg, span, &whole))
			return false;
		if (whole || span->intervals == 0)
			free(span->interval);
		else
			region->spans++;
	}
	return true;
}

static bool make_region(const struct hvc_probes *probes, const struct row *row, size_t rows,
                        bool *member, struct hvc_region *out)
{
	memset(out, 0, sizeof *out);
	out->class_ = row->run->class_;
	out->from = probes->probe[row->probe].call.from;
	out->insn = probes->probe[row->probe].call.insn;
	out->probe = row->probe;
	out->imm = calloc(row->runs, sizeof *out->imm);
	if (!out->imm)
		return false;
	for (size_t i = 0; i < row->runs; i++) {
		if (out->imms && out->imm[out->imms - 1].hi + 1 == row->run[i].lo)
			out->imm[out->imms - 1].hi = row->run[i].hi;
		else
			out->imm[out->imms++] =
			        (struct hvc_interval){row->run[i].lo, row->run[i].hi};
		out->calls += rows * (row->run[i].hi - row->run[i].lo + 1u);
	}
	memset(member, 0, probes->count * sizeof *member);
	for (size_t i = 0; i < rows; i++)
		member[row[i].probe] = true;
	if (make_spans(probes, member, row, out))
		return true;
	hvc_region__free(out);
	return false;
}

/* The rows of one key: one a probe. */
static size_t make_rows(const struct hvc_run *run, size_t runs, struct row *row)
{
	size_t count = 0;

	for (size_t i = 0; i < runs; i++) {
		if (i == 0 || run[i].probe != run[i - 1].probe)
			row[count++] = (struct row){&run[i], 0, run[i].probe};
		row[count - 1].runs++;
	}
	return count;
}

static bool add_region(struct hvc_regions *regions, unsigned *capacity,
                       const struct hvc_region *region)
{
	if (regions->count == *capacity) {
		unsigned grown = *capacity ? 2 * *capacity : 16;
		void *memory = realloc(regions->region, grown * sizeof *region);

		if (!memory)
			return false;
		regions->region = memory;
		*capacity = grown;
	}
	regions->region[regions->count++] = *region;
	return true;
}

enum hvc_status hvc_region__make(const struct hvc_probes *probes, struct hvc_run *run, size_t runs,
                                 struct hvc_regions *out)
{
	struct row *row = calloc(probes->count + 1, sizeof *row);
	bool *member = calloc(probes->count + 1, sizeof *member);
	struct hvc_regions regions = {0};
	unsigned capacity = 0;
	bool ok = row && member;

	hvc_region__sort_by_key(run, runs);
	for (size_t i = 0, end; ok && i < runs; i = end) {
		size_t rows, first, last;

		for (end = i; end < runs && run[end].class_ == run[i].class_; end++)
			;
		rows = make_rows(run + i, end - i, row);
		qsort_r(row, rows, sizeof *row, compare_rows, (void *)(uintptr_t)probes);
		for (first = 0; ok && first < rows; first = last) {
			const struct hvc_call *a = &probes->probe[row[first].probe].call;
			struct hvc_region region;

			for (last = first + 1; last < rows; last++) {
				const struct hvc_call *b = &probes->probe[row[last].probe].call;

				if (a->from != b->from || a->insn != b->insn ||
				    compare_sets(&row[first], &row[last]) != 0)
					break;
			}
			ok = make_region(probes, &row[first], last - first, member, &region) &&
			     add_region(&regions, &capacity, &region);
		}
	}
	free(row);
	free(member);
	if (!ok) {
		hvc_regions_free(&regions);
		return HVC_E_NOMEM;
	}
	*out = regions;
	return HVC_OK;
}

void hvc_region__free(struct hvc_region *region)
{
	for (unsigned i = 0; i < region->spans; i++)
		free(region->span[i].interval);
	free(region->span);
	free(region->imm);
	memset(region, 0, sizeof *region);
}

void hvc_regions_free(struct hvc_regions *regions)
{
	for (unsigned i = 0; i < regions->count; i++)
		hvc_region__free(&regions->region[i]);
	free(regions->region);
	memset(regions, 0, sizeof *regions);
}
