/* SPDX-License-Identifier: MIT */
/* The account of what a run had to make up; see the header. */
#include "machine/supplied.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[HVC_SUPPLY_COUNT] = {
        [HVC_SUPPLY_REGISTER] = "register", [HVC_SUPPLY_PAGE] = "page",
        [HVC_SUPPLY_CALL] = "call",         [HVC_SUPPLY_STUB] = "stub",
        [HVC_SUPPLY_MEMORY] = "memory",
};

const char *hvc_supply_name(enum hvc_supply_kind kind)
{
	return kind < HVC_SUPPLY_COUNT ? kinds[kind] : "?";
}

static int compare(const struct hvc_supply *a, const struct hvc_supply *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->reg != b->reg)
		return a->reg < b->reg ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->value > b->value) - (a->value < b->value);
}

bool hvc_supply__is_same(const struct hvc_supply *a, const struct hvc_supply *b)
{
	return compare(a, b) == 0;
}

static int by_place(const void *a, const void *b)
{
	return compare(a, b);
}

enum hvc_status hvc_supplied__add(struct hvc_supplied *supplied, const struct hvc_supply *supply)
{
	unsigned at = 0;

	while (at < supplied->rows && compare(&supplied->row[at], supply) != 0)
		at++;
	if (at < supplied->rows) {
		supplied->row[at].calls += supply->calls;
		supplied->row[at].blind += supply->blind;
		return HVC_OK;
	}
	if (at == HVC_SUPPLIED_MAX) {
		supplied->more += supply->calls;
		return HVC_OK;
	}
	if (!hvc_grow(&supplied->row, &supplied->capacity, at, sizeof *supplied->row))
		return HVC_E_NOMEM;
	supplied->row[supplied->rows++] = *supply;
	return HVC_OK;
}

enum hvc_status hvc_supplied__merge(struct hvc_supplied *into, const struct hvc_supplied *from)
{
	for (unsigned i = 0; i < from->rows; i++)
		HVC_TRY(hvc_supplied__add(into, &from->row[i]));
	into->more += from->more;
	return HVC_OK;
}

bool hvc_supply__is_assumption(const struct hvc_supply *row)
{
	return row->kind == HVC_SUPPLY_MEMORY || (row->kind == HVC_SUPPLY_PAGE && row->blind);
}

unsigned hvc_supplied__assumptions(const struct hvc_supplied *supplied)
{
	unsigned count = 0;

	for (unsigned i = 0; i < supplied->rows; i++)
		count += hvc_supply__is_assumption(&supplied->row[i]);
	return count;
}

void hvc_supplied__sort(struct hvc_supplied *supplied)
{
	if (supplied->rows)
		qsort(supplied->row, supplied->rows, sizeof *supplied->row, by_place);
}

void hvc_supplied__free(struct hvc_supplied *supplied)
{
	free(supplied->row);
	memset(supplied, 0, sizeof *supplied);
}
