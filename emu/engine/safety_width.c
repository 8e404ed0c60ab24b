/* SPDX-License-Identifier: MIT */
/*
 * What check holds an ABI of the SMC calling convention to, and safety too: that bits 63:32 of the
 * registers of an SMC32 or HVC32 call change nothing (prove_width.c). A caller has a way there past
 * every test that EL2 makes of the lower half.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/call.h"
#include "engine/internal.h"
#include "engine/prover.h"
#include "engine/safety.h"

static bool fill(const struct hvc_subject *subject, const struct hvc_prove_config *prove,
                 const struct hvc_proof_call *shown, struct hvc_hazard *out)
{
	const struct hvc_probe probe = {.call = shown->call};
	char does[300], when[300], command[HVC_COMMAND_SIZE];

	*out = (struct hvc_hazard){
	        .kinds = 1u << HVC_HAZARD_WIDTH,
	        .rule = (unsigned)shown->verdict.rule,
	        .world = prove->index,
	        .callers = HVC_CALLER_BIT(shown->call.insn, shown->call.from),
	        .outcome = shown->outcome.kind,
	        .witness = {.call = shown->call, .made = true},
	};
	hvc_width__print(&shown->verdict, does, sizeof does);
	hvc_call__print(&shown->call, when, sizeof when);
	hvc_call__command(hvc_subject_name(subject), prove->world, &probe, shown->call.imm, command,
	                  sizeof command);
	out->does = strdup(does);
	out->when = strdup(when);
	out->witness.command[0] = strdup(command);
	out->witness.world[0] = malloc(sizeof *prove->world);
	if (!out->does || !out->when || !out->witness.command[0] || !out->witness.world[0])
		return false;
	*out->witness.world[0] = *prove->world;
	return true;
}

/* One a rule, whoever calls. */
static bool is_known(struct hvc_safety *safety, const struct hvc_proof_call *shown, unsigned world)
{
	for (unsigned i = 0; i < safety->hazards; i++) {
		struct hvc_hazard *hazard = &safety->hazard[i];

		if (!(hazard->kinds >> HVC_HAZARD_WIDTH & 1) || hazard->world != world ||
		    hazard->rule != (unsigned)shown->verdict.rule)
			continue;
		hazard->callers |= HVC_CALLER_BIT(shown->call.insn, shown->call.from);
		return true;
	}
	return false;
}

static enum hvc_status add_all(struct hvc_safety *safety, const struct hvc_prove_config *prove,
                               const struct hvc_proof *proof)
{
	for (unsigned i = 0; i < proof->calls; i++) {
		const struct hvc_proof_call *shown = &proof->call[i];
		struct hvc_hazard *grown;

		if (!shown->apart || shown->lost || is_known(safety, shown, prove->index))
			continue;
		grown = realloc(safety->hazard, (safety->hazards + 1) * sizeof *grown);
		if (!grown)
			return HVC_E_NOMEM;
		safety->hazard = grown;
		if (!fill(prove->subject, prove, shown, &grown[safety->hazards++]))
			return HVC_E_NOMEM;
	}
	return HVC_OK;
}

enum hvc_status hvc_safety__width(const struct hvc_safety_config *config, unsigned index,
                                  const struct hvc_world *world, unsigned levels, unsigned insns,
                                  struct hvc_diag *diag, struct hvc_safety *safety)
{
	const struct hvc_prove_config prove = {
	        .subject = config->subject,
	        .abi = config->abi,
	        .index = index,
	        .world = world,
	        .levels = levels,
	        .insns = insns,
	        .budget = config->budget,
	        .width = true,
	};
	struct hvc_proof proof = {0};
	enum hvc_status status;

	if (!hvc_width__is_smccc(config->abi))
		return HVC_OK;
	status = hvc_prove__world(&prove, diag, &proof);
	if (status == HVC_OK && add_all(safety, &prove, &proof) != HVC_OK)
		status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	hvc_proof__free(&proof);
	return status;
}
