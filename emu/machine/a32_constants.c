/* SPDX-License-Identifier: MIT */
/* Constants of A32 and T32 code (Arm ARM F4, F5.1: modified immediates, MOVW, MOVT, LDR literal).
 */
#include <string.h>

#include "machine/a32.h"

struct constants {
	const uint8_t *bytes;
	uint64_t size;
	uint64_t *out;
	unsigned most, *count;
	uint32_t half[16]; /* of each register: what MOVW put there */
};

static void add(struct constants *c, uint32_t value)
{
	for (unsigned i = 0; i < *c->count; i++)
		if (c->out[i] == value)
			return;
	if (*c->count < c->most)
		c->out[(*c->count)++] = value;
}

/* What is compared with a number may be told apart from its neighbour. */
static void add_compared(struct constants *c, uint32_t value)
{
	add(c, value);
	add(c, value + 1);
}

static uint32_t word_at(const struct constants *c, uint64_t at)
{
	uint32_t word = 0;

	if (at <= c->size && c->size - at >= 4)
		memcpy(&word, c->bytes + at, 4);
	return word;
}

static void add_literal(struct constants *c, uint64_t at)
{
	if (at <= c->size && c->size - at >= 4)
		add(c, word_at(c, at));
}

static uint32_t ror(uint32_t value, unsigned by)
{
	return by ? value >> by | value << (32 - by) : value;
}

uint32_t hvc_a32__immediate(uint32_t word)
{
	return ror(word & 0xff, word >> 7 & 30);
}

/* Data processing with an immediate, by its opcode: what the register is told apart by. */
static void add_processed(struct constants *c, unsigned compare, unsigned negate, unsigned invert,
                          unsigned opcode, uint32_t value)
{
	if (opcode == negate)
		add_compared(c, 0 - value);
	else if (opcode == invert)
		add(c, ~value);
	else if (opcode == compare)
		add_compared(c, value);
	else
		add(c, value);
}

static void a32(struct constants *c, uint64_t at)
{
	uint32_t word = word_at(c, at), half = (word >> 4 & 0xf000) | (word & 0xfff);
	unsigned rd = word >> 12 & 15;

	if ((word & 0x0f7f0000) == 0x051f0000) {
		add_literal(
		        c, at + 8 + (word >> 23 & 1 ? word & 0xfff : (uint64_t)0 - (word & 0xfff)));
	} else if ((word & 0x0ff00000) == 0x03000000) {
		c->half[rd] = half;
		add(c, half);
	} else if ((word & 0x0ff00000) == 0x03400000) {
		add(c, half << 16 | c->half[rd]);
	} else if ((word & 0x0e000000) == 0x02000000) {
		add_processed(c, 10, 11, 15, word >> 21 & 15, hvc_a32__immediate(word));
	}
}

uint32_t hvc_t32__immediate(uint32_t word)
{
	uint32_t imm = word & 0xff, how = (word >> 15 & 0x800) | (word >> 4 & 0x700);

	if (how & 0xc00)
		return ror(0x80 | (imm & 0x7f), (how | imm) >> 7 & 31);
	return how >> 8 == 0   ? imm
	       : how >> 8 == 1 ? imm << 16 | imm
	       : how >> 8 == 2 ? imm << 24 | imm << 8
	                       : imm << 24 | imm << 16 | imm << 8 | imm;
}

/* Returns the bytes of the instruction. */
static unsigned t32(struct constants *c, uint64_t at)
{
	uint32_t both = word_at(c, at), first = both & 0xffff, word = first << 16 | both >> 16;
	uint32_t half =
	        (word >> 4 & 0xf000) | (word >> 15 & 0x800) | (word >> 4 & 0x700) | (word & 0xff);
	unsigned rd = word >> 8 & 15;

	if (first >> 11 < 0x1d) {
		if (first >> 11 == 4)
			add(c, first & 0xff);
		else if (first >> 11 == 5)
			add_compared(c, first & 0xff);
		else if (first >> 11 == 9)
			add_literal(c, ((at + 4) & ~UINT64_C(3)) + 4 * (first & 0xff));
		return 2;
	}
	if ((word & 0xfbf08000) == 0xf2400000) {
		c->half[rd] = half;
		add(c, half);
	} else if ((word & 0xfbf08000) == 0xf2c00000) {
		add(c, half << 16 | c->half[rd]);
	} else if ((word & 0xfa008000) == 0xf0000000) {
		add_processed(c, 13, 8, 3, word >> 21 & 15, hvc_t32__immediate(word));
	} else if ((word & 0xff7f0000) == 0xf85f0000) {
		add_literal(c,
		            ((at + 4) & ~UINT64_C(3)) +
		                    (word >> 23 & 1 ? word & 0xfff : (uint64_t)0 - (word & 0xfff)));
	}
	return 4;
}

void hvc_a32__constants(const uint8_t *bytes, uint64_t size, bool is_t32, uint64_t *out,
                        unsigned most, unsigned *count)
{
	struct constants c = {bytes, size, out, most, count, {0}};

	for (uint64_t at = 0; at < size;) {
		if (is_t32)
			at += t32(&c, at);
		else
			a32(&c, at), at += 4;
	}
}
