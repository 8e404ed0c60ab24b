/* SPDX-License-Identifier: MIT */
#include "engine/fit_trial.h"

#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/probe.h"
#include "engine/scene.h"

#define IMMS   24u  /* immediates tried with each register file */
#define CALLS  4u   /* judged of a rule, */
#define RIVALS 250u /* and where specifications are told apart that all hold so far */
#define LENT   64u  /* pages, where nothing else lets calls come to an end */

/* One world of one specification. */
struct room {
	const struct hvc_fitting *fitting;
	struct hvc_fit_trial *trial;
	unsigned world;
	struct hvc_machine *machine;
	struct hvc_world setting;
	uint8_t *judged;  /* calls of each rule, */
	uint8_t *faulted; /* and those that ended in a fault */
	bool *broken;
};

static unsigned pick_immediates(const struct hvc_abi *abi, uint16_t imm[IMMS])
{
	static const uint16_t always[] = {0, 1, 0xffff};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		imm[count++] = always[i];
	for (unsigned r = 0; r < hvc_abi_rule_count(abi); r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, r);

		for (unsigned k = 0; k < rule->imms && k < 2 && count < IMMS; k++) {
			bool is_new = true;

			for (unsigned n = 0; n < count; n++)
				is_new &= imm[n] != rule->imm[k].lo;
			if (is_new)
				imm[count++] = (uint16_t)rule->imm[k].lo;
		}
	}
	return count;
}

static enum hvc_status judge(struct room *room, const struct hvc_call *call, struct hvc_diag *diag)
{
	const struct hvc_abi *abi = room->trial->abi;
	const unsigned most = room->fitting->rivals ? RIVALS : CALLS;
	int rule = hvc_abi__rule_of(abi, room->world, call);
	struct hvc_verdict verdict;
	struct hvc_outcome outcome;
	struct hvc_state entry;

	if (rule < 0 || !hvc_abi_rule_at(abi, (unsigned)rule)->specified ||
	    room->judged[rule] == most || room->faulted[rule] == CALLS)
		return HVC_OK;
	HVC_TRY(hvc_machine_reset(room->machine, diag));
	if (hvc_machine_call(room->machine, call, diag, &outcome) == HVC_E_ARG)
		return HVC_OK; /* nobody can call so in this world */
	hvc_entry_state(hvc_machine_entry(room->machine), call, &entry);
	room->trial->calls++;
	/* A handler that wants what boot has set, or the caller's memory, says nothing of the
	 * dispatch; a table that always faults is no likeness of anything. */
	if (outcome.kind == HVC_OUTCOME_FAULT) {
		room->faulted[rule]++;
		room->trial->faults++;
		return HVC_OK;
	}
	hvc_verdict_judge(abi, room->world, &entry, hvc_machine_present(room->machine), call,
	                  &outcome, &verdict);
	room->judged[rule]++;
	room->trial->unset += outcome.unset != 0;
	room->broken[rule] |= verdict.kind == HVC_VERDICT_VIOLATES;
	return HVC_OK;
}

/* Where EL2 uses AArch64 most tables do nothing for callers in AArch32 state. */
unsigned hvc_fit__levels(const struct hvc_abi *abi)
{
	return hvc_abi__is_hyp(abi) ? hvc_abi__levels(abi)
	                            : hvc_abi__levels(abi) & ~HVC_LEVELS_AARCH32;
}

static enum hvc_status try_calls(struct room *room, struct hvc_diag *diag)
{
	const struct hvc_abi *abi = room->trial->abi;
	const struct hvc_fitting *fitting = room->fitting;
	const struct hvc_probe_config config = {
	        .abi = fitting->rivals ? fitting->rival : &abi,
	        .abis = fitting->rivals ? fitting->rivals : 1,
	        .levels = hvc_fit__levels(abi),
	        .insns = hvc_abi__insns(abi),
	        .brief = !fitting->rivals,
	};
	struct hvc_probes probes = {0};
	enum hvc_status status;
	uint16_t imm[IMMS];
	unsigned imms = pick_immediates(abi, imm);

	HVC_TRY(hvc_probes__make(&config, &probes));
	status = HVC_OK;
	for (unsigned i = 0; i < probes.count && status == HVC_OK; i++)
		for (unsigned k = 0; k < imms && status == HVC_OK; k++) {
			struct hvc_call call = probes.probe[i].call;

			call.imm = imm[k];
			status = judge(room, &call, diag);
		}
	hvc_probes__free(&probes);
	return status;
}

/* Most specifications have the same world, and a large image takes long to be laid out. */
static bool is_same_world(const struct hvc_world *a, const struct hvc_world *b)
{
	return a->cpu == b->cpu && a->el3 == b->el3 && !a->extras && !b->extras && !a->memories &&
	       !b->memories && !memcmp(&a->given, &b->given, sizeof a->given) &&
	       !memcmp(&a->state, &b->state, sizeof a->state);
}

static enum hvc_status enter(struct hvc_fitting *fitting, struct room *room, struct hvc_diag *diag)
{
	HVC_TRY(hvc_scene__world(fitting->subject, room->trial->abi, room->world, NULL, diag,
	                         &room->setting));
	if (fitting->lends && !room->setting.zero_pages)
		room->setting.zero_pages = LENT;
	if (!fitting->machine || !is_same_world(&fitting->setting, &room->setting)) {
		hvc_machine_close(fitting->machine);
		fitting->machine = NULL;
		fitting->setting = room->setting;
		HVC_TRY(hvc_scene__machine(fitting->subject, &room->setting, HVC_FIT_BUDGET, diag,
		                           &fitting->machine));
	}
	room->machine = fitting->machine;
	return HVC_OK;
}

/*
 * What a rule pins down: any table keeps one that promises nothing but to come back, whatever it
 * leaves in the registers, and many keep one with results in a wide range.
 */
static void weigh(const struct hvc_rule *rule, struct hvc_fit_trial *trial)
{
	trial->weight += rule->outcome != HVC_OUTCOME_RETURN;
	for (unsigned i = 0; i < rule->results; i++) {
		trial->weight += rule->result[i].intervals ? 0 : 2;
		trial->ranges += rule->result[i].intervals ? 1 : 0;
	}
}

enum hvc_status hvc_fit__try(struct hvc_fitting *fitting, struct hvc_fit_trial *trial,
                             struct hvc_diag *diag)
{
	const unsigned rules = hvc_abi_rule_count(trial->abi);
	struct room room = {
	        .fitting = fitting,
	        .trial = trial,
	        .judged = calloc(rules, 1),
	        .faulted = calloc(rules, 1),
	        .broken = calloc(rules, sizeof *room.broken),
	};
	enum hvc_status status = room.judged && room.faulted && room.broken ? HVC_OK : HVC_E_NOMEM;

	for (; status == HVC_OK && room.world < hvc_abi_world_count(trial->abi); room.world++) {
		status = enter(fitting, &room, diag);
		status = status == HVC_OK ? try_calls(&room, diag) : status;
	}
	for (unsigned i = 0; status == HVC_OK && i < rules; i++) {
		trial->judged[i] = room.judged[i] != 0;
		trial->rules += trial->judged[i];
		trial->differ += room.broken[i];
		if (room.judged[i] && !room.broken[i])
			weigh(hvc_abi_rule_at(trial->abi, i), trial);
	}
	free(room.judged);
	free(room.faulted);
	free(room.broken);
	return status;
}
