/* SPDX-License-Identifier: MIT */
/*
 * Every promise of an ABI put to the test in every world: proved by prove.c, else swept, and
 * each call judged.
 */
#include "hvcheck/check.h"

#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/apart.h"
#include "engine/cause.h"
#include "engine/check.h"
#include "engine/features.h"
#include "engine/probe.h"
#include "engine/scene.h"
#include "machine/supplied.h"
#include "subject/subject.h"

#define CONSTANTS_LIMIT 1000u /* instructions followed when looking for compared constants */

static enum hvc_status out_of_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/* Calls that the proof has made and no probe makes again. */
static void judge_rest(struct hvc_check_bench *bench, struct hvc_check_world *world)
{
	struct hvc_check *check = bench->check;

	for (unsigned i = 0; i < bench->proof.calls; i++) {
		const struct hvc_proof_call *call = &bench->proof.call[i];

		if (call->lost && world->failed++ == 0)
			memcpy(world->failure, call->failure, sizeof call->failure);
		/* Calls of a sweep are judged by their rules alone. */
		if (call->sampled ? call->verdict.kind == HVC_VERDICT_VIOLATES
		                  : call->swept && call->apart)
			hvc_check__note(bench, call);
		else if (call->swept)
			continue;
		hvc_check__count(&check->total, call->verdict.kind);
		check->verdicts[call->call.imm] |= (uint8_t)(1u << call->verdict.kind);
		if (call->verdict.rule >= 0)
			hvc_check__count(&check->rule[call->verdict.rule], call->verdict.kind);
	}
}

/* What the proof's calls met; what the sweep has met as well is counted there. */
static bool add_supplied(struct hvc_check_bench *bench, struct hvc_check_world *world)
{
	struct hvc_supplied *all = &world->supplied;
	const struct hvc_supplied *more = &bench->proof.supplied;
	unsigned known = all->rows;
	bool ok = true;

	for (unsigned i = 0; ok && i < more->rows; i++) {
		bool is_new = true;

		for (unsigned k = 0; k < known; k++)
			is_new &= !hvc_supply__is_same(&all->row[k], &more->row[i]);
		ok = !is_new || hvc_supplied__add(all, &more->row[i]) == HVC_OK;
	}
	all->more += more->more;
	hvc_supplied__sort(all);
	hvc_subject__name_supplied(bench->config->subject, all);
	world->doubt.assumptions = hvc_supplied__assumptions(all);
	return ok;
}

static enum hvc_status keep_parts(struct hvc_check_bench *bench, struct hvc_diag *diag)
{
	struct hvc_check *check = bench->check;
	unsigned parts = bench->proof.parts;
	void *grown = realloc(check->part, (check->parts + parts + 1) * sizeof *check->part);

	if (!grown)
		return out_of_memory(diag);
	check->part = grown;
	if (parts)
		memcpy(check->part + check->parts, bench->proof.part, parts * sizeof *check->part);
	check->parts += parts;
	for (unsigned i = 0; bench->proof.sampled && i < hvc_abi_rule_count(check->abi); i++)
		bench->sampled[i] |= bench->proof.sampled[i];
	return HVC_OK;
}

static void keep_world(struct hvc_check_world *world, struct hvc_sweep *sweep)
{
	world->entry = sweep->entry;
	world->present = sweep->present;
	world->calls = sweep->calls;
	world->failed = sweep->failed;
	memcpy(world->failure, sweep->failure, sizeof world->failure);
	world->doubt = sweep->doubt;
	world->supplied = sweep->supplied;
	sweep->supplied = (struct hvc_supplied){0};
	for (unsigned imm = 0; sweep->calls && imm < HVC_IMM_COUNT; imm++)
		world->classified +=
		        !((sweep->lost[imm / 8] | sweep->skipped[imm / 8]) >> imm % 8 & 1);
}

static enum hvc_status sweep_world(struct hvc_check_bench *bench, struct hvc_check_world *world,
                                   struct hvc_diag *diag)
{
	const struct hvc_check_config *config = bench->config;
	const struct hvc_sweep_config sweeping = {
	        .subject = config->subject,
	        .world = &world->world,
	        .probes = bench->probes,
	        .jobs = config->jobs,
	        .budget = config->budget,
	        .representatives = !config->sweep,
	        .progress = config->progress,
	        .progress_ctx = config->progress_ctx,
	};
	const struct hvc_sweep_judge judge = hvc_check__judge(bench);
	struct hvc_sweep sweep;
	enum hvc_status status = hvc_sweep__run(&sweeping, &judge, diag, &sweep);

	if (bench->fault[0])
		return hvc_diag_set(diag, HVC_E_ENGINE, bench->check->subject, 0, 0,
		                    "a fault of hvcheck: %s", bench->fault);
	if (bench->full)
		return hvc_diag_set(diag, HVC_E_RANGE, bench->check->subject, 0, 0,
		                    "rules are broken in more than %u ways",
		                    hvc_check__ways(config->abi));
	if (status != HVC_OK)
		return status;
	keep_world(world, &sweep);
	world->probes = bench->probes->count;
	world->held = bench->held;
	judge_rest(bench, world);
	if (bench->nomem || !add_supplied(bench, world))
		return out_of_memory(diag);
	return keep_parts(bench, diag);
}

static bool add_lie(void *ctx, const struct hvc_verdict *verdict, const struct hvc_call *call)
{
	struct hvc_check_bench *bench = ctx;
	const struct hvc_proof_call told = {
	        .call = *call,
	        .verdict = *verdict,
	        .outcome = {.kind = HVC_OUTCOME_RETURN, .level = call->from},
	};

	hvc_check__note(bench, &told);
	hvc_check__count(&bench->check->total, verdict->kind);
	hvc_check__count(&bench->check->rule[verdict->rule], verdict->kind);
	bench->check->verdicts[call->imm] |= (uint8_t)(1u << verdict->kind);
	return !bench->nomem;
}

/* From EL1h, who asks. */
static enum hvc_status check_apart(struct hvc_check_bench *bench, const struct hvc_world *world,
                                   struct hvc_diag *diag)
{
	const struct hvc_features_config features = {
	        .subject = bench->config->subject,
	        .abi = bench->config->abi,
	        .index = bench->world,
	        .world = world,
	        .from = HVC_LEVEL_EL1H,
	        .insn = bench->insns & 1 ? HVC_INSN_HVC : HVC_INSN_SMC,
	        .budget = bench->config->budget,
	        .add = add_lie,
	        .ctx = bench,
	};

	if (!(bench->levels >> HVC_LEVEL_EL1H & 1))
		return HVC_OK;
	HVC_TRY(hvc_features__check(&features, diag));
	return hvc_fetch__check(&features, diag);
}

/* The rows that every call of a sweep has to meet, where what it does can be followed. */
static enum hvc_status open_rows(struct hvc_check_bench *bench, const struct hvc_world *world,
                                 struct hvc_diag *diag, struct hvc_exact **out)
{
	const struct hvc_exact_config config = {
	        .subject = bench->config->subject,
	        .world = world,
	        .levels = bench->levels,
	        .insns = bench->insns,
	        .into = true,
	        .exact = true,
	        .budget = bench->config->budget,
	        .paths = bench->config->paths,
	        .unconfirmed = true,
	};
	enum hvc_status status;

	*out = NULL;
	if (!bench->config->sweep || world->zero_pages)
		return HVC_OK;
	status = hvc_exact__make(&config, diag, out);
	if (status == HVC_E_RANGE) /* too much to follow */
		return HVC_OK;
	if (status == HVC_OK)
		status = hvc_hold__open(*out, bench->probes, &bench->hold);
	return status == HVC_E_NOMEM ? out_of_memory(diag) : status;
}

static enum hvc_status check_world(struct hvc_check_bench *bench, const struct hvc_probes *probes,
                                   struct hvc_diag *diag)
{
	const struct hvc_check_config *config = bench->config;
	struct hvc_check_world *world = &bench->check->world[bench->world];
	const struct hvc_prove_config prove = {
	        .subject = config->subject,
	        .abi = config->abi,
	        .index = bench->world,
	        .world = &world->world,
	        .levels = bench->levels,
	        .insns = bench->insns,
	        .budget = config->budget,
	        .paths = config->paths,
	        .behind = HVC_HANDLER_QUERIES,
	        .certificates = config->certificates,
	};
	struct hvc_probes chosen = {0};
	struct hvc_exact *exact = NULL;
	enum hvc_status status = HVC_OK;

	HVC_TRY(hvc_scene__world(config->subject, config->abi, bench->world, config->over, diag,
	                         &world->world));
	bench->check->worlds++;
	world->untried = probes->untried;
	bench->probes = &chosen;
	bench->held = 0;
	if (!config->sweep)
		status = hvc_prove__world(&prove, diag, &bench->proof);
	if (status == HVC_OK &&
	    !hvc_check__probes(bench->check, &bench->proof, &world->world, probes, &chosen))
		status = out_of_memory(diag);
	hvc_probes__fit(&chosen, world->world.cpu);
	if (status == HVC_OK)
		status = open_rows(bench, &world->world, diag, &exact);
	if (status == HVC_OK)
		status = sweep_world(bench, world, diag);
	hvc_hold__close(bench->hold);
	bench->hold = NULL;
	hvc_exact__free(exact);
	if (status == HVC_OK)
		status = check_apart(bench, &world->world, diag);
	hvc_proof__free(&bench->proof);
	hvc_probes__free(&chosen);
	return status;
}

/* What holds of a rule is as well known as the least of the parts that it speaks of. */
static void weigh(struct hvc_check_bench *bench)
{
	struct hvc_check *check = bench->check;

	check->total.known = check->parts ? HVC_EVIDENCE_PROVED : HVC_EVIDENCE_SWEPT;
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		check->rule[i].known = check->total.known;
	for (unsigned i = 0; i < check->parts; i++) {
		const struct hvc_check_part *part = &check->part[i];

		enum hvc_evidence known =
		        part->handlers || check->world[part->world].classified < HVC_IMM_COUNT
		                ? HVC_EVIDENCE_SAMPLED
		                : HVC_EVIDENCE_SWEPT;

		if (part->proved)
			continue;
		if (check->total.known < known)
			check->total.known = known;
		for (unsigned k = 0; k < hvc_abi_rule_count(check->abi); k++) {
			const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, k);

			if (rule->levels >> part->from & 1 && rule->insns >> part->insn & 1 &&
			    rule->worlds >> part->world & 1 &&
			    (!part->handlers || bench->sampled[k]) && check->rule[k].known < known)
				check->rule[k].known = known;
		}
	}
}

static int by_rule(const void *a, const void *b)
{
	const struct hvc_verdict *x = &((const struct hvc_finding *)a)->verdict;
	const struct hvc_verdict *y = &((const struct hvc_finding *)b)->verdict;

	if (x->kind != y->kind)
		return x->kind == HVC_VERDICT_VIOLATES ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->clause != y->clause)
		return x->clause < y->clause ? -1 : 1;
	if (x->reg != y->reg)
		return x->reg < y->reg ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

/* On how many immediates each finding was seen, and any. */
static void count_immediates(struct hvc_check_bench *bench)
{
	struct hvc_check *check = bench->check;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++) {
		bool any = false;

		for (unsigned i = 0; i < check->findings; i++) {
			bool is = bench->seen[i][imm / 8] >> imm % 8 & 1;

			check->finding[i].immediates += is;
			any |= is && check->finding[i].verdict.kind == HVC_VERDICT_VIOLATES;
		}
		check->immediates_violating += any;
	}
}

/* Of each finding's witness. */
static void find_causes(const struct hvc_check_config *config, struct hvc_check *check)
{
	for (unsigned i = 0; i < check->findings; i++) {
		struct hvc_finding *finding = &check->finding[i];
		struct hvc_call call = finding->probe.call;
		const struct hvc_cause_config cause = {
		        .subject = config->subject,
		        .abi = config->abi,
		        .world = &check->world[finding->world].world,
		        .call = &call,
		        .verdict = &finding->verdict,
		        .budget = config->budget,
		};

		call.imm = finding->imm;
		if (finding->verdict.kind == HVC_VERDICT_VIOLATES)
			hvc_cause__find(&cause, &finding->cause);
	}
}

static enum hvc_status run_worlds(struct hvc_check_bench *bench, const struct hvc_probes *probes,
                                  struct hvc_diag *diag)
{
	const struct hvc_check_config *config = bench->config;
	unsigned worlds = hvc_abi_world_count(config->abi);
	struct hvc_check *check = bench->check;

	check->subject = strdup(hvc_subject_name(config->subject));
	check->abi = config->abi;
	check->world = calloc(worlds, sizeof *check->world);
	check->rule = calloc(hvc_abi_rule_count(config->abi), sizeof *check->rule);
	check->verdicts = calloc(HVC_IMM_COUNT, 1);
	bench->sampled = calloc(hvc_abi_rule_count(config->abi), sizeof *bench->sampled);
	if (!bench->sampled || !check->subject || !check->world || !check->rule || !check->verdicts)
		return out_of_memory(diag);
	for (bench->world = 0; bench->world < worlds; bench->world++)
		HVC_TRY(check_world(bench, &probes[bench->world > 0], diag));
	weigh(bench);
	count_immediates(bench);
	for (unsigned i = 0; i < check->findings; i++)
		if (check->finding[i].verdict.clause == HVC_CLAUSE_PRESERVE ||
		    check->finding[i].verdict.clause == HVC_CLAUSE_RESULT)
			hvc_check__name_others(check, &check->finding[i]);
	find_causes(config, check);
	if (check->findings)
		qsort(check->finding, check->findings, sizeof *check->finding, by_rule);
	while (check->findings &&
	       check->finding[check->findings - 1].verdict.kind != HVC_VERDICT_VIOLATES) {
		check->findings--;
		check->contradictions++;
	}
	return hvc_check__doubt(check) ? HVC_OK : out_of_memory(diag);
}

enum hvc_status hvc_check_run(const struct hvc_check_config *config, struct hvc_diag *diag,
                              struct hvc_check **out)
{
	struct hvc_probe_config probe = {
	        .abi = &config->abi,
	        .abis = 1,
	        .levels = hvc_abi__levels(config->abi) & (config->levels ? config->levels : ~0u),
	        .insns = hvc_abi__insns(config->abi) & (config->insns ? config->insns : ~0u),
	        .randoms = config->randoms,
	        .brief = config->brief,
	};
	struct hvc_constant *constant = NULL;
	struct hvc_probes probes[2] = {{0}}; /* of the first world, and of the others */
	struct hvc_check_bench *bench;
	struct hvc_check *check;
	enum hvc_status status = HVC_E_NOMEM;

	if (!probe.levels || !probe.insns)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "%s says nothing of such callers",
		                    hvc_abi_name(config->abi));
	bench = calloc(1, sizeof *bench);
	check = calloc(1, sizeof *check);
	if (bench && check)
		status = hvc_subject__constants(config->subject, CONSTANTS_LIMIT, &constant,
		                                &probe.constants);
	probe.constant = constant;
	if (status == HVC_OK)
		status = hvc_probes__make(&probe, &probes[0]);
	probe.brief = true;
	if (status == HVC_OK)
		status = hvc_probes__make(&probe, &probes[1]);
	if (status != HVC_OK) {
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	} else {
		bench->config = config;
		bench->check = check;
		bench->levels = probe.levels;
		bench->insns = probe.insns;
		status = run_worlds(bench, probes, diag);
	}
	hvc_probes__free(&probes[0]);
	hvc_probes__free(&probes[1]);
	free(constant);
	if (bench) {
		free(bench->sampled);
		free(bench->seen);
	}
	free(bench);
	if (status != HVC_OK) {
		hvc_check_free(check);
		return status;
	}
	*out = check;
	return HVC_OK;
}

void hvc_check_free(struct hvc_check *check)
{
	if (!check)
		return;
	for (unsigned i = 0; i < check->worlds; i++)
		hvc_supplied__free(&check->world[i].supplied);
	free(check->world);
	free(check->rule);
	free(check->part);
	free(check->finding);
	free(check->verdicts);
	free(check->subject);
	free(check);
}
