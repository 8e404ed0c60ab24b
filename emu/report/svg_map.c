/* SPDX-License-Identifier: MIT */
/* The picture of a map as a drawing by itself. */

#include "report/assets.h"
#include "report/html.h"
#include "report/made.h"
#include "report/picture_rows.h"
#include "report/svg.h"
#include "report/tree.h"

#define WIDTH      720u
#define TOP        56u  /* of the picture; the title is above */
#define SIZE       358u /* of the picture: 256 units by 1.4 */
#define ROWS_MAX   2u   /* rows that are shown large, beside it */
#define LEGEND_MAX 10u
#define LINE       22u
#define TEXT       88u /* characters of a line of the legend */

static void put_style(FILE *out)
{
	fprintf(out, "<style>\n%s%s</style>\n", hvc_asset__svg, hvc_asset__drawing);
}

static void put_group(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                      unsigned group, unsigned y)
{
	const struct hvc_picture *picture = &rows->picture;
	const struct hvc_picture_group *is = &picture->group[group];
	char name[HVC_NUMBER_SIZE], number[HVC_NUMBER_SIZE], text[1024];
	struct hvc_words words = {0};

	hvc_words__add(&words, "%s immediate%s: ", hvc_words__number(is->count, number),
	               is->count == 1 ? "" : "s");
	if (is->mixed) {
		struct hvc_words classes = {0};

		hvc_picture_rows__classes(rows, group, &classes);
		hvc_words__add(&words, "classes %s, by registers or caller",
		               hvc_words__text(&classes));
		hvc_words__free(&classes);
	} else {
		hvc_exact__print_behaviour(exact, rows->row[is->class_].row, text, sizeof(text));
		hvc_words__add(&words, "%s", text);
	}
	fprintf(out, "<rect class=\"swatch ");
	hvc_svg__class_of(out, picture, group);
	fprintf(out,
	        "\" x=\"46\" y=\"%u\" width=\"22\" height=\"16\"/><text class=\"swatch-name\" "
	        "x=\"57\" "
	        "y=\"%u\">%s</text><text class=\"says\" x=\"78\" y=\"%u\">",
	        y, y + 12, hvc_picture__name(group, name), y + 12);
	hvc_svg__text(out, hvc_words__text(&words), TEXT);
	fputs("</text>\n", out);
	hvc_words__free(&words);
}

static void put_rows(FILE *out, const struct hvc_picture *picture)
{
	unsigned shown = 0;

	for (unsigned row = 0; row < HVC_PICTURE_SIDE && shown < ROWS_MAX; row++) {
		if (hvc_picture__row_is_plain(picture, row) ||
		    hvc_picture__row_like(picture, row) != row)
			continue;
		fprintf(out,
		        "<text class=\"says\" x=\"460\" y=\"%u\">0x%02x00 to 0x%02xff</text>"
		        "<g transform=\"translate(460 %u) scale(.68)\">\n",
		        TOP - 6 + shown * 192, row, row, TOP + shown * 192);
		hvc_svg__row(out, picture, row);
		fputs("</g>\n", out);
		shown++;
	}
}

enum hvc_status hvc_exact__svg(FILE *out, const struct hvc_exact *exact, bool tree,
                               struct hvc_diag *diag)
{
	struct hvc_picture_rows rows;
	const struct hvc_picture *picture = &rows.picture;
	struct hvc_words title = {0};
	unsigned lines, height;
	char number[HVC_NUMBER_SIZE];

	if (tree)
		return hvc_svg_tree__put(out, exact, diag);
	HVC_TRY(hvc_picture_rows__make(exact, diag, &rows));
	/* Where every immediate does the same, a square of them says nothing. */
	if (picture->groups == 1) {
		hvc_picture_rows__free(&rows);
		return hvc_svg_tree__put(out, exact, diag);
	}
	lines = picture->groups < LEGEND_MAX ? picture->groups : LEGEND_MAX + 1;
	height = TOP + SIZE + 24 + lines * LINE;
	hvc_words__add(&title, "What every HVC does: %s", hvc_subject_name(exact->subject));
	hvc_picture_rows__callers(&title, exact, &rows);
	fprintf(out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
	        "height=\"%u\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">",
	        WIDTH, height, WIDTH, height);
	hvc_html__text(out, hvc_words__text(&title));
	fprintf(out, ": 65,536 immediates in %s group%s</title>\n",
	        hvc_words__number(picture->groups, number), picture->groups == 1 ? "" : "s");
	put_style(out);
	fputs(hvc_svg__patterns, out);
	fputs("<text class=\"says title\" x=\"46\" y=\"24\">", out);
	hvc_svg__text(out, hvc_words__text(&title), TEXT);
	fprintf(out, "</text>\n<g transform=\"translate(46 %u) scale(1.4)\">\n", TOP);
	hvc_svg__plane(out, picture);
	fputs("</g>\n", out);
	put_rows(out, picture);
	for (unsigned i = 0; i < picture->groups && i < LEGEND_MAX; i++)
		put_group(out, exact, &rows, i, TOP + SIZE + 16 + i * LINE);
	if (picture->groups > LEGEND_MAX)
		fprintf(out, "<text class=\"says\" x=\"78\" y=\"%u\">and %s more groups</text>\n",
		        TOP + SIZE + 28 + LEGEND_MAX * LINE,
		        hvc_words__number(picture->groups - LEGEND_MAX, number));
	hvc_made__svg(out);
	fputs("</svg>\n", out);
	hvc_words__free(&title);
	hvc_picture_rows__free(&rows);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
