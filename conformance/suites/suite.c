/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TESTS_MAX 1024

static struct entry {
	const char *name;
	const TTest *test;
	int row, line, order;
} entry[TESTS_MAX];
static int entries;

void suite_enter(const char *name, const TTest *test, int row, int line)
{
	if (entries == TESTS_MAX)
		abort();
	entry[entries] = (struct entry){name, test, row, line, entries};
	entries++;
}

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->line != y->line ? x->line - y->line : x->order - y->order;
}

int suite_run(const char *name)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed, run;

	qsort(entry, (size_t)entries, sizeof *entry, by_place);
	for (int i = 0; i < entries; i++) {
		TCase *tcase = tcase_create(entry[i].name);

		tcase_set_timeout(tcase, 840); /* just below CTest's own, see conformance.cmake */
		tcase_add_loop_test(tcase, entry[i].test, entry[i].row, entry[i].row + 1);
		suite_add_tcase(suite, tcase);
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	run = srunner_ntests_run(runner);
	srunner_free(runner);
	return entries && failed == 0 && run == entries ? EXIT_SUCCESS : EXIT_FAILURE;
}

bool suite_is_full(void)
{
	const char *how = getenv("HVC_DISPATCH");

	return how && !strcmp(how, "full");
}

void suite_put(const char *path, const void *bytes, size_t size)
{
	const char *end = strrchr(path, '/');
	char folder[1024];
	FILE *file;

	snprintf(folder, sizeof folder, "%.*s", (int)(end - path), path);
	ck_assert_msg(!mkdir(folder, 0777) || errno == EEXIST, "%s", folder);
	file = fopen(path, "wb");
	ck_assert_msg(file && fwrite(bytes, 1, size, file) == size && !fclose(file), "%s", path);
}
