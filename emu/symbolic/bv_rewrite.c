/* SPDX-License-Identifier: MIT */
/* A term made anew from other parts, each part once, without recursion. */
#include <stdlib.h>

#include "symbolic/bv_node.h"

#include "base/grow.h"

static hvc_ref make_binary(struct hvc_bvs *t, enum hvc_op op, hvc_ref a, hvc_ref b)
{
	static hvc_ref (*const make[HVC_OP_COUNT])(struct hvc_bvs *, hvc_ref, hvc_ref) = {
	        [HVC_OP_ADD] = hvc_bv__add,     [HVC_OP_SUB] = hvc_bv__sub,
	        [HVC_OP_MUL] = hvc_bv__mul,     [HVC_OP_UMULH] = hvc_bv__umulh,
	        [HVC_OP_SMULH] = hvc_bv__smulh, [HVC_OP_UDIV] = hvc_bv__udiv,
	        [HVC_OP_SDIV] = hvc_bv__sdiv,   [HVC_OP_AND] = hvc_bv__and,
	        [HVC_OP_OR] = hvc_bv__or,       [HVC_OP_XOR] = hvc_bv__xor,
	        [HVC_OP_SHL] = hvc_bv__shl,     [HVC_OP_LSHR] = hvc_bv__lshr,
	        [HVC_OP_ASHR] = hvc_bv__ashr,   [HVC_OP_CONCAT] = hvc_bv__concat,
	        [HVC_OP_EQ] = hvc_bv__eq,       [HVC_OP_ULT] = hvc_bv__ult,
	        [HVC_OP_SLT] = hvc_bv__slt,
	};

	return make[op](t, a, b);
}

hvc_ref hvc_bv__make(struct hvc_bvs *terms, hvc_ref like, const hvc_ref *arg)
{
	switch (like->op) {
	case HVC_OP_CONST:
	case HVC_OP_INPUT:
		return like;
	case HVC_OP_OPAQUE:
		return hvc_bv__opaque(terms, hvc_bv__opaque_name(like), like->width, arg[0], arg[1],
		                      arg[2]);
	case HVC_OP_NEG:
		return hvc_bv__neg(terms, arg[0]);
	case HVC_OP_NOT:
		return hvc_bv__not(terms, arg[0]);
	case HVC_OP_EXTRACT:
		return hvc_bv__extract(terms, arg[0], (unsigned)like->value + like->width - 1,
		                       (unsigned)like->value);
	case HVC_OP_SEXT:
		return hvc_bv__sext(terms, arg[0], like->width);
	case HVC_OP_ITE:
		return hvc_bv__ite(terms, arg[0], arg[1], arg[2]);
	case HVC_OP_CLZ:
		return hvc_bv__clz(terms, arg[0]);
	case HVC_OP_RBIT:
		return hvc_bv__rbit(terms, arg[0]);
	default:
		return make_binary(terms, (enum hvc_op)like->op, arg[0], arg[1]);
	}
}

struct rewriter {
	struct hvc_bvs *terms;
	hvc_ref (*replace)(void *ctx, hvc_ref part);
	void *ctx;
	hvc_ref *done; /* by id, of nodes that were there at the start */
	hvc_ref *stack;
	size_t depth, most, nodes;
};

static bool push(struct rewriter *r, hvc_ref a)
{
	if (!hvc_grow(&r->stack, &r->most, r->depth, sizeof *r->stack))
		return false;
	r->stack[r->depth++] = a;
	return true;
}

/* The top of the stack, if its parts are done; else these are pushed. */
static bool step(struct rewriter *r)
{
	hvc_ref top = r->stack[r->depth - 1], arg[HVC_BV_ARGS] = {NULL}, made;
	bool ready = true, same = true;

	if (r->done[top->id]) {
		r->depth--;
		return true;
	}
	made = r->replace(r->ctx, top);
	for (unsigned i = 0; !made && i < top->args; i++) {
		arg[i] = r->done[top->arg[i]->id];
		same &= arg[i] == top->arg[i];
		if (arg[i])
			continue;
		ready = false;
		if (!push(r, top->arg[i]))
			return false;
	}
	if (!made && !ready)
		return true;
	if (!made)
		made = same ? top : hvc_bv__make(r->terms, top, arg);
	r->done[top->id] = made;
	r->depth--;
	return true;
}

hvc_ref hvc_bv__rewrite(struct hvc_bvs *terms, hvc_ref a,
                        hvc_ref (*replace)(void *ctx, hvc_ref part), void *ctx)
{
	struct rewriter r = {
	        .terms = terms, .replace = replace, .ctx = ctx, .nodes = hvc_bv__nodes(terms)};
	hvc_ref made = a;
	bool ok;

	if (hvc_bv__const(a))
		return a;
	r.done = calloc(r.nodes, sizeof *r.done);
	ok = r.done && push(&r, a);
	while (ok && r.depth)
		ok = step(&r);
	if (ok)
		made = r.done[a->id];
	else
		terms->status = HVC_E_NOMEM;
	free(r.done);
	free(r.stack);
	return made;
}
