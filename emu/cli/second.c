/* SPDX-License-Identifier: MIT */
#include "cli/second.h"

#include "machine/oracle.h"
#include "machine/outcome.h"
#include "machine/world.h"

struct asked {
	const struct hvc_oracle_config *config;
	const struct hvc_oracle_call *call;
	struct hvc_machine *machine;
	const struct hvc_outcome *outcome;
	struct hvc_second *out;
};

static bool take(void *ctx, size_t index, const struct hvc_oracle_answer *answer)
{
	const struct asked *asked = ctx;
	struct hvc_second *out = asked->out;
	const struct hvc_state *before = asked->config->world[0];
	const uint64_t *x = asked->call->call.x;

	(void)index;
	out->outcome = answer->outcome;
	/* What the last exception has overwritten is not the call's doing. */
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (!hvc_regset_has(&answer->known, (enum hvc_reg)reg))
			out->outcome.state.v[reg] = reg < HVC_GPR_COUNT ? x[reg] : before->v[reg];
	out->opinion.disagreements =
	        hvc_oracle__compare(asked->config, asked->call, asked->machine, asked->outcome,
	                            answer, out->text, sizeof out->text);
	return true;
}

enum hvc_status hvc_second__can(const struct hvc_world *world, const struct hvc_call *call,
                                struct hvc_diag *diag)
{
	if (hvc_level_is_aarch32(call->from) && world->cpu != HVC_CPU_A15)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "--engine: qemu makes calls of AArch32 state to Hyp mode only");
	if (call->insn == HVC_INSN_TRAP)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "--engine: qemu makes calls, and takes no syndrome");
	if (!world->el3)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "--engine: qemu makes calls on a CPU with EL3 only");
	if (!hvc_world__is_closed(world))
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "--engine: qemu knows no boundary, no stub and no lent page");
	if (world->extras)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, NULL, 0, 0,
		                    "--engine: qemu is not given registers by encoding");
	return HVC_OK;
}

enum hvc_status hvc_second__ask(const struct hvc_subject *subject, const struct hvc_world *world,
                                struct hvc_machine *machine, const struct hvc_call *call,
                                const struct hvc_outcome *outcome, struct hvc_diag *diag,
                                struct hvc_second *out)
{
	const struct hvc_state *entry = hvc_machine_entry(machine);
	const struct hvc_oracle_config config = {
	        .image = *hvc_subject_image(subject),
	        .cpu = world->cpu,
	        .present = hvc_machine_present(machine),
	        .world = &entry,
	        .worlds = 1,
	        .smc_as_it_is = true,
	};
	struct hvc_oracle_call one = {.call = *call};
	struct asked asked = {&config, &one, machine, outcome, out};

	hvc_call__fit(&one.call, world->cpu);
	HVC_TRY(hvc_oracle__version(diag, out->engine, sizeof out->engine));
	out->opinion = (struct hvc_opinion){
	        .engine = out->engine, .other = hvc_machine_engine(), .text = out->text};
	return hvc_oracle__run(&config, &one, 1, take, &asked, diag);
}
