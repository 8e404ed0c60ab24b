/* SPDX-License-Identifier: MIT */
#include "report/json_class.h"
#include "engine/call.h"
#include "engine/internal.h"
#include "hvcheck/arch.h"

void hvc_json__stores(struct hvc_json *json, const char *key, const struct hvc_outcome *outcome)
{
	hvc_json__array(json, key);
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++)
		hvc_json__put(json, "{ address:x value:x size }", outcome->store[i].address,
		              outcome->store[i].value, outcome->store[i].size);
	hvc_json__close(json);
}

static void add_effects(struct hvc_json *json, const struct hvc_outcome *outcome,
                        const struct hvc_state *before, const struct hvc_masks *masks)
{
	hvc_json__object(json, "effects");
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if ((outcome->state.v[reg] ^ before->v[reg]) & masks->v[reg])
			hvc_json__hex(json, hvc_reg_name(reg),
			              outcome->state.v[reg] & masks->v[reg]);
	hvc_json__close(json);
	hvc_json__stores(json, "stores", outcome);
}

void hvc_json__outcome(struct hvc_json *json, const struct hvc_outcome *outcome,
                       const struct hvc_state *before, const struct hvc_regset *present)
{
	struct hvc_masks masks;
	char text[1024];

	hvc_masks__of(present, &masks);
	hvc_outcome__print(outcome, before, present, text, sizeof(text));
	hvc_json__put(json, "outcome summary level pc:x", hvc_outcome_name(outcome->kind), text,
	              hvc_level_name(outcome->level), outcome->pc);
	add_effects(json, outcome, before, &masks);
	hvc_json__put(json, "store_count untracked_writes", outcome->stores, outcome->untracked);
	if (outcome->kind == HVC_OUTCOME_FAULT || outcome->kind == HVC_OUTCOME_FORWARD) {
		hvc_syndrome__print(outcome->esr, text, sizeof(text));
		hvc_json__put(json, "esr:x syndrome", outcome->esr, text);
	}
	if (outcome->kind == HVC_OUTCOME_FAULT)
		hvc_json__hex(json, "far", outcome->far);
}

void hvc_json__intervals(struct hvc_json *json, const char *key,
                         const struct hvc_interval *interval, unsigned count)
{
	hvc_json__array(json, key);
	for (unsigned i = 0; i < count; i++)
		hvc_json__put(json, "[ . . ]", interval[i].lo, interval[i].hi);
	hvc_json__close(json);
}

/* Those that do not hold what they do in every call. */
static void add_registers(struct hvc_json *json, const struct hvc_call *call,
                          const struct hvc_call *plain)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (call->x[n] != plain->x[n])
			hvc_json__hex(json, hvc_reg_name(n), call->x[n]);
}

void hvc_json__witness(struct hvc_json *json, const char *key, const char *subject,
                       const struct hvc_world *world, const struct hvc_probe *probe, uint16_t imm)
{
	struct hvc_call plain;
	char command[HVC_COMMAND_SIZE];

	hvc_call_init(&plain, probe->seed);
	hvc_call__command(subject, world, probe, imm, command, sizeof(command));
	hvc_json__object(json, key);
	hvc_json__put(json, "instruction from immediate seed registers{",
	              hvc_insn_name(probe->call.insn), hvc_level_name(probe->call.from), imm,
	              probe->seed);
	add_registers(json, &probe->call, &plain);
	hvc_json__put(json, "} command }", command);
}

void hvc_json__conditions(struct hvc_json *json, const struct hvc_condition *condition,
                          unsigned conditions)
{
	hvc_json__array(json, "conditions");
	for (unsigned i = 0; i < conditions; i++) {
		hvc_json__put(json, "{ register mask:x values[", hvc_reg_name(condition[i].reg),
		              condition[i].mask);
		for (unsigned k = 0; k < condition[i].intervals; k++)
			hvc_json__put(json, "[ .:x .:x ]", condition[i].interval[k].lo,
			              condition[i].interval[k].hi);
		hvc_json__put(json, "] }");
	}
	hvc_json__close(json);
}

/* Who makes the call, and the registers that do not hold what they do in every call. */
static void put_call(struct hvc_json *json, const struct hvc_call *call)
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	hvc_json__put(json, "instruction from immediate registers{", hvc_insn_name(call->insn),
	              hvc_level_name(call->from), call->imm);
	add_registers(json, call, &plain);
	hvc_json__close(json);
}

void hvc_json__overlap(struct hvc_json *json, const struct hvc_abi *const abi[2],
                       const struct hvc_overlap *overlap)
{
	hvc_json__intervals(json, "immediates", overlap->imm, overlap->imms);
	hvc_json__conditions(json, overlap->condition, overlap->conditions);
	hvc_json__put(json, "partly witness{", overlap->partly);
	put_call(json, &overlap->witness);
	hvc_json__array(json, "worlds");
	for (unsigned side = 0; side < 2; side++)
		hvc_json__string(json, NULL,
		                 hvc_abi_world_at(abi[side], overlap->world[side])->world.name);
	hvc_json__put(json, "] }");
}

void hvc_json__callers(struct hvc_json *json, uint64_t callers)
{
	hvc_json__array(json, "callers");
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++) {
			if (!(callers & HVC_CALLER_BIT(insn, level)))
				continue;
			hvc_json__put(json, "{ instruction from }", hvc_insn_name(insn),
			              hvc_level_name(level));
		}
	hvc_json__close(json);
}

void hvc_json__gaps(struct hvc_json *json, const struct hvc_gap *gap, unsigned gaps)
{
	hvc_json__array(json, "gaps");
	for (unsigned i = 0; i < gaps; i++) {
		hvc_json__object(json, NULL);
		hvc_json__callers(json, gap[i].callers);
		hvc_json__put(json, "why }", gap[i].text);
	}
	hvc_json__close(json);
}

void hvc_json__shown(struct hvc_json *json, const struct hvc_witness *witness,
                     const char *const command[2])
{
	hvc_json__object(json, "witness");
	put_call(json, &witness->call);
	for (unsigned side = 0; side < 2; side++)
		if (witness->command[side])
			hvc_json__string(json, command[side], witness->command[side]);
	hvc_json__put(json, "made why? }", witness->made, witness->why);
}
