/* SPDX-License-Identifier: MIT */
#include "mutate.h"

#include <stdbool.h>

#define NOP UINT32_C(0xd503201f)

const char *mutation_name(enum mutation mutation)
{
	static const char *const names[MUTATION_COUNT] = {"condition", "immediate", "register",
	                                                  "drop"};

	return names[mutation];
}

/* Encodings: Arm ARM C4.1. A class is matched by (word & mask) == value. */
enum field {
	FLIP,   /* lo: a bit that turns the condition round */
	NUMBER, /* lo, width: one more and one less */
	OTHER,  /* lo: a register field, its number with the lowest bit turned */
	SWAP,   /* lo, width: two register fields exchanged, at lo and at width */
};

static const struct {
	uint32_t mask, value;
	enum field field;
	unsigned lo, width;
} rows[] = {
        {0xff000010, 0x54000000, FLIP, 0, 0},     /* B.cond */
        {0x7e000000, 0x34000000, FLIP, 24, 0},    /* CBZ, CBNZ */
        {0x7e000000, 0x36000000, FLIP, 24, 0},    /* TBZ, TBNZ */
        {0x1fe00000, 0x1a800000, FLIP, 12, 0},    /* CSEL and its kin */
        {0x1fe00000, 0x1a400000, FLIP, 12, 0},    /* CCMP, CCMN */
        {0x1f800000, 0x11000000, NUMBER, 10, 12}, /* ADD, SUB, CMP of an immediate */
        {0x1f800000, 0x12800000, NUMBER, 5, 16},  /* MOVZ, MOVN, MOVK */
        {0x1f800000, 0x13000000, NUMBER, 16, 6},  /* shifts and fields: immr */
        {0x1f800000, 0x13000000, NUMBER, 10, 6},  /* imms */
        {0x1f800000, 0x12000000, NUMBER, 16, 6},  /* AND, ORR, EOR of an immediate: immr */
        {0x1f800000, 0x12000000, NUMBER, 10, 6},  /* imms */
        {0x3b000000, 0x39000000, NUMBER, 10, 12}, /* LDR, STR, unsigned offset */
        {0x3b200c00, 0x38000000, NUMBER, 12, 9},  /* unscaled offset */
        {0x3b200400, 0x38000400, NUMBER, 12, 9},  /* before and after */
        {0x3a000000, 0x28000000, NUMBER, 15, 7},  /* LDP, STP */
        {0x7e000000, 0x36000000, NUMBER, 19, 5},  /* TBZ, TBNZ: the bit */
        {0x1f000000, 0x0a000000, NUMBER, 10, 6},  /* logical, of a shifted register */
        {0x1f200000, 0x0b000000, NUMBER, 10, 6},  /* ADD, SUB of a shifted register */
        {0x7e000000, 0x34000000, OTHER, 0, 0},    /* CBZ, CBNZ */
        {0x7e000000, 0x36000000, OTHER, 0, 0},    /* TBZ, TBNZ */
        {0x1f800000, 0x11000000, OTHER, 0, 0},    /* ADD, SUB, CMP of an immediate */
        {0x1f800000, 0x11000000, OTHER, 5, 0},
        {0x1f800000, 0x12000000, OTHER, 0, 0}, /* logical */
        {0x1f800000, 0x12000000, OTHER, 5, 0},
        {0x1f800000, 0x12800000, OTHER, 0, 0}, /* MOVZ, MOVN, MOVK */
        {0x1f800000, 0x13000000, OTHER, 0, 0}, /* shifts and fields */
        {0x1f800000, 0x13000000, OTHER, 5, 0},
        {0x1e000000, 0x0a000000, OTHER, 0, 0}, /* of two registers: Rd, Rn, Rm */
        {0x1e000000, 0x0a000000, OTHER, 5, 0},
        {0x1e000000, 0x0a000000, OTHER, 16, 0},
        {0x1e000000, 0x0a000000, SWAP, 0, 16},
        {0x3a000000, 0x38000000, OTHER, 0, 0}, /* loads and stores */
        {0x3a000000, 0x38000000, OTHER, 5, 0},
        {0x3a000000, 0x28000000, SWAP, 0, 10}, /* pairs */
        {0x3b000000, 0x18000000, OTHER, 0, 0}, /* LDR literal */
        {0x9f000000, 0x10000000, OTHER, 0, 0}, /* ADR */
        {0xffd00000, 0xd5100000, OTHER, 0, 0}, /* MSR, MRS */
        {0xff9ffc1f, 0xd61f0000, OTHER, 5, 0}, /* BR, BLR, RET */
};

static void add(uint32_t word, enum mutation mutation, uint32_t mutated,
                struct mutant out[static MUTANTS_MAX], unsigned *count)
{
	bool known = mutated == word;

	for (unsigned i = 0; i < *count; i++)
		known |= out[i].word == mutated;
	if (!known && *count < MUTANTS_MAX)
		out[(*count)++] = (struct mutant){mutation, mutated};
}

static uint32_t put(uint32_t word, unsigned lo, unsigned width, uint32_t value)
{
	uint32_t mask = ((UINT32_C(1) << width) - 1) << lo;

	return (word & ~mask) | (value << lo & mask);
}

unsigned mutate(uint32_t word, struct mutant out[static MUTANTS_MAX])
{
	unsigned count = 0;

	add(word, MUTATION_DROP, NOP, out, &count);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned lo = rows[i].lo, width = rows[i].width;
		uint32_t here = word >> lo;

		if ((word & rows[i].mask) != rows[i].value)
			continue;
		switch (rows[i].field) {
		case FLIP:
			add(word, MUTATION_CONDITION, word ^ UINT32_C(1) << lo, out, &count);
			break;
		case NUMBER:
			add(word, MUTATION_IMMEDIATE, put(word, lo, width, here + 1), out, &count);
			add(word, MUTATION_IMMEDIATE, put(word, lo, width, here - 1), out, &count);
			break;
		case OTHER:
			add(word, MUTATION_REGISTER, put(word, lo, 5, here ^ 1), out, &count);
			break;
		case SWAP:
			add(word, MUTATION_REGISTER,
			    put(put(word, lo, 5, word >> width), width, 5, here), out, &count);
			break;
		}
	}
	return count;
}
