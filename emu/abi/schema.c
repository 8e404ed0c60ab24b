/* SPDX-License-Identifier: MIT */
#include "abi/schema.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "abi/complaint.h"
#include "abi/spec.h"
#include "hvcheck/known.h"
#include "hvcheck/property.h"
#include "hvcheck/world.h"

#define TEXT_MAX HVC_LIMIT_VALUE

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

/** What one call of a table has of its own; the conditions come first, as they do in `when`. */
struct shape_call {
	struct shape_when when;
	char *name, *title, *unconfirmed;
};

struct shape_promise {
	struct shape_regs regs;
	char *w[HVC_GPR_COUNT];
};

struct shape_world {
	char *name, *title, *cpu, *el3;
	struct shape_regs set;
};

struct shape_rule {
	char *name, *title, *source, *unconfirmed, *role, *priority, *is_default;
	char *outcome, *level, *at, *clobbers;
	struct shape_when when;
	struct shape_call *calls;
	unsigned calls_count;
	struct shape_promise results, among;
};

struct shape_variable {
	char *name, *values;
};

struct shape_step {
	char *rule, *imm, *from, *insn, *times, *outcome, *at, *state;
	char *x[HVC_GPR_COUNT];
	struct shape_promise gives;
	struct shape_regs saves;
};

struct shape_sequence {
	char *name, *title, *source, *unconfirmed, *world;
	struct shape_variable *variables;
	struct shape_step *calls;
	unsigned variables_count, calls_count;
};

struct shape {
	char *abi, *title, *source, *callers, *instructions, *clobbers;
	struct shape_world *worlds;
	struct shape_rule *rules;
	struct shape_sequence *sequences;
	unsigned worlds_count, rules_count, sequences_count;
};

#define FIELDS_WHEN              (4u + 2 * HVC_GPR_COUNT)
#define FIELDS_CALL              3u
#define FIELDS_STEP              10u
#define MUST(key, shape, member) CYAML_FIELD_STRING_PTR(key, 0, struct shape, member, 0, TEXT_MAX)
#define MAY(key, shape, member) \
	CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_OPTIONAL, struct shape, member, 0, TEXT_MAX)
#define MAP(key, shape, member, fields) \
	CYAML_FIELD_MAPPING(key, CYAML_FLAG_OPTIONAL, struct shape, member, fields)

struct abi_schema {
	char word_name[HVC_GPR_COUNT][8]; /* "w0".. */
	cyaml_schema_field_t regs[HVC_REG_COUNT + 1];
	cyaml_schema_field_t promise[HVC_REG_COUNT + HVC_GPR_COUNT + 1];
	cyaml_schema_field_t when[FIELDS_WHEN + 1], call_field[FIELDS_CALL + FIELDS_WHEN + 1];
	cyaml_schema_field_t world_field[7], rule_field[17], root_field[10];
	cyaml_schema_field_t variable_field[3], sequence_field[8];
	cyaml_schema_field_t step_field[FIELDS_STEP + HVC_GPR_COUNT + 1];
	cyaml_schema_value_t world, call, rule, variable, step, sequence, root;
};

/** Keys that are registers come from the register table, so that it stays the only list. */
static void abi_schema_init_registers(struct abi_schema *s)
{
	const cyaml_schema_field_t when[] = {
	        MAY("from", shape_when, from),
	        MAY("insn", shape_when, insn),
	        MAY("world", shape_when, world),
	        MAY("imm", shape_when, imm),
	};
	cyaml_schema_field_t *field = s->when + sizeof when / sizeof *when;

	memcpy(s->when, when, sizeof when);
	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		s->regs[i] = (cyaml_schema_field_t)MAY(hvc_reg_name(i), shape_regs, value[i]);
	memcpy(s->promise, s->regs, HVC_REG_COUNT * sizeof *s->regs);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++) {
		snprintf(s->word_name[i], sizeof s->word_name[i], "w%u", i);
		*field++ = (cyaml_schema_field_t)MAY(hvc_reg_name(i), shape_when, x[i]);
		*field++ = (cyaml_schema_field_t)MAY(s->word_name[i], shape_when, w[i]);
		s->promise[HVC_REG_COUNT + i] =
		        (cyaml_schema_field_t)MAY(s->word_name[i], shape_promise, w[i]);
	}
}

/** A call of a table is its name and what `when` has. */
static void abi_schema_init_call(struct abi_schema *s)
{
	const cyaml_schema_field_t own[FIELDS_CALL] = {
	        MUST("name", shape_call, name),
	        MAY("title", shape_call, title),
	        MAY("unconfirmed", shape_call, unconfirmed),
	};

	memcpy(s->call_field, own, sizeof own);
	memcpy(s->call_field + FIELDS_CALL, s->when, sizeof s->when);
	s->call = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_call, s->call_field)};
}

/** A property that takes several calls. */
static void abi_schema_init_sequence(struct abi_schema *s)
{
	const cyaml_schema_field_t variable[] = {
	        MUST("name", shape_variable, name),
	        MUST("values", shape_variable, values),
	};
	const cyaml_schema_field_t step[FIELDS_STEP] = {
	        MUST("rule", shape_step, rule),
	        MAY("imm", shape_step, imm),
	        MAY("from", shape_step, from),
	        MAY("insn", shape_step, insn),
	        MAY("times", shape_step, times),
	        MAY("outcome", shape_step, outcome),
	        MAY("at", shape_step, at),
	        MAY("state", shape_step, state),
	        MAP("gives", shape_step, gives, s->promise),
	        MAP("saves", shape_step, saves, s->regs),
	};
	const cyaml_schema_field_t sequence[] = {
	        MUST("name", shape_sequence, name),
	        MAY("title", shape_sequence, title),
	        MAY("source", shape_sequence, source),
	        MAY("unconfirmed", shape_sequence, unconfirmed),
	        MAY("world", shape_sequence, world),
	        CYAML_FIELD_SEQUENCE("variables", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape_sequence, variables, &s->variable, 1,
	                             HVC_PROPERTY_VARIABLES_MAX),
	        CYAML_FIELD_SEQUENCE("calls", CYAML_FLAG_POINTER, struct shape_sequence, calls,
	                             &s->step, 1, HVC_PROPERTY_CALLS_MAX),
	};

	memcpy(s->variable_field, variable, sizeof variable);
	memcpy(s->step_field, step, sizeof step);
	for (unsigned i = 0; i < HVC_GPR_COUNT; i++)
		s->step_field[FIELDS_STEP + i] =
		        (cyaml_schema_field_t)MAY(hvc_reg_name(i), shape_step, x[i]);
	memcpy(s->sequence_field, sequence, sizeof sequence);
	s->variable = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_variable, s->variable_field)};
	s->step = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_step, s->step_field)};
	s->sequence = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_sequence, s->sequence_field)};
}

/** The zeros behind each array of fields are its terminator. */
static const cyaml_schema_value_t *abi_schema_init(struct abi_schema *s)
{
	const cyaml_schema_field_t world[] = {
	        MUST("name", shape_world, name),
	        MAY("title", shape_world, title),
	        MAY("cpu", shape_world, cpu),
	        MAY("el3", shape_world, el3),
	        MAP("set", shape_world, set, s->regs),
	        /* Its keys are places, which only a subject knows: world.c reads them. */
	        CYAML_FIELD_IGNORE("memory", CYAML_FLAG_OPTIONAL),
	};
	const cyaml_schema_field_t rule[] = {
	        MUST("name", shape_rule, name),
	        MAY("title", shape_rule, title),
	        MAP("when", shape_rule, when, s->when),
	        CYAML_FIELD_SEQUENCE("calls", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape_rule, calls, &s->call, 1, HVC_LIMIT_RULES),
	        MAY("role", shape_rule, role),
	        MAY("default", shape_rule, is_default),
	        MAY("priority", shape_rule, priority),
	        MUST("outcome", shape_rule, outcome),
	        MAY("level", shape_rule, level),
	        MAY("at", shape_rule, at),
	        MAP("results", shape_rule, results, s->promise),
	        MAP("among", shape_rule, among, s->promise),
	        /* Its keys are ranges, which are too many for a schema: spec.c looks at it. */
	        CYAML_FIELD_IGNORE("returns", CYAML_FLAG_OPTIONAL),
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
	                             struct shape, worlds, &s->world, 1, HVC_LIMIT_WORLDS),
	        CYAML_FIELD_SEQUENCE("rules", CYAML_FLAG_POINTER, struct shape, rules, &s->rule, 1,
	                             HVC_LIMIT_RULES),
	        CYAML_FIELD_SEQUENCE("sequences", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape, sequences, &s->sequence, 1, HVC_LIMIT_SEQUENCES),
	};

	abi_schema_init_registers(s);
	abi_schema_init_call(s);
	abi_schema_init_sequence(s);
	memcpy(s->world_field, world, sizeof world);
	memcpy(s->rule_field, rule, sizeof rule);
	memcpy(s->root_field, root, sizeof root);
	s->world = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_world, s->world_field)};
	s->rule = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_rule, s->rule_field)};
	s->root = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape, s->root_field)};
	return &s->root;
}

struct shape_known {
	char *imm, *entity, *fid, *owner, *meaning, *selector, *since, *until, *source;
	char *abi, *unconfirmed;
	char **calls;
	unsigned calls_count;
};

struct shape_registry {
	char *registry, *title;
	struct shape_known *immediates, *entities, *functions;
	unsigned immediates_count, entities_count, functions_count;
};

struct registry_schema {
	cyaml_schema_field_t field[HVC_KNOWN_KIND_COUNT][13], root_field[6];
	cyaml_schema_value_t row[HVC_KNOWN_KIND_COUNT], call, root;
};

#define ROWS(key, kind)                                                                           \
	CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER, struct shape_registry, key, &s->row[kind], \
	                     1, HVC_LIMIT_RULES)

/** Rows of each kind have the same keys but for the one or two that say what is claimed. */
static const cyaml_schema_value_t *registry_schema_init(struct registry_schema *s)
{
	const cyaml_schema_field_t all[] = {
	        MUST("owner", shape_known, owner),
	        MUST("meaning", shape_known, meaning),
	        MAY("selector", shape_known, selector),
	        MAY("since", shape_known, since),
	        MAY("until", shape_known, until),
	        MUST("source", shape_known, source),
	        MAY("abi", shape_known, abi),
	        MAY("unconfirmed", shape_known, unconfirmed),
	        CYAML_FIELD_SEQUENCE("calls", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape_known, calls, &s->call, 1, HVC_LIMIT_RULES),
	};
	const cyaml_schema_field_t own[HVC_KNOWN_KIND_COUNT][2] = {
	        [HVC_KNOWN_IMMEDIATE] = {MUST("imm", shape_known, imm)},
	        [HVC_KNOWN_ENTITY] = {MUST("entity", shape_known, entity)},
	        [HVC_KNOWN_FUNCTION] = {MUST("fid", shape_known, fid),
	                                MAY("imm", shape_known, imm)},
	};
	const cyaml_schema_field_t root[] = {
	        MUST("registry", shape_registry, registry), MUST("title", shape_registry, title),
	        ROWS(immediates, HVC_KNOWN_IMMEDIATE),      ROWS(entities, HVC_KNOWN_ENTITY),
	        ROWS(functions, HVC_KNOWN_FUNCTION),
	};

	s->call = (cyaml_schema_value_t){CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, TEXT_MAX)};
	for (unsigned kind = 0; kind < HVC_KNOWN_KIND_COUNT; kind++) {
		cyaml_schema_field_t *field = s->field[kind];

		memcpy(field, all, sizeof all);
		field += sizeof all / sizeof *all;
		for (unsigned i = 0; i < 2 && own[kind][i].key; i++)
			*field++ = own[kind][i];
		s->row[kind] = (cyaml_schema_value_t){CYAML_VALUE_MAPPING(
		        CYAML_FLAG_DEFAULT, struct shape_known, s->field[kind])};
	}
	memcpy(s->root_field, root, sizeof root);
	s->root = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape_registry, s->root_field)};
	return &s->root;
}

struct shape_stub {
	char *at, *returns;
};

struct shape_world_file {
	struct shape_world world; /* first: its fields are those of a specification's world */
	char *map_on_demand;
	char **stop_at;
	struct shape_stub *stubs;
	unsigned stop_at_count, stubs_count;
};

struct world_schema {
	struct abi_schema abi;
	cyaml_schema_field_t stub_field[3], root_field[10];
	cyaml_schema_value_t place, stub, root;
};

static const cyaml_schema_value_t *world_schema_init(struct world_schema *s)
{
	const cyaml_schema_field_t stub[] = {
	        MUST("at", shape_stub, at),
	        MUST("returns", shape_stub, returns),
	};
	const cyaml_schema_field_t own[] = {
	        MAY("map_on_demand", shape_world_file, map_on_demand),
	        CYAML_FIELD_SEQUENCE("stop_at", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape_world_file, stop_at, &s->place, 1,
	                             HVC_BOUNDARIES_MAX),
	        CYAML_FIELD_SEQUENCE("stubs", CYAML_FLAG_OPTIONAL | CYAML_FLAG_POINTER,
	                             struct shape_world_file, stubs, &s->stub, 1,
	                             HVC_BOUNDARIES_MAX),
	};

	(void)abi_schema_init(&s->abi);
	memcpy(s->stub_field, stub, sizeof stub);
	memcpy(s->root_field, s->abi.world_field, 6 * sizeof *s->root_field);
	memcpy(s->root_field + 6, own, sizeof own);
	s->place =
	        (cyaml_schema_value_t){CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, TEXT_MAX)};
	s->stub = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_stub, s->stub_field)};
	s->root = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape_world_file, s->root_field)};
	return &s->root;
}

struct shape_suppression {
	char *rule, *about, *subject, *fingerprint, *reason, *owner, *expires;
};

struct shape_suppressions {
	struct shape_suppression *suppressions;
	unsigned suppressions_count;
};

struct suppressions_schema {
	cyaml_schema_field_t field[8], root_field[2];
	cyaml_schema_value_t entry, root;
};

static const cyaml_schema_value_t *suppressions_schema_init(struct suppressions_schema *s)
{
	const cyaml_schema_field_t entry[] = {
	        MUST("rule", shape_suppression, rule),
	        MAY("about", shape_suppression, about),
	        MAY("subject", shape_suppression, subject),
	        MAY("fingerprint", shape_suppression, fingerprint),
	        MUST("reason", shape_suppression, reason),
	        MUST("owner", shape_suppression, owner),
	        MUST("expires", shape_suppression, expires),
	};
	const cyaml_schema_field_t root[] = {
	        CYAML_FIELD_SEQUENCE("suppressions", CYAML_FLAG_POINTER, struct shape_suppressions,
	                             suppressions, &s->entry, 0, HVC_LIMIT_RULES),
	};

	memcpy(s->field, entry, sizeof entry);
	memcpy(s->root_field, root, sizeof root);
	s->entry = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct shape_suppression, s->field)};
	s->root = (cyaml_schema_value_t){
	        CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shape_suppressions, s->root_field)};
	return &s->root;
}

struct schema {
	struct abi_schema abi;
	struct world_schema world;
	struct suppressions_schema suppressions;
	struct registry_schema registry;
};

static void listen(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
	char line[256];

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(line, sizeof line, format, args);
	hvc_complaint__hear(ctx, line);
}

enum hvc_status hvc_schema__check(enum hvc_schema kind, const char *text, size_t size,
                                  const char *file, struct hvc_arena *arena,
                                  const struct hvc_node *root, struct hvc_diag *diag)
{
	struct hvc_complaint complaint = {.what = ""};
	const cyaml_config_t config = {
	        .log_fn = listen,
	        .log_ctx = &complaint,
	        .log_level = CYAML_LOG_ERROR,
	        .mem_fn = cyaml_mem,
	        .flags = CYAML_CFG_NO_ALIAS,
	};
	struct schema *schema = hvc_arena__take(arena, sizeof *schema);
	const cyaml_schema_value_t *value;
	cyaml_data_t *data = NULL;
	cyaml_err_t error;

	if (!schema)
		return hvc_diag_set(diag, HVC_E_NOMEM, file, 0, 0, "out of memory");
	value = kind == HVC_SCHEMA_ABI            ? abi_schema_init(&schema->abi)
	        : kind == HVC_SCHEMA_WORLD        ? world_schema_init(&schema->world)
	        : kind == HVC_SCHEMA_SUPPRESSIONS ? suppressions_schema_init(&schema->suppressions)
	                                          : registry_schema_init(&schema->registry);
	error = cyaml_load_data((const uint8_t *)text, size, &config, value, &data, NULL);
	/* The text has been read once, so the parser lacks nothing but memory. */
	if (error == CYAML_ERR_OOM || error == CYAML_ERR_LIBYAML_PARSER ||
	    error == CYAML_ERR_LIBYAML_PARSER_INIT)
		return hvc_diag_set(diag, HVC_E_NOMEM, file, 0, 0, "out of memory");
	if (error != CYAML_OK)
		return hvc_complaint__report(&complaint, root, file, diag);
	/* Values are taken from the tree, which knows where each of them stands. */
	cyaml_free(&config, value, data, 0);
	return HVC_OK;
}
