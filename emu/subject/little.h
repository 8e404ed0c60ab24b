/* SPDX-License-Identifier: MIT */
/** Little-endian numbers in files. */
#ifndef SUBJECT_LITTLE_H
#define SUBJECT_LITTLE_H

#include <stdint.h>

static inline uint16_t hvc_little__16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t hvc_little__32(const uint8_t *bytes)
{
	return (uint32_t)hvc_little__16(bytes) | (uint32_t)hvc_little__16(bytes + 2) << 16;
}

static inline uint64_t hvc_little__64(const uint8_t *bytes)
{
	return hvc_little__32(bytes) | (uint64_t)hvc_little__32(bytes + 4) << 32;
}

static inline void hvc_little__put32(uint8_t *bytes, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
}

static inline void hvc_little__put64(uint8_t *bytes, uint64_t value)
{
	hvc_little__put32(bytes, (uint32_t)value);
	hvc_little__put32(bytes + 4, (uint32_t)(value >> 32));
}

/** How much of a table of strings is ended: up to its last NUL, that included. */
static inline size_t hvc_little__ended(const char *text, size_t size)
{
	while (size && text[size - 1])
		size--;
	return size;
}

#endif
