/* SPDX-License-Identifier: MIT */
#include "engine/component.h"

#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct hvc_graph *graph, unsigned from, unsigned to)
{
	uint64_t hash = ((uint64_t)from << 32 | to) * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 24) & (graph->slots - 1);

	while (graph->used[at] && (graph->edge[at].from != from || graph->edge[at].to != to))
		at = (at + 1) & (graph->slots - 1);
	return at;
}

static bool grow(struct hvc_graph *graph)
{
	struct hvc_graph wide = *graph;

	wide.slots = graph->slots ? 2 * graph->slots : 256;
	wide.edge = calloc(wide.slots, sizeof *wide.edge);
	wide.used = calloc(wide.slots, sizeof *wide.used);
	if (!wide.edge || !wide.used) {
		free(wide.edge);
		free(wide.used);
		return false;
	}
	for (size_t i = 0; i < graph->slots; i++)
		if (graph->used[i]) {
			size_t at = slot_of(&wide, graph->edge[i].from, graph->edge[i].to);

			wide.edge[at] = graph->edge[i];
			wide.used[at] = 1;
		}
	free(graph->edge);
	free(graph->used);
	graph->edge = wide.edge;
	graph->used = wide.used;
	graph->slots = wide.slots;
	return true;
}

bool hvc_graph__link(struct hvc_graph *graph, unsigned from, unsigned to)
{
	size_t at;

	if (2 * graph->edges >= graph->slots && !grow(graph))
		return false;
	at = slot_of(graph, from, to);
	graph->edges += !graph->used[at];
	graph->edge[at] = (struct hvc_graph_edge){from, to};
	graph->used[at] = 1;
	return true;
}

static int by_ends(const void *a, const void *b)
{
	const struct hvc_graph_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* Out of the hash table, into order. */
static void sort_edges(struct hvc_graph *graph)
{
	size_t kept = 0;

	for (size_t i = 0; i < graph->slots; i++)
		if (graph->used[i])
			graph->edge[kept++] = graph->edge[i];
	if (kept)
		qsort(graph->edge, kept, sizeof *graph->edge, by_ends);
}

/* Tarjan's algorithm, without recursion: paths through real code are thousands of blocks long. */
struct visit {
	unsigned *first; /* index of each node's first edge; one more than nodes */
	unsigned *next;  /* index of the edge to follow next */
	unsigned *order; /* in which nodes were met, from 1; 0: not yet */
	unsigned *low;   /* the earliest node that is reached */
	unsigned *path;  /* nodes under way, outermost first */
	unsigned *open;  /* nodes whose component is not complete */
	bool *is_open;
	unsigned met, depth, opened;
};

static void enter(struct visit *visit, unsigned node)
{
	visit->order[node] = visit->low[node] = ++visit->met;
	visit->next[node] = visit->first[node];
	visit->path[visit->depth++] = node;
	visit->open[visit->opened++] = node;
	visit->is_open[node] = true;
}

/* The component that a node was the first of is complete. */
static void close_component(struct hvc_graph *graph, struct visit *visit, unsigned node)
{
	unsigned begin = visit->opened, lowest = node;

	do {
		begin--;
		if (visit->open[begin] < lowest)
			lowest = visit->open[begin];
	} while (visit->open[begin] != node);
	for (unsigned i = begin; i < visit->opened; i++) {
		graph->component[visit->open[i]] = lowest;
		graph->cyclic[visit->open[i]] |= visit->opened - begin > 1;
		visit->is_open[visit->open[i]] = false;
	}
	visit->opened = begin;
}

static void walk(struct hvc_graph *graph, struct visit *visit, unsigned root)
{
	enter(visit, root);
	while (visit->depth) {
		unsigned node = visit->path[visit->depth - 1];

		if (visit->next[node] < visit->first[node + 1]) {
			unsigned to = graph->edge[visit->next[node]++].to;

			graph->cyclic[node] |= to == node;
			if (!visit->order[to])
				enter(visit, to);
			else if (visit->is_open[to] && visit->order[to] < visit->low[node])
				visit->low[node] = visit->order[to];
			continue;
		}
		if (visit->low[node] == visit->order[node])
			close_component(graph, visit, node);
		visit->depth--;
		if (visit->depth) {
			unsigned up = visit->path[visit->depth - 1];

			if (visit->low[node] < visit->low[up])
				visit->low[up] = visit->low[node];
		}
	}
}

bool hvc_graph__settle(struct hvc_graph *graph, unsigned nodes)
{
	unsigned *memory = calloc(6 * ((size_t)nodes + 1), sizeof *memory);
	struct visit visit = {.is_open = calloc((size_t)nodes + 1, sizeof *visit.is_open)};

	graph->component = calloc((size_t)nodes + 1, sizeof *graph->component);
	graph->cyclic = calloc((size_t)nodes + 1, sizeof *graph->cyclic);
	if (!memory || !visit.is_open || !graph->component || !graph->cyclic) {
		free(memory);
		free(visit.is_open);
		return false;
	}
	visit.first = memory;
	visit.next = visit.first + nodes + 1;
	visit.order = visit.next + nodes + 1;
	visit.low = visit.order + nodes + 1;
	visit.path = visit.low + nodes + 1;
	visit.open = visit.path + nodes + 1;
	sort_edges(graph);
	for (size_t i = 0; i < graph->edges; i++)
		visit.first[graph->edge[i].from + 1]++;
	for (unsigned i = 0; i < nodes; i++)
		visit.first[i + 1] += visit.first[i];
	graph->nodes = nodes;
	for (unsigned i = 0; i < nodes; i++)
		if (!visit.order[i])
			walk(graph, &visit, i);
	free(memory);
	free(visit.is_open);
	return true;
}

void hvc_graph__clear(struct hvc_graph *graph)
{
	free(graph->edge);
	free(graph->used);
	free(graph->component);
	free(graph->cyclic);
	memset(graph, 0, sizeof *graph);
}
