/* SPDX-License-Identifier: MIT */
/**
 * Exceptions to Hyp mode for a program's own Unicorn engine of 32 bits (UC_ARCH_ARM), as
 * unicorn_entry.h has those of AArch64 state: an HVC or a trapped SMC enters the guest's table at
 * HVBAR + 0x14; what Hyp mode causes itself (HVC, SVC, UNDEFINED, aborts) the other slots of it.
 * The guest's ERET comes back: Unicorn executes that itself, and right.
 *
 *   struct hvc_uc_hyp hyp = {0};
 *   err = hvc_uc_attach_hyp(&hyp, arm, 0x10000000);    a free page of guest memory, 4 KiB
 *   ... HVBAR, the guest's code ...
 *   hvc_uc_run_hyp(&hyp, begin, until);
 *
 * The CPU model has to have Hyp mode (UC_CPU_ARM_CORTEX_A15). ELR_hyp has no name in Unicorn, so an
 * instruction in the page writes it, which must be executable at that address wherever the guest
 * turned its MMU on. Unicorn hides the syndrome of aborts: they arrive as external ones.
 */
#ifndef HVCHECK_UNICORN_HYP_H
#define HVCHECK_UNICORN_HYP_H

#include <unicorn/unicorn.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "hvcheck/exception.h"

struct hvc_uc_hyp {
	/* To be filled in before hvc_uc_attach_hyp; all zero is fine. */
	/** Called before an exception is taken, which it may change. False: it is not taken. */
	bool (*before)(struct hvc_uc_hyp *hyp, uint32_t number, struct hvc_entry *entry);
	void *ctx; /**< for `before` */

	/* Results. */
	uint64_t taken;   /**< exceptions taken since hvc_uc_attach_hyp */
	uint32_t refused; /**< not 0: Unicorn's number of one that does not go to Hyp mode; the
	                     guest was stopped there */

	/* Of this layer. */
	uc_engine *uc;
	uc_hook hook, undefined;
	uint64_t page;
	bool ended;  /**< the run, for an exception that has been taken */
	bool moving; /**< on the way through the page, */
	uint32_t lr; /**< with LR_usr lent */
	uint32_t psr, pc;
};

static inline uint32_t hvc_uc_hyp_get(const struct hvc_uc_hyp *hyp, int reg)
{
	uint32_t value[2] = {0, 0};

	uc_reg_read(hyp->uc, reg, value);
	return value[0];
}

static inline void hvc_uc_hyp_set(const struct hvc_uc_hyp *hyp, int reg, uint64_t value)
{
	const uint32_t low[2] = {(uint32_t)value, 0};

	uc_reg_write(hyp->uc, reg, low);
}

/** A register of CP15 by its names; *value is read, or written where write. */
static inline void hvc_uc_hyp_cp15(const struct hvc_uc_hyp *hyp, uint32_t opc1, uint32_t crn,
                                   uint32_t crm, uint32_t opc2, bool write, uint64_t *value)
{
	uc_arm_cp_reg reg = {15, 0, 0, crn, crm, opc1, opc2, *value};

	if (write)
		uc_reg_write(hyp->uc, UC_ARM_REG_CP_REG, &reg);
	else if (uc_reg_read(hyp->uc, UC_ARM_REG_CP_REG, &reg) == UC_ERR_OK)
		*value = (uint32_t)reg.val;
}

/** What exception.h wants to know of the CPU; pc as Unicorn has it now. */
static inline void hvc_uc_hyp_pe(const struct hvc_uc_hyp *hyp, struct hvc_pe *out)
{
	out->sctlr_el1 = out->vbar_el1 = 0;
	out->features = (unsigned)HVC_FEAT_EL2 | (unsigned)HVC_FEAT_EL3 | (unsigned)HVC_FEAT_HYP;
	out->pc = hvc_uc_hyp_get(hyp, UC_ARM_REG_PC);
	out->pstate = hvc_uc_hyp_get(hyp, UC_ARM_REG_CPSR);
	hvc_uc_hyp_cp15(hyp, 0, 1, 1, 0, false, &out->scr_el3);
	hvc_uc_hyp_cp15(hyp, 4, 1, 1, 0, false, &out->hcr_el2);
	hvc_uc_hyp_cp15(hyp, 4, 1, 0, 0, false, &out->sctlr_el2);
	hvc_uc_hyp_cp15(hyp, 4, 12, 0, 0, false, &out->vbar_el2);
}

/** Take an exception now, in a UC_HOOK_INTR hook: to Hyp mode, through the page. */
static inline void hvc_uc_hyp_take(struct hvc_uc_hyp *hyp, const struct hvc_entry *to)
{
	uint64_t hsr = to->esr;
	uint32_t psr = (uint32_t)to->pstate;

	hvc_uc_hyp_cp15(hyp, 4, 5, 2, 0, true, &hsr);
	/* Unicorn goes to Hyp mode from User mode only. */
	if ((hvc_uc_hyp_get(hyp, UC_ARM_REG_CPSR) & HVC_PSR_M) != HVC_MODE_HYP)
		hvc_uc_hyp_set(hyp, UC_ARM_REG_CPSR, (psr & ~HVC_PSR_M) | HVC_MODE_USR);
	hvc_uc_hyp_set(hyp, UC_ARM_REG_CPSR, psr & ~(HVC_PSR_T | HVC_PSR_E));
	hvc_uc_hyp_set(hyp, UC_ARM_REG_SPSR, to->spsr);
	hyp->lr = hvc_uc_hyp_get(hyp, UC_ARM_REG_LR);
	hyp->psr = psr;
	hyp->pc = (uint32_t)to->vector;
	hyp->moving = true;
	hyp->taken++;
	hvc_uc_hyp_set(hyp, UC_ARM_REG_LR, to->elr);
	hvc_uc_hyp_set(hyp, UC_ARM_REG_PC, hyp->page);
}

/* Of Hyp mode itself. */
static inline bool hvc_uc_hyp_own(uint32_t number, struct hvc_pe *pe, uint32_t word,
                                  struct hvc_entry *to)
{
	bool t32 = (pe->pstate & HVC_PSR_T) != 0;
	uint64_t il = (uint64_t)1 << 25, elr = pe->pc, esr;

	switch (number) {
	case 1:
		esr = (uint64_t)HVC_EC_UNKNOWN << 26 | il;
		break;
	case 2:
		pe->pc -= t32 ? 2 : 4;
		esr = (uint64_t)HVC_EC_SVC32 << 26 |
		      (t32 ? word >> 16 & 0xff : il | (word & 0xffff));
		break;
	case 3:
	case 7:
		esr = (uint64_t)HVC_EC_IABT_SAME << 26 | il | 0x10;
		break;
	case 4:
		esr = (uint64_t)HVC_EC_DABT_SAME << 26 | il | 0x10;
		break;
	default:
		return false;
	}
	hvc_exception_take(pe, 2, esr, elr, to);
	return true;
}

/* The exception behind Unicorn's number; false: it does not go to Hyp mode. */
static inline bool hvc_uc_hyp_identify(const struct hvc_uc_hyp *hyp, uint32_t number,
                                       struct hvc_entry *to)
{
	struct hvc_pe pe;
	uint32_t word = 0;
	uint16_t imm = 0;
	bool t32;

	hvc_uc_hyp_pe(hyp, &pe);
	t32 = (pe.pstate & HVC_PSR_T) != 0;
	if (number == 11 || number == 2)
		uc_mem_read(hyp->uc, pe.pc - 4, &word, sizeof(word));
	if (number == 11) {
		pe.pc -= 4;
		if (!(t32 ? hvc_aarch32_decode_t32(hvc_aarch32_swap_t32(word), &imm)
		          : hvc_aarch32_decode_a32(word, &imm)) ||
		    hvc_exception_hvc_is_undefined(&pe))
			return false;
		hvc_exception_hvc(&pe, imm, to);
		return true;
	}
	if (number == 12)
		return hvc_exception_smc(&pe, 0, to) && to->target_el == 2;
	return hvc_exception_el(pe.pstate) == 2 && hvc_uc_hyp_own(number, &pe, word, to);
}

/* The hook. */
static inline void hvc_uc_on_hyp_exception(uc_engine *uc, uint32_t number, void *ctx)
{
	struct hvc_uc_hyp *hyp = (struct hvc_uc_hyp *)ctx;
	struct hvc_entry to;

	if (number == 2 && hyp->moving && hvc_uc_hyp_get(hyp, UC_ARM_REG_PC) == hyp->page + 8) {
		hyp->moving = false;
		hvc_uc_hyp_set(hyp, UC_ARM_REG_LR, hyp->lr);
		hvc_uc_hyp_set(hyp, UC_ARM_REG_CPSR, hyp->psr);
		hvc_uc_hyp_set(hyp, UC_ARM_REG_PC, hyp->pc | (hyp->psr & HVC_PSR_T ? 1 : 0));
		return;
	}
	if (hvc_uc_hyp_identify(hyp, number, &to)) {
		if (!hyp->before || hyp->before(hyp, number, &to))
			hvc_uc_hyp_take(hyp, &to);
		return;
	}
	hyp->refused = number;
	uc_emu_stop(uc);
}

/* Unicorn has a hook of its own for UNDEFINED instructions of A32 and T32. */
static inline bool hvc_uc_on_hyp_undefined(uc_engine *uc, void *ctx)
{
	struct hvc_uc_hyp *hyp = (struct hvc_uc_hyp *)ctx;

	hvc_uc_on_hyp_exception(uc, 1, hyp);
	hyp->ended = !hyp->refused;
	return hyp->ended;
}

/**
 * uc_emu_start, from where the CPU is where begin is 0 (bit 0 of it: T32). An UNDEFINED instruction
 * ends Unicorn's run, with UC_ERR_OK; this goes on with its handler.
 */
static inline uc_err hvc_uc_run_hyp(struct hvc_uc_hyp *hyp, uint64_t begin, uint64_t until)
{
	uc_err err;

	do {
		if (!begin)
			begin = hvc_uc_hyp_get(hyp, UC_ARM_REG_PC) |
			        (hvc_uc_hyp_get(hyp, UC_ARM_REG_CPSR) & HVC_PSR_T ? 1u : 0u);
		hyp->ended = false;
		err = uc_emu_start(hyp->uc, begin, until, 0, 0);
		begin = 0;
	} while (err == UC_ERR_OK && hyp->ended);
	return err;
}

/** End what hvc_uc_attach_hyp began, but for the page; before uc_close. */
static inline void hvc_uc_detach_hyp(struct hvc_uc_hyp *hyp)
{
	if (hyp->hook)
		uc_hook_del(hyp->uc, hyp->hook);
	if (hyp->undefined)
		uc_hook_del(hyp->uc, hyp->undefined);
	hyp->hook = hyp->undefined = 0;
}

/**
 * Deliver the exceptions of an engine from now on. Maps the page at that address, with two
 * instructions; sets SCR.{NS,HCE}, without which an HVC is UNDEFINED. hyp stays the caller's and
 * must not move until hvc_uc_detach_hyp.
 */
static inline uc_err hvc_uc_attach_hyp(struct hvc_uc_hyp *hyp, uc_engine *uc, uint64_t page)
{
	static const uint32_t code[2] = {0xe12ef30e, 0xef000000}; /* msr elr_hyp, lr; svc #0 */
	union {
		void (*function)(uc_engine *, uint32_t, void *);
		bool (*undefined)(uc_engine *, void *);
		void *object;
	} hook, undefined;
	uint64_t scr = 0;
	uc_err err;

	hyp->uc = uc;
	hyp->page = page;
	hyp->taken = 0;
	hyp->refused = 0;
	hyp->moving = hyp->ended = false;
	hyp->hook = hyp->undefined = 0;
	undefined.undefined = hvc_uc_on_hyp_undefined;
	hook.function = hvc_uc_on_hyp_exception;
	hvc_uc_hyp_cp15(hyp, 0, 1, 1, 0, false, &scr);
	scr |= HVC_SCR_NS | HVC_SCR_HCE;
	hvc_uc_hyp_cp15(hyp, 0, 1, 1, 0, true, &scr);
	err = uc_mem_map(uc, page, 0x1000, UC_PROT_READ | UC_PROT_EXEC);
	if (err == UC_ERR_OK)
		err = uc_mem_write(uc, page, code, sizeof(code));
	if (err == UC_ERR_OK)
		err = uc_hook_add(uc, &hyp->hook, UC_HOOK_INTR, hook.object, hyp, (uint64_t)1,
		                  (uint64_t)0);
	if (err == UC_ERR_OK)
		err = uc_hook_add(uc, &hyp->undefined, UC_HOOK_INSN_INVALID, undefined.object, hyp,
		                  (uint64_t)1, (uint64_t)0);
	return err;
}

#endif
