/* SPDX-License-Identifier: MIT */
/*
 * Of all calls that show something, the one that people would have chosen: registers are as in
 * any other call where they can be, and the others small. What can be seen by putting numbers in
 * is not asked of the solver, and each answer narrows the question.
 */
#include <string.h>

#include "engine/prover.h"

struct search {
	struct hvc_prover *p;
	hvc_ref all;
	unsigned pushed;
};

static struct hvc_model model_of(struct hvc_prover *p)
{
	struct hvc_call call;

	hvc_prover__call(p, &call);
	p->value[HVC_PROVER_SELF] = hvc_call_address(&call);
	return (struct hvc_model){.value = p->value, .count = HVC_PROVER_INPUTS};
}

static bool holds(struct search *search)
{
	const struct hvc_model model = model_of(search->p);

	return hvc_bv__eval(search->p->terms, search->all, &model) == 1;
}

void hvc_prover__take_model(struct hvc_prover *p)
{
	for (unsigned i = 0; i < HVC_PROVER_INPUTS; i++)
		if (!hvc_solver__value(p->solver, p->input[i], &p->value[i]))
			p->value[i] = hvc_bv__input_of(p->terms, p->input[i])->usual;
	(void)model_of(p);
}

void hvc_prover__call(const struct hvc_prover *p, struct hvc_call *out)
{
	hvc_call_init(out, 0);
	memcpy(out->x, p->value, sizeof out->x);
	out->imm = (uint16_t)p->value[HVC_PROVER_IMM];
	out->nzcv = p->value[HVC_PROVER_NZCV] << 28;
	out->daif = p->value[HVC_PROVER_DAIF] << 6;
	out->insn = p->part->insn;
	out->from = p->part->from;
}

static hvc_ref is(struct hvc_prover *p, hvc_ref a, uint64_t value)
{
	return hvc_bv__eq(p->terms, a, hvc_bv__num(p->terms, a->width, value));
}

static void keep(struct search *search, hvc_ref condition)
{
	hvc_solver__push(search->p->solver);
	search->pushed++;
	hvc_solver__require(search->p->solver, condition);
}

/* Require it where that is possible, and take the model. */
static bool ask(struct search *search, hvc_ref condition)
{
	keep(search, condition);
	if (hvc_solver__check(search->p->solver) == HVC_ANSWER_YES) {
		hvc_prover__take_model(search->p);
		return true;
	}
	hvc_solver__pop(search->p->solver);
	search->pushed--;
	return false;
}

/* Make an input that value, if it can be. */
static bool set(struct search *search, unsigned i, uint64_t value)
{
	struct hvc_prover *p = search->p;
	uint64_t old = p->value[i];

	p->value[i] = value;
	if (holds(search)) {
		keep(search, is(p, p->input[i], value));
		return true;
	}
	p->value[i] = old;
	return ask(search, is(p, p->input[i], value));
}

/* The least value, from the highest bit down. */
static void lower(struct search *search, unsigned i)
{
	struct hvc_prover *p = search->p;
	hvc_ref a = p->input[i];

	if (set(search, i, 0) ||
	    !ask(search, hvc_bv__ult(p->terms, a, hvc_bv__num(p->terms, a->width, p->value[i]))))
		return;
	for (unsigned bit = a->width; bit-- > 0;) {
		hvc_ref one = hvc_bv__extract(p->terms, a, bit, bit);

		if (!(p->value[i] >> bit & 1))
			keep(search, hvc_bv__not(p->terms, one));
		else if (!ask(search, hvc_bv__not(p->terms, one)))
			keep(search, one);
	}
}

/* What no call sets is what it is: false when it has to be something else. */
static bool fix_others(struct search *search)
{
	struct hvc_prover *p = search->p;
	const struct hvc_input *input;
	hvc_ref all = hvc_bv__num(p->terms, 1, 1);

	for (size_t i = HVC_PROVER_INPUTS; (input = hvc_bv__input_at(p->terms, i)); i++)
		if (input->term->uses & search->all->uses)
			all = hvc_bv__and(p->terms, all, is(p, input->term, input->usual));
	return hvc_bv__const(all) || ask(search, all);
}

/* A place to go to where there is something to arrive at. */
static void land(struct search *search, const struct hvc_sympath *path)
{
	struct hvc_bvs *t = search->p->terms;
	hvc_ref offset;

	if (path->kind != HVC_OUTCOME_JUMP || !path->target || path->target->op == HVC_OP_INPUT ||
	    hvc_bv__const(path->target))
		return;
	offset = hvc_bv__sub(t, path->target, hvc_bv__num(t, 64, HVC_LANDING));
	(void)ask(search,
	          hvc_bv__and(t, hvc_bv__ult(t, offset, hvc_bv__num(t, 64, HVC_LANDING_SIZE)),
	                      is(search->p, hvc_bv__extract(t, offset, 1, 0), 0)));
}

/* A caller's pointer as in any call, or to the beginning of what there is, if it can be. */
static void point(struct search *search, const struct hvc_sympath *path)
{
	static const uint64_t places[] = {HVC_EL2_DATA, HVC_LANDING};
	const struct hvc_read *read = path->way->read;

	const struct hvc_model usual = {0};

	while (read && (!read->address || hvc_bv__const(read->address)))
		read = read->before;
	if (read && ask(search, is(search->p, read->address,
	                           hvc_bv__eval(search->p->terms, read->address, &usual))))
		return;
	for (unsigned i = 0; read && i < 16; i++)
		if (ask(search, is(search->p, read->address, places[i / 8] + i % 8 * 8)))
			return;
}

/* What memory holds where the path reads it by the model at hand; false: it cannot be that. */
static bool fill_memory(struct search *search, const struct hvc_sympath *path)
{
	struct hvc_prover *p = search->p;
	const struct hvc_model model = model_of(p);
	hvc_ref all = hvc_bv__num(p->terms, 1, 1);

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		struct hvc_input *input = hvc_bv__input_of(p->terms, read->value);
		uint64_t address, there;

		if (!read->address || !input)
			continue;
		address = hvc_bv__eval(p->terms, read->address, &model);
		if (hvc_machine_read(p->machine, address, &there, sizeof there) != HVC_OK)
			return false;
		input->usual = there;
		all = hvc_bv__and(p->terms, all, is(p, read->address, address));
		all = hvc_bv__and(p->terms, all, is(p, read->value, there));
	}
	search->all = hvc_bv__and(p->terms, search->all, all);
	return hvc_bv__is(all, 1) || ask(search, all);
}

static void search_all(struct search *search)
{
	/* The immediate is the last that is left as it is. */
	static const unsigned rest[] = {HVC_PROVER_DAIF, HVC_PROVER_NZCV, HVC_PROVER_IMM};
	struct hvc_prover *p = search->p;
	bool free_[HVC_PROVER_INPUTS] = {false};

	for (unsigned n = HVC_PROVER_SELF; n-- > 0;) {
		unsigned i = n < 3 ? rest[n] : n - 3;
		const struct hvc_input *input = hvc_bv__input_of(p->terms, p->input[i]);

		free_[i] = !set(search, i, input->usual);
	}
	for (unsigned i = 0; i < HVC_PROVER_SELF; i++)
		if (free_[i])
			lower(search, i);
}

bool hvc_prover__simplify(struct hvc_prover *p, const struct hvc_sympath *path, hvc_ref all)
{
	struct search search = {p, all, 0};
	bool done;

	for (unsigned i = 0; i < HVC_PROVER_INPUTS; i++)
		p->value[i] = hvc_bv__input_of(p->terms, p->input[i])->usual;
	done = !hvc_symbolic__reads_callers(path) && holds(&search);
	if (!done) {
		done = hvc_solver__check(p->solver) == HVC_ANSWER_YES;
		if (done)
			hvc_prover__take_model(p);
		if (done)
			point(&search, path);
		done = done && fill_memory(&search, path) && fix_others(&search);
		if (done)
			land(&search, path);
		if (done)
			search_all(&search);
		done = done && holds(&search);
	}
	while (search.pushed--)
		hvc_solver__pop(p->solver);
	return done;
}
