/* SPDX-License-Identifier: MIT */
/*
 * The machine is asked, too: a call for each path, everything that came of it held to the path's
 * terms; and with the registers and memory of such a call every immediate that meets the same
 * row, held to what the row says. Calls are made in a process of its own, since the engine may
 * die of them.
 */
#include "engine/exact.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/internal.h"
#include "hvcheck/verdict.h"

#define PARTS (HVC_LEVEL_COUNT * HVC_INSN_COUNT)

/* Shared with the process that makes the calls; it goes on where an earlier one has died. */
struct bench {
	struct hvc_flight flight;
	struct hvc_diag diag;
	unsigned part, row, path; /* under way; path: an index into the row's */
	bool taking;              /* immediates, after the call */
	bool differs;
	char text[400];
	unsigned paths[PARTS];  /* confirmed */
	unsigned unmade[PARTS]; /* paths of which no call can be made */
	uint8_t taken[PARTS][HVC_IMM_COUNT / 8];
	uint8_t met[PARTS][HVC_EXACT_PATHS]; /* rows from whose witness immediates were taken */
};

struct work {
	struct hvc_exact *exact;
	struct bench *bench;
	struct hvc_machine *machine; /* of the usual world */
};

/* A row, and immediates that are tried with the inputs of a witness. */
struct taker {
	struct work *work;
	const struct hvc_exact_part *part;
	const struct hvc_row *row;
	const struct hvc_symbolic_witness *witness;
	struct hvc_machine *machine;
	struct hvc_masks masks;
	uint64_t *value;           /* of inputs, in the model of the witness */
	hvc_ref condition;         /* the row's, with all inputs but the immediate as they are */
	const struct hvc_set *set; /* immediates for which it holds; NULL: to be asked of each */
	uint8_t *taken;
	unsigned imm;
};

static bool is_taken(const uint8_t *taken, unsigned imm)
{
	return taken[imm / 8] >> (imm % 8) & 1;
}

static uint64_t eval(const struct taker *t, hvc_ref a)
{
	return hvc_bv__eval(t->work->exact->terms, a, &t->witness->model);
}

static void set_imm(struct taker *t, unsigned imm, struct hvc_call *call)
{
	*call = t->witness->call;
	call->imm = (uint16_t)imm;
	t->value[HVC_GPR_COUNT] = imm;
	t->value[HVC_GPR_COUNT + 3] = hvc_call_address(call);
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct taker *t = ctx;

	for (; t->imm < HVC_IMM_COUNT; t->imm++) {
		if (is_taken(t->taken, t->imm))
			continue;
		if (t->set && !hvc_set__has(t->set, t->imm))
			continue;
		set_imm(t, t->imm, call);
		if (t->set || eval(t, t->condition))
			return true;
	}
	return false;
}

static bool differs(struct taker *t, const char *what, uint64_t terms, uint64_t machine)
{
	struct bench *bench = t->work->bench;

	if (terms == machine)
		return false;
	bench->differs = true;
	snprintf(bench->text, sizeof bench->text,
	         "%s #0x%x from %s: %s is 0x%" PRIx64 " by the map, 0x%" PRIx64 " in the machine",
	         hvc_insn_name(t->part->insn), t->imm, hvc_level_name(t->part->from), what, terms,
	         machine);
	return true;
}

/* Where control went by both, there may be nothing, or code: the machine sees what is there. */
static bool is_away(const struct taker *t, const struct hvc_outcome *outcome)
{
	const struct hvc_row *row = t->row;

	if (row->kind == HVC_OUTCOME_FAULT)
		return outcome->kind == HVC_OUTCOME_JUMP;
	return row->kind == HVC_OUTCOME_JUMP && outcome->kind != HVC_OUTCOME_JUMP;
}

/* Of FAULT, SPIN and HANDOFF the end is what counts. */
static bool has_registers(const struct hvc_row *row)
{
	return row->kind != HVC_OUTCOME_FAULT && row->kind != HVC_OUTCOME_SPIN &&
	       row->kind != HVC_OUTCOME_HANDOFF;
}

static uint64_t effect_value(const struct taker *t, const struct hvc_row_effect *effect)
{
	uint64_t value = eval(t, effect->value);

	if (effect->reg == HVC_REG_NZCV)
		return value << 28;
	return effect->reg == HVC_REG_DAIF ? value << 6 : value;
}

static bool registers_differ(struct taker *t, const struct hvc_call *call,
                             const struct hvc_outcome *outcome)
{
	struct hvc_state state;

	hvc_entry_state(hvc_machine_entry(t->machine), call, &state);
	for (unsigned i = 0; i < t->row->effects; i++)
		if (t->row->effect[i].reg != HVC_REG_NONE)
			state.v[t->row->effect[i].reg] = effect_value(t, &t->row->effect[i]);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		if (differs(t, hvc_reg_name((enum hvc_reg)i), state.v[i] & t->masks.v[i],
		            outcome->state.v[i] & t->masks.v[i]))
			return true;
	return false;
}

/* Takes the outcome; false where it is not what the row says. */
static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct taker *t = ctx;
	const struct hvc_row *row = t->row;

	t->taken[t->imm / 8] |= (uint8_t)(1u << (t->imm % 8));
	if (!is_away(t, outcome)) {
		if (differs(t, "the kind of outcome", row->kind, outcome->kind))
			return false;
		if (row->kind == HVC_OUTCOME_FAULT) {
			if (differs(t, "the class of the fault", row->ec,
			            hvc_arch_ec(outcome->esr)))
				return false;
		} else if (differs(t, "the level", row->level, outcome->level) ||
		           (row->target && differs(t, "pc", eval(t, row->target), outcome->pc))) {
			return false;
		}
		if (has_registers(row) && registers_differ(t, call, outcome))
			return false;
	}
	t->imm++;
	return true;
}

static bool is_opaque(hvc_ref a, unsigned depth)
{
	if (a->op == HVC_OP_OPAQUE)
		return true;
	for (unsigned i = 0; depth && i < a->args; i++)
		if (is_opaque(a->arg[i], depth - 1))
			return true;
	return false;
}

/* What a function without a body gives is compared with nothing. */
static void fill_masks(struct taker *t)
{
	hvc_class__masks(hvc_machine_present(t->machine), &t->masks);
	if (t->part->insn == HVC_INSN_SMC)
		t->masks.v[HVC_REG_HCR_EL2] &= ~HVC_HCR_TSC;
	for (unsigned i = 0; i < t->row->effects; i++)
		if (t->row->effect[i].reg != HVC_REG_NONE && is_opaque(t->row->effect[i].value, 8))
			t->masks.v[t->row->effect[i].reg] = 0;
}

/* An input that an immediate has nothing to do with. */
static hvc_ref fix(void *ctx, hvc_ref part)
{
	const struct taker *t = ctx;

	if (part->op != HVC_OP_INPUT || part->value == HVC_GPR_COUNT ||
	    part->value == HVC_GPR_COUNT + 3)
		return NULL;
	return hvc_bv__num(t->work->exact->terms, part->width, eval(t, part));
}

static void find_immediates(struct taker *t)
{
	struct hvc_bvs *terms = t->work->exact->terms;
	struct hvc_member member;

	t->condition = hvc_bv__rewrite(terms, t->row->condition, fix, t);
	if (hvc_bv__const(t->condition))
		t->set = hvc_set__range(terms, 16, t->condition->value ? 0 : 1,
		                        t->condition->value ? 0xffff : 0);
	else if (hvc_set__of(terms, t->condition, &member) && member.key->op == HVC_OP_INPUT &&
	         member.key->value == HVC_GPR_COUNT)
		t->set = member.set;
	if (hvc_bv__is(t->condition, 0))
		t->imm = HVC_IMM_COUNT;
}

static enum hvc_status take(struct work *work, const struct hvc_row *row,
                            struct hvc_symbolic_witness *witness, struct hvc_machine *machine)
{
	struct bench *bench = work->bench;
	struct taker t = {.work = work,
	                  .part = &work->exact->part[bench->part],
	                  .row = row,
	                  .witness = witness,
	                  .machine = machine,
	                  .value = witness->model.value,
	                  .taken = bench->taken[bench->part]};
	const struct hvc_feed feed = {next, done, &t};
	enum hvc_status status;

	fill_masks(&t);
	find_immediates(&t);
	status = hvc_machine_run(machine, &feed, &bench->diag);
	return bench->differs ? HVC_E_CANCELLED : status;
}

static enum hvc_status open_machine(struct work *work, const struct hvc_world *world,
                                    struct hvc_machine **out)
{
	const struct hvc_machine_config config = {.image = *hvc_subject_image(work->exact->subject),
	                                          .world = world};

	return hvc_machine_open(&config, &work->bench->diag, out);
}

/* The call of one path, and then immediates by the row. */
static enum hvc_status meet(struct work *work, struct hvc_exact_part *part,
                            const struct hvc_row *row, struct hvc_symbolic_witness *witness,
                            struct hvc_machine *machine)
{
	struct bench *bench = work->bench;
	const struct hvc_sympath *path = &part->symbolic->path[row->path[bench->path]];
	uint8_t *met = &bench->met[bench->part][bench->row];
	enum hvc_status status = HVC_OK;
	char text[200];

	part->symbolic->config.machine = machine;
	if (!bench->taking) {
		status = hvc_symbolic__confirm(part->symbolic, path, witness, machine, &bench->diag,
		                               &bench->differs, text, sizeof text);
		if (bench->differs)
			snprintf(bench->text, sizeof bench->text, "%s #0x%x from %s: %s",
			         hvc_insn_name(part->insn), witness->call.imm,
			         hvc_level_name(part->from), text);
		bench->paths[bench->part] += status == HVC_OK;
	}
	if (status != HVC_OK || bench->differs || work->exact->brief || (*met && !bench->taking))
		return status;
	bench->taking = true;
	status = take(work, row, witness, machine);
	bench->taking = false;
	*met = 1;
	return status;
}

static enum hvc_status meet_path(struct work *work, struct hvc_exact_part *part,
                                 const struct hvc_row *row)
{
	struct bench *bench = work->bench;
	const struct hvc_sympath *path = &part->symbolic->path[row->path[bench->path]];
	struct hvc_machine *machine = work->machine;
	struct hvc_symbolic_witness witness;
	enum hvc_status status;

	if (path->end != HVC_END_OUTCOME)
		return HVC_OK;
	part->symbolic->config.machine = machine;
	status = hvc_symbolic__witness(part->symbolic, path, &work->exact->world, &witness);
	if (status == HVC_OK && witness.changed)
		status = open_machine(work, &witness.world, &machine);
	if (status == HVC_OK) {
		status = meet(work, part, row, &witness, machine);
		if (witness.changed)
			hvc_machine_close(machine);
		hvc_symbolic__free_witness(&witness);
	}
	if (status != HVC_E_UNSUPPORTED)
		return status;
	bench->unmade[bench->part]++;
	return HVC_OK;
}

/* Does it go by memory that the usual world may not have? */
static bool reads_memory(const struct hvc_exact_part *part, const struct hvc_row *row)
{
	for (unsigned i = 0; i < row->paths; i++) {
		const struct hvc_way *way = part->symbolic->path[row->path[i]].way;

		for (const struct hvc_read *read = way->read; read; read = read->before)
			if (read->address)
				return true;
	}
	return false;
}

/* What is left, with the registers of any call. */
static enum hvc_status take_rest(struct work *work, const struct hvc_exact_part *part)
{
	uint64_t value[HVC_GPR_COUNT + 4];
	struct hvc_symbolic_witness usual = {.model = {.value = value, .count = HVC_GPR_COUNT + 4}};
	enum hvc_status status = HVC_OK;

	hvc_call_init(&usual.call, 0);
	usual.call.insn = part->insn;
	usual.call.from = part->from;
	hvc_exact__values(&usual.call, value);
	for (unsigned i = 0; status == HVC_OK && i < part->rows; i++)
		if (!part->row[i].why && !reads_memory(part, &part->row[i]))
			status = take(work, &part->row[i], &usual, work->machine);
	return status;
}

/* Everything from where the bench is at. */
static enum hvc_status meet_all(void *ctx)
{
	struct work *work = ctx;
	struct bench *b = work->bench;
	enum hvc_status status = open_machine(work, &work->exact->world, &work->machine);

	for (; status == HVC_OK && b->part < work->exact->parts; b->part++, b->row = 0) {
		struct hvc_exact_part *part = &work->exact->part[b->part];

		for (; status == HVC_OK && b->row < part->rows; b->row++, b->path = 0) {
			for (; status == HVC_OK && b->path < part->row[b->row].paths; b->path++)
				status = meet_path(work, part, &part->row[b->row]);
			if (status != HVC_OK)
				return status;
		}
		if (status == HVC_OK && !work->exact->brief)
			status = take_rest(work, part);
	}
	hvc_machine_close(work->machine);
	return status;
}

/* The engine died of a call, which counts as taken. */
static bool lose(struct hvc_exact *exact, struct bench *bench)
{
	const struct hvc_call *call = &bench->flight.call;

	if (!bench->flight.open || exact->failed == HVC_LOST_MAX)
		return false;
	if (!exact->failed++)
		snprintf(exact->failure, sizeof exact->failure, "%s #0x%x from %s, at 0x%" PRIx64,
		         hvc_insn_name(call->insn), call->imm, hvc_level_name(call->from),
		         bench->flight.address);
	hvc_flight__lose(&bench->flight);
	bench->taken[bench->part][call->imm / 8] |= (uint8_t)(1u << (call->imm % 8));
	bench->taking = false;
	if (bench->row < exact->part[bench->part].rows)
		bench->path++;
	return true;
}

static void count(struct hvc_exact *exact, const struct bench *bench)
{
	for (unsigned i = 0; i < exact->parts; i++) {
		struct hvc_exact_part *part = &exact->part[i];

		part->confirmed = bench->paths[i];
		part->unmade = bench->unmade[i];
		part->taken = 0;
		for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
			part->taken += is_taken(bench->taken[i], imm);
	}
}

static enum hvc_status work_apart(struct hvc_exact *exact, struct bench *bench,
                                  struct hvc_diag *diag)
{
	struct work work = {exact, bench, NULL};
	enum hvc_status status;
	bool died = false;

	do {
		status = hvc_lost__apart(meet_all, &work, &bench->flight, &died);
	} while (status == HVC_E_ENGINE && lose(exact, bench));
	count(exact, bench);
	if (bench->differs)
		return hvc_diag_set(diag, HVC_E_ENGINE, hvc_subject_name(exact->subject), 0, 0,
		                    "a fault of hvcheck: %s", bench->text);
	if (status == HVC_OK)
		return HVC_OK;
	return hvc_diag_set(diag, status, hvc_subject_name(exact->subject), 0, 0, "%s",
	                    bench->diag.message[0] ? bench->diag.message : hvc_strerror(status));
}

enum hvc_status hvc_exact__confirm(struct hvc_exact *exact, struct hvc_diag *diag)
{
	struct bench *bench = mmap(NULL, sizeof *bench, PROT_READ | PROT_WRITE,
	                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum hvc_status status;

	if (bench == MAP_FAILED)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	status = work_apart(exact, bench, diag);
	munmap(bench, sizeof *bench);
	return status;
}
