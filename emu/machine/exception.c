/* SPDX-License-Identifier: MIT */
/*
 * HVC entry, and the way back: AArch64.CallHypervisor, AArch64.TakeException and ERET as functions
 * of state. What the engine has to do for them is call.c's; what the levels are, level.c's.
 */
#include "machine/exception_hyp.h"

#define EC(ec) ((uint64_t)(ec) << 26)

static bool has(const struct hvc_pe *pe, unsigned feature)
{
	return (pe->features & feature) != 0;
}

/* EL2Enabled(): EL2 is there, and the current security state can use it. */
static bool el2_enabled(const struct hvc_pe *pe)
{
	if (!has(pe, HVC_FEAT_EL2))
		return false;
	if (!has(pe, HVC_FEAT_EL3) || pe->scr_el3 & HVC_SCR_NS)
		return true;
	return has(pe, HVC_FEAT_SEL2) && pe->scr_el3 & HVC_SCR_EEL2;
}

/* ELIsInHost(EL2): FEAT_VHE's host regime, in which PAN applies to EL2 too. */
static bool el2_is_host(const struct hvc_pe *pe)
{
	uint64_t both = HVC_HCR_E2H | HVC_HCR_TGE;

	return has(pe, HVC_FEAT_VHE) && el2_enabled(pe) && (pe->hcr_el2 & both) == both;
}

uint64_t hvc_exception_pstate(const struct hvc_pe *pe)
{
	uint64_t bits = HVC_PSTATE_NZCV | HVC_PSTATE_SS | HVC_PSTATE_IL | HVC_PSTATE_DAIF |
	                HVC_PSTATE_EL | HVC_PSTATE_SP | HVC_PSTATE_BTYPE | HVC_PSTATE_DIT;

	if (has(pe, HVC_FEAT_PAN))
		bits |= HVC_PSTATE_PAN;
	if (has(pe, HVC_FEAT_UAO))
		bits |= HVC_PSTATE_UAO;
	if (has(pe, HVC_FEAT_SSBS))
		bits |= HVC_PSTATE_SSBS;
	if (has(pe, HVC_FEAT_MTE))
		bits |= HVC_PSTATE_TCO;
	if (has(pe, HVC_FEAT_NMI))
		bits |= HVC_PSTATE_ALLINT;
	return bits;
}

static uint64_t sctlr(const struct hvc_pe *pe, unsigned el)
{
	return el == 1 ? pe->sctlr_el1 : el == 2 ? pe->sctlr_el2 : 0;
}

/* PSTATE on entry to target_el (Arm ARM AArch64.TakeException). */
static uint64_t entry_pstate(const struct hvc_pe *pe, unsigned target_el)
{
	uint64_t control = sctlr(pe, target_el);
	uint64_t pstate = pe->pstate & (HVC_PSTATE_NZCV | HVC_PSTATE_DIT | HVC_PSTATE_PAN);

	pstate |= HVC_PSTATE_DAIF | HVC_PSTATE_TCO | (uint64_t)target_el << 2 | HVC_PSTATE_SP;
	if (control & HVC_SCTLR_DSSBS)
		pstate |= HVC_PSTATE_SSBS;
	if (!(control & HVC_SCTLR_SPINTMASK))
		pstate |= HVC_PSTATE_ALLINT;
	if ((target_el == 1 || (target_el == 2 && el2_is_host(pe))) && !(control & HVC_SCTLR_SPAN))
		pstate |= HVC_PSTATE_PAN;
	return pstate & hvc_exception_pstate(pe);
}

/* ELUsingAArch32(): levels that the controls above them leave no AArch64 state to. */
static bool is_aarch32(const struct hvc_pe *pe, unsigned el)
{
	bool secure_el2 = !(pe->scr_el3 & HVC_SCR_NS) && el2_enabled(pe);

	if (el == 3)
		return false;
	if (has(pe, HVC_FEAT_EL3) && !(pe->scr_el3 & HVC_SCR_RW) && !secure_el2)
		return true;
	return el < 2 && el2_enabled(pe) && !(pe->hcr_el2 & HVC_HCR_RW) && !el2_is_host(pe);
}

/*
 * Does the level below the target use AArch32? Of EL2 that is EL1, whoever runs at EL0, but in a
 * host's regime, which has no EL1.
 */
static bool below_uses_aarch32(const struct hvc_pe *pe, unsigned target_el)
{
	if (target_el < 2 || el2_is_host(pe))
		return pe->pstate & HVC_PSTATE_NRW;
	return target_el == 2 && is_aarch32(pe, 1);
}

/* The bits of PSTATE that an SPSR_ELx has. */
static uint64_t saved(const struct hvc_pe *pe)
{
	uint64_t bits = HVC_PSR_NZCV | HVC_PSR_Q | HVC_PSR_IT_LO | HVC_PSR_DIT | HVC_PSR_SS |
	                HVC_PSR_IL | HVC_PSR_GE | HVC_PSR_IT_HI | HVC_PSR_E | HVC_PSR_AIF |
	                HVC_PSR_T | HVC_PSR_M;

	if (!(pe->pstate & HVC_PSTATE_NRW))
		return hvc_exception_pstate(pe);
	if (has(pe, HVC_FEAT_PAN))
		bits |= HVC_PSR_PAN;
	if (has(pe, HVC_FEAT_SSBS))
		bits |= HVC_PSR_SSBS;
	return bits;
}

void hvc_exception_take(const struct hvc_pe *pe, unsigned target_el, uint64_t esr, uint64_t elr,
                        struct hvc_entry *out)
{
	unsigned el = hvc_exception_el(pe->pstate);
	uint64_t vbar = target_el == 1 ? pe->vbar_el1 : target_el == 2 ? pe->vbar_el2 : 0;
	enum hvc_vector_group group =
	        below_uses_aarch32(pe, target_el) ? HVC_GROUP_LOWER_A32 : HVC_GROUP_LOWER_A64;

	if (has(pe, HVC_FEAT_HYP) && target_el == 2) {
		hvc_exception__take_hyp(pe, esr, elr, out);
		return;
	}
	if (el == target_el)
		group = pe->pstate & HVC_PSTATE_SP ? HVC_GROUP_CURRENT_SPX : HVC_GROUP_CURRENT_SP0;
	out->target_el = target_el;
	out->vector = (vbar & ~UINT64_C(0x7ff)) + hvc_arch_vector(group);
	out->esr = esr;
	out->elr = elr;
	out->spsr = pe->pstate & saved(pe);
	out->pstate = entry_pstate(pe, target_el);
}

bool hvc_exception_hvc_is_undefined(const struct hvc_pe *pe)
{
	unsigned el = hvc_exception_el(pe->pstate);

	if (!has(pe, HVC_FEAT_EL2) || el == 0 || (el == 1 && !el2_enabled(pe)))
		return true;
	if (has(pe, HVC_FEAT_EL3))
		return !(pe->scr_el3 & HVC_SCR_HCE);
	return (pe->hcr_el2 & HVC_HCR_HCD) != 0;
}

void hvc_exception_hvc(const struct hvc_pe *pe, uint16_t imm, struct hvc_entry *out)
{
	unsigned el = hvc_exception_el(pe->pstate);
	unsigned target = el;
	struct hvc_pe past = *pe;

	if (!hvc_exception_hvc_is_undefined(pe)) {
		uint64_t esr = hvc_arch_esr(imm);

		if (pe->pstate & HVC_PSTATE_NRW) {
			unsigned it = hvc_aarch32_it(pe->pstate);

			past.pstate = hvc_aarch32_set_it(past.pstate, hvc_aarch32_it_advance(it));
			esr = EC(HVC_EC_HVC32) | HVC_ESR_IL | imm;
		}
		hvc_exception_take(&past, el == 3 ? 3 : 2, esr, pe->pc + 4, out);
		return;
	}
	/* AArch64.UndefinedFault: at EL0 to EL1, or to EL2 when EL0 runs under a host there. */
	if (el == 0)
		target = el2_enabled(pe) && pe->hcr_el2 & HVC_HCR_TGE ? 2 : 1;
	hvc_exception_take(pe, target, EC(HVC_EC_UNKNOWN) | HVC_ESR_IL, pe->pc, out);
}

bool hvc_exception_smc(const struct hvc_pe *pe, uint16_t imm, struct hvc_entry *out)
{
	bool aarch32 = pe->pstate & HVC_PSTATE_NRW;

	if (hvc_exception_el(pe->pstate) != 1 || !el2_enabled(pe) || !(pe->hcr_el2 & HVC_HCR_TSC))
		return false;
	hvc_exception_take(pe, 2,
	                   (aarch32 ? EC(HVC_EC_SMC32) : EC(HVC_EC_SMC64) | imm) | HVC_ESR_IL,
	                   pe->pc, out);
	return true;
}

void hvc_exception_trap(const struct hvc_pe *pe, uint32_t esr, uint16_t imm, struct hvc_entry *out)
{
	hvc_exception_take(pe, 2, (esr & ~UINT64_C(0xffff)) | imm, pe->pc, out);
}

/* IllegalExceptionReturn(). EL0 may use AArch32 under an EL1 that does not. */
static bool return_is_illegal(const struct hvc_pe *pe, uint64_t spsr)
{
	unsigned from = hvc_exception_el(pe->pstate);
	unsigned to = hvc_exception_el(spsr);
	bool aarch32 = spsr & HVC_PSTATE_NRW;

	if ((!aarch32 && spsr & 2) || to > from ||
	    (aarch32 && to > (has(pe, HVC_FEAT_HYP) ? 2 : 1)) ||
	    (aarch32 ? to == 1 && !is_aarch32(pe, to) : is_aarch32(pe, to)))
		return true;
	if (to == 0)
		return !aarch32 && spsr & HVC_PSTATE_SP;
	if (to == 1)
		return el2_enabled(pe) && pe->hcr_el2 & HVC_HCR_TGE;
	return to == 2 ? !el2_enabled(pe) : !has(pe, HVC_FEAT_EL3);
}

/* RestoredITBits(): zero where reserved, and of A32, which is one of the choices there. */
static uint64_t restored_it(uint64_t psr)
{
	unsigned it = hvc_aarch32_it(psr);

	if (!(psr & HVC_PSR_T) || (it & 0xf0 && !(it & 15)))
		it = 0;
	return hvc_aarch32_set_it(psr, it);
}

static void return_to_aarch32(const struct hvc_pe *pe, uint64_t elr, uint64_t spsr,
                              struct hvc_return *out)
{
	struct hvc_pe to = *pe;

	to.pstate = spsr;
	out->pc = elr & (spsr & HVC_PSR_T ? UINT64_C(0xfffffffe) : UINT64_C(0xfffffffc));
	out->pstate = restored_it(spsr) & saved(&to) & ~HVC_PSR_SS;
}

void hvc_exception_return(const struct hvc_pe *pe, uint64_t elr, uint64_t spsr,
                          struct hvc_return *out)
{
	uint64_t bits = hvc_exception_pstate(pe) & ~HVC_PSTATE_SS;
	uint64_t taken = HVC_PSTATE_NZCV | HVC_PSTATE_PAN | HVC_PSTATE_DAIF | HVC_PSTATE_ALLINT;

	out->pc = elr;
	out->illegal = return_is_illegal(pe, spsr);
	if (!out->illegal && spsr & HVC_PSTATE_NRW) {
		return_to_aarch32(pe, elr, spsr, out);
		return;
	}
	if (!out->illegal) {
		/* The debug rules clear SS unless software step is active at the target. */
		out->pstate = spsr & bits;
		return;
	}
	out->pstate = ((pe->pstate & ~taken) | (spsr & taken)) & bits;
	out->pstate |= HVC_PSTATE_IL;
}
