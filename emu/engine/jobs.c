/* SPDX-License-Identifier: MIT */
/*
 * Chunks shared out to forked workers. Each worker opens its own machine, writes what it found
 * to an unlinked file, and the parent puts the chunks together in order. Only the exit status
 * and the file are trusted: a worker that dies takes the whole run down with a message.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/internal.h"

/* Memory that parent and workers share. */
struct board {
	struct hvc_diag diag; /* of the first worker that failed */
	volatile uint64_t done[HVC_CHUNKS];
	volatile int failed;
};

struct worker {
	pid_t pid;
	FILE *file;
	bool running;
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

static bool put(FILE *file, const void *data, size_t size, size_t count)
{
	return count == 0 || fwrite(data, size, count, file) == count;
}

static bool get(FILE *file, void *data, size_t size, size_t count)
{
	return count == 0 || fread(data, size, count, file) == count;
}

static unsigned kept_stores(const struct hvc_class *class_)
{
	return class_->stores < HVC_STORE_MAX ? class_->stores : HVC_STORE_MAX;
}

static bool save(FILE *file, const struct hvc_partial *partial)
{
	bool ok = put(file, &partial->classes, sizeof partial->classes, 1);

	for (unsigned i = 0; ok && i < partial->classes; i++) {
		const struct hvc_class *class_ = &partial->class_[i];

		ok = put(file, class_, sizeof *class_, 1) &&
		     put(file, class_->effect, sizeof *class_->effect, class_->effects) &&
		     put(file, class_->store, sizeof *class_->store, kept_stores(class_));
	}
	ok = ok && put(file, &partial->runs, sizeof partial->runs, 1);
	ok = ok && put(file, partial->run, sizeof *partial->run, partial->runs);
	ok = ok && put(file, &partial->invented, sizeof partial->invented, 1);
	return ok && put(file, partial->invented.row, sizeof *partial->invented.row,
	                 partial->invented.rows);
}

/* An array of a class, into memory of its own. */
static bool load_array(FILE *file, void **out, size_t size, size_t count)
{
	*out = count ? malloc(size * count) : NULL;
	return count == 0 || (*out && get(file, *out, size, count));
}

static bool load_class(FILE *file, struct hvc_partial *into)
{
	struct hvc_class class_;
	void *effect = NULL, *store = NULL;
	unsigned index;

	if (!get(file, &class_, sizeof class_, 1) || class_.effects > HVC_REG_COUNT)
		return false;
	if (!load_array(file, &effect, sizeof *class_.effect, class_.effects) ||
	    !load_array(file, &store, sizeof *class_.store, kept_stores(&class_))) {
		free(effect);
		free(store);
		return false;
	}
	class_.effect = effect;
	class_.store = store;
	return hvc_partial__intern(into, &class_, &index) && index + 1 == into->classes;
}

static bool load_invented(FILE *file, struct hvc_invented *out)
{
	struct hvc_invented head;
	struct hvc_invention row;
	bool ok = get(file, &head, sizeof head, 1);

	for (unsigned i = 0; ok && i < head.rows; i++)
		ok = get(file, &row, sizeof row, 1) && hvc_invented_add(out, &row) == HVC_OK;
	out->more += ok ? head.more : 0;
	return ok;
}

static bool load(FILE *file, struct hvc_partial *out)
{
	unsigned classes;
	size_t runs;
	struct hvc_run run;
	bool ok = get(file, &classes, sizeof classes, 1);

	for (unsigned i = 0; ok && i < classes; i++)
		ok = load_class(file, out);
	ok = ok && get(file, &runs, sizeof runs, 1);
	for (size_t i = 0; ok && i < runs; i++)
		ok = get(file, &run, sizeof run, 1) && run.class_ < classes &&
		     hvc_partial__add_run(out, &run);
	return ok && load_invented(file, &out->invented);
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

static enum hvc_status sweep_chunk(const struct hvc_map_config *config, struct shift *shift,
                                   struct board *board, unsigned chunk, struct hvc_diag *diag,
                                   struct hvc_partial *out)
{
	if (shift->machine && shift->chunks == CHUNKS_A_MACHINE) {
		hvc_machine_close(shift->machine);
		*shift = (struct shift){NULL, 0};
	}
	if (!shift->machine)
		HVC_TRY(hvc_jobs__machine(config, NULL, diag, &shift->machine));
	shift->chunks++;
	return hvc_sweep__chunk(shift->machine, config->probes, chunk, &board->done[chunk], diag,
	                        out);
}

/* All chunks of one worker, in order; in the worker's process. */
static enum hvc_status work(const struct hvc_map_config *config, struct board *board,
                            unsigned first, unsigned stride, FILE *file, struct hvc_diag *diag)
{
	struct shift shift = {NULL, 0};
	enum hvc_status status = HVC_OK;

	for (unsigned chunk = first; status == HVC_OK && chunk < HVC_CHUNKS; chunk += stride) {
		struct hvc_partial partial = {0};

		if (board->failed)
			break;
		status = sweep_chunk(config, &shift, board, chunk, diag, &partial);
		if (status == HVC_OK && !save(file, &partial))
			status = hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0,
			                      "a worker's temporary file: %s", strerror(errno));
		hvc_partial__clear(&partial);
	}
	hvc_machine_close(shift.machine);
	if (status == HVC_OK && fflush(file) != 0)
		status = hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "a worker's temporary file: %s",
		                      strerror(errno));
	return status;
}

static _Noreturn void be_worker(const struct hvc_map_config *config, struct board *board,
                                unsigned first, unsigned stride, FILE *file)
{
	struct hvc_diag diag = {0};
	enum hvc_status status = work(config, board, first, stride, file, &diag);

	if (status != HVC_OK && !__sync_lock_test_and_set(&board->failed, 1))
		board->diag = diag;
	_exit(status == HVC_OK ? 0 : 1);
}

static bool start_worker(struct worker *worker, const struct hvc_map_config *config,
                         struct board *board, unsigned first, unsigned stride)
{
	pid_t parent;

	worker->file = tmpfile();
	if (!worker->file)
		return false;
	parent = getpid();
	worker->pid = fork();
	if (worker->pid == 0) {
		/* A parent that is killed asks nobody for the answers any more. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
			_exit(EXIT_FAILURE);
		be_worker(config, board, first, stride, worker->file);
	}
	worker->running = worker->pid > 0;
	return worker->running;
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

/* Wait for all workers. The first that fails, or a cancelled run, ends the others too. */
static enum hvc_status wait_all(const struct hvc_map_config *config, struct board *board,
                                struct worker *workers, unsigned count, struct hvc_diag *diag)
{
	struct timespec pause = {0, config->progress ? 20000000 : 2000000};
	enum hvc_status status = HVC_OK;
	unsigned running = count;

	while (running > 0) {
		running = 0;
		for (unsigned i = 0; i < count; i++) {
			int how;

			if (!workers[i].running)
				continue;
			if (waitpid(workers[i].pid, &how, WNOHANG) != workers[i].pid) {
				running++;
				continue;
			}
			workers[i].running = false;
			if (WIFSIGNALED(how) && status == HVC_OK)
				status =
				        hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
				                     "a worker died: %s", strsignal(WTERMSIG(how)));
			else if (how != 0 && status == HVC_OK) {
				status = board->failed ? board->diag.status : HVC_E_ENGINE;
				if (diag)
					*diag = board->diag;
			}
		}
		if (status == HVC_OK && !report(config, board))
			status = hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
		if (status != HVC_OK)
			board->failed = 1;
		if (running)
			nanosleep(&pause, NULL);
	}
	return status;
}

static enum hvc_status collect(struct worker *workers, unsigned count, struct hvc_diag *diag,
                               struct hvc_partial *out)
{
	for (unsigned chunk = 0; chunk < HVC_CHUNKS; chunk++) {
		struct worker *worker = &workers[chunk % count];
		struct hvc_partial partial = {0};
		bool ok = chunk >= count || !fseek(worker->file, 0, SEEK_SET);

		ok = ok && load(worker->file, &partial) && hvc_partial__merge(out, &partial);
		hvc_partial__clear(&partial);
		if (!ok)
			return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
			                    "a worker's results cannot be read back");
	}
	return HVC_OK;
}

static enum hvc_status run_workers(const struct hvc_map_config *config, struct board *board,
                                   unsigned count, struct hvc_diag *diag, struct hvc_partial *out)
{
	struct worker *workers = calloc(count, sizeof *workers);
	enum hvc_status status = HVC_OK;
	unsigned started = 0;

	if (!workers)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	while (started < count && start_worker(&workers[started], config, board, started, count))
		started++;
	if (started < count)
		board->failed = 1;
	status = wait_all(config, board, workers, started, diag);
	if (started < count)
		status = hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "worker %u cannot start: %s",
		                      started, strerror(errno));
	if (status == HVC_OK)
		status = collect(workers, count, diag, out);
	for (unsigned i = 0; i < count; i++)
		if (workers[i].file)
			fclose(workers[i].file);
	free(workers);
	return status;
}

/* One job: no process, no file. */
static enum hvc_status run_here(const struct hvc_map_config *config, struct board *board,
                                struct hvc_diag *diag, struct hvc_partial *out)
{
	struct shift shift = {NULL, 0};
	enum hvc_status status = HVC_OK;

	for (unsigned chunk = 0; status == HVC_OK && chunk < HVC_CHUNKS; chunk++) {
		struct hvc_partial partial = {0};

		status = sweep_chunk(config, &shift, board, chunk, diag, &partial);
		if (status == HVC_OK && !hvc_partial__merge(out, &partial))
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		hvc_partial__clear(&partial);
		if (status == HVC_OK && !report(config, board))
			status = hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	}
	hvc_machine_close(shift.machine);
	return status;
}

enum hvc_status hvc_jobs__run(const struct hvc_map_config *config, struct hvc_diag *diag,
                              struct hvc_partial *out)
{
	unsigned count = config->jobs < HVC_CHUNKS ? config->jobs : HVC_CHUNKS;
	struct board *board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum hvc_status status;

	if (board == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	if (count <= 1)
		status = run_here(config, board, diag, out);
	else
		status = run_workers(config, board, count, diag, out);
	munmap(board, sizeof *board);
	return status;
}
