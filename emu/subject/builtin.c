/* SPDX-License-Identifier: MIT */
#include "subject/builtin.h"

#include <string.h>

const struct hvc_builtin *hvc_builtin_at(size_t i)
{
	return i < hvc_builtin__count ? &hvc_builtin__table[i] : NULL;
}

const struct hvc_builtin *hvc_builtin__find(const char *name)
{
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++)
		if (!strcmp(builtin->name, name))
			return builtin;
	return NULL;
}
