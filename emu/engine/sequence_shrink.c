/* SPDX-License-Identifier: MIT */
/*
 * Sequences are short, so the fewest calls are found by trying: all subsets of the calls before
 * the last, small ones first. Then every value is made as simple as it can be.
 */
#include <string.h>

#include "abi/abi.h"
#include "engine/sequence.h"
#include "machine/outcome.h"

#define ROUNDS 4u

struct shrinking {
	struct hvc_player *player;
	const struct hvc_verdict *verdict;
	struct hvc_call *call;
	unsigned calls;
	struct hvc_diag *diag;
	enum hvc_status status; /* a failure of the engine ends the shrinking */
};

static bool is_same(const struct hvc_verdict *a, const struct hvc_verdict *b)
{
	return a->kind == b->kind && a->rule == b->rule && a->clause == b->clause &&
	       a->reg == b->reg;
}

/* Is the last of the calls, and none before, one that fails the same way? */
static bool fails(struct shrinking *s, const struct hvc_call *call, unsigned calls)
{
	struct hvc_played played;

	if (s->status == HVC_OK)
		s->status = hvc_player__begin(s->player, s->diag);
	for (unsigned i = 0; s->status == HVC_OK && i < calls; i++) {
		int rule = hvc_abi__rule_of(s->player->abi, s->player->world, &call[i]);

		if (rule < 0 || !hvc_abi_rule_at(s->player->abi, (unsigned)rule)->specified)
			return false;
		s->status = hvc_player__call(s->player, &call[i], s->diag, &played);
		if (s->status != HVC_OK || played.refused)
			return false;
		if (i + 1 == calls)
			return is_same(&played.verdict, s->verdict);
		if (played.over || played.verdict.kind == HVC_VERDICT_VIOLATES)
			return false;
	}
	return false;
}

static void cut(struct shrinking *s)
{
	struct hvc_call kept[HVC_SEQUENCE_CALLS_MAX];
	unsigned before = s->calls - 1;

	for (unsigned size = 0; size < before && s->status == HVC_OK; size++)
		for (unsigned set = 0; set < 1u << before; set++) {
			unsigned calls = 0;

			for (unsigned i = 0; i < before; i++)
				if (set >> i & 1)
					kept[calls++] = s->call[i];
			if (calls != size)
				continue;
			kept[calls++] = s->call[before];
			if (!fails(s, kept, calls))
				continue;
			memcpy(s->call, kept, calls * sizeof *kept);
			s->calls = calls;
			return;
		}
}

static bool is_same_call(const struct hvc_call *a, const struct hvc_call *b)
{
	return !memcmp(a->x, b->x, sizeof a->x) && a->nzcv == b->nzcv && a->daif == b->daif &&
	       a->imm == b->imm && a->insn == b->insn && a->from == b->from;
}

/* Try the sequence with another call in the place of one. */
static bool replace(struct shrinking *s, unsigned at, const struct hvc_call *with)
{
	struct hvc_call was = s->call[at];

	if (is_same_call(&was, with))
		return false;
	s->call[at] = *with;
	if (fails(s, s->call, s->calls))
		return true;
	s->call[at] = was;
	return false;
}

static bool simplify_value(struct shrinking *s, unsigned at, unsigned n, uint64_t base)
{
	struct hvc_call with = s->call[at];
	bool changed = false;

	if (with.x[n] == base)
		return false;
	with.x[n] = base;
	if (replace(s, at, &with))
		return true;
	with.x[n] = 0;
	if (replace(s, at, &with))
		return true;
	for (unsigned bit = 64; bit-- > 0;) {
		with = s->call[at];
		with.x[n] &= ~(UINT64_C(1) << bit);
		changed |= replace(s, at, &with);
	}
	return changed;
}

static bool simplify_call(struct shrinking *s, unsigned at)
{
	struct hvc_call base, with;
	bool changed = false;

	hvc_call_init(&base, 0);
	with = s->call[at];
	with.nzcv = base.nzcv;
	changed |= replace(s, at, &with);
	with = s->call[at];
	with.daif = base.daif;
	changed |= replace(s, at, &with);
	with = s->call[at];
	if (s->player->insns >> HVC_INSN_HVC & 1 && !hvc_level_is_aarch32(with.from))
		with.insn = HVC_INSN_HVC;
	changed |= replace(s, at, &with);
	with = s->call[at];
	if (s->player->levels >> HVC_LEVEL_EL1H & 1) {
		with.from = HVC_LEVEL_EL1H;
		with.insn = hvc_insn__at(with.insn, with.from);
	}
	changed |= replace(s, at, &with);
	with = s->call[at];
	with.imm = 0;
	changed |= replace(s, at, &with);
	for (unsigned bit = 16; bit-- > 0;) {
		with = s->call[at];
		with.imm &= (uint16_t) ~(1u << bit);
		changed |= replace(s, at, &with);
	}
	for (unsigned n = HVC_GPR_COUNT; n-- > 0;)
		changed |= simplify_value(s, at, n, base.x[n]);
	return changed;
}

enum hvc_status hvc_sequence__shrink(struct hvc_player *player, const struct hvc_verdict *verdict,
                                     struct hvc_call *call, unsigned *calls, struct hvc_diag *diag)
{
	struct shrinking s = {player, verdict, call, *calls, diag, HVC_OK};
	bool changed = true;

	cut(&s);
	for (unsigned round = 0; changed && round < ROUNDS; round++) {
		changed = false;
		for (unsigned i = 0; i < s.calls; i++)
			changed |= simplify_call(&s, i);
	}
	*calls = s.calls;
	return s.status;
}
