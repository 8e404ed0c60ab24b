/* SPDX-License-Identifier: MIT */
/*
 * Sequences of a specification, from their text: what must hold over several calls.
 * sequence_property.c of the engine plays them.
 */

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "abi/expr.h"
#include "abi/rule.h"
#include "abi/yaml.h"

unsigned hvc_abi_property__count(const struct hvc_abi *abi)
{
	return abi->properties;
}

const struct hvc_property *hvc_abi_property__at(const struct hvc_abi *abi, unsigned i)
{
	return i < abi->properties ? &abi->property[i] : NULL;
}

void hvc_expr__bind(const struct hvc_expr *expr, const uint64_t *variable, struct hvc_expr *out)
{
	*out = *expr;
	for (unsigned i = 0; i < out->count; i++)
		if (out->term[i].kind == HVC_TERM_VARIABLE)
			out->term[i] = hvc_expr__const(variable[out->term[i].value]).term[0];
}

/** A property while it is read. */
struct reading {
	const struct hvc_loader *loader;
	const struct hvc_abi *abi;
	struct hvc_property *property;
	struct hvc_variable *variable; /* HVC_PROPERTY_VARIABLES_MAX of them */
	struct hvc_property_call *call;
};

/* Of a key that may not be left out. */
static struct hvc_text word_of(const struct hvc_node *map, const char *key)
{
	struct hvc_text text = hvc_spec__at(map, key);

	return text.text ? text : (struct hvc_text){.text = ""};
}

/** A new variable. Its name must mean nothing else. */
static enum hvc_status add_variable(const struct reading *r, const struct hvc_text *name,
                                    const struct hvc_variable *variable)
{
	struct hvc_property *property = r->property;
	struct hvc_expr expr;
	size_t length = 0;

	while (isalnum((unsigned char)name->text[length]) || name->text[length] == '_')
		length++;
	if (name->text[length] || !length || length > 20 || isdigit((unsigned char)name->text[0]))
		return hvc_loader__fail(r->loader, name, 0,
		                        "a variable has a name of letters, digits and _");
	for (unsigned i = 0; i < property->variables; i++)
		if (!strcmp(name->text, property->variable[i].name))
			return hvc_loader__fail(r->loader, name, 0, "\"%s\" is a variable already",
			                        name->text);
	if (!strcmp(name->text, "function") ||
	    hvc_expr__parse(name->text, &expr, NULL, NULL) == HVC_OK)
		return hvc_loader__fail(r->loader, name, 0, "\"%s\" means something else",
		                        name->text);
	if (property->variables == HVC_PROPERTY_VARIABLES_MAX)
		return hvc_loader__fail(r->loader, name, 0, "more than %u variables",
		                        HVC_PROPERTY_VARIABLES_MAX);
	r->variable[property->variables] = *variable;
	r->variable[property->variables++].name = name->text;
	return HVC_OK;
}

static enum hvc_status read_variables(const struct reading *r, const struct hvc_node *list)
{
	for (const struct hvc_node *node = list ? list->child : NULL; node; node = node->next) {
		struct hvc_text name = word_of(node, "name"), values = word_of(node, "values");
		struct hvc_variable variable = {.domain = HVC_DOMAIN_VECTORS};
		struct hvc_numbers numbers;

		if (isalpha((unsigned char)values.text[0]) && strcmp(values.text, "vectors") != 0)
			return hvc_loader__fail(r->loader, &values, 0,
			                        "values are vectors, or numbers and ranges");
		if (strcmp(values.text, "vectors") != 0) {
			variable.domain = HVC_DOMAIN_VALUES;
			HVC_TRY(hvc_list__numbers(r->loader, &values, 64, false, &numbers));
			variable.interval = numbers.interval;
			variable.intervals = numbers.intervals;
		}
		HVC_TRY(add_variable(r, &name, &variable));
	}
	return HVC_OK;
}

static enum hvc_status read_expr(const struct reading *r, const struct hvc_text *text,
                                 struct hvc_expr *out)
{
	const char *names[HVC_PROPERTY_VARIABLES_MAX], *message = "";
	size_t position = 0;

	for (unsigned i = 0; i < r->property->variables; i++)
		names[i] = r->variable[i].name;
	if (hvc_expr__parse_with(text->text, names, r->property->variables, out, &position,
	                         &message) != HVC_OK)
		return hvc_loader__fail(r->loader, text, position, "%s", message);
	return HVC_OK;
}

/** Can the rule have a call with this in the register? */
static bool may_hold(const struct hvc_rule *rule, enum hvc_reg reg, uint64_t value)
{
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *c = &rule->condition[i];
		bool found = c->reg != reg;

		for (unsigned k = 0; k < c->intervals; k++)
			found |= c->interval[k].lo <= (value & c->mask) &&
			         (value & c->mask) <= c->interval[k].hi;
		if (!found)
			return false;
	}
	return true;
}

/** The registers before the call: keys x0 to x30 of its mapping. */
static enum hvc_status read_sets(const struct reading *r, const struct hvc_node *node)
{
	const struct hvc_rule *rule = &r->abi->rule[r->call->rule];
	struct hvc_assignment *set = hvc_arena__take(r->loader->arena, HVC_GPR_COUNT * sizeof *set);

	if (!set)
		return hvc_loader__fail_memory(r->loader);
	r->call->set = set;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		struct hvc_text text = hvc_spec__at(node, hvc_reg_name((enum hvc_reg)n));

		if (!text.text)
			continue;
		*set = (struct hvc_assignment){
		        .reg = (enum hvc_reg)n, .mask = UINT64_MAX, .text = text.text};
		HVC_TRY(read_expr(r, &text, &set->expr));
		if (set->expr.count == 1 && set->expr.term[0].kind == HVC_TERM_CONST &&
		    !may_hold(rule, set->reg, set->expr.term[0].value))
			return hvc_loader__fail(r->loader, &text, 0,
			                        "rule \"%.40s\" has no call with this in x%u",
			                        rule->name, n);
		set++;
		r->call->sets++;
	}
	return HVC_OK;
}

static enum hvc_status read_gives(const struct reading *r, const struct hvc_node *map)
{
	struct hvc_assignment *give;

	if (!map)
		return HVC_OK;
	give = hvc_arena__take(r->loader->arena, map->children / 2 * sizeof *give);
	if (!give)
		return hvc_loader__fail_memory(r->loader);
	r->call->gives = give;
	for (const struct hvc_node *k = map->child; k; k = k->next->next, give++) {
		struct hvc_text text = hvc_spec__text(k->next);
		bool word = hvc_reg_find(k->text) == HVC_REG_NONE;
		char name[8];

		snprintf(name, sizeof name, "x%.6s", k->text + 1);
		give->reg = hvc_reg_find(word ? name : k->text);
		give->mask = word ? UINT32_MAX : UINT64_MAX;
		give->text = text.text;
		HVC_TRY(read_expr(r, &text, &give->expr));
		r->call->given++;
	}
	return HVC_OK;
}

static enum hvc_status read_saves(const struct reading *r, const struct hvc_node *map)
{
	const struct hvc_variable saved = {.domain = HVC_DOMAIN_SAVED};
	struct hvc_saving *save;

	if (!map)
		return HVC_OK;
	save = hvc_arena__take(r->loader->arena, map->children / 2 * sizeof *save);
	if (!save)
		return hvc_loader__fail_memory(r->loader);
	r->call->save = save;
	for (const struct hvc_node *k = map->child; k; k = k->next->next, save++) {
		struct hvc_text name = hvc_spec__text(k->next);

		save->reg = hvc_reg_find(k->text);
		save->variable = r->property->variables;
		HVC_TRY(add_variable(r, &name, &saved));
		r->call->saves++;
	}
	return HVC_OK;
}

static enum hvc_status read_rule(const struct reading *r, const struct hvc_node *node)
{
	struct hvc_text name = hvc_spec__at(node, "rule"), from = hvc_spec__at(node, "from");
	struct hvc_text insn = hvc_spec__at(node, "insn");
	const struct hvc_rule *rule;
	unsigned i = 0;

	while (i < r->abi->rules && strcmp(name.text, r->abi->rule[i].name) != 0)
		i++;
	if (i == r->abi->rules)
		return hvc_loader__fail(r->loader, &name, 0, "no rule is named \"%.40s\"",
		                        name.text);
	rule = &r->abi->rule[i];
	r->call->rule = i;
	r->call->levels = rule->levels;
	r->call->insns = rule->insns;
	if (from.text)
		HVC_TRY(hvc_list__words(r->loader, &from, "caller", hvc_rule__find_level, r->abi,
		                        HVC_LEVEL_COUNT, r->abi->levels, &r->call->levels));
	if (insn.text)
		HVC_TRY(hvc_rule__read_insns(r->loader, &insn, r->abi->insns, &r->call->insns));
	r->call->levels &= rule->levels;
	r->call->insns &= rule->insns;
	if (!r->call->levels || !r->call->insns)
		return hvc_loader__fail(r->loader, r->call->levels ? &insn : &from, 0,
		                        "rule \"%.40s\" has no such call", rule->name);
	r->property->worlds &= rule->worlds;
	if (!r->property->worlds)
		return hvc_loader__fail(r->loader, &name, 0,
		                        "no world has calls of this rule and of those before");
	return HVC_OK;
}

/** A number between 1 and most, which is none of the words that may stand in its place. */
static enum hvc_status read_count(const struct reading *r, const struct hvc_text *text,
                                  unsigned most, const char *what, unsigned *out)
{
	uint64_t value;

	HVC_TRY(hvc_list__number(r->loader, text, &value));
	if (value < 1 || value > most)
		return hvc_loader__fail(r->loader, text, 0, "%s", what);
	*out = (unsigned)value;
	return HVC_OK;
}

static enum hvc_status read_state(const struct reading *r, const struct hvc_text *text)
{
	static const char wanted[] = "a state is kept, start, or the number of a call before";
	struct hvc_property_call *call = r->call;

	if (!text->text)
		return HVC_OK;
	if (!strcmp(text->text, "kept")) {
		call->same = HVC_SAME_KEPT;
	} else if (!strcmp(text->text, "start")) {
		call->same = HVC_SAME_START;
	} else if (!isdigit((unsigned char)text->text[0])) {
		return hvc_loader__fail(r->loader, text, 0, "%s", wanted);
	} else {
		call->same = HVC_SAME_CALL;
		HVC_TRY(read_count(r, text, r->property->calls, wanted, &call->same_as));
		call->same_as--;
	}
	return HVC_OK;
}

static enum hvc_status read_end(const struct reading *r, const struct hvc_node *node)
{
	struct hvc_text outcome = hvc_spec__at(node, "outcome"), at = hvc_spec__at(node, "at");
	struct hvc_property_call *call = r->call;

	call->outcome = HVC_OUTCOME_COUNT;
	if (outcome.text) {
		call->outcome = hvc_outcome_find(outcome.text);
		if (call->outcome >= HVC_OUTCOME_FAILED)
			return hvc_loader__fail(r->loader, &outcome, 0, "unknown outcome \"%.40s\"",
			                        outcome.text);
	}
	if (at.text) {
		HVC_TRY(read_expr(r, &at, &call->at));
		call->has_at = true;
	}
	return HVC_OK;
}

static enum hvc_status read_call(struct reading *r, const struct hvc_node *node)
{
	struct hvc_text imm = hvc_spec__at(node, "imm"), times = hvc_spec__at(node, "times");
	struct hvc_text state = hvc_spec__at(node, "state");
	struct hvc_numbers numbers;
	const struct hvc_rule *rule;
	bool found = false;

	r->call->line = node->line;
	r->call->column = node->column;
	r->call->times = 1;
	HVC_TRY(read_rule(r, node));
	rule = &r->abi->rule[r->call->rule];
	if (imm.text) {
		HVC_TRY(hvc_list__numbers(r->loader, &imm, 16, false, &numbers));
		for (unsigned i = 0; i < rule->imms; i++)
			found |= rule->imm[i].lo <= numbers.interval[0].lo &&
			         numbers.interval[0].lo <= rule->imm[i].hi;
		if (numbers.intervals != 1 || numbers.interval[0].lo != numbers.interval[0].hi ||
		    !found)
			return hvc_loader__fail(r->loader, &imm, 0,
			                        "one immediate of rule \"%.40s\" is wanted",
			                        rule->name);
		r->call->has_imm = true;
		r->call->imm = (uint16_t)numbers.interval[0].lo;
	}
	if (times.text)
		HVC_TRY(read_count(r, &times, HVC_PROPERTY_TIMES_MAX,
		                   "a call is made 1 to 64 times", &r->call->times));
	HVC_TRY(read_state(r, &state));
	HVC_TRY(read_sets(r, node));
	HVC_TRY(read_end(r, node));
	HVC_TRY(read_gives(r, hvc_node__find(node, "gives")));
	return read_saves(r, hvc_node__find(node, "saves"));
}

static enum hvc_status read_head(const struct reading *r, const struct hvc_node *node)
{
	struct hvc_text name = word_of(node, "name"), title = hvc_spec__at(node, "title");
	struct hvc_text source = hvc_spec__at(node, "source"), world = hvc_spec__at(node, "world");
	struct hvc_text unconfirmed = hvc_spec__at(node, "unconfirmed");
	struct hvc_property *property = r->property;

	property->name = name.text;
	property->title = title.text ? title.text : "";
	property->source = source.text ? source.text : r->abi->source;
	property->line = node->line;
	property->column = node->column;
	property->worlds = (1u << r->abi->worlds) - 1;
	if (!name.text[0])
		return hvc_loader__fail(r->loader, &name, 0, "a sequence needs a name");
	for (const struct hvc_property *other = r->abi->property; other < property; other++)
		if (!strcmp(other->name, name.text))
			return hvc_loader__fail(r->loader, &name, 0,
			                        "a sequence named \"%.40s\" is on line %u already",
			                        name.text, other->line);
	if (unconfirmed.text)
		HVC_TRY(hvc_list__flag(r->loader, &unconfirmed, &property->unconfirmed));
	if (world.text)
		HVC_TRY(hvc_list__words(r->loader, &world, "world", hvc_rule__find_world, r->abi,
		                        r->abi->worlds, UINT_MAX, &property->worlds));
	return HVC_OK;
}

static enum hvc_status read_property(const struct hvc_loader *loader, const struct hvc_node *node,
                                     const struct hvc_abi *abi, struct hvc_property *out)
{
	const struct hvc_node *calls = hvc_node__find(node, "calls");
	struct reading r = {.loader = loader, .abi = abi, .property = out};

	r.variable =
	        hvc_arena__take(loader->arena, HVC_PROPERTY_VARIABLES_MAX * sizeof *r.variable);
	r.call = hvc_arena__take(loader->arena, calls->children * sizeof *r.call);
	if (!r.variable || !r.call)
		return hvc_loader__fail_memory(loader);
	out->variable = r.variable;
	out->call = r.call;
	HVC_TRY(read_head(&r, node));
	HVC_TRY(read_variables(&r, hvc_node__find(node, "variables")));
	for (node = calls->child; node; node = node->next, r.call++, out->calls++)
		HVC_TRY(read_call(&r, node));
	return HVC_OK;
}

enum hvc_status hvc_property__read(const struct hvc_loader *loader, const struct hvc_node *list,
                                   struct hvc_abi *abi)
{
	struct hvc_property *property;

	if (!list)
		return HVC_OK;
	property = hvc_arena__take(&abi->arena, list->children * sizeof *property);
	if (!property)
		return hvc_loader__fail_memory(loader);
	abi->property = property;
	for (const struct hvc_node *node = list->child; node; node = node->next, property++) {
		HVC_TRY(read_property(loader, node, abi, property));
		abi->properties++;
	}
	return HVC_OK;
}
