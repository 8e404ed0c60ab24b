/* SPDX-License-Identifier: MIT */
#include "engine/rule_calls.h"

#include <stdlib.h>

bool hvc_rule_calls__begin(struct hvc_rule_calls *calls, struct hvc_bvs *terms,
                           const struct hvc_abi *abi, unsigned world,
                           const struct hvc_exact_part *part)
{
	*calls = (struct hvc_rule_calls){.config = {.abi = abi, .index = world}};
	calls->caller.from = part->from;
	calls->caller.insn = part->insn;
	calls->prover.config = &calls->config;
	calls->prover.part = &calls->caller;
	calls->prover.terms = terms;
	for (size_t i = 0; i < HVC_INPUTS; i++)
		calls->prover.input[i] = hvc_bv__input_at(terms, i)->term;
	if (!abi)
		return true;
	calls->prover.governs = calloc(hvc_abi_rule_count(abi) + 1, sizeof(hvc_ref));
	return calls->prover.governs != NULL;
}

hvc_ref hvc_rule_calls__of(struct hvc_rule_calls *calls, unsigned rule)
{
	return hvc_prover__governs(&calls->prover, rule);
}

void hvc_rule_calls__end(struct hvc_rule_calls *calls)
{
	free(calls->prover.governs);
	calls->prover.governs = NULL;
}
