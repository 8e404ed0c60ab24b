/* SPDX-License-Identifier: MIT */
/**
 * AArch32 facts as small inline functions: encodings of HVC and SMC, the PSR and its modes, and
 * where the registers of AArch32 state are in AArch64 state.
 *
 * Sources: Arm ARM (DDI 0487) F5.1 HVC and SMC, G8.2 CPSR, C5.2.18 SPSR_EL2 (from AArch32 state),
 * D1.20.1 (mapping of the general-purpose registers). Encodings checked with GNU as.
 */
#ifndef HVCHECK_AARCH32_H
#define HVCHECK_AARCH32_H

#include <stdbool.h>
#include <stdint.h>

/** PSR bits, as CPSR, SPSR_<mode> and an SPSR_ELx of an exception from AArch32 have them. */
#define HVC_PSR_NZCV  UINT64_C(0xf0000000)
#define HVC_PSR_Q     (UINT64_C(1) << 27)
#define HVC_PSR_IT_LO UINT64_C(0x06000000) /**< IT[1:0] */
#define HVC_PSR_DIT   (UINT64_C(1) << 24)  /**< J before Armv8, which has no Jazelle state */
#define HVC_PSR_SSBS  (UINT64_C(1) << 23)
#define HVC_PSR_PAN   (UINT64_C(1) << 22)
#define HVC_PSR_SS    (UINT64_C(1) << 21) /**< in an SPSR_ELx only */
#define HVC_PSR_IL    (UINT64_C(1) << 20)
#define HVC_PSR_GE    UINT64_C(0x000f0000)
#define HVC_PSR_IT_HI UINT64_C(0x0000fc00) /**< IT[7:2] */
#define HVC_PSR_E     (UINT64_C(1) << 9)
#define HVC_PSR_AIF   UINT64_C(0x1c0)
#define HVC_PSR_T     (UINT64_C(1) << 5)
#define HVC_PSR_M     UINT64_C(0x1f)

/** PSR.M. Bit 4 of it is PSTATE.nRW, set in AArch32 state. */
enum hvc_mode32 {
	HVC_MODE_USR = 0x10,
	HVC_MODE_FIQ = 0x11,
	HVC_MODE_IRQ = 0x12,
	HVC_MODE_SVC = 0x13,
	HVC_MODE_MON = 0x16, /**< EL3, where that uses AArch32 */
	HVC_MODE_ABT = 0x17,
	HVC_MODE_HYP = 0x1a, /**< EL2 */
	HVC_MODE_UND = 0x1b,
	HVC_MODE_SYS = 0x1f,
};

/** Exception level of a mode below an EL3 that uses AArch64, 0..2; 3: no such mode there. */
static inline unsigned hvc_aarch32_el(unsigned mode)
{
	switch (mode) {
	case HVC_MODE_USR:
		return 0;
	case HVC_MODE_HYP:
		return 2;
	case HVC_MODE_FIQ:
	case HVC_MODE_IRQ:
	case HVC_MODE_SVC:
	case HVC_MODE_ABT:
	case HVC_MODE_UND:
	case HVC_MODE_SYS:
		return 1;
	default:
		return 3;
	}
}

/** A32 word of `HVC #imm`: condition AL, imm16[15:4] in bits 19:8, imm16[3:0] in 3:0. */
static inline uint32_t hvc_aarch32_encode_a32(uint16_t imm)
{
	return UINT32_C(0xe1400070) | (uint32_t)(imm >> 4) << 8 | (imm & 15u);
}

/** T32 `HVC #imm`, the first halfword in bits 31:16: imm16[15:12] in its bits 3:0. */
static inline uint32_t hvc_aarch32_encode_t32(uint16_t imm)
{
	return UINT32_C(0xf7e08000) | (uint32_t)(imm >> 12) << 16 | (imm & 0xfffu);
}

/** `SMC #imm`, imm 0..15: the A32 word (condition AL), and T32 as above. */
static inline uint32_t hvc_aarch32_encode_smc_a32(unsigned imm)
{
	return UINT32_C(0xe1600070) | (imm & 15u);
}

static inline uint32_t hvc_aarch32_encode_smc_t32(unsigned imm)
{
	return UINT32_C(0xf7f08000) | (uint32_t)(imm & 15u) << 16;
}

/** A 32-bit T32 instruction as the little-endian word that it is in memory, and back. */
static inline uint32_t hvc_aarch32_swap_t32(uint32_t halfwords)
{
	return halfwords << 16 | halfwords >> 16;
}

/**
 * True iff word is an A32 HVC; then *imm holds its immediate. imm may be NULL. Every condition but
 * AL is CONSTRAINED UNPREDICTABLE, and is none here.
 */
static inline bool hvc_aarch32_decode_a32(uint32_t word, uint16_t *imm)
{
	if ((word & UINT32_C(0xfff000f0)) != UINT32_C(0xe1400070))
		return false;
	if (imm)
		*imm = (uint16_t)((word >> 4 & 0xfff0) | (word & 15));
	return true;
}

/** The same of T32, the first halfword in bits 31:16. */
static inline bool hvc_aarch32_decode_t32(uint32_t word, uint16_t *imm)
{
	if ((word & UINT32_C(0xfff0f000)) != UINT32_C(0xf7e08000))
		return false;
	if (imm)
		*imm = (uint16_t)((word >> 4 & 0xf000) | (word & 0xfff));
	return true;
}

/** True iff word is an A32 SMC, of any condition; *condition (bits 31:28) may be NULL, as *imm. */
static inline bool hvc_aarch32_decode_smc_a32(uint32_t word, uint16_t *imm, unsigned *condition)
{
	if ((word & UINT32_C(0x0ffffff0)) != UINT32_C(0x01600070) || word >> 28 == 15)
		return false;
	if (imm)
		*imm = word & 15;
	if (condition)
		*condition = word >> 28;
	return true;
}

static inline bool hvc_aarch32_decode_smc_t32(uint32_t word, uint16_t *imm)
{
	if ((word & UINT32_C(0xfff0ffff)) != UINT32_C(0xf7f08000))
		return false;
	if (imm)
		*imm = word >> 16 & 15;
	return true;
}

/**
 * The xN that holds rN of a mode, n 0..14 (Arm ARM D1.20.1): x0..x14 are those of User mode, x15
 * is SP_hyp, and from x16 on come the banked ones. Hyp mode has the LR of User mode.
 */
static inline unsigned hvc_aarch32_x(unsigned mode, unsigned n)
{
	if (mode == HVC_MODE_FIQ && n >= 8)
		return n + 16;
	if (n < 13)
		return n;
	switch (mode) {
	case HVC_MODE_HYP:
		return n == 13 ? 15 : 14;
	case HVC_MODE_IRQ:
		return n == 13 ? 17 : 16;
	case HVC_MODE_SVC:
		return n == 13 ? 19 : 18;
	case HVC_MODE_ABT:
		return n == 13 ? 21 : 20;
	case HVC_MODE_UND:
		return n == 13 ? 23 : 22;
	default:
		return n;
	}
}

#define HVC_AARCH32_VECTORS_SIZE 0x20u /**< bytes: 8 vectors of 4 */
#define HVC_AARCH32_UNDEFINED    4u    /**< offset of the Undefined Instruction vector */

/**
 * The vectors of EL1 in AArch32 state: VBAR, which is VBAR_EL1[31:0], or the high ones where
 * SCTLR.V, bit 13 of SCTLR_EL1, is set (Arm ARM G1.12.1).
 */
static inline uint64_t hvc_aarch32_vectors(uint64_t vbar_el1, uint64_t sctlr_el1)
{
	return sctlr_el1 >> 13 & 1 ? UINT64_C(0xffff0000) : vbar_el1 & UINT64_C(0xffffffe0);
}

/** PSR.IT[7:0], zero outside of IT blocks, and a PSR with it changed. */
static inline unsigned hvc_aarch32_it(uint64_t psr)
{
	return (unsigned)((psr >> 8 & 0xfc) | (psr >> 25 & 3));
}

static inline uint64_t hvc_aarch32_set_it(uint64_t psr, unsigned it)
{
	return (psr & ~(HVC_PSR_IT_HI | HVC_PSR_IT_LO)) | (uint64_t)(it & 0xfc) << 8 |
	       (uint64_t)(it & 3) << 25;
}

/** ITAdvance(): the IT state of the next instruction. */
static inline unsigned hvc_aarch32_it_advance(unsigned it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

#endif
