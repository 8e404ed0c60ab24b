/* SPDX-License-Identifier: MIT */
#include "abi/world.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/yaml.h"
#include "machine/file.h"
#include "machine/reg.h"
#include "machine/world.h"

enum hvc_status hvc_spec_world__name(const struct hvc_loader *loader, const struct hvc_text *text,
                                     struct hvc_world *world)
{
	for (size_t i = 0; text->text[i]; i++)
		if (!isalnum((unsigned char)text->text[i]) && text->text[i] != '_')
			return hvc_loader__fail(loader, text, i,
			                        "a world's name has letters, digits and _ only");
	if (!text->text[0] || strlen(text->text) >= sizeof world->name)
		return hvc_loader__fail(loader, text, 0, "a world's name has 1 to %zu characters",
		                        sizeof world->name - 1);
	snprintf(world->name, sizeof world->name, "%s", text->text);
	return HVC_OK;
}

static enum hvc_status find_place(const struct hvc_loader *loader, const struct hvc_places *places,
                                  const struct hvc_text *text, uint64_t *address)
{
	struct hvc_diag diag = {0};

	if (places->find(places->ctx, text->text, &diag, address) != HVC_OK)
		return hvc_loader__fail(loader, text, 0, "%s", diag.message);
	return HVC_OK;
}

/* A number, or the address of a symbol. */
static enum hvc_status read_value(const struct hvc_loader *loader, const struct hvc_places *places,
                                  const struct hvc_text *text, uint64_t *value)
{
	if (places->find &&
	    (isalpha((unsigned char)text->text[0]) || text->text[0] == '_' || text->text[0] == '.'))
		return find_place(loader, places, text, value);
	return hvc_list__number(loader, text, value);
}

/* A file that a file names stands beside it. */
static void place_file(const struct hvc_loader *loader, const char *text, char *out, size_t size)
{
	const char *slash = loader->file ? strrchr(loader->file, '/') : NULL;

	if (!strncmp(text, "file:", 5) && text[5] != '/' && slash)
		snprintf(out, size, "file:%.*s/%s", (int)(slash - loader->file), loader->file,
		         text + 5);
	else
		snprintf(out, size, "%s", text);
}

static enum hvc_status read_memory(const struct hvc_loader *loader, const struct hvc_spec_map *in,
                                   const struct hvc_places *places, struct hvc_world *out)
{
	struct hvc_diag why = {0};

	for (unsigned i = 0; i < in->pairs; i++) {
		const struct hvc_spec_pair *pair = &in->pair[i];
		char what[2 * HVC_MEMORY_TEXT];

		if (!pair->value.text)
			return hvc_loader__fail(loader, &pair->key, 0,
			                        "several values stand in one text, with commas");
		for (unsigned k = 0; k < i; k++)
			if (!strcmp(in->pair[k].key.text, pair->key.text))
				return hvc_loader__fail(loader, &pair->key, 0,
				                        "memory is set there already");
		place_file(loader, pair->value.text, what, sizeof what);
		if (hvc_world_set_memory(out, pair->key.text, what) != HVC_OK)
			return hvc_loader__fail(loader, &pair->key, 0,
			                        "at most %u pieces of memory, with places and "
			                        "values of at most %u characters",
			                        HVC_MEMORY_MAX, HVC_MEMORY_TEXT - 1);
		if (hvc_world__resolve(out, places->find, places->ctx, &why) != HVC_OK)
			return hvc_loader__fail(loader, &pair->key, 0, "%s", why.message);
	}
	return HVC_OK;
}

static enum hvc_status set_register(const struct hvc_loader *loader,
                                    const struct hvc_places *places,
                                    const struct hvc_spec_pair *pair, struct hvc_world *out)
{
	enum hvc_reg reg = hvc_reg_find(pair->key.text);
	hvc_other other = reg == HVC_REG_NONE ? hvc_other__find(pair->key.text) : 0;
	const uint8_t encoding[5] = {(uint8_t)(other >> 14), other >> 11 & 7, other >> 7 & 15,
	                             other >> 3 & 15, other & 7};
	uint64_t value;

	if (!pair->value.text)
		return hvc_loader__fail(loader, &pair->key, 0, "expected a value");
	if ((reg == HVC_REG_NONE && !other) || (other && other <= HVC_OTHER_Q(31)))
		return hvc_loader__fail(loader, &pair->key, 0, "unknown key \"%.40s\"",
		                        pair->key.text);
	HVC_TRY(read_value(loader, places, &pair->value, &value));
	if (other && hvc_world_set_sys(out, encoding, value) != HVC_OK)
		return hvc_loader__fail(loader, &pair->key, 0,
		                        "too many registers without a name of hvcheck's own");
	if (!other && hvc_world_set(out, reg, value) != HVC_OK)
		return hvc_loader__fail(loader, &pair->key, 0,
		                        "%s belongs to the caller, not to the world",
		                        pair->key.text);
	return HVC_OK;
}

enum hvc_status hvc_spec_world__read(const struct hvc_loader *loader,
                                     const struct hvc_spec_world *in,
                                     const struct hvc_places *places, struct hvc_world *out)
{
	enum hvc_cpu cpu = HVC_CPU_A72;

	if (in->cpu.text)
		cpu = hvc_cpu_find(in->cpu.text);
	if (cpu == HVC_CPU_COUNT)
		return hvc_loader__fail(loader, &in->cpu, 0, "unknown cpu \"%.40s\"", in->cpu.text);
	hvc_world_init(out, cpu);
	if (in->el3.text)
		HVC_TRY(hvc_list__flag(loader, &in->el3, &out->el3));
	if (in->upper.text) {
		out->upper_zero = !strcmp(in->upper.text, "zero");
		if (!out->upper_zero && strcmp(in->upper.text, "dirty") != 0)
			return hvc_loader__fail(loader, &in->upper, 0, "expected zero or dirty");
	}
	if (in->esr.text) {
		uint64_t esr;

		HVC_TRY(hvc_list__number(loader, &in->esr, &esr));
		if (hvc_world_trap(out, esr) != HVC_OK)
			return hvc_loader__fail(loader, &in->esr, 0,
			                        "no trap has this syndrome: HVC, SVC and SMC are "
			                        "none");
	}
	for (unsigned i = 0; i < in->set.pairs; i++) {
		const struct hvc_spec_pair *pair = &in->set.pair[i];

		HVC_TRY(set_register(loader, places, pair, out));
	}
	return read_memory(loader, &in->memory, places, out);
}

static enum hvc_status read_zero_pages(const struct hvc_loader *loader, const struct hvc_node *root,
                                       struct hvc_world *world)
{
	struct hvc_text text = hvc_spec__at(root, "map_on_demand");
	uint64_t pages;

	if (!text.text)
		return HVC_OK;
	HVC_TRY(hvc_list__number(loader, &text, &pages));
	if (pages > HVC_ZERO_PAGES_MAX)
		return hvc_loader__fail(loader, &text, 0, "at most %u pages can be lent",
		                        HVC_ZERO_PAGES_MAX);
	world->zero_pages = (unsigned)pages;
	return HVC_OK;
}

static enum hvc_status refuse_boundary(const struct hvc_loader *loader, const struct hvc_text *text)
{
	return hvc_loader__fail(loader, text, 0,
	                        "no boundary can be here: at most %u, at multiples of 4, with "
	                        "names of at most %zu characters",
	                        HVC_STOPS_MAX, sizeof(((struct hvc_stop *)0)->name) - 1);
}

static enum hvc_status read_stops(const struct hvc_loader *loader, const struct hvc_places *places,
                                  const struct hvc_node *list, struct hvc_world *world)
{
	for (const struct hvc_node *node = list ? list->child : NULL; node; node = node->next) {
		struct hvc_text text = hvc_spec__text(node);
		uint64_t address;

		HVC_TRY(find_place(loader, places, &text, &address));
		if (hvc_world_stop_at(world, address, text.text) != HVC_OK)
			return refuse_boundary(loader, &text);
	}
	return HVC_OK;
}

static enum hvc_status read_stubs(const struct hvc_loader *loader, const struct hvc_places *places,
                                  const struct hvc_node *list, struct hvc_world *world)
{
	for (const struct hvc_node *node = list ? list->child : NULL; node; node = node->next) {
		struct hvc_text at = hvc_spec__at(node, "at"),
		                returns = hvc_spec__at(node, "returns");
		uint64_t address, value;

		HVC_TRY(find_place(loader, places, &at, &address));
		HVC_TRY(hvc_list__number(loader, &returns, &value));
		if (hvc_world_stub(world, address, value, at.text) != HVC_OK)
			return refuse_boundary(loader, &at);
	}
	return HVC_OK;
}

static enum hvc_status build(const struct hvc_loader *loader, const char *text, size_t size,
                             const struct hvc_places *places, struct hvc_world *out)
{
	const struct hvc_node *root;
	struct hvc_spec_world spec = {.name.text = NULL};

	HVC_TRY(hvc_yaml__read(text, size, loader->file, HVC_SCHEMA_WORLD, loader->arena,
	                       loader->diag, &root));
	if (!hvc_spec__world(root, loader->arena, &spec))
		return hvc_loader__fail_memory(loader);
	HVC_TRY(hvc_spec_world__read(loader, &spec, places, out));
	HVC_TRY(hvc_spec_world__name(loader, &spec.name, out));
	HVC_TRY(read_zero_pages(loader, root, out));
	HVC_TRY(read_stops(loader, places, hvc_node__find(root, "stop_at"), out));
	return read_stubs(loader, places, hvc_node__find(root, "stubs"), out);
}

enum hvc_status hvc_world__parse(const char *text, size_t size, const char *name,
                                 hvc_place_find *find, void *ctx, struct hvc_diag *diag,
                                 struct hvc_world *out)
{
	const struct hvc_places places = {find, ctx};
	struct hvc_arena arena = {0};
	const struct hvc_loader loader = {.file = name, .diag = diag, .arena = &arena};
	struct hvc_world world;
	enum hvc_status status = build(&loader, text, size, &places, &world);

	hvc_arena__free(&arena);
	if (status == HVC_OK)
		*out = world;
	return status;
}

enum hvc_status hvc_world__load(const char *path, hvc_place_find *find, void *ctx,
                                struct hvc_diag *diag, struct hvc_world *out)
{
	enum hvc_status status;
	uint8_t *text;
	size_t size;

	HVC_TRY(hvc_file__read(path, HVC_LIMIT_YAML, diag, &text, &size));
	status = hvc_world__parse((const char *)text, size, path, find, ctx, diag, out);
	free(text);
	return status;
}
