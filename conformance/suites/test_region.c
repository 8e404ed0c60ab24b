/* SPDX-License-Identifier: MIT */
/*
 * The regions of a map are all of it: every call of every probe is in exactly one, the values
 * that a region names are those of its probes, and its witness is in it.
 */
#include <stdlib.h>

#include "hvcheck/arch.h"
#include "under_test.h"

static const struct suite_test tests[3];

struct scene {
	struct hvc_subject *subject;
	struct hvc_map *map;
	struct hvc_regions regions;
};

/* From EL1h and EL2h, with what the code compares x0 with. */
static void make(struct scene *scene, const char *name)
{
	struct hvc_probe_config probe = {.levels = 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL2H};
	struct hvc_map_config map = {.jobs = 2};
	struct hvc_constant *constant;
	struct hvc_probes probes;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	scene->subject = open_subject(name);
	ck_assert_int_eq(hvc_subject_constants(scene->subject, 1000, &constant, &probe.constants),
	                 HVC_OK);
	probe.constant = constant;
	ck_assert_int_eq(hvc_probes_make(&probe, &probes), HVC_OK);
	map.subject = scene->subject;
	map.probes = &probes;
	status = hvc_map_make(&map, &diag, &scene->map);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	ck_assert_int_eq(hvc_map_regions(scene->map, &scene->regions), HVC_OK);
	hvc_probes_free(&probes);
	free(constant);
}

static void drop(struct scene *scene)
{
	hvc_regions_free(&scene->regions);
	hvc_map_free(scene->map);
	hvc_subject_close(scene->subject);
}

static bool has(const struct hvc_interval *interval, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count; i++)
		if (value >= interval[i].lo && value <= interval[i].hi)
			return true;
	return false;
}

static uint64_t size_of(const struct hvc_region *region)
{
	uint64_t size = 0;

	for (unsigned i = 0; i < region->imms; i++) {
		ck_assert_uint_le(region->imm[i].lo, region->imm[i].hi);
		ck_assert(i == 0 || region->imm[i].lo > region->imm[i - 1].hi + 1);
		size += region->imm[i].hi - region->imm[i].lo + 1;
	}
	return size;
}

/* A probe is of a region when the immediates on which it falls in the class are the region's. */
static bool is_member(const struct hvc_map *map, const struct hvc_region *region, uint32_t p)
{
	const struct hvc_call *call = &map->probes.probe[p].call;
	unsigned imm;

	if (call->from != region->from || call->insn != region->insn)
		return false;
	for (imm = 0; imm < HVC_IMM_COUNT; imm++)
		if ((hvc_map_class_of(map, p, (uint16_t)imm) == region->class_) !=
		    has(region->imm, region->imms, imm))
			return false;
	return true;
}

/* Calls of all members, by region and probe; what is in no region stays unmarked. */
static void mark_members(const struct scene *scene, const struct hvc_region *region,
                         uint8_t (*seen)[HVC_IMM_COUNT])
{
	const struct hvc_map *map = scene->map;
	uint64_t members = 0;

	for (uint32_t p = 0; p < map->probes.count; p++) {
		if (!is_member(map, region, p))
			continue;
		members++;
		for (unsigned i = 0; i < region->imms; i++)
			for (uint64_t imm = region->imm[i].lo; imm <= region->imm[i].hi; imm++)
				seen[p][imm]++;
	}
	ck_assert_uint_gt(members, 0);
	ck_assert_uint_eq(members * size_of(region), region->calls);
	ck_assert(is_member(map, region, region->probe));
}

/* Every call is in one region, and only one. */
static void check_partition(const struct scene *scene)
{
	const struct hvc_map *map = scene->map;
	uint8_t(*seen)[HVC_IMM_COUNT] = calloc(map->probes.count, sizeof *seen);
	uint64_t calls = 0;

	ck_assert_ptr_nonnull(seen);
	for (unsigned i = 0; i < scene->regions.count; i++) {
		mark_members(scene, &scene->regions.region[i], seen);
		calls += scene->regions.region[i].calls;
	}
	ck_assert_uint_eq(calls, (uint64_t)map->probes.count * HVC_IMM_COUNT);
	for (uint32_t p = 0; p < map->probes.count; p++)
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			ck_assert_msg(seen[p][imm] == 1, "%s, probe %u, 0x%x is in %u regions",
			              map->subject, p, imm, seen[p][imm]);
	free(seen);
}

/* The values a region names: all that its probes took, and none that another probe did. */
static void check_span(const struct scene *scene, const struct hvc_region *region,
                       const struct hvc_span *span)
{
	const struct hvc_map *map = scene->map;

	for (uint32_t p = 0; p < map->probes.count; p++) {
		const struct hvc_probe *probe = &map->probes.probe[p];
		uint64_t value = probe->call.x[span->reg];

		if (probe->reg != span->reg || probe->call.from != region->from ||
		    probe->call.insn != region->insn)
			continue;
		ck_assert_msg(has(span->interval, span->intervals, value) ==
		                      is_member(map, region, p),
		              "%s: %s = 0x%" PRIx64, map->subject, hvc_reg_name(span->reg), value);
	}
}

static void check_order(const struct hvc_regions *regions)
{
	for (unsigned i = 1; i < regions->count; i++) {
		const struct hvc_region *a = &regions->region[i - 1], *b = a + 1;

		ck_assert_uint_le(a->class_, b->class_);
		if (a->class_ != b->class_)
			continue;
		ck_assert_int_le(a->insn, b->insn);
		if (a->insn != b->insn)
			continue;
		ck_assert_int_le(a->from, b->from);
		if (a->from == b->from)
			ck_assert_uint_le(a->imm[0].lo, b->imm[0].lo);
	}
}

START_TEST(regions_are_the_map)
{
	struct scene scene;
	unsigned spans = 0;

	make(&scene, tests[_i].name);
	check_partition(&scene);
	check_order(&scene.regions);
	for (unsigned i = 0; i < scene.regions.count; i++) {
		const struct hvc_region *region = &scene.regions.region[i];

		for (unsigned k = 0; k < region->spans; k++, spans++)
			check_span(&scene, region, &region->span[k]);
	}
	ck_assert_uint_gt(spans, 0);
	drop(&scene);
}
END_TEST

static const struct suite_test tests[] = {
        {"linux-stub-4.12", &regions_are_the_map},
        {"linux-stub-imm", &regions_are_the_map},
        {"broken-imm-low-byte", &regions_are_the_map},
};

SUITE_MAIN("region", tests)
