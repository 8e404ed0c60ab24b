/* SPDX-License-Identifier: MIT */
/** Symbols of an image, found by name and by address in logarithmic time. */
#ifndef SUBJECT_SYMBOL_H
#define SUBJECT_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/** One symbol. Better symbols of the same address have a lower rank. */
struct hvc_symbol {
	const char *name; /* borrowed from the image's bytes, or from text that is owned */
	uint64_t address;
	uint64_t size; /* 0: up to the next symbol */
	unsigned rank; /* below HVC_SYMBOL_RANKS as read */
	bool a32, t32; /* a function that is known to be such code */
};

#define HVC_SYMBOL_RANKS 8u

/** Names that are in no image. */
struct hvc_symbol_text {
	char *text;
	struct hvc_symbol_text *next;
};

/** A growing table; zero-initialise. */
struct hvc_symbols {
	struct hvc_symbol *row; /* after hvc_symbols__sort: by address, rank, name */
	const struct hvc_symbol **by_name;
	size_t count, capacity;
	uint64_t names; /* bytes of all names */
	struct hvc_symbol_text *text;
};

/**
 * Make a symbol of what nm and kallsyms write, but for its address. A function's own name ranks
 * before that of data, both before the border of a region and an alias; the end of a region
 * covers nothing but itself. False: it names no place (absolute, undefined).
 */
bool hvc_symbol__describe(char type, const char *name, struct hvc_symbol *out);

/** Take over malloc'ed text that names are in; freed also on failure. */
HVC_MUST_USE enum hvc_status hvc_symbols__own(struct hvc_symbols *symbols, char *text);

/** HVC_E_RANGE: that is one more, or its name longer, than an image may have (limit.h). */
HVC_MUST_USE enum hvc_status hvc_symbols__add(struct hvc_symbols *symbols,
                                              const struct hvc_symbol *symbol);
/** Say why a table could not be made: HVC_E_NOMEM or HVC_E_RANGE, which is returned. */
enum hvc_status hvc_symbols__fail(enum hvc_status status, const char *file, struct hvc_diag *diag);
/** To be called after the last symbol and before the first search. */
HVC_MUST_USE enum hvc_status hvc_symbols__sort(struct hvc_symbols *symbols);
void hvc_symbols__free(struct hvc_symbols *symbols);

/** The best symbol of a name; NULL when there is none. */
const struct hvc_symbol *hvc_symbols__find(const struct hvc_symbols *symbols, const char *name);
/** The best symbol that covers an address; NULL when there is none. */
const struct hvc_symbol *hvc_symbols__cover(const struct hvc_symbols *symbols, uint64_t address);

#endif
