/* SPDX-License-Identifier: MIT */
/* What was proved, or refuted, for other solvers to confirm: a script for each claim. */
#include <stdio.h>

#include "engine/prover.h"
#include "symbolic/bv_node.h"
#include "symbolic/smt.h"

void hvc_prover__note_broken(struct hvc_prover *p, unsigned rule, hvc_ref calls, hvc_ref kept)
{
	struct hvc_bvs *t = p->terms;
	hvc_ref *all = &p->broken[rule], bad;

	/* As it stands: simplified, it would say nothing any more. */
	kept = hvc_bv__node(t, HVC_OP_AND, 1, 0, 2, kept, p->stated, NULL);
	bad = hvc_bv__node(t, HVC_OP_NOT, 1, 0, 1, kept, NULL, NULL);
	bad = hvc_bv__node(t, HVC_OP_AND, 1, 0, 2, calls, bad, NULL);
	*all = *all ? hvc_bv__node(t, HVC_OP_OR, 1, 0, 2, *all, bad, NULL) : bad;
}

enum hvc_status hvc_prover__certify(struct hvc_prover *p, hvc_ref always)
{
	const struct hvc_abi *abi = p->config->abi;
	char about[128], what[128];

	snprintf(about, sizeof about, "%s %s %s", p->config->world->name,
	         hvc_insn_name(p->part->insn), hvc_level_name(p->part->from));
	HVC_TRY(hvc_smt__paths(p->symbolic, about, p->config->certificates));
	for (unsigned i = 0; i < abi->rules; i++) {
		const hvc_ref all[] = {always, p->broken[i]};
		const struct hvc_smt_claim claim = {
		        .about = about,
		        .what = what,
		        .reason =
		                p->refuted[i]
		                        ? "Some call that the rule governs breaks what it promises."
		                        : "No call that the rule governs breaks what it promises.",
		        .all = all,
		        .count = 2,
		        .possible = p->refuted[i],
		};

		if (!p->broken[i])
			continue;
		snprintf(what, sizeof what, "%s %s", p->refuted[i] ? "violates" : "conforms",
		         abi->rule[i].name);
		HVC_TRY(hvc_smt__claim(p->terms, &claim, p->config->certificates));
	}
	return HVC_OK;
}
