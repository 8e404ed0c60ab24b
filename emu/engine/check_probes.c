/* SPDX-License-Identifier: MIT */
/* With which registers every immediate is called, beside what was proved. */
#include "abi/verdict.h"
#include "engine/prove.h"
#include "machine/outcome.h"

#define SHOWN_MAX 8u /* register files that show a finding, tried on every immediate */

/*
 * Is it known already on which immediates this is broken? Another caller has shown it, or enough
 * calls of this one have.
 */
static bool is_shown(const struct hvc_check *check, const struct hvc_proof *proof, unsigned index)
{
	const struct hvc_proof_call *call = &proof->call[index];
	unsigned shown = 0;

	for (unsigned i = 0; i < check->findings; i++)
		if (hvc_verdict__same(&check->finding[i].verdict, &call->verdict))
			return true;
	for (unsigned i = 0; i < index; i++) {
		const struct hvc_proof_call *known = &proof->call[i];

		if (!hvc_verdict__same(&known->verdict, &call->verdict))
			continue;
		if (known->part != call->part || ++shown == SHOWN_MAX)
			return true;
	}
	return false;
}

/* The register that the probe is told by; the others are in the call. */
static enum hvc_reg first_changed(const struct hvc_call *call)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (call->x[n] != plain.x[n])
			return (enum hvc_reg)n;
	return HVC_REG_NONE;
}

/* Not proved; or the one that takes every immediate, which one world is enough for. */
static bool is_left(const struct hvc_check *check, const struct hvc_proof *proof,
                    const struct hvc_probe *probe)
{
	const struct hvc_check_part *part = hvc_proof__part(proof, &probe->call);

	if (!part || (!part->proved && !part->handlers))
		return true;
	if (probe->why != HVC_WHY_BASE || probe->seed)
		return false;
	for (unsigned i = 0; i < check->parts; i++)
		if ((check->part[i].proved || check->part[i].handlers) &&
		    check->part[i].from == probe->call.from &&
		    check->part[i].insn == probe->call.insn)
			return false;
	return true;
}

bool hvc_check__probes(const struct hvc_check *check, struct hvc_proof *proof,
                       const struct hvc_world *world, const struct hvc_probes *all,
                       struct hvc_probes *out)
{
	for (unsigned i = 0; i < all->count; i++) {
		const struct hvc_probe *probe = &all->probe[i];

		if (!hvc_world__has_caller(world, probe->call.insn, probe->call.from) ||
		    !is_left(check, proof, probe))
			continue;
		if (!hvc_probes__add(out, probe))
			return false;
	}
	for (unsigned i = 0; i < proof->calls; i++) {
		struct hvc_proof_call *call = &proof->call[i];
		struct hvc_probe probe = {
		        .call = call->call, .reg = HVC_REG_NONE, .why = HVC_WHY_PROOF};

		/* A handler may take as long as thousands of others. */
		if (call->sampled || call->verdict.clause == HVC_CLAUSE_NONE ||
		    is_shown(check, proof, i))
			continue;
		call->swept = true;
		probe.call.imm = 0;
		probe.reg = first_changed(&call->call);
		if (!hvc_probes__add(out, &probe))
			return false;
	}
	return true;
}
