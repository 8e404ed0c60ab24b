/* SPDX-License-Identifier: MIT */
/** What every Check program here shares: a suite of named tests and a main that fails closed. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

/**
 * One test: what START_TEST(x) defines is a pointer variable, so its row is { "x", &x }. Inside
 * the test _i is the number of its row: rows may share a test and differ in what they name.
 * CK_RUN_CASE=NAME runs one row, and never counts as held, as others were left out.
 */
struct suite_test {
	const char *name;
	const TTest *const *test;
};

/**
 * Run the tests as one suite, a test case each. Returns EXIT_SUCCESS or EXIT_FAILURE: never the
 * number of failures, whose low byte may be zero.
 */
int suite_run(const char *name, const struct suite_test *tests, unsigned count);

#define SUITE_MAIN(name, tests)                                                    \
	int main(void)                                                             \
	{                                                                          \
		return suite_run(name, tests, sizeof(tests) / sizeof((tests)[0])); \
	}

#endif
