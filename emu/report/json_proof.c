/* SPDX-License-Identifier: MIT */
#include "report/json_proof.h"

#include "hvcheck/arch.h"

void hvc_json__callers(struct hvc_json *json, uint64_t callers)
{
	hvc_json__array(json, "callers");
	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++) {
			if (!(callers & HVC_CALLER_BIT(insn, level)))
				continue;
			hvc_json__object(json, NULL);
			hvc_json__string(json, "instruction", hvc_insn_name(insn));
			hvc_json__string(json, "from", hvc_level_name(level));
			hvc_json__close(json);
		}
	hvc_json__close(json);
}

void hvc_json__gaps(struct hvc_json *json, const struct hvc_gap *gap, unsigned gaps)
{
	hvc_json__array(json, "gaps");
	for (unsigned i = 0; i < gaps; i++) {
		hvc_json__object(json, NULL);
		hvc_json__callers(json, gap[i].callers);
		hvc_json__string(json, "why", gap[i].text);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

void hvc_json__shown(struct hvc_json *json, const struct hvc_witness *witness,
                     const char *const command[2])
{
	struct hvc_call plain;

	hvc_call_init(&plain, 0);
	hvc_json__object(json, "witness");
	hvc_json__string(json, "instruction", hvc_insn_name(witness->call.insn));
	hvc_json__string(json, "from", hvc_level_name(witness->call.from));
	hvc_json__number(json, "immediate", witness->call.imm);
	hvc_json__object(json, "registers");
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (witness->call.x[n] != plain.x[n])
			hvc_json__hex(json, hvc_reg_name(n), witness->call.x[n]);
	hvc_json__close(json);
	for (unsigned side = 0; side < 2; side++)
		if (witness->command[side])
			hvc_json__string(json, command[side], witness->command[side]);
	hvc_json__boolean(json, "made", witness->made);
	if (witness->why)
		hvc_json__string(json, "why", witness->why);
	hvc_json__close(json);
}
