/* SPDX-License-Identifier: MIT */
/*
 * Calls of a sweep, judged: in the processes of workers each call by itself, and in the one that
 * waits what they have counted.
 */
#include "abi/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/check.h"
#include "engine/prove.h"
#include "machine/outcome.h"

/* With which registers every immediate is called, beside what was proved. */

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

/* A kind of finding, in one worker. */
struct found {
	struct hvc_verdict verdict;
	struct hvc_outcome outcome;
	uint64_t calls;
	unsigned probe; /* the first call: by immediate, then by probe */
	uint16_t imm;
	uint8_t seen[HVC_IMM_COUNT / 8];
};

/* What one worker counts. Accounts of rules follow, and then what was found. */
struct tally {
	char fault[400];
	unsigned founds;
	bool full;
	uint64_t held;
	uint8_t verdicts[HVC_IMM_COUNT];
	struct hvc_rule_account total;
	struct hvc_rule_account rule[];
};

/* A call breaks its rule in one way, and most rules are broken in a few. */
unsigned hvc_check__ways(const struct hvc_abi *abi)
{
	return 64 + 4 * hvc_abi_rule_count(abi);
}

static struct found *founds_of(const struct hvc_abi *abi, const struct tally *t)
{
	return (struct found *)(uintptr_t)&t->rule[hvc_abi_rule_count(abi)];
}

static struct found *find(const struct hvc_abi *abi, struct tally *t,
                          const struct hvc_verdict *verdict)
{
	struct found *found = founds_of(abi, t);

	for (unsigned i = 0; i < t->founds; i++)
		if (hvc_verdict__same(&found[i].verdict, verdict))
			return &found[i];
	t->full |= t->founds == hvc_check__ways(abi);
	return t->full ? NULL : &found[t->founds++];
}

static bool note(const struct hvc_check_bench *bench, struct tally *t,
                 const struct hvc_verdict *verdict, unsigned probe, uint16_t imm,
                 const struct hvc_outcome *outcome)
{
	struct found *found = find(bench->config->abi, t, verdict);

	if (!found)
		return false;
	if (found->calls++ == 0 || imm < found->imm ||
	    (imm == found->imm && probe < found->probe)) {
		found->verdict = *verdict;
		found->outcome = *outcome;
		found->probe = probe;
		found->imm = imm;
	}
	found->seen[imm / 8] |= (uint8_t)(1u << imm % 8);
	return true;
}

void hvc_check__count(struct hvc_rule_account *account, enum hvc_verdict_kind kind)
{
	account->calls++;
	if (kind == HVC_VERDICT_CONFORMS)
		account->conforms++;
	else if (kind == HVC_VERDICT_VIOLATES)
		account->violates++;
	else
		account->undecided++;
}

/* A violation that the proof has no call for, though it claims to have one for each kind. */
static bool is_disproved(const struct hvc_check_bench *bench, const struct hvc_call *call,
                         const struct hvc_verdict *verdict, struct tally *t)
{
	char text[160], name[24];

	if (!hvc_proof__proves(&bench->proof, call) ||
	    hvc_proof__refutes(&bench->proof, call, verdict))
		return false;
	hvc_call__print(call, text, sizeof text);
	snprintf(t->fault, sizeof t->fault,
	         "%s: conforms by the proof, violates by the machine: %s %s", text,
	         hvc_clause_name(verdict->clause),
	         hvc_verdict__register(verdict, name, sizeof name));
	return true;
}

static void use_machine(void *ctx, struct hvc_machine *machine)
{
	struct hvc_check_bench *bench = ctx;

	bench->machine = machine;
	bench->probe = UINT32_MAX;
	if (bench->hold)
		hvc_hold__machine(bench->hold, machine);
}

/* One call of the sweep; of one that failed the rule alone is known. */
static bool take(void *ctx, void *tally, unsigned probe, const struct hvc_call *call,
                 const struct hvc_outcome *outcome)
{
	static const struct hvc_regset none;
	struct hvc_check_bench *bench = ctx;
	struct tally *t = tally;
	struct hvc_verdict verdict;
	bool failed = outcome->kind == HVC_OUTCOME_FAILED, held = false;

	if (bench->probe != probe && !failed) {
		hvc_entry_state(hvc_machine_entry(bench->machine), call, &bench->before);
		bench->probe = probe;
	}
	hvc_verdict_judge(bench->config->abi, bench->world, &bench->before,
	                  failed ? &none : hvc_machine_present(bench->machine), call, outcome,
	                  &verdict);
	hvc_check__count(&t->total, verdict.kind);
	t->verdicts[call->imm] |= (uint8_t)(1u << verdict.kind);
	if (verdict.rule >= 0)
		hvc_check__count(&t->rule[verdict.rule], verdict.kind);
	if (bench->hold && !failed &&
	    hvc_hold__differs(bench->hold, probe, call, outcome, &held, t->fault, sizeof t->fault))
		return false;
	t->held += held;
	if (verdict.clause == HVC_CLAUSE_NONE)
		return true;
	return !is_disproved(bench, call, &verdict, t) &&
	       note(bench, t, &verdict, probe, call->imm, outcome);
}

static void sum_up(struct hvc_rule_account *sum, const struct hvc_rule_account *a)
{
	sum->calls += a->calls;
	sum->conforms += a->conforms;
	sum->violates += a->violates;
	sum->undecided += a->undecided;
}

/* The finding of a verdict, which may be new. */
static struct hvc_finding *finding_of(struct hvc_check_bench *bench,
                                      const struct hvc_verdict *verdict)
{
	struct hvc_check *check = bench->check;
	unsigned capacity = bench->capacity ? 2 * bench->capacity : 8;
	void *grown;

	for (unsigned i = 0; i < check->findings; i++)
		if (hvc_verdict__same(&check->finding[i].verdict, verdict))
			return &check->finding[i];
	if (check->findings == bench->capacity) {
		grown = realloc(check->finding, capacity * sizeof *check->finding);
		if (!grown)
			return NULL;
		check->finding = grown;
		grown = realloc(bench->seen, capacity * sizeof *bench->seen);
		if (!grown)
			return NULL;
		bench->seen = grown;
		bench->capacity = capacity;
	}
	memset(&check->finding[check->findings], 0, sizeof *check->finding);
	check->finding[check->findings].sampled = true;
	memset(bench->seen[check->findings], 0, sizeof *bench->seen);
	return &check->finding[check->findings++];
}

/* Worlds come one after the other: in each the first call counts, whoever made it. */
static bool add_found(struct hvc_check_bench *bench, const struct found *found,
                      const struct hvc_probe *probe, bool sampled)
{
	struct hvc_finding *finding = finding_of(bench, &found->verdict);
	uint8_t *seen;

	if (!finding)
		return false;
	finding->sampled &= sampled;
	seen = bench->seen[finding - bench->check->finding];
	/* An immediate is in one chunk, and so of one worker. */
	if (!finding->calls || (finding->world == bench->world && found->imm < finding->imm)) {
		finding->verdict = found->verdict;
		finding->outcome = found->outcome;
		finding->world = bench->world;
		finding->probe = *probe;
		finding->imm = found->imm;
	}
	finding->calls += found->calls;
	for (size_t i = 0; i < sizeof found->seen; i++)
		seen[i] |= found->seen[i];
	return true;
}

void hvc_check__note(struct hvc_check_bench *bench, const struct hvc_proof_call *call)
{
	const struct hvc_probe probe = {
	        .call = call->call, .reg = HVC_REG_NONE, .why = HVC_WHY_PROOF};
	struct found *found = calloc(1, sizeof *found);

	if (found) {
		found->verdict = call->verdict;
		found->outcome = call->outcome;
		found->calls = 1;
		found->imm = call->call.imm;
		found->seen[found->imm / 8] = (uint8_t)(1u << found->imm % 8);
	}
	bench->nomem |= !found || !add_found(bench, found, &probe, call->sampled);
	free(found);
}

void hvc_check__name_others(struct hvc_check *check, struct hvc_finding *finding)
{
	const struct hvc_check_world *world = &check->world[finding->world];
	struct hvc_call call = finding->probe.call;
	struct hvc_verdict verdict;
	struct hvc_state before;
	size_t used = 0;

	call.imm = finding->imm;
	hvc_entry_state(&world->entry, &call, &before);
	for (unsigned skip = 1; used < sizeof finding->also; skip++) {
		char name[24];

		hvc_verdict__judge_after(check->abi, finding->world, &before, &world->present,
		                         &call, &finding->outcome, skip, &verdict);
		if (verdict.kind != HVC_VERDICT_VIOLATES)
			return;
		if (*hvc_verdict__register(&verdict, name, sizeof name))
			used += (size_t)snprintf(finding->also + used, sizeof finding->also - used,
			                         "%s%s", used ? ", " : "", name);
	}
}

static void add(void *ctx, const void *tally)
{
	struct hvc_check_bench *bench = ctx;
	struct hvc_check *check = bench->check;
	const struct tally *t = tally;
	const struct found *found = founds_of(bench->config->abi, t);

	sum_up(&check->total, &t->total);
	bench->held += t->held;
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		sum_up(&check->rule[i], &t->rule[i]);
	for (unsigned i = 0; i < HVC_IMM_COUNT; i++)
		check->verdicts[i] |= t->verdicts[i];
	for (unsigned i = 0; i < t->founds; i++)
		bench->nomem |=
		        !add_found(bench, &found[i], &bench->probes->probe[found[i].probe], false);
	if (t->fault[0])
		memcpy(bench->fault, t->fault, sizeof bench->fault);
	else if (t->full && !bench->fault[0])
		bench->full = true;
}

struct hvc_sweep_judge hvc_check__judge(struct hvc_check_bench *bench)
{
	const struct hvc_abi *abi = bench->config->abi;

	return (struct hvc_sweep_judge){
	        .tally = sizeof(struct tally) +
	                 hvc_abi_rule_count(abi) * sizeof(struct hvc_rule_account) +
	                 hvc_check__ways(abi) * sizeof(struct found),
	        .machine = use_machine,
	        .take = take,
	        .add = add,
	        .ctx = bench,
	};
}
