/* SPDX-License-Identifier: MIT */
/* Sweeps: each call once, judged where it comes up, and the same whoever did the work. */
#include <stdlib.h>
#include <sys/stat.h>

#include "sweep_calls.h"
#include "tiny_image.h"
#include "under_test.h"

/* A few calls of every sort, in the order that probes have. */
static const struct choice {
	enum hvc_insn insn;
	enum hvc_level from;
	uint64_t seed;
	bool varied; /* x0 is set */
	uint64_t x0;
} choices[] = {
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 1},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, 3},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, true, HVC_FUNCTION},
        {HVC_INSN_HVC, HVC_LEVEL_EL1H, 1, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL1T, 0, false, 0},
        {HVC_INSN_HVC, HVC_LEVEL_EL2H, 0, false, 0},
        {HVC_INSN_SMC, HVC_LEVEL_EL1H, 0, true, 0},
};

#define CHOICES (sizeof choices / sizeof *choices)

static struct hvc_probes few_probes(struct hvc_probe probe[CHOICES])
{
	for (size_t i = 0; i < CHOICES; i++) {
		const struct choice *choice = &choices[i];

		probe[i] = (struct hvc_probe){.seed = choice->seed, .reg = HVC_REG_NONE};
		hvc_call_init(&probe[i].call, choice->seed);
		probe[i].call.insn = choice->insn;
		probe[i].call.from = choice->from;
		if (choice->varied) {
			probe[i].call.x[0] = choice->x0;
			probe[i].reg = HVC_REG_X0;
			probe[i].why = HVC_WHY_NAMED;
		}
	}
	return (struct hvc_probes){probe, CHOICES, 0};
}

static struct sweep_calls *sweep(const struct hvc_subject *subject, const struct hvc_probes *probes,
                                 unsigned jobs, struct hvc_sweep *out)
{
	const struct hvc_sweep_config config = {.subject = subject, .probes = probes, .jobs = jobs};
	struct sweep_calls *calls = sweep_calls_new();
	struct hvc_diag diag = {0};

	ck_assert_msg(sweep_calls_run(calls, &config, &diag, out) == HVC_OK, "%s: %s",
	              hvc_subject_name(subject), diag.message);
	return calls;
}

/* Each call once, for any number of workers, and every time the same comes of it. */
TEST(jobs_do_not_matter)
{
	static const char *const names[] = {"linux-stub-4.12", "broken-single-imm"};
	static const unsigned jobs[] = {1, 2, 7};
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);

	ck_assert_uint_le(CHOICES, SWEEP_PROBES);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *subject = open_subject(names[i]);
		struct sweep_calls *first = NULL;

		for (size_t k = 0; k < sizeof jobs / sizeof *jobs; k++) {
			struct hvc_sweep is;
			struct sweep_calls *calls = sweep(subject, &probes, jobs[k], &is);

			ck_assert_uint_eq(is.calls, CHOICES * HVC_IMM_COUNT);
			ck_assert_uint_eq(is.failed, 0);
			for (unsigned p = 0; p < CHOICES; p++)
				for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
					ck_assert_uint_eq(calls->times[p][imm], 1);
			if (first)
				ck_assert_msg(!memcmp(first, calls, sizeof *calls), "%s: %u jobs",
				              names[i], jobs[k]);
			if (first)
				free(calls);
			else
				first = calls;
			hvc_sweep__free(&is);
		}
		free(first);
		hvc_subject_close(subject);
	}
}

/* What is judged is what a single call gives. */
TEST(outcomes_are_those_of_single_calls)
{
	struct hvc_subject *subject = open_subject("broken-single-imm");
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);
	struct hvc_machine *machine = open_machine(subject, NULL);
	struct hvc_sweep is;
	struct sweep_calls *calls = sweep(subject, &probes, 2, &is), *single = sweep_calls_new();
	uint64_t random = 1;

	for (unsigned n = 0; n < 3000; n++) {
		unsigned p;
		struct hvc_call call;
		struct hvc_outcome outcome;

		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		p = (unsigned)(random >> 48) % CHOICES;
		call = probe[p].call;
		call.imm = n == 0 ? 0x4a48 : (uint16_t)(random >> 32);
		outcome = make_call(machine, &call);
		reset(machine);
		(void)sweep_calls_take(single, single, p, &call, &outcome);
		ck_assert_uint_eq(single->sum[p][call.imm], calls->sum[p][call.imm]);
		ck_assert_int_eq(single->kind[p][call.imm], calls->kind[p][call.imm]);
	}
	ck_assert_int_eq(is.entry.v[HVC_REG_VBAR_EL2] == hvc_subject_image(subject)->vectors, 1);
	ck_assert(hvc_regset_has(&is.present, HVC_REG_TPIDR_EL2));
	hvc_machine_close(machine);
	hvc_sweep__free(&is);
	free(single);
	free(calls);
	hvc_subject_close(subject);
}

/* Every call is made, however long; where some stand for others, it is told for which. */
TEST(long_calls_are_made_unless_some_stand_for_them)
{
	struct hvc_subject *subject =
	        open_subject(HVC_BINARY_DIR "/subjects/long-handlers.elf@decided");
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);
	struct hvc_sweep_config config = {
	        .subject = subject, .probes = &probes, .jobs = 2, .budget = 1100};
	struct hvc_diag diag = {0};
	struct hvc_sweep is;

	probes.count = 1;
	for (unsigned few = 0; few < 2; few++) {
		struct sweep_calls *calls = sweep_calls_new();
		uint64_t made = 0;

		config.representatives = few;
		ck_assert_int_eq(sweep_calls_run(calls, &config, &diag, &is), HVC_OK);
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			const bool skipped = is.skipped[imm / 8] >> imm % 8 & 1;

			ck_assert_uint_eq(calls->times[0][imm] + skipped, 1);
			made += calls->times[0][imm];
		}
		ck_assert_uint_eq(made, is.calls);
		ck_assert(few ? made < HVC_IMM_COUNT / 8 : made == HVC_IMM_COUNT);
		hvc_sweep__free(&is);
		free(calls);
	}
	hvc_subject_close(subject);
}

static bool stop_at_once(void *ctx, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	++*(unsigned *)ctx;
	return false;
}

/* Who looks on may end it, and so may who judges. */
TEST(a_sweep_can_be_ended)
{
	struct hvc_subject *subject = open_subject("linux-stub-4.12");
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);
	struct sweep_calls *calls = sweep_calls_new();
	struct hvc_diag diag = {0};
	struct hvc_sweep is;
	unsigned told = 0;
	struct hvc_sweep_config config = {.subject = subject,
	                                  .probes = &probes,
	                                  .jobs = 2,
	                                  .progress = stop_at_once,
	                                  .progress_ctx = &told};

	ck_assert_int_eq(sweep_calls_run(calls, &config, &diag, &is), HVC_E_CANCELLED);
	ck_assert_uint_eq(told, 1);
	config.progress = NULL;
	calls->most = 100;
	ck_assert_int_eq(sweep_calls_run(calls, &config, &diag, &is), HVC_E_CANCELLED);
	free(calls);
	hvc_subject_close(subject);
}

/* Faults on what a pointer register holds that nobody has set are counted, and one is told. */
TEST(faults_of_the_assumed_world_are_counted)
{
	struct tiny_image image;
	struct hvc_subject *subject;
	struct hvc_probe probe[CHOICES];
	struct hvc_probes probes = few_probes(probe);
	struct sweep_calls *calls;
	struct hvc_sweep is;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, sys_name(HVC_REG_TPIDR_EL2)), A64_LDR(1, 1),
	         A64_ERET);
	subject = open_subject(tiny_file(&image, "assumed.bin"));
	probes.count = 2;
	calls = sweep(subject, &probes, 3, &is);
	ck_assert_uint_eq(is.doubt.calls, 2 * HVC_IMM_COUNT);
	ck_assert_uint_eq(is.doubt.faults, is.doubt.calls);
	ck_assert_ptr_nonnull(strstr(is.doubt.why, "[tpidr_el2+0x0] was read"));
	ck_assert_int_eq(calls->kind[1][0xffff], HVC_OUTCOME_FAULT);
	hvc_sweep__free(&is);
	free(calls);
	hvc_subject_close(subject);
}

SUITE_MAIN("sweep")
