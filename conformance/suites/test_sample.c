/* SPDX-License-Identifier: MIT */
/* Of more constants than can be tried a sample is. */
#include <stdlib.h>

#include "engine/probe.h"
#include "under_test.h"

/* Code that compares with thousands of constants does not take for ever: a sample is, and told. */
TEST(many_constants_are_a_sample)
{
	enum { MANY = 3000 };
	struct hvc_constant *constant = calloc(MANY, sizeof *constant);
	struct hvc_probe_config config = {.constant = constant, .constants = MANY};
	unsigned first = 0, last = 0, of_code[2] = {0};
	struct hvc_probes probes[2];

	for (unsigned i = 0; i < MANY; i++)
		constant[i] = (struct hvc_constant){.reg = HVC_REG_X0, .value = 10 * (i + 10)};
	for (int brief = 0; brief < 2; brief++) {
		config.brief = brief;
		ck_assert_int_eq(hvc_probes__make(&config, &probes[brief]), HVC_OK);
		ck_assert_uint_eq(probes[brief].untried, MANY - HVC_CONSTANTS_MAX);
		for (unsigned i = 0; i < probes[brief].count; i++) {
			const struct hvc_probe *probe = &probes[brief].probe[i];
			uint64_t value = probe->call.x[0];

			of_code[brief] += probe->why == HVC_WHY_CODE;
			first += probe->why == HVC_WHY_CODE && value == 100;
			last += probe->why == HVC_WHY_CODE && value > 10 * (MANY - 20);
		}
		hvc_probes__free(&probes[brief]);
	}
	ck_assert_uint_eq(of_code[0], 3 * HVC_CONSTANTS_MAX);
	ck_assert_uint_eq(of_code[1], HVC_CONSTANTS_MAX);
	ck_assert_uint_eq(first, 2);
	ck_assert_uint_ge(last, 2);
	config.constants = HVC_CONSTANTS_MAX;
	ck_assert_int_eq(hvc_probes__make(&config, &probes[0]), HVC_OK);
	ck_assert_uint_eq(probes[0].untried, 0);
	hvc_probes__free(&probes[0]);
	free(constant);
}

SUITE_MAIN("sample")
