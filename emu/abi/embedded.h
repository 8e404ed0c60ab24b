/* SPDX-License-Identifier: MIT */
/** The shipped specifications and the registry, embedded by the build (in generated C files). */
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

/** conformance/registry.yaml, in the same form. */
extern const struct hvc_embedded_abi hvc_known__embedded[];
extern const size_t hvc_known__embedded_count;

#endif
