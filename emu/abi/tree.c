/* SPDX-License-Identifier: MIT */
#include "abi/tree.h"

#include <string.h>

const struct hvc_node *hvc_node__find(const struct hvc_node *map, const char *key)
{
	for (const struct hvc_node *k = map->child; k; k = k->next->next)
		if (!strcmp(k->text, key))
			return k->next;
	return NULL;
}

const struct hvc_node *hvc_node__container(const struct hvc_node *node, unsigned line,
                                           unsigned column)
{
	const struct hvc_node *found = NULL;

	if (node->kind != HVC_NODE_TEXT && node->line == line && node->column == column)
		return node;
	for (const struct hvc_node *child = node->child; child && !found; child = child->next)
		found = hvc_node__container(child, line, column);
	return found;
}
