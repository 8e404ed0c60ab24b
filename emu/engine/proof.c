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
