/* SPDX-License-Identifier: MIT */
#include "report/made.h"

#include "engine/quote.h"
#include "report/words.h"

static const struct hvc_made *made;

void hvc_made__set(const struct hvc_made *by)
{
	made = by;
}

const struct hvc_made *hvc_made__get(void)
{
	return made;
}

/* The command as a shell takes it. */
static void put_command(FILE *out, enum hvc_quote as)
{
	struct hvc_words words = {0};

	hvc_words__add(&words, "hvcheck");
	for (unsigned i = 0; i < made->words; i++) {
		hvc_words__add(&words, " ");
		hvc_words__shell(&words, made->word[i]);
	}
	hvc_quote__put(out, as, hvc_words__text(&words));
	hvc_words__free(&words);
}

static void put_programs(FILE *out)
{
	fprintf(out, "%s, %s, %s, %s", made->program, made->engine, made->solver, made->decoder);
}

void hvc_made__junit(FILE *out)
{
	if (!made)
		return;
	fputs("    <properties>\n      <property name=\"made-by\" value=\"", out);
	put_programs(out);
	fputs("\"/>\n      <property name=\"command\" value=\"", out);
	put_command(out, HVC_QUOTE_XML);
	fputs("\"/>\n", out);
	for (unsigned i = 0; i < made->files; i++) {
		fputs("      <property name=\"sha256:", out);
		hvc_quote__put(out, HVC_QUOTE_XML, made->file[i].path);
		fprintf(out, "\" value=\"%s\"/>\n", made->file[i].sha256);
	}
	fputs("    </properties>\n", out);
}

/* A line each. */
static void put_lines(FILE *out, enum hvc_quote as, const char *begin, const char *end)
{
	fputs(begin, out);
	put_command(out, as);
	fputs(end, out);
	for (unsigned i = 0; i < made->files; i++) {
		fprintf(out, "%sSHA-256 %s  ", begin, made->file[i].sha256);
		hvc_quote__put(out, as, made->file[i].path);
		fputs(end, out);
	}
}

void hvc_made__svg(FILE *out)
{
	if (!made)
		return;
	fputs("<metadata>", out);
	put_programs(out);
	put_lines(out, HVC_QUOTE_XML, "\n", "");
	fputs("</metadata>\n", out);
}

void hvc_made__html(FILE *out)
{
	if (!made)
		return;
	fputs("<footer>\n<p>Made by ", out);
	put_programs(out);
	fputs("</p>\n<pre>", out);
	put_lines(out, HVC_QUOTE_XML, "", "\n");
	fputs("</pre>\n</footer>\n", out);
}

void hvc_made__markdown(FILE *out)
{
	if (!made)
		return;
	fputs("\n<details><summary>Made by ", out);
	put_programs(out);
	/* Indented code has no fence that its text could close. */
	fputs("</summary>\n\n", out);
	put_lines(out, HVC_QUOTE_LINE, "      ", "\n");
	fputs("\n</details>\n", out);
}
