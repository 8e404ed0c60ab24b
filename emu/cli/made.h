/* SPDX-License-Identifier: MIT */
/** What reports say they were made by, with and from (report/made.h), out of the options. */
#ifndef HVC_CLI_MADE_H
#define HVC_CLI_MADE_H

#include "cli/cli.h"

/** Before the work; for good. HVC_E_NOMEM. A file that cannot be read is left to who reads it. */
HVC_MUST_USE enum hvc_status hvc_cli_made__tell(const struct hvc_options *options,
                                                struct hvc_diag *diag);

#endif
