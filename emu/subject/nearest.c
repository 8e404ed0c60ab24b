/* SPDX-License-Identifier: MIT */
#include "subject/nearest.h"

#include <stddef.h>
#include <string.h>

#define LONGEST 63u

struct hvc_nearest hvc_nearest__to(const char *word)
{
	size_t length = strlen(word);

	return (struct hvc_nearest){.word = word,
	                            .within = length > LONGEST ? 0 : 2 + (unsigned)length / 3};
}

/* Edits (insert, remove, replace) from a to b; both at most LONGEST. */
static unsigned count_edits(const char *a, const char *b)
{
	unsigned row[LONGEST + 1];
	size_t length = strlen(b);

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

void hvc_nearest__offer(struct hvc_nearest *nearest, const char *name)
{
	size_t a = strlen(nearest->word), b = strlen(name);
	unsigned edits;

	/* As many edits at least as the lengths differ by. */
	if (b > LONGEST || (a > b ? a - b : b - a) >= nearest->within)
		return;
	edits = count_edits(nearest->word, name);
	if (edits < nearest->within) {
		nearest->within = edits;
		nearest->found = name;
	}
}
