/* SPDX-License-Identifier: MIT */
/** --used-by: of all that changed, what the call sites of an image use. */
#ifndef HVC_CLI_USED_H
#define HVC_CLI_USED_H

#include "cli/cli.h"

/**
 * Leave of the findings of a diff what is about operations that the image of --used-by calls, by
 * the ABI of the old side; nothing without that option. A call whose selector is not known may be
 * of any operation. *holds: becomes whether nothing is left that counts. Errors: HVC_E_ARG (no
 * ABI), HVC_E_NOTFOUND (the image has no call of it), those of hvc_scan__file and hvc_callers__run.
 */
HVC_MUST_USE enum hvc_status hvc_cli_used__narrow(const struct hvc_options *options,
                                                  const struct hvc_abi *old,
                                                  struct hvc_findings *findings, bool *holds,
                                                  struct hvc_diag *diag);

#endif
