/* SPDX-License-Identifier: MIT */
/**
 * Callers in AArch32 state for unicorn_entry.h.
 *
 * An engine of UC_ARCH_ARM64 executes AArch32 code after an ERET to it, but shows and takes the
 * registers of AArch64 state only, and has no way back. So such code runs in an engine of its own,
 * of UC_ARCH_ARM, and EL2 in the one that hvc_uc_attach knows:
 *
 *   in the UC_HOOK_INTR of the first, number 11 (HVC): uc_emu_stop
 *   hvc_uc_call_aarch32(&entry, arm)      the exception: to slot 0x600 of EL2
 *   hvc_uc_run(&entry, eret)              EL2's handler, up to its ERET
 *   hvc_uc_eret_aarch32(&entry, arm)      registers, PSR and PC of the first are those to go on
 * with
 *
 * For HVC not to be UNDEFINED there, its SCR has NS and HCE set (0x101, p15,0,c1,c1,0).
 */
#ifndef HVCHECK_UNICORN_AARCH32_H
#define HVCHECK_UNICORN_AARCH32_H

#include "hvcheck/aarch32.h"
#include "hvcheck/unicorn_entry.h"

/* The modes that have registers of their own; x15 is Hyp mode's. */
static const unsigned hvc_uc_banks[] = {HVC_MODE_USR, HVC_MODE_FIQ, HVC_MODE_IRQ,
                                        HVC_MODE_SVC, HVC_MODE_ABT, HVC_MODE_UND};

static inline int hvc_uc_r(unsigned n)
{
	return n < 13 ? UC_ARM_REG_R0 + (int)n : n == 13 ? UC_ARM_REG_SP : UC_ARM_REG_LR;
}

/*
 * All of r0 to r14, in every bank, out of an engine of UC_ARCH_ARM, or into it. x has them where
 * AArch64 state does (hvc_aarch32_x). The mode is what it was.
 */
static inline void hvc_uc_move_aarch32(uc_engine *arm, uint64_t x[31], bool in)
{
	uint32_t cpsr = 0, value = 0;

	uc_reg_read(arm, UC_ARM_REG_CPSR, &cpsr);
	for (size_t i = 0; i < sizeof(hvc_uc_banks) / sizeof(hvc_uc_banks[0]); i++) {
		uint32_t bank = (cpsr & ~(uint32_t)HVC_PSR_M) | hvc_uc_banks[i];

		uc_reg_write(arm, UC_ARM_REG_CPSR, &bank);
		for (unsigned n = i ? 8 : 0; n < 15; n++) {
			uint64_t *at = &x[hvc_aarch32_x(hvc_uc_banks[i], n)];

			value = (uint32_t)*at;
			if (in)
				uc_reg_write(arm, hvc_uc_r(n), &value);
			else if (uc_reg_read(arm, hvc_uc_r(n), &value) == UC_ERR_OK)
				*at = value;
		}
	}
	uc_reg_write(arm, UC_ARM_REG_CPSR, &cpsr);
}

/**
 * Take at EL2 of the entry's engine the HVC, or the SMC that HCR_EL2.TSC traps, that has stopped
 * the other engine, whose PC is behind it. Bits 63:32 of x0 to x30 are left as they are, which an
 * implementation may; HCR_EL2.RW is cleared. False: the instruction is neither, or UNDEFINED, or
 * goes to EL3.
 */
static inline bool hvc_uc_call_aarch32(struct hvc_uc_entry *entry, uc_engine *arm)
{
	struct hvc_uc_cpu *cpu = &entry->cpu;
	uint64_t x[31] = {0};
	uint32_t psr = 0, pc = 0, word = 0;
	struct hvc_entry to;
	struct hvc_pe pe;
	uint16_t imm;
	bool t32;

	uc_reg_read(arm, UC_ARM_REG_CPSR, &psr);
	uc_reg_read(arm, UC_ARM_REG_PC, &pc);
	t32 = (psr & HVC_PSR_T) != 0;
	hvc_uc_pe(entry, &pe);
	pe.pc = pc - 4;
	pe.pstate = psr;
	pe.hcr_el2 &= ~HVC_HCR_RW;
	if (uc_mem_read(arm, pe.pc, &word, sizeof(word)) != UC_ERR_OK)
		return false;
	word = t32 ? hvc_aarch32_swap_t32(word) : word;
	if (t32 ? hvc_aarch32_decode_t32(word, &imm) : hvc_aarch32_decode_a32(word, &imm)) {
		if (hvc_exception_hvc_is_undefined(&pe))
			return false;
		hvc_exception_hvc(&pe, imm, &to);
	} else if (!(t32 ? hvc_aarch32_decode_smc_t32(word, &imm)
	                 : hvc_aarch32_decode_smc_a32(word, &imm, NULL)) ||
	           !hvc_exception_smc(&pe, imm, &to)) {
		return false;
	}
	hvc_uc_move_aarch32(arm, x, false);
	for (unsigned n = 0; n < 31; n++) {
		int reg = n < 29 ? UC_ARM64_REG_X0 + (int)n : UC_ARM64_REG_X29 + (int)(n - 29);
		uint64_t upper = hvc_uc_get(cpu, reg) & ~(uint64_t)UINT32_MAX;

		hvc_uc_set(cpu, reg, upper | x[n]);
	}
	hvc_uc_set_sys(cpu, HVC_UC_HCR_EL2, pe.hcr_el2);
	hvc_uc_set(cpu, UC_ARM64_REG_ESR_EL2, to.esr);
	hvc_uc_set(cpu, UC_ARM64_REG_ELR_EL2, to.elr);
	hvc_uc_set_sys(cpu, HVC_UC_SPSR(2), to.spsr);
	entry->taken++;
	return hvc_uc_move(cpu, to.vector, to.pstate);
}

/**
 * EL2 is at an ERET that has not been executed. True: it goes to AArch32 state, and the other
 * engine has all that it goes on with; the program starts it at *pc (bit 0 is set for T32, as
 * uc_emu_start wants it). False: it is an ERET to AArch64 state, or an illegal one.
 */
static inline bool hvc_uc_eret_aarch32(struct hvc_uc_entry *entry, uc_engine *arm, uint64_t *pc)
{
	struct hvc_uc_cpu *cpu = &entry->cpu;
	uint64_t spsr = hvc_uc_get_sys(cpu, HVC_UC_SPSR(2)), x[31];
	struct hvc_return to;
	struct hvc_pe pe;
	uint32_t psr, at;

	hvc_uc_pe(entry, &pe);
	hvc_exception_return(&pe, hvc_uc_get(cpu, UC_ARM64_REG_ELR_EL2), spsr, &to);
	if (to.illegal || !(spsr & HVC_PSTATE_NRW))
		return false;
	for (unsigned n = 0; n < 31; n++)
		x[n] = hvc_uc_get(cpu, n < 29 ? UC_ARM64_REG_X0 + (int)n
		                              : UC_ARM64_REG_X29 + (int)(n - 29));
	hvc_uc_move_aarch32(arm, x, true);
	psr = (uint32_t)to.pstate;
	at = (uint32_t)to.pc;
	uc_reg_write(arm, UC_ARM_REG_CPSR, &psr);
	*pc = at | (psr & HVC_PSR_T ? 1 : 0);
	return true;
}

#endif
