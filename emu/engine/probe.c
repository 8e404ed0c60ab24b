/* SPDX-License-Identifier: MIT */
/*
 * Which register values a sweep tries: those that rules name, the code compares with, and random
 * ones.
 */
#include "engine/probe.h"

#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "machine/outcome.h"
#include "machine/world.h"

/* Values at which a signed or narrow comparison goes wrong, and addresses that lead somewhere. */
static const uint64_t edges[] = {
        0,
        1,
        UINT64_MAX,
        UINT64_C(0x7fffffff),
        UINT64_C(0x80000000),
        UINT64_C(0xffffffff),
        UINT64_C(0x100000000),
        UINT64_C(0x7fffffffffffffff),
        UINT64_C(0x8000000000000000),
        HVC_NEW_VECTORS,
        HVC_FUNCTION,
};

#define DIRTY (UINT64_C(0xdeadbeef) << 32)

struct list {
	struct hvc_probe *probe;
	size_t count, capacity;
	bool failed;
};

static void add(struct list *list, const struct hvc_probe *probe)
{
	if (list->count == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 64;
		void *grown = realloc(list->probe, capacity * sizeof *list->probe);

		if (!grown) {
			list->failed = true;
			return;
		}
		list->probe = grown;
		list->capacity = capacity;
	}
	list->probe[list->count++] = *probe;
}

static struct hvc_probe make(enum hvc_insn insn, enum hvc_level level, uint64_t seed)
{
	struct hvc_probe probe = {.seed = seed, .reg = HVC_REG_NONE, .why = HVC_WHY_BASE};

	hvc_call_init(&probe.call, seed);
	probe.call.insn = insn;
	probe.call.from = level;
	return probe;
}

/* One value of one register, on top of a base. */
static void add_value(struct list *list, const struct hvc_probe *base, enum hvc_reg reg,
                      uint64_t value, enum hvc_why why)
{
	struct hvc_probe probe = *base;

	probe.call.x[reg] = value;
	probe.reg = reg;
	probe.why = why;
	add(list, &probe);
	/* An upper half of AArch32 state may be anything, which no caller can help. */
	if (!hvc_level_is_aarch32(base->call.from) || value >> 32)
		return;
	probe.call.x[reg] |= DIRTY;
	probe.why = HVC_WHY_UPPER;
	add(list, &probe);
}

enum depth {
	DEPTH_NONE,       /* nothing */
	DEPTH_ENDS,       /* both ends of each interval that is named */
	DEPTH_NEIGHBOURS, /* and the values next to them */
	DEPTH_ROW,        /* and the ends with one bit set that a comparison may miss */
	DEPTH_UPPER,      /* and all of those with bits set that a comparison may miss */
};

/* What a condition names. */
static void add_condition(struct list *list, const struct hvc_probe *base,
                          const struct hvc_condition *condition, enum depth depth)
{
	uint64_t outside = ~condition->mask;
	uint64_t low = outside & -outside;
	uint64_t values[4];

	for (unsigned i = 0; i < condition->intervals; i++) {
		values[0] = condition->interval[i].lo;
		values[1] = condition->interval[i].hi;
		values[2] = values[0] - 1;
		values[3] = values[1] + 1;
		for (unsigned k = 0; k < (depth == DEPTH_ENDS ? 2u : 4u); k++) {
			add_value(list, base, condition->reg, values[k], HVC_WHY_NAMED);
			if (depth < DEPTH_ROW || (depth == DEPTH_ROW && k > 1))
				continue;
			add_value(list, base, condition->reg, values[k] | UINT64_C(1) << 32,
			          HVC_WHY_UPPER);
			if (outside)
				add_value(list, base, condition->reg, values[k] ^ low,
				          HVC_WHY_UPPER);
			if (depth == DEPTH_ROW)
				continue;
			add_value(list, base, condition->reg,
			          values[k] | UINT64_C(0xffffffff) << 32, HVC_WHY_UPPER);
			if (outside)
				add_value(list, base, condition->reg, values[k] | outside,
				          HVC_WHY_UPPER);
		}
	}
}

static bool satisfies(const struct hvc_probe *probe, const struct hvc_condition *condition)
{
	uint64_t seen = hvc_level_is_aarch32(probe->call.from) ? UINT32_MAX : UINT64_MAX;
	uint64_t value = probe->call.x[condition->reg] & condition->mask & seen;

	for (unsigned i = 0; i < condition->intervals; i++)
		if (value >= condition->interval[i].lo && value <= condition->interval[i].hi)
			return true;
	return false;
}

/*
 * What one rule names. A rule over several registers is only reached when all of them fit at
 * once, so each is varied while the others fit; the first is taken for the selector.
 */
static void add_rule(struct list *list, const struct hvc_probe *base, const struct hvc_rule *rule,
                     enum depth depth)
{
	for (unsigned i = 0; i < rule->conditions; i++) {
		struct hvc_probe fitting = *base;

		for (unsigned k = 0; k < rule->conditions; k++)
			if (k != i && !satisfies(base, &rule->condition[k]))
				fitting.call.x[rule->condition[k].reg] =
				        rule->condition[k].interval[0].lo;
		add_condition(list, &fitting, &rule->condition[i],
		              i == 0 && rule->specified ? depth : DEPTH_ENDS);
	}
}

/* A table's calls are told apart in one way: what the first one shows need not be shown again. */
static bool is_further_row(const struct hvc_abi *abi, unsigned r)
{
	const char *table = hvc_abi_rule_at(abi, r)->table;

	return r > 0 && table[0] && !strcmp(table, hvc_abi_rule_at(abi, r - 1)->table);
}

/* All values the ABIs name, of a table's further calls to row_depth; *selectors: the registers. */
static void add_named(struct list *list, const struct hvc_probe_config *config,
                      const struct hvc_probe *base, enum depth depth, enum depth row_depth,
                      struct hvc_regset *selectors)
{
	for (unsigned a = 0; a < config->abis; a++)
		for (unsigned r = 0; r < hvc_abi_rule_count(config->abi[a]); r++) {
			const struct hvc_rule *rule = hvc_abi_rule_at(config->abi[a], r);
			bool row = is_further_row(config->abi[a], r);

			if (!row || row_depth != DEPTH_NONE)
				add_rule(list, base, rule, row ? row_depth : depth);
			if (rule->conditions)
				hvc_regset_add(selectors, rule->condition[0].reg);
		}
}

static size_t tried(const struct hvc_probe_config *config)
{
	return config->constants < HVC_CONSTANTS_MAX ? config->constants : HVC_CONSTANTS_MAX;
}

/* The i-th of those that are tried. */
static const struct hvc_constant *constant(const struct hvc_probe_config *config, size_t i)
{
	return &config->constant[i * config->constants / tried(config)];
}

static void add_constants(struct list *list, const struct hvc_probe_config *config,
                          const struct hvc_probe *base)
{
	for (size_t i = 0; i < tried(config); i++) {
		const struct hvc_constant *c = constant(config, i);

		for (int delta = -1; delta <= 1; delta++)
			add_value(list, base, c->reg, c->value + (uint64_t)(int64_t)delta,
			          HVC_WHY_CODE);
		add_value(list, base, c->reg, c->value | UINT64_C(1) << 32, HVC_WHY_UPPER);
	}
}

static void add_edges(struct list *list, const struct hvc_probe_config *config,
                      const struct hvc_probe *base, enum hvc_reg reg)
{
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
		add_value(list, base, reg, edges[i], HVC_WHY_EDGE);
	for (unsigned n = 0; n < config->randoms; n++) {
		struct hvc_call random;

		hvc_call_init(&random, 1000 + n);
		add_value(list, base, reg, random.x[reg], HVC_WHY_RANDOM);
	}
}

/* Everything: named values on two bases, code constants, edges and random values. */
static void add_full(struct list *list, const struct hvc_probe_config *config, enum hvc_insn insn,
                     enum hvc_level level)
{
	struct hvc_probe base = make(insn, level, 0);
	struct hvc_probe wild = make(insn, level, 1);
	struct hvc_regset selectors = {{0, 0}};

	add(list, &base);
	add(list, &wild);
	add_named(list, config, &base, DEPTH_UPPER, DEPTH_ROW, &selectors);
	add_named(list, config, &wild, DEPTH_NEIGHBOURS, DEPTH_ENDS, &selectors);
	add_constants(list, config, &base);
	if (hvc_regset_empty(&selectors))
		hvc_regset_add(&selectors, HVC_REG_X0);
	for (unsigned reg = 0; reg < HVC_GPR_COUNT; reg++)
		if (hvc_regset_has(&selectors, (enum hvc_reg)reg))
			add_edges(list, config, &base, (enum hvc_reg)reg);
}

/*
 * Enough to tell one rule from another. Of a table only the first call is made by callers other
 * than the usual one: that the others are told apart is known by then.
 */
static void add_brief(struct list *list, const struct hvc_probe_config *config, enum hvc_insn insn,
                      enum hvc_level level, bool usual)
{
	struct hvc_probe base = make(insn, level, 0);
	struct hvc_regset selectors = {{0, 0}};

	add(list, &base);
	add_named(list, config, &base, DEPTH_ENDS, usual ? DEPTH_ENDS : DEPTH_NONE, &selectors);
	for (size_t i = 0; i < tried(config) && config->abis == 0 && config->brief; i++)
		add_value(list, &base, constant(config, i)->reg, constant(config, i)->value,
		          HVC_WHY_CODE);
	if (hvc_regset_empty(&selectors))
		add_value(list, &base, HVC_REG_X0, 0, HVC_WHY_EDGE);
}

/* The usual callers go first, so that they are the witness wherever they can be. */
static const enum hvc_level order[HVC_LEVEL_COUNT] = {
        HVC_LEVEL_EL1H,    HVC_LEVEL_EL0,     HVC_LEVEL_EL1T,    HVC_LEVEL_EL2T,
        HVC_LEVEL_EL2H,    HVC_LEVEL_EL1_SVC, HVC_LEVEL_EL0_USR, HVC_LEVEL_EL1_FIQ,
        HVC_LEVEL_EL1_IRQ, HVC_LEVEL_EL1_ABT, HVC_LEVEL_EL1_UND, HVC_LEVEL_EL1_SYS,
        HVC_LEVEL_EL2_HYP};

enum hvc_level hvc_probe__level(unsigned n)
{
	return order[n];
}

static unsigned rank(enum hvc_level level)
{
	unsigned n = 0;

	while (order[n] != level)
		n++;
	return n;
}

static int compare(const void *a, const void *b)
{
	const struct hvc_probe *p = a, *q = b;
	/* "no register" goes first */
	unsigned p_reg = p->reg == HVC_REG_NONE ? 0 : p->reg + 1u;
	unsigned q_reg = q->reg == HVC_REG_NONE ? 0 : q->reg + 1u;

	if (p->call.insn != q->call.insn)
		return p->call.insn < q->call.insn ? -1 : 1;
	if (p->call.from != q->call.from)
		return rank(p->call.from) < rank(q->call.from) ? -1 : 1;
	if (p->seed != q->seed)
		return p->seed < q->seed ? -1 : 1;
	if (p_reg != q_reg)
		return p_reg < q_reg ? -1 : 1;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (p->call.x[n] != q->call.x[n])
			return p->call.x[n] < q->call.x[n] ? -1 : 1;
	return 0;
}

static int compare_all(const void *a, const void *b)
{
	const struct hvc_probe *p = a, *q = b;
	int by = compare(a, b);

	return by ? by : (p->why > q->why) - (p->why < q->why);
}

enum hvc_status hvc_probes__make(const struct hvc_probe_config *config, struct hvc_probes *out)
{
	unsigned levels = config->levels ? config->levels : 1u << HVC_LEVEL_EL1H;
	unsigned insns = config->insns ? config->insns : hvc_insns__all(1u << HVC_INSN_HVC);
	/* EL1h is what nearly every caller is; where it is not covered, the first that is */
	unsigned first = levels & 1u << HVC_LEVEL_EL1H ? (unsigned)HVC_LEVEL_EL1H
	                                               : (unsigned)__builtin_ctz(levels);
	struct list list = {0};
	size_t kept = 0;

	for (unsigned insn = 0; insn < HVC_INSN_COUNT; insn++)
		for (unsigned level = 0; level < HVC_LEVEL_COUNT; level++) {
			bool usual;

			if (!(insns & 1u << insn) || !(levels & 1u << level) ||
			    !hvc_caller__is((enum hvc_insn)insn, (enum hvc_level)level))
				continue;
			usual = insn == hvc_insn__at(HVC_INSN_HVC, (enum hvc_level)first) &&
			        level == first;
			if (usual && !config->brief)
				add_full(&list, config, (enum hvc_insn)insn, (enum hvc_level)level);
			else
				add_brief(&list, config, (enum hvc_insn)insn, (enum hvc_level)level,
				          usual);
		}
	if (list.failed) {
		free(list.probe);
		return HVC_E_NOMEM;
	}
	qsort(list.probe, list.count, sizeof *list.probe, compare_all);
	for (size_t i = 0; i < list.count; i++)
		if (kept == 0 || compare(&list.probe[i], &list.probe[kept - 1]) != 0)
			list.probe[kept++] = list.probe[i];
	out->probe = list.probe;
	out->count = (unsigned)kept;
	out->untried = 0;
	if (config->abis == 0 || !config->brief)
		out->untried = (unsigned)(config->constants - tried(config));
	return HVC_OK;
}

bool hvc_probes__add(struct hvc_probes *probes, const struct hvc_probe *probe)
{
	struct hvc_probe *grown = realloc(probes->probe, (probes->count + 1) * sizeof *grown);
	unsigned at = probes->count;

	if (!grown)
		return false;
	probes->probe = grown;
	while (at > 0 && compare(probe, &grown[at - 1]) < 0)
		at--;
	if (at > 0 && compare(probe, &grown[at - 1]) == 0)
		return true;
	memmove(&grown[at + 1], &grown[at], (probes->count - at) * sizeof *grown);
	grown[at] = *probe;
	probes->count++;
	return true;
}

/* Does a register of 32 bits hold it, or what stands for a place of the harness? */
static bool is_narrow(uint64_t value)
{
	return !(value >> 32) || value - HVC_HARNESS_BASE < HVC_HARNESS_SIZE;
}

void hvc_probes__fit(struct hvc_probes *probes, enum hvc_cpu cpu)
{
	const bool hyp = hvc_cpu__is_hyp(cpu);
	unsigned kept = 0;

	for (unsigned i = 0; i < probes->count; i++) {
		struct hvc_probe *probe = &probes->probe[i];

		if (hyp && probe->reg != HVC_REG_NONE && !is_narrow(probe->call.x[probe->reg]))
			continue;
		if (hvc_cpu__levels(cpu) >> probe->call.from & 1)
			probes->probe[kept++] = *probe;
	}
	probes->count = kept;
}

void hvc_probes__free(struct hvc_probes *probes)
{
	free(probes->probe);
	probes->probe = NULL;
	probes->count = probes->untried = 0;
}
