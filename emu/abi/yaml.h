/* SPDX-License-Identifier: MIT */
/** The one door to libyaml. */
#ifndef HVC_ABI_YAML_H
#define HVC_ABI_YAML_H

#include "abi/arena.h"
#include "abi/schema.h"

/**
 * Parse a file and check it against its schema: what comes out has the keys and kinds of value
 * that such a file may have, but nothing is interpreted yet. The tree lives in the
 * arena, which holds leftovers on failure. file is for diagnostics.
 */
HVC_MUST_USE enum hvc_status hvc_yaml__read(const char *text, size_t size, const char *file,
                                            enum hvc_schema schema, struct hvc_arena *arena,
                                            struct hvc_diag *diag, const struct hvc_node **out);

#endif
