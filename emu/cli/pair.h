/* SPDX-License-Identifier: MIT */
/** run A --and B. */
#ifndef HVC_CLI_PAIR_H
#define HVC_CLI_PAIR_H

#include "cli/cli.h"

/** Make the call on the subject and on that of --and. *holds: both do the same. */
HVC_MUST_USE enum hvc_status hvc_cli_pair__run(const struct hvc_options *options,
                                               const struct hvc_page *page,
                                               const struct hvc_subject *first, bool *holds,
                                               struct hvc_diag *diag);

#endif
