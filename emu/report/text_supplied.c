/* SPDX-License-Identifier: MIT */
/* Text of what a run had to make up. */
#include "base/number.h"
#include "machine/world.h"
#include "report/supplied.h"

#include <inttypes.h>

/* What stood in for something, and how; subject: for names of addresses, NULL: none. */
static void put_where(struct hvc_words *words, const struct hvc_world *world,
                      const struct hvc_subject *subject, const struct hvc_supply *row)
{
	const struct hvc_stop *stub = hvc_world__find_stop(world, row->address);
	struct hvc_words place = {0};

	if (row->kind == HVC_SUPPLY_REGISTER) {
		hvc_words__add(words, "%s", hvc_reg_name(row->reg));
	} else if (row->kind == HVC_SUPPLY_MEMORY && row->name[0]) {
		hvc_words__add(words, "%s (0x%" PRIx64 ")", row->name, row->address);
	} else if (row->kind == HVC_SUPPLY_STUB && stub) {
		hvc_words__add(words, "%s", stub->name);
	} else {
		if (subject)
			hvc_words__place(&place, subject, row->address);
		hvc_words__add(words, "0x%" PRIx64 "%s%s%s", row->address, place.length ? " (" : "",
		               hvc_words__text(&place), place.length ? ")" : "");
		hvc_words__free(&place);
	}
}

static void put_what(struct hvc_words *words, const struct hvc_subject *subject,
                     const struct hvc_supply *row)
{
	struct hvc_words place = {0};
	char number[HVC_U64_SIZE];

	switch (row->kind) {
	case HVC_SUPPLY_REGISTER:
		hvc_words__add(words, "assumed to hold %s", hvc_u64_print(row->value, number));
		break;
	case HVC_SUPPLY_PAGE:
		hvc_words__add(words, "4 KiB of zeros%s",
		               row->blind ? ", read before anything was written there" : "");
		break;
	case HVC_SUPPLY_CALL:
		if (subject)
			hvc_words__place(&place, subject, row->from);
		hvc_words__add(words, "no code there: called from 0x%" PRIx64 "%s%s%s, returned %s",
		               row->from, place.length ? " (" : "", hvc_words__text(&place),
		               place.length ? ")" : "", hvc_u64_print(row->value, number));
		hvc_words__free(&place);
		break;
	case HVC_SUPPLY_MEMORY:
		if (row->value == HVC_SUPPLIED_TABLES)
			hvc_words__add(words, "tables of EL2, which turned its MMU on: not there, "
			                      "each address is taken to be mapped to itself");
		else if (row->value)
			hvc_words__add(words,
			               "as in the file: its relocation, of type %" PRIu64
			               ", was not applied",
			               row->value);
		else
			hvc_words__add(words, "assumed to be zero");
		break;
	default:
		hvc_words__add(words, "not run: returned %s", hvc_u64_print(row->value, number));
		break;
	}
}

enum hvc_status hvc_supplied__text(const struct hvc_page *page, const char *whose,
                                   const struct hvc_world *world, const struct hvc_subject *subject,
                                   const struct hvc_supplied *supplied, struct hvc_diag *diag)
{
	struct hvc_table *table;
	char number[HVC_NUMBER_SIZE];

	if (!supplied->rows && !supplied->more)
		return HVC_OK;
	hvc_page__gap(page);
	hvc_page__prose(
	        page, 0, 0,
	        "This is not the real machine. What stands in for it, and the calls%s%s that "
	        "met it:",
	        whose ? " of " : "", whose ? whose : "");
	hvc_page__gap(page);
	table = hvc_table__new(page, "Assumed|Which|What~|Calls>");
	for (unsigned i = 0; i < supplied->rows; i++) {
		const struct hvc_supply *row = &supplied->row[i];
		struct hvc_words where = {0}, what = {0};

		put_where(&where, world, subject, row);
		put_what(&what, subject, row);
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_WARN, "%s", hvc_supply_name(row->kind));
		hvc_table__take(table, 1, HVC_INK_PLAIN, &where);
		hvc_table__take(table, 2, HVC_INK_PLAIN, &what);
		hvc_table__cell(table, 3, HVC_INK_PLAIN, "%s",
		                hvc_words__number(row->calls, number));
	}
	HVC_TRY(hvc_table__print(table, diag));
	if (supplied->more)
		hvc_page__line(page, 2, "... and more that is not told, met %s times",
		               hvc_words__number(supplied->more, number));
	return HVC_OK;
}

enum hvc_status hvc_stops__text(const struct hvc_page *page, const struct hvc_world *world,
                                struct hvc_diag *diag)
{
	struct hvc_table *table;
	unsigned stops = 0;

	for (unsigned i = 0; i < world->stops; i++)
		stops += !world->stop[i].stub;
	if (!stops)
		return HVC_OK;
	hvc_page__gap(page);
	table = hvc_table__new(page, "Boundary|At>");
	for (unsigned i = 0; i < world->stops; i++) {
		if (world->stop[i].stub)
			continue;
		hvc_table__row(table);
		hvc_table__cell(table, 0, HVC_INK_STRONG, "%s", world->stop[i].name);
		hvc_table__cell(table, 1, HVC_INK_PLAIN, "0x%" PRIx64, world->stop[i].address);
	}
	return hvc_table__print(table, diag);
}
