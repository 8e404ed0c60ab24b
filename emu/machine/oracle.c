/* SPDX-License-Identifier: MIT */
/*
 * Runs QEMU. The board's EL3 is on (secure=on), so that the oracle's program is out of reach of
 * EL2; the fixed memory of world.h, which lies where the board has none, is a memory device. With
 * -icount its clock counts instructions, one a nanosecond.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine/oracle_wire.h"

#define QEMU      "qemu-system-aarch64"
#define BATCH     8192u /* calls a process: 15 MB of results */
#define PATIENCE  60    /* seconds without counting calls */
#define PER_CALL  2     /* ms */
#define NAMES     4
#define ARGUMENTS 32

static const char *const names[NAMES] = {"firmware", "input", "output", "log"};

struct place {
	char folder[64];
	char path[NAMES][96];
};

static enum hvc_status make_place(struct place *place, struct hvc_diag *diag)
{
	const char *base = getenv("TMPDIR");

	if (!base || !*base || strlen(base) > 40)
		base = "/tmp";
	snprintf(place->folder, sizeof place->folder, "%s/hvcheck-XXXXXX", base);
	if (!mkdtemp(place->folder))
		return hvc_diag_set(diag, HVC_E_IO, base, 0, 0, "%s", strerror(errno));
	for (unsigned i = 0; i < NAMES; i++)
		snprintf(place->path[i], sizeof place->path[i], "%s/%s", place->folder, names[i]);
	return HVC_OK;
}

static void remove_place(const struct place *place)
{
	for (unsigned i = 0; i < NAMES; i++)
		unlink(place->path[i]);
	rmdir(place->folder);
}

/* Start a program in the folder, its output there too. Returns 0 or an errno value. */
static int start(const struct place *place, char *const *argv, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int error = posix_spawn_file_actions_init(&actions);

	if (error)
		return error;
	error = posix_spawn_file_actions_addchdir_np(&actions, place->folder);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!error)
		error = posix_spawn_file_actions_addopen(&actions, 1, "log",
		                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (!error)
		error = posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (!error)
		error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* Exit status of the process, -1 when it was killed, by us after the deadline or by another. */
static int wait_for(pid_t pid, size_t calls)
{
	const struct timespec nap = {0, 2000000};
	time_t deadline = time(NULL) + PATIENCE + (time_t)(calls * PER_CALL / 1000);
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (time(NULL) > deadline)
			kill(pid, SIGKILL);
		nanosleep(&nap, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The first line of the log. */
static void read_log(const struct place *place, char *text, size_t size)
{
	FILE *file = fopen(place->path[3], "r");

	text[0] = '\0';
	if (file) {
		if (!fgets(text, (int)size, file))
			text[0] = '\0';
		fclose(file);
	}
	text[strcspn(text, "\n")] = '\0';
}

static enum hvc_status not_there(struct hvc_diag *diag, int error)
{
	if (error != ENOENT)
		return hvc_diag_set(diag, HVC_E_IO, QEMU, 0, 0, "%s", strerror(error));
	return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0,
	                    "no " QEMU " in PATH (Debian: apt-get install qemu-system-arm)");
}

static enum hvc_status run_qemu(const struct place *place, const struct hvc_oracle_plan *plan,
                                size_t calls, struct hvc_diag *diag)
{
	static const char *const models[HVC_CPU_COUNT] = {
	        [HVC_CPU_A72] = "cortex-a72", [HVC_CPU_MAX] = "max,sme=off"};
	char memory[64], backend[64], device[64], log[160];
	char *argv[] = {(char[]){QEMU},
	                (char[]){"-M"},
	                (char[]){"virt,secure=on,virtualization=on,gic-version=2"},
	                (char[]){"-accel"},
	                (char[]){"tcg,thread=single"},
	                (char[]){"-cpu"},
	                (char *)(uintptr_t)models[plan->config->cpu],
	                (char[]){"-m"},
	                memory,
	                (char[]){"-object"},
	                backend,
	                (char[]){"-device"},
	                device,
	                (char[]){"-icount"},
	                (char[]){"shift=0,sleep=off"},
	                (char[]){"-bios"},
	                (char[]){"firmware"},
	                (char[]){"-semihosting-config"},
	                (char[]){"enable=on,target=native"},
	                (char[]){"-nodefaults"},
	                (char[]){"-display"},
	                (char[]){"none"},
	                NULL};
	int error, status;
	pid_t pid;

	snprintf(memory, sizeof memory, "%" PRIu64 "M,slots=1,maxmem=257G", plan->ram >> 20);
	snprintf(backend, sizeof backend, "memory-backend-ram,id=harness,size=%" PRIu64,
	         HVC_HARNESS_SIZE);
	snprintf(device, sizeof device, "pc-dimm,memdev=harness,addr=0x%" PRIx64, HVC_HARNESS_BASE);
	error = start(place, argv, &pid);
	if (error)
		return not_there(diag, error);
	status = wait_for(pid, calls);
	if (status == WIRE_EXIT_OK)
		return HVC_OK;
	read_log(place, log, sizeof log);
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, QEMU " failed (%s%d): %s",
	                    status < 0 ? "killed, " : "status ", status,
	                    *log ? log : "it said nothing");
}

static enum hvc_status write_file(const struct place *place, unsigned name,
                                  const struct hvc_oracle_plan *plan,
                                  const struct hvc_oracle_call *call, size_t calls, bool deep,
                                  struct hvc_diag *diag)
{
	FILE *file = fopen(place->path[name], "wb");
	bool ok = file != NULL;

	if (ok && name == 0)
		ok = hvc_oracle__write_firmware(plan, file);
	else if (ok)
		ok = hvc_oracle__write_input(plan, call, calls, deep, file);
	if (file && fclose(file))
		ok = false;
	return ok ? HVC_OK
	          : hvc_diag_set(diag, HVC_E_IO, place->path[name], 0, 0, "cannot be written");
}

/* Results in the order of the input: looks at worlds, calls, a look at memory. */
struct results {
	FILE *file;
	struct wire_result *world; /* hvc_oracle__worlds(plan) */
	bool stray;                /* a call stored where it was not looked for */
};

static void close_results(struct results *results)
{
	if (results->file)
		fclose(results->file);
	/* A failed status is none to go on with. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	free(results->world);
}

static enum hvc_status open_results(const struct place *place, const struct hvc_oracle_plan *plan,
                                    size_t calls, struct hvc_diag *diag, struct results *out)
{
	unsigned worlds = hvc_oracle__worlds(plan);
	struct wire_result last;
	bool ok;

	*out = (struct results){.world = calloc(worlds, sizeof *out->world)};
	if (!out->world)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	out->file = fopen(place->path[2], "rb");
	ok = out->file && !fseek(out->file, (long)((worlds + calls) * sizeof last), SEEK_SET) &&
	     fread(&last, sizeof last, 1, out->file) == 1;
	rewind(out->file);
	if (!ok || fread(out->world, sizeof *out->world, worlds, out->file) != worlds) {
		close_results(out);
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
		                    QEMU " left fewer answers than there were calls");
	}
	out->stray = last.words != 0;
	return HVC_OK;
}

static enum hvc_status hand_over(struct results *results, const struct hvc_oracle_plan *plan,
                                 const struct hvc_oracle_call *call, size_t calls, size_t first,
                                 hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct hvc_oracle_answer answer;
	struct wire_result result;

	for (size_t i = 0; i < calls; i++) {
		unsigned world = 2 * call[i].world + (call[i].call.insn == HVC_INSN_SMC);

		if (fread(&result, sizeof result, 1, results->file) != 1)
			return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "an answer got lost");
		hvc_oracle__answer(plan, &call[i], &results->world[world], &result, &answer);
		if (!take(ctx, first + i, &answer))
			return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	}
	return HVC_OK;
}

/*
 * Where a call stored where few do, later calls have found that: then once more, with a look at
 * everything after each.
 */
static enum hvc_status run_batch(const struct place *place, const struct hvc_oracle_plan *plan,
                                 const struct hvc_oracle_call *call, size_t calls, size_t first,
                                 hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct results results;
	enum hvc_status status;

	for (bool deep = false;; deep = true) {
		HVC_TRY(write_file(place, 1, plan, call, calls, deep, diag));
		HVC_TRY(run_qemu(place, plan, calls, diag));
		HVC_TRY(open_results(place, plan, calls, diag, &results));
		if (!results.stray || deep)
			break;
		close_results(&results);
	}
	status = hand_over(&results, plan, call, calls, first, take, ctx, diag);
	close_results(&results);
	return status;
}

enum hvc_status hvc_oracle_run(const struct hvc_oracle_config *config,
                               const struct hvc_oracle_call *call, size_t calls,
                               hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct hvc_oracle_plan plan;
	struct place place;
	enum hvc_status status;

	HVC_TRY(hvc_oracle__plan(config, diag, &plan));
	HVC_TRY(make_place(&place, diag));
	status = write_file(&place, 0, &plan, NULL, 0, false, diag);
	for (size_t at = 0; status == HVC_OK && at < calls; at += BATCH)
		status = run_batch(&place, &plan, call + at,
		                   calls - at < BATCH ? calls - at : BATCH, at, take, ctx, diag);
	remove_place(&place);
	return status;
}

enum hvc_status hvc_oracle_version(struct hvc_diag *diag, char *text, size_t size)
{
	char *argv[] = {(char[]){QEMU}, (char[]){"--version"}, NULL};
	struct place place;
	pid_t pid;
	int error;

	HVC_TRY(make_place(&place, diag));
	error = start(&place, argv, &pid);
	if (!error && wait_for(pid, 0) == 0)
		read_log(&place, text, size);
	else if (!error)
		error = EIO;
	remove_place(&place);
	return error ? not_there(diag, error) : HVC_OK;
}
