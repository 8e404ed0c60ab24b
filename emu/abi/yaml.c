/* SPDX-License-Identifier: MIT */
/*
 * Two passes over one text. libyaml's events become a tree that knows where everything stands,
 * within limits that keep hostile input cheap; then libcyaml decides whether the text fits the
 * schema.
 */
#include "abi/yaml.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "abi/complaint.h"
#include "abi/spec.h"
#include "hvcheck/reg.h"

#define DEPTH_MAX 8u   /* a specification has 4 */
#define KEYS_MAX  256u /* of one mapping; bounds the search for duplicates */
#define TEXT_MAX  4000u

struct reader {
	yaml_parser_t parser;
	const char *text;
	size_t size;
	size_t byte, character; /* the same place in text: libyaml's marks count characters */
	const char *file;
	struct hvc_arena *arena;
	struct hvc_diag *diag;
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

static enum hvc_status check_key(struct reader *r, const struct hvc_node *map,
                                 const struct hvc_node *key)
{
	char message[96];

	if (key->kind != HVC_NODE_TEXT)
		return fail_at(r, key->line, key->column, "a key must be a word");
	if (map->children / 2 >= KEYS_MAX)
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
			HVC_TRY(check_key(r, node, child));
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
	if (depth > DEPTH_MAX)
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

	if (!yaml_parser_initialize(&r->parser))
		return fail_memory(r);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->text, r->size);
	status = read_stream(r, out);
	yaml_parser_delete(&r->parser);
	if (status == HVC_OK && !*out)
		return fail_at(r, 1, 1, "the file is empty");
	if (status == HVC_OK && (*out)->kind != HVC_NODE_MAP)
		return fail_at(r, (*out)->line, (*out)->column, "expected a mapping of keys");
	return status;
}

/*
 * The schema. Every value is a string, so that whoever interprets it can point into it; libcyaml
 * writes the strings to these structures, of which only the shape matters.
 */
struct shape_regs {
	char *value[HVC_REG_COUNT];
};

struct shape_when {
	char *from, *insn, *world, *imm;
	char *x[HVC_GPR_COUNT], *w[HVC_GPR_COUNT];
};

struct shape_world {
	char *name, *title, *cpu, *el3;
	struct shape_regs set;
};

struct shape_rule {
	char *name, *title, *source, *unconfirmed, *priority, *is_default;
	char *outcome, *level, *at, *clobbers;
	struct shape_when when;
	struct shape_regs results;
};

struct shape {
	char *abi, *title, *source, *callers, *instructions, *clobbers;
	struct shape_world *worlds;
	struct shape_rule *rules;
	unsigned worlds_count, rules_count;
};

#define FIELDS_WHEN              4u
#define MUST(key, shape, member) CYAML_FIELD_STRING_PTR(key, 0, struct shape, member, 0, TEXT_MAX)
#define MAY(key, shape, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_OPTIONAL, struct shape, member, 0, TEXT_MAX)
#define MAP(key, shape, member, fields) \
	CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, struct shape, member, fields)

struct schema {
	char word_name[HVC_GPR_COUNT][8]; /* "w0".. */
	cyaml_schema_field_t regs[HVC_REG_COUNT + 1];
	cyaml_schema_field_t when[FIELDS_WHEN + 2 * HVC_GPR_COUNT + 1];
	cyaml_schema_field_t world_field[6], rule_field[13], root_field[9];
	cyaml_schema_value_t world, rule, root;
};

/** Keys that are registers come from the register table, so that it stays the only list. */
static void schema_init_registers(struct schema *s)
{
	const cyaml_schema_field_t when[FIELDS_WHEN] = {
	        MAY("from", shape_when, from),
	        MAY("insn", shape_when, insn),
	        MAY("world", shape_when, world),
	        MAY("imm", shape_when, imm),
	};

	memcpy(s->when, when, sizeof when);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		s->regs[i] = (cyaml_schema_field_t)MAY(hvc_reg_name(i), shape_regs, value[i]);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		cyaml_schema_field_t *field = &s->when[FIELDS_WHEN + 2 * i];

		snprintf(s->word_name[i], sizeof s->word_name[i], "w%u", i);
		field[0] = (cyaml_schema_field_t)MAY(hvc_reg_name(i), shape_when, x[i]);
		field[1] = (cyaml_schema_field_t)MAY(s->word_name[i], shape_when, w[i]);
	}
}

/** The zeros behind each array of fields are its terminator. */
static void schema_init(struct schema *s)
{
	const cyaml_schema_field_t world[] = {
	        MUST("name", shape_world, name),       MAY("title", shape_world, title),
	        MAY("cpu", shape_world, cpu),          MAY("el3", shape_world, el3),
	        MAP("set", shape_world, set, s->regs),
	};
	const cyaml_schema_field_t rule[] = {
	        MUST("name", shape_rule, name),
	        MAY("title", shape_rule, title),
	        MAP("when", shape_rule, when, s->when),
	        MAY("default", shape_rule, is_default),
	        MAY("priority", shape_rule, priority),
	        MUST("outcome", shape_rule, outcome),
	        MAY("level", shape_rule, level),
	        MAY("at", shape_rule, at),
	        MAP("results", shape_rule, results, s->regs),
	        MAY("clobbers", shape_rule, clobbers),
	        MAY("source", shape_rule, source),
	        MAY("unconfirmed", shape_rule, unconfirmed),
	};
	const cyaml_schema_field_t root[] = {
	        MUST("abi", shape, abi),
	        MUST("title", shape, title),
	        MUST("source", shape, source),
	        MAY("callers", shape, callers),
	        MAY("instructions", shape, instructions),
	        MAY("clobbers", shape, clobbers),
	        CYAML_FIELD_SEQUENCE("worlds", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape, worlds, &s->world, 1, HVC_SPEC_WORLDS_MAX),
	        CYAML_FIELD_SEQUENCE("rules", CYAML_FLAG_POINTER, struct shape, rules, &s->rule, 1,
	                             HVC_SPEC_RULES_MAX),
	};

	schema_init_registers(s);
	memcpy(s->world_field, world, sizeof world);
	memcpy(s->rule_field, rule, sizeof rule);
	memcpy(s->root_field, root, sizeof root);
	s->world = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_world, s->world_field)};
	s->rule = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_rule, s->rule_field)};
	s->root = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape, s->root_field)};
}

static void listen(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
	char line[256];

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(line, sizeof line, format, args);
	hvc_complaint__hear(ctx, line);
}

static enum hvc_status check_schema(struct reader *r, const struct hvc_node *root)
{
	struct hvc_complaint complaint = {.what = ""};
	const cyaml_config_t config = {
	        .log_fn = listen,
	        .log_ctx = &complaint,
	        .log_level = CYAML_LOG_ERROR,
	        .mem_fn = cyaml_mem,
	        .flags = CYAML_CFG_NO_ALIAS,
	};
	struct schema *schema = hvc_arena__take(r->arena, sizeof *schema);
	cyaml_data_t *data = NULL;
	cyaml_err_t error;

	if (!schema)
		return fail_memory(r);
	schema_init(schema);
	error = cyaml_load_data((const uint8_t *)r->text, r->size, &config, &schema->root, &data,
	                        NULL);
	if (error == CYAML_ERR_OOM)
		return fail_memory(r);
	if (error != CYAML_OK)
		return hvc_complaint__report(&complaint, root, r->file, r->diag);
	/* Values are taken from the tree, which knows where each of them stands. */
	cyaml_free(&config, &schema->root, data, 0);
	return HVC_OK;
}

enum hvc_status hvc_yaml__read(const char *text, size_t size, const char *file,
                               struct hvc_arena *arena, struct hvc_diag *diag,
                               const struct hvc_node **out)
{
	struct reader r = {.text = text, .size = size, .file = file, .arena = arena, .diag = diag};
	struct hvc_node *root = NULL;

	HVC_TRY(read_tree(&r, &root));
	HVC_TRY(check_schema(&r, root));
	*out = root;
	return HVC_OK;
}
