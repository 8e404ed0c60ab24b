/* SPDX-License-Identifier: MIT */
/*
 * Functions that make an HVC or SMC of their arguments, as __arm_smccc_hvc does: what decides is
 * in their callers, so each call of them (BL, or B as the last thing a function does) is a site.
 */
#include <stdlib.h>
#include <string.h>

#include "subject/a64.h"
#include "subject/site_search.h"
#include "subject/stack.h"
#include "subject/walk.h"

/* Wrappers of wrappers are followed so far. */
#define DEPTH 4u
/* AAPCS64: the last register that carries an argument. */
#define ARGUMENTS_LAST 7u

/* One function, and a site in it that gets its arguments. */
struct wrapper {
	uint64_t begin;
	struct hvc_site site;
};

static bool is_passed(const struct hvc_value *value)
{
	return value->kind == HVC_VALUE_ARGUMENT && value->reg <= HVC_REG_X0 + ARGUMENTS_LAST;
}

/*
 * Does the site get what selects the call from whoever calls the function? That is x0, unless
 * another register does that is set: x12, x16 and x17 do in the ABIs known.
 */
static bool passes_on(const struct hvc_site *site)
{
	const struct hvc_value *x = site->x;

	if (site->data || !site->analysed || !site->has_function)
		return false;
	if (is_passed(&x[12]) || is_passed(&x[16]) || is_passed(&x[17]))
		return true;
	return is_passed(&x[0]) && !hvc_value_is_constant(&x[12]) &&
	       !hvc_value_is_constant(&x[16]) && !hvc_value_is_constant(&x[17]);
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
static struct hvc_value passed(const struct hvc_value *inside, const struct hvc_value *outside)
{
	struct hvc_value out = outside[inside->reg];

	if (inside->drop | inside->set | inside->plus)
		out = hvc_value__change(&out, inside->drop, inside->set, inside->plus, inside->word,
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
	/* Who made a call as its last act returns to where the wrapper does. */
	if (tail)
		return;
	out->passed |= through & outside.passed;
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

/* The call of one wrapper, by a BL or B that stands at an address. */
static enum hvc_status add_call(struct hvc_site_search *search, uint64_t address, uint32_t word,
                                const struct wrapper *wrapper)
{
	struct hvc_scan *scan = search->scan;
	struct hvc_site site = {.address = address};
	struct hvc_value outside[HVC_GPR_COUNT];
	bool tail = word >> 26 == 0x05;

	if (scan->calls >= HVC_SITES_ANALYSED_MAX ||
	    !hvc_functions__executable(scan->loaded, address))
		return HVC_OK;
	HVC_TRY(hvc_site__examine(search, word, &site));
	/* A branch to the function's own beginning is a loop. */
	if (site.data || !site.analysed || site.function == wrapper->site.function)
		return HVC_OK;
	site.insn = wrapper->site.insn;
	site.imm = wrapper->site.imm;
	site.through = wrapper->site.through ? wrapper->site.through : wrapper->site.address;
	memcpy(outside, site.x, sizeof(outside));
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		const struct hvc_value *inside = &wrapper->site.x[n];

		site.x[n] = inside->kind == HVC_VALUE_ARGUMENT ? passed(inside, outside) : *inside;
	}
	continue_after(&wrapper->site.after, tail, &site.after);
	site.guard = HVC_REG_NONE;
	return hvc_site__push(&scan->call, &scan->calls, &site);
}

/* The calls in one segment. BL and B have their target in the word. */
static enum hvc_status look_through(struct hvc_site_search *search, unsigned index,
                                    const struct wrapper *wrapper, size_t wrappers)
{
	const struct hvc_segment *segment = &search->scan->loaded->segment[index];
	uint64_t at = (0 - segment->address) & 3;

	for (; at + 4 <= segment->data_size; at += 4) {
		uint64_t address = segment->address + at, target = 0;
		size_t low = 0, high = wrappers;
		uint32_t word;

		/* Bits 30:26 are 00101 in both. */
		if ((segment->data[at + 3] & 0x7c) != 0x14 ||
		    !hvc_walk__word(&search->image, address, &word))
			continue;
		hvc_a64__flow(address, word, &target);
		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (wrapper[middle].begin < target)
				low = middle + 1;
			else
				high = middle;
		}
		for (; low < wrappers && wrapper[low].begin == target; low++)
			HVC_TRY(add_call(search, address, word, &wrapper[low]));
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
