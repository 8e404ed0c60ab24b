/* SPDX-License-Identifier: MIT */
/*
 * Path by path: which rules govern calls on it is asked of the solver, a call at a time, and the
 * rule that governs that call is then proved for all that it governs there.
 */
#include "engine/prove.h"

#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/prover.h"
#include "engine/scene.h"
#include "engine/simplest_call.h"
#include "machine/outcome.h"
#include "machine/world.h"

/** Bounds of one caller's exploration. */
#define PATHS 2048u
#define STEPS UINT64_C(4000000)
#define CELLS 4096u

static enum hvc_status out_of_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

/* What is asked: everything that is required of the solver now, as one term. */
struct cell {
	struct hvc_prover *p;
	unsigned path, rule;
	hvc_ref all;
	const char *why; /* the path is not what the machine does */
	hvc_ref where;   /* there */
	hvc_ref memory;  /* what is read is what the machine has */
};

static const struct hvc_sympath *path_of(const struct cell *cell)
{
	return &cell->p->symbolic->path[cell->path];
}

/* Note the simplest call of the cell for which `also` holds, with the verdict that it must have. */
static enum hvc_status name_call(struct cell *cell, hvc_ref also, enum hvc_verdict_kind kind,
                                 const struct hvc_prover_clause *broken)
{
	struct hvc_prover *p = cell->p;
	struct hvc_proof_call *call;
	hvc_ref all = hvc_bv__and(p->terms, cell->all, also);

	if (!hvc_prover__simplify(p, path_of(cell), all)) {
		/*
		 * No memory of the machine need take a path, and no FP/SIMD register be what makes
		 * no difference; but what it breaks must be shown.
		 */
		if (broken ||
		    (!hvc_symbolic__reads_callers(path_of(cell)) && !(all->uses & ~HVC_USES_CALL)))
			hvc_prover__gap(p, "a call that nobody can make shows it");
		return HVC_OK;
	}
	call = hvc_prover__new_call(p);
	if (!call)
		return HVC_E_NOMEM;
	hvc_prover__call(p, &call->call);
	call->path = cell->path;
	call->verdict =
	        (struct hvc_verdict){.kind = kind, .rule = (int)cell->rule, .reg = HVC_REG_NONE};
	if (broken) {
		call->verdict.clause = broken->clause;
		call->verdict.reg = broken->reg;
		call->verdict.other = broken->other;
	}
	return HVC_OK;
}

/* One after the other, as a call is judged: each may be the first that is broken. */
static enum hvc_status refute(struct cell *cell, const struct hvc_prover_clause *list, size_t count)
{
	struct hvc_prover *p = cell->p;
	hvc_ref before = hvc_bv__num(p->terms, 1, 1);

	for (size_t i = 0; i < count; i++) {
		hvc_ref broken = hvc_bv__not(p->terms, list[i].holds);
		enum hvc_answer answer;

		hvc_solver__push(p->solver);
		hvc_solver__require(p->solver, before);
		hvc_solver__require(p->solver, broken);
		answer = hvc_solver__check(p->solver);
		if (answer == HVC_ANSWER_YES)
			HVC_TRY(name_call(cell, hvc_bv__and(p->terms, before, broken),
			                  HVC_VERDICT_VIOLATES, &list[i]));
		else if (answer == HVC_ANSWER_UNDECIDED)
			hvc_prover__gap(p, "the solver gave up");
		hvc_solver__pop(p->solver);
		before = hvc_bv__and(p->terms, before, list[i].holds);
	}
	return HVC_OK;
}

/*
 * A call that keeps what can be kept, and one of which the rule contradicts itself. `certain`: the
 * solver has said that there are such calls.
 */
static enum hvc_status name_kept(struct cell *cell, hvc_ref kept, bool certain)
{
	struct hvc_prover *p = cell->p;
	const struct hvc_prover_clause impossible = {.clause = HVC_CLAUSE_CONTRADICTION,
	                                             .reg = HVC_REG_ELR_EL2};
	hvc_ref contradicts = p->contradicts;

	for (unsigned not = 0; not < 2; not ++) {
		hvc_ref also = hvc_bv__and(p->terms, kept,
		                           not ? hvc_bv__not(p->terms, contradicts) : contradicts);
		enum hvc_answer answer = HVC_ANSWER_YES;

		if (hvc_bv__is(also, 0))
			continue;
		hvc_solver__push(p->solver);
		hvc_solver__require(p->solver, also);
		if (!certain || !hvc_bv__is(contradicts, 0))
			answer = hvc_solver__check(p->solver);
		if (answer == HVC_ANSWER_YES)
			HVC_TRY(name_call(cell, also, HVC_VERDICT_CONFORMS,
			                  not ? NULL : &impossible));
		hvc_solver__pop(p->solver);
	}
	return HVC_OK;
}

static enum hvc_status prove_clauses(struct cell *cell)
{
	struct hvc_prover *p = cell->p;
	struct hvc_prover_clause list[HVC_PROVER_CLAUSES];
	size_t count = hvc_prover__clauses(p, path_of(cell), cell->rule, list);
	hvc_ref kept = hvc_bv__num(p->terms, 1, 1);
	enum hvc_answer answer = HVC_ANSWER_NO;

	for (size_t i = 0; i < count; i++)
		kept = hvc_bv__and(p->terms, kept, list[i].holds);
	hvc_prover__note_broken(p, cell->rule, hvc_bv__and(p->terms, cell->all, cell->memory),
	                        kept);
	if (count) {
		hvc_solver__push(p->solver);
		hvc_solver__require(p->solver, hvc_bv__not(p->terms, kept));
		answer = hvc_solver__check(p->solver);
		hvc_solver__pop(p->solver);
	}
	if (answer == HVC_ANSWER_UNDECIDED) {
		hvc_prover__gap(p, "the solver gave up");
		return HVC_OK;
	}
	p->refuted[cell->rule] |= answer == HVC_ANSWER_YES;
	if (answer == HVC_ANSWER_YES)
		HVC_TRY(refute(cell, list, count));
	else
		kept = hvc_bv__num(p->terms, 1, 1);
	return name_kept(cell, kept, answer == HVC_ANSWER_NO);
}

static void say_loose(const struct cell *cell)
{
	struct hvc_prover *p = cell->p;
	char text[200];

	hvc_symbolic__print_condition(p->symbolic, path_of(cell), text, sizeof text);
	hvc_prover__gap(p, path_of(cell)->way->facts.clauses ? "%s, where %s" : "%s", cell->why,
	                text);
}

/* The caller's pointer may point to EL2's own memory, which must refuse it. */
static enum hvc_status show_own(struct cell *cell)
{
	struct hvc_prover *p = cell->p;
	hvc_ref own =
	        hvc_prover__stores_to_own(p, &p->config->abi->rule[cell->rule], path_of(cell));
	enum hvc_status status = HVC_OK;
	struct hvc_call call;

	if (hvc_bv__is(own, 0))
		return HVC_OK;
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, own);
	if (hvc_solver__check(p->solver) == HVC_ANSWER_YES &&
	    hvc_prover__simplify(p, path_of(cell), hvc_bv__and(p->terms, cell->all, own))) {
		hvc_prover__call(p, &call);
		status = hvc_prover__name_apart(p, cell->path, &call, (int)cell->rule,
		                                HVC_CLAUSE_OWN);
	}
	hvc_solver__pop(p->solver);
	return status;
}

/* Where the rule promises something and the path is the machine's; the solver keeps to that. */
static enum hvc_status prove_specified(struct cell *cell)
{
	struct hvc_prover *p = cell->p;
	hvc_ref kept = hvc_bv__not(p->terms, cell->where);

	HVC_TRY(show_own(cell));
	if (hvc_bv__is(cell->where, 0))
		return prove_clauses(cell);
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, cell->where);
	if (hvc_solver__check(p->solver) != HVC_ANSWER_NO)
		say_loose(cell);
	hvc_solver__pop(p->solver);
	hvc_solver__require(p->solver, kept);
	cell->all = hvc_bv__and(p->terms, cell->all, kept);
	return hvc_solver__check(p->solver) == HVC_ANSWER_YES ? prove_clauses(cell) : HVC_OK;
}

/* Nothing is promised: a call is made all the same, where one shows what comes of it. */
static enum hvc_status name_unspecified(struct cell *cell)
{
	if (!hvc_bv__is(cell->where, 0) || hvc_symbolic__reads_callers(path_of(cell)))
		return HVC_OK;
	return name_call(cell, hvc_bv__num(cell->p->terms, 1, 1), HVC_VERDICT_UNDECIDED, NULL);
}

/* In a handler that is not followed: of those that the rule governs one call is made. */
static enum hvc_status sample(struct cell *cell)
{
	struct hvc_proof *proof = cell->p->proof;
	unsigned calls = proof->calls;

	proof->sampled[cell->rule] = true;
	HVC_TRY(name_call(cell, hvc_bv__num(cell->p->terms, 1, 1), HVC_VERDICT_UNDECIDED, NULL));
	if (proof->calls > calls)
		proof->call[calls].sampled = true;
	return HVC_OK;
}

/* The first is told; the others are counted. */
static void meet_handler(struct hvc_prover *p, const struct hvc_sympath *path)
{
	char where[120], end[120];

	if (p->handlers++ || p->holes)
		return;
	hvc_symbolic__print_end(p->symbolic, path, end, sizeof end);
	hvc_symbolic__print_condition(p->symbolic, path, where, sizeof where);
	p->part->proved = false;
	snprintf(p->part->why, sizeof p->part->why, "%s, where %s", end, where);
}

/* The rule that governs the model at hand, for all that it governs on this path. */
static enum hvc_status prove_rule(struct cell *cell, struct hvc_diag *diag)
{
	struct hvc_prover *p = cell->p;
	struct hvc_model model = {.value = p->value, .count = HVC_INPUTS};
	hvc_ref condition = cell->all, governs;
	enum hvc_status status;
	struct hvc_call call;
	int rule;

	hvc_prover__call(p, &call);
	rule = hvc_abi__rule_of(p->config->abi, p->config->index, &call);
	governs = rule < 0 ? NULL : hvc_prover__governs(p, (unsigned)rule);
	if (!governs || hvc_bv__eval(p->terms, governs, &model) != 1)
		return hvc_diag_set(diag, HVC_E_ENGINE, NULL, 0, 0,
		                    "a fault of hvcheck: no rule governs a call by its terms");
	p->part->cells++;
	cell->rule = (unsigned)rule;
	cell->all = hvc_bv__and(p->terms, condition, governs);
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, governs);
	if (path_of(cell)->handler)
		status = sample(cell);
	else
		status = p->config->abi->rule[rule].specified ? prove_specified(cell)
		                                              : name_unspecified(cell);
	hvc_solver__pop(p->solver);
	governs = hvc_bv__not(p->terms, governs);
	cell->all = hvc_bv__and(p->terms, condition, governs);
	hvc_solver__require(p->solver, governs);
	return status == HVC_OK ? HVC_OK : out_of_memory(diag);
}

static enum hvc_status prove_path(struct hvc_prover *p, unsigned index, struct hvc_diag *diag)
{
	struct hvc_sympath *path = &p->symbolic->path[index];
	const struct hvc_facts *facts = &path->way->facts;
	struct cell cell = {
	        .p = p, .path = index, .all = hvc_symbolic__condition(p->symbolic, path)};
	enum hvc_status status = HVC_OK;
	enum hvc_answer answer;
	char text[200];

	if (path->handler) {
		meet_handler(p, path);
	} else if (path->end != HVC_END_OUTCOME) {
		hvc_symbolic__print_end(p->symbolic, path, text, sizeof text);
		hvc_prover__gap(p, "%s", text);
		return HVC_OK;
	} else {
		cell.why = hvc_symbolic__loose(p->symbolic, path, &cell.where);
	}
	if (cell.where && hvc_bv__is(cell.where, 1)) {
		say_loose(&cell);
		return HVC_OK;
	}
	hvc_solver__push(p->solver);
	cell.memory = hvc_symbolic__memory(p->symbolic, path);
	hvc_solver__require(p->solver, cell.memory);
	for (size_t i = 0; i < facts->clauses; i++)
		hvc_solver__require(p->solver, facts->clause[i]);
	while (status == HVC_OK && (answer = hvc_solver__check(p->solver)) != HVC_ANSWER_NO) {
		if (answer == HVC_ANSWER_UNDECIDED || p->part->cells == CELLS) {
			hvc_prover__gap(p, "the solver gave up");
			break;
		}
		hvc_prover__take_model(p);
		status = prove_rule(&cell, diag);
	}
	hvc_solver__pop(p->solver);
	return status;
}

static enum hvc_status prove_paths(struct hvc_prover *p, struct hvc_diag *diag)
{
	unsigned first = p->proof->calls;
	hvc_ref always;

	hvc_prover__begin(p);
	always = hvc_search__address(p->terms, p->part->insn);
	for (unsigned i = 0; !p->config->width && i < p->symbolic->paths; i++)
		HVC_TRY(prove_path(p, i, diag));
	if (hvc_prover__width(p) != HVC_OK)
		return out_of_memory(diag);
	p->part->queries = hvc_solver__queries(p->solver);
	if (hvc_solver__status(p->solver) == HVC_E_NOMEM || hvc_bv__status(p->terms) == HVC_E_NOMEM)
		return out_of_memory(diag);
	if (hvc_solver__status(p->solver) != HVC_OK || hvc_bv__status(p->terms) != HVC_OK)
		hvc_prover__gap(p, "the solver gave up");
	HVC_TRY(hvc_prover__confirm(p, first, diag));
	if (!p->config->certificates || !p->part->proved)
		return HVC_OK;
	return hvc_prover__certify(p, always) == HVC_OK ? HVC_OK : out_of_memory(diag);
}

static enum hvc_status prove_rules(struct hvc_prover *p, struct hvc_diag *diag)
{
	unsigned rules = hvc_abi_rule_count(p->config->abi);
	enum hvc_status status;

	p->governs = calloc(rules, sizeof *p->governs);
	p->broken = calloc(rules, sizeof(hvc_ref));
	p->refuted = calloc(rules, sizeof *p->refuted);
	status = p->governs && p->broken && p->refuted ? prove_paths(p, diag) : out_of_memory(diag);
	free(p->governs);
	free(p->broken);
	free(p->refuted);
	return status;
}

/* Is pointer authentication on? SCTLR_EL2.EnIA, EnIB, EnDA, EnDB. */
static bool signs_pointers(const struct hvc_prover *p)
{
	const uint64_t on =
	        UINT64_C(1) << 31 | UINT64_C(1) << 30 | UINT64_C(1) << 27 | UINT64_C(1) << 13;

	return p->config->world->cpu == HVC_CPU_MAX &&
	       hvc_machine_entry(p->machine)->v[HVC_REG_SCTLR_EL2] & on;
}

enum hvc_status hvc_prover__explore(struct hvc_prover *p, const struct hvc_secrets *secrets,
                                    struct hvc_diag *diag)
{
	uint64_t budget = p->config->budget ? p->config->budget : HVC_BUDGET_DEFAULT;
	const struct hvc_symbolic_config explore = {
	        .image = hvc_subject_image(p->config->subject),
	        .subject = p->config->subject,
	        .machine = p->machine,
	        .world = p->config->world,
	        .from = p->part->from,
	        .insn = p->part->insn,
	        .exact = true,
	        .secrets = secrets,
	        .pointer_auth = signs_pointers(p),
	        .paths = p->config->paths ? p->config->paths : PATHS,
	        .total = p->config->steps ? p->config->steps : STEPS,
	        .queries = p->config->queries,
	        .doors = p->config->behind ? HVC_DOORS_HANDLER : HVC_DOORS_NONE,
	        .behind = p->config->behind,
	        /* The machine counts whole blocks. */
	        .steps = (unsigned)(budget > 2048 ? budget - 1024 : budget / 2 + 1),
	};

	return hvc_symbolic__explore(&explore, diag, &p->symbolic);
}

static enum hvc_status prove_caller(struct hvc_prover *p, struct hvc_diag *diag)
{
	enum hvc_status status;

	p->part->proved = true;
	if (p->config->world->zero_pages) {
		hvc_prover__gap(p, "memory is lent on demand");
		return HVC_OK;
	}
	if (hvc_cpu__is_hyp(p->config->world->cpu)) {
		hvc_prover__gap(p, "A32 and T32 code is not followed");
		return HVC_OK;
	}
	status = hvc_prover__explore(p, NULL, diag);
	if (status == HVC_E_ARG || status == HVC_E_RANGE) {
		hvc_prover__gap(p, "%s",
		                status == HVC_E_ARG ? "nothing can execute there"
		                                    : "too many terms");
		return HVC_OK;
	}
	if (status != HVC_OK)
		return status;
	p->part->reads = p->symbolic->scene.reads;
	memcpy(p->part->read, p->symbolic->scene.read, sizeof p->part->read);
	status = prove_rules(p, diag);
	p->part->handlers = p->holes ? 0 : p->handlers;
	hvc_symbolic__free(p->symbolic);
	return status;
}

/* Callers in the order of probes: of each instruction EL1h, or Supervisor mode, first. */
static enum hvc_status prove_all(const struct hvc_prove_config *config, struct hvc_machine *machine,
                                 struct hvc_proof *out, struct hvc_diag *diag)
{
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (unsigned i = 0; i < HVC_LEVEL_COUNT; i++) {
			struct hvc_prover p = {.config = config, .proof = out, .machine = machine};
			enum hvc_level from = hvc_probe__level(i);

			if (!(config->insns >> insn & 1) || !(config->levels >> from & 1) ||
			    !hvc_world__has_caller(config->world, insn, from))
				continue;
			p.part = &out->part[out->parts++];
			*p.part = (struct hvc_check_part){
			        .world = config->index, .from = from, .insn = insn};
			HVC_TRY(prove_caller(&p, diag));
		}
	return HVC_OK;
}

enum hvc_status hvc_prove__world(const struct hvc_prove_config *config, struct hvc_diag *diag,
                                 struct hvc_proof *out)
{
	struct hvc_machine *machine;
	enum hvc_status status;

	memset(out, 0, sizeof *out);
	out->part = calloc(HVC_INSN_COUNT * HVC_LEVEL_COUNT, sizeof *out->part);
	out->sampled = calloc(hvc_abi_rule_count(config->abi), sizeof *out->sampled);
	if (!out->part || !out->sampled)
		return out_of_memory(diag);
	HVC_TRY(hvc_scene__machine(config->subject, config->world, config->budget, diag, &machine));
	status = prove_all(config, machine, out, diag);
	hvc_machine_close(machine);
	return status;
}
