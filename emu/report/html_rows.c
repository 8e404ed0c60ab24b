/* SPDX-License-Identifier: MIT */
/* The classes of a map in a page: beside its picture, by group of immediates, and in a table. */
#include <stdlib.h>
#include <string.h>

#include "report/html_picture.h"

/* Rows of the legend, and of groups; JSON has all. */
#define ROWS_MAX   400u
#define LEGEND_MAX 12u
#define MARKS_MAX  6u
#define TEXT       2048u

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

bool hvc_html_rows__legend(FILE *out, const struct hvc_exact *exact,
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
	hvc_picture__imms(picture, group, &words);
	made = hvc_html__words(out, "span class=\"code\"", &words);
	fputs("</p>\n", out);
	made = put_marks(out, exact, rows, group, ROWS_MAX) && made;
	fputs("</section>\n", out);
	return made;
}

bool hvc_html_rows__groups(FILE *out, const struct hvc_exact *exact,
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

bool hvc_html_rows__classes(FILE *out, const struct hvc_exact *exact,
                            const struct hvc_contract *contract, struct hvc_diag *diag)
{
	const struct hvc_page page = {.out = out, .markup = HVC_MARKUP_HTML};
	enum hvc_status status;

	fputs("<section id=\"classes\">\n", out);
	status = hvc_exact__text(&page, exact, contract, false, diag);
	fputs("</section>\n", out);
	return status == HVC_OK;
}

void hvc_html_part__table(FILE *out, const char *name, const char *const *column)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"", out);
	hvc_html__text(out, name);
	fputs("\"><table>\n<thead><tr>", out);
	for (; *column; column++) {
		size_t length = strlen(*column);
		bool number = length && (*column)[length - 1] == '\t';
		char *title = strndup(*column, length - number);

		hvc_html__element(out,
		                  number ? "th scope=\"col\" class=\"number\"" : "th scope=\"col\"",
		                  title ? title : *column);
		free(title);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
}

void hvc_html_part__end(FILE *out)
{
	fputs("</tbody></table></div>\n", out);
}

void hvc_html_part__number(FILE *out, uint64_t number)
{
	char text[HVC_NUMBER_SIZE];

	fprintf(out, "<td class=\"number\">%s</td>", hvc_words__number(number, text));
}
