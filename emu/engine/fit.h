/* SPDX-License-Identifier: MIT */
/**
 * Which of the shipped specifications does a vector table keep? Calls of every rule sort out most
 * of them; what is left is proved.
 */
#ifndef HVC_ENGINE_FIT_H
#define HVC_ENGINE_FIT_H

#include "hvcheck/abi.h"
#include "hvcheck/subject.h"
#include "subject/site.h"

/** Tables of a file that are held to specifications, the likeliest ones. */
#define HVC_FIT_TABLES 16u

/** Fill in the fit of each table of a scan. HVC_E_NOMEM, or errors of reading what is shipped. */
HVC_MUST_USE enum hvc_status hvc_fit__scan(struct hvc_scan *scan, struct hvc_diag *diag);
/** The fit of one subject's table, to all that is shipped, or to `abi` alone. */
HVC_MUST_USE enum hvc_status hvc_fit__subject(const struct hvc_subject *subject,
                                              const struct hvc_abi *abi, struct hvc_diag *diag,
                                              struct hvc_fit *out);

#endif
