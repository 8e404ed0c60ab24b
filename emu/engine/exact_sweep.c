/* SPDX-License-Identifier: MIT */
/*
 * The cross product of immediates and register values, held to the proof: each call that is made
 * does what its row says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "engine/exact.h"
#include "engine/exact_trial.h"
#include "engine/sweep.h"
#include "machine/outcome.h"

/* The rows that calls of one probe can meet. */
struct held {
	bool ready;
	uint64_t value[HVC_INPUTS];
	struct hvc_model model;
	struct hvc_row_trial *trial;
	unsigned trials;
};

struct hvc_hold {
	struct hvc_exact *exact;
	struct hvc_machine *machine;
	struct held *held; /* one a probe */
	unsigned probes;
};

enum hvc_status hvc_hold__open(struct hvc_exact *exact, const struct hvc_probes *probes,
                               struct hvc_hold **out)
{
	struct hvc_hold *hold = calloc(1, sizeof *hold);

	if (hold)
		hold->held = calloc(probes->count + 1, sizeof *hold->held);
	if (!hold || !hold->held) {
		free(hold);
		return HVC_E_NOMEM;
	}
	hold->exact = exact;
	hold->probes = probes->count;
	*out = hold;
	return HVC_OK;
}

void hvc_hold__close(struct hvc_hold *hold)
{
	if (!hold)
		return;
	for (unsigned i = 0; i < hold->probes; i++)
		free(hold->held[i].trial);
	free(hold->held);
	free(hold);
}

void hvc_hold__machine(struct hvc_hold *hold, struct hvc_machine *machine)
{
	hold->machine = machine;
	for (unsigned i = 0; i < hold->probes; i++)
		for (unsigned k = 0; k < hold->held[i].trials; k++)
			hold->held[i].trial[k].machine = machine;
}

/* A system register that the CPU model may lack, and a world has a value for where it is set. */
static bool reads_others(const struct hvc_exact *exact, const struct hvc_row *row,
                         const struct hvc_exact_part *part)
{
	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_way *way = part->symbolic->path[row->path[i]].way;

		for (const struct hvc_read *read = way->read; read; read = read->before) {
			const struct hvc_input *input = hvc_bv__input_of(exact->terms, read->value);

			if (!read->address && input && input->encoding[0] &&
			    hvc_reg_find(input->name) == HVC_REG_NONE)
				return true;
		}
	}
	return false;
}

/* Is what the row says what the machine does, whatever is around it? */
static bool is_whole(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                     const struct hvc_row *row)
{
	hvc_ref where;

	if (row->why || hvc_row__reads_memory(part, row) || reads_others(exact, row, part))
		return false;
	for (unsigned i = 0; part->symbolic->config.exact && i < row->paths; i++)
		if (hvc_symbolic__loose(part->symbolic, &part->symbolic->path[row->path[i]],
		                        &where))
			return false;
	return true;
}

/* False: memory ran out. */
static bool prepare(struct hvc_hold *hold, struct held *h, const struct hvc_call *call)
{
	const struct hvc_exact_part *part = NULL;

	h->ready = true;
	h->model = (struct hvc_model){.value = h->value, .count = HVC_INPUTS};
	hvc_way__values(call, h->value);
	for (unsigned i = 0; i < hold->exact->parts; i++)
		if (hold->exact->part[i].from == call->from &&
		    hold->exact->part[i].insn == call->insn)
			part = &hold->exact->part[i];
	h->trial = part ? calloc(part->rows + 1, sizeof *h->trial) : NULL;
	for (unsigned i = 0; h->trial && i < part->rows; i++) {
		struct hvc_row_trial *trial = &h->trial[h->trials];

		*trial = (struct hvc_row_trial){.exact = hold->exact,
		                                .part = part,
		                                .row = &part->row[i],
		                                .model = &h->model,
		                                .machine = hold->machine};
		if (is_whole(hold->exact, part, &part->row[i]) && hvc_row__prepare(trial))
			h->trials++;
	}
	return !part || (h->trial && hvc_bv__status(hold->exact->terms) == HVC_OK);
}

bool hvc_hold__differs(struct hvc_hold *hold, unsigned probe, const struct hvc_call *call,
                       const struct hvc_outcome *outcome, bool *held, char *text, size_t size)
{
	struct held *h = &hold->held[probe];

	*held = false;
	if (!h->ready && !prepare(hold, h, call)) {
		snprintf(text, size, "memory ran out, and calls were not held to their rows");
		return true;
	}
	h->value[HVC_INPUT_IMM] = call->imm;
	h->value[HVC_INPUT_SELF] = hvc_call__address(call);
	for (unsigned i = 0; i < h->trials; i++) {
		struct hvc_row_trial *trial = &h->trial[i];

		if (!hvc_row__holds(trial, call->imm))
			continue;
		*held = true;
		trial->text = text;
		trial->size = size;
		return hvc_row__differs(trial, call, outcome);
	}
	return false;
}

struct tally {
	uint64_t held;
	bool differs;
	char text[400];
};

struct judge {
	struct hvc_hold *hold;
	struct tally sum;
};

static void use_machine(void *ctx, struct hvc_machine *machine)
{
	hvc_hold__machine(((struct judge *)ctx)->hold, machine);
}

static bool take(void *ctx, void *tally, unsigned probe, const struct hvc_call *call,
                 const struct hvc_outcome *outcome)
{
	struct tally *t = tally;
	bool held;

	if (outcome->kind == HVC_OUTCOME_FAILED)
		return true;
	t->differs = hvc_hold__differs(((struct judge *)ctx)->hold, probe, call, outcome, &held,
	                               t->text, sizeof t->text);
	t->held += held;
	return !t->differs;
}

static void add(void *ctx, const void *tally)
{
	struct tally *sum = &((struct judge *)ctx)->sum;
	const struct tally *t = tally;

	sum->held += t->held;
	if (t->differs && !sum->differs)
		memcpy(sum->text, t->text, sizeof sum->text);
	sum->differs |= t->differs;
}

enum hvc_status hvc_exact__sweep(struct hvc_exact *exact, const struct hvc_sweep_config *config,
                                 struct hvc_diag *diag)
{
	struct judge judge = {0};
	const struct hvc_sweep_judge how = {.tally = sizeof(struct tally),
	                                    .machine = use_machine,
	                                    .take = take,
	                                    .add = add,
	                                    .ctx = &judge};
	struct hvc_sweep sweep = {0};
	enum hvc_status status = hvc_hold__open(exact, config->probes, &judge.hold);

	if (status != HVC_OK)
		return hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	status = hvc_sweep__run(config, &how, diag, &sweep);
	hvc_hold__close(judge.hold);
	if (judge.sum.differs)
		return hvc_diag_set(diag, HVC_E_ENGINE, exact->name, 0, 0,
		                    "a fault of hvcheck: swept, %s", judge.sum.text);
	if (status != HVC_OK)
		return status;
	exact->swept = judge.sum.held;
	if (sweep.failed && !exact->failed)
		memcpy(exact->failure, sweep.failure, sizeof exact->failure);
	exact->failed += (unsigned)(sweep.failed > UINT32_MAX ? UINT32_MAX : sweep.failed);
	hvc_sweep__free(&sweep);
	return hvc_bv__status(exact->terms);
}

/* Where register values part rows: what a sweep tries, with their neighbours. */

struct list {
	struct hvc_constant *constant;
	size_t count, room;
};

static bool add_constant(struct list *list, enum hvc_reg reg, bool word, uint64_t value)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->constant[i].reg == reg && list->constant[i].word == word &&
		    list->constant[i].value == value)
			return true;
	if (!hvc_grow(&list->constant, &list->room, list->count, sizeof *list->constant))
		return false;
	list->constant[list->count++] =
	        (struct hvc_constant){.reg = reg, .word = word, .value = value};
	return true;
}

/* Both ends of each range, of a register or of low bits of one. */
static bool add_member(struct list *list, const struct hvc_member *m)
{
	hvc_ref x = m->key->op == HVC_OP_EXTRACT && !m->key->value ? m->key->arg[0] : m->key;
	bool word = x != m->key && m->key->width <= 32;

	for (size_t i = 0; x->op == HVC_OP_INPUT && i < m->set->count; i++)
		if (x->value < HVC_GPR_COUNT &&
		    (!add_constant(list, (enum hvc_reg)x->value, word, m->set->range[i].lo) ||
		     !add_constant(list, (enum hvc_reg)x->value, word, m->set->range[i].hi)))
			return false;
	return true;
}

enum hvc_status hvc_exact__constants(const struct hvc_exact *exact, struct hvc_constant **out,
                                     size_t *count)
{
	struct list list = {0};

	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned j = 0; j < exact->part[i].rows; j++) {
			const struct hvc_row *row = &exact->part[i].row[j];

			for (unsigned k = 0; k < row->cases; k++)
				for (size_t m = 0; m < row->case_[k].members; m++)
					if (!add_member(&list, &row->case_[k].member[m])) {
						free(list.constant);
						return HVC_E_NOMEM;
					}
		}
	*out = list.constant;
	*count = list.count;
	return HVC_OK;
}
