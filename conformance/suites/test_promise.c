/* SPDX-License-Identifier: MIT */
/* Promises of less than one exact 64-bit value, and of where an injected exception arrives. */

#include "abi/expr.h"
#include "engine/contract.h"
#include "hvcheck/arch.h"
#include "hvcheck/check.h"
#include "machine/outcome.h"
#include "suite.h"

static const char text[] =
        "abi: t\ntitle: T\nsource: S\n"
        "callers: el0, el1t, el1h\n"
        "rules:\n"
        "- { name: half, when: { imm: 0 }, outcome: return, results: { w0: -1, x1: w2 } }\n"
        "- { name: one_of, when: { imm: 1 }, outcome: return,\n"
        "    among: { x0: \"0, -9 - -2\", w1: \"-1, 5\" } }\n"
        "- name: inject\n"
        "  when: { imm: 2 }\n"
        "  outcome: inject\n"
        "  level: el1h\n"
        "  at: vector\n"
        "  results: { esr_el1: 0x2000000, elr_el1: self, spsr_el1: spsr }\n"
        "- { name: rest, default: true, outcome: unspecified }\n";

/* Loaded once: the tests only read it. */
static const struct hvc_abi *specification(void)
{
	static struct hvc_abi *abi;
	struct hvc_diag diag;

	if (!abi)
		ck_assert_msg(hvc_abi_parse(text, sizeof text - 1, "text", &diag, &abi) == HVC_OK,
		              "%u:%u: %s", diag.line, diag.column, diag.message);
	return abi;
}

/* Judge a call whose outcome differs from its entry in x0 and x1 only. */
static struct hvc_verdict judge(unsigned imm, uint64_t x0, uint64_t x1)
{
	const struct hvc_regset present = {{UINT64_MAX, UINT64_MAX}};
	struct hvc_outcome outcome = {.kind = HVC_OUTCOME_RETURN, .level = HVC_LEVEL_EL1H};
	struct hvc_verdict verdict;
	struct hvc_state entry;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.imm = (uint16_t)imm;
	call.x[2] = UINT64_C(0x1234567800000007);
	hvc_entry_state(&hvc_abi_world_at(specification(), 0)->world.state, &call, &entry);
	outcome.state = entry;
	outcome.state.v[0] = x0;
	outcome.state.v[1] = x1;
	hvc_verdict_judge(specification(), 0, &entry, &present, &call, &outcome, &verdict);
	return verdict;
}

static void check(unsigned imm, uint64_t x0, uint64_t x1, int reg, uint64_t expected)
{
	struct hvc_verdict verdict = judge(imm, x0, x1);

	if (reg < 0) {
		ck_assert_int_eq(verdict.kind, HVC_VERDICT_CONFORMS);
		return;
	}
	ck_assert_int_eq(verdict.kind, HVC_VERDICT_VIOLATES);
	ck_assert_int_eq(verdict.clause, HVC_CLAUSE_RESULT);
	ck_assert_int_eq(verdict.reg, reg);
	ck_assert_uint_eq(verdict.expected, expected);
}

/* Only the lower half is promised: how a callee extends a 32-bit result is its own business. */
TEST(lower_halves)
{
	check(0, UINT64_MAX, 7, -1, 0);
	check(0, UINT32_MAX, 7, -1, 0);
	check(0, UINT64_C(0x12345678ffffffff), 7, -1, 0);
	check(0, UINT64_C(0xfffffffffffffffe), 7, 0, UINT32_MAX);
	check(0, 0, 7, 0, UINT32_MAX);
	/* an x register is promised whole, whatever its value is made of */
	check(0, UINT32_MAX, UINT64_C(0x1234567800000007), 1, 7);
	ck_assert_uint_eq(judge(0, UINT64_C(0xdeadbeef00000001), 7).actual, 1);
}

TEST(one_of_some_values)
{
	check(1, 0, 5, -1, 0);
	check(1, -(uint64_t)2, UINT32_MAX, -1, 0);
	check(1, -(uint64_t)9, UINT64_C(0xffff00000005), -1, 0);
	check(1, 1, 5, 0, 0);
	check(1, -(uint64_t)1, 5, 0, 0);
	check(1, -(uint64_t)10, 5, 0, 0);
	check(1, (uint32_t)-2, 5, 0, 0);
	check(1, 0, 4, 1, 5);
	check(1, 0, 0, 1, 5);
}

/* What a contract calls a result is what a verdict lets pass. */
TEST(contracts_know_the_same_values)
{
	static const uint64_t values[] = {
	        0, 1, 4, 5, 6, (uint64_t)-1, (uint64_t)-2, (uint64_t)-9, (uint64_t)-10, UINT32_MAX};
	const struct hvc_rule *rule = hvc_abi_rule_at(specification(), 1);
	const struct hvc_context none = {NULL, NULL};

	ck_assert_str_eq(rule->name, "one_of");
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		ck_assert_int_eq(hvc_contract__is_result(rule, HVC_REG_X0, &none, values[i]),
		                 judge(1, values[i], 5).kind == HVC_VERDICT_CONFORMS);
		ck_assert_int_eq(hvc_contract__is_result(rule, HVC_REG_X0 + 1, &none, values[i]),
		                 judge(1, 0, values[i]).kind == HVC_VERDICT_CONFORMS);
		ck_assert(!hvc_contract__is_result(rule, HVC_REG_X0 + 2, &none, values[i]));
	}
}

/* An injected exception looks like one that the caller's own instruction took to EL1. */
TEST(injected_exceptions)
{
	static const struct {
		enum hvc_level from;
		uint64_t offset, mode;
	} rows[] = {
	        {HVC_LEVEL_EL1H, 0x200, 5},
	        {HVC_LEVEL_EL1T, 0x000, 4},
	        {HVC_LEVEL_EL0, 0x400, 0},
	};
	const struct hvc_regset present = {{UINT64_MAX, UINT64_MAX}};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_outcome outcome = {.kind = HVC_OUTCOME_INJECT, .level = HVC_LEVEL_EL1H};
		struct hvc_verdict verdict;
		struct hvc_state entry;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.imm = 2;
		call.from = rows[i].from;
		call.nzcv = UINT64_C(0x60000000);
		call.daif = 0x80;
		hvc_entry_state(&hvc_abi_world_at(specification(), 0)->world.state, &call, &entry);
		outcome.state = entry;
		outcome.pc = HVC_CALLER_VECTORS + rows[i].offset;
		outcome.state.v[HVC_REG_ESR_EL1] = 0x2000000;
		outcome.state.v[HVC_REG_ELR_EL1] = hvc_call__address(&call);
		outcome.state.v[HVC_REG_SPSR_EL1] = 0x60000080 | rows[i].mode;
		outcome.state.v[HVC_REG_DAIF] = HVC_PSTATE_DAIF;
		hvc_verdict_judge(specification(), 0, &entry, &present, &call, &outcome, &verdict);
		ck_assert_int_eq(verdict.kind, HVC_VERDICT_CONFORMS);
		outcome.pc += 0x80;
		hvc_verdict_judge(specification(), 0, &entry, &present, &call, &outcome, &verdict);
		ck_assert_int_eq(verdict.clause, HVC_CLAUSE_ADDRESS);
		ck_assert_uint_eq(verdict.expected, HVC_CALLER_VECTORS + rows[i].offset);
		outcome.pc -= 0x80;
		outcome.state.v[HVC_REG_SPSR_EL1] ^= 1;
		hvc_verdict_judge(specification(), 0, &entry, &present, &call, &outcome, &verdict);
		ck_assert_int_eq(verdict.clause, HVC_CLAUSE_RESULT);
		ck_assert_int_eq(verdict.reg, HVC_REG_SPSR_EL1);
	}
}

/* What is promised of a register is kept as written, and in the order of the register table. */
TEST(promises_as_loaded)
{
	const struct hvc_rule *rule = hvc_abi_rule_at(specification(), 1);
	char at[16];

	ck_assert_uint_eq(rule->results, 2);
	ck_assert_int_eq(rule->result[0].reg, 0);
	ck_assert_uint_eq(rule->result[0].mask, UINT64_MAX);
	ck_assert_uint_eq(rule->result[0].intervals, 2);
	ck_assert_uint_eq(rule->result[0].interval[1].lo, -(uint64_t)9);
	ck_assert_str_eq(rule->result[0].text, "0, -9 - -2");
	ck_assert_uint_eq(rule->result[1].mask, UINT32_MAX);
	ck_assert_uint_eq(rule->result[1].interval[1].hi, UINT32_MAX);
	ck_assert_uint_eq(hvc_abi_rule_at(specification(), 0)->result[0].mask, UINT32_MAX);
	ck_assert_uint_eq(hvc_abi_rule_at(specification(), 0)->result[0].intervals, 0);
	hvc_expr__print(&hvc_abi_rule_at(specification(), 2)->at, at, sizeof at);
	ck_assert_str_eq(at, "vector");
}

/* A broken promise in words: the half that was promised, and what else would have done. */
TEST(broken_promises_in_words)
{
	static const struct {
		unsigned imm;
		uint64_t x0, x1;
		const char *text;
	} rows[] = {
	        {0, UINT64_C(0xdead00000001), 7, "w0 is 1, promised -1"},
	        {0, UINT64_MAX, 8, "x1 is 8, promised 7 (w2)"},
	        {1, 1, 5, "x0 is 1, promised 0 (one of 0, -9 - -2)"},
	        {1, 0, UINT64_C(0x900000004), "w1 is 4, promised 5 (one of -1, 5)"},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct hvc_check check_ = {.abi = specification()};
		const struct hvc_finding finding = {
		        .verdict = judge(rows[i].imm, rows[i].x0, rows[i].x1)};
		char line[128];

		hvc_finding_print(&check_, &finding, line, sizeof line);
		ck_assert_str_eq(line, rows[i].text);
	}
}

SUITE_MAIN("promise")
