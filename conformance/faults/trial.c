/* SPDX-License-Identifier: MIT */
/*
 * System calls fail by seccomp's user notification (Linux 5.5): the kernel asks here about each,
 * whatever library makes it, in the command and in all that it forks.
 */
#include "trial.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Whatever may say that a disk, a table or the memory is full, or that a device is broken. */
static const struct {
	int number;
	const char *name;
} calls[] = {
        {SYS_write, "write"},         {SYS_writev, "writev"},
        {SYS_pwrite64, "pwrite64"},   {SYS_read, "read"},
        {SYS_pread64, "pread64"},     {SYS_openat, "openat"},
        {SYS_close, "close"},         {SYS_fsync, "fsync"},
        {SYS_fdatasync, "fdatasync"}, {SYS_ftruncate, "ftruncate"},
        {SYS_fchmod, "fchmod"},       {SYS_lseek, "lseek"},
        {SYS_renameat, "renameat"},   {SYS_renameat2, "renameat2"},
        {SYS_pipe2, "pipe2"},         {SYS_dup, "dup"},
        {SYS_dup3, "dup3"},           {SYS_clone, "clone"},
        {SYS_clone3, "clone3"},       {SYS_mmap, "mmap"},
        {SYS_mremap, "mremap"},       {SYS_memfd_create, "memfd_create"},
#ifdef SYS_rename
        {SYS_rename, "rename"},       {SYS_pipe, "pipe"},
        {SYS_fork, "fork"},           {SYS_vfork, "vfork"},
        {SYS_open, "open"},           {SYS_dup2, "dup2"},
#endif
};

#define CALLS (sizeof calls / sizeof *calls)

const char *trial_call_name(int number)
{
	for (size_t i = 0; i < CALLS; i++)
		if (calls[i].number == number)
			return calls[i].name;
	return "?";
}

/* Returns the descriptor to answer at, or -1. */
static int install(void)
{
	struct sock_filter code[2 * CALLS + 3];
	struct sock_fprog program = {.filter = code};
	unsigned n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	                                         offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < CALLS; i++) {
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		                                         (unsigned)calls[i].number, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = (unsigned short)n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
	                    &program);
}

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* sendmsg and recvmsg are not among the calls that fail. */
static bool pass(int socket, int fd)
{
	union control control = {{0}};
	char byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
	                         .msg_iovlen = 1,
	                         .msg_control = control.bytes,
	                         .msg_controllen = sizeof control.bytes};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(header), &fd, sizeof fd);
	return sendmsg(socket, &message, 0) == 1;
}

static int take(int socket)
{
	union control control = {{0}};
	char byte;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
	                         .msg_iovlen = 1,
	                         .msg_control = control.bytes,
	                         .msg_controllen = sizeof control.bytes};
	struct cmsghdr *header;
	int fd = -1;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1 && (header = CMSG_FIRSTHDR(&message)))
		memcpy(&fd, CMSG_DATA(header), sizeof fd);
	return fd;
}

/* In the child. */
static void become(const struct trial *trial, bool watch, int out, int err, int socket)
{
	int listener;

	setenv("LD_PRELOAD", trial->library, 1);
	setenv("HVC_FAULTS", trial->shared, 1);
	if (dup2(out, 1) != 1 || dup2(err, 2) != 2)
		return;
	if (watch) {
		listener = install();
		if (listener < 0 || !pass(socket, listener))
			return;
		/* Its closing would be asked about; exec does it. */
		syscall(SYS_fcntl, listener, F_SETFD, FD_CLOEXEC);
	}
	execv(trial->argv[0], trial->argv);
}

/* One system call waits for an answer. */
static void answer(const struct trial *trial, int listener, bool *begun, struct trial_end *end)
{
	struct seccomp_notif request = {0};
	struct seccomp_notif_resp response = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request))
		return;
	response.id = request.id;
	response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	if (*begun) {
		end->calls++;
		if (trial->call &&
		    (trial->call_on ? end->calls >= trial->call : end->calls == trial->call)) {
			response.flags = 0;
			response.error = -trial->error;
			if (!end->failed++)
				end->number = request.data.nr;
		}
	}
	if (request.data.nr == SYS_close &&
	    (request.data.args[0] == FAULTS_BEGIN || request.data.args[0] == FAULTS_PAUSE))
		*begun = request.data.args[0] == FAULTS_BEGIN;
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

static bool gather(int fd, char **text, size_t *size)
{
	char part[65536];
	ssize_t n = read(fd, part, sizeof part);
	char *more;

	if (n <= 0)
		return false;
	more = realloc(*text, *size + (size_t)n + 1);
	if (!more)
		abort();
	memcpy(more + *size, part, (size_t)n);
	*text = more;
	*size += (size_t)n;
	more[*size] = '\0';
	return true;
}

static void attend(const struct trial *trial, int listener, const int pipes[static 2],
                   struct trial_end *end)
{
	struct pollfd fds[] = {{pipes[0], POLLIN, 0}, {pipes[1], POLLIN, 0}, {listener, POLLIN, 0}};
	time_t last = time(NULL) + trial->seconds;
	bool begun = false;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (time(NULL) > last) {
			end->late = true;
			return;
		}
		if (poll(fds, 3, 1000) <= 0)
			continue;
		if (fds[2].revents & POLLIN)
			answer(trial, listener, &begun, end);
		else if (fds[2].revents)
			fds[2].fd = -1; /* nobody is left who might ask */
		if (fds[0].revents && !gather(pipes[0], &end->out, &end->out_size))
			fds[0].fd = -1;
		if (fds[1].revents && !gather(pipes[1], &end->err, &end->err_size))
			fds[1].fd = -1;
	}
}

bool trial_run(const struct trial *trial, bool watch, struct trial_end *out)
{
	int output[2], errors[2], sockets[2], listener = -1;
	pid_t pid;

	*out = (struct trial_end){.out = calloc(1, 1), .err = calloc(1, 1)};
	if (!out->out || !out->err || pipe2(output, O_CLOEXEC) || pipe2(errors, O_CLOEXEC) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return false;
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		become(trial, watch, output[1], errors[1], sockets[1]);
		_exit(98);
	}
	close(output[1]);
	close(errors[1]);
	close(sockets[1]);
	if (watch)
		listener = take(sockets[0]);
	attend(trial, listener, (const int[]){output[0], errors[0]}, out);
	close(output[0]);
	close(errors[0]);
	close(sockets[0]);
	if (listener >= 0)
		close(listener);
	if (out->late)
		kill(-pid, SIGKILL);
	return waitpid(pid, &out->status, 0) == pid;
}
