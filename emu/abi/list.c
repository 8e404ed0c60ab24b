/* SPDX-License-Identifier: MIT */
#include "abi/list.h"
#include "machine/reg.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What precedes a mistake is ASCII: anything else would have been the mistake. */
enum hvc_status hvc_loader__fail(const struct hvc_loader *loader, const struct hvc_text *text,
                                 size_t offset, const char *format, ...)
{
	unsigned column = text->column + (text->plain ? (unsigned)offset : 0);
	char message[sizeof loader->diag->message];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	return hvc_diag_set(loader->diag, HVC_E_FORMAT, loader->file, text->line, column, "%s",
	                    message);
}

enum hvc_status hvc_loader__fail_memory(const struct hvc_loader *loader)
{
	return hvc_diag_set(loader->diag, HVC_E_NOMEM, loader->file, 0, 0, "out of memory");
}

/** A place in a value while it is read. */
struct cursor {
	const struct hvc_loader *loader;
	const struct hvc_text *text;
	size_t at;
};

static char peek(struct cursor *c)
{
	while (c->text->text[c->at] == ' ')
		c->at++;
	return c->text->text[c->at];
}

static bool take(struct cursor *c, char wanted)
{
	if (peek(c) != wanted)
		return false;
	c->at++;
	return true;
}

static bool is_word_character(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/** The next word, cut to size; "" when there is none. It may have the characters `also`, too. */
static size_t take_letters(struct cursor *c, const char *also, char *word, size_t size)
{
	size_t start, length;

	peek(c);
	for (start = c->at; is_word_character(c->text->text[c->at]) ||
	                    (c->text->text[c->at] && strchr(also, c->text->text[c->at]));
	     c->at++)
		;
	length = c->at - start;
	snprintf(word, size, "%.*s", (int)(length < size ? length : size - 1),
	         c->text->text + start);
	return start;
}

static size_t take_word(struct cursor *c, char *word, size_t size)
{
	return take_letters(c, "", word, size);
}

static uint64_t all_bits(unsigned bits)
{
	return UINT64_MAX >> (64 - bits);
}

static enum hvc_status take_number(struct cursor *c, unsigned bits, uint64_t *out)
{
	char first = peek(c);
	size_t start = c->at, digit;
	bool negative = take(c, '-');
	unsigned base = 10, digits = 0;
	uint64_t value = 0, most;

	if (!isdigit((unsigned char)peek(c)))
		return hvc_loader__fail(c->loader, c->text, start,
		                        first ? "expected a number" : "a number is missing");
	digit = c->at;
	if (c->text->text[digit] == '0' &&
	    tolower((unsigned char)c->text->text[digit + 1]) == 'x') {
		base = 16;
		digit += 2;
	}
	most = negative ? UINT64_C(1) << (bits - 1) : all_bits(bits);
	for (; is_word_character(c->text->text[digit]); digit++, digits++) {
		unsigned d = (unsigned)tolower((unsigned char)c->text->text[digit]);

		d = isdigit((int)d)    ? d - (unsigned)'0'
		    : isxdigit((int)d) ? d - (unsigned)'a' + 10
		                       : 16;
		if (d >= base)
			return hvc_loader__fail(c->loader, c->text, start, "malformed number");
		if (d > most || value > (most - d) / base)
			return hvc_loader__fail(c->loader, c->text, start,
			                        "number does not fit in %u bits", bits);
		value = value * base + d;
	}
	if (!digits)
		return hvc_loader__fail(c->loader, c->text, start, "malformed number");
	c->at = digit;
	*out = (negative ? -value : value) & all_bits(bits);
	return HVC_OK;
}

static int compare_intervals(const void *a, const void *b)
{
	const struct hvc_interval *s = a, *t = b;

	return (s->lo > t->lo) - (s->lo < t->lo);
}

void hvc_list__normalise(struct hvc_numbers *set)
{
	unsigned kept = 0;

	qsort(set->interval, set->intervals, sizeof *set->interval, compare_intervals);
	for (unsigned i = 1; i < set->intervals; i++) {
		struct hvc_interval *last = &set->interval[kept], next = set->interval[i];

		if (last->hi == UINT64_MAX || next.lo <= last->hi + 1)
			last->hi = next.hi > last->hi ? next.hi : last->hi;
		else
			set->interval[++kept] = next;
	}
	set->intervals = kept + 1;
}

static enum hvc_status take_mask(struct cursor *c, unsigned bits, struct hvc_numbers *set)
{
	char word[8];
	size_t start = take_word(c, word, sizeof word);

	if (strcasecmp(word, "mask") != 0)
		return hvc_loader__fail(c->loader, c->text, start, "expected a comma or \"mask\"");
	HVC_TRY(take_number(c, bits, &set->mask));
	if (peek(c) != '\0')
		return hvc_loader__fail(c->loader, c->text, c->at, "nothing may follow the mask");
	for (unsigned i = 0; i < set->intervals; i++)
		if ((set->interval[i].lo | set->interval[i].hi) & ~set->mask)
			return hvc_loader__fail(c->loader, c->text, 0,
			                        "a value has bits outside the mask");
	return HVC_OK;
}

enum hvc_status hvc_list__numbers(const struct hvc_loader *loader, const struct hvc_text *text,
                                  unsigned bits, bool masks, struct hvc_numbers *out)
{
	struct cursor c = {.loader = loader, .text = text};
	struct hvc_numbers set = {.mask = all_bits(bits)};
	size_t items = 1;

	for (const char *p = text->text; *p; p++)
		items += *p == ',';
	set.interval = hvc_arena__take(loader->arena, items * sizeof *set.interval);
	if (!set.interval)
		return hvc_loader__fail_memory(loader);
	do {
		struct hvc_interval *next = &set.interval[set.intervals++];
		size_t start;

		peek(&c);
		start = c.at;
		HVC_TRY(take_number(&c, bits, &next->lo));
		next->hi = next->lo;
		if (take(&c, '-'))
			HVC_TRY(take_number(&c, bits, &next->hi));
		if (next->hi < next->lo)
			return hvc_loader__fail(loader, text, start, "the range is empty");
	} while (take(&c, ','));
	if (peek(&c) != '\0' && masks)
		HVC_TRY(take_mask(&c, bits, &set));
	if (peek(&c) != '\0')
		return hvc_loader__fail(loader, text, c.at, "expected a comma");
	hvc_list__normalise(&set);
	*out = set;
	return HVC_OK;
}

enum hvc_status hvc_list__number(const struct hvc_loader *loader, const struct hvc_text *text,
                                 uint64_t *out)
{
	struct cursor c = {.loader = loader, .text = text};
	uint64_t value;

	HVC_TRY(take_number(&c, 64, &value));
	if (peek(&c) != '\0')
		return hvc_loader__fail(loader, text, c.at, "nothing may follow the number");
	*out = value;
	return HVC_OK;
}

enum hvc_status hvc_list__words(const struct hvc_loader *loader, const struct hvc_text *text,
                                const char *what, hvc_word_find *find, const void *ctx,
                                unsigned limit, unsigned declared, unsigned *out)
{
	struct cursor c = {.loader = loader, .text = text};
	unsigned bits = 0;

	do {
		char word[40];
		size_t start = take_letters(&c, "-", word, sizeof word); /* hvc-a32 */
		unsigned index = find(ctx, word);

		if (!word[0])
			return hvc_loader__fail(loader, text, start, "expected a %s", what);
		if (index >= limit)
			return hvc_loader__fail(loader, text, start, "unknown %s \"%s\"", what,
			                        word);
		if (!(declared >> index & 1))
			return hvc_loader__fail(loader, text, start,
			                        "the ABI declares no %s \"%s\"", what, word);
		bits |= 1u << index;
		if (peek(&c) != '\0' && peek(&c) != ',')
			return hvc_loader__fail(loader, text, c.at, "expected a comma");
	} while (take(&c, ','));
	*out = bits;
	return HVC_OK;
}

/** A register, with a row or (its number, and HVC_REG_NONE) without. */
static enum hvc_status take_register(struct cursor *c, enum hvc_reg *out, hvc_other *other)
{
	char word[24];
	size_t start = take_word(c, word, sizeof word);

	if (!word[0])
		return hvc_loader__fail(c->loader, c->text, start, "expected a register");
	*out = hvc_reg_find(word);
	*other = *out == HVC_REG_NONE ? hvc_other__find(word) : 0;
	if (*out == HVC_REG_NONE && !*other)
		return hvc_loader__fail(c->loader, c->text, start, "unknown register \"%s\"", word);
	return HVC_OK;
}

/** The end of a range that begins with `first`, or `start` of them. */
static enum hvc_status take_range(struct cursor *c, size_t start, enum hvc_reg *last,
                                  hvc_other *last_other)
{
	enum hvc_reg first = *last;
	hvc_other other = *last_other;
	bool q;

	if (!take(c, '-'))
		return HVC_OK;
	HVC_TRY(take_register(c, last, last_other));
	q = other && other <= *last_other && *last_other <= HVC_OTHER_Q(31);
	if (!q && (*last > HVC_REG_X30 || first > *last))
		return hvc_loader__fail(c->loader, c->text, start,
		                        "a range goes from xN up to xM, or qN up to qM");
	return HVC_OK;
}

#define SPARED_MAX 256u

enum hvc_status hvc_list__registers(const struct hvc_loader *loader, const struct hvc_text *text,
                                    struct hvc_spared *out)
{
	struct cursor c = {.loader = loader, .text = text};
	struct hvc_spared set = {.others = 0};
	hvc_other *list;

	if (!strcasecmp(text->text, "none")) {
		*out = set;
		return HVC_OK;
	}
	list = hvc_arena__take(loader->arena, SPARED_MAX * sizeof *list);
	if (!list)
		return hvc_loader__fail_memory(loader);
	set.other = list;
	do {
		enum hvc_reg first, last;
		hvc_other other, last_other;
		size_t start;

		peek(&c);
		start = c.at;
		HVC_TRY(take_register(&c, &first, &other));
		last = first;
		last_other = other;
		HVC_TRY(take_range(&c, start, &last, &last_other));
		for (unsigned reg = first; !other && reg <= last; reg++)
			hvc_regset_add(&set.reg, (enum hvc_reg)reg);
		for (; other && other <= last_other; other++) {
			if (set.others == SPARED_MAX)
				return hvc_loader__fail(loader, text, start, "too many registers");
			list[set.others++] = other;
		}
		if (peek(&c) != '\0' && peek(&c) != ',')
			return hvc_loader__fail(loader, text, c.at, "expected a comma");
	} while (take(&c, ','));
	*out = set;
	return HVC_OK;
}

enum hvc_status hvc_list__flag(const struct hvc_loader *loader, const struct hvc_text *text,
                               bool *out)
{
	if (strcmp(text->text, "true") != 0 && strcmp(text->text, "false") != 0)
		return hvc_loader__fail(loader, text, 0, "expected true or false");
	*out = text->text[0] == 't';
	return HVC_OK;
}
