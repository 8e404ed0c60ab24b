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

/* Edit distance of two names; names that are too long to be a slip are far apart. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[64];
	size_t length = strlen(b);

	if (length >= sizeof row / sizeof *row)
		return UINT32_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < length; j++) {
			unsigned best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j + 1] + 1 < best)
				best = row[j + 1] + 1;
			row[j + 1] = best;
		}
	}
	return row[length];
}

const struct hvc_builtin *hvc_builtin__nearest(const char *name)
{
	const struct hvc_builtin *builtin, *nearest = NULL;
	size_t length = strlen(name);
	unsigned best = length < 256 ? (unsigned)length / 3 + 1 : 0;

	for (size_t i = 0; best && (builtin = hvc_builtin_at(i)); i++) {
		unsigned far = distance(name, builtin->name);

		if (far < best) {
			best = far;
			nearest = builtin;
		}
	}
	return nearest;
}
