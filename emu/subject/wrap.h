/* SPDX-License-Identifier: MIT */
/** What is around an image on disk: packages, compression, EFI programs. */
#ifndef SUBJECT_WRAP_H
#define SUBJECT_WRAP_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/limit.h"

/** At most so many layers, such as .deb, data.tar.xz, vmlinuz (zboot), zstd. */
#define HVC_WRAP_LAYERS HVC_LIMIT_LAYERS

/** A file, or what is left of it. */
struct hvc_wrapped {
	char *name;           /**< for diagnostics, malloc'ed; becomes FILE:MEMBER */
	const uint8_t *bytes; /**< what is left */
	size_t size;
	bool aarch32;   /* it is the kernel of a zImage */
	uint8_t *owned; /**< malloc'ed, holds bytes; NULL: they are borrowed */
	char *member;   /**< malloc'ed: what was taken from a package; NULL: nothing was */
};

/**
 * Take off all layers. member: the one wanted of a package, NULL for its only kernel; a file
 * that is no package has none. Errors as hvc_archive__unpack's and hvc_zboot__payload's; *file
 * can be freed then as before.
 */
HVC_MUST_USE enum hvc_status hvc_wrap__open(struct hvc_wrapped *file, const char *member,
                                            struct hvc_diag *diag);
void hvc_wrap__free(struct hvc_wrapped *file);

#endif
