/* SPDX-License-Identifier: MIT */
/**
 * Exception entry to AArch64 state and return from it as pure functions of state: no engine, no
 * memory. EL0 and EL1 may be in AArch32 state, EL2 and EL3 are not.
 *
 * Sources: Arm ARM pseudocode AArch64.CallHypervisor, AArch64.TakeException,
 * AArch64.ReportException, AArch64.UndefinedFault, AArch64.ExceptionReturn, AArch32 HVC and SMC,
 * read in the Sail model (rems-project/sail-arm, arm-v9.4-a).
 */
#ifndef HVCHECK_EXCEPTION_H
#define HVCHECK_EXCEPTION_H

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "hvcheck/hvc.h"

/** What the PE implements; decides which PSTATE fields exist. */
enum hvc_feature {
	HVC_FEAT_EL2 = 1 << 0,
	HVC_FEAT_EL3 = 1 << 1,
	HVC_FEAT_PAN = 1 << 2,
	HVC_FEAT_UAO = 1 << 3,
	HVC_FEAT_SSBS = 1 << 4,
	HVC_FEAT_MTE = 1 << 5,
	HVC_FEAT_NMI = 1 << 6,
	HVC_FEAT_SEL2 = 1 << 7,
	HVC_FEAT_VHE = 1 << 8,
	HVC_FEAT_HYP = 1 << 9, /**< EL2 uses AArch32: entries to it are those of Hyp mode */
};

/** The part of PE state that entry and return read. */
struct hvc_pe {
	unsigned features; /**< enum hvc_feature bits */
	uint64_t pc;       /**< address of the instruction */
	uint64_t pstate;   /**< in SPSR_ELx layout, M included: M[4] set in AArch32 state */
	uint64_t scr_el3;  /**< ignored without HVC_FEAT_EL3 (then non-secure) */
	uint64_t hcr_el2;
	uint64_t sctlr_el1;
	uint64_t sctlr_el2;
	uint64_t vbar_el1;
	uint64_t vbar_el2;
};

/** The effect of taking an exception. */
struct hvc_entry {
	unsigned target_el; /**< 1..3 */
	uint64_t vector;    /**< new PC */
	uint64_t esr;       /**< ESR_ELx of the target */
	uint64_t elr;       /**< ELR_ELx of the target: preferred return address */
	uint64_t spsr;      /**< SPSR_ELx of the target */
	uint64_t pstate;    /**< new PSTATE in SPSR layout */
};

/** The PSTATE bits that this PE implements; the others read and are written as zero. */
HVC_API uint64_t hvc_exception_pstate(const struct hvc_pe *pe);

/** Exception level of a PSTATE or SPSR value in either state; 3 for M that is no mode of AArch32.
 */
static inline unsigned hvc_exception_el(uint64_t pstate)
{
	return pstate & HVC_PSTATE_NRW ? hvc_aarch32_el((unsigned)(pstate & HVC_PSR_M))
	                               : hvc_arch_el(pstate);
}

/** True iff HVC is UNDEFINED in this state (Arm ARM C6.2 HVC, operation). */
HVC_API bool hvc_exception_hvc_is_undefined(const struct hvc_pe *pe);

/**
 * Execute `HVC #imm`: to EL2 (EL3 when executed there) with EC 0x16, or 0x12 from AArch32 state,
 * ELR = pc + 4; where it is UNDEFINED, the Undefined exception instead (EC 0, ELR = pc). Never
 * fails. In an IT block it executes as outside of one, which is one of the choices there
 * (CONSTRAINED UNPREDICTABLE), and SPSR has the IT state of the instruction behind it.
 */
HVC_API void hvc_exception_hvc(const struct hvc_pe *pe, uint16_t imm, struct hvc_entry *out);

/**
 * Execute `SMC #imm` at EL1 trapped by HCR_EL2.TSC: to EL2 with EC 0x17, or 0x13 from AArch32
 * state (without the immediate, of an instruction that passes its condition), ELR = pc.
 * Returns false and leaves out alone where it is not trapped (the SMC goes to EL3, or is
 * UNDEFINED).
 */
HVC_API bool hvc_exception_smc(const struct hvc_pe *pe, uint16_t imm, struct hvc_entry *out);
/** Take any other exception of A64 state to EL2, with this syndrome and imm in its bits 15:0. */
HVC_API void hvc_exception_trap(const struct hvc_pe *pe, uint32_t esr, uint16_t imm,
                                struct hvc_entry *out);

/** Take an exception with syndrome esr and return address elr to target_el (1 or 2). */
HVC_API void hvc_exception_take(const struct hvc_pe *pe, unsigned target_el, uint64_t esr,
                                uint64_t elr, struct hvc_entry *out);

/** The effect of an ERET. */
struct hvc_return {
	bool illegal; /**< illegal exception return: PSTATE.IL set, level kept */
	uint64_t pc;
	uint64_t pstate; /**< in SPSR layout; where illegal, UNKNOWN fields are kept */
};

/**
 * Execute ERET at the level of pe->pstate (EL1..EL3, AArch64 state) with the given ELR and SPSR
 * values of that level. In AArch32 state pc has 32 bits and is aligned as the instruction set asks.
 */
HVC_API void hvc_exception_return(const struct hvc_pe *pe, uint64_t elr, uint64_t spsr,
                                  struct hvc_return *out);

#endif
