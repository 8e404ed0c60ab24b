/* SPDX-License-Identifier: MIT */
/** One run of a command in which something fails, and what it left. */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "faults.h"

struct trial {
	const char *library; /* to preload */
	const char *shared;  /* the file that it maps; also in memory here: */
	struct faults *faults;
	char *const *argv;
	unsigned seconds;
	/* Of system calls, 0: none is to fail, and they are not looked at. */
	unsigned long call, call_on;
	int error;
};

struct trial_end {
	int status; /* of waitpid */
	bool late;
	unsigned long calls;  /* that might have failed */
	unsigned long failed; /* of these */
	int number;           /* of the first that failed */
	char *out, *err;      /* all of it */
	size_t out_size, err_size;
};

/** False: it could not be run. The texts are to be freed. */
bool trial_run(const struct trial *trial, bool watch, struct trial_end *out);
const char *trial_call_name(int number);

#endif
