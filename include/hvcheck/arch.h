/* SPDX-License-Identifier: MIT */
/**
 * AArch64 facts as small inline functions: encodings, syndromes, vector offsets, PSTATE.
 *
 * Sources: Arm ARM (DDI 0487) C6.2 HVC, D1.3 exception entry, D24 ESR_ELx; cross-read with the
 * Sail model (rems-project/sail-arm, arm-v9.4-a). Encodings checked with GNU as and LLVM.
 */
#ifndef HVCHECK_ARCH_H
#define HVCHECK_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#define HVC_IMM_COUNT         65536u /**< distinct 16-bit immediates */
#define HVC_VECTOR_TABLE_SIZE 2048u  /**< bytes: 16 slots */
#define HVC_VECTOR_SLOT_SIZE  128u   /**< bytes a slot */

/** Exception classes, ESR_ELx.EC (Arm ARM D24, ESR_ELx). */
enum hvc_ec {
	HVC_EC_UNKNOWN = 0x00, /**< also: an UNDEFINED instruction */
	HVC_EC_FP = 0x07,      /**< FP/SIMD trapped by CPTR_EL2 or CPACR_EL1 */
	HVC_EC_ILLEGAL = 0x0e, /**< Illegal Execution state */
	HVC_EC_SVC32 = 0x11,
	HVC_EC_HVC32 = 0x12,
	HVC_EC_SMC32 = 0x13, /**< trapped, of AArch32 state */
	HVC_EC_SVC64 = 0x15,
	HVC_EC_HVC64 = 0x16,
	HVC_EC_SMC64 = 0x17,
	HVC_EC_SVE = 0x19, /**< SVE trapped by CPTR_EL2 or CPACR_EL1 */
	HVC_EC_IABT_LOWER = 0x20,
	HVC_EC_IABT_SAME = 0x21,
	HVC_EC_PC_ALIGN = 0x22,
	HVC_EC_DABT_LOWER = 0x24,
	HVC_EC_DABT_SAME = 0x25,
	HVC_EC_SP_ALIGN = 0x26,
	HVC_EC_BRK64 = 0x3c,
};

/** ISS of a Data Abort that is an Alignment fault: DFSC (Arm ARM D24, ESR_ELx). */
#define HVC_ESR_ALIGNMENT UINT64_C(0x21)

/** Vector table group, in manual order; each is 0x200 bytes (Arm ARM D1.3.1.5). */
enum hvc_vector_group {
	HVC_GROUP_CURRENT_SP0 = 0, /**< 0x000: same level, SP_EL0 */
	HVC_GROUP_CURRENT_SPX = 1, /**< 0x200: same level, SP_ELx */
	HVC_GROUP_LOWER_A64 = 2,   /**< 0x400 */
	HVC_GROUP_LOWER_A32 = 3,   /**< 0x600 */
};

/** PSTATE and SPSR_ELx bits of AArch64 state (Arm ARM C5.2.18). */
#define HVC_PSTATE_NZCV   UINT64_C(0xf0000000)
#define HVC_PSTATE_TCO    (UINT64_C(1) << 25)
#define HVC_PSTATE_DIT    (UINT64_C(1) << 24)
#define HVC_PSTATE_UAO    (UINT64_C(1) << 23)
#define HVC_PSTATE_PAN    (UINT64_C(1) << 22)
#define HVC_PSTATE_SS     (UINT64_C(1) << 21)
#define HVC_PSTATE_IL     (UINT64_C(1) << 20)
#define HVC_PSTATE_ALLINT (UINT64_C(1) << 13)
#define HVC_PSTATE_SSBS   (UINT64_C(1) << 12)
#define HVC_PSTATE_BTYPE  UINT64_C(0xc00)
#define HVC_PSTATE_DAIF   UINT64_C(0x3c0)
#define HVC_PSTATE_NRW    (UINT64_C(1) << 4)
#define HVC_PSTATE_EL     UINT64_C(0xc)
#define HVC_PSTATE_SP     UINT64_C(1)
#define HVC_PSTATE_M      UINT64_C(0x1f)

#define HVC_SCR_NS          (UINT64_C(1) << 0)
#define HVC_SCR_SMD         (UINT64_C(1) << 7)
#define HVC_SCR_HCE         (UINT64_C(1) << 8)
#define HVC_SCR_RW          (UINT64_C(1) << 10)
#define HVC_SCR_EEL2        (UINT64_C(1) << 18)
#define HVC_HCR_TSC         (UINT64_C(1) << 19)
#define HVC_HCR_TGE         (UINT64_C(1) << 27)
#define HVC_HCR_HCD         (UINT64_C(1) << 29)
#define HVC_HCR_RW          (UINT64_C(1) << 31)
#define HVC_HCR_E2H         (UINT64_C(1) << 34)
#define HVC_SCTLR_SPAN      (UINT64_C(1) << 23)
#define HVC_HSCTLR_TE       (UINT64_C(1) << 30) /**< of Hyp mode: exceptions are taken in T32 state */
#define HVC_SCTLR_DSSBS     (UINT64_C(1) << 44)
#define HVC_SCTLR_SPINTMASK (UINT64_C(1) << 62)

/** A64 word of `HVC #imm`: 0xd4000002 | imm16 << 5. */
static inline uint32_t hvc_arch_encode(uint16_t imm)
{
	return UINT32_C(0xd4000002) | (uint32_t)imm << 5;
}

/** A64 word of `SMC #imm`. */
static inline uint32_t hvc_arch_encode_smc(uint16_t imm)
{
	return UINT32_C(0xd4000003) | (uint32_t)imm << 5;
}

/** True iff word is an A64 HVC; then *imm holds its immediate. imm may be NULL. */
static inline bool hvc_arch_decode(uint32_t word, uint16_t *imm)
{
	if ((word & UINT32_C(0xffe0001f)) != UINT32_C(0xd4000002))
		return false;
	if (imm)
		*imm = (uint16_t)(word >> 5);
	return true;
}

/** ESR_ELx.IL: a 32-bit instruction, or an exception that is of none. */
#define HVC_ESR_IL (UINT64_C(1) << 25)
/** ESR_ELx of an Illegal Execution state: EC 0x0e, IL 1. */
#define HVC_ESR_ILLEGAL ((uint64_t)HVC_EC_ILLEGAL << 26 | HVC_ESR_IL)

/** ESR_ELx of an HVC from AArch64: EC 0x16, IL 1, ISS[15:0] = imm (0x5a000000 | imm). */
static inline uint64_t hvc_arch_esr(uint16_t imm)
{
	return (uint64_t)HVC_EC_HVC64 << 26 | HVC_ESR_IL | imm;
}

/** Exception class of a syndrome, 0..63. */
static inline unsigned hvc_arch_ec(uint64_t esr)
{
	return (unsigned)(esr >> 26 & 0x3f);
}

/** Offset of a group's synchronous slot: 0x000, 0x200, 0x400 or 0x600. */
static inline unsigned hvc_arch_vector(enum hvc_vector_group group)
{
	return (unsigned)group * 0x200u;
}

/** Exception level of a PSTATE or SPSR value in AArch64 state, 0..3. */
static inline unsigned hvc_arch_el(uint64_t pstate)
{
	return (unsigned)(pstate >> 2 & 3);
}

#endif
