/* SPDX-License-Identifier: MIT */
/*
 * An engine that dies costs the calls that it died of, and these are told. It dies here because a
 * test says so: on a call by its immediate and x0, in one of the ways that engines die.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/diff.h"
#include "engine/exact.h"
#include "engine/internal.h"
#include "engine/safety.h"
#include "engine/saved.h"
#include "hvcheck/arch.h"
#include "machine/flight.h"
#include "report/finding.h"
#include "sweep_calls.h"
#include "under_test.h"

#define SUBJECT "linux-stub-4.12"
#define X0      UINT64_C(1)
#define PROBES  3

enum manner {
	MANNER_ABORT,
	MANNER_EXIT_0, /* of an engine that ends the process as if all was well */
	MANNER_EXIT_1, /* out of memory, says glib */
	MANNER_SEGV,
	MANNER_KILL,
	MANNER_COUNT,
};

static struct {
	enum manner manner;
	uint16_t lo, hi;    /* immediates that it dies of */
	uint64_t address;   /* at this instruction alone; 0: at the first block */
	volatile int *left; /* shared: how often it will die; NULL: always */
	bool any;           /* whatever x0 is */
} trial;

static void die(const struct hvc_flight *flight)
{
	if ((!trial.any && flight->call.x[0] != X0) || flight->call.imm < trial.lo ||
	    flight->call.imm > trial.hi || (trial.address && flight->address != trial.address))
		return;
	if (trial.left && (*trial.left)-- <= 0)
		return;
	switch (trial.manner) {
	case MANNER_EXIT_0:
		_exit(0);
	case MANNER_EXIT_1:
		_exit(1);
	case MANNER_ABORT:
	case MANNER_SEGV:
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		raise(trial.manner == MANNER_ABORT ? SIGABRT : SIGSEGV);
		break;
	default:
		raise(SIGKILL);
	}
}

static void stop_dying(void)
{
	hvc_flight__trial = NULL;
	memset(&trial, 0, sizeof trial);
}

static void begin_dying(enum manner manner, uint16_t lo, uint16_t hi)
{
	stop_dying();
	trial.manner = manner;
	trial.lo = lo;
	trial.hi = hi;
	hvc_flight__trial = die;
}

static struct hvc_probes three_probes(struct hvc_probe probe[PROBES])
{
	for (unsigned i = 0; i < PROBES; i++) {
		probe[i] = (struct hvc_probe){.reg = i ? HVC_REG_X0 : HVC_REG_NONE,
		                              .why = i ? HVC_WHY_NAMED : HVC_WHY_BASE};
		hvc_call_init(&probe[i].call, 0);
		if (i)
			probe[i].call.x[0] = i;
	}
	return (struct hvc_probes){probe, PROBES, 0};
}

static enum hvc_status try_sweep(unsigned jobs, struct sweep_calls *calls, struct hvc_diag *diag,
                                 struct hvc_sweep *out)
{
	struct hvc_subject *subject = NULL;
	struct hvc_probe probe[PROBES];
	struct hvc_probes probes = three_probes(probe);
	struct hvc_sweep_config config = {.probes = &probes, .jobs = jobs};
	enum hvc_status status = hvc_subject_open(SUBJECT, diag, &subject);

	config.subject = subject;
	if (status == HVC_OK)
		status = sweep_calls_run(calls, &config, diag, out);
	hvc_subject_close(subject);
	return status;
}

static struct sweep_calls *sweep(unsigned jobs, struct hvc_sweep *out)
{
	struct sweep_calls *calls = sweep_calls_new();
	struct hvc_diag diag = {0};

	ck_assert_msg(try_sweep(jobs, calls, &diag, out) == HVC_OK, "%s", diag.message);
	for (unsigned p = 0; p < PROBES; p++)
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			ck_assert_uint_eq(calls->times[p][imm], 1);
	return calls;
}

/* Calls that are not what they are in `whole`, and how many of them failed. */
static void compare(const struct sweep_calls *whole, const struct sweep_calls *calls,
                    unsigned *other, unsigned *failed)
{
	*other = *failed = 0;
	for (unsigned p = 0; p < PROBES; p++)
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
			*failed += calls->kind[p][imm] == HVC_OUTCOME_FAILED;
			*other += calls->kind[p][imm] != whole->kind[p][imm] ||
			          calls->sum[p][imm] != whole->sum[p][imm];
		}
}

/* What the calls do where nothing dies: made once, and the tests are forked with it. */
static struct sweep_calls *whole;
static struct hvc_sweep before;

/* Whatever it dies of, the call is lost, and no other. */
static const char *const manners[] = {"abort", "exit_0", "exit_1", "segv", "kill"};

TEST_ROWS(test_one_call, manners)
{
	struct sweep_calls *calls;
	struct hvc_sweep is;
	unsigned other, failed;

	begin_dying((enum manner)_i, 0x1234, 0x1234);
	calls = sweep(1, &is);
	stop_dying();
	compare(whole, calls, &other, &failed);
	ck_assert_uint_eq(failed, 1);
	ck_assert_uint_eq(other, 1);
	ck_assert_uint_eq(is.failed, 1);
	ck_assert_uint_eq(before.failed, 0);
	ck_assert_int_eq(calls->kind[1][0x1234], HVC_OUTCOME_FAILED);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		ck_assert_int_eq(is.lost[imm / 8] >> imm % 8 & 1, imm == 0x1234);
	ck_assert_msg(strstr(is.failure, "hvc #0x1234 from el1h, x0 = 0x1, at 0x"), "%s",
	              is.failure);
	free(calls);
}

/* The instruction is named, with what it is: here the third of the handler. */
TEST(test_instruction)
{
	struct hvc_subject *subject = open_subject(SUBJECT);
	uint64_t slot = hvc_subject_image(subject)->vectors + 0x400;
	struct hvc_sweep is;
	char place[64];

	begin_dying(MANNER_ABORT, 7, 7);
	free(sweep(1, &is));
	stop_dying();
	snprintf(place, sizeof place, "at 0x%" PRIx64 ": b", slot);
	ck_assert_msg(strstr(is.failure, place), "%s: no %s", is.failure, place);
	hvc_subject_close(subject);
}

/* The same for every number of workers. */
TEST(test_jobs)
{
	struct sweep_calls *calls[3];
	struct hvc_sweep is[3];

	begin_dying(MANNER_ABORT, 0x3fe, 0x402); /* over the end of a chunk */
	for (unsigned i = 0; i < 3; i++) {
		calls[i] = sweep(i + 1, &is[i]);
		ck_assert_uint_eq(is[i].failed, 5);
	}
	stop_dying();
	for (unsigned i = 1; i < 3; i++) {
		ck_assert(!memcmp(calls[i], calls[0], sizeof *calls[0]));
		ck_assert_str_eq(is[i].failure, is[0].failure);
	}
	for (unsigned i = 0; i < 3; i++)
		free(calls[i]);
}

/* A worker that somebody else killed has its call made again. */
TEST(test_killed_once)
{
	struct sweep_calls *calls;
	struct hvc_sweep is;
	volatile int *left =
	        mmap(NULL, sizeof *left, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned other, failed;

	begin_dying(MANNER_KILL, 0x4000, 0x4000);
	trial.left = left;
	*left = 1;
	calls = sweep(2, &is);
	stop_dying();
	compare(whole, calls, &other, &failed);
	ck_assert_uint_eq(other, 0);
	ck_assert_uint_eq(failed, 0);
	ck_assert_uint_eq(is.failed, 0);
	ck_assert_int_lt(*left, 1);
	free(calls);
	munmap((void *)(uintptr_t)left, sizeof *left);
}

/* Registers that kill with every immediate cost the calls with these registers, and no others. */
TEST(test_all_immediates)
{
	struct sweep_calls *calls;
	struct hvc_sweep is;
	struct hvc_flight_losses losses = {0};
	unsigned other, failed;

	hvc_flight__count(&losses);
	begin_dying(MANNER_EXIT_1, 0, UINT16_MAX);
	calls = sweep(2, &is);
	stop_dying();
	hvc_flight__count(NULL);
	compare(whole, calls, &other, &failed);
	ck_assert_uint_eq(failed, HVC_IMM_COUNT);
	ck_assert_uint_eq(other, HVC_IMM_COUNT);
	ck_assert_uint_eq(is.failed, HVC_IMM_COUNT);
	ck_assert_uint_eq(losses.calls, 64 * HVC_LOST_ALIKE); /* of each chunk so many are tried */
	ck_assert_msg(strstr(is.failure, "hvc #0x0 from el1h, x0 = 0x1, at 0x"), "%s", is.failure);
	free(calls);
}

/* What counts losses is told. */
TEST(test_losses)
{
	struct hvc_flight_losses losses = {0};
	struct hvc_sweep is;

	hvc_flight__count(&losses);
	begin_dying(MANNER_ABORT, 0x10, 0x10);
	free(sweep(1, &is));
	stop_dying();
	hvc_flight__count(NULL);
	ck_assert_uint_ge(losses.calls, 1);
	ck_assert_uint_eq(losses.first.call.imm, 0x10);
}

/* An exact map, too, goes on: what the engine dies of is told, and the map is not complete. */
TEST(test_map_of_all_immediates)
{
	struct hvc_subject *subject = open_subject(SUBJECT);
	const struct hvc_exact_config config = {.subject = subject, .levels = 1u << HVC_LEVEL_EL1H};
	struct hvc_exact *map = NULL;
	struct hvc_diag diag = {0};

	begin_dying(MANNER_ABORT, 0, UINT16_MAX);
	ck_assert_msg(hvc_exact__make(&config, &diag, &map) == HVC_OK, "%s", diag.message);
	stop_dying();
	ck_assert(!hvc_exact__is_complete(map));
	ck_assert_uint_ge(map->failed, 1);
	ck_assert_uint_le(map->failed, 100);
	ck_assert_ptr_nonnull(strstr(map->failure, "hvc #0x"));
	hvc_exact__free(map);
	hvc_subject_close(subject);
}

/* A failed call neither conforms nor violates. */
TEST(test_check)
{
	struct hvc_subject *subject = open_subject(SUBJECT);
	struct hvc_abi *abi = open_abi(SUBJECT);
	const struct hvc_check_config config = {.subject = subject,
	                                        .abi = abi,
	                                        .brief = true,
	                                        .sweep = true,
	                                        .levels = 1u << HVC_LEVEL_EL1H,
	                                        .insns = 1u << HVC_INSN_HVC};
	struct hvc_check *living = run_config(&config), *check;
	struct hvc_findings *findings = NULL;
	struct hvc_diag diag = {0};
	uint64_t failed = 0;

	begin_dying(MANNER_EXIT_1, 9, 9);
	check = run_config(&config);
	stop_dying();
	for (unsigned i = 0; i < check->worlds; i++)
		failed += check->world[i].failed;
	ck_assert_uint_ge(failed, 1);
	ck_assert_uint_eq(check->findings, 0);
	ck_assert_uint_gt(check->total.undecided, living->total.undecided);
	ck_assert_uint_eq(check->total.violates, 0);
	ck_assert_uint_eq(check->total.calls, living->total.calls);
	ck_assert_int_eq(hvc_findings__of_check(check, SUBJECT, &diag, &findings), HVC_OK);
	ck_assert_uint_ge(findings->count, 1);
	ck_assert_str_eq(findings->found[0].rule->id, "engine-failed");
	ck_assert_int_eq(findings->found[0].rule->severity, HVC_SEVERITY_ERROR);
	ck_assert_uint_eq(findings->found[0].calls, failed);
	hvc_findings__free(findings);
	hvc_check_free(check);
	hvc_check_free(living);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* What the engine dies of on both sides is not equal, and it does not differ. */
TEST(test_diff)
{
	struct hvc_subject *subject = open_subject(SUBJECT);
	struct hvc_diag diag = {0};
	struct hvc_diff *diff = NULL;
	struct hvc_diff_config config = {.subject = {subject, subject}};
	struct hvc_findings *findings = NULL;

	begin_dying(MANNER_ABORT, 0, 0);
	trial.any = true;
	ck_assert_msg(hvc_diff__run(&config, &diag, &diff) == HVC_OK, "%s", diag.message);
	stop_dying();
	ck_assert_uint_eq(diff->changes, 0);
	ck_assert(!diff->equal);
	ck_assert_uint_gt(diff->gaps, 0);
	ck_assert_int_eq(hvc_findings__of_diff(diff, &diag, &findings), HVC_OK);
	ck_assert_str_eq(findings->found[0].rule->id, "diff-untried");
	hvc_findings__free(findings);
	hvc_diff__free(diff);
	hvc_subject_close(subject);
}

/* The same after it was saved and read. */
TEST(test_saved)
{
	static const char path[] = HVC_BINARY_DIR "/test_lost.map";
	struct hvc_subject *subject = open_subject(SUBJECT);
	const struct hvc_exact_config make = {.subject = subject};
	struct hvc_exact *map = NULL, *saved = NULL;
	struct hvc_diff_config config = {.subject = {NULL, subject}};
	struct hvc_diag diag = {0};
	struct hvc_diff *diff = NULL;
	FILE *file = fopen(path, "w");

	begin_dying(MANNER_ABORT, 0, 0);
	trial.any = true;
	ck_assert_msg(hvc_exact__make(&make, &diag, &map) == HVC_OK, "%s", diag.message);
	stop_dying();
	ck_assert_int_eq(hvc_exact__save(file, map, &diag), HVC_OK);
	fclose(file);
	hvc_exact__free(map);
	ck_assert_msg(hvc_exact__load(path, &diag, &saved) == HVC_OK, "%s", diag.message);
	config.saved[HVC_SIDE_OLD] = saved;
	ck_assert_msg(hvc_diff__run(&config, &diag, &diff) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(diff->changes, 0);
	ck_assert(!diff->equal);
	hvc_diff__free(diff);
	hvc_exact__free(saved);
	hvc_subject_close(subject);
}

TEST(test_safety)
{
	struct hvc_subject *subject = open_subject(SUBJECT);
	struct hvc_abi *abi = open_abi(SUBJECT);
	struct hvc_safety_config config = {
	        .subject = subject, .abi = abi, .levels = 1u << HVC_LEVEL_EL1H};
	struct hvc_safety *safety = NULL;
	struct hvc_findings *findings = NULL;
	struct hvc_diag diag = {0};

	begin_dying(MANNER_ABORT, 0, 0);
	trial.any = true;
	ck_assert_msg(hvc_safety__look(&config, &diag, &safety) == HVC_OK, "%s", diag.message);
	stop_dying();
	ck_assert_uint_eq(safety->findings, 0);
	ck_assert_uint_ge(safety->gaps, 1);
	ck_assert_int_eq(hvc_findings__of_safety(safety, SUBJECT, &diag, &findings), HVC_OK);
	ck_assert_str_eq(findings->found[0].rule->id, "safety-undecided");
	hvc_findings__free(findings);
	hvc_safety__free(safety);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

static enum hvc_status end_as_told(void *ctx)
{
	const int *how = ctx;

	if (*how >= 0)
		_exit(*how);
	return (enum hvc_status) - *how;
}

/* Work in a process of its own: nothing but what it returned is taken for what it returned. */
TEST(test_apart)
{
	static const struct {
		int how; /* an exit status; negative: returns that status of ours */
		enum hvc_status status;
		bool died;
	} end[] = {
	        {-HVC_E_FORMAT, HVC_E_FORMAT, false},
	        {-HVC_E_CANCELLED, HVC_E_CANCELLED, false},
	        {0, HVC_E_ENGINE, true},
	        {1, HVC_E_ENGINE, true},
	        {114, HVC_E_ENGINE, true}, /* Z3's, after an assertion: memory was short */
	        {255, HVC_E_ENGINE, true},
	};
	struct hvc_flight *flight = mmap(NULL, sizeof *flight, PROT_READ | PROT_WRITE,
	                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(flight, MAP_FAILED);
	for (size_t i = 0; i < sizeof end / sizeof *end; i++) {
		int how = end[i].how;
		bool died;

		ck_assert_int_eq(hvc_lost__apart(end_as_told, &how, flight, &died), end[i].status);
		ck_assert_int_eq(died, end[i].died);
	}
	munmap(flight, sizeof *flight);
}

int main(void)
{
	int status = EXIT_FAILURE;

	whole = sweep_calls_new();
	if (try_sweep(1, whole, NULL, &before) == HVC_OK)
		status = suite_run("lost");
	free(whole);
	return status;
}
