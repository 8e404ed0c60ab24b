/* SPDX-License-Identifier: MIT */
#include "hvcheck/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/prove.h"
#include "engine/scene.h"

#define CONSTANTS_LIMIT 1000u /* instructions followed when looking for compared constants */

/* What judging needs besides the check itself. */
struct bench {
	struct hvc_check *check;
	const struct hvc_subject *subject;
	unsigned world;
	struct hvc_map *map;
	struct hvc_proof proof; /* of this world; no parts: none was asked for */
	unsigned levels, insns;
	unsigned capacity; /* of check->finding */
	uint8_t violating[HVC_IMM_COUNT];
	/* for each finding, the immediates it was seen on: a bit each */
	uint8_t (*seen)[HVC_IMM_COUNT / 8];
};

static struct hvc_finding *find(struct bench *bench, const struct hvc_verdict *verdict)
{
	struct hvc_check *check = bench->check;

	for (unsigned i = 0; i < check->findings; i++) {
		const struct hvc_verdict *known = &check->finding[i].verdict;

		if (hvc_verdict_same(known, verdict))
			return &check->finding[i];
	}
	if (check->findings == bench->capacity) {
		unsigned capacity = bench->capacity ? 2 * bench->capacity : 8;
		void *finding = realloc(check->finding, capacity * sizeof *check->finding);
		void *seen;

		if (!finding)
			return NULL;
		check->finding = finding;
		seen = realloc(bench->seen, capacity * sizeof *bench->seen);
		if (!seen)
			return NULL;
		bench->seen = seen;
		bench->capacity = capacity;
	}
	memset(&check->finding[check->findings], 0, sizeof *check->finding);
	memset(bench->seen[check->findings], 0, sizeof *bench->seen);
	return &check->finding[check->findings++];
}

/* Is this call before the finding's witness? Worlds come in order, and so do probes in each. */
static bool is_earlier(const struct bench *bench, const struct hvc_finding *finding, uint16_t imm)
{
	return finding->world == bench->world && imm < finding->imm;
}

static bool note(struct bench *bench, const struct hvc_verdict *verdict, uint32_t probe,
                 uint16_t imm, unsigned class_)
{
	struct hvc_finding *finding = find(bench, verdict);
	uint8_t *seen;

	if (!finding)
		return false;
	seen = bench->seen[finding - bench->check->finding];
	if (finding->calls++ == 0 || is_earlier(bench, finding, imm)) {
		finding->verdict = *verdict;
		finding->world = bench->world;
		finding->probe = bench->map->probes.probe[probe];
		finding->imm = imm;
		finding->outcome = bench->map->class_[class_];
	}
	if (!(seen[imm / 8] >> (imm % 8) & 1)) {
		seen[imm / 8] |= (uint8_t)(1u << imm % 8);
		finding->immediates++;
	}
	if (!bench->violating[imm]) {
		bench->violating[imm] = 1;
		bench->check->immediates_violating++;
	}
	return true;
}

static void add(struct hvc_rule_account *account, enum hvc_verdict_kind kind)
{
	account->calls++;
	if (kind == HVC_VERDICT_CONFORMS)
		account->conforms++;
	else if (kind == HVC_VERDICT_VIOLATES)
		account->violates++;
	else
		account->undecided++;
}

static void count(struct bench *bench, const struct hvc_call *call,
                  const struct hvc_verdict *verdict)
{
	add(&bench->check->total, verdict->kind);
	bench->check->verdicts[call->imm] |= (uint8_t)(1u << verdict->kind);
	if (verdict->rule >= 0)
		add(&bench->check->rule[verdict->rule], verdict->kind);
}

static enum hvc_status out_of_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/* A violation that the proof has no call for, though it claims to have one for each kind. */
static enum hvc_status disproved(const struct bench *bench, const struct hvc_call *call,
                                 const struct hvc_verdict *verdict, struct hvc_diag *diag)
{
	char text[160], name[24];

	hvc_proof__print_call(call, text, sizeof text);
	return hvc_diag_set(diag, HVC_E_ENGINE, bench->check->subject, 0, 0,
	                    "a fault of hvcheck: %s: conforms by the proof, violates by the "
	                    "machine: %s %s",
	                    text, hvc_clause_name(verdict->clause),
	                    hvc_verdict_register(verdict, name, sizeof name));
}

/*
 * A class does not say what the exception left in registers of EL2 (map.h): of a result there the
 * proof knows, which has had it confirmed.
 */
static void ask_proof(const struct bench *bench, const struct hvc_call *call,
                      struct hvc_verdict *verdict)
{
	const struct hvc_verdict *known;

	if (verdict->clause != HVC_CLAUSE_RESULT ||
	    hvc_reg_info(verdict->reg)->class_ != HVC_CLASS_EXCEPTION ||
	    !hvc_proof__proves(&bench->proof, call))
		return;
	known = hvc_proof__refutes(&bench->proof, call, verdict);
	if (known)
		*verdict = *known;
	else
		verdict->kind = HVC_VERDICT_CONFORMS;
}

/* Judge every call of one run. */
static enum hvc_status judge_run(struct bench *bench, const struct hvc_run *run,
                                 struct hvc_diag *diag)
{
	struct hvc_check *check = bench->check;
	const struct hvc_map *map = bench->map;
	struct hvc_state before;
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
	struct hvc_call call;

	hvc_map_call(map, run->probe, run->lo, &call);
	hvc_entry_state(&map->entry, &call, &before);
	for (unsigned imm = run->lo; imm <= run->hi; imm++) {
		call.imm = (uint16_t)imm;
		hvc_class_apply(&map->class_[run->class_], &map->entry, &call, &outcome);
		hvc_verdict_judge(check->abi, bench->world, &before, &map->present, &call, &outcome,
		                  &verdict);
		ask_proof(bench, &call, &verdict);
		count(bench, &call, &verdict);
		if (verdict.kind != HVC_VERDICT_VIOLATES)
			continue;
		if (hvc_proof__proves(&bench->proof, &call) &&
		    !hvc_proof__refutes(&bench->proof, &call, &verdict))
			return disproved(bench, &call, &verdict, diag);
		if (!note(bench, &verdict, run->probe, call.imm, run->class_))
			return out_of_memory(diag);
	}
	return HVC_OK;
}

/* Calls that the proof has made and no probe makes again. */
static bool judge_rest(struct bench *bench)
{
	for (unsigned i = 0; i < bench->proof.calls; i++) {
		const struct hvc_proof_call *call = &bench->proof.call[i];

		if (call->lost && bench->map->failed++ == 0)
			memcpy(bench->map->failure, call->failure, sizeof call->failure);
		if (!call->swept)
			count(bench, &call->call, &call->verdict);
		/* Classes are of one call each, and this is about two. */
		if (call->swept && call->width)
			count(bench, &call->call, &call->verdict);
		if (call->swept && call->width &&
		    !note(bench, &call->verdict, call->probe, call->call.imm,
		          hvc_map_class_of(bench->map, call->probe, call->call.imm)))
			return false;
	}
	return true;
}

/* What the proof's calls met; what the sweep has met as well is counted there. */
static bool add_invented(struct bench *bench)
{
	struct hvc_invented *all = &bench->map->invented;
	const struct hvc_invented *more = &bench->proof.invented;
	unsigned known = all->rows;
	bool ok = true;

	for (unsigned i = 0; ok && i < more->rows; i++) {
		bool is_new = true;

		for (unsigned k = 0; k < known; k++)
			is_new &= !hvc_invention_is_same(&all->row[k], &more->row[i]);
		ok = !is_new || hvc_invented_add(all, &more->row[i]) == HVC_OK;
	}
	all->more += more->more;
	hvc_invented_sort(all);
	hvc_subject_name_invented(bench->subject, all);
	return ok && hvc_map__doubt(bench->map);
}

static enum hvc_status keep_parts(struct bench *bench, struct hvc_diag *diag)
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
	return HVC_OK;
}

static enum hvc_status sweep_world(const struct hvc_check_config *config, struct bench *bench,
                                   const struct hvc_world *world, const struct hvc_probes *probes,
                                   struct hvc_diag *diag)
{
	struct hvc_check *check = bench->check;
	struct hvc_map_config map = {
	        .subject = config->subject,
	        .world = world,
	        .probes = probes,
	        .jobs = config->jobs,
	        .budget = config->budget,
	        .progress = config->progress,
	        .progress_ctx = config->progress_ctx,
	};

	HVC_TRY(hvc_map_make(&map, diag, &check->map[bench->world]));
	check->maps++;
	bench->map = check->map[bench->world];
	for (size_t i = 0; i < bench->map->runs; i++)
		HVC_TRY(judge_run(bench, &bench->map->run[i], diag));
	if (!judge_rest(bench) || !add_invented(bench))
		return out_of_memory(diag);
	return keep_parts(bench, diag);
}

static enum hvc_status check_world(const struct hvc_check_config *config, struct bench *bench,
                                   const struct hvc_probes *probes, struct hvc_diag *diag)
{
	struct hvc_world world;
	const struct hvc_prove_config prove = {
	        .subject = config->subject,
	        .abi = config->abi,
	        .index = bench->world,
	        .world = &world,
	        .levels = bench->levels,
	        .insns = bench->insns,
	        .budget = config->budget,
	        .paths = config->paths,
	        .certificates = config->certificates,
	};
	struct hvc_probes chosen = {0};
	enum hvc_status status = HVC_OK;

	HVC_TRY(hvc_scene__world(config->subject, config->abi, bench->world, config->over, diag,
	                         &world));
	if (!config->sweep)
		status = hvc_prove__world(&prove, diag, &bench->proof);
	if (status == HVC_OK && !hvc_check__probes(bench->check, &bench->proof, probes, &chosen))
		status = out_of_memory(diag);
	if (status == HVC_OK)
		status = sweep_world(config, bench, &world, &chosen, diag);
	hvc_proof__free(&bench->proof);
	hvc_probes_free(&chosen);
	return status;
}

/* What holds of a rule is as well known as the least of the parts that it speaks of. */
static void weigh(struct hvc_check *check)
{
	check->total.known = check->parts ? HVC_EVIDENCE_PROVED : HVC_EVIDENCE_SWEPT;
	for (unsigned i = 0; i < hvc_abi_rule_count(check->abi); i++)
		check->rule[i].known = check->total.known;
	for (unsigned i = 0; i < check->parts; i++) {
		const struct hvc_check_part *part = &check->part[i];

		if (part->proved)
			continue;
		check->total.known = HVC_EVIDENCE_SWEPT;
		for (unsigned k = 0; k < hvc_abi_rule_count(check->abi); k++) {
			const struct hvc_rule *rule = hvc_abi_rule_at(check->abi, k);

			if (rule->levels >> part->from & 1 && rule->insns >> part->insn & 1 &&
			    rule->worlds >> part->world & 1)
				check->rule[k].known = HVC_EVIDENCE_SWEPT;
		}
	}
}

static int by_rule(const void *a, const void *b)
{
	const struct hvc_verdict *x = &((const struct hvc_finding *)a)->verdict;
	const struct hvc_verdict *y = &((const struct hvc_finding *)b)->verdict;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->clause != y->clause)
		return x->clause < y->clause ? -1 : 1;
	if (x->reg != y->reg)
		return x->reg < y->reg ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

static enum hvc_status run_worlds(const struct hvc_check_config *config,
                                  const struct hvc_probes *probes, struct bench *bench,
                                  struct hvc_diag *diag)
{
	unsigned worlds = hvc_abi_world_count(config->abi);
	struct hvc_check *check = bench->check;

	check->subject = strdup(hvc_subject_name(config->subject));
	check->abi = config->abi;
	check->map = calloc(worlds, sizeof *check->map);
	check->rule = calloc(hvc_abi_rule_count(config->abi), sizeof *check->rule);
	check->verdicts = calloc(HVC_IMM_COUNT, 1);
	if (!check->subject || !check->map || !check->rule || !check->verdicts)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	for (bench->world = 0; bench->world < worlds; bench->world++)
		HVC_TRY(check_world(config, bench, &probes[bench->world > 0], diag));
	weigh(check);
	if (check->findings)
		qsort(check->finding, check->findings, sizeof *check->finding, by_rule);
	return hvc_check__doubt(check) ? HVC_OK : out_of_memory(diag);
}

enum hvc_status hvc_check_run(const struct hvc_check_config *config, struct hvc_diag *diag,
                              struct hvc_check **out)
{
	struct hvc_probe_config probe = {
	        .abi = &config->abi,
	        .abis = 1,
	        .levels = hvc_abi_levels(config->abi) & (config->levels ? config->levels : ~0u),
	        .insns = hvc_abi_insns(config->abi) & (config->insns ? config->insns : ~0u),
	        .randoms = config->randoms,
	        .brief = config->brief,
	};
	struct hvc_constant *constant = NULL;
	struct hvc_probes probes[2] = {{0}}; /* of the first world, and of the others */
	struct bench *bench;
	struct hvc_check *check;
	enum hvc_status status = HVC_E_NOMEM;

	if (!probe.levels || !probe.insns)
		return hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0, "%s says nothing of such callers",
		                    hvc_abi_name(config->abi));
	bench = calloc(1, sizeof *bench);
	check = calloc(1, sizeof *check);
	if (bench && check)
		status = hvc_subject_constants(config->subject, CONSTANTS_LIMIT, &constant,
		                               &probe.constants);
	probe.constant = constant;
	if (status == HVC_OK)
		status = hvc_probes_make(&probe, &probes[0]);
	probe.brief = true;
	if (status == HVC_OK)
		status = hvc_probes_make(&probe, &probes[1]);
	if (status != HVC_OK) {
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	} else {
		bench->check = check;
		bench->subject = config->subject;
		bench->levels = probe.levels;
		bench->insns = probe.insns;
		status = run_worlds(config, probes, bench, diag);
	}
	hvc_probes_free(&probes[0]);
	hvc_probes_free(&probes[1]);
	free(constant);
	if (bench)
		free(bench->seen);
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
	for (unsigned i = 0; i < check->maps; i++)
		hvc_map_free(check->map[i]);
	free(check->map);
	free(check->rule);
	free(check->part);
	free(check->finding);
	free(check->verdicts);
	free(check->subject);
	free(check);
}
