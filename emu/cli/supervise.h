/* SPDX-License-Identifier: MIT */
/**
 * The work is done by a child process, and what its end means is said by the one that waits. What
 * kills the child - an engine that aborts or calls exit, no memory, the jail, a signal, the
 * deadline - is trouble, and never taken for a finding or for none.
 */
#ifndef HVC_CLI_SUPERVISE_H
#define HVC_CLI_SUPERVISE_H

#include "cli/cli.h"
#include "cli/output.h"

/** What is done in the child; reports end up in the outputs. */
typedef enum hvc_status hvc_supervised(const struct hvc_options *options, bool *holds,
                                       struct hvc_diag *diag);

/**
 * Fork, lock the child in, let it work, and wait. outputs: what the child may write to besides
 * standard error. HVC_OK: it came to its end and all outputs are complete.
 */
HVC_MUST_USE enum hvc_status hvc_supervise__run(const struct hvc_options *options,
                                                hvc_supervised *work, struct hvc_output *output,
                                                unsigned outputs, bool *holds,
                                                struct hvc_diag *diag);

/** After that, and after the reports are in place: is nothing known of some calls? Says so. */
bool hvc_supervise__is_undecided(struct hvc_diag *diag);

/* In the child: */

/** Where notes and progress go: what libraries print to standard error does not get there. */
FILE *hvc_supervise__notes(void);
/** How far the work is. */
void hvc_supervise__progress(uint64_t done, uint64_t total);
/** The report is there, but is no answer, for this reason: no status but 2. The first one counts.
 */
void hvc_supervise__doubt(const char *why);

#endif
