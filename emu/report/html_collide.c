/* SPDX-License-Identifier: MIT */
/* Collisions as a page: the matrix of ABIs, then each pair. */
#include <string.h>

#include "report/html.h"

static const char *name_of(const struct hvc_collide *collide, unsigned abi)
{
	return hvc_abi_name(collide->abi[abi]);
}

static void put_summary(FILE *out, const struct hvc_collide *collide)
{
	if (!collide->colliding)
		fprintf(out, "<p>No call is claimed by more than one of %u ABIs.</p>\n",
		        collide->abis);
	else
		fprintf(out,
		        "<p>%u of %u pairs of ABIs claim the same calls; %u of them mean something "
		        "else by some.</p>\n",
		        collide->colliding, collide->pairs, collide->differing);
	fputs("<p class=\"faint\">A call is HVC from EL1 with an immediate and register values. An "
	      "ABI claims those that it governs by a rule other than its answer to unknown "
	      "calls.</p>\n",
	      out);
}

static void put_cell(FILE *out, const struct hvc_collide *collide, unsigned row, unsigned column)
{
	const struct hvc_collide__pair *pair =
	        row == column ? NULL : hvc_collide__pair(collide, row, column);

	if (!pair || !pair->overlaps.count) {
		fprintf(out, "<td class=\"faint\">%s</td>",
		        !pair        ? ""
		        : pair->imms ? ":"
		                     : "&middot;");
		return;
	}
	fprintf(out, "<td class=\"%s\"><a href=\"#p%u-%u\" title=\"",
	        pair->others ? "differ" : "same", pair->abi[0] + 1, pair->abi[1] + 1);
	hvc_html__text(out, name_of(collide, row));
	fputs(" and ", out);
	hvc_html__text(out, name_of(collide, column));
	fprintf(out, ": %u differ, %u the same\">", pair->others,
	        pair->overlaps.count - pair->others);
	if (pair->others)
		fprintf(out, "%u", pair->others);
	else
		fputc('=', out);
	fputs("</a></td>", out);
}

static void put_matrix(FILE *out, const struct hvc_collide *collide)
{
	fputs("<h2 id=\"matrix\">Who collides with whom</h2>\n"
	      "<div class=\"scroll\"><table class=\"matrix\">\n"
	      "<caption>A number counts the pairs of operations that share a call and differ; = "
	      "stands for the same operations only, : for the same immediates but no call in "
	      "common, &middot; for no immediate in common. Each cell leads to the "
	      "calls.</caption>\n<thead><tr><td></td>",
	      out);
	for (unsigned i = 0; i < collide->abis; i++)
		hvc_html__element(out, "th scope=\"col\" class=\"name\"", name_of(collide, i));
	fputs("</tr></thead>\n<tbody>\n", out);
	for (unsigned row = 0; row < collide->abis; row++) {
		fputs("<tr>", out);
		hvc_html__element(out, "th scope=\"row\"", name_of(collide, row));
		for (unsigned column = 0; column < collide->abis; column++)
			put_cell(out, collide, row, column);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static const struct hvc_rule *rule_of(const struct hvc_collide *collide,
                                      const struct hvc_collide__pair *pair, unsigned index,
                                      unsigned side)
{
	return hvc_abi_rule_at(collide->abi[pair->abi[side]],
	                       pair->overlaps.overlap[index].rule[side]);
}

/* Calls of one table go together. */
static const char *group_of(const struct hvc_rule *rule)
{
	return rule->table[0] ? rule->table : rule->name;
}

static bool is_one_group(const struct hvc_collide *collide, const struct hvc_collide__pair *pair,
                         unsigned a, unsigned b)
{
	for (unsigned side = 0; side < 2; side++)
		if (strcmp(group_of(rule_of(collide, pair, a, side)),
		           group_of(rule_of(collide, pair, b, side))) != 0)
			return false;
	return pair->agrees[a] == pair->agrees[b];
}

/* Overlaps in the group of this one, none when an earlier one leads it. */
static unsigned group_size(const struct hvc_collide *collide, const struct hvc_collide__pair *pair,
                           unsigned index)
{
	unsigned size = 1;

	for (unsigned i = 0; i < pair->overlaps.count; i++) {
		if (i == index || !is_one_group(collide, pair, i, index))
			continue;
		if (i < index)
			return 0;
		size++;
	}
	return size;
}

static void put_side(FILE *out, const struct hvc_rule *rule, unsigned size)
{
	fputs("<td title=\"", out);
	hvc_html__text(out, rule->title);
	fputs("\">", out);
	hvc_html__text(out, size > 1 ? group_of(rule) : rule->name);
	if (size > 1 && rule->table[0]) {
		fputs(": ", out);
		hvc_html__text(out, rule->name);
		fputs(", &hellip;", out);
	}
	fputs("</td>", out);
}

/* One row for an overlap and those like it. */
static bool put_group(FILE *out, const struct hvc_collide *collide,
                      const struct hvc_collide__pair *pair, unsigned index, unsigned size)
{
	const struct hvc_overlap *overlap = &pair->overlaps.overlap[index];
	struct hvc_words imms = {0}, registers = {0}, call = {0};
	bool agrees = pair->agrees[index], made;

	hvc_words__imms(&imms, overlap->imm, overlap->imms);
	hvc_words__conditions(&registers, overlap->condition, overlap->conditions,
	                      overlap->witness.from);
	if (overlap->partly)
		hvc_words__add(&registers, " (but for calls of other rules)");
	if (size > 1)
		hvc_words__add(&registers, ", and %u more", size - 1);
	hvc_words__witness(&call, &overlap->witness);
	fprintf(out, "<tr><td class=\"%s\">%s</td>", agrees ? "same" : "differ",
	        agrees ? "same" : "differ");
	for (unsigned side = 0; side < 2; side++)
		put_side(out, rule_of(collide, pair, index, side), size);
	made = hvc_html__words(out, "td class=\"code\"", &imms);
	made = hvc_html__words(out, "td class=\"code\"", &registers) && made;
	made = hvc_html__words(out, "td class=\"code\"", &call) && made;
	fputs("</tr>\n", out);
	return made;
}

static bool put_pair(FILE *out, const struct hvc_collide *collide,
                     const struct hvc_collide__pair *pair)
{
	bool made = true;

	fprintf(out, "<h3 id=\"p%u-%u\">", pair->abi[0] + 1, pair->abi[1] + 1);
	hvc_html__text(out, name_of(collide, pair->abi[0]));
	fputs(" and ", out);
	hvc_html__text(out, name_of(collide, pair->abi[1]));
	fputs("</h3>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Meaning</th>",
	      out);
	for (unsigned side = 0; side < 2; side++)
		hvc_html__element(out, "th scope=\"col\"", name_of(collide, pair->abi[side]));
	fputs("<th scope=\"col\">Immediates</th><th scope=\"col\">Registers</th>"
	      "<th scope=\"col\">For example</th></tr></thead>\n<tbody>\n",
	      out);
	/* What means something else comes first. */
	for (unsigned pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < pair->overlaps.count; i++) {
			unsigned size = pair->agrees[i] == pass ? group_size(collide, pair, i) : 0;

			if (size)
				made = put_group(out, collide, pair, i, size) && made;
		}
	fputs("</tbody></table></div>\n", out);
	return made;
}

enum hvc_status hvc_collide__html(FILE *out, const struct hvc_collide *collide,
                                  const struct hvc_findings *findings, struct hvc_diag *diag)
{
	bool made = true;

	hvc_html__begin(out, "Collisions of HVC ABIs", NULL);
	hvc_html__findings(out, findings, false);
	put_summary(out, collide);
	put_matrix(out, collide);
	if (collide->colliding)
		fputs("<h2>The calls</h2>\n", out);
	for (unsigned i = 0; i < collide->pairs; i++)
		if (collide->pair[i].overlaps.count)
			made = put_pair(out, collide, &collide->pair[i]) && made;
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
