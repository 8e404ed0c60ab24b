/* SPDX-License-Identifier: MIT */
/*
 * Files, by Landlock (Linux 5.13, Documentation/userspace-api/landlock.rst). Its system calls have
 * no wrapper in libc, and the headers of Debian 12 know but the first of its versions.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/jail.h"

/* The same number on every architecture. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define VERSION      1u /* flag of landlock_create_ruleset: ask */
#define PATH_BENEATH 1

enum {
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_ALL_1 = (1 << 13) - 1,
	FS_REFER = 1 << 13,     /* version 2 */
	FS_TRUNCATE = 1 << 14,  /* 3 */
	FS_IOCTL_DEV = 1 << 15, /* 5 */
	NET_TCP = 3,            /* 4: to bind and to connect */
	SCOPED = 3,             /* 6: abstract sockets and signals of others */
};

struct ruleset {
	uint64_t fs, net, scoped;
};

struct rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* What a kernel of a version can take away; *size: as much of it as it knows. */
static struct ruleset all_of(long version, size_t *size)
{
	struct ruleset all = {.fs = FS_ALL_1};

	if (version >= 2)
		all.fs |= FS_REFER;
	if (version >= 3)
		all.fs |= FS_TRUNCATE;
	if (version >= 4)
		all.net = NET_TCP;
	if (version >= 5)
		all.fs |= FS_IOCTL_DEV;
	if (version >= 6)
		all.scoped = SCOPED;
	*size = version >= 6 ? sizeof(all) : version >= 4 ? 16 : 8;
	return all;
}

/* What is not there, and what has no inode of its own, needs no rule. */
static void allow(int ruleset, const char *path, uint64_t file, uint64_t folder)
{
	struct rule rule = {.parent = open(path, O_PATH | O_CLOEXEC)};
	struct stat info;

	if (rule.parent < 0)
		return;
	if (!fstat(rule.parent, &info)) {
		rule.allowed = S_ISDIR(info.st_mode) ? folder : file;
		if (rule.allowed)
			syscall(SYS_landlock_add_rule, ruleset, PATH_BENEATH, &rule, 0);
	}
	close(rule.parent);
}

static void allow_all(int ruleset, const struct hvc_jail *jail)
{
	char path[PATH_MAX];

	for (unsigned i = 0; i < jail->files; i++)
		/* Of other folders only that they are some can be found out. */
		if (hvc_jail__path(jail, i, path))
			allow(ruleset, path, FS_READ_FILE,
			      jail->file[i].folder ? FS_READ_FILE : FS_READ_DIR);
#ifdef __SANITIZE_ADDRESS__
	allow(ruleset, "/proc", 0, FS_READ_FILE | FS_READ_DIR);
#endif
}

const char *hvc_landlock__enter(const struct hvc_jail *jail)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION);
	const char *missing = NULL;
	struct ruleset all;
	size_t size;
	int ruleset;

	if (version < 1)
		return "no Landlock";
	all = all_of(version, &size);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
	if (ruleset < 0)
		return "no Landlock ruleset";
	allow_all(ruleset, jail);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0))
		missing = "no Landlock domain";
	close(ruleset);
	return missing;
}
