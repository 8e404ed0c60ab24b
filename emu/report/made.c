/* SPDX-License-Identifier: MIT */
#include "report/made.h"

#include "engine/quote.h"
#include "report/words.h"

static const struct hvc_made *made;

void hvc_made__set(const struct hvc_made *by)
{
	made = by;
}

static void add_files(struct hvc_json *json)
{
	hvc_json__array(json, "files");
	for (unsigned i = 0; i < made->files; i++) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "path", made->file[i].path);
		hvc_json__string(json, "sha256", made->file[i].sha256);
		hvc_json__close(json);
	}
	hvc_json__close(json);
}

static void add_words(struct hvc_json *json, const char *key)
{
	hvc_json__array(json, key);
	for (unsigned i = 0; i < made->words; i++)
		hvc_json__string(json, NULL, made->word[i]);
	hvc_json__close(json);
}

static void add_programs(struct hvc_json *json)
{
	hvc_json__string(json, "engine", made->engine);
	hvc_json__string(json, "solver", made->solver);
	hvc_json__string(json, "decoder", made->decoder);
}

void hvc_made__json(struct hvc_json *json)
{
	if (!made)
		return;
	hvc_json__object(json, "made");
	hvc_json__string(json, "program", made->program);
	add_programs(json);
	add_words(json, "command");
	add_files(json);
	hvc_json__close(json);
}

void hvc_made__sarif(struct hvc_json *json)
{
	if (!made)
		return;
	hvc_json__array(json, "artifacts");
	for (unsigned i = 0; i < made->files; i++) {
		hvc_json__object(json, NULL);
		hvc_json__object(json, "location");
		hvc_sarif__uri(json, made->file[i].path);
		hvc_json__close(json);
		hvc_json__object(json, "hashes");
		hvc_json__string(json, "sha-256", made->file[i].sha256);
		hvc_json__close(json);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__array(json, "invocations");
	hvc_json__object(json, NULL);
	add_words(json, "arguments");
	hvc_json__boolean(json, "executionSuccessful", true);
	hvc_json__close(json);
	hvc_json__close(json);
	hvc_json__object(json, "properties");
	add_programs(json);
	hvc_json__close(json);
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
