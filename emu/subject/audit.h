/* SPDX-License-Identifier: MIT */
/** A look at code (hvc_scan__audit): what instructions lack behind them, and what is lacking where
 * code is entered. */
#ifndef SUBJECT_AUDIT_H
#define SUBJECT_AUDIT_H

#include "subject/finder.h"

/** scan.c: note a finding; reg is constant text or NULL. HVC_E_NOMEM. */
HVC_MUST_USE enum hvc_status hvc_scan__note(struct hvc_scan *scan, enum hvc_audit_kind kind,
                                            uint64_t address, const char *reg);

#endif
