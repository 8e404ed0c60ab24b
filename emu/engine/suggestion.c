/* SPDX-License-Identifier: MIT */
/*
 * Rules from the rows of a map: each case that `when` can say is a rule, and the row that most
 * calls meet is the default. What `when` cannot say falls under the default, which then promises
 * nothing.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/suggest.h"

static void put_set(struct hvc_text *out, const struct hvc_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		hvc_text__put(out, "%s0x%" PRIx64, i ? ", " : "", set->range[i].lo);
		if (set->range[i].hi != set->range[i].lo)
			hvc_text__put(out, "-0x%" PRIx64, set->range[i].hi);
	}
}

/* The register of which it is some bits, and which; NULL: of none, or of more than one. */
static hvc_ref masked(const struct hvc_suggestion *draft, hvc_ref key, uint64_t *mask)
{
	struct hvc_bvs *t = draft->exact->terms;

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		hvc_ref x = draft->part->symbolic->before[n];

		*mask = key->width == 64 ? ~key->zeros : hvc_bv__mask(key->width);
		if (key->width == 64 && hvc_bv__and(t, x, hvc_bv__num(t, 64, *mask)) == key)
			return x;
		if (key->width < 64 && hvc_bv__extract(t, x, key->width - 1u, 0) == key)
			return x;
	}
	return NULL;
}

bool hvc_suggestion__condition(const struct hvc_suggestion *draft, const struct hvc_member *member,
                               struct hvc_text *out)
{
	hvc_ref key = member->key, x;
	uint64_t mask = UINT64_MAX;

	if (!member->set->count)
		return false;
	if (key->op == HVC_OP_INPUT && key->value == HVC_INPUT_IMM) {
		hvc_text__put(out, "imm: \"");
	} else {
		x = masked(draft, key, &mask);
		if (!x)
			return false;
		hvc_text__put(out, "%c%u: \"", mask == UINT32_MAX ? 'w' : 'x', (unsigned)x->value);
	}
	put_set(out, member->set);
	if (mask != UINT32_MAX && mask != UINT64_MAX)
		hvc_text__put(out, " mask 0x%" PRIx64, mask);
	hvc_text__put(out, "\"");
	return true;
}

/* Can `when` say it? It has each register once, as xN and as wN. */
static bool can_say(const struct hvc_suggestion *draft, const struct hvc_row_case *c)
{
	char text[8192], names[64][8];
	size_t count = 0;

	if (c->rests || c->members > 64)
		return false;
	for (size_t i = 0; i < c->members; i++) {
		struct hvc_text out = {text, sizeof text, 0};
		size_t length;

		if (!hvc_suggestion__condition(draft, &c->member[i], &out) ||
		    out.length + 1 >= sizeof text)
			return false;
		length = strcspn(text, ":");
		if (length >= sizeof *names)
			return false;
		memcpy(names[count], text, length);
		names[count][length] = '\0';
		for (size_t j = 0; j < count; j++)
			if (!strcmp(names[j], names[count]))
				return false;
		count++;
	}
	return true;
}

/* What most calls meet: said to be the rest, or else the last. */
static const struct hvc_row *find_default(const struct hvc_exact_part *part)
{
	for (unsigned i = 0; i < part->rows; i++)
		if (part->row[i].rest)
			return &part->row[i];
	return &part->row[part->rows - 1];
}

static void add_rule(struct hvc_suggestion *draft, const struct hvc_row *row,
                     const struct hvc_row_case *c)
{
	draft->rule[draft->rules++] = (struct hvc_suggestion_rule){
	        .row = row, .case_ = c, .aligned = HVC_REG_NONE, .unspecified = row->why != NULL};
}

enum hvc_status hvc_suggestion__make(struct hvc_suggestion *draft, struct hvc_diag *diag)
{
	const struct hvc_exact_part *part = &draft->exact->part[0];
	const char *subject = hvc_subject_name(draft->exact->subject);
	const struct hvc_row *last;
	unsigned most = 1;
	bool all = true;

	for (unsigned i = 0; i < draft->exact->parts; i++)
		if (i && draft->exact->part[i].same != part)
			return hvc_diag_set(diag, HVC_E_ARG, subject, 0, 0,
			                    "callers do not meet the same: a specification is of "
			                    "one caller and instruction");
	draft->part = part;
	for (unsigned i = 0; i < part->rows; i++)
		most += part->row[i].cases;
	draft->rule = calloc(most, sizeof *draft->rule);
	if (!draft->rule)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	last = find_default(part);
	for (unsigned i = 0; i < part->rows; i++)
		for (unsigned j = 0; &part->row[i] != last && j < part->row[i].cases; j++) {
			if (can_say(draft, &part->row[i].case_[j]))
				add_rule(draft, &part->row[i], &part->row[i].case_[j]);
			else
				all = false;
		}
	add_rule(draft, last, NULL);
	draft->rule[draft->rules - 1].unspecified |= !all;
	if (draft->rules > HVC_SUGGESTION_RULES)
		return hvc_diag_set(diag, HVC_E_UNSUPPORTED, subject, 0, 0,
		                    "more behaviours than the %u rules that a "
		                    "specification holds",
		                    HVC_SUGGESTION_RULES);
	return HVC_OK;
}
