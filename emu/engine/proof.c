/* SPDX-License-Identifier: MIT */
/* The account of a proof while it is made: its gaps, and the calls that are to confirm it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/verdict.h"
#include "base/grow.h"
#include "engine/prover.h"
#include "machine/supplied.h"
#include "symbolic/bv_node.h"
#include "symbolic/smt.h"

void hvc_prover__gap(struct hvc_prover *p, const char *format, ...)
{
	va_list args;

	if (p->holes++ && !p->part->proved)
		return;
	p->part->proved = false;
	va_start(args, format);
	vsnprintf(p->part->why, sizeof p->part->why, format, args);
	va_end(args);
}

struct hvc_proof_call *hvc_prover__new_call(struct hvc_prover *p)
{
	struct hvc_proof *proof = p->proof;
	struct hvc_proof_call *call;

	if (!hvc_grow(&proof->call, &proof->room, proof->calls, sizeof *proof->call))
		return NULL;
	call = &proof->call[proof->calls++];
	memset(call, 0, sizeof *call);
	call->part = (unsigned)(p->part - proof->part);
	return call;
}

enum hvc_status hvc_prover__name_apart(struct hvc_prover *p, unsigned path,
                                       const struct hvc_call *of, int rule, enum hvc_clause clause)
{
	struct hvc_proof_call *call = hvc_prover__new_call(p);

	if (!call)
		return HVC_E_NOMEM;
	call->call = *of;
	call->path = path;
	call->apart = true;
	call->verdict = (struct hvc_verdict){
	        .kind = HVC_VERDICT_VIOLATES, .rule = rule, .clause = clause, .reg = HVC_REG_NONE};
	return HVC_OK;
}

void hvc_proof__free(struct hvc_proof *proof)
{
	free(proof->part);
	free(proof->call);
	free(proof->sampled);
	hvc_supplied__free(&proof->supplied);
	memset(proof, 0, sizeof *proof);
}

const struct hvc_check_part *hvc_proof__part(const struct hvc_proof *proof,
                                             const struct hvc_call *call)
{
	for (unsigned i = 0; i < proof->parts; i++)
		if (proof->part[i].from == call->from && proof->part[i].insn == call->insn)
			return &proof->part[i];
	return NULL;
}

bool hvc_proof__proves(const struct hvc_proof *proof, const struct hvc_call *call)
{
	const struct hvc_check_part *part = hvc_proof__part(proof, call);

	return part && part->proved;
}

const struct hvc_verdict *hvc_proof__refutes(const struct hvc_proof *proof,
                                             const struct hvc_call *call,
                                             const struct hvc_verdict *verdict)
{
	for (unsigned i = 0; i < proof->calls; i++) {
		const struct hvc_proof_call *known = &proof->call[i];

		if (known->call.from == call->from && known->call.insn == call->insn &&
		    hvc_verdict__same(&known->verdict, verdict))
			return &known->verdict;
	}
	return NULL;
}

/* What was proved, or refuted, for other solvers to confirm: a script for each claim. */

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
