/* SPDX-License-Identifier: MIT */
#include "report/json_class.h"

#include "engine/call.h"
#include "engine/internal.h"

static void add_effects(struct hvc_json *json, const struct hvc_outcome *outcome,
                        const struct hvc_state *before, const struct hvc_masks *masks)
{
	hvc_json__object(json, "effects");
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++)
		if ((outcome->state.v[reg] ^ before->v[reg]) & masks->v[reg])
			hvc_json__hex(json, hvc_reg_name(reg),
			              outcome->state.v[reg] & masks->v[reg]);
	hvc_json__close(json);
	hvc_json__array(json, "stores");
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++) {
		hvc_json__object(json, NULL);
		hvc_json__hex(json, "address", outcome->store[i].address);
		hvc_json__hex(json, "value", outcome->store[i].value);
		hvc_json__number(json, "size", outcome->store[i].size);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__outcome(struct hvc_json *json, const struct hvc_outcome *outcome,
                       const struct hvc_state *before, const struct hvc_regset *present)
{
	struct hvc_masks masks;
	char text[1024];

	hvc_masks__of(present, &masks);
	hvc_outcome__print(outcome, before, present, text, sizeof(text));
	hvc_json__string(json, "outcome", hvc_outcome_name(outcome->kind));
	hvc_json__string(json, "summary", text);
	hvc_json__string(json, "level", hvc_level_name(outcome->level));
	hvc_json__hex(json, "pc", outcome->pc);
	add_effects(json, outcome, before, &masks);
	hvc_json__number(json, "store_count", outcome->stores);
	hvc_json__number(json, "untracked_writes", outcome->untracked);
	if (outcome->kind == HVC_OUTCOME_FAULT || outcome->kind == HVC_OUTCOME_FORWARD)
		hvc_json__hex(json, "esr", outcome->esr);
	if (outcome->kind == HVC_OUTCOME_FAULT)
		hvc_json__hex(json, "far", outcome->far);
}

void hvc_json__immediates(struct hvc_json *json, const struct hvc_interval *imm, unsigned imms)
{
	hvc_json__array(json, "immediates");
	for (unsigned i = 0; i < imms; i++) {
		hvc_json__array(json, NULL);
		hvc_json__number(json, NULL, imm[i].lo);
		hvc_json__number(json, NULL, imm[i].hi);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__regset(struct hvc_json *json, const char *key, const struct hvc_regset *set)
{
	hvc_json__array(json, key);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (hvc_regset_has(set, reg))
			hvc_json__string(json, NULL, hvc_reg_name(reg));
	}
	hvc_json__close(json);
}

void hvc_json__witness(struct hvc_json *json, const char *key, const char *subject,
                       const struct hvc_world *world, const struct hvc_probe *probe, uint16_t imm)
{
	struct hvc_call plain;
	char command[HVC_COMMAND_SIZE];

	hvc_call_init(&plain, probe->seed);
	hvc_call__command(subject, world, probe, imm, command, sizeof(command));
	hvc_json__object(json, key);
	hvc_json__string(json, "instruction", hvc_insn_name(probe->call.insn));
	hvc_json__string(json, "from", hvc_level_name(probe->call.from));
	hvc_json__number(json, "immediate", imm);
	hvc_json__number(json, "seed", probe->seed);
	hvc_json__object(json, "registers");
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (probe->call.x[n] != plain.x[n])
			hvc_json__hex(json, hvc_reg_name(n), probe->call.x[n]);
	}
	hvc_json__close(json);
	hvc_json__string(json, "command", command);
	hvc_json__close(json);
}
