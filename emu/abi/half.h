/* SPDX-License-Identifier: MIT */
/**
 * One specification for both widths: what of a file is about EL2 in AArch64 state, and what about
 * Hyp mode; and rules read as code of 32 bits reads them. Internal.
 */
#ifndef HVC_ABI_HALF_H
#define HVC_ABI_HALF_H

#include "abi/abi.h"
#include "abi/list.h"

/** Put behind a file's name where its half for Hyp mode is meant; vectors/embed.cmake has it, too.
 */
#define HVC_HALF_SUFFIX "-arm32"

/** Whose code at EL2 a file is about, as its `widths` says. */
enum hvc_widths {
	HVC_WIDTHS_AARCH64, /**< where it does not say, too */
	HVC_WIDTHS_AARCH32,
	HVC_WIDTHS_BOTH,
};

HVC_MUST_USE enum hvc_status hvc_half__widths(const struct hvc_loader *loader,
                                              const struct hvc_spec *spec, enum hvc_widths *out);

/**
 * Leave in the text of a specification what one half of it is about: callers, instructions and
 * worlds of that width, and rules and sequences that have some. rN is xN in both. What is of the
 * other width alone belongs to the other half, and is refused where there is none.
 */
HVC_MUST_USE enum hvc_status hvc_half__keep(const struct hvc_loader *loader, enum hvc_widths widths,
                                            bool hyp, struct hvc_spec *spec);

/**
 * A rule as callers of 32 bits meet it: of x0 to x30 conditions, choices and results speak of bits
 * 31:0. A number of 64 bits stands for what it is of 32, negative ones too. hyp: EL2 is Hyp mode,
 * where a call ends that does not go back. *left: are there such calls? False: out of memory.
 */
bool hvc_half__narrow(struct hvc_arena *arena, bool hyp, struct hvc_rule *rule, bool *left);

#endif
