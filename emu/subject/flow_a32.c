/* SPDX-License-Identifier: MIT */
#include "subject/flow_a32.h"

#include <stdlib.h>

#include "hvcheck/aarch32.h"

void hvc_flow__decode_a32(const struct hvc_flow_graph *flow, unsigned i, struct hvc_a32 *out)
{
	hvc_a32__decode(hvc_flow__address(flow, i), flow->word[i], flow->isa == HVC_ISA_T32, out);
	out->conditional |= flow->condition[i] != HVC_FLOW_ALWAYS;
}

unsigned hvc_flow__condition(const struct hvc_flow_graph *flow, unsigned i)
{
	if (flow->isa == HVC_ISA_T32)
		return flow->condition[i];
	return flow->word[i] >> 28 == 15 ? HVC_FLOW_ALWAYS : flow->word[i] >> 28;
}

/* BX lr, MOV pc, lr, and loads of pc from the stack. */
static bool is_return(const struct hvc_a32 *insn, bool t32)
{
	uint32_t word = insn->word;

	if (insn->size == 2)
		return word == 0x4770 || (word & 0xff00) == 0xbd00 || word == 0x46f7;
	if (t32)
		return (word & 0xfffff000) == 0xf85df000 || (word & 0xffff8000) == 0xe8bd8000;
	return (word & 0x0fffffff) == 0x012fff1e || (word & 0x0fffffff) == 0x01a0f00e ||
	       (word & 0x0e1f8000) == 0x081d8000 || (word & 0x0e5ff000) == 0x041df000 ||
	       (word & 0x0e1f8000) == 0x081b8000;
}

void hvc_flow__insn_a32(const struct hvc_flow_graph *flow, unsigned i, struct hvc_flow_insn *out)
{
	struct hvc_a32 insn;

	hvc_flow__decode_a32(flow, i, &insn);
	*out = (struct hvc_flow_insn){.kind = HVC_FLOW_NEXT, .target = insn.target};
	switch (insn.kind) {
	case HVC_A32_BRANCH:
		out->calls = insn.link;
		out->kind = insn.link          ? HVC_FLOW_CALL
		            : insn.conditional ? HVC_FLOW_COND
		                               : HVC_FLOW_BRANCH;
		break;
	case HVC_A32_INDIRECT:
		out->calls = insn.link;
		out->jump = !insn.link && !is_return(&insn, flow->isa == HVC_ISA_T32);
		/* One that is not always taken goes on. */
		if (!insn.link && !insn.conditional)
			out->kind = HVC_FLOW_INDIRECT;
		else
			out->jump = false;
		break;
	case HVC_A32_ERET:
		out->kind = HVC_FLOW_ERET;
		break;
	case HVC_A32_UDF:
		out->kind = HVC_FLOW_STOP;
		break;
	case HVC_A32_HVC:
	case HVC_A32_SMC:
	case HVC_A32_SVC:
		out->exception = true;
		break;
	case HVC_A32_OTHER:
	case HVC_A32_HINT:
	case HVC_A32_READ:
	case HVC_A32_WRITE:
		break;
	}
}

/* Instructions from word i on, as far as none has been seen. */
static void measure(struct hvc_flow_graph *flow, unsigned i, unsigned *open, unsigned *count)
{
	unsigned it = 0;

	while (i < flow->words && !flow->length[i]) {
		struct hvc_flow_insn insn;
		struct hvc_a32 a32;
		uint64_t target;

		hvc_a32__decode(hvc_flow__address(flow, i), flow->word[i], true, &a32);
		flow->length[i] = (uint8_t)(a32.size / 2);
		flow->condition[i] = (uint8_t)(it ? it >> 4 : HVC_FLOW_ALWAYS);
		it = (a32.word & 0xffffff00) == 0xbf00 && a32.word & 15
		             ? a32.word & 0xff
		             : hvc_aarch32_it_advance(it);
		hvc_flow__insn_a32(flow, i, &insn);
		target = (insn.target - flow->begin) / 2;
		if ((insn.kind == HVC_FLOW_BRANCH || insn.kind == HVC_FLOW_COND) &&
		    insn.target >= flow->begin && target < flow->words && !flow->length[target])
			open[(*count)++] = (unsigned)target;
		if (insn.kind != HVC_FLOW_NEXT && insn.kind != HVC_FLOW_COND &&
		    insn.kind != HVC_FLOW_CALL)
			break;
		i += flow->length[i];
	}
}

bool hvc_flow__measure_t32(struct hvc_flow_graph *flow)
{
	/* One for each instruction at most. */
	unsigned *open = calloc(flow->words + 1, sizeof *open), count = 0;

	if (!open)
		return false;
	open[count++] = 0;
	while (count) {
		unsigned i = open[--count];

		measure(flow, i, open, &count);
	}
	for (unsigned i = 0; i < flow->words; i += flow->length[i] ? flow->length[i] : 1) {
		measure(flow, i, open, &count);
		while (count)
			measure(flow, open[--count], open, &count);
	}
	free(open);
	return true;
}
