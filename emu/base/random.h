/* SPDX-License-Identifier: MIT */
/** Numbers from a seed, the same on every machine; and sums of bytes. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#define HVC_RANDOM_STEP UINT64_C(0x9e3779b97f4a7c15)

/** SplitMix64 (Steele, Lea, Flood 2014): the next number; any state will do. */
static inline uint64_t hvc_random(uint64_t *state)
{
	uint64_t z = *state += HVC_RANDOM_STEP;

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

#define HVC_HASH_START UINT64_C(0xcbf29ce484222325)

/** FNV-1a of some bytes more; begins with HVC_HASH_START. */
static inline uint64_t hvc_hash(uint64_t sum, const void *bytes, size_t size)
{
	for (const unsigned char *at = bytes; size; at++, size--)
		sum = (sum ^ *at) * UINT64_C(0x100000001b3);
	return sum;
}

/** Slot of a page of 4 KiB in a table of a power of two. Fibonacci hashing: pages stand together.
 */
static inline unsigned hvc_hash_page(uint64_t address, unsigned slots)
{
	return (unsigned)((address >> 12) * HVC_RANDOM_STEP >> 40) & (slots - 1);
}

#endif
