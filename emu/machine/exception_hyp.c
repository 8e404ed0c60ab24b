/* SPDX-License-Identifier: MIT */
/* Arm ARM pseudocode AArch32.EnterHypMode and its callers, AArch32.TakeHypTrapException among them.
 */
#include "machine/exception_hyp.h"

#include "hvcheck/aarch32.h"

#define HVBAR_BASE UINT64_C(0xffffffe0)
#define HSCTLR_EE  (UINT64_C(1) << 25)
#define SCR_IRQ    (UINT64_C(1) << 1)
#define SCR_FIQ    (UINT64_C(1) << 2)
#define SCR_EA     (UINT64_C(1) << 3)

/* enum hvc_hyp_slot of an exception with syndrome esr, taken from pstate to Hyp mode. */
static unsigned hyp_slot(uint64_t pstate, uint64_t esr)
{
	if (hvc_exception_el(pstate) < 2)
		return HVC_HYP_TRAP;
	switch (hvc_arch_ec(esr)) {
	case HVC_EC_SVC32:
	case HVC_EC_HVC32:
		return HVC_HYP_CALL;
	case HVC_EC_IABT_SAME:
	case HVC_EC_PC_ALIGN:
		return HVC_HYP_PREFETCH;
	case HVC_EC_DABT_SAME:
		return HVC_HYP_DATA;
	default:
		return HVC_HYP_UNDEFINED;
	}
}

/* Interrupts and aborts that EL3 takes are not masked by Hyp mode. */
static uint64_t masked(const struct hvc_pe *pe)
{
	uint64_t scr = pe->features & HVC_FEAT_EL3 ? pe->scr_el3 : 0;

	return (scr & SCR_EA ? 0 : UINT64_C(0x100)) | (scr & SCR_IRQ ? 0 : UINT64_C(0x80)) |
	       (scr & SCR_FIQ ? 0 : UINT64_C(0x40));
}

void hvc_exception__take_hyp(const struct hvc_pe *pe, uint64_t esr, uint64_t elr,
                             struct hvc_entry *out)
{
	const uint64_t kept = HVC_PSR_NZCV | HVC_PSR_Q | HVC_PSR_DIT | HVC_PSR_SSBS | HVC_PSR_PAN |
	                      HVC_PSR_GE | HVC_PSR_AIF;

	out->target_el = 2;
	out->vector = (pe->vbar_el2 & HVBAR_BASE) + hyp_slot(pe->pstate, esr);
	out->esr = esr;
	out->elr = elr & UINT32_MAX;
	out->spsr = pe->pstate & ~HVC_PSR_SS;
	out->pstate = (pe->pstate & kept) | masked(pe) | HVC_MODE_HYP |
	              (pe->sctlr_el2 & HSCTLR_EE ? HVC_PSR_E : 0) |
	              (pe->sctlr_el2 & HVC_HSCTLR_TE ? HVC_PSR_T : 0);
}
