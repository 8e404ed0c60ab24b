/* SPDX-License-Identifier: MIT */
/** The shipped ABI specifications as the build embeds them; see vectors/vectors.cmake. */
#ifndef ABI_EMBEDDED_H
#define ABI_EMBEDDED_H

#include <stddef.h>

struct hvc_embedded_abi {
	const char *name; /**< file name without ".yaml" */
	const char *text; /**< NUL-terminated */
	size_t size;      /**< bytes without the NUL */
};

/** Sorted by name; the row at the count is all zero. */
extern const struct hvc_embedded_abi hvc_abi__embedded[];
extern const size_t hvc_abi__embedded_count;

#endif
