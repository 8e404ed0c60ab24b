/* SPDX-License-Identifier: MIT */
/** rows [--smc] [--into] [--exact] SUBJECT...: the rows of each subject. Without one, of all. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/exact.h"

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int show(const char *name, struct hvc_exact_config config)
{
	struct hvc_subject *subject = NULL;
	struct hvc_exact *exact = NULL;
	struct hvc_diag diag = {0};
	char text[4000];
	double begin;

	if (hvc_subject_open(name, &diag, &subject) != HVC_OK) {
		fprintf(stderr, "%s: %s\n", name, diag.message);
		return 2;
	}
	config.subject = subject;
	begin = seconds();
	if (hvc_exact__make(&config, &diag, &exact) != HVC_OK)
		fprintf(stderr, "%s: %s\n", name, diag.message);
	for (unsigned i = 0; exact && i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		printf("%s, %s from %s: %s%s (%u paths, %u confirmed, %u not, %u immediates, %.3f "
		       "s)\n",
		       name, hvc_insn_name(part->insn), hvc_level_name(part->from),
		       part->complete ? "complete" : part->why, part->same ? ", as before" : "",
		       part->symbolic->paths, part->confirmed, part->unmade, part->taken,
		       seconds() - begin);
		for (unsigned j = 0; !part->same && j < part->rows; j++) {
			hvc_exact__print_condition(exact, &part->row[j], text, sizeof text);
			printf("  %s\n", text);
			hvc_exact__print_behaviour(exact, &part->row[j], text, sizeof text);
			printf("      %s\n", text);
		}
	}
	hvc_exact__free(exact);
	hvc_subject_close(subject);
	return exact ? 0 : 2;
}

int main(int argc, char **argv)
{
	struct hvc_exact_config config = {0};
	const struct hvc_builtin *builtin;
	int status = 0, at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--smc"))
			config.insns = 3;
		else if (!strcmp(argv[at], "--into"))
			config.into = true;
		else if (!strcmp(argv[at], "--exact"))
			config.exact = true;
		else if (!strcmp(argv[at], "--unconfirmed"))
			config.unconfirmed = true;
	}
	for (int i = at; i < argc; i++)
		status |= show(argv[i], config);
	for (size_t i = 0; at == argc && (builtin = hvc_builtin_at(i)); i++)
		if (!hvc_builtin_is_aarch32(builtin))
			status |= show(builtin->name, config);
	return status;
}
