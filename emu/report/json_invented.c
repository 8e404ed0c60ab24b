/* SPDX-License-Identifier: MIT */
/* JSON of what a run had to make up. */
#include "machine/world.h"
#include "report/invented.h"

static void add_row(struct hvc_json *json, const struct hvc_world *world,
                    const struct hvc_invention *row)
{
	const struct hvc_stop *stub = hvc_world__boundary(world, row->address);

	hvc_json__object(json, NULL);
	hvc_json__string(json, "kind", hvc_invention_name(row->kind));
	if (row->kind == HVC_INVENTION_REGISTER)
		hvc_json__string(json, "register", hvc_reg_name(row->reg));
	else
		hvc_json__hex(json, "address", row->address);
	if (row->kind == HVC_INVENTION_STUB && stub)
		hvc_json__string(json, "name", stub->name);
	if (row->kind == HVC_INVENTION_MEMORY && row->name[0])
		hvc_json__string(json, "name", row->name);
	if (row->kind == HVC_INVENTION_MEMORY && row->value == HVC_INVENTED_TABLES)
		hvc_json__boolean(json, "tables", true);
	else if (row->kind == HVC_INVENTION_MEMORY && row->value)
		hvc_json__number(json, "relocation", row->value);
	if (row->kind == HVC_INVENTION_CALL)
		hvc_json__hex(json, "from", row->from);
	if (row->kind == HVC_INVENTION_PAGE)
		hvc_json__number(json, "size", 4096);
	else if (row->kind != HVC_INVENTION_MEMORY)
		hvc_json__hex(json, "value", row->value);
	hvc_json__number(json, "calls", row->calls);
	if (row->kind == HVC_INVENTION_PAGE)
		hvc_json__number(json, "blind", row->blind);
	hvc_json__close(json);
}

void hvc_invented__json(struct hvc_json *json, const char *key, const struct hvc_world *world,
                        const struct hvc_invented *invented)
{
	if (!invented->rows && !invented->more)
		return;
	hvc_json__array(json, key);
	for (unsigned i = 0; i < invented->rows; i++)
		add_row(json, world, &invented->row[i]);
	if (invented->more) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "kind", "more");
		hvc_json__number(json, "calls", invented->more);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_stops__json(struct hvc_json *json, const struct hvc_world *world)
{
	unsigned stops = 0;

	for (unsigned i = 0; i < world->boundaries; i++)
		stops += !world->boundary[i].stub;
	if (!stops)
		return;
	hvc_json__array(json, "stop_at");
	for (unsigned i = 0; i < world->boundaries; i++) {
		if (world->boundary[i].stub)
			continue;
		hvc_json__object(json, NULL);
		hvc_json__string(json, "name", world->boundary[i].name);
		hvc_json__hex(json, "address", world->boundary[i].address);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}
