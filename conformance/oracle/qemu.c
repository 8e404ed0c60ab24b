/* SPDX-License-Identifier: MIT */
/*
 * QEMU as a process that is told as little as possible: it runs code of subjects, and what it does
 * not have it cannot lose to them. There is no file of it on disk to be left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "oracle/wire.h"

/* Not one of the standard three, which the process gets others for. */
static int above_standard(int fd)
{
	int high = fd;

	if (fd >= 0 && fd < 3) {
		high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		close(fd);
	}
	return high;
}

int hvc_oracle__memory(const char *name)
{
	return above_standard(memfd_create(name, MFD_CLOEXEC));
}

/* A pipe, [0] to read from. */
static bool open_pipe(int fd[static 2])
{
	if (pipe2(fd, O_CLOEXEC))
		return false;
	fd[0] = above_standard(fd[0]);
	fd[1] = above_standard(fd[1]);
	if (fd[0] >= 0 && fd[1] >= 0)
		return true;
	close(fd[0]);
	close(fd[1]);
	return false;
}

/* Nothing else that is open here survives the exec; what is asked for and fails is refused. */
static bool keep_only(int log, const int *keep, size_t kept)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	bool ok = null >= 0 && dup2(null, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2;

	if (close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC)) /* Linux before 5.11 */
		for (int fd = 3, end = (int)sysconf(_SC_OPEN_MAX); fd < end; fd++)
			fcntl(fd, F_SETFD, FD_CLOEXEC);
	for (size_t i = 0; i < kept; i++)
		ok = ok && !fcntl(keep[i], F_SETFD, 0);
	return ok;
}

static void limit(__rlimit_resource_t resource, rlim_t most)
{
	const struct rlimit limits = {most, most};

	setrlimit(resource, &limits);
}

/* In the child. QEMU has no network device; where the host allows it the process has no network. */
static void become(char *const *argv, pid_t parent, int log, const int *keep, size_t kept,
                   unsigned seconds)
{
	char *environment[] = {(char[]){"LC_ALL=C"}, NULL};
	sigset_t none;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		errno = 0;
	sigemptyset(&none);
	/* In this order: new credentials forget the signal. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent ||
	    !keep_only(log, keep, kept) || sigprocmask(SIG_SETMASK, &none, NULL) || chdir("/"))
		return;
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CPU, seconds + 10);
	execvpe(argv[0], argv, environment);
}

/* Returns 0 or an errno value. */
static int start(char *const *argv, int log, const int *keep, size_t kept, unsigned seconds,
                 pid_t *pid)
{
	pid_t parent = getpid();
	int failed[2], error = 0;

	if (!open_pipe(failed))
		return errno;
	*pid = fork();
	if (*pid == 0) {
		become(argv, parent, log, keep, kept, seconds);
		error = errno;
		_exit(write(failed[1], &error, sizeof error) == sizeof error ? 127 : 126);
	}
	if (*pid < 0)
		error = errno;
	close(failed[1]);
	if (*pid > 0 && read(failed[0], &error, sizeof error) == sizeof error)
		waitpid(*pid, NULL, 0);
	close(failed[0]);
	return error;
}

static long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* What the process says, until it says no more. False: it is still there after its time. */
static bool listen_to(int log, unsigned seconds, char *text, size_t size)
{
	long end = milliseconds() + 1000L * seconds;
	struct pollfd one = {.fd = log, .events = POLLIN};
	size_t used = 0;

	for (long left; (left = end - milliseconds()) > 0;) {
		char part[512];
		ssize_t n;

		if (poll(&one, 1, (int)left) <= 0)
			continue;
		n = read(log, part, sizeof part);
		if (n == 0)
			return true;
		for (ssize_t i = 0; i < n && used + 1 < size; i++)
			text[used++] = part[i];
		text[used] = '\0';
	}
	return false;
}

static enum hvc_status not_there(struct hvc_diag *diag, const char *name, int error)
{
	if (error != ENOENT)
		return hvc_diag_set(diag, HVC_E_IO, name, 0, 0, "%s", strerror(error));
	return hvc_diag_set(diag, HVC_E_NOTFOUND, NULL, 0, 0,
	                    "no %s in PATH (Debian: apt-get install qemu-system-arm)", name);
}

enum hvc_status hvc_oracle__execute(char *const *argv, const int *keep, size_t kept,
                                    unsigned seconds, struct hvc_diag *diag, char *log, size_t size)
{
	int fd[2], status = 0, error;
	bool ended;
	pid_t pid = -1;

	log[0] = '\0';
	if (!open_pipe(fd))
		return not_there(diag, argv[0], errno);
	error = start(argv, fd[1], keep, kept, seconds, &pid);
	close(fd[1]);
	if (error) {
		close(fd[0]);
		return not_there(diag, argv[0], error);
	}
	ended = listen_to(fd[0], seconds, log, size);
	if (!ended)
		kill(pid, SIGKILL);
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	log[strcspn(log, "\n")] = '\0';
	if (ended && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return HVC_OK;
	return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0, "%s failed (%s %d): %s", argv[0],
	                    WIFEXITED(status) ? "status" : "signal",
	                    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status),
	                    ended ? (*log ? log : "it said nothing") : "it came to no end");
}
