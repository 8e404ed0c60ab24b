/* SPDX-License-Identifier: MIT */
/*
 * Functions that make an HVC or SMC of their arguments, as __arm_smccc_hvc does: what decides is
 * in their callers, so each call of them (BL, or B as the last thing a function does) is a site.
 */
#include <stdlib.h>
#include <string.h>

#include "machine/a32.h"
#include "subject/a64.h"
#include "subject/site_search.h"
#include "subject/stack.h"
#include "subject/walk.h"

/* Wrappers of wrappers are followed so far. */
#define DEPTH 4u
/* x0 to x3: a function that makes any call puts all four away, which says nothing of one call. */
#define SMCCC_RESULTS UINT32_C(0xf)

/* One function, and a site in it that gets its arguments. */
struct wrapper {
	uint64_t begin;
	struct hvc_site site;
};

/*
 * Does the site get what selects the call from whoever calls the function? That is x0, unless
 * another register does that is set: x12, x16 and x17 do in the ABIs known, r7 and r12 of A32.
 * Arguments are in x0 to x7 (AAPCS64), r0 to r3 (AAPCS32).
 */
static bool passes_on(const struct hvc_site *site)
{
	static const unsigned selector[2][3] = {{12, 16, 17}, {7, 12, 12}};
	const bool a64 = site->isa == HVC_ISA_A64;
	const enum hvc_reg last = HVC_REG_X0 + (a64 ? 7 : 3);
	const struct hvc_value *x = site->x;
	bool passed = x[0].kind == HVC_VALUE_ARGUMENT && x[0].reg <= last;

	if (site->data || !site->analysed || !site->has_function)
		return false;
	for (unsigned i = 0; i < 3; i++)
		passed &= !hvc_value_is_constant(&x[selector[!a64][i]]);
	for (unsigned i = 0; i < 3; i++)
		passed |= x[selector[!a64][i]].kind == HVC_VALUE_ARGUMENT &&
		          x[selector[!a64][i]].reg <= last;
	return passed;
}

static int by_begin(const void *a, const void *b)
{
	const struct wrapper *s = a, *t = b;

	if (s->begin != t->begin)
		return s->begin < t->begin ? -1 : 1;
	return (s->site.address > t->site.address) - (s->site.address < t->site.address);
}

static int by_address(const void *a, const void *b)
{
	const struct hvc_site *s = a, *t = b;

	if (s->address != t->address)
		return s->address < t->address ? -1 : 1;
	return (s->through > t->through) - (s->through < t->through);
}

/* What the instruction gets in a register whose value is an argument of its function. */
static struct hvc_value passed(const struct hvc_value *inside, const struct hvc_value *outside,
                               bool a64)
{
	struct hvc_value out = outside[inside->reg];

	if (inside->drop | inside->set | inside->plus)
		out = hvc_value__change(&out, inside->drop, inside->set, inside->plus,
		                        a64 ? inside->word : hvc_value_is_constant(&out),
		                        inside->at);
	else if (inside->word)
		out = hvc_value__low(&out);
	for (unsigned i = 0; inside->sign && i < out.constants; i++)
		out.constant[i] = (uint64_t)(int64_t)(int32_t)(uint32_t)out.constant[i];
	/* Constants are sorted, which extending may undo. */
	if (inside->sign && out.constants > 1) {
		out.kind = HVC_VALUE_UNKNOWN;
		out.constants = 0;
	}
	if (inside->sign && out.kind == HVC_VALUE_ARGUMENT && !out.word)
		out.sign = true;
	out.pointer |= inside->pointer;
	if (inside->pointer)
		out.pointer_at = inside->pointer_at;
	return out;
}

/* What becomes of the registers after the instruction: in the wrapper, and behind the call. */
static void continue_after(const struct hvc_after *inside, bool tail, struct hvc_after *out)
{
	const struct hvc_after outside = *out;
	uint32_t through = inside->left;

	*out = *inside;
	out->saved |= inside->read & ~inside->based & SMCCC_RESULTS;
	/* Who made a call as its last act returns to where the wrapper does. */
	if (tail)
		return;
	out->passed |= through & outside.passed;
	out->stored |= through & outside.stored;
	out->returned = through & outside.returned;
	out->left = through & outside.left;
	out->goes_on = inside->goes_on && outside.goes_on;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		if (!(through >> n & 1))
			continue;
		if (!(out->read >> n & 1) && outside.read >> n & 1) {
			out->read |= UINT32_C(1) << n;
			out->at[n] = outside.at[n];
		}
		if (!out->lost_at[n])
			out->lost_at[n] = outside.lost_at[n];
	}
}

/* An instruction that goes to where it says: BL, B and their like. */
struct branch {
	uint64_t address, target;
	uint32_t word;
	enum hvc_isa isa, to;
	bool tail;
};

/* The call of one wrapper, by a branch. */
static enum hvc_status add_call(struct hvc_site_search *search, const struct branch *branch,
                                const struct wrapper *wrapper)
{
	struct hvc_scan *scan = search->scan;
	struct hvc_site site = {
	        .address = branch->address,
	        .isa = branch->isa,
	        .through = wrapper->site.through ? wrapper->site.through : wrapper->site.address,
	};
	struct hvc_value outside[HVC_GPR_COUNT];

	if (scan->calls >= HVC_SITES_ANALYSED_MAX ||
	    !hvc_functions__executable(scan->loaded, branch->address))
		return HVC_OK;
	if (branch->isa == HVC_ISA_A64)
		HVC_TRY(hvc_site__examine(search, branch->word, &site));
	else
		HVC_TRY(hvc_site__examine_a32(search, &site));
	/* A branch to the function's own beginning is a loop. */
	if (site.data || !site.analysed || site.function == wrapper->site.function)
		return HVC_OK;
	site.insn = wrapper->site.insn;
	site.imm = wrapper->site.imm;
	memcpy(outside, site.x, sizeof(outside));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		const struct hvc_value *inside = &wrapper->site.x[n];

		site.x[n] = inside->kind == HVC_VALUE_ARGUMENT
		                    ? passed(inside, outside, branch->isa == HVC_ISA_A64)
		                    : *inside;
	}
	continue_after(&wrapper->site.after, branch->tail, &site.after);
	site.guard = HVC_REG_NONE;
	return hvc_site__push(&scan->call, &scan->calls, &site);
}

/* Is there one, in this instruction set? */
static bool decode(uint64_t address, uint32_t word, enum hvc_isa isa, struct branch *out)
{
	struct hvc_a32 insn;

	*out = (struct branch){.address = address, .word = word, .isa = isa, .to = isa};
	if (isa == HVC_ISA_A64) {
		/* Bits 30:26 are 00101 in both. */
		out->tail = word >> 31 == 0;
		if ((word & 0x7c000000) != 0x14000000)
			return false;
		hvc_a64__flow(address, word, &out->target);
		return true;
	}
	/* Most words are ruled out by this alone. */
	if (isa == HVC_ISA_A32 ? (word & 0x0e000000) != 0x0a000000
	                       : (word >> 12 & 15) < 13 && word >> 12 != 11)
		return false;
	hvc_a32__decode(address, word, isa == HVC_ISA_T32, &insn);
	out->target = insn.target;
	out->tail = !insn.link;
	if (insn.exchange)
		out->to = isa == HVC_ISA_A32 ? HVC_ISA_T32 : HVC_ISA_A32;
	return insn.kind == HVC_A32_BRANCH;
}

/* The calls of whatever one word goes to. */
static enum hvc_status look(struct hvc_site_search *search, const struct branch *branch,
                            const struct wrapper *wrapper, size_t wrappers)
{
	size_t low = 0, high = wrappers;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (wrapper[middle].begin < branch->target)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < wrappers && wrapper[low].begin == branch->target; low++)
		if (wrapper[low].site.isa == branch->to)
			HVC_TRY(add_call(search, branch, &wrapper[low]));
	return HVC_OK;
}

/* The calls in one segment. */
static enum hvc_status look_through(struct hvc_site_search *search, unsigned index,
                                    const struct wrapper *wrapper, size_t wrappers)
{
	const struct hvc_segment *segment = &search->scan->loaded->segment[index];
	const bool aarch32 = search->scan->aarch32;
	const unsigned step = aarch32 ? 2 : 4;
	uint64_t at = (0 - segment->address) & (step - 1);
	struct branch branch;
	uint32_t word;

	for (; at + step <= segment->data_size; at += step) {
		uint64_t address = segment->address + at;

		if (!aarch32 && (segment->data[at + 3] & 0x7c) != 0x14)
			continue;
		if (!hvc_walk__code(&search->image, address, aarch32, &word))
			continue;
		if (aarch32 && decode(address, word, HVC_ISA_T32, &branch))
			HVC_TRY(look(search, &branch, wrapper, wrappers));
		if (!(address & 3) &&
		    decode(address, word, aarch32 ? HVC_ISA_A32 : HVC_ISA_A64, &branch))
			HVC_TRY(look(search, &branch, wrapper, wrappers));
	}
	return HVC_OK;
}

/* The calls of those functions whose sites are given. */
static enum hvc_status follow(struct hvc_site_search *search, const struct hvc_site *site,
                              size_t sites)
{
	struct wrapper *wrapper = calloc(sites + 1, sizeof(*wrapper));
	enum hvc_status status = HVC_OK;
	size_t wrappers = 0;

	if (!wrapper)
		return HVC_E_NOMEM;
	for (size_t i = 0; i < sites; i++) {
		if (passes_on(&site[i]))
			wrapper[wrappers++] = (struct wrapper){site[i].function, site[i]};
	}
	qsort(wrapper, wrappers, sizeof(*wrapper), by_begin);
	for (unsigned i = 0; wrappers && i < search->scan->loaded->segments && status == HVC_OK;
	     i++)
		status = look_through(search, i, wrapper, wrappers);
	free(wrapper);
	return status;
}

enum hvc_status hvc_wrapper__find(struct hvc_site_search *search)
{
	struct hvc_scan *scan = search->scan;
	size_t before = 0;

	HVC_TRY(follow(search, scan->site, scan->sites));
	for (unsigned depth = 1; depth < DEPTH && scan->calls > before; depth++) {
		size_t until = scan->calls;

		HVC_TRY(follow(search, scan->call + before, until - before));
		before = until;
	}
	if (scan->calls)
		qsort(scan->call, scan->calls, sizeof(*scan->call), by_address);
	return HVC_OK;
}
