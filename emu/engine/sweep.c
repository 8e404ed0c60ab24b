/* SPDX-License-Identifier: MIT */
/*
 * Immediates are shared out in chunks to forked workers, each with a machine of its own. What a
 * worker has counted and where it is lies in memory that it shares with the process that waits, so
 * that when the engine dies of a call, that call alone is lost, and a new worker goes on with the
 * next one. See lost.c.
 */
#include "engine/doubt.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/scene.h"
#include "engine/sweep.h"
#include "machine/supplied.h"
#include "subject/subject.h"

/*
 * Of fixed size, and each begun from scratch, so that the result is the same however they are
 * shared out.
 */
#define CHUNK  1024u
#define CHUNKS (HVC_IMM_COUNT / CHUNK)

/* A fault of the assumed world: how many calls, and the first of them. */
struct assumed {
	uint64_t calls;
	struct hvc_el2_exception fault;
	unsigned probe;
	uint16_t imm;
};

/* One worker: where it is, what it counted. */
struct slot {
	struct hvc_flight flight;
	unsigned chunk, probe, imm; /* under way; imm: within the chunk */
	volatile bool judging;      /* the call under way has been made */
	volatile bool over;         /* it came to an end of its own */
	bool doubted;               /* a worker died of this call, which did no harm by itself */
	uint64_t calls, failed;
	uint16_t first; /* immediate of the first that failed, */
	unsigned first_probe;
	struct hvc_flight failure; /* and all of it */
	unsigned alike;            /* lost in a row, at one instruction */
	uint64_t address;          /* that one */
	uint8_t lost[HVC_IMM_COUNT / 8];
	struct assumed assumed[HVC_ASSUMED_COUNT];
	struct hvc_supplied supplied; /* its rows are these, and never grow: */
	struct hvc_supply row[HVC_SUPPLIED_MAX];
};

/* Memory that all share. */
struct board {
	struct hvc_diag diag; /* of the first worker that failed */
	volatile int failed;
	struct hvc_flight again; /* of the call that is made by itself */
	struct slot slot[];
};

struct worker {
	pid_t pid;
	bool running;
	struct slot *slot;
	void *tally;
};

struct crew {
	const struct hvc_sweep_config *config;
	const struct hvc_sweep_judge *judge;
	struct board *board;
	size_t board_size;
	void *tallies;
	size_t tally; /* of one worker, rounded up */
	struct worker *worker;
	unsigned count;
	unsigned lost; /* processes */
	struct hvc_world usual;
	const struct hvc_world *world;
};

static inline uint16_t imm_of(const struct slot *slot)
{
	return (uint16_t)(slot->chunk * CHUNK + slot->imm);
}

/* A worker of a sweep: in a process of its own it makes the calls of its chunks, one by one. */

/*
 * The emulator never gives back what it translated, and gets slower the more it has: a machine
 * is replaced after so many chunks.
 */
#define CHUNKS_A_MACHINE 8u

/* The worker's own side of one chunk. */
struct shift {
	const struct crew *crew;
	struct worker *worker;
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	unsigned chunks; /* that this machine has done */
	bool enough;     /* the judge wants no more */
};

/* The call that a worker is at. */
static void call_of(const struct crew *crew, const struct slot *slot, struct hvc_call *call)
{
	*call = crew->config->probes->probe[slot->probe].call;
	call->imm = imm_of(slot);
}

static void note_fault(const struct shift *shift, const struct hvc_outcome *outcome)
{
	struct slot *slot = shift->worker->slot;
	enum hvc_assumed why = hvc_fault__assumed(shift->crew->world, shift->entry, outcome);
	struct assumed *a = &slot->assumed[why];
	const struct hvc_el2_exception fault = hvc_fault__of(outcome);
	uint16_t imm = imm_of(slot);

	if (a->calls++ == 0 || slot->probe < a->probe || (slot->probe == a->probe && imm < a->imm))
		*a = (struct assumed){
		        .calls = a->calls, .fault = fault, .probe = slot->probe, .imm = imm};
}

/* Have a call judged, and go to the next; false: the judge wants no more. */
static bool take(const struct crew *crew, struct worker *worker, const struct hvc_call *call,
                 const struct hvc_outcome *outcome)
{
	struct slot *slot = worker->slot;
	bool more = crew->judge->take(crew->judge->ctx, worker->tally, slot->probe, call, outcome);

	slot->calls++;
	slot->imm++;
	slot->doubted = false;
	return more;
}

static bool next(void *ctx, struct hvc_call *call)
{
	const struct shift *shift = ctx;

	if (shift->worker->slot->imm == CHUNK)
		return false;
	call_of(shift->crew, shift->worker->slot, call);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct shift *shift = ctx;
	struct slot *slot = shift->worker->slot;

	slot->judging = true;
	slot->alike = 0;
	if (outcome->kind == HVC_OUTCOME_FAULT || outcome->answered.esr)
		note_fault(shift, outcome);
	shift->enough = !take(shift->crew, shift->worker, call, outcome);
	slot->judging = false;
	return !shift->enough;
}

static enum hvc_status open_machine(const struct crew *crew, struct hvc_diag *diag,
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
	const struct crew *crew = shift->crew;

	if (shift->machine && shift->chunks++ < CHUNKS_A_MACHINE)
		return HVC_OK;
	hvc_machine_close(shift->machine);
	shift->machine = NULL;
	shift->chunks = 1;
	HVC_TRY(open_machine(crew, diag, &shift->machine));
	shift->entry = hvc_machine_entry(shift->machine);
	if (crew->judge->machine)
		crew->judge->machine(crew->judge->ctx, shift->machine);
	return HVC_OK;
}

/* What was met since the last time, where the process that waits can read it. */
static enum hvc_status keep_supplied(struct shift *shift)
{
	struct slot *slot = shift->worker->slot;

	slot->supplied.row = slot->row;
	slot->supplied.capacity = HVC_SUPPLIED_MAX;
	return hvc_machine_supplied(shift->machine, &slot->supplied);
}

/* All chunks that are left to one worker, in order; in the worker's process. */
static enum hvc_status work(struct shift *shift, struct hvc_diag *diag)
{
	const struct crew *crew = shift->crew;
	const struct hvc_feed feed = {next, done, shift};
	struct slot *slot = shift->worker->slot;
	enum hvc_status status = HVC_OK;

	for (; slot->chunk < CHUNKS; slot->chunk += crew->count, slot->probe = 0) {
		if (crew->board->failed)
			break;
		HVC_TRY(renew_machine(shift, diag));
		for (; slot->probe < crew->config->probes->count; slot->probe++, slot->imm = 0) {
			status = hvc_machine_run(shift->machine, &feed, diag);
			if (status == HVC_OK)
				status = keep_supplied(shift);
			if (status == HVC_E_CANCELLED && shift->enough)
				hvc_diag_set(diag, status, NULL, 0, 0, "cancelled");
			if (status != HVC_OK)
				return status;
			slot->alike = 0;
		}
	}
	return status;
}

static _Noreturn void be_worker(const struct crew *crew, struct worker *worker)
{
	struct hvc_diag diag = {0};
	struct shift shift = {.crew = crew, .worker = worker};
	enum hvc_status status;

	hvc_flight__record(&worker->slot->flight);
	status = work(&shift, &diag);
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

/* Fork one, which goes on from where its slot is. False: errno says why. */
static bool start(const struct crew *crew, struct worker *worker)
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

/* The call under way is lost: nothing is known of it but where. */
static bool lose(const struct crew *crew, struct worker *worker, const struct hvc_flight *flight)
{
	struct slot *slot = worker->slot;
	struct hvc_outcome outcome = {
	        .kind = HVC_OUTCOME_FAILED, .level = HVC_LEVEL_EL2H, .pc = flight->address};
	struct hvc_call call;
	uint16_t imm = imm_of(slot);

	call_of(crew, slot, &call);
	if (!slot->failed || imm < slot->first ||
	    (imm == slot->first && slot->probe < slot->first_probe)) {
		slot->first = imm;
		slot->first_probe = slot->probe;
		slot->failure = *flight;
		slot->failure.call = call;
	}
	slot->failed++;
	slot->lost[imm / 8] |= (uint8_t)(1u << imm % 8);
	return take(crew, worker, &call, &outcome);
}

/* What kills with some registers often does so with every immediate: then it is not tried. */
static bool lose_rest(const struct crew *crew, struct worker *worker,
                      const struct hvc_flight *flight)
{
	struct slot *slot = worker->slot;

	slot->alike = slot->alike && slot->address == flight->address ? slot->alike + 1 : 1;
	slot->address = flight->address;
	while (slot->alike >= HVC_LOST_ALIKE && slot->imm < CHUNK)
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

/*
 * A worker died. What killed it may have come from outside, or from the calls made before: then
 * the call is made once more, and lost when that is the end of the next worker, too.
 */
static enum hvc_status replace(struct crew *crew, struct worker *worker, int how,
                               struct hvc_diag *diag)
{
	const struct hvc_lost_machine machine = {crew->config->subject, crew->world,
	                                         crew->config->budget};
	struct slot *slot = worker->slot;
	const struct hvc_flight *flight = &slot->flight;
	bool again;

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
	if (!start(crew, worker))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker cannot start: %s",
		                    strerror(errno));
	return HVC_OK;
}

static enum hvc_status bury(struct crew *crew, struct worker *worker, int how,
                            struct hvc_diag *diag)
{
	struct board *board = crew->board;

	worker->running = false;
	if (how == 0 && worker->slot->over)
		return HVC_OK;
	if (!worker->slot->over)
		return replace(crew, worker, how, diag);
	if (diag)
		*diag = board->diag;
	return board->diag.status != HVC_OK ? board->diag.status : HVC_E_ENGINE;
}

static bool report(const struct crew *crew)
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
static enum hvc_status wait_all(struct crew *crew, struct hvc_diag *diag)
{
	struct timespec pause = {0, crew->config->progress ? 20000000 : 2000000};
	enum hvc_status status = HVC_OK, one;
	unsigned running = crew->count;

	while (running > 0) {
		running = 0;
		for (unsigned i = 0; i < crew->count; i++) {
			struct worker *worker = &crew->worker[i];
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
static enum hvc_status collect(const struct crew *crew, struct hvc_sweep *out)
{
	const struct slot *first = NULL;
	const struct assumed *why = NULL;
	struct hvc_doubt *doubt = &out->doubt;

	for (unsigned i = 0; i < crew->count; i++) {
		const struct slot *slot = crew->worker[i].slot;

		crew->judge->add(crew->judge->ctx, crew->worker[i].tally);
		out->calls += slot->calls;
		out->failed += slot->failed;
		for (size_t k = 0; k < sizeof out->lost; k++)
			out->lost[k] |= slot->lost[k];
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
			const struct assumed *a = &crew->worker[i].slot->assumed[k];

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

static enum hvc_status run_crew(struct crew *crew, struct hvc_diag *diag)
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
		if (!start(crew, &crew->worker[i])) {
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
static enum hvc_status learn(const struct crew *crew, struct hvc_diag *diag, struct hvc_sweep *out)
{
	struct hvc_machine *machine;

	HVC_TRY(open_machine(crew, diag, &machine));
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
	struct crew crew = {.config = config, .judge = judge};
	enum hvc_status status = HVC_E_NOMEM;

	memset(out, 0, sizeof *out);
	hvc_world_init(&crew.usual, HVC_CPU_A72);
	crew.world = config->world ? config->world : &crew.usual;
	HVC_TRY(learn(&crew, diag, out));
	if (!config->probes->count)
		return HVC_OK;
	crew.count = config->jobs < CHUNKS ? config->jobs : CHUNKS;
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
