/* SPDX-License-Identifier: MIT */
/* One line for each instruction: the registers before and after it. */
#include <string.h>

#include "hvcheck/arch.h"
#include "machine/a32.h"
#include "machine/flight.h"
#include "machine/internal.h"

/* Every register, for a trace line. */
static void snapshot(struct hvc_machine *machine, struct hvc_state *out)
{
	struct hvc_engine_frame frame;

	/* What a block writes is known of whole blocks, and this is in the middle of one. */
	hvc_engine__stale_banks(machine->engine);
	hvc_engine__frame(machine->engine, &frame);
	hvc_engine__stale_banks(machine->engine);
	memset(out, 0, sizeof *out);
	memcpy(out->v, frame.x, sizeof frame.x);
	out->v[HVC_REG_NZCV] = frame.pstate & HVC_PSTATE_NZCV;
	out->v[HVC_REG_DAIF] = frame.pstate & HVC_PSTATE_DAIF;
	out->v[HVC_REG_PSTATE] = frame.pstate & hvc_reg_info(HVC_REG_PSTATE)->mask;
	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (hvc_regset_has(&machine->present, (enum hvc_reg)reg))
			hvc_engine__get(machine->engine, (enum hvc_reg)reg, &out->v[reg]);
}

void hvc_trace__close(struct hvc_machine *machine)
{
	struct hvc_state after;
	struct hvc_a32 insn;
	struct hvc_step step = {.pc = machine->step_pc,
	                        .level = machine->hyp ? HVC_LEVEL_EL2_HYP : HVC_LEVEL_EL2H,
	                        .isa = machine->step_isa,
	                        .before = &machine->step_before,
	                        .after = &after};

	snapshot(machine, &after);
	(void)hvc_engine__read(machine->engine, step.pc, &step.word, sizeof step.word);
	if (machine->hyp) {
		hvc_a32__decode(step.pc, step.word, step.isa == HVC_ISA_T32, &insn);
		step.word = insn.word;
	}
	machine->step_open = false;
	machine->trace(machine->trace_ctx, &step);
}

void hvc_trace__step(void *ctx, uint64_t address)
{
	struct hvc_machine *machine = ctx;

	if (machine->step_open)
		hvc_trace__close(machine);
	if (machine->phase != PHASE_EL2 ||
	    hvc_exception_el(hvc_engine__pstate(machine->engine)) < 2)
		return;
	/* of the harness, only the function is code that a subject runs */
	if (hvc_harness__is_near(machine, address) &&
	    hvc_harness__place(machine, address) - HVC_FUNCTION >= 0x1000)
		return;
	hvc_flight__at(address, machine->engine);
	snapshot(machine, &machine->step_before);
	machine->step_pc = address;
	machine->step_isa = !machine->hyp                                     ? HVC_ISA_A64
	                    : hvc_engine__pstate(machine->engine) & HVC_PSR_T ? HVC_ISA_T32
	                                                                      : HVC_ISA_A32;
	machine->step_open = true;
}
