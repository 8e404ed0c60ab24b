/* SPDX-License-Identifier: MIT */
#include "subject/gzip.h"

#include <string.h>

#include "subject/little.h"

#define MEMBER_SIZE 18u /* the least there is: header and trailer */

/* CRC-32 as gzip has it (RFC 1952, 8). */
static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t table[256], crc = UINT32_MAX;

	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (unsigned bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? UINT32_C(0xedb88320) : 0);
	}
	for (size_t i = 0; i < size; i++)
		crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
	return ~crc;
}

/* Does a header of gzip (RFC 1952, 2.3) stand anywhere but at the beginning? */
static bool has_second(const uint8_t *bytes, size_t size)
{
	const uint8_t *end = bytes + size, *at = bytes + MEMBER_SIZE;

	while (end - at >= MEMBER_SIZE &&
	       (at = memmem(at, (size_t)(end - at), "\x1f\x8b\x08", 3)) &&
	       end - at >= MEMBER_SIZE) {
		if (at[3] < 0x20 && (at[8] == 0 || at[8] == 2 || at[8] == 4) &&
		    (at[9] < 14 || at[9] == 255))
			return true;
		at++;
	}
	return false;
}

bool hvc_gzip__is_damaged(const uint8_t *bytes, size_t size, const uint8_t *inside,
                          size_t inside_size)
{
	uint8_t end[8];

	if (size < MEMBER_SIZE || bytes[0] != 0x1f || bytes[1] != 0x8b)
		return false;
	hvc_little__put32(end, crc32_of(inside, inside_size));
	hvc_little__put32(end + 4, (uint32_t)inside_size);
	return memcmp(bytes + size - 8, end, 8) != 0 && !memmem(bytes, size, end, 8) &&
	       !has_second(bytes, size);
}
