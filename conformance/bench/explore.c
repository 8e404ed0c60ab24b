/* SPDX-License-Identifier: MIT */
/**
 * explore [--brief] [--open] [--doors chosen|handler] [--into] [--from LEVEL] [--smc] SUBJECT...:
 * the paths of each subject and what they cost. Without a subject, every built-in one, a line each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "symbolic/symbolic.h"

struct options {
	struct hvc_symbolic_config config;
	bool brief, prove;
	unsigned steps;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_results(struct hvc_symbolic *s, const struct hvc_sympath *path)
{
	char text[300];

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (path->way->x[n]->op == HVC_OP_INPUT && path->way->x[n]->value == n)
			continue;
		hvc_bv__print(s->scene.terms, path->way->x[n], text, sizeof text);
		printf("      x%u := %s\n", n, text);
	}
	for (unsigned n = HVC_REG_SP_EL0; n < HVC_REG_COUNT; n++) {
		if (!hvc_regset_has(&path->way->written, (enum hvc_reg)n))
			continue;
		hvc_bv__print(s->scene.terms, path->way->sys[n], text, sizeof text);
		printf("      %s := %s\n", hvc_reg_name((enum hvc_reg)n), text);
	}
	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		hvc_bv__print(s->scene.terms, read->value, text, sizeof text);
		printf("      read %s at 0x%" PRIx64 "\n", text, read->pc);
	}
}

static void print_paths(struct hvc_symbolic *s)
{
	char text[2000];

	for (unsigned i = 0; i < s->paths; i++) {
		hvc_symbolic__print_condition(s, &s->path[i], text, sizeof text);
		printf("  %u %s\n", i + 1, text);
		hvc_symbolic__print_end(s, &s->path[i], text, sizeof text);
		printf("    %s (%" PRIu64 " instructions)\n", text, s->path[i].way->steps);
		print_results(s, &s->path[i]);
	}
}

static int explore(const char *name, const struct options *options)
{
	struct hvc_symbolic_config config = options->config;
	struct hvc_symbolic_proof proof = {HVC_ANSWER_UNDECIDED, HVC_ANSWER_UNDECIDED};
	struct hvc_machine_config machine = {0};
	struct hvc_subject *subject = NULL;
	struct hvc_symbolic *s = NULL;
	struct hvc_diag diag = {0};
	struct rusage usage;
	double begin, end;

	if (hvc_subject_open(name, &diag, &subject) != HVC_OK) {
		fprintf(stderr, "%s: %s\n", name, diag.message);
		return 2;
	}
	machine.image = *hvc_subject_image(subject);
	if (hvc_machine_open(&machine, &diag, &config.machine) == HVC_OK) {
		config.image = hvc_subject_image(subject);
		config.subject = subject;
		begin = seconds();
		if (hvc_symbolic__explore(&config, &diag, &s) == HVC_OK) {
			end = seconds();
			if (options->prove)
				hvc_symbolic__prove(s, &proof);
			getrusage(RUSAGE_SELF, &usage);
			printf("%-28s %4u paths, %s, %6.3f s (proof %6.3f), %8" PRIu64
			       " instructions, %6" PRIu64 " queries, %7zu nodes, %ld MiB%s%s\n",
			       name, s->paths, s->complete ? "complete" : "INCOMPLETE", end - begin,
			       seconds() - end, s->steps, hvc_solver__queries(s->scene.solver),
			       hvc_bv__nodes(s->scene.terms), usage.ru_maxrss / 1024,
			       proof.disjoint == HVC_ANSWER_NO ? ", NOT DISJOINT" : "",
			       proof.total == HVC_ANSWER_NO ? ", NOT TOTAL" : "");
			if (!options->brief)
				print_paths(s);
			hvc_symbolic__free(s);
		}
	}
	if (!s)
		fprintf(stderr, "%s: %s\n", name, diag.message);
	hvc_machine_close(config.machine);
	hvc_subject_close(subject);
	return s ? 0 : 2;
}

int main(int argc, char **argv)
{
	struct options options = {.config = {.from = HVC_LEVEL_EL1H, .closed = true},
	                          .prove = true};
	const struct hvc_builtin *builtin;
	int status = 0, at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--brief"))
			options.brief = true;
		else if (!strcmp(argv[at], "--open"))
			options.config.closed = false;
		else if (!strcmp(argv[at], "--no-proof"))
			options.prove = false;
		else if (!strcmp(argv[at], "--smc"))
			options.config.insn = HVC_INSN_SMC;
		else if (!strcmp(argv[at], "--doors") && at + 1 < argc)
			options.config.doors = strcmp(argv[++at], "handler") ? HVC_DOORS_CHOSEN
			                                                     : HVC_DOORS_HANDLER;
		else if (!strcmp(argv[at], "--paths") && at + 1 < argc)
			options.config.paths = (unsigned)strtoul(argv[++at], NULL, 0);
		else if (!strcmp(argv[at], "--door-forks") && at + 1 < argc)
			options.config.door_forks = (unsigned)strtoul(argv[++at], NULL, 0);
		else if (!strcmp(argv[at], "--from") && at + 1 < argc)
			options.config.from = hvc_level_find(argv[++at]);
		else
			return 2;
	}
	for (int i = at; i < argc; i++)
		status |= explore(argv[i], &options);
	options.brief = true;
	for (size_t i = 0; at == argc && (builtin = hvc_builtin_at(i)); i++)
		if (!hvc_builtin_is_aarch32(builtin))
			status |= explore(builtin->name, &options);
	return status;
}
