/* SPDX-License-Identifier: MIT */
/* Values of functions that have but a name, and of those among them that are known: CRC32. */
#include <string.h>

#include "symbolic/bv_node.h"

#include "base/random.h"

/* Polynomials of CRC32 and CRC32C, bits reversed (Arm ARM C6.2, Poly32Mod2). */
#define CRC32  0xedb88320u
#define CRC32C 0x82f63b78u

static const struct {
	char name[8];
	uint32_t polynomial;
	unsigned bits;
} sums[] = {
        {"crc32b", CRC32, 8},    {"crc32h", CRC32, 16},   {"crc32w", CRC32, 32},
        {"crc32x", CRC32, 64},   {"crc32cb", CRC32C, 8},  {"crc32ch", CRC32C, 16},
        {"crc32cw", CRC32C, 32}, {"crc32cx", CRC32C, 64},
};

/* Index into `sums`; their number: it is none of them. */
static size_t find_sum(const char *name)
{
	size_t i = 0;

	while (i < sizeof sums / sizeof *sums && strcmp(sums[i].name, name) != 0)
		i++;
	return i;
}

bool hvc_bv__is_computed(const char *name)
{
	return find_sum(name) < sizeof sums / sizeof *sums;
}

static uint64_t crc(size_t which, uint64_t old, uint64_t value)
{
	uint32_t sum = (uint32_t)old;

	for (unsigned i = 0; i < sums[which].bits; i++)
		sum = sum >> 1 ^ ((sum ^ value >> i) & 1 ? sums[which].polynomial : 0);
	return sum;
}

uint64_t hvc_bv__compute(const char *name, unsigned width, const uint64_t arg[HVC_BV_ARGS])
{
	uint64_t h = hvc_hash(HVC_HASH_START, name, strlen(name));

	if (hvc_bv__is_computed(name))
		return crc(find_sum(name), arg[0], arg[1]);
	for (unsigned i = 0; i < HVC_BV_ARGS; i++)
		h = (h ^ arg[i] ^ h >> 31) * UINT64_C(0xff51afd7ed558ccd);
	return (h ^ h >> 33) & hvc_bv__mask(width);
}
