/* SPDX-License-Identifier: MIT */
/** Compressed files and packages: one layer of packing, by libarchive. */
#ifndef SUBJECT_ARCHIVE_H
#define SUBJECT_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/** Packed bytes, and what is wanted of them. */
struct hvc_packed {
	const char *name; /**< for diagnostics */
	const uint8_t *bytes;
	size_t size;
	const char *member; /**< of a package; NULL: the one kernel in it */
	uint64_t limit;     /**< bytes that may come out in all layers, read over or kept */
	uint64_t used;      /**< bytes that have come out of the layers around it */
};

/** What was in them. */
struct hvc_unpacked {
	uint8_t *bytes; /**< malloc'ed */
	size_t size;
	uint64_t used; /**< what that becomes */
	char *member;  /**< malloc'ed; the path in the package, NULL when it was no package */
};

/** Do the bytes begin as a compressed file or a package does? */
bool hvc_archive__is(const uint8_t *bytes, size_t size);

/**
 * Take off one layer. Errors: HVC_E_FORMAT (damaged or truncated; diag says where),
 * HVC_E_RANGE (more than limit or HVC_IMAGE_MAX comes out, or too many members), HVC_E_NOTFOUND (no
 * such member, or several, or no kernel, or several: diag lists them), HVC_E_UNSUPPORTED,
 * HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_archive__unpack(const struct hvc_packed *packed,
                                                 struct hvc_diag *diag, struct hvc_unpacked *out);

#endif
