/* SPDX-License-Identifier: MIT */
/**
 * Files read whole: the one way in which the library opens what a user names. Only regular files
 * are read, so that nothing waits for a writer, and nothing is without end.
 */
#ifndef MACHINE_FILE_H
#define MACHINE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/**
 * Read a regular file of at most `limit` bytes, which is a multiple of 1 MiB.
 * *bytes is malloc'ed, and has a NUL behind its end. Errors: HVC_E_IO (also of what is no regular
 * file), HVC_E_RANGE (too large), HVC_E_NOMEM.
 */
HVC_MUST_USE enum hvc_status hvc_file__read(const char *path, uint64_t limit, struct hvc_diag *diag,
                                            uint8_t **bytes, size_t *size);

/** Is there something of that name, whatever it is? */
bool hvc_file__is_there(const char *path);

/** Is it one of the last 1,024 files that this thread has read, whatever its name was then? */
bool hvc_file__was_read(const char *path);

/** Is it a regular file that can be read, and begins so? */
bool hvc_file__begins(const char *path, const char *text);

/**
 * Length of the file's part of FILE[:MEMBER]: all of it when that is the name of something that
 * exists, else up to the last ':' before which stands such a name, else all of it.
 */
size_t hvc_file__length(const char *name);

#endif
