/* SPDX-License-Identifier: MIT */
/* Which words of a specification for both widths are of which: callers, instructions, worlds. */
#include "abi/half.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "abi/yaml.h"

static const char *const widths_names[] = {
        [HVC_WIDTHS_AARCH64] = "aarch64",
        [HVC_WIDTHS_AARCH32] = "aarch32",
        [HVC_WIDTHS_BOTH] = "both",
};

/* A specification while one half of it is taken. */
struct taking {
	const struct hvc_loader *loader;
	const struct hvc_spec *whole;
	enum hvc_widths widths;
	bool hyp;
};

/* Is the word of the half? One that means nothing is of both, so that it is refused as ever. */
typedef bool is_of_half(const struct taking *t, const char *word);

static bool is_caller_of(const struct taking *t, const char *word)
{
	enum hvc_level level = hvc_level_find(word);

	return level == HVC_LEVEL_COUNT || hvc_level_is_aarch32(level) == t->hyp;
}

static bool is_insn_of(const struct taking *t, const char *word)
{
	enum hvc_insn insn = hvc_insn_find(word);

	if (insn == HVC_INSN_HVC || insn == HVC_INSN_SMC || insn == HVC_INSN_COUNT)
		return true;
	return (insn != HVC_INSN_TRAP) == t->hyp;
}

/* A world that names no CPU is of both, but traps are of AArch64 state. */
static bool is_world(const struct taking *t, const struct hvc_spec_world *world)
{
	if (world->esr.text)
		return !t->hyp;
	return !world->cpu.text || hvc_cpu__is_hyp(hvc_cpu_find(world->cpu.text)) == t->hyp;
}

static bool is_world_of(const struct taking *t, const char *word)
{
	for (unsigned i = 0; i < t->whole->worlds; i++)
		if (!strcmp(t->whole->world[i].name.text, word))
			return is_world(t, &t->whole->world[i]);
	return true;
}

static enum hvc_status refuse(const struct taking *t, const struct hvc_text *at)
{
	return hvc_loader__fail(t->loader, at, 0,
	                        "this is of AArch64 state, and the file says widths: aarch32");
}

/* Leave of a list the words of the half. *some: is there one, or no list at all? */
static enum hvc_status keep_words(const struct taking *t, is_of_half *is, struct hvc_text *list,
                                  bool *some)
{
	const char *text = list->text;
	size_t length = 0, size;
	bool dropped = false;
	char *kept, word[64];

	if (!text)
		return HVC_OK;
	size = strlen(text) + 1;
	kept = hvc_arena__take(t->loader->arena, size + 1);
	if (!kept)
		return hvc_loader__fail_memory(t->loader);
	while (*text) {
		size_t end = strcspn(text, ",");

		while (isspace((unsigned char)*text))
			text++, end--;
		snprintf(word, sizeof word, "%.*s", (int)end, text);
		word[strcspn(word, " \t")] = '\0';
		if (is(t, word))
			length += (size_t)snprintf(kept + length, size + 1 - length, "%s%.*s",
			                           length ? "," : "", (int)end, text);
		else
			dropped = true;
		text += end + (text[end] == ',');
	}
	if (!dropped)
		return HVC_OK;
	if (t->widths != HVC_WIDTHS_BOTH)
		return refuse(t, list);
	*some = *some && length;
	list->text = kept;
	list->plain = false;
	return HVC_OK;
}

/* rN as a word becomes xN, whose width is that of the half. */
static enum hvc_status rename_registers(const struct taking *t, struct hvc_text *text)
{
	size_t length = text->text ? strlen(text->text) : 0;
	char *renamed = hvc_arena__copy(t->loader->arena, text->text ? text->text : "", length);

	if (!renamed)
		return hvc_loader__fail_memory(t->loader);
	for (size_t i = 0; i < length; i++)
		if (renamed[i] == 'r' && isdigit((unsigned char)renamed[i + 1]) &&
		    (!i || (!isalnum((unsigned char)renamed[i - 1]) && renamed[i - 1] != '_')))
			renamed[i] = 'x';
	if (text->text)
		text->text = renamed;
	return HVC_OK;
}

/* The keys of a map are registers, and so may its values speak of some. */
static enum hvc_status rename_map(const struct taking *t, struct hvc_spec_map *map)
{
	struct hvc_spec_pair *pair = hvc_arena__take(t->loader->arena, map->pairs * sizeof *pair);

	if (!pair)
		return hvc_loader__fail_memory(t->loader);
	for (unsigned i = 0; i < map->pairs; i++) {
		pair[i] = map->pair[i];
		HVC_TRY(rename_registers(t, &pair[i].key));
		HVC_TRY(rename_registers(t, &pair[i].value));
	}
	map->pair = pair;
	return HVC_OK;
}

/* The level of the half that stands for one of the other. */
static void rename_level(const struct taking *t, struct hvc_text *text)
{
	static const char *const words[2][3] = {{"el0", "el1h", "el2h"},
	                                        {"el0-usr", "el1-svc", "el2-hyp"}};
	enum hvc_level level = text->text ? hvc_level_find(text->text) : HVC_LEVEL_COUNT;

	if (level != HVC_LEVEL_COUNT && hvc_level_is_aarch32(level) != t->hyp)
		text->text = words[t->hyp][hvc_level__el(level)];
}

static enum hvc_status keep_when(const struct taking *t, struct hvc_spec_map *when, bool *some)
{
	static const struct {
		const char *key;
		is_of_half *is;
	} lists[] = {{"from", is_caller_of}, {"insn", is_insn_of}, {"world", is_world_of}};
	struct hvc_spec_pair *pair;

	HVC_TRY(rename_map(t, when));
	pair = hvc_arena__take(t->loader->arena, when->pairs * sizeof *pair);
	if (!pair)
		return hvc_loader__fail_memory(t->loader);
	for (unsigned i = 0; i < when->pairs; i++) {
		pair[i] = when->pair[i];
		for (unsigned k = 0; k < sizeof lists / sizeof *lists; k++)
			if (!strcmp(pair[i].key.text, lists[k].key))
				HVC_TRY(keep_words(t, lists[k].is, &pair[i].value, some));
	}
	when->pair = pair;
	return HVC_OK;
}

static enum hvc_status keep_rule(const struct taking *t, struct hvc_spec_rule *rule, bool *some)
{
	struct hvc_spec_map *const maps[] = {&rule->results, &rule->among, &rule->returns,
	                                     &rule->memory};

	*some = true;
	HVC_TRY(keep_when(t, &rule->when, some));
	for (unsigned i = 0; i < sizeof maps / sizeof *maps; i++)
		HVC_TRY(rename_map(t, maps[i]));
	HVC_TRY(rename_registers(t, &rule->at));
	HVC_TRY(rename_registers(t, &rule->clobbers));
	rename_level(t, &rule->level);
	return HVC_OK;
}

static enum hvc_status keep_worlds(const struct taking *t, struct hvc_spec *spec)
{
	static const struct hvc_spec_world host = {.name = {.text = "host"}};
	const struct hvc_spec_world *from = t->whole->worlds ? t->whole->world : &host;
	unsigned worlds = t->whole->worlds ? t->whole->worlds : 1;
	struct hvc_spec_world *world = hvc_arena__take(t->loader->arena, worlds * sizeof *world);

	if (!world)
		return hvc_loader__fail_memory(t->loader);
	spec->world = world;
	spec->worlds = 0;
	for (unsigned i = 0; i < worlds; i++) {
		if (!is_world(t, &from[i])) {
			if (t->widths != HVC_WIDTHS_BOTH)
				return refuse(t, &from[i].name);
			continue;
		}
		world[spec->worlds] = from[i];
		if (t->hyp)
			world[spec->worlds].cpu.text = hvc_cpu_name(HVC_CPU_A15);
		spec->worlds++;
	}
	if (!spec->worlds)
		return hvc_loader__fail(t->loader, &t->whole->widths, 0, "no world is of %s",
		                        widths_names[t->hyp]);
	return HVC_OK;
}

static bool has_rule(const struct hvc_spec *spec, const char *name)
{
	for (unsigned i = 0; i < spec->rules; i++)
		if (!strcmp(spec->rule[i].name.text, name))
			return true;
	return false;
}

static enum hvc_status keep_key(const struct taking *t, struct hvc_node *map, const char *key,
                                is_of_half *is, bool *some)
{
	for (struct hvc_node *k = map->child; k; k = k->next->next)
		if (!strcmp(k->text, key)) {
			struct hvc_text list = hvc_spec__text(k->next);

			HVC_TRY(keep_words(t, is, &list, some));
			k->next->text = list.text;
		}
	return HVC_OK;
}

/* A sequence is of the half if all of its calls are. */
static enum hvc_status keep_sequence(const struct taking *t, const struct hvc_spec *spec,
                                     struct hvc_node *sequence, bool *some)
{
	*some = true;
	HVC_TRY(keep_key(t, sequence, "world", is_world_of, some));
	for (struct hvc_node *step = hvc_node__find(sequence, "calls")->child; step;
	     step = step->next) {
		const char *rule = hvc_spec__at(step, "rule").text;

		if (has_rule(t->whole, rule) && !has_rule(spec, rule))
			*some = false;
		HVC_TRY(keep_key(t, step, "from", is_caller_of, some));
		HVC_TRY(keep_key(t, step, "insn", is_insn_of, some));
	}
	return HVC_OK;
}

static enum hvc_status keep_sequences(const struct taking *t, struct hvc_spec *spec)
{
	struct hvc_node *list = hvc_arena__take(t->loader->arena, sizeof *list), **end, *next;
	bool some;

	if (!spec->sequences)
		return HVC_OK;
	if (!list)
		return hvc_loader__fail_memory(t->loader);
	*list = *spec->sequences;
	end = &list->child;
	for (struct hvc_node *node = spec->sequences->child; node; node = next) {
		next = node->next;
		HVC_TRY(keep_sequence(t, spec, node, &some));
		if (some) {
			*end = node;
			end = &node->next;
		} else {
			list->children--;
		}
	}
	*end = NULL;
	spec->sequences = list->children ? list : NULL;
	return HVC_OK;
}

enum hvc_status hvc_half__widths(const struct hvc_loader *loader, const struct hvc_spec *spec,
                                 enum hvc_widths *out)
{
	unsigned widths = spec->widths.text ? 0 : HVC_WIDTHS_AARCH64;

	while (spec->widths.text && widths <= HVC_WIDTHS_BOTH &&
	       strcasecmp(spec->widths.text, widths_names[widths]) != 0)
		widths++;
	if (widths > HVC_WIDTHS_BOTH)
		return hvc_loader__fail(loader, &spec->widths, 0,
		                        "widths are aarch64, aarch32 or both");
	if (spec->clobbers_aarch32.text && widths != HVC_WIDTHS_BOTH)
		return hvc_loader__fail(loader, &spec->clobbers_aarch32, 0,
		                        "only a file of widths: both has two lists of clobbers");
	*out = (enum hvc_widths)widths;
	return HVC_OK;
}

enum hvc_status hvc_half__keep(const struct hvc_loader *loader, enum hvc_widths widths, bool hyp,
                               struct hvc_spec *spec)
{
	const struct hvc_spec whole = *spec;
	const struct taking t = {loader, &whole, widths, hyp};
	struct hvc_spec_rule *rule = hvc_arena__take(loader->arena, whole.rules * sizeof *rule);
	bool some = true;

	if (!rule)
		return hvc_loader__fail_memory(loader);
	if (!spec->callers.text && hyp)
		spec->callers.text = hvc_level_name(HVC_LEVEL_EL1_SVC);
	HVC_TRY(keep_words(&t, is_caller_of, &spec->callers, &some));
	HVC_TRY(keep_words(&t, is_insn_of, &spec->instructions, &some));
	if (!some)
		return hvc_loader__fail(loader, &spec->widths, 0, "no caller is of %s",
		                        widths_names[hyp]);
	HVC_TRY(keep_worlds(&t, spec));
	if (hyp && spec->clobbers_aarch32.text)
		spec->clobbers = spec->clobbers_aarch32;
	HVC_TRY(rename_registers(&t, &spec->clobbers));
	spec->rule = rule;
	spec->rules = 0;
	for (unsigned i = 0; i < whole.rules; i++) {
		rule[spec->rules] = whole.rule[i];
		HVC_TRY(keep_rule(&t, &rule[spec->rules], &some));
		if (some)
			spec->rules++;
		else if (whole.rule[i].is_default.text)
			return hvc_loader__fail(loader, &whole.rule[i].is_default, 0,
			                        "the default rule is of both widths");
	}
	return keep_sequences(&t, spec);
}

/* A specification of 64 bits as callers of 32 bits read it. */

/* From here on a number of 64 bits is a negative one of 32, sign-extended. */
#define NEGATIVE UINT64_C(0xffffffff80000000)

/* The numbers of 32 bits in an interval; false: there are none. Places have others in Hyp mode. */
static bool narrow_interval(const struct hvc_interval *in, bool hyp, struct hvc_interval *out)
{
	if (hyp && in->lo - HVC_HARNESS_BASE < HVC_HARNESS_SIZE &&
	    in->hi - HVC_HARNESS_BASE < HVC_HARNESS_SIZE) {
		*out = (struct hvc_interval){hvc_harness32(in->lo), hvc_harness32(in->hi)};
		return true;
	}
	if (in->lo > UINT32_MAX && in->lo < NEGATIVE)
		return false;
	out->lo = in->lo & UINT32_MAX;
	out->hi = in->hi >= NEGATIVE    ? in->hi & UINT32_MAX
	          : in->hi < UINT32_MAX ? in->hi
	                                : UINT32_MAX;
	return true;
}

/* The same of a set; false: out of memory. */
static bool narrow_set(struct hvc_arena *arena, bool hyp, const struct hvc_interval **interval,
                       unsigned *intervals)
{
	struct hvc_numbers set = {hvc_arena__take(arena, (*intervals + 1) * sizeof **interval), 0,
	                          0};

	if (!set.interval)
		return false;
	for (unsigned i = 0; i < *intervals; i++)
		set.intervals +=
		        narrow_interval(&(*interval)[i], hyp, &set.interval[set.intervals]);
	if (set.intervals)
		hvc_list__normalise(&set);
	*interval = set.interval;
	*intervals = set.intervals;
	return true;
}

static bool narrow_condition(struct hvc_arena *arena, bool hyp, struct hvc_condition *c)
{
	bool wide = c->mask > UINT32_MAX;

	c->mask &= UINT32_MAX;
	return !wide || narrow_set(arena, hyp, &c->interval, &c->intervals);
}

/* "& 0xffffffff" at the end of a value says nothing more. */
static void drop_mask(struct hvc_expr *expr)
{
	const struct hvc_term *last = &expr->term[expr->count - 1];

	if (expr->count > 2 && last->kind == HVC_TERM_AND && last[-1].kind == HVC_TERM_CONST &&
	    last[-1].value == UINT32_MAX)
		expr->count -= 2;
}

static bool narrow_result(struct hvc_arena *arena, bool hyp, struct hvc_result *result)
{
	bool whole = result->mask == UINT64_MAX;

	if (result->reg >= HVC_GPR_COUNT)
		return true;
	if (!result->intervals)
		drop_mask(&result->expr);
	if (!whole)
		return true;
	result->mask = UINT32_MAX;
	return !result->intervals || narrow_set(arena, hyp, &result->interval, &result->intervals);
}

/* Where a call ends that does not go back to its caller. */
static bool stays(const struct hvc_rule *rule)
{
	return rule->specified && rule->outcome != HVC_OUTCOME_RETURN &&
	       rule->outcome != HVC_OUTCOME_RETRY && rule->outcome != HVC_OUTCOME_INJECT &&
	       rule->outcome != HVC_OUTCOME_UNDEFINED;
}

static unsigned narrow_levels(unsigned levels, bool hyp)
{
	unsigned modes = levels & HVC_LEVELS_AARCH32;

	if (levels & (1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T))
		modes |= 1u << HVC_LEVEL_EL1_SVC;
	if (levels >> HVC_LEVEL_EL0 & 1)
		modes |= 1u << HVC_LEVEL_EL0_USR;
	if (hyp && levels & (1u << HVC_LEVEL_EL2H | 1u << HVC_LEVEL_EL2T))
		modes |= 1u << HVC_LEVEL_EL2_HYP;
	return modes;
}

static unsigned narrow_insns(unsigned insns, bool hyp)
{
	return hvc_insns__all(insns) &
	       ~(1u << HVC_INSN_HVC | 1u << HVC_INSN_SMC | (hyp ? 1u << HVC_INSN_TRAP : 0));
}

bool hvc_half__narrow(struct hvc_arena *arena, bool hyp, struct hvc_rule *rule, bool *left)
{
	struct hvc_condition *condition =
	        hvc_arena__take(arena, (rule->conditions + 1) * sizeof *condition);
	struct hvc_result *result = hvc_arena__take(arena, (rule->results + 1) * sizeof *result);

	if (!condition || !result)
		return false;
	*left = true;
	for (unsigned i = 0; i < rule->conditions; i++) {
		condition[i] = rule->condition[i];
		if (!narrow_condition(arena, hyp, &condition[i]))
			return false;
		*left = *left && condition[i].intervals;
	}
	for (unsigned i = 0; i < rule->results; i++) {
		result[i] = rule->result[i];
		if (!narrow_result(arena, hyp, &result[i]))
			return false;
	}
	rule->condition = condition;
	rule->result = result;
	rule->levels = narrow_levels(rule->levels, hyp);
	rule->insns = narrow_insns(rule->insns, hyp);
	if (hyp && stays(rule) && (rule->level == HVC_LEVEL_COUNT || rule->level == HVC_LEVEL_EL2H))
		rule->level = HVC_LEVEL_EL2_HYP;
	*left = *left && rule->levels && rule->insns;
	return true;
}

/* Of rules that are in memory of the ABI's own. */
static bool narrow_all(struct hvc_abi *abi, unsigned levels, bool hyp)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < abi->rules; i++) {
		bool left;

		abi->rule[kept] = abi->rule[i];
		abi->rule[kept].levels &= levels;
		if (!hvc_half__narrow(&abi->arena, hyp, &abi->rule[kept], &left))
			return false;
		kept += left;
	}
	abi->rules = kept;
	abi->levels = narrow_levels(levels, hyp);
	abi->insns = narrow_insns(abi->insns, hyp);
	return hvc_abi__classify(abi) == HVC_OK && hvc_abi__plan(abi) == HVC_OK;
}

enum hvc_status hvc_half__read_at_32(const struct hvc_abi *abi, unsigned levels, bool hyp,
                                     struct hvc_diag *diag, struct hvc_abi **out)
{
	struct hvc_abi *narrow = calloc(1, sizeof *narrow);

	if (!narrow)
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	*narrow = *abi;
	narrow->arena = (struct hvc_arena){NULL};
	narrow->half = NULL;
	narrow->properties = 0;
	narrow->rule = hvc_arena__take(&narrow->arena, abi->rules * sizeof *narrow->rule);
	if (narrow->rule)
		memcpy(narrow->rule, abi->rule, abi->rules * sizeof *narrow->rule);
	if (!narrow->rule || !narrow_all(narrow, levels, hyp)) {
		hvc_abi_free(narrow);
		return hvc_diag_set(diag, HVC_E_NOMEM, NULL, 0, 0, "out of memory");
	}
	*out = narrow;
	return HVC_OK;
}
