/* SPDX-License-Identifier: MIT */
/*
 * The dispatch tree in a page. It is a list in lists, complete without script; the script adds
 * fields for the immediate and the registers, and lights up the way that such a call takes. For
 * that the page holds what each node looks at as numbers: an operator, a width and operands.
 */
#include "report/html_picture.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "engine/call.h"
#include "report/assets.h"

/* What a page bears: calls that are traced, their lines, and operators of what is looked at. */
#define TRACES_MAX 48u
#define STEPS_MAX  48u
#define TERMS_MAX  4000u
#define FIELDS_MAX 40u

/* Operators as the script knows them; without one it cannot tell where a call goes. */
static const char *const codes[HVC_OP_COUNT] = {
        [HVC_OP_CONST] = "c",   [HVC_OP_INPUT] = "i",  [HVC_OP_ADD] = "+",  [HVC_OP_SUB] = "-",
        [HVC_OP_NEG] = "n",     [HVC_OP_MUL] = "*",    [HVC_OP_AND] = "&",  [HVC_OP_OR] = "|",
        [HVC_OP_XOR] = "^",     [HVC_OP_NOT] = "~",    [HVC_OP_SHL] = "<<", [HVC_OP_LSHR] = ">>",
        [HVC_OP_EXTRACT] = "x", [HVC_OP_CONCAT] = ".", [HVC_OP_SEXT] = "s", [HVC_OP_ITE] = "?",
        [HVC_OP_EQ] = "=",      [HVC_OP_ULT] = "<",    [HVC_OP_SLT] = "l",
};

struct writer {
	FILE *out;
	const struct hvc_exact *exact;
	const struct hvc_exact_part *part;
	const struct hvc_abi *abi; /* NULL: none */
	unsigned number;           /* of the part, in the page */
	struct hvc_tree tree;
	hvc_ref *term; /* operands before what they are operands of */
	unsigned terms;
	const char *field[FIELDS_MAX]; /* inputs that nodes look at */
	unsigned fields;
	struct hvc_machine *machine;
	struct hvc_trace *trace;
	unsigned *traced;
	bool failed;
};

static unsigned find_field(struct writer *w, const char *name)
{
	unsigned i = 0;

	while (i < w->fields && strcmp(w->field[i], name) != 0)
		i++;
	if (i == w->fields && i < FIELDS_MAX)
		w->field[w->fields++] = name;
	return i;
}

/* Its index; that of none, TERMS_MAX, where the page cannot tell. */
static unsigned add_term(struct writer *w, hvc_ref a)
{
	unsigned i = 0;

	while (i < w->terms && w->term[i] != a)
		i++;
	if (i < w->terms)
		return i;
	if (!codes[a->op])
		return TERMS_MAX;
	if (a->op == HVC_OP_INPUT &&
	    find_field(w, hvc_bv__input_of(w->exact->terms, a)->name) == FIELDS_MAX)
		return TERMS_MAX;
	for (unsigned k = 0; k < a->args; k++)
		if (add_term(w, a->arg[k]) == TERMS_MAX)
			return TERMS_MAX;
	if (w->terms == TERMS_MAX)
		return TERMS_MAX;
	w->term[w->terms] = a;
	return w->terms++;
}

/* [operator, width, value or field, bit or width of an operand, operands]; all of it numbers. */
static void put_terms(struct writer *w)
{
	fputs(" data-terms='[", w->out);
	for (unsigned i = 0; i < w->terms; i++) {
		hvc_ref a = w->term[i];
		uint64_t value = a->value;
		unsigned more = a->args ? a->arg[a->args - 1]->width : 0;

		if (a->op == HVC_OP_INPUT) {
			const struct hvc_input *input = hvc_bv__input_of(w->exact->terms, a);

			value = find_field(w, input->name);
			more = input->base;
		}
		fprintf(w->out, "%s[\"", i ? "," : "");
		hvc_html__text(w->out, codes[a->op]);
		fprintf(w->out, "\",%u,\"0x%" PRIx64 "\",%u", a->width, value, more);
		for (unsigned k = 0; k < a->args; k++)
			fprintf(w->out, ",%u", add_term(w, a->arg[k]));
		fputc(']', w->out);
	}
	fputs("]'", w->out);
}

static void put_set(FILE *out, const struct hvc_set *set)
{
	fputs(" data-set=\"", out);
	for (size_t i = 0; i < set->count; i++)
		fprintf(out, "%s0x%" PRIx64 "-0x%" PRIx64, i ? " " : "", set->range[i].lo,
		        set->range[i].hi);
	fputc('"', out);
}

/* What fields hold for a call that takes a path. */
static void put_values(struct writer *w, unsigned path)
{
	const struct hvc_model model = hvc_facts__model(&w->part->symbolic->path[path].way->facts);
	struct hvc_input *input;

	fputs(" data-values=\"", w->out);
	for (unsigned i = 0; i < w->fields; i++) {
		uint64_t value = 0;

		for (size_t k = 0; (input = hvc_bv__input_at(w->exact->terms, k)) != NULL; k++)
			if (!strcmp(input->name, w->field[i]))
				value |= hvc_bv__eval(w->exact->terms, input->term, &model)
				         << input->base;
		fprintf(w->out, "%s0x%" PRIx64, i ? " " : "", value);
	}
	fputc('"', w->out);
}

static void put_steps(struct writer *w)
{
	const struct hvc_trace *trace = w->trace;
	char text[96];

	fputs("<details><summary>Every instruction of this call</summary>\n<pre>", w->out);
	for (size_t i = 0; i < trace->steps && i < STEPS_MAX; i++) {
		struct hvc_words place = {0};

		hvc_words__place(&place, w->exact->subject, trace->step[i].pc);
		hvc_disasm(trace->step[i].pc, trace->step[i].word, text, sizeof text);
		if (!place.length)
			hvc_words__add(&place, "0x%" PRIx64, trace->step[i].pc);
		hvc_words__add(&place, "  %s", text);
		hvc_html__text(w->out, hvc_words__text(&place));
		fputc('\n', w->out);
		hvc_words__free(&place);
	}
	if (trace->steps > STEPS_MAX || trace->dropped)
		fprintf(w->out, "and %" PRIu64 " more\n",
		        trace->steps - STEPS_MAX + trace->dropped);
	fputs("</pre></details>", w->out);
}

/* The call itself, made once more. What the engine cannot do of it is not told here. */
static void put_trace(struct writer *w, const struct hvc_call *call)
{
	struct hvc_outcome outcome;

	if (*w->traced == TRACES_MAX)
		return;
	++*w->traced;
	hvc_trace__free(w->trace);
	if (hvc_machine_call(w->machine, call, NULL, &outcome) == HVC_OK && w->trace->steps)
		put_steps(w);
	w->failed = w->failed || w->trace->failed;
}

static void put_call(struct writer *w, const struct hvc_tree_node *node)
{
	struct hvc_probe probe = {.reg = HVC_REG_NONE};
	char text[HVC_COMMAND_SIZE];
	int rule;

	hvc_exact__path_call(w->exact, w->part, node->path, &probe.call);
	rule = w->abi ? hvc_abi__rule_of(w->abi, 0, &probe.call) : -1;
	hvc_call__command(w->exact->name, &w->exact->world, &probe, probe.call.imm, text,
	                  sizeof text);
	fputs("<pre>", w->out);
	hvc_html__text(w->out, text);
	fputs("</pre>", w->out);
	if (rule >= 0) {
		fputs("<p>Rule ", w->out);
		hvc_html__text(w->out, hvc_abi_rule_at(w->abi, (unsigned)rule)->name);
		fputs("</p>", w->out);
	}
	put_trace(w, &probe.call);
}

static void put_node(struct writer *w, unsigned index);

static void put_edge(struct writer *w, const struct hvc_tree_node *node,
                     const struct hvc_tree_edge *edge)
{
	const struct hvc_tree_node *child = &w->tree.node[edge->child];
	struct hvc_words when = {0};

	hvc_tree__when(w->exact, node, edge, &when);
	fputs("<li", w->out);
	put_set(w->out, edge->set);
	if (!child->key)
		put_values(w, child->path);
	fputc('>', w->out);
	w->failed = !hvc_html__words(w->out, "strong class=\"code\"", &when) || w->failed;
	fputs(child->key ? ", then by " : ": ", w->out);
	put_node(w, edge->child);
	fputs("</li>\n", w->out);
}

static void put_node(struct writer *w, unsigned index)
{
	const struct hvc_tree_node *node = &w->tree.node[index];
	struct hvc_words words = {0};

	if (!node->key) {
		hvc_tree__does(w->exact, w->part, node, &words);
		w->failed =
		        !hvc_html__words(w->out, "span class=\"code does\"", &words) || w->failed;
		put_call(w, node);
		return;
	}
	hvc_tree__looks(w->exact, w->part, node, &words);
	w->failed = !hvc_html__words(w->out, "span class=\"code faint\"", &words) || w->failed;
	fprintf(w->out, "<ul data-by=\"%u\">\n", add_term(w, node->key));
	for (unsigned i = 0; i < node->edges; i++)
		put_edge(w, node, &node->edge[i]);
	fputs("</ul>", w->out);
}

static void put_fields(struct writer *w)
{
	fputs("<ol class=\"fields\" hidden>", w->out);
	for (unsigned i = 0; i < w->fields; i++)
		hvc_html__element(w->out, "li", w->field[i]);
	fputs("</ol>\n", w->out);
}

static enum hvc_status put_part(struct writer *w)
{
	static const struct {
		unsigned input;
		const char *name;
	} first[] = {{HVC_INPUT_IMM, "imm"}, {HVC_REG_X0, "x0"}};
	struct hvc_words who = {0};

	HVC_TRY(hvc_tree__make(w->exact, w->part, &w->tree));
	w->terms = w->fields = 0;
	/* The immediate comes first, and x0 next, whatever the code looks at first. */
	for (unsigned i = 0; i < sizeof first / sizeof *first; i++)
		for (unsigned k = 0; k < w->tree.nodes; k++)
			if (w->tree.node[k].key && w->tree.node[k].key->uses >> first[i].input & 1)
				(void)find_field(w, first[i].name);
	for (unsigned i = 0; i < w->tree.nodes; i++)
		if (w->tree.node[i].key)
			(void)add_term(w, w->tree.node[i].key);
	hvc_exact__callers(&who, w->exact, w->part);
	w->failed = !hvc_html__words(w->out, "h3", &who) || w->failed;
	fputs("<div class=\"tree\"", w->out);
	put_terms(w);
	fputs(">\n", w->out);
	put_fields(w);
	fputs("<ul><li>", w->out);
	put_node(w, 0);
	fputs("</li></ul>\n</div>\n", w->out);
	hvc_tree__free(&w->tree);
	return w->failed ? HVC_E_NOMEM : HVC_OK;
}

static enum hvc_status put_parts(struct writer *w)
{
	for (unsigned i = 0; i < w->exact->parts; i++) {
		w->part = &w->exact->part[i];
		if (!w->part->same && w->part->symbolic->paths)
			HVC_TRY(put_part(w));
	}
	return HVC_OK;
}

enum hvc_status hvc_html_tree__put(FILE *out, const struct hvc_exact *exact,
                                   const struct hvc_abi *abi, struct hvc_diag *diag)
{
	struct hvc_trace trace = {0};
	const struct hvc_machine_config config = {
	        .image = *hvc_subject_image(exact->subject),
	        .world = &exact->world,
	        .trace = hvc_trace__record,
	        .trace_ctx = &trace,
	};
	unsigned traced = 0;
	struct writer w = {.out = out,
	                   .exact = exact,
	                   .abi = abi,
	                   .term = malloc(TERMS_MAX * sizeof(hvc_ref)),
	                   .trace = &trace,
	                   .traced = &traced};
	enum hvc_status status = w.term ? HVC_OK : HVC_E_NOMEM;

	if (status == HVC_OK)
		status = hvc_machine_open(&config, diag, &w.machine);
	if (status == HVC_OK) {
		fputs("<section aria-labelledby=\"dispatch\">\n<h2 id=\"dispatch\">How a call is "
		      "dispatched</h2>\n<div id=\"way\"></div>\n",
		      out);
		status = put_parts(&w);
		fputs("</section>\n", out);
		if (status != HVC_OK)
			(void)hvc_diag_set(diag, status, NULL, 0, 0, "out of memory");
	}
	hvc_machine_close(w.machine);
	hvc_trace__free(&trace);
	free(w.term);
	return status;
}

void hvc_html_tree__script(FILE *out)
{
	fprintf(out, "<script>\n%s</script>\n", hvc_asset__dispatch);
}
