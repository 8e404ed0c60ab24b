/* SPDX-License-Identifier: MIT */
#include "report/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "engine/quote.h"
#include "report/made.h"

#define DEPTH 16u
#define WIDTH 100u /* a value that fits on one line stays on one */

struct hvc_json {
	json_t *open[DEPTH]; /* borrowed but for the first */
	unsigned depth;
	bool failed;
};

static void add(struct hvc_json *json, const char *key, json_t *value)
{
	json_t *parent;

	if (!json || json->failed || !value) {
		json_decref(value);
		if (json)
			json->failed = true;
		return;
	}
	parent = json->open[json->depth];
	if (key ? json_object_set_new(parent, key, value) : json_array_append_new(parent, value))
		json->failed = true;
}

static void enter(struct hvc_json *json, const char *key, json_t *value)
{
	add(json, key, value);
	if (!json || json->failed)
		return;
	if (json->depth + 1 == DEPTH) {
		json->failed = true;
		return;
	}
	json->open[++json->depth] = value;
}

struct hvc_json *hvc_json__bare(void)
{
	struct hvc_json *json = calloc(1, sizeof(*json));

	if (!json)
		return NULL;
	json->open[0] = json_object();
	json->failed = !json->open[0];
	return json;
}

struct hvc_json *hvc_json__new(const char *schema)
{
	struct hvc_json *json = hvc_json__bare();

	hvc_json__string(json, "schema", schema);
	return json;
}

void hvc_json__fail(struct hvc_json *json)
{
	if (json)
		json->failed = true;
}

void hvc_json__object(struct hvc_json *json, const char *key)
{
	enter(json, key, json_object());
}

void hvc_json__array(struct hvc_json *json, const char *key)
{
	enter(json, key, json_array());
}

void hvc_json__close(struct hvc_json *json)
{
	if (json && !json->failed && json->depth)
		json->depth--;
}

/* What is not UTF-8 cannot be said, but shown. */
static json_t *repaired(const char *value)
{
	char *copy = hvc_quote__text(HVC_QUOTE_LINE, value);
	json_t *made = copy ? json_string(copy) : NULL;

	free(copy);
	return made;
}

void hvc_json__string(struct hvc_json *json, const char *key, const char *value)
{
	json_t *made = json_string(value);

	add(json, key, made ? made : repaired(value));
}

void hvc_json__number(struct hvc_json *json, const char *key, uint64_t value)
{
	add(json, key, json_integer((json_int_t)value));
}

void hvc_json__boolean(struct hvc_json *json, const char *key, bool value)
{
	add(json, key, json_boolean(value));
}

void hvc_json__null(struct hvc_json *json, const char *key)
{
	add(json, key, json_null());
}

void hvc_json__hex(struct hvc_json *json, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	hvc_json__string(json, key, text);
}

void hvc_json__regset(struct hvc_json *json, const char *key, const struct hvc_regset *set)
{
	hvc_json__array(json, key);
	for (enum hvc_reg reg = HVC_REG_X0; reg < HVC_REG_COUNT; reg++) {
		if (hvc_regset_has(set, reg))
			hvc_json__string(json, NULL, hvc_reg_name(reg));
	}
	hvc_json__close(json);
}

void hvc_json__words(struct hvc_json *json, const char *key, struct hvc_words *words)
{
	if (words->failed)
		hvc_json__fail(json);
	hvc_json__string(json, key, hvc_words__text(words));
	hvc_words__free(words);
}

/* form: what stands behind the key. */
static void put_value(struct hvc_json *json, const char *key, const char *form,
                      const struct hvc_json_value *value)
{
	bool place = !strncmp(form, ":p", 2), string = value->kind == HVC_JSON_STRING;
	bool none = string ? !value->text || (place && !*value->text) : !value->number;

	if (value->kind == HVC_JSON_REGSET)
		hvc_json__regset(json, key, value->regset);
	else if (value->kind == HVC_JSON_WORDS)
		hvc_json__words(json, key, value->words);
	else if (none && form[strcspn(form, " ?")] == '?')
		return;
	else if (none && (string || place))
		hvc_json__null(json, key);
	else if (string)
		hvc_json__string(json, key, value->text);
	else if (value->kind == HVC_JSON_BOOLEAN)
		hvc_json__boolean(json, key, value->number);
	else if (form[0] == ':')
		hvc_json__hex(json, key, value->number);
	else
		hvc_json__number(json, key, value->number);
}

/* One word of a template; *value: the next one. False: there is none. */
static bool put_word(struct hvc_json *json, const char *word, const struct hvc_json_value **value,
                     const struct hvc_json_value *end)
{
	size_t length = strcspn(word, ".:?{[}] ");
	const char *form = word + length + (word[length] == '.'), *key = NULL;
	char name[48];

	snprintf(name, sizeof(name), "%.*s", (int)length, word);
	if (length)
		key = name;
	if (*form == '{')
		hvc_json__object(json, key);
	else if (*form == '[')
		hvc_json__array(json, key);
	else if (*form == '}' || *form == ']')
		hvc_json__close(json);
	else if (!strncmp(form, ":null", 5))
		hvc_json__null(json, key);
	else if (*value == end)
		return false;
	else
		put_value(json, key, form, (*value)++);
	return true;
}

void hvc_json__put_values(struct hvc_json *json, const struct hvc_json_value *value, unsigned count)
{
	const struct hvc_json_value *next = value + 1, *end = next + count;
	const char *word = value->text;
	bool good = true;

	for (; *word; word += strspn(word, " ")) {
		good = good && put_word(json, word, &next, end);
		word += strcspn(word, " ");
	}
	/* As many values as words want one, or it is a mistake of the caller's. */
	if (!good || next != end)
		hvc_json__fail(json);
}

/* A value as jansson writes it; what is not to be seen in a string is escaped there, too. */
static void put_quoted(FILE *out, const char *line)
{
	char shown[HVC_QUOTE_SIZE];
	unsigned point;

	for (const char *at = line; *at;) {
		size_t length = hvc_quote__next(line, at, shown);

		if (!strncmp(shown, at, length) && !shown[length]) {
			fputs(shown, out);
		} else if (sscanf(shown, "\\U%8x", &point) == 1) {
			point -= 0x10000;
			fprintf(out, "\\u%04x\\u%04x", 0xd800 | point >> 10,
			        0xdc00 | (point & 0x3ff));
		} else if (sscanf(shown, "\\%*1[xu]%4x", &point) == 1) {
			fprintf(out, "\\u%04x", point);
		}
		at += length;
	}
}

static bool print(const json_t *value, FILE *out, unsigned indent, unsigned used);

/* "key": in front of a member; nothing in arrays. Returns the columns used, 0 on failure. */
static unsigned print_head(const char *key, FILE *out, unsigned indent)
{
	fprintf(out, "%*s", (int)indent, "");
	if (key)
		fprintf(out, "\"%s\": ", key);
	return indent + (key ? (unsigned)strlen(key) + 4 : 0);
}

static bool print_members(const json_t *value, FILE *out, unsigned indent)
{
	const char *key;
	json_t *member;
	size_t i, left = json_object_size(value);
	bool good = true;

	/* jansson keeps the order in which members were added. */
	json_object_foreach((json_t *)value, key, member)
	{
		good = good && print(member, out, indent, print_head(key, out, indent));
		fputs(--left ? ",\n" : "\n", out);
	}
	left = json_array_size(value);
	json_array_foreach(value, i, member)
	{
		good = good && print(member, out, indent, print_head(NULL, out, indent));
		fputs(--left ? ",\n" : "\n", out);
	}
	return good;
}

/*
 * Into a buffer of the size that it says it needs: json_dumps has one that grows, and leaves out
 * the rest of a key where it cannot (2.14, dump_string in do_dump).
 */
static bool put_line(const json_t *value, FILE *out, size_t size)
{
	char *line = malloc(size + 1);
	bool good = line && json_dumpb(value, line, size, JSON_ENCODE_ANY) == size;

	if (good) {
		line[size] = '\0';
		put_quoted(out, line);
	}
	free(line);
	return good;
}

static bool print(const json_t *value, FILE *out, unsigned indent, unsigned used)
{
	bool container = json_is_object(value) || json_is_array(value);
	size_t size = json_dumpb(value, NULL, 0, JSON_ENCODE_ANY);
	bool good = size > 0;

	if (good && (!container || used + size < WIDTH)) {
		good = put_line(value, out, size);
	} else if (good) {
		fputs(json_is_object(value) ? "{\n" : "[\n", out);
		good = print_members(value, out, indent + 2);
		fprintf(out, "%*s%c", (int)indent, "", json_is_object(value) ? '}' : ']');
	}
	return good;
}

void hvc_json__programs(struct hvc_json *json, const struct hvc_made *made)
{
	hvc_json__string(json, "engine", made->engine);
	hvc_json__string(json, "solver", made->solver);
	hvc_json__string(json, "decoder", made->decoder);
}

void hvc_json__command(struct hvc_json *json, const char *key, const struct hvc_made *made)
{
	hvc_json__array(json, key);
	for (unsigned i = 0; i < made->words; i++)
		hvc_json__string(json, NULL, made->word[i]);
	hvc_json__close(json);
}

/* The member "made" of a document of hvcheck's own. */
static void add_made(struct hvc_json *json, const struct hvc_made *made)
{
	hvc_json__object(json, "made");
	hvc_json__string(json, "program", made->program);
	hvc_json__programs(json, made);
	hvc_json__command(json, "command", made);
	hvc_json__array(json, "files");
	for (unsigned i = 0; i < made->files; i++) {
		hvc_json__object(json, NULL);
		hvc_json__string(json, "path", made->file[i].path);
		hvc_json__string(json, "sha256", made->file[i].sha256);
		hvc_json__close(json);
	}
	hvc_json__close(json);
	hvc_json__close(json);
}

enum hvc_status hvc_json__print(struct hvc_json *json, FILE *out, struct hvc_diag *diag)
{
	bool good;

	if (json && hvc_made__get() && json_object_get(json->open[0], "schema"))
		add_made(json, hvc_made__get());
	good = json && !json->failed && print(json->open[0], out, 0, 0);
	hvc_json__drop(json);
	if (!good)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	fputc('\n', out);
	if (ferror(out))
		return hvc_diag_set(diag, HVC_E_IO, NULL, 0, 0, "cannot write the report");
	return HVC_OK;
}

void hvc_json__drop(struct hvc_json *json)
{
	if (json)
		json_decref(json->open[0]);
	free(json);
}

void hvc_json__failed(struct hvc_json *json, uint64_t calls, const char *one)
{
	if (!calls)
		return;
	hvc_json__boolean(json, "complete", false);
	hvc_json__object(json, "failed");
	hvc_json__number(json, "calls", calls);
	hvc_json__string(json, "example", one);
	hvc_json__close(json);
}

void hvc_json__left_out(struct hvc_json *json, unsigned constants)
{
	if (constants)
		hvc_json__number(json, "constants_untried", constants);
}
