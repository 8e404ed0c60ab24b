/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include <unistd.h>

#include "cli/supervise.h"
#include "report/words.h"

void hvc_progress__begin(struct hvc_progress *progress, const struct hvc_options *options)
{
	*progress = (struct hvc_progress){0};
	progress->wanted = isatty(fileno(hvc_supervise__notes())) &&
	                   !hvc_options__has(options, HVC_OPTION_QUIET);
	clock_gettime(CLOCK_MONOTONIC, &progress->begin);
}

/* Seconds since the work began. */
static double elapsed(const struct hvc_progress *progress)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - progress->begin.tv_sec) +
	       (double)(now.tv_nsec - progress->begin.tv_nsec) / 1e9;
}

/* "850", "12.3 k", "1.2 M". */
static const char *rate_of(double rate, char text[static 32])
{
	if (rate >= 1e6)
		snprintf(text, 32, "%.1f M", rate / 1e6);
	else if (rate >= 1e3)
		snprintf(text, 32, "%.1f k", rate / 1e3);
	else
		snprintf(text, 32, "%.0f", rate);
	return text;
}

bool hvc_progress__tell(void *ctx, uint64_t done, uint64_t total)
{
	struct hvc_progress *progress = ctx;
	FILE *notes = hvc_supervise__notes();
	char calls[HVC_NUMBER_SIZE], rate[32];
	double seconds, left;

	hvc_supervise__progress(done, total);
	if (!progress->wanted || !total)
		return true;
	/* The next world or the other side: a count of its own. */
	if (done < progress->done || total != progress->total) {
		clock_gettime(CLOCK_MONOTONIC, &progress->begin);
		progress->total = total;
	}
	progress->done = done;
	seconds = elapsed(progress);
	if (!progress->shown && seconds < 1)
		return true;
	progress->shown = true;
	fprintf(notes, "\r\033[K%3u %% of %s calls", (unsigned)(done * 100 / total),
	        hvc_words__number(total, calls));
	if (done && seconds > 0.5) {
		left = (double)(total - done) * seconds / (double)done;
		fprintf(notes, ", %s/s, %u:%02u left", rate_of((double)done / seconds, rate),
		        (unsigned)(left / 60), (unsigned)left % 60);
	}
	fflush(notes);
	return true;
}

void hvc_progress__end(struct hvc_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", hvc_supervise__notes());
	progress->shown = false;
}
