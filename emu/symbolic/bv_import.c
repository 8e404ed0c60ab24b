/* SPDX-License-Identifier: MIT */
#include "symbolic/bv_import.h"
#include "base/grow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Where memory is comes before what is there. */
static hvc_ref part_before(struct hvc_import *import, hvc_ref a, unsigned i)
{
	const struct hvc_input *what = hvc_bv__input_of(import->from, a);

	if (what)
		return i ? NULL : what->address;
	return i < a->args ? a->arg[i] : NULL;
}

static hvc_ref make(struct hvc_import *import, hvc_ref a)
{
	const struct hvc_input *what = hvc_bv__input_of(import->from, a);
	hvc_ref arg[HVC_BV_ARGS] = {NULL};

	if (a->op == HVC_OP_CONST)
		return hvc_bv__num(import->to, a->width, a->value);
	if (what)
		return input(import, what, what->address ? import->done[what->address->id] : NULL);
	for (unsigned i = 0; i < a->args; i++)
		arg[i] = import->done[a->arg[i]->id];
	return hvc_bv__make(import->to, a, arg);
}

/* The top of the stack, if its parts are done; else these are pushed. */
static bool step(struct hvc_import *import)
{
	hvc_ref top = import->stack[import->depth - 1], made = NULL, part;
	bool ready = true;

	if (import->replace && !import->done[top->id])
		made = import->replace(import->ctx, top);
	for (unsigned i = 0; !made && (part = part_before(import, top, i)); i++)
		if (!import->done[part->id]) {
			ready = false;
			if (!push(import, part))
				return false;
		}
	if (!made && !ready)
		return true;
	if (!import->done[top->id])
		import->done[top->id] = made ? made : make(import, top);
	import->depth--;
	return true;
}

hvc_ref hvc_import__term(struct hvc_import *import, hvc_ref a)
{
	bool ok = true;

	/* Terms are made while others are copied. */
	if (import->room < import->from->nodes) {
		size_t room = 2 * import->from->nodes;
		hvc_ref *more = realloc(import->done, room * sizeof *more);

		if (!more)
			return failed(import, a);
		memset(more + import->room, 0, (room - import->room) * sizeof *more);
		import->done = more;
		import->room = room;
	}
	/* What a constructor made in need is no node. */
	if (a->id >= import->from->nodes || import->from->status != HVC_OK)
		return failed(import, a);
	import->depth = 0;
	ok = push(import, a);
	while (ok && import->depth)
		ok = step(import);
	return ok ? import->done[a->id] : failed(import, a);
}

void hvc_import__begin(struct hvc_import *import, struct hvc_bvs *from, struct hvc_bvs *to)
{
	import->from = from;
	import->to = to;
	for (const struct hvc_alias *alias = from->alias; alias; alias = alias->next) {
		hvc_ref a = hvc_import__term(import, alias->term);

		if (!hvc_bv__alias_of(to, a))
			hvc_bv__alias(to, a, alias->name);
	}
}

void hvc_import__end(struct hvc_import *import)
{
	free(import->done);
	free(import->stack);
	import->done = NULL;
	import->stack = NULL;
	import->room = 0;
}
