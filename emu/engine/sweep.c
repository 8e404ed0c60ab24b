/* SPDX-License-Identifier: MIT */
/*
 * Immediates are shared out in chunks to forked workers, each with a machine of its own. What a
 * worker has counted and where it is lies in memory that it shares with the process that waits, so
 * that when the engine dies of a call, that call alone is lost, and a new worker goes on with the
 * next one. See lost.c.
 */
#include "engine/doubt.h"
#include "engine/sweep_crew.h"
#include "machine/supplied.h"
#include "subject/subject.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The call under way is lost: nothing is known of it but where. */
static bool lose(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                 const struct hvc_flight *flight)
{
	struct hvc_sweep_slot *slot = worker->slot;
	struct hvc_outcome outcome = {
	        .kind = HVC_OUTCOME_FAILED, .level = HVC_LEVEL_EL2H, .pc = flight->address};
	struct hvc_call call;
	uint16_t imm = hvc_sweep__imm(slot);

	hvc_sweep__call(crew, slot, &call);
	if (!slot->failed || imm < slot->first ||
	    (imm == slot->first && slot->probe < slot->first_probe)) {
		slot->first = imm;
		slot->first_probe = slot->probe;
		slot->failure = *flight;
		slot->failure.call = call;
	}
	slot->failed++;
	slot->lost[imm / 8] |= (uint8_t)(1u << imm % 8);
	return hvc_sweep__take(crew, worker, &call, &outcome);
}

/* What kills with some registers often does so with every immediate: then it is not tried. */
static bool lose_rest(const struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                      const struct hvc_flight *flight)
{
	struct hvc_sweep_slot *slot = worker->slot;

	slot->alike = slot->alike && slot->address == flight->address ? slot->alike + 1 : 1;
	slot->address = flight->address;
	while (slot->alike >= HVC_LOST_ALIKE && slot->imm < HVC_SWEEP_CHUNK)
		if (!lose(crew, worker, flight))
			return false;
	return true;
}

static enum hvc_status give_up(const struct hvc_flight *flight, struct hvc_diag *diag)
{
	char one[256];

	hvc_lost__print(flight, one, sizeof one);
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	                    "%s died of %u calls, and more were not tried; one is %s",
	                    hvc_machine_engine(), HVC_LOST_MAX, one);
}

static const char *way_of_death(int how)
{
	return WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "it called exit";
}

static enum hvc_status restart(struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                               struct hvc_diag *diag)
{
	if (!hvc_sweep__start(crew, worker))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker cannot start: %s",
		                    strerror(errno));
	return HVC_OK;
}

/*
 * A worker died. What killed it may have come from outside, or from the calls made before: then
 * the call is made once more, and lost when that is the end of the next worker, too.
 */
static enum hvc_status replace(struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker,
                               int how, struct hvc_diag *diag)
{
	const struct hvc_lost_machine machine = {crew->config->subject, crew->world,
	                                         crew->config->budget};
	struct hvc_sweep_slot *slot = worker->slot;
	const struct hvc_flight *flight = &slot->flight;
	bool again;

	if (slot->looking) {
		slot->unlooked = slot->probe + 1;
		return restart(crew, worker, diag);
	}
	if (!flight->open || slot->judging)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "a worker died: %s",
		                    way_of_death(how));
	if (crew->lost++ == HVC_LOST_MAX)
		return give_up(flight, diag);
	again = hvc_lost__again(&machine, &flight->call, &crew->board->again);
	if (again)
		flight = &crew->board->again;
	if (again || slot->doubted) {
		hvc_flight__lose(flight);
		if (!lose(crew, worker, flight) || !lose_rest(crew, worker, flight))
			return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	} else {
		slot->doubted = true;
	}
	return restart(crew, worker, diag);
}

static enum hvc_status bury(struct hvc_sweep_crew *crew, struct hvc_sweep_worker *worker, int how,
                            struct hvc_diag *diag)
{
	struct hvc_sweep_board *board = crew->board;

	worker->running = false;
	if (how == 0 && worker->slot->over)
		return HVC_OK;
	if (!worker->slot->over)
		return replace(crew, worker, how, diag);
	if (diag)
		*diag = board->diag;
	return board->diag.status != HVC_OK ? board->diag.status : HVC_E_ENGINE;
}

static bool report(const struct hvc_sweep_crew *crew)
{
	const struct hvc_sweep_config *config = crew->config;
	uint64_t total = (uint64_t)config->probes->count * HVC_IMM_COUNT, calls = 0;

	if (!config->progress)
		return true;
	for (unsigned i = 0; i < crew->count; i++)
		calls += crew->worker[i].slot->calls;
	return config->progress(config->progress_ctx, calls, total);
}

/* Wait for all workers. The first that fails, or a cancelled run, ends the others too. */
static enum hvc_status wait_all(struct hvc_sweep_crew *crew, struct hvc_diag *diag)
{
	struct timespec pause = {0, crew->config->progress ? 20000000 : 2000000};
	enum hvc_status status = HVC_OK, one;
	unsigned running = crew->count;

	while (running > 0) {
		running = 0;
		for (unsigned i = 0; i < crew->count; i++) {
			struct hvc_sweep_worker *worker = &crew->worker[i];
			int how;

			if (!worker->running)
				continue;
			if (waitpid(worker->pid, &how, WNOHANG) != worker->pid) {
				running++;
				continue;
			}
			/* Nothing is said of those that are ended for another's sake. */
			one = bury(crew, worker, how, status == HVC_OK ? diag : NULL);
			status = status == HVC_OK ? one : status;
			running += worker->running;
		}
		if (status == HVC_OK && !report(crew))
			status = hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
		if (status != HVC_OK)
			crew->board->failed = 1;
		if (running)
			nanosleep(&pause, NULL);
	}
	return status;
}

#define TALLIES_MAX (UINT64_C(2) << 30) /* bytes, of all workers */

/* What all workers know; of what is the first, the first of all. */
static enum hvc_status collect(const struct hvc_sweep_crew *crew, struct hvc_sweep *out)
{
	const struct hvc_sweep_slot *first = NULL;
	const struct hvc_sweep_assumed *why = NULL;
	struct hvc_doubt *doubt = &out->doubt;

	for (unsigned i = 0; i < crew->count; i++) {
		const struct hvc_sweep_slot *slot = crew->worker[i].slot;

		crew->judge->add(crew->judge->ctx, crew->worker[i].tally);
		out->calls += slot->calls;
		out->failed += slot->failed;
		for (size_t k = 0; k < sizeof out->lost; k++) {
			out->lost[k] |= slot->lost[k];
			out->skipped[k] |= slot->skipped[k];
		}
		if (slot->failed && (!first || slot->first < first->first))
			first = slot; /* an immediate is in one chunk, so of one worker */
		if (hvc_supplied__merge(&out->supplied, &slot->supplied) != HVC_OK)
			return HVC_E_NOMEM;
	}
	if (first)
		hvc_lost__print(&first->failure, out->failure, sizeof out->failure);
	hvc_supplied__sort(&out->supplied);
	hvc_subject__name_supplied(crew->config->subject, &out->supplied);
	doubt->calls = out->calls;
	doubt->assumptions = hvc_supplied__assumptions(&out->supplied);
	for (unsigned i = 0; i < crew->count; i++)
		for (unsigned k = HVC_ASSUMED_POINTER; k < HVC_ASSUMED_COUNT; k++) {
			const struct hvc_sweep_assumed *a = &crew->worker[i].slot->assumed[k];

			if (!a->calls || (k == HVC_ASSUMED_READ && !doubt->assumptions))
				continue;
			doubt->faults += a->calls;
			if (!why || a->probe < why->probe ||
			    (a->probe == why->probe && a->imm < why->imm))
				why = a;
		}
	if (why) {
		const struct hvc_outcome end = {.answered = why->fault, .unset = 1};

		hvc_fault__is_assumed(crew->world, &out->entry, &out->supplied, &end, doubt->why);
	}
	return HVC_OK;
}

static enum hvc_status run_crew(struct hvc_sweep_crew *crew, struct hvc_diag *diag)
{
	bool started = true;
	enum hvc_status status;
	int error = 0;

	for (unsigned i = 0; i < crew->count; i++) {
		crew->worker[i].slot = &crew->board->slot[i];
		crew->worker[i].slot->chunk = i;
		crew->worker[i].tally = (char *)crew->tallies + i * crew->tally;
	}
	for (unsigned i = 0; started && i < crew->count; i++)
		if (!hvc_sweep__start(crew, &crew->worker[i])) {
			started = false;
			error = errno;
			crew->board->failed = 1;
		}
	status = wait_all(crew, diag);
	if (!started)
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker cannot start: %s",
		                    strerror(error));
	return status;
}

/* What every machine of it begins with. */
static enum hvc_status learn(const struct hvc_sweep_crew *crew, struct hvc_diag *diag,
                             struct hvc_sweep *out)
{
	struct hvc_machine *machine;

	HVC_TRY(hvc_sweep__machine(crew, diag, &machine));
	out->entry = *hvc_machine_entry(machine);
	out->present = *hvc_machine_present(machine);
	hvc_machine_close(machine);
	return HVC_OK;
}

static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

enum hvc_status hvc_sweep__run(const struct hvc_sweep_config *config,
                               const struct hvc_sweep_judge *judge, struct hvc_diag *diag,
                               struct hvc_sweep *out)
{
	struct hvc_sweep_crew crew = {.config = config, .judge = judge};
	enum hvc_status status = HVC_E_NOMEM;

	memset(out, 0, sizeof *out);
	hvc_world_init(&crew.usual, HVC_CPU_A72);
	crew.world = config->world ? config->world : &crew.usual;
	HVC_TRY(learn(&crew, diag, out));
	if (!config->probes->count)
		return HVC_OK;
	crew.count = config->jobs < HVC_SWEEP_CHUNKS ? config->jobs : HVC_SWEEP_CHUNKS;
	crew.tally = (judge->tally + 64) & ~(size_t)63;
	/* A jail has so much memory: of what is counted in very much there are fewer workers. */
	if (crew.count > TALLIES_MAX / crew.tally)
		crew.count = (unsigned)(TALLIES_MAX / crew.tally);
	crew.count = crew.count ? crew.count : 1;
	crew.board_size = sizeof *crew.board + crew.count * sizeof *crew.board->slot;
	crew.worker = calloc(crew.count, sizeof *crew.worker);
	crew.board = shared(crew.board_size);
	crew.tallies = shared(crew.count * crew.tally);
	if (crew.worker && crew.board && crew.tallies) {
		status = run_crew(&crew, diag);
		if (status == HVC_OK || status == HVC_E_CANCELLED)
			if (collect(&crew, out) != HVC_OK)
				status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0,
				                      "out of memory");
	} else {
		hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	}
	if (crew.board)
		munmap(crew.board, crew.board_size);
	if (crew.tallies)
		munmap(crew.tallies, crew.count * crew.tally);
	free(crew.worker);
	if (status != HVC_OK)
		hvc_sweep__free(out);
	return status;
}

void hvc_sweep__free(struct hvc_sweep *sweep)
{
	hvc_supplied__free(&sweep->supplied);
	memset(sweep, 0, sizeof *sweep);
}
