/* SPDX-License-Identifier: MIT */
/** The shipped specifications, embedded by the build (a generated C file defines the table). */
#ifndef HVC_ABI_EMBEDDED_H
#define HVC_ABI_EMBEDDED_H

#include <stddef.h>

struct hvc_embedded_abi {
	const char *name; /**< the file's stem */
	const char *text;
	size_t size;
};

extern const struct hvc_embedded_abi hvc_abi__embedded[];
extern const size_t hvc_abi__embedded_count;

#endif
