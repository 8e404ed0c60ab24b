/* SPDX-License-Identifier: MIT */
/** Files read whole, and the two parts of FILE:MEMBER. */
#ifndef SUBJECT_FILE_H
#define SUBJECT_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/**
 * Read a regular file of at most HVC_IMAGE_MAX bytes and at least one. *bytes is malloc'ed.
 * Errors: HVC_E_IO, HVC_E_FORMAT (empty), HVC_E_RANGE (too large), HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_file__read(const char *path, struct hvc_diag *diag,
                                            uint8_t **bytes, size_t *size);

/**
 * Length of the file's part of FILE[:MEMBER]: all of it when that is the name of something that
 * exists, else up to the last ':' before which stands such a name, else all of it.
 */
size_t hvc_file__length(const char *name);

#endif
