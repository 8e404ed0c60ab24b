/* SPDX-License-Identifier: MIT */
/*
 * Chunks shared out to forked workers. Each worker opens its own machine, writes what it found
 * to a file without a name, and the parent puts the chunks together in order. A worker that dies
 * costs the call that it was at, which a new one leaves out; see lost.c.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/internal.h"

/* What a worker says of itself while it works. */
struct slot {
	struct hvc_flight flight;
	volatile unsigned chunk; /* under way, */
	volatile long saved;     /* and where its results will be in the file */
	volatile bool over;      /* it came to an end of its own */
};

/* Memory that parent and workers share. */
struct board {
	struct hvc_diag diag; /* of the first worker that failed */
	volatile uint64_t done[HVC_CHUNKS];
	volatile int failed;
	struct slot slot[HVC_CHUNKS];
	struct hvc_flight again; /* of the call that is made by itself */
};

struct worker {
	pid_t pid;
	FILE *file;
	bool running;
	struct slot *slot;
};

/* Those at work, and what became of them. */
struct crew {
	const struct hvc_map_config *config;
	struct board *board;
	struct worker *worker;
	unsigned count;
	struct hvc_lost *lost;
	bool doubted[HVC_CHUNKS]; /* a worker died there, of no call that can be told */
};

enum hvc_status hvc_jobs__machine(const struct hvc_map_config *config,
                                  const struct hvc_watch *watch, struct hvc_diag *diag,
                                  struct hvc_machine **out)
{
	struct hvc_machine_config machine = {
	        .image = *hvc_subject_image(config->subject),
	        .world = config->world,
	        .budget = config->budget,
	};
	enum hvc_status status;

	if (watch) {
		machine.trace = watch->trace;
		machine.block = watch->block;
		machine.trace_ctx = machine.block_ctx = watch->ctx;
	}
	status = hvc_machine_open(&machine, diag, out);
	if (status != HVC_OK && diag && diag->file[0] == '\0')
		snprintf(diag->file, sizeof diag->file, "%s", hvc_subject_name(config->subject));
	return status;
}

/*
 * The emulator never gives back what it translated, and gets slower the more it has: a machine
 * is replaced after so many chunks.
 */
#define CHUNKS_A_MACHINE 8u

struct shift {
	struct hvc_machine *machine;
	unsigned chunks; /* that this machine has done */
};

static enum hvc_status sweep_chunk(const struct crew *crew, struct shift *shift, unsigned chunk,
                                   struct hvc_diag *diag, struct hvc_partial *out)
{
	volatile uint64_t *done = &crew->board->done[chunk];

	if (!crew->config->probes->count)
		return HVC_OK;
	if (shift->machine && shift->chunks == CHUNKS_A_MACHINE) {
		hvc_machine_close(shift->machine);
		*shift = (struct shift){NULL, 0};
	}
	if (!shift->machine)
		HVC_TRY(hvc_jobs__machine(crew->config, NULL, diag, &shift->machine));
	shift->chunks++;
	*done = 0;
	return hvc_sweep__chunk(shift->machine, crew->config->probes, crew->lost, chunk, done, diag,
	                        out);
}

static enum hvc_status no_file(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker's results: %s", strerror(errno));
}

/* All chunks that are left to one worker, in order; in the worker's process. */
static enum hvc_status work(const struct crew *crew, struct worker *worker, struct hvc_diag *diag)
{
	struct slot *slot = worker->slot;
	struct shift shift = {NULL, 0};
	enum hvc_status status = HVC_OK;

	if (fseek(worker->file, slot->saved, SEEK_SET))
		return no_file(diag);
	for (; status == HVC_OK && slot->chunk < HVC_CHUNKS; slot->chunk += crew->count) {
		struct hvc_partial partial = {0};

		if (crew->board->failed)
			break;
		status = sweep_chunk(crew, &shift, slot->chunk, diag, &partial);
		if (status == HVC_OK &&
		    (!hvc_partial__save(&partial, worker->file) || fflush(worker->file)))
			status = no_file(diag);
		slot->saved = ftell(worker->file);
		hvc_partial__clear(&partial);
	}
	hvc_machine_close(shift.machine);
	return status;
}

static _Noreturn void be_worker(const struct crew *crew, struct worker *worker)
{
	struct hvc_diag diag = {0};
	enum hvc_status status;

	hvc_flight__record(&worker->slot->flight);
	status = work(crew, worker, &diag);
	/* An engine that gave up a call is as good as one that died of it. */
	worker->slot->over = status != HVC_E_ENGINE || !worker->slot->flight.open;
	if (status != HVC_OK && worker->slot->over &&
	    !__sync_lock_test_and_set(&crew->board->failed, 1))
		crew->board->diag = diag;
	hvc_lost__leave(status != HVC_OK);
}

static bool start_worker(const struct crew *crew, struct worker *worker)
{
	pid_t parent = getpid();

	worker->slot->flight.open = worker->slot->over = false;
	worker->pid = fork();
	if (worker->pid == 0) {
		if (!hvc_lost__enter(parent))
			_exit(EXIT_FAILURE);
		be_worker(crew, worker);
	}
	worker->running = worker->pid > 0;
	return worker->running;
}

/* Memory where there is such a file, since a jail lets no file be made in a folder. */
static FILE *nameless(void)
{
	int fd = memfd_create("hvcheck", MFD_CLOEXEC);
	FILE *file = fd < 0 ? tmpfile() : fdopen(fd, "w+b");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

static bool report(const struct hvc_map_config *config, const struct board *board)
{
	uint64_t total = (uint64_t)config->probes->count * HVC_IMM_COUNT, done = 0;

	if (!config->progress)
		return true;
	for (unsigned chunk = 0; chunk < HVC_CHUNKS; chunk++)
		done += board->done[chunk];
	return config->progress(config->progress_ctx, done, total);
}

static const char *way_of_death(int how)
{
	return WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "it called exit";
}

/*
 * The call that a worker was at when it died, among the probes from out->probe on, since some that
 * differ in what they are for are one call. False: at none.
 */
static bool find_call(const struct crew *crew, const struct hvc_flight *flight,
                      struct hvc_lost_call *out)
{
	const struct hvc_probes *probes = crew->config->probes;
	const struct hvc_call *call = &flight->call;

	out->imm = call->imm;
	for (; flight->open && out->probe < probes->count; out->probe++) {
		const struct hvc_call *probe = &probes->probe[out->probe].call;

		if (probe->insn == call->insn && probe->from == call->from &&
		    probe->nzcv == call->nzcv && probe->daif == call->daif &&
		    !memcmp(probe->x, call->x, sizeof call->x))
			return true;
	}
	return false;
}

static enum hvc_status give_up(const struct crew *crew, struct hvc_diag *diag)
{
	char first[256];

	hvc_lost__print(&crew->lost->call[0], crew->config->probes, first, sizeof first);
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	                    "%s failed on %u calls, and more were not tried; one is %s",
	                    hvc_machine_engine(), HVC_LOST_MAX, first);
}

/* Make the call of a flight by itself. *again: the engine dies again. Then it is noted. */
static enum hvc_status try_again(struct crew *crew, const struct hvc_flight *flight, bool *again,
                                 struct hvc_diag *diag)
{
	struct hvc_flight *alone = &crew->board->again;
	const struct hvc_call call = flight->call;
	struct hvc_lost_call lost = {0};

	*again = hvc_lost__again(crew->config, &call, alone);
	if (!*again && !crew->doubted[call.imm / HVC_CHUNK])
		return HVC_OK;
	if (*again)
		flight = alone;
	lost.address = flight->address;
	lost.seen = flight->seen;
	lost.word = flight->word;
	for (; find_call(crew, flight, &lost); lost.probe++) {
		if (crew->lost->calls == HVC_LOST_MAX)
			return give_up(crew, diag);
		crew->lost->call[crew->lost->calls++] = lost;
	}
	hvc_flight__lose(flight);
	return HVC_OK;
}

/* What kills with some registers often does with others: that is told sooner here. */
static enum hvc_status try_column(struct crew *crew, uint16_t imm, struct hvc_diag *diag)
{
	struct hvc_flight *shared = &crew->board->again, flight;
	bool again = true;

	while (again && hvc_lost__column(crew->config, crew->lost, imm, shared) == HVC_E_ENGINE) {
		flight = *shared;
		HVC_TRY(try_again(crew, &flight, &again, diag));
	}
	return HVC_OK;
}

/*
 * What killed it may have come from outside, or from the calls made before: then the chunk is
 * begun again, once.
 */
static enum hvc_status replace(struct crew *crew, struct worker *worker, int how,
                               struct hvc_diag *diag)
{
	const struct hvc_flight *flight = &worker->slot->flight;
	struct hvc_lost_call first = {0};
	bool again;

	if (!find_call(crew, flight, &first))
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "a worker died: %s",
		                    way_of_death(how));
	HVC_TRY(try_again(crew, flight, &again, diag));
	if (again)
		HVC_TRY(try_column(crew, first.imm, diag));
	crew->doubted[worker->slot->chunk] |= !again;
	if (!start_worker(crew, worker))
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
		if (status == HVC_OK && !report(crew->config, crew->board))
			status = hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
		if (status != HVC_OK)
			crew->board->failed = 1;
		if (running)
			nanosleep(&pause, NULL);
	}
	return status;
}

static enum hvc_status collect(const struct crew *crew, struct hvc_diag *diag,
                               struct hvc_partial *out)
{
	for (unsigned chunk = 0; chunk < HVC_CHUNKS; chunk++) {
		struct worker *worker = &crew->worker[chunk % crew->count];
		struct hvc_partial partial = {0};
		bool ok = chunk >= crew->count || !fseek(worker->file, 0, SEEK_SET);

		ok = ok && hvc_partial__load(worker->file, &partial) &&
		     hvc_partial__merge(out, &partial);
		hvc_partial__clear(&partial);
		if (!ok && out->full)
			return hvc_partial__complain(out, diag);
		if (!ok)
			return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
			                    "a worker's results cannot be read back");
	}
	return HVC_OK;
}

static enum hvc_status run_crew(struct crew *crew, struct hvc_diag *diag, struct hvc_partial *out)
{
	unsigned wanted = crew->count;
	enum hvc_status status;
	int error = 0;

	for (crew->count = 0; crew->count < wanted && !error; crew->count += !error) {
		struct worker *worker = &crew->worker[crew->count];

		worker->slot = &crew->board->slot[crew->count];
		worker->slot->chunk = crew->count;
		worker->file = nameless();
		if (!worker->file)
			error = errno;
	}
	for (unsigned i = 0; i < crew->count && !error; i++)
		if (!start_worker(crew, &crew->worker[i]))
			error = errno;
	if (error)
		crew->board->failed = 1;
	status = wait_all(crew, diag);
	if (error)
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker cannot start: %s",
		                    strerror(error));
	return status == HVC_OK ? collect(crew, diag, out) : status;
}

enum hvc_status hvc_jobs__run(const struct hvc_map_config *config, struct hvc_diag *diag,
                              struct hvc_partial *out, struct hvc_lost *lost)
{
	struct crew crew = {.config = config, .lost = lost};
	enum hvc_status status;

	crew.count = config->jobs < HVC_CHUNKS ? config->jobs : HVC_CHUNKS;
	crew.count = crew.count ? crew.count : 1;
	crew.worker = calloc(crew.count, sizeof *crew.worker);
	crew.board = mmap(NULL, sizeof *crew.board, PROT_READ | PROT_WRITE,
	                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!crew.worker || crew.board == MAP_FAILED) {
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	} else {
		status = run_crew(&crew, diag, out);
		for (unsigned i = 0; i < crew.count; i++)
			if (crew.worker[i].file)
				fclose(crew.worker[i].file);
	}
	if (crew.board != MAP_FAILED)
		munmap(crew.board, sizeof *crew.board);
	free(crew.worker);
	return status;
}
