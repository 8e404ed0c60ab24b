/* SPDX-License-Identifier: MIT */
/**
 * How a value of a register is written everywhere: 0 to 9 and the small negative numbers that are
 * error codes (-38, NOT_SUPPORTED's -1) as people say them, all else in hexadecimal.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

#define HVC_U64_SIZE 24

/** The most that Linux returns as an error code (include/linux/err.h, MAX_ERRNO). */
#define HVC_ERROR_MAX 4095

/** A bound of a range: small as people say it, and never negative. */
static inline const char *hvc_u64_bound(uint64_t value, char text[HVC_U64_SIZE])
{
	snprintf(text, HVC_U64_SIZE, value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
	return text;
}

/** Print value, all 64 bits of it, into text; returns text. */
static inline const char *hvc_u64_print(uint64_t value, char text[HVC_U64_SIZE])
{
	if (-value > HVC_ERROR_MAX || !value)
		return hvc_u64_bound(value, text);
	snprintf(text, HVC_U64_SIZE, "-%" PRIu64, -value);
	return text;
}

/** The same of a value of which bits 31:0 count. */
static inline const char *hvc_u32_print(uint32_t value, char text[HVC_U64_SIZE])
{
	return hvc_u64_print(-value <= HVC_ERROR_MAX ? value | UINT64_C(0xffffffff) << 32 : value,
	                     text);
}

#endif
