/* SPDX-License-Identifier: MIT */
/**
 * The dispatch of a part as a tree: where code looks at its inputs, and what it does for which of
 * them. A chain of comparisons of one value, and a jump through a table by it, are one node; ways
 * that do the same are one leaf. The tree says what the rows say: each call meets one leaf, which
 * is of the row that it meets. Internal.
 */
#ifndef ENGINE_EXACT_TREE_H
#define ENGINE_EXACT_TREE_H

#include "engine/exact.h"

struct hvc_tree_edge {
	const struct hvc_set *set; /**< values of the node's key that go here */
	uint64_t pc;               /**< of the instruction that chose, the last of a chain */
	unsigned child;            /**< index of a node */
};

struct hvc_tree_node {
	hvc_ref key; /**< what is looked at: a value, or a condition of one bit; NULL: a leaf */
	struct hvc_tree_edge *edge; /**< ascending, but the one of most values is the last */
	unsigned edges;
	unsigned row;  /**< of a leaf: index into the part's rows */
	unsigned path; /**< of a leaf: one of its paths */
};

struct hvc_tree {
	struct hvc_tree_node *node;
	unsigned nodes; /**< the first is the root */
};

/** Make one. Free with hvc_tree__free. HVC_E_NOMEM. Not of a saved map, which has no paths. */
HVC_MUST_USE enum hvc_status hvc_tree__make(const struct hvc_exact *exact,
                                            const struct hvc_exact_part *part,
                                            struct hvc_tree *out);
void hvc_tree__free(struct hvc_tree *tree);

#endif
