/* SPDX-License-Identifier: MIT */
#include "engine/way_seen.h"

#include "hvcheck/verdict.h"
#include "machine/outcome.h"

#define NEAR 0x200u
#define FEW  4u

static uint64_t behind(const struct hvc_call *call)
{
	return hvc_call__address(call) + 4;
}

/* given: a register whose value cannot be told from a number; REGISTERS: none. */
static struct hvc_way_value source_of(const struct hvc_call *call, const struct hvc_state *entry,
                                      unsigned given, uint64_t value)
{
	for (unsigned n = 0; n < 15; n++)
		if (n != given && value == entry->v[n] && value > UINT16_MAX)
			return (struct hvc_way_value){HVC_FROM_REG, n, 0};
	if (value == hvc_call__esr(call))
		return (struct hvc_way_value){HVC_FROM_ESR, 0, 0};
	if (value == entry->v[HVC_REG_VBAR_EL2])
		return (struct hvc_way_value){HVC_FROM_REG, HVC_REG_VBAR_EL2, 0};
	if (value == call->imm && value > UINT8_MAX)
		return (struct hvc_way_value){HVC_FROM_IMM, 0, 0};
	if (value + FEW >= behind(call) && value <= behind(call) + FEW)
		return (struct hvc_way_value){HVC_FROM_RETURN, 0, (int32_t)(value - behind(call))};
	/* The usual values of two registers are further apart. */
	for (unsigned n = 0; n < 15; n++)
		if (n != given && entry->v[n] > UINT16_MAX && value + NEAR > entry->v[n] &&
		    value < entry->v[n] + NEAR)
			return (struct hvc_way_value){HVC_FROM_REG, n,
			                              (int32_t)(value - entry->v[n])};
	return (struct hvc_way_value){HVC_FROM_CONST, value, 0};
}

static uint64_t value_of(const struct hvc_way_value *value, const struct hvc_call *call,
                         const struct hvc_state *entry)
{
	switch (value->from) {
	case HVC_FROM_REG:
		return (uint32_t)(entry->v[value->value] + (uint64_t)value->plus);
	case HVC_FROM_IMM:
		return call->imm;
	case HVC_FROM_ESR:
		return hvc_call__esr(call);
	case HVC_FROM_RETURN:
		return behind(call) + (uint64_t)value->plus;
	default:
		return value->value;
	}
}

/* Is it of those that a caller, or who goes on at EL2, finds changed? */
static bool counts(enum hvc_reg reg, const struct hvc_outcome *outcome)
{
	enum hvc_reg_class class_ = hvc_reg_info(reg)->class_;

	if (class_ == HVC_CLASS_EXCEPTION || reg == HVC_REG_SCR_EL3)
		return false;
	return class_ != HVC_CLASS_PSTATE ||
	       (outcome->kind == HVC_OUTCOME_RETURN || outcome->kind == HVC_OUTCOME_RETRY);
}

static bool tells_effects(enum hvc_outcome_kind kind)
{
	return kind != HVC_OUTCOME_FAULT && kind != HVC_OUTCOME_SPIN && kind != HVC_OUTCOME_LIMIT &&
	       kind != HVC_OUTCOME_INJECT;
}

/* What the register is said to be by the way that others of these calls end; NULL: nothing. */
static const struct hvc_way_value *says(const struct hvc_way_seen *way, enum hvc_reg reg)
{
	for (unsigned i = 0; way && i < way->effects; i++)
		if (way->effect[i].reg == reg)
			return &way->effect[i].value;
	return NULL;
}

static void find_effects(const struct hvc_call *call, const struct hvc_state *entry,
                         const struct hvc_outcome *outcome, unsigned given,
                         const struct hvc_way_seen *const like[2], struct hvc_way_seen *way)
{
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		const uint64_t mask = hvc_reg_info(reg)->mask, after = outcome->state.v[reg] & mask;
		const struct hvc_way_value *said = NULL;

		if (!counts(reg, outcome) || way->effects == HVC_WAY_EFFECTS)
			continue;
		for (unsigned i = 0; i < 2 && !said; i++) {
			said = says(like[i], reg);
			if (said && said->from != HVC_FROM_OTHER &&
			    (value_of(said, call, entry) & mask) != after)
				said = NULL;
		}
		if (said)
			way->effect[way->effects].value = *said;
		else if (after != (entry->v[reg] & mask))
			way->effect[way->effects].value = source_of(call, entry, given, after);
		else
			continue;
		way->effect[way->effects++].reg = reg;
	}
}

bool hvc_way_seen__fits(const struct hvc_way_seen *way, const struct hvc_machine *machine,
                        const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	const bool back = way->kind == HVC_OUTCOME_RETURN || way->kind == HVC_OUTCOME_RETRY;
	struct hvc_state entry;

	if (way->kind != outcome->kind || way->level != outcome->level ||
	    way->stores != (outcome->stores > 0) ||
	    (!back && !way->jumps && way->pc != outcome->pc))
		return false;
	hvc_entry_state(hvc_machine_entry(machine), call, &entry);
	if (way->jumps && (value_of(&way->target, call, &entry) & ~UINT64_C(1)) != outcome->pc)
		return false;
	for (enum hvc_reg reg = HVC_REG_X0; tells_effects(way->kind) && reg < HVC_REG_COUNT;
	     reg++) {
		const struct hvc_way_value *said = says(way, reg);
		uint64_t value = said ? value_of(said, call, &entry) : entry.v[reg];

		if (counts(reg, outcome) && !(said && said->from == HVC_FROM_OTHER) &&
		    (value ^ outcome->state.v[reg]) & hvc_reg_info(reg)->mask)
			return false;
	}
	return true;
}

void hvc_way_seen__doubt(struct hvc_way_seen *way, const struct hvc_machine *machine,
                         const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct hvc_state entry;

	if (way->kind != outcome->kind || way->level != outcome->level)
		return;
	hvc_entry_state(hvc_machine_entry(machine), call, &entry);
	for (unsigned i = 0; i < way->effects; i++) {
		const enum hvc_reg reg = way->effect[i].reg;
		struct hvc_way_value *said = &way->effect[i].value;

		if ((value_of(said, call, &entry) ^ outcome->state.v[reg]) &
		    hvc_reg_info(reg)->mask)
			*said = (struct hvc_way_value){HVC_FROM_OTHER, 0, 0};
	}
}

struct hvc_way_seen hvc_way_seen__of(const struct hvc_machine *machine, const struct hvc_call *call,
                                     const struct hvc_outcome *outcome, unsigned given,
                                     const struct hvc_way_seen *const like[2])
{
	struct hvc_way_seen way = {.kind = outcome->kind, .level = outcome->level};
	struct hvc_state entry;

	hvc_entry_state(hvc_machine_entry(machine), call, &entry);
	way.jumps = way.kind == HVC_OUTCOME_JUMP;
	way.stores = outcome->stores > 0;
	if (way.jumps) {
		way.target = source_of(call, &entry, given, outcome->pc);
		for (unsigned i = 0; i < 2; i++)
			if (like[i] && like[i]->jumps &&
			    (value_of(&like[i]->target, call, &entry) & ~UINT64_C(1)) ==
			            outcome->pc)
				way.target = like[i]->target;
	} else if (way.kind != HVC_OUTCOME_RETURN && way.kind != HVC_OUTCOME_RETRY) {
		way.pc = outcome->pc;
	}
	if (tells_effects(way.kind))
		find_effects(call, &entry, outcome, given, like, &way);
	return way;
}
