/* SPDX-License-Identifier: MIT */
/**
 * check [--sweep] [SUBJECT...]: what a check of each subject against its own ABI costs, all of it
 * and the proof alone; with --sweep next to the sweep that it takes the place of (minutes for all
 * of them). Without a subject, every built-in one that has an ABI. Times are of this process and
 * its workers; what to compare are ratios within one run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "abi/abi.h"
#include "engine/prove.h"

struct cost {
	double proof, check, sweep; /* seconds of CPU */
	unsigned paths;
	uint64_t queries;
};

static double seconds(void)
{
	static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	struct rusage usage;
	double sum = 0;

	for (unsigned i = 0; i < 2; i++) {
		getrusage(who[i], &usage);
		sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
	}
	return sum;
}

static enum hvc_status prove(const struct hvc_subject *subject, const struct hvc_abi *abi,
                             struct hvc_diag *diag, struct cost *out)
{
	double begin = seconds();

	for (unsigned w = 0; w < hvc_abi_world_count(abi); w++) {
		const struct hvc_prove_config config = {
		        .subject = subject,
		        .abi = abi,
		        .index = w,
		        .world = &hvc_abi_world_at(abi, w)->world,
		        .levels = hvc_abi__levels(abi),
		        .insns = hvc_abi__insns(abi),
		};
		struct hvc_proof proof;

		HVC_TRY(hvc_prove__world(&config, diag, &proof));
		for (unsigned i = 0; i < proof.parts; i++) {
			out->paths += proof.part[i].paths;
			out->queries += proof.part[i].queries;
		}
		hvc_proof__free(&proof);
	}
	out->proof = seconds() - begin;
	return HVC_OK;
}

static enum hvc_status run(const struct hvc_subject *subject, const struct hvc_abi *abi, bool sweep,
                           struct hvc_diag *diag, double *out)
{
	const struct hvc_check_config config = {
	        .subject = subject, .abi = abi, .sweep = sweep, .randoms = 4, .jobs = 1};
	struct hvc_check *check = NULL;
	double begin = seconds();
	enum hvc_status status = hvc_check_run(&config, diag, &check);

	*out = seconds() - begin;
	hvc_check_free(check);
	return status;
}

static int measure(const char *name, bool sweep)
{
	struct hvc_subject *subject = NULL;
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag = {0};
	struct cost cost = {0};
	struct rusage usage;
	enum hvc_status status = hvc_subject_open(name, &diag, &subject);

	if (status == HVC_OK)
		status = hvc_abi_open(name, &diag, &abi);
	if (status == HVC_OK)
		status = prove(subject, abi, &diag, &cost);
	if (status == HVC_OK)
		status = run(subject, abi, false, &diag, &cost.check);
	if (status == HVC_OK && sweep)
		status = run(subject, abi, true, &diag, &cost.sweep);
	getrusage(RUSAGE_SELF, &usage);
	if (status == HVC_OK) {
		printf("%-24s proof %6.3f s, check %6.3f s, %4u paths, %6.0f paths/s, %6.0f "
		       "queries/s, %ld MiB",
		       name, cost.proof, cost.check, cost.paths, cost.paths / cost.proof,
		       (double)cost.queries / cost.proof, usage.ru_maxrss / 1024);
		if (sweep)
			printf(", sweep %7.3f s, %5.1f times the check", cost.sweep,
			       cost.sweep / cost.check);
		putchar('\n');
		fflush(stdout);
	} else {
		fprintf(stderr, "%s: %s\n", name, diag.message);
	}
	hvc_abi_free(abi);
	hvc_subject_close(subject);
	return status == HVC_OK ? 0 : 2;
}

int main(int argc, char **argv)
{
	bool sweep = argc > 1 && !strcmp(argv[1], "--sweep");
	int first = sweep ? 2 : 1, status = 0;
	const char *name, *text;
	size_t size;

	for (int i = first; i < argc; i++)
		status |= measure(argv[i], sweep);
	for (size_t i = 0; first == argc && hvc_abi_shipped_at(i, &name, &text, &size); i++)
		status |= measure(name, sweep);
	return status;
}
