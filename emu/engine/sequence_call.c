/* SPDX-License-Identifier: MIT */
/* Calls of sequences: registers that satisfy a rule, from the dice. */

#include "engine/sequence.h"

#include "abi/abi.h"
#include "base/random.h"

#define ATTEMPTS 64u

uint64_t hvc_dice__roll(struct hvc_dice *dice)
{
	return hvc_random(&dice->state);
}

unsigned hvc_dice__below(struct hvc_dice *dice, uint64_t limit)
{
	return (unsigned)(hvc_dice__roll(dice) % limit);
}

uint64_t hvc_dice__pick(struct hvc_dice *dice, const struct hvc_interval *interval,
                        unsigned intervals)
{
	const struct hvc_interval *in = interval;
	uint64_t offset;

	if (!dice)
		return in->lo;
	in += hvc_dice__below(dice, intervals);
	switch (hvc_dice__below(dice, 4)) {
	case 0:
		return in->lo;
	case 1:
		return in->hi;
	case 2: /* small steps tell more than large ones */
		offset = hvc_dice__below(dice, 16);
		return in->hi - in->lo < offset ? in->lo : in->lo + offset;
	default:
		offset = hvc_dice__roll(dice);
		return in->lo +
		       (in->hi - in->lo == UINT64_MAX ? offset : offset % (in->hi - in->lo + 1));
	}
}

static unsigned pick_bit(struct hvc_dice *dice, unsigned bits, unsigned preferred)
{
	unsigned skip, bit = preferred;

	if (dice) {
		/* Each with the same chance. */
		skip = hvc_dice__below(dice, (uint64_t)__builtin_popcount(bits));
		for (bit = 0; !(bits >> bit & 1) || skip--; bit++)
			;
		return bit;
	}
	while (!(bits >> bit & 1))
		bit = (bit + 1) % 32;
	return bit;
}

/* What a register may hold that nothing is said of. */
static uint64_t pick_value(const struct hvc_player *player, struct hvc_dice *dice, uint64_t base)
{
	switch (hvc_dice__below(dice, 8)) {
	case 0:
		return player->own;
	case 1:
	case 2:
		return player->table[hvc_dice__below(dice, HVC_SEQUENCE_TABLES)];
	case 3:
		return hvc_dice__below(dice, 4) ? hvc_dice__below(dice, 16) : HVC_NEW_VECTORS;
	case 4:
		return hvc_dice__roll(dice);
	default:
		return base;
	}
}

static bool lies_in(const struct hvc_condition *c, uint64_t x)
{
	bool found = false;

	for (unsigned i = 0; i < c->intervals; i++)
		found |= c->interval[i].lo <= (x & c->mask) && (x & c->mask) <= c->interval[i].hi;
	return found;
}

/* Vectors that are set should mostly be such that the subject goes on being called. */
static void fill_vectors(const struct hvc_player *player, const struct hvc_rule *rule,
                         struct hvc_dice *dice, struct hvc_call *out)
{
	for (unsigned i = 0; i < rule->results; i++) {
		const struct hvc_result *result = &rule->result[i];
		const struct hvc_term *term = &result->expr.term[0];

		if (result->reg == HVC_REG_VBAR_EL2 && result->expr.count == 1 &&
		    term->kind == HVC_TERM_REG && term->reg < HVC_GPR_COUNT &&
		    hvc_dice__below(dice, 8))
			out->x[term->reg] =
			        player->table[hvc_dice__below(dice, HVC_SEQUENCE_TABLES)];
	}
}

/* Where the call is promised to end, there must be nothing but a place to end at. */
static void fill_places(const struct hvc_rule *rule, struct hvc_call *out)
{
	for (unsigned i = 0; rule->has_at && i < rule->at.count; i++) {
		enum hvc_reg reg = rule->at.term[i].reg;

		if (rule->at.term[i].kind == HVC_TERM_REG && reg < HVC_GPR_COUNT)
			out->x[reg] = HVC_LANDING + (uint64_t)reg * 0x800;
	}
}

static unsigned insns_at(const struct hvc_player *player, enum hvc_level level)
{
	const struct hvc_world *world = &hvc_abi_world_at(player->abi, player->world)->world;
	unsigned bits = 0;

	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		if (hvc_caller_index(insn, level) != HVC_CALLER_NONE &&
		    (insn == HVC_INSN_TRAP) == (world->esr != 0))
			bits |= 1u << insn;
	return bits;
}

/* Those that have one of the instructions. */
static unsigned levels_of(const struct hvc_player *player, const struct hvc_wanted *wanted)
{
	unsigned bits = 0;

	for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++)
		if (wanted->levels >> level & 1 && wanted->insns & insns_at(player, level))
			bits |= 1u << level;
	return bits;
}

static void fill(const struct hvc_player *player, const struct hvc_wanted *wanted,
                 struct hvc_dice *dice, struct hvc_call *out)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(player->abi, wanted->rule);

	hvc_call_init(out, 0);
	out->from = (enum hvc_level)pick_bit(dice, levels_of(player, wanted), HVC_LEVEL_EL1H);
	out->insn = (enum hvc_insn)pick_bit(dice, wanted->insns & insns_at(player, out->from),
	                                    HVC_INSN_HVC);
	out->imm = (uint16_t)hvc_dice__pick(dice, rule->imm, rule->imms);
	if (dice) {
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			out->x[n] = pick_value(player, dice, out->x[n]);
		out->nzcv = hvc_dice__roll(dice) & UINT64_C(0xf0000000);
		out->daif = hvc_dice__roll(dice) & UINT64_C(0x3c0);
		fill_vectors(player, rule, dice, out);
	}
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *c = &rule->condition[i];
		uint64_t *x = &out->x[c->reg];

		if (!dice || !lies_in(c, *x) || hvc_dice__below(dice, 2))
			*x = (*x & ~c->mask) |
			     (hvc_dice__pick(dice, c->interval, c->intervals) & c->mask);
	}
	fill_places(rule, out);
}

bool hvc_sequence__call(const struct hvc_player *player, const struct hvc_wanted *wanted,
                        struct hvc_dice *dice, struct hvc_call *out)
{
	struct hvc_dice own = {wanted->rule};

	if (!levels_of(player, wanted))
		return false;
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		fill(player, wanted, i || dice ? (dice ? dice : &own) : NULL, out);
		if (hvc_abi__rule_of(player->abi, player->world, out) == (int)wanted->rule)
			return true;
	}
	return false;
}

/* A near miss: a bit of the immediate, or some of a register that selects, are others. */
static void spoil(const struct hvc_rule *rule, struct hvc_dice *dice, struct hvc_call *call)
{
	static const uint64_t upper = UINT64_C(0xffffffff00000000);
	unsigned which = hvc_dice__below(dice, rule->conditions + 1);
	uint64_t *x;

	if (which == rule->conditions) {
		call->imm ^= (uint16_t)(1u << hvc_dice__below(dice, 16));
		return;
	}
	x = &call->x[rule->condition[which].reg];
	*x ^= hvc_dice__below(dice, 4) ? UINT64_C(1) << hvc_dice__below(dice, 64) : upper;
}

/* Make it a call that something is promised of; false when it cannot be one. */
static bool mend(const struct hvc_player *player, struct hvc_call *call)
{
	int rule = hvc_abi__rule_of(player->abi, player->world, call);

	if (rule < 0 || !hvc_abi_rule_at(player->abi, (unsigned)rule)->specified)
		return false;
	fill_places(hvc_abi_rule_at(player->abi, (unsigned)rule), call);
	return hvc_abi__rule_of(player->abi, player->world, call) == rule;
}

/* Can the sequence go on after such a call? */
static bool may_go_on(const struct hvc_rule *rule)
{
	return rule->outcome == HVC_OUTCOME_RETURN || rule->outcome == HVC_OUTCOME_RETRY ||
	       rule->outcome == HVC_OUTCOME_INJECT || rule->outcome == HVC_OUTCOME_UNDEFINED;
}

unsigned hvc_sequence__random(const struct hvc_player *player, struct hvc_dice *dice,
                              struct hvc_call *out)
{
	unsigned length = 1 + hvc_dice__below(dice, HVC_SEQUENCE_CALLS_MAX), calls = 0;
	unsigned rules = hvc_abi_rule_count(player->abi), used[HVC_SEQUENCE_CALLS_MAX];

	for (unsigned i = 0; i < ATTEMPTS && calls < length; i++) {
		bool again = calls && hvc_dice__below(dice, 2);
		unsigned index =
		        again ? used[hvc_dice__below(dice, calls)] : hvc_dice__below(dice, rules);
		const struct hvc_rule *rule = hvc_abi_rule_at(player->abi, index);
		struct hvc_call near;
		const struct hvc_wanted wanted = {
		        .rule = index,
		        .levels = rule->levels & player->levels,
		        .insns = rule->insns & player->insns,
		};

		if (!rule->specified || !(rule->worlds >> player->world & 1))
			continue;
		if (!may_go_on(rule) && calls + 1 < length && hvc_dice__below(dice, 8))
			continue;
		/* the same call once more, or another of its rule */
		if (again && hvc_dice__below(dice, 2))
			out[calls] = out[hvc_dice__below(dice, calls)];
		else if (!hvc_sequence__call(player, &wanted, dice, &out[calls]))
			continue;
		near = out[calls];
		spoil(rule, dice, &near);
		if (!hvc_dice__below(dice, 8) && mend(player, &near))
			out[calls] = near;
		used[calls++] = index;
	}
	return calls;
}
