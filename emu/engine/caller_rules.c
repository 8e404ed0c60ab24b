/* SPDX-License-Identifier: MIT */
/* A call site held to a specification: which rules its registers leave open. */
#include <inttypes.h>
#include <stdlib.h>

#include "abi/abi.h"
#include "abi/overlap.h"
#include "engine/callers.h"
#include "hvcheck/arch.h"

#define SMCCC_RESULTS UINT32_C(0xf)

/* Does a rule govern a site's call? */
enum match {
	MATCH_NO,
	MATCH_MAY, /* it depends on values that are not known */
	MATCH_YES,
};

static bool inside(const struct hvc_interval *interval, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count; i++) {
		if (value >= interval[i].lo && value <= interval[i].hi)
			return true;
	}
	return false;
}

static enum match match_condition(const struct hvc_condition *condition,
                                  const struct hvc_value *value)
{
	unsigned in = 0;

	/* Where the image is in memory is not known, so an address is no number. */
	if (value->kind != HVC_VALUE_CONSTANT)
		return MATCH_MAY;
	for (unsigned i = 0; i < value->constants; i++)
		in += inside(condition->interval, condition->intervals,
		             value->constant[i] & condition->mask);
	return !in ? MATCH_NO : in == value->constants ? MATCH_YES : MATCH_MAY;
}

static enum match match_rule(const struct hvc_rule *rule, unsigned world, enum hvc_insn insn,
                             const struct hvc_site *site)
{
	enum match match = MATCH_YES;

	enum hvc_level from =
	        insn == HVC_INSN_HVC || insn == HVC_INSN_SMC ? HVC_LEVEL_EL1H : HVC_LEVEL_EL1_SVC;

	if (!(rule->levels >> from & 1) || !(rule->insns >> insn & 1) ||
	    !(rule->worlds >> world & 1) || !inside(rule->imm, rule->imms, site->imm))
		return MATCH_NO;
	for (unsigned i = 0; i < rule->conditions && match != MATCH_NO; i++) {
		enum match one =
		        match_condition(&rule->condition[i], &site->x[rule->condition[i].reg]);

		if (one < match)
			match = one;
	}
	return match;
}

/* Is this a selector, and not an argument of which a few bits matter (alignment)? */
static bool selects(const struct hvc_condition *condition)
{
	return (condition->mask & 0xff) == 0xff;
}

/* Does a rule govern the call if one register, of which nothing is known, is as it says? */
static bool hangs_on(const struct hvc_rule *rule, const struct hvc_site *site, enum hvc_reg reg,
                     uint64_t mask, const struct hvc_condition **out)
{
	*out = NULL;
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *condition = &rule->condition[i];

		if (condition->reg == reg && condition->mask == mask && !*out)
			*out = condition;
		else if (match_condition(condition, &site->x[condition->reg]) != MATCH_YES)
			return false;
	}
	return *out != NULL;
}

/* The next value of a register that no answer so far has; above the mask: they have all. */
static uint64_t uncovered(const struct hvc_caller *caller, unsigned world, enum hvc_reg reg,
                          uint64_t mask)
{
	const struct hvc_condition *condition;
	uint64_t value = 0, before;

	do {
		before = value;
		for (unsigned i = 0; i < caller->answers; i++) {
			if (!(caller->answer[i].rule->worlds >> world & 1) ||
			    !hangs_on(caller->answer[i].rule, caller->site, reg, mask, &condition))
				continue;
			for (unsigned k = 0; k < condition->intervals; k++) {
				if (condition->interval[k].lo > value ||
				    condition->interval[k].hi < value)
					continue;
				if (condition->interval[k].hi == UINT64_MAX)
					return UINT64_MAX;
				value = condition->interval[k].hi + 1;
			}
		}
	} while (value != before && value <= mask);
	return value;
}

/* Do the answers found so far leave no call to other rules, whatever is in some register? */
static bool is_complete(const struct hvc_caller *caller, unsigned world)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		enum hvc_reg reg = (enum hvc_reg)(HVC_REG_X0 + n);

		if (caller->site->x[n].kind != HVC_VALUE_CONSTANT &&
		    (uncovered(caller, world, reg, UINT32_MAX) > UINT32_MAX ||
		     uncovered(caller, world, reg, UINT64_MAX) == UINT64_MAX))
			return true;
	}
	return false;
}

/* The rules that may govern the call, in one world, higher priorities first. */
static enum hvc_status add_rules(unsigned world, bool *taken, struct hvc_caller *caller)
{
	const struct hvc_abi *abi = caller->abi;
	/* What the ABI does not answer is looked up as if it were made the other way. */
	static const enum hvc_insn others[HVC_INSN_COUNT] = {
	        [HVC_INSN_HVC] = HVC_INSN_SMC,         [HVC_INSN_SMC] = HVC_INSN_HVC,
	        [HVC_INSN_HVC_A32] = HVC_INSN_SMC_A32, [HVC_INSN_HVC_T32] = HVC_INSN_SMC_T32,
	        [HVC_INSN_SMC_A32] = HVC_INSN_HVC_A32, [HVC_INSN_SMC_T32] = HVC_INSN_HVC_T32,
	};
	enum hvc_insn own = caller->site->insn,
	              insn = hvc_abi__insns(abi) >> own & 1 ? own : others[own];
	unsigned count = hvc_abi_rule_count(abi);
	bool sure = false;

	for (unsigned i = 0; i < count; i++)
		taken[i] = false;
	while (!sure) {
		const struct hvc_rule *best = NULL;
		unsigned at = 0;
		enum match match;

		for (unsigned i = 0; i < count; i++) {
			const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

			if (taken[i] ||
			    (best && (best->priority >= rule->priority || rule->is_default)))
				continue;
			best = rule;
			at = i;
		}
		if (!best)
			break;
		taken[at] = true;
		match = match_rule(best, world, insn, caller->site);
		if (match == MATCH_NO)
			continue;
		if (!hvc_caller__answer(caller, best, best->name, best->role == HVC_ROLE_UNKNOWN))
			return HVC_E_NOMEM;
		sure = match == MATCH_YES || is_complete(caller, world);
	}
	return HVC_OK;
}

static enum hvc_status find_answers(struct hvc_caller *caller)
{
	const struct hvc_abi *abi = caller->abi;
	bool *taken = calloc(hvc_abi_rule_count(abi) + 1, sizeof(*taken));
	enum hvc_status status = taken ? HVC_OK : HVC_E_NOMEM;

	for (unsigned w = 0; w < hvc_abi_world_count(abi) && status == HVC_OK; w++)
		status = add_rules(w, taken, caller);
	free(taken);
	return status;
}

/* Does some rule that claims its calls name this immediate, or all of them? */
static void look_up_imm(const struct hvc_abi *abi, uint16_t imm, bool *named, bool *ignored)
{
	*named = *ignored = false;
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);
		bool all = rule->imms == 1 && rule->imm[0].lo == 0 &&
		           rule->imm[0].hi == HVC_IMM_COUNT - 1;

		if (!hvc_rule__claims(rule) || !inside(rule->imm, rule->imms, imm))
			continue;
		*named |= !all;
		*ignored |= all;
	}
}

/* Does some rule that claims its calls select them by values of this kind in x0? */
static bool has_kind(const struct hvc_abi *abi, uint16_t imm, unsigned kind)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

		if (!hvc_rule__claims(rule) || !inside(rule->imm, rule->imms, imm))
			continue;
		for (unsigned n = 0; n < rule->conditions; n++) {
			const struct hvc_condition *condition = &rule->condition[n];

			/* A flag in an identifier, as SMCCC's hint of SVE, is no part of it. */
			if (condition->reg != HVC_REG_X0 ||
			    (~condition->mask & (kind ? 0xff0000ff : UINT32_MAX)))
				continue;
			for (unsigned k = 0; k < condition->intervals; k++) {
				if (hvc_caller__kind_of(condition->interval[k].lo) == kind ||
				    hvc_caller__kind_of(condition->interval[k].hi) == kind)
					return true;
			}
		}
	}
	return false;
}

/* The register that the rules of an immediate go by: the first that one names, or x0. */
static enum hvc_reg selector_of(const struct hvc_abi *abi, uint16_t imm)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

		for (unsigned n = 0; n < rule->conditions && inside(rule->imm, rule->imms, imm);
		     n++)
			if (hvc_rule__claims(rule) && selects(&rule->condition[n]))
				return rule->condition[n].reg;
	}
	return HVC_REG_X0;
}

static bool selects_by_x0(const struct hvc_abi *abi, uint16_t imm)
{
	for (unsigned i = 0; i < hvc_abi_rule_count(abi); i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);

		if (!hvc_rule__claims(rule) || !inside(rule->imm, rule->imms, imm))
			continue;
		for (unsigned n = 0; n < rule->conditions; n++) {
			if (rule->condition[n].reg == HVC_REG_X0 && selects(&rule->condition[n]))
				return true;
		}
	}
	return false;
}

/* Is it the call of another ABI, by its immediate or by the kind of number in x0? */
static bool is_other(const struct hvc_callers_config *config, struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;
	const struct hvc_value *x0 = &site->x[0];
	bool named, ignored, own = false;
	uint64_t first;

	look_up_imm(caller->abi, site->imm, &named, &ignored);
	if (!named && (!ignored || site->imm)) {
		caller->owner = hvc_caller__owner_of_imm(config->registry, site->imm);
		return caller->owner[0] != '\0';
	}
	if (x0->kind != HVC_VALUE_CONSTANT)
		return false;
	first = hvc_caller__identifier(config->registry, x0->constant[0]);
	/* Where nothing selects but the call itself, an identifier in x0 is meant for someone else.
	 */
	if (!selects_by_x0(caller->abi, site->imm))
		own = named || hvc_caller__kind_of(first) == 0;
	for (unsigned i = 0; i < x0->constants && !own; i++)
		own = has_kind(caller->abi, site->imm,
		               hvc_caller__kind_of(
		                       hvc_caller__identifier(config->registry, x0->constant[i])));
	if (own)
		return false;
	caller->owner = hvc_caller__owner_of_fid(config->registry, first);
	return true;
}

/* A function of the ABI's by its identifier, and another immediate than the ABI has it at. */
static bool has_wrong_imm(const struct hvc_callers_config *config, const struct hvc_caller *caller)
{
	const struct hvc_site *site = caller->site;
	const struct hvc_value *x0 = &site->x[0];
	unsigned kind = x0->kind == HVC_VALUE_CONSTANT ? hvc_caller__kind_of(x0->constant[0]) : 0;
	bool named, ignored;

	look_up_imm(caller->abi, site->imm, &named, &ignored);
	return site->imm && !hvc_insn_is_smc(site->insn) && !named && !ignored && kind &&
	       x0->constants == 1 && has_kind(caller->abi, 0, kind) &&
	       hvc_caller__owner_of_fid(config->registry, x0->constant[0])[0];
}

/* The registers that decide between the answers and are not constant. */
static uint32_t undecided(const struct hvc_caller *caller)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < caller->answers; i++) {
		const struct hvc_rule *rule = caller->answer[i].rule;

		for (unsigned n = 0; n < rule->conditions; n++) {
			const struct hvc_condition *condition = &rule->condition[n];

			if (selects(condition) &&
			    caller->site->x[condition->reg].kind != HVC_VALUE_CONSTANT)
				set |= UINT32_C(1) << condition->reg;
		}
	}
	return set;
}

/*
 * Registers that a rule may change and that are no results. SMCCC returns in x0 to x3: where a
 * rule names no result and no data, what it does to these is one.
 */
static uint32_t clobbered(const struct hvc_rule *rule, uint32_t results)
{
	uint32_t set = (uint32_t)rule->clobbers.bits[0] & INT32_MAX;

	return set & ~(results ? results : SMCCC_RESULTS);
}

/* What returns in registers, and what it may change, whichever answer it gets. */
static enum hvc_status check_after(struct hvc_caller *caller)
{
	uint32_t results = UINT32_MAX, clobbers = UINT32_MAX, data = UINT32_MAX;
	bool returns = false, leaves = false;

	for (unsigned i = 0; i < caller->answers; i++) {
		const struct hvc_rule *rule = caller->answer[i].rule;
		uint32_t own = 0, given = (uint32_t)rule->returns.bits[0];

		leaves |= rule->specified && rule->outcome != HVC_OUTCOME_RETURN;
		if (!rule->specified || rule->outcome != HVC_OUTCOME_RETURN)
			continue;
		returns = true;
		for (unsigned n = 0; n < rule->results; n++) {
			if (rule->result[n].reg < HVC_GPR_COUNT)
				own |= UINT32_C(1) << rule->result[n].reg;
		}
		results &= own;
		data &= given;
		clobbers &= clobbered(rule, own | given);
	}
	if (!returns)
		return HVC_OK;
	/* A call that is meant not to come back need not look at what it came back with. */
	for (unsigned n = 0; n < HVC_GPR_COUNT && !leaves; n++) {
		if (results >> n & 1 && !hvc_caller__result(caller, (enum hvc_reg)(HVC_REG_X0 + n)))
			return HVC_E_NOMEM;
	}
	return hvc_caller__data(caller, data) && hvc_caller__clobbers(caller, clobbers)
	               ? HVC_OK
	               : HVC_E_NOMEM;
}

static bool any_unknown(const struct hvc_caller *caller)
{
	for (unsigned i = 0; i < caller->answers; i++) {
		if (caller->answer[i].unknown)
			return true;
	}
	return !caller->answers;
}

static bool all_unknown(const struct hvc_caller *caller)
{
	for (unsigned i = 0; i < caller->answers; i++) {
		if (!caller->answer[i].unknown)
			return false;
	}
	return true;
}

/*
 * How the site stands to the ABI, by the registers that decide and are not known. Returns those of
 * them that are uninitialised.
 */
static uint32_t find_fit(struct hvc_caller *caller)
{
	uint32_t open = undecided(caller), chance = 0;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		chance |= open & (uint32_t)hvc_value__is_chance(&caller->site->x[n]) << n;
	/* Where every answer is to a call of the ABI, it is one, whichever it gets. */
	if (open && caller->site->x[0].kind == HVC_VALUE_CONSTANT && !any_unknown(caller))
		open = 0;
	caller->fit = chance ? HVC_CALLER_CHANCE : open ? HVC_CALLER_UNKNOWN : HVC_CALLER_HELD;
	return chance;
}

/* Where ways that lead here have identifiers of their own, each of them has to be one. */
static enum hvc_status check_each(struct hvc_caller *caller)
{
	const struct hvc_value *x0 = &caller->site->x[0];
	enum hvc_status status = HVC_OK;

	for (unsigned i = 0; status == HVC_OK && x0->kind == HVC_VALUE_CONSTANT &&
	                     x0->constants > 1 && i < x0->constants;
	     i++) {
		struct hvc_site site = *caller->site;
		struct hvc_caller one = {.site = &site, .abi = caller->abi};

		if (!hvc_caller__kind_of(x0->constant[i]))
			continue;
		site.x[0].constants = 1;
		site.x[0].constant[0] = x0->constant[i];
		status = find_answers(&one);
		if (status == HVC_OK && all_unknown(&one) &&
		    !hvc_caller__issue(
		            caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		            "no call of the ABI: on one way here x0 = 0x%" PRIx64 ", and gets '%s'",
		            x0->constant[i], one.answers ? one.answer[0].text : "nothing"))
			status = HVC_E_NOMEM;
		for (unsigned k = 0; k < one.answers; k++)
			free(one.answer[k].text);
		free(one.answer);
	}
	return status;
}

/* A site that is made by the instruction that the ABI does not answer. */
static enum hvc_status hold_conduit(const struct hvc_scan *scan, struct hvc_caller *caller)
{
	const struct hvc_value *x0 = &caller->site->x[0];
	bool identifier = x0->kind == HVC_VALUE_CONSTANT;

	for (unsigned i = 0; i < x0->constants; i++)
		identifier &= hvc_caller__kind_of(x0->constant[i]) != 0;
	if (identifier && caller->fit == HVC_CALLER_HELD && !any_unknown(caller))
		return hvc_caller__conduit(scan, caller) ? HVC_OK : HVC_E_NOMEM;
	caller->fit = HVC_CALLER_OTHER;
	caller->owner = hvc_insn_is_smc(caller->site->insn) ? "whoever answers SMCs"
	                                                    : "whoever answers HVCs";
	return HVC_OK;
}

enum hvc_status hvc_caller__hold_to_rules(const struct hvc_callers_config *config, bool named,
                                          bool either, struct hvc_caller *caller)
{
	uint32_t chance;

	HVC_TRY(find_answers(caller));
	if (!named && has_wrong_imm(config, caller))
		return hvc_caller__issue(caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		                         "no call of the ABI: hvc #0x%x with x0 = 0x%" PRIx64
		                         ", which it has at hvc #0x0",
		                         caller->site->imm, caller->site->x[0].constant[0])
		               ? HVC_OK
		               : HVC_E_NOMEM;
	if (!named && is_other(config, caller)) {
		caller->fit = HVC_CALLER_OTHER;
		return HVC_OK;
	}
	chance = find_fit(caller);
	if (!either && !(hvc_abi__insns(caller->abi) >> caller->site->insn & 1))
		return hold_conduit(config->scan, caller);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (chance >> n & 1 && !hvc_caller__chance(caller, (enum hvc_reg)(HVC_REG_X0 + n)))
			return HVC_E_NOMEM;
	}
	if (caller->fit == HVC_CALLER_UNKNOWN && !named)
		return HVC_OK;
	if (!hvc_caller__width(config->registry, caller))
		return HVC_E_NOMEM;
	if (all_unknown(caller)) {
		enum hvc_reg reg = selector_of(caller->abi, caller->site->imm);
		char text[96];

		hvc_value__print(reg, &caller->site->x[reg], text, sizeof(text));
		if (!hvc_caller__issue(caller, HVC_CALLER_NO_CALL, HVC_REG_NONE, 0,
		                       "no call of the ABI: %s #0x%x with %s gets '%s'",
		                       hvc_insn_name(caller->site->insn), caller->site->imm, text,
		                       caller->answers ? caller->answer[0].text : "nothing"))
			return HVC_E_NOMEM;
		return HVC_OK;
	}
	HVC_TRY(check_each(caller));
	return check_after(caller);
}
