/* SPDX-License-Identifier: MIT */
/*
 * Judging is hot: nearly every outcome conforms, so one pass over all registers answers the
 * common case, and only a difference is looked at register by register.
 */
#include "abi/verdict.h"

#include <stdio.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/expr.h"
#include "hvcheck/aarch32.h"
#include "machine/outcome.h"
#include "machine/reg.h"
#include "machine/world.h"

const char *hvc_verdict_name(enum hvc_verdict_kind kind)
{
	static const char *const names[] = {"conforms", "violates", "undecided"};

	return (unsigned)kind < sizeof names / sizeof *names ? names[kind] : "?";
}

const char *hvc_clause_name(enum hvc_clause clause)
{
	static const char *const names[] = {
	        "",       "outcome", "level",    "address", "result", "preserve",
	        "memory", "own",     "features", "width",   "fetch",  "contradiction",
	};

	return (unsigned)clause < sizeof names / sizeof *names ? names[clause] : "?";
}

bool hvc_verdict__same(const struct hvc_verdict *a, const struct hvc_verdict *b)
{
	return a->kind == b->kind && a->rule == b->rule && a->clause == b->clause &&
	       a->reg == b->reg && a->other == b->other &&
	       (a->clause != HVC_CLAUSE_FEATURES ||
	        (a->expected == b->expected && a->actual == b->actual));
}

const char *hvc_verdict__register(const struct hvc_verdict *verdict, char *text, size_t size)
{
	if (verdict->other)
		return hvc_other__name(verdict->other, text, size);
	snprintf(text, size, "%s", verdict->reg == HVC_REG_NONE ? "" : hvc_reg_name(verdict->reg));
	return text;
}

/* EL2 uses AArch32, which SCR_EL3 says. */
static bool is_hyp(const struct hvc_state *world)
{
	return (world->v[HVC_REG_SCR_EL3] & (HVC_SCR_NS | HVC_SCR_RW)) == HVC_SCR_NS;
}

void hvc_entry_state(const struct hvc_state *world, const struct hvc_call *call,
                     struct hvc_state *out)
{
	struct hvc_call fit = *call;

	if (is_hyp(world))
		hvc_call__fit(&fit, HVC_CPU_A15);
	if (out != world)
		*out = *world;
	call = &fit;
	memcpy(out->v, call->x, sizeof call->x);
	out->v[HVC_REG_NZCV] = call->nzcv & HVC_PSTATE_NZCV;
	out->v[HVC_REG_DAIF] = call->daif & HVC_PSTATE_DAIF;
	if (!hvc_level_is_aarch32(call->from))
		return;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		out->v[n] &= UINT32_MAX;
	out->v[HVC_REG_PSTATE] = hvc_call__kept(hvc_call__spsr(call, out));
}

/** Does an exception end the call, which uses up registers of its own? */
static bool takes_exception(enum hvc_outcome_kind kind)
{
	return kind == HVC_OUTCOME_INJECT || kind == HVC_OUTCOME_UNDEFINED ||
	       kind == HVC_OUTCOME_FAULT;
}

/** Does the run end inside EL2, where taking the exception masked everything? */
static bool ends_inside(enum hvc_outcome_kind kind)
{
	return kind == HVC_OUTCOME_JUMP || kind == HVC_OUTCOME_SPIN ||
	       kind == HVC_OUTCOME_HANDOFF || kind == HVC_OUTCOME_FORWARD ||
	       kind == HVC_OUTCOME_LIMIT;
}

/** Is a register one that the exception which ends the call writes, whatever the handler does? */
static bool is_used_up(enum hvc_outcome_kind kind, enum hvc_reg reg)
{
	if (!takes_exception(kind))
		return false;
	/* ESR, ELR, SPSR and FAR of where it is taken, and PSTATE (AArch64.TakeException). */
	return hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE ||
	       (kind != HVC_OUTCOME_FAULT && (reg == HVC_REG_ESR_EL1 || reg == HVC_REG_ELR_EL1 ||
	                                      reg == HVC_REG_SPSR_EL1 || reg == HVC_REG_FAR_EL1));
}

/* Of an exception that is injected. */
static const struct entered {
	enum hvc_reg reg;
	uint64_t bits;
} entered[] = {
        {HVC_REG_DAIF, HVC_PSTATE_DAIF},
        {HVC_REG_PSTATE, HVC_PSTATE_PAN | HVC_PSTATE_UAO | HVC_PSTATE_SSBS},
};

uint64_t hvc_abi__compared(const struct hvc_rule *rule, const struct hvc_abi_plan *plan,
                           enum hvc_reg reg, enum hvc_level ended)
{
	uint64_t bits = reg == HVC_REG_DAIF ? plan->daif : plan->preserve[reg];

	if (rule->outcome != HVC_OUTCOME_INJECT || !hvc_level_is_aarch32(ended))
		return bits;
	return reg == HVC_REG_DAIF ? 0 : reg == HVC_REG_PSTATE ? bits & HVC_PSTATE_PAN : bits;
}

static void make_plan(const struct hvc_rule *rule, struct hvc_abi_plan *plan)
{
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		if (!is_used_up(rule->outcome, (enum hvc_reg)reg) &&
		    !hvc_regset_has(&rule->clobbers, (enum hvc_reg)reg) && reg != HVC_REG_SCR_EL3 &&
		    hvc_reg_info((enum hvc_reg)reg)->class_ != HVC_CLASS_EXCEPTION)
			plan->preserve[reg] = hvc_reg_info((enum hvc_reg)reg)->mask;
	for (unsigned i = 0; rule->outcome == HVC_OUTCOME_INJECT && i < 2; i++)
		if (!hvc_regset_has(&rule->clobbers, entered[i].reg))
			plan->preserve[entered[i].reg] = entered[i].bits;
	/* A CPU that never comes back has flags for nobody, and EL3 takes none from EL2. */
	if (rule->outcome == HVC_OUTCOME_SPIN || rule->outcome == HVC_OUTCOME_FORWARD)
		plan->preserve[HVC_REG_NZCV] = 0;
	for (unsigned i = 0; i < rule->results; i++)
		plan->preserve[rule->result[i].reg] = 0;
	plan->daif = plan->preserve[HVC_REG_DAIF];
	plan->preserve[HVC_REG_DAIF] = 0;
}

enum hvc_status hvc_abi__plan(struct hvc_abi *abi)
{
	struct hvc_abi_plan *plan = hvc_arena__take(&abi->arena, abi->rules * sizeof *plan);

	if (!plan)
		return HVC_E_NOMEM;
	for (unsigned i = 0; i < abi->rules; i++)
		make_plan(&abi->rule[i], &plan[i]);
	abi->plan = plan;
	return HVC_OK;
}

/** What is compared with what. */
struct hearing {
	const struct hvc_rule *rule;
	const struct hvc_abi_plan *plan;
	const struct hvc_state *entry;
	const struct hvc_regset *present;
	const struct hvc_call *call;
	const struct hvc_outcome *outcome;
	struct hvc_verdict *verdict;
	unsigned skip;                 /* broken clauses that are not told */
	struct hvc_verdict impossible; /* a result that the rule contradicts; or no clause */
};

static bool violates(struct hearing *h, enum hvc_clause clause, enum hvc_reg reg, uint64_t expected,
                     uint64_t actual)
{
	if (h->skip) {
		h->skip--;
		return false;
	}
	h->verdict->kind = HVC_VERDICT_VIOLATES;
	h->verdict->clause = clause;
	h->verdict->reg = reg;
	h->verdict->expected = expected;
	h->verdict->actual = actual;
	return true;
}

bool hvc_abi__goes(const struct hvc_rule *rule)
{
	return rule->has_at || rule->outcome == HVC_OUTCOME_RETURN ||
	       rule->outcome == HVC_OUTCOME_RETRY;
}

enum hvc_level hvc_abi__level(const struct hvc_rule *rule, enum hvc_level from)
{
	if (rule->level != HVC_LEVEL_COUNT)
		return rule->level;
	switch (rule->outcome) {
	case HVC_OUTCOME_INJECT:
		/* An Undefined exception, in AArch32 state to its own mode. */
		return hvc_level_is_aarch32(from) ? HVC_LEVEL_EL1_UND : from;
	case HVC_OUTCOME_RETURN:
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_UNDEFINED:
		return from;
	default:
		return HVC_LEVEL_EL2H;
	}
}

uint64_t hvc_abi__seen(const struct hvc_result *result, enum hvc_level ended)
{
	bool low = result->reg < HVC_GPR_COUNT && hvc_level_is_aarch32(ended);

	return result->mask & (low ? UINT32_MAX : UINT64_MAX);
}

unsigned hvc_abi__interval_seen(const struct hvc_interval *interval, uint64_t seen,
                                struct hvc_interval part[static 2])
{
	uint64_t lo = interval->lo & seen, hi = interval->hi & seen;

	if (interval->hi - interval->lo >= seen) {
		part[0] = (struct hvc_interval){0, seen};
		return 1;
	}
	part[0] = (struct hvc_interval){lo, hi};
	if (lo <= hi)
		return 1;
	part[0].hi = seen;
	part[1] = (struct hvc_interval){0, hi};
	return 2;
}

static bool is_among(const struct hvc_result *result, uint64_t seen, uint64_t value)
{
	for (unsigned i = 0; i < result->intervals; i++) {
		struct hvc_interval part[2];
		unsigned parts = hvc_abi__interval_seen(&result->interval[i], seen, part);

		for (unsigned k = 0; k < parts; k++)
			if (part[k].lo <= (value & seen) && (value & seen) <= part[k].hi)
				return true;
	}
	return false;
}

/*
 * Code leaves EL2 by ERET alone, which takes ELR_EL2 to where it goes: a rule that says where, and
 * of ELR_EL2 something else, wants what no code can do (Arm ARM AArch64.ExceptionReturn). The
 * address has been judged.
 */
static bool contradicts_itself(const struct hearing *h, enum hvc_reg reg, uint64_t actual,
                               uint64_t bits)
{
	return reg == HVC_REG_ELR_EL2 && hvc_abi__goes(h->rule) &&
	       hvc_level__el(h->outcome->level) < 2 && !((actual ^ h->outcome->pc) & bits);
}

static bool broken_result(struct hearing *h)
{
	const struct hvc_context context = {h->entry, h->call};

	for (unsigned i = 0; i < h->rule->results; i++) {
		const struct hvc_result *result = &h->rule->result[i];
		/* Bits that need not come back as they were written are not told either. */
		uint64_t seen = hvc_abi__seen(result, h->outcome->level);
		uint64_t bits = seen & hvc_reg_info(result->reg)->mask;
		uint64_t actual = h->outcome->state.v[result->reg], expected;

		if (result->reg == HVC_REG_SCR_EL3 || !hvc_regset_has(h->present, result->reg))
			continue;
		if (result->intervals) {
			if (is_among(result, seen, actual))
				continue;
			expected = result->interval[0].lo;
		} else {
			expected = hvc_expr__eval(&result->expr, &context) & bits;
			if (!((expected ^ actual) & bits))
				continue;
		}
		if (contradicts_itself(h, result->reg, actual, bits))
			h->impossible = (struct hvc_verdict){.clause = HVC_CLAUSE_CONTRADICTION,
			                                     .reg = result->reg,
			                                     .expected = expected,
			                                     .actual = actual & bits};
		else if (violates(h, HVC_CLAUSE_RESULT, result->reg, expected, actual & bits))
			return true;
	}
	return false;
}

bool hvc_abi__masks(const struct hvc_rule *rule, enum hvc_level ended)
{
	return (ends_inside(rule->outcome) && hvc_level__el(ended) == 2) ||
	       rule->outcome == HVC_OUTCOME_INJECT;
}

static uint64_t expected_daif(struct hearing *h)
{
	return hvc_abi__masks(h->rule, h->outcome->level)
	               ? (is_hyp(h->entry) ? HVC_PSR_AIF : HVC_PSTATE_DAIF)
	               : h->entry->v[HVC_REG_DAIF];
}

static uint64_t expected_pstate(const struct hearing *h)
{
	uint64_t before = h->entry->v[HVC_REG_PSTATE], after = h->outcome->state.v[HVC_REG_PSTATE];

	if (h->rule->outcome != HVC_OUTCOME_INJECT)
		return before;
	/* Who has no SSBS set may be a CPU without it. */
	return ((before | after) & HVC_PSTATE_PAN) |
	       (h->entry->v[HVC_REG_SCTLR_EL1] & HVC_SCTLR_DSSBS
	                ? (before | after) & HVC_PSTATE_SSBS
	                : 0);
}

static bool broken_preserve(struct hearing *h)
{
	const uint64_t *before = h->entry->v, *after = h->outcome->state.v;
	const uint64_t *mask = h->plan->preserve;
	uint64_t daif = expected_daif(h), pstate = expected_pstate(h);
	uint64_t differs = (daif ^ after[HVC_REG_DAIF]) & h->plan->daif;

	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		differs |= (before[reg] ^ after[reg]) & mask[reg];
	differs |= (pstate ^ after[HVC_REG_PSTATE]) & mask[HVC_REG_PSTATE];
	if (!differs)
		return false;
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		uint64_t expected = reg == HVC_REG_DAIF     ? daif
		                    : reg == HVC_REG_PSTATE ? pstate
		                                            : before[reg];
		uint64_t bits =
		        hvc_abi__compared(h->rule, h->plan, (enum hvc_reg)reg, h->outcome->level);

		if ((expected ^ after[reg]) & bits &&
		    hvc_regset_has(h->present, (enum hvc_reg)reg) &&
		    violates(h, HVC_CLAUSE_PRESERVE, (enum hvc_reg)reg, expected & bits,
		             after[reg] & bits))
			return true;
	}
	return false;
}

/* Has every register without a row to be kept, but for those that it spares? */
static bool keeps_others(const struct hvc_rule *rule)
{
	return rule->outcome == HVC_OUTCOME_RETURN || rule->outcome == HVC_OUTCOME_RETRY ||
	       rule->outcome == HVC_OUTCOME_INJECT;
}

bool hvc_abi__spares(const struct hvc_rule *rule, hvc_other other)
{
	for (unsigned i = 0; i < rule->spares; i++)
		if (rule->spare[i] == other)
			return true;
	return !keeps_others(rule);
}

static bool broken_others(struct hearing *h)
{
	const struct hvc_others *others = &h->outcome->others;

	for (unsigned i = 0; i < others->count && i < HVC_OTHERS_TOLD; i++) {
		bool valued = i < HVC_OTHERS_VALUES;

		if (hvc_abi__spares(h->rule, others->which[i]))
			continue;
		if (violates(h, HVC_CLAUSE_PRESERVE, HVC_REG_NONE, valued ? others->before[i] : 0,
		             valued ? others->after[i] : 0)) {
			h->verdict->other = others->which[i];
			return true;
		}
	}
	return false;
}

bool hvc_abi__may_write(const struct hvc_rule *rule, const struct hvc_state *entry,
                        const struct hvc_call *call, uint64_t address, uint64_t size)
{
	const struct hvc_context context = {entry, call};
	bool may = false;

	for (unsigned i = 0; i < rule->buffers; i++) {
		const struct hvc_buffer *buffer = &rule->buffer[i];
		uint64_t at = address - hvc_expr__eval(&buffer->address, &context);
		uint64_t bytes = hvc_expr__eval(&buffer->size, &context);

		if (!buffer->written && bytes && (at < bytes || -at < size))
			return false;
		may |= buffer->written && at <= bytes && size <= bytes - at;
	}
	return may;
}

static bool broken_memory(struct hearing *h)
{
	const struct hvc_written *written = &h->outcome->written;
	bool all = written->count && written->count <= HVC_WRITTEN_MAX;

	for (unsigned i = 0; all && i < written->count; i++)
		all = hvc_abi__may_write(h->rule, h->entry, h->call, written->range[i].address,
		                         written->range[i].size);
	return h->outcome->stores && !all &&
	       violates(h, HVC_CLAUSE_MEMORY, HVC_REG_NONE, 0, h->outcome->stores);
}

/*
 * Where a call may send control, it may send it to where others return to, and to its own vectors:
 * that is a jump to that address, and nothing else.
 */
static bool is_jump(struct hearing *h)
{
	const struct hvc_context context = {h->entry, h->call};
	enum hvc_outcome_kind kind = h->outcome->kind;

	return h->rule->outcome == HVC_OUTCOME_JUMP && h->rule->has_at &&
	       h->outcome->level == hvc_abi__level(h->rule, h->call->from) &&
	       (kind == HVC_OUTCOME_RETURN || kind == HVC_OUTCOME_RETRY ||
	        kind == HVC_OUTCOME_INJECT) &&
	       hvc_expr__eval(&h->rule->at, &context) == h->outcome->pc;
}

static void judge(struct hearing *h)
{
	const struct hvc_context context = {h->entry, h->call};
	const struct hvc_outcome *outcome = h->outcome;
	enum hvc_level level = hvc_abi__level(h->rule, h->call->from);

	if (level == HVC_LEVEL_EL2H && is_hyp(h->entry))
		level = HVC_LEVEL_EL2_HYP;
	uint64_t at;

	if (outcome->kind != h->rule->outcome && !is_jump(h)) {
		violates(h, HVC_CLAUSE_OUTCOME, HVC_REG_NONE, h->rule->outcome, outcome->kind);
		return;
	}
	if (outcome->level != level) {
		violates(h, HVC_CLAUSE_LEVEL, HVC_REG_NONE, level, outcome->level);
		return;
	}
	if (h->rule->has_at) {
		at = hvc_expr__eval(&h->rule->at, &context);
		if (at != outcome->pc) {
			violates(h, HVC_CLAUSE_ADDRESS, HVC_REG_NONE, at, outcome->pc);
			return;
		}
	}
	if (broken_result(h) || broken_preserve(h) || broken_others(h) || broken_memory(h) ||
	    !h->impossible.clause)
		return;
	h->verdict->clause = h->impossible.clause;
	h->verdict->reg = h->impossible.reg;
	h->verdict->expected = h->impossible.expected;
	h->verdict->actual = h->impossible.actual;
}

void hvc_verdict_judge(const struct hvc_abi *abi, unsigned world, const struct hvc_state *entry,
                       const struct hvc_regset *present, const struct hvc_call *call,
                       const struct hvc_outcome *outcome, struct hvc_verdict *out)
{
	hvc_verdict__judge_after(abi, world, entry, present, call, outcome, 0, out);
}

void hvc_verdict__judge_after(const struct hvc_abi *abi, unsigned world,
                              const struct hvc_state *entry, const struct hvc_regset *present,
                              const struct hvc_call *call, const struct hvc_outcome *outcome,
                              unsigned skip, struct hvc_verdict *out)
{
	struct hvc_call fit = *call;
	int index;
	struct hearing h = {.entry = entry,
	                    .present = present,
	                    .call = &fit,
	                    .outcome = outcome,
	                    .verdict = out,
	                    .skip = skip};

	if (world < hvc_abi_world_count(abi))
		hvc_call__fit(&fit, hvc_abi_world_at(abi, world)->world.cpu);
	index = hvc_abi__rule_of(abi, world, &fit);
	*out = (struct hvc_verdict){
	        .kind = HVC_VERDICT_UNDECIDED, .rule = index, .reg = HVC_REG_NONE};
	if (index < 0 || !abi->rule[index].specified || outcome->kind == HVC_OUTCOME_FAILED)
		return;
	out->kind = HVC_VERDICT_CONFORMS;
	h.rule = &abi->rule[index];
	h.plan = &abi->plan[index];
	judge(&h);
}
