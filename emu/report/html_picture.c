/* SPDX-License-Identifier: MIT */
#include "report/html_picture.h"

#define SIDE     HVC_PICTURE_SIDE
#define ROWS_MAX 6u /* rows that are shown large, on each plane */

/* clang-format off */
static const char page_style[] =
	".figures{display:flex;flex-wrap:wrap;gap:1rem 2rem}"
	".figures figure{flex:1 1 17rem;max-width:34rem}"
	"#reader{flex:1 1 100%;min-width:0;display:grid;gap:0 2rem;"
	"grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}#reader>*{min-width:0}\n"
	".figures.one{display:grid;grid-template-columns:minmax(0,34rem) minmax(0,1fr)}"
	".one #reader{display:block}\n"
	"@media(max-width:50rem){.figures.one{grid-template-columns:minmax(0,1fr)}}\n"
	"figure{margin:0;min-width:0}figcaption{margin-bottom:.5rem;overflow-wrap:anywhere}\n"
	"svg{display:block;width:100%;height:auto}\n"
	".map{position:relative;touch-action:manipulation}\n"
	".cursor{fill:none;stroke:#fff;stroke-width:1}.cursor.outer{stroke:#111;stroke-width:3}\n"
	".dim .cells path:not(.chosen){fill-opacity:.15}\n"
	".key{display:inline-block;min-width:1.5em;padding:0 .3em;text-align:center;color:#111;"
	"background-color:var(--ink-of);border:1px solid #111;border-radius:.2em;font-weight:600;"
	"-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
	".key.mixed{border-style:dashed;border-width:2px}\n"
	"ul.marks{list-style:none;margin:0;padding:0}\n"
	".group{border-top:1px solid var(--line);margin:1rem 0;padding-top:.5rem}\n"
	".group h3{display:inline-block;margin:.3rem 1rem .3rem 0}.group p{margin:.3rem 0}\n"
	".code,pre,code{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere}\n"
	"pre{overflow:auto;max-height:24rem;white-space:pre-wrap;margin:.5rem 0}\n"
	"table.axis tbody th{border-left:.5rem solid var(--ink-of,var(--line));"
	"font-weight:400;white-space:nowrap}\n"
	"table td.does{min-width:12rem;overflow-wrap:anywhere}\n"
	"td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}\n"
	".good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}"
	".strong{font-weight:600}\n"
	"tr.bad{background:var(--bad-page)}\n"
	".rows{display:grid;gap:1rem 2rem;grid-template-columns:repeat(auto-fill,"
	"minmax(min(100%,18rem),1fr))}\n"
	".letters rect{fill:var(--ink-of)}.letters .mixed{stroke:#111;stroke-width:1.5;"
	"stroke-dasharray:3 2}.letters path{stroke:#111;stroke-opacity:.35;stroke-width:.5;fill:none}"
	"\n"
	".tools{display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:end;margin:.5rem 0}\n"
	".tools label{display:block}input,button{font:inherit;color:inherit;background:var(--page);"
	"border:1px solid var(--faint);border-radius:.25em;padding:.25rem .5rem;max-width:100%;"
	"box-sizing:border-box}button{cursor:pointer}button[aria-pressed=true]{background:var(--ink);"
	"color:var(--page)}\n"
	".readout{min-height:4.5rem;overflow-wrap:anywhere}.readout:empty{display:none}\n"
	"nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}\n"
	"@media(max-width:30rem){table td.does{min-width:9rem}}\n"
	"@media print{.tools,nav,.readout{display:none}.scroll{overflow:visible}"
	"pre{max-height:none}body{max-width:none}}\n";
/* clang-format on */

void hvc_html_picture__head(FILE *out, const char *title)
{
	const char *const styles[] = {hvc_svg__style, page_style, NULL};

	hvc_html__begin(out, title, styles);
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

void hvc_html_picture__begin(FILE *out, const struct hvc_picture *picture, const char *const *names,
                             bool alone)
{
	char number[HVC_NUMBER_SIZE], what[160], runs[16];

	fputs("<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\">",
	      out);
	fputs(hvc_svg__patterns, out);
	fprintf(out, "</svg>\n<div class=\"figures%s\">\n", alone ? " one" : "");
	snprintf(what, sizeof(what), "65,536 immediates in %s group%s by colour and letter",
	         hvc_words__number(picture->groups, number), picture->groups == 1 ? "" : "s");
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		snprintf(runs, sizeof(runs), "runs-%u", plane);
		hvc_html_picture__figure(out, names[plane], what, runs, true);
		hvc_svg__plane(out, picture, plane);
		hvc_html_picture__figure_end(out);
	}
}

/* A row that parts, and how many others are like it. */
static void put_row(FILE *out, const struct hvc_picture *picture, unsigned plane, unsigned row)
{
	unsigned alike = 0;

	for (unsigned i = row + 1; i < SIDE; i++)
		alike += hvc_picture__row_like(picture, plane, i) == row;
	fprintf(out, "<figure><figcaption>0x%02x00 to 0x%02xff", row, row);
	if (alike)
		fprintf(out, ", and %u row%s like it", alike, alike == 1 ? "" : "s");
	fprintf(out,
	        "</figcaption><svg viewBox=\"-1 -1 258 258\" role=\"img\" aria-label=\"Immediates "
	        "0x%02x00 to 0x%02xff as 16 rows of 16, with the letters of their groups\">\n",
	        row, row);
	hvc_svg__row(out, picture, plane, row);
	fputs("</svg></figure>\n", out);
}

static void put_plane_rows(FILE *out, const struct hvc_picture *picture, unsigned plane,
                           const char *name)
{
	char number[HVC_NUMBER_SIZE];
	unsigned shown = 0, left = 0;

	for (unsigned row = 0; row < SIDE; row++) {
		if (hvc_picture__row_is_plain(picture, plane, row) ||
		    hvc_picture__row_like(picture, plane, row) != row)
			continue;
		if (shown == ROWS_MAX) {
			left++;
			continue;
		}
		if (!shown++) {
			if (picture->planes > 1)
				hvc_html__element(out, "h3", name);
			fputs("<div class=\"rows\">\n", out);
		}
		put_row(out, picture, plane, row);
	}
	if (shown)
		fputs("</div>\n", out);
	else if (picture->planes == 1)
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

bool hvc_html_picture__rows(FILE *out, const struct hvc_picture *picture, const char *const *names)
{
	char runs[16];

	fputs("<section aria-labelledby=\"rows\">\n<h2 id=\"rows\">Rows in which calls part</h2>\n",
	      out);
	for (unsigned plane = 0; plane < picture->planes; plane++)
		put_plane_rows(out, picture, plane, names[plane]);
	for (unsigned plane = 0; plane < picture->planes; plane++) {
		snprintf(runs, sizeof(runs), "runs-%u", plane);
		hvc_html_picture__runs(out, names[plane], runs,
		                       picture->cell + plane * HVC_IMM_COUNT, hvc_picture__name);
	}
	fputs("</section>\n", out);
	return !ferror(out);
}
