/* SPDX-License-Identifier: MIT */
#include "report/json_class.h"

static void add_term(struct hvc_json *json, const char *key, const struct hvc_term *term)
{
	char text[32];

	hvc_term_print(term, text, sizeof(text));
	hvc_json__string(json, key, text);
}

static void add_effects(struct hvc_json *json, const struct hvc_class *class_)
{
	hvc_json__object(json, "effects");
	for (unsigned i = 0; i < class_->effects; i++)
		add_term(json, hvc_reg_name(class_->effect[i].reg), &class_->effect[i].value);
	hvc_json__close(json);
	hvc_json__array(json, "stores");
	for (unsigned i = 0; i < class_->stores && i < HVC_STORE_MAX; i++) {
		hvc_json__object(json, NULL);
		add_term(json, "address", &class_->store[i].address);
		add_term(json, "value", &class_->store[i].value);
		hvc_json__number(json, "size", class_->store[i].size);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__class(struct hvc_json *json, const struct hvc_class *class_)
{
	char text[1024];

	hvc_class_print(class_, text, sizeof(text));
	hvc_json__string(json, "outcome", hvc_outcome_name(class_->kind));
	hvc_json__string(json, "summary", text);
	hvc_json__string(json, "level", hvc_level_name(class_->level));
	add_term(json, "pc", &class_->pc);
	add_effects(json, class_);
	hvc_json__number(json, "store_count", class_->stores);
	hvc_json__number(json, "untracked_writes", class_->untracked);
	if (class_->kind == HVC_OUTCOME_FAULT || class_->kind == HVC_OUTCOME_FORWARD)
		hvc_json__hex(json, "esr", class_->esr);
	if (class_->kind == HVC_OUTCOME_FAULT)
		add_term(json, "far", &class_->far);
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
	hvc_call_command(subject, world, probe, imm, command, sizeof(command));
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
