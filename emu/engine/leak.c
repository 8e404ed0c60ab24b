/* SPDX-License-Identifier: MIT */
/*
 * The worlds are run side by side, some calls at a time: what the first world shows is kept, and
 * what each of the others shows is held against it.
 */
#include "engine/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/verdict.h"

#define CHUNK     512u
#define TWINS     2u
#define TWINS_MAX 16u

/* Where one leak was met. */
struct traces {
	uint8_t imm[HVC_IMM_COUNT / 8]; /* on these immediates */
	uint8_t call[CHUNK / 8];        /* in these calls of the chunk under way */
};

struct search {
	const struct hvc_leaks_config *config;
	struct hvc_leaks *leaks;
	unsigned capacity;
	struct traces *traces; /* one a leak */
	unsigned world;
	struct hvc_machine *base, *twin[TWINS_MAX];
	unsigned twins;
	uint64_t done, total;
	bool failed;

	/* the chunk under way */
	const struct hvc_probe *probe;
	struct hvc_machine *machine;
	uint64_t seed; /* 0: the first world */
	unsigned lo, hi, imm;
	struct hvc_view view[CHUNK];
};

/* Do the rule's results say that the register holds this, in both worlds? */
static bool is_declared(const struct search *search, const struct hvc_call *call, int rule,
                        enum hvc_reg reg, const uint64_t value[2])
{
	const struct hvc_rule *says =
	        rule < 0 ? NULL : hvc_abi_rule_at(search->config->abi, (unsigned)rule);
	struct hvc_state entry[2];

	for (unsigned i = 0; says && i < says->results; i++) {
		const struct hvc_result *result = &says->result[i];

		if (result->reg != reg || (value[0] ^ value[1]) & ~result->mask)
			continue;
		if (result->intervals)
			return true;
		hvc_entry_state(hvc_machine_entry(search->base), call, &entry[0]);
		hvc_entry_state(hvc_machine_entry(search->machine), call, &entry[1]);
		for (unsigned side = 0; side < 2; side++) {
			const struct hvc_context context = {&entry[side], call};

			if ((hvc_expr_eval(&result->expr, &context) ^ value[side]) & result->mask)
				return false;
		}
		return true;
	}
	return false;
}

static struct hvc_leak *find(struct search *search, int rule, enum hvc_channel channel,
                             unsigned place)
{
	struct hvc_leaks *leaks = search->leaks;

	for (unsigned i = 0; i < leaks->leaks; i++) {
		struct hvc_leak *leak = &leaks->leak[i];

		if (leak->rule == rule && leak->channel == channel && leak->place == place)
			return leak;
	}
	if (leaks->leaks == search->capacity) {
		unsigned capacity = search->capacity ? 2 * search->capacity : 8;
		void *grown = realloc(leaks->leak, capacity * sizeof *leaks->leak);

		if (grown)
			leaks->leak = grown;
		if (!grown ||
		    !(grown = realloc(search->traces, capacity * sizeof *search->traces))) {
			search->failed = true;
			return NULL;
		}
		search->traces = grown;
		search->capacity = capacity;
	}
	memset(&search->traces[leaks->leaks], 0, sizeof *search->traces);
	leaks->leak[leaks->leaks] =
	        (struct hvc_leak){.rule = rule, .channel = channel, .place = place};
	return &leaks->leak[leaks->leaks++];
}

/* Set a bit; 1 when it was not set. */
static unsigned take_bit(uint8_t *bits, unsigned i)
{
	unsigned was = bits[i / 8] >> (i % 8) & 1;

	bits[i / 8] |= (uint8_t)(1u << i % 8);
	return !was;
}

static void note(struct search *search, const struct hvc_call *call, int rule,
                 enum hvc_channel channel, unsigned place, const struct hvc_view *a,
                 const struct hvc_view *b)
{
	struct hvc_leak *leak = find(search, rule, channel, place);
	struct traces *traces;

	if (!leak)
		return;
	traces = &search->traces[leak - search->leaks->leak];
	if (leak->calls == 0) {
		leak->world = search->world;
		leak->probe = *search->probe;
		leak->imm = call->imm;
		leak->seed = search->seed;
		hvc_view__tell(a, b, leak);
	}
	leak->calls += take_bit(traces->call, call->imm - search->lo);
	leak->immediates += take_bit(traces->imm, call->imm);
}

/* Hold what a twin showed against what the first world did. */
static void compare(struct search *search, const struct hvc_call *call, const struct hvc_view *a,
                    const struct hvc_view *b)
{
	const struct hvc_abi *abi = search->config->abi;
	int rule = abi ? hvc_abi_rule_of(abi, search->world, call) : -1;

	if (hvc_view__parts(a, b, HVC_CHANNEL_OUTCOME, 0)) {
		note(search, call, rule, HVC_CHANNEL_OUTCOME, 0, a, b);
		return;
	}
	if (!hvc_view__is_back(a))
		return;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		const uint64_t value[2] = {a->outcome.state.v[reg], b->outcome.state.v[reg]};

		if (value[0] == value[1] || !hvc_view__shows((enum hvc_reg)reg) ||
		    !hvc_view__parts(a, b, HVC_CHANNEL_REGISTER, reg))
			continue;
		if (is_declared(search, call, rule, (enum hvc_reg)reg, value))
			search->leaks->declared++;
		else
			note(search, call, rule, HVC_CHANNEL_REGISTER, reg, a, b);
	}
	for (unsigned i = 0; i < HVC_SIMD_NAMES; i++)
		if (!hvc_simd_same(&a->simd, &b->simd, i))
			note(search, call, rule, HVC_CHANNEL_SIMD, i, a, b);
	if (hvc_view__parts(a, b, HVC_CHANNEL_MEMORY, 0))
		note(search, call, rule, HVC_CHANNEL_MEMORY, 0, a, b);
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct search *search = ctx;

	if (search->imm == search->hi)
		return false;
	*call = search->probe->call;
	call->imm = (uint16_t)search->imm;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct search *search = ctx;
	struct hvc_view *base = &search->view[search->imm++ - search->lo], twin;
	struct hvc_leaks *leaks = search->leaks;

	if (search->seed) {
		twin.outcome = *outcome;
		hvc_machine_simd(search->machine, &twin.simd);
		compare(search, call, base, &twin);
		return !search->failed;
	}
	base->outcome = *outcome;
	hvc_machine_simd(search->machine, &base->simd);
	leaks->calls++;
	if (hvc_view__is_back(base))
		leaks->compared++;
	else if (hvc_view__is_granted(base))
		leaks->granted++;
	else
		leaks->silent++;
	return true;
}

static enum hvc_status run_chunk(struct search *search, struct hvc_diag *diag)
{
	const struct hvc_feed feed = {next, done, search};
	const struct hvc_leaks_config *config = search->config;

	for (unsigned i = 0; i < search->leaks->leaks; i++)
		memset(search->traces[i].call, 0, sizeof search->traces[i].call);
	for (unsigned i = 0; i <= search->twins; i++) {
		enum hvc_status status;

		search->machine = i ? search->twin[i - 1] : search->base;
		search->seed = i;
		search->imm = search->lo;
		status = hvc_machine_run(search->machine, &feed, diag);
		if (search->failed)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
		if (status != HVC_OK)
			return status;
	}
	search->done += search->hi - search->lo;
	if (config->progress &&
	    !config->progress(config->progress_ctx, search->done, search->total))
		return hvc_diag_set(diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	return HVC_OK;
}

static enum hvc_status run_probes(struct search *search, struct hvc_diag *diag)
{
	static const struct hvc_interval every = {0, HVC_IMM_COUNT - 1};
	const struct hvc_leaks_config *config = search->config;
	const struct hvc_interval *imm = config->imms ? config->imm : &every;
	unsigned imms = config->imms ? config->imms : 1;

	for (unsigned p = 0; p < config->probes->count; p++) {
		search->probe = &config->probes->probe[p];
		if (hvc_level_el(search->probe->call.from) == 2)
			continue;
		for (unsigned i = 0; i < imms; i++)
			for (uint64_t lo = imm[i].lo; lo <= imm[i].hi; lo += CHUNK) {
				uint64_t left = imm[i].hi - lo + 1;

				search->lo = (unsigned)lo;
				search->hi = (unsigned)(lo + (left < CHUNK ? left : CHUNK));
				HVC_TRY(run_chunk(search, diag));
			}
	}
	return HVC_OK;
}

static enum hvc_status explain_new(struct search *search, unsigned first, struct hvc_diag *diag)
{
	struct hvc_secret_world secret = {
	        .subject = search->config->subject,
	        .world = &search->leaks->world[search->world],
	        .base = search->base,
	        .budget = search->config->budget,
	};

	for (unsigned i = first; i < search->leaks->leaks; i++)
		HVC_TRY(hvc_leak__explain(&secret, &search->leaks->leak[i], diag));
	return HVC_OK;
}

static enum hvc_status run_world(struct search *search, struct hvc_diag *diag)
{
	struct hvc_secret_world secret = {
	        .subject = search->config->subject,
	        .world = &search->leaks->world[search->world],
	        .budget = search->config->budget,
	        .which = UINT32_MAX,
	};
	unsigned known = search->leaks->leaks;
	enum hvc_status status = hvc_secret__open(&secret, diag, &search->base);

	secret.base = search->base;
	for (unsigned i = 0; status == HVC_OK && i < search->twins; i++) {
		secret.seed = i + 1;
		status = hvc_secret__open(&secret, diag, &search->twin[i]);
		if (status == HVC_OK)
			search->leaks->varied |= hvc_secret__varied(search->base, search->twin[i]);
	}
	search->leaks->untried = search->config->probes->untried;
	if (status == HVC_OK)
		status = run_probes(search, diag);
	if (status == HVC_OK)
		status = explain_new(search, known, diag);
	for (unsigned i = 0; i < search->twins; i++) {
		hvc_machine_close(search->twin[i]);
		search->twin[i] = NULL;
	}
	hvc_machine_close(search->base);
	search->base = NULL;
	return status;
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

static enum hvc_status take_worlds(const struct hvc_leaks_config *config, struct hvc_leaks *leaks)
{
	leaks->worlds = config->abi ? hvc_abi_world_count(config->abi) : 1;
	leaks->world = calloc(leaks->worlds, sizeof *leaks->world);
	leaks->subject = strdup(hvc_subject_name(config->subject));
	leaks->abi = config->abi;
	if (!leaks->world || !leaks->subject)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < leaks->worlds; i++) {
		if (config->abi)
			leaks->world[i] = hvc_abi_world_at(config->abi, i)->world;
		else if (config->world)
			leaks->world[i] = *config->world;
		else
			hvc_world_init(&leaks->world[i], HVC_CPU_A72);
		if (config->abi && config->over)
			HVC_TRY(hvc_world_overlay(&leaks->world[i], config->over));
	}
	return HVC_OK;
}

/* Calls of one world, from below EL2. */
static uint64_t count_calls(const struct hvc_leaks_config *config)
{
	uint64_t imms = config->imms ? 0 : HVC_IMM_COUNT, probes = 0;

	for (unsigned i = 0; i < config->imms; i++)
		imms += config->imm[i].hi - config->imm[i].lo + 1;
	for (unsigned i = 0; i < config->probes->count; i++)
		probes += hvc_level_el(config->probes->probe[i].call.from) < 2;
	return probes * imms;
}

enum hvc_status hvc_leaks_find(const struct hvc_leaks_config *config, struct hvc_diag *diag,
                               struct hvc_leaks **out)
{
	struct search *search = calloc(1, sizeof *search);
	struct hvc_leaks *leaks = calloc(1, sizeof *leaks);
	enum hvc_status status = search && leaks ? take_worlds(config, leaks) : HVC_E_NOMEM;

	if (status != HVC_OK) {
		hvc_diag_set(diag, status, NULL, 0, 0, "%s", hvc_strerror(status));
	} else if (count_calls(config) == 0) {
		status = hvc_diag_set(diag, HVC_E_ARG, NULL, 0, 0,
		                      "no call from below EL2: a caller at EL2 can read it all");
	} else {
		search->config = config;
		search->leaks = leaks;
		search->twins = config->twins ? config->twins : TWINS;
		if (search->twins > TWINS_MAX)
			search->twins = TWINS_MAX;
		search->total = count_calls(config) * leaks->worlds;
		for (; status == HVC_OK && search->world < leaks->worlds; search->world++)
			status = run_world(search, diag);
		if (leaks->leaks)
			qsort(leaks->leak, leaks->leaks, sizeof *leaks->leak, by_place);
	}
	if (search)
		free(search->traces);
	free(search);
	if (status != HVC_OK) {
		hvc_leaks_free(leaks);
		return status;
	}
	*out = leaks;
	return HVC_OK;
}

void hvc_leaks_free(struct hvc_leaks *leaks)
{
	if (!leaks)
		return;
	free(leaks->leak);
	free(leaks->world);
	free(leaks->subject);
	free(leaks);
}
