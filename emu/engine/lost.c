/* SPDX-License-Identifier: MIT */
/*
 * The engine underneath calls abort and exit where it should return an error. So calls are made
 * in processes that can be lost, and a call that takes its process along is made once more by
 * itself, to be sure that it is the one and to see how far it gets.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/internal.h"

/* Exit statuses of processes that came to an end of their own; the engine's are 0 and 1. */
#define OVER 16

/* Coverage is written by exit, which a process that shares its parent's files must not call. */
/* The compiler's name. NOLINTNEXTLINE(bugprone-reserved-identifier) */
void __gcov_dump(void) __attribute__((weak));

const struct hvc_lost_call *hvc_lost__find(const struct hvc_lost *lost, uint32_t probe,
                                           uint16_t imm)
{
	for (unsigned i = 0; i < lost->calls; i++)
		if (lost->call[i].probe == probe && lost->call[i].imm == imm)
			return &lost->call[i];
	return NULL;
}

/* What the engine has to say before it dies is not for the terminal of whoever called. */
static void hush(void)
{
#ifndef __SANITIZE_ADDRESS__
	int nowhere = memfd_create("hvcheck", MFD_CLOEXEC);

	if (nowhere >= 0)
		dup2(nowhere, STDERR_FILENO);
#endif
}

bool hvc_lost__enter(pid_t parent)
{
	/* A parent that is killed asks nobody for the answers any more. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		return false;
	hush();
	return true;
}

void hvc_lost__leave(int status)
{
	if (__gcov_dump)
		__gcov_dump();
	_exit(status);
}

static void ignore(void *ctx, const struct hvc_step *step)
{
	(void)ctx;
	(void)step;
}

/* In a process of its own. Step by step the record has the very instruction, else its block. */
static enum hvc_status make(const struct hvc_map_config *config, const struct hvc_call *call,
                            bool stepping)
{
	const struct hvc_watch watch = {.trace = stepping ? ignore : NULL};
	struct hvc_outcome outcome;
	struct hvc_machine *machine;
	enum hvc_status status;

	/* Nobody reads why: it is a failure of the engine or none of the call's. */
	if (hvc_jobs__machine(config, &watch, NULL, &machine) != HVC_OK)
		return HVC_OK;
	status = hvc_machine_call(machine, call, NULL, &outcome);
	hvc_machine_close(machine);
	return status;
}

enum hvc_status hvc_lost__apart(enum hvc_status (*work)(void *ctx), void *ctx,
                                struct hvc_flight *flight, bool *died)
{
	pid_t parent = getpid(), child;
	int how;

	memset(flight, 0, sizeof *flight);
	flight->reads = true;
	child = fork();
	if (child < 0)
		return HVC_E_NOMEM;
	if (child == 0) {
		hvc_flight__record(flight);
		hvc_lost__leave(hvc_lost__enter(parent) ? OVER + (int)work(ctx) : 0);
	}
	while (waitpid(child, &how, 0) < 0)
		if (errno != EINTR)
			return HVC_E_IO;
	/* Whatever else it exits with is a library's word: the solver's is 114 where memory is
	 * short.
	 */
	*died = !WIFEXITED(how) || WEXITSTATUS(how) < OVER ||
	        WEXITSTATUS(how) > OVER + HVC_E_CANCELLED;
	return *died ? HVC_E_ENGINE : (enum hvc_status)(WEXITSTATUS(how) - OVER);
}

struct again {
	const struct hvc_map_config *config;
	const struct hvc_call *call;
	bool stepping;
};

static enum hvc_status call_again(void *ctx)
{
	const struct again *again = ctx;

	return make(again->config, again->call, again->stepping);
}

bool hvc_lost__again(const struct hvc_map_config *config, const struct hvc_call *call,
                     struct hvc_flight *flight)
{
	struct again again = {config, call, true};
	bool died;

	if (hvc_lost__apart(call_again, &again, flight, &died) == HVC_E_ENGINE)
		return true;
	again.stepping = false;
	return hvc_lost__apart(call_again, &again, flight, &died) == HVC_E_ENGINE;
}

struct column {
	const struct hvc_map_config *config;
	const struct hvc_lost *lost;
	uint16_t imm;
};

static enum hvc_status call_column(void *ctx)
{
	const struct column *column = ctx;
	const struct hvc_probes *probes = column->config->probes;
	struct hvc_machine *machine;
	enum hvc_status status;

	status = hvc_jobs__machine(column->config, NULL, NULL, &machine);
	for (uint32_t probe = 0; status == HVC_OK && probe < probes->count; probe++) {
		struct hvc_call call = probes->probe[probe].call;
		struct hvc_outcome outcome;

		call.imm = column->imm;
		if (hvc_lost__find(column->lost, probe, call.imm))
			continue;
		status = hvc_machine_reset(machine, NULL);
		if (status == HVC_OK)
			status = hvc_machine_call(machine, &call, NULL, &outcome);
	}
	return status;
}

enum hvc_status hvc_lost__column(const struct hvc_map_config *config, const struct hvc_lost *lost,
                                 uint16_t imm, struct hvc_flight *flight)
{
	struct column column = {config, lost, imm};
	bool died;

	return hvc_lost__apart(call_column, &column, flight, &died);
}

void hvc_lost__print(const struct hvc_lost_call *lost, const struct hvc_probes *probes, char *text,
                     size_t size)
{
	const struct hvc_probe *probe = &probes->probe[lost->probe];
	char word[80] = "", value[48] = "", place[128] = "";

	if (probe->reg != HVC_REG_NONE)
		snprintf(value, sizeof value, ", %s = 0x%llx", hvc_reg_name(probe->reg),
		         (unsigned long long)probe->call.x[probe->reg]);
	if (lost->seen)
		hvc_disasm(lost->address, lost->word, word, sizeof word);
	if (lost->address)
		snprintf(place, sizeof place, ", at 0x%llx%s%s", (unsigned long long)lost->address,
		         *word ? ": " : "", word);
	snprintf(text, size, "%s #0x%x from %s%s%s", hvc_insn_name(probe->call.insn), lost->imm,
	         hvc_level_name(probe->call.from), value, place);
}
