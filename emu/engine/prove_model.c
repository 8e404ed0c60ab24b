/* SPDX-License-Identifier: MIT */
/*
 * Of all calls that show something, the one that people would have chosen: see simplest_call.h.
 * Here memory is as the machine has it, and so is everything else that no call sets.
 */
#include <string.h>

#include "engine/prover.h"
#include "engine/secret.h"
#include "engine/simplest_call.h"

struct seeker {
	struct hvc_prover *p;
	struct hvc_search of;
};

static struct hvc_search search_of(struct hvc_prover *p, hvc_ref condition)
{
	return (struct hvc_search){.terms = p->terms,
	                           .solver = p->solver,
	                           .from = p->part->from,
	                           .insn = p->part->insn,
	                           .condition = condition,
	                           .value = p->value,
	                           .count = HVC_INPUTS};
}

void hvc_prover__take_model(struct hvc_prover *p)
{
	struct hvc_search search = search_of(p, NULL);

	hvc_search__take_model(&search);
}

void hvc_prover__call(const struct hvc_prover *p, struct hvc_call *out)
{
	uint64_t value[HVC_INPUTS];

	memcpy(value, p->value, sizeof value);
	hvc_way__call(value, p->part->from, p->part->insn, out);
}

static hvc_ref is(struct hvc_prover *p, hvc_ref a, uint64_t value)
{
	return hvc_bv__eq(p->terms, a, hvc_bv__num(p->terms, a->width, value));
}

/* What no call sets is what it is: false when it has to be something else. */
static bool fix_others(struct seeker *search)
{
	struct hvc_prover *p = search->p;
	const struct hvc_input *input;
	hvc_ref all = hvc_bv__num(p->terms, 1, 1);

	for (size_t i = HVC_INPUTS; (input = hvc_bv__input_at(p->terms, i)); i++)
		if (input->term->uses & search->of.condition->uses)
			all = hvc_bv__and(p->terms, all, is(p, input->term, input->usual));
	return hvc_bv__const(all) || hvc_search__ask(&search->of, all);
}

/* A caller's pointer as in any call, or to the beginning of what there is, if it can be. */
static void point(struct seeker *search, const struct hvc_sympath *path)
{
	static const uint64_t places[] = {HVC_EL2_DATA, HVC_LANDING};
	const struct hvc_read *read = path->way->read;

	const struct hvc_model usual = {0};

	while (read && (!read->address || hvc_bv__const(read->address)))
		read = read->before;
	if (read &&
	    hvc_search__ask(&search->of, is(search->p, read->address,
	                                    hvc_bv__eval(search->p->terms, read->address, &usual))))
		return;
	for (unsigned i = 0; read && i < 16; i++)
		if (hvc_search__ask(&search->of,
		                    is(search->p, read->address, places[i / 8] + i % 8 * 8)))
			return;
}

/* What memory holds where the path reads it by the model at hand; false: it cannot be that. */
static bool fill_memory(struct seeker *search, const struct hvc_sympath *path)
{
	struct hvc_prover *p = search->p;
	const struct hvc_model model = {.value = p->value, .count = HVC_INPUTS};
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
		/* A secret is what was chosen, and put there for the call. */
		if (!p->symbolic->config.secrets || hvc_secret__of(input) == HVC_SECRET_NONE)
			all = hvc_bv__and(p->terms, all, is(p, read->value, there));
	}
	search->of.condition = hvc_bv__and(p->terms, search->of.condition, all);
	return hvc_bv__is(all, 1) || hvc_search__ask(&search->of, all);
}

/* What the condition does not speak of is as in any call, and the solver is not asked. */
static void narrow(struct seeker *search, const struct hvc_sympath *path)
{
	bool free_[HVC_INPUTS] = {false}, given[HVC_INPUTS] = {false};
	struct hvc_search *of = &search->of;

	if (!hvc_search__mark(of, given))
		memset(given, true, sizeof given);
	given[HVC_INPUT_IMM] |= given[HVC_INPUT_SELF];
	hvc_search__land(of, path->kind == HVC_OUTCOME_JUMP ? path->target : NULL);
	hvc_search__set_call(of, given, free_);
	for (unsigned i = 0; i < HVC_INPUT_SELF; i++)
		if (free_[i])
			hvc_search__lower(of, i);
	for (unsigned i = 0; i < HVC_INPUT_SELF; i++)
		if (!given[i])
			of->value[i] = hvc_bv__input_at(of->terms, i)->usual;
}

bool hvc_prover__simplify(struct hvc_prover *p, const struct hvc_sympath *path, hvc_ref all)
{
	struct seeker search = {p, search_of(p, all)};
	bool done;

	for (unsigned i = 0; i < HVC_INPUTS; i++)
		p->value[i] = hvc_bv__input_of(p->terms, p->input[i])->usual;
	done = !hvc_symbolic__reads_callers(path) && hvc_search__holds(&search.of);
	if (!done) {
		done = hvc_solver__check(p->solver) == HVC_ANSWER_YES;
		if (done) {
			hvc_search__take_model(&search.of);
			point(&search, path);
		}
		done = done && fill_memory(&search, path) && fix_others(&search);
		if (done)
			narrow(&search, path);
		done = done && hvc_search__holds(&search.of);
	}
	hvc_search__end(&search.of);
	return done;
}
