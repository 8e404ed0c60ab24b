/* SPDX-License-Identifier: MIT */
#include "report/html.h"

#include <string.h>

#include "engine/quote.h"

/* clang-format off */
static const char style[] =
	":root{color-scheme:light dark;--ink:#1b1f24;--faint:#5b6470;--page:#fff;--line:#d7dbe0;"
	"--bad:#b42318;--bad-page:#fde7e4;--warn:#8a5a00;--warn-page:#fdf1d3;--head:#f3f4f6;"
	"--good:#1a6b35;--focus:#0b57d0}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--faint:#9aa3ad;--page:#15181c;"
	"--line:#353b43;--bad:#ff9d92;--bad-page:#4a1d19;--warn:#f3c969;--warn-page:#463510;"
	"--head:#1f242a;--good:#86d99a;--focus:#8ab4f8}}\n"
	"body{margin:2rem auto;max-width:90rem;padding:0 1rem;color:var(--ink);"
	"background:var(--page);font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}h3{font-size:1rem;margin-top:2rem}\n"
	"a{color:inherit}p.faint,td.faint,caption{color:var(--faint)}\n"
	".scroll{overflow-x:auto}:focus-visible{outline:3px solid var(--focus);outline-offset:2px}\n"
	"table{border-collapse:collapse}\n"
	"caption{text-align:left;padding-bottom:.5rem}\n"
	"th,td{border:1px solid var(--line);padding:.25rem .5rem;text-align:left;"
	"vertical-align:top}\n"
	"thead th{background:var(--head)}\n"
	".good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}"
	".strong{font-weight:600}.faint{color:var(--faint)}\n"
	"p.item,p.deep,pre{margin:.2rem 0}p.item{margin-top:.5rem}.item{padding-left:1rem}"
	".deep{padding-left:2.5rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;"
	"font:.9em ui-monospace,monospace}\n"
	".verdict{border-left:4px solid var(--line);padding-left:.5rem}"
	".verdict>p:first-child{font-size:1.2rem}.verdict .item>span:first-child{font-weight:600}\n"
	"td.number{text-align:right}td.does{overflow-wrap:anywhere;min-width:6rem}\n"
	"@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}"
	"tr,p,pre,figure,section.group{break-inside:avoid}button,input,.scroll::-webkit-scrollbar"
	"{display:none}.scroll{overflow:visible}}\n"
	"td.code{font-family:ui-monospace,monospace;font-size:.9em}\n"
	".differ{background:var(--bad-page);color:var(--bad);font-weight:600}\n"
	".same{background:var(--warn-page);color:var(--warn)}\n"
	"table.matrix td{text-align:center;min-width:1.6rem;padding:.15rem}\n"
	"table.matrix td a{display:block;text-decoration:none}\n"
	"table.matrix thead th.name{writing-mode:vertical-rl;transform:rotate(180deg);"
	"white-space:nowrap;font-weight:400;padding:.4rem .2rem}\n"
	"table.matrix tbody th{white-space:nowrap;font-weight:400;background:var(--head);position:sticky;"
	"left:0}\n";
/* clang-format on */

void hvc_html__text(FILE *out, const char *text)
{
	hvc_quote__put(out, HVC_QUOTE_XML, text);
}

void hvc_html__element(FILE *out, const char *tag, const char *text)
{
	fprintf(out, "<%s>", tag);
	hvc_html__text(out, text);
	fprintf(out, "</%.*s>", (int)strcspn(tag, " "), tag);
}

bool hvc_html__words(FILE *out, const char *tag, struct hvc_words *words)
{
	bool made = !words->failed;

	hvc_html__element(out, tag, hvc_words__text(words));
	hvc_words__free(words);
	return made;
}

void hvc_html__begin(FILE *out, const char *title, const char *const *more)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
	      out);
	hvc_html__element(out, "title", title);
	fprintf(out, "\n<style>\n%s", style);
	for (; more && *more; more++)
		fputs(*more, out);
	fputs("</style>\n</head>\n<body>\n<main>\n", out);
	hvc_html__element(out, "h1", title);
	fputc('\n', out);
}

void hvc_html__findings(FILE *out, const struct hvc_findings *findings, bool all)
{
	const struct hvc_page page = {.out = out, .markup = HVC_MARKUP_HTML};

	if (!findings)
		return;
	fputs("<section class=\"verdict\" aria-label=\"Verdict\">\n", out);
	hvc_findings_text(&page, findings, all);
	fputs("</section>\n", out);
}

enum hvc_status hvc_html__end(FILE *out, struct hvc_diag *diag)
{
	fputs("</main>\n</body>\n</html>\n", out);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}

void hvc_html__failed(FILE *out, uint64_t calls, const char *one)
{
	char number[HVC_NUMBER_SIZE];

	if (!calls)
		return;
	fprintf(out,
	        "<p class=\"strong bad\">The engine died of %s call%s, of which nothing is known: ",
	        hvc_words__number(calls, number), calls == 1 ? "" : "s");
	hvc_html__text(out, one);
	fputs("</p>\n", out);
}

void hvc_html__untried(FILE *out, unsigned constants)
{
	char number[HVC_NUMBER_SIZE];

	if (constants)
		fprintf(out,
		        "<p class=\"strong warn\">A sample: the code compares with %s more "
		        "constants "
		        "than are tried (at most %u)</p>\n",
		        hvc_words__number(constants, number), HVC_CONSTANTS_MAX);
}
