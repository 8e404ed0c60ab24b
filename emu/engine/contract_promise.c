/* SPDX-License-Identifier: MIT */
/*
 * What a rule allows to become of each register, and which of them are looked at, for contract.c to
 * hold code to.
 */
#include "abi/expr.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "engine/contract.h"
#include "engine/exact.h"
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

/* The contract that an exact map shows: of each class, what its row says becomes of registers. */

/* Of a handler's arguments the row tells, and of nothing else. */
#define ARGUMENTS 8u

/* "q7", "q7.high"; HVC_PLACES: none that is told. */
static unsigned place_of(const struct hvc_row_effect *effect)
{
	size_t length = strcspn(effect->name, ".");

	if (effect->reg != HVC_REG_NONE)
		return effect->reg;
	for (unsigned place = HVC_REG_COUNT; place < HVC_PLACES; place++)
		if (strlen(hvc_place__name(place)) == length &&
		    !memcmp(hvc_place__name(place), effect->name, length))
			return place;
	return HVC_PLACES;
}

static bool is_known(const struct hvc_masks *masks, const struct hvc_row *row, unsigned place)
{
	if (row->why || row->kind == HVC_OUTCOME_FAULT || row->kind == HVC_OUTCOME_SPIN)
		return false;
	if (row->kind == HVC_OUTCOME_HANDOFF)
		return place < ARGUMENTS;
	return hvc_contract__measures(masks, row->kind, row->level, place);
}

static void fill(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                 const struct hvc_row *row, struct hvc_contract_class *class_)
{
	struct hvc_masks masks;

	hvc_masks__of(hvc_machine_present(exact->machine), &masks);
	class_->rule = -1;
	class_->kind = row->kind;
	for (unsigned place = 0; place < HVC_PLACES; place++) {
		class_->place[place].allowed = true;
		class_->place[place].measured = is_known(&masks, row, place);
	}
	for (unsigned i = 0; i < row->effects; i++) {
		unsigned place = place_of(&row->effect[i]);
		struct hvc_clause_fate *is;

		if (place == HVC_PLACES || !class_->place[place].measured)
			continue;
		is = &class_->place[place];
		is->fate = HVC_FATE_CLOBBERED;
		is->told = place < HVC_REG_COUNT &&
		           hvc_contract__say(exact->terms, part->before, row->effect[i].value,
		                             &is->value);
	}
}

enum hvc_status hvc_contract__of_exact(const struct hvc_exact *exact, struct hvc_diag *diag,
                                       struct hvc_contract **out)
{
	struct hvc_contract *contract = calloc(1, sizeof *contract);
	unsigned rows = 0;

	for (unsigned i = 0; i < exact->parts; i++)
		rows += exact->part[i].same ? 0 : exact->part[i].rows;
	if (contract)
		contract->class_ = calloc(rows + 1, sizeof *contract->class_);
	if (!contract || !contract->class_) {
		free(contract);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	contract->proved = hvc_exact__is_complete(exact);
	for (unsigned i = 0; i < exact->parts; i++)
		for (unsigned k = 0; !exact->part[i].same && k < exact->part[i].rows; k++) {
			contract->class_[contract->classes].class_ = contract->classes;
			fill(exact, &exact->part[i], &exact->part[i].row[k],
			     &contract->class_[contract->classes++]);
		}
	*out = contract;
	return HVC_OK;
}
