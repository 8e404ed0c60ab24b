/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "hvcheck/arch.h"
#include "report/boundary.h"
#include "report/contract_words.h"
#include "report/invented.h"
#include "report/json_class.h"
#include "report/words.h"

static int by_lo(const void *a, const void *b)
{
	const struct hvc_interval *x = a, *y = b;

	return (x->lo > y->lo) - (x->lo < y->lo);
}

/* Sort, and join what overlaps or touches. Returns how many are left. */
static unsigned join(struct hvc_interval *interval, unsigned count)
{
	unsigned kept = 0;

	qsort(interval, count, sizeof(*interval), by_lo);
	for (unsigned i = 0; i < count; i++) {
		struct hvc_interval *last = kept ? &interval[kept - 1] : NULL;

		if (last && (last->hi == UINT64_MAX || interval[i].lo <= last->hi + 1)) {
			if (interval[i].hi > last->hi)
				last->hi = interval[i].hi;
		} else {
			interval[kept++] = interval[i];
		}
	}
	return kept;
}

static bool add_class_imms(struct hvc_json *json, const struct hvc_region *region, unsigned count)
{
	unsigned total = 0;
	struct hvc_interval *imm;

	for (unsigned i = 0; i < count; i++)
		total += region[i].imms;
	imm = calloc(total + 1, sizeof(*imm));
	if (!imm)
		return false;
	total = 0;
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < region[i].imms; j++)
			imm[total++] = region[i].imm[j];
	}
	hvc_json__immediates(json, imm, join(imm, total));
	free(imm);
	return true;
}

/* Values of one register in any region; nothing where a region takes any value. */
static bool add_class_span(struct hvc_json *json, const struct hvc_region *region, unsigned count,
                           enum hvc_reg reg)
{
	struct hvc_interval *all = NULL, *grown;
	unsigned total = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct hvc_span *span = NULL;

		for (unsigned j = 0; j < region[i].spans; j++) {
			if (region[i].span[j].reg == reg)
				span = &region[i].span[j];
		}
		if (!span) {
			free(all);
			return true;
		}
		grown = realloc(all, (total + span->intervals + 1) * sizeof(*all));
		if (!grown) {
			free(all);
			return false;
		}
		all = grown;
		for (unsigned j = 0; j < span->intervals; j++)
			all[total++] = span->interval[j];
	}
	hvc_json__span(json, reg, all, join(all, total));
	free(all);
	return true;
}

static bool add_class(struct hvc_json *json, const struct hvc_map *map,
                      const struct hvc_region *region, unsigned count)
{
	const struct hvc_class *class_ = &map->class_[region->class_];
	bool good;

	hvc_json__object(json, NULL);
	hvc_json__class(json, class_);
	good = add_class_imms(json, region, count);
	hvc_json__object(json, "registers");
	for (enum hvc_reg reg = HVC_REG_X0; good && reg <= HVC_REG_X30; reg++)
		good = add_class_span(json, region, count, reg);
	hvc_json__close(json);
	if (map->study)
		hvc_json__number(json, "kind", map->study->kind_of[region->class_]);
	hvc_json__number(json, "calls", class_->calls);
	hvc_json__number(json, "instructions_min", class_->instructions_min);
	hvc_json__number(json, "instructions_max", class_->instructions_max);
	hvc_json__witness(json, "witness", map->subject, &map->world,
	                  &map->probes.probe[region->probe], (uint16_t)region->imm[0].lo);
	hvc_json__array(json, "regions");
	for (unsigned i = 0; i < count; i++) {
		hvc_json__object(json, NULL);
		hvc_json__region(json, &region[i]);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__close(json);
	return good;
}

static bool add_classes(struct hvc_json *json, const struct hvc_map *map,
                        const struct hvc_regions *regions)
{
	unsigned count;
	bool good = true;

	hvc_json__array(json, "classes");
	for (unsigned i = 0; good && i < regions->count; i += count) {
		for (count = 1; i + count < regions->count &&
		                regions->region[i + count].class_ == regions->region[i].class_;)
			count++;
		good = add_class(json, map, &regions->region[i], count);
	}
	hvc_json__close(json);
	return good;
}

static void add_account(struct hvc_json *json, const struct hvc_map *map)
{
	uint64_t calls = 0;

	for (unsigned i = 0; i < map->classes; i++)
		calls += map->class_[i].calls;
	hvc_json__object(json, "account");
	hvc_json__number(json, "space", HVC_IMM_COUNT);
	hvc_json__number(json, "classified", hvc_words__classified(map));
	hvc_json__number(json, "classes", map->classes);
	if (map->study)
		hvc_json__number(json, "kinds", map->study->kinds);
	hvc_json__number(json, "probes", map->probes.count);
	hvc_json__number(json, "calls", calls);
	hvc_json__close(json);
}

enum hvc_status hvc_map_json(FILE *out, const struct hvc_map *map, struct hvc_diag *diag)
{
	struct hvc_regions regions;
	struct hvc_json *json;

	if (hvc_map_regions(map, &regions) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	json = hvc_json__new("hvcheck-map/1");
	hvc_json__string(json, "subject", map->subject);
	hvc_json__string(json, "cpu", hvc_cpu_name(map->world.cpu));
	hvc_stops__json(json, &map->world);
	hvc_invented__json(json, "invented", &map->world, &map->invented);
	add_account(json, map);
	hvc_json__failed(json, map->failed, map->failure);
	hvc_json__untried(json, map->probes.untried);
	if (!add_classes(json, map, &regions))
		hvc_json__fail(json);
	if (map->study && !hvc_boundary__json(json, map))
		hvc_json__fail(json);
	hvc_regions_free(&regions);
	hvc_json__contract(json, map->contract, map->subject);
	return hvc_json__print(json, out, diag);
}
