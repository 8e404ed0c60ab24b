/* SPDX-License-Identifier: MIT */
/** Loops of a directed graph: its strongly connected components. */
#ifndef ENGINE_COMPONENT_H
#define ENGINE_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hvc_graph_edge {
	unsigned from, to;
};

/** Zero-initialise. */
struct hvc_graph {
	struct hvc_graph_edge *edge; /**< hash table until settled, then sorted by from, to */
	size_t edges, slots;
	uint8_t *used;
	unsigned nodes;      /**< 0 until settled */
	unsigned *component; /**< of each node: the lowest node of its component */
	bool *cyclic;        /**< of each node: it can be reached from itself */
};

/** Add an edge, once however often it is added. False when memory runs out. */
bool hvc_graph__link(struct hvc_graph *graph, unsigned from, unsigned to);
/** Find the components of nodes 0..nodes - 1. */
bool hvc_graph__settle(struct hvc_graph *graph, unsigned nodes);
void hvc_graph__clear(struct hvc_graph *graph);

#endif
