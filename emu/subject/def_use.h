/* SPDX-License-Identifier: MIT */
/**
 * Which general registers an A64 instruction reads and writes.
 *
 * Encodings: Arm ARM (DDI 0487) C4.1. Bit n is xn; the stack pointer and the zero register are
 * in no set. Calls and exceptions are the caller's business: BL and BLR write x30 only, SVC, HVC
 * and SMC nothing.
 */
#ifndef SUBJECT_DEF_USE_H
#define SUBJECT_DEF_USE_H

#include <stdbool.h>
#include <stdint.h>

struct hvc_def_use {
	uint32_t reads;
	uint32_t writes;
	uint32_t loaded;  /**< those of writes that come from memory */
	uint32_t address; /**< those of reads that memory is accessed by */
	uint32_t moved;   /**< those of address that the access moves (write-back) */
};

void hvc_def_use__of(uint32_t word, struct hvc_def_use *out);
/** The same of r0 to r14 (disasm.c); bits as they are in memory. Unknown instructions use none. */
void hvc_disasm__use_aarch32(uint64_t address, uint32_t bits, bool t32, struct hvc_def_use *out);

#endif
