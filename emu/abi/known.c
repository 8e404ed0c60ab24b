/* SPDX-License-Identifier: MIT */
/* From registry.yaml to rows. */
#include "abi/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/embedded.h"
#include "abi/list.h"
#include "abi/yaml.h"

struct hvc_registry {
	struct hvc_arena arena; /**< owns everything below */
	const char *title;
	struct hvc_known *row;
	size_t rows;
};

/* The lists of the file, by kind: their keys, and what a row claims. */
static const struct {
	const char *name, *list, *key;
	unsigned bits;
	uint64_t max;
} kinds[HVC_KNOWN_KIND_COUNT] = {
        [HVC_KNOWN_IMMEDIATE] = {"immediate", "immediates", "imm", 16, UINT16_MAX},
        [HVC_KNOWN_ENTITY] = {"entity", "entities", "entity", 16, 63},
        [HVC_KNOWN_FUNCTION] = {"function", "functions", "fid", 32, UINT32_MAX},
};

const char *hvc_known_kind__name(enum hvc_known_kind kind)
{
	return kind < HVC_KNOWN_KIND_COUNT ? kinds[kind].name : "?";
}

/** One line for people: required keys must say something, absent ones are "". */
static enum hvc_status read_line(const struct hvc_loader *loader, const struct hvc_node *map,
                                 const char *key, const char **out)
{
	struct hvc_text text = hvc_spec__at(map, key);

	if (text.text && !text.text[0])
		return hvc_loader__fail(loader, &text, 0, "%s is empty", key);
	*out = text.text ? text.text : "";
	return HVC_OK;
}

static enum hvc_status read_values(const struct hvc_loader *loader, const struct hvc_node *map,
                                   struct hvc_known *out)
{
	const struct hvc_interval *last;
	struct hvc_text text = hvc_spec__at(map, kinds[out->kind].key);
	struct hvc_numbers set;

	HVC_TRY(hvc_list__numbers(loader, &text, kinds[out->kind].bits,
	                          out->kind == HVC_KNOWN_FUNCTION, &set));
	last = &set.interval[set.intervals - 1];
	if (last->hi > kinds[out->kind].max)
		return hvc_loader__fail(loader, &text, 0, "owning entities are 0 to 63");
	out->value = set.interval;
	out->values = set.intervals;
	out->mask = set.mask;
	if (out->kind == HVC_KNOWN_FUNCTION && (text = hvc_spec__at(map, "imm")).text)
		HVC_TRY(hvc_list__numbers(loader, &text, 16, false, &set));
	else if (out->kind != HVC_KNOWN_IMMEDIATE)
		return HVC_OK;
	out->imm = set.interval;
	out->imms = set.intervals;
	return HVC_OK;
}

/** "x16", "w0", "r12". */
static enum hvc_status read_selector(const struct hvc_loader *loader, const struct hvc_node *map,
                                     struct hvc_known *out)
{
	struct hvc_text text = hvc_spec__at(map, "selector");
	char name[8];

	out->selector = "";
	out->reg = HVC_REG_NONE;
	if (!text.text)
		return HVC_OK;
	snprintf(name, sizeof name, "x%.6s", text.text[0] ? text.text + 1 : "");
	if (text.text[0] && strchr("xwr", text.text[0]) && strlen(text.text) < sizeof name)
		out->reg = hvc_reg_find(name);
	if (out->reg >= HVC_GPR_COUNT || (text.text[0] == 'r' && out->reg > HVC_REG_X0 + 14))
		return hvc_loader__fail(loader, &text, 0,
		                        "a selector is x0 to x30, w0 to w30, or r0 to r14");
	out->selector = text.text;
	out->width = text.text[0] == 'x' ? 64 : 32;
	return HVC_OK;
}

static bool is_within(const struct hvc_interval *interval, unsigned intervals, uint64_t value)
{
	for (unsigned i = 0; i < intervals; i++)
		if (interval[i].lo <= value && value <= interval[i].hi)
			return true;
	return false;
}

/** "0x84000000 PSCI_VERSION": a value of the row, and its name. */
static enum hvc_status read_call(const struct hvc_loader *loader, const struct hvc_node *node,
                                 const struct hvc_known *known, struct hvc_known_call *out)
{
	struct hvc_text text = hvc_spec__text(node), number = text;
	size_t length = strcspn(text.text, " ");

	out->name = text.text + length + strspn(text.text + length, " ");
	if (!out->name[0])
		return hvc_loader__fail(loader, &text, 0, "a call is a number and its name");
	number.text = hvc_arena__copy(loader->arena, text.text, length);
	if (!number.text)
		return hvc_loader__fail_memory(loader);
	HVC_TRY(hvc_list__number(loader, &number, &out->value));
	if (!is_within(known->value, known->values, out->value & known->mask))
		return hvc_loader__fail(loader, &text, 0, "the row does not claim this value");
	if (out > known->call && out[-1].value >= out->value)
		return hvc_loader__fail(loader, &text, 0, "calls must be in ascending order");
	return HVC_OK;
}

static enum hvc_status read_calls(const struct hvc_loader *loader, const struct hvc_node *list,
                                  struct hvc_known *out)
{
	struct hvc_known_call *call;

	if (!list)
		return HVC_OK;
	call = hvc_arena__take(loader->arena, list->children * sizeof *call);
	if (!call)
		return hvc_loader__fail_memory(loader);
	out->call = call;
	for (const struct hvc_node *node = list->child; node; node = node->next, out->calls++)
		HVC_TRY(read_call(loader, node, out, &call[out->calls]));
	return HVC_OK;
}

static enum hvc_status read_row(const struct hvc_loader *loader, const struct hvc_node *map,
                                enum hvc_known_kind kind, struct hvc_known *out)
{
	static const struct hvc_interval zero = {0, 0};
	struct hvc_text flag = hvc_spec__at(map, "unconfirmed");

	*out = (struct hvc_known){
	        .kind = kind, .imm = &zero, .imms = 1, .line = map->line, .column = map->column};
	HVC_TRY(read_values(loader, map, out));
	HVC_TRY(read_line(loader, map, "owner", &out->owner));
	HVC_TRY(read_line(loader, map, "meaning", &out->meaning));
	HVC_TRY(read_line(loader, map, "since", &out->since));
	HVC_TRY(read_line(loader, map, "until", &out->until));
	HVC_TRY(read_line(loader, map, "source", &out->source));
	HVC_TRY(read_line(loader, map, "abi", &out->abi));
	HVC_TRY(read_selector(loader, map, out));
	if (flag.text)
		HVC_TRY(hvc_list__flag(loader, &flag, &out->unconfirmed));
	return read_calls(loader, hvc_node__find(map, "calls"), out);
}

/** By kind, then by the first value claimed, then as in the file. */
static int compare_rows(const void *a, const void *b)
{
	const struct hvc_known *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->value[0].lo != y->value[0].lo)
		return x->value[0].lo < y->value[0].lo ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static enum hvc_status build(const struct hvc_loader *loader, const char *text, size_t size,
                             struct hvc_registry *registry)
{
	const struct hvc_node *root;
	size_t rows = 0;

	HVC_TRY(hvc_yaml__read(text, size, loader->file, HVC_SCHEMA_REGISTRY, loader->arena,
	                       loader->diag, &root));
	registry->title = hvc_spec__at(root, "title").text;
	for (unsigned kind = 0; kind < HVC_KNOWN_KIND_COUNT; kind++)
		rows += hvc_node__find(root, kinds[kind].list)->children;
	registry->row = hvc_arena__take(loader->arena, rows * sizeof *registry->row);
	if (!registry->row)
		return hvc_loader__fail_memory(loader);
	for (unsigned kind = 0; kind < HVC_KNOWN_KIND_COUNT; kind++)
		for (const struct hvc_node *node = hvc_node__find(root, kinds[kind].list)->child;
		     node; node = node->next, registry->rows++)
			HVC_TRY(read_row(loader, node, (enum hvc_known_kind)kind,
			                 &registry->row[registry->rows]));
	qsort(registry->row, registry->rows, sizeof *registry->row, compare_rows);
	return HVC_OK;
}

enum hvc_status hvc_known__parse(const char *text, size_t size, const char *name,
                                 struct hvc_diag *diag, struct hvc_registry **out)
{
	struct hvc_registry *registry = calloc(1, sizeof *registry);
	struct hvc_loader loader = {.file = name, .diag = diag};
	enum hvc_status status;

	if (!registry)
		return hvc_loader__fail_memory(&loader);
	loader.arena = &registry->arena;
	status = build(&loader, text, size, registry);
	if (status != HVC_OK) {
		hvc_known__close(registry);
		return status;
	}
	*out = registry;
	return HVC_OK;
}

enum hvc_status hvc_known__open(struct hvc_diag *diag, struct hvc_registry **out)
{
	const struct hvc_embedded_abi *file = &hvc_known__embedded[0];

	return hvc_known__parse(file->text, file->size, file->name, diag, out);
}

void hvc_known__close(struct hvc_registry *registry)
{
	if (registry)
		hvc_arena__free(&registry->arena);
	free(registry);
}

const char *hvc_known__title(const struct hvc_registry *registry)
{
	return registry->title;
}

const struct hvc_known *hvc_known__at(const struct hvc_registry *registry, size_t i)
{
	return i < registry->rows ? &registry->row[i] : NULL;
}

static bool claims_fid(const struct hvc_known *known, uint32_t fid)
{
	if (known->kind == HVC_KNOWN_ENTITY)
		return fid >> 31 && is_within(known->value, known->values, fid >> 24 & 63);
	return known->kind == HVC_KNOWN_FUNCTION &&
	       is_within(known->value, known->values, fid & known->mask);
}

const struct hvc_known *hvc_known__find_imm(const struct hvc_registry *registry, uint16_t imm,
                                            const struct hvc_known *previous)
{
	size_t i = previous ? (size_t)(previous - registry->row) + 1 : 0;

	for (; i < registry->rows; i++) {
		const struct hvc_known *known = &registry->row[i];

		if (known->kind == HVC_KNOWN_IMMEDIATE &&
		    is_within(known->value, known->values, imm))
			return known;
	}
	return NULL;
}

const struct hvc_known *hvc_known__find_fid(const struct hvc_registry *registry, uint32_t fid,
                                            const struct hvc_known *previous)
{
	size_t i = previous ? (size_t)(previous - registry->row) + 1 : 0;

	for (; i < registry->rows; i++)
		if (claims_fid(&registry->row[i], fid))
			return &registry->row[i];
	return NULL;
}

const char *hvc_known__call_name(const struct hvc_known *known, uint64_t value)
{
	for (unsigned i = 0; i < known->calls; i++)
		if (known->call[i].value == (value & known->mask))
			return known->call[i].name;
	return NULL;
}
