/* SPDX-License-Identifier: MIT */
/**
 * Registers: one enum for everything an outcome records, one row a register.
 *
 * The row order is the order of reports. Encodings are op0, op1, CRn, CRm, op2 of MRS/MSR
 * (Arm ARM D24). `mask` selects the bits that software may rely on: VBAR_ELx[10:0] is RES0 and
 * implementations differ in what they read back, so those bits are never compared. "pstate" is the
 * rest of PSTATE as callers have it: PAN, UAO, SSBS, DIT, TCO and BTYPE; in AArch32 state Q, IT,
 * DIT, SSBS, PAN, IL, GE and T.
 */
#ifndef HVCHECK_REG_H
#define HVCHECK_REG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hvcheck/hvc.h"

/** How a register is reached, and what an exception does to it. */
enum hvc_reg_class {
	HVC_CLASS_GPR,       /**< x0..x30 */
	HVC_CLASS_PSTATE,    /**< nzcv, daif, pstate: parts of PSTATE, restored by ERET */
	HVC_CLASS_SP,        /**< banked stack pointers */
	HVC_CLASS_SYS,       /**< system register */
	HVC_CLASS_EXCEPTION, /**< written by taking an exception to EL2, or UNKNOWN after it */
};

#define HVC_MASK_ALL  UINT64_MAX
#define HVC_MASK_VBAR (~UINT64_C(0x7ff))

/* R(ID, name, class, op0, op1, crn, crm, op2, mask); x0..x30 are generated before these rows */
#define HVC_REG_ROWS(R)                                                        \
	R(NZCV, "nzcv", PSTATE, 3, 3, 4, 2, 0, UINT64_C(0xf0000000))           \
	R(DAIF, "daif", PSTATE, 3, 3, 4, 2, 1, UINT64_C(0x3c0))                \
	R(PSTATE, "pstate", PSTATE, 0, 0, 0, 0, 0, UINT64_C(0x0fdffc20))       \
	R(SP_EL0, "sp_el0", SP, 3, 0, 4, 1, 0, HVC_MASK_ALL)                   \
	R(SP_EL1, "sp_el1", SP, 3, 4, 4, 1, 0, HVC_MASK_ALL)                   \
	R(SP_EL2, "sp_el2", SP, 3, 6, 4, 1, 0, HVC_MASK_ALL)                   \
	R(VBAR_EL2, "vbar_el2", SYS, 3, 4, 12, 0, 0, HVC_MASK_VBAR)            \
	R(HCR_EL2, "hcr_el2", SYS, 3, 4, 1, 1, 0, HVC_MASK_ALL)                \
	R(SCTLR_EL2, "sctlr_el2", SYS, 3, 4, 1, 0, 0, HVC_MASK_ALL)            \
	R(ACTLR_EL2, "actlr_el2", SYS, 3, 4, 1, 0, 1, HVC_MASK_ALL)            \
	R(CPTR_EL2, "cptr_el2", SYS, 3, 4, 1, 1, 2, HVC_MASK_ALL)              \
	R(MDCR_EL2, "mdcr_el2", SYS, 3, 4, 1, 1, 1, HVC_MASK_ALL)              \
	R(HSTR_EL2, "hstr_el2", SYS, 3, 4, 1, 1, 3, HVC_MASK_ALL)              \
	R(HACR_EL2, "hacr_el2", SYS, 3, 4, 1, 1, 7, HVC_MASK_ALL)              \
	R(ZCR_EL2, "zcr_el2", SYS, 3, 4, 1, 2, 0, HVC_MASK_ALL)                \
	R(TTBR0_EL2, "ttbr0_el2", SYS, 3, 4, 2, 0, 0, HVC_MASK_ALL)            \
	R(TTBR1_EL2, "ttbr1_el2", SYS, 3, 4, 2, 0, 1, HVC_MASK_ALL)            \
	R(TCR_EL2, "tcr_el2", SYS, 3, 4, 2, 0, 2, HVC_MASK_ALL)                \
	R(VTTBR_EL2, "vttbr_el2", SYS, 3, 4, 2, 1, 0, HVC_MASK_ALL)            \
	R(VTCR_EL2, "vtcr_el2", SYS, 3, 4, 2, 1, 2, HVC_MASK_ALL)              \
	R(MAIR_EL2, "mair_el2", SYS, 3, 4, 10, 2, 0, HVC_MASK_ALL)             \
	R(AMAIR_EL2, "amair_el2", SYS, 3, 4, 10, 3, 0, HVC_MASK_ALL)           \
	R(CONTEXTIDR_EL2, "contextidr_el2", SYS, 3, 4, 13, 0, 1, HVC_MASK_ALL) \
	R(TPIDR_EL2, "tpidr_el2", SYS, 3, 4, 13, 0, 2, HVC_MASK_ALL)           \
	R(VPIDR_EL2, "vpidr_el2", SYS, 3, 4, 0, 0, 0, HVC_MASK_ALL)            \
	R(VMPIDR_EL2, "vmpidr_el2", SYS, 3, 4, 0, 0, 5, HVC_MASK_ALL)          \
	R(CNTHCTL_EL2, "cnthctl_el2", SYS, 3, 4, 14, 1, 0, HVC_MASK_ALL)       \
	R(CNTVOFF_EL2, "cntvoff_el2", SYS, 3, 4, 14, 0, 3, HVC_MASK_ALL)       \
	R(ESR_EL2, "esr_el2", EXCEPTION, 3, 4, 5, 2, 0, HVC_MASK_ALL)          \
	R(ELR_EL2, "elr_el2", EXCEPTION, 3, 4, 4, 0, 1, HVC_MASK_ALL)          \
	R(SPSR_EL2, "spsr_el2", EXCEPTION, 3, 4, 4, 0, 0, HVC_MASK_ALL)        \
	R(FAR_EL2, "far_el2", EXCEPTION, 3, 4, 6, 0, 0, HVC_MASK_ALL)          \
	R(HPFAR_EL2, "hpfar_el2", EXCEPTION, 3, 4, 6, 0, 4, HVC_MASK_ALL)      \
	R(VBAR_EL1, "vbar_el1", SYS, 3, 0, 12, 0, 0, HVC_MASK_VBAR)            \
	R(SCTLR_EL1, "sctlr_el1", SYS, 3, 0, 1, 0, 0, HVC_MASK_ALL)            \
	R(CPACR_EL1, "cpacr_el1", SYS, 3, 0, 1, 0, 2, HVC_MASK_ALL)            \
	R(TTBR0_EL1, "ttbr0_el1", SYS, 3, 0, 2, 0, 0, HVC_MASK_ALL)            \
	R(TTBR1_EL1, "ttbr1_el1", SYS, 3, 0, 2, 0, 1, HVC_MASK_ALL)            \
	R(TCR_EL1, "tcr_el1", SYS, 3, 0, 2, 0, 2, HVC_MASK_ALL)                \
	R(MAIR_EL1, "mair_el1", SYS, 3, 0, 10, 2, 0, HVC_MASK_ALL)             \
	R(AMAIR_EL1, "amair_el1", SYS, 3, 0, 10, 3, 0, HVC_MASK_ALL)           \
	R(CONTEXTIDR_EL1, "contextidr_el1", SYS, 3, 0, 13, 0, 1, HVC_MASK_ALL) \
	R(TPIDR_EL1, "tpidr_el1", SYS, 3, 0, 13, 0, 4, HVC_MASK_ALL)           \
	R(ESR_EL1, "esr_el1", SYS, 3, 0, 5, 2, 0, HVC_MASK_ALL)                \
	R(ELR_EL1, "elr_el1", SYS, 3, 0, 4, 0, 1, HVC_MASK_ALL)                \
	R(SPSR_EL1, "spsr_el1", SYS, 3, 0, 4, 0, 0, HVC_MASK_ALL)              \
	R(FAR_EL1, "far_el1", SYS, 3, 0, 6, 0, 0, HVC_MASK_ALL)                \
	R(PAR_EL1, "par_el1", SYS, 3, 0, 7, 4, 0, HVC_MASK_ALL)                \
	R(MDSCR_EL1, "mdscr_el1", SYS, 2, 0, 0, 2, 2, HVC_MASK_ALL)            \
	R(CNTKCTL_EL1, "cntkctl_el1", SYS, 3, 0, 14, 1, 0, HVC_MASK_ALL)       \
	R(TPIDR_EL0, "tpidr_el0", SYS, 3, 3, 13, 0, 2, HVC_MASK_ALL)           \
	R(TPIDRRO_EL0, "tpidrro_el0", SYS, 3, 3, 13, 0, 3, HVC_MASK_ALL)       \
	R(SCR_EL3, "scr_el3", SYS, 3, 6, 1, 1, 0, HVC_MASK_ALL)                \
	R(APIAKEYLO_EL1, "apiakeylo_el1", SYS, 3, 0, 2, 1, 0, HVC_MASK_ALL)    \
	R(APIAKEYHI_EL1, "apiakeyhi_el1", SYS, 3, 0, 2, 1, 1, HVC_MASK_ALL)    \
	R(APIBKEYLO_EL1, "apibkeylo_el1", SYS, 3, 0, 2, 1, 2, HVC_MASK_ALL)    \
	R(APIBKEYHI_EL1, "apibkeyhi_el1", SYS, 3, 0, 2, 1, 3, HVC_MASK_ALL)    \
	R(APDAKEYLO_EL1, "apdakeylo_el1", SYS, 3, 0, 2, 2, 0, HVC_MASK_ALL)    \
	R(APDAKEYHI_EL1, "apdakeyhi_el1", SYS, 3, 0, 2, 2, 1, HVC_MASK_ALL)    \
	R(APDBKEYLO_EL1, "apdbkeylo_el1", SYS, 3, 0, 2, 2, 2, HVC_MASK_ALL)    \
	R(APDBKEYHI_EL1, "apdbkeyhi_el1", SYS, 3, 0, 2, 2, 3, HVC_MASK_ALL)    \
	R(APGAKEYLO_EL1, "apgakeylo_el1", SYS, 3, 0, 2, 3, 0, HVC_MASK_ALL)    \
	R(APGAKEYHI_EL1, "apgakeyhi_el1", SYS, 3, 0, 2, 3, 1, HVC_MASK_ALL)

#define HVC_GPR_COUNT 31

enum hvc_reg {
	HVC_REG_X0 = 0, /**< HVC_REG_X0 + n is xn, n 0..30 */
	HVC_REG_X30 = 30,
#define HVC_REG_ENUM_(id, name, class, op0, op1, crn, crm, op2, mask) HVC_REG_##id,
	HVC_REG_ROWS(HVC_REG_ENUM_)
#undef HVC_REG_ENUM_
	        HVC_REG_COUNT,
	HVC_REG_NONE = HVC_REG_COUNT, /**< "no register" */
};

/** One row of the register table. */
struct hvc_reg_info {
	const char *name; /**< Arm ARM spelling, lower case */
	enum hvc_reg_class class_;
	uint8_t encoding[5]; /**< op0, op1, CRn, CRm, op2; zero for x0..x30 */
	uint64_t mask;       /**< bits that are compared */
};

/** The row of a register; reg below HVC_REG_COUNT. The table is constant. */
HVC_API const struct hvc_reg_info *hvc_reg_info(enum hvc_reg reg);

/** Name of a register, "none" for HVC_REG_NONE. Constant string. */
HVC_API const char *hvc_reg_name(enum hvc_reg reg);

/**
 * Register of a name (case is ignored; "lr" is x30), or of a system register of AArch32 that is
 * mapped to it, as hvbar and hsctlr, or as assemblers take any, s3_4_c1_c1_0; HVC_REG_NONE when
 * there is none.
 */
HVC_API enum hvc_reg hvc_reg_find(const char *name);

/**
 * What has no row: q0..q31, FPCR, FPSR, and any other system register. A number of 16 bits, which
 * is the encoding of MRS (op0:op1:CRn:CRm:op2), or 1 + n for qn; 0: none.
 */
typedef uint16_t hvc_other;

#define HVC_OTHER_Q(n) ((hvc_other)(1 + (n)))
#define HVC_OTHER_SYS(op0, op1, crn, crm, op2) \
	((hvc_other)((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2)))
#define HVC_OTHER_FPCR HVC_OTHER_SYS(3, 3, 4, 4, 0)
#define HVC_OTHER_FPSR HVC_OTHER_SYS(3, 3, 4, 4, 1)

/** Most registers that code is said to read. */
#define HVC_READS_MAX 24u

/** A set of registers. Zero-initialise for the empty set. */
struct hvc_regset {
	uint64_t bits[2];
};

static inline bool hvc_regset_has(const struct hvc_regset *set, enum hvc_reg reg)
{
	return set->bits[reg >> 6] >> (reg & 63) & 1;
}

static inline void hvc_regset_add(struct hvc_regset *set, enum hvc_reg reg)
{
	set->bits[reg >> 6] |= UINT64_C(1) << (reg & 63);
}

static inline void hvc_regset_remove(struct hvc_regset *set, enum hvc_reg reg)
{
	set->bits[reg >> 6] &= ~(UINT64_C(1) << (reg & 63));
}

static inline void hvc_regset_merge(struct hvc_regset *set, const struct hvc_regset *other)
{
	set->bits[0] |= other->bits[0];
	set->bits[1] |= other->bits[1];
}

static inline bool hvc_regset_empty(const struct hvc_regset *set)
{
	return !(set->bits[0] | set->bits[1]);
}

static inline bool hvc_regset_equal(const struct hvc_regset *a, const struct hvc_regset *b)
{
	return a->bits[0] == b->bits[0] && a->bits[1] == b->bits[1];
}

/** Values of every register, indexed by enum hvc_reg. */
struct hvc_state {
	uint64_t v[HVC_REG_COUNT];
};

#endif
