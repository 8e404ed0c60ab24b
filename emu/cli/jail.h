/* SPDX-License-Identifier: MIT */
/**
 * What a process that works on untrusted input can still do: compute, read the files that it was
 * given, write to what is open, and make more processes like it. No other file, no program, no
 * network. See SECURITY.md.
 */
#ifndef HVC_CLI_JAIL_H
#define HVC_CLI_JAIL_H

#include <limits.h>
#include <stdio.h>

#include "cli/cli.h"

#define HVC_JAIL_FILES_MAX 1024u

/** What HVCHECK_JAIL says. */
enum hvc_jail_mode {
	HVC_JAIL_TRY,     /**< nothing: as far as the kernel has it, and what is missing is told */
	HVC_JAIL_REQUIRE, /**< "require": all of it, or no work */
	HVC_JAIL_OFF,     /**< "off": none, to look for faults of hvcheck's own */
};

struct hvc_jail {
	enum hvc_jail_mode mode;
	struct {
		const char *word;   /**< of the command line, */
		size_t length;      /**< and how much of it is a path, */
		const char *behind; /**< with this behind it */
		bool folder;        /**< all that is in it */
	} file[HVC_JAIL_FILES_MAX]; /**< what may be read; what does not exist is left out */
	unsigned files;
	uint64_t memory;  /**< bytes of address space; 0: no limit */
	uint64_t seconds; /**< of CPU; 0: no limit */
};

/** From the environment and the options. Errors: HVC_E_ARG. */
HVC_MUST_USE enum hvc_status hvc_jail__make(const struct hvc_options *options,
                                            struct hvc_diag *diag, struct hvc_jail *out);
/** Name of file n, of at most PATH_MAX bytes; false: it is longer, and no file. */
static inline bool hvc_jail__path(const struct hvc_jail *jail, unsigned n, char path[PATH_MAX])
{
	const int size = snprintf(path, PATH_MAX, "%.*s%s", (int)jail->file[n].length,
	                          jail->file[n].word, jail->file[n].behind);

	return size >= 0 && size < PATH_MAX;
}
/**
 * Lock this process in for good. missing: one line on what the kernel does not have, "" for
 * nothing. False: it was required, or memory ran out; missing says what.
 */
bool hvc_jail__enter(const struct hvc_jail *jail, char *missing, size_t size);

enum hvc_seccomp {
	HVC_SECCOMP_DONE,
	HVC_SECCOMP_NONE,   /**< the kernel takes no filter */
	HVC_SECCOMP_FAILED, /**< memory ran out */
};

/** seccomp.c: system calls. */
enum hvc_seccomp hvc_seccomp__enter(void);
/** landlock.c: files, network, signals. NULL, or why there is none. */
const char *hvc_landlock__enter(const struct hvc_jail *jail);

#endif
