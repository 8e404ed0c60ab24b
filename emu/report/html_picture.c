/* SPDX-License-Identifier: MIT */
#include "report/html_picture.h"

#include "report/assets.h"

#define SIDE     HVC_PICTURE_SIDE
#define ROWS_MAX 6u /* rows that are shown large */

void hvc_html_picture__head(FILE *out, const char *title)
{
	const char *const styles[] = {hvc_asset__svg, hvc_asset__picture, hvc_asset__tree, NULL};

	hvc_html__begin(out, title, styles);
}

void hvc_html_picture__script(FILE *out)
{
	fprintf(out, "<script>\n%s</script>\n", hvc_asset__script);
}

void hvc_html_picture__figure(FILE *out, const char *name, const char *what, const char *runs,
                              bool groups)
{
	fputs("<figure>", out);
	hvc_html__element(out, "figcaption", name);
	fprintf(out, "<div class=\"map\" data-runs=\"%s\"%s data-name=\"", runs,
	        groups ? " data-groups" : "");
	hvc_html__text(out, name);
	fputs("\"><svg viewBox=\"-27 -13 284 270\" role=\"img\" aria-label=\"", out);
	hvc_html__text(out, name);
	fputs(": ", out);
	hvc_html__text(out, what);
	fputs("; as text below\">\n", out);
}

void hvc_html_picture__figure_end(FILE *out)
{
	fputs("</svg></div></figure>\n", out);
}

void hvc_html_picture__begin(FILE *out, const struct hvc_picture *picture, const char *name,
                             bool alone)
{
	char number[HVC_NUMBER_SIZE], what[160];

	fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">",
	      out);
	fputs(hvc_svg__patterns, out);
	fprintf(out, "</svg>\n<div class=\"figures%s\">\n", alone ? " one" : "");
	snprintf(what, sizeof(what), "65,536 immediates in %s group%s by colour and letter",
	         hvc_words__number(picture->groups, number), picture->groups == 1 ? "" : "s");
	hvc_html_picture__figure(out, name, what, "runs-0", true);
	hvc_svg__plane(out, picture);
	hvc_html_picture__figure_end(out);
}

/* A row that parts, and how many others are like it. */
static void put_row(FILE *out, const struct hvc_picture *picture, unsigned row)
{
	unsigned alike = 0;

	for (unsigned i = row + 1; i < SIDE; i++)
		alike += hvc_picture__row_like(picture, i) == row;
	fprintf(out, "<figure><figcaption>0x%02x00 to 0x%02xff", row, row);
	if (alike)
		fprintf(out, ", and %u row%s like it", alike, alike == 1 ? "" : "s");
	fprintf(out,
	        "</figcaption><svg viewBox=\"-1 -1 258 258\" role=\"img\" aria-label=\"Immediates "
	        "0x%02x00 to 0x%02xff as 16 rows of 16, with the letters of their groups\">\n",
	        row, row);
	hvc_svg__row(out, picture, row);
	fputs("</svg></figure>\n", out);
}

static void put_large_rows(FILE *out, const struct hvc_picture *picture)
{
	char number[HVC_NUMBER_SIZE];
	unsigned shown = 0, left = 0;

	for (unsigned row = 0; row < SIDE; row++) {
		if (hvc_picture__row_is_plain(picture, row) ||
		    hvc_picture__row_like(picture, row) != row)
			continue;
		if (shown == ROWS_MAX) {
			left++;
			continue;
		}
		if (!shown++)
			fputs("<div class=\"rows\">\n", out);
		put_row(out, picture, row);
	}
	if (shown)
		fputs("</div>\n", out);
	else
		fputs("<p>In no row: the high byte alone tells the group.</p>\n", out);
	if (left)
		fprintf(out, "<p>and %s more rows, as text below</p>\n",
		        hvc_words__number(left, number));
}

void hvc_html_picture__runs(FILE *out, const char *title, const char *id, const uint32_t *cell,
                            const char *(*word)(uint32_t number, char text[HVC_NUMBER_SIZE]))
{
	char name[HVC_NUMBER_SIZE];

	fputs("<details><summary>All immediates of ", out);
	hvc_html__text(out, title);
	fprintf(out, ", as text</summary>\n<pre id=\"%s\">", id);
	for (unsigned lo = 0, hi; lo < HVC_IMM_COUNT; lo = hi + 1) {
		for (hi = lo; hi + 1 < HVC_IMM_COUNT && cell[hi + 1] == cell[lo]; hi++)
			;
		fprintf(out, "0x%04x", lo);
		if (hi != lo)
			fprintf(out, "-0x%04x", hi);
		fprintf(out, " %s\n", word(cell[lo], name));
	}
	fputs("</pre></details>\n", out);
}

bool hvc_html_picture__rows(FILE *out, const struct hvc_picture *picture, const char *name)
{
	fputs("<section aria-labelledby=\"rows\">\n<h2 id=\"rows\">Rows in which calls part</h2>\n",
	      out);
	put_large_rows(out, picture);
	hvc_html_picture__runs(out, name, "runs-0", picture->cell, hvc_picture__name);
	fputs("</section>\n", out);
	return !ferror(out);
}
