/* SPDX-License-Identifier: MIT */
/*
 * Terms in SMT-LIB 2.6, logic QF_BV: a definition a node, those that it is made of before it. What
 * each operator computes is as solver.c tells its solver. An opaque function is a constant of its
 * own for each node.
 */
#include "symbolic/smt.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "symbolic/bv_node.h"
#include "symbolic/certificate.h"

void hvc_certificates__free(struct hvc_certificates *certificates)
{
	for (size_t i = 0; i < certificates->count; i++) {
		free(certificates->row[i].name);
		free(certificates->row[i].text);
	}
	free(certificates->row);
	*certificates = (struct hvc_certificates){0};
}

static void put_number(FILE *out, unsigned width, uint64_t value)
{
	if (width % 4 == 0)
		fprintf(out, "#x%0*" PRIx64, (int)width / 4, value);
	else if (width == 1)
		fprintf(out, "#b%u", (unsigned)value);
	else
		fprintf(out, "(_ bv%" PRIu64 " %u)", value, width);
}

/* A symbol in bars, which may hold anything but these and backslashes. */
static void put_symbol(FILE *out, const char *name)
{
	putc('|', out);
	for (; *name; name++)
		putc(isprint((unsigned char)*name) && *name != '|' && *name != '\\' ? *name : '?',
		     out);
	putc('|', out);
}

static void put_ref(struct hvc_bvs *terms, FILE *out, hvc_ref a)
{
	if (hvc_bv__const(a))
		put_number(out, a->width, a->value);
	else if (a->op == HVC_OP_INPUT)
		put_symbol(out, hvc_bv__input_of(terms, a)->name);
	else
		fprintf(out, "$%u", (unsigned)a->id);
}

/* "before", argument 0, " " argument 1 and so on, "after". */
static void put_call(struct hvc_bvs *terms, FILE *out, hvc_ref a, const char *before,
                     const char *after)
{
	fprintf(out, "(%s", before);
	for (unsigned i = 0; i < a->args; i++) {
		putc(' ', out);
		put_ref(terms, out, a->arg[i]);
	}
	fprintf(out, ")%s", after);
}

static void put_high_half(struct hvc_bvs *terms, FILE *out, hvc_ref a, const char *extend)
{
	fputs("((_ extract 127 64) (bvmul", out);
	for (unsigned i = 0; i < 2; i++) {
		fprintf(out, " ((_ %s 64) ", extend);
		put_ref(terms, out, a->arg[i]);
		putc(')', out);
	}
	fputs("))", out);
}

static void put_divide(struct hvc_bvs *terms, FILE *out, hvc_ref a)
{
	fputs("(ite (= ", out);
	put_ref(terms, out, a->arg[1]);
	putc(' ', out);
	put_number(out, a->width, 0);
	fputs(") ", out);
	put_number(out, a->width, 0);
	putc(' ', out);
	put_call(terms, out, a, a->op == HVC_OP_UDIV ? "bvudiv" : "bvsdiv", ")");
}

/* The highest bit that is set decides. */
static void put_leading_zeros(struct hvc_bvs *terms, FILE *out, hvc_ref a)
{
	for (unsigned bit = a->width; bit-- > 0;) {
		fprintf(out, "(ite (= ((_ extract %u %u) ", bit, bit);
		put_ref(terms, out, a->arg[0]);
		fputs(") #b1) ", out);
		put_number(out, a->width, a->width - 1u - bit);
		putc(' ', out);
	}
	put_number(out, a->width, a->width);
	for (unsigned bit = 0; bit < a->width; bit++)
		putc(')', out);
}

static void put_reverse(struct hvc_bvs *terms, FILE *out, hvc_ref a)
{
	fputs(a->width > 1 ? "(concat" : "(bvor", out);
	for (unsigned bit = 0; bit < a->width; bit++) {
		fprintf(out, " ((_ extract %u %u) ", bit, bit);
		put_ref(terms, out, a->arg[0]);
		putc(')', out);
	}
	putc(')', out);
}

static void put_node(struct hvc_bvs *terms, FILE *out, hvc_ref a)
{
	static const char *const plain[HVC_OP_COUNT] = {
	        [HVC_OP_ADD] = "bvadd",   [HVC_OP_SUB] = "bvsub",      [HVC_OP_NEG] = "bvneg",
	        [HVC_OP_MUL] = "bvmul",   [HVC_OP_AND] = "bvand",      [HVC_OP_OR] = "bvor",
	        [HVC_OP_XOR] = "bvxor",   [HVC_OP_NOT] = "bvnot",      [HVC_OP_SHL] = "bvshl",
	        [HVC_OP_LSHR] = "bvlshr", [HVC_OP_ASHR] = "bvashr",    [HVC_OP_CONCAT] = "concat",
	        [HVC_OP_EQ] = "ite (=",   [HVC_OP_ULT] = "ite (bvult", [HVC_OP_SLT] = "ite (bvslt",
	};
	char text[48];

	switch (a->op) {
	case HVC_OP_UMULH:
	case HVC_OP_SMULH:
		put_high_half(terms, out, a, a->op == HVC_OP_SMULH ? "sign_extend" : "zero_extend");
		break;
	case HVC_OP_UDIV:
	case HVC_OP_SDIV:
		put_divide(terms, out, a);
		break;
	case HVC_OP_EXTRACT:
		snprintf(text, sizeof text, "(_ extract %u %u)", (unsigned)a->value + a->width - 1u,
		         (unsigned)a->value);
		put_call(terms, out, a, text, "");
		break;
	case HVC_OP_SEXT:
		snprintf(text, sizeof text, "(_ sign_extend %u)",
		         (unsigned)a->width - a->arg[0]->width);
		put_call(terms, out, a, text, "");
		break;
	case HVC_OP_ITE:
		fputs("(ite (= ", out);
		put_ref(terms, out, a->arg[0]);
		fputs(" #b1) ", out);
		put_ref(terms, out, a->arg[1]);
		putc(' ', out);
		put_ref(terms, out, a->arg[2]);
		putc(')', out);
		break;
	case HVC_OP_CLZ:
		put_leading_zeros(terms, out, a);
		break;
	case HVC_OP_RBIT:
		put_reverse(terms, out, a);
		break;
	case HVC_OP_EQ:
	case HVC_OP_ULT:
	case HVC_OP_SLT:
		put_call(terms, out, a, plain[a->op], " #b1 #b0)");
		break;
	default:
		put_call(terms, out, a, plain[a->op], "");
	}
}

/* Mark what terms are made of; by_id has room for all nodes. False: memory ran out. */
static bool collect(const hvc_ref *from, size_t count, hvc_ref *by_id, size_t nodes)
{
	hvc_ref *stack = malloc((nodes + count) * sizeof *stack);
	size_t depth = 0;

	if (!stack)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!by_id[from[i]->id])
			stack[depth++] = from[i];
		by_id[from[i]->id] = from[i];
	}
	while (depth) {
		hvc_ref a = stack[--depth];

		for (unsigned i = 0; i < a->args; i++) {
			if (by_id[a->arg[i]->id])
				continue;
			by_id[a->arg[i]->id] = a->arg[i];
			stack[depth++] = a->arg[i];
		}
	}
	free(stack);
	return true;
}

static void put_definitions(struct hvc_bvs *terms, FILE *out, const hvc_ref *by_id, size_t nodes)
{
	for (size_t id = 0; id < nodes; id++) {
		hvc_ref a = by_id[id];

		if (!a || hvc_bv__const(a))
			continue;
		if (a->op == HVC_OP_INPUT || a->op == HVC_OP_OPAQUE) {
			fputs("(declare-const ", out);
			put_ref(terms, out, a);
			fprintf(out, " (_ BitVec %u))", a->width);
			if (a->op == HVC_OP_OPAQUE)
				fprintf(out, " ; some value of %s", hvc_bv__opaque_name(a));
			putc('\n', out);
			continue;
		}
		fprintf(out, "(define-fun $%u () (_ BitVec %u) ", (unsigned)a->id, a->width);
		put_node(terms, out, a);
		fputs(")\n", out);
	}
}

/* Text of others in one line of a comment, or in a file's name. */
static void put_word(FILE *out, const char *text, bool name)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool good = name ? isalnum(c) || c == '.' || c == '_' || c == '-' : isprint(c);

		putc(good ? c : name ? '-' : '?', out);
	}
}

static void put_script(struct hvc_bvs *terms, FILE *out, const struct hvc_smt_claim *claim,
                       const hvc_ref *by_id, size_t nodes)
{
	fputs("; ", out);
	put_word(out, claim->about, false);
	fputs(": ", out);
	put_word(out, claim->what, false);
	fputs("\n; ", out);
	put_word(out, claim->reason, false);
	fprintf(out,
	        "\n; The constants are what a call brings: x0 to x30, imm, nzcv, daif; self is the"
	        "\n; address of the instruction, and [...] what memory held."
	        "\n(set-info :smt-lib-version 2.6)\n(set-logic QF_BV)\n(set-info :status %s)\n",
	        claim->possible ? "sat" : "unsat");
	put_definitions(terms, out, by_id, nodes);
	for (size_t i = 0; i < claim->count; i++) {
		fputs("(assert (= ", out);
		put_ref(terms, out, claim->all[i]);
		fputs(" #b1))\n", out);
	}
	fputs("(check-sat)\n(exit)\n", out);
}

/* Close both; false: memory ran out. */
static bool finish(FILE *out, char **text)
{
	bool good = !ferror(out);

	good = !fclose(out) && *text && good;
	if (!good) {
		free(*text);
		*text = NULL;
	}
	return good;
}

static char *make_name(const struct hvc_smt_claim *claim)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	put_word(out, claim->about, true);
	putc('-', out);
	put_word(out, claim->what, true);
	fputs(".smt2", out);
	(void)finish(out, &text);
	return text;
}

enum hvc_status hvc_smt__claim(struct hvc_bvs *terms, const struct hvc_smt_claim *claim,
                               struct hvc_certificates *out)
{
	size_t nodes = hvc_bv__nodes(terms);
	hvc_ref *by_id = calloc(nodes + 1, sizeof(hvc_ref));
	struct hvc_certificate made = {0};
	FILE *file = NULL;

	if (by_id && hvc_grow(&out->row, &out->room, out->count, sizeof *out->row) &&
	    collect(claim->all, claim->count, by_id, nodes))
		file = open_memstream(&made.text, &made.size);
	if (file) {
		put_script(terms, file, claim, by_id, nodes);
		if (finish(file, &made.text))
			made.name = make_name(claim);
	}
	free(by_id);
	if (!made.name) {
		free(made.text);
		return HVC_E_NOMEM;
	}
	out->row[out->count++] = made;
	return HVC_OK;
}

enum hvc_status hvc_smt__paths(struct hvc_symbolic *symbolic, const char *about,
                               struct hvc_certificates *out)
{
	struct hvc_bvs *t = symbolic->scene.terms;
	hvc_ref none = hvc_bv__num(t, 1, 0), before = none, two = none, all;
	struct hvc_smt_claim claim = {.about = about, .all = &all, .count = 1};

	/* As they are, and not simplified to what is to be shown. */
	for (unsigned i = 0; i < symbolic->paths; i++) {
		hvc_ref here = hvc_symbolic__condition(symbolic, &symbolic->path[i]), both;

		both = hvc_bv__node(t, HVC_OP_AND, 1, 0, 2, here, before, NULL);
		two = hvc_bv__node(t, HVC_OP_OR, 1, 0, 2, two, both, NULL);
		before = hvc_bv__node(t, HVC_OP_OR, 1, 0, 2, before, here, NULL);
	}
	claim.what = "disjoint";
	claim.reason = "No call takes two paths through the code.";
	all = two;
	HVC_TRY(hvc_smt__claim(t, &claim, out));
	claim.what = "total";
	claim.reason = "Every call takes one of the paths.";
	all = hvc_bv__node(t, HVC_OP_NOT, 1, 0, 1, before, NULL, NULL);
	HVC_TRY(hvc_smt__claim(t, &claim, out));
	return hvc_bv__status(t);
}
