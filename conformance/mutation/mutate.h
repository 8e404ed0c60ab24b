/* SPDX-License-Identifier: MIT */
/** Small mistakes in machine code: what can be done to one A64 instruction. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdint.h>

#define MUTANTS_MAX 16u

/** What was done to a word. */
enum mutation {
	MUTATION_CONDITION, /**< taken where it was not, and the other way round */
	MUTATION_IMMEDIATE, /**< a number, bit number or offset off by one */
	MUTATION_REGISTER,  /**< another register, or two of them exchanged */
	MUTATION_DROP,      /**< nothing in its place */
	MUTATION_COUNT,
};

struct mutant {
	enum mutation mutation;
	uint32_t word;
};

/** "condition", "immediate", "register", "drop". */
const char *mutation_name(enum mutation mutation);

/** All mutants of a word, each different from it and from the others; how many. */
unsigned mutate(uint32_t word, struct mutant out[static MUTANTS_MAX]);

#endif
