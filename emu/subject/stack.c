/* SPDX-License-Identifier: MIT */
/*
 * Compilers that do not optimise keep every argument on the stack, and take it from there for the
 * call.
 */
#include "subject/stack.h"

#include <string.h>

#include "machine/access.h"
#include "subject/def_use.h"

#define SP 31u
#define FP 29u
static const struct hvc_stack_base a64 = {SP, FP};

void hvc_stack__forget(struct hvc_stack *out)
{
	memset(out, 0, sizeof *out);
}

void hvc_stack__enter(struct hvc_stack *out)
{
	hvc_stack__forget(out);
	out->known = true;
}

struct hvc_value hvc_value__low(const struct hvc_value *value)
{
	struct hvc_value out = *value;

	out.pointer = false;
	for (unsigned i = 0; i < out.constants; i++)
		out.constant[i] = (uint32_t)out.constant[i];
	/* They are sorted, which cutting may undo. */
	for (unsigned i = 1; i < out.constants; i++)
		if (out.constant[i - 1] >= out.constant[i])
			out.constants = 0;
	if (out.kind == HVC_VALUE_ADDRESS || (out.kind == HVC_VALUE_CONSTANT && !out.constants)) {
		out.kind = HVC_VALUE_UNKNOWN;
		out.constants = 0;
	}
	if (out.kind == HVC_VALUE_ARGUMENT) {
		out.word = true;
		out.sign = false;
	}
	return out;
}

static void drop(struct hvc_stack *stack, int64_t at, int64_t size)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < stack->slots; i++)
		if (stack->slot[i].at + stack->slot[i].size <= at || stack->slot[i].at >= at + size)
			stack->slot[kept++] = stack->slot[i];
	stack->slots = kept;
}

void hvc_stack__put(struct hvc_stack *stack, int64_t at, unsigned size,
                    const struct hvc_value *value)
{
	drop(stack, at, size);
	if (stack->slots < HVC_STACK_SLOTS)
		stack->slot[stack->slots++] = (struct hvc_stack_slot){at, size, *value};
}

const struct hvc_value *hvc_stack__get(const struct hvc_stack *stack, int64_t at, unsigned size)
{
	for (unsigned i = 0; i < stack->slots; i++)
		if (stack->slot[i].at == at && stack->slot[i].size >= size)
			return &stack->slot[i].value;
	return NULL;
}

void hvc_stack__spoil(struct hvc_stack *stack, bool sp)
{
	if (sp || stack->shared)
		stack->slots = 0;
}

/* Does it move one or two w or x registers, and nothing else, to or from neighbouring slots? */
static bool is_plain(const struct hvc_a64_access *a)
{
	return !a->vector && !a->sign && !a->status && a->load != a->store &&
	       a->index == HVC_A64_NONE && (a->size == 4 || a->size == 8);
}

bool hvc_stack__place(const struct hvc_stack *stack, struct hvc_stack_base base, unsigned reg,
                      int64_t *at)
{
	*at = reg == base.sp ? stack->sp : stack->fp;
	return reg == base.sp ? stack->known : reg == base.fp && stack->framed;
}

static void reach(struct hvc_stack *stack, const struct hvc_a64_access *a,
                  const struct hvc_value x[HVC_GPR_COUNT], struct hvc_value loaded[HVC_GPR_COUNT])
{
	const struct hvc_value zero = {.kind = HVC_VALUE_CONSTANT,
	                               .kinds = 1u << HVC_VALUE_CONSTANT,
	                               .reg = HVC_REG_NONE,
	                               .constants = 1};
	const struct hvc_value *found;
	struct hvc_value value;
	int64_t at;

	if (!hvc_stack__place(stack, a64, a->base, &at)) {
		if (!a->load)
			hvc_stack__spoil(stack, a->base == SP);
		return;
	}
	at += a->offset;
	for (unsigned i = 0, r = a->rt; i < (a->rt == a->rt2 ? 1 : 2);
	     i++, r = a->rt2, at += a->size) {
		found = a->load ? hvc_stack__get(stack, at, a->size) : r == 31 ? &zero : &x[r];
		if (!found || (a->load && r == 31))
			continue;
		value = a->size == 8 ? *found : hvc_value__low(found);
		if (a->load)
			loaded[r] = value;
		else
			hvc_stack__put(stack, at, a->size, &value);
	}
}

void hvc_stack__add(struct hvc_stack *stack, struct hvc_stack_base base, unsigned rd, unsigned rn,
                    int64_t imm)
{
	int64_t at;

	if (!hvc_stack__place(stack, base, rn, &at)) {
		stack->framed &= rd != base.fp;
		if (rd == base.sp)
			hvc_stack__forget(stack);
		return;
	}
	at += imm;
	if (rd == base.sp) {
		stack->sp = at;
		stack->known = true;
	} else if (rd == base.fp) {
		stack->fp = at;
		stack->framed = true;
	} else {
		stack->shared = true;
	}
}

/* ADD and SUB of an immediate, of or to SP and x29. False: another instruction. */
static bool add(struct hvc_stack *stack, uint32_t word)
{
	int64_t imm = (int64_t)(word >> 10 & 0xfff) << (word >> 22 & 1 ? 12 : 0);
	unsigned rd = word & 31, rn = word >> 5 & 31;

	/* Those that set flags have no SP to write. */
	if ((word & 0xbf800000) != 0x91000000 || (rd != SP && rd != FP && rn != SP))
		return false;
	hvc_stack__add(stack, a64, rd, rn, word >> 30 & 1 ? -imm : imm);
	return true;
}

void hvc_stack__step(struct hvc_stack *stack, const struct hvc_value x[HVC_GPR_COUNT],
                     uint32_t word, struct hvc_value loaded[HVC_GPR_COUNT])
{
	bool memory = (word >> 25 & 5) == 4, sets_sp;
	struct hvc_a64_access a;
	struct hvc_def_use use;

	if (add(stack, word))
		return;
	hvc_def_use__of(word, &use);
	if (memory && hvc_a64__access(word, &a)) {
		if (is_plain(&a))
			reach(stack, &a, x, loaded);
		else if (a.store)
			stack->slots = 0;
		if (a.back && a.base == SP && a.moves)
			stack->sp += a.moves;
		else if (a.back && a.base == SP)
			hvc_stack__forget(stack);
	}
	/* AND, ORR, EOR of an immediate and ADD, SUB of an extended register write SP. */
	sets_sp = (word & 31) == SP &&
	          ((word & 0x1f800000) == 0x12000000 || (word & 0x3fe00000) == 0x0b200000);
	if (sets_sp)
		hvc_stack__forget(stack);
	stack->framed &= !(use.writes >> FP & 1);
}

void hvc_stack__call(struct hvc_stack *stack)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < stack->slots && !stack->shared; i++)
		if (stack->slot[i].at >= stack->sp)
			stack->slot[kept++] = stack->slot[i];
	stack->slots = kept;
}

bool hvc_stack__merge(struct hvc_stack *into, const struct hvc_stack *from,
                      struct hvc_value (*merge)(const struct hvc_value *a,
                                                const struct hvc_value *b),
                      bool (*same)(const struct hvc_value *a, const struct hvc_value *b))
{
	const struct hvc_stack old = *into;
	bool changed;

	into->shared |= from->shared;
	into->framed &= from->framed && into->fp == from->fp;
	if (!from->known || into->sp != from->sp)
		into->known = false;
	if (!into->known)
		into->slots = 0;
	for (unsigned i = 0; i < into->slots;) {
		const struct hvc_stack_slot *a = &into->slot[i], *b = NULL;

		for (unsigned k = 0; k < from->slots; k++)
			if (from->slot[k].at == a->at && from->slot[k].size == a->size)
				b = &from->slot[k];
		if (b) {
			into->slot[i].value = merge(&a->value, &b->value);
			i++;
		} else {
			into->slot[i] = into->slot[--into->slots];
		}
	}
	changed = into->known != old.known || into->framed != old.framed ||
	          into->shared != old.shared || into->slots != old.slots;
	for (unsigned i = 0; i < into->slots && !changed; i++)
		changed = !same(&into->slot[i].value, &old.slot[i].value);
	return changed;
}
