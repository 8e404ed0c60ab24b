/* SPDX-License-Identifier: MIT */
/* The dispatch tree as a drawing: a line a branch, each below the one that it comes from. */
#include <stdlib.h>

#include "report/html.h"
#include "report/made.h"
#include "report/svg.h"
#include "report/tree.h"

#define WIDTH  920u
#define TOP    40u
#define LINE   22u
#define STEP   22u /* from a branch to the one below it, across */
#define LEFT   16u
#define LETTER 7u /* units of a character, more or less */
#define DEPTHS 32u
#define LINES  400u /* a drawing of more is for nobody; the page has all */

struct drawing {
	FILE *out;
	unsigned lines, left;
	unsigned y[DEPTHS]; /* of the last line of each depth */
};

/* What is cut is in the title, whole. */
static void put_text(FILE *out, const char *text, unsigned most)
{
	fputs("<title>", out);
	hvc_html__text(out, text);
	fputs("</title>", out);
	hvc_svg__text(out, text, most);
}

static void put_line(void *ctx, unsigned depth, const char *text, bool leaf)
{
	struct drawing *drawing = ctx;
	unsigned at = depth < DEPTHS ? depth : DEPTHS - 1;
	unsigned x = LEFT + at * STEP, y = TOP + drawing->lines * LINE;

	if (drawing->lines == LINES) {
		drawing->left++;
		return;
	}
	drawing->lines++;
	drawing->y[at] = y;
	if (at)
		fprintf(drawing->out, "<path class=\"branch\" d=\"M%u %uV%uH%u\"/>", x - STEP + 6,
		        drawing->y[at - 1] + 6, y - 4, x);
	fprintf(drawing->out, "<text class=\"says%s\" x=\"%u\" y=\"%u\">", leaf ? " leaf" : "",
	        x + 4, y);
	put_text(drawing->out, text, (WIDTH - x) / LETTER);
	fputs("</text>\n", drawing->out);
}

static void put_caller(struct drawing *drawing, const struct hvc_exact *exact,
                       const struct hvc_exact_part *part)
{
	struct hvc_words who = {0};

	hvc_exact__callers(&who, exact, part);
	fprintf(drawing->out, "<text class=\"says who\" x=\"%u\" y=\"%u\">", LEFT,
	        TOP + drawing->lines++ * LINE);
	put_text(drawing->out, hvc_words__text(&who), WIDTH / LETTER);
	fputs("</text>\n", drawing->out);
	hvc_words__free(&who);
}

static enum hvc_status put_parts(struct drawing *drawing, const struct hvc_exact *exact)
{
	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_exact_part *part = &exact->part[i];

		if (part->same || !part->symbolic->paths)
			continue;
		put_caller(drawing, exact, part);
		HVC_TRY(hvc_tree__lines(exact, part, put_line, drawing));
		drawing->lines++;
	}
	return HVC_OK;
}

enum hvc_status hvc_svg_tree__put(FILE *out, const struct hvc_exact *exact, struct hvc_diag *diag)
{
	char *text = NULL;
	size_t size;
	struct drawing drawing = {.out = open_memstream(&text, &size)};
	enum hvc_status status = drawing.out ? HVC_OK : HVC_E_NOMEM;

	/* How high it is, is known when it is drawn. */
	if (status == HVC_OK)
		status = put_parts(&drawing, exact);
	if (drawing.out && fclose(drawing.out) && status == HVC_OK)
		status = HVC_E_NOMEM;
	if (status != HVC_OK) {
		free(text);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	fprintf(out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %u %u\" width=\"%u\" "
	        "height=\"%u\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">How ",
	        WIDTH, TOP + (drawing.lines + 1) * LINE, WIDTH, TOP + (drawing.lines + 1) * LINE);
	hvc_html__text(out, exact->name);
	fputs(" dispatches a call</title>\n<style>\n"
	      "svg{color-scheme:light dark;color:#1b1f24;background:#fff}"
	      "@media(prefers-color-scheme:dark){svg{color:#e6e8eb;background:#15181c}}\n"
	      ".says{font:12px ui-monospace,monospace;fill:currentColor}.leaf{font-weight:600}"
	      ".who,.head{font:600 15px system-ui,sans-serif}"
	      ".branch{fill:none;stroke:currentColor;stroke-opacity:.6}\n</style>\n"
	      "<text class=\"says head\" x=\"16\" y=\"20\">",
	      out);
	put_text(out, exact->name, WIDTH / LETTER);
	fprintf(out, "</text>\n%s", text);
	if (drawing.left)
		fprintf(out, "<text class=\"says\" x=\"%u\" y=\"%u\">and %u lines more</text>\n",
		        LEFT, TOP + drawing.lines * LINE, drawing.left);
	hvc_made__svg(out);
	fputs("</svg>\n", out);
	free(text);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
