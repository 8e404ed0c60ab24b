/* SPDX-License-Identifier: MIT */
/* What a rule allows to become of each register, for contract.c to hold code to. */
#include "engine/contract.h"

const char *hvc_fate_name(enum hvc_fate fate)
{
	static const char *const names[HVC_FATE_COUNT] = {"preserved", "result", "clobbered"};

	return fate < HVC_FATE_COUNT ? names[fate] : "?";
}

const char *hvc_place_name(unsigned place)
{
	return place < HVC_REG_COUNT ? hvc_reg_name((enum hvc_reg)place)
	                             : hvc_simd_name(place - HVC_REG_COUNT);
}

void hvc_contract__promise(const struct hvc_rule *rule, struct hvc_contract_class *class_)
{
	for (unsigned i = 0; i < HVC_PLACES; i++)
		class_->place[i].allowed =
		        !rule ||
		        (i < HVC_REG_COUNT && hvc_regset_has(&rule->clobbers, (enum hvc_reg)i));
}

bool hvc_contract__is_result(const struct hvc_rule *rule, enum hvc_reg reg,
                             const struct hvc_context *context, uint64_t value)
{
	bool named = false;

	for (unsigned i = 0; rule && i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];
		uint64_t mask = result->mask & hvc_reg_info(reg)->mask;
		bool among = false;

		if (result->reg != reg)
			continue;
		named = true;
		for (unsigned k = 0; k < result->intervals; k++)
			among |= result->interval[k].lo <= (value & mask) &&
			         (value & mask) <= result->interval[k].hi;
		if (result->intervals ? !among
		                      : (hvc_expr_eval(&result->expr, context) ^ value) & mask)
			return false;
	}
	return named;
}

bool hvc_contract__say(struct hvc_bvs *terms, const hvc_ref *before, hvc_ref a,
                       struct hvc_term *out)
{
	*out = (struct hvc_term){.kind = HVC_TERM_CONST, .value = a->value};
	if (hvc_bv__const(a))
		return true;
	out->value = 0;
	out->kind = HVC_TERM_IMM;
	if (a == hvc_bv__zext(terms, hvc_bv__input(terms, "imm", 16), 64))
		return true;
	out->kind = HVC_TERM_REG;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (a == before[reg]) {
			out->reg = (enum hvc_reg)reg;
			return true;
		}
	return false;
}
