/* SPDX-License-Identifier: MIT */
#include "report/boundary.h"
#include "report/json_class.h"

static void add_place(struct hvc_json *json, const char *key, const struct hvc_place *place)
{
	char text[96];

	hvc_disasm(place->address, place->word, text, sizeof(text));
	hvc_json__object(json, key);
	hvc_json__hex(json, "address", place->address);
	if (place->symbol[0]) {
		hvc_json__string(json, "symbol", place->symbol);
		hvc_json__number(json, "offset", place->offset);
	}
	hvc_json__hex(json, "word", place->word);
	hvc_json__string(json, "instruction", text);
	hvc_json__close(json);
}

static void add_boundary(struct hvc_json *json, const struct hvc_map *map,
                         const struct hvc_boundary *boundary)
{
	hvc_json__object(json, NULL);
	hvc_json__array(json, "kinds");
	hvc_json__number(json, NULL, boundary->kind[0]);
	hvc_json__number(json, NULL, boundary->kind[1]);
	hvc_json__close(json);
	if (boundary->reg == HVC_REG_NONE)
		hvc_json__null(json, "register");
	else
		hvc_json__string(json, "register", hvc_reg_name(boundary->reg));
	hvc_json__string(json, "decision", hvc_decision_name(boundary->decision));
	if (boundary->decision != HVC_DECISION_VALUE)
		add_place(json, "at", &boundary->at);
	if (boundary->compares)
		add_place(json, "compare", &boundary->compare);
	if (boundary->operand != HVC_REG_NONE) {
		hvc_json__object(json, "compared");
		hvc_json__string(json, "register", hvc_reg_name(boundary->operand));
		hvc_json__array(json, "values");
		hvc_json__hex(json, NULL, boundary->value[0]);
		hvc_json__hex(json, NULL, boundary->value[1]);
		hvc_json__close(json);
		hvc_json__close(json);
	}
	hvc_json__number(json, "boundaries", boundary->times);
	hvc_json__array(json, "witnesses");
	for (unsigned side = 0; side < 2; side++)
		hvc_json__witness(json, NULL, map->subject, &map->world,
		                  &map->probes.probe[boundary->probe[side]], boundary->imm[side]);
	hvc_json__close(json);
	hvc_json__close(json);
}

static void add_kind(struct hvc_json *json, const struct hvc_map *map, unsigned kind,
                     const struct hvc_region *region, unsigned regions)
{
	char text[1024];

	hvc_kind_print(map, kind, text, sizeof(text));
	hvc_json__object(json, NULL);
	hvc_json__string(json, "outcome",
	                 hvc_outcome_name(map->class_[map->study->kind[kind].first].kind));
	hvc_json__string(json, "summary", text);
	hvc_json__number(json, "classes", map->study->kind[kind].classes);
	hvc_json__number(json, "calls", map->study->kind[kind].calls);
	hvc_json__array(json, "regions");
	for (unsigned i = 0; i < regions; i++) {
		hvc_json__object(json, NULL);
		hvc_json__region(json, &region[i]);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__close(json);
}

bool hvc_boundary__json(struct hvc_json *json, const struct hvc_map *map)
{
	struct hvc_regions regions;
	unsigned end;

	if (hvc_map_kind_regions(map, &regions) != HVC_OK)
		return false;
	hvc_json__array(json, "kinds");
	for (unsigned i = 0; i < regions.count; i = end) {
		for (end = i + 1;
		     end < regions.count && regions.region[end].class_ == regions.region[i].class_;)
			end++;
		add_kind(json, map, regions.region[i].class_, &regions.region[i], end - i);
	}
	hvc_json__close(json);
	hvc_regions_free(&regions);
	hvc_json__array(json, "boundaries");
	for (unsigned i = 0; i < map->study->boundaries; i++)
		add_boundary(json, map, &map->study->boundary[i]);
	hvc_json__close(json);
	hvc_json__number(json, "boundaries_unseen", map->study->unseen);
	return true;
}
