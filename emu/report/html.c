/* SPDX-License-Identifier: MIT */
#include "report/html.h"

#include <string.h>

#include "engine/quote.h"
#include "report/assets.h"
#include "report/made.h"

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
	fprintf(out, "\n<style>\n%s", hvc_asset__page);
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
	hvc_findings__text(&page, findings, all);
	fputs("</section>\n", out);
}

enum hvc_status hvc_html__end(FILE *out, struct hvc_diag *diag)
{
	fputs("</main>\n", out);
	hvc_made__html(out);
	fputs("</body>\n</html>\n", out);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}
