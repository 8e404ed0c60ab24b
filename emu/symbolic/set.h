/* SPDX-License-Identifier: MIT */
/**
 * Sets of values of one term, and conditions that say no more than that a term is in a set: what
 * people write as "x0 = 2", "w0 in 0x80000000-0x8000ffff", "imm != 0xea1". Sets never change once
 * made, and live as long as the terms. Internal.
 */
#ifndef SYMBOLIC_SET_H
#define SYMBOLIC_SET_H

#include "symbolic/bv.h"

struct hvc_range {
	uint64_t lo, hi; /**< both in it */
};

/** Ascending ranges that neither overlap nor touch. */
struct hvc_set {
	unsigned width;
	size_t count;
	struct hvc_range range[];
};

/** Most ranges of a set that a condition is understood as. */
#define HVC_SET_RANGES 1024u

/* Each is NULL when memory ran out or there would be too many ranges. */
/** From lo up to hi, past the greatest number where hi is less. */
const struct hvc_set *hvc_set__range(struct hvc_bvs *terms, unsigned width, uint64_t lo,
                                     uint64_t hi);
/** Numbers of `width` bits that have a number of the set from bit `low` on, any bits below it and
 * above it any of `above` bits. */
const struct hvc_set *hvc_set__spread(struct hvc_bvs *terms, const struct hvc_set *a,
                                      unsigned width, unsigned low, unsigned above);
/** No number at all. */
const struct hvc_set *hvc_set__none(struct hvc_bvs *terms, unsigned width);
/** Of the 65,536 numbers of 16 bits those of which `has` says so. */
const struct hvc_set *hvc_set__imms(struct hvc_bvs *terms,
                                    bool (*has)(const void *ctx, unsigned imm), const void *ctx);
const struct hvc_set *hvc_set__not(struct hvc_bvs *terms, const struct hvc_set *a);
const struct hvc_set *hvc_set__and(struct hvc_bvs *terms, const struct hvc_set *a,
                                   const struct hvc_set *b);
const struct hvc_set *hvc_set__or(struct hvc_bvs *terms, const struct hvc_set *a,
                                  const struct hvc_set *b);
/** Sets of one width. */
bool hvc_set__same(const struct hvc_set *a, const struct hvc_set *b);
bool hvc_set__has(const struct hvc_set *set, uint64_t value);
/** How many values; UINT64_MAX for that many and one more. */
uint64_t hvc_set__size(const struct hvc_set *set);

/** A condition on one term. */
struct hvc_member {
	hvc_ref key;
	const struct hvc_set *set;
};

/** Is the condition no more than that some term is in a set? */
bool hvc_set__of(struct hvc_bvs *terms, hvc_ref condition, struct hvc_member *out);

/** The condition as a term. */
hvc_ref hvc_set__term(struct hvc_bvs *terms, const struct hvc_member *member);

/** "x0 = 2", "x0 in 0x3-0x7, 0x9", "imm != 0xea1", "x0 & 0x20 != 0". Cut to size. */
void hvc_set__print(struct hvc_bvs *terms, const struct hvc_member *member, char *text,
                    size_t size);

/** Text that is written piece by piece and cut to size; length is below size. */
struct hvc_text {
	char *at;
	size_t size, length;
};

void hvc_text__put(struct hvc_text *text, const char *format, ...) HVC_PRINTF(2, 3);

#endif
