/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/study.h"
#include "report/boundary.h"
#include "report/contract_words.h"
#include "report/invented.h"

static void put_account(const struct hvc_page *page, const struct hvc_map *map)
{
	char space[HVC_NUMBER_SIZE], probes[HVC_NUMBER_SIZE], calls[HVC_NUMBER_SIZE];
	char classes[HVC_NUMBER_SIZE], done[HVC_NUMBER_SIZE], kinds[HVC_NUMBER_SIZE + 16] = "";
	uint64_t made = 0;

	for (unsigned i = 0; i < map->classes; i++)
		made += map->class_[i].calls;
	if (map->study && map->study->kinds < map->classes)
		snprintf(kinds, sizeof(kinds), " of %u kind%s", map->study->kinds,
		         map->study->kinds == 1 ? "" : "s");
	hvc_words__number(HVC_IMM_COUNT, space);
	hvc_words__number(hvc_words__classified(map), done);
	hvc_page__prose(page, 0, 0,
	                "%s: %s of %s immediates classified in %s class%s%s (%s probe%s, %s calls)",
	                map->subject, done, space, hvc_words__number(map->classes, classes),
	                map->classes == 1 ? "" : "es", kinds,
	                hvc_words__number(map->probes.count, probes),
	                map->probes.count == 1 ? "" : "s", hvc_words__number(made, calls));
	hvc_words__put_failed(page, map->failed, map->failure);
	hvc_words__put_untried(page, map->probes.untried);
	fputc('\n', page->out);
}

/* Classes of a kind that are told, and characters of what each does; JSON has all. */
#define SHOWN 4u
#define WIDTH 160u

/* What runs into C code may change twenty registers: a few are enough to know it by. */
static void shorten(char *text, size_t size)
{
	size_t at = WIDTH;

	if (strlen(text) <= WIDTH || size < WIDTH + sizeof(", ..."))
		return;
	while (at && strncmp(text + at, ", ", 2) != 0)
		at--;
	if (at)
		strcpy(text + at, ", ...");
}

/* One row; key is the number of the kind, where there are several classes in it. */
static void put_region(struct hvc_table *table, const struct hvc_region *region, unsigned number,
                       const char *outcome, bool first, enum hvc_ink ink)
{
	struct hvc_words imms = {0}, registers = {0};
	char calls[HVC_NUMBER_SIZE];

	hvc_words__imms(&imms, region->imm, region->imms);
	hvc_words__region(&registers, region);
	hvc_table__row(table);
	if (first)
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%u", number);
	hvc_table__cell(table, 1, ink, "%s", first ? outcome : "");
	hvc_table__take(table, 2, ink, &imms);
	hvc_table__take(table, 3, ink, &registers);
	hvc_table__cell(table, 4, ink, "%s", hvc_words__number(region->calls, calls));
}

/* What is beneath a kind of several classes. */
static void put_classes(struct hvc_table *table, const struct hvc_map *map, unsigned kind)
{
	unsigned shown = 0, left = map->study->kind[kind].classes;
	char text[1024], number[HVC_NUMBER_SIZE];

	for (unsigned i = 0; i < map->classes && shown < SHOWN; i++) {
		if (map->study->kind_of[i] != kind)
			continue;
		hvc_class_print(&map->class_[i], text, sizeof(text));
		shorten(text, sizeof(text));
		hvc_table__row(table);
		hvc_table__cell(table, 1, HVC_INK_FAINT, "  %s", text);
		hvc_table__cell(table, 4, HVC_INK_FAINT, "%s",
		                hvc_words__number(map->class_[i].calls, number));
		shown++;
		left--;
	}
	if (!left)
		return;
	hvc_table__row(table);
	hvc_table__cell(table, 1, HVC_INK_FAINT, "  and %s more such class%s",
	                hvc_words__number(left, number), left == 1 ? "" : "es");
}

static enum hvc_status put_kinds(const struct hvc_page *page, const struct hvc_map *map,
                                 struct hvc_diag *diag)
{
	static const struct hvc_column columns[] = {
	        {"Class", HVC_ALIGN_RIGHT},     {"Outcome", HVC_ALIGN_WRAP},
	        {"Immediates", HVC_ALIGN_WRAP}, {"Registers", HVC_ALIGN_WRAP},
	        {"Calls", HVC_ALIGN_RIGHT},
	};
	static const struct hvc_column of_kinds[] = {
	        {"Kind", HVC_ALIGN_RIGHT},      {"Outcome", HVC_ALIGN_WRAP},
	        {"Immediates", HVC_ALIGN_WRAP}, {"Registers", HVC_ALIGN_WRAP},
	        {"Calls", HVC_ALIGN_RIGHT},
	};
	bool grouped = map->study && map->study->kinds < map->classes;
	struct hvc_regions regions;
	struct hvc_table *table;

	if (hvc_map_kind_regions(map, &regions) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	table = hvc_table__new(page, grouped ? of_kinds : columns, 5);
	for (unsigned i = 0; i < regions.count; i++) {
		const struct hvc_region *region = &regions.region[i];
		unsigned kind = region->class_;
		char text[1024];

		hvc_kind_print(map, kind, text, sizeof(text));
		shorten(text, sizeof(text));
		put_region(table, region, kind + 1, text,
		           i == 0 || kind != regions.region[i - 1].class_, HVC_INK_PLAIN);
		if (grouped && map->study->kind[kind].classes > 1 &&
		    (i + 1 == regions.count || regions.region[i + 1].class_ != kind))
			put_classes(table, map, kind);
	}
	hvc_regions_free(&regions);
	HVC_TRY(hvc_table__print(table, diag));
	return hvc_contract__text(page, map->contract, map->subject, diag);
}

enum hvc_status hvc_map_text(const struct hvc_page *page, const struct hvc_map *map,
                             struct hvc_diag *diag)
{
	put_account(page, map);
	HVC_TRY(put_kinds(page, map, diag));
	HVC_TRY(hvc_stops__text(page, &map->world, diag));
	if (map->study)
		HVC_TRY(hvc_boundary__text(page, map, diag));
	return hvc_invented__text(page, NULL, &map->world, NULL, &map->invented, diag);
}
