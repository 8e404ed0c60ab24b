/* SPDX-License-Identifier: MIT */
/* JSON of what a run had to make up. */
#include "machine/world.h"
#include "report/supplied.h"

static void add_row(struct hvc_json *json, const struct hvc_world *world,
                    const struct hvc_supply *row)
{
	const struct hvc_stop *stub = hvc_world__find_stop(world, row->address);

	hvc_json__put(json, "{ kind", hvc_supply_name(row->kind));
	if (row->kind == HVC_SUPPLY_REGISTER)
		hvc_json__string(json, "register", hvc_reg_name(row->reg));
	else
		hvc_json__hex(json, "address", row->address);
	hvc_json__put(json, "name? name?", row->kind == HVC_SUPPLY_STUB && stub ? stub->name : NULL,
	              row->kind == HVC_SUPPLY_MEMORY && row->name[0] ? row->name : NULL);
	if (row->kind == HVC_SUPPLY_MEMORY && row->value == HVC_SUPPLIED_TABLES)
		hvc_json__boolean(json, "tables", true);
	else if (row->kind == HVC_SUPPLY_MEMORY && row->value)
		hvc_json__number(json, "relocation", row->value);
	if (row->kind == HVC_SUPPLY_CALL)
		hvc_json__hex(json, "from", row->from);
	if (row->kind == HVC_SUPPLY_PAGE)
		hvc_json__number(json, "size", 4096);
	else if (row->kind != HVC_SUPPLY_MEMORY)
		hvc_json__hex(json, "value", row->value);
	hvc_json__number(json, "calls", row->calls);
	if (row->kind == HVC_SUPPLY_PAGE)
		hvc_json__number(json, "blind", row->blind);
	hvc_json__close(json);
}

void hvc_supplied__json(struct hvc_json *json, const char *key, const struct hvc_world *world,
                        const struct hvc_supplied *supplied)
{
	if (!supplied->rows && !supplied->more)
		return;
	hvc_json__array(json, key);
	for (unsigned i = 0; i < supplied->rows; i++)
		add_row(json, world, &supplied->row[i]);
	if (supplied->more)
		hvc_json__put(json, "{ kind calls }", "more", supplied->more);
	hvc_json__close(json);
}

void hvc_stops__json(struct hvc_json *json, const struct hvc_world *world)
{
	unsigned stops = 0;

	for (unsigned i = 0; i < world->stops; i++)
		stops += !world->stop[i].stub;
	if (!stops)
		return;
	hvc_json__array(json, "stop_at");
	for (unsigned i = 0; i < world->stops; i++) {
		if (world->stop[i].stub)
			continue;
		hvc_json__put(json, "{ name address:x }", world->stop[i].name,
		              world->stop[i].address);
	}
	hvc_json__close(json);
}
