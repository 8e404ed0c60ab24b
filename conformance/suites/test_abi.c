/* SPDX-License-Identifier: MIT */
/* ABIs as loaded: what a file becomes, which rule governs a call, and the shipped files. */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "shipped.h"
#include "suite.h"

static struct hvc_abi *parse(const char *text)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag;

	ck_assert_msg(hvc_abi_parse(text, strlen(text), "text", &diag, &abi) == HVC_OK, "%u:%u: %s",
	              diag.line, diag.column, diag.message);
	return abi;
}

TEST(shipped_files_load)
{
	for (unsigned i = 0; shipped(i); i++) {
		struct hvc_abi *abi = load(shipped(i));

		ck_assert_uint_gt(strlen(hvc_abi_title(abi)), 0);
		ck_assert_uint_gt(strlen(hvc_abi_source(abi)), 0);
		ck_assert_ptr_null(hvc_abi_rule_at(abi, hvc_abi_rule_count(abi)));
		ck_assert_ptr_null(hvc_abi_world_at(abi, hvc_abi_world_count(abi)));
		for (unsigned k = 0; k < hvc_abi_rule_count(abi); k++)
			ck_assert_uint_gt(strlen(hvc_abi_rule_at(abi, k)->source), 0);
		hvc_abi_free(abi);
	}
	hvc_abi_free(NULL);
}

/* What is built in is what the folder holds, byte for byte and nothing more: a file for both widths
 * under two names. */
TEST(shipped_files_are_built_in)
{
	const char *name, *text;
	size_t size, count = 0, files = 0, halves = 0;
	struct dirent *entry;
	DIR *folder = opendir(FOLDER);

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL)
		files += strstr(entry->d_name, ".yaml") != NULL;
	closedir(folder);
	for (; hvc_abi_shipped_at(count, &name, &text, &size); count++) {
		struct hvc_abi *abi = NULL;
		struct hvc_diag diag;
		char path[512], *bytes = calloc(1, size + 2);
		FILE *file;

		snprintf(path, sizeof path, "%s/%s.yaml", FOLDER, name);
		file = fopen(path, "rb");
		if (!file) {
			ck_assert_ptr_nonnull(strstr(path, "-arm32.yaml"));
			strcpy(strstr(path, "-arm32.yaml"), ".yaml");
			file = fopen(path, "rb");
			halves++;
		}
		ck_assert_msg(file != NULL, "%s", path);
		ck_assert_uint_eq(fread(bytes, 1, size + 1, file), size);
		ck_assert_int_eq(memcmp(bytes, text, size), 0);
		fclose(file);
		free(bytes);
		ck_assert_int_eq(hvc_abi_open(name, &diag, &abi), HVC_OK);
		ck_assert_str_eq(hvc_abi_name(abi), name);
		hvc_abi_free(abi);
	}
	ck_assert_uint_eq(count, files + halves);
	ck_assert_uint_ge(halves, 2);
	ck_assert_uint_ge(count, 44);
	ck_assert(!hvc_abi_shipped_at(SIZE_MAX, &name, &text, &size));
}

TEST(calls_outside_the_space)
{
	struct hvc_abi *abi = load("linux-kvm-imm");
	struct hvc_call call;

	hvc_call_init(&call, 0);
	ck_assert_int_ge(hvc_abi__rule_of(abi, 1, &call), 0);
	ck_assert_int_eq(hvc_abi__rule_of(abi, 2, &call), -1);
	call.from = HVC_LEVEL_EL2H;
	ck_assert_int_eq(hvc_abi__rule_of(abi, 0, &call), -1);
	call.from = HVC_LEVEL_COUNT;
	ck_assert_int_eq(hvc_abi__rule_of(abi, 0, &call), -1);
	call.from = HVC_LEVEL_EL1T;
	call.insn = HVC_INSN_SMC;
	ck_assert_int_eq(hvc_abi__rule_of(abi, 0, &call), -1);
	hvc_abi_free(abi);
}

static bool rule_matches(const struct hvc_rule *rule, unsigned world, const struct hvc_call *call)
{
	bool imm = false;

	for (unsigned i = 0; i < rule->imms; i++)
		imm |= rule->imm[i].lo <= call->imm && call->imm <= rule->imm[i].hi;
	for (unsigned i = 0; i < rule->conditions; i++) {
		const struct hvc_condition *c = &rule->condition[i];
		uint64_t seen = hvc_level_is_aarch32(call->from) ? UINT32_MAX : UINT64_MAX;
		uint64_t value = call->x[c->reg] & c->mask & seen;
		bool met = false;

		for (unsigned k = 0; k < c->intervals; k++)
			met |= c->interval[k].lo <= value && value <= c->interval[k].hi;
		imm &= met;
	}
	return imm && rule->levels >> call->from & 1 && rule->insns >> call->insn & 1 &&
	       rule->worlds >> world & 1;
}

/* Exactly one rule of the highest priority that matches, and it is the one that is found. */
TEST(lookups_agree_with_the_rules_themselves)
{
	static const uint64_t x0[] = {0,          1,           2,           3,
	                              4,          5,           0xbadca11,   HVC_FUNCTION,
	                              0x40000000, 0x80000000,  0x84000003,  0xc4000001,
	                              0xc6000001, 0xc6010001,  0x8600ff01,  0xff04,
	                              0x95c1ba5e, 0x100000000, 0x100000003, UINT64_MAX};
	static const unsigned imms[] = {0, 1, 2, 7, 0xea1, 0x4a48, 0x6000, 0x6008, 0x6068, 0xffe3};

	for (unsigned i = 0; shipped(i); i++) {
		struct hvc_abi *abi = load(shipped(i));

		for (unsigned n = 0; n < 50000; n++) {
			unsigned world = n / 7 % hvc_abi_world_count(abi), winners = 0;
			int best = 0, winner = -1, index;
			struct hvc_call call;

			hvc_call_init(&call, n);
			call.imm = (uint16_t)(n % 3 ? imms[call.x[5] % (sizeof imms / sizeof *imms)]
			                            : call.x[5]);
			call.x[16] = call.x[10] % 64;
			call.x[0] = x0[call.x[6] % (sizeof x0 / sizeof *x0)];
			call.x[1] &= ~(call.x[7] & 3);
			call.from = (enum hvc_level)(call.x[8] % HVC_LEVEL_COUNT);
			call.insn = hvc_insn__at((enum hvc_insn)(call.x[9] % HVC_INSN_COUNT),
			                         call.from);
			index = hvc_abi__rule_of(abi, world, &call);
			for (unsigned k = 0; k < hvc_abi_rule_count(abi); k++) {
				const struct hvc_rule *rule = hvc_abi_rule_at(abi, k);

				if (!rule_matches(rule, world, &call))
					continue;
				if (winner < 0 || rule->priority > best)
					winners = 0;
				if (!winners || rule->priority == best) {
					winner = (int)k;
					best = rule->priority;
					winners++;
				}
			}
			if (index != winner || winners > 1)
				ck_abort_msg("%s, call %u: rule %d, not %d of %u", shipped(i), n,
				             index, winner, winners);
			if (index < 0 && hvc_abi__levels(abi) >> call.from & 1 &&
			    hvc_abi__insns(abi) >> call.insn & 1)
				ck_abort_msg("%s, call %u: no rule", shipped(i), n);
		}
		hvc_abi_free(abi);
	}
}

#define HEAD "abi: t\ntitle: T\nsource: S\n"

TEST(defaults_of_a_file)
{
	struct hvc_abi *abi = parse(HEAD "rules: [ { name: a, default: true, outcome: return } ]");
	const struct hvc_rule *rule = hvc_abi_rule_at(abi, 0);
	struct hvc_world host;

	hvc_world_init(&host, HVC_CPU_A72);
	ck_assert_str_eq(hvc_abi_title(abi), "T");
	ck_assert_uint_eq(hvc_abi__levels(abi), 1u << HVC_LEVEL_EL1H | 1u << HVC_LEVEL_EL1T);
	ck_assert_uint_eq(hvc_abi__insns(abi), 1u << HVC_INSN_HVC);
	ck_assert_uint_eq(hvc_abi_world_count(abi), 1);
	ck_assert_str_eq(hvc_abi_world_at(abi, 0)->world.name, "host");
	ck_assert_int_eq(hvc_abi_world_at(abi, 0)->world.cpu, HVC_CPU_A72);
	ck_assert_int_eq(
	        memcmp(&hvc_abi_world_at(abi, 0)->world.state, &host.state, sizeof host.state), 0);
	ck_assert_str_eq(rule->source, "S");
	ck_assert_str_eq(rule->title, "");
	ck_assert(rule->is_default && rule->specified && !rule->unconfirmed && !rule->has_at);
	ck_assert(hvc_regset_empty(&rule->clobbers));
	ck_assert_int_eq(rule->level, HVC_LEVEL_COUNT);
	ck_assert_uint_eq(rule->line, 4);
	ck_assert_uint_eq(rule->column, 10);
	ck_assert_uint_eq(rule->conditions + rule->results, 0);
	ck_assert_uint_eq(rule->imm[0].hi, 0xffff);
	hvc_abi_free(abi);
}

/* As some editors begin a file. */
TEST(a_byte_order_mark_is_none_of_the_text)
{
	hvc_abi_free(parse("\xef\xbb\xbf" HEAD
	                   "rules: [ { name: a, default: true, outcome: return } ]"));
}

TEST(values_of_a_file)
{
	struct hvc_abi *abi = parse(
	        HEAD
	        "worlds: [ { name: w, title: W, cpu: max, el3: false,\n"
	        "  set: { hcr_el2: 0x80000000, tpidr_el2: -2 } } ]\n"
	        "clobbers: x0-x2, lr\n"
	        "rules:\n"
	        "- name: a\n"
	        "  when: { imm: '9, 1-3, 4, 0xffff, 2', x3: '-1, 5', w3: '-1', x4: 3 mask 7 }\n"
	        "  outcome: jump\n"
	        "  level: el1t\n"
	        "  at: x4 + 4\n"
	        "  results: { vbar_el2: x1, x1: 7 }\n"
	        "  priority: -3\n"
	        "  source: R\n"
	        "  unconfirmed: true\n"
	        "- { name: b, when: { imm: 4 }, outcome: unspecified }\n"
	        "- { name: c, default: true, outcome: retry, clobbers: none }\n");
	const struct hvc_world *world = &hvc_abi_world_at(abi, 0)->world;
	const struct hvc_rule *rule = hvc_abi_rule_at(abi, 0);

	ck_assert_str_eq(hvc_abi_world_at(abi, 0)->title, "W");
	ck_assert(!world->el3);
	ck_assert_uint_eq(world->state.v[HVC_REG_TPIDR_EL2], UINT64_MAX - 1);
	ck_assert(hvc_regset_has(&world->set, HVC_REG_TPIDR_EL2));
	/* sorted, joined where they touch */
	ck_assert_uint_eq(rule->imms, 3);
	ck_assert_uint_eq(rule->imm[0].lo, 1);
	ck_assert_uint_eq(rule->imm[0].hi, 4);
	ck_assert_uint_eq(rule->imm[1].lo, 9);
	ck_assert_uint_eq(rule->imm[2].hi, 0xffff);
	ck_assert_uint_eq(rule->conditions, 3);
	ck_assert_uint_eq(rule->condition[0].interval[1].lo, UINT64_MAX);
	ck_assert_uint_eq(rule->condition[1].mask, UINT32_MAX);
	ck_assert_uint_eq(rule->condition[1].interval[0].lo, UINT32_MAX);
	ck_assert_int_eq(rule->condition[2].reg, 4);
	ck_assert_uint_eq(rule->condition[2].mask, 7);
	ck_assert(rule->has_at && rule->unconfirmed);
	ck_assert_int_eq(rule->level, HVC_LEVEL_EL1T);
	ck_assert_int_eq(rule->priority, -3);
	ck_assert_str_eq(rule->source, "R");
	/* in the order of the register table; a result is no clobber */
	ck_assert_int_eq(rule->result[0].reg, 1);
	ck_assert_int_eq(rule->result[1].reg, HVC_REG_VBAR_EL2);
	ck_assert_uint_eq(rule->clobbers.bits[0], 1u << 0 | 1u << 2 | 1u << 30);
	ck_assert(!hvc_abi_rule_at(abi, 1)->specified);
	ck_assert(hvc_regset_empty(&hvc_abi_rule_at(abi, 2)->clobbers));
	ck_assert_int_eq(hvc_abi_rule_at(abi, 2)->outcome, HVC_OUTCOME_RETRY);
	hvc_abi_free(abi);
}

/* The higher priority governs; file order does not matter. */
TEST(priorities)
{
	struct hvc_abi *abi =
	        parse(HEAD "rules:\n"
	                   "- { name: low, priority: -5, when: { x0: 0-9 }, outcome: return }\n"
	                   "- { name: middle, when: { x0: 2-7 }, outcome: return }\n"
	                   "- { name: high, priority: 5, when: { x0: 4 }, outcome: return }\n"
	                   "- { name: rest, default: true, outcome: return }\n");
	static const char *const name[] = {"low",    "low",    "middle", "middle", "high", "middle",
	                                   "middle", "middle", "low",    "low",    "rest"};
	struct hvc_call call;

	hvc_call_init(&call, 0);
	for (call.x[0] = 0; call.x[0] <= 10; call.x[0]++)
		ck_assert_str_eq(rule_of(abi, 0, &call)->name, name[call.x[0]]);
	hvc_abi_free(abi);
}

/* The page that documents the format has one complete example, and it is one. */
TEST(the_documented_example_loads)
{
	char text[8192], *start, *end;
	FILE *file = fopen(FOLDER "/README.md", "rb");
	struct hvc_abi *abi;

	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, sizeof text - 1, file)] = '\0';
	fclose(file);
	start = strstr(text, "```yaml\n");
	ck_assert_ptr_nonnull(start);
	start += strlen("```yaml\n");
	end = strstr(start, "```");
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	abi = parse(start);
	ck_assert_uint_eq(hvc_abi_rule_count(abi), 8);
	hvc_abi_free(abi);
}

SUITE_MAIN("abi")
