/* SPDX-License-Identifier: MIT */
#include "report/site_words.h"

#include <inttypes.h>

/* Registers that carry arguments, and those that select calls in the ABIs known: x16, x17; r12. */
#define CARRIERS     UINT32_C(0x000301ff)
#define CARRIERS_A32 UINT32_C(0x000010ff)

void hvc_site__instruction(struct hvc_words *words, const struct hvc_site *site)
{
	hvc_words__add(words, "%s #0x%x", hvc_insn_name(site->insn), site->imm);
	if (site->through)
		hvc_words__add(words, " by 0x%" PRIx64, site->through);
}

void hvc_site__place(struct hvc_words *words, const struct hvc_site *site)
{
	if (site->data || (!site->has_function && !site->symbol)) {
		hvc_words__add(words, "-");
		return;
	}
	if (site->symbol)
		hvc_words__add(words, "%s", site->symbol);
	else
		hvc_words__add(words, "0x%" PRIx64, site->function);
	if (site->address != site->function)
		hvc_words__add(words, "+0x%" PRIx64, site->address - site->function);
}

void hvc_site__registers(struct hvc_words *words, const struct hvc_site *site, uint32_t also)
{
	bool a64 = site->insn == HVC_INSN_HVC || site->insn == HVC_INSN_SMC;
	const uint32_t carriers = a64 ? CARRIERS : CARRIERS_A32;
	char text[128];

	for (unsigned n = 0; n < HVC_GPR_COUNT && site->analysed; n++) {
		const struct hvc_value *value = &site->x[n];
		bool moved = value->kind == HVC_VALUE_ARGUMENT && value->reg != HVC_REG_X0 + n;
		bool told = n == 0 || also >> n & 1 ||
		            (carriers >> n & 1 && (moved || hvc_value_is_constant(value)));

		if (!told)
			continue;
		hvc_value__print((enum hvc_reg)(HVC_REG_X0 + n), value, text, sizeof(text));
		hvc_words__add(words, "%s%s", words->length ? "; " : "", text);
	}
	if (!words->length)
		hvc_words__add(words, "-");
}

void hvc_site__json(struct hvc_json *json, const struct hvc_site *site)
{
	const char *code = hvc_insn_is_t32(site->insn) ? "t32" : "a32";
	bool a64 = site->insn == HVC_INSN_HVC || site->insn == HVC_INSN_SMC;

	hvc_json__put(json, "address:x immediate code? function", site->address, site->imm,
	              a64 ? NULL : code, site->symbol);
	if (!site->data && site->has_function)
		hvc_json__hex(json, "function_address", site->function);
	else
		hvc_json__null(json, "function_address");
	if (site->data)
		hvc_json__string(json, "data", site->data);
	else
		hvc_json__null(json, "data");
}

static void add_value(struct hvc_json *json, const char *name, const struct hvc_value *value)
{
	hvc_json__object(json, name);
	hvc_json__string(json, "kind", hvc_value_kind__name(value->kind));
	if (value->constants) {
		hvc_json__array(json, "values");
		for (unsigned i = 0; i < value->constants; i++)
			hvc_json__hex(json, NULL, value->constant[i]);
		hvc_json__close(json);
	}
	hvc_json__put(json, "argument? cleared:x? set:x? added:x? at:x? chance",
	              value->kind == HVC_VALUE_ARGUMENT ? hvc_reg_name(value->reg) : NULL,
	              value->drop, value->set, value->plus, value->at, hvc_value__is_chance(value));
	if (value->pointer)
		hvc_json__hex(json, "pointer_at", value->pointer_at);
	hvc_json__close(json);
}

void hvc_site__json_registers(struct hvc_json *json, const struct hvc_site *site)
{
	hvc_json__object(json, "registers");
	for (unsigned n = 0; n < HVC_GPR_COUNT && site->analysed; n++) {
		const struct hvc_value *value = &site->x[n];

		/* What the function leaves as it found it goes without saying. */
		if ((value->kind == HVC_VALUE_UNKNOWN && !hvc_value__is_chance(value)) ||
		    (value->kind == HVC_VALUE_ARGUMENT && value->reg == HVC_REG_X0 + n &&
		     !(value->drop | value->set | value->plus)))
			continue;
		add_value(json, hvc_reg_name((enum hvc_reg)(HVC_REG_X0 + n)), value);
	}
	hvc_json__close(json);
	if (site->guard != HVC_REG_NONE) {
		hvc_json__put(json, "guard{ register nonzero }", hvc_reg_name(site->guard),
		              site->guard_nonzero);
	} else {
		hvc_json__null(json, "guard");
	}
}
