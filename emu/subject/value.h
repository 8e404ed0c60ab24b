/* SPDX-License-Identifier: MIT */
/** What one instruction does to what is known of the general registers. */
#ifndef SUBJECT_VALUE_H
#define SUBJECT_VALUE_H

#include "subject/a64.h"
#include "subject/stack.h"

struct hvc_values {
	struct hvc_value x[HVC_GPR_COUNT];
	struct hvc_stack stack;
};

/**
 * As a function finds them: each holds its argument. Of A32 and T32 code, what belongs to the
 * caller has numbers that AAPCS64 gives to scratch registers, and nothing is known of it.
 */
void hvc_values__enter(bool a64, struct hvc_values *out);
/** Nothing is known. */
void hvc_values__forget(struct hvc_values *out);
/** Execute one instruction. The image is for literals. */
void hvc_values__step(struct hvc_values *values, const struct hvc_image *image, uint64_t address,
                      uint32_t word);
/** The number that a LDR or LDRSW of a literal loads; false: the image does not have it. */
bool hvc_value__literal(const struct hvc_image *image, const struct hvc_a64 *insn, uint64_t *value);
/** (value & ~drop | set) + plus, cut to 32 bits where word; COMPUTED where that is not known. */
struct hvc_value hvc_value__change(const struct hvc_value *value, uint64_t drop, uint64_t set,
                                   uint64_t plus, bool word, uint64_t address);
/** What is true of both; true when *into has changed. */
bool hvc_values__merge(struct hvc_values *into, const struct hvc_values *from);

#endif
