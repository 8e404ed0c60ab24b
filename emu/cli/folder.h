/* SPDX-License-Identifier: MIT */
/** A folder of files that appears in one piece, or not at all. */
#ifndef HVC_CLI_FOLDER_H
#define HVC_CLI_FOLDER_H

#include "cli/cli.h"

/** Is there nothing at path, or an empty folder? */
HVC_MUST_USE enum hvc_status hvc_folder__check(const char *path, struct hvc_diag *diag);
/**
 * Make it of what hvc_output__add_file wrote, from a file that another process may have spoilt:
 * nothing is written elsewhere, whatever it holds.
 */
HVC_MUST_USE enum hvc_status hvc_folder__put(int from, const char *path, struct hvc_diag *diag);

#endif
