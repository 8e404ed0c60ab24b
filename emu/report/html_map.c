/* SPDX-License-Identifier: MIT */
/* A map as a page. */
#include <inttypes.h>

#include "machine/world.h"
#include "report/exact.h"
#include "report/html_picture.h"
#include "report/picture_rows.h"
#include "report/strip.h"

/* Of a strip: rows of 256 values, and what values do. */
#define STRIP_MAX  12u
#define LEGEND_MAX 52u

/* Where every immediate does the same, a square of them says nothing. */
static bool put_square(FILE *out, const struct hvc_exact *exact,
                       const struct hvc_picture_rows *rows, const char *name)
{
	bool made;

	if (rows->picture.groups == 1) {
		fputs("<p>Every immediate does alike: registers select.</p>\n", out);
		return true;
	}
	hvc_html_picture__begin(out, &rows->picture, name, true);
	made = hvc_html_rows__legend(out, exact, rows);
	made = hvc_html_rows__groups(out, exact, rows) && made;
	return hvc_html_picture__rows(out, &rows->picture, name) && made;
}

/* The values of a register by which code selects, drawn as a row of the square is. */
static bool put_strip(FILE *out, const struct hvc_exact *exact, struct hvc_diag *diag)
{
	struct hvc_words title = {0};
	struct hvc_strip strip;
	char name[HVC_NUMBER_SIZE];
	bool made = hvc_strip__make(exact, diag, &strip) == HVC_OK;

	if (!made || !strip.rows)
		return made;
	hvc_strip__title(exact, &strip, &title);
	fputs("<section aria-labelledby=\"strip\">\n<h2 id=\"strip\">Values that select</h2>\n",
	      out);
	made = hvc_html__words(out, "p class=\"code\"", &title);
	fputs("<div class=\"rows\">\n", out);
	for (unsigned row = 0; row < strip.rows && row < STRIP_MAX; row++) {
		if (hvc_picture__row_is_plain(&strip.picture, row))
			continue;
		fprintf(out,
		        "<figure><figcaption>0x%" PRIx64 " to 0x%" PRIx64
		        "</figcaption><svg viewBox=\"-1 -1 258 258\" role=\"img\" "
		        "aria-label=\"Values 0x%" PRIx64 " to 0x%" PRIx64
		        " as 16 rows of 16, with the letters of what they do\">\n",
		        strip.base[row], strip.base[row] + HVC_PICTURE_SIDE - 1, strip.base[row],
		        strip.base[row] + HVC_PICTURE_SIDE - 1);
		hvc_svg__row(out, &strip.picture, row);
		fputs("</svg></figure>\n", out);
	}
	fputs("</div>\n<ul class=\"marks\">\n", out);
	for (unsigned i = 0; i < strip.picture.groups && i < LEGEND_MAX; i++) {
		struct hvc_words does = {0};

		fputs("<li><span class=\"key ", out);
		hvc_svg__class_of(out, &strip.picture, i);
		fprintf(out, "\">%s</span> ", i ? hvc_picture__name(i, name) : "else");
		hvc_strip__does(exact, &strip, i, &does);
		made = hvc_html__words(out, "span class=\"code\"", &does) && made;
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
	if (strip.rows > STRIP_MAX || strip.left || strip.picture.groups > LEGEND_MAX)
		fputs("<p>The tree above has them all.</p>\n", out);
	fputs("</section>\n", out);
	hvc_strip__free(&strip);
	return made;
}

static bool put_page(FILE *out, const struct hvc_exact *exact, const struct hvc_picture_rows *rows,
                     const struct hvc_contract *contract, const struct hvc_abi *abi,
                     struct hvc_diag *diag)
{
	const struct hvc_page page = {.out = out, .markup = HVC_MARKUP_HTML};
	const char *name = hvc_subject_name(exact->subject);
	bool hyp = hvc_cpu__is_hyp(exact->world.cpu), made;

	hvc_exact__closing(&page, exact);
	hvc_words__put_failed(&page, exact->failed, exact->failure);
	/* What code that is not followed looks at, and in which order, is not known. */
	made = hyp || hvc_html_tree__put(out, exact, abi, diag) == HVC_OK;
	made = put_square(out, exact, rows, name) && made;
	made = (hyp || put_strip(out, exact, diag)) && made;
	made = hvc_html_rows__classes(out, exact, contract, diag) && made;
	if (!hyp)
		hvc_html_tree__script(out);
	hvc_html_picture__script(out);
	return made;
}

enum hvc_status hvc_exact__html(FILE *out, const struct hvc_exact *exact,
                                const struct hvc_contract *contract, const struct hvc_abi *abi,
                                struct hvc_diag *diag)
{
	struct hvc_picture_rows rows;
	char title[4400];
	bool made;

	HVC_TRY(hvc_picture_rows__make(exact, diag, &rows));
	snprintf(title, sizeof(title), "What every HVC does: %s", hvc_subject_name(exact->subject));
	hvc_html_picture__head(out, title);
	made = put_page(out, exact, &rows, contract, abi, diag);
	hvc_picture_rows__free(&rows);
	if (!made)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	return hvc_html__end(out, diag);
}
