/* SPDX-License-Identifier: MIT */
#include "engine/sequence.h"
#include "abi/abi.h"
#include "abi/verdict.h"
#include "base/grow.h"
#include "base/number.h"
#include "engine/scene.h"
#include "machine/supplied.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHRINKS_MAX 8u /* of sequences that fail the same way: the shortest is kept */

struct search {
	const struct hvc_sequence_config *config;
	struct hvc_sequences *out;
	struct hvc_player *player; /* one a world */
	unsigned players;
	size_t capacity;
	struct hvc_diag *diag;
};

static enum hvc_status fail_memory(struct hvc_diag *diag)
{
	return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
}

static enum hvc_status try_properties(struct search *search)
{
	struct hvc_sequences *out = search->out;
	const struct hvc_abi *abi = out->abi;
	unsigned count = hvc_abi_property__count(abi);

	out->property = calloc((size_t)count * out->worlds + 1, sizeof *out->property);
	if (!out->property)
		return fail_memory(search->diag);
	for (unsigned i = 0; i < count; i++) {
		const struct hvc_property *property = hvc_abi_property__at(abi, i);

		for (unsigned world = 0; world < out->worlds; world++) {
			struct hvc_sequence_property *row = &out->property[out->properties];

			if (!(property->worlds >> world & 1))
				continue;
			*row = (struct hvc_sequence_property){.property = i, .world = world};
			out->properties++;
			HVC_TRY(hvc_property__try(&search->player[world], out->seed, property,
			                          search->diag, row));
			out->broken += row->broken;
		}
	}
	return HVC_OK;
}

/* The failure that is already there, or room for one more. */
static struct hvc_sequence_failure *find(struct search *search, const struct hvc_verdict *verdict)
{
	struct hvc_sequences *out = search->out;

	for (unsigned i = 0; i < out->failures; i++) {
		const struct hvc_verdict *known = &out->failure[i].verdict;

		if (hvc_verdict__same(known, verdict))
			return &out->failure[i];
	}
	if (!hvc_grow(&out->failure, &search->capacity, out->failures, sizeof *out->failure))
		return NULL;
	out->failure[out->failures] = (struct hvc_sequence_failure){.verdict = *verdict};
	return &out->failure[out->failures++];
}

/* Play the cut down sequence once more, and keep what it does. */
static enum hvc_status keep(struct search *search, struct hvc_player *player,
                            const struct hvc_call *call, unsigned calls, uint64_t seed,
                            unsigned found, struct hvc_sequence_failure *out)
{
	struct hvc_sequence_step *step = calloc(calls, sizeof *step);
	struct hvc_played played = {.refused = false};
	enum hvc_status status =
	        step ? hvc_player__begin(player, search->diag) : fail_memory(search->diag);

	for (unsigned i = 0; status == HVC_OK && i < calls; i++) {
		status = hvc_player__call(player, &call[i], search->diag, &played);
		if (status == HVC_OK)
			/* There, where the status is good. NOLINTNEXTLINE(*NullDereference) */
			step[i] = played.step;
	}
	if (status == HVC_OK && played.verdict.kind != HVC_VERDICT_VIOLATES)
		status = hvc_diag_set(
		        search->diag, HVC_E_ENGINE, NULL, 0, 0,
		        "a sequence that failed does not fail again (seed %" PRIu64 ")", seed);
	if (status != HVC_OK) {
		free(step);
		return status;
	}
	free(out->step);
	out->world = player->world;
	out->step = step;
	out->steps = calls;
	out->verdict = played.verdict;
	out->seed = seed;
	out->found = found;
	return HVC_OK;
}

/* call: those made, of which the last failed. */
static enum hvc_status take(struct search *search, struct hvc_player *player,
                            const struct hvc_verdict *verdict, struct hvc_call *call,
                            unsigned calls, uint64_t seed)
{
	struct hvc_sequence_failure *failure = find(search, verdict);
	unsigned found = calls;

	if (!failure)
		return fail_memory(search->diag);
	search->out->failed++;
	if (++failure->sequences > SHRINKS_MAX || failure->steps == 1)
		return HVC_OK;
	HVC_TRY(hvc_sequence__shrink(player, verdict, call, &calls, search->diag));
	if (failure->steps && failure->steps <= calls)
		return HVC_OK;
	return keep(search, player, call, calls, seed, found, failure);
}

/*
 * An SMC that EL3 gets tells nothing, and nobody knows what it answers: where the ABI says the
 * same of HVC, it is made one. False: it cannot be.
 */
static bool reaches_el2(const struct hvc_player *player, struct hvc_call *call)
{
	int rule = hvc_abi__rule_of(player->abi, player->world, call);

	if (!hvc_insn_is_smc(call->insn) || hvc_player__traps_smc(player))
		return true;
	call->insn = hvc_level_is_aarch32(call->from) ? HVC_INSN_HVC_A32 : HVC_INSN_HVC;
	return player->insns >> call->insn & 1 &&
	       hvc_abi__rule_of(player->abi, player->world, call) == rule;
}

static enum hvc_status try_random(struct search *search, uint64_t seed)
{
	struct hvc_dice dice = {seed};
	struct hvc_player *player = &search->player[hvc_dice__below(&dice, search->players)];
	struct hvc_call call[HVC_SEQUENCE_CALLS_MAX], made[HVC_SEQUENCE_CALLS_MAX];
	unsigned calls = hvc_sequence__random(player, &dice, call), count = 0;
	uint64_t before = player->calls;

	HVC_TRY(hvc_player__begin(player, search->diag));
	for (unsigned i = 0; i < calls; i++) {
		struct hvc_played played;

		if (!reaches_el2(player, &call[i]))
			continue;
		HVC_TRY(hvc_player__call(player, &call[i], search->diag, &played));
		if (played.refused)
			continue;
		made[count++] = call[i];
		if (played.verdict.kind == HVC_VERDICT_VIOLATES) {
			search->out->calls += player->calls - before;
			return take(search, player, &played.verdict, made, count, seed);
		}
		if (played.over)
			break;
	}
	search->out->calls += player->calls - before;
	return HVC_OK;
}

static int by_length(const void *a, const void *b)
{
	const struct hvc_sequence_failure *x = a, *y = b;

	if (x->steps != y->steps)
		return x->steps < y->steps ? -1 : 1;
	if (x->verdict.rule != y->verdict.rule)
		return x->verdict.rule < y->verdict.rule ? -1 : 1;
	if (x->verdict.clause != y->verdict.clause)
		return x->verdict.clause < y->verdict.clause ? -1 : 1;
	if (x->verdict.reg != y->verdict.reg)
		return x->verdict.reg < y->verdict.reg ? -1 : 1;
	return (x->verdict.other > y->verdict.other) - (x->verdict.other < y->verdict.other);
}

static enum hvc_status try_randoms(struct search *search)
{
	const struct hvc_sequence_config *config = search->config;
	struct hvc_sequences *out = search->out;

	for (; out->randoms < config->randoms; out->randoms++) {
		HVC_TRY(try_random(search, config->seed + out->randoms));
		if (config->progress &&
		    !config->progress(config->progress_ctx, out->randoms + 1, config->randoms))
			return hvc_diag_set(search->diag, HVC_E_CANCELLED, NULL, 0, 0, "cancelled");
	}
	if (config->randoms && !out->calls)
		return hvc_diag_set(search->diag, HVC_E_ARG, NULL, 0, 0,
		                    "no call comes to EL2: SMCs go to EL3 where HCR_EL2.TSC does "
		                    "not trap them; hcr_el2 = 0x80080000 does");
	if (out->failures)
		qsort(out->failure, out->failures, sizeof *out->failure, by_length);
	return HVC_OK;
}

static enum hvc_status open_worlds(struct search *search)
{
	const struct hvc_sequence_config *config = search->config;
	struct hvc_sequences *out = search->out;
	unsigned worlds = hvc_abi_world_count(config->abi);

	out->abi = config->abi;
	out->seed = config->seed;
	out->levels = config->levels;
	out->insns = config->insns;
	out->subject = strdup(hvc_subject_name(config->subject));
	out->world = calloc(worlds, sizeof *out->world);
	out->present = calloc(worlds, sizeof *out->present);
	search->player = calloc(worlds, sizeof *search->player);
	if (!out->subject || !out->world || !out->present || !search->player)
		return fail_memory(search->diag);
	for (; out->worlds < worlds; out->worlds++, search->players++) {
		struct hvc_world *world = &out->world[out->worlds];

		HVC_TRY(hvc_scene__world(config->subject, config->abi, out->worlds, config->over,
		                         search->diag, world));
		HVC_TRY(hvc_player__open(config, world, out->worlds, search->diag,
		                         &search->player[search->players]));
		out->present[out->worlds] =
		        *hvc_machine_present(search->player[out->worlds].machine);
	}
	memcpy(out->table, search->player->table, sizeof out->table);
	return HVC_OK;
}

/* What the answer rests on, of all worlds. */
static enum hvc_status sum_up(struct search *search)
{
	struct hvc_doubt *doubt = &search->out->doubt;
	struct hvc_supplied all = {0};
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; i < search->players && status == HVC_OK; i++) {
		const struct hvc_player *player = &search->player[i];
		struct hvc_supplied met = {0};

		status = hvc_player__supplied(player, &met);
		if (status == HVC_OK)
			status = hvc_supplied__merge(&all, &met);
		hvc_supplied__free(&met);
		doubt->calls += player->calls;
		if (player->doubt.faults && !doubt->faults)
			memcpy(doubt->why, player->doubt.why, sizeof doubt->why);
		doubt->faults += player->doubt.faults;
	}
	doubt->assumptions = hvc_supplied__assumptions(&all);
	hvc_supplied__free(&all);
	return status == HVC_OK ? HVC_OK : fail_memory(search->diag);
}

enum hvc_status hvc_sequences__try(const struct hvc_sequence_config *config, struct hvc_diag *diag,
                                   struct hvc_sequences **out)
{
	struct search search = {.config = config, .diag = diag};
	enum hvc_status status;

	search.out = calloc(1, sizeof *search.out);
	if (!search.out)
		return fail_memory(diag);
	status = open_worlds(&search);
	if (status == HVC_OK)
		status = try_properties(&search);
	if (status == HVC_OK)
		status = try_randoms(&search);
	if (status == HVC_OK)
		status = sum_up(&search);
	for (unsigned i = 0; i < search.players; i++)
		hvc_player__close(&search.player[i]);
	free(search.player);
	if (status != HVC_OK) {
		hvc_sequences__free(search.out);
		return status;
	}
	*out = search.out;
	return HVC_OK;
}

void hvc_sequences__free(struct hvc_sequences *sequences)
{
	if (!sequences)
		return;
	for (unsigned i = 0; i < sequences->properties; i++)
		free(sequences->property[i].failure.step);
	for (unsigned i = 0; i < sequences->failures; i++)
		free(sequences->failure[i].step);
	free(sequences->property);
	free(sequences->failure);
	free(sequences->world);
	free(sequences->present);
	free(sequences->subject);
	free(sequences);
}

/* How the broken promise was written, "" where that says no more than its value. */
static const char *text_of(const struct hvc_sequences *sequences,
                           const struct hvc_property *property,
                           const struct hvc_sequence_failure *failure)
{
	const struct hvc_verdict *verdict = &failure->verdict;

	if (failure->stated) {
		const struct hvc_property_call *says = &property->call[failure->call];

		for (unsigned i = 0; i < says->given; i++)
			if (says->gives[i].reg == verdict->reg)
				return says->gives[i].text;
	} else if (verdict->rule >= 0) {
		const struct hvc_rule *rule =
		        hvc_abi_rule_at(sequences->abi, (unsigned)verdict->rule);

		for (unsigned i = 0; i < rule->results; i++)
			if (rule->result[i].reg == verdict->reg)
				return rule->result[i].text;
	}
	return "";
}

void hvc_sequence__print(const struct hvc_sequences *sequences, const struct hvc_property *property,
                         const struct hvc_sequence_failure *failure, char *text, size_t size)
{
	const struct hvc_verdict *v = &failure->verdict;
	const char *says = text_of(sequences, property, failure);
	char name[24], is[HVC_U64_SIZE], was[HVC_U64_SIZE];

	switch (v->clause) {
	case HVC_CLAUSE_OUTCOME:
		snprintf(text, size, "it ends as %s, promised %s",
		         hvc_outcome_name((enum hvc_outcome_kind)v->actual),
		         hvc_outcome_name((enum hvc_outcome_kind)v->expected));
		break;
	case HVC_CLAUSE_LEVEL:
		snprintf(text, size, "it ends at %s, promised %s",
		         hvc_level_name((enum hvc_level)v->actual),
		         hvc_level_name((enum hvc_level)v->expected));
		break;
	case HVC_CLAUSE_ADDRESS:
		snprintf(text, size, "it ends at 0x%" PRIx64 ", promised 0x%" PRIx64, v->actual,
		         v->expected);
		break;
	case HVC_CLAUSE_RESULT:
		snprintf(text, size, "%s is %s, promised %s%s%s%s",
		         hvc_verdict__register(v, name, sizeof name), hvc_u64_print(v->actual, is),
		         hvc_u64_print(v->expected, was), *says ? " (" : "", says,
		         *says ? ")" : "");
		break;
	case HVC_CLAUSE_PRESERVE:
		snprintf(text, size, "%s is %s, was %s",
		         hvc_verdict__register(v, name, sizeof name), hvc_u64_print(v->actual, is),
		         hvc_u64_print(v->expected, was));
		break;
	case HVC_CLAUSE_MEMORY:
		snprintf(text, size, "memory that is not EL2's own is written");
		break;
	case HVC_CLAUSE_OWN:
	case HVC_CLAUSE_FEATURES:
	case HVC_CLAUSE_WIDTH:
	case HVC_CLAUSE_FETCH:
	case HVC_CLAUSE_CONTRADICTION:
	case HVC_CLAUSE_NONE:
		snprintf(text, size, "nothing is broken");
		break;
	}
}
