/* SPDX-License-Identifier: MIT */
#include "hvcheck/arch.h"
#include "report/table.h"

static void put_account(const struct hvc_page *page, const struct hvc_map *map)
{
	char space[HVC_NUMBER_SIZE], probes[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];
	char classes[HVC_NUMBER_SIZE], done[HVC_NUMBER_SIZE];
	uint64_t made = 0;

	for (unsigned i = 0; i < map->classes; i++)
		made += map->class_[i].calls;
	hvc_words__number(HVC_IMM_COUNT, space);
	hvc_words__number(hvc_words__classified(map), done);
	hvc_page__prose(page, 0, 0,
	                "%s: %s of %s immediates classified in %s class%s (%s probe%s, %s calls)",
	                map->subject, done, space, hvc_words__number(map->classes, classes),
	                map->classes == 1 ? "" : "es", hvc_words__number(map->probes.count, probes),
	                map->probes.count == 1 ? "" : "s", hvc_words__number(made, calls));
	fputc('\n', page->out);
}

static void put_region(struct hvc_table *table, const struct hvc_map *map,
                       const struct hvc_region *region, bool first)
{
	struct hvc_words imms = {0}, registers = {0};
	char text[1024], calls[HVC_NUMBER_SIZE];

	hvc_words__imms(&imms, region->imm, region->imms);
	hvc_words__region(&registers, region);
	hvc_class_print(&map->class_[region->class_], text, sizeof(text));
	hvc_table__row(table);
	if (first)
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%u", region->class_ + 1);
	hvc_table__cell(table, 1, HVC_INK_PLAIN, "%s", first ? text : "");
	hvc_table__take(table, 2, HVC_INK_PLAIN, &imms);
	hvc_table__take(table, 3, HVC_INK_PLAIN, &registers);
	hvc_table__cell(table, 4, HVC_INK_PLAIN, "%s", hvc_words__number(region->calls, calls));
}

enum hvc_status hvc_map_text(const struct hvc_page *page, const struct hvc_map *map,
                             struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Class", HVC_ALIGN_RIGHT},     {"Outcome", HVC_ALIGN_WRAP},
	        {"Immediates", HVC_ALIGN_WRAP}, {"Registers", HVC_ALIGN_WRAP},
	        {"Calls", HVC_ALIGN_RIGHT},
	};
	struct hvc_regions regions;
	struct hvc_table *table;

	if (hvc_map_regions(map, &regions) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	put_account(page, map);
	table = hvc_table__new(page, columns, 5);
	for (unsigned i = 0; i < regions.count; i++) {
		const struct hvc_region *region = &regions.region[i];

		put_region(table, map, region,
		           i == 0 || region->class_ != regions.region[i - 1].class_);
	}
	hvc_regions_free(&regions);
	return hvc_table__print(table, diag);
}
