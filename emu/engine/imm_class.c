/* SPDX-License-Identifier: MIT */
/* Groups of immediates: one of each is called, and followed instruction by instruction. */
#include "engine/imm_class.h"

#include <stdlib.h>
#include <string.h>

#include "engine/imm_lanes.h"
#include "engine/scene.h"
#include "hvcheck/aarch32.h"
#include "machine/outcome.h"
#include "machine/world.h"

#define CLASSES_MAX 64u
#define STEPS_MAX   4096u
#define NO_CLASS    UINT8_MAX

/* Immediates that are alike, the first of them, and what of its outcome is not theirs. */
struct class
{
	uint16_t imm;
	struct hvc_call call;
	struct hvc_outcome outcome;
	bool at_call; /* it ended at the caller's instruction, or behind it */
	bool taken;   /* EL2 was entered */
	struct hvc_lane *place[HVC_LANES_PLACES];
};

struct hvc_imm_classes {
	struct hvc_machine *machine;
	struct hvc_world world;
	struct hvc_lanes lanes;
	uint16_t member[HVC_IMM_COUNT], rest[HVC_IMM_COUNT];
	uint8_t of[HVC_IMM_COUNT];
	struct class class_[CLASSES_MAX];
	unsigned classes;
	/* the call under way */
	struct hvc_call call;
	bool made, known;
	unsigned steps;
	/* told last */
	struct hvc_outcome told;
	uint8_t told_class;
};

static void on_step(void *ctx, const struct hvc_step *step)
{
	struct hvc_imm_classes *c = ctx;

	c->known = c->known && c->steps++ < STEPS_MAX && hvc_lanes__step(&c->lanes, step);
}

enum hvc_status hvc_imm_classes__open(const struct hvc_lost_machine *with, struct hvc_diag *diag,
                                      struct hvc_imm_classes **out)
{
	struct hvc_imm_classes *c = calloc(1, sizeof *c);
	struct hvc_machine_config config = {
	        .image = *hvc_subject_image(with->subject),
	        .world = &c->world,
	        .budget = with->budget,
	        .trace = on_step,
	        .trace_ctx = c,
	};
	enum hvc_status status;

	if (!c)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	c->world = *with->world;
	status = hvc_machine_open(&config, diag, &c->machine);
	if (status != HVC_OK) {
		free(c);
		return status;
	}
	*out = c;
	return HVC_OK;
}

static void forget(struct hvc_imm_classes *c)
{
	for (unsigned i = 0; i < c->classes; i++)
		for (unsigned k = 0; k < HVC_LANES_PLACES; k++) {
			/* HSR may still be in a register, too. */
			for (unsigned m = k + 1; m < HVC_LANES_PLACES; m++)
				if (c->class_[i].place[m] == c->class_[i].place[k])
					c->class_[i].place[m] = NULL;
			free(c->class_[i].place[k]);
		}
	c->classes = 0;
	c->told_class = NO_CLASS;
	memset(c->of, NO_CLASS, sizeof c->of);
}

void hvc_imm_classes__close(struct hvc_imm_classes *classes)
{
	if (!classes)
		return;
	forget(classes);
	hvc_machine_close(classes->machine);
	free(classes);
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct hvc_imm_classes *c = ctx;

	*call = c->call;
	return !c->made;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct hvc_imm_classes *c = ctx;
	struct class *class_ = &c->class_[c->classes];

	class_->call = *call;
	class_->outcome = *outcome;
	c->made = true;
	return true;
}

/* What the immediate is in: HSR, and the address that is returned to. */
static bool begin(struct hvc_imm_classes *c, const struct hvc_call *call)
{
	struct hvc_lane *esr = hvc_lanes__new(&c->lanes), *elr = hvc_lanes__new(&c->lanes);
	struct hvc_call one = *call;

	if (!esr || !elr)
		return false;
	for (unsigned i = 0; i < c->lanes.members; i++) {
		uint16_t imm = one.imm = c->lanes.member[i];

		esr->v[imm] = (uint32_t)hvc_call__esr(&one);
		elr->v[imm] =
		        (uint32_t)hvc_call__address(&one) + (hvc_insn_is_smc(call->insn) ? 0 : 4);
	}
	c->lanes.place[HVC_LANES_ESR] = esr;
	c->lanes.place[HVC_LANES_ELR] = elr;
	return true;
}

/* Does what EL2 has stored for others to see depend? */
static bool stores(const struct hvc_imm_classes *c, const struct hvc_outcome *outcome)
{
	if (c->lanes.words && outcome->stores > HVC_STORE_MAX)
		return true;
	for (unsigned i = 0; i < outcome->stores && i < HVC_STORE_MAX; i++)
		for (unsigned k = 0; k < c->lanes.words; k++)
			if (outcome->store[i].address - c->lanes.word[k].address + 8 < 12)
				return true;
	return false;
}

/*
 * Is the end the same for all? One at the caller's instruction, or behind it, is if all of them
 * return there by their own ELR_hyp; one elsewhere, if that is no caller's instruction.
 */
static bool ends_alike(struct hvc_imm_classes *c, struct class *class_)
{
	const struct hvc_outcome *o = &class_->outcome;
	const struct hvc_lane *elr;
	struct hvc_call one = class_->call;
	const uint64_t behind = o->pc - hvc_call__address(&class_->call);

	class_->at_call = behind == 0 || behind == 4;
	class_->taken = c->steps || !class_->at_call;
	if (!class_->taken)
		return true;
	/* Of an exception that nothing answers there is nothing left in HSR and ELR_hyp. */
	for (unsigned i = HVC_LANES_ESR; o->kind == HVC_OUTCOME_FAULT && i <= HVC_LANES_ELR; i++)
		c->lanes.place[i] = c->lanes.all[i - HVC_LANES_ESR];
	elr = c->lanes.place[HVC_LANES_ELR];
	if (stores(c, o) || (elr && o->level != HVC_LEVEL_EL2_HYP && !class_->at_call) ||
	    (!class_->at_call && o->pc - HVC_AARCH32_CALLS < HVC_AARCH32_CALLS_SIZE))
		return false;
	for (unsigned i = 0; class_->at_call && i < c->lanes.members; i++) {
		one.imm = c->lanes.member[i];
		if (!elr || elr->v[one.imm] != (uint32_t)(hvc_call__address(&one) + behind))
			return false;
	}
	for (unsigned i = 0; i < HVC_LANES_PLACES; i++) {
		if (c->lanes.place[i] &&
		    c->lanes.place[i]->v[class_->imm] != (uint32_t)o->state.v[hvc_lanes__reg(i)])
			return false;
	}
	return true;
}

/* Keep what the class needs of the values, and free the others. */
static void keep(struct hvc_imm_classes *c, bool known)
{
	struct hvc_lanes *lanes = &c->lanes;
	struct class *class_ = &c->class_[c->classes];

	memset(class_->place, 0, sizeof class_->place);
	for (unsigned i = 0; known && class_->taken && i < HVC_LANES_PLACES; i++)
		class_->place[i] = lanes->place[i];
	for (unsigned i = 0; i < lanes->alls; i++) {
		bool kept = false;

		for (unsigned k = 0; k < HVC_LANES_PLACES; k++)
			kept |= class_->place[k] == lanes->all[i];
		if (!kept)
			free(lanes->all[i]);
	}
	if (!known)
		return;
	for (unsigned i = 0; i < lanes->members; i++)
		c->of[lanes->member[i]] = (uint8_t)c->classes;
	c->classes++;
}

/* Of the members of c->lanes, those that do as the first; the others are its rest. */
static enum hvc_status find_one(struct hvc_imm_classes *c, struct hvc_diag *diag)
{
	const struct hvc_feed feed = {next, done, c};
	struct class *class_ = &c->class_[c->classes];
	enum hvc_status status;

	c->lanes.rests = c->lanes.words = c->lanes.alls = c->steps = 0;
	memset(c->lanes.place, 0, sizeof c->lanes.place);
	c->call.imm = class_->imm = c->lanes.member[0];
	c->made = false;
	c->known = begin(c, &c->call);
	status = hvc_machine_run(c->machine, &feed, diag);
	keep(c, status == HVC_OK && c->known && ends_alike(c, class_));
	return status;
}

enum hvc_status hvc_imm_classes__find(struct hvc_imm_classes *c, const struct hvc_call *call,
                                      struct hvc_diag *diag)
{
	enum hvc_status status = HVC_OK;
	unsigned left = HVC_IMM_COUNT;

	forget(c);
	if (!call || call->insn == HVC_INSN_TRAP)
		return HVC_OK;
	c->call = *call;
	hvc_call__fit(&c->call, c->world.cpu);
	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm++)
		c->rest[imm] = (uint16_t)imm;
	c->lanes.member = c->member;
	c->lanes.rest = c->rest;
	for (unsigned tries = 0;
	     status == HVC_OK && left && c->classes < CLASSES_MAX - 1 && tries < 2 * CLASSES_MAX;
	     tries++) {
		memcpy(c->member, c->rest, left * sizeof *c->member);
		c->lanes.members = left;
		status = find_one(c, diag);
		left = c->lanes.rests;
	}
	return status;
}

bool hvc_imm_classes__first(const struct hvc_imm_classes *c, unsigned i, uint16_t *imm)
{
	if (i < c->classes)
		*imm = c->class_[i].imm;
	return i < c->classes;
}

bool hvc_imm_classes__has(const struct hvc_imm_classes *c, uint16_t imm)
{
	return c->of[imm] != NO_CLASS;
}

const struct hvc_outcome *hvc_imm_classes__outcome(struct hvc_imm_classes *c, uint16_t imm,
                                                   const struct hvc_call **call)
{
	struct class *class_ = &c->class_[c->of[imm]];

	if (c->told_class != c->of[imm]) {
		c->told_class = c->of[imm];
		c->told = class_->outcome;
	}
	class_->call.imm = imm;
	if (class_->at_call) {
		struct hvc_call first = class_->call;

		first.imm = class_->imm;
		c->told.pc = class_->outcome.pc - hvc_call__address(&first) +
		             hvc_call__address(&class_->call);
	}
	for (unsigned i = 0; i < HVC_LANES_PLACES; i++)
		if (class_->place[i])
			c->told.state.v[hvc_lanes__reg(i)] = class_->place[i]->v[imm];
	*call = &class_->call;
	return &c->told;
}

enum hvc_status hvc_imm_classes__supplied(struct hvc_imm_classes *classes,
                                          struct hvc_supplied *into)
{
	return hvc_machine_supplied(classes->machine, into);
}
