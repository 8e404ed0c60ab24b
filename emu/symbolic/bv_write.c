/* SPDX-License-Identifier: MIT */
/* Terms as text, as saved maps keep them; bv_read.c reads it back. */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "hvcheck/reg.h"
#include "symbolic/bv_file.h"
#include "symbolic/bv_node.h"

/** A part is told by itself where the text of a term would be deeper, or have more nodes. */
#define DEPTH_MAX 12u
#define NODES_MAX 60u
/** Of what several terms have in common, no more is written out each time. */
#define NODES_SMALL 5u

struct node {
	uint32_t uses;   /* how often it is in a term; announced ones once more */
	uint32_t number; /* "$number"; 0: not told yet */
	uint16_t nodes;  /* of its text */
	uint8_t depth;   /* of its text */
	bool apart;      /* it has a line of its own */
};

struct hvc_bv_writer {
	struct hvc_bvs *terms;
	void (*met)(void *ctx, hvc_ref part);
	void *ctx;
	struct node *node; /* by id */
	size_t room;
	uint32_t parts;
	hvc_ref *stack;
	size_t depth, most;
};

static const char *const infixes[HVC_OP_COUNT] = {
        [HVC_OP_ADD] = "+", [HVC_OP_SUB] = "-", [HVC_OP_MUL] = "*",       [HVC_OP_AND] = "&",
        [HVC_OP_OR] = "|",  [HVC_OP_XOR] = "^", [HVC_OP_SHL] = "<<",      [HVC_OP_LSHR] = ">>",
        [HVC_OP_EQ] = "=",  [HVC_OP_ULT] = "<", [HVC_OP_SLT] = "signed<",
};

static const char *const functions[HVC_OP_COUNT] = {
        [HVC_OP_UMULH] = "umulh", [HVC_OP_SMULH] = "smulh", [HVC_OP_UDIV] = "udiv",
        [HVC_OP_SDIV] = "sdiv",   [HVC_OP_ASHR] = "asr",    [HVC_OP_CONCAT] = "concat",
        [HVC_OP_ITE] = "if",      [HVC_OP_CLZ] = "clz",     [HVC_OP_RBIT] = "rbit",
};

const char *hvc_bv_file__infix(enum hvc_op op)
{
	return infixes[op] ? infixes[op] : "";
}

const char *hvc_bv_file__function(enum hvc_op op)
{
	return functions[op] ? functions[op] : "";
}

/* Is it zero-extended, the low half of a general register? Then which one; else -1. */
static int word_of(struct hvc_bvs *terms, hvc_ref a)
{
	const struct hvc_input *input;
	enum hvc_reg reg;

	if (a->op != HVC_OP_CONCAT || a->arg[0]->width != 32 || !hvc_bv__is(a->arg[0], 0) ||
	    a->arg[1]->op != HVC_OP_EXTRACT || a->arg[1]->width != 32 || a->arg[1]->value != 0)
		return -1;
	input = hvc_bv__input_of(terms, a->arg[1]->arg[0]);
	reg = input ? hvc_reg_find(input->name) : HVC_REG_NONE;
	return reg < HVC_GPR_COUNT ? (int)reg : -1;
}

bool hvc_bv_file__is_name(const char *name)
{
	size_t length = strlen(name);

	if (!length || length > 60 || !islower((unsigned char)*name))
		return false;
	for (const char *at = name; *at; at++)
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) &&
		    !strchr("_.#", *at))
			return false;
	if (name[0] == 'w' && isdigit((unsigned char)name[1]))
		return false;
	for (unsigned op = 0; op < HVC_OP_COUNT; op++)
		if (functions[op] && !strcmp(functions[op], name))
			return false;
	return strncmp(name, "sext", 4) != 0 && strncmp(name, "signed", 6) != 0;
}

/* Inputs that every call has, which are the first in any room: x0..x30, imm, nzcv, daif, self. */
static bool is_of_call(hvc_ref a)
{
	return a->value < HVC_GPR_COUNT + 4;
}

/* An input without a name to be written by: memory, mostly. */
static bool has_number(const struct hvc_bv_writer *w, hvc_ref a)
{
	const struct hvc_input *input = hvc_bv__input_of(w->terms, a);

	if (input)
		return !is_of_call(a) && (input->address || !hvc_bv_file__is_name(input->name));
	return w->node[a->id].apart;
}

static hvc_ref part_of(const struct hvc_bv_writer *w, hvc_ref a, unsigned i)
{
	const struct hvc_input *input = hvc_bv__input_of(w->terms, a);

	if (input)
		return i ? NULL : input->address;
	if (word_of(w->terms, a) >= 0)
		return i ? NULL : a->arg[1]->arg[0];
	return i < a->args ? a->arg[i] : NULL;
}

enum hvc_status hvc_bv_writer__open(struct hvc_bvs *terms, void (*met)(void *ctx, hvc_ref part),
                                    void *ctx, struct hvc_bv_writer **out)
{
	struct hvc_bv_writer *w = calloc(1, sizeof *w);

	if (!w)
		return HVC_E_NOMEM;
	w->terms = terms;
	w->met = met;
	w->ctx = ctx;
	w->room = terms->nodes;
	w->node = calloc(w->room + 1, sizeof *w->node);
	if (!w->node) {
		free(w);
		return HVC_E_NOMEM;
	}
	*out = w;
	return HVC_OK;
}

void hvc_bv_writer__close(struct hvc_bv_writer *w)
{
	if (!w)
		return;
	free(w->node);
	free(w->stack);
	free(w);
}

static bool push(struct hvc_bv_writer *w, hvc_ref a)
{
	if (!hvc_grow(&w->stack, &w->most, w->depth, sizeof *w->stack))
		return false;
	w->stack[w->depth++] = a;
	return true;
}

bool hvc_bv_writer__announce(struct hvc_bv_writer *w, hvc_ref a)
{
	if (w->node[a->id].uses++)
		return true;
	w->depth = 0;
	if (!push(w, a))
		return false;
	while (w->depth) {
		hvc_ref top = w->stack[--w->depth], part;

		if (w->met)
			w->met(w->ctx, top);
		for (unsigned i = 0; (part = part_of(w, top, i)); i++)
			if (!w->node[part->id].uses++ && !push(w, part))
				return false;
	}
	return true;
}

/* Of a part that is done: what it adds to the text around it. */
static void measure(struct hvc_bv_writer *w, hvc_ref a)
{
	struct node *node = &w->node[a->id];
	unsigned depth = 0, nodes = 1;
	hvc_ref part;

	for (unsigned i = 0; (part = part_of(w, a, i)); i++) {
		const struct node *of = &w->node[part->id];

		if (of->apart)
			continue;
		depth = of->depth > depth ? of->depth : depth;
		nodes += of->nodes;
	}
	node->depth = (uint8_t)(depth + 1);
	node->nodes = (uint16_t)nodes;
	node->apart = a->op > HVC_OP_INPUT && word_of(w->terms, a) < 0 &&
	              ((node->uses > 1 && nodes > NODES_SMALL) || depth + 1 >= DEPTH_MAX ||
	               nodes >= NODES_MAX);
	if (a->op == HVC_OP_EXTRACT && a->arg[0]->op == HVC_OP_INPUT)
		node->apart = false;
}

static void put(struct hvc_bv_writer *w, hvc_ref a, bool inner, FILE *file);

static void put_input(struct hvc_bv_writer *w, hvc_ref a, const char *indent, FILE *file)
{
	const struct hvc_input *input = hvc_bv__input_of(w->terms, a);
	const uint8_t *e = input->encoding;

	fprintf(file, "%s", indent);
	if (has_number(w, a)) {
		fprintf(file, "$%" PRIu32 " := memory ", w->node[a->id].number);
		if (input->address)
			put(w, input->address, true, file);
		else
			fprintf(file, "nowhere");
		fprintf(file, " %u 0x%" PRIx64 " %s\n", input->width, input->usual, input->name);
		return;
	}
	fprintf(file, "input %s %u 0x%" PRIx64, input->name, input->width, input->usual);
	if (e[0])
		fprintf(file, " s%u_%u_c%u_c%u_%u", e[0], e[1], e[2], e[3], e[4]);
	fputc('\n', file);
}

static void put_line(struct hvc_bv_writer *w, hvc_ref a, const char *indent, FILE *file)
{
	bool input = a->op == HVC_OP_INPUT;

	w->node[a->id].number = has_number(w, a) ? ++w->parts : UINT32_MAX;
	if (input) {
		put_input(w, a, indent, file);
	} else if (w->node[a->id].apart) {
		uint32_t number = w->node[a->id].number;

		fprintf(file, "%s$%" PRIu32 " := ", indent, number);
		w->node[a->id].number = 0;
		put(w, a, false, file);
		w->node[a->id].number = number;
		fputc('\n', file);
	}
}

/*
 * Each part once, after its own parts, from the left. A node is met twice: going down, when all
 * that is below it is put on the stack, and again when that is done.
 */
static bool walk(struct hvc_bv_writer *w, hvc_ref a, const char *indent, FILE *file)
{
	w->depth = 0;
	if (!push(w, a))
		return false;
	while (w->depth) {
		hvc_ref top = w->stack[w->depth - 1], part, below[HVC_BV_ARGS];
		unsigned count = 0;

		if (w->node[top->id].number) {
			w->depth--;
			continue;
		}
		for (unsigned i = 0; (part = part_of(w, top, i)); i++)
			if (!w->node[part->id].number)
				below[count++] = part;
		if (!count) {
			measure(w, top);
			w->depth--;
			if (top->op == HVC_OP_INPUT && is_of_call(top))
				w->node[top->id].number = UINT32_MAX;
			else
				put_line(w, top, indent, file);
		}
		while (count)
			if (!push(w, below[--count]))
				return false;
	}
	return true;
}

bool hvc_bv_writer__parts(struct hvc_bv_writer *w, hvc_ref a, const char *indent, FILE *file)
{
	return walk(w, a, indent, file);
}

static void put_number(hvc_ref a, FILE *file)
{
	fprintf(file, "0x%" PRIx64, a->value);
	if (a->width != 64)
		fprintf(file, ":%u", a->width);
}

static void put_call(struct hvc_bv_writer *w, hvc_ref a, FILE *file)
{
	if (a->op == HVC_OP_OPAQUE)
		fprintf(file, "%s!%u(", hvc_bv__opaque_name(a), a->width);
	else if (a->op == HVC_OP_SEXT)
		fprintf(file, "sext%u(", a->width);
	else
		fprintf(file, "%s(", functions[a->op]);
	for (unsigned i = 0; i < a->args; i++) {
		fputs(i ? ", " : "", file);
		put(w, a->arg[i], false, file);
	}
	fputc(')', file);
}

/* inner: it is an operand, and another operator than in its own text may come after it. */
static void put(struct hvc_bv_writer *w, hvc_ref a, bool inner, FILE *file)
{
	const struct node *node = &w->node[a->id];
	int word = word_of(w->terms, a);
	hvc_ref left = a->arg[0];

	if (node->number && has_number(w, a)) {
		fprintf(file, "$%" PRIu32, node->number);
	} else if (word >= 0) {
		fprintf(file, "w%d", word);
	} else if (a->op == HVC_OP_CONST) {
		put_number(a, file);
	} else if (a->op == HVC_OP_INPUT) {
		fputs(hvc_bv__input_of(w->terms, a)->name, file);
	} else if (a->op == HVC_OP_EXTRACT) {
		put(w, left, true, file);
		fprintf(file, "[%u:%u]", (unsigned)a->value + a->width - 1, (unsigned)a->value);
	} else if (a->op == HVC_OP_NOT || a->op == HVC_OP_NEG) {
		fputs(inner ? "(" : "", file);
		fputc(a->op == HVC_OP_NOT ? '~' : '-', file);
		put(w, left, true, file);
		fputs(inner ? ")" : "", file);
	} else if (infixes[a->op]) {
		bool chain = left->op == a->op && a->op < HVC_OP_EQ && !has_number(w, left);

		fputs(inner ? "(" : "", file);
		put(w, left, !chain, file);
		fprintf(file, " %s ", infixes[a->op]);
		put(w, a->arg[1], true, file);
		fputs(inner ? ")" : "", file);
	} else {
		put_call(w, a, file);
	}
}

void hvc_bv_writer__term(struct hvc_bv_writer *w, hvc_ref a, FILE *file)
{
	put(w, a, false, file);
}
