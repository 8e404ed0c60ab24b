/* SPDX-License-Identifier: MIT */
/* From a file to an ABI: its head, its rules, and the proof that they are total. */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/cover.h"
#include "abi/embedded.h"
#include "abi/family.h"
#include "abi/half.h"
#include "abi/rule.h"
#include "abi/world.h"
#include "base/number.h"
#include "machine/file.h"
#include "machine/outcome.h"

static enum hvc_status read_name(const struct hvc_loader *loader, const struct hvc_spec *spec,
                                 const char *stem, struct hvc_abi *abi)
{
	const char *name = spec->abi.text;

	for (size_t i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) && !strchr("-_.", name[i]))
			return hvc_loader__fail(loader, &spec->abi, i,
			                        "a name has letters, digits and - _ . only");
	if (!name[0])
		return hvc_loader__fail(loader, &spec->abi, 0, "an ABI needs a name");
	if (stem && strcmp(name, stem) != 0)
		return hvc_loader__fail(loader, &spec->abi, 0,
		                        "the name must be that of the file, \"%.60s\"", stem);
	abi->name = name;
	abi->until = spec->until.text ? spec->until.text : "";
	if (strlen(abi->until) >= HVC_VERSION_SIZE || abi->until[strspn(abi->until, "0123456789.")])
		return hvc_loader__fail(loader, &spec->until, 0, "a version has digits and dots");
	abi->title = spec->title.text;
	abi->source = spec->source.text;
	return HVC_OK;
}

static enum hvc_status read_world(const struct hvc_loader *loader, const struct hvc_spec_world *in,
                                  struct hvc_abi *abi)
{
	const struct hvc_places places = {loader->about ? loader->about->find : NULL,
	                                  loader->about ? loader->about->ctx : NULL};
	struct hvc_abi_world *out = &abi->world[abi->worlds];

	HVC_TRY(hvc_spec_world__read(loader, in, &places, &out->world));
	out->title = in->title.text ? in->title.text : "";
	HVC_TRY(hvc_spec_world__name(loader, &in->name, &out->world));
	if (hvc_rule__find_world(abi, in->name.text) < abi->worlds)
		return hvc_loader__fail(loader, &in->name, 0,
		                        "a world named \"%s\" is there already", in->name.text);
	abi->worlds++;
	return HVC_OK;
}

/* The instructions that some level has. */
static unsigned insns_of(unsigned levels)
{
	unsigned bits = 0;

	for (enum hvc_insn insn = HVC_INSN_HVC; insn < HVC_INSN_COUNT; insn++)
		for (enum hvc_level level = HVC_LEVEL_EL0; level < HVC_LEVEL_COUNT; level++)
			if (levels >> level & 1 && hvc_caller_index(insn, level) != HVC_CALLER_NONE)
				bits |= 1u << insn;
	return bits;
}

static enum hvc_status read_head(const struct hvc_loader *loader, const struct hvc_spec *spec,
                                 struct hvc_abi *abi)
{
	static const struct hvc_spec_world host = {.name = {.text = "host"}};
	unsigned worlds = spec->worlds ? spec->worlds : 1;

	abi->levels = 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T;
	if (spec->callers.text)
		HVC_TRY(hvc_list__words(loader, &spec->callers, "caller", hvc_rule__find_level, abi,
		                        HVC_LEVEL_COUNT, UINT_MAX, &abi->levels));
	abi->insns = hvc_insns__all(1u << HVC_INSN_HVC);
	if (spec->instructions.text)
		HVC_TRY(hvc_rule__read_insns(loader, &spec->instructions, UINT_MAX, &abi->insns));
	abi->insns &= insns_of(abi->levels);
	if (!abi->insns)
		return hvc_loader__fail(loader, &spec->instructions, 0,
		                        "no caller has such an instruction");
	abi->world = hvc_arena__take(&abi->arena, worlds * sizeof *abi->world);
	if (!abi->world)
		return hvc_loader__fail_memory(loader);
	for (unsigned i = 0; i < worlds; i++)
		HVC_TRY(read_world(loader, spec->worlds ? &spec->world[i] : &host, abi));
	return HVC_OK;
}

/* Callers of 32 bits have no others. */
static enum hvc_status narrow_rule(const struct hvc_loader *loader, struct hvc_abi *abi)
{
	struct hvc_rule *rule = &abi->rule[abi->rules];
	struct hvc_text at = {.line = rule->line, .column = rule->column};
	bool left;

	if (!hvc_half__narrow(&abi->arena, hvc_abi__is_hyp(abi), rule, &left))
		return hvc_loader__fail_memory(loader);
	if (!left)
		return hvc_loader__fail(loader, &at, 0,
		                        "rule \"%.40s\" matches nothing: no call of 32 bits",
		                        rule->name);
	return HVC_OK;
}

static enum hvc_status read_rules(const struct hvc_loader *loader, const struct hvc_spec *spec,
                                  struct hvc_abi *abi)
{
	struct hvc_spared clobbers = {.others = 0};

	if (spec->clobbers.text)
		HVC_TRY(hvc_list__registers(loader, &spec->clobbers, &clobbers));
	abi->rule = hvc_arena__take(&abi->arena, spec->rules * sizeof *abi->rule);
	if (!abi->rule)
		return hvc_loader__fail_memory(loader);
	for (abi->rules = 0; abi->rules < spec->rules; abi->rules++) {
		HVC_TRY(hvc_rule__read(loader, spec, abi->rules, &clobbers, abi));
		if (hvc_abi__is_aarch32(abi))
			HVC_TRY(narrow_rule(loader, abi));
		if (abi->rule[abi->rules].is_default && abi->rules + 1 < spec->rules)
			return hvc_loader__fail(loader, &spec->rule[abi->rules].is_default, 0,
			                        "the default rule must be the last");
	}
	return HVC_OK;
}

/** A call in words: "hvc #0x4, x0 = 3, from el1h". What the ABI does not tell apart is left out.
 */
static void describe(const struct hvc_abi *abi, const struct hvc_cover_point *point, char *text,
                     size_t size)
{
	struct hvc_regset asked = {{0, 0}};
	char number[HVC_U64_SIZE];
	size_t length;

	for (unsigned i = 0; i < abi->rules; i++)
		for (unsigned k = 0; k < abi->rule[i].conditions; k++)
			hvc_regset_add(&asked, abi->rule[i].condition[k].reg);
	length = (size_t)snprintf(text, size, "%s #0x%x",
	                          hvc_insn_name((enum hvc_insn)point->v[HVC_COVER_INSN]),
	                          (unsigned)point->v[HVC_COVER_IMM]);
	for (unsigned n = 0; n < HVC_GPR_COUNT && length < size; n++)
		if (hvc_regset_has(&asked, (enum hvc_reg)n))
			length +=
			        (size_t)snprintf(text + length, size - length, ", x%u = %s", n,
			                         hvc_u64_print(point->v[HVC_COVER_X0 + n], number));
	if (length < size)
		length +=
		        (size_t)snprintf(text + length, size - length, ", from %s",
		                         hvc_level_name((enum hvc_level)point->v[HVC_COVER_FROM]));
	if (length < size && abi->worlds > 1)
		snprintf(text + length, size - length, ", world %s",
		         abi->world[point->v[HVC_COVER_WORLD]].world.name);
}

static enum hvc_status check_cover(const struct hvc_loader *loader, const struct hvc_spec *spec,
                                   const struct hvc_abi *abi)
{
	struct hvc_cover_space space = {.worlds = abi->worlds,
	                                .levels = abi->levels,
	                                .insns = abi->insns,
	                                .rule = abi->rule,
	                                .rules = abi->rules};
	struct hvc_cover_finding found;
	const struct hvc_rule *a, *b;
	struct hvc_text at;
	char call[160];

	for (unsigned i = 0; i < abi->worlds; i++)
		space.traps |= (unsigned)(abi->world[i].world.esr != 0) << i;
	hvc_cover__check(&space, &found);
	a = &abi->rule[found.a];
	b = &abi->rule[found.b];
	at = (struct hvc_text){.line = a->line, .column = a->column};
	describe(abi, &found.point, call, sizeof call);
	switch (found.kind) {
	case HVC_COVER_TOTAL:
		return HVC_OK;
	case HVC_COVER_MEMORY:
		return hvc_loader__fail_memory(loader);
	case HVC_COVER_COMPLEX:
		return hvc_loader__fail(loader, &at, 0,
		                        "rule \"%.40s\" is too entangled with others to check",
		                        a->name);
	case HVC_COVER_EMPTY:
		return hvc_loader__fail(loader, &at, 0,
		                        "rule \"%.40s\" matches no call: its conditions exclude "
		                        "each other",
		                        a->name);
	case HVC_COVER_HIDDEN:
		return hvc_loader__fail(loader, &at, 0,
		                        "rule \"%.40s\" governs no call: rules of higher priority "
		                        "take all it matches",
		                        a->name);
	case HVC_COVER_OVERLAP:
		at = (struct hvc_text){.line = b->line, .column = b->column};
		return hvc_loader__fail(loader, &at, 0,
		                        "rule \"%.40s\" overlaps rule \"%.40s\" (line %u): %s",
		                        b->name, a->name, a->line, call);
	case HVC_COVER_GAP:
		break;
	}
	at = (struct hvc_text){.line = spec->rules_line, .column = spec->rules_column};
	return hvc_loader__fail(loader, &at, 0, "no rule governs %s", call);
}

/* A half of a file for both widths; its half for Hyp mode has a name of its own. */
static enum hvc_status keep_half(const struct hvc_loader *loader, enum hvc_widths widths, bool hyp,
                                 struct hvc_spec *spec, struct hvc_abi *abi)
{
	size_t length = strlen(abi->name);
	char *name;

	if (widths == HVC_WIDTHS_AARCH64)
		return HVC_OK;
	HVC_TRY(hvc_half__keep(loader, widths, hyp, spec));
	if (widths != HVC_WIDTHS_BOTH || !hyp)
		return HVC_OK;
	name = hvc_arena__take(&abi->arena, length + sizeof HVC_HALF_SUFFIX);
	if (!name)
		return hvc_loader__fail_memory(loader);
	memcpy(name, abi->name, length);
	memcpy(name + length, HVC_HALF_SUFFIX, sizeof HVC_HALF_SUFFIX);
	abi->name = name;
	return HVC_OK;
}

/* A file to be read, once for each of its halves. */
struct file {
	const char *text;
	size_t size;
	const char *name, *stem;
	const struct hvc_abi_about *about;
	struct hvc_diag *diag;
};

static enum hvc_status build(const struct file *file, const struct hvc_loader *loader, bool hyp,
                             struct hvc_abi *abi, enum hvc_widths *widths)
{
	struct hvc_spec spec;

	HVC_TRY(hvc_spec__read(file->text, file->size, loader->file, &abi->arena, loader->diag,
	                       &spec));
	HVC_TRY(hvc_half__widths(loader, &spec, widths));
	HVC_TRY(read_name(loader, &spec, file->stem, abi));
	HVC_TRY(keep_half(loader, *widths, *widths == HVC_WIDTHS_BOTH ? hyp : true, &spec, abi));
	HVC_TRY(read_head(loader, &spec, abi));
	HVC_TRY(read_rules(loader, &spec, abi));
	HVC_TRY(check_cover(loader, &spec, abi));
	HVC_TRY(hvc_property__read(loader, spec.sequences, abi));
	if (hvc_abi__classify(abi) != HVC_OK || hvc_abi__plan(abi) != HVC_OK)
		return hvc_loader__fail_memory(loader);
	return HVC_OK;
}

static enum hvc_status parse_half(const struct file *file, bool hyp, enum hvc_widths *widths,
                                  struct hvc_abi **out)
{
	struct hvc_abi *abi = calloc(1, sizeof *abi);
	struct hvc_loader loader = {.file = file->name, .diag = file->diag, .about = file->about};
	enum hvc_status status;

	if (!abi)
		return hvc_loader__fail_memory(&loader);
	loader.arena = &abi->arena;
	status = build(file, &loader, hyp, abi, widths);
	if (status != HVC_OK) {
		hvc_abi_free(abi);
		return status;
	}
	*out = abi;
	return HVC_OK;
}

/* The other half of a file for both widths comes first. */
static void turn(struct hvc_abi **abi)
{
	struct hvc_abi *half = (*abi)->half;

	if (!half)
		return;
	(*abi)->half = NULL;
	half->half = *abi;
	*abi = half;
}

/* Both halves are read whichever is wanted: a file that is wrong in one of them is wrong. */
static enum hvc_status parse(const struct file *file, struct hvc_abi **out)
{
	struct hvc_abi *abi = NULL;
	enum hvc_widths widths;
	enum hvc_status status = parse_half(file, false, &widths, &abi);

	if (status == HVC_OK && widths == HVC_WIDTHS_BOTH)
		status = parse_half(file, true, &widths, &abi->half);
	if (status != HVC_OK) {
		hvc_abi_free(abi);
		return status;
	}
	if (file->about && file->about->aarch32)
		turn(&abi);
	*out = abi;
	return HVC_OK;
}

enum hvc_status hvc_abi__parse_shipped(const char *text, size_t size, const char *name,
                                       const struct hvc_abi_about *about, struct hvc_diag *diag,
                                       struct hvc_abi **out)
{
	HVC_TRY(hvc_abi_parse(text, size, name, diag, out));
	if (strcmp(hvc_abi_name(*out), name) != 0 || (about && about->aarch32))
		turn(out);
	return HVC_OK;
}

enum hvc_status hvc_abi_parse(const char *text, size_t size, const char *name,
                              struct hvc_diag *diag, struct hvc_abi **out)
{
	const struct file file = {text, size, name, NULL, NULL, diag};

	return parse(&file, out);
}

enum hvc_status hvc_abi__load_about(const char *path, const struct hvc_abi_about *about,
                                    struct hvc_diag *diag, struct hvc_abi **out)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t length = strlen(base), size;
	enum hvc_status status;
	uint8_t *text;
	char stem[256];

	if (length > 5 && !strcmp(base + length - 5, ".yaml"))
		length -= 5;
	snprintf(stem, sizeof stem, "%.*s", (int)(length < sizeof stem ? length : sizeof stem - 1),
	         base);
	HVC_TRY(hvc_file__read(path, HVC_LIMIT_YAML, diag, &text, &size));
	status = parse(&(struct file){(const char *)text, size, path, stem, about, diag}, out);
	free(text);
	return status;
}

enum hvc_status hvc_abi_load(const char *path, struct hvc_diag *diag, struct hvc_abi **out)
{
	return hvc_abi__load_about(path, NULL, diag, out);
}

/* The specifications that the build embeds, by name. */

bool hvc_abi_shipped_at(size_t i, const char **name, const char **text, size_t *size)
{
	if (i >= hvc_abi__embedded_count)
		return false;
	if (name)
		*name = hvc_abi__embedded[i].name;
	if (text)
		*text = hvc_abi__embedded[i].text;
	if (size)
		*size = hvc_abi__embedded[i].size;
	return true;
}

enum hvc_status hvc_abi__open_about(const char *name, const struct hvc_abi_about *about,
                                    struct hvc_diag *diag, struct hvc_abi **out)
{
	size_t length = strlen(name);
	const char *shipped, *text;
	size_t size;

	if (strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".yaml")))
		return hvc_abi__load_about(name, about, diag, out);
	for (size_t i = 0; hvc_abi_shipped_at(i, &shipped, &text, &size); i++)
		if (!strcmp(shipped, name))
			return hvc_abi__parse_shipped(text, size, name, about, diag, out);
	return hvc_diag_set(diag, HVC_E_NOTFOUND, name, 0, 0, "no shipped ABI has this name");
}

enum hvc_status hvc_abi_open(const char *name, struct hvc_diag *diag, struct hvc_abi **out)
{
	return hvc_abi__open_about(name, NULL, diag, out);
}
