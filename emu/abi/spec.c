/* SPDX-License-Identifier: MIT */
#include "abi/spec.h"

#include <string.h>

#include "abi/tree.h"
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
};

static const struct slot world_slots[] = {
        {"name", offsetof(struct hvc_spec_world, name)},
        {"title", offsetof(struct hvc_spec_world, title)},
        {"cpu", offsetof(struct hvc_spec_world, cpu)},
        {"el3", offsetof(struct hvc_spec_world, el3)},
};

static const struct slot rule_slots[] = {
        {"name", offsetof(struct hvc_spec_rule, name)},
        {"title", offsetof(struct hvc_spec_rule, title)},
        {"source", offsetof(struct hvc_spec_rule, source)},
        {"unconfirmed", offsetof(struct hvc_spec_rule, unconfirmed)},
        {"priority", offsetof(struct hvc_spec_rule, priority)},
        {"default", offsetof(struct hvc_spec_rule, is_default)},
        {"outcome", offsetof(struct hvc_spec_rule, outcome)},
        {"level", offsetof(struct hvc_spec_rule, level)},
        {"at", offsetof(struct hvc_spec_rule, at)},
        {"clobbers", offsetof(struct hvc_spec_rule, clobbers)},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct hvc_text text_of(const struct hvc_node *node)
{
	struct hvc_text text = {
	        .text = node->text,
	        .line = node->line,
	        .column = node->text_column ? node->text_column : node->column,
	        .plain = node->text_column != 0,
	};

	return text;
}

static void fill(const struct hvc_node *map, const struct slot *slots, size_t count, void *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct hvc_node *node = hvc_node__find(map, slots[i].key);
		struct hvc_text text;

		if (!node)
			continue;
		text = text_of(node);
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
		pair->key = text_of(k);
		pair->value = text_of(k->next);
	}
	return true;
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
	for (const struct hvc_node *node = list->child; node; node = node->next, world++) {
		fill(node, world_slots, COUNT(world_slots), world);
		if (!fill_map(node, "set", arena, &world->set))
			return false;
	}
	return true;
}

static bool fill_rules(const struct hvc_node *list, struct hvc_arena *arena, struct hvc_spec *out)
{
	struct hvc_spec_rule *rule = hvc_arena__take(arena, list->children * sizeof *rule);

	if (!rule)
		return false;
	out->rule = rule;
	out->rules = list->children;
	out->rules_line = list->line;
	out->rules_column = list->column;
	for (const struct hvc_node *node = list->child; node; node = node->next, rule++) {
		rule->line = node->line;
		rule->column = node->column;
		fill(node, rule_slots, COUNT(rule_slots), rule);
		if (!fill_map(node, "when", arena, &rule->when) ||
		    !fill_map(node, "results", arena, &rule->results))
			return false;
	}
	return true;
}

enum hvc_status hvc_spec__read(const char *text, size_t size, const char *file,
                               struct hvc_arena *arena, struct hvc_diag *diag, struct hvc_spec *out)
{
	const struct hvc_node *root;
	struct hvc_spec spec = {.worlds = 0};

	if (size > HVC_SPEC_SIZE_MAX)
		return hvc_diag_set(diag, HVC_E_FORMAT, file, 0, 0,
		                    "the file is larger than %u bytes", HVC_SPEC_SIZE_MAX);
	HVC_TRY(hvc_yaml__read(text, size, file, HVC_SCHEMA_ABI, arena, diag, &root));
	fill(root, spec_slots, COUNT(spec_slots), &spec);
	if (!fill_worlds(hvc_node__find(root, "worlds"), arena, &spec) ||
	    !fill_rules(hvc_node__find(root, "rules"), arena, &spec))
		return hvc_diag_set(diag, HVC_E_NOMEM, file, 0, 0, "out of memory");
	*out = spec;
	return HVC_OK;
}
