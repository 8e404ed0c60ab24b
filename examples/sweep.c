/* SPDX-License-Identifier: MIT */
/*
 * How does each of the 65,536 immediates end, the registers being the same, and what is not as it
 * was?
 *
 *   sweep SUBJECT [X0]
 *
 * SUBJECT is a built-in variant, or vectors in a file: FILE@SYMBOL, FILE@0xADDRESS.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "hvcheck/subject.h"
#include "hvcheck/verdict.h"

#define ENDS 64u

/* How calls end, and which registers change; immediates as intervals. */
struct end {
	char text[512];
	unsigned immediates, lo, hi, intervals;
	char where[4096];
};

struct sweep {
	struct hvc_machine *machine;
	struct hvc_call call;
	unsigned imm, ends;
	struct end end[ENDS];
};

static void close_interval(struct end *end)
{
	size_t used = strlen(end->where);

	if (end->immediates)
		snprintf(end->where + used, sizeof end->where - used,
		         end->lo == end->hi ? "%s0x%04x" : "%s0x%04x-0x%04x",
		         end->intervals++ ? ", " : "  ", end->lo, end->hi);
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct sweep *sweep = ctx;

	*call = sweep->call;
	call->imm = (uint16_t)sweep->imm;
	return sweep->imm < HVC_IMM_COUNT;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct sweep *sweep = ctx;
	struct hvc_state before;
	char text[512];
	size_t used;
	unsigned i = 0;

	hvc_entry_state(hvc_machine_entry(sweep->machine), call, &before);
	used = (size_t)snprintf(text, sizeof text, "%s", hvc_outcome_name(outcome->kind));
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if (outcome->state.v[reg] != before.v[reg] && used < sizeof text &&
		    hvc_reg_info(reg)->class_ != HVC_CLASS_EXCEPTION)
			used += (size_t)snprintf(text + used, sizeof text - used, ", %s",
			                         hvc_reg_name(reg));
	while (i < sweep->ends && strcmp(sweep->end[i].text, text) != 0)
		i++;
	if (i == ENDS)
		return false;
	if (i == sweep->ends)
		strcpy(sweep->end[sweep->ends++].text, text);
	if (sweep->end[i].immediates && sweep->end[i].hi + 1 != call->imm)
		close_interval(&sweep->end[i]);
	if (!sweep->end[i].immediates || sweep->end[i].hi + 1 != call->imm)
		sweep->end[i].lo = call->imm;
	sweep->end[i].hi = call->imm;
	sweep->end[i].immediates++;
	sweep->imm++;
	return true;
}

int main(int argc, char **argv)
{
	static struct sweep sweep;
	const struct hvc_feed feed = {next, done, &sweep};
	struct hvc_machine_config config = {.budget = 0};
	struct hvc_subject *subject = NULL;
	struct hvc_diag diag;
	enum hvc_status status;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: sweep SUBJECT [X0]\n");
		return 2;
	}
	hvc_call_init(&sweep.call, 0); /* without an X0, each register names itself */
	if (argc == 3)
		sweep.call.x[0] = strtoull(argv[2], NULL, 0);
	status = hvc_subject_open(argv[1], &diag, &subject);
	if (status == HVC_OK) {
		config.image = *hvc_subject_image(subject);
		status = hvc_machine_open(&config, &diag, &sweep.machine);
	}
	if (status == HVC_OK)
		status = hvc_machine_run(sweep.machine, &feed, &diag);
	if (status != HVC_OK)
		fprintf(stderr, "sweep: %s: %s\n", argv[1], diag.message);
	for (unsigned i = 0; status == HVC_OK && i < sweep.ends; i++) {
		close_interval(&sweep.end[i]);
		printf("%u immediate%s: %s\n%s\n", sweep.end[i].immediates,
		       sweep.end[i].immediates == 1 ? "" : "s", sweep.end[i].text,
		       sweep.end[i].where);
	}
	hvc_machine_close(sweep.machine);
	hvc_subject_close(subject);
	return status == HVC_OK ? 0 : 2;
}
