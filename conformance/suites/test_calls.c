/* SPDX-License-Identifier: MIT */
/* Tables of calls: what each call has of the table, and what of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/abi.h"
#include "abi/spec.h"
#include "suite.h"

#define HEAD "abi: t\ntitle: T\nsource: S\n"

static const char text[] = HEAD "worlds: [ { name: one }, { name: two } ]\n"
                                "clobbers: x9\n"
                                "rules:\n"
                                "- name: alone\n"
                                "  when: { imm: 0 }\n"
                                "  outcome: unspecified\n"
                                "- name: table\n"
                                "  title: calls of a kind\n"
                                "  source: R\n"
                                "  priority: 2\n"
                                "  when: { world: one, imm: 7 }\n"
                                "  calls:\n"
                                "    - { name: first, x16: 1 }\n"
                                "    - { name: second, x16: 2, from: el1t, title: for EL1t }\n"
                                "    - name: third\n"
                                "      w16: \"4-6, 0x8000 mask 0xffffff\"\n"
                                "      unconfirmed: true\n"
                                "  outcome: return\n"
                                "  results: { x0: imm }\n"
                                "- { name: rest, default: true, outcome: retry }\n";

static struct hvc_abi *parse(const char *bytes)
{
	struct hvc_abi *abi = NULL;
	struct hvc_diag diag;

	ck_assert_msg(hvc_abi_parse(bytes, strlen(bytes), "text", &diag, &abi) == HVC_OK,
	              "%u:%u: %s", diag.line, diag.column, diag.message);
	return abi;
}

TEST(each_call_is_a_rule)
{
	static const char *const name[] = {"alone", "first", "second", "third", "rest"};
	static const char *const title[] = {"", "calls of a kind", "for EL1t", "calls of a kind",
	                                    ""};
	static const unsigned line[] = {7, 16, 17, 18, 23};
	struct hvc_abi *abi = parse(text);

	ck_assert_uint_eq(hvc_abi_rule_count(abi), 5);
	for (unsigned i = 0; i < 5; i++) {
		const struct hvc_rule *rule = hvc_abi_rule_at(abi, i);
		bool call = i >= 1 && i <= 3;

		ck_assert_str_eq(rule->name, name[i]);
		ck_assert_str_eq(rule->title, title[i]);
		ck_assert_str_eq(rule->table, call ? "table" : "");
		ck_assert_str_eq(rule->source, call ? "R" : "S");
		ck_assert_uint_eq(rule->line, line[i]);
		ck_assert_int_eq(rule->unconfirmed, i == 3);
		if (!call)
			continue;
		ck_assert_int_eq(rule->priority, 2);
		ck_assert_int_eq(rule->outcome, HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(rule->results, 1);
		ck_assert(hvc_regset_has(&rule->clobbers, (enum hvc_reg)9));
		ck_assert_uint_eq(rule->worlds, 1);
		ck_assert_uint_eq(rule->imm[0].lo + rule->imm[0].hi, 14);
		ck_assert_uint_eq(rule->conditions, 1);
		ck_assert_int_eq(rule->condition[0].reg, 16);
	}
	ck_assert_uint_eq(hvc_abi_rule_at(abi, 2)->levels, 1u << HVC_LEVEL_EL1T);
	ck_assert_uint_eq(hvc_abi_rule_at(abi, 3)->condition[0].intervals, 2);
	ck_assert_uint_eq(hvc_abi_rule_at(abi, 3)->condition[0].mask, 0xffffff);
	hvc_abi_free(abi);
}

TEST(calls_govern_what_they_say)
{
	static const struct {
		uint64_t x16;
		unsigned imm, world;
		enum hvc_level from;
		const char *name;
	} rows[] = {
	        {1, 7, 0, HVC_LEVEL_EL1H, "first"},
	        {1, 7, 0, HVC_LEVEL_EL1T, "first"},
	        {2, 7, 0, HVC_LEVEL_EL1H, "rest"},
	        {2, 7, 0, HVC_LEVEL_EL1T, "second"},
	        {3, 7, 0, HVC_LEVEL_EL1H, "rest"},
	        {5, 7, 0, HVC_LEVEL_EL1H, "third"},
	        {UINT64_C(0xdead00000005), 7, 0, HVC_LEVEL_EL1H, "third"},
	        {UINT64_C(0xdead000000000001), 7, 0, HVC_LEVEL_EL1H, "rest"},
	        {0xff008000, 7, 0, HVC_LEVEL_EL1H, "third"},
	        {0x18000, 7, 0, HVC_LEVEL_EL1H, "rest"},
	        {1, 7, 1, HVC_LEVEL_EL1H, "rest"},
	        {1, 8, 0, HVC_LEVEL_EL1H, "rest"},
	        {1, 0, 0, HVC_LEVEL_EL1H, "alone"},
	};
	struct hvc_abi *abi = parse(text);

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_call call;
		int index;

		hvc_call_init(&call, 0);
		call.x[16] = rows[i].x16;
		call.imm = (uint16_t)rows[i].imm;
		call.from = rows[i].from;
		index = hvc_abi__rule_of(abi, rows[i].world, &call);
		ck_assert_int_ge(index, 0);
		ck_assert_msg(!strcmp(hvc_abi_rule_at(abi, (unsigned)index)->name, rows[i].name),
		              "row %u: %s, not %s", i, hvc_abi_rule_at(abi, (unsigned)index)->name,
		              rows[i].name);
	}
	hvc_abi_free(abi);
}

static char *make_tables(unsigned first, unsigned second)
{
	size_t room = 64u * (first + second) + 256, length;
	char *bytes = malloc(room);

	ck_assert_ptr_nonnull(bytes);
	length = (size_t)sprintf(bytes, HEAD "rules:\n");
	for (unsigned t = 0, n = 0; t < 2; t++) {
		length += (size_t)sprintf(bytes + length,
		                          "- name: t%u\n  outcome: return\n  calls:\n", t);
		for (unsigned end = n + (t ? second : first); n < end; n++)
			length +=
			        (size_t)sprintf(bytes + length, "  - {name: c%u, imm: %u}\n", n, n);
	}
	sprintf(bytes + length, "- {name: rest, default: true, outcome: return}\n");
	return bytes;
}

/* Calls are counted, not tables. */
TEST(calls_count_as_rules)
{
	char *many = make_tables(150, 100);
	char *more = make_tables(HVC_LIMIT_RULES / 2, HVC_LIMIT_RULES / 2);
	struct hvc_abi *abi = parse(many);
	struct hvc_diag diag;

	ck_assert_uint_eq(hvc_abi_rule_count(abi), 251);
	hvc_abi_free(abi);
	ck_assert_int_eq(hvc_abi_parse(more, strlen(more), "text", &diag, &abi), HVC_E_FORMAT);
	ck_assert_str_eq(diag.message, "too many rules, calls of tables counted");
	ck_assert_uint_eq(diag.line, 5);
	free(many);
	free(more);
}

SUITE_MAIN("calls")
