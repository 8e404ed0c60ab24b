/* SPDX-License-Identifier: MIT */
/**
 * What a function has put on its stack, as far as SP and the frame pointer lead there (value.h):
 * x29, r11 of A32 and r7 of T32.
 */
#ifndef SUBJECT_STACK_H
#define SUBJECT_STACK_H

#include "subject/site.h"

#define HVC_STACK_SLOTS 12u

struct hvc_stack {
	bool known;  /**< where SP is, from where the function found it */
	bool framed; /**< the same of the frame pointer */
	bool shared; /**< an address in it has been taken: others may write there */
	int64_t sp, fp;
	unsigned slots;
	struct hvc_stack_slot {
		int64_t at;
		unsigned size; /**< 4 or 8 */
		struct hvc_value value;
	} slot[HVC_STACK_SLOTS];
};

/** The two registers: numbers of them. */
struct hvc_stack_base {
	unsigned sp, fp;
};

/** As a function finds it. */
void hvc_stack__enter(struct hvc_stack *out);
/** Nothing is known. */
void hvc_stack__forget(struct hvc_stack *out);
/**
 * Execute one instruction that is no call: what it stores of x, and where it moves SP and x29. Of
 * a load, loaded[n] is the value that it finds for xn, or of kind UNKNOWN.
 */
void hvc_stack__step(struct hvc_stack *stack, const struct hvc_value x[HVC_GPR_COUNT],
                     uint32_t word, struct hvc_value loaded[HVC_GPR_COUNT]);
/** The same of A32 and T32; false: it accesses no memory that is looked at. */
bool hvc_stack__step_a32(struct hvc_stack *stack, const struct hvc_value x[HVC_GPR_COUNT],
                         uint32_t word, enum hvc_isa isa, struct hvc_value loaded[HVC_GPR_COUNT]);
/** rd := rn + imm, of which one is SP, or rd the frame pointer. */
void hvc_stack__add(struct hvc_stack *stack, struct hvc_stack_base base, unsigned rd, unsigned rn,
                    int64_t imm);
/** Where a base register points to; false: it is not known. */
bool hvc_stack__place(const struct hvc_stack *stack, struct hvc_stack_base base, unsigned reg,
                      int64_t *at);
void hvc_stack__put(struct hvc_stack *stack, int64_t at, unsigned size,
                    const struct hvc_value *value);
/** What is in `size` bytes or more there; NULL: nothing that is known. */
const struct hvc_value *hvc_stack__get(const struct hvc_stack *stack, int64_t at, unsigned size);
/** Something was stored, nobody knows where: through SP, or through another register. */
void hvc_stack__spoil(struct hvc_stack *stack, bool sp);
/** A function has been called. */
void hvc_stack__call(struct hvc_stack *stack);
/** What is true of both; true when *into has changed. */
bool hvc_stack__merge(struct hvc_stack *into, const struct hvc_stack *from,
                      struct hvc_value (*merge)(const struct hvc_value *a,
                                                const struct hvc_value *b),
                      bool (*same)(const struct hvc_value *a, const struct hvc_value *b));
/** Its low 32 bits, above them zeros. */
struct hvc_value hvc_value__low(const struct hvc_value *value);

#endif
