/* SPDX-License-Identifier: MIT */
/*
 * Operations are the rules of the ABIs, matched by name: how each side is asked for one, what it
 * does, and what a caller who still asks the old way gets from the new side.
 */
#include "engine/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"

/* What the map says of one rule. */
struct tally {
	uint64_t *calls; /* by class */
	bool seen;
	uint32_t probe; /* first call met, lowest immediate first */
	uint16_t imm;
	struct hvc_regset changes;
};

static bool append(char *text, size_t size, const char *word)
{
	size_t used = strlen(text);

	return (size_t)snprintf(text + used, size - used, "%s", word) < size - used;
}

static void append_intervals(char *text, size_t size, const struct hvc_interval *interval,
                             unsigned count, const char *one)
{
	char word[64];

	for (unsigned i = 0; i < count && i < 4; i++) {
		unsigned long long lo = interval[i].lo, hi = interval[i].hi;

		if (lo == hi)
			snprintf(word, sizeof word, "%s%s%llu", i ? ", " : "", one, lo);
		else
			snprintf(word, sizeof word, "%s%s0x%llx-0x%llx", i ? ", " : "", one, lo,
			         hi);
		if (lo == hi && lo > 255)
			snprintf(word, sizeof word, "%s%s0x%llx", i ? ", " : "", one, lo);
		append(text, size, word);
	}
	if (count > 4)
		append(text, size, ", ...");
}

char *hvc_operation__how(const struct hvc_rule *rule)
{
	char text[256] = "", word[64];
	bool all_imms = rule->imms == 1 && rule->imm[0].lo == 0 && rule->imm[0].hi == 0xffff;

	if (rule->is_default)
		return strdup("anything else");
	if (!all_imms) {
		append(text, sizeof text, "hvc ");
		append_intervals(text, sizeof text, rule->imm, rule->imms, "#");
	}
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *c = &rule->condition[i];
		bool word_only = c->mask == UINT32_MAX;

		if (text[0])
			append(text, sizeof text, ", ");
		snprintf(word, sizeof word, "%c%s", word_only ? 'w' : 'x',
		         hvc_reg_name(c->reg) + 1);
		append(text, sizeof text, word);
		if (c->mask != UINT64_MAX && !word_only) {
			snprintf(word, sizeof word, " & 0x%llx", (unsigned long long)c->mask);
			append(text, sizeof text, word);
		}
		append(text, sizeof text, " = ");
		append_intervals(text, sizeof text, c->interval, c->intervals, "");
	}
	return strdup(text[0] ? text : "any call");
}

static void free_tallies(struct tally *tally, unsigned rules)
{
	for (unsigned r = 0; tally && r < rules; r++)
		free(tally[r].calls);
	free(tally);
}

static struct tally *new_tallies(unsigned rules, unsigned classes)
{
	struct tally *tally = calloc(rules + 1, sizeof *tally);

	for (unsigned r = 0; tally && r < rules; r++) {
		tally[r].calls = calloc(classes + 1, sizeof *tally[r].calls);
		if (!tally[r].calls) {
			free_tallies(tally, rules);
			return NULL;
		}
	}
	return tally;
}

static struct tally *count_rules(const struct hvc_map *map, const struct hvc_abi *abi)
{
	struct tally *tally = new_tallies(hvc_abi_rule_count(abi), map->classes);
	struct hvc_call call;

	for (size_t i = 0; tally && i < map->runs; i++) {
		const struct hvc_run *run = &map->run[i];
		const struct hvc_class *class_ = &map->class_[run->class_];

		hvc_map_call(map, run->probe, run->lo, &call);
		for (unsigned imm = run->lo; imm <= run->hi; imm++) {
			int rule;

			call.imm = (uint16_t)imm;
			rule = hvc_abi_rule_of(abi, 0, &call);
			if (rule < 0)
				continue;
			/* Every rule has its own. NOLINTNEXTLINE(*NullDereference) */
			tally[rule].calls[run->class_]++;
			if (!tally[rule].seen || imm < tally[rule].imm) {
				tally[rule].probe = run->probe;
				tally[rule].imm = call.imm;
			}
			if (!tally[rule].seen || tally[rule].calls[run->class_] == 1)
				for (unsigned k = 0; k < class_->effects; k++)
					hvc_regset_add(&tally[rule].changes, class_->effect[k].reg);
			tally[rule].seen = true;
		}
	}
	return tally;
}

static bool fill_use(const struct hvc_map *map, const struct hvc_rule *rule,
                     const struct tally *tally, struct hvc_use *use)
{
	char text[512];

	for (unsigned c = 0; c < map->classes; c++)
		if (tally->calls[c] > tally->calls[use->class_])
			use->class_ = c;
	hvc_class_print(&map->class_[use->class_], text, sizeof text);
	use->offered = true;
	use->probe = tally->probe;
	use->imm = tally->imm;
	use->changes = tally->changes;
	use->one_imm = rule->imms == 1 && rule->imm[0].lo == rule->imm[0].hi;
	use->how = hvc_operation__how(rule);
	use->does = strdup(text);
	return use->how && use->does;
}

/* The operation of this name, added when it is new. NULL: out of memory. */
static struct hvc_operation *operation_of(struct hvc_diff *diff, const char *name)
{
	struct hvc_operation *grown;

	for (unsigned i = 0; i < diff->operations; i++)
		if (!strcmp(diff->operation[i].name, name))
			return &diff->operation[i];
	grown = realloc(diff->operation, (diff->operations + 1) * sizeof *grown);
	if (!grown)
		return NULL;
	diff->operation = grown;
	grown += diff->operations;
	memset(grown, 0, sizeof *grown);
	grown->name = strdup(name);
	if (!grown->name)
		return NULL;
	diff->operations++;
	return grown;
}

static bool add_side(struct hvc_diff *diff, enum hvc_side side)
{
	const struct hvc_abi *abi = diff->abi[side];
	unsigned rules = hvc_abi_rule_count(abi);
	struct tally *tally = count_rules(diff->map[side], abi);
	bool ok = tally != NULL;

	for (unsigned r = 0; ok && r < rules; r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, r);
		struct hvc_operation *operation;

		if (!tally[r].seen || !rule->specified)
			continue; /* for other callers or instructions; or no promise at all */
		operation = operation_of(diff, rule->name);
		ok = operation && fill_use(diff->map[side], rule, &tally[r], &operation->use[side]);
	}
	free_tallies(tally, rules);
	return ok;
}

/* The answer an ABI has for calls it does not know: its default, or the rule of that name. */
static bool is_unknown(const struct hvc_rule *rule)
{
	return rule->is_default || !strcmp(rule->name, "unknown");
}

/* Nothing tells the caller that this was not what it asked for. */
static bool is_silent(const struct hvc_class *class_, const struct hvc_rule *rule)
{
	if (class_->kind != HVC_OUTCOME_RETURN)
		return false;
	if (rule && !is_unknown(rule))
		return true;
	for (unsigned i = 0; i < class_->effects; i++)
		if (class_->effect[i].reg == HVC_REG_X0)
			return false; /* an error code, as far as one can tell */
	return true;
}

/* All that the old rule promised is still so: only what it leaves open has changed. */
static bool keeps_results(const struct hvc_diff *diff, const struct hvc_rule *asked,
                          const struct hvc_class *was, const struct hvc_class *is,
                          const struct hvc_call *call)
{
	struct hvc_outcome then, now;

	hvc_class_apply(was, &diff->map[HVC_SIDE_OLD]->entry, call, &then);
	hvc_class_apply(is, &diff->map[HVC_SIDE_NEW]->entry, call, &now);
	for (unsigned i = 0; i < asked->results; i++) {
		enum hvc_reg reg = asked->result[i].reg;

		if ((then.state.v[reg] ^ now.state.v[reg]) & hvc_reg_info(reg)->mask)
			return false;
	}
	return asked->results > 0 && then.kind == now.kind;
}

static bool meet(struct hvc_diff *diff, unsigned operation, const struct hvc_rule *asked,
                 unsigned old_class, unsigned new_class, const struct hvc_rule *rule,
                 const struct hvc_call *call, uint32_t probe)
{
	const struct hvc_class *was = &diff->map[HVC_SIDE_OLD]->class_[old_class];
	const struct hvc_class *is = &diff->map[HVC_SIDE_NEW]->class_[new_class];
	const char *name = rule ? rule->name : "";
	struct hvc_meeting *meeting;

	for (unsigned i = 0; i < diff->meetings; i++) {
		meeting = &diff->meeting[i];
		if (meeting->operation == operation && meeting->class_new == new_class &&
		    !strcmp(meeting->rule_new, name)) {
			meeting->calls++;
			if (call->imm < meeting->imm) {
				meeting->imm = call->imm;
				meeting->probe = probe;
				meeting->value = call->x[0];
			}
			return true;
		}
	}
	meeting = realloc(diff->meeting, (diff->meetings + 1) * sizeof *meeting);
	if (!meeting)
		return false;
	diff->meeting = meeting;
	meeting += diff->meetings;
	*meeting = (struct hvc_meeting){
	        .operation = operation,
	        .class_new = new_class,
	        .rule_new = strdup(name),
	        .same = hvc_diff__agree(diff, was, is, call),
	        .calls = 1,
	        .probe = probe,
	        .imm = call->imm,
	        .value = call->x[0],
	};
	meeting->silent =
	        !meeting->same && is_silent(is, rule) && !keeps_results(diff, asked, was, is, call);
	if (!meeting->rule_new)
		return false;
	diff->meetings++;
	return true;
}

static unsigned index_of(const struct hvc_diff *diff, const char *name)
{
	unsigned i = 0;

	while (strcmp(diff->operation[i].name, name) != 0)
		i++;
	return i;
}

/* Every call of the old ABI's operations, as the new side answers it. */
static bool find_meetings(struct hvc_diff *diff)
{
	const struct hvc_map *old_map = diff->map[HVC_SIDE_OLD];
	const struct hvc_map *new_map = diff->map[HVC_SIDE_NEW];
	size_t j = 0;
	struct hvc_call call;

	for (size_t i = 0; i < old_map->runs; i++) {
		const struct hvc_run *run = &old_map->run[i];

		hvc_map_call(old_map, run->probe, run->lo, &call);
		for (unsigned imm = run->lo; imm <= run->hi; imm++) {
			const struct hvc_rule *rule = NULL, *old_rule;
			int asked, got;

			call.imm = (uint16_t)imm;
			while (new_map->run[j].probe != run->probe || new_map->run[j].hi < imm)
				j++;
			asked = hvc_abi_rule_of(diff->abi[HVC_SIDE_OLD], 0, &call);
			if (asked < 0)
				continue;
			old_rule = hvc_abi_rule_at(diff->abi[HVC_SIDE_OLD], (unsigned)asked);
			if (!old_rule->specified || is_unknown(old_rule))
				continue;
			got = diff->abi[HVC_SIDE_NEW]
			              ? hvc_abi_rule_of(diff->abi[HVC_SIDE_NEW], 0, &call)
			              : -1;
			if (got >= 0)
				rule = hvc_abi_rule_at(diff->abi[HVC_SIDE_NEW], (unsigned)got);
			if (!meet(diff, index_of(diff, old_rule->name), old_rule, run->class_,
			          new_map->run[j].class_, rule, &call, run->probe))
				return false;
		}
	}
	return true;
}

static int by_operation(const void *a, const void *b)
{
	const struct hvc_meeting *x = a, *y = b;

	if (x->operation != y->operation)
		return x->operation < y->operation ? -1 : 1;
	if (x->silent != y->silent)
		return x->silent ? -1 : 1;
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return (x->class_new > y->class_new) - (x->class_new < y->class_new);
}

bool hvc_operation__find(struct hvc_diff *diff)
{
	for (int side = 0; side < HVC_SIDE_COUNT; side++)
		if (diff->abi[side] && !add_side(diff, (enum hvc_side)side))
			return false;
	if (diff->abi[HVC_SIDE_OLD] && !find_meetings(diff))
		return false;
	if (diff->meetings)
		qsort(diff->meeting, diff->meetings, sizeof *diff->meeting, by_operation);
	return true;
}
