/* SPDX-License-Identifier: MIT */
/**
 * A line on the terminal that says how far work is that takes more than a second, how fast it
 * goes, and what is left. Nothing for short work and pipes.
 */
#ifndef HVC_CLI_PROGRESS_H
#define HVC_CLI_PROGRESS_H

#include <time.h>

#include "cli/cli.h"

struct hvc_progress {
	struct timespec begin;
	uint64_t done, total; /* as told last */
	bool wanted, shown;
};

void hvc_progress__begin(struct hvc_progress *progress, const struct hvc_options *options);
/** A hvc_progress_fn; ctx is the struct hvc_progress. */
bool hvc_progress__tell(void *ctx, uint64_t done, uint64_t total);
/** Take the line away. */
void hvc_progress__end(struct hvc_progress *progress);

#endif
