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

static void put(struct hvc_stack *stack, int64_t at, unsigned size, const struct hvc_value *value)
{
	drop(stack, at, size);
	if (stack->slots == HVC_STACK_SLOTS)
		return;
	stack->slot[stack->slots++] =
	        (struct hvc_stack_slot){at, size, size == 8 ? *value : hvc_value__low(value)};
}

static void get(const struct hvc_stack *stack, int64_t at, unsigned size, struct hvc_value *out)
{
	for (unsigned i = 0; i < stack->slots; i++)
		if (stack->slot[i].at == at && stack->slot[i].size >= size)
			*out = size == 8 ? stack->slot[i].value
			                 : hvc_value__low(&stack->slot[i].value);
}

/* Does it move one or two w or x registers, and nothing else, to or from neighbouring slots? */
static bool is_plain(const struct hvc_a64_access *a)
{
	return !a->vector && !a->sign && !a->status && a->load != a->store &&
	       a->index == HVC_A64_NONE && (a->size == 4 || a->size == 8);
}

/* Where a base register points to. */
static bool place(const struct hvc_stack *stack, unsigned base, int64_t *at)
{
	*at = base == SP ? stack->sp : stack->fp;
	return base == SP ? stack->known : base == FP && stack->framed;
}

static void reach(struct hvc_stack *stack, const struct hvc_a64_access *a,
                  const struct hvc_value x[HVC_GPR_COUNT], struct hvc_value loaded[HVC_GPR_COUNT])
{
	const struct hvc_value zero = {.kind = HVC_VALUE_CONSTANT,
	                               .kinds = 1u << HVC_VALUE_CONSTANT,
	                               .reg = HVC_REG_NONE,
	                               .constants = 1};
	int64_t at;

	if (!place(stack, a->base, &at)) {
		if (!a->load && (a->base == SP || stack->shared))
			stack->slots = 0;
		return;
	}
	at += a->offset;
	for (unsigned i = 0, r = a->rt; i < (a->rt == a->rt2 ? 1 : 2);
	     i++, r = a->rt2, at += a->size)
		if (!a->load)
			put(stack, at, a->size, r == 31 ? &zero : &x[r]);
		else if (r != 31)
			get(stack, at, a->size, &loaded[r]);
}

/* ADD and SUB of an immediate, of or to SP and x29. False: another instruction. */
static bool add(struct hvc_stack *stack, uint32_t word)
{
	int64_t imm = (int64_t)(word >> 10 & 0xfff) << (word >> 22 & 1 ? 12 : 0), at;
	unsigned rd = word & 31, rn = word >> 5 & 31;

	/* Those that set flags have no SP to write. */
	if ((word & 0xbf800000) != 0x91000000 || (rd != SP && rd != FP && rn != SP))
		return false;
	if (!place(stack, rn, &at)) {
		stack->framed &= rd != FP;
		if (rd == SP)
			hvc_stack__forget(stack);
		return true;
	}
	at += word >> 30 & 1 ? -imm : imm;
	if (rd == SP) {
		stack->sp = at;
		stack->known = true;
	} else if (rd == FP) {
		stack->fp = at;
		stack->framed = true;
	} else {
		stack->shared = true;
	}
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
