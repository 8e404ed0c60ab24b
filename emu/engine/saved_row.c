/* SPDX-License-Identifier: MIT */
/* Rows of a saved map, and the lines that belong to them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/saved.h"
#include "symbolic/bv_file.h"

static struct hvc_row *last_row(struct hvc_saved_reading *r)
{
	struct hvc_exact_part *part = &r->exact->part[r->exact->parts - 1];

	return &part->row[part->rows - 1];
}

static bool complain(struct hvc_saved_reading *r, const char *text)
{
	return hvc_reader__complain(r->reader, "%s", text);
}

hvc_ref hvc_saved__term(struct hvc_saved_reading *r, char *text, char *end, unsigned width)
{
	char kept = *end;
	hvc_ref a;

	*end = '\0';
	a = hvc_bv_reader__term(r->terms, text);
	*end = kept;
	r->reader->at = r->reader->line_end;
	r->reader->word = r->reader->line_start + (size_t)(text - r->line);
	if (!a) {
		r->reader->word += r->terms->position;
		complain(r, r->terms->message);
		return NULL;
	}
	if (!width || a->width == width)
		return a;
	hvc_reader__complain(r->reader, "a value of %u bits, not of %u", a->width, width);
	return NULL;
}

/* One more of an array, whose room is a power of two. */
static void *one_more(struct hvc_saved_reading *r, void *array, size_t count, size_t size)
{
	void *grown = array;

	if ((count & (count - 1)) == 0) {
		grown = realloc(array, (count ? 2 * count : 1) * size);
		if (!grown) {
			hvc_reader__no_memory(r->reader);
			return NULL;
		}
	}
	memset((char *)grown + count * size, 0, size);
	return grown;
}

static bool add_case(struct hvc_saved_reading *r)
{
	struct hvc_row *row = last_row(r);
	struct hvc_row_case *grown = one_more(r, row->case_, row->cases, sizeof *grown);

	if (!grown)
		return false;
	row->case_ = grown;
	row->cases++;
	return true;
}

bool hvc_saved__row(struct hvc_saved_reading *r)
{
	struct hvc_exact_part *part = &r->exact->part[r->exact->parts - 1];
	struct hvc_reader *reader = r->reader;
	struct hvc_row *grown, row = {.condition = hvc_bv__num(r->exact->terms, 1, 0)};
	char word[32];

	row.kind = hvc_outcome_find(hvc_reader__word(reader, word, sizeof word));
	if (row.kind >= HVC_OUTCOME_FAILED)
		return hvc_reader__complain(reader, "'%s' is not an outcome", word);
	if (!hvc_reader__level(reader, &row.level))
		return false;
	row.level_kept = row.level == part->from;
	hvc_reader__word(reader, word, sizeof word);
	while (row.known <= HVC_ROW_SAMPLED && strcmp(word, hvc_row_known_name(row.known)) != 0)
		row.known++;
	if (row.known > HVC_ROW_SAMPLED)
		return hvc_reader__complain(reader, "'%s' does not say how it is known", word);
	row.rest = !strcmp(hvc_reader__word(reader, word, sizeof word), "rest");
	if (row.rest)
		hvc_reader__word(reader, word, sizeof word);
	row.entered = !strcmp(word, "entered");
	if (*word && !row.entered)
		return hvc_reader__complain(reader, "'%s' is one word too many", word);
	if (r->rows++ == HVC_LIMIT_SAVED_ROWS)
		return hvc_reader__complain(reader, "more than %u rows", HVC_LIMIT_SAVED_ROWS);
	grown = one_more(r, part->row, part->rows, sizeof *grown);
	if (!grown)
		return false;
	part->row = grown;
	grown[part->rows++] = row;
	return add_case(r);
}

static bool take_ranges(struct hvc_saved_reading *r, char *text, unsigned width,
                        const struct hvc_set **out)
{
	struct hvc_bvs *terms = r->exact->terms;
	struct hvc_set *set;
	uint64_t lo, hi;
	size_t count = 1;

	for (const char *at = text; *at; at++)
		count += *at == ' ';
	r->reader->word = r->reader->line_start + (size_t)(text - r->line);
	if (count > HVC_SET_RANGES)
		return complain(r, "too many ranges");
	set = hvc_bv__take(terms, sizeof *set + count * sizeof *set->range);
	if (!set)
		return hvc_reader__no_memory(r->reader);
	set->width = width;
	for (char *rest = NULL, *word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		char *dash = strchr(word, '-');

		r->reader->word = r->reader->line_start + (size_t)(word - r->line);
		if (dash)
			*dash = '\0';
		if (!hvc_reader__to_number(r->reader, word, hvc_bv__mask(width), &lo) ||
		    !hvc_reader__to_number(r->reader, dash ? dash + 1 : word, hvc_bv__mask(width),
		                           &hi))
			return false;
		if (hi < lo || (set->count && (lo <= set->range[set->count - 1].hi ||
		                               lo - 1 == set->range[set->count - 1].hi)))
			return complain(r, "ranges that are not in order");
		set->range[set->count++] = (struct hvc_range){lo, hi};
	}
	*out = set;
	return set->count || complain(r, "no range");
}

/* "when x0 in 0x2 0x5-0x7", "when x0 = x1" */
static bool take_when(struct hvc_saved_reading *r, char *text)
{
	struct hvc_row *row = last_row(r);
	struct hvc_row_case *c = &row->case_[row->cases - 1];
	char *in = strstr(text, " in ");
	struct hvc_member *members, member = {0};
	hvc_ref *rests, rest;

	if (!in) {
		rest = hvc_saved__term(r, text, strchr(text, '\0'), 1);
		if (!rest)
			return false;
		rests = one_more(r, c->rest, c->rests, sizeof(hvc_ref));
		if (!rests)
			return false;
		c->rest = rests;
		rests[c->rests++] = rest;
		return true;
	}
	member.key = hvc_saved__term(r, text, in, 0);
	if (!member.key || !take_ranges(r, in + 4, member.key->width, &member.set))
		return false;
	members = one_more(r, c->member, c->members, sizeof member);
	if (!members)
		return false;
	c->member = members;
	members[c->members++] = member;
	return true;
}

static bool take_effect(struct hvc_saved_reading *r, const char *name, enum hvc_reg reg, char *text)
{
	struct hvc_row *row = last_row(r);
	struct hvc_row_effect *grown, *last = row->effects ? &row->effect[row->effects - 1] : NULL;
	hvc_ref value;

	if (last && (last->reg == HVC_REG_NONE ? reg != HVC_REG_NONE : reg <= last->reg))
		return hvc_reader__complain(r->reader, "%s is out of order", name);
	if (strncmp(text, " := ", 4) != 0)
		return complain(r, "expected ':='");
	if (row->effects == HVC_REG_COUNT + HVC_OTHERS_MAX + 2 * HVC_SIMD_COUNT)
		return complain(r, "too many registers");
	name = reg == HVC_REG_NONE ? hvc_bv__text(r->exact->terms, name) : hvc_reg_name(reg);
	value = hvc_saved__term(r, text + 4, strchr(text, '\0'), 64);
	if (!value)
		return false;
	grown = one_more(r, row->effect, row->effects, sizeof *grown);
	if (!grown)
		return false;
	row->effect = grown;
	grown[row->effects++] = (struct hvc_row_effect){reg, name, value};
	return true;
}

/* "store PC ADDRESS := VALUE" */
static bool take_store(struct hvc_saved_reading *r, bool own)
{
	struct hvc_row *row = last_row(r);
	struct hvc_row_store *grown, store = {.own = own};
	char *text, *becomes;

	if (!hvc_reader__number(r->reader, UINT64_MAX, &store.pc))
		return false;
	text = r->line + (r->reader->at - r->reader->line_start);
	becomes = strstr(text, " := ");
	if (!becomes || *text != ' ')
		return complain(r, "expected 'ADDRESS := VALUE'");
	store.address = hvc_saved__term(r, text + 1, becomes, 64);
	if (!store.address)
		return false;
	store.value = hvc_saved__term(r, becomes + 4, strchr(becomes, '\0'), 0);
	if (!store.value)
		return false;
	if (store.value->width % 8)
		return complain(r, "a store of bits");
	if (!own && row->own_stores)
		return complain(r, "a store behind those to EL2's own memory");
	store.size = store.value->width / 8;
	grown = one_more(r, row->store, row->stores, sizeof *grown);
	if (!grown)
		return false;
	row->store = grown;
	grown[row->stores++] = store;
	row->own_stores += own;
	return true;
}

static bool take_why(struct hvc_saved_reading *r)
{
	struct hvc_row *row = last_row(r);
	char *name;

	if (!hvc_reader__name(r->reader, &name))
		return false;
	row->why = hvc_bv__text(r->exact->terms, name);
	free(name);
	return row->known != HVC_ROW_PROVED || complain(r, "proved, and why not");
}

static bool take_number(struct hvc_saved_reading *r, const char *word)
{
	struct hvc_row *row = last_row(r);
	bool at = !strcmp(word, "at");
	uint64_t number;

	if (!hvc_reader__number(r->reader, at ? UINT64_MAX : 63, &number))
		return false;
	if (at)
		row->pc = number;
	else
		row->ec = (enum hvc_ec)number;
	return true;
}

hvc_ref hvc_saved__register(struct hvc_saved_reading *r, enum hvc_reg reg)
{
	struct hvc_bvs *t = r->exact->terms;

	if (reg == HVC_REG_NZCV)
		return hvc_symbolic__in_place(t, hvc_bv__input(t, "nzcv", 4), 28);
	if (reg == HVC_REG_DAIF)
		return hvc_symbolic__in_place(t, hvc_bv__input(t, "daif", 4), 6);
	return hvc_bv__input(t, hvc_reg_name(reg), 64);
}

bool hvc_saved__part(struct hvc_saved_reading *r, const char *word)
{
	char *text = r->line + (r->reader->at - r->reader->line_start);
	struct hvc_row *row = last_row(r);
	enum hvc_reg reg = hvc_reg_find(word);
	hvc_ref *place = !strcmp(word, "to")    ? &row->target
	                 : !strcmp(word, "far") ? &row->far
	                                        : NULL;
	char name[64];

	if (place) {
		*place = hvc_saved__term(r, text + (*text == ' '), strchr(text, '\0'), 64);
		return *place != NULL;
	}
	if (!strcmp(word, "when") && *text == ' ')
		return take_when(r, text + 1) && (r->reader->at = r->reader->line_end) != 0;
	if (!strcmp(word, "or"))
		return add_case(r);
	if (!strcmp(word, "why"))
		return take_why(r);
	if (!strcmp(word, "store") || !strcmp(word, "own-store"))
		return take_store(r, *word == 'o');
	if (!strcmp(word, "seen") || !strcmp(word, "stored")) {
		row->seen = true;
		row->stored |= word[1] == 't';
		return row->known == HVC_ROW_SWEPT || complain(r, "seen of calls, and not swept");
	}
	if (!strcmp(word, "at") || !strcmp(word, "ec"))
		return take_number(r, word);
	if (!strcmp(word, "other")) {
		hvc_reader__word(r->reader, name, sizeof name);
		if (!hvc_bv_file__is_name(name))
			return hvc_reader__complain(r->reader, "'%s' is not a register", name);
		text = r->line + (r->reader->at - r->reader->line_start);
		return take_effect(r, name, HVC_REG_NONE, text);
	}
	if (reg == HVC_REG_NONE)
		return hvc_reader__complain(r->reader, "'%s' is not part of a row", word);
	return take_effect(r, word, reg, text);
}
