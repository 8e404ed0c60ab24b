/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include <stdlib.h>

#include "abi/abi.h"
#include "engine/contract.h"
#include "engine/probe.h"
#include "subject/subject.h"

#define SEEDS    3u
#define ENDS_MAX 256u
#define RANDOMS  1500u
#define TRIALS   60000u

/* What they are chosen from. */
struct choice {
	const struct hvc_abi *abi;
	struct hvc_contract_calls calls; /* those that each rule is known by */
	struct hvc_probes probes;        /* as a check makes them */
	uint16_t end[ENDS_MAX];          /* every immediate at an end of any rule's */
	unsigned ends;
	struct trials *out;
};

static void add(struct choice *choice, const struct hvc_probe *probe, unsigned world, uint16_t imm,
                uint64_t seed)
{
	struct trials *out = choice->out;
	const struct hvc_call *base = &probe->call;
	struct trial *trial = &out->trial[out->count];

	if (out->count == TRIALS)
		return;
	out->count++;
	hvc_call_init(&trial->call, seed);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (seed == 0 || hvc_regset_has(&choice->calls.selectors, (enum hvc_reg)n) ||
		    probe->reg == (enum hvc_reg)n)
			trial->call.x[n] = base->x[n];
	trial->call.from = base->from;
	trial->call.insn = base->insn;
	trial->call.imm = imm;
	trial->world = world;
}

static void list_ends(struct choice *choice)
{
	for (unsigned r = 0; r < hvc_abi_rule_count(choice->abi); r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(choice->abi, r);

		for (unsigned i = 0; i < 2 * rule->imms; i++) {
			uint64_t imm = i & 1 ? rule->imm[i / 2].hi : rule->imm[i / 2].lo;
			bool known = false;

			for (unsigned k = 0; k < choice->ends; k++)
				known |= choice->end[k] == imm;
			if (!known && choice->ends < ENDS_MAX)
				choice->end[choice->ends++] = (uint16_t)imm;
		}
	}
}

/* Is this the first call from its caller, by its instruction, in its world? */
static bool is_first(const struct hvc_contract_calls *calls, unsigned i)
{
	const struct hvc_contract_call *call = calls->call;

	for (unsigned k = 0; k < i; k++)
		if (call[k].world == call[i].world &&
		    call[k].probe.call.from == call[i].probe.call.from &&
		    call[k].probe.call.insn == call[i].probe.call.insn)
			return false;
	return true;
}

/*
 * Calls such as a check makes: those that rules are known by, each with several register files;
 * every caller with every immediate that a rule names; every probe with a few of these.
 */
static void choose_suite(struct choice *choice)
{
	const struct hvc_contract_calls *calls = &choice->calls;

	for (unsigned i = 0; i < calls->calls; i++)
		for (unsigned seed = 0; seed < SEEDS; seed++)
			add(choice, &calls->call[i].probe, calls->call[i].world, calls->call[i].imm,
			    seed);
	for (unsigned i = 0; i < calls->calls; i++)
		for (unsigned k = 0; is_first(calls, i) && k < choice->ends; k++)
			add(choice, &calls->call[i].probe, calls->call[i].world, choice->end[k], 0);
	for (unsigned p = 0; p < choice->probes.count; p++)
		for (unsigned k = 0; k < choice->ends && k < 6; k++)
			add(choice, &choice->probes.probe[p], 0, choice->end[k], 0);
	choice->out->suite = choice->out->count;
}

/* A probe with all its other registers filled anew, and any immediate, or one next to an end. */
static void choose_random(struct choice *choice)
{
	unsigned worlds = hvc_abi_world_count(choice->abi);

	for (unsigned i = 0; i < RANDOMS && choice->probes.count; i++) {
		struct hvc_call dice;
		uint16_t near;

		hvc_call_init(&dice, i + 1000);
		near = (uint16_t)(choice->end[dice.x[1] % choice->ends] + dice.x[2] % 3 - 1);
		add(choice, &choice->probes.probe[dice.x[0] % choice->probes.count],
		    (unsigned)(dice.x[3] % worlds), dice.x[4] & 1 ? near : (uint16_t)dice.x[5],
		    i + 1000);
	}
}

bool trials_choose(const struct hvc_subject *subject, const struct hvc_abi *abi, struct trials *out)
{
	const struct hvc_contract_config config = {.subject = subject, .abi = abi};
	struct choice choice = {.abi = abi, .out = out};
	struct hvc_contract contract = {0};
	struct hvc_constant *constant = NULL;
	struct hvc_probe_config wanted = {
	        .abi = &abi,
	        .abis = 1,
	        .levels = hvc_abi__levels(abi),
	        .insns = hvc_abi__insns(abi),
	        .randoms = 4,
	};
	struct hvc_diag diag = {0};
	bool ok = hvc_contract__choose(&config, &contract, &diag, &choice.calls) == HVC_OK &&
	          hvc_subject__constants(subject, 1000, &constant, &wanted.constants) == HVC_OK;

	wanted.constant = constant;
	ok = ok && hvc_probes__make(&wanted, &choice.probes) == HVC_OK;
	out->count = 0;
	out->trial = ok ? calloc(TRIALS, sizeof *out->trial) : NULL;
	if (out->trial) {
		list_ends(&choice);
		choose_suite(&choice);
		choose_random(&choice);
	}
	hvc_probes__free(&choice.probes);
	free(choice.calls.call);
	free(contract.class_);
	free(constant);
	return out->trial != NULL;
}
