/* SPDX-License-Identifier: MIT */
/*
 * The simplest call and the simplest two values of the secrets that show a leak: as few secrets
 * as can be differ, and the others are what the machine has, where they can be.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/leak.h"
#include "hvcheck/arch.h"

#define SECRETS_MAX  64u
#define POINTERS_MAX 7u

/* An input that is a secret, and what it is with the other secrets. */
struct secret {
	hvc_ref one[2];
	int row;
	uint64_t value[2];
};

struct chooser {
	struct hvc_leak_pair *pair;
	struct hvc_prover *p;
	struct secret list[SECRETS_MAX];
	unsigned count;
	hvc_ref pointer[POINTERS_MAX]; /* of EL2's own */
	unsigned pointers;
	int row; /* the one that differs; HVC_SECRET_NONE: several do */
};

static hvc_ref equal(struct chooser *c, const struct secret *s)
{
	return hvc_bv__eq(c->p->terms, s->one[0], s->one[1]);
}

static bool can_be(struct chooser *c, hvc_ref condition)
{
	enum hvc_answer answer;

	hvc_solver__push(c->p->solver);
	hvc_solver__require(c->p->solver, condition);
	answer = hvc_solver__check(c->p->solver);
	hvc_solver__pop(c->p->solver);
	return answer == HVC_ANSWER_YES;
}

/* Require it, if that can be. */
static bool prefer(struct chooser *c, hvc_ref condition)
{
	bool can = can_be(c, condition);

	if (can)
		hvc_solver__require(c->p->solver, condition);
	return can;
}

static hvc_ref same(struct chooser *c, hvc_ref a, uint64_t value)
{
	return hvc_bv__eq(c->p->terms, a, hvc_bv__num(c->p->terms, a->width, value));
}

static bool is_used(const size_t *index, size_t count, hvc_ref input)
{
	for (size_t i = 0; i < count; i++)
		if (index[i] == input->value)
			return true;
	return false;
}

/* Those that the condition speaks of. */
static void find_secrets(struct chooser *c)
{
	size_t index[256], count, inputs = 0;
	const struct hvc_input *input;

	count = hvc_bv__inputs(c->p->terms, c->pair->all, index, 256);
	count = count < 256 ? count : 256;
	while (hvc_bv__input_at(c->p->terms, inputs))
		inputs++;
	for (size_t i = 0; i < inputs && c->count < SECRETS_MAX; i++) {
		struct secret *s = &c->list[c->count];

		input = hvc_bv__input_at(c->p->terms, i);
		s->row = hvc_secret__of(input);
		if (s->row == HVC_SECRET_NONE)
			continue;
		s->one[0] = input->term;
		s->one[1] = hvc_secret__other(c->p->terms, s->one[0]);
		c->count += is_used(index, count, s->one[0]) || is_used(index, count, s->one[1]);
	}
}

/* Which of them alone makes the difference? */
static uint32_t find_sources(struct chooser *c)
{
	uint32_t rows = 0, alone = 0;

	for (unsigned i = 0; i < c->count; i++)
		rows |= UINT32_C(1) << c->list[i].row;
	for (unsigned row = 0; row < hvc_secret__count(); row++) {
		hvc_ref others = hvc_bv__num(c->p->terms, 1, 1);

		if (!(rows >> row & 1))
			continue;
		for (unsigned i = 0; i < c->count; i++)
			if (c->list[i].row != (int)row)
				others = hvc_bv__and(c->p->terms, others, equal(c, &c->list[i]));
		alone |= can_be(c, others) ? UINT32_C(1) << row : 0;
	}
	return alone;
}

static void add_pointer(struct chooser *c, hvc_ref base)
{
	if (!base || hvc_bv__const(base) || base->uses & HVC_USES_CALL ||
	    base == c->p->input[HVC_INPUT_SELF])
		return;
	for (unsigned i = 0; i < c->pointers; i++)
		if (c->pointer[i] == base)
			return;
	if (c->pointers < POINTERS_MAX)
		c->pointer[c->pointers++] = base;
}

static void find_pointers(struct chooser *c, const struct hvc_sympath *path)
{
	hvc_ref base;

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		if (!read->address)
			continue;
		(void)hvc_bv__offset(read->address, &base);
		add_pointer(c, base);
	}
	for (const struct hvc_log *log = path->way->log; log; log = log->before)
		add_pointer(c, log->base);
}

/* Pointers of EL2's own lead to memory of EL2's, each to its own; the stack has the most. */
static bool place_pointers(struct chooser *c)
{
	struct hvc_bvs *t = c->p->terms;
	hvc_ref all = hvc_bv__num(t, 1, 1);

	for (unsigned i = 0; i < c->pointers; i++) {
		bool stack = c->pointer[i] == c->p->before[HVC_REG_SP_EL2];
		uint64_t lo = HVC_EL2_DATA + (stack ? 0x8000 : 0x1000 * (uint64_t)i + 0x400);
		hvc_ref size = hvc_bv__num(t, 64, stack ? 0x5000 : 0x800);

		for (unsigned side = 0; side < 2; side++) {
			hvc_ref a = side ? hvc_secret__other(t, c->pointer[i]) : c->pointer[i];
			hvc_ref from = hvc_bv__sub(t, a, hvc_bv__num(t, 64, lo));

			all = hvc_bv__and(t, all, hvc_bv__ult(t, from, size));
			all = hvc_bv__and(
			        t, all,
			        hvc_bv__eq(t, hvc_bv__extract(t, a, 3, 0), hvc_bv__num(t, 4, 0)));
		}
	}
	return prefer(c, all);
}

/* A pointer of the caller's that leads to EL2's memory leads to where nothing else is. */
static void place_caller(struct chooser *c, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = c->p->terms;

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		const struct hvc_input *input = hvc_bv__input_of(t, read->value);
		hvc_ref there;

		if (!input || !hvc_secret__is_pointed(t, input) ||
		    prefer(c, hvc_bv__eq(t, read->value, hvc_secret__other(t, read->value))))
			continue;
		there = hvc_bv__sub(t, read->address,
		                    hvc_bv__num(t, 64, HVC_EL2_DATA + HVC_EL2_DATA_SIZE - 0x1000));
		(void)prefer(c, hvc_bv__ult(t, there, hvc_bv__num(t, 64, 0xff8)));
	}
}

/* What it is where that can be, and else the least. */
static bool choose(struct chooser *c, hvc_ref a, uint64_t usual, uint64_t *value)
{
	*value = usual;
	return prefer(c, same(c, a, usual)) ||
	       hvc_symbolic__least(&c->p->symbolic->scene, a, value);
}

static bool choose_secrets(struct chooser *c)
{
	bool ok = true;

	for (unsigned i = 0; i < c->count; i++)
		if (c->row != HVC_SECRET_NONE && c->list[i].row != c->row)
			hvc_solver__require(c->p->solver, equal(c, &c->list[i]));
	for (unsigned i = 0; i < c->count; i++)
		(void)prefer(c, equal(c, &c->list[i]));
	for (unsigned side = 0; side < 2; side++)
		for (unsigned i = 0; i < c->count; i++) {
			struct secret *s = &c->list[i];
			uint64_t usual = hvc_bv__input_of(c->p->terms, s->one[0])->usual;

			ok = ok && choose(c, s->one[side], usual, &s->value[side]);
		}
	return ok;
}

static hvc_ref put_value(void *ctx, hvc_ref part)
{
	const struct chooser *c = ctx;

	for (unsigned i = 0; part->op == HVC_OP_INPUT && i < c->count; i++)
		for (unsigned side = 0; side < 2; side++)
			if (part == c->list[i].one[side])
				return hvc_bv__num(c->p->terms, part->width,
				                   c->list[i].value[side]);
	return NULL;
}

/* Values of all inputs, of the call at hand and both sides; NULL: memory ran out. */
static uint64_t *fill_model(struct chooser *c, size_t *count)
{
	const struct hvc_input *input;
	uint64_t *value;

	for (*count = 0; hvc_bv__input_at(c->p->terms, *count);)
		++*count;
	value = calloc(*count + 1, sizeof *value);
	if (!value)
		return NULL;
	for (size_t i = 0; (input = hvc_bv__input_at(c->p->terms, i)); i++)
		value[i] = input->usual;
	memcpy(value, c->p->value, sizeof c->p->value);
	for (unsigned i = 0; i < c->count; i++)
		for (unsigned side = 0; side < 2; side++)
			value[c->list[i].one[side]->value] = c->list[i].value[side];
	return value;
}

static bool fill_memory(struct chooser *c, const struct hvc_sympath *path, unsigned side,
                        const struct hvc_model *model, struct hvc_leak_side *out)
{
	struct hvc_bvs *t = c->p->terms;
	size_t count = 0;

	for (const struct hvc_read *read = path->way->read; read; read = read->before)
		count++;
	out->cell = calloc(count + 1, sizeof *out->cell);
	for (const struct hvc_read *read = path->way->read; out->cell && read;
	     read = read->before) {
		struct hvc_leak_cell *cell = &out->cell[out->cells];

		if (!read->address)
			continue;
		cell->address = hvc_bv__eval(
		        t, side ? hvc_secret__other(t, read->address) : read->address, model);
		cell->value = hvc_bv__eval(
		        t, side ? hvc_secret__other(t, read->value) : read->value, model);
		out->cells++;
	}
	return out->cell != NULL;
}

static enum hvc_status fill_side(struct chooser *c, unsigned side, struct hvc_leak_side *out)
{
	const uint64_t *entry = hvc_machine_entry(c->p->machine)->v;
	enum hvc_status status = HVC_OK;
	struct hvc_model model = {0};

	out->world = *c->p->config->world;
	for (unsigned i = 0; status == HVC_OK && i < c->count; i++) {
		const struct secret *s = &c->list[i];
		enum hvc_reg reg = hvc_reg_find(hvc_secret__name((unsigned)s->row));
		uint64_t mask = reg == HVC_REG_NONE ? 0 : c->pair->search->secrets.open.reg[reg];
		uint64_t value = mask ? (s->value[side] & mask) | (entry[reg] & ~mask) : 0;

		if (mask && value != entry[reg])
			status = hvc_world_set(&out->world, reg, value);
	}
	model.value = fill_model(c, &model.count);
	if (!model.value || !fill_memory(c, side ? c->pair->b : c->pair->a, side, &model, out))
		status = HVC_E_NOMEM;
	free(model.value);
	return status;
}

/* "key+0x8" of the image's data, else as the input is named. */
static void name_secret(const struct chooser *c, const struct secret *s, struct hvc_leak *leak)
{
	const struct hvc_input *input = hvc_bv__input_of(c->p->terms, s->one[0]);
	const char *symbol;
	uint64_t offset;

	leak->secret_reg = hvc_reg_find(input->name);
	if (s->row != HVC_SECRET_DATA ||
	    !hvc_subject_symbol(c->p->config->subject, input->address->value, &symbol, &offset))
		snprintf(leak->secret, sizeof leak->secret, "%s", input->name);
	else
		snprintf(leak->secret, sizeof leak->secret, offset ? "%s+0x%llx" : "%s", symbol,
		         (unsigned long long)offset);
}

static void tell(const struct chooser *c, struct hvc_leak *leak)
{
	for (unsigned i = 0; i < c->count; i++) {
		const struct secret *s = &c->list[i];

		if (s->value[0] == s->value[1])
			continue;
		name_secret(c, s, leak);
		memcpy(leak->secret_value, s->value, sizeof leak->secret_value);
		break;
	}
	hvc_prover__call(c->p, &leak->probe.call);
	leak->imm = leak->probe.call.imm;
	leak->probe.call.imm = 0;
	leak->probe.why = HVC_WHY_PROOF;
	leak->probe.reg = HVC_REG_NONE;
}

/* Does what was proved rest on what the machine need not do as the terms say? */
static bool is_rough(const struct chooser *c)
{
	const struct hvc_sympath *path[2] = {c->pair->a, c->pair->b};
	hvc_ref where;

	for (unsigned side = 0; side < 2; side++) {
		if (hvc_symbolic__loose(c->p->symbolic, path[side], &where))
			return true;
		for (const struct hvc_read *r = path[side]->way->read; r; r = r->before)
			if (r->address && !hvc_bv__const(r->address))
				return true;
		for (const struct hvc_log *log = path[side]->way->log; log; log = log->before)
			if (log->base)
				return true;
	}
	return false;
}

static enum hvc_status run(struct chooser *c, struct hvc_leak *leak, bool *shown,
                           struct hvc_diag *diag)
{
	struct hvc_leak_side side[2] = {{.cells = 0}};
	enum hvc_status status = HVC_OK;
	bool made = true;
	char text[300];

	for (unsigned i = 0; status == HVC_OK && i < 2; i++)
		status = fill_side(c, i, &side[i]);
	if (status == HVC_OK)
		status = hvc_leak__run(c->pair->search, side, leak, &made, shown, diag);
	else
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	free(side[0].cell);
	free(side[1].cell);
	if (status != HVC_OK || *shown)
		return status;
	hvc_leak__print(leak, text, sizeof text);
	if (!made || is_rough(c)) {
		hvc_prover__gap(c->p, "this machine does not show that %s", text);
		return HVC_OK;
	}
	return hvc_diag_set(diag, HVC_E_ENGINE, hvc_subject_name(c->p->config->subject), 0, 0,
	                    "a fault of hvcheck: %s by the proof, not in the machine", text);
}

static enum hvc_status choose_all(struct chooser *c, struct hvc_leak *leak, bool *shown,
                                  struct hvc_diag *diag)
{
	hvc_ref all;

	leak->sources = leak->channel == HVC_CHANNEL_CONTROL ? 0 : find_sources(c);
	for (unsigned i = 0; c->row == HVC_SECRET_NONE && i < hvc_secret__count(); i++)
		if (leak->sources >> i & 1)
			c->row = (int)i;
	find_pointers(c, c->pair->a);
	find_pointers(c, c->pair->b);
	if (!place_pointers(c)) {
		hvc_prover__gap(c->p, "a leak for pointers that this machine has no memory for");
		return HVC_OK;
	}
	place_caller(c, c->pair->a);
	place_caller(c, c->pair->b);
	if (!choose_secrets(c)) {
		hvc_prover__gap(c->p, "the solver gave up");
		return HVC_OK;
	}
	all = hvc_bv__rewrite(c->p->terms, c->pair->all, put_value, c);
	if (!hvc_prover__simplify(c->p, c->pair->a, all)) {
		hvc_prover__gap(c->p, "a leak in a call that nobody can make");
		return HVC_OK;
	}
	tell(c, leak);
	return run(c, leak, shown, diag);
}

enum hvc_status hvc_leak__show(struct hvc_leak_pair *pair, struct hvc_leak *leak, bool *shown,
                               struct hvc_diag *diag)
{
	struct chooser c = {.pair = pair, .p = &pair->search->p, .row = HVC_SECRET_NONE};
	enum hvc_status status;

	*shown = false;
	find_secrets(&c);
	hvc_solver__push(c.p->solver);
	status = choose_all(&c, leak, shown, diag);
	hvc_solver__pop(c.p->solver);
	return status;
}

void hvc_leak__print(const struct hvc_leak *leak, char *text, size_t size)
{
	char what[64] = "how the call ends", from[256] = "";
	size_t used = 0;

	if (leak->channel == HVC_CHANNEL_REGISTER)
		snprintf(what, sizeof what, "%s", hvc_reg_name((enum hvc_reg)leak->place));
	else if (leak->channel == HVC_CHANNEL_SIMD)
		snprintf(what, sizeof what, "%s", hvc_simd_name(leak->place));
	else if (leak->channel == HVC_CHANNEL_MEMORY)
		snprintf(what, sizeof what, "memory at 0x%llx", (unsigned long long)leak->address);
	if (leak->channel == HVC_CHANNEL_CONTROL) {
		snprintf(text, size, "%s is where the caller says, who has all of EL2 then",
		         hvc_reg_name((enum hvc_reg)leak->place));
		return;
	}
	for (unsigned i = 0; i < hvc_secret__count() && used < sizeof from; i++)
		if (leak->sources >> i & 1)
			used += (size_t)snprintf(from + used, sizeof from - used, "%s%s",
			                         used ? ", " : "", hvc_secret__name(i));
	snprintf(text, size,
	         leak->secret_reg == HVC_REG_NONE && leak->secret[0] ? "%s leaks %s (%s)"
	                                                             : "%s leaks %s",
	         what, leak->sources ? from : "of several EL2 secrets at once", leak->secret);
}
