/* SPDX-License-Identifier: MIT */
/*
 * The calls that a proof names, made in the machine: everything that comes of each is held to the
 * terms, and it is judged as any other call. The machine shares nothing with the proof but the
 * image, so where the two differ one of them is wrong, and nothing of it may be believed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "abi/verdict.h"
#include "engine/prover.h"
#include "engine/scene.h"
#include "hvcheck/arch.h"
#include "machine/supplied.h"

#define SUPPLIES_MAX 256u /* kept of what the calls of one caller meet */

struct made {
	bool made;
	bool away;    /* it went where the machine sees more, or less, than a jump */
	bool differs; /* from the terms; text says in what */
	struct hvc_verdict verdict;
	struct hvc_outcome outcome;
	char text[200];
};

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	volatile unsigned at;
	struct hvc_supply supply[SUPPLIES_MAX];
	unsigned supplies;
	uint64_t more;
	struct made made[];
};

struct work {
	struct hvc_prover *p;
	struct bench *bench;
	unsigned first;
	uint64_t *value; /* of all inputs */
	size_t values;
};

/*
 * A jump is told by where it goes, whatever there is; the machine goes on where there is code.
 * And where there is nothing, it calls it a jump when a register of the caller has just that
 * value, and else a fault.
 */
static bool is_away(const struct work *work, const struct hvc_sympath *path,
                    const struct hvc_model *model, const struct hvc_outcome *outcome)
{
	bool there =
	        path->target && outcome->pc == hvc_bv__eval(work->p->terms, path->target, model);

	if (path->kind == HVC_OUTCOME_FAULT)
		return outcome->kind == HVC_OUTCOME_JUMP && there;
	return path->kind == HVC_OUTCOME_JUMP && !(outcome->kind == HVC_OUTCOME_JUMP && there);
}

/* What was met since the last time, where the process that waits can read it; or nobody. */
static enum hvc_status keep_supplied(struct bench *bench, struct hvc_machine *machine, bool told)
{
	struct hvc_supplied met = {0};
	enum hvc_status status = hvc_machine_supplied(machine, &met);

	for (unsigned i = 0; told && status == HVC_OK && i < met.rows; i++) {
		if (bench->supplies == SUPPLIES_MAX)
			bench->more += met.row[i].calls;
		else
			bench->supply[bench->supplies++] = met.row[i];
	}
	bench->more += told ? met.more : 0;
	hvc_supplied__free(&met);
	return status;
}

/* The call has been made; what is to be shown of it is no clause of its rule. */
static enum hvc_status make_apart(struct work *work, struct hvc_machine *machine,
                                  const struct hvc_proof_call *wanted,
                                  const struct hvc_model *model, const struct hvc_outcome *outcome,
                                  struct made *made)
{
	struct hvc_prover *p = work->p;
	struct hvc_diag *diag = &work->bench->diag;
	struct hvc_outcome other;
	struct hvc_call narrow;

	made->made = true;
	if (wanted->verdict.clause == HVC_CLAUSE_OWN) {
		made->away = !hvc_prover__stored_to_own(p, &p->symbolic->path[wanted->path], model,
		                                        machine, &made->verdict);
		return HVC_OK;
	}
	/* What breaks the rule anyway need not be shown twice. */
	if (!p->config->width && made->verdict.kind == HVC_VERDICT_VIOLATES)
		return HVC_OK;
	hvc_width__narrow(&wanted->call, &narrow);
	HVC_TRY(hvc_machine_reset(machine, diag));
	HVC_TRY(hvc_machine_call(machine, &narrow, diag, &other));
	made->differs = !hvc_width__judge(outcome, &other, &made->verdict);
	snprintf(made->text, sizeof made->text, "the upper halves do not matter");
	return keep_supplied(work->bench, machine, false);
}

static enum hvc_status make_one(struct work *work, struct hvc_machine *machine, unsigned index)
{
	struct hvc_prover *p = work->p;
	const struct hvc_proof_call *wanted = &p->proof->call[work->first + index];
	const struct hvc_sympath *path = &p->symbolic->path[wanted->path];
	struct made *made = &work->bench->made[index];
	struct hvc_symbolic_witness witness = {
	        .call = wanted->call,
	        .world = *p->config->world,
	        .as_is = true,
	        .model = {.value = work->value, .count = work->values},
	};
	struct hvc_diag *diag = &work->bench->diag;
	struct hvc_outcome outcome;
	struct hvc_state entry;

	hvc_way__values(&wanted->call, work->value);
	HVC_TRY(hvc_machine_reset(machine, diag));
	HVC_TRY(hvc_machine_call(machine, &wanted->call, diag, &outcome));
	HVC_TRY(keep_supplied(work->bench, machine, true));
	hvc_entry_state(hvc_machine_entry(machine), &wanted->call, &entry);
	hvc_verdict_judge(p->config->abi, p->config->index, &entry, hvc_machine_present(machine),
	                  &wanted->call, &outcome, &made->verdict);
	made->outcome = outcome;
	if (wanted->sampled) {
		made->made = true;
		return HVC_OK;
	}
	if (wanted->apart)
		return make_apart(work, machine, wanted, &witness.model, &outcome, made);
	made->away = is_away(work, path, &witness.model, &outcome);
	if (!made->away)
		HVC_TRY(hvc_symbolic__confirm(p->symbolic, path, &witness, machine, diag,
		                              &made->differs, made->text, sizeof made->text));
	/* The same call again. */
	HVC_TRY(keep_supplied(work->bench, machine, false));
	made->made = true;
	return HVC_OK;
}

static enum hvc_status make_all(void *ctx)
{
	struct work *work = ctx;
	struct hvc_prover *p = work->p;
	struct hvc_machine *machine;
	enum hvc_status status =
	        hvc_scene__machine(p->config->subject, p->config->world, p->config->budget,
	                           &work->bench->diag, &machine);

	if (status != HVC_OK)
		return status;
	p->symbolic->config.machine = machine;
	for (; status == HVC_OK && work->first + work->bench->at < p->proof->calls;
	     work->bench->at++)
		status = make_one(work, machine, work->bench->at);
	hvc_machine_close(machine);
	return status;
}

static void lose(struct hvc_proof_call *call, const struct hvc_flight *flight)
{
	call->lost = true;
	call->verdict.kind = HVC_VERDICT_UNDECIDED;
	hvc_lost__print(flight, call->failure, sizeof call->failure);
	hvc_flight__lose(flight);
}

/* All of them, but for those that the engine dies of. */
static enum hvc_status make(struct work *work, struct hvc_diag *diag)
{
	struct hvc_proof *proof = work->p->proof;
	struct bench *bench = work->bench;
	enum hvc_status status = HVC_OK;

	while (work->first + bench->at < proof->calls) {
		bool died = false;

		status = hvc_lost__apart(make_all, work, &bench->flight, &died);
		if (died && bench->flight.open)
			lose(&proof->call[work->first + bench->at++], &bench->flight);
		else if (status != HVC_OK)
			return hvc_diag_set(diag, status, NULL, 0, 0, "%s",
			                    bench->diag.message[0] ? bench->diag.message
			                                           : hvc_strerror(status));
	}
	return HVC_OK;
}

static enum hvc_status own_fault(const struct hvc_prover *p, const struct hvc_proof_call *call,
                                 const char *what, struct hvc_diag *diag)
{
	char text[160];

	hvc_call__print(&call->call, text, sizeof text);
	return hvc_diag_set(diag, HVC_E_ENGINE, hvc_subject_name(p->config->subject), 0, 0,
	                    "a fault of hvcheck: %s: %s", text, what);
}

static void print_verdict(const struct hvc_verdict *v, char *text, size_t size)
{
	char name[24];

	hvc_verdict__register(v, name, sizeof name);
	snprintf(text, size, "%s%s%s%s%s", hvc_verdict_name(v->kind), v->clause ? ": " : "",
	         hvc_clause_name(v->clause), *name ? " " : "", name);
}

static enum hvc_status compare(struct hvc_prover *p, struct hvc_proof_call *call,
                               const struct made *made, struct hvc_diag *diag)
{
	enum hvc_outcome_kind kind = p->symbolic->path[call->path].kind;
	char proof[80], machine[80], text[200];

	if (call->lost)
		return HVC_OK;
	if (made->differs)
		return own_fault(p, call, made->text, diag);
	call->outcome = made->outcome;
	if (call->sampled) {
		call->verdict = made->verdict;
		return HVC_OK;
	}
	if (hvc_verdict__same(&call->verdict, &made->verdict) || call->apart) {
		call->apart &= made->verdict.clause == call->verdict.clause;
		call->verdict = made->verdict;
		return HVC_OK;
	}
	/* Where in a loop the machine stops is its own affair. */
	if (made->away || kind == HVC_OUTCOME_SPIN) {
		call->verdict = made->verdict;
		hvc_prover__gap(p, "%s",
		                made->away ? "where control goes there is nothing, or code"
		                           : "registers that a loop changes");
		return HVC_OK;
	}
	print_verdict(&call->verdict, proof, sizeof proof);
	print_verdict(&made->verdict, machine, sizeof machine);
	snprintf(text, sizeof text, "%s by the proof, %s by the machine", proof, machine);
	return own_fault(p, call, text, diag);
}

enum hvc_status hvc_prover__confirm(struct hvc_prover *p, unsigned first, struct hvc_diag *diag)
{
	unsigned count = p->proof->calls - first;
	size_t size = sizeof(struct bench) + count * sizeof(struct made);
	struct work work = {.p = p, .first = first};
	const struct hvc_input *input;
	struct hvc_machine *machine = p->symbolic->config.machine;
	enum hvc_status status;

	if (!count)
		return HVC_OK;
	while (hvc_bv__input_at(p->terms, work.values))
		work.values++;
	work.value = calloc(work.values, sizeof *work.value);
	work.bench = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!work.value || work.bench == MAP_FAILED) {
		free(work.value);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	for (size_t i = 0; (input = hvc_bv__input_at(p->terms, i)); i++)
		work.value[i] = input->usual;
	status = make(&work, diag);
	p->symbolic->config.machine = machine;
	for (unsigned i = 0; status == HVC_OK && i < work.bench->supplies; i++)
		if (hvc_supplied__add(&p->proof->supplied, &work.bench->supply[i]) != HVC_OK)
			status = hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	p->proof->supplied.more += work.bench->more;
	for (unsigned i = 0; status == HVC_OK && i < count; i++)
		status = compare(p, &p->proof->call[first + i], &work.bench->made[i], diag);
	free(work.value);
	munmap(work.bench, size);
	return status;
}
