/* SPDX-License-Identifier: MIT */
#include "report/json_overlap.h"

#include "report/json_class.h"

void hvc_json__conditions(struct hvc_json *json, const struct hvc_condition *condition,
                          unsigned conditions)
{
	hvc_json__array(json, "conditions");
	for (unsigned i = 0; i < conditions; i++) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "register", hvc_reg_name(condition[i].reg));
		hvc_json__hex(json, "mask", condition[i].mask);
		hvc_json__array(json, "values");
		for (unsigned k = 0; k < condition[i].intervals; k++) {
			hvc_json__array(json, NULL);
			hvc_json__hex(json, NULL, condition[i].interval[k].lo);
			hvc_json__hex(json, NULL, condition[i].interval[k].hi);
			hvc_json__close(json);
		}
		hvc_json__close(json);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__overlap(struct hvc_json *json, const struct hvc_abi *const abi[2],
                       const struct hvc_overlap *overlap)
{
	const struct hvc_call *call = &overlap->witness;
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	hvc_json__immediates(json, overlap->imm, overlap->imms);
	hvc_json__conditions(json, overlap->condition, overlap->conditions);
	hvc_json__boolean(json, "partly", overlap->partly);
	hvc_json__object(json, "witness");
	hvc_json__string(json, "instruction", hvc_insn_name(call->insn));
	hvc_json__string(json, "from", hvc_level_name(call->from));
	hvc_json__number(json, "immediate", call->imm);
	hvc_json__object(json, "registers");
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (call->x[n] != plain.x[n])
			hvc_json__hex(json, hvc_reg_name(n), call->x[n]);
	}
	hvc_json__close(json);
	hvc_json__array(json, "worlds");
	for (unsigned side = 0; side < 2; side++)
		hvc_json__string(json, NULL,
		                 hvc_abi_world_at(abi[side], overlap->world[side])->world.name);
	hvc_json__close(json);
	hvc_json__close(json);
}
