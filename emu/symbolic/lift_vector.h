/* SPDX-License-Identifier: MIT */
/** FP/SIMD registers as elements. Internal to the files that lift Advanced SIMD. */
#ifndef SYMBOLIC_LIFT_VECTOR_H
#define SYMBOLIC_LIFT_VECTOR_H

#include "symbolic/lift.h"

#define HVC_SIMD_NOT_LIFTED "an FP/SIMD instruction that is not lifted"

/** Elements of one register, or fewer. */
struct hvc_vector {
	unsigned bits, count;
	hvc_ref element[16];
};

/** Elements of 8 << size bits in a register of 64 bits, or of 128 by bit 30. */
struct hvc_vector hvc_vector__shaped(const struct hvc_lift *l, unsigned size);
hvc_ref hvc_vector__get(struct hvc_lift *l, unsigned n, unsigned index, unsigned bits);
/** As many elements of a register, from one on. */
void hvc_vector__read(struct hvc_lift *l, unsigned n, unsigned from, struct hvc_vector *v);
/** All of a register: what is left above is zero. */
void hvc_vector__write(struct hvc_lift *l, unsigned n, const struct hvc_vector *v);
/**
 * Bits of elements of 16 << size from `shift` on, to half as many: the lower half of a register, or
 * the upper one by bit 30.
 */
void hvc_vector__narrow(struct hvc_lift *l, unsigned size, unsigned shift);

#endif
