/* SPDX-License-Identifier: MIT */
/*
 * Compilers that do not optimise keep every argument on the stack, and take it from there for the
 * call. Encodings: Arm ARM (DDI 0487) C4.1.
 */
#include "subject/stack.h"

#include <string.h>

#include "subject/def_use.h"

#define SP 31u
#define FP 29u

static int64_t field(uint32_t word, unsigned low, unsigned bits)
{
	uint32_t value = word >> low & ((1u << bits) - 1);

	return (int64_t)(value ^ 1u << (bits - 1)) - (1 << (bits - 1));
}

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

/* One load or store of general registers, as what it does to so many neighbouring slots. */
struct access {
	unsigned base, reg[2], count, size;
	bool load, back; /* back: the base is moved */
	int64_t offset, moves;
};

static bool decode(uint32_t word, struct access *out)
{
	unsigned mode = word >> 23 & 3;

	*out = (struct access){.base = word >> 5 & 31, .reg = {word & 31, word >> 10 & 31}};
	if ((word & 0x7e000000) == 0x28000000) { /* STP, LDP */
		out->size = word >> 31 ? 8 : 4;
		out->count = 2;
		out->load = word >> 22 & 1;
		out->moves = field(word, 15, 7) * out->size;
		out->offset = mode == 1 ? 0 : out->moves;
		out->back = mode & 1;
		return true;
	}
	if ((word & 0xbe000000) != 0xb8000000 || word >> 23 & 1) /* STR, LDR of w and x */
		return false;
	out->size = word >> 30 & 1 ? 8 : 4;
	out->count = 1;
	out->load = word >> 22 & 1;
	if (word >> 24 & 1) {
		out->offset = (int64_t)(word >> 10 & 0xfff) * out->size;
		return true;
	}
	out->moves = field(word, 12, 9);
	out->offset = (word >> 10 & 3) == 1 ? 0 : out->moves;
	out->back = word >> 10 & 1;
	return !(word >> 21 & 1) && (word >> 10 & 3) != 2;
}

/* Where a base register points to. */
static bool place(const struct hvc_stack *stack, unsigned base, int64_t *at)
{
	*at = base == SP ? stack->sp : stack->fp;
	return base == SP ? stack->known : base == FP && stack->framed;
}

static void reach(struct hvc_stack *stack, const struct access *a,
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
	for (unsigned i = 0; i < a->count; i++) {
		int64_t here = at + a->offset + (int64_t)(i * a->size);

		if (!a->load)
			put(stack, here, a->size, a->reg[i] == 31 ? &zero : &x[a->reg[i]]);
		else if (a->reg[i] != 31)
			get(stack, here, a->size, &loaded[a->reg[i]]);
	}
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
	struct hvc_def_use use;
	struct access a;

	if (add(stack, word))
		return;
	hvc_def_use__of(word, &use);
	if (memory && decode(word, &a)) {
		reach(stack, &a, x, loaded);
		if (a.back && a.base == SP)
			stack->sp += a.moves;
	} else if (memory && !use.loaded) {
		stack->slots = 0; /* some other store */
		if ((word >> 5 & 31) == SP && word >> 23 & 1)
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
