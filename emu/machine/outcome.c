/* SPDX-License-Identifier: MIT */
/*
 * Names of outcomes and instructions, and the registers that a call has unless it says
 * otherwise.
 */
#include "hvcheck/outcome.h"

#include <string.h>
#include <strings.h>

#include "base/random.h"
#include "hvcheck/arch.h"

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
        [HVC_INSN_HVC] = "hvc",
        [HVC_INSN_SMC] = "smc",
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
	/* D and A masked, I and F open: a handler that hands back its own mask is seen */
	call->daif = (seed ? mix(seed * 64 + 33) : UINT64_C(0x300)) & HVC_PSTATE_DAIF;
}

uint64_t hvc_call_address(const struct hvc_call *call)
{
	return (call->insn == HVC_INSN_SMC ? HVC_SMC_CALLS : HVC_CALLS) + 4 * (uint64_t)call->imm;
}
