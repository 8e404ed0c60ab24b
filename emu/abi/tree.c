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
