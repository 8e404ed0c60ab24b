/* SPDX-License-Identifier: MIT */
/*
 * What a rule allows to become of each register, and which of them are looked at, for contract.c to
 * hold code to.
 */
#include "abi/expr.h"
#include "base/grow.h"
#include "engine/contract.h"
#include "machine/world.h"

const char *hvc_fate__name(enum hvc_fate fate)
{
	static const char *const names[HVC_FATE_COUNT] = {"preserved", "result", "clobbered"};

	return fate < HVC_FATE_COUNT ? names[fate] : "?";
}

const char *hvc_place__name(unsigned place)
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
		                      : (hvc_expr__eval(&result->expr, context) ^ value) & mask)
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

const struct hvc_contract_scratch hvc_contract__scratch[] = {
        {HVC_REG_SP_EL0, ~UINT64_C(15)},     {HVC_REG_SP_EL1, ~UINT64_C(15)},
        {HVC_REG_TPIDR_EL0, UINT64_MAX},     {HVC_REG_TPIDRRO_EL0, UINT64_MAX},
        {HVC_REG_TPIDR_EL1, UINT64_MAX},     {HVC_REG_ELR_EL1, UINT64_MAX},
        {HVC_REG_FAR_EL1, UINT64_MAX},       {HVC_REG_ESR_EL1, UINT32_MAX},
        {HVC_REG_SPSR_EL1, 0xf0000000},      {HVC_REG_CONTEXTIDR_EL1, UINT32_MAX},
        {HVC_REG_TTBR0_EL1, 0xfffffffff000}, {HVC_REG_TTBR1_EL1, 0xfffffffff000},
        {HVC_REG_MAIR_EL1, UINT64_MAX},      {HVC_REG_TPIDR_EL2, UINT64_MAX},
};

const unsigned hvc_contract__scratches =
        sizeof hvc_contract__scratch / sizeof *hvc_contract__scratch;

enum hvc_status hvc_contract__world(const struct hvc_contract_config *config, unsigned world,
                                    struct hvc_world *out, struct hvc_diag *diag)
{
	*out = hvc_abi_world_at(config->abi, world)->world;
	if (config->over && hvc_world_overlay(out, config->over) != HVC_OK)
		return hvc_diag_set(diag, HVC_E_RANGE, NULL, 0, 0, "too many boundaries");
	return HVC_OK;
}

bool hvc_contract__measures(const struct hvc_masks *masks, enum hvc_outcome_kind kind,
                            enum hvc_level level, unsigned place)
{
	if (place >= HVC_REG_COUNT)
		return true;
	if (!masks->v[place])
		return false;
	switch (kind) {
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
		return true;
	case HVC_OUTCOME_INJECT:
	case HVC_OUTCOME_UNDEFINED:
	case HVC_OUTCOME_FAULT:
		return place < HVC_GPR_COUNT;
	default:
		return (place != HVC_REG_DAIF && place != HVC_REG_PSTATE) ||
		       hvc_level__el(level) < 2;
	}
}

bool hvc_contract__add(struct hvc_contract_calls *calls, unsigned class_, unsigned world,
                       const struct hvc_probe *probe, uint16_t imm)
{
	if (!hvc_grow(&calls->call, &calls->capacity, calls->calls, sizeof *calls->call))
		return false;
	calls->call[calls->calls++] = (struct hvc_contract_call){class_, world, imm, *probe};
	return true;
}
