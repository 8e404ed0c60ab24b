/* SPDX-License-Identifier: MIT */
/**
 * The address of an A64 load, store or cache maintenance instruction: what FAR_EL2 holds after a
 * Data Abort, which no library tells. Internal.
 */
#ifndef MACHINE_ACCESS_H
#define MACHINE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/engine.h"

#define HVC_ACCESS_SP   31u
#define HVC_ACCESS_NONE 32u

/** What an address is made of: a register, or none and the pc; another, or none; a number. */
struct hvc_data_access {
	unsigned base, index; /**< 0..30; HVC_ACCESS_SP for a base only; HVC_ACCESS_NONE */
	unsigned option;      /**< of the index: UXTW 2, LSL 3, SXTW 6, SXTX 7 */
	unsigned shift;       /**< of the index, bits to the left */
	int64_t offset;       /**< bytes */
};

/** False: the instruction makes no access that has an address. */
bool hvc_access__decode(uint32_t word, struct hvc_data_access *out);

/** Its first byte: of the instruction at pc, with x0 to x30 and SP as they are. */
uint64_t hvc_access__at(const struct hvc_data_access *access, uint64_t pc, const uint64_t x[31],
                        uint64_t sp);
/** The first byte of the access at frame->pc, at EL2; 0 where there is none. */
uint64_t hvc_access__address(uint32_t word, const struct hvc_engine_frame *frame);

#endif
