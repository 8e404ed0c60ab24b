/* SPDX-License-Identifier: MIT */
/** A file as a tree of text that knows where everything stands. */
#ifndef HVC_ABI_TREE_H
#define HVC_ABI_TREE_H

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
const struct hvc_node *hvc_node__find(const struct hvc_node *map, const char *key);

#endif
