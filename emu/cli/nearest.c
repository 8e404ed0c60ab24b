/* SPDX-License-Identifier: MIT */
/* What a mistyped word may have meant: the nearest name by edits. */
#include <string.h>

#include "cli/cli.h"

#define LONGEST 40u

/* Edits (insert, remove, replace) from a to b; both at most LONGEST. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[LONGEST + 1];
	size_t m = strlen(a), n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *hvc_nearest__find(const char *name, const char *const *names)
{
	const char *nearest = NULL;
	unsigned best = 1 + (unsigned)strlen(name) / 3;

	if (strlen(name) > LONGEST)
		return NULL;
	for (; *names; names++) {
		unsigned edits;

		if (strlen(*names) > LONGEST)
			continue;
		edits = distance(name, *names);
		if (edits < best || (edits == best && !nearest)) {
			best = edits;
			nearest = *names;
		}
	}
	return nearest;
}
