/* SPDX-License-Identifier: MIT */
/** Exception entry to Hyp mode: the slots of its table, and what it finds. Internal. */
#ifndef MACHINE_EXCEPTION_HYP_H
#define MACHINE_EXCEPTION_HYP_H

#include "hvcheck/exception.h"

/** Offsets from HVBAR of the words that control goes to (Arm ARM G1.12.1). */
enum hvc_hyp_slot {
	HVC_HYP_UNDEFINED = 0x04, /**< taken in Hyp mode, */
	HVC_HYP_CALL = 0x08,      /**< HVC and SVC there, */
	HVC_HYP_PREFETCH = 0x0c,
	HVC_HYP_DATA = 0x10,
	HVC_HYP_TRAP = 0x14, /**< and all that comes from below */
};

/** Bytes of a table. */
#define HVC_HYP_TABLE_SIZE 32u

/** hvc_exception_take to EL2 where that is Hyp mode. */
void hvc_exception__take_hyp(const struct hvc_pe *pe, uint64_t esr, uint64_t elr,
                             struct hvc_entry *out);

#endif
