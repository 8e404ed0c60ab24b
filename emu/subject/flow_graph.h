/* SPDX-License-Identifier: MIT */
/** A function's code as flow.h has it, for all instruction sets. Internal. */
#ifndef SUBJECT_FLOW_GRAPH_H
#define SUBJECT_FLOW_GRAPH_H

#include "subject/value.h"

/** Code that is entered at its beginning only. */
struct hvc_flow_block {
	unsigned begin, end; /**< words */
	bool reached;
	struct hvc_values in;
};

/** What one instruction does to control. */
struct hvc_flow_insn {
	enum hvc_flow kind;
	uint64_t target; /**< as of hvc_a64__flow */
	bool calls;      /**< a function: BL, BLR and their like */
	bool exception;  /**< SVC, HVC, SMC and their like */
	bool jump;       /**< INDIRECT: it does not return */
};

struct hvc_flow_graph {
	const struct hvc_image *image;
	enum hvc_isa isa;
	uint64_t begin;
	unsigned unit; /**< bytes of a word: of T32 2, half of some instructions */
	unsigned words;
	uint32_t *word;     /**< of T32 with the halfword behind it, as they are in memory */
	uint8_t *length;    /**< words of the instruction that begins here; 0: none does */
	uint8_t *condition; /**< that IT gives it, as bits 31:28 of A32; 0xe, or outside: always */
	unsigned *block_of; /**< of each word */
	struct hvc_flow_block *block;
	unsigned blocks;
	bool table_jumps; /**< it has a BR, so code that nothing leads to may be its target */
};

/** Address of a word. */
static inline uint64_t hvc_flow__address(const struct hvc_flow_graph *flow, unsigned i)
{
	return flow->begin + (uint64_t)i * flow->unit;
}

#endif
