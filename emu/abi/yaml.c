/* SPDX-License-Identifier: MIT */
/*
 * libyaml's events become a tree that knows where everything stands, within limits that keep
 * hostile input cheap; whether it fits its schema is decided on the tree (schema.c).
 */
#include "abi/yaml.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "hvcheck/limit.h"

struct reader {
	yaml_parser_t parser;
	const char *text;
	size_t size;
	size_t byte, character; /* the same place in text: libyaml's marks count characters */
	const char *file;
	struct hvc_arena *arena;
	struct hvc_diag *diag;
	const char *key; /* that the next node is the value of; NULL: none, or it matters not */
};

static enum hvc_status fail_at(struct reader *r, unsigned line, unsigned column,
                               const char *message)
{
	return hvc_diag_set(r->diag, HVC_E_FORMAT, r->file, line, column, "%s", message);
}

static enum hvc_status fail_memory(struct reader *r)
{
	return hvc_diag_set(r->diag, HVC_E_NOMEM, r->file, 0, 0, "out of memory");
}

static enum hvc_status fail_mark(struct reader *r, yaml_mark_t mark, const char *message)
{
	return fail_at(r, (unsigned)mark.line + 1, (unsigned)mark.column + 1, message);
}

/** Bytes that are not text have an offset but no mark. */
static enum hvc_status fail_bytes(struct reader *r)
{
	size_t end = r->parser.problem_offset < r->size ? r->parser.problem_offset : r->size;
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < end; i++) {
		if (r->text[i] == '\n') {
			line++;
			column = 1;
		} else if ((r->text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return fail_at(r, line, column,
	               strstr(r->parser.problem, "control") ? "control character in the text"
	                                                    : "the text is not UTF-8");
}

static enum hvc_status next_event(struct reader *r, yaml_event_t *event)
{
	const yaml_parser_t *p = &r->parser;

	if (yaml_parser_parse(&r->parser, event))
		return HVC_OK;
	switch (p->error) {
	case YAML_MEMORY_ERROR:
		return fail_memory(r);
	case YAML_READER_ERROR:
		return fail_bytes(r);
	default:
		return fail_mark(r, p->problem_mark, p->problem ? p->problem : "malformed YAML");
	}
}

/** Does the scalar stand in the file as it reads, without escapes or folding? */
static bool is_verbatim(struct reader *r, const yaml_event_t *event)
{
	size_t start = event->start_mark.index;
	size_t length = event->data.scalar.length;

	if (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		start++;
	while (r->character < start && r->byte < r->size) {
		r->byte++;
		while (r->byte < r->size && (r->text[r->byte] & 0xc0) == 0x80)
			r->byte++;
		r->character++;
	}
	return length <= r->size - r->byte &&
	       !memcmp(r->text + r->byte, event->data.scalar.value, length);
}

static enum hvc_status read_scalar(struct reader *r, const yaml_event_t *event,
                                   struct hvc_node *node)
{
	const unsigned char *text = event->data.scalar.value;
	size_t length = event->data.scalar.length;

	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] == 0x7f)
			return fail_mark(r, event->start_mark,
			                 "a value is one line without control characters");
	node->text = hvc_arena__copy(r->arena, (const char *)text, length);
	if (!node->text)
		return fail_memory(r);
	if (is_verbatim(r, event))
		node->text_column =
		        node->column + (event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE);
	return HVC_OK;
}

/** Of `memory`, "[x1, 16]", a list of words, is a key like any other. */
static enum hvc_status join(struct reader *r, struct hvc_node *key)
{
	char text[128] = "[";
	size_t used = 1;

	for (const struct hvc_node *n = key->child; n; n = n->next) {
		int more = n->kind == HVC_NODE_TEXT && used < sizeof text
		                   ? snprintf(text + used, sizeof text - used, "%s%s", n->text,
		                              n->next ? ", " : "]")
		                   : -1;

		if (more < 0 || (used += (size_t)more) >= sizeof text)
			return fail_at(r, key->line, key->column, "a key must be a word");
	}
	key->kind = HVC_NODE_TEXT;
	key->text = hvc_arena__copy(r->arena, text, used);
	return key->text ? HVC_OK : fail_memory(r);
}

static enum hvc_status check_key(struct reader *r, const struct hvc_node *map,
                                 const struct hvc_node *key)
{
	char message[96];

	if (key->kind != HVC_NODE_TEXT)
		return fail_at(r, key->line, key->column, "a key must be a word");
	if (map->children / 2 >= HVC_LIMIT_KEYS)
		return fail_at(r, key->line, key->column, "too many keys in one mapping");
	for (const struct hvc_node *k = map->child; k; k = k->next->next) {
		if (strcmp(k->text, key->text) != 0)
			continue;
		snprintf(message, sizeof message, "key \"%.40s\" is given twice (first on line %u)",
		         key->text, k->line);
		return fail_at(r, key->line, key->column, message);
	}
	return HVC_OK;
}

static enum hvc_status read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                                 struct hvc_node **out);

static enum hvc_status read_children(struct reader *r, unsigned depth, struct hvc_node *node)
{
	struct hvc_node **link = &node->child;
	bool memory = r->key && !strcmp(r->key, "memory");

	for (;;) {
		enum hvc_status status;
		struct hvc_node *child = NULL;
		yaml_event_t event;
		bool end;

		HVC_TRY(next_event(r, &event));
		end = event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT;
		status = end ? HVC_OK : read_node(r, &event, depth + 1, &child);
		yaml_event_delete(&event);
		if (end || status != HVC_OK)
			return status;
		if (node->kind == HVC_NODE_MAP && node->children % 2 == 0) {
			if (memory && child->kind == HVC_NODE_LIST && child->child)
				HVC_TRY(join(r, child));
			HVC_TRY(check_key(r, node, child));
			r->key = child->text;
		} else {
			r->key = NULL;
		}
		*link = child;
		link = &child->next;
		node->children++;
	}
}

static enum hvc_status read_node(struct reader *r, const yaml_event_t *event, unsigned depth,
                                 struct hvc_node **out)
{
	struct hvc_node *node = hvc_arena__take(r->arena, sizeof *node);

	if (!node)
		return fail_memory(r);
	node->line = (unsigned)event->start_mark.line + 1;
	node->column = (unsigned)event->start_mark.column + 1;
	if (depth > HVC_LIMIT_DEPTH)
		return fail_mark(r, event->start_mark, "nested too deeply");
	*out = node;
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return read_scalar(r, event, node);
	case YAML_SEQUENCE_START_EVENT:
		node->kind = HVC_NODE_LIST;
		return read_children(r, depth, node);
	case YAML_MAPPING_START_EVENT:
		node->kind = HVC_NODE_MAP;
		return read_children(r, depth, node);
	default:
		return fail_mark(r, event->start_mark, "aliases are not allowed");
	}
}

/** Exactly one document. */
static enum hvc_status read_stream(struct reader *r, struct hvc_node **out)
{
	*out = NULL;
	for (;;) {
		enum hvc_status status = HVC_OK;
		yaml_event_type_t type;
		yaml_event_t event;

		HVC_TRY(next_event(r, &event));
		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT && *out)
			status = fail_mark(r, event.start_mark, "a second document in one file");
		else if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
		         type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT)
			status = read_node(r, &event, 1, out);
		yaml_event_delete(&event);
		if (status != HVC_OK || type == YAML_STREAM_END_EVENT)
			return status;
	}
}

static enum hvc_status read_tree(struct reader *r, struct hvc_node **out)
{
	enum hvc_status status;
	size_t mark = 0;

	if (!yaml_parser_initialize(&r->parser))
		return fail_memory(r);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	/* Some editors put a byte order mark in front, which libyaml only skips when it may guess.
	 */
	if (r->size >= 3 && !memcmp(r->text, "\xef\xbb\xbf", 3))
		mark = 3;
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->text + mark,
	                             r->size - mark);
	status = read_stream(r, out);
	yaml_parser_delete(&r->parser);
	if (status == HVC_OK && !*out)
		return fail_at(r, 1, 1, "the file is empty");
	if (status == HVC_OK && (*out)->kind != HVC_NODE_MAP)
		return fail_at(r, (*out)->line, (*out)->column, "expected a mapping of keys");
	return status;
}

enum hvc_status hvc_yaml__read(const char *text, size_t size, const char *file,
                               enum hvc_schema schema, struct hvc_arena *arena,
                               struct hvc_diag *diag, const struct hvc_node **out)
{
	struct reader r = {.text = text, .size = size, .file = file, .arena = arena, .diag = diag};
	size_t limit = schema == HVC_SCHEMA_WORLD ? HVC_LIMIT_WORLD : HVC_LIMIT_YAML;
	struct hvc_node *root = NULL;

	if (size > limit)
		return hvc_diag_set(diag, HVC_E_FORMAT, file, 0, 0,
		                    "the file is larger than %zu bytes", limit);
	HVC_TRY(read_tree(&r, &root));
	HVC_TRY(hvc_schema__check(schema, root, file, diag));
	*out = root;
	return HVC_OK;
}
