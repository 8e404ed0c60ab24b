/* SPDX-License-Identifier: MIT */
/** Instructions of A32 and T32, as far as the machine and the search for tables look at them.
 * Internal. */
#ifndef MACHINE_A32_H
#define MACHINE_A32_H

#include "hvcheck/reg.h"

enum hvc_a32_kind {
	HVC_A32_OTHER,
	HVC_A32_BRANCH,   /**< to `target` */
	HVC_A32_INDIRECT, /**< to a register's value, or one that is loaded */
	HVC_A32_ERET,
	HVC_A32_HVC, /**< imm */
	HVC_A32_SMC,
	HVC_A32_SVC,
	HVC_A32_UDF,
	HVC_A32_HINT,  /**< NOP, WFI, WFE and others */
	HVC_A32_READ,  /**< MRC, MRRC, MRS: `reg` where it has a row */
	HVC_A32_WRITE, /**< MCR, MCRR, MSR */
};

/** One instruction. */
struct hvc_a32 {
	enum hvc_a32_kind kind;
	unsigned size;    /**< bytes, 2 or 4 */
	uint32_t word;    /**< T32 of 4 bytes: the first halfword in bits 31:16 */
	bool conditional; /**< of its own: A32, and a branch of T32 */
	bool link;        /**< it sets lr */
	bool exchange;    /**< BLX to `target`: in the other state */
	bool simd;        /**< may change an FP/SIMD register */
	bool effects;     /**< it changes more of the CPU than registers with a row, and memory */
	uint64_t target;  /**< BRANCH */
	uint16_t imm;     /**< HVC, SMC */
	enum hvc_reg reg; /**< READ, WRITE: HVC_REG_NONE: it has no row; of PSR too */
	bool psr;         /**< READ, WRITE of CPSR or APSR */
	uint8_t rt;       /**< READ, WRITE: the general-purpose register, the lower half */
	uint8_t encoding[5]; /**< READ, WRITE of CP15: 15, opc1, CRn, CRm, opc2 */
};

/** bits: as they are in memory, little-endian; of T32 only `size` bytes count. */
void hvc_a32__decode(uint64_t address, uint32_t bits, bool t32, struct hvc_a32 *out);

/** ConditionHolds() of the Arm ARM; psr: NZCV in place. */
bool hvc_a32__holds(unsigned condition, uint64_t psr);

/** Modified immediates: of A32, and i:imm3:imm8 of a T32 instruction of 4 bytes. */
uint32_t hvc_a32__immediate(uint32_t word);
uint32_t hvc_t32__immediate(uint32_t word);

#endif
