/* SPDX-License-Identifier: MIT */
/** What the files of bv.h share. */
#ifndef SYMBOLIC_BV_NODE_H
#define SYMBOLIC_BV_NODE_H

#include "symbolic/bv.h"
#include "symbolic/bv_import.h"

struct hvc_alias {
	hvc_ref term;
	const char *name;
	struct hvc_alias *next;
};

struct hvc_bvs {
	struct hvc_bv **slot; /* hash table of nodes, open addressing */
	size_t slots;         /* power of two, over twice the nodes */
	size_t nodes, limit;
	enum hvc_status status;
	struct hvc_chunk *chunk; /* memory of nodes and texts */
	struct hvc_input *input;
	size_t inputs, inputs_max;
	struct hvc_name *name; /* texts kept */
	struct hvc_alias *alias;
	struct hvc_bv zero[65]; /* by width: what a constructor returns in need */
	/* scratch of walks over nodes, by id */
	uint64_t *value;
	uint32_t *stamp, now;
	size_t scratch;
	hvc_ref *stack;
	size_t stack_max;
	/* and of the one that rewrites */
	struct hvc_import rewriter;
};

/** The node of these, new or old; a constant where every bit is known. */
hvc_ref hvc_bv__node(struct hvc_bvs *terms, enum hvc_op op, unsigned width, uint64_t value,
                     unsigned args, hvc_ref a, hvc_ref b, hvc_ref c);

/** Is an opaque function one that can be computed? */
bool hvc_bv__is_computed(const char *name);
/** Its value, or of any other a made-up but fixed one. */
uint64_t hvc_bv__compute(const char *name, unsigned width, const uint64_t arg[HVC_BV_ARGS]);

/** Is it a constant, or a choice of constants? What is done to it may be done to each of them. */
static inline bool hvc_bv__chosen(hvc_ref a)
{
	return a->choice || hvc_bv__const(a);
}

/** Constants on the right; else the older node on the left. */
static inline void hvc_bv__order(hvc_ref *a, hvc_ref *b)
{
	bool left = hvc_bv__const(*a), right = hvc_bv__const(*b);
	hvc_ref swap = *a;

	if (left == right ? (*a)->id <= (*b)->id : right)
		return;
	*a = *b;
	*b = swap;
}

#endif
