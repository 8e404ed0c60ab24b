/* SPDX-License-Identifier: MIT */
/*
 * The machine is asked, too: a call for each path, everything that came of it held to the path's
 * terms; and with the registers and memory of such a call every immediate that meets the same
 * row, held to what the row says. Calls are made in a process of its own, since the engine may
 * die of them.
 */
#include "engine/exact_trial.h"
#include "engine/scene.h"
#include "machine/outcome.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>

#define PARTS (HVC_LEVEL_COUNT * HVC_INSN_COUNT)
/** Instructions of all calls of a caller by which immediates are taken. */
#define STEPS_MAX UINT64_C(32000000)

/* Shared with the process that makes the calls; it goes on where an earlier one has died. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	unsigned part, row, path; /* under way; path: an index into the row's */
	bool taking;              /* immediates, after the call */
	unsigned rest;    /* row whose immediates are taken with the registers of any call */
	unsigned alike;   /* calls in a row that the engine died of, */
	uint64_t address; /* at this instruction */
	bool differs;
	char text[400];
	unsigned paths[PARTS];  /* confirmed */
	unsigned unmade[PARTS]; /* paths of which no call can be made */
	uint64_t steps[PARTS];  /* instructions of the calls by which immediates were taken */
	uint8_t taken[PARTS][HVC_IMM_COUNT / 8];
	uint8_t met[PARTS][HVC_EXACT_PATHS]; /* rows from whose witness immediates were taken */
};

struct work {
	struct hvc_exact *exact;
	struct bench *bench;
	struct hvc_machine *machine; /* of the usual world */
};

/* A row, and immediates that are tried with the inputs of a witness. */
struct taker {
	struct bench *bench;
	struct hvc_row_trial trial;
	const struct hvc_call *call; /* of the witness */
	uint64_t *value;             /* of inputs, in the model of the trial */
	uint8_t *taken;
	uint64_t *steps;
	unsigned imm;
};

static bool is_taken(const uint8_t *taken, unsigned imm)
{
	return taken[imm / 8] >> (imm % 8) & 1;
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct taker *t = ctx;

	for (; *t->steps < STEPS_MAX && t->imm < HVC_IMM_COUNT; t->imm++) {
		if (is_taken(t->taken, t->imm))
			continue;
		*call = *t->call;
		call->imm = (uint16_t)t->imm;
		t->value[HVC_INPUT_IMM] = t->imm;
		t->value[HVC_INPUT_SELF] = hvc_call__address(call);
		if (hvc_row__holds(&t->trial, (uint16_t)t->imm))
			return true;
	}
	return false;
}

/* Takes the outcome; false where it is not what the row says. */
static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct taker *t = ctx;

	t->taken[t->imm / 8] |= (uint8_t)(1u << (t->imm % 8));
	t->bench->alike = 0;
	*t->steps += outcome->instructions;
	t->bench->differs = hvc_row__differs(&t->trial, call, outcome);
	t->imm++;
	return !t->bench->differs;
}

static enum hvc_status take(struct work *work, const struct hvc_row *row,
                            struct hvc_symbolic_witness *witness, struct hvc_machine *machine)
{
	struct bench *bench = work->bench;
	struct taker t = {.bench = bench,
	                  .trial = {.exact = work->exact,
	                            .part = &work->exact->part[bench->part],
	                            .row = row,
	                            .model = &witness->model,
	                            .machine = machine,
	                            .text = bench->text,
	                            .size = sizeof bench->text},
	                  .call = &witness->call,
	                  .value = witness->model.value,
	                  .taken = bench->taken[bench->part],
	                  .steps = &bench->steps[bench->part]};
	const struct hvc_feed feed = {next, done, &t};
	enum hvc_status status;

	if (!hvc_row__prepare(&t.trial))
		return HVC_OK;
	status = hvc_machine_run(machine, &feed, &bench->diag);
	return bench->differs ? HVC_E_CANCELLED : status;
}

/* The call of one path, and then immediates by the row. */
static enum hvc_status meet(struct work *work, struct hvc_exact_part *part,
                            const struct hvc_row *row, struct hvc_symbolic_witness *witness,
                            struct hvc_machine *machine)
{
	struct bench *bench = work->bench;
	const struct hvc_sympath *path = &part->symbolic->path[row->path[bench->path]];
	uint8_t *met = &bench->met[bench->part][bench->row];
	enum hvc_status status = HVC_OK;
	char text[200];

	part->symbolic->config.machine = machine;
	if (!bench->taking) {
		status = hvc_symbolic__confirm(part->symbolic, path, witness, machine, &bench->diag,
		                               &bench->differs, text, sizeof text);
		if (bench->differs)
			snprintf(bench->text, sizeof bench->text, "%s #0x%x from %s: %s",
			         hvc_insn_name(part->insn), witness->call.imm,
			         hvc_level_name(part->from), text);
		bench->paths[bench->part] += status == HVC_OK;
	}
	if (status != HVC_OK || bench->differs || work->exact->brief || (*met && !bench->taking))
		return status;
	bench->taking = true;
	status = take(work, row, witness, machine);
	bench->taking = false;
	*met = 1;
	return status;
}

static enum hvc_status meet_path(struct work *work, struct hvc_exact_part *part,
                                 const struct hvc_row *row)
{
	struct bench *bench = work->bench;
	const struct hvc_sympath *path = &part->symbolic->path[row->path[bench->path]];
	struct hvc_machine *machine = work->machine;
	struct hvc_symbolic_witness witness;
	enum hvc_status status;

	if (path->end != HVC_END_OUTCOME)
		return HVC_OK;
	part->symbolic->config.machine = machine;
	status = hvc_symbolic__witness(part->symbolic, path, &work->exact->world, &witness);
	if (status == HVC_OK && witness.changed)
		status = hvc_scene__machine(work->exact->subject, &witness.world,
		                            work->exact->budget, &bench->diag, &machine);
	if (status == HVC_OK) {
		status = meet(work, part, row, &witness, machine);
		if (witness.changed)
			hvc_machine_close(machine);
		hvc_symbolic__free_witness(&witness);
	}
	/* Values that no world sets, or more of them than one has room for. */
	if (status != HVC_E_UNSUPPORTED && status != HVC_E_RANGE)
		return status;
	bench->diag = (struct hvc_diag){0};
	bench->unmade[bench->part]++;
	return HVC_OK;
}

/* What is left, with the registers of any call. */
static enum hvc_status take_rest(struct work *work, const struct hvc_exact_part *part)
{
	uint64_t value[HVC_INPUTS];
	struct hvc_symbolic_witness usual = {.model = {.value = value, .count = HVC_INPUTS}};
	enum hvc_status status = HVC_OK;

	hvc_call_init(&usual.call, 0);
	usual.call.insn = part->insn;
	usual.call.from = part->from;
	hvc_way__values(&usual.call, value);
	for (unsigned *i = &work->bench->rest; status == HVC_OK && *i < part->rows; ++*i)
		if (!part->row[*i].why && !hvc_row__reads_memory(part, &part->row[*i]))
			status = take(work, &part->row[*i], &usual, work->machine);
	return status;
}

/* Everything from where the bench is at. */
static enum hvc_status meet_all(void *ctx)
{
	struct work *work = ctx;
	struct bench *b = work->bench;
	enum hvc_status status = hvc_scene__machine(work->exact->subject, &work->exact->world,
	                                            work->exact->budget, &b->diag, &work->machine);

	for (; status == HVC_OK && b->part < work->exact->parts; b->part++, b->row = b->rest = 0) {
		struct hvc_exact_part *part = &work->exact->part[b->part];

		for (; status == HVC_OK && b->row < part->rows; b->row++, b->path = 0) {
			for (; status == HVC_OK && b->path < part->row[b->row].paths; b->path++)
				status = meet_path(work, part, &part->row[b->row]);
			if (status != HVC_OK)
				return status;
		}
		if (status == HVC_OK && !work->exact->brief)
			status = take_rest(work, part);
	}
	hvc_machine_close(work->machine);
	return status;
}

void hvc_exact__lose(struct hvc_exact *exact, const struct hvc_flight *flight)
{
	if (!exact->failed++)
		snprintf(exact->failure, sizeof exact->failure, "%s #0x%x from %s, at 0x%" PRIx64,
		         hvc_insn_name(flight->call.insn), flight->call.imm,
		         hvc_level_name(flight->call.from), flight->address);
	hvc_flight__lose(flight);
}

/* What kills with some registers often does so with every immediate: then no more are tried. */
static bool are_alike(struct bench *bench)
{
	bench->alike = bench->address == bench->flight.address ? bench->alike + 1 : 1;
	bench->address = bench->flight.address;
	if (bench->alike < HVC_LOST_ALIKE)
		return false;
	bench->alike = 0;
	return true;
}

/* The engine died of a call, which counts as taken. */
static bool lose(struct hvc_exact *exact, struct bench *bench)
{
	const struct hvc_call *call = &bench->flight.call;
	bool rest = bench->row == exact->part[bench->part].rows;

	if (!bench->flight.open || exact->failed == HVC_LOST_MAX)
		return false;
	hvc_exact__lose(exact, &bench->flight);
	bench->taken[bench->part][call->imm / 8] |= (uint8_t)(1u << (call->imm % 8));
	if (!rest && !bench->taking) {
		bench->path++;
	} else if (are_alike(bench)) {
		bench->rest += rest;
		bench->path += !rest;
		if (!rest)
			bench->met[bench->part][bench->row] = 1;
		bench->taking = false;
	}
	return true;
}

static void count(struct hvc_exact *exact, const struct bench *bench)
{
	for (unsigned i = 0; i < exact->parts; i++) {
		struct hvc_exact_part *part = &exact->part[i];

		part->confirmed = bench->paths[i];
		part->unmade = bench->unmade[i];
		exact->long_calls |= bench->steps[i] >= STEPS_MAX;
		part->taken = 0;
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			part->taken += is_taken(bench->taken[i], imm);
	}
}

static enum hvc_status work_apart(struct hvc_exact *exact, struct bench *bench,
                                  struct hvc_diag *diag)
{
	struct work work = {exact, bench, NULL};
	enum hvc_status status;
	bool died = false;

	do {
		status = hvc_lost__apart(meet_all, &work, &bench->flight, &died);
	} while (status == HVC_E_ENGINE && lose(exact, bench));
	count(exact, bench);
	if (bench->differs)
		return hvc_diag_set(diag, HVC_E_ENGINE, hvc_subject_name(exact->subject), 0, 0,
		                    "a fault of hvcheck: %s", bench->text);
	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(diag, status, hvc_subject_name(exact->subject), 0, 0, "%s",
	                    bench->diag.message[0] ? bench->diag.message : hvc_strerror(status));
}

enum hvc_status hvc_exact__confirm(struct hvc_exact *exact, struct hvc_diag *diag)
{
	struct bench *bench = mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum hvc_status status;

	if (bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = work_apart(exact, bench, diag);
	munmap(bench, sizeof *bench);
	return status;
}
