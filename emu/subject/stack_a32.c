/* SPDX-License-Identifier: MIT */
/*
 * What A32 and T32 code puts on the stack and takes from it: PUSH, POP, and the loads and stores of
 * words at SP and at the frame pointer (Arm ARM F4.1.3 and F3.1, F5.1).
 */
#include "machine/a32.h"
#include "subject/stack.h"

#define SP 13u

/* Words in ascending order of registers, from base + offset on. */
struct access {
	bool load;
	bool words; /* false: a store of something else */
	unsigned base;
	uint32_t list; /* a bit each */
	unsigned pair; /* of LDRD and STRD: the second register; 0: none */
	int64_t offset, moves;
};

static int64_t sign(bool up, uint32_t by)
{
	return up ? (int64_t)by : -(int64_t)by;
}

/* LDM and STM: before: the address is moved before each word. */
static void multiple(uint32_t list, bool up, bool before, bool back, struct access *out)
{
	int64_t size = 4 * (int64_t)__builtin_popcount(list & 0xffff);

	out->list = list & 0xffff;
	out->offset = up ? (before ? 4 : 0) : (before ? 0 : 4) - size;
	out->moves = back ? (up ? size : -size) : 0;
}

/* Bits 24, 23 and 21 of A32: P, U, W. */
static void indexed(uint32_t pre, bool up, bool back, uint32_t by, struct access *out)
{
	out->offset = pre ? sign(up, by) : 0;
	out->moves = back || !pre ? sign(up, by) : 0;
}

static bool a32(uint32_t word, struct access *out)
{
	bool pre = word >> 24 & 1, up = word >> 23 & 1, back = word >> 21 & 1;
	unsigned rt = word >> 12 & 15, op = word >> 5 & 3;

	if (word >> 28 == 15)
		return false;
	*out = (struct access){.load = word >> 20 & 1, .words = true, .base = word >> 16 & 15};
	if ((word & 0x0e000000) == 0x08000000) {
		multiple(word, up, pre, back, out);
		out->words = !(word >> 22 & 1);
	} else if ((word & 0x0e000000) == 0x04000000) {
		out->list = 1u << rt;
		out->words = !(word >> 22 & 1);
		indexed(pre, up, back, word & 0xfff, out);
	} else if ((word & 0x0e000010) == 0x06000000) {
		out->words = false;
	} else if ((word & 0x0e000090) == 0x00000090 && op) {
		out->load |= op == 2;
		out->words = word >> 22 & 1 && !(word >> 20 & 1) && op != 1;
		out->list = 1u << rt;
		out->pair = rt + 1;
		indexed(pre, up, back, (word >> 4 & 0xf0) | (word & 15), out);
	} else {
		return false;
	}
	return true;
}

static bool t32_narrow(uint32_t word, struct access *out)
{
	*out = (struct access){.load = word >> 11 & 1, .words = true, .base = SP};
	if ((word & 0xf600) == 0xb400) { /* PUSH, POP */
		uint32_t list = (word & 0xff) | (word >> 8 & 1) << (out->load ? 15 : 14);

		multiple(list, out->load, !out->load, true, out);
	} else if (word >> 12 == 9) {
		out->list = 1u << (word >> 8 & 7);
		out->offset = 4 * (word & 0xff);
	} else if (word >> 12 == 6) {
		out->base = word >> 3 & 7;
		out->list = 1u << (word & 7);
		out->offset = word >> 4 & 0x7c;
	} else if (word >> 12 == 12) {
		out->base = word >> 8 & 7;
		multiple(word & 0xff, true, false, true, out);
	} else if (word >> 12 == 7 || word >> 12 == 8 || (word & 0xf600) == 0x5000 ||
	           (word & 0xfe00) == 0x5400) {
		out->load = word >> 12 != 5 && out->load;
		out->base = word >> 3 & 7;
		out->words = false;
	} else {
		return false;
	}
	return true;
}

static bool t32_wide(uint32_t word, struct access *out)
{
	unsigned rt = word >> 12 & 15;

	*out = (struct access){.load = word >> 20 & 1, .words = true, .base = word >> 16 & 15};
	if ((word & 0xffe00000) == 0xf8c00000) {
		out->list = 1u << rt;
		out->offset = word & 0xfff;
	} else if ((word & 0xffe00800) == 0xf8400800) {
		out->list = 1u << rt;
		indexed(word >> 10 & 1, word >> 9 & 1, word >> 8 & 1, word & 0xff, out);
	} else if ((word & 0xfe400000) == 0xe8400000 && word & 0x01200000) {
		out->list = 1u << rt;
		out->pair = word >> 8 & 15;
		indexed(word >> 24 & 1, word >> 23 & 1, word >> 21 & 1, 4 * (word & 0xff), out);
	} else if ((word & 0xfe400000) == 0xe8000000) {
		multiple(word, word >> 23 & 1, word >> 24 & 1, word >> 21 & 1, out);
	} else if (word >> 25 == 0x7c && !out->load) {
		out->words = false;
	} else {
		return false;
	}
	return true;
}

static void reach(struct hvc_stack *stack, const struct access *a, int64_t at,
                  const struct hvc_value *x, struct hvc_value *loaded)
{
	for (unsigned r = 0; r < 16; r++) {
		const struct hvc_value *found;

		if (!(a->list >> r & 1))
			continue;
		found = a->load ? hvc_stack__get(stack, at, 4) : r < 15 ? &x[r] : NULL;
		if (found && a->load && r < 15)
			loaded[r] = *found;
		else if (found && !a->load)
			hvc_stack__put(stack, at, 4, found);
		at += 4;
	}
}

bool hvc_stack__step_a32(struct hvc_stack *stack, const struct hvc_value x[HVC_GPR_COUNT],
                         uint32_t word, enum hvc_isa isa, struct hvc_value loaded[HVC_GPR_COUNT])
{
	const struct hvc_stack_base base = {SP, isa == HVC_ISA_T32 ? 7 : 11};
	struct access a;
	int64_t at;

	if (isa == HVC_ISA_A32   ? !a32(word, &a)
	    : word <= UINT16_MAX ? !t32_narrow(word, &a)
	                         : !t32_wide(word, &a))
		return false;
	if (!hvc_stack__place(stack, base, a.base, &at) || !a.words) {
		if (!a.load)
			hvc_stack__spoil(stack, a.base == SP || a.base == base.fp);
		if (a.base == SP && a.moves)
			hvc_stack__forget(stack);
		return true;
	}
	reach(stack, &a, at + a.offset, x, loaded);
	if (a.pair) {
		a.list = 1u << a.pair;
		reach(stack, &a, at + a.offset + 4, x, loaded);
	}
	if (a.moves)
		hvc_stack__add(stack, base, a.base, a.base, a.moves);
	if (a.load && a.list >> SP & 1)
		hvc_stack__forget(stack);
	return true;
}
