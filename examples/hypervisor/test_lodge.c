/* SPDX-License-Identifier: MIT */
/* Lodge's own suite: what a specification of single calls does not say. */
#include <stdlib.h>

#include "hvcheck/ck.h"

static const char *vectors; /* lodge.elf@lodge_vectors */

static void call(struct hvc_ck *t, uint64_t selector, uint64_t argument)
{
	t->call.x[0] = selector;
	t->call.x[1] = argument;
	hvc_ck_call(t);
	hvc_ck_assert_outcome(t, HVC_OUTCOME_RETURN);
}

/* What was kept last is told, however often, and by whoever asks. */
START_TEST(keeps_and_tells)
{
	struct hvc_ck t;

	hvc_ck_open(&t, vectors);
	for (uint64_t value = 1; value; value <<= 1) {
		call(&t, 1, value);
		hvc_ck_assert_reg(&t, HVC_REG_X0, 0);
		hvc_ck_assert_preserved(&t, HVC_REG_X0, HVC_REG_TPIDR_EL2, HVC_REG_NONE);
		call(&t, 2, 0);
		hvc_ck_assert_reg(&t, HVC_REG_X0, value);
		hvc_ck_assert_preserved(&t, HVC_REG_X0, HVC_REG_NONE);
	}
	hvc_ck_close(&t);
}
END_TEST

/* A refused call leaves what is kept alone. */
START_TEST(refusal_has_no_effect)
{
	struct hvc_ck t;

	hvc_ck_open(&t, vectors);
	call(&t, 1, 42);
	t.call.imm = 7;
	call(&t, 1, 43);
	hvc_ck_assert_reg(&t, HVC_REG_X0, UINT64_MAX);
	t.call.imm = 0;
	call(&t, 2, 0);
	hvc_ck_assert_reg(&t, HVC_REG_X0, 42);
	hvc_ck_close(&t);
}
END_TEST

START_TEST(keeps_its_abi)
{
	hvc_ck_assert_conforms(vectors, LODGE_ABI);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("lodge");
	TCase *tcase = tcase_create("lodge");
	SRunner *runner = srunner_create(suite);
	int failed;

	vectors = argc == 2 ? argv[1] : "lodge.elf@lodge_vectors";
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, keeps_and_tells);
	tcase_add_test(tcase, refusal_has_no_effect);
	tcase_add_test(tcase, keeps_its_abi);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
