/* SPDX-License-Identifier: MIT */
/** Which keys a file may have, and what kind of value each takes. */
#ifndef HVC_ABI_SCHEMA_H
#define HVC_ABI_SCHEMA_H

#include "abi/tree.h"
#include "hvcheck/hvc.h"

/** Kinds of file. */
enum hvc_schema {
	HVC_SCHEMA_ABI,
	HVC_SCHEMA_REGISTRY,
	HVC_SCHEMA_WORLD,
	HVC_SCHEMA_SUPPRESSIONS,
};

/** Refuse a file, read as a tree, that does not fit its schema. file is for diagnostics. */
HVC_MUST_USE enum hvc_status hvc_schema__check(enum hvc_schema schema, const struct hvc_node *root,
                                               const char *file, struct hvc_diag *diag);

#endif
