/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <unistd.h>

#include "report/words.h"

void hvc_progress__begin(struct hvc_progress *progress, const struct hvc_options *options)
{
	*progress = (struct hvc_progress){0};
	progress->wanted = isatty(STDERR_FILENO) && !hvc_options__has(options, HVC_OPTION_QUIET);
	clock_gettime(CLOCK_MONOTONIC, &progress->begin);
}

static bool is_early(const struct hvc_progress *progress)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - progress->begin.tv_sec) * 1000 +
	               (now.tv_nsec - progress->begin.tv_nsec) / 1000000 <
	       1000;
}

bool hvc_progress__tell(void *ctx, uint64_t done, uint64_t total)
{
	struct hvc_progress *progress = ctx;
	char calls[HVC_NUMBER_SIZE];

	if (!progress->wanted || !total || (!progress->shown && is_early(progress)))
		return true;
	progress->shown = true;
	fprintf(stderr, "\r%3u %% of %s calls", (unsigned)(done * 100 / total),
	        hvc_words__number(total, calls));
	fflush(stderr);
	return true;
}

void hvc_progress__end(struct hvc_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
	progress->shown = false;
}
