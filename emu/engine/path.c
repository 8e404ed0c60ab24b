/* SPDX-License-Identifier: MIT */
/*
 * Addresses where blocks begin are nodes, and an edge is a node that follows another in the same
 * function: a call's edge goes to where the call comes back to, so that a function used in two
 * places ties no knot. Loops are the strongly connected components of that graph.
 *
 * The engine's blocks overlap: one that runs into a loop holds its first round too. So each is
 * taken apart where others begin.
 */
#include "engine/path.h"

#include <stdlib.h>
#include <string.h>

#include "engine/component.h"
#include "subject/a64.h"
#include "subject/walk.h"

#define FRAMES 256u   /* calls nested deeper are taken for branches */
#define STEPS  65536u /* of one way that are kept; the name covers all */

enum end {
	END_BRANCH, /* or nothing: the next block is in the same function */
	END_CALL,
	END_RETURN, /* or a branch to a register, which may be one */
};

struct node {
	uint64_t address;
	uint32_t size;
	enum end end;
};

/* A function under way. */
struct frame {
	uint64_t back;      /* where its caller goes on */
	unsigned node;      /* the last block that ran in it; NONE at first */
	unsigned component; /* and its loop */
	bool silent;        /* called from a loop: part of that */
};

struct hvc_path {
	const struct hvc_image *image;
	struct node *node;
	unsigned nodes, capacity;
	unsigned *bucket; /* hash table of nodes: index + 1 */
	unsigned buckets;
	struct hvc_graph followed; /* block after block */
	struct hvc_graph graph;    /* node after node */
	unsigned *order;           /* nodes by address, those that were learned */
	bool settled, failed;

	/* the call under way */
	struct frame frame[FRAMES];
	unsigned depth; /* index of the present frame */
	enum end end;   /* of the last block */
	uint64_t after; /* address after it */
	uint64_t name;
	struct hvc_path_step *step;
	unsigned steps, step_room;
};

#define NONE UINT32_MAX

struct hvc_path *hvc_path__new(const struct hvc_image *image)
{
	struct hvc_path *path = calloc(1, sizeof *path);

	if (path)
		path->image = image;
	return path;
}

void hvc_path__free(struct hvc_path *path)
{
	if (!path)
		return;
	hvc_graph__clear(&path->followed);
	hvc_graph__clear(&path->graph);
	free(path->order);
	free(path->node);
	free(path->bucket);
	free(path->step);
	free(path);
}

void hvc_path__begin(struct hvc_path *path)
{
	path->depth = 0;
	path->frame[0] = (struct frame){.node = NONE, .component = NONE};
	path->end = END_BRANCH;
	path->after = 0;
	path->name = UINT64_C(0xcbf29ce484222325);
	path->steps = 0;
}

static unsigned slot_of(const struct hvc_path *path, uint64_t address)
{
	uint64_t hash = (address >> 2) * UINT64_C(0x9e3779b97f4a7c15);
	unsigned at = (unsigned)(hash >> 32) & (path->buckets - 1);

	while (path->bucket[at] && path->node[path->bucket[at] - 1].address != address)
		at = (at + 1) & (path->buckets - 1);
	return at;
}

static bool grow(struct hvc_path *path)
{
	unsigned capacity = path->capacity ? 2 * path->capacity : 256;
	void *node = realloc(path->node, capacity * sizeof *path->node);
	unsigned *bucket = calloc(2 * capacity, sizeof *bucket);

	if (node)
		path->node = node;
	if (!node || !bucket) {
		free(bucket);
		return false;
	}
	free(path->bucket);
	path->capacity = capacity;
	path->bucket = bucket;
	path->buckets = 2 * capacity;
	for (unsigned i = 0; i < path->nodes; i++)
		bucket[slot_of(path, path->node[i].address)] = i + 1;
	return true;
}

/* How a block ends, by its last word. */
static enum end end_of(const struct hvc_path *path, uint64_t address, uint32_t size)
{
	uint64_t target;
	uint32_t word;

	if (!hvc_walk__word(path->image, address + size - 4, &word))
		return END_BRANCH;
	if ((word & UINT32_C(0xfe7f0000)) == UINT32_C(0xd63f0000)) /* BLR, BLRAA(Z), BLRAB(Z) */
		return END_CALL;
	switch (hvc_a64__flow(address + size - 4, word, &target)) {
	case HVC_FLOW_CALL:
		return END_CALL;
	case HVC_FLOW_INDIRECT:
		return END_RETURN;
	default:
		return END_BRANCH;
	}
}

static unsigned find_node(struct hvc_path *path, uint64_t address, uint32_t size)
{
	unsigned at;

	if (path->nodes == path->capacity && !grow(path)) {
		path->failed = true;
		return NONE;
	}
	at = slot_of(path, address);
	if (path->bucket[at])
		return path->bucket[at] - 1;
	path->node[path->nodes] = (struct node){address, size, end_of(path, address, size)};
	path->bucket[at] = ++path->nodes;
	return path->nodes - 1;
}

/* The frame that a block at an address runs in, after what the last block did. */
static void move(struct hvc_path *path, uint64_t address)
{
	struct frame *frame = &path->frame[path->depth];

	if (path->end == END_CALL && path->depth + 1 < FRAMES) {
		bool silent = hvc_path__in_loop(path, path->after - 4);

		frame->back = path->after;
		path->frame[++path->depth] =
		        (struct frame){.node = NONE, .component = NONE, .silent = silent};
	} else if (path->end == END_RETURN) {
		for (unsigned up = path->depth; up-- > 0;)
			if (path->frame[up].back == address) {
				path->depth = up;
				break;
			}
	}
}

/* How many learned nodes begin at or before an address. */
static unsigned rank_of(const struct hvc_path *path, uint64_t address)
{
	unsigned lo = 0, hi = path->graph.nodes;

	while (lo < hi) {
		unsigned middle = lo + (hi - lo) / 2;

		if (path->node[path->order[middle]].address <= address)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static void add_step(struct hvc_path *path, uint64_t name, uint64_t entry)
{
	path->name = (path->name ^ name ^ name >> 32) * UINT64_C(0x100000001b3);
	if (path->steps == STEPS)
		return;
	if (path->steps == path->step_room) {
		unsigned room = path->step_room ? 2 * path->step_room : 64;
		void *grown = realloc(path->step, room * sizeof *path->step);

		if (!grown) {
			path->failed = true;
			return;
		}
		path->step = grown;
		path->step_room = room;
	}
	path->step[path->steps++] = (struct hvc_path_step){name, entry};
}

/* A node runs in the present frame. One that was not learned is a step of its own. */
static void pass(struct hvc_path *path, unsigned node)
{
	struct frame *frame = &path->frame[path->depth];
	bool learned = node < path->graph.nodes;
	unsigned component = learned ? path->graph.component[node] : node;
	bool loop = learned && path->graph.cyclic[node];

	if (!frame->silent && !(loop && frame->component == component))
		add_step(path, path->node[component].address, path->node[node].address);
	frame->component = component;
	frame->node = node;
}

void hvc_path__block(void *ctx, uint64_t address, uint32_t size)
{
	struct hvc_path *path = ctx;
	unsigned node = find_node(path, address, size);
	struct frame *frame;

	if (node == NONE)
		return;
	move(path, address);
	frame = &path->frame[path->depth];
	if (!path->settled) {
		if (frame->node != NONE && !hvc_graph__link(&path->followed, frame->node, node))
			path->failed = true;
		frame->node = node;
	} else {
		pass(path, node);
		for (unsigned i = rank_of(path, address); i < path->graph.nodes; i++) {
			if (path->node[path->order[i]].address >= address + size)
				break;
			pass(path, path->order[i]);
		}
	}
	path->end = path->node[node].end;
	path->after = address + size;
}

static int by_address(const void *a, const void *b, void *ctx)
{
	const struct node *node = ctx;
	const struct node *x = &node[*(const unsigned *)a], *y = &node[*(const unsigned *)b];

	return (x->address > y->address) - (x->address < y->address);
}

/* Edges of the nodes that blocks are taken apart into. */
static bool link_nodes(struct hvc_path *path)
{
	unsigned *last = calloc(path->nodes + 1, sizeof *last);
	bool ok = last != NULL;

	for (unsigned i = 0; ok && i < path->nodes; i++) {
		const struct node *node = &path->node[path->order[i]];
		unsigned k = i;

		while (k + 1 < path->nodes &&
		       path->node[path->order[k + 1]].address < node->address + node->size) {
			ok = ok &&
			     hvc_graph__link(&path->graph, path->order[k], path->order[k + 1]);
			k++;
		}
		last[path->order[i]] = path->order[k];
	}
	for (size_t i = 0; ok && i < path->followed.slots; i++)
		if (path->followed.used[i])
			ok = hvc_graph__link(&path->graph, last[path->followed.edge[i].from],
			                     path->followed.edge[i].to);
	free(last);
	return ok;
}

bool hvc_path__settle(struct hvc_path *path)
{
	path->order = calloc(path->nodes + 1, sizeof *path->order);
	if (!path->order || path->failed)
		return false;
	for (unsigned i = 0; i < path->nodes; i++)
		path->order[i] = i;
	qsort_r(path->order, path->nodes, sizeof *path->order, by_address, path->node);
	path->settled = true;
	return link_nodes(path) && hvc_graph__settle(&path->graph, path->nodes);
}

uint64_t hvc_path__name(const struct hvc_path *path)
{
	return path->name;
}

bool hvc_path__in_loop(const struct hvc_path *path, uint64_t address)
{
	unsigned rank = path->settled ? rank_of(path, address) : 0;

	return path->frame[path->depth].silent ||
	       (rank > 0 && path->graph.cyclic[path->order[rank - 1]]);
}

unsigned hvc_path__steps(const struct hvc_path *path)
{
	return path->steps;
}

const struct hvc_path_step *hvc_path__step(const struct hvc_path *path, unsigned i)
{
	return &path->step[i];
}
