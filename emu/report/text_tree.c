/* SPDX-License-Identifier: MIT */
/* The dispatch tree of a map in text, a line for each test and each end. */
#include <inttypes.h>

#include "report/tree.h"

#define TEXT 2048u
/* Instructions of one node that are named. */
#define LOOKS 1u
/* Columns that a line is indented by at most. */
#define INDENT_MAX 26u

/* Is an edge the last, and are the others all that it is not? Then nobody need read which. */
static bool is_rest(const struct hvc_exact *exact, const struct hvc_tree_node *node,
                    const struct hvc_tree_edge *edge)
{
	const struct hvc_set *all = edge->set;

	if (node->edges < 2 || edge != &node->edge[node->edges - 1])
		return false;
	for (unsigned i = 0; all && i + 1 < node->edges; i++)
		all = hvc_set__or(exact->terms, all, node->edge[i].set);
	return all && all->count == 1 && !all->range[0].lo &&
	       all->range[0].hi == hvc_bv__mask(node->key->width);
}

void hvc_tree__when(const struct hvc_exact *exact, const struct hvc_tree_node *node,
                    const struct hvc_tree_edge *edge, struct hvc_words *out)
{
	const struct hvc_member member = {node->key, edge->set};
	char text[TEXT];

	if (node->key->width == 1)
		hvc_bv__print(exact->terms,
		              hvc_set__has(edge->set, 1) ? node->key
		                                         : hvc_bv__not(exact->terms, node->key),
		              text, sizeof text);
	else
		hvc_set__print(exact->terms, &member, text, sizeof text);
	if (edge->set->count > 2 && is_rest(exact, node, edge))
		snprintf(text, sizeof text, "else");
	hvc_words__add(out, "%s", text);
}

static void add_place(const struct hvc_exact_decision *at, struct hvc_words *out)
{
	if (at->symbol)
		hvc_words__add(out, "%s+0x%" PRIx64, at->symbol, at->offset);
	else
		hvc_words__add(out, "0x%" PRIx64, at->address);
}

void hvc_tree__looks(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                     const struct hvc_tree_node *node, struct hvc_words *out)
{
	struct hvc_exact_decision at;
	uint64_t first = UINT64_MAX;
	unsigned others = 0;
	char text[TEXT];

	for (unsigned i = 0; i < node->edges; i++) {
		unsigned before = 0;

		first = node->edge[i].pc < first ? node->edge[i].pc : first;
		while (before < i && node->edge[before].pc != node->edge[i].pc)
			before++;
		others += before == i;
	}
	hvc_bv__print(exact->terms, node->key, text, sizeof text);
	hvc_exact__decision_at(exact, part, first, &at);
	hvc_words__add(out, "%s, at ", node->key->width == 1 ? "condition" : text);
	add_place(&at, out);
	hvc_words__add(out, ": %s", at.text);
	if (others > LOOKS)
		hvc_words__add(out, "; and %u more", others - LOOKS);
}

void hvc_tree__does(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                    const struct hvc_tree_node *node, struct hvc_words *out)
{
	char text[TEXT];

	hvc_exact__print_behaviour(exact, &part->row[node->row], text, sizeof text);
	hvc_words__add(out, "class %u: %s", hvc_exact__number(exact, part, node->row), text);
}

struct walk {
	const struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	struct hvc_tree tree;
	hvc_tree_line *line;
	void *ctx;
};

static void tell(struct walk *walk, const struct hvc_tree_node *node, unsigned depth,
                 struct hvc_words *words)
{
	if (node->key)
		hvc_tree__looks(walk->exact, walk->part, node, words);
	else
		hvc_tree__does(walk->exact, walk->part, node, words);
	walk->line(walk->ctx, depth, hvc_words__text(words), !node->key);
	hvc_words__free(words);
}

static void tell_below(struct walk *walk, const struct hvc_tree_node *node, unsigned depth)
{
	for (unsigned i = 0; node->key && i < node->edges; i++) {
		const struct hvc_tree_node *child = &walk->tree.node[node->edge[i].child];
		struct hvc_words words = {0};

		hvc_tree__when(walk->exact, node, &node->edge[i], &words);
		hvc_words__add(&words, "%s", child->key ? ": then by " : ": ");
		tell(walk, child, depth, &words);
		tell_below(walk, child, depth + 1);
	}
}

enum hvc_status hvc_tree__lines(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                                hvc_tree_line *line, void *ctx)
{
	struct walk walk = {.exact = exact, .part = part, .line = line, .ctx = ctx};
	struct hvc_words words = {0};

	HVC_TRY(hvc_tree__make(exact, part, &walk.tree));
	hvc_words__add(&words, "%s", walk.tree.node->key ? "by " : "always ");
	tell(&walk, walk.tree.node, 0, &words);
	tell_below(&walk, walk.tree.node, 1);
	hvc_tree__free(&walk.tree);
	return HVC_OK;
}

static void put_line(void *ctx, unsigned depth, const char *text, bool leaf)
{
	const struct hvc_page *page = ctx;
	unsigned indent = 2 + 4 * depth;

	(void)leaf;
	if (page->markup == HVC_MARKUP_NONE && indent > INDENT_MAX)
		indent = INDENT_MAX;
	hvc_page__prose(page, hvc_page__open(page, indent), indent + 4, "%s", text);
}

enum hvc_status hvc_tree__text(const struct hvc_page *page, const struct hvc_exact *exact,
                               struct hvc_diag *diag)
{
	for (unsigned i = 0; i < exact->parts; i++) {
		struct hvc_words who = {0};
		struct hvc_page to = *page;

		if (exact->part[i].same || !exact->part[i].symbolic->paths)
			continue;
		hvc_exact__callers(&who, exact, &exact->part[i]);
		hvc_page__heading(page, "%s", hvc_words__text(&who));
		hvc_words__free(&who);
		if (hvc_tree__lines(exact, &exact->part[i], put_line, &to) != HVC_OK)
			return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	return HVC_OK;
}
