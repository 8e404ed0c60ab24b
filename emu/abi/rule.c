/* SPDX-License-Identifier: MIT */
#include "abi/rule.h"
#include "abi/expr.h"
#include "machine/outcome.h"
#include "machine/world.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned hvc_rule__find_world(const void *ctx, const char *word)
{
	const struct hvc_abi *abi = ctx;
	unsigned i = 0;

	while (i < abi->worlds && strcmp(word, abi->world[i].world.name) != 0)
		i++;
	return i;
}

unsigned hvc_rule__find_level(const void *ctx, const char *word)
{
	(void)ctx;
	return hvc_level_find(word);
}

static unsigned find_insn(const void *ctx, const char *word)
{
	(void)ctx;
	return hvc_insn_find(word);
}

/* "hvc" is the one of each instruction set that the ABI's callers have. */
enum hvc_status hvc_rule__read_insns(const struct hvc_loader *loader, const struct hvc_text *text,
                                     unsigned declared, unsigned *out)
{
	unsigned words = declared, bits;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		if (declared >> insn & 1)
			words |= 1u << hvc_insn__at((enum hvc_insn)insn, HVC_LEVEL_EL1H);
	HVC_TRY(hvc_list__words(loader, text, "instruction", find_insn, NULL, HVC_INSN_COUNT, words,
	                        &bits));
	*out = hvc_insns__all(bits) & declared;
	return HVC_OK;
}

/** A rule while it is read. */
struct reading {
	const struct hvc_loader *loader;
	const struct hvc_spec_rule *spec;
	const struct hvc_abi *abi;
	struct hvc_rule *rule;
};

static enum hvc_status read_expr(const struct hvc_loader *loader, const struct hvc_text *text,
                                 struct hvc_expr *out)
{
	size_t position = 0;
	const char *message = "";
	struct hvc_text value;

	HVC_TRY(hvc_owner__symbols(loader, text, &value));
	text = &value;
	if (hvc_expr__parse(text->text, out, &position, &message) != HVC_OK)
		return hvc_loader__fail(loader, text, position, "%s", message);
	return HVC_OK;
}

static enum hvc_status read_condition(const struct reading *r, const struct hvc_spec_pair *pair,
                                      struct hvc_condition *out)
{
	bool word = pair->key.text[0] != 'x'; /* wN, rN */
	struct hvc_numbers set;

	if (pair->key.text[0] == '[')
		return hvc_owner__read(r->loader, &pair->key, &pair->value, out);
	HVC_TRY(hvc_list__numbers(r->loader, &pair->value, word ? 32 : 64, true, &set));
	out->reg = (enum hvc_reg)strtoul(pair->key.text + 1, NULL, 10);
	out->mask = set.mask;
	out->interval = set.interval;
	out->intervals = set.intervals;
	return HVC_OK;
}

static enum hvc_status read_when(const struct reading *r)
{
	const struct hvc_spec_map *when = &r->spec->when;
	struct hvc_rule *rule = r->rule;
	struct hvc_condition *condition =
	        hvc_arena__take(r->loader->arena, when->pairs * sizeof *condition);

	if (!condition)
		return hvc_loader__fail_memory(r->loader);
	rule->condition = condition;
	for (unsigned i = 0; i < when->pairs; i++) {
		const char *key = when->pair[i].key.text;
		const struct hvc_text *value = &when->pair[i].value;
		struct hvc_numbers imm;

		if (!strcmp(key, "from")) {
			HVC_TRY(hvc_list__words(r->loader, value, "caller", hvc_rule__find_level,
			                        r->abi, HVC_LEVEL_COUNT, r->abi->levels,
			                        &rule->levels));
		} else if (!strcmp(key, "insn")) {
			HVC_TRY(hvc_rule__read_insns(r->loader, value, r->abi->insns,
			                             &rule->insns));
		} else if (!strcmp(key, "world")) {
			HVC_TRY(hvc_list__words(r->loader, value, "world", hvc_rule__find_world,
			                        r->abi, r->abi->worlds, UINT_MAX, &rule->worlds));
		} else if (!strcmp(key, "imm")) {
			HVC_TRY(hvc_list__numbers(r->loader, value, 16, false, &imm));
			rule->imm = imm.interval;
			rule->imms = imm.intervals;
		} else {
			HVC_TRY(read_condition(r, &when->pair[i], condition));
			condition++;
			rule->conditions++;
		}
	}
	return HVC_OK;
}

static enum hvc_status read_outcome(const struct reading *r)
{
	const struct hvc_spec_rule *spec = r->spec;
	struct hvc_rule *rule = r->rule;

	rule->specified = strcmp(spec->outcome.text, "unspecified") != 0;
	rule->level = HVC_LEVEL_COUNT;
	rule->outcome = HVC_OUTCOME_COUNT;
	if (!rule->specified)
		return HVC_OK;
	rule->outcome = hvc_outcome_find(spec->outcome.text);
	if (rule->outcome >= HVC_OUTCOME_FAILED)
		return hvc_loader__fail(r->loader, &spec->outcome, 0, "unknown outcome \"%.40s\"",
		                        spec->outcome.text);
	if (spec->level.text) {
		rule->level = hvc_level_find(spec->level.text);
		if (rule->level == HVC_LEVEL_COUNT)
			return hvc_loader__fail(r->loader, &spec->level, 0,
			                        "unknown level \"%.40s\"", spec->level.text);
	}
	if (spec->at.text) {
		if (rule->outcome != HVC_OUTCOME_JUMP && rule->outcome != HVC_OUTCOME_INJECT)
			return hvc_loader__fail(r->loader, &spec->at, 0,
			                        "only jump and inject have an address");
		HVC_TRY(read_expr(r->loader, &spec->at, &rule->at));
		rule->has_at = true;
	}
	return HVC_OK;
}

static int compare_results(const void *a, const void *b)
{
	const struct hvc_result *s = a, *t = b;

	return (s->reg > t->reg) - (s->reg < t->reg);
}

/** The register of a key of `results` or `among`, and how much of it is promised. */
static enum hvc_status read_promised(const struct reading *r, const struct hvc_spec_pair *pair,
                                     struct hvc_result *out)
{
	unsigned n = 0;
	char word[8];

	out->reg = hvc_reg_find(pair->key.text);
	out->mask = UINT64_MAX;
	if (out->reg == HVC_REG_NONE) {
		do
			snprintf(word, sizeof word, "%c%u", pair->key.text[0], n); /* w, r */
		while (strcmp(word, pair->key.text) != 0 && ++n < HVC_GPR_COUNT);
		out->reg = (enum hvc_reg)n;
		out->mask = UINT32_MAX;
	}
	out->text = pair->value.text;
	for (unsigned i = 0; i < r->rule->results; i++)
		if (r->rule->result[i].reg == out->reg)
			return hvc_loader__fail(r->loader, &pair->key, 0, "%s is promised already",
			                        hvc_reg_name(out->reg));
	return HVC_OK;
}

static enum hvc_status read_value(const struct reading *r, const struct hvc_spec_pair *pair,
                                  struct hvc_result *out)
{
	HVC_TRY(read_promised(r, pair, out));
	return read_expr(r->loader, &pair->value, &out->expr);
}

static enum hvc_status read_choice(const struct reading *r, const struct hvc_spec_pair *pair,
                                   struct hvc_result *out)
{
	struct hvc_numbers set;

	HVC_TRY(read_promised(r, pair, out));
	HVC_TRY(hvc_list__numbers(r->loader, &pair->value, out->mask == UINT32_MAX ? 32 : 64, false,
	                          &set));
	out->interval = set.interval;
	out->intervals = set.intervals;
	return HVC_OK;
}

/** Registers that hold data after the call: of any value, and for the caller to read. */
static enum hvc_status read_returns(const struct reading *r)
{
	const struct hvc_spec_map *map = &r->spec->returns;
	struct hvc_rule *rule = r->rule;

	for (unsigned i = 0; i < map->pairs; i++) {
		struct hvc_spared range;

		if (strcmp(map->pair[i].value.text, "any") != 0)
			return hvc_loader__fail(r->loader, &map->pair[i].value, 0,
			                        "data is \"any\"; \"results\" and \"among\" "
			                        "promise values");
		HVC_TRY(hvc_list__registers(r->loader, &map->pair[i].key, &range));
		if (range.reg.bits[0] >> HVC_GPR_COUNT || range.reg.bits[1] || range.others)
			return hvc_loader__fail(r->loader, &map->pair[i].key, 0,
			                        "data is returned in x0 to x30");
		for (unsigned n = 0; n < rule->results; n++)
			if (hvc_regset_has(&range.reg, rule->result[n].reg))
				return hvc_loader__fail(r->loader, &map->pair[i].key, 0,
				                        "%s is promised already",
				                        hvc_reg_name(rule->result[n].reg));
		hvc_regset_merge(&rule->returns, &range.reg);
	}
	hvc_regset_merge(&rule->clobbers, &rule->returns);
	return HVC_OK;
}

/** "[x1, 16]": where it begins, and of how many bytes it is. */
static enum hvc_status read_buffer(const struct reading *r, const struct hvc_spec_pair *pair,
                                   struct hvc_buffer *out)
{
	const char *text = pair->key.text, *comma = strrchr(text, ',');
	size_t length = strlen(text);
	struct hvc_text part = pair->key;

	out->text = text;
	out->written = !strcmp(pair->value.text, "written");
	if (!out->written && strcmp(pair->value.text, "read") != 0 &&
	    strcmp(pair->value.text, "untouched") != 0)
		return hvc_loader__fail(r->loader, &pair->value, 0,
		                        "memory is \"written\", \"read\" or \"untouched\"");
	if (text[0] != '[' || text[length - 1] != ']' || !comma)
		return hvc_loader__fail(r->loader, &pair->key, 0, "memory is \"[ADDRESS, BYTES]\"");
	part.plain = false;
	part.text = hvc_arena__copy(r->loader->arena, text + 1, (size_t)(comma - text) - 1);
	if (!part.text)
		return hvc_loader__fail_memory(r->loader);
	HVC_TRY(read_expr(r->loader, &part, &out->address));
	part.text =
	        hvc_arena__copy(r->loader->arena, comma + 1, length - (size_t)(comma - text) - 2);
	if (!part.text)
		return hvc_loader__fail_memory(r->loader);
	return read_expr(r->loader, &part, &out->size);
}

static enum hvc_status read_memory(const struct reading *r)
{
	const struct hvc_spec_map *map = &r->spec->memory;
	struct hvc_buffer *buffer = hvc_arena__take(r->loader->arena, map->pairs * sizeof *buffer);

	if (!buffer)
		return hvc_loader__fail_memory(r->loader);
	r->rule->buffer = buffer;
	for (; r->rule->buffers < map->pairs; r->rule->buffers++)
		HVC_TRY(read_buffer(r, &map->pair[r->rule->buffers], &buffer[r->rule->buffers]));
	return HVC_OK;
}

static enum hvc_status read_results(const struct reading *r, const struct hvc_spared *clobbers)
{
	const struct hvc_spec_map *values = &r->spec->results, *choices = &r->spec->among;
	struct hvc_rule *rule = r->rule;
	struct hvc_spared spared = {.others = 0};
	struct hvc_result *result = hvc_arena__take(
	        r->loader->arena, (values->pairs + choices->pairs) * sizeof *result);

	if (!result)
		return hvc_loader__fail_memory(r->loader);
	rule->result = result;
	if (r->spec->clobbers.text)
		HVC_TRY(hvc_list__registers(r->loader, &r->spec->clobbers, &spared));
	else if (rule->specified)
		spared = *clobbers;
	rule->clobbers = spared.reg;
	rule->spare = spared.other;
	rule->spares = spared.others;
	for (unsigned i = 0; i < values->pairs; i++, rule->results++)
		HVC_TRY(read_value(r, &values->pair[i], &result[rule->results]));
	for (unsigned i = 0; i < choices->pairs; i++, rule->results++)
		HVC_TRY(read_choice(r, &choices->pair[i], &result[rule->results]));
	/* A promised value is stronger than leave to change it. */
	for (unsigned i = 0; i < rule->results; i++)
		hvc_regset_remove(&rule->clobbers, result[i].reg);
	HVC_TRY(read_returns(r));
	if (r->spec->memory.present)
		HVC_TRY(read_memory(r));
	if (rule->results)
		qsort(result, rule->results, sizeof *result, compare_results);
	return HVC_OK;
}

/** A rule without a promise must not look as if it made one. */
static enum hvc_status check_unspecified(const struct reading *r)
{
	const struct hvc_spec_rule *spec = r->spec;
	const struct hvc_text *promise = spec->level.text      ? &spec->level
	                                 : spec->at.text       ? &spec->at
	                                 : spec->clobbers.text ? &spec->clobbers
	                                                       : NULL;
	const struct hvc_spec_map *map = spec->results.present  ? &spec->results
	                                 : spec->among.present  ? &spec->among
	                                 : spec->memory.present ? &spec->memory
	                                                        : &spec->returns;
	struct hvc_text results = {.line = map->line, .column = map->column};

	if (!promise && map->present)
		promise = &results;
	if (promise && !r->rule->specified)
		return hvc_loader__fail(r->loader, promise, 0,
		                        "an unspecified rule promises nothing");
	return HVC_OK;
}

static enum hvc_status read_priority(const struct reading *r)
{
	const struct hvc_text *text = &r->spec->priority;
	uint64_t value;

	if (!text->text)
		return HVC_OK;
	HVC_TRY(hvc_list__number(r->loader, text, &value));
	if ((int64_t)value > HVC_PRIORITY_MAX || (int64_t)value < -HVC_PRIORITY_MAX)
		return hvc_loader__fail(r->loader, text, 0, "a priority lies between -%d and %d",
		                        HVC_PRIORITY_MAX, HVC_PRIORITY_MAX);
	r->rule->priority = (int)(int64_t)value;
	return HVC_OK;
}

static enum hvc_status read_role(const struct reading *r)
{
	static const char *const names[HVC_ROLE_COUNT] = {"call", "unknown", "exception"};
	const struct hvc_text *text = &r->spec->role;
	unsigned role = 0;

	r->rule->role = r->rule->is_default ? HVC_ROLE_UNKNOWN : HVC_ROLE_CALL;
	if (!text->text)
		return HVC_OK;
	while (role < HVC_ROLE_COUNT && strcmp(text->text, names[role]) != 0)
		role++;
	if (role == HVC_ROLE_COUNT)
		return hvc_loader__fail(r->loader, text, 0,
		                        "unknown role \"%.40s\": call, unknown or exception",
		                        text->text);
	r->rule->role = (enum hvc_role)role;
	return HVC_OK;
}

static enum hvc_status read_default(const struct reading *r)
{
	const struct hvc_spec_rule *spec = r->spec;
	struct hvc_text when = {.line = spec->when.line, .column = spec->when.column};

	if (!spec->is_default.text)
		return HVC_OK;
	HVC_TRY(hvc_list__flag(r->loader, &spec->is_default, &r->rule->is_default));
	if (!r->rule->is_default)
		return HVC_OK;
	if (spec->table.text)
		return hvc_loader__fail(r->loader, &spec->is_default, 0,
		                        "the default rule has no calls of its own");
	if (spec->when.present)
		return hvc_loader__fail(r->loader, &when, 0, "the default rule has no conditions");
	if (spec->priority.text)
		return hvc_loader__fail(r->loader, &spec->priority, 0,
		                        "the default rule has no priority");
	r->rule->priority = INT_MIN;
	return HVC_OK;
}

/** Does the outcome end at EL2, whoever called? */
static bool ends_at_el2(enum hvc_outcome_kind kind)
{
	return kind == HVC_OUTCOME_HANDOFF || kind == HVC_OUTCOME_FORWARD ||
	       kind == HVC_OUTCOME_SPIN || kind == HVC_OUTCOME_FAULT || kind == HVC_OUTCOME_LIMIT;
}

enum hvc_status hvc_rule__read(const struct hvc_loader *loader, const struct hvc_spec *spec,
                               unsigned index, const struct hvc_spared *clobbers,
                               struct hvc_abi *abi)
{
	static const struct hvc_interval every_imm = {0, HVC_IMM_COUNT - 1};
	const struct hvc_spec_rule *in = &spec->rule[index];
	struct hvc_rule *rule = &abi->rule[index];
	const struct reading r = {loader, in, abi, rule};

	*rule = (struct hvc_rule){
	        .name = in->name.text,
	        .title = in->title.text ? in->title.text : "",
	        .source = in->source.text ? in->source.text : abi->source,
	        .table = in->table.text ? in->table.text : "",
	        .line = in->line,
	        .column = in->column,
	        .imm = &every_imm,
	        .imms = 1,
	        .levels = abi->levels,
	        .insns = abi->insns,
	        .worlds = (1u << abi->worlds) - 1,
	};
	if (!in->name.text[0])
		return hvc_loader__fail(loader, &in->name, 0, "a rule needs a name");
	for (unsigned i = 0; i < index; i++)
		if (!strcmp(rule->name, abi->rule[i].name))
			return hvc_loader__fail(loader, &in->name, 0,
			                        "a rule named \"%.40s\" is on line %u already",
			                        rule->name, abi->rule[i].line);
	if (in->unconfirmed.text)
		HVC_TRY(hvc_list__flag(loader, &in->unconfirmed, &rule->unconfirmed));
	HVC_TRY(read_priority(&r));
	HVC_TRY(read_default(&r));
	HVC_TRY(read_role(&r));
	HVC_TRY(read_when(&r));
	HVC_TRY(read_outcome(&r));
	HVC_TRY(check_unspecified(&r));
	if (ends_at_el2(rule->outcome) && in->level.text && hvc_level__el(rule->level) != 2)
		return hvc_loader__fail(loader, &in->level, 0, "%s ends at EL2",
		                        hvc_outcome_name(rule->outcome));
	return read_results(&r, clobbers);
}
