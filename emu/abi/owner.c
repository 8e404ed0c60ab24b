/* SPDX-License-Identifier: MIT */
/*
 * Whose memory an address is in, as the values of a register: EL2's own is what the subject brings
 * and HVC_EL2_DATA, the caller's all else that there is. Without a subject a small image stands for
 * one, so that a specification can be read.
 */
#include <stdio.h>
#include <string.h>

#include "abi/rule.h"
#include "base/random.h"

#define SOME_TEXT UINT64_C(0x80080000)
#define SOME_DATA UINT64_C(0x80090000)
#define SOME_SIZE UINT64_C(0x10000)

enum owner { CALLER, TEXT, DATA, STACK, EL2, OWNERS };

static const char *const names[OWNERS] = {"caller", "text", "data", "stack", "el2"};

struct wanted {
	const struct hvc_loader *loader;
	uint64_t size; /* bytes from the register's address on */
	struct hvc_numbers *out;
};

static void add(struct wanted *w, uint64_t lo, uint64_t hi)
{
	w->out->interval[w->out->intervals++] = (struct hvc_interval){lo, hi};
}

/* Addresses from which some byte is in the range. */
static void add_hits(struct wanted *w, uint64_t lo, uint64_t hi)
{
	add(w, lo < w->size ? 0 : lo - (w->size - 1), hi);
}

/* Of the subject, or where there is none, from `some` on. */
static void add_ranges(struct wanted *w, const struct hvc_interval *range, unsigned count,
                       uint64_t some)
{
	for (unsigned i = 0; i < count; i++)
		add_hits(w, range[i].lo, range[i].hi);
	if (!w->loader->about)
		add_hits(w, some, some + SOME_SIZE - 1);
}

static void add_stack(struct wanted *w)
{
	add_hits(w, HVC_EL2_DATA, HVC_EL2_DATA + HVC_EL2_DATA_SIZE - 1);
}

/* The harness but EL2's data and the engine's own page. */
static void add_callers(struct wanted *w)
{
	const uint64_t piece[2][2] = {
	        {HVC_HARNESS_BASE + HVC_TRAMPOLINE_SIZE, HVC_EL2_DATA},
	        {HVC_EL2_DATA + HVC_EL2_DATA_SIZE, HVC_HARNESS_BASE + HVC_HARNESS_SIZE}};

	for (unsigned i = 0; i < 2; i++)
		if (w->size <= piece[i][1] - piece[i][0])
			add(w, piece[i][0], piece[i][1] - w->size);
}

static enum owner find(const char *word)
{
	enum owner owner = CALLER;

	while (owner < OWNERS && strcmp(word, names[owner]) != 0)
		owner++;
	return owner;
}

/* "[x1, 16]" */
static bool read_place(const char *key, unsigned *reg, uint64_t *size)
{
	char end = 0;
	unsigned long long bytes;
	int used = 0;

	if (sscanf(key, "[x%2u ,%lli %c%n", reg, (long long *)&bytes, &end, &used) != 3 ||
	    end != ']' || key[used] || *reg >= HVC_GPR_COUNT)
		return false;
	*size = bytes;
	return bytes && bytes <= HVC_HARNESS_SIZE;
}

enum hvc_status hvc_owner__read(const struct hvc_loader *loader, const struct hvc_text *key,
                                const struct hvc_text *value, struct hvc_condition *out)
{
	const struct hvc_abi_about *about = loader->about;
	struct hvc_numbers numbers = {.mask = UINT64_MAX};
	struct wanted w = {.loader = loader, .out = &numbers};
	enum owner owner = find(value->text);
	unsigned reg;

	if (!read_place(key->text, &reg, &w.size))
		return hvc_loader__fail(loader, key, 0,
		                        "an owner is of \"[xN, BYTES]\", a number of them");
	if (owner == OWNERS)
		return hvc_loader__fail(loader, value, 0,
		                        "memory is of caller, text, data, stack or el2");
	numbers.interval =
	        hvc_arena__take(loader->arena, (4 + (about ? about->texts + about->datas : 0)) *
	                                               sizeof *numbers.interval);
	if (!numbers.interval)
		return hvc_loader__fail_memory(loader);
	if (owner == CALLER)
		add_callers(&w);
	if (owner == TEXT || owner == EL2)
		add_ranges(&w, about ? about->text : NULL, about ? about->texts : 0, SOME_TEXT);
	if (owner == DATA || owner == EL2)
		add_ranges(&w, about ? about->data : NULL, about ? about->datas : 0, SOME_DATA);
	if (owner == STACK || owner == EL2)
		add_stack(&w);
	if (!numbers.intervals)
		return hvc_loader__fail(loader, value, 0, "the subject has no %s", names[owner]);
	hvc_list__normalise(&numbers);
	out->reg = (enum hvc_reg)reg;
	out->mask = numbers.mask;
	out->interval = numbers.interval;
	out->intervals = numbers.intervals;
	return HVC_OK;
}

/* What "symbol(NAME)" stands for where there is no subject: a number of its own. */
static uint64_t stand_in(const char *name)
{
	return hvc_hash(HVC_HASH_START, name, strlen(name));
}

enum hvc_status hvc_owner__symbols(const struct hvc_loader *loader, const struct hvc_text *text,
                                   struct hvc_text *out)
{
	static const char word[] = "symbol(";
	const struct hvc_abi_about *about = loader->about;
	const char *begin, *end;

	*out = *text;
	while ((begin = strstr(out->text, word)) && (end = strchr(begin, ')'))) {
		size_t length = strlen(out->text), before = (size_t)(begin - out->text);
		char name[HVC_MEMORY_TEXT], *made;
		struct hvc_diag why = {0};
		uint64_t address;

		snprintf(name, sizeof name, "%.*s", (int)(end - begin - (int)sizeof word + 1),
		         begin + sizeof word - 1);
		address = stand_in(name);
		if (about && about->find && about->find(about->ctx, name, &why, &address) != HVC_OK)
			return hvc_loader__fail(loader, text, 0, "%s", why.message);
		made = hvc_arena__take(loader->arena, length + 24);
		if (!made)
			return hvc_loader__fail_memory(loader);
		snprintf(made, length + 24, "%.*s0x%llx%s", (int)before, out->text,
		         (unsigned long long)address, end + 1);
		out->text = made;
		out->plain = false;
	}
	return HVC_OK;
}
