/* SPDX-License-Identifier: MIT */
/* What a caller does with registers after its call: which it reads, and which are lost to it. */
#include <stdlib.h>

#include "subject/a64.h"
#include "subject/def_use.h"
#include "subject/flow.h"

/*
 * AAPCS64: x0 to x7 may be arguments, x0 and x1 results, x19 to x29 belong to the caller. AAPCS32:
 * r0 to r3, r0 and r1, r4 to r11.
 */
static const struct convention {
	uint32_t arguments, results, scratch, link;
} conventions[2] = {
        {0x000000ff, 0x3ff80003, 0x4003ffff, 0x40000000},
        {0x0000000f, 0x00000ff3, 0x0000500f, 0x00004000},
};

/*
 * Registers whose value is still that after the site, where control reaches an instruction; and in
 * the upper half those that had it until a function was called, and have not been set since.
 */
#define GONE 32u
struct walk {
	const struct hvc_flow_graph *flow;
	uint64_t *open;
	bool *seen, *queued;
	/* A ring with room for every word, each of which is in it at most once. */
	unsigned *ring;
	unsigned head, tail, site;
	struct hvc_after *out;
};

static void visit(struct walk *walk, unsigned i, uint64_t open)
{
	if (walk->seen[i] && !(open & ~walk->open[i]))
		return;
	walk->open[i] |= open;
	walk->seen[i] = true;
	if (walk->queued[i])
		return;
	walk->queued[i] = true;
	walk->ring[walk->tail++ % walk->flow->words] = i;
}

static void note_read(struct walk *walk, unsigned i, uint32_t set, uint32_t address)
{
	uint32_t fresh = set & ~walk->out->read;

	walk->out->read |= set;
	walk->out->based |= set & address;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (fresh >> n & 1)
			walk->out->at[n] = hvc_flow__address(walk->flow, i);
	}
}

static void note_late(struct walk *walk, unsigned i, uint32_t set)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (set >> n & 1 && !walk->out->late_at[n])
			walk->out->late_at[n] = hvc_flow__address(walk->flow, i);
}

static void note_loss(struct walk *walk, unsigned i, uint32_t set)
{
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (set >> n & 1 && !walk->out->lost_at[n])
			walk->out->lost_at[n] = hvc_flow__address(walk->flow, i);
	}
}

/* What an instruction does to the registers that are open; returns those that stay so. */
static uint64_t pass(struct walk *walk, unsigned i, uint64_t both)
{
	uint32_t open = (uint32_t)both, gone = (uint32_t)(both >> GONE);
	const struct convention *own = &conventions[walk->flow->isa != HVC_ISA_A64];
	struct hvc_after *out = walk->out;
	struct hvc_flow_insn insn;
	struct hvc_def_use use;
	enum hvc_flow kind;
	bool calls, exception;
	unsigned inside;

	hvc_flow__insn(walk->flow, i, &insn);
	kind = insn.kind;
	calls = insn.calls;
	exception = insn.exception;
	hvc_flow__use(walk->flow, i, &use);
	note_read(walk, i, open & use.reads, use.address);
	if (!calls)
		note_late(walk, i, gone & use.reads);
	gone &= ~use.writes;
	if (!calls)
		note_loss(walk, i, open & use.writes & ~use.reads);
	if (calls || exception || kind == HVC_FLOW_INDIRECT || kind == HVC_FLOW_ERET)
		out->goes_on |= kind != HVC_FLOW_STOP;
	if (calls || (exception && kind != HVC_FLOW_STOP)) {
		out->passed |= open & own->arguments;
		/* x0 and x1 are the function's results then. */
		gone = calls ? (gone | (open & own->scratch)) & ~(own->link | 3)
		             : gone & ~UINT32_C(0xf);
		open &= ~(calls ? own->scratch : UINT32_C(0xf));
		return (uint64_t)gone << GONE | open;
	}
	if (kind == HVC_FLOW_ERET) {
		out->passed |= open;
	} else if (kind == HVC_FLOW_INDIRECT && !insn.jump) {
		out->returned |= open & own->results;
		out->left |= open;
	} else if (insn.jump || (kind == HVC_FLOW_BRANCH &&
	                         !hvc_flow__index(walk->flow, insn.target, &inside))) {
		/* To another function, whose caller is then this one's. */
		out->goes_on = true;
		out->passed |= open & own->arguments;
		out->returned |= open & own->results & ~own->arguments;
	}
	return (uint64_t)gone << GONE | (open & ~use.writes);
}

static void run(struct walk *walk)
{
	unsigned next[2], site = walk->site, behind = site + walk->flow->length[site];

	if (behind < walk->flow->words)
		visit(walk, behind, UINT32_C(0x7fffffff));
	else
		walk->out->goes_on = true;
	while (walk->head != walk->tail) {
		unsigned i = walk->ring[walk->head++ % walk->flow->words];
		unsigned ways = hvc_flow__successors(walk->flow, i, next);
		uint64_t open = pass(walk, i, walk->open[i]);

		if (i == site)
			walk->out->again |= (uint32_t)walk->open[i];

		walk->queued[i] = false;
		for (unsigned n = 0; n < ways; n++)
			visit(walk, next[n], open);
	}
}

enum hvc_status hvc_flow__after(const struct hvc_flow_graph *flow, uint64_t address,
                                struct hvc_after *out)
{
	struct hvc_after after = {0};
	struct walk walk = {.flow = flow, .out = &after};
	enum hvc_status status = HVC_E_NOMEM;

	if (!hvc_flow__index(flow, address, &walk.site))
		return HVC_E_ARG;
	walk.open = calloc(flow->words, sizeof(*walk.open));
	walk.seen = calloc(flow->words, sizeof(*walk.seen));
	walk.queued = calloc(flow->words, sizeof(*walk.queued));
	walk.ring = calloc(flow->words, sizeof(*walk.ring));
	if (walk.open && walk.seen && walk.queued && walk.ring) {
		run(&walk);
		*out = after;
		status = HVC_OK;
	}
	free(walk.open);
	free(walk.seen);
	free(walk.queued);
	free(walk.ring);
	return status;
}
