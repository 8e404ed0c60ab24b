/* SPDX-License-Identifier: MIT */
/** What hvcheck itself asks beside hvcheck/doubt.h. */
#ifndef HVC_ENGINE_DOUBT_H
#define HVC_ENGINE_DOUBT_H

#include "hvcheck/abi.h"
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

/**
 * Does the rule promise what a register holds that the CPU has in none of these worlds? present:
 * the registers of each, by the ABI's index; NULL: a world that is not looked at.
 */
bool hvc_rule__is_lacking(const struct hvc_rule *rule, const struct hvc_regset *const *present,
                          unsigned worlds, char why[HVC_DOUBT_TEXT]);

#endif
