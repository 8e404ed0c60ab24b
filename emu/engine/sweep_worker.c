/* SPDX-License-Identifier: MIT */
/* A worker of a sweep: in a process of its own it makes the calls of its chunks, one by one. */
#include <stdlib.h>
#include <unistd.h>

#include "engine/imm_class.h"
#include "engine/scene.h"
#include "engine/sweep_crew.h"
#include "machine/world.h"

/*
 * The emulator never gives back what it translated, and gets slower the more it has: a machine
 * is replaced after so many chunks.
 */
#define CHUNKS_A_MACHINE 8u
#define CALLS_A_MACHINE  0x10000u
/** A call of so many instructions is long, and of long ones a chunk makes so many with a probe. */
#define LONG_STEPS  1000u
#define CHUNK_STEPS UINT64_C(100000)

/* The worker's own side of one chunk. */
struct shift {
	const struct hvc_sweep_crew *crew;
	struct hvc_sweep_worker *worker;
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	struct hvc_imm_classes *classes; /* or NULL */
	unsigned chunks, calls;          /* that this machine has done; calls, with classes */
	bool enough;                     /* the judge wants no more */
};

void hvc_sweep__call(const struct hvc_sweep_crew *crew, const struct hvc_sweep_slot *slot,
                     struct hvc_call *call)
{
	*call = crew->config->probes->probe[slot->probe].call;
	call->imm = hvc_sweep__imm(slot);
}

static void note_fault(const struct shift *shift, const struct hvc_outcome *outcome)
{
	struct hvc_sweep_slot *slot = shift->worker->slot;
	enum hvc_assumed why = hvc_fault__assumed(shift->crew->world, shift->entry, outcome);
	struct hvc_sweep_assumed *a = &slot->assumed[why];
	const struct hvc_el2_exception fault = hvc_fault__of(outcome);
	uint16_t imm = hvc_sweep__imm(slot);

	if (a->calls++ == 0 || slot->probe < a->probe || (slot->probe == a->probe && imm < a->imm))
		*a = (struct hvc_sweep_assumed){
		        .calls = a->calls, .fault = fault, .probe = slot->probe, .imm = imm};
}

bool hvc_sweep__take(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                     const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct hvc_sweep_slot *slot = worker->slot;
	bool more = crew->judge->take(crew->judge->ctx, worker->tally, slot->probe, call, outcome);

	slot->calls++;
	slot->imm++;
	slot->doubted = false;
	return more;
}

/* Of what takes long a few calls say as much as all of them. */
static void skip_rest(struct hvc_sweep_slot *slot)
{
	for (; slot->imm < HVC_SWEEP_CHUNK; slot->imm++) {
		uint16_t imm = hvc_sweep__imm(slot);

		slot->skipped[imm / 8] |= (uint8_t)(1u << imm % 8);
	}
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct shift *shift = ctx;
	struct hvc_sweep_slot *slot = shift->worker->slot;

	if (shift->crew->config->representatives && slot->steps >= CHUNK_STEPS)
		skip_rest(slot);
	if (slot->imm == HVC_SWEEP_CHUNK ||
	    (shift->classes && hvc_imm_classes__has(shift->classes, hvc_sweep__imm(slot))))
		return false;
	hvc_sweep__call(shift->crew, slot, call);
	shift->calls++;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct shift *shift = ctx;
	struct hvc_sweep_slot *slot = shift->worker->slot;

	slot->judging = true;
	slot->alike = 0;
	if (outcome->instructions >= LONG_STEPS)
		slot->steps += outcome->instructions;
	if (outcome->kind == HVC_OUTCOME_FAULT || outcome->answered.esr)
		note_fault(shift, outcome);
	shift->enough = !hvc_sweep__take(shift->crew, shift->worker, call, outcome);
	slot->judging = false;
	return !shift->enough;
}

enum hvc_status hvc_sweep__machine(const struct hvc_sweep_crew *crew, struct hvc_diag *diag,
                                   struct hvc_machine **out)
{
	enum hvc_status status = hvc_scene__machine(crew->config->subject, crew->world,
	                                            crew->config->budget, diag, out);

	if (status != HVC_OK && diag && diag->file[0] == '\0')
		snprintf(diag->file, sizeof diag->file, "%s",
		         hvc_subject_name(crew->config->subject));
	return status;
}

static enum hvc_status renew_machine(struct shift *shift, struct hvc_diag *diag)
{
	const struct hvc_sweep_crew *crew = shift->crew;

	if (shift->machine &&
	    (shift->classes ? shift->calls < CALLS_A_MACHINE : shift->chunks++ < CHUNKS_A_MACHINE))
		return HVC_OK;
	hvc_machine_close(shift->machine);
	shift->machine = NULL;
	shift->chunks = 1;
	shift->calls = 0;
	HVC_TRY(hvc_sweep__machine(crew, diag, &shift->machine));
	shift->entry = hvc_machine_entry(shift->machine);
	if (crew->judge->machine)
		crew->judge->machine(crew->judge->ctx, shift->machine);
	return HVC_OK;
}

/* What was met since the last time, where the process that waits can read it. */
static enum hvc_status keep_supplied(struct shift *shift)
{
	struct hvc_sweep_slot *slot = shift->worker->slot;

	slot->supplied.row = slot->row;
	slot->supplied.capacity = HVC_SUPPLIED_MAX;
	if (shift->classes)
		HVC_TRY(hvc_imm_classes__supplied(shift->classes, &slot->supplied));
	return hvc_machine_supplied(shift->machine, &slot->supplied);
}

/* Calls of one probe, of a chunk. */
static enum hvc_status work_chunk(struct shift *shift, struct hvc_diag *diag)
{
	const struct hvc_feed feed = {next, done, shift};
	enum hvc_status status = hvc_machine_run(shift->machine, &feed, diag);

	if (status == HVC_OK)
		status = keep_supplied(shift);
	if (status == HVC_E_CANCELLED && shift->enough)
		hvc_diag_set(diag, status, NULL, 0, 0, "cancelled");
	if (status == HVC_OK)
		shift->worker->slot->alike = 0;
	return status;
}

/* Outcomes that are known without a call, as far as they are, from the slot's on in its chunk. */
static enum hvc_status tell_known(struct shift *shift, struct hvc_diag *diag)
{
	struct hvc_sweep_slot *slot = shift->worker->slot;
	const uint64_t steps = slot->steps;
	const struct hvc_outcome *outcome;
	const struct hvc_call *call;

	while (slot->imm < HVC_SWEEP_CHUNK &&
	       hvc_imm_classes__has(shift->classes, hvc_sweep__imm(slot))) {
		outcome = hvc_imm_classes__outcome(shift->classes, hvc_sweep__imm(slot), &call);
		if (!done(shift, call, outcome))
			return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	}
	slot->steps = steps;
	return HVC_OK;
}

/* Probe by probe: what is known of the classes of one is used for all chunks. */
static enum hvc_status work_by_classes(struct shift *shift, struct hvc_diag *diag)
{
	const struct hvc_sweep_crew *crew = shift->crew;
	struct hvc_sweep_slot *slot = shift->worker->slot;
	const unsigned first = (unsigned)(slot - crew->board->slot);

	HVC_TRY(renew_machine(shift, diag));
	for (; slot->probe < crew->config->probes->count; slot->probe++, slot->chunk = first) {
		slot->looking = true;
		HVC_TRY(hvc_imm_classes__find(
		        shift->classes,
		        slot->probe < slot->unlooked
		                ? NULL
		                : &crew->config->probes->probe[slot->probe].call,
		        diag));
		slot->looking = false;
		for (; slot->chunk < HVC_SWEEP_CHUNKS;
		     slot->chunk += crew->count, slot->imm = 0, slot->steps = 0) {
			if (crew->board->failed)
				return HVC_OK;
			HVC_TRY(tell_known(shift, diag));
			if (slot->imm < HVC_SWEEP_CHUNK)
				HVC_TRY(renew_machine(shift, diag));
			while (slot->imm < HVC_SWEEP_CHUNK) {
				HVC_TRY(work_chunk(shift, diag));
				HVC_TRY(tell_known(shift, diag));
			}
		}
	}
	return HVC_OK;
}

/* All chunks that are left to one worker, in order; in the worker's process. */
static enum hvc_status work(struct shift *shift, struct hvc_diag *diag)
{
	const struct hvc_sweep_crew *crew = shift->crew;
	struct hvc_sweep_slot *slot = shift->worker->slot;

	for (; slot->chunk < HVC_SWEEP_CHUNKS; slot->chunk += crew->count, slot->probe = 0) {
		if (crew->board->failed)
			break;
		HVC_TRY(renew_machine(shift, diag));
		for (; slot->probe < crew->config->probes->count;
		     slot->probe++, slot->imm = 0, slot->steps = 0)
			HVC_TRY(work_chunk(shift, diag));
	}
	return HVC_OK;
}

static _Noreturn void be_worker(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker)
{
	struct hvc_diag diag = {0};
	struct shift shift = {.crew = crew, .worker = worker};
	enum hvc_status status = HVC_OK;

	hvc_flight__record(&worker->slot->flight);
	if (crew->config->representatives && hvc_cpu__is_hyp(crew->world->cpu))
		status = hvc_imm_classes__open(&(struct hvc_lost_machine){crew->config->subject,
		                                                          crew->world,
		                                                          crew->config->budget},
		                               &diag, &shift.classes);
	if (status == HVC_OK)
		status = shift.classes ? work_by_classes(&shift, &diag) : work(&shift, &diag);
	hvc_imm_classes__close(shift.classes);
	hvc_machine_close(shift.machine);
	/* An engine that gave up a call is as good as one that died of it. */
	worker->slot->over = status != HVC_E_ENGINE || !worker->slot->flight.open;
	if (status != HVC_OK && worker->slot->over &&
	    !__sync_lock_test_and_set(&crew->board->failed, 1)) {
		diag.status = status;
		crew->board->diag = diag;
	}
	hvc_lost__leave(status != HVC_OK);
}

bool hvc_sweep__start(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker)
{
	pid_t parent = getpid();

	worker->slot->flight.open = worker->slot->over = worker->slot->judging = false;
	worker->pid = fork();
	if (worker->pid == 0) {
		if (!hvc_lost__enter(parent))
			_exit(EXIT_FAILURE);
		be_worker(crew, worker);
	}
	worker->running = worker->pid > 0;
	return worker->running;
}
