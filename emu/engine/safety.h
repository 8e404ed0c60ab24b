/* SPDX-License-Identifier: MIT */
/** The parts of safety. Internal to the files of safety. */
#ifndef ENGINE_SAFETY_H
#define ENGINE_SAFETY_H

#include "hvcheck/safety.h"

/* safety_width.c */
/**
 * Add a hazard for each rule of whose calls the upper halves of words matter, in one world of the
 * ABI, as it is with what is laid over it, and of these callers.
 */
HVC_MUST_USE enum hvc_status hvc_safety__width(const struct hvc_safety_config *config,
                                               unsigned index, const struct hvc_world *world,
                                               unsigned levels, unsigned insns,
                                               struct hvc_diag *diag, struct hvc_safety *safety);

#endif
