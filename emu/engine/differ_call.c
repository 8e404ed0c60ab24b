/* SPDX-License-Identifier: MIT */
/*
 * The call that shows a difference, really made on both sides. Each machine must do what its row
 * says, and the two outcomes must differ: what was proved shares nothing with the machines but the
 * images, so where they do not one of them is wrong, and nothing of it may be believed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/call.h"
#include "engine/differ.h"
#include "engine/internal.h"
#include "engine/leak.h"
#include "machine/outcome.h"
#include "machine/world.h"

/* Shared with the process that makes the calls. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	struct made {
		bool made, differs;
		bool away;    /* it went where the machine sees more, or less, than a jump */
		bool arrived; /* and it was there */
		char text[200];
		struct hvc_outcome outcome;
	} made[HVC_SIDE_COUNT];
};

struct work {
	struct hvc_differ *d;
	struct hvc_symbolic_witness witness[HVC_SIDE_COUNT];
	struct hvc_sympath path[HVC_SIDE_COUNT]; /* way NULL: nothing to be made on this side */
	struct hvc_symbolic *symbolic[HVC_SIDE_COUNT];
	struct bench *bench;
};

static bool fail(struct hvc_witness *call, const char *why)
{
	call->why = strdup(why);
	return call->why != NULL;
}

/* The path of a row that the model takes. */
static const struct hvc_sympath *path_of(struct hvc_differ *d, const struct hvc_exact_part *part,
                                         const struct hvc_row *row, const struct hvc_model *model)
{
	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_sympath *path = &part->symbolic->path[row->path[i]];
		const struct hvc_facts *facts = &path->way->facts;
		size_t k = 0;

		while (k < facts->clauses && hvc_bv__eval(d->terms, facts->clause[k], model))
			k++;
		if (k == facts->clauses)
			return path;
	}
	return NULL;
}

/* The path with the model's values in the place of its own. */
static bool give(const struct hvc_sympath *path, const struct hvc_model *model,
                 struct hvc_sympath *out)
{
	struct hvc_facts *facts;
	uint64_t *value = malloc((model->count + 1) * sizeof *value);
	bool *given = malloc((model->count + 1) * sizeof *given);

	*out = *path;
	out->way = value && given ? hvc_way__copy(path->way) : NULL;
	if (!out->way) {
		free(value);
		free(given);
		return false;
	}
	memcpy(value, model->value, model->count * sizeof *value);
	memcpy(given, model->given, model->count * sizeof *given);
	facts = &out->way->facts;
	free(facts->value);
	free(facts->given);
	facts->value = value;
	facts->given = given;
	facts->values = model->count;
	return true;
}

/* Is it asked of something that is another one each time? */
static bool asks_of_time(struct hvc_differ *d, const struct hvc_model *model)
{
	for (size_t i = 0; i < model->count; i++)
		if (model->given[i] && strchr(hvc_bv__input_at(d->terms, i)->name, '#'))
			return true;
	return false;
}

/* Pointers that the first side has pointed somewhere point there on the other side, too. */
static void learn(struct hvc_differ *d, struct hvc_model *model,
                  const struct hvc_symbolic_witness *witness)
{
	for (size_t i = 0; i < model->count && i < witness->model.count; i++) {
		const struct hvc_input *input = hvc_bv__input_at(d->terms, i);

		if (model->given[i] || input->address ||
		    witness->model.value[i] == model->value[i] || input->encoding[0])
			continue;
		model->given[i] = true;
		model->value[i] = witness->model.value[i];
	}
}

static enum hvc_status prepare_side(struct work *work, enum hvc_side side,
                                    const struct hvc_exact_part *part, const struct hvc_row *row,
                                    struct hvc_model *model)
{
	struct hvc_exact *exact = work->d->side[side];
	const struct hvc_sympath *path = path_of(work->d, part, row, model);
	enum hvc_status status;

	if (!path)
		return HVC_E_UNSUPPORTED;
	if (!give(path, model, &work->path[side]))
		return HVC_E_NOMEM;
	work->symbolic[side] = part->symbolic;
	status = hvc_symbolic__witness(part->symbolic, &work->path[side], &exact->world,
	                               &work->witness[side]);
	if (status == HVC_OK)
		learn(work->d, model, &work->witness[side]);
	return status;
}

/*
 * A jump is told by where it goes, whatever there is; the machine goes on where there is code. And
 * where there is nothing, it calls it a jump when a register of the caller has just that value,
 * and else a fault.
 */
static bool is_away(const struct hvc_sympath *path, const struct hvc_outcome *outcome)
{
	return (path->kind == HVC_OUTCOME_JUMP && outcome->kind != HVC_OUTCOME_JUMP) ||
	       (path->kind == HVC_OUTCOME_FAULT && outcome->kind == HVC_OUTCOME_JUMP);
}

/* Was the place that the path jumps to executed at EL2? */
struct arrival {
	uint64_t target;
	bool seen;
};

static void look_out(void *ctx, const struct hvc_step *step)
{
	struct arrival *arrival = ctx;

	if (step->pc == arrival->target && hvc_level__el(step->level) == 2)
		arrival->seen = true;
}

/* Where there is code the machine goes on, but it got there. */
static enum hvc_status arrives(struct work *work, enum hvc_side side,
                               struct hvc_machine_config *config, bool *seen)
{
	struct hvc_symbolic_witness *witness = &work->witness[side];
	struct hvc_diag *diag = &work->bench->diag;
	struct arrival arrival = {
	        hvc_bv__eval(work->d->terms, work->path[side].target, &witness->model), false};
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	enum hvc_status status;

	config->trace = look_out;
	config->trace_ctx = &arrival;
	HVC_TRY(hvc_machine_open(config, diag, &machine));
	status = hvc_machine_call(machine, &witness->call, diag, &outcome);
	*seen = arrival.seen || (status == HVC_OK && outcome.pc == arrival.target);
	hvc_machine_close(machine);
	return status;
}

static enum hvc_status make_one(struct work *work, enum hvc_side side)
{
	struct hvc_exact *exact = work->d->side[side];
	struct hvc_symbolic_witness *witness = &work->witness[side];
	struct made *made = &work->bench->made[side];
	struct hvc_diag *diag = &work->bench->diag;
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(exact->subject),
	        .world = &witness->world,
	        .budget = work->d->config->budget,
	};
	struct hvc_machine *machine;
	enum hvc_status status;

	status = hvc_machine_open(&config, diag, &machine);
	/* A system register that the engine lacks: nothing is known of the call. */
	if (status == HVC_E_UNSUPPORTED)
		snprintf(made->text, sizeof made->text, "%.190s", diag->message);
	if (status != HVC_OK)
		return status == HVC_E_UNSUPPORTED ? HVC_OK : status;
	work->symbolic[side]->config.machine = machine;
	status = hvc_symbolic__confirm(work->symbolic[side], &work->path[side], witness, machine,
	                               diag, &made->differs, made->text, sizeof made->text);
	/* Memory that was provided is there again. */
	if (status == HVC_OK)
		status = hvc_machine_reset(machine, diag);
	if (status == HVC_OK)
		status = hvc_machine_call(machine, &witness->call, diag, &made->outcome);
	made->made = status == HVC_OK;
	made->away = made->made && is_away(&work->path[side], &made->outcome);
	hvc_machine_close(machine);
	if (made->away && work->path[side].kind == HVC_OUTCOME_JUMP)
		status = arrives(work, side, &config, &made->arrived);
	return status == HVC_E_UNSUPPORTED ? HVC_OK : status;
}

static enum hvc_status make(void *ctx)
{
	struct work *work = ctx;

	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		if (work->path[side].way)
			HVC_TRY(make_one(work, side));
	return HVC_OK;
}

/* What a caller sees of a call, or what its end tells. */
static bool part_ways(const struct hvc_outcome *a, const struct hvc_outcome *b)
{
	if (a->kind != b->kind || a->level != b->level || a->pc != b->pc || a->esr != b->esr ||
	    a->untracked != b->untracked || !hvc_others__same(&a->others, &b->others))
		return true;
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		if ((a->state.v[i] ^ b->state.v[i]) & hvc_reg_info((enum hvc_reg)i)->mask)
			return true;
	return hvc_view__stores_part(a, b);
}

static enum hvc_status own_fault(struct work *work, const struct hvc_witness *call,
                                 enum hvc_side side, const char *what, struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_ENGINE, work->d->side[side]->name, 0, 0,
	                    "a fault of hvcheck: %s #0x%x from %s: %s",
	                    hvc_insn_name(call->call.insn), call->call.imm,
	                    hvc_level_name(call->call.from), what);
}

static enum hvc_status judge(struct work *work, bool seen, struct hvc_diag *diag,
                             struct hvc_witness *out)
{
	const struct made *made = work->bench->made;
	unsigned count = 0;

	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++) {
		if (!work->path[side].way)
			continue;
		if (!made[side].made)
			return fail(out, made[side].text[0] ? made[side].text
			                                    : "the memory that it reads cannot be "
			                                      "provided")
			               ? HVC_OK
			               : HVC_E_NOMEM;
		if (made[side].away && made[side].arrived) {
			count++;
			seen = false;
			continue;
		}
		if (made[side].away)
			return fail(out, "where control goes there is nothing") ? HVC_OK
			                                                        : HVC_E_NOMEM;
		if (made[side].differs)
			return own_fault(work, out, side, made[side].text, diag);
		count++;
	}
	if (count == HVC_SIDE_COUNT && seen && !part_ways(&made[0].outcome, &made[1].outcome))
		return own_fault(work, out, HVC_SIDE_NEW, "the machines show no difference", diag);
	out->made = count != 0;
	return out->made || fail(out, "of a saved map no call can be made") ? HVC_OK : HVC_E_NOMEM;
}

static enum hvc_status run(struct work *work, bool seen, struct hvc_diag *diag,
                           struct hvc_witness *out)
{
	enum hvc_status status;
	bool died = false;

	work->bench = mmap(NULL, sizeof *work->bench, PROT_READ | PROT_WRITE,
	                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work->bench == MAP_FAILED)
		return HVC_E_NOMEM;
	status = hvc_lost__apart(make, work, &work->bench->flight, &died);
	if (died)
		status = fail(out, "the engine dies of it") ? HVC_OK : HVC_E_NOMEM;
	else if (status != HVC_OK)
		hvc_diag_set(diag, status, NULL, 0, 0, "%s",
		             work->bench->diag.message[0] ? work->bench->diag.message
		                                          : hvc_strerror(status));
	else
		status = judge(work, seen, diag, out);
	munmap(work->bench, sizeof *work->bench);
	return status;
}

/* The command that makes the call on a side, and the world that it is made in. */
static bool tell(struct work *work, enum hvc_side side, struct hvc_witness *out)
{
	const struct hvc_probe probe = {.call = out->call, .reg = HVC_REG_NONE};
	char *text;

	if (!work->path[side].way)
		return true;
	out->world[side] = malloc(sizeof *out->world[side]);
	text = out->command[side] = malloc(HVC_COMMAND_SIZE);
	if (!text || !out->world[side])
		return false;
	*out->world[side] = work->witness[side].world;
	hvc_call__command(work->d->side[side]->name, out->world[side], &probe, out->call.imm, text,
	                  HVC_COMMAND_SIZE);
	return true;
}

static enum hvc_status prepare(struct work *work, const struct hvc_exact_part *const part[2],
                               const struct hvc_row *const row[2], struct hvc_model *model)
{
	for (enum hvc_side side = HVC_SIDE_OLD; side < HVC_SIDE_COUNT; side++)
		if (row[side] && part[side]->symbolic)
			HVC_TRY(prepare_side(work, side, part[side], row[side], model));
	return HVC_OK;
}

static hvc_ref landing(const struct hvc_row *const row[2])
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++)
		if (row[side] && row[side]->kind == HVC_OUTCOME_JUMP)
			return row[side]->target;
	return NULL;
}

enum hvc_status hvc_differ__witness(struct hvc_differ *d,
                                    const struct hvc_exact_part *const part[2],
                                    const struct hvc_row *const row[2], hvc_ref condition,
                                    bool seen, struct hvc_diag *diag, struct hvc_witness *out)
{
	const struct hvc_exact_part *one = part[0] ? part[0] : part[1];
	struct hvc_simplest simplest = {.terms = d->terms,
	                                .solver = d->solver,
	                                .from = one->from,
	                                .insn = one->insn,
	                                .condition = condition,
	                                .lands = landing(row)};
	struct work work = {.d = d};
	enum hvc_status status = hvc_simplest__find(&simplest);

	out->call = simplest.call;
	if (status == HVC_E_UNSUPPORTED || status == HVC_E_NOTFOUND)
		return fail(out, "no call was found that anybody can make") ? HVC_OK : HVC_E_NOMEM;
	if (status != HVC_OK)
		return status;
	if (asks_of_time(d, &simplest.model))
		status = fail(out, "it asks for a moment") ? HVC_OK : HVC_E_NOMEM;
	else
		status = prepare(&work, part, row, &simplest.model);
	for (enum hvc_side side = HVC_SIDE_OLD; status == HVC_OK && side < HVC_SIDE_COUNT; side++)
		status = tell(&work, side, out) ? HVC_OK : HVC_E_NOMEM;
	if (status == HVC_E_UNSUPPORTED || status == HVC_E_RANGE)
		status = fail(out, "what it needs around it cannot be set up") ? HVC_OK
		                                                               : HVC_E_NOMEM;
	else if (status == HVC_OK && !out->why)
		status = run(&work, seen, diag, out);
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		hvc_symbolic__free_witness(&work.witness[side]);
		hvc_way__free(work.path[side].way);
	}
	hvc_simplest__free(&simplest);
	return status;
}

void hvc_witness__free(struct hvc_witness *call)
{
	for (unsigned side = 0; side < HVC_SIDE_COUNT; side++) {
		free(call->world[side]);
		free(call->command[side]);
	}
	free(call->why);
}
