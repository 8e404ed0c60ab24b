/* SPDX-License-Identifier: MIT */
/*
 * Runs calls in QEMU. The board's EL3 is on (secure=on), so that the oracle's program is out of
 * reach of EL2; the fixed memory of world.h, which lies where the board has none, is a memory
 * device, and so is what the program and this share. With -icount its clock counts instructions,
 * one a nanosecond. Semihosting is off: nothing that a subject executes reaches the host.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "oracle/wire.h"

#define QEMU     "qemu-system-aarch64"
#define BATCH    8192u /* calls a process: 15 MB of results */
#define PATIENCE 60u   /* seconds without counting calls */
#define PER_CALL 2u    /* ms */

/* Files in memory: what the board's flash holds, and what it shares with us. */
struct place {
	int firmware, wire;
	uint64_t output, size; /* of wire */
};

static enum hvc_status make_place(struct place *place, struct hvc_diag *diag)
{
	*place = (struct place){hvc_oracle__memory("firmware"), -1, 0, 0};
	if (place->firmware < 0)
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0,
		                    "no memory to share with " QEMU ": %s", strerror(errno));
	return HVC_OK;
}

static void remove_place(const struct place *place)
{
	close(place->firmware);
}

/* What QEMU opens by name. */
static const char *name_file(int fd, char name[static 40])
{
	snprintf(name, 40, "/proc/self/fd/%d", fd);
	return name;
}

static enum hvc_status run_qemu(const struct place *place, const struct hvc_oracle_plan *plan,
                                size_t calls, struct hvc_diag *diag)
{
	static const char *const models[HVC_CPU_COUNT] = {
	        [HVC_CPU_A72] = "cortex-a72",
	        [HVC_CPU_MAX] = "max,sme=off",
	        /* With an EL3 that uses AArch64, as the program does. */
	        [HVC_CPU_A15] = "cortex-a72"};
	const int keep[] = {place->firmware, place->wire};
	char memory[64], harness[64], harness_at[64], callers[64], callers_at[64], wire[160],
	        wire_at[64], firmware[40], path[40], log[160];
	/* clang-format off */
	const char *argv[] = {
		QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none",
		"-serial", "none", "-parallel", "none", "-nic", "none", "-no-reboot",
		"-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",

		"-M", "virt,secure=on,virtualization=on,gic-version=2,iommu=none,usb=off,mem-merge=off",
		"-accel", "tcg,thread=single", "-cpu", models[plan->config->cpu], "-m", memory,
		"-object", harness, "-device", harness_at, "-object", wire, "-device", wire_at,
		"-icount", "shift=0,sleep=off", "-bios", name_file(place->firmware, firmware),
		plan->hyp ? "-object" : NULL, callers, "-device", callers_at, NULL,
	};
	/* clang-format on */

	snprintf(memory, sizeof memory, "%" PRIu64 "M,slots=3,maxmem=258G", plan->ram >> 20);
	snprintf(harness, sizeof harness, "memory-backend-ram,id=harness,size=%" PRIu64,
	         HVC_HARNESS_SIZE);
	snprintf(harness_at, sizeof harness_at, "pc-dimm,memdev=harness,addr=0x%" PRIx64,
	         hvc_oracle__place(plan->hyp, HVC_HARNESS_BASE));
	snprintf(callers, sizeof callers, "memory-backend-ram,id=calls,size=%" PRIu64,
	         HVC_AARCH32_CALLS_SIZE);
	snprintf(callers_at, sizeof callers_at, "pc-dimm,memdev=calls,addr=0x%" PRIx64,
	         HVC_AARCH32_CALLS);
	snprintf(wire, sizeof wire,
	         "memory-backend-file,id=wire,share=on,mem-path=%s,size=%" PRIu64,
	         name_file(place->wire, path), place->size);
	snprintf(wire_at, sizeof wire_at, "pc-dimm,memdev=wire,addr=0x%" PRIx64, WIRE_BASE);
	return hvc_oracle__execute((char *const *)(uintptr_t)argv, keep, 2,
	                           PATIENCE + (unsigned)(calls * PER_CALL / 1000), diag, log,
	                           sizeof log);
}

/* A stream of its own on a file in memory. */
static FILE *open_file(int fd, const char *mode)
{
	int copy = dup(fd);
	FILE *file = copy < 0 ? NULL : fdopen(copy, mode);

	if (!file && copy >= 0)
		close(copy);
	if (file)
		rewind(file);
	return file;
}

static enum hvc_status not_written(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0,
	                    "what " QEMU " is to do cannot be written: %s", strerror(errno));
}

static enum hvc_status write_firmware(const struct place *place, const struct hvc_oracle_plan *plan,
                                      struct hvc_diag *diag)
{
	FILE *file = open_file(place->firmware, "wb");
	bool ok = file && hvc_oracle__write_firmware(plan, file);

	if (file && fclose(file))
		ok = false;
	return ok ? HVC_OK : not_written(diag);
}

/* A new one for each process: the last one's pages are not read again. */
static enum hvc_status write_wire(struct place *place, const struct hvc_oracle_plan *plan,
                                  const struct hvc_oracle_call *call, size_t calls, bool deep,
                                  struct hvc_diag *diag)
{
	size_t results = hvc_oracle__worlds(plan) + calls + 1;
	FILE *file;
	bool ok;

	place->wire = hvc_oracle__memory("wire");
	file = place->wire < 0 ? NULL : open_file(place->wire, "wb");
	ok = file && hvc_oracle__write_input(plan, call, calls, deep, file, &place->output);
	if (file && fclose(file))
		ok = false;
	place->size = place->output + results * sizeof(struct wire_result);
	place->size = (place->size + WIRE_ALIGN - 1) & ~(WIRE_ALIGN - 1);
	if (ok && !ftruncate(place->wire, (off_t)place->size))
		return HVC_OK;
	if (place->wire >= 0)
		close(place->wire);
	return not_written(diag);
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

static bool read_results(struct results *out, const struct place *place, unsigned worlds,
                         size_t calls)
{
	long begin = (long)place->output, last_at = (long)((worlds + calls) * sizeof *out->world);
	struct wire_result last;
	uint64_t end;

	if (fread(&end, sizeof end, 1, out->file) != 1 || end != WIRE_END_DONE ||
	    fseek(out->file, begin + last_at, SEEK_SET) ||
	    fread(&last, sizeof last, 1, out->file) != 1)
		return false;
	out->stray = last.words != 0;
	return !fseek(out->file, begin, SEEK_SET) &&
	       fread(out->world, sizeof *out->world, worlds, out->file) == worlds;
}

static enum hvc_status open_results(const struct place *place, const struct hvc_oracle_plan *plan,
                                    size_t calls, struct hvc_diag *diag, struct results *out)
{
	unsigned worlds = hvc_oracle__worlds(plan);

	*out = (struct results){.world = calloc(worlds, sizeof *out->world)};
	if (!out->world)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	out->file = open_file(place->wire, "rb");
	if (out->file && read_results(out, place, worlds, calls))
		return HVC_OK;
	close_results(out);
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
	                    QEMU " left fewer answers than there were calls");
}

static enum hvc_status hand_over(struct results *results, const struct hvc_oracle_plan *plan,
                                 const struct hvc_oracle_call *call, size_t calls, size_t first,
                                 hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct hvc_oracle_answer answer;
	struct wire_result result;

	for (size_t i = 0; i < calls; i++) {
		unsigned world = 2 * call[i].world + hvc_oracle__traps(plan, &call[i].call);

		if (fread(&result, sizeof result, 1, results->file) != 1)
			return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "an answer got lost");
		hvc_oracle__answer(plan, &call[i], &results->world[world], &result, &answer);
		if (!take(ctx, first + i, &answer))
			return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	}
	return HVC_OK;
}

/* The calls in a process of their own. */
static enum hvc_status ask(struct place *place, const struct hvc_oracle_plan *plan,
                           const struct hvc_oracle_call *call, size_t calls, bool deep,
                           struct hvc_diag *diag, struct results *out)
{
	enum hvc_status status;

	HVC_TRY(write_wire(place, plan, call, calls, deep, diag));
	status = run_qemu(place, plan, calls, diag);
	if (status == HVC_OK)
		status = open_results(place, plan, calls, diag, out);
	close(place->wire);
	return status;
}

/*
 * Where a call stored where few do, later calls have found that: then once more, with a look at
 * everything after each.
 */
static enum hvc_status run_batch(struct place *place, const struct hvc_oracle_plan *plan,
                                 const struct hvc_oracle_call *call, size_t calls, size_t first,
                                 hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct results results;
	enum hvc_status status;

	HVC_TRY(ask(place, plan, call, calls, false, diag, &results));
	if (results.stray) {
		close_results(&results);
		HVC_TRY(ask(place, plan, call, calls, true, diag, &results));
	}
	status = hand_over(&results, plan, call, calls, first, take, ctx, diag);
	close_results(&results);
	return status;
}

enum hvc_status hvc_oracle__run(const struct hvc_oracle_config *config,
                                const struct hvc_oracle_call *call, size_t calls,
                                hvc_oracle_take *take, void *ctx, struct hvc_diag *diag)
{
	struct hvc_oracle_plan plan;
	struct place place;
	enum hvc_status status;

	HVC_TRY(hvc_oracle__plan(config, diag, &plan));
	HVC_TRY(make_place(&place, diag));
	status = write_firmware(&place, &plan, diag);
	for (size_t at = 0; status == HVC_OK && at < calls; at += BATCH)
		status = run_batch(&place, &plan, call + at,
		                   calls - at < BATCH ? calls - at : BATCH, at, take, ctx, diag);
	remove_place(&place);
	return status;
}

enum hvc_status hvc_oracle__version(struct hvc_diag *diag, char *text, size_t size)
{
	char *argv[] = {(char[]){QEMU}, (char[]){"--version"}, NULL};

	return hvc_oracle__execute(argv, NULL, 0, PATIENCE, diag, text, size);
}
