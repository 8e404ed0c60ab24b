/* SPDX-License-Identifier: MIT */
/** Comma lists of numbers, ranges and words, as specifications write them. */
#ifndef HVC_ABI_LIST_H
#define HVC_ABI_LIST_H

#include "abi/spec.h"
#include "hvcheck/abi.h"

/** What every reader of a specification needs. */
struct hvc_loader {
	const char *file;
	struct hvc_diag *diag;
	struct hvc_arena *arena;           /**< what the ABI keeps */
	const struct hvc_abi_about *about; /**< NULL: no subject */
};

/** Refuse a value at the given byte of its text. */
enum hvc_status hvc_loader__fail(const struct hvc_loader *loader, const struct hvc_text *text,
                                 size_t offset, const char *format, ...) HVC_PRINTF(4, 5);
enum hvc_status hvc_loader__fail_memory(const struct hvc_loader *loader);

/** A set of numbers: sorted, disjoint, not adjacent intervals, in the arena. */
struct hvc_numbers {
	struct hvc_interval *interval;
	unsigned intervals;
	uint64_t mask; /**< what "mask" gave, else all bits of the width */
};

/**
 * "0, 2-5, 0x100-0x1ff, -1", and "mask 0xff" behind it where masks are allowed. Negative numbers
 * are two's complement in `bits` (16, 32 or 64) bits.
 */
enum hvc_status hvc_list__numbers(const struct hvc_loader *loader, const struct hvc_text *text,
                                  unsigned bits, bool masks, struct hvc_numbers *out);

/** Sort and join what overlaps or touches. */
void hvc_list__normalise(struct hvc_numbers *set);

/** One number of 64 bits, negative ones in two's complement. */
enum hvc_status hvc_list__number(const struct hvc_loader *loader, const struct hvc_text *text,
                                 uint64_t *out);

/** Index of a word below `limit`; `limit` itself when it is unknown. */
typedef unsigned hvc_word_find(const void *ctx, const char *word);

/**
 * "el1h, el1t" as bits; only those in declared are allowed. what names the kind of word in
 * diagnostics.
 */
enum hvc_status hvc_list__words(const struct hvc_loader *loader, const struct hvc_text *text,
                                const char *what, hvc_word_find *find, const void *ctx,
                                unsigned limit, unsigned declared, unsigned *out);

/** Registers that may change. */
struct hvc_spared {
	struct hvc_regset reg;
	const hvc_other *other; /**< without a row */
	unsigned others;
};

/** "x0-x18, lr, nzcv, q0-q31, dbgbcr0_el1" or "none". */
enum hvc_status hvc_list__registers(const struct hvc_loader *loader, const struct hvc_text *text,
                                    struct hvc_spared *out);

/** "true" or "false". */
enum hvc_status hvc_list__flag(const struct hvc_loader *loader, const struct hvc_text *text,
                               bool *out);

#endif
