/* SPDX-License-Identifier: MIT */
#include "engine/exact_trial.h"

#include <inttypes.h>
#include <stdio.h>

#include "hvcheck/verdict.h"
#include "machine/outcome.h"

static uint64_t eval(const struct hvc_row_trial *t, hvc_ref a)
{
	return hvc_bv__eval(t->exact->terms, a, t->model);
}

static bool differs(struct hvc_row_trial *t, const struct hvc_call *call, const char *what,
                    uint64_t terms, uint64_t machine)
{
	if (terms == machine)
		return false;
	snprintf(t->text, t->size,
	         "%s #0x%x from %s: %s is 0x%" PRIx64 " by the map, 0x%" PRIx64 " in the machine",
	         hvc_insn_name(t->part->insn), call->imm, hvc_level_name(t->part->from), what,
	         terms, machine);
	return true;
}

/* Where control went by both, there may be nothing, or code: the machine sees what is there. */
static bool is_away(const struct hvc_row_trial *t, const struct hvc_outcome *outcome)
{
	const struct hvc_row *row = t->row;

	if (row->kind == HVC_OUTCOME_FAULT)
		return outcome->kind == HVC_OUTCOME_JUMP;
	if (hvc_outcome__lacks_register(outcome))
		return true;
	/* Nobody has made tables for the translation that it turns on. */
	for (unsigned i = 0; outcome->kind == HVC_OUTCOME_FAULT && i < row->paths; i++)
		if (t->part->symbolic->path[row->path[i]].way->translates)
			return true;
	return row->kind == HVC_OUTCOME_JUMP && outcome->kind != HVC_OUTCOME_JUMP;
}

/* Of FAULT, SPIN and HANDOFF the end is what counts. */
static bool has_registers(const struct hvc_row *row)
{
	return row->kind != HVC_OUTCOME_FAULT && row->kind != HVC_OUTCOME_SPIN &&
	       row->kind != HVC_OUTCOME_HANDOFF;
}

/* An input that an immediate has nothing to do with. */
static hvc_ref fix(void *ctx, hvc_ref part)
{
	const struct hvc_row_trial *t = ctx;

	if (part->op != HVC_OP_INPUT || part->uses & t->changing)
		return NULL;
	return hvc_bv__num(t->exact->terms, part->width, eval(t, part));
}

/* What a function without a body gives is compared with nothing. */
static void fill_masks(struct hvc_row_trial *t)
{
	hvc_masks__of(hvc_machine_present(t->machine), &t->masks);
	t->masks.v[HVC_REG_HCR_EL2] &= ~hvc_symbolic__forced_hcr(t->part->symbolic);
	for (unsigned i = 0; i < t->row->effects; i++)
		if (t->row->effect[i].reg != HVC_REG_NONE &&
		    hvc_bv__is_opaque(t->row->effect[i].value))
			t->masks.v[t->row->effect[i].reg] = 0;
}

/* The registers after each of these calls, and those that go by the immediate. */
static void predict(struct hvc_row_trial *t, const struct hvc_call *call)
{
	fill_masks(t);
	hvc_entry_state(hvc_machine_entry(t->machine), call, &t->after);
	for (unsigned i = 0; i < t->row->effects; i++) {
		const struct hvc_row_effect *effect = &t->row->effect[i];
		hvc_ref value;

		if (effect->reg == HVC_REG_NONE)
			continue;
		value = hvc_bv__rewrite(t->exact->terms, effect->value, fix, t);
		if (value && hvc_bv__const(value))
			t->after.v[effect->reg] = value->value;
		else
			t->moving[t->movings++] = (uint16_t)i;
	}
	t->ready = true;
}

static bool registers_differ(struct hvc_row_trial *t, const struct hvc_call *call,
                             const struct hvc_outcome *outcome)
{
	uint64_t parts = 0;

	if (!t->ready)
		predict(t, call);
	for (unsigned i = 0; i < t->movings; i++) {
		const struct hvc_row_effect *effect = &t->row->effect[t->moving[i]];

		t->after.v[effect->reg] = eval(t, effect->value);
	}
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		parts |= (t->after.v[i] ^ outcome->state.v[i]) & t->masks.v[i];
	for (unsigned i = 0; parts && i < HVC_REG_COUNT; i++)
		if (differs(t, call, hvc_reg_name((enum hvc_reg)i), t->after.v[i] & t->masks.v[i],
		            outcome->state.v[i] & t->masks.v[i]))
			return true;
	return false;
}

/* Immediates that meet one case of the row; NULL: its parts say more than that. */
static const struct hvc_set *of_case(const struct hvc_row_trial *t, const struct hvc_row_case *c)
{
	struct hvc_bvs *terms = t->exact->terms;
	const struct hvc_set *all = hvc_set__range(terms, 16, 0, UINT16_MAX);
	bool holds = true;

	for (size_t i = 0; all && i < c->members; i++) {
		hvc_ref key = c->member[i].key;

		if (key->op == HVC_OP_INPUT && key->value == HVC_INPUT_IMM)
			all = hvc_set__and(terms, all, c->member[i].set);
		else if (key->uses & t->changing)
			return NULL;
		else
			holds &= hvc_set__has(c->member[i].set, eval(t, key));
	}
	for (size_t i = 0; i < c->rests; i++) {
		if (c->rest[i]->uses & t->changing)
			return NULL;
		holds &= eval(t, c->rest[i]) == 1;
	}
	return holds || !all ? all : hvc_set__none(terms, 16);
}

static const struct hvc_set *of_cases(const struct hvc_row_trial *t)
{
	const struct hvc_set *any = NULL, *one;

	for (unsigned i = 0; i < t->row->cases; i++) {
		one = of_case(t, &t->row->case_[i]);
		any = one && any ? hvc_set__or(t->exact->terms, any, one) : one;
		if (!any)
			return NULL;
	}
	return any;
}

static void find_immediates(struct hvc_row_trial *t)
{
	struct hvc_bvs *terms = t->exact->terms;
	struct hvc_member member;

	t->set = hvc_bv__is_opaque(t->row->condition) ? NULL : of_cases(t);
	t->condition = t->set ? hvc_bv__num(terms, 1, t->set->count != 0) : NULL;
	if (t->set)
		return;
	t->condition = hvc_bv__rewrite(terms, t->row->condition, fix, t);
	if (hvc_bv__const(t->condition))
		t->set = hvc_set__range(terms, 16, t->condition->value ? 0 : 1,
		                        t->condition->value ? 0xffff : 0);
	else if (hvc_set__of(terms, t->condition, &member) && member.key->op == HVC_OP_INPUT &&
	         member.key->value == HVC_INPUT_IMM)
		t->set = member.set;
}

static bool add_cell(struct hvc_row_trial *t, const struct hvc_read *read)
{
	for (unsigned i = 0; i < t->cells; i++)
		if (t->cell[i] == read->value)
			return true;
	if (t->cells == HVC_TRIAL_CELLS)
		return false;
	t->cell[t->cells++] = read->value;
	t->changing |= read->value->uses;
	return true;
}

/* False: there are too many. */
static bool find_cells(struct hvc_row_trial *t)
{
	uint64_t before;

	t->changing = UINT64_C(1) << HVC_INPUT_IMM | UINT64_C(1) << HVC_INPUT_SELF;
	do {
		before = t->changing;
		t->cells = 0;
		for (unsigned i = 0; i < t->row->paths; i++) {
			const struct hvc_way *way = t->part->symbolic->path[t->row->path[i]].way;

			for (const struct hvc_read *read = way->read; read; read = read->before)
				if (read->address && read->address->uses & t->changing &&
				    hvc_bv__input_of(t->exact->terms, read->value) &&
				    !add_cell(t, read))
					return false;
		}
	} while (t->changing != before);
	return true;
}

/* What they hold before a call of this immediate; false: there is no memory. */
static bool recall(const struct hvc_row_trial *t)
{
	for (unsigned i = t->cells; i-- > 0;) {
		const struct hvc_input *input = hvc_bv__input_of(t->exact->terms, t->cell[i]);
		size_t index = t->cell[i]->value;

		if (index >= t->model->count ||
		    hvc_machine_read(t->machine, eval(t, input->address), &t->model->value[index],
		                     sizeof *t->model->value) != HVC_OK)
			return false;
	}
	return true;
}

bool hvc_row__prepare(struct hvc_row_trial *t)
{
	if (!find_cells(t))
		return false;
	find_immediates(t);
	/* Nobody knows which calls take what goes by a function without a body. */
	return !hvc_bv__is(t->condition, 0) && !hvc_bv__is_opaque(t->condition);
}

bool hvc_row__holds(const struct hvc_row_trial *t, uint16_t imm)
{
	if (t->set && !hvc_set__has(t->set, imm))
		return false;
	return recall(t) && (t->set || eval(t, t->condition) == 1);
}

static bool end_differs(struct hvc_row_trial *t, const struct hvc_call *call,
                        const struct hvc_outcome *outcome)
{
	const struct hvc_row *row = t->row;

	if (differs(t, call, "the kind of outcome", row->kind, outcome->kind))
		return true;
	if (row->kind == HVC_OUTCOME_FAULT)
		return differs(t, call, "the class of the fault", row->ec,
		               hvc_arch_ec(outcome->esr));
	return differs(t, call, "the level", row->level, outcome->level) ||
	       (row->target && !hvc_bv__is_opaque(row->target) &&
	        differs(t, call, "pc", eval(t, row->target), outcome->pc));
}

bool hvc_row__differs(struct hvc_row_trial *t, const struct hvc_call *call,
                      const struct hvc_outcome *outcome)
{
	if (is_away(t, outcome))
		return false;
	return end_differs(t, call, outcome) ||
	       (has_registers(t->row) && registers_differ(t, call, outcome));
}

bool hvc_row__reads_memory(const struct hvc_exact_part *part, const struct hvc_row *row)
{
	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_way *way = part->symbolic->path[row->path[i]].way;

		for (const struct hvc_read *read = way->read; read; read = read->before)
			if (read->address)
				return true;
	}
	return false;
}
