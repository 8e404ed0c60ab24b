/* SPDX-License-Identifier: MIT */
/**
 * Worlds from files: register values, boundaries and stubs for one subject, in the words that
 * ABI specifications have for their worlds. The format is in conformance/abi/README.md.
 */
#ifndef HVC_ABI_WORLD_FILE_H
#define HVC_ABI_WORLD_FILE_H

#include "hvcheck/world.h"

/** Load a file, or parse text (name is used in diagnostics): errors as for an ABI. */
HVC_MUST_USE enum hvc_status hvc_world__load(const char *path, hvc_place_find *find, void *ctx,
                                             struct hvc_diag *diag, struct hvc_world *out);
HVC_MUST_USE enum hvc_status hvc_world__parse(const char *text, size_t size, const char *name,
                                              hvc_place_find *find, void *ctx,
                                              struct hvc_diag *diag, struct hvc_world *out);

#endif
