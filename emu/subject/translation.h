/* SPDX-License-Identifier: MIT */
/** EL2's stage 1 translation, walked in memory as the CPU would. */
#ifndef SUBJECT_TRANSLATION_H
#define SUBJECT_TRANSLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/** What says how to translate: the registers, and physical memory. */
struct hvc_translation {
	uint64_t sctlr, hcr, tcr, ttbr0, ttbr1; /**< of EL2 */
	/** A descriptor at a physical address, a multiple of 8; false: there is no memory. */
	bool (*read)(void *ctx, uint64_t address, uint64_t *descriptor);
	/**
	 * Virtual addresses that are mapped, ascending in each range of addresses; size in bytes.
	 * data: writable at EL2 and never executed there. Not HVC_OK ends the walk with it.
	 */
	enum hvc_status (*map)(void *ctx, uint64_t address, uint64_t physical, uint64_t size,
	                       bool data);
	void *ctx;
};

/**
 * Tell all that is mapped; SCTLR_EL2.M is 1. What the CPU would fault on is not. HVC_E_UNSUPPORTED:
 * tables with 52-bit descriptors; HVC_E_RANGE: TCR_EL2 is reserved, or more than
 * HVC_LIMIT_DESCRIPTORS; diag says what.
 */
HVC_MUST_USE enum hvc_status hvc_translation__walk(const struct hvc_translation *t,
                                                   struct hvc_diag *diag);

#endif
