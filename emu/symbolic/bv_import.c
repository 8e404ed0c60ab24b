/* SPDX-License-Identifier: MIT */
/* A term made anew, in its own room or in another, each part once and without recursion. */
#include "symbolic/bv_import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "symbolic/bv_node.h"

/** Memory at other addresses may have that name, which is cut when it is long. */
#define NAMES_MAX 100u

static hvc_ref failed(struct hvc_import *import, hvc_ref a)
{
	if (import->to->status == HVC_OK)
		import->to->status = HVC_E_NOMEM;
	return hvc_bv__num(import->to, a->width, 0);
}

static bool push(struct hvc_import *import, hvc_ref a)
{
	if (!hvc_grow(&import->stack, &import->most, import->depth, sizeof *import->stack))
		return false;
	import->stack[import->depth++] = a;
	return true;
}

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

/* The same operation on other operands. */
static hvc_ref operate(struct hvc_bvs *terms, hvc_ref like, const hvc_ref *arg)
{
	switch (like->op) {
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

/* The input there that this one is; there may be another of its name, at another address. */
static hvc_ref input(struct hvc_import *import, const struct hvc_input *what, hvc_ref address)
{
	char name[400];

	for (unsigned n = 1; n <= NAMES_MAX; n++) {
		size_t before = import->to->inputs;
		struct hvc_input *there;
		hvc_ref a;

		snprintf(name, sizeof name, n == 1 ? "%s" : "%s, %u", what->name, n);
		a = hvc_bv__input(import->to, name, what->width);
		there = hvc_bv__input_of(import->to, a);
		if (!there)
			return a;
		if (import->to->inputs > before) {
			there->base = what->base;
			there->usual = what->usual;
			there->address = address;
			memcpy(there->encoding, what->encoding, sizeof there->encoding);
		}
		if (there->address == address)
			return a;
	}
	return hvc_bv__num(import->to, what->width, 0);
}

static bool is_at_home(const struct hvc_import *import)
{
	return import->from == import->to;
}

/* Where memory is comes before what is there. */
static hvc_ref part_before(struct hvc_import *import, hvc_ref a, unsigned i)
{
	const struct hvc_input *what = hvc_bv__input_of(import->from, a);

	if (what)
		return i || is_at_home(import) ? NULL : what->address;
	return i < a->args ? a->arg[i] : NULL;
}

/* What has become of a node; NULL: nothing yet. */
static hvc_ref done(const struct hvc_import *import, hvc_ref a)
{
	return import->stamp[a->id] == import->now ? import->done[a->id] : NULL;
}

static hvc_ref make(struct hvc_import *import, hvc_ref a)
{
	const struct hvc_input *what = hvc_bv__input_of(import->from, a);
	hvc_ref arg[HVC_BV_ARGS] = {NULL};
	bool same = is_at_home(import);

	for (unsigned i = 0; i < a->args; i++) {
		arg[i] = done(import, a->arg[i]);
		same &= arg[i] == a->arg[i];
	}
	if (same)
		return a;
	if (a->op == HVC_OP_CONST)
		return hvc_bv__num(import->to, a->width, a->value);
	if (what)
		return input(import, what, what->address ? done(import, what->address) : NULL);
	return operate(import->to, a, arg);
}

/* The top of the stack, if its parts are done; else these are pushed. */
static bool step(struct hvc_import *import)
{
	hvc_ref top = import->stack[import->depth - 1], made = done(import, top), part;
	bool ready = true;

	if (!made && import->replace)
		made = import->replace(import->ctx, top);
	for (unsigned i = 0; !made && (part = part_before(import, top, i)); i++)
		if (!done(import, part)) {
			ready = false;
			if (!push(import, part))
				return false;
		}
	if (!ready)
		return true;
	import->done[top->id] = made ? made : make(import, top);
	import->stamp[top->id] = import->now;
	import->depth--;
	return true;
}

/* Terms are made while others are copied. */
static bool has_room(struct hvc_import *import)
{
	size_t room = 2 * import->from->nodes;
	hvc_ref *done;
	uint32_t *stamp;

	if (import->room >= import->from->nodes)
		return true;
	done = realloc(import->done, room * sizeof *done);
	import->done = done ? done : import->done;
	stamp = realloc(import->stamp, room * sizeof *stamp);
	import->stamp = stamp ? stamp : import->stamp;
	if (!done || !stamp)
		return false;
	memset(stamp + import->room, 0, (room - import->room) * sizeof *stamp);
	import->room = room;
	return true;
}

hvc_ref hvc_import__term(struct hvc_import *import, hvc_ref a)
{
	bool ok = true;

	if (!has_room(import))
		return failed(import, a);
	/* What a constructor made in need is no node. */
	if (a->id >= import->from->nodes || import->from->status != HVC_OK)
		return failed(import, a);
	import->depth = 0;
	ok = push(import, a);
	while (ok && import->depth)
		ok = step(import);
	return ok ? done(import, a) : failed(import, a);
}

void hvc_import__begin(struct hvc_import *import, struct hvc_bvs *from, struct hvc_bvs *to)
{
	import->from = from;
	import->to = to;
	import->now = 1;
	for (const struct hvc_alias *alias = from->alias; alias; alias = alias->next) {
		hvc_ref a = hvc_import__term(import, alias->term);

		if (!hvc_bv__alias_of(to, a))
			hvc_bv__alias(to, a, alias->name);
	}
}

void hvc_import__end(struct hvc_import *import)
{
	free(import->done);
	free(import->stamp);
	free(import->stack);
	import->done = NULL;
	import->stamp = NULL;
	import->stack = NULL;
	import->room = 0;
}

hvc_ref hvc_bv__rewrite(struct hvc_bvs *terms, hvc_ref a,
                        hvc_ref (*replace)(void *ctx, hvc_ref part), void *ctx)
{
	struct hvc_import import = terms->rewriter;
	hvc_ref made;

	if (hvc_bv__const(a))
		return a;
	/* One within another finds none, and makes its own. */
	terms->rewriter = (struct hvc_import){0};
	import.from = import.to = terms;
	import.replace = replace;
	import.ctx = ctx;
	if (++import.now == 0 && import.room) {
		memset(import.stamp, 0, import.room * sizeof *import.stamp);
		import.now = 1;
	}
	made = hvc_import__term(&import, a);
	hvc_import__end(&terms->rewriter);
	terms->rewriter = import;
	return made;
}
