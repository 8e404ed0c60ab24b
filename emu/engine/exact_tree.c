/* SPDX-License-Identifier: MIT */
/*
 * From paths to a tree. Paths that came the same way share the choices on it, which are one object
 * each, so that grouping by them gives the forks of the code; what is one decision to a reader is
 * then folded.
 */
#include "engine/exact_tree.h"

#include <stdlib.h>
#include <string.h>

struct growing {
	const struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const struct hvc_choice ***chain; /* of each path, from the vector on */
	unsigned *row;                    /* of each path */
	struct hvc_tree tree;
	bool failed;
};

static unsigned add_node(struct growing *g, const struct hvc_tree_node *node)
{
	/* Forks are fewer than paths, and so are leaves, joined or not: twice as many is enough. */
	g->tree.node[g->tree.nodes] = *node;
	return g->tree.nodes++;
}

static const struct hvc_choice *choice_of(const struct growing *g, unsigned path, unsigned depth)
{
	const struct hvc_choice *last = g->part->symbolic->path[path].way->choice;

	return last && depth < last->number ? g->chain[path][depth] : NULL;
}

/* What is said of a value with zeros on top is said of the value. */
static void narrow(struct growing *g, struct hvc_member *member)
{
	while (member->key->op == HVC_OP_CONCAT && hvc_bv__is(member->key->arg[0], 0)) {
		hvc_ref part = member->key->arg[1];
		const struct hvc_set *all = NULL;

		for (size_t i = 0; i < member->set->count; i++) {
			uint64_t mask = hvc_bv__mask(part->width), hi = member->set->range[i].hi;
			const struct hvc_set *one;

			if (member->set->range[i].lo > mask)
				break;
			one = hvc_set__range(g->exact->terms, part->width, member->set->range[i].lo,
			                     hi < mask ? hi : mask);
			all = all && one ? hvc_set__or(g->exact->terms, all, one) : one;
			if (!all)
				return;
		}
		if (!all)
			return;
		*member = (struct hvc_member){part, all};
	}
}

/* As a set of values of a term; of what is none, as its being true. */
static struct hvc_member member_of(struct growing *g, hvc_ref condition)
{
	struct hvc_member member;

	if (!hvc_set__of(g->exact->terms, condition, &member)) {
		member.key = condition;
		member.set = hvc_set__range(g->exact->terms, 1, 1, 1);
	}
	g->failed = g->failed || !member.set;
	if (member.set)
		narrow(g, &member);
	return member;
}

static bool add_edge(struct hvc_tree_node *node, const struct hvc_tree_edge *edge)
{
	struct hvc_tree_edge *grown = realloc(node->edge, (node->edges + 1) * sizeof *grown);

	if (!grown)
		return false;
	node->edge = grown;
	node->edge[node->edges++] = *edge;
	return true;
}

static bool same_leaf(const struct growing *g, unsigned a, unsigned b)
{
	const struct hvc_tree_node *x = &g->tree.node[a], *y = &g->tree.node[b];

	return !x->key && !y->key && x->row == y->row;
}

/* An edge of the node, or more values of one that is there. */
static void join_edge(struct growing *g, struct hvc_tree_node *node,
                      const struct hvc_tree_edge *edge)
{
	if (!edge->set || !edge->set->count)
		return;
	for (unsigned i = 0; i < node->edges; i++) {
		const struct hvc_set *both;

		if (!same_leaf(g, node->edge[i].child, edge->child))
			continue;
		both = hvc_set__or(g->exact->terms, node->edge[i].set, edge->set);
		if (both) {
			node->edge[i].set = both;
			return;
		}
	}
	g->failed = g->failed || !add_edge(node, edge);
}

/* What a child goes by that looks at the same value is decided here. */
static void fold(struct growing *g, struct hvc_tree_node *node, const struct hvc_tree_edge *edge)
{
	const struct hvc_tree_node *child = &g->tree.node[edge->child];

	/* What would have too many ranges stays a node of its own. */
	for (unsigned i = 0; child->key == node->key && i < child->edges; i++)
		if (!hvc_set__and(g->exact->terms, edge->set, child->edge[i].set)) {
			join_edge(g, node, edge);
			return;
		}
	if (child->key != node->key) {
		join_edge(g, node, edge);
		return;
	}
	for (unsigned i = 0; i < child->edges; i++) {
		struct hvc_tree_edge deeper = child->edge[i];

		deeper.set = hvc_set__and(g->exact->terms, edge->set, deeper.set);
		join_edge(g, node, &deeper);
	}
}

static int by_values(const void *a, const void *b)
{
	const struct hvc_tree_edge *x = a, *y = b;
	uint64_t lo[2] = {x->set->range[0].lo, y->set->range[0].lo};

	return lo[0] < lo[1] ? -1 : lo[0] > lo[1];
}

/* What is left over when the others are named is told last. */
static void order(struct hvc_tree_node *node)
{
	unsigned most = 0;
	struct hvc_tree_edge rest;

	qsort(node->edge, node->edges, sizeof *node->edge, by_values);
	for (unsigned i = 1; i < node->edges; i++)
		if (hvc_set__size(node->edge[i].set) >= hvc_set__size(node->edge[most].set))
			most = i;
	rest = node->edge[most];
	memmove(&node->edge[most], &node->edge[most + 1],
	        (node->edges - most - 1) * sizeof *node->edge);
	node->edge[node->edges - 1] = rest;
}

static unsigned grow(struct growing *g, const unsigned *path, unsigned paths, unsigned depth);

/* Paths that took the same side of a fork, in the order of being met. */
static unsigned grow_side(struct growing *g, const unsigned *path, unsigned paths, unsigned depth,
                          const struct hvc_choice *choice)
{
	unsigned *taken = malloc(paths * sizeof *taken), count = 0, child = 0;

	for (unsigned i = 0; taken && i < paths; i++)
		if (choice_of(g, path[i], depth) == choice)
			taken[count++] = path[i];
	g->failed = g->failed || !taken;
	if (taken)
		child = grow(g, taken, count, depth + 1);
	free(taken);
	return child;
}

/* The sides of one fork. A path that ends where others choose is a side without a choice. */
struct sides {
	const unsigned *path;
	unsigned paths, depth;
	const struct hvc_choice **choice;
	unsigned choices;
};

static unsigned grow_one(struct growing *g, const struct sides *sides, unsigned side)
{
	return grow_side(g, sides->path, sides->paths, sides->depth, sides->choice[side]);
}

static struct hvc_member side_of(struct growing *g, const struct sides *sides, unsigned side)
{
	struct hvc_symbolic *symbolic = g->part->symbolic;
	unsigned i = 0;

	if (sides->choice[side])
		return member_of(g, sides->choice[side]->condition);
	while (choice_of(g, sides->path[i], sides->depth))
		i++;
	return member_of(g, hvc_symbolic__condition(symbolic, &symbolic->path[sides->path[i]]));
}

static unsigned finish(struct growing *g, struct hvc_tree_node *node)
{
	if (g->failed || node->edges < 2) {
		unsigned child = node->edges ? node->edge[0].child : 0;

		free(node->edge);
		return child;
	}
	order(node);
	return add_node(g, node);
}

/* Sides that go by the same value are edges of one node; the others are behind what is left. */
static unsigned fork(struct growing *g, const struct sides *sides)
{
	const struct hvc_member first = side_of(g, sides, 0);
	struct hvc_tree_node node = {.key = first.key};
	struct sides rest = *sides;
	const struct hvc_set *left = g->failed ? NULL : hvc_set__not(g->exact->terms, first.set);
	uint64_t pc = 0;

	rest.choices = 0;
	for (unsigned i = 0; !g->failed && i < sides->choices; i++) {
		const struct hvc_member member = side_of(g, sides, i);
		struct hvc_tree_edge edge = {.set = member.set};

		edge.pc = pc = sides->choice[i] ? sides->choice[i]->pc : pc;
		if (member.key != first.key) {
			rest.choice[rest.choices++] = sides->choice[i];
			continue;
		}
		left = i && left ? hvc_set__and(g->exact->terms, left,
		                                hvc_set__not(g->exact->terms, member.set))
		                 : left;
		edge.child = grow_one(g, sides, i);
		if (!g->failed)
			fold(g, &node, &edge);
	}
	if (!g->failed && rest.choices) {
		struct hvc_tree_edge edge = {.set = left, .pc = pc};

		edge.child = rest.choices == 1 ? grow_one(g, &rest, 0) : fork(g, &rest);
		g->failed = g->failed || !left;
		if (!g->failed)
			fold(g, &node, &edge);
	}
	return finish(g, &node);
}

static unsigned grow_fork(struct growing *g, const unsigned *path, unsigned paths, unsigned depth)
{
	struct sides sides = {path, paths, depth, malloc(paths * sizeof(void *)), 0};
	unsigned child = 0;

	g->failed = g->failed || !sides.choice;
	for (unsigned i = 0; !g->failed && i < paths; i++) {
		const struct hvc_choice *choice = choice_of(g, path[i], depth);
		unsigned before = 0;

		while (before < sides.choices && sides.choice[before] != choice)
			before++;
		if (before == sides.choices)
			sides.choice[sides.choices++] = choice;
	}
	if (!g->failed)
		child = sides.choices == 1 ? grow_one(g, &sides, 0) : fork(g, &sides);
	free(sides.choice);
	return child;
}

static unsigned grow(struct growing *g, const unsigned *path, unsigned paths, unsigned depth)
{
	const struct hvc_tree_node leaf = {.row = g->row[path[0]], .path = path[0]};
	bool alike = true, chose = false;

	for (unsigned i = 0; i < paths; i++) {
		alike = alike && g->row[path[i]] == leaf.row;
		chose = chose || choice_of(g, path[i], depth);
	}
	/* What follows makes no difference. */
	return alike || !chose ? add_node(g, &leaf) : grow_fork(g, path, paths, depth);
}

static bool fill_chain(struct growing *g, unsigned path)
{
	const struct hvc_choice *last = g->part->symbolic->path[path].way->choice;

	g->chain[path] = malloc((last ? last->number : 1) * sizeof(void *));
	for (; g->chain[path] && last; last = last->before)
		g->chain[path][last->number - 1] = last;
	return g->chain[path] != NULL;
}

static void begin(struct growing *g)
{
	unsigned paths = g->part->symbolic->paths;

	g->chain = calloc(paths + 1, sizeof *g->chain);
	g->row = calloc(paths + 1, sizeof *g->row);
	g->tree.node = calloc(2 * paths + 1, sizeof *g->tree.node);
	g->failed = !g->chain || !g->row || !g->tree.node;
	for (unsigned i = 0; !g->failed && i < paths; i++)
		g->failed = !fill_chain(g, i);
	for (unsigned i = 0; !g->failed && i < g->part->rows; i++)
		for (unsigned k = 0; k < g->part->row[i].paths; k++)
			g->row[g->part->row[i].path[k]] = i;
}

/* A node and what is below it, the root first; what was folded away is left behind. */
static unsigned keep(struct growing *g, unsigned index, struct hvc_tree *out)
{
	unsigned at = out->nodes++;

	out->node[at] = g->tree.node[index];
	g->tree.node[index].edge = NULL;
	for (unsigned i = 0; i < out->node[at].edges; i++)
		out->node[at].edge[i].child = keep(g, out->node[at].edge[i].child, out);
	return at;
}

enum hvc_status hvc_tree__make(const struct hvc_exact *exact, const struct hvc_exact_part *part,
                               struct hvc_tree *out)
{
	struct growing g = {.exact = exact, .part = part};
	unsigned paths = part->symbolic->paths, *all = malloc((paths + 1) * sizeof *all);
	struct hvc_tree kept = {.node = NULL};
	unsigned root = 0;

	begin(&g);
	g.failed = g.failed || !all;
	for (unsigned i = 0; !g.failed && i < paths; i++)
		all[i] = i;
	if (!g.failed && paths)
		root = grow(&g, all, paths, 0);
	kept.node = calloc(g.tree.nodes + 1, sizeof *kept.node);
	g.failed = g.failed || !kept.node;
	if (!g.failed && paths)
		(void)keep(&g, root, &kept);
	for (unsigned i = 0; g.chain && i < paths; i++)
		free(g.chain[i]);
	free(g.chain);
	free(g.row);
	free(all);
	hvc_tree__free(&g.tree);
	if (g.failed) {
		hvc_tree__free(&kept);
		return HVC_E_NOMEM;
	}
	*out = kept;
	return HVC_OK;
}

void hvc_tree__free(struct hvc_tree *tree)
{
	for (unsigned i = 0; i < tree->nodes; i++)
		free(tree->node[i].edge);
	free(tree->node);
	*tree = (struct hvc_tree){.node = NULL};
}
