/* SPDX-License-Identifier: MIT */
/** Memory of the caller's that a call reads twice, while another CPU writes there. Internal. */
#ifndef ENGINE_FETCH_H
#define ENGINE_FETCH_H

#include "engine/apart.h"

/**
 * Make the call again and again, with what it reads twice changed in between, until a promise of
 * its rule is broken that is kept otherwise. *out: the violation (actual: the address), and else
 * as it was. Errors: those of hvc_machine_open.
 */
HVC_MUST_USE enum hvc_status hvc_fetch__judge(const struct hvc_apart_config *config,
                                              struct hvc_diag *diag, struct hvc_verdict *out);

/** The same of the simplest call of each rule. */
struct hvc_features_config;
HVC_MUST_USE enum hvc_status hvc_fetch__check(const struct hvc_features_config *config,
                                              struct hvc_diag *diag);

#endif
