/* SPDX-License-Identifier: MIT */
/** The tables of vectors/broken/README.md, which people read, against those that suites run. */
#ifndef README_H
#define README_H

#include <check.h>
#include <stdio.h>
#include <string.h>

/**
 * The lines that begin with `begins` are `rows` in number, and line n begins with what print makes
 * of row n.
 */
static inline void match_readme(const char *begins, size_t rows,
                                void (*print)(size_t row, char *text, size_t size))
{
	FILE *file = fopen(HVC_SOURCE_DIR "/vectors/broken/README.md", "r");
	char line[1024], start[512];
	size_t count = 0;

	ck_assert_msg(file != NULL, "no vectors/broken/README.md");
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, begins, strlen(begins)) != 0)
			continue;
		ck_assert_msg(count < rows, "not in the suite: %s", line);
		print(count++, start, sizeof start);
		ck_assert_msg(strncmp(line, start, strlen(start)) == 0, "%s is not %s", line,
		              start);
	}
	fclose(file);
	ck_assert_uint_eq(count, rows);
}

#endif
