/* SPDX-License-Identifier: MIT */
/**
 * hvcheck on hostile input: it ends by itself, in bounded time and memory, and says one line.
 * BOUNDED_FOLDER, which each program defines, is where its files are.
 */
#ifndef BOUNDED_H
#define BOUNDED_H

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "packing.h"

#define BOUNDED_SECONDS 20u             /* one run; under a sanitizer, on a busy machine */
#define BOUNDED_KIB     (1400u * 1024u) /* resident: the largest image, and what it came from */

/** One run that was within its bounds. */
struct bounded {
	int status;
	double seconds; /* of CPU */
	long kib;       /* resident, at most */
	char line[512]; /* the beginning of what it said on stderr */
};

/** At most 1 MiB of a file. */
static inline struct pack bounded_read(const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes;
	struct pack room = pack_alloc(1 << 20, &bytes);

	ck_assert_msg(file != NULL, "%s", path);
	room.size = fread(bytes, 1, room.size, file);
	ck_assert_int_eq(fclose(file), 0);
	return room;
}

/* Bounds that the child gives itself. A sanitizer wants more addresses than there are bytes. */
static inline void bounded_limit(void)
{
	const struct rlimit time = {BOUNDED_SECONDS, BOUNDED_SECONDS}, core = {0, 0};
#ifndef __SANITIZE_ADDRESS__
	const struct rlimit room = {UINT64_C(4) << 30, UINT64_C(4) << 30};

	setrlimit(RLIMIT_AS, &room);
#endif
	setrlimit(RLIMIT_CPU, &time);
	setrlimit(RLIMIT_CORE, &core);
	alarm(10 * BOUNDED_SECONDS);
}

static inline double bounded_time(const struct rusage *usage)
{
	return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
	       (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/** Run hvcheck: status 0, 1 or 2, one line and nothing else when it is 2. */
static inline struct bounded bounded_run(const char *what, char *const arguments[])
{
	struct bounded bounded;
	struct rusage usage;
	struct pack out, err;
	unsigned lines = 0;
	pid_t child;
	int status;

	ck_assert(!mkdir(BOUNDED_FOLDER, 0777) || errno == EEXIST);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (!child) {
		bounded_limit();
		dup2(open(BOUNDED_FOLDER "/out", O_WRONLY | O_CREAT | O_TRUNC, 0666),
		     STDOUT_FILENO);
		dup2(open(BOUNDED_FOLDER "/err", O_WRONLY | O_CREAT | O_TRUNC, 0666),
		     STDERR_FILENO);
		execv(HVC_BINARY_DIR "/hvcheck", arguments);
		_exit(127);
	}
	ck_assert_int_eq(wait4(child, &status, 0, &usage), child);
	bounded.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	bounded.seconds = bounded_time(&usage);
	bounded.kib = usage.ru_maxrss;
	out = bounded_read(BOUNDED_FOLDER "/out");
	err = bounded_read(BOUNDED_FOLDER "/err");
	snprintf(bounded.line, sizeof bounded.line, "%s", (const char *)err.bytes);
	for (size_t i = 0; i < err.size; i++)
		lines += err.bytes[i] == '\n';
	ck_assert_msg(bounded.status >= 0 && bounded.status <= 2, "%s %s: status %d: %s", what,
	              arguments[1], bounded.status, bounded.line);
	ck_assert_msg(bounded.status != 2 || (lines == 1 && !out.size),
	              "%s %s: status 2 and %u lines: %s", what, arguments[1], lines, bounded.line);
#ifndef __SANITIZE_ADDRESS__
	ck_assert_msg((uint64_t)usage.ru_maxrss < BOUNDED_KIB, "%s %s: %ld KiB", what, arguments[1],
	              usage.ru_maxrss);
#endif
	return bounded;
}

#endif
