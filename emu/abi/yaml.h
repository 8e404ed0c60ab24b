/* SPDX-License-Identifier: MIT */
/** The one door to libyaml: a file as a tree of text that knows where everything stands. */
#ifndef HVC_ABI_YAML_H
#define HVC_ABI_YAML_H

#include <string.h>

#include "abi/arena.h"
#include "hvcheck/hvc.h"

enum hvc_node_kind {
	HVC_NODE_TEXT,
	HVC_NODE_LIST,
	HVC_NODE_MAP, /**< children alternate: key (text), value */
};

struct hvc_node {
	enum hvc_node_kind kind;
	unsigned line, column; /**< of the first character, a quote included; from 1 */
	const char *text;      /**< NULL unless text */
	unsigned text_column;  /**< of text[0]; 0 when escapes or folding hide the place */
	struct hvc_node *child, *next;
	unsigned children;
};

/** Value of a key; NULL when the map has no such key. */
static inline const struct hvc_node *hvc_node__find(const struct hvc_node *map, const char *key)
{
	for (const struct hvc_node *k = map->child; k; k = k->next->next)
		if (!strcmp(k->text, key))
			return k->next;
	return NULL;
}

/* schema.c: which keys a file may have, and what kind of value each takes. */

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

/**
 * Parse a file and check it against its schema: what comes out has the keys and kinds of value
 * that such a file may have, but nothing is interpreted yet. The tree lives in the
 * arena, which holds leftovers on failure. file is for diagnostics.
 */
HVC_MUST_USE enum hvc_status hvc_yaml__read(const char *text, size_t size, const char *file,
                                            enum hvc_schema schema, struct hvc_arena *arena,
                                            struct hvc_diag *diag, const struct hvc_node **out);

#endif
