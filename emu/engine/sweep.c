/* SPDX-License-Identifier: MIT */
/*
 * The hot loop: all immediates of a chunk, for each probe. Most calls do what the one before
 * did, so each outcome is first compared with what the last class predicts; only where that
 * fails is a class looked up or described.
 */
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/arch.h"
#include "hvcheck/verdict.h"

#define RECENT 32u /* classes tried before a new one is described */

/* What a class predicts for one probe: the part that moves with the immediate is redone. */
struct prediction {
	bool valid;
	unsigned class_;
	struct hvc_state state;
	unsigned moving[HVC_REG_COUNT]; /* indices of effects that move */
	unsigned movings;
};

struct sweep {
	const struct hvc_probes *probes;
	const struct hvc_lost *lost;
	const struct hvc_state *entry;
	struct hvc_masks masks;
	struct hvc_partial *partial;
	volatile uint64_t *done;
	unsigned probe;
	unsigned imm, lo, hi; /* next immediate; bounds of the chunk, hi exclusive */
	struct hvc_state before;
	struct prediction last;
	struct hvc_run run; /* growing; run.hi is its last immediate */
	bool run_open, failed;
};

static void predict(struct sweep *sweep, unsigned index)
{
	const struct hvc_class *class_ = &sweep->partial->class_[index];
	struct prediction *last = &sweep->last;

	last->valid = true;
	last->class_ = index;
	last->state = sweep->before;
	last->movings = 0;
	for (unsigned i = 0; i < class_->effects; i++) {
		const struct hvc_effect *effect = &class_->effect[i];

		if (hvc_term__moves(&effect->value))
			last->moving[last->movings++] = i;
		else
			last->state.v[effect->reg] =
			        hvc_term__eval(&effect->value, &sweep->before,
			                       &sweep->probes->probe[sweep->probe].call);
	}
}

static bool stores_match(const struct sweep *sweep, const struct hvc_class *class_,
                         const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++) {
		const struct hvc_memory_effect *effect = &class_->store[i];
		const struct hvc_store *store = &outcome->store[i];
		uint64_t mask =
		        store->size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * store->size) - 1;
		uint64_t value = hvc_term__eval(&effect->value, &sweep->before, call);

		if (store->size != effect->size || ((value ^ store->value) & mask) ||
		    hvc_term__eval(&effect->address, &sweep->before, call) != store->address)
			return false;
	}
	return true;
}

/* Does the predicted class say exactly what happened? */
static bool matches(struct sweep *sweep, const struct hvc_call *call,
                    const struct hvc_outcome *outcome)
{
	struct prediction *last = &sweep->last;
	const struct hvc_class *class_ = &sweep->partial->class_[last->class_];
	uint64_t difference = 0;

	if (outcome->kind != class_->kind || outcome->level != class_->level ||
	    outcome->esr != class_->esr || outcome->stores != class_->stores ||
	    outcome->untracked != class_->untracked ||
	    !hvc_others_same(&outcome->others, &class_->others) ||
	    outcome->pc != hvc_term__eval(&class_->pc, &sweep->before, call) ||
	    outcome->far != hvc_term__eval(&class_->far, &sweep->before, call))
		return false;
	for (unsigned i = 0; i < last->movings; i++) {
		const struct hvc_effect *effect = &class_->effect[last->moving[i]];

		last->state.v[effect->reg] = hvc_term__eval(&effect->value, &sweep->before, call);
	}
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		difference |= (outcome->state.v[i] ^ last->state.v[i]) & sweep->masks.v[i];
	return difference == 0 && stores_match(sweep, class_, call, outcome);
}

/* Leave the prediction at a class that explains the outcome: a known one, or a new one. */
static bool classify(struct sweep *sweep, const struct hvc_call *call,
                     const struct hvc_outcome *outcome)
{
	unsigned known = sweep->partial->classes;
	struct hvc_class class_;
	unsigned index;

	for (unsigned i = 0; i < known && i < RECENT; i++) {
		predict(sweep, known - 1 - i);
		if (matches(sweep, call, outcome))
			return true;
	}
	if (!hvc_class__derive(outcome, &sweep->before, call, &sweep->masks, &class_) ||
	    !hvc_partial__intern(sweep->partial, &class_, &index))
		return false;
	predict(sweep, index);
	return true;
}

static bool close_run(struct sweep *sweep)
{
	bool ok = !sweep->run_open || hvc_partial__add_run(sweep->partial, &sweep->run);

	sweep->run_open = false;
	return ok;
}

static void begin_probe(struct sweep *sweep)
{
	hvc_entry_state(sweep->entry, &sweep->probes->probe[sweep->probe].call, &sweep->before);
	sweep->imm = sweep->lo;
	sweep->last.valid = false;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct sweep *sweep = ctx;
	struct hvc_class *class_;
	unsigned imm = sweep->imm++;

	if (!sweep->last.valid || !matches(sweep, call, outcome)) {
		if (!close_run(sweep) || !classify(sweep, call, outcome)) {
			sweep->failed = true;
			return false;
		}
	}
	if (!sweep->run_open || sweep->run.class_ != sweep->last.class_) {
		if (!close_run(sweep))
			return !(sweep->failed = true);
		sweep->run = (struct hvc_run){sweep->probe, sweep->last.class_, (uint16_t)imm,
		                              (uint16_t)imm};
		sweep->run_open = true;
	}
	sweep->run.hi = (uint16_t)imm;
	class_ = &sweep->partial->class_[sweep->last.class_];
	if (outcome->instructions < class_->instructions_min)
		class_->instructions_min = outcome->instructions;
	if (outcome->instructions > class_->instructions_max)
		class_->instructions_max = outcome->instructions;
	return true;
}

/* The next call there is, made or lost; false at the end. */
static bool advance(struct sweep *sweep, struct hvc_call *call)
{
	if (sweep->imm == sweep->hi) {
		if (!close_run(sweep))
			sweep->failed = true;
		*sweep->done += sweep->hi - sweep->lo;
		sweep->probe++;
		if (sweep->failed || sweep->probe == sweep->probes->count)
			return false;
		begin_probe(sweep);
	}
	*call = sweep->probes->probe[sweep->probe].call;
	call->imm = (uint16_t)sweep->imm;
	return true;
}

/* Nothing is known of it but where the engine failed. */
static bool take_lost(struct sweep *sweep, const struct hvc_call *call,
                      const struct hvc_lost_call *lost)
{
	struct hvc_outcome outcome = {.kind = HVC_OUTCOME_FAILED, .level = HVC_LEVEL_EL2H};

	outcome.pc = lost->address;
	outcome.state = sweep->before;
	return done(sweep, call, &outcome);
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct sweep *sweep = ctx;
	const struct hvc_lost_call *lost;

	while (advance(sweep, call)) {
		lost = hvc_lost__find(sweep->lost, sweep->probe, call->imm);
		if (!lost)
			return true;
		if (!take_lost(sweep, call, lost))
			return false;
	}
	return false;
}

enum hvc_status hvc_sweep__chunk(struct hvc_machine *machine, const struct hvc_probes *probes,
                                 const struct hvc_lost *lost, unsigned chunk,
                                 volatile uint64_t *progress, struct hvc_diag *diag,
                                 struct hvc_partial *out)
{
	struct sweep sweep = {.probes = probes,
	                      .lost = lost,
	                      .entry = hvc_machine_entry(machine),
	                      .partial = out,
	                      .done = progress,
	                      .lo = chunk * HVC_CHUNK,
	                      .hi = (chunk + 1) * HVC_CHUNK};
	struct hvc_feed feed = {next, done, &sweep};
	enum hvc_status status;

	if (probes->count == 0)
		return HVC_OK;
	hvc_class__masks(hvc_machine_present(machine), &sweep.masks);
	begin_probe(&sweep);
	status = hvc_machine_run(machine, &feed, diag);
	if (status == HVC_OK && hvc_machine_invented(machine, &out->invented) != HVC_OK)
		sweep.failed = true;
	if (sweep.failed)
		return hvc_partial__complain(out, diag);
	return status;
}
