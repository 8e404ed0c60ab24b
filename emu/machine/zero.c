/* SPDX-License-Identifier: MIT */
/* Pages of zeros, lent where the subject reaches for memory that nobody gave it. */
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"

#include "base/random.h"

#define PAGE      UINT64_C(0x1000)
#define NONE      UINT32_MAX
#define BYTES(n)  ((n) >= 64 ? UINT64_MAX : (UINT64_C(1) << (n)) - 1)
#define START(at) ((at) & ~(PAGE - 1))

bool hvc_zero__open(struct hvc_zero *zero, unsigned limit)
{
	zero->slots = 16;
	while (zero->slots < 2 * limit)
		zero->slots *= 2;
	zero->page = calloc(limit, sizeof *zero->page);
	zero->slot = calloc(zero->slots, sizeof *zero->slot);
	zero->limit = limit;
	return zero->page && zero->slot;
}

void hvc_zero__close(struct hvc_zero *zero)
{
	free(zero->page);
	free(zero->slot);
}

static unsigned find(const struct hvc_zero *zero, uint64_t address)
{
	unsigned at = hvc_hash_page(address, zero->slots);

	for (; zero->slot[at]; at = (at + 1) & (zero->slots - 1))
		if (zero->page[zero->slot[at] - 1].address == address)
			return zero->slot[at] - 1;
	return NONE;
}

static void insert(struct hvc_zero *zero, unsigned index)
{
	unsigned at = hvc_hash_page(zero->page[index].address, zero->slots);

	while (zero->slot[at])
		at = (at + 1) & (zero->slots - 1);
	zero->slot[at] = index + 1;
}

/* Take back the page that a new one will stand for: one that is not used. */
static bool evict(struct hvc_zero *zero, struct hvc_engine *engine, unsigned *index)
{
	unsigned at = 0;

	while (at < zero->pages && zero->page[at].used)
		at++;
	if (at == zero->pages || !hvc_engine__unmap(engine, zero->page[at].address, PAGE))
		return false;
	zero->page[at] = zero->page[--zero->pages];
	memset(zero->slot, 0, zero->slots * sizeof *zero->slot);
	for (unsigned i = 0; i < zero->pages; i++)
		insert(zero, i);
	*index = zero->pages;
	return true;
}

bool hvc_zero__brings(struct hvc_zero *zero, struct hvc_engine *engine, uint64_t address)
{
	unsigned index = zero->pages;

	if (address >= zero->top || zero->used == zero->limit ||
	    (index == zero->limit && !evict(zero, engine, &index)) ||
	    !hvc_engine__lend(engine, address, PAGE))
		return false;
	memset(&zero->page[index], 0, sizeof *zero->page);
	zero->page[index].address = address;
	zero->pages = index + 1;
	insert(zero, index);
	return true;
}

static void use(struct hvc_zero *zero, struct hvc_zero_page *page)
{
	zero->used += !page->used;
	page->used = page->touched = true;
}

/*
 * What a store writes is known from then on. A load reads blindly where that is not so; but
 * code that loads a pair or a vector to use half of it is not told from others.
 */
static void touch(struct hvc_zero *zero, struct hvc_zero_page *page, unsigned from, unsigned to,
                  bool store)
{
	use(zero, page);
	while (from < to) {
		unsigned word = from / 64, bit = from % 64;
		unsigned count = to - from < 64 - bit ? to - from : 64 - bit;
		uint64_t bits = BYTES(count) << bit;

		if (store)
			page->written[word] |= bits;
		else if (~page->written[word] & bits)
			page->blind = true;
		from += count;
	}
}

/* Each page of an access, with the bytes of it; one that is not there is passed over. */
static void access(struct hvc_zero *zero, uint64_t address, unsigned size, bool store)
{
	while (size) {
		unsigned from = (unsigned)(address & (PAGE - 1));
		unsigned count = size < PAGE - from ? size : (unsigned)(PAGE - from);
		unsigned index = find(zero, START(address));

		if (index != NONE)
			touch(zero, &zero->page[index], from, from + count, store);
		address += count;
		size -= count;
	}
}

bool hvc_zero__finds(const struct hvc_zero *zero, uint64_t address)
{
	return find(zero, address) != NONE;
}

bool hvc_zero__has(const struct hvc_zero *zero, uint64_t address)
{
	unsigned index = find(zero, START(address));

	return index != NONE && zero->page[index].used;
}

bool hvc_zero__lend(struct hvc_zero *zero, struct hvc_engine *engine, uint64_t address,
                    unsigned size)
{
	/* An engine may have looked for the page before the store hook brought it. */
	if (find(zero, START(address)) == NONE && !hvc_zero__brings(zero, engine, START(address)))
		return false;
	access(zero, address, size, false);
	return true;
}

void hvc_zero__load(struct hvc_zero *zero, uint64_t address, unsigned size)
{
	access(zero, address, size, false);
}

void hvc_zero__store(struct hvc_zero *zero, uint64_t address, unsigned size)
{
	access(zero, address, size, true);
}

void hvc_zero__start(struct hvc_zero *zero)
{
	for (unsigned i = 0; i < zero->pages; i++)
		zero->page[i].touched = zero->page[i].blind = false;
}

void hvc_zero__forget(struct hvc_zero *zero)
{
	if (!zero->limit)
		return;
	memset(zero->slot, 0, zero->slots * sizeof *zero->slot);
	zero->pages = zero->used = 0;
}

void hvc_zero__reset(struct hvc_zero *zero)
{
	for (unsigned i = 0; i < zero->pages; i++) {
		if (zero->page[i].used)
			memset(zero->page[i].written, 0, sizeof zero->page[i].written);
		zero->page[i].used = false;
	}
	zero->used = 0;
}
