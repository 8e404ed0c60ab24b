/* SPDX-License-Identifier: MIT */
#include "subject/flow.h"

#include <stdlib.h>
#include <string.h>

#include "subject/a64.h"
#include "subject/flow_a32.h"
#include "subject/walk.h"

/* Instructions before a site in which a branch around it is looked for. */
#define GUARD_REACH 8u

void hvc_flow__insn(const struct hvc_flow_graph *flow, unsigned i, struct hvc_flow_insn *out)
{
	uint64_t address = hvc_flow__address(flow, i);
	uint32_t word = flow->word[i];

	if (flow->isa != HVC_ISA_A64) {
		hvc_flow__insn_a32(flow, i, out);
		return;
	}
	*out = (struct hvc_flow_insn){0};
	out->kind = hvc_a64__flow(address, word, &out->target);
	out->jump = (word & 0xfe7ff000) == 0xd61f0000; /* BR, BRAA and their like; BLR, BLRAA */
	out->calls = out->kind == HVC_FLOW_CALL || (word & 0xfe7ff000) == 0xd63f0000;
	out->exception = (word & 0xffe00000) == 0xd4000000;
}

void hvc_flow__use(const struct hvc_flow_graph *flow, unsigned i, struct hvc_def_use *out)
{
	if (flow->isa == HVC_ISA_A64)
		hvc_def_use__of(flow->word[i], out);
	else
		hvc_disasm__use_aarch32(hvc_flow__address(flow, i), flow->word[i],
		                        flow->isa == HVC_ISA_T32, out);
}

bool hvc_flow__covers(const struct hvc_flow_graph *flow, uint64_t address)
{
	unsigned i;

	return hvc_flow__index(flow, address, &i);
}

bool hvc_flow__index(const struct hvc_flow_graph *flow, uint64_t address, unsigned *i)
{
	uint64_t at = (address - flow->begin) / flow->unit;

	if (address < flow->begin || at >= flow->words || !flow->length[at])
		return false;
	*i = (unsigned)at;
	return true;
}

unsigned hvc_flow__successors(const struct hvc_flow_graph *flow, unsigned i, unsigned next[2])
{
	struct hvc_flow_insn insn;
	unsigned count = 0;

	hvc_flow__insn(flow, i, &insn);
	if ((insn.kind == HVC_FLOW_NEXT || insn.kind == HVC_FLOW_COND ||
	     insn.kind == HVC_FLOW_CALL) &&
	    i + flow->length[i] < flow->words)
		next[count++] = i + flow->length[i];
	if ((insn.kind == HVC_FLOW_BRANCH || insn.kind == HVC_FLOW_COND) &&
	    hvc_flow__index(flow, insn.target, &next[count]))
		count++;
	return count;
}

/* Blocks begin at targets and after whatever does not simply go on. */
static enum hvc_status make_blocks(struct hvc_flow_graph *flow)
{
	bool *leader = calloc(flow->words + 1, sizeof(*leader));

	if (!leader)
		return HVC_E_NOMEM;
	leader[0] = true;
	for (unsigned i = 0; i < flow->words; i += flow->length[i] ? flow->length[i] : 1) {
		struct hvc_flow_insn insn;
		unsigned to;

		hvc_flow__insn(flow, i, &insn);
		flow->table_jumps |= insn.jump;
		if (insn.kind == HVC_FLOW_NEXT || insn.kind == HVC_FLOW_CALL)
			continue;
		leader[i + flow->length[i] < flow->words ? i + flow->length[i] : flow->words] =
		        true;
		if ((insn.kind == HVC_FLOW_BRANCH || insn.kind == HVC_FLOW_COND) &&
		    hvc_flow__index(flow, insn.target, &to))
			leader[to] = true;
	}
	for (unsigned i = 0; i < flow->words; i++)
		flow->blocks += leader[i];
	flow->block = calloc(flow->blocks, sizeof(*flow->block));
	if (flow->block) {
		unsigned at = 0;

		for (unsigned i = 0; i < flow->words; i++) {
			if (leader[i])
				flow->block[at++].begin = i;
			flow->block[at - 1].end = i + 1;
			flow->block_of[i] = at - 1;
		}
	}
	free(leader);
	return flow->block ? HVC_OK : HVC_E_NOMEM;
}

/* The instruction at a block's end. */
static unsigned last(const struct hvc_flow_graph *flow, const struct hvc_flow_block *block)
{
	unsigned i = block->end - 1;

	return !flow->length[i] && i > block->begin ? i - 1 : i;
}

/* The values where a block ends; last is left out when the branch at its end is not taken. */
static void run_block(const struct hvc_flow_graph *flow, const struct hvc_flow_block *block,
                      unsigned end, struct hvc_values *values)
{
	*values = block->in;
	for (unsigned i = block->begin; i < end; i++)
		if (flow->isa == HVC_ISA_A64)
			hvc_values__step(values, flow->image, hvc_flow__address(flow, i),
			                 flow->word[i]);
		else if (flow->length[i])
			hvc_values__step_a32(values, flow, i);
}

/* Follow everything that leads on from a block, until nothing changes. */
static enum hvc_status settle(struct hvc_flow_graph *flow, unsigned from)
{
	/* Each block is at most once in the list. */
	unsigned *list = calloc(flow->blocks, sizeof(*list)), count = 0;
	bool *listed = calloc(flow->blocks, sizeof(*listed));
	enum hvc_status status = list && listed ? HVC_OK : HVC_E_NOMEM;

	if (status == HVC_OK) {
		list[count++] = from;
		listed[from] = true;
	}
	while (status == HVC_OK && count) {
		unsigned now = list[--count], next[2];
		const struct hvc_flow_block *block = &flow->block[now];
		struct hvc_values out;
		unsigned ways = hvc_flow__successors(flow, last(flow, block), next);

		listed[now] = false;
		run_block(flow, block, block->end, &out);
		for (unsigned i = 0; i < ways; i++) {
			unsigned to = flow->block_of[next[i]];
			bool changed = !flow->block[to].reached;

			if (changed)
				flow->block[to].in = out;
			else
				changed = hvc_values__merge(&flow->block[to].in, &out);
			flow->block[to].reached = true;
			if (!changed || listed[to])
				continue;
			list[count++] = to;
			listed[to] = true;
		}
	}
	free(list);
	free(listed);
	return status;
}

/* What holds at the beginning of a block that nothing leads to. */
static void enter_orphan(struct hvc_flow_graph *flow, unsigned i)
{
	struct hvc_flow_block *block = &flow->block[i];
	const struct hvc_flow_block *before = i ? &flow->block[i - 1] : NULL;
	struct hvc_flow_insn insn = {.kind = HVC_FLOW_NEXT};

	block->reached = true;
	if (before)
		hvc_flow__insn(flow, last(flow, before), &insn);
	if (before && !flow->table_jumps && insn.kind == HVC_FLOW_BRANCH)
		run_block(flow, before, before->end, &block->in);
	else
		hvc_values__forget(&block->in);
}

static enum hvc_status follow(struct hvc_flow_graph *flow, bool entry)
{
	flow->block[0].reached = true;
	if (entry)
		hvc_values__enter(flow->isa == HVC_ISA_A64, &flow->block[0].in);
	else
		hvc_values__forget(&flow->block[0].in);
	HVC_TRY(settle(flow, 0));
	for (unsigned i = 1; i < flow->blocks; i++) {
		if (flow->block[i].reached)
			continue;
		enter_orphan(flow, i);
		HVC_TRY(settle(flow, i));
	}
	return HVC_OK;
}

/* Code as it is in memory, and which words of it begin an instruction. */
static bool read_words(struct hvc_flow_graph *flow, uint64_t words)
{
	flow->word = calloc((size_t)words + 1, sizeof(*flow->word));
	flow->block_of = calloc((size_t)words + 1, sizeof(*flow->block_of));
	flow->length = calloc((size_t)words + 1, sizeof(*flow->length));
	flow->condition = calloc((size_t)words + 1, sizeof(*flow->condition));
	if (!flow->word || !flow->block_of || !flow->length || !flow->condition)
		return false;
	while (flow->words < words &&
	       hvc_walk__code(flow->image, hvc_flow__address(flow, flow->words),
	                      flow->isa == HVC_ISA_T32, &flow->word[flow->words]))
		flow->words++;
	memset(flow->condition, HVC_FLOW_ALWAYS, (size_t)words + 1);
	if (flow->isa == HVC_ISA_T32)
		return hvc_flow__measure_t32(flow);
	memset(flow->length, 1, flow->words);
	return true;
}

enum hvc_status hvc_flow__new(const struct hvc_image *image, enum hvc_isa isa, uint64_t begin,
                              uint64_t end, bool entry, struct hvc_flow_graph **out)
{
	struct hvc_flow_graph *flow = calloc(1, sizeof(*flow));
	unsigned unit = isa == HVC_ISA_T32 ? 2 : 4;
	uint64_t words = (end - begin) / unit;
	enum hvc_status status = HVC_E_NOMEM;

	if (!flow)
		return HVC_E_NOMEM;
	flow->image = image;
	flow->isa = isa;
	flow->unit = unit;
	flow->begin = begin;
	if (words > HVC_FLOW_MAX)
		words = HVC_FLOW_MAX;
	if (read_words(flow, words) && flow->words)
		status = make_blocks(flow);
	if (status == HVC_OK)
		status = follow(flow, entry);
	if (status != HVC_OK) {
		hvc_flow__free(flow);
		return status;
	}
	*out = flow;
	return HVC_OK;
}

void hvc_flow__free(struct hvc_flow_graph *flow)
{
	if (!flow)
		return;
	free(flow->word);
	free(flow->block_of);
	free(flow->length);
	free(flow->condition);
	free(flow->block);
	free(flow);
}

void hvc_flow__before(const struct hvc_flow_graph *flow, uint64_t address,
                      struct hvc_value x[HVC_GPR_COUNT])
{
	struct hvc_values values;
	unsigned i = 0;

	hvc_values__forget(&values);
	if (hvc_flow__index(flow, address, &i))
		run_block(flow, &flow->block[flow->block_of[i]], i, &values);
	memcpy(x, values.x, sizeof(values.x));
}

bool hvc_flow__guard(const struct hvc_flow_graph *flow, uint64_t address, enum hvc_reg *reg,
                     bool *nonzero)
{
	unsigned site;

	if (!hvc_flow__index(flow, address, &site))
		return false;
	for (unsigned i = site; i-- > 0 && site - i <= GUARD_REACH;) {
		uint32_t word = flow->word[i];
		struct hvc_flow_insn insn;

		if (!flow->length[i])
			continue;
		hvc_flow__insn(flow, i, &insn);
		if (insn.kind == HVC_FLOW_NEXT)
			continue;
		if (flow->isa == HVC_ISA_T32 && insn.target == address + 4 &&
		    (word & 0xf500) == 0xb100) {
			*reg = (enum hvc_reg)(HVC_REG_X0 + (word & 7));
			*nonzero = !(word >> 11 & 1);
			return true;
		}
		if (flow->isa != HVC_ISA_A64 || (word & 0x7e000000) != 0x34000000 ||
		    insn.target != address + 4 || (word & 31) == 31)
			return false;
		*reg = (enum hvc_reg)(HVC_REG_X0 + (word & 31));
		*nonzero = !(word >> 24 & 1);
		return true;
	}
	return false;
}
