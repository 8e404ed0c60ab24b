/* SPDX-License-Identifier: MIT */
/** The one door to libcyaml: which keys a file may have, and what kind of value each takes. */
#ifndef HVC_ABI_SCHEMA_H
#define HVC_ABI_SCHEMA_H

#include "abi/arena.h"
#include "abi/tree.h"
#include "hvcheck/hvc.h"

/** Kinds of file. */
enum hvc_schema {
	HVC_SCHEMA_ABI,
	HVC_SCHEMA_REGISTRY,
	HVC_SCHEMA_WORLD,
	HVC_SCHEMA_SUPPRESSIONS,
};

/**
 * Refuse a text that does not fit the schema. root is the same text as a tree: it says where what
 * is wrong stands. Scratch memory comes from the arena.
 */
HVC_MUST_USE enum hvc_status hvc_schema__check(enum hvc_schema schema, const char *text,
                                               size_t size, const char *file,
                                               struct hvc_arena *arena, const struct hvc_node *root,
                                               struct hvc_diag *diag);

#endif
