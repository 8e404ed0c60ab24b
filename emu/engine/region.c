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
	if (runs)
		qsort(run, runs, sizeof *run, compare_plain);
}

void hvc_region__sort_by_key(struct hvc_run *run, size_t runs)
{
	if (runs)
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

/* Only the varied register differs from the base: its values can be put on one line. */
static bool is_simple(const struct hvc_probe *probe)
{
	struct hvc_call base;

	hvc_call_init(&base, probe->seed);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (n != (unsigned)probe->reg && probe->call.x[n] != base.x[n])
			return false;
	return true;
}

/* A value of one register, and whether its probe is in the region. */
struct point {
	uint64_t value;
	bool member;
};

static int compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->member - y->member; /* one that is outside decides for its value */
}

/* All points of reg among probes from the same caller. Returns their number. */
static unsigned find_points(const struct hvc_probes *probes, const bool *member,
                            const struct hvc_call *caller, enum hvc_reg reg, struct point *point)
{
	unsigned count = 0;

	for (unsigned p = 0; p < probes->count; p++) {
		const struct hvc_probe *probe = &probes->probe[p];

		if (probe->call.from == caller->from && probe->call.insn == caller->insn &&
		    (probe->reg == reg || probe->reg == HVC_REG_NONE) && is_simple(probe))
			point[count++] = (struct point){probe->call.x[reg], member[p]};
	}
	qsort(point, count, sizeof *point, compare_points);
	return count;
}

/*
 * Intervals of the values that are inside, neighbours joined. Nothing when the register does
 * not tell members from others, or no member varies it.
 */
static bool make_span(const struct point *point, unsigned count, enum hvc_reg reg,
                      struct hvc_span *out)
{
	bool whole = true, joined = false;

	out->reg = reg;
	out->intervals = 0;
	out->interval = calloc(count + 1, sizeof *out->interval);
	if (!out->interval)
		return false;
	for (unsigned i = 0; i < count; i++) {
		if (i > 0 && point[i].value == point[i - 1].value)
			continue;
		whole &= point[i].member;
		if (point[i].member && joined)
			out->interval[out->intervals - 1].hi = point[i].value;
		else if (point[i].member)
			out->interval[out->intervals++] =
			        (struct hvc_interval){point[i].value, point[i].value};
		joined = point[i].member;
	}
	if (whole)
		out->intervals = 0;
	return true;
}

/* A region of joint probes only: name what its witness sets. */
static bool name_witness(const struct hvc_probe *witness, struct hvc_region *region)
{
	struct hvc_call base;

	hvc_call_init(&base, witness->seed);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		struct hvc_span *span = &region->span[region->spans];
		uint64_t value = witness->call.x[n];

		if (value == base.x[n])
			continue;
		span->interval = calloc(1, sizeof *span->interval);
		if (!span->interval)
			return false;
		span->reg = (enum hvc_reg)n;
		span->interval[0] = (struct hvc_interval){value, value};
		span->intervals = 1;
		region->spans++;
	}
	return true;
}

/* Spans of the registers that tell members from the others. */
static bool make_spans(const struct hvc_probes *probes, const bool *member, const struct row *first,
                       struct hvc_region *region)
{
	const struct hvc_call *caller = &probes->probe[first->probe].call;
	struct point *point = calloc(probes->count + 1, sizeof *point);
	bool ok, simple = false;

	region->span = calloc(HVC_GPR_COUNT, sizeof *region->span);
	ok = point && region->span;
	for (unsigned p = 0; ok && p < probes->count; p++)
		simple |= member[p] && is_simple(&probes->probe[p]);
	for (unsigned reg = 0; ok && simple && reg < HVC_GPR_COUNT; reg++) {
		struct hvc_span *span = &region->span[region->spans];
		unsigned count = find_points(probes, member, caller, (enum hvc_reg)reg, point);
		bool varied = false;

		for (unsigned p = 0; p < probes->count; p++)
			varied |= member[p] && probes->probe[p].reg == reg;
		ok = !varied || make_span(point, count, (enum hvc_reg)reg, span);
		if (ok && varied && span->intervals == 0)
			free(span->interval);
		else if (ok && varied)
			region->spans++;
	}
	if (ok && !simple)
		ok = name_witness(&probes->probe[first->probe], region);
	free(point);
	return ok;
}

static bool make_region(const struct hvc_probes *probes, const struct row *row, size_t rows,
                        bool *member, struct hvc_region *out)
{
	memset(out, 0, sizeof *out);
	out->class_ = row->run->class_;
	out->from = probes->probe[row->probe].call.from;
	out->insn = probes->probe[row->probe].call.insn;
	out->probe = row->probe;
	for (size_t i = rows; i-- > 0;)
		if (is_simple(&probes->probe[row[i].probe]))
			out->probe = row[i].probe; /* the first of those that are easy to read */
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
