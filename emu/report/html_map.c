/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "report/html_part.h"
#include "report/html_picture.h"
#include "report/picture_rows.h"

/* Rows of the table of classes, of the legend, and of groups; JSON has all. */
#define ROWS_MAX   400u
#define LEGEND_MAX 12u
#define MARKS_MAX  6u
/* Instructions that a class names. */
#define DECISIONS 4u
#define TEXT      2048u

static void put_account(FILE *out, const struct hvc_exact *exact,
                        const struct hvc_picture_rows *rows)
{
	struct hvc_words why = {0};
	bool complete = hvc_exact__is_complete(exact, &why);

	fputs("<p><strong>", out);
	hvc_html__text(out, hvc_subject_name(exact->subject));
	fprintf(out, "</strong>, on CPU %s: %u class%s of calls.", hvc_cpu_name(exact->world.cpu),
	        rows->rows, rows->rows == 1 ? "" : "es");
	if (complete) {
		fputs(" Complete: every immediate and every value of every register falls in "
		      "exactly one class of each caller.</p>\n",
		      out);
	} else {
		fputs(" <strong class=\"warn\">Not complete</strong>: ", out);
		hvc_html__text(out, hvc_words__text(&why));
		fputs("</p>\n", out);
	}
	hvc_words__free(&why);
	hvc_html__failed(out, exact->failed, exact->failure);
}

static void put_key(FILE *out, unsigned class_)
{
	fprintf(out, "<span class=\"key k%u\">%u</span>", hvc_picture__ink(class_), class_ + 1);
}

static bool put_mark(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                     unsigned class_)
{
	const struct hvc_pictured_row *row = &rows->row[class_];
	struct hvc_words words = {0};
	char text[TEXT];

	fputs("<li>", out);
	put_key(out, class_);
	fputc(' ', out);
	hvc_exact__callers(&words, exact, row->part);
	hvc_exact__print_condition(exact, row->row, text, sizeof text);
	hvc_words__add(&words, ", %s: ", text);
	hvc_exact__print_behaviour(exact, row->row, text, sizeof text);
	hvc_words__add(&words, "%s", text);
	if (!hvc_html__words(out, "span class=\"code\"", &words))
		return false;
	fputs("</li>\n", out);
	return true;
}

/* What immediates of a group meet; most: of the classes, then there is a link to the others. */
static bool put_marks(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                      unsigned group, unsigned most)
{
	unsigned shown = 0, left = 0;
	bool made = true;

	fputs("<ul class=\"marks\">", out);
	for (unsigned i = 0; i < rows->rows; i++) {
		if (!hvc_picture_rows__meets(rows, group, i))
			continue;
		if (shown == most)
			left++;
		else if (++shown)
			made = put_mark(out, exact, rows, i) && made;
	}
	if (left)
		fprintf(out, "<li><a href=\"#classes\">and %u more</a></li>", left);
	fputs("</ul>\n", out);
	return made;
}

static bool put_legend(FILE *out, const struct hvc_exact *exact,
                       const struct hvc_picture_rows *rows)
{
	static const char *const columns[] = {"Group", "Immediates\t", "What happens", NULL};
	const struct hvc_picture *picture = &rows->picture;
	char name[HVC_NUMBER_SIZE];
	bool made = true;

	fputs("<div id=\"reader\"><div>\n", out);
	hvc_html_part__table(out, "Legend", columns);
	for (unsigned i = 0; i < picture->groups && i < LEGEND_MAX; i++) {
		fputs("<tr><th scope=\"row\"><span class=\"key ", out);
		hvc_svg__class_of(out, picture, i);
		fprintf(out, "\">%s</span></th>", hvc_picture__name(i, name));
		hvc_html_part__number(out, picture->group[i].count);
		fputs("<td class=\"does\">", out);
		made = put_marks(out, exact, rows, i, MARKS_MAX) && made;
		fputs("</td></tr>\n", out);
	}
	hvc_html_part__end(out);
	if (picture->groups > LEGEND_MAX)
		fprintf(out, "<p>and %s more groups; colours repeat</p>\n",
		        hvc_words__number(picture->groups - LEGEND_MAX, name));
	fputs("</div></div>\n</div>\n", out);
	return made;
}

static bool put_group(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                      unsigned group)
{
	const struct hvc_picture *picture = &rows->picture;
	const struct hvc_picture_group *is = &picture->group[group];
	char name[HVC_NUMBER_SIZE], number[HVC_NUMBER_SIZE];
	struct hvc_words words = {0};
	bool made;

	fprintf(out,
	        "<section class=\"group\" id=\"group-%u\" data-group=\"%u\"><h3><span class=\"key ",
	        group, group);
	hvc_svg__class_of(out, picture, group);
	fprintf(out, "\">%s</span> %s immediate%s%s</h3>\n<p>", hvc_picture__name(group, name),
	        hvc_words__number(is->count, number), is->count == 1 ? "" : "s",
	        is->mixed ? ", by registers or caller" : "");
	hvc_picture__imms(picture, 0, group, &words);
	made = hvc_html__words(out, "span class=\"code\"", &words);
	fputs("</p>\n", out);
	made = put_marks(out, exact, rows, group, ROWS_MAX) && made;
	fputs("</section>\n", out);
	return made;
}

static bool put_groups(FILE *out, const struct hvc_exact *exact,
                       const struct hvc_picture_rows *rows)
{
	const struct hvc_picture *picture = &rows->picture;
	char number[HVC_NUMBER_SIZE], name[HVC_NUMBER_SIZE];
	bool made = true;

	fputs("<section aria-labelledby=\"where\">\n<h2 id=\"where\">What happens where</h2>\n"
	      "<p class=\"faint\">Immediates of one group can meet the same classes. A dashed "
	      "border "
	      "and hatching say that registers or the caller decide between several.</p>\n",
	      out);
	for (unsigned i = 0; i < picture->groups && i < HVC_SVG_GROUPS; i++)
		made = put_group(out, exact, rows, i) && made;
	if (picture->groups > HVC_SVG_GROUPS) {
		fprintf(out, "<details><summary>%s more groups</summary>\n<pre id=\"more\">",
		        hvc_words__number(picture->groups - HVC_SVG_GROUPS, number));
		for (unsigned i = HVC_SVG_GROUPS; i < picture->groups; i++) {
			struct hvc_words words = {0};

			hvc_picture_rows__classes(rows, i, &words);
			fprintf(out, "%s: class ", hvc_picture__name(i, name));
			hvc_html__text(out, hvc_words__text(&words));
			fputc('\n', out);
			hvc_words__free(&words);
		}
		fputs("</pre></details>\n", out);
	}
	fputs("</section>\n", out);
	return made;
}

static void put_decisions(FILE *out, const struct hvc_exact *exact,
                          const struct hvc_pictured_row *row)
{
	struct hvc_words words = {0};

	hvc_exact__add_decisions(&words, exact, row->part, row->row, DECISIONS);
	hvc_html__words(out, "td class=\"does code\"", &words);
}

static bool put_class(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                      unsigned class_)
{
	const struct hvc_pictured_row *row = &rows->row[class_];
	const struct hvc_probe probe = {.call = row->row->witness, .reg = HVC_REG_NONE};
	struct hvc_words words = {0};
	char text[HVC_COMMAND_SIZE];
	bool made;

	fputs("<tr><th scope=\"row\">", out);
	put_key(out, class_);
	fputs("</th>", out);
	hvc_exact__callers(&words, exact, row->part);
	made = hvc_html__words(out, "td class=\"code\"", &words);
	hvc_exact__print_condition(exact, row->row, text, sizeof text);
	hvc_html__element(out, "td class=\"does code\"", text);
	hvc_exact__print_behaviour(exact, row->row, text, sizeof text);
	hvc_html__element(out, "td class=\"does code\"", text);
	hvc_html__element(out, "td", hvc_row_known_name(row->row->known));
	put_decisions(out, exact, row);
	hvc_call_command(hvc_subject_name(exact->subject), &exact->world, &probe,
	                 row->row->witness.imm, text, sizeof text);
	hvc_html__element(out, "td class=\"does code\"", text);
	fputs("</tr>\n", out);
	return made;
}

static bool put_classes(FILE *out, const struct hvc_exact *exact,
                        const struct hvc_picture_rows *rows)
{
	static const char *const columns[] = {"Class",         "Callers", "Calls",
	                                      "What happens",  "Known",   "Decided at",
	                                      "One such call", NULL};
	bool made = true;

	fputs("<section aria-labelledby=\"classes\">\n<h2 id=\"classes\">Classes</h2>\n", out);
	hvc_html_part__table(out, "Classes", columns);
	for (unsigned i = 0; i < rows->rows && i < ROWS_MAX; i++)
		made = put_class(out, exact, rows, i) && made;
	hvc_html_part__end(out);
	if (rows->rows > ROWS_MAX)
		fprintf(out, "<p>and %u more, in --format json</p>\n", rows->rows - ROWS_MAX);
	fputs("</section>\n", out);
	return made;
}

static void put_list(FILE *out, const char *what, struct hvc_words *words)
{
	if (words->length) {
		fprintf(out, "<p>%s: ", what);
		hvc_html__element(out, "span class=\"code\"", hvc_words__text(words));
		fputs("</p>\n", out);
	}
	hvc_words__free(words);
}

static void put_assumed(FILE *out, const struct hvc_exact *exact)
{
	struct hvc_words words = {0};

	fputs("<section aria-labelledby=\"rests\">\n<h2 id=\"rests\">What this rests on</h2>\n",
	      out);
	hvc_exact__reads(exact, hvc_exact__list, &words);
	put_list(out, "Read besides the call, of any value", &words);
	hvc_exact__fixed(exact, hvc_exact__list, &words);
	put_list(out, "Fixed by the world", &words);
	hvc_exact__apart(exact, hvc_exact__list, &words);
	put_list(out, "Taken to point to different memory", &words);
	fputs("</section>\n", out);
}

static bool put_page(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                     const struct hvc_contract *contract)
{
	const char *const names[] = {hvc_subject_name(exact->subject)};
	bool made;

	put_account(out, exact, rows);
	hvc_html_picture__begin(out, &rows->picture, names, true);
	made = put_legend(out, exact, rows);
	made = put_groups(out, exact, rows) && made;
	made = hvc_html_picture__rows(out, &rows->picture, names) && made;
	made = put_classes(out, exact, rows) && made;
	made = hvc_html_part__contract(out, contract, names[0]) && made;
	put_assumed(out, exact);
	hvc_html_picture__script(out);
	return made;
}

enum hvc_status hvc_exact_html(FILE *out, const struct hvc_exact *exact,
                               const struct hvc_contract *contract, struct hvc_diag *diag)
{
	struct hvc_picture_rows rows;
	char title[4400];
	bool made;

	HVC_TRY(hvc_picture_rows__make(exact, diag, &rows));
	snprintf(title, sizeof(title), "What every HVC does: %s", hvc_subject_name(exact->subject));
	hvc_html_picture__head(out, title);
	made = put_page(out, exact, &rows, contract);
	hvc_picture_rows__free(&rows);
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
