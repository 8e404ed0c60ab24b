/* SPDX-License-Identifier: MIT */
/*
 * Makes a program of the program whose engine misbehaves when it is told to: HVC_TRIAL="ACT IMM"
 * does the act in whatever process runs the subject's first block of a call with that immediate.
 * What a jail should forbid ends in exit status 77 when it was not forbidden.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "machine/flight.h"

#define ESCAPED 77

static char act[32], file[256];
static unsigned imm;
static int *volatile nowhere;

static void escaped_if(int good)
{
	if (good)
		_exit(ESCAPED);
}

static void leave_files(void)
{
	int fd = -1;

	if (!strcmp(act, "read"))
		fd = open(file, O_RDONLY);
	else if (!strcmp(act, "write"))
		fd = open(file, O_WRONLY);
	else if (!strcmp(act, "create"))
		fd = open(file, O_WRONLY | O_CREAT, 0600);
	else if (!strcmp(act, "list"))
		fd = open("/", O_RDONLY | O_DIRECTORY);
	else if (!strcmp(act, "unlink"))
		fd = unlink(file);
	else if (!strcmp(act, "rename"))
		fd = rename(file, "moved");
	else if (!strcmp(act, "mkdir"))
		fd = mkdir("made", 0700);
	else if (!strcmp(act, "symlink"))
		fd = symlink("/", "link");
	else if (!strcmp(act, "chmod"))
		fd = chmod(file, 0777);
	else if (!strcmp(act, "truncate"))
		fd = truncate(file, 0);
	escaped_if(fd >= 0);
}

static void leave_process(void)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!strcmp(act, "exec"))
		execv("/bin/true", argv);
	else if (!strcmp(act, "socket"))
		escaped_if(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	else if (!strcmp(act, "unix"))
		escaped_if(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	else if (!strcmp(act, "ptrace"))
		escaped_if(!ptrace(PTRACE_ATTACH, getppid(), NULL, NULL));
	else if (!strcmp(act, "kill"))
		escaped_if(!kill(getppid(), 0));
	else if (!strcmp(act, "descriptor")) /* one that the caller's shell left open */
		escaped_if(write(9, "x", 1) == 1);
	else if (!strcmp(act, "stdout"))
		escaped_if(write(STDOUT_FILENO, "forged\n", 7) < 0);
}

static void die(void)
{
	if (!strcmp(act, "abort"))
		abort();
	if (!strcmp(act, "exit0"))
		exit(0);
	if (!strcmp(act, "exit1"))
		exit(1);
	if (!strcmp(act, "segv"))
		*nowhere = 0;
	if (!strcmp(act, "loop"))
		for (;;)
			sleep(1);
	if (!strcmp(act, "memory"))
		for (;;)
			if (!malloc(1 << 20))
				exit(1);
}

static void misbehave(const struct hvc_flight *flight)
{
	static bool done;

	if (flight->call.imm != imm || (done && strcmp(act, "abort") != 0))
		return;
	done = true;
	die();
	leave_files();
	leave_process();
}

/* NOLINTBEGIN: the linker's own names; it puts the first in the place of the second */
int __wrap_seccomp_load(void *filter);
int __real_seccomp_load(void *filter);

/* "filter": never comes back, as the library's own may when memory runs out. */
int __wrap_seccomp_load(void *filter)
{
	volatile bool forever = !strcmp(act, "filter");

	while (forever)
		;
	return __real_seccomp_load(filter);
}
/* NOLINTEND */

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("HVC_TRIAL");

	if (text && sscanf(text, "%31s %u %255s", act, &imm, file) >= 2)
		hvc_flight__trial = misbehave;
}
