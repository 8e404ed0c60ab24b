/* SPDX-License-Identifier: MIT */
/* The dispatch tree of a map as JSON. */
#include "report/json.h"
#include "report/tree.h"

static void add_edges(struct hvc_json *json, const struct hvc_exact *exact,
                      const struct hvc_tree_node *node)
{
	hvc_json__array(json, "edges");
	for (unsigned i = 0; i < node->edges; i++) {
		struct hvc_words when = {0};

		hvc_tree__when(exact, node, &node->edge[i], &when);
		hvc_json__put(json, "{ when address:x node }", &when, node->edge[i].pc,
		              node->edge[i].child);
	}
	hvc_json__close(json);
}

/* Nodes in a list, by index: how deep code nests is no matter of the document. */
static enum hvc_status add_tree(struct hvc_json *json, const struct hvc_exact *exact,
                                const struct hvc_exact_part *part)
{
	struct hvc_words who = {0};
	struct hvc_tree tree;

	HVC_TRY(hvc_tree__make(exact, part, &tree));
	hvc_exact__callers(&who, exact, part);
	hvc_json__put(json, "{ callers nodes[", &who);
	for (unsigned i = 0; i < tree.nodes; i++) {
		const struct hvc_tree_node *node = &tree.node[i];
		char text[1024];

		hvc_json__object(json, NULL);
		if (node->key) {
			hvc_bv__print(exact->terms, node->key, text, sizeof text);
			hvc_json__string(json, "by", text);
			add_edges(json, exact, node);
		} else {
			hvc_json__number(json, "class",
			                 hvc_exact__number(exact, part, node->row) - 1);
		}
		hvc_json__close(json);
	}
	hvc_json__put(json, "] }");
	hvc_tree__free(&tree);
	return HVC_OK;
}

void hvc_tree__json(struct hvc_json *json, const struct hvc_exact *exact)
{
	hvc_json__array(json, "trees");
	for (unsigned i = 0; i < exact->parts; i++)
		if (!exact->part[i].same && exact->part[i].symbolic->paths &&
		    add_tree(json, exact, &exact->part[i]) != HVC_OK)
			hvc_json__fail(json);
	hvc_json__close(json);
}
