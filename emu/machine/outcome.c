/* SPDX-License-Identifier: MIT */
/*
 * Names of outcomes and instructions, and the registers that a call has unless it says
 * otherwise.
 */
#include "machine/outcome.h"

#include <string.h>
#include <strings.h>

#include "base/random.h"
#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/world.h"

static const char *const kinds[HVC_OUTCOME_COUNT] = {
        [HVC_OUTCOME_RETURN] = "return",
        [HVC_OUTCOME_RETRY] = "retry",
        [HVC_OUTCOME_INJECT] = "inject",
        [HVC_OUTCOME_JUMP] = "jump",
        [HVC_OUTCOME_HANDOFF] = "handoff",
        [HVC_OUTCOME_FORWARD] = "forward",
        [HVC_OUTCOME_SPIN] = "spin",
        [HVC_OUTCOME_FAULT] = "fault",
        [HVC_OUTCOME_UNDEFINED] = "undefined",
        [HVC_OUTCOME_LIMIT] = "limit",
        [HVC_OUTCOME_FAILED] = "engine-failed",
};

static const char *const insns[HVC_INSN_COUNT] = {
        [HVC_INSN_HVC] = "hvc",         [HVC_INSN_SMC] = "smc",
        [HVC_INSN_TRAP] = "trap",       [HVC_INSN_HVC_A32] = "hvc-a32",
        [HVC_INSN_HVC_T32] = "hvc-t32", [HVC_INSN_SMC_A32] = "smc-a32",
        [HVC_INSN_SMC_T32] = "smc-t32",
};

const char *hvc_outcome_name(enum hvc_outcome_kind kind)
{
	return kind < HVC_OUTCOME_COUNT ? kinds[kind] : "?";
}

enum hvc_outcome_kind hvc_outcome_find(const char *name)
{
	unsigned kind = 0;

	while (kind < HVC_OUTCOME_COUNT && strcasecmp(name, kinds[kind]) != 0)
		kind++;
	return (enum hvc_outcome_kind)kind;
}

const char *hvc_insn_name(enum hvc_insn insn)
{
	return insn < HVC_INSN_COUNT ? insns[insn] : "?";
}

enum hvc_insn hvc_insn_find(const char *name)
{
	unsigned insn = 0;

	while (insn < HVC_INSN_COUNT && strcasecmp(name, insns[insn]) != 0)
		insn++;
	return (enum hvc_insn)insn;
}

/* No state to carry. */
static uint64_t mix(uint64_t z)
{
	return hvc_random(&z);
}

void hvc_call_init(struct hvc_call *call, uint64_t seed)
{
	memset(call, 0, sizeof *call);
	call->insn = HVC_INSN_HVC;
	call->from = HVC_LEVEL_EL1H;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		call->x[n] = seed ? mix(seed * 64 + n) : HVC_LANDING + n * UINT64_C(0x800);
	/* N and V: what no comparison of equal or of small numbers leaves behind */
	call->nzcv = (seed ? mix(seed * 64 + 32) : UINT64_C(0x90000000)) & HVC_PSTATE_NZCV;
	/*
	 * A and I masked, F open, and so is D, which in AArch32 state is E: callers are
	 * little-endian there. A handler that hands back its own mask is seen.
	 */
	call->daif = (seed ? mix(seed * 64 + 33) : UINT64_C(0x180)) & HVC_PSTATE_DAIF;
	/* Q, and every other bit of GE: a handler that forgets them is seen */
	call->psr = (uint32_t)HVC_PSR_Q | 0x50000u;
}

static uint64_t narrow(uint64_t value)
{
	if (value - HVC_HARNESS_BASE < HVC_HARNESS_SIZE)
		return hvc_harness32(value);
	return value & UINT32_MAX;
}

void hvc_call__fit(struct hvc_call *call, enum hvc_cpu cpu)
{
	static const enum hvc_level modes[] = {HVC_LEVEL_EL0_USR, HVC_LEVEL_EL1_SVC,
	                                       HVC_LEVEL_EL2_HYP};

	if (!hvc_cpu__is_hyp(cpu))
		return;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		call->x[n] = narrow(call->x[n]);
	if (!hvc_level_is_aarch32(call->from))
		call->from = modes[hvc_level__el(call->from)];
	call->insn = hvc_insn__at(call->insn, call->from);
}

uint64_t hvc_call__address(const struct hvc_call *call)
{
	uint64_t line =
	        HVC_AARCH32_CALLS + ((uint64_t)call->insn - HVC_INSN_HVC_A32) * HVC_AARCH32_LINE;
	uint64_t first = hvc_level_is_aarch32(call->from) && call->insn == HVC_INSN_TRAP
	                         ? HVC_AARCH32_CALLS
	                 : call->insn <= HVC_INSN_TRAP && call->insn != HVC_INSN_SMC ? HVC_CALLS
	                 : call->insn == HVC_INSN_SMC                                ? HVC_SMC_CALLS
	                 : hvc_insn_is_t32(call->insn)                               ? line + 2
	                                                                             : line;

	return first + 4 * (uint64_t)call->imm;
}

static bool is_aarch32(enum hvc_insn insn)
{
	return insn >= HVC_INSN_HVC_A32;
}

enum hvc_insn hvc_insn__at(enum hvc_insn insn, enum hvc_level level)
{
	bool smc = hvc_insn_is_smc(insn);

	if (is_aarch32(insn) == hvc_level_is_aarch32(level) || insn == HVC_INSN_TRAP)
		return insn;
	if (hvc_level_is_aarch32(level))
		return smc ? HVC_INSN_SMC_A32 : HVC_INSN_HVC_A32;
	return smc ? HVC_INSN_SMC : HVC_INSN_HVC;
}

unsigned hvc_insns__all(unsigned words)
{
	if (words >> HVC_INSN_HVC & 1)
		words |= 1u << HVC_INSN_HVC_A32 | 1u << HVC_INSN_HVC_T32;
	if (words >> HVC_INSN_SMC & 1)
		words |= 1u << HVC_INSN_SMC_A32 | 1u << HVC_INSN_SMC_T32;
	return words;
}

bool hvc_caller__is(enum hvc_insn insn, enum hvc_level level)
{
	return hvc_caller_index(insn, level) != HVC_CALLER_NONE &&
	       (!hvc_insn_is_smc(insn) || hvc_level__el(level) == 1);
}

bool hvc_arch__is_trap(uint64_t esr)
{
	switch (hvc_arch_ec(esr)) {
	case HVC_EC_UNKNOWN:
		return esr == HVC_ESR_IL;
	case HVC_EC_SVC32:
	case HVC_EC_HVC32:
	case HVC_EC_SMC32:
	case HVC_EC_SVC64:
	case HVC_EC_HVC64:
	case HVC_EC_SMC64:
		return false;
	default:
		return esr <= UINT32_MAX;
	}
}

/*
 * Classes of which there is one for each side, of a lower level and of EL2 itself, or that only one
 * of AArch32 and AArch64 state has.
 */
static bool comes_from(uint32_t esr, enum hvc_level level)
{
	unsigned el = hvc_level__el(level);

	switch (hvc_arch_ec(esr)) {
	case 0x03: /* MCR, MRC and the like */
	case 0x04:
	case 0x05:
	case 0x06:
	case 0x08: /* VMRS */
	case 0x0c:
	case 0x28: /* FP exception */
	case 0x38: /* BKPT */
	case 0x3a: /* Vector catch */
		return hvc_level_is_aarch32(level);
	case 0x09: /* Pointer authentication */
	case 0x0d: /* Branch target */
	case 0x18: /* MSR, MRS */
	case 0x19: /* SVE */
	case 0x1a: /* ERET */
	case 0x1c:
	case 0x26: /* SP alignment */
	case 0x2c:
	case 0x3c: /* BRK */
		return !hvc_level_is_aarch32(level);
	case 0x20: /* Instruction Abort */
	case 0x24: /* Data Abort */
	case 0x30: /* Breakpoint */
	case 0x32: /* Software Step */
	case 0x34: /* Watchpoint */
		return el < 2;
	case 0x21:
	case 0x25:
	case 0x31:
	case 0x33:
	case 0x35:
		return el == 2;
	default:
		return true;
	}
}

bool hvc_world__has_caller(const struct hvc_world *world, enum hvc_insn insn, enum hvc_level level)
{
	return hvc_caller__is(insn, level) && (insn == HVC_INSN_TRAP) == (world->esr != 0) &&
	       (!world->esr || comes_from(world->esr, level));
}

uint16_t hvc_call__imm(const struct hvc_call *call)
{
	return is_aarch32(call->insn) && hvc_insn_is_smc(call->insn) ? call->imm & 15 : call->imm;
}

uint64_t hvc_call__pstate(const struct hvc_call *call, const struct hvc_state *world)
{
	uint64_t kept = world->v[HVC_REG_PSTATE];

	/* AArch32 has no UAO, TCO and BTYPE, and SSBS elsewhere. */
	if (hvc_level_is_aarch32(call->from))
		kept = (kept & (HVC_PSR_PAN | HVC_PSR_DIT)) |
		       (kept & HVC_PSTATE_SSBS ? HVC_PSR_SSBS : 0) | call->psr |
		       (hvc_insn_is_t32(call->insn) ? HVC_PSR_T : 0);
	return call->nzcv | call->daif | kept | hvc_level__mode(call->from);
}

uint32_t hvc_call__word(const struct hvc_call *call)
{
	switch (call->insn) {
	case HVC_INSN_HVC_A32:
		return hvc_aarch32_encode_a32(call->imm);
	case HVC_INSN_HVC_T32:
		return hvc_aarch32_encode_t32(call->imm);
	case HVC_INSN_SMC_A32:
		return hvc_aarch32_encode_smc_a32(call->imm);
	case HVC_INSN_SMC_T32:
		return hvc_aarch32_encode_smc_t32(call->imm);
	case HVC_INSN_SMC:
		return hvc_arch_encode_smc(call->imm);
	default:
		return hvc_arch_encode(call->imm);
	}
}

uint64_t hvc_call__kept(uint64_t pstate)
{
	const uint64_t aarch64 = HVC_PSTATE_PAN | HVC_PSTATE_UAO | HVC_PSTATE_SSBS |
	                         HVC_PSTATE_DIT | HVC_PSTATE_TCO | HVC_PSTATE_BTYPE | HVC_PSTATE_IL;
	const uint64_t aarch32 = HVC_PSR_Q | HVC_PSR_IT_LO | HVC_PSR_DIT | HVC_PSR_SSBS |
	                         HVC_PSR_PAN | HVC_PSR_IL | HVC_PSR_GE | HVC_PSR_IT_HI | HVC_PSR_T;

	return pstate & (pstate & HVC_PSTATE_NRW ? aarch32 : aarch64);
}

uint64_t hvc_call__spsr(const struct hvc_call *call, const struct hvc_state *world)
{
	uint64_t psr = hvc_call__pstate(call, world);

	/* An HVC is done; an SMC that is trapped is not. */
	if (!hvc_level_is_aarch32(call->from) || hvc_insn_is_smc(call->insn))
		return psr;
	return hvc_aarch32_set_it(psr, hvc_aarch32_it_advance(hvc_aarch32_it(psr)));
}

uint64_t hvc_call__esr(const struct hvc_call *call)
{
	if (call->insn == HVC_INSN_HVC)
		return hvc_arch_esr(call->imm);
	if (call->insn == HVC_INSN_SMC)
		return (uint64_t)HVC_EC_SMC64 << 26 | HVC_ESR_IL | call->imm;
	if (hvc_insn_is_smc(call->insn))
		return (uint64_t)HVC_EC_SMC32 << 26 | HVC_ESR_IL;
	return (uint64_t)HVC_EC_HVC32 << 26 | HVC_ESR_IL | call->imm;
}

bool hvc_outcome__lacks_register(const struct hvc_outcome *outcome)
{
	return outcome->kind == HVC_OUTCOME_FAULT &&
	       (outcome->word & UINT32_C(0xffd00000)) == UINT32_C(0xd5100000);
}
