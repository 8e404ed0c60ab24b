/* SPDX-License-Identifier: MIT */
/**
 * A64 loads, stores and cache maintenance: the address, which FAR_EL2 holds after a Data Abort and
 * no library tells, and which registers are moved. Internal.
 */
#ifndef MACHINE_ACCESS_H
#define MACHINE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct hvc_engine_frame;

#define HVC_A64_SP   31u
#define HVC_A64_NONE 32u

/** Sets of registers have bit n for xn; the stack pointer and the zero register are in none. */
struct hvc_a64_access {
	/** What the address is made of: a register, or none and the pc; another, or none. */
	unsigned base, index; /**< 0..30; HVC_A64_SP for a base only; HVC_A64_NONE */
	unsigned option;      /**< of the index: UXTW 2, LSL 3, SXTW 6, SXTX 7 */
	unsigned shift;       /**< of the index, bits to the left */
	int64_t offset;       /**< bytes */
	bool back;            /**< the base is moved, */
	int64_t moves;        /**< by so many bytes; 0: not known */
	bool load, store;     /**< both of atomics; neither of prefetches and cache maintenance */
	bool sign;            /**< what is loaded is sign-extended, to 32 or 64 bits */
	bool vector;          /**< rt and rt2 are FP/SIMD registers */
	unsigned rt, rt2;     /**< 31: xzr; of one register alone both are the same */
	unsigned size;        /**< bytes of each; 0: of vector structures and tags, or of none */
	uint32_t reads;       /**< general registers besides base and index */
	uint32_t loads;       /**< that get what memory held */
	uint32_t status;      /**< that gets whether an exclusive store was made */
};

/** False: the instruction makes no access that has an address. */
bool hvc_a64__access(uint32_t word, struct hvc_a64_access *out);

/**
 * What an access has to be aligned to (Arm ARM B2.8.2, D1.2.10), on a CPU without FEAT_LSE2, which
 * none of those here has. In bytes; 1: to nothing.
 */
struct hvc_a64_alignment {
	unsigned always;  /**< exclusive, ordered and atomic accesses */
	unsigned checked; /**< where SCTLR_ELx.A is set: each of its elements */
	bool stack;       /**< the base is SP, which SCTLR_ELx.SA wants to be aligned to 16 */
};

/** False: it makes no access, or is unallocated. */
bool hvc_a64__alignment(uint32_t word, struct hvc_a64_alignment *out);

/** Its first byte: of the instruction at pc, with x0 to x30 and SP as they are. */
uint64_t hvc_access__at(const struct hvc_a64_access *access, uint64_t pc, const uint64_t x[31],
                        uint64_t sp);
/** The first byte of the access at frame->pc, at EL2; 0 where there is none. */
uint64_t hvc_access__address(uint32_t word, const struct hvc_engine_frame *frame);

/**
 * Is it known that a CPU has no such instruction? read: the value of an ID register by its
 * encoding (op0, op1, CRn, CRm, op2); false: it is not known.
 */
bool hvc_feature__lacks(uint32_t word,
                        bool (*read)(void *ctx, const uint8_t name[5], uint64_t *value), void *ctx);

#endif
