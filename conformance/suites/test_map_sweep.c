/* SPDX-License-Identifier: MIT */
/*
 * The cross product of immediates and register values falls in the rows that the proof predicts: a
 * few built-in subjects, with HVC_DISPATCH=full all of them, from EL1t and EL1h, by HVC and SMC.
 */
#include <stdlib.h>

#include "engine/exact.h"
#include "engine/probe.h"
#include "engine/sweep.h"
#include "under_test.h"

static struct hvc_exact *explore(const struct hvc_subject *subject)
{
	const struct hvc_exact_config config = {
	        .subject = subject,
	        .levels = 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H,
	        .insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC,
	        .unconfirmed = true,
	};
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};

	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s", diag.message);
	return exact;
}

/* Each immediate with the values that rows part, and their neighbours. */
static enum hvc_status sweep(const struct hvc_subject *subject, struct hvc_exact *exact,
                             struct hvc_diag *diag, uint64_t *calls)
{
	struct hvc_probe_config asked = {
	        .levels = 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H,
	        .insns = 1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC,
	        .brief = true,
	};
	struct hvc_probes probes;
	const struct hvc_sweep_config config = {.subject = subject, .probes = &probes, .jobs = 2};
	struct hvc_constant *constant = NULL;
	enum hvc_status status;

	ck_assert_int_eq(hvc_exact__constants(exact, &constant, &asked.constants), HVC_OK);
	asked.constant = constant;
	ck_assert_int_eq(hvc_probes__make(&asked, &probes), HVC_OK);
	*calls = (uint64_t)probes.count * HVC_IMM_COUNT;
	status = hvc_exact__sweep(exact, &config, diag);
	hvc_probes__free(&probes);
	free(constant);
	return status;
}

/* whole: each call has a row that goes by nothing but the call. */
static void assert_agreement(const char *name, bool whole)
{
	struct hvc_subject *subject = open_subject(name);
	struct hvc_exact *exact = explore(subject);
	struct hvc_diag diag = {0};
	uint64_t calls;

	ck_assert_msg(sweep(subject, exact, &diag, &calls) == HVC_OK, "%s: %s", name, diag.message);
	ck_assert_uint_gt(exact->swept, 0);
	ck_assert_msg(!whole || exact->swept == calls,
	              "%s: %" PRIu64 " of %" PRIu64 " calls have a row", name, exact->swept, calls);
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

TEST(a_sweep_falls_in_the_rows)
{
	static const char *const few[] = {"linux-stub-4.12", "linux-stub-imm", "m1n1",
	                                  "broken-imm-low-byte"};
	const struct hvc_builtin *builtin;

	for (size_t i = 0; i < sizeof few / sizeof *few; i++)
		assert_agreement(few[i], true);
	for (size_t i = 0; suite_is_full() && (builtin = hvc_builtin_at(i)); i++)
		if (!hvc_builtin_is_aarch32(builtin))
			assert_agreement(builtin->name, false);
}

/* A row that is wrong, in what it does or in which calls it has, is found out. */
TEST(a_wrong_row_is_told)
{
	for (unsigned fault = 0; fault < 3; fault++) {
		struct hvc_subject *subject = open_subject("linux-stub-imm");
		struct hvc_exact *exact = explore(subject);
		struct hvc_row *row = exact->part[1].row;
		struct hvc_diag diag = {0};
		struct hvc_row swapped = row[0];
		uint64_t calls;

		if (fault == 0)
			row[0].effect[0].value = hvc_bv__num(exact->terms, 64, 1);
		else if (fault == 1)
			row[0].effects = 0;
		if (fault == 2) {
			row[0].condition = row[1].condition;
			row[0].case_ = row[1].case_;
			row[0].cases = row[1].cases;
			row[1].condition = swapped.condition;
			row[1].case_ = swapped.case_;
			row[1].cases = swapped.cases;
		}
		ck_assert_int_eq(sweep(subject, exact, &diag, &calls), HVC_E_ENGINE);
		ck_assert_msg(strstr(diag.message, "a fault of hvcheck: swept, hvc #0x"), "%s",
		              diag.message);
		hvc_exact__free(exact);
		hvc_subject_close(subject);
	}
}

SUITE_MAIN("map_sweep")
