/* SPDX-License-Identifier: MIT */
/**
 * Maps as files: a baseline to keep beside the code and to compare later builds with. It holds
 * what the subject does for every call, as conditions and values (proved, not calls that were
 * tried), in text that is canonical: one map, one text. The last line is a sum of all of it, so
 * that a file that was cut or edited is refused. emu/report/README.md says what is in it.
 */
#ifndef HVCHECK_SAVED_H
#define HVCHECK_SAVED_H

#include <stdio.h>

#include "hvcheck/exact.h"
#include "hvcheck/limit.h"

/** Largest file that is read, in bytes. */
#define HVC_SAVED_MAX HVC_LIMIT_SAVED

/** Write a map. HVC_E_NOMEM, HVC_E_RANGE (limits), or HVC_E_IO when the stream has failed. */
HVC_MUST_USE HVC_API enum hvc_status hvc_exact_save(FILE *out, const struct hvc_exact *exact,
                                                    struct hvc_diag *diag);

/** Does a path name a regular file that begins as saved maps do? */
HVC_API bool hvc_map_is_saved(const char *path);

/**
 * Read one. It has no paths of the subject, and is there to be compared. Errors: HVC_E_IO,
 * HVC_E_FORMAT with line and column, HVC_E_NOMEM. It takes at most some 20 times the memory that
 * the file has bytes, and 300 MB for what the limits allow. Free with hvc_exact_free.
 */
HVC_MUST_USE HVC_API enum hvc_status hvc_exact_load(const char *path, struct hvc_diag *diag,
                                                    struct hvc_exact **out);

/** Name of the subject that a map is of. */
HVC_API const char *hvc_exact_subject(const struct hvc_exact *exact);

#endif
