/* SPDX-License-Identifier: MIT */
/* Claims as scripts: what is claimed as the solver prints it, with what it is about and its answer.
 */
#include "symbolic/smt.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"
#include "symbolic/bv_node.h"

void hvc_certificates__free(struct hvc_certificates *certificates)
{
	for (size_t i = 0; i < certificates->count; i++) {
		free(certificates->row[i].name);
		free(certificates->row[i].text);
	}
	free(certificates->row);
	*certificates = (struct hvc_certificates){0};
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

/* False: memory ran out. */
static bool put_script(struct hvc_bvs *terms, FILE *out, const struct hvc_smt_claim *claim)
{
	char *script = hvc_solver__script(terms, claim->reason, claim->possible ? "sat" : "unsat",
	                                  claim->all, claim->count);

	if (!script)
		return false;
	fputs("; ", out);
	put_word(out, claim->about, false);
	fputs(": ", out);
	put_word(out, claim->what, false);
	fprintf(out,
	        "\n; The constants are what a call brings: x0 to x30, imm, nzcv, daif; self is the"
	        "\n; address of the instruction, and [...] what memory held."
	        "\n(set-info :smt-lib-version 2.6)\n%s",
	        script);
	free(script);
	return true;
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
	struct hvc_certificate made = {0};
	FILE *file = NULL;
	bool whole;

	if (hvc_grow(&out->row, &out->room, out->count, sizeof *out->row))
		file = open_memstream(&made.text, &made.size);
	if (!file)
		return HVC_E_NOMEM;
	whole = put_script(terms, file, claim);
	if (finish(file, &made.text) && whole)
		made.name = make_name(claim);
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
