/* SPDX-License-Identifier: MIT */
/*
 * The schemas as tables: which keys a mapping may have and what kind of value each takes. Keys
 * that are registers come from the register table, so that it stays the only list.
 */
#include "abi/yaml.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/property.h"
#include "abi/spec.h"
#include "hvcheck/limit.h"
#include "machine/world.h"

/*
 * Registers that may be keys besides those of a table: x0 to x30; w0 to w30, with r0 to r12; and
 * all there are.
 */
#define X_REGS   1u
#define W_REGS   2u
#define ALL_REGS 4u
#define PLACES   8u /* "[x1, 16]" */

struct shape {
	enum hvc_node_kind kind;
	const struct key *key; /* of a mapping, up to one without a name; NULL: any */
	unsigned regs;
	const struct shape *item; /* of a list, and values of any keys; NULL: any */
	unsigned least, most;     /* items */
};

struct key {
	const char *name;
	const struct shape *shape;
	bool optional;
};

#define MUST(name)                 \
	{                          \
		name, &text, false \
	}
#define MAY(name)                 \
	{                         \
		name, &text, true \
	}
#define HAS(name, shape)          \
	{                         \
		name, shape, true \
	}
#define NEEDS(name, shape)         \
	{                          \
		name, shape, false \
	}
#define END                      \
	{                        \
		NULL, NULL, true \
	}
#define LIST(of, fewest, limit)                           \
	{                                                 \
		HVC_NODE_LIST, NULL, 0, of, fewest, limit \
	}
#define MAPPING(keys, also)                                         \
	{                                                           \
		.kind = HVC_NODE_MAP, .key = (keys), .regs = (also) \
	}

/* clang-format off */
static const struct shape text = {.kind = HVC_NODE_TEXT};
/* Their keys are places and ranges, which only the reader knows; it also refuses a list at a place. */
static const struct shape memory = {.kind = HVC_NODE_MAP}, ranges = {.kind = HVC_NODE_MAP, .item = &text};

static const struct key none[] = {END};
static const struct shape registers = MAPPING(none, ALL_REGS), promises = MAPPING(none, ALL_REGS | W_REGS);

#define CONDITIONS MAY("from"), MAY("insn"), MAY("world"), MAY("imm"), END

/* A call of a table is its name and what `when` has. */
static const struct key when_keys[] = {CONDITIONS};
static const struct key call_keys[] = {MUST("name"), MAY("title"), MAY("unconfirmed"), CONDITIONS};
static const struct shape when = MAPPING(when_keys, X_REGS | W_REGS | PLACES);
static const struct shape call = MAPPING(call_keys, X_REGS | W_REGS | PLACES), calls = LIST(&call, 1, HVC_LIMIT_RULES);

static const struct key rule_keys[] = {
	MUST("name"), MAY("title"), HAS("when", &when), HAS("calls", &calls), MAY("role"), MAY("default"),
	MAY("priority"), MUST("outcome"), MAY("level"), MAY("at"), HAS("results", &promises), HAS("among", &promises),
	HAS("returns", &ranges), HAS("memory", &ranges), MAY("clobbers"), MAY("source"), MAY("unconfirmed"), END,
};
static const struct shape rule = MAPPING(rule_keys, 0), rules = LIST(&rule, 1, HVC_LIMIT_RULES);

#define WORLD MUST("name"), MAY("title"), MAY("cpu"), MAY("el3"), MAY("upper"), MAY("esr"), HAS("set", &ranges), HAS("memory", &memory)

static const struct key world_keys[] = {WORLD, END};
static const struct shape world = MAPPING(world_keys, 0), worlds = LIST(&world, 1, HVC_LIMIT_WORLDS);

static const struct key variable_keys[] = {MUST("name"), MUST("values"), END};
static const struct shape variable = MAPPING(variable_keys, 0);
static const struct shape variables = LIST(&variable, 1, HVC_PROPERTY_VARIABLES_MAX);

static const struct key step_keys[] = {
	MUST("rule"), MAY("imm"), MAY("from"), MAY("insn"), MAY("times"), MAY("outcome"), MAY("at"), MAY("state"),
	HAS("gives", &promises), HAS("saves", &registers), END,
};
static const struct shape step = MAPPING(step_keys, X_REGS), steps = LIST(&step, 1, HVC_PROPERTY_CALLS_MAX);

static const struct key sequence_keys[] = {
	MUST("name"), MAY("title"), MAY("source"), MAY("unconfirmed"), MAY("world"), HAS("variables", &variables),
	NEEDS("calls", &steps), END,
};
static const struct shape sequence = MAPPING(sequence_keys, 0);
static const struct shape sequences = LIST(&sequence, 1, HVC_LIMIT_SEQUENCES);

static const struct key abi_keys[] = {
	MUST("abi"), MUST("title"), MUST("source"), MAY("until"), MAY("widths"), MAY("callers"), MAY("instructions"),
	MAY("clobbers"), MAY("clobbers_aarch32"),
	HAS("worlds", &worlds), NEEDS("rules", &rules), HAS("sequences", &sequences), END,
};

/* Rows of each kind have the same keys but for the one or two that say what is claimed. */
static const struct shape names = LIST(&text, 1, HVC_LIMIT_RULES);
#define KNOWN MUST("owner"), MUST("meaning"), MAY("selector"), MAY("since"), MAY("until"), MUST("source"), \
	      MAY("abi"), MAY("unconfirmed"), HAS("calls", &names), END
static const struct key immediate_keys[] = {MUST("imm"), KNOWN}, entity_keys[] = {MUST("entity"), KNOWN};
static const struct key function_keys[] = {MUST("fid"), MAY("imm"), KNOWN};
static const struct shape immediate = MAPPING(immediate_keys, 0), immediates = LIST(&immediate, 1, HVC_LIMIT_RULES);
static const struct shape entity = MAPPING(entity_keys, 0), entities = LIST(&entity, 1, HVC_LIMIT_RULES);
static const struct shape function = MAPPING(function_keys, 0), functions = LIST(&function, 1, HVC_LIMIT_RULES);

static const struct key registry_keys[] = {
	MUST("registry"), MUST("title"), NEEDS("immediates", &immediates), NEEDS("entities", &entities),
	NEEDS("functions", &functions), END,
};

static const struct key stub_keys[] = {MUST("at"), MUST("returns"), END};
static const struct shape stub = MAPPING(stub_keys, 0), stubs = LIST(&stub, 1, HVC_STOPS_MAX);
static const struct shape places = LIST(&text, 1, HVC_STOPS_MAX);
static const struct key world_file_keys[] = {
	WORLD, MAY("map_on_demand"), HAS("stop_at", &places), HAS("stubs", &stubs), END,
};

static const struct key suppression_keys[] = {
	MUST("rule"), MAY("about"), MAY("subject"), MAY("fingerprint"), MUST("reason"), MUST("owner"), MUST("expires"), END,
};
static const struct shape suppression = MAPPING(suppression_keys, 0);
static const struct shape suppressions = LIST(&suppression, 0, HVC_LIMIT_RULES);
static const struct key suppressions_keys[] = {NEEDS("suppressions", &suppressions), END};

static const struct shape roots[] = {
	[HVC_SCHEMA_ABI] = MAPPING(abi_keys, 0),
	[HVC_SCHEMA_REGISTRY] = MAPPING(registry_keys, 0),
	[HVC_SCHEMA_WORLD] = MAPPING(world_file_keys, 0),
	[HVC_SCHEMA_SUPPRESSIONS] = MAPPING(suppressions_keys, 0),
};
/* clang-format on */

/* Where a file does not fit its schema. */
struct place {
	const char *file;
	struct hvc_diag *diag;
};

static enum hvc_status refuse(const struct place *in, const struct hvc_node *at, const char *what)
{
	return hvc_diag_set(in->diag, HVC_E_FORMAT, in->file, at->line, at->column, "%s", what);
}

/* Is the key the name of a register, with this letter where it is one of x0 to x30? */
static bool is_named(const char *key, char letter)
{
	char name[8];
	enum hvc_reg reg;

	if (key[0] != letter || strlen(key) >= sizeof name)
		return false;
	snprintf(name, sizeof name, "x%s", key + 1);
	reg = hvc_reg_find(name);
	return reg < HVC_GPR_COUNT && !strcmp(hvc_reg_name(reg), name);
}

/* And of one of r0 to r12? */
static bool is_r(const char *key)
{
	return is_named(key, 'r') && strtoul(key + 1, NULL, 10) < HVC_SPEC_R;
}

static const struct shape *shape_of(const struct shape *map, const char *name)
{
	enum hvc_reg reg = hvc_reg_find(name);
	uint8_t encoding[5];

	for (const struct key *key = map->key; key->name; key++)
		if (!strcmp(key->name, name))
			return key->shape;
	if ((map->regs & PLACES && name[0] == '[') || (map->regs & X_REGS && is_named(name, 'x')) ||
	    (map->regs & W_REGS && (is_named(name, 'w') || is_r(name))) ||
	    (map->regs & ALL_REGS && reg != HVC_REG_NONE &&
	     (!strcmp(hvc_reg_name(reg), name) || hvc_world__sys_name(name, encoding))))
		return &text;
	return NULL;
}

static enum hvc_status check(const struct place *in, const struct hvc_node *node,
                             const struct shape *shape);

static enum hvc_status check_mapping(const struct place *in, const struct hvc_node *map,
                                     const struct shape *shape)
{
	char message[96];

	for (const struct hvc_node *k = map->child; k; k = k->next->next) {
		const struct shape *value = shape->key ? shape_of(shape, k->text) : shape->item;

		snprintf(message, sizeof message, "unknown key \"%.63s\"", k->text);
		if (!value && shape->key)
			return refuse(in, k, message);
		if (value)
			HVC_TRY(check(in, k->next, value));
	}
	for (const struct key *key = shape->key; key && key->name; key++) {
		snprintf(message, sizeof message, "key \"%s\" is missing", key->name);
		if (!key->optional && !hvc_node__find(map, key->name))
			return refuse(in, map, message);
	}
	return HVC_OK;
}

static enum hvc_status check_list(const struct place *in, const struct hvc_node *list,
                                  const struct shape *shape)
{
	if (list->children < shape->least)
		return refuse(in, list, "the list is empty");
	if (list->children > shape->most)
		return refuse(in, list, "the list is too long");
	for (const struct hvc_node *node = list->child; node; node = node->next)
		HVC_TRY(check(in, node, shape->item));
	return HVC_OK;
}

static enum hvc_status check(const struct place *in, const struct hvc_node *node,
                             const struct shape *shape)
{
	static const char *const expected[] = {
	        [HVC_NODE_TEXT] = "expected text",
	        [HVC_NODE_LIST] = "expected a list",
	        [HVC_NODE_MAP] = "expected a mapping of keys",
	};

	if (node->kind != shape->kind)
		return refuse(in, node, expected[shape->kind]);
	if (node->kind == HVC_NODE_TEXT)
		return strlen(node->text) > HVC_LIMIT_VALUE
		               ? refuse(in, node, "the text is too long")
		               : HVC_OK;
	if (node->kind == HVC_NODE_LIST)
		return check_list(in, node, shape);
	return check_mapping(in, node, shape);
}

enum hvc_status hvc_schema__check(enum hvc_schema schema, const struct hvc_node *root,
                                  const char *file, struct hvc_diag *diag)
{
	const struct place in = {file, diag};

	return check(&in, root, &roots[schema]);
}
