/* SPDX-License-Identifier: MIT */
/**
 * An unmodified kernel: HVC_REAL_KERNEL names an arm64 Image, or Debian 12's is downloaded by
 * conformance/real/fetch-kernel.
 */
#ifndef REAL_KERNEL_H
#define REAL_KERNEL_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/**
 * Fill in the path of one. Else the exit status of a test without it, the reason having been
 * printed: 77, skipped. *is_debian_6_1: what it is, is known.
 */
static inline int real_kernel_find(char *path, size_t size, bool *is_debian_6_1)
{
	const char *given = getenv("HVC_REAL_KERNEL");
	FILE *script;
	int status;

	*is_debian_6_1 = !given || !given[0];
	if (!*is_debian_6_1) {
		snprintf(path, size, "%s", given);
		return 0;
	}
	script = popen("'" HVC_SOURCE_DIR "/conformance/real/fetch-kernel' '" HVC_BINARY_DIR
	               "/real'",
	               "r");
	if (!script)
		return 77;
	if (fgets(path, (int)size, script))
		path[strcspn(path, "\n")] = '\0';
	status = pclose(script);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

#endif
