/* SPDX-License-Identifier: MIT */
#include "subject/symbol.h"
#include "base/grow.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/limit.h"

/* Names of one address that are looked at, the best ones. */
#define ALIASES_MAX 256u

static bool ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name), tail = strlen(ending);

	return length >= tail && !strcmp(name + length - tail, ending);
}

bool hvc_symbol__describe(char type, const char *name, struct hvc_symbol *out)
{
	const bool end = ends_in(name, "_end") || !strcmp(name, "_etext") ||
	                 !strcmp(name, "_einittext") || !strcmp(name, "_edata");
	const bool border = end || ends_in(name, "_start") || ends_in(name, "_begin") ||
	                    !strncmp(name, "__pi_", 5);
	struct hvc_symbol symbol = {.name = name, .size = end};

	if (strchr("AaNUu?", type))
		return false;
	symbol.rank = border ? 4 : strchr("TtWw", type) ? 0 : 2;
	symbol.rank += type >= 'a';
	*out = symbol;
	return true;
}

enum hvc_status hvc_symbols__own(struct hvc_symbols *symbols, char *text)
{
	struct hvc_symbol_text *row = malloc(sizeof *row);

	if (!row) {
		free(text);
		return HVC_E_NOMEM;
	}
	*row = (struct hvc_symbol_text){.text = text, .next = symbols->text};
	symbols->text = row;
	return HVC_OK;
}

enum hvc_status hvc_symbols__add(struct hvc_symbols *symbols, const struct hvc_symbol *symbol)
{
	const size_t left = (size_t)(HVC_LIMIT_NAMES - symbols->names);
	const size_t length = strnlen(symbol->name, left);

	/* Names that share their ends, a table of strings being text, are compared in full. */
	if (symbols->count == HVC_LIMIT_SYMBOLS || length == left)
		return HVC_E_RANGE;
	if (!hvc_grow(&symbols->row, &symbols->capacity, symbols->count, sizeof *symbols->row))
		return HVC_E_NOMEM;
	symbols->row[symbols->count++] = *symbol;
	symbols->names += length;
	return HVC_OK;
}

enum hvc_status hvc_symbols__fail(enum hvc_status status, const char *file, struct hvc_diag *diag)
{
	if (status != HVC_E_RANGE)
		return hvc_diag_set(diag, status, file, 0, 0, "no memory");
	return hvc_diag_set(diag, status, file, 0, 0,
	                    "has more than %u symbols, or names of more than %" PRIu64
	                    " MiB in all",
	                    HVC_LIMIT_SYMBOLS, HVC_LIMIT_NAMES >> 20);
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_symbol *l = a, *r = b;

	if (l->address != r->address)
		return l->address < r->address ? -1 : 1;
	if (l->rank != r->rank)
		return l->rank < r->rank ? -1 : 1;
	return strcmp(l->name, r->name);
}

static int by_name(const void *a, const void *b)
{
	const struct hvc_symbol *const *l = a, *const *r = b;
	int order = strcmp((*l)->name, (*r)->name);

	if (order)
		return order;
	if ((*l)->rank != (*r)->rank)
		return (*l)->rank < (*r)->rank ? -1 : 1;
	if ((*l)->address != (*r)->address)
		return (*l)->address < (*r)->address ? -1 : 1;
	return 0;
}

enum hvc_status hvc_symbols__sort(struct hvc_symbols *symbols)
{
	const struct hvc_symbol **index;

	if (!symbols->count)
		return HVC_OK;
	index = calloc(symbols->count, sizeof *index);
	if (!index)
		return HVC_E_NOMEM;
	free(symbols->by_name);
	symbols->by_name = index;
	qsort(symbols->row, symbols->count, sizeof *symbols->row, by_address);
	for (size_t i = 0; i < symbols->count; i++)
		symbols->by_name[i] = &symbols->row[i];
	qsort(symbols->by_name, symbols->count, sizeof *symbols->by_name, by_name);
	return HVC_OK;
}

void hvc_symbols__free(struct hvc_symbols *symbols)
{
	for (struct hvc_symbol_text *row = symbols->text, *next; row; row = next) {
		next = row->next;
		free(row->text);
		free(row);
	}
	free(symbols->row);
	free(symbols->by_name);
	*symbols = (struct hvc_symbols){0};
}

const struct hvc_symbol *hvc_symbols__find(const struct hvc_symbols *symbols, const char *name)
{
	size_t low = 0, high = symbols->count;

	/* The first of equal names, which is the best. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(symbols->by_name[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == symbols->count || strcmp(symbols->by_name[low]->name, name))
		return NULL;
	return symbols->by_name[low];
}

/* The first symbol at or above an address. */
static size_t first_from(const struct hvc_symbols *symbols, uint64_t address)
{
	size_t low = 0, high = symbols->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->row[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct hvc_symbol *hvc_symbols__cover(const struct hvc_symbols *symbols, uint64_t address)
{
	size_t end = address == UINT64_MAX ? symbols->count : first_from(symbols, address + 1);
	uint64_t nearest;

	if (!end)
		return NULL;
	nearest = symbols->row[end - 1].address;
	for (size_t i = first_from(symbols, nearest), last = i + ALIASES_MAX; i < end && i < last;
	     i++) {
		const struct hvc_symbol *symbol = &symbols->row[i];

		if (!symbol->size || address - nearest < symbol->size)
			return symbol;
	}
	return NULL;
}
