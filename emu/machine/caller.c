/* SPDX-License-Identifier: MIT */
/* Who makes the call: whether there can be such a caller now, and what the CPU does to be it. */
#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/a32.h"
#include "machine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"

#define PSTATE_EL3H UINT64_C(0xd)

/* Nothing executes at a level that no exception return can reach: see TGE, RW and NS. */
static bool can_be_at(const struct hvc_machine *machine, uint64_t pstate)
{
	struct hvc_pe pe = hvc_call__pe(machine, PSTATE_EL3H);
	struct hvc_return back;

	hvc_exception_return(&pe, 0, pstate, &back);
	return !back.illegal;
}

/* HCR_EL2 while the call is made: its caller can execute, and an SMC is trapped. */
static uint64_t forced_hcr(const struct hvc_machine *machine)
{
	const struct hvc_call *call = &machine->call;
	uint64_t hcr = machine->now.v[HVC_REG_HCR_EL2];

	if (hvc_insn_is_smc(call->insn) && !machine->smc_as_it_is)
		hcr |= HVC_HCR_TSC;
	if (!machine->hyp && hvc_level_is_aarch32(call->from) && hvc_level__el(call->from) == 1)
		hcr &= ~HVC_HCR_RW;
	return hcr;
}

static bool is_sane(const struct hvc_call *call)
{
	uint32_t psr = (uint32_t)(HVC_PSR_Q | HVC_PSR_GE | HVC_PSR_DIT);

	if (call->from >= HVC_LEVEL_COUNT || call->insn >= HVC_INSN_COUNT ||
	    hvc_caller_index(call->insn, call->from) == HVC_CALLER_NONE)
		return false;
	if (hvc_insn_is_t32(call->insn)) {
		unsigned it = hvc_aarch32_it(call->psr);

		/* Where the condition of the IT block fails nothing is executed. */
		if (it & 15 && !hvc_a32__holds(it >> 4, call->nzcv))
			return false;
		psr |= (uint32_t)(HVC_PSR_IT_LO | HVC_PSR_IT_HI);
	}
	return !(call->nzcv & ~HVC_PSTATE_NZCV || call->daif & ~HVC_PSTATE_DAIF ||
	         call->psr & ~psr);
}

bool hvc_caller__begin(struct hvc_machine *machine)
{
	struct hvc_call *call = &machine->call;

	hvc_call__fit(call, machine->world.cpu);
	machine->call_pc = hvc_call__address(call);
	machine->hcr_forced = forced_hcr(machine) ^ machine->now.v[HVC_REG_HCR_EL2];
	if (!is_sane(call) || (call->insn == HVC_INSN_TRAP && !machine->world.esr) ||
	    !can_be_at(machine, hvc_call__pstate(call, &machine->entry))) {
		machine->hcr_forced = 0;
		return false;
	}
	if (machine->world.upper_zero && hvc_level_is_aarch32(call->from))
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			call->x[n] &= UINT32_MAX;
	return true;
}
