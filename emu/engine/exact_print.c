/* SPDX-License-Identifier: MIT */
/* Conditions and behaviours as people write them. */
#include <inttypes.h>
#include <string.h>

#include "engine/call.h"
#include "engine/exact.h"
#include "machine/world.h"

static void put_case(const struct hvc_exact *exact, const struct hvc_row_case *c,
                     struct hvc_text *out)
{
	char text[1024];

	if (!c->members && !c->rests)
		hvc_text__put(out, "always");
	for (size_t i = 0; i < c->members; i++) {
		hvc_set__print(exact->terms, &c->member[i], text, sizeof text);
		hvc_text__put(out, "%s%s", i ? ", " : "", text);
	}
	for (size_t i = 0; i < c->rests; i++) {
		hvc_bv__print(exact->terms, c->rest[i], text, sizeof text);
		hvc_text__put(out, "%s%s", c->members || i ? ", " : "", text);
	}
}

void hvc_exact__print_condition(const struct hvc_exact *exact, const struct hvc_row *row,
                                char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};

	if (!size)
		return;
	text[0] = '\0';
	if (row->rest) {
		hvc_text__put(&out, "anything else");
		return;
	}
	for (unsigned i = 0; i < row->cases; i++) {
		if (i)
			hvc_text__put(&out, "; ");
		put_case(exact, &row->case_[i], &out);
	}
}

void hvc_exact__print_value(const struct hvc_exact *exact, hvc_ref value, char *text, size_t size)
{
	hvc_bv__print(exact->terms, value, text, size);
}

static void put_place(const struct hvc_exact *exact, struct hvc_text *out, uint64_t address)
{
	const char *name;
	uint64_t offset;

	if (hvc_exact__symbol(exact, address, &name, &offset))
		hvc_text__put(out, offset ? "%s+0x%" PRIx64 : "%s", name, offset);
	else
		hvc_text__put(out, "0x%" PRIx64, address);
}

static void put_term(const struct hvc_exact *exact, struct hvc_text *out, hvc_ref a)
{
	char text[512];

	hvc_bv__print(exact->terms, a, text, sizeof text);
	hvc_text__put(out, "%s", text);
}

void hvc_exact__print_place(const struct hvc_exact *exact, hvc_ref address, char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};

	if (hvc_bv__const(address))
		put_place(exact, &out, address->value);
	else
		put_term(exact, &out, address);
}

bool hvc_exact__to_vector(const struct hvc_exact *exact, const struct hvc_row *row)
{
	static const uint64_t slots[HVC_LEVEL_COUNT] = {
	        [HVC_LEVEL_EL0] = 0x400,
	        [HVC_LEVEL_EL1T] = 0,
	        [HVC_LEVEL_EL1H] = 0x200,
	};
	enum hvc_level from = row->witness.from;
	const struct hvc_input *input;
	hvc_ref base = NULL;
	uint64_t offset;

	if (row->kind != HVC_OUTCOME_INJECT || !row->target || hvc_level__el(from) == 2)
		return false;
	offset = hvc_bv__offset(row->target, &base);
	input = base ? hvc_bv__input_of(exact->terms, base) : NULL;
	return input && !strcmp(input->name, hvc_reg_name(HVC_REG_VBAR_EL1)) &&
	       offset == (hvc_level_is_aarch32(from) ? 4 : slots[from]);
}

/* The name that the user gave it, or the image has for it. */
static void put_target(const struct hvc_exact *exact, const struct hvc_row *row,
                       struct hvc_text *out)
{
	const struct hvc_stop *stop = NULL;

	if (hvc_exact__to_vector(exact, row)) {
		hvc_text__put(out, "vector");
		return;
	}
	if (!hvc_bv__const(row->target)) {
		put_term(exact, out, row->target);
		return;
	}
	if (row->kind == HVC_OUTCOME_HANDOFF)
		stop = hvc_world__find_stop(&exact->world, row->target->value);
	if (stop)
		hvc_text__put(out, "%s", stop->name);
	else
		put_place(exact, out, row->target->value);
}

static void put_end(const struct hvc_exact *exact, const struct hvc_row *row, struct hvc_text *out)
{
	if (row->why && !row->seen) {
		hvc_text__put(out, "%s%snot followed: %s at ",
		              row->known == HVC_ROW_SWEPT ? hvc_outcome_name(row->kind) : "",
		              row->known == HVC_ROW_SWEPT ? ", " : "", row->why);
		put_place(exact, out, row->pc);
		return;
	}
	hvc_text__put(out, "%s", hvc_outcome_name(row->kind));
	if (row->target && row->kind != HVC_OUTCOME_RETURN && row->kind != HVC_OUTCOME_RETRY &&
	    row->kind != HVC_OUTCOME_UNDEFINED) {
		hvc_text__put(out, " to ");
		put_target(exact, row, out);
	}
	/* Where a caller is after it came back, unless it is where it was. */
	if (row->kind == HVC_OUTCOME_JUMP ||
	    ((row->kind == HVC_OUTCOME_RETURN || row->kind == HVC_OUTCOME_RETRY) &&
	     !row->level_kept))
		hvc_text__put(out, " at %s", hvc_level_name(row->level));
	if (row->kind == HVC_OUTCOME_FAULT || row->kind == HVC_OUTCOME_FORWARD ||
	    row->kind == HVC_OUTCOME_SPIN) {
		hvc_text__put(out, " at ");
		put_place(exact, out, row->pc);
	}
	if (row->far) {
		hvc_text__put(out, " on ");
		put_term(exact, out, row->far);
	}
}

void hvc_exact__print_end(const struct hvc_exact *exact, const struct hvc_row *row, char *text,
                          size_t size)
{
	struct hvc_text out = {text, size, 0};

	if (!size)
		return;
	text[0] = '\0';
	put_end(exact, row, &out);
}

bool hvc_row_effect__syndrome(const struct hvc_row_effect *effect, char *text, size_t size)
{
	if ((effect->reg != HVC_REG_ESR_EL1 && effect->reg != HVC_REG_ESR_EL2) ||
	    !hvc_bv__const(effect->value))
		return false;
	hvc_syndrome__print(effect->value->value, text, size);
	return true;
}

void hvc_exact__print_behaviour(const struct hvc_exact *exact, const struct hvc_row *row,
                                char *text, size_t size)
{
	struct hvc_text out = {text, size, 0};
	unsigned seen = row->stores - row->own_stores;
	char place[512];

	if (!size)
		return;
	text[0] = '\0';
	put_end(exact, row, &out);
	for (unsigned i = 0; i < row->effects; i++) {
		char syndrome[80];

		hvc_text__put(&out, ", %s := ", row->effect[i].name);
		put_term(exact, &out, row->effect[i].value);
		if (hvc_row_effect__syndrome(&row->effect[i], syndrome, sizeof syndrome))
			hvc_text__put(&out, " (%s)", syndrome);
	}
	for (unsigned i = 0; i < row->stores; i++) {
		if (i >= (row->store[i].own ? seen + HVC_ROW_OWN_TOLD : HVC_ROW_STORES_TOLD))
			continue;
		hvc_exact__print_place(exact, row->store[i].address, place, sizeof place);
		hvc_text__put(&out, ", [%s", place);
		hvc_text__put(&out, "] := ");
		put_term(exact, &out, row->store[i].value);
		hvc_text__put(&out, " (%u byte%s)", row->store[i].size,
		              row->store[i].size == 1 ? "" : "s");
	}
	if (seen > HVC_ROW_STORES_TOLD)
		hvc_text__put(&out, ", and %u more stores", seen - HVC_ROW_STORES_TOLD);
	if (row->own_stores > HVC_ROW_OWN_TOLD)
		hvc_text__put(&out, ", and %u more to EL2's own memory",
		              row->own_stores - HVC_ROW_OWN_TOLD);
}
