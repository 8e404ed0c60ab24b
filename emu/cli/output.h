/* SPDX-License-Identifier: MIT */
/**
 * Where a report goes. It is made in memory and leaves in one piece at the end, so that a
 * failure leaves nothing half-written: to standard output, or beside the named file first and
 * then in its place.
 */
#ifndef HVC_CLI_OUTPUT_H
#define HVC_CLI_OUTPUT_H

#include "cli/cli.h"

struct hvc_output {
	struct hvc_page page; /**< what writers write to */
	char *text;
	size_t size;
	int file;   /**< descriptor; -1: nothing is printed */
	char *path; /**< the file to be replaced, NULL: written directly */
	char *temporary;
};

/** Keep descriptors 0 to 2 taken, so that a closed standard output is not reused by a file. */
void hvc_output__guard(void);
/** path: NULL for standard output, which --quiet silences. */
HVC_MUST_USE enum hvc_status hvc_output__open(const struct hvc_options *options, const char *path,
                                              struct hvc_diag *diag, struct hvc_output *out);
/** Write what is on the page, and free. */
HVC_MUST_USE enum hvc_status hvc_output__finish(struct hvc_output *output, struct hvc_diag *diag);
/** Free, and leave no trace. */
void hvc_output__abandon(struct hvc_output *output);

#endif
