/* SPDX-License-Identifier: MIT */
/*
 * Conditions of two rows at once, in few words: that of one alone where it says all of it, and
 * else what a case of each have in common, without what follows from the rest of it.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/differ.h"

#define CASES_MAX 6u   /* that are told */
#define PAIRS_MAX 256u /* that are looked at */
#define ITEMS_MAX 64u
#define TEXT_SIZE 4096u

/* Part of a condition: that a term is in a set, or another truth value. */
struct item {
	struct hvc_member member; /* key NULL: none */
	hvc_ref term;
};

struct writer {
	struct hvc_differ *d;
	struct hvc_text out;
	hvc_ref also;
	bool unless; /* what it is not is told at the end */
	unsigned cases, left;
	struct item item[ITEMS_MAX];
	unsigned items;
};

static bool is_all(const struct hvc_set *set)
{
	return set->count == 1 && set->range[0].lo == 0 &&
	       set->range[0].hi == hvc_bv__mask(set->width);
}

static void add_member(struct writer *w, const struct hvc_member *member)
{
	const struct hvc_set *both;

	for (unsigned i = 0; i < w->items; i++) {
		if (w->item[i].member.key != member->key)
			continue;
		both = hvc_set__and(w->d->terms, w->item[i].member.set, member->set);
		if (both)
			w->item[i].member.set = both;
		return;
	}
	if (w->items < ITEMS_MAX)
		w->item[w->items++] = (struct item){.member = *member};
}

static void add_term(struct writer *w, hvc_ref term)
{
	struct hvc_member member;

	if (hvc_set__of(w->d->terms, term, &member)) {
		add_member(w, &member);
		return;
	}
	for (unsigned i = 0; i < w->items; i++)
		if (w->item[i].term == term)
			return;
	if (w->items < ITEMS_MAX)
		w->item[w->items++] = (struct item){.term = term};
}

/* Each of what has to hold for it. */
static void add_all(struct writer *w, hvc_ref a)
{
	hvc_ref not = a->op == HVC_OP_NOT ? a->arg[0] : NULL;
	struct hvc_member member;

	if (a->op == HVC_OP_AND && !hvc_set__of(w->d->terms, a, &member)) {
		add_all(w, a->arg[0]);
		add_all(w, a->arg[1]);
	} else if (not &&not ->op == HVC_OP_OR && !hvc_set__of(w->d->terms, a, &member)) {
		add_all(w, hvc_bv__not(w->d->terms, not ->arg[0]));
		add_all(w, hvc_bv__not(w->d->terms, not ->arg[1]));
	} else if (!hvc_bv__is(a, 1)) {
		add_term(w, a);
	}
}

static void add_case(struct writer *w, const struct hvc_row_case *c)
{
	for (size_t i = 0; c && i < c->members; i++)
		add_member(w, &c->member[i]);
	for (size_t i = 0; c && i < c->rests; i++)
		add_term(w, c->rest[i]);
}

/* All items but one as one term. */
static hvc_ref all_but(struct writer *w, unsigned without)
{
	hvc_ref all = hvc_bv__num(w->d->terms, 1, 1);

	for (unsigned i = 0; i < w->items; i++)
		if (i != without)
			all = hvc_bv__and(w->d->terms, all, w->item[i].term);
	return all;
}

/* What follows from the others is not told: other truth values first, then the widest sets. */
static void drop_followers(struct writer *w)
{
	for (unsigned pass = 0; pass < 3; pass++)
		for (unsigned i = w->items; i-- > 0;) {
			const struct hvc_member *m = &w->item[i].member;
			bool broad =
			        m->key && hvc_set__size(m->set) > hvc_bv__mask(m->key->width) / 2;

			if ((!m->key ? 0u
			     : broad ? 1u
			             : 2u) != pass ||
			    hvc_differ__ask(w->d, all_but(w, i),
			                    hvc_bv__not(w->d->terms, w->item[i].term)) !=
			            HVC_ANSWER_NO)
				continue;
			w->items--;
			memmove(&w->item[i], &w->item[i + 1], (w->items - i) * sizeof w->item[i]);
		}
}

static void put_items(struct writer *w)
{
	char text[1024];

	for (unsigned i = 0; i < w->items; i++) {
		if (w->item[i].member.key)
			hvc_set__print(w->d->terms, &w->item[i].member, text, sizeof text);
		else
			hvc_bv__print(w->d->terms, w->item[i].term, text, sizeof text);
		hvc_text__put(&w->out, "%s%s", i ? ", " : "", text);
	}
	if (!w->items)
		hvc_text__put(&w->out, "always");
}

/* A case of one row or of both; NULL: that row says no more. */
static void put_case(struct writer *w, const struct hvc_row_case *a, const struct hvc_row_case *b)
{
	hvc_ref all;

	w->items = 0;
	add_case(w, a);
	add_case(w, b);
	if (w->also && !w->unless)
		add_all(w, w->also);
	for (unsigned i = 0; i < w->items;) {
		if (w->item[i].member.key && is_all(w->item[i].member.set)) {
			w->items--;
			memmove(&w->item[i], &w->item[i + 1], (w->items - i) * sizeof w->item[i]);
			continue;
		}
		if (w->item[i].member.key)
			w->item[i].term = hvc_set__term(w->d->terms, &w->item[i].member);
		i++;
	}
	all = all_but(w, UINT32_MAX);
	if (hvc_differ__ask(w->d, all, all) == HVC_ANSWER_NO)
		return;
	if (w->cases == CASES_MAX) {
		w->left++;
		return;
	}
	drop_followers(w);
	hvc_text__put(&w->out, w->cases++ ? "; " : "");
	put_items(w);
}

static void put_cases(struct writer *w, const struct hvc_row *a, const struct hvc_row *b)
{
	unsigned x = a ? a->cases : 1, y = b ? b->cases : 1;

	for (unsigned i = 0; i < x && i * y < PAIRS_MAX; i++)
		for (unsigned j = 0; j < y; j++)
			put_case(w, a ? &a->case_[i] : NULL, b ? &b->case_[j] : NULL);
	if (w->left || x * y > PAIRS_MAX)
		hvc_text__put(&w->out, "; and more");
}

/* None of these holds. */
static void put_none(struct hvc_differ *d, hvc_ref a, struct hvc_text *out)
{
	char text[1024];

	if (a->op == HVC_OP_OR) {
		put_none(d, a->arg[0], out);
		put_none(d, a->arg[1], out);
		return;
	}
	hvc_bv__print(d->terms, hvc_bv__not(d->terms, a), text, sizeof text);
	hvc_text__put(out, "%s%s", out->length ? ", " : "", text);
}

/* Where both happen to do the same: "x30 = 0x16, vbar_el2 = 0". */
static char *print_unless(struct hvc_differ *d, hvc_ref also)
{
	char *text = calloc(1, TEXT_SIZE);
	struct hvc_text out = {text, TEXT_SIZE, 0};

	if (text)
		put_none(d, also, &out);
	return text;
}

static bool implies(struct hvc_differ *d, hvc_ref a, hvc_ref b)
{
	return hvc_differ__ask(d, a, hvc_bv__not(d->terms, b)) == HVC_ANSWER_NO;
}

static unsigned words(const struct hvc_row *row)
{
	unsigned count = row->rest ? 1000 : 0;

	for (unsigned i = 0; i < row->cases; i++)
		count += (unsigned)(row->case_[i].members + row->case_[i].rests);
	return count;
}

bool hvc_differ__when(struct hvc_differ *d, const struct hvc_row *a, const struct hvc_row *b,
                      hvc_ref also, char **when, char **unless)
{
	char *text = calloc(1, TEXT_SIZE);
	struct writer *w = calloc(1, sizeof *w);
	hvc_ref both = hvc_bv__and(d->terms, a->condition, b->condition);
	struct hvc_member member;
	bool first, second, good = false;

	if (text && w) {
		w->d = d;
		w->out = (struct hvc_text){text, TEXT_SIZE, 0};
		if (also && !implies(d, both, also))
			w->also = also;
		/* Where one row's condition follows from the other's, it need not be told. */
		first = implies(d, a->condition, b->condition);
		second = implies(d, b->condition, a->condition);
		if (first && second)
			first = words(a) <= words(b), second = !first;
		w->unless = unless && w->also && !hvc_set__of(d->terms, w->also, &member);
		if ((first ? a : b)->rest && (first || second) && (!w->also || w->unless))
			hvc_text__put(&w->out, "anything else");
		else
			put_cases(w, second ? NULL : a, first ? NULL : b);
		if (w->unless)
			*unless = print_unless(d, also);
		*when = text;
		good = !w->unless || *unless;
	} else {
		free(text);
	}
	free(w);
	return good;
}
