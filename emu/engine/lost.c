/* SPDX-License-Identifier: MIT */
/*
 * The engine underneath calls abort and exit where it should return an error. So calls are made
 * in processes that can be lost, and a call that takes its process along is made once more by
 * itself, to be sure that it is the one and to see how far it gets.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/internal.h"
#include "symbolic/set.h"

/* Exit statuses of processes that came to an end of their own; the engine's are 0 and 1. */
#define OVER 16

/* Coverage is written by exit, which a process that shares its parent's files must not call. */
/* The compiler's name. NOLINTNEXTLINE(bugprone-reserved-identifier) */
void __gcov_dump(void) __attribute__((weak));

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
	const struct hvc_lost_machine *machine;
	const struct hvc_call *call;
	bool stepping;
};

static void ignore(void *ctx, const struct hvc_step *step)
{
	(void)ctx;
	(void)step;
}

/* In a process of its own. Step by step the record has the very instruction, else its block. */
static enum hvc_status call_again(void *ctx)
{
	const struct again *again = ctx;
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(again->machine->subject),
	        .world = again->machine->world,
	        .budget = again->machine->budget,
	        .trace = again->stepping ? ignore : NULL,
	};
	struct hvc_outcome outcome;
	struct hvc_machine *machine;
	enum hvc_status status;

	/* Nobody reads why: it is a failure of the engine or none of the call's. */
	if (hvc_machine_open(&config, NULL, &machine) != HVC_OK)
		return HVC_OK;
	status = hvc_machine_call(machine, again->call, NULL, &outcome);
	hvc_machine_close(machine);
	return status;
}

bool hvc_lost__again(const struct hvc_lost_machine *machine, const struct hvc_call *call,
                     struct hvc_flight *flight)
{
	struct again again = {machine, call, true};
	bool died;

	if (hvc_lost__apart(call_again, &again, flight, &died) == HVC_E_ENGINE)
		return true;
	again.stepping = false;
	return hvc_lost__apart(call_again, &again, flight, &died) == HVC_E_ENGINE;
}

#define TOLD 4u /* registers of a call */

static void put_call(struct hvc_text *out, const struct hvc_call *call)
{
	struct hvc_call plain;
	unsigned more = 0;

	hvc_call_init(&plain, 0);
	hvc_text__put(out, "%s #0x%x from %s", hvc_insn_name(call->insn), call->imm,
	              hvc_level_name(call->from));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (call->x[n] != plain.x[n] && more++ < TOLD)
			hvc_text__put(out, ", x%u = 0x%" PRIx64, n, call->x[n]);
	if (more > TOLD)
		hvc_text__put(out, ", and %u more registers", more - TOLD);
}

void hvc_call__print(const struct hvc_call *call, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};

	put_call(&out, call);
}

void hvc_lost__print(const struct hvc_flight *flight, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	char word[80] = "";

	put_call(&out, &flight->call);
	if (!flight->address)
		return;
	if (flight->seen)
		hvc_disasm(flight->address, flight->word, word, sizeof word);
	hvc_text__put(&out, ", at 0x%" PRIx64 "%s%s", flight->address, *word ? ": " : "", word);
}
