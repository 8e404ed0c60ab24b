/* SPDX-License-Identifier: MIT */
/*
 * Of each caller every path is followed with the secrets left open. A path is held against itself
 * with other secrets, and two paths against each other where a secret decides between them.
 */
#include "engine/leak.h"

#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/scene.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"

#define BELOW_EL2                                                            \
	(1u << HVC_LEVEL_EL0 | 1u << HVC_LEVEL_EL1T | 1u << HVC_LEVEL_EL1H | \
	 (HVC_LEVELS_AARCH32 & ~(1u << HVC_LEVEL_EL2_HYP)))

const char *hvc_channel__name(enum hvc_channel channel)
{
	static const char *const names[HVC_CHANNEL_COUNT] = {"outcome", "register", "simd",
	                                                     "memory", "control"};

	return channel < HVC_CHANNEL_COUNT ? names[channel] : "?";
}

static enum hvc_status out_of_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static hvc_ref same(struct hvc_prover *p, hvc_ref a, uint64_t value)
{
	return hvc_bv__eq(p->terms, a, hvc_bv__num(p->terms, a->width, value));
}

/* What the caller was asked to be, and registers at the call that are secrets. */
static void begin(struct hvc_leak_search *search)
{
	const struct hvc_leaks_config *config = search->config;
	struct hvc_prover *p = &search->p;

	hvc_prover__begin(p);
	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (search->secrets.open.reg[reg])
			p->before[reg] = hvc_secret__before(p->terms, &search->secrets.open,
			                                    (enum hvc_reg)reg,
			                                    hvc_machine_entry(p->machine)->v[reg]);
	search->asked = hvc_bv__num(p->terms, 1, 1);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (hvc_regset_has(&config->set, (enum hvc_reg)n))
			search->asked = hvc_bv__and(p->terms, search->asked,
			                            same(p, p->input[n], config->value[n]));
	if (config->imm)
		search->asked = hvc_bv__and(p->terms, search->asked,
		                            same(p, p->input[HVC_INPUT_IMM], *config->imm));
	hvc_solver__require(p->solver, search->asked);
}

static void count(struct hvc_leaks *leaks, const struct hvc_sympath *path)
{
	leaks->paths++;
	if (hvc_view__is_granted(path->kind, path->level))
		leaks->granted++;
	else if (hvc_view__is_back(path->kind, path->level) && path->kind != HVC_OUTCOME_UNDEFINED)
		leaks->compared++;
	else
		leaks->silent++;
}

/* Memory that the caller can read as well as EL2 is the same, whatever the secrets are. */
static void require_memory(struct hvc_leak_pair *pair, const struct hvc_sympath *path)
{
	struct hvc_prover *p = &pair->search->p;
	struct hvc_bvs *t = p->terms;

	for (const struct hvc_read *read = path->way->read; read; read = read->before) {
		const struct hvc_input *input = hvc_bv__input_of(t, read->value);
		hvc_ref address, own, equal;

		if (!input || !hvc_secret__is_pointed(t, input))
			continue;
		address = read->address;
		own = hvc_secret__lies_at(t, &pair->search->secrets, address, 8);
		own = hvc_bv__or(
		        t, own,
		        hvc_bv__not(t, hvc_bv__eq(t, address, hvc_secret__other(t, address))));
		equal = hvc_bv__eq(t, read->value, hvc_secret__other(t, read->value));
		equal = hvc_bv__or(t, own, equal);
		hvc_solver__require(p->solver, equal);
		pair->all = hvc_bv__and(t, pair->all, equal);
	}
}

/* b NULL: the path against itself. */
static enum hvc_status search_pair(struct hvc_leak_search *search, const struct hvc_sympath *a,
                                   const struct hvc_sympath *b, struct hvc_diag *diag)
{
	struct hvc_prover *p = &search->p;
	struct hvc_leak_pair pair = {search, a, b ? b : a, NULL};
	hvc_ref first = hvc_symbolic__condition(p->symbolic, a);
	hvc_ref second =
	        hvc_secret__other(p->terms, b ? hvc_symbolic__condition(p->symbolic, b) : first);
	enum hvc_status status = HVC_OK;
	enum hvc_answer answer;

	if (b && !hvc_secret__in(p->terms, first) &&
	    second == hvc_symbolic__condition(p->symbolic, b))
		return HVC_OK; /* what the caller chose decides between them */
	pair.all = hvc_bv__and(p->terms, search->asked, hvc_bv__and(p->terms, first, second));
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, first);
	hvc_solver__require(p->solver, second);
	require_memory(&pair, a);
	if (b)
		require_memory(&pair, b);
	answer = b ? hvc_solver__check(p->solver) : HVC_ANSWER_YES;
	if (answer == HVC_ANSWER_YES)
		status = hvc_leak__compare(&pair, diag);
	else if (answer == HVC_ANSWER_UNDECIDED)
		hvc_prover__gap(p, "the solver gave up");
	hvc_solver__pop(p->solver);
	return status;
}

/* Those that what is required lets a caller take. */
static bool can_be(struct hvc_leak_search *search, const struct hvc_sympath *path)
{
	struct hvc_prover *p = &search->p;
	enum hvc_answer answer;

	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, hvc_symbolic__condition(p->symbolic, path));
	answer = hvc_solver__check(p->solver);
	hvc_solver__pop(p->solver);
	if (answer == HVC_ANSWER_UNDECIDED)
		hvc_prover__gap(p, "the solver gave up");
	return answer != HVC_ANSWER_NO;
}

static enum hvc_status search_paths(struct hvc_leak_search *search, struct hvc_diag *diag)
{
	struct hvc_symbolic *symbolic = search->p.symbolic;
	bool *taken = calloc(symbolic->paths + 1, sizeof *taken);
	enum hvc_status status = taken ? HVC_OK : out_of_memory(diag);

	for (unsigned i = 0; status == HVC_OK && i < symbolic->paths; i++) {
		const struct hvc_sympath *path = &symbolic->path[i];

		taken[i] = can_be(search, path) && hvc_leak__is_sound(search, path);
		if (!taken[i])
			continue;
		count(search->leaks, path);
		status = search_pair(search, path, NULL, diag);
		for (unsigned j = 0; status == HVC_OK && j < i; j++)
			if (taken[j])
				status = search_pair(search, &symbolic->path[j], path, diag);
	}
	if (hvc_solver__status(search->p.solver) != HVC_OK ||
	    hvc_bv__status(search->p.terms) != HVC_OK)
		hvc_prover__gap(&search->p, "the solver gave up");
	free(taken);
	return status;
}

static enum hvc_status search_caller(struct hvc_leak_search *search, enum hvc_level from,
                                     enum hvc_insn insn, struct hvc_diag *diag)
{
	const struct hvc_leaks_config *config = search->config;
	struct hvc_prover *p = &search->p;
	enum hvc_status status;

	p->part = &search->leaks->part[search->leaks->parts++];
	*p->part = (struct hvc_check_part){
	        .world = search->world, .from = from, .insn = insn, .proved = true};
	if (p->config->world->zero_pages) {
		hvc_prover__gap(p, "memory is lent on demand");
		return HVC_OK;
	}
	if (hvc_subject_image(config->subject)->aarch32)
		return hvc_leak__sweep_hyp(search, from, insn, diag);
	status = hvc_prover__explore(p, &search->secrets.open, diag);
	if (status == HVC_E_ARG) { /* nothing can execute there */
		search->leaks->parts--;
		return HVC_OK;
	}
	if (status == HVC_E_RANGE) {
		hvc_prover__gap(p, "too many terms");
		return HVC_OK;
	}
	if (status != HVC_OK)
		return status;
	p->governs = calloc(config->abi ? hvc_abi_rule_count(config->abi) : 1, sizeof *p->governs);
	if (p->governs) {
		begin(search);
		status = search_paths(search, diag);
	} else {
		status = out_of_memory(diag);
	}
	free(p->governs);
	hvc_symbolic__free(p->symbolic);
	return status;
}

static enum hvc_status search_world(struct hvc_leak_search *search, unsigned levels, unsigned insns,
                                    struct hvc_diag *diag)
{
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(search->config->subject),
	        .world = &search->leaks->world[search->world],
	        .budget = search->config->budget,
	};
	const struct hvc_prove_config prove = {
	        .subject = search->config->subject,
	        .abi = search->config->abi,
	        .index = search->world,
	        .world = config.world,
	        .budget = search->config->budget,
	};
	enum hvc_status status = hvc_machine_open(&config, diag, &search->p.machine);

	if (status != HVC_OK)
		return status;
	search->p.config = &prove;
	status = hvc_secret__open(prove.subject, search->p.machine,
	                          prove.abi ? &hvc_abi_world_at(prove.abi, search->world)->world
	                                    : NULL,
	                          &search->secrets);
	if (status != HVC_OK)
		(void)out_of_memory(diag);
	search->leaks->secrets |= search->secrets.rows;
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (unsigned i = 0; status == HVC_OK && i < HVC_LEVEL_COUNT; i++) {
			enum hvc_level from = hvc_probe__level(i);

			if (insns >> insn & 1 && levels >> from & 1 &&
			    hvc_world__has_caller(config.world, insn, from))
				status = search_caller(search, from, insn, diag);
		}
	hvc_secret__close(&search->secrets);
	hvc_machine_close(search->p.machine);
	return status;
}

static enum hvc_status take_worlds(const struct hvc_leaks_config *config, struct hvc_leaks *leaks,
                                   struct hvc_diag *diag)
{
	leaks->worlds = config->abi ? hvc_abi_world_count(config->abi) : 1;
	leaks->world = calloc(leaks->worlds, sizeof *leaks->world);
	leaks->part = calloc((size_t)leaks->worlds * HVC_INSN_COUNT * HVC_LEVEL_COUNT,
	                     sizeof *leaks->part);
	leaks->subject = strdup(hvc_subject_name(config->subject));
	leaks->abi = config->abi;
	if (!leaks->world || !leaks->part || !leaks->subject)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < leaks->worlds; i++) {
		if (config->abi)
			HVC_TRY(hvc_scene__world(config->subject, config->abi, i, config->over,
			                         diag, &leaks->world[i]));
		else if (config->world)
			leaks->world[i] = *config->world;
		else
			hvc_world_init(&leaks->world[i], HVC_CPU_A72);
	}
	return HVC_OK;
}

static int by_place(const void *a, const void *b)
{
	const struct hvc_leak *x = a, *y = b;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (x->channel != y->channel)
		return x->channel < y->channel ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

/* Nothing found is worth no more than what was looked at. */
static enum hvc_status judge(const struct hvc_leaks *leaks, struct hvc_diag *diag)
{
	if (leaks->leaks)
		return HVC_OK;
	for (unsigned i = 0; i < leaks->parts; i++) {
		const struct hvc_check_part *part = &leaks->part[i];

		if (!part->proved && !(leaks->swept && leaks->compared))
			return hvc_diag_set(diag, HVC_E_UNSUPPORTED, leaks->subject, 0, 0,
			                    "not decided: %s from %s: %s",
			                    hvc_insn_name(part->insn), hvc_level_name(part->from),
			                    part->why);
	}
	if (!leaks->compared)
		return hvc_diag_set(diag, HVC_E_ARG, leaks->subject, 0, 0,
		                    "no call comes back: there is nothing to compare");
	return HVC_OK;
}

static enum hvc_status search_all(const struct hvc_leaks_config *config, struct hvc_leaks *leaks,
                                  struct hvc_diag *diag)
{
	struct hvc_leak_search *search = calloc(1, sizeof *search);
	/* Who may be in AArch32 state is for the ABI, or the user, to say. */
	unsigned levels = config->levels                                ? config->levels
	                  : config->abi                                 ? ~0u
	                  : hvc_subject_image(config->subject)->aarch32 ? 1u << HVC_LEVEL_EL1_SVC
	                                                                : ~HVC_LEVELS_AARCH32;
	unsigned insns = config->insns ? config->insns : ~0u;
	enum hvc_status status = search ? take_worlds(config, leaks, diag) : HVC_E_NOMEM;

	levels &= BELOW_EL2 & (config->abi ? hvc_abi__levels(config->abi) : ~0u);
	insns &= config->abi ? hvc_abi__insns(config->abi) : ~0u;
	if (status == HVC_E_NOMEM) {
		(void)out_of_memory(diag);
	} else if (status != HVC_OK) {
		/* it is told */
	} else if (!levels || !insns) {
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "no call from below EL2: a caller at EL2 can read it all");
	} else {
		search->config = config;
		search->leaks = leaks;
		for (; status == HVC_OK && search->world < leaks->worlds; search->world++)
			status = search_world(search, levels, insns, diag);
	}
	free(search);
	return status;
}

enum hvc_status hvc_leaks__find(const struct hvc_leaks_config *config, struct hvc_diag *diag,
                                struct hvc_leaks **out)
{
	struct hvc_leaks *leaks = calloc(1, sizeof *leaks);
	enum hvc_status status;

	if (!leaks)
		return out_of_memory(diag);
	status = search_all(config, leaks, diag);
	if (status == HVC_OK)
		status = judge(leaks, diag);
	if (status != HVC_OK) {
		hvc_leaks__free(leaks);
		return status;
	}
	if (leaks->leaks)
		qsort(leaks->leak, leaks->leaks, sizeof *leaks->leak, by_place);
	*out = leaks;
	return HVC_OK;
}

void hvc_leaks__free(struct hvc_leaks *leaks)
{
	if (!leaks)
		return;
	free(leaks->leak);
	free(leaks->world);
	free(leaks->part);
	free(leaks->subject);
	free(leaks);
}
