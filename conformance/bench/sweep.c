/* SPDX-License-Identifier: MIT */
/*
 * What capturing and judging cost: a sweep of one ABI, every register of every call captured and
 * judged, against the bare engine running the same HVCs, in turns in one process. Figures are
 * ratios of medians; absolute times belong to the machine.
 *
 *   bench [SUBJECT [ABI]]     default: linux-stub-4.12 twice
 *
 * Every call of the subject with x0 = 99 has to return: the bare engine has nothing that stops a
 * handler that hangs, so an alarm does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bare.h"
#include "hvcheck/arch.h"
#include "hvcheck/subject.h"
#include "hvcheck/verdict.h"

#define PASSES        15
#define ALARM_SECONDS 120

struct sweep {
	const struct hvc_abi *abi;
	struct hvc_machine *machine;
	struct hvc_call call;
	struct hvc_state before;
	unsigned imm;
	unsigned conforming;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct sweep *sweep = ctx;

	if (sweep->imm == HVC_IMM_COUNT)
		return false;
	*call = sweep->call;
	call->imm = (uint16_t)sweep->imm++;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct sweep *sweep = ctx;
	struct hvc_verdict verdict;

	hvc_verdict_judge(sweep->abi, 0, &sweep->before, hvc_machine_present(sweep->machine), call,
	                  outcome, &verdict);
	sweep->conforming += verdict.kind == HVC_VERDICT_CONFORMS;
	return true;
}

static bool sweep_pass(struct sweep *sweep)
{
	struct hvc_feed feed = {next, done, sweep};

	sweep->imm = sweep->conforming = 0;
	return hvc_machine_run(sweep->machine, &feed, NULL) == HVC_OK &&
	       sweep->conforming == HVC_IMM_COUNT;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values)
{
	qsort(values, PASSES, sizeof *values, by_value);
	return values[PASSES / 2];
}

static int measure(struct bare *bare, struct sweep *sweep)
{
	double plain[PASSES], judged[PASSES], cold[2];
	struct rusage usage;

	cold[0] = now();
	if (!bare_pass(bare))
		return EXIT_FAILURE;
	cold[1] = now();
	cold[0] = cold[1] - cold[0];
	if (!sweep_pass(sweep))
		return EXIT_FAILURE;
	cold[1] = now() - cold[1];
	for (int i = 0; i < PASSES; i++) {
		double start = now(), middle;

		if (!bare_pass(bare))
			return EXIT_FAILURE;
		middle = now();
		if (!sweep_pass(sweep))
			return EXIT_FAILURE;
		judged[i] = now() - middle;
		plain[i] = middle - start;
	}
	getrusage(RUSAGE_SELF, &usage);
	printf("engine              %s\n", hvc_machine_engine());
	printf("sweep / bare, warm  %.2f (medians of %d passes of 65,536 HVCs, in turns)\n",
	       median(judged) / median(plain), PASSES);
	printf("sweep / bare, cold  %.2f (the first pass of each, translation included)\n",
	       cold[1] / cold[0]);
	printf("peak memory         %ld MiB (both engines)\n", usage.ru_maxrss / 1024);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "linux-stub-4.12";
	struct hvc_machine_config config = {0};
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct sweep sweep = {0};
	struct hvc_diag diag = {0};
	struct bare *bare = NULL;
	int status = EXIT_FAILURE;

	alarm(ALARM_SECONDS);
	if (hvc_subject_open(name, &diag, &subject) == HVC_OK &&
	    hvc_abi_open(argc > 2 ? argv[2] : name, &diag, &abi) == HVC_OK) {
		config.image = *hvc_subject_image(subject);
		config.world = &hvc_abi_world_at(abi, 0)->world;
		bare = bare_open(&config.image);
	}
	if (bare && hvc_machine_open(&config, &diag, &sweep.machine) == HVC_OK) {
		sweep.abi = abi;
		hvc_call_init(&sweep.call, 0);
		sweep.call.x[0] = 99;
		hvc_entry_state(hvc_machine_entry(sweep.machine), &sweep.call, &sweep.before);
		status = measure(bare, &sweep);
	}
	if (status != EXIT_SUCCESS)
		fprintf(stderr, "bench: %s\n", diag.message[0] ? diag.message : "a pass failed");
	hvc_machine_close(sweep.machine);
	if (bare)
		bare_close(bare);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status;
}
