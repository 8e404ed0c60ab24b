/* SPDX-License-Identifier: MIT */
/* The account of what a run had to make up; see the header. */
#include "machine/invented.h"

#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[HVC_INVENTION_COUNT] = {
        [HVC_INVENTION_REGISTER] = "register", [HVC_INVENTION_PAGE] = "page",
        [HVC_INVENTION_CALL] = "call",         [HVC_INVENTION_STUB] = "stub",
        [HVC_INVENTION_MEMORY] = "memory",
};

const char *hvc_invention_name(enum hvc_invention_kind kind)
{
	return kind < HVC_INVENTION_COUNT ? kinds[kind] : "?";
}

static int compare(const struct hvc_invention *a, const struct hvc_invention *b)
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

bool hvc_invention__is_same(const struct hvc_invention *a, const struct hvc_invention *b)
{
	return compare(a, b) == 0;
}

static int by_place(const void *a, const void *b)
{
	return compare(a, b);
}

enum hvc_status hvc_invented__add(struct hvc_invented *invented,
                                  const struct hvc_invention *invention)
{
	unsigned at = 0;

	while (at < invented->rows && compare(&invented->row[at], invention) != 0)
		at++;
	if (at < invented->rows) {
		invented->row[at].calls += invention->calls;
		invented->row[at].blind += invention->blind;
		return HVC_OK;
	}
	if (at == HVC_INVENTED_MAX) {
		invented->more += invention->calls;
		return HVC_OK;
	}
	if (!hvc_grow(&invented->row, &invented->capacity, at, sizeof *invented->row))
		return HVC_E_NOMEM;
	invented->row[invented->rows++] = *invention;
	return HVC_OK;
}

enum hvc_status hvc_invented__merge(struct hvc_invented *into, const struct hvc_invented *from)
{
	for (unsigned i = 0; i < from->rows; i++)
		HVC_TRY(hvc_invented__add(into, &from->row[i]));
	into->more += from->more;
	return HVC_OK;
}

bool hvc_invention__is_assumption(const struct hvc_invention *row)
{
	return row->kind == HVC_INVENTION_MEMORY || (row->kind == HVC_INVENTION_PAGE && row->blind);
}

unsigned hvc_invented__assumptions(const struct hvc_invented *invented)
{
	unsigned count = 0;

	for (unsigned i = 0; i < invented->rows; i++)
		count += hvc_invention__is_assumption(&invented->row[i]);
	return count;
}

void hvc_invented__sort(struct hvc_invented *invented)
{
	if (invented->rows)
		qsort(invented->row, invented->rows, sizeof *invented->row, by_place);
}

void hvc_invented__free(struct hvc_invented *invented)
{
	free(invented->row);
	memset(invented, 0, sizeof *invented);
}
