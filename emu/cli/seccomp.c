/* SPDX-License-Identifier: MIT */
/*
 * System calls that are let through, by libseccomp, which no other file meets. What is not in the
 * tables fails with EPERM, so that a library that only asks goes on without; what nobody asks for
 * by accident ends the process, so that it is told.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/time.h>

#include "cli/jail.h"

#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)
#define FILTER_SECONDS 3 /* of CPU time; it takes some milliseconds */
/* O_TMPFILE holds the bit of O_DIRECTORY as well. */
#define WRITES ((scmp_datum_t)(O_ACCMODE | O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY)))

/* clang-format off */
static const int plain[] = {
	/* what is open, and memory */
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
	SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(dup),
	SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(memfd_create), SCMP_SYS(mmap), SCMP_SYS(mmap2),
	SCMP_SYS(mprotect), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	/* which files there are */
	SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
	SCMP_SYS(fstat64), SCMP_SYS(fstatat64), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd),
	/* this process, and its workers */
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(wait4),
	SCMP_SYS(waitid), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid), SCMP_SYS(getuid),
	SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(set_robust_list),
	SCMP_SYS(set_tid_address), SCMP_SYS(rseq), SCMP_SYS(futex), SCMP_SYS(membarrier),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit), SCMP_SYS(getrusage), SCMP_SYS(times),
	/* signals of its own */
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall),
	/* time and chance */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
	SCMP_SYS(sysinfo), SCMP_SYS(uname),
#ifdef __SANITIZE_ADDRESS__
	/* how a sanitizer looks for leaks */
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(getdents), SCMP_SYS(getdents64),
	SCMP_SYS(tgkill), SCMP_SYS(prctl), SCMP_SYS(pipe2), SCMP_SYS(clone),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(kill), SCMP_SYS(personality), SCMP_SYS(prlimit64),
#endif
};
/* clang-format on */

/* Let through where one argument, masked, has a value. */
static const struct {
	int call;
	unsigned argument;
	scmp_datum_t mask, value;
} guarded[] = {
        {SCMP_SYS(open), 1, WRITES, O_RDONLY},
        {SCMP_SYS(openat), 2, WRITES, O_RDONLY},
        {SCMP_SYS(clone), 0, NAMESPACES, 0},
        {SCMP_SYS(prctl), 0, UINT32_MAX, PR_SET_PDEATHSIG},
        {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* asks, sets nothing */
        {SCMP_SYS(tgkill), 2, UINT32_MAX, SIGABRT},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCGWINSZ},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_GETFD},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_SETFD},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_GETFL},
        {SCMP_SYS(fcntl), 1, UINT32_MAX, F_DUPFD_CLOEXEC},
        {SCMP_SYS(fcntl64), 1, UINT32_MAX, F_GETFL},
};

/* Programs, networks, other processes, and doors of the kernel. */
/* clang-format off */
static const int fatal[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket), SCMP_SYS(socketpair),
	SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup),
	SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(process_vm_writev), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(kexec_load), SCMP_SYS(reboot),
	SCMP_SYS(setuid), SCMP_SYS(setgid),
#ifndef __SANITIZE_ADDRESS__
	SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
#endif
};
/* clang-format on */

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static int add_rules(scmp_filter_ctx filter)
{
	int error = 0;

	for (size_t i = 0; !error && i < COUNT(plain); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain[i], 0);
	for (size_t i = 0; !error && i < COUNT(fatal); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, fatal[i], 0);
	for (size_t i = 0; !error && i < COUNT(guarded); i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ALLOW, guarded[i].call, 1,
		                         SCMP_CMP(guarded[i].argument, SCMP_CMP_MASKED_EQ,
		                                  guarded[i].mask, guarded[i].value));
	/* Their flags are in memory, out of a filter's reach; libc goes on with the older ones. */
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (!error)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0);
	return error;
}

static enum hvc_seccomp build(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error;

	if (!filter)
		return HVC_SECCOMP_FAILED;
	/* A search rather than a walk through a hundred comparisons. */
	(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	error = add_rules(filter);
	if (!error)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error == -ENOMEM ? HVC_SECCOMP_FAILED : error ? HVC_SECCOMP_NONE : HVC_SECCOMP_DONE;
}

/*
 * Where memory runs out, seccomp_load may use what it has freed and never come back (2.5.4). A
 * timer ends the process then. The filter lets nobody disarm it: its signal is ignored afterwards.
 */
enum hvc_seccomp hvc_seccomp__enter(void)
{
	const struct itimerval once = {.it_value = {FILTER_SECONDS, 0}};
	enum hvc_seccomp how;

	signal(SIGVTALRM, SIG_DFL);
	setitimer(ITIMER_VIRTUAL, &once, NULL);
	how = build();
	signal(SIGVTALRM, SIG_IGN);
	return how;
}
