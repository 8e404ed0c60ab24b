/* SPDX-License-Identifier: MIT */
/** Random encodings of a class, and the values that make sense for them. */
#ifndef LIFT_RANDOM_H
#define LIFT_RANDOM_H

#include <inttypes.h>

#include "base/random.h"
#include "lift_classes.h"

#define CLASSES (sizeof classes / sizeof *classes)

static uint64_t random_state = UINT64_C(0x2545f4914f6cdd1d);

/* Numbers that arithmetic is wrong about, if it is. */
static inline uint64_t next_number(void)
{
	static const uint64_t special[] = {0,
	                                   1,
	                                   UINT64_MAX,
	                                   INT64_MAX,
	                                   UINT64_C(1) << 63,
	                                   INT32_MAX,
	                                   UINT32_MAX,
	                                   UINT64_C(1) << 31,
	                                   UINT64_C(1) << 32,
	                                   31,
	                                   32,
	                                   63,
	                                   64};
	uint64_t r = hvc_random(&random_state);

	if (r % 3 == 0)
		return special[r / 3 % (sizeof special / sizeof *special)];
	return r % 3 == 1 ? hvc_random(&random_state)
	                  : (uint64_t)(int64_t)(int8_t)hvc_random(&random_state);
}

/* A field is 31, or what another one is, more often than by chance. */
static uint32_t favour(uint32_t word, uint32_t free)
{
	static const unsigned at[] = {0, 5, 16};
	uint64_t r = hvc_random(&random_state);
	unsigned to = at[r % 3], from = at[r / 3 % 3];
	uint32_t field = r / 9 % 2 ? 31 : word >> from & 31;

	if (r / 18 % 3 || (free >> to & 31) != 31)
		return word;
	return (word & ~(UINT32_C(31) << to)) | field << to;
}

static inline uint32_t make_word(const struct class *class)
{
	uint32_t word = class->value | ((uint32_t)hvc_random(&random_state) & class->free);
	uint32_t words = 1 + (uint32_t)hvc_random(&random_state) % 6;

	switch (class->kind) {
	case TARGET19:
	case TARGET14:
		return word | words << 5;
	case TARGET26:
		return word | words;
	case JUMP: /* x30 is how the slot was reached */
		return (word >> 5 & 31) >= 30 ? word - 64 : word;
	default:
		return favour(word, class->free);
	}
}

#endif
