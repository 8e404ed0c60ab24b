/* SPDX-License-Identifier: MIT */
/*
 * Asking the engine for memory costs more than most calls' other work, so pages that calls store
 * to are kept here: as they are after a reset, and as they are now. They stay known from call to
 * call, and a reset writes back only what was stored.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

#include "base/random.h"

#define PAGE      UINT64_C(0x1000)
#define PAGES_MAX 2048u /* that are kept over a reset */

struct hvc_undo_page {
	uint64_t address;
	bool lent;                  /* may be gone by the next call: see zero.c */
	bool touched;               /* since the last reset */
	struct hvc_undo_page *next; /* that was touched */
	uint64_t dirty[8];          /* a bit a word of 8 bytes */
	uint8_t before[PAGE], now[PAGE];
};

static struct hvc_undo_page *find(struct hvc_undo *undo, uint64_t address)
{
	if (undo->last && undo->last->address == address)
		return undo->last;
	for (unsigned at = undo->slots ? hvc_hash_page(address, undo->slots) : 0; undo->slots;
	     at = (at + 1) & (undo->slots - 1)) {
		if (!undo->slot[at])
			return NULL;
		if (undo->slot[at]->address == address)
			return undo->last = undo->slot[at];
	}
	return NULL;
}

static void insert(struct hvc_undo *undo, struct hvc_undo_page *page)
{
	unsigned at = hvc_hash_page(page->address, undo->slots);

	while (undo->slot[at])
		at = (at + 1) & (undo->slots - 1);
	undo->slot[at] = page;
}

/* Keep the table at most half full. */
static bool grow(struct hvc_undo *undo)
{
	struct hvc_undo_page **old = undo->slot;
	unsigned slots = undo->slots;

	undo->slots = slots ? 2 * slots : 64;
	undo->slot = calloc(undo->slots, sizeof *undo->slot);
	if (!undo->slot) {
		undo->slot = old;
		undo->slots = slots;
		return false;
	}
	for (unsigned i = 0; i < slots; i++)
		if (old[i])
			insert(undo, old[i]);
	free(old);
	return true;
}

static struct hvc_undo_page *add(struct hvc_undo *undo, struct hvc_engine *engine, uint64_t address)
{
	struct hvc_undo_page *page;

	if (2 * (undo->pages + 1) > undo->slots && !grow(undo))
		return NULL;
	page = malloc(sizeof *page);
	if (!page || !hvc_engine__read(engine, address, page->before, sizeof page->before)) {
		free(page);
		return NULL;
	}
	memcpy(page->now, page->before, sizeof page->now);
	memset(page->dirty, 0, sizeof page->dirty);
	page->address = address;
	page->touched = page->lent = false;
	insert(undo, page);
	undo->pages++;
	return undo->last = page;
}

bool hvc_undo__knows(struct hvc_undo *undo, uint64_t address)
{
	const struct hvc_undo_page *page = find(undo, address);

	return page && !page->lent;
}

bool hvc_undo__store(struct hvc_undo *undo, struct hvc_engine *engine, uint64_t address,
                     unsigned size, const uint8_t *value, bool lent)
{
	unsigned from = (unsigned)(address & (PAGE - 1));
	struct hvc_undo_page *page = find(undo, address - from);
	bool changes;

	if (!page)
		page = add(undo, engine, address - from);
	if (!page) {
		undo->overflow = true;
		return true;
	}
	page->lent = lent;
	if (!page->touched) {
		page->touched = true;
		page->next = undo->touched;
		undo->touched = page;
	}
	for (unsigned word = from / 8; word <= (from + size - 1) / 8; word++)
		page->dirty[word / 64] |= UINT64_C(1) << word % 64;
	changes = memcmp(page->now + from, value, size) != 0;
	memcpy(page->now + from, value, size);
	return changes;
}

bool hvc_undo__wrote(const struct hvc_undo *undo, uint64_t address)
{
	const unsigned word = (unsigned)(address % PAGE / 8);

	for (const struct hvc_undo_page *page = undo->touched; page; page = page->next)
		if (page->address == address - address % PAGE)
			return page->dirty[word / 64] >> word % 64 & 1;
	return false;
}

bool hvc_undo__touches(const struct hvc_undo *undo, uint64_t lo, uint64_t hi)
{
	for (const struct hvc_undo_page *page = undo->touched; page; page = page->next)
		if (page->address < hi && page->address + PAGE > lo)
			return true;
	return false;
}

/* Each stretch of words that were stored to. */
static bool put_back(struct hvc_undo_page *page, struct hvc_engine *engine)
{
	bool ok = true;

	for (unsigned word = 0, end; word < PAGE / 8; word = end + 1) {
		if (!(page->dirty[word / 64] >> word % 64)) {
			end = word | 63; /* none in the rest of these */
			continue;
		}
		for (end = word; end < PAGE / 8 && page->dirty[end / 64] >> end % 64 & 1;)
			end++;
		if (end == word)
			continue;
		ok &= hvc_engine__write(engine, page->address + 8 * word, page->before + 8 * word,
		                        8 * (end - word));
		memcpy(page->now + 8 * word, page->before + 8 * word, 8 * (end - word));
	}
	memset(page->dirty, 0, sizeof page->dirty);
	page->touched = false;
	return ok;
}

bool hvc_undo__apply(struct hvc_undo *undo, struct hvc_engine *engine, bool code)
{
	bool ok = !undo->overflow;

	for (struct hvc_undo_page *page = undo->touched; page; page = page->next) {
		ok &= put_back(page, engine);
		if (code)
			hvc_engine__forget(engine, page->address, PAGE);
	}
	undo->touched = NULL;
	if (undo->pages > PAGES_MAX)
		hvc_undo__free(undo);
	return ok;
}

void hvc_undo__free(struct hvc_undo *undo)
{
	for (unsigned i = 0; i < undo->slots; i++)
		free(undo->slot[i]);
	free(undo->slot);
	memset(undo, 0, sizeof *undo);
}
