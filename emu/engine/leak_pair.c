/* SPDX-License-Identifier: MIT */
/*
 * Everything by which a caller can tell two paths apart, as conditions: each is asked of the
 * solver, and where it can hold, by rule, whether the rule's results say so.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "base/grow.h"
#include "engine/leak.h"
#include "hvcheck/arch.h"
#include "machine/world.h"

static const uint8_t fpcr[5] = {3, 3, 4, 4, 0}, fpsr[5] = {3, 3, 4, 4, 1};

static hvc_ref other(const struct hvc_leak_pair *pair, hvc_ref a)
{
	return hvc_secret__other(pair->search->p.terms, a);
}

static hvc_ref differ(struct hvc_bvs *t, hvc_ref a, hvc_ref b)
{
	return hvc_bv__not(t, hvc_bv__eq(t, a, b));
}

static hvc_ref truth(struct hvc_bvs *t, bool holds)
{
	return hvc_bv__num(t, 1, holds);
}

/* One place that may tell something. */
struct place {
	enum hvc_channel channel;
	unsigned place;
	hvc_ref value[2]; /* REGISTER: what it holds, in either world */
};

static bool is_known(const struct hvc_leaks *leaks, int rule, const struct place *place)
{
	for (unsigned i = 0; i < leaks->leaks; i++)
		if (leaks->leak[i].rule == rule && leaks->leak[i].channel == place->channel &&
		    leaks->leak[i].place == place->place)
			return true;
	return false;
}

enum hvc_status hvc_leak__add(struct hvc_leak_search *search, const struct hvc_leak *leak)
{
	struct hvc_leaks *leaks = search->leaks;

	if (!hvc_grow(&leaks->leak, &search->capacity, leaks->leaks, sizeof *leaks->leak))
		return HVC_E_NOMEM;
	leaks->leak[leaks->leaks++] = *leak;
	return HVC_OK;
}

/* Of all secrets only the image's own data, which a call may be there to give. */
static bool is_data(struct hvc_bvs *t, hvc_ref value)
{
	const struct hvc_input *input;

	for (size_t i = 0; (input = hvc_bv__input_at(t, i)); i++) {
		int secret =
		        input->term->uses & value->uses ? hvc_secret__of(input) : HVC_SECRET_NONE;

		if (secret != HVC_SECRET_NONE && secret != HVC_SECRET_DATA)
			return false;
	}
	return true;
}

/* Where a rule says that the register holds this, in both worlds, or data for the caller. */
static hvc_ref is_declared(struct hvc_leak_pair *pair, int rule, const struct place *place)
{
	struct hvc_prover *p = &pair->search->p;
	const struct hvc_rule *says =
	        rule < 0 ? NULL : hvc_abi_rule_at(pair->search->config->abi, (unsigned)rule);
	struct hvc_bvs *t = p->terms;
	hvc_ref any = truth(t, false);

	if (says && place->channel == HVC_CHANNEL_REGISTER && place->place < HVC_REG_COUNT &&
	    hvc_regset_has(&says->returns, (enum hvc_reg)place->place) &&
	    is_data(t, place->value[0]) && is_data(t, place->value[1]))
		return truth(t, true);
	for (unsigned i = 0; says && place->channel == HVC_CHANNEL_REGISTER && i < says->results;
	     i++) {
		const struct hvc_result *result = &says->result[i];
		hvc_ref mask, rest, says_so, one;

		if (result->reg != (enum hvc_reg)place->place)
			continue;
		mask = hvc_bv__num(t, 64, result->mask);
		rest = hvc_bv__num(t, 64, ~result->mask);
		one = hvc_bv__eq(t, hvc_bv__and(t, place->value[0], rest),
		                 hvc_bv__and(t, place->value[1], rest));
		if (!result->intervals) {
			says_so = hvc_prover__expr(p, &result->expr);
			for (unsigned side = 0; side < 2; side++)
				one = hvc_bv__and(
				        t, one,
				        hvc_bv__eq(t,
				                   hvc_bv__and(
				                           t, side ? other(pair, says_so) : says_so,
				                           mask),
				                   hvc_bv__and(t, place->value[side], mask)));
		}
		any = hvc_bv__or(t, any, one);
	}
	return any;
}

/* Without a specification, a stub that lets its caller install vectors is as good as any. */
static bool may_change(const struct hvc_leak_pair *pair, int index, enum hvc_reg reg)
{
	const struct hvc_rule *rule =
	        index < 0 ? NULL : hvc_abi_rule_at(pair->search->config->abi, (unsigned)index);

	for (unsigned i = 0; rule && i < rule->results; i++)
		if (rule->result[i].reg == reg)
			return true;
	return !rule || !rule->specified || hvc_regset_has(&rule->clobbers, reg);
}

/* Of one rule; what is required of the solver can hold. */
static enum hvc_status note(struct hvc_leak_pair *pair, int rule, const struct place *place,
                            struct hvc_diag *diag)
{
	struct hvc_leak_search *search = pair->search;
	struct hvc_prover *p = &search->p;
	hvc_ref undeclared = hvc_bv__not(p->terms, is_declared(pair, rule, place));
	struct hvc_leak leak = {
	        .rule = rule,
	        .channel = place->channel,
	        .place = place->place,
	        .world = search->world,
	        .secret_reg = HVC_REG_NONE,
	};
	struct hvc_leak_pair narrow = *pair;
	enum hvc_answer answer = HVC_ANSWER_YES;
	bool shown = false;

	if (place->channel == HVC_CHANNEL_CONTROL && may_change(pair, rule, HVC_REG_VBAR_EL2))
		return HVC_OK;
	hvc_solver__require(p->solver, undeclared);
	if (!hvc_bv__is(undeclared, 1))
		answer = hvc_solver__check(p->solver);
	if (answer == HVC_ANSWER_UNDECIDED)
		hvc_prover__gap(p, "the solver gave up");
	search->leaks->declared += answer == HVC_ANSWER_NO;
	if (answer != HVC_ANSWER_YES)
		return HVC_OK;
	narrow.all = hvc_bv__and(p->terms, pair->all, undeclared);
	hvc_symbolic__print_condition(p->symbolic, pair->a, leak.condition, sizeof leak.condition);
	HVC_TRY(hvc_leak__show(&narrow, &leak, &shown, diag));
	return shown && hvc_leak__add(search, &leak) != HVC_OK
	               ? hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory")
	               : HVC_OK;
}

static int rule_of(struct hvc_leak_search *search)
{
	struct hvc_call call;

	if (!search->config->abi)
		return -1;
	hvc_prover__take_model(&search->p);
	hvc_prover__call(&search->p, &call);
	return hvc_abi__rule_of(search->config->abi, search->world, &call);
}

/* Rule by rule, where it can tell something. */
static enum hvc_status look(struct hvc_leak_pair *pair, const struct place *place, hvc_ref parts,
                            struct hvc_diag *diag)
{
	struct hvc_prover *p = &pair->search->p;
	struct hvc_leak_pair narrow = *pair;
	enum hvc_status status = HVC_OK;
	enum hvc_answer answer;

	if (hvc_bv__is(parts, 0))
		return HVC_OK;
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, parts);
	narrow.all = hvc_bv__and(p->terms, pair->all, parts);
	while (status == HVC_OK && (answer = hvc_solver__check(p->solver)) != HVC_ANSWER_NO) {
		int rule = answer == HVC_ANSWER_YES ? rule_of(pair->search) : -1;
		hvc_ref governs =
		        rule < 0 ? truth(p->terms, true) : hvc_prover__governs(p, (unsigned)rule);
		struct hvc_leak_pair one = narrow;

		if (answer == HVC_ANSWER_UNDECIDED) {
			hvc_prover__gap(p, "the solver gave up");
			break;
		}
		one.all = hvc_bv__and(p->terms, narrow.all, governs);
		hvc_solver__push(p->solver);
		hvc_solver__require(p->solver, governs);
		if (!is_known(pair->search->leaks, rule, place))
			status = note(&one, rule, place, diag);
		hvc_solver__pop(p->solver);
		if (rule < 0)
			break;
		governs = hvc_bv__not(p->terms, governs);
		hvc_solver__require(p->solver, governs);
		narrow.all = hvc_bv__and(p->terms, narrow.all, governs);
	}
	hvc_solver__pop(p->solver);
	return status;
}

/* How, at which level and where they end. */
static hvc_ref ends_apart(const struct hvc_leak_pair *pair)
{
	const struct hvc_sympath *a = pair->a, *b = pair->b;
	struct hvc_bvs *t = pair->search->p.terms;
	bool granted = hvc_view__is_granted(a->kind, a->level);

	if (!hvc_view__is_back(a->kind, a->level) && !hvc_view__is_back(b->kind, b->level)) {
		if (granted != hvc_view__is_granted(b->kind, b->level))
			return truth(t, true);
		if (!granted)
			return truth(t, false);
	} else if (a->kind != b->kind || a->level != b->level) {
		return truth(t, true);
	}
	if (!a->target || !b->target)
		return truth(t, a->target != b->target);
	return differ(t, a->target, other(pair, b->target));
}

void (*hvc_leak__trial)(const struct hvc_leak_pair *pair, unsigned reg, hvc_ref *parts);

static enum hvc_status look_at_registers(struct hvc_leak_pair *pair, hvc_ref together,
                                         struct hvc_diag *diag)
{
	struct hvc_prover *p = &pair->search->p;
	struct hvc_bvs *t = p->terms;
	hvc_ref after[2][HVC_REG_COUNT];

	hvc_prover__after(p, pair->a, after[0]);
	hvc_prover__after(p, pair->b, after[1]);
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		struct place place = {HVC_CHANNEL_REGISTER, reg, {NULL, NULL}};
		hvc_ref mask = hvc_bv__num(t, 64, hvc_reg_info((enum hvc_reg)reg)->mask), parts;

		if (!hvc_view__shows((enum hvc_reg)reg) ||
		    !hvc_regset_has(hvc_machine_present(p->machine), (enum hvc_reg)reg))
			continue;
		place.value[0] = hvc_bv__and(t, after[0][reg], mask);
		place.value[1] = other(pair, hvc_bv__and(t, after[1][reg], mask));
		parts = hvc_bv__and(t, together, differ(t, place.value[0], place.value[1]));
		if (hvc_leak__trial)
			hvc_leak__trial(pair, reg, &parts);
		HVC_TRY(look(pair, &place, parts, diag));
	}
	return HVC_OK;
}

static hvc_ref other_register(const struct hvc_way *way, const uint8_t name[5])
{
	for (unsigned i = 0; i < way->others; i++)
		if (!memcmp(way->other[i].encoding, name, 5))
			return way->other[i].value;
	return NULL;
}

/* Registers of which nothing was read and nothing written have no term: they are as they were. */
static hvc_ref parts_in(const struct hvc_leak_pair *pair, hvc_ref a, hvc_ref b)
{
	struct hvc_bvs *t = pair->search->p.terms;

	if (!a && !b)
		return truth(t, false);
	return a && b ? differ(t, a, other(pair, b)) : truth(t, true);
}

static enum hvc_status look_at_simd(struct hvc_leak_pair *pair, hvc_ref together,
                                    struct hvc_diag *diag)
{
	struct hvc_scene *scene = &pair->search->p.symbolic->scene;
	struct hvc_bvs *t = scene->terms;

	for (unsigned n = 0; n < HVC_SIMD_NAMES; n++) {
		const struct place place = {HVC_CHANNEL_SIMD, n, {NULL, NULL}};
		hvc_ref parts = truth(t, false);

		for (unsigned half = 0; n < HVC_SIMD_COUNT && half < 2; half++)
			if (pair->a->way->q[n][half] || pair->b->way->q[n][half])
				parts = hvc_bv__or(
				        t, parts,
				        parts_in(pair, hvc_way__q(scene, pair->a->way, n, half),
				                 hvc_way__q(scene, pair->b->way, n, half)));
		if (n >= HVC_SIMD_COUNT) {
			const uint8_t *name = n == HVC_SIMD_COUNT ? fpcr : fpsr;

			parts = parts_in(pair, other_register(pair->a->way, name),
			                 other_register(pair->b->way, name));
		}
		HVC_TRY(look(pair, &place, hvc_bv__and(t, together, parts), diag));
	}
	return HVC_OK;
}

/* A store that a caller may see; NULL: it goes to EL2's own memory. */
static const struct hvc_log *visible(const struct hvc_leak_search *search,
                                     const struct hvc_log *log)
{
	const struct hvc_image *image = hvc_subject_image(search->config->subject);

	for (; log; log = log->before) {
		bool own = !log->base && log->offset - HVC_EL2_DATA < HVC_EL2_DATA_SIZE;

		for (unsigned i = 0; !log->base && i < image->segments; i++)
			own |= log->offset - image->segment[i].address < image->segment[i].size;
		if (!own && (!log->base || hvc_way__is_callers(search->p.terms, log->base)))
			return log;
	}
	return NULL;
}

static hvc_ref address_of(struct hvc_bvs *t, const struct hvc_log *log)
{
	hvc_ref offset = hvc_bv__num(t, 64, log->offset);

	return log->base ? hvc_bv__add(t, log->base, offset) : offset;
}

static hvc_ref is_own(struct hvc_leak_search *search, const struct hvc_log *log)
{
	return hvc_secret__is_own(search->p.terms, hvc_subject_image(search->config->subject),
	                          address_of(search->p.terms, log), log->size);
}

/* Is it the caller's memory? */
static hvc_ref is_seen(struct hvc_leak_pair *pair, const struct hvc_log *log)
{
	return hvc_bv__not(pair->search->p.terms, is_own(pair->search, log));
}

/* Store by store, the last first. */
static hvc_ref stores_apart(struct hvc_leak_pair *pair)
{
	const struct hvc_log *a = visible(pair->search, pair->a->way->log);
	const struct hvc_log *b = visible(pair->search, pair->b->way->log);
	struct hvc_bvs *t = pair->search->p.terms;
	hvc_ref apart = truth(t, false);

	for (; a || b; a = a ? visible(pair->search, a->before) : NULL,
	               b = b ? visible(pair->search, b->before) : NULL) {
		hvc_ref seen = truth(t, false), one = truth(t, true);

		if (a)
			seen = hvc_bv__or(t, seen, is_seen(pair, a));
		if (b)
			seen = hvc_bv__or(t, seen, other(pair, is_seen(pair, b)));
		if (a && b && a->size == b->size)
			one = hvc_bv__or(
			        t, differ(t, a->value, other(pair, b->value)),
			        differ(t, address_of(t, a), other(pair, address_of(t, b))));
		apart = hvc_bv__or(t, apart, hvc_bv__and(t, seen, one));
	}
	return apart;
}

/* Where EL2 takes exceptions is what the caller says, and no rule says that it may. */
static enum hvc_status look_at_vectors(struct hvc_leak_pair *pair, struct hvc_diag *diag)
{
	const struct place place = {HVC_CHANNEL_CONTROL, HVC_REG_VBAR_EL2, {NULL, NULL}};
	struct hvc_prover *p = &pair->search->p;
	hvc_ref now = pair->a->way->sys[HVC_REG_VBAR_EL2];

	if (!now || !(now->uses & HVC_USES_CALL))
		return HVC_OK;
	return look(pair, &place, differ(p->terms, now, p->before[HVC_REG_VBAR_EL2]), diag);
}

enum hvc_status hvc_leak__compare(struct hvc_leak_pair *pair, struct hvc_diag *diag)
{
	const struct place ends = {HVC_CHANNEL_OUTCOME, 0, {NULL, NULL}};
	const struct place memory = {HVC_CHANNEL_MEMORY, 0, {NULL, NULL}};
	const struct hvc_sympath *a = pair->a, *b = pair->b;
	struct hvc_bvs *t = pair->search->p.terms;
	hvc_ref apart = ends_apart(pair), together = hvc_bv__not(t, apart);

	/* Who waits for a lock, or a device, goes on when it comes: nobody below EL2 decides when.
	 */
	if (a->waits || b->waits)
		return HVC_OK;
	HVC_TRY(look(pair, &ends, apart, diag));
	if (hvc_bv__is(apart, 1) || hvc_view__is_granted(a->kind, a->level))
		return HVC_OK;
	HVC_TRY(look(pair, &memory, hvc_bv__and(t, together, stores_apart(pair)), diag));
	if (!hvc_view__is_back(a->kind, a->level) || !hvc_view__is_back(b->kind, b->level))
		return HVC_OK;
	HVC_TRY(look_at_registers(pair, together, diag));
	HVC_TRY(look_at_simd(pair, together, diag));
	return a == b ? look_at_vectors(pair, diag) : HVC_OK;
}

/* Registers that callers can read and the machine has no row for. */
static bool hides_a_register(struct hvc_leak_search *search, const struct hvc_way *way)
{
	struct hvc_bvs *t = search->p.terms;

	if (hvc_secret__in(t, way->pstate))
		return true;
	for (unsigned i = 0; i < way->others; i++) {
		const struct hvc_other_value *reg = &way->other[i];

		if (reg->written && (reg->encoding[1] == 0 || reg->encoding[1] == 3) &&
		    memcmp(reg->encoding, fpcr, 5) != 0 && memcmp(reg->encoding, fpsr, 5) != 0 &&
		    hvc_secret__in(t, reg->value))
			return true;
	}
	return false;
}

/* A store where the caller says may change what EL2 reads, or runs, afterwards. */
static bool may_hit_own(struct hvc_leak_search *search, const struct hvc_sympath *path)
{
	struct hvc_prover *p = &search->p;
	hvc_ref any = truth(p->terms, false);
	enum hvc_answer answer;

	for (const struct hvc_log *log = path->way->log; log; log = log->before)
		if (log->base && hvc_way__is_callers(p->terms, log->base))
			any = hvc_bv__or(p->terms, any, is_own(search, log));
	if (hvc_bv__is(any, 0))
		return false;
	hvc_solver__push(p->solver);
	hvc_solver__require(p->solver, hvc_symbolic__condition(p->symbolic, path));
	hvc_solver__require(p->solver, any);
	answer = hvc_solver__check(p->solver);
	hvc_solver__pop(p->solver);
	return answer != HVC_ANSWER_NO;
}

bool hvc_leak__is_sound(struct hvc_leak_search *search, const struct hvc_sympath *path)
{
	struct hvc_prover *p = &search->p;
	char text[200];

	if (path->end != HVC_END_OUTCOME) {
		hvc_symbolic__print_end(p->symbolic, path, text, sizeof text);
		hvc_prover__gap(p, "%s", text);
		return false;
	}
	if (path->kind == HVC_OUTCOME_JUMP && hvc_level__el(path->level) == 2 && path->target &&
	    !hvc_way__is_callers(p->terms, path->target) &&
	    hvc_secret__in(p->terms, path->target)) {
		hvc_bv__print(p->terms, path->target, text, sizeof text);
		hvc_prover__gap(p, "control goes where EL2's own memory says: %s", text);
		return false;
	}
	if (hvc_view__is_back(path->kind, path->level) && hides_a_register(search, path->way))
		hvc_prover__gap(p, "a system register that is not compared tells of a secret");
	if (may_hit_own(search, path))
		hvc_prover__gap(p, "a store where the caller says, to EL2's own memory");
	if (path->way->partial)
		hvc_prover__gap(p, "an access that faults for some addresses only");
	return true;
}
