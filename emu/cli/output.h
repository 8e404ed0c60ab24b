/* SPDX-License-Identifier: MIT */
/**
 * Where a report goes. It is made in memory and leaves in one piece at the end, so that a
 * failure leaves nothing half-written: to standard output, or beside the named file first and
 * then in its place. One process may make it and another put it there.
 */
#ifndef HVC_CLI_OUTPUT_H
#define HVC_CLI_OUTPUT_H

#include "cli/cli.h"

struct hvc_output {
	struct hvc_page page; /**< what writers write to */
	char *text;
	size_t size;
	int file;   /**< descriptor; -1: nothing is printed */
	int relay;  /**< a file without a name, on the way to what cannot be replaced; -1: none */
	char *path; /**< the file to be replaced, NULL: written directly */
	char *temporary;
	bool folder; /**< path is one: what is delivered are files, one behind the other */
};

/** Keep descriptors 0 to 2 taken, so that a closed standard output is not reused by a file. */
void hvc_output__guard(void);
/** path: "-" for standard output; NULL, too, but --quiet silences that. */
HVC_MUST_USE enum hvc_status hvc_output__open(const struct hvc_options *options, const char *path,
                                              struct hvc_diag *diag, struct hvc_output *out);
/** A folder that is not there, or is empty; of what is added to its page a file each. */
HVC_MUST_USE enum hvc_status hvc_output__open_folder(const char *path, struct hvc_diag *diag,
                                                     struct hvc_output *out);
/** name: letters, digits, '.', '-', '_'. */
void hvc_output__add_file(const struct hvc_page *page, const char *name, const char *text,
                          size_t size);
/** The process that works: write what is on the page to where hvc_output__commit takes it from. */
HVC_MUST_USE enum hvc_status hvc_output__deliver(struct hvc_output *output, struct hvc_diag *diag);
/** The process that opened it: put what was delivered in its place, and free. */
HVC_MUST_USE enum hvc_status hvc_output__commit(struct hvc_output *output, struct hvc_diag *diag);
/** Free, and leave no trace. */
void hvc_output__abandon(struct hvc_output *output);
/** The one descriptor that hvc_output__deliver needs; -1: none. */
int hvc_output__fd(const struct hvc_output *output);
/** In a child: signals end it, and remove nothing. */
void hvc_output__forget_signals(void);

/* folder.c: a folder of files that appears in one piece, or not at all. */

/** Is there nothing at path, or an empty folder? */
HVC_MUST_USE enum hvc_status hvc_folder__check(const char *path, struct hvc_diag *diag);
/**
 * Make it of what hvc_output__add_file wrote, from a file that another process may have spoilt:
 * nothing is written elsewhere, whatever it holds.
 */
HVC_MUST_USE enum hvc_status hvc_folder__put(int from, const char *path, struct hvc_diag *diag);

#endif
