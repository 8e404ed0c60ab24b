/* SPDX-License-Identifier: MIT */
/** What every Check program here shares: tests that enter their suite, and a main that fails
 * closed. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <stdbool.h>

/**
 * TEST(name) { ... } is a test of the program's suite, in the order in which they stand in the
 * file. CK_RUN_CASE=NAME runs one, and never counts as held, as others were left out.
 */
#define TEST(name)                                                   \
	SUITE_TEST(name)                                             \
	__attribute__((constructor)) static void name##_enters(void) \
	{                                                            \
		suite_enter(#name, name, 0, __LINE__);               \
	}                                                            \
	static void name##_runs(int _i __attribute__((unused)))

/** One for each row of a table that begins with its name, a const char *; _i is the row's number.
 */
#define TEST_ROWS(name, table)                                                                \
	SUITE_TEST(name)                                                                      \
	__attribute__((constructor)) static void name##_enters(void)                          \
	{                                                                                     \
		for (int i = 0; i < (int)(sizeof(table) / sizeof *(table)); i++)              \
			suite_enter(*(const char *const *)(const void *)&(table)[i], name, i, \
			            __LINE__);                                                \
	}                                                                                     \
	static void name##_runs(int _i)

/** One that the program's own main enters, perhaps more than once. */
#define TEST_OF_MAIN(name) SUITE_TEST(name) static void name##_runs(int _i __attribute__((unused)))

#define SUITE_TEST(name)                 \
	static void name##_runs(int _i); \
	START_TEST(name)                 \
	{                                \
		name##_runs(_i);         \
	}                                \
	END_TEST

/** Let a test run as a case of its own. line: where it stands, and by which tests are ordered. */
void suite_enter(const char *name, const TTest *test, int row, int line);

/** HVC_DISPATCH=full: all of what by default is a sample. */
bool suite_is_full(void);

/** Write a file, into a folder that may be new. */
void suite_put(const char *path, const void *bytes, size_t size);

/**
 * Run all that have entered, as one suite. Returns EXIT_SUCCESS or EXIT_FAILURE: never the number
 * of failures, whose low byte may be zero.
 */
int suite_run(const char *name);

#define SUITE_MAIN(name)                \
	int main(void)                  \
	{                               \
		return suite_run(name); \
	}

#endif
