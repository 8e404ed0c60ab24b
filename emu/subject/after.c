/* SPDX-License-Identifier: MIT */
/* What a caller does with registers after its call: which it reads, and which are lost to it. */
#include <stdlib.h>

#include "subject/a64.h"
#include "subject/def_use.h"
#include "subject/flow.h"
#include "subject/walk.h"

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

/*
 * Code that is not optimised puts every register that an HVC gives it into a variable of its
 * frame, which often nobody looks at again: only who takes it from there reads it. A slot is four
 * bytes of the frame; what lies beyond them, and a frame whose address is taken, is read at once.
 */
#define SLOTS 64u
struct frame {
	bool known;
	int64_t at[SLOTS];
	unsigned slots;
	uint32_t from[SLOTS];   /* registers whose value after the site is put there */
	uint64_t *puts, *takes; /* of each word the slots that it accesses */
};

struct walk {
	const struct hvc_flow_graph *flow;
	struct frame frame;
	uint64_t *open;
	uint64_t *kept; /* slots that hold what a register had after the site */
	bool *seen, *queued;
	/* A ring with room for every word, each of which is in it at most once. */
	unsigned *ring;
	unsigned head, tail, site;
	struct hvc_after *out;
};

static void visit(struct walk *walk, unsigned i, uint64_t open, uint64_t kept)
{
	if (walk->seen[i] && !(open & ~walk->open[i]) && !(kept & ~walk->kept[i]))
		return;
	walk->open[i] |= open;
	walk->kept[i] |= kept;
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

/* The slots that an access covers; 0: not all of it is in slots. */
static uint64_t slots_of(struct frame *frame, int64_t at, unsigned size)
{
	uint64_t slots = 0;

	for (unsigned done = 0; done < size; done += 4, at += 4) {
		unsigned n = 0;

		while (n < frame->slots && frame->at[n] != at)
			n++;
		if (n == SLOTS)
			return 0;
		if (n == frame->slots)
			frame->at[frame->slots++] = at;
		slots |= UINT64_C(1) << n;
	}
	return slots;
}

/* Does it move one or two whole registers, and nothing else, to or from a place without SP moving?
 */
static bool is_variable(const struct hvc_a64_access *a)
{
	return !a->vector && !a->status && a->load != a->store && a->index == HVC_A64_NONE &&
	       !a->back && (a->size == 4 || a->size == 8);
}

/* Where the frame is known and nobody else has its address: which words access which slots. */
static void find_frame(struct walk *walk)
{
	const struct hvc_flow_graph *flow = walk->flow;
	const struct hvc_stack_base base = {31, 29};
	struct frame *frame = &walk->frame;
	struct hvc_a64_access a;
	int64_t at;

	frame->known = flow->isa == HVC_ISA_A64;
	for (unsigned b = 0; frame->known && b < flow->blocks; b++) {
		struct hvc_values values = flow->block[b].in;

		for (unsigned i = flow->block[b].begin; i < flow->block[b].end; i++) {
			uint64_t address = hvc_flow__address(flow, i);

			if (hvc_a64__access(flow->word[i], &a) && is_variable(&a) &&
			    hvc_stack__place(&values.stack, base, a.base, &at))
				(a.load ? frame->takes : frame->puts)[i] =
				        slots_of(frame, at + a.offset, a.size << (a.rt != a.rt2));
			hvc_values__step(&values, flow->image, address, flow->word[i]);
			frame->known &= !values.stack.shared;
		}
	}
}

/* The slots that hold such a value behind an instruction; *in_frame: what it only puts there. */
static uint64_t keep(struct walk *walk, unsigned i, uint32_t open, uint64_t kept,
                     const struct hvc_def_use *use, uint32_t *in_frame)
{
	struct frame *frame = &walk->frame;
	uint64_t puts = frame->known ? frame->puts[i] : 0;
	uint64_t takes = frame->known ? frame->takes[i] & kept : 0;

	*in_frame = puts ? open & use->reads & ~use->address : 0;
	for (unsigned n = 0; n < SLOTS; n++) {
		if (takes >> n & 1)
			note_read(walk, i, frame->from[n], 0);
		if (puts >> n & 1)
			frame->from[n] |= *in_frame;
	}
	walk->out->stored |= *in_frame;
	return *in_frame ? kept | puts : kept & ~puts;
}

#define LOOK 32u /* instructions of a function, from its beginning */

/*
 * Arguments that a function reads before anything else may have happened to them. One of variable
 * arguments puts all registers that may be some on its stack.
 */
static uint32_t read_by(const struct walk *walk, uint64_t address)
{
	uint32_t word, read = 0, written = 0;
	enum hvc_flow kind = HVC_FLOW_NEXT;
	struct hvc_def_use use;
	uint64_t target;

	for (unsigned i = 0; i < LOOK && (kind == HVC_FLOW_NEXT || kind == HVC_FLOW_COND); i++) {
		if (!hvc_walk__word(walk->flow->image, address + i * 4, &word))
			break;
		hvc_def_use__of(word, &use);
		read |= use.reads & ~written;
		written |= use.writes;
		kind = hvc_a64__flow(address + i * 4, word, &target);
		if ((word & UINT32_C(0xffe00000)) == UINT32_C(0xd4000000)) /* SVC, HVC, SMC */
			break;
	}
	return read >> 7 & 1 ? 0 : read & conventions[0].arguments;
}

/* What an instruction does to the registers that are open; returns those that stay so. */
static uint64_t pass(struct walk *walk, unsigned i, uint64_t both, uint64_t *kept)
{
	uint32_t open = (uint32_t)both, gone = (uint32_t)(both >> GONE);
	const struct convention *own = &conventions[walk->flow->isa != HVC_ISA_A64];
	struct hvc_after *out = walk->out;
	struct hvc_flow_insn insn;
	struct hvc_def_use use;
	enum hvc_flow kind;
	bool calls, exception;
	uint32_t in_frame;
	unsigned inside;

	hvc_flow__insn(walk->flow, i, &insn);
	kind = insn.kind;
	calls = insn.calls;
	exception = insn.exception;
	hvc_flow__use(walk->flow, i, &use);
	*kept = keep(walk, i, open, *kept, &use, &in_frame);
	note_read(walk, i, open & use.reads & ~in_frame, use.address);
	if (kind == HVC_FLOW_CALL && walk->flow->isa == HVC_ISA_A64)
		note_read(walk, i, open & read_by(walk, insn.target), 0);
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
		visit(walk, behind, UINT32_C(0x7fffffff), 0);
	else
		walk->out->goes_on = true;
	while (walk->head != walk->tail) {
		unsigned i = walk->ring[walk->head++ % walk->flow->words];
		unsigned ways = hvc_flow__successors(walk->flow, i, next);
		uint64_t kept = walk->kept[i];
		uint64_t open = pass(walk, i, walk->open[i], &kept);

		if (i == site)
			walk->out->again |= (uint32_t)walk->open[i];

		walk->queued[i] = false;
		for (unsigned n = 0; n < ways; n++)
			visit(walk, next[n], open, kept);
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
	walk.open = calloc(flow->words, 4 * sizeof(*walk.open));
	walk.seen = calloc(flow->words, sizeof(*walk.seen));
	walk.queued = calloc(flow->words, sizeof(*walk.queued));
	walk.ring = calloc(flow->words, sizeof(*walk.ring));
	if (walk.open && walk.seen && walk.queued && walk.ring) {
		walk.kept = walk.open + flow->words;
		walk.frame.puts = walk.kept + flow->words;
		walk.frame.takes = walk.frame.puts + flow->words;
		find_frame(&walk);
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
