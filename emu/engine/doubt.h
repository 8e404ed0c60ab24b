/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/doubt.h. */
#ifndef HVC_ENGINE_DOUBT_H
#define HVC_ENGINE_DOUBT_H

#include "hvcheck/doubt.h"

/**
 * Did a call end in a fault of the assumed world? On memory near what a pointer register holds that
 * nobody has set; near a null pointer, or at a BRK, where memory that nobody set was read before;
 * or at an instruction that the engine lacks and other CPUs have. why: what would help, cut to
 * size; may be NULL.
 */
bool hvc_fault__is_assumed(const struct hvc_world *world, const struct hvc_state *entry,
                           const struct hvc_supplied *supplied, const struct hvc_outcome *outcome,
                           char why[HVC_DOUBT_TEXT]);

#endif
