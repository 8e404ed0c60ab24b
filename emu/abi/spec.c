/* SPDX-License-Identifier: MIT */
#include "abi/spec.h"

#include <string.h>

#include "abi/yaml.h"

/** Where the value of a key goes. */
struct slot {
	const char *key;
	size_t offset;
};

static const struct slot spec_slots[] = {
        {"abi", offsetof(struct hvc_spec, abi)},
        {"title", offsetof(struct hvc_spec, title)},
        {"source", offsetof(struct hvc_spec, source)},
        {"callers", offsetof(struct hvc_spec, callers)},
        {"instructions", offsetof(struct hvc_spec, instructions)},
        {"clobbers", offsetof(struct hvc_spec, clobbers)},
        {"clobbers_aarch32", offsetof(struct hvc_spec, clobbers_aarch32)},
        {"widths", offsetof(struct hvc_spec, widths)},
        {"until", offsetof(struct hvc_spec, until)},
};

static const struct slot world_slots[] = {
        {"name", offsetof(struct hvc_spec_world, name)},
        {"title", offsetof(struct hvc_spec_world, title)},
        {"cpu", offsetof(struct hvc_spec_world, cpu)},
        {"el3", offsetof(struct hvc_spec_world, el3)},
        {"upper", offsetof(struct hvc_spec_world, upper)},
        {"esr", offsetof(struct hvc_spec_world, esr)},
};

static const struct slot rule_slots[] = {
        {"name", offsetof(struct hvc_spec_rule, name)},
        {"title", offsetof(struct hvc_spec_rule, title)},
        {"source", offsetof(struct hvc_spec_rule, source)},
        {"unconfirmed", offsetof(struct hvc_spec_rule, unconfirmed)},
        {"role", offsetof(struct hvc_spec_rule, role)},
        {"priority", offsetof(struct hvc_spec_rule, priority)},
        {"default", offsetof(struct hvc_spec_rule, is_default)},
        {"outcome", offsetof(struct hvc_spec_rule, outcome)},
        {"level", offsetof(struct hvc_spec_rule, level)},
        {"at", offsetof(struct hvc_spec_rule, at)},
        {"clobbers", offsetof(struct hvc_spec_rule, clobbers)},
};

/** What a call of a table says of itself; its other keys are conditions. */
static const struct slot call_slots[] = {
        {"name", offsetof(struct hvc_spec_rule, name)},
        {"title", offsetof(struct hvc_spec_rule, title)},
        {"unconfirmed", offsetof(struct hvc_spec_rule, unconfirmed)},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct hvc_text hvc_spec__text(const struct hvc_node *node)
{
	struct hvc_text text = {
	        .text = node->text,
	        .line = node->line,
	        .column = node->text_column ? node->text_column : node->column,
	        .plain = node->text_column != 0,
	};

	return text;
}

struct hvc_text hvc_spec__at(const struct hvc_node *map, const char *key)
{
	const struct hvc_node *node = hvc_node__find(map, key);

	return node ? hvc_spec__text(node) : (struct hvc_text){.text = NULL};
}

static void fill(const struct hvc_node *map, const struct slot *slots, size_t count, void *out)
{
	for (size_t i = 0; i < count; i++) {
		struct hvc_text text = hvc_spec__at(map, slots[i].key);

		if (text.text)
			memcpy((char *)out + slots[i].offset, &text, sizeof text);
	}
}

static bool fill_map(const struct hvc_node *parent, const char *key, struct hvc_arena *arena,
                     struct hvc_spec_map *out)
{
	const struct hvc_node *map = hvc_node__find(parent, key);
	struct hvc_spec_pair *pair;

	if (!map)
		return true;
	pair = hvc_arena__take(arena, map->children / 2 * sizeof *pair);
	if (!pair)
		return false;
	*out = (struct hvc_spec_map){pair, map->children / 2, map->line, map->column, true};
	for (const struct hvc_node *k = map->child; k; k = k->next->next, pair++) {
		pair->key = hvc_spec__text(k);
		pair->value = hvc_spec__text(k->next);
	}
	return true;
}

bool hvc_spec__world(const struct hvc_node *node, struct hvc_arena *arena,
                     struct hvc_spec_world *out)
{
	fill(node, world_slots, COUNT(world_slots), out);
	return fill_map(node, "set", arena, &out->set) &&
	       fill_map(node, "memory", arena, &out->memory);
}

static bool fill_worlds(const struct hvc_node *list, struct hvc_arena *arena, struct hvc_spec *out)
{
	struct hvc_spec_world *world;

	if (!list)
		return true;
	world = hvc_arena__take(arena, list->children * sizeof *world);
	if (!world)
		return false;
	out->world = world;
	out->worlds = list->children;
	for (const struct hvc_node *node = list->child; node; node = node->next, world++)
		if (!hvc_spec__world(node, arena, world))
			return false;
	return true;
}

/** What reading the rules needs. */
struct reading {
	const char *file;
	struct hvc_arena *arena;
	struct hvc_diag *diag;
};

static enum hvc_status fail_at(const struct reading *r, const struct hvc_node *node,
                               const char *message)
{
	return hvc_diag_set(r->diag, HVC_E_FORMAT, r->file, node->line, node->column, "%s",
	                    message);
}

static enum hvc_status fail_memory(const struct reading *r)
{
	return hvc_diag_set(r->diag, HVC_E_NOMEM, r->file, 0, 0, "out of memory");
}

static bool is_own_key(const char *key)
{
	for (size_t i = 0; i < COUNT(call_slots); i++)
		if (!strcmp(key, call_slots[i].key))
			return true;
	return false;
}

/** Add a call's own conditions to those of its table. */
static enum hvc_status fill_conditions(const struct reading *r, const struct hvc_node *call,
                                       const struct hvc_spec_map *table, struct hvc_spec_map *out)
{
	unsigned pairs = table->pairs;
	struct hvc_spec_pair *pair =
	        hvc_arena__take(r->arena, (pairs + call->children / 2) * sizeof *pair);

	if (!pair)
		return fail_memory(r);
	if (pairs)
		memcpy(pair, table->pair, pairs * sizeof *pair);
	for (const struct hvc_node *k = call->child; k; k = k->next->next) {
		if (is_own_key(k->text))
			continue;
		for (unsigned i = 0; i < table->pairs; i++)
			if (!strcmp(k->text, pair[i].key.text))
				return fail_at(r, k, "the rule has this condition already");
		pair[pairs].key = hvc_spec__text(k);
		pair[pairs++].value = hvc_spec__text(k->next);
	}
	*out = (struct hvc_spec_map){pair, pairs, call->line, call->column, true};
	return HVC_OK;
}

/** One rule for each call of a table. */
static enum hvc_status fill_calls(const struct reading *r, const struct hvc_node *list,
                                  const struct hvc_spec_rule *table, struct hvc_spec_rule *out)
{
	for (const struct hvc_node *node = list->child; node; node = node->next, out++) {
		*out = *table;
		out->table = table->name;
		out->line = node->line;
		out->column = node->column;
		fill(node, call_slots, COUNT(call_slots), out);
		HVC_TRY(fill_conditions(r, node, &table->when, &out->when));
	}
	return HVC_OK;
}

static enum hvc_status fill_rule(const struct reading *r, const struct hvc_node *node,
                                 struct hvc_spec *out)
{
	const struct hvc_node *calls = hvc_node__find(node, "calls");
	struct hvc_spec_rule *rule = &out->rule[out->rules];

	rule->line = node->line;
	rule->column = node->column;
	fill(node, rule_slots, COUNT(rule_slots), rule);
	if (!fill_map(node, "when", r->arena, &rule->when) ||
	    !fill_map(node, "results", r->arena, &rule->results) ||
	    !fill_map(node, "among", r->arena, &rule->among) ||
	    !fill_map(node, "returns", r->arena, &rule->returns) ||
	    !fill_map(node, "memory", r->arena, &rule->memory))
		return fail_memory(r);
	out->rules += calls ? calls->children : 1;
	if (calls) {
		const struct hvc_spec_rule table = *rule;

		return fill_calls(r, calls, &table, rule);
	}
	return HVC_OK;
}

static enum hvc_status fill_rules(const struct reading *r, const struct hvc_node *list,
                                  struct hvc_spec *out)
{
	unsigned rules = 0;

	for (const struct hvc_node *node = list->child; node; node = node->next) {
		const struct hvc_node *calls = hvc_node__find(node, "calls");

		rules += calls ? calls->children : 1;
	}
	if (rules > HVC_LIMIT_RULES)
		return fail_at(r, list, "too many rules, calls of tables counted");
	out->rule = hvc_arena__take(r->arena, rules * sizeof *out->rule);
	if (!out->rule)
		return fail_memory(r);
	out->rules_line = list->line;
	out->rules_column = list->column;
	for (const struct hvc_node *node = list->child; node; node = node->next)
		HVC_TRY(fill_rule(r, node, out));
	return HVC_OK;
}

enum hvc_status hvc_spec__read(const char *text, size_t size, const char *file,
                               struct hvc_arena *arena, struct hvc_diag *diag, struct hvc_spec *out)
{
	const struct reading r = {file, arena, diag};
	const struct hvc_node *root;
	struct hvc_spec spec = {.worlds = 0};

	HVC_TRY(hvc_yaml__read(text, size, file, HVC_SCHEMA_ABI, arena, diag, &root));
	fill(root, spec_slots, COUNT(spec_slots), &spec);
	if (!fill_worlds(hvc_node__find(root, "worlds"), arena, &spec))
		return fail_memory(&r);
	HVC_TRY(fill_rules(&r, hvc_node__find(root, "rules"), &spec));
	spec.sequences = hvc_node__find(root, "sequences");
	*out = spec;
	return HVC_OK;
}
