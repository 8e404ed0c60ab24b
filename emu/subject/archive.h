/* SPDX-License-Identifier: MIT */
/** Compressed files and packages: one layer of packing, by libarchive. */
#ifndef SUBJECT_ARCHIVE_H
#define SUBJECT_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/**
 * A file on disk may become so many times larger, or so many bytes, whichever is more. Kernels
 * compress to a quarter, debug information to a tenth; beyond a hundredth are bombs.
 */
#define HVC_ARCHIVE_RATIO 100u
#define HVC_ARCHIVE_FREE  (UINT64_C(64) << 20)

/** Packed bytes, and what is wanted of them. */
struct hvc_packed {
	const char *name; /**< for diagnostics */
	const uint8_t *bytes;
	size_t size;
	const char *member; /**< of a package; NULL: the one kernel in it */
	uint64_t limit;     /**< bytes that may come out, read over or kept */
};

/** What was in them. */
struct hvc_unpacked {
	uint8_t *bytes; /**< malloc'ed */
	size_t size;
	char *member; /**< malloc'ed; the path in the package, NULL when it was no package */
};

/** Do the bytes begin as a compressed file or a package does? */
bool hvc_archive__is(const uint8_t *bytes, size_t size);

/**
 * Take off one layer. Errors: HVC_E_FORMAT (damaged or truncated; diag says where),
 * HVC_E_RANGE (more than limit or HVC_IMAGE_MAX comes out), HVC_E_NOTFOUND (no such member, or
 * several, or no kernel, or several: diag lists them), HVC_E_UNSUPPORTED, HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_archive__unpack(const struct hvc_packed *packed,
                                                 struct hvc_diag *diag, struct hvc_unpacked *out);

#endif
