/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdlib.h>

int suite_run(const char *name, const struct suite_test *tests, unsigned count)
{
	Suite *suite = suite_create(name);
	SRunner *runner;
	int failed, run;

	for (unsigned i = 0; i < count; i++) {
		TCase *tcase = tcase_create(tests[i].name);

		tcase_set_timeout(tcase, 840); /* just below CTest's own, see conformance.cmake */
		tcase_add_loop_test(tcase, *tests[i].test, (int)i, (int)i + 1);
		suite_add_tcase(suite, tcase);
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	run = srunner_ntests_run(runner);
	srunner_free(runner);
	return failed == 0 && run == (int)count ? EXIT_SUCCESS : EXIT_FAILURE;
}
