/* SPDX-License-Identifier: MIT */
/*
 * Register probes: in order, none twice, the same every time, and with every value in them that
 * a specification names, that is next to one, or that looks like one to a sloppy comparison.
 */
#include <stdlib.h>

#include "abi/abi.h"
#include "engine/probe.h"
#include "machine/world.h"
#include "subject/subject.h"
#include "under_test.h"

#define RANDOMS 3u

/* Probes as a check of this ABI makes them. */
struct scene {
	const char *name;
	struct hvc_abi *abi;
	struct hvc_subject *subject;
	struct hvc_constant *constant;
	size_t constants;
	struct hvc_probes probes;
};

static struct hvc_probes make_probes(const struct scene *scene, bool brief)
{
	const struct hvc_abi *abi = scene->abi;
	struct hvc_probe_config config = {.abi = &abi,
	                                  .abis = 1,
	                                  .constant = scene->constant,
	                                  .constants = scene->constants,
	                                  .levels = hvc_abi__levels(abi),
	                                  .insns = hvc_abi__insns(abi),
	                                  .randoms = RANDOMS,
	                                  .brief = brief};
	struct hvc_probes probes;

	ck_assert_int_eq(hvc_probes__make(&config, &probes), HVC_OK);
	return probes;
}

/* Play something for each shipped ABI. */
static void for_each_abi(void (*play)(const struct scene *scene))
{
	struct scene scene;
	const char *text;
	size_t size, i;

	for (i = 0; hvc_abi_shipped_at(i, &scene.name, &text, &size); i++) {
		if (!has_subject(scene.name))
			continue;
		scene.abi = open_abi(scene.name);
		scene.subject = open_subject(scene.name);
		ck_assert_int_eq(hvc_subject__constants(scene.subject, 1000, &scene.constant,
		                                        &scene.constants),
		                 HVC_OK);
		scene.probes = make_probes(&scene, false);
		play(&scene);
		hvc_probes__free(&scene.probes);
		free(scene.constant);
		hvc_subject_close(scene.subject);
		hvc_abi_free(scene.abi);
	}
	ck_assert_uint_ge(i, 7);
}

/* EL1h goes before the other callers. */
static int rank(const struct hvc_probe *probe)
{
	return probe->call.from == HVC_LEVEL_EL1H ? -1 : (int)probe->call.from;
}

static int order(const struct hvc_probe *a, const struct hvc_probe *b)
{
	int reg_a = a->reg == HVC_REG_NONE ? -1 : (int)a->reg;
	int reg_b = b->reg == HVC_REG_NONE ? -1 : (int)b->reg;

	if (a->call.insn != b->call.insn)
		return a->call.insn < b->call.insn ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) < rank(b) ? -1 : 1;
	if (a->seed != b->seed)
		return a->seed < b->seed ? -1 : 1;
	if (reg_a != reg_b)
		return reg_a < reg_b ? -1 : 1;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		if (a->call.x[n] != b->call.x[n])
			return a->call.x[n] < b->call.x[n] ? -1 : 1;
	return 0;
}

static void play_order(const struct scene *scene)
{
	for (unsigned i = 0; i < scene->probes.count; i++) {
		const struct hvc_probe *probe = &scene->probes.probe[i];
		struct hvc_call base;

		ck_assert_msg(i == 0 || order(probe - 1, probe) < 0, "%s: probe %u", scene->name,
		              i);
		ck_assert_uint_eq(probe->call.imm, 0);
		hvc_call_init(&base, probe->seed);
		ck_assert_uint_eq(probe->call.nzcv, base.nzcv);
		ck_assert_uint_eq(probe->call.daif, base.daif);
		ck_assert_int_eq(probe->reg == HVC_REG_NONE, probe->why == HVC_WHY_BASE);
		if (probe->why == HVC_WHY_BASE)
			ck_assert_mem_eq(probe->call.x, base.x, sizeof base.x);
		ck_assert(hvc_abi__levels(scene->abi) & 1u << probe->call.from);
		ck_assert(hvc_abi__insns(scene->abi) & 1u << probe->call.insn);
		/* an SMC is trapped to EL2 from EL1 only */
		ck_assert(probe->call.insn == HVC_INSN_HVC || hvc_level__el(probe->call.from) == 1);
	}
}

TEST(sorted_without_duplicates)
{
	for_each_abi(play_order);
}

static void play_again(const struct scene *scene)
{
	struct hvc_probes again = make_probes(scene, false);

	ck_assert_uint_eq(again.count, scene->probes.count);
	for (unsigned i = 0; i < again.count; i++) {
		const struct hvc_probe *a = &scene->probes.probe[i], *b = &again.probe[i];

		ck_assert_int_eq(order(a, b), 0);
		ck_assert_int_eq(a->why, b->why);
	}
	hvc_probes__free(&again);
}

TEST(the_same_every_time)
{
	for_each_abi(play_again);
}

/* Is there a probe of this caller that varies the register and has the value in it? */
static bool probed(const struct hvc_probes *probes, enum hvc_insn insn, enum hvc_level from,
                   uint64_t seed, enum hvc_reg reg, uint64_t value)
{
	for (unsigned i = 0; i < probes->count; i++) {
		const struct hvc_probe *probe = &probes->probe[i];

		if (probe->call.insn == insn && probe->call.from == from && probe->seed == seed &&
		    probe->reg == reg && probe->call.x[reg] == value)
			return true;
	}
	return false;
}

static void assert_probed(const struct scene *scene, uint64_t seed, enum hvc_reg reg,
                          uint64_t value)
{
	ck_assert_msg(probed(&scene->probes, HVC_INSN_HVC, HVC_LEVEL_EL1H, seed, reg, value),
	              "%s: %s = 0x%" PRIx64 " is not probed", scene->name, hvc_reg_name(reg),
	              value);
}

static bool is_further_row(const struct hvc_abi *abi, unsigned r)
{
	const char *table = hvc_abi_rule_at(abi, r)->table;

	return r > 0 && table[0] && !strcmp(table, hvc_abi_rule_at(abi, r - 1)->table);
}

/*
 * The first register of a rule selects it: all around its values, upper bits dirty or not. A call
 * of a table, other than its first, is shown once of each.
 */
static void assert_selector(const struct scene *scene, const struct hvc_condition *c, bool row)
{
	uint64_t outside = ~c->mask;

	for (unsigned i = 0; i < c->intervals; i++) {
		const uint64_t values[] = {c->interval[i].lo, c->interval[i].hi,
		                           c->interval[i].lo - 1, c->interval[i].hi + 1};

		for (unsigned k = 0; k < 4; k++) {
			assert_probed(scene, 0, c->reg, values[k]);
			if (row && k > 1)
				continue;
			assert_probed(scene, 1, c->reg, values[k]);
			assert_probed(scene, 0, c->reg, values[k] | UINT64_C(1) << 32);
			assert_probed(scene, 0, c->reg, values[k] ^ (outside & -outside));
			if (row)
				continue;
			assert_probed(scene, 0, c->reg, values[k] | UINT64_C(0xffffffff) << 32);
			assert_probed(scene, 0, c->reg, values[k] | outside);
		}
	}
}

static void assert_ends(const struct scene *scene, const struct hvc_condition *c)
{
	for (unsigned i = 0; i < c->intervals; i++) {
		assert_probed(scene, 0, c->reg, c->interval[i].lo);
		assert_probed(scene, 0, c->reg, c->interval[i].hi);
	}
}

static void play_named(const struct scene *scene)
{
	for (unsigned r = 0; r < hvc_abi_rule_count(scene->abi); r++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(scene->abi, r);
		bool row = is_further_row(scene->abi, r);

		for (unsigned c = 0; c < rule->conditions; c++)
			/* around a rule that promises nothing there is nothing to tell apart */
			if (c == 0 && rule->specified)
				assert_selector(scene, &rule->condition[c], row);
			else
				assert_ends(scene, &rule->condition[c]);
	}
	for (size_t i = 0; i < scene->constants; i++)
		for (int delta = -1; delta <= 1; delta++)
			assert_probed(scene, 0, scene->constant[i].reg,
			              scene->constant[i].value + (uint64_t)(int64_t)delta);
}

TEST(named_values_and_their_neighbours)
{
	for_each_abi(play_named);
}

/* By hand, for a few: what a reader of these ABIs would try. */
TEST(values_that_matter)
{
	static const struct {
		const char *abi;
		uint64_t x0;
	} rows[] = {
	        {"linux-stub-3.8", 0},
	        {"linux-stub-3.8", 1},
	        {"linux-stub-3.8", UINT64_MAX},
	        {"linux-stub-3.8", UINT64_C(0x100000000)},
	        {"linux-stub-4.7", 2},
	        {"linux-stub-4.7", UINT64_C(0x100000001)},
	        {"linux-stub-4.12", 3},
	        {"linux-stub-4.12", UINT64_C(0x100000002)},
	        {"linux-stub-4.12", UINT64_C(0xffffffff00000001)},
	        {"linux-stub-6.0", 3},
	        {"linux-stub-6.0", 4},
	        {"linux-stub-6.0", UINT64_C(0x100000003)},
	        {"linux-stub-imm", HVC_FUNCTION},
	        {"linux-stub-imm", HVC_FUNCTION + 1},
	        {"linux-kvm-imm", HVC_FUNCTION - 1},
	        {"linux-kvm-imm", HVC_FUNCTION | UINT64_C(0xffffff8000000000)},
	        {"linux-kvm-imm", HVC_FUNCTION ^ UINT64_C(1) << 39},
	        {"linux-kvm-imm-default", HVC_FUNCTION},
	        {"linux-kvm-imm-default", UINT64_C(0x8000000000000000)},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scene scene = {.name = rows[i].abi, .abi = open_abi(rows[i].abi)};

		scene.probes = make_probes(&scene, false);
		assert_probed(&scene, 0, HVC_REG_X0, rows[i].x0);
		hvc_probes__free(&scene.probes);
		hvc_abi_free(scene.abi);
	}
}

static void play_edges(const struct scene *scene)
{
	static const uint64_t edges[] = {0,
	                                 1,
	                                 UINT64_MAX,
	                                 UINT64_C(0x7fffffff),
	                                 UINT64_C(0x80000000),
	                                 UINT64_C(0xffffffff),
	                                 UINT64_C(0x100000000),
	                                 UINT64_C(0x7fffffffffffffff),
	                                 UINT64_C(0x8000000000000000),
	                                 HVC_NEW_VECTORS,
	                                 HVC_FUNCTION};
	struct hvc_regset selectors = {{0, 0}};
	unsigned selecting = 0, randoms = 0;

	for (unsigned r = 0; r < hvc_abi_rule_count(scene->abi); r++)
		if (hvc_abi_rule_at(scene->abi, r)->conditions)
			hvc_regset_add(&selectors,
			               hvc_abi_rule_at(scene->abi, r)->condition[0].reg);
	if (hvc_regset_empty(&selectors))
		hvc_regset_add(&selectors, HVC_REG_X0);
	for (unsigned reg = 0; reg < HVC_GPR_COUNT; reg++) {
		if (!hvc_regset_has(&selectors, (enum hvc_reg)reg))
			continue;
		selecting++;
		for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
			assert_probed(scene, 0, (enum hvc_reg)reg, edges[i]);
	}
	for (unsigned i = 0; i < scene->probes.count; i++)
		randoms += scene->probes.probe[i].why == HVC_WHY_RANDOM;
	ck_assert_uint_eq(randoms, RANDOMS * selecting);
}

TEST(edges_and_random_values_of_the_selector)
{
	for_each_abi(play_edges);
}

/* Does some call of these probes, with one of the rule's immediates, come under the rule? */
static bool is_reached(const struct scene *scene, const struct hvc_probes *probes, unsigned world,
                       unsigned r, enum hvc_insn insn, enum hvc_level level)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(scene->abi, r);

	for (unsigned p = 0; p < probes->count; p++) {
		struct hvc_call call = probes->probe[p].call;

		if (call.insn != insn || call.from != level)
			continue;
		for (unsigned i = 0; i < 2 * rule->imms; i++) {
			call.imm = (uint16_t)(i & 1 ? rule->imm[i / 2].hi : rule->imm[i / 2].lo);
			if (hvc_abi__rule_of(scene->abi, world, &call) == (int)r)
				return true;
		}
	}
	return false;
}

static void play_rules(const struct scene *scene)
{
	struct hvc_probes brief = make_probes(scene, true);

	ck_assert_uint_lt(brief.count, scene->probes.count);
	for (unsigned i = 0; i < hvc_abi_rule_count(scene->abi) * 64; i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(scene->abi, i / 64);
		enum hvc_insn insn = (enum hvc_insn)(i / 32 % 2);
		enum hvc_level level = (enum hvc_level)(i / 4 % 8);
		unsigned world = i % 4;

		/* what is left for a default rule depends on all the others, and where nothing is
		   promised nothing has to be tried; a table's first call stands for the others
		   where the caller is not the usual one */
		if (rule->is_default || !rule->specified ||
		    (is_further_row(scene->abi, i / 64) &&
		     (insn != HVC_INSN_HVC || level != HVC_LEVEL_EL1H)) ||
		    !(rule->insns & 1u << insn) || !(rule->levels & 1u << level) ||
		    !(rule->worlds & 1u << world) ||
		    (insn == HVC_INSN_SMC && hvc_level__el(level) != 1))
			continue;
		ck_assert_msg(is_reached(scene, &brief, world, i / 64, insn, level),
		              "%s: no brief probe reaches %s from %s", scene->name, rule->name,
		              hvc_level_name(level));
		ck_assert_msg(is_reached(scene, &scene->probes, world, i / 64, insn, level),
		              "%s: no probe reaches %s from %s", scene->name, rule->name,
		              hvc_level_name(level));
	}
	hvc_probes__free(&brief);
}

TEST(every_rule_is_reached_by_every_caller)
{
	for_each_abi(play_rules);
}

TEST(nothing_given_means_x0_of_el1h)
{
	struct hvc_probe_config config = {.randoms = 0};
	struct hvc_probes probes;

	ck_assert_int_eq(hvc_probes__make(&config, &probes), HVC_OK);
	ck_assert_uint_ge(probes.count, 8);
	for (unsigned i = 0; i < probes.count; i++) {
		ck_assert_int_eq(probes.probe[i].call.insn, HVC_INSN_HVC);
		ck_assert_int_eq(probes.probe[i].call.from, HVC_LEVEL_EL1H);
		ck_assert(probes.probe[i].reg == HVC_REG_X0 || probes.probe[i].reg == HVC_REG_NONE);
	}
	ck_assert(probed(&probes, HVC_INSN_HVC, HVC_LEVEL_EL1H, 0, HVC_REG_X0, 0));
	hvc_probes__free(&probes);
	ck_assert_ptr_null(probes.probe);
}

SUITE_MAIN("probe")
