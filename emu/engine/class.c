/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "hvcheck/arch.h"
#include "hvcheck/verdict.h"

/* Below this a number is more likely a number than a copy of some register that holds it too. */
#define SMALL UINT64_C(0x100000)

void hvc_class__masks(const struct hvc_regset *present, struct hvc_masks *out)
{
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)i);
		bool seen = hvc_regset_has(present, (enum hvc_reg)i) &&
		            info->class_ != HVC_CLASS_EXCEPTION && i != HVC_REG_SCR_EL3;

		out->v[i] = seen ? info->mask : 0;
	}
}

static uint64_t syndrome(const struct hvc_call *call)
{
	uint64_t ec = call->insn == HVC_INSN_SMC ? HVC_EC_SMC64 : HVC_EC_HVC64;

	return ec << 26 | UINT64_C(1) << 25 | call->imm;
}

/* PSTATE of the caller, as taking its exception saves it. */
static uint64_t saved_pstate(const struct hvc_state *before, const struct hvc_call *call)
{
	return before->v[HVC_REG_NZCV] | before->v[HVC_REG_DAIF] | before->v[HVC_REG_PSTATE] |
	       hvc_level_mode(call->from);
}

uint64_t hvc_term__eval(const struct hvc_term *term, const struct hvc_state *before,
                        const struct hvc_call *call)
{
	switch (term->kind) {
	case HVC_TERM_CONST:
		return term->value;
	case HVC_TERM_REG:
		if (term->reg >= HVC_REG_COUNT)
			return 0;
		return before->v[term->reg] & (term->value ? term->value : UINT64_MAX);
	case HVC_TERM_FUNCTION:
		return hvc_function_result(before->v[1], before->v[2], before->v[3]);
	case HVC_TERM_IMM:
		return call->imm;
	case HVC_TERM_ESR:
		return syndrome(call);
	case HVC_TERM_RETURN:
		return hvc_call_address(call) + 4;
	case HVC_TERM_SPSR:
		return saved_pstate(before, call);
	default: /* HVC_TERM_SELF: classes hold no other kind */
		return hvc_call_address(call);
	}
}

bool hvc_term__moves(const struct hvc_term *term)
{
	return term->kind != HVC_TERM_CONST && term->kind != HVC_TERM_REG &&
	       term->kind != HVC_TERM_FUNCTION && term->kind != HVC_TERM_SPSR;
}

static struct hvc_term term_of(enum hvc_term_kind kind)
{
	return (struct hvc_term){.kind = kind, .reg = HVC_REG_NONE};
}

static struct hvc_term constant(uint64_t value)
{
	return (struct hvc_term){.kind = HVC_TERM_CONST, .reg = HVC_REG_NONE, .value = value};
}

/* Flags and masks are bits of their own, never copies of an address or a number. */
static bool is_pstate(enum hvc_reg reg)
{
	return hvc_reg_info(reg)->class_ == HVC_CLASS_PSTATE;
}

/* Where may a value come from? Tried in order of how surprising a coincidence would be. */
static struct hvc_term guess(uint64_t value, uint64_t mask, const struct hvc_state *before,
                             const struct hvc_call *call)
{
	static const enum hvc_term_kind from_call[] = {HVC_TERM_ESR, HVC_TERM_RETURN,
	                                               HVC_TERM_SELF};
	/* where the low bits are not seen, neither is whether a value moves with the immediate */
	bool may_move = (mask & UINT16_MAX) == UINT16_MAX;
	struct hvc_term term = constant(value & mask);

	if (may_move && value == call->imm)
		return term_of(HVC_TERM_IMM);
	if ((value & mask) < SMALL)
		return term;
	for (size_t i = 0; may_move && i < sizeof from_call / sizeof *from_call; i++) {
		struct hvc_term other = term_of(from_call[i]);

		if (hvc_term__eval(&other, before, call) == value)
			return other;
	}
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		if (((before->v[i] ^ value) & mask) == 0 && !is_pstate((enum hvc_reg)i) &&
		    hvc_reg_info((enum hvc_reg)i)->class_ != HVC_CLASS_EXCEPTION) {
			term.kind = HVC_TERM_REG;
			term.reg = (enum hvc_reg)i;
			term.value = 0;
			return term;
		}
	if (value == hvc_function_result(before->v[1], before->v[2], before->v[3]))
		return term_of(HVC_TERM_FUNCTION);
	return term;
}

/*
 * An address may also be the low bits of a register: how a kernel's pointer is made EL2's. It is
 * never the immediate.
 */
static struct hvc_term guess_address(uint64_t value, const struct hvc_state *before,
                                     const struct hvc_call *call)
{
	struct hvc_term term = guess(value, UINT64_MAX, before, call);

	if (term.kind == HVC_TERM_IMM)
		term = constant(value);
	for (unsigned bits = 32; term.kind == HVC_TERM_CONST && bits < 64; bits++)
		for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
			uint64_t mask = (UINT64_C(1) << bits) - 1;

			if (before->v[i] > mask && (before->v[i] & mask) == value)
				return (struct hvc_term){HVC_TERM_REG, (enum hvc_reg)i, mask};
		}
	return term;
}

/* Only aborts report the address that they are about. */
static bool has_address(const struct hvc_outcome *outcome)
{
	unsigned ec = hvc_arch_ec(outcome->esr);

	return outcome->kind == HVC_OUTCOME_FAULT &&
	       (ec == HVC_EC_IABT_SAME || ec == HVC_EC_DABT_SAME || ec == HVC_EC_PC_ALIGN);
}

static bool derive_stores(const struct hvc_outcome *outcome, const struct hvc_state *before,
                          const struct hvc_call *call, struct hvc_class *class_)
{
	unsigned kept = outcome->stores < HVC_STORE_MAX ? outcome->stores : HVC_STORE_MAX;
	struct hvc_memory_effect *store;

	class_->stores = outcome->stores;
	if (kept == 0)
		return true;
	store = calloc(kept, sizeof *store);
	if (!store)
		return false;
	for (unsigned i = 0; i < kept; i++) {
		const struct hvc_store *s = &outcome->store[i];
		uint64_t mask = s->size >= 8 ? UINT64_MAX : (UINT64_C(1) << 8 * s->size) - 1;

		store[i].address = guess(s->address, UINT64_MAX, before, call);
		store[i].value = guess(s->value, mask, before, call);
		store[i].size = s->size;
	}
	class_->store = store;
	return true;
}

static struct hvc_term where(const struct hvc_outcome *outcome, const struct hvc_state *before,
                             const struct hvc_call *call)
{
	switch (outcome->kind) {
	case HVC_OUTCOME_RETURN:
		return term_of(HVC_TERM_RETURN);
	case HVC_OUTCOME_RETRY:
	case HVC_OUTCOME_UNDEFINED:
		return term_of(HVC_TERM_SELF);
	case HVC_OUTCOME_JUMP:
	case HVC_OUTCOME_FAULT:
	case HVC_OUTCOME_FORWARD:
		return guess_address(outcome->pc, before, call);
	default:
		return (struct hvc_term){
		        .kind = HVC_TERM_CONST, .reg = HVC_REG_NONE, .value = outcome->pc};
	}
}

bool hvc_class__derive(const struct hvc_outcome *outcome, const struct hvc_state *before,
                       const struct hvc_call *call, const struct hvc_masks *masks,
                       struct hvc_class *out)
{
	struct hvc_effect effects[HVC_REG_COUNT];
	struct hvc_effect *kept = NULL;
	unsigned count = 0;

	memset(out, 0, sizeof *out);
	/* What lies between members leaves this process, too. */
	memset(effects, 0, sizeof effects);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++) {
		uint64_t value = outcome->state.v[i];

		if (((value ^ before->v[i]) & masks->v[i]) == 0)
			continue;
		effects[count].reg = (enum hvc_reg)i;
		if (is_pstate((enum hvc_reg)i))
			effects[count].value = constant(value & masks->v[i]);
		else if (i == HVC_REG_SPSR_EL1 && value == saved_pstate(before, call))
			effects[count].value = term_of(HVC_TERM_SPSR);
		else
			effects[count].value = guess(value, masks->v[i], before, call);
		count++;
	}
	if (count) {
		kept = malloc(count * sizeof *kept);
		if (!kept)
			return false;
		memcpy(kept, effects, count * sizeof *kept);
	}
	out->kind = outcome->kind;
	out->level = outcome->level;
	out->pc = where(outcome, before, call);
	out->esr = outcome->esr;
	out->far = has_address(outcome) ? guess_address(outcome->far, before, call) : constant(0);
	out->effect = kept;
	out->effects = count;
	out->untracked = outcome->untracked;
	out->others = outcome->others;
	out->instructions_min = out->instructions_max = outcome->instructions;
	if (derive_stores(outcome, before, call, out))
		return true;
	hvc_class__free(out);
	return false;
}

void hvc_class__free(struct hvc_class *class_)
{
	free((void *)(uintptr_t)class_->effect);
	free((void *)(uintptr_t)class_->store);
	class_->effect = NULL;
	class_->store = NULL;
}

static bool term_equal(const struct hvc_term *a, const struct hvc_term *b)
{
	return a->kind == b->kind && a->reg == b->reg && a->value == b->value;
}

static unsigned kept_stores(const struct hvc_class *class_)
{
	return class_->stores < HVC_STORE_MAX ? class_->stores : HVC_STORE_MAX;
}

bool hvc_class_equal(const struct hvc_class *a, const struct hvc_class *b)
{
	if (a->kind != b->kind || a->level != b->level || a->esr != b->esr ||
	    a->effects != b->effects || a->stores != b->stores || a->untracked != b->untracked ||
	    !hvc_others_same(&a->others, &b->others) || !term_equal(&a->pc, &b->pc) || !term_equal(&a->far, &b->far))
		return false;
	for (unsigned i = 0; i < a->effects; i++)
		if (a->effect[i].reg != b->effect[i].reg ||
		    !term_equal(&a->effect[i].value, &b->effect[i].value))
			return false;
	for (unsigned i = 0; i < kept_stores(a); i++)
		if (a->store[i].size != b->store[i].size ||
		    !term_equal(&a->store[i].address, &b->store[i].address) ||
		    !term_equal(&a->store[i].value, &b->store[i].value))
			return false;
	return true;
}

/* FNV-1a over words; only ever used inside one run of the program. */
static uint64_t fold(uint64_t hash, uint64_t word)
{
	return (hash ^ word ^ word >> 32) * UINT64_C(0x100000001b3);
}

static uint64_t fold_term(uint64_t hash, const struct hvc_term *term)
{
	return fold(fold(hash, (uint64_t)term->kind << 8 | (unsigned)term->reg), term->value);
}

uint64_t hvc_class__hash(const struct hvc_class *class_)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = fold(hash, (uint64_t)class_->kind << 8 | (unsigned)class_->level);
	hash = fold(hash, class_->esr);
	hash = fold_term(hash, &class_->pc);
	hash = fold_term(hash, &class_->far);
	for (unsigned i = 0; i < class_->effects; i++)
		hash = fold_term(fold(hash, class_->effect[i].reg), &class_->effect[i].value);
	for (unsigned i = 0; i < kept_stores(class_); i++)
		hash = fold_term(fold_term(hash, &class_->store[i].address),
		                 &class_->store[i].value);
	return hash ^ hash >> 29;
}

void hvc_class_apply(const struct hvc_class *class_, const struct hvc_state *entry,
                     const struct hvc_call *call, struct hvc_outcome *out)
{
	struct hvc_state before;

	memset(out, 0, sizeof *out);
	hvc_entry_state(entry, call, &before);
	out->state = before;
	for (unsigned i = 0; i < class_->effects; i++)
		out->state.v[class_->effect[i].reg] =
		        hvc_term__eval(&class_->effect[i].value, &before, call);
	out->kind = class_->kind;
	out->level = class_->level;
	out->pc = hvc_term__eval(&class_->pc, &before, call);
	out->esr = class_->esr;
	out->far = hvc_term__eval(&class_->far, &before, call);
	out->instructions = class_->instructions_max;
	out->untracked = class_->untracked;
	out->others = class_->others;
	out->stores = class_->stores;
	for (unsigned i = 0; i < kept_stores(class_); i++) {
		const struct hvc_memory_effect *store = &class_->store[i];

		out->store[i].address = hvc_term__eval(&store->address, &before, call);
		out->store[i].value = hvc_term__eval(&store->value, &before, call);
		out->store[i].size = store->size;
	}
}

void hvc_term_print(const struct hvc_term *term, char *text, size_t size)
{
	switch (term->kind) {
	case HVC_TERM_CONST:
		snprintf(text, size, "0x%llx", (unsigned long long)term->value);
		break;
	case HVC_TERM_REG:
		snprintf(text, size, term->value ? "%s & 0x%llx" : "%s", hvc_reg_name(term->reg),
		         (unsigned long long)term->value);
		break;
	case HVC_TERM_FUNCTION:
		snprintf(text, size, "function(x1, x2, x3)");
		break;
	case HVC_TERM_IMM:
		snprintf(text, size, "imm");
		break;
	case HVC_TERM_ESR:
		snprintf(text, size, "esr");
		break;
	case HVC_TERM_RETURN:
		snprintf(text, size, "return");
		break;
	case HVC_TERM_SPSR:
		snprintf(text, size, "spsr");
		break;
	default:
		snprintf(text, size, "self");
		break;
	}
}
