/* SPDX-License-Identifier: MIT */
/* What a rule says of an outcome: one clause broken at a time, and which one is named. */
#include <inttypes.h>
#include <string.h>

#include "hvcheck/arch.h"
#include "hvcheck/verdict.h"
#include "suite.h"

static const char text[] =
        "abi: t\ntitle: T\nsource: S\n"
        "callers: el0, el1t, el1h, el2h\n"
        "instructions: hvc, smc\n"
        "clobbers: x1-x3\n"
        "rules:\n"
        "- { name: get, when: { imm: 0 }, outcome: return, results: { x0: vbar_el2, x2: 9 } }\n"
        "- { name: set, when: { imm: 1 }, outcome: return, results: { vbar_el2: x1, x0: 0 } }\n"
        "- { name: jump, when: { imm: 2 }, outcome: jump, at: x1, results: { x0: x2 } }\n"
        "- { name: free_jump, when: { imm: 3 }, outcome: jump, level: el1h }\n"
        "- { name: spin, when: { imm: 4 }, outcome: spin }\n"
        "- { name: inject, when: { imm: 5 }, outcome: inject, level: el1h, clobbers: x1 }\n"
        "- { name: undefined, when: { imm: 6 }, outcome: undefined, clobbers: none }\n"
        "- { name: fault, when: { imm: 7 }, outcome: fault, clobbers: none }\n"
        "- { name: retry, when: { imm: 8 }, outcome: retry, results: { esr_el2: esr } }\n"
        "- { name: up, when: { imm: 9 }, outcome: return, level: el2h, clobbers: nzcv }\n"
        "- { name: forward, when: { imm: 10 }, outcome: forward, results: { daif: 0x3c0 } }\n"
        "- { name: limit, when: { imm: 11 }, outcome: limit }\n"
        "- { name: handoff, when: { imm: 12 }, outcome: handoff }\n"
        "- { name: never, when: { imm: 13 }, outcome: return, results: { scr_el3: 0 } }\n"
        "- { name: split, when: { imm: 14 }, outcome: return, results: { elr_el2: 9, x0: 0 } }\n"
        "- { name: rest, default: true, outcome: unspecified }\n";

/* A call, the state it starts from, and an outcome that starts out as that state. */
struct scene {
	struct hvc_call call;
	struct hvc_state entry;
	struct hvc_regset present;
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
};

static struct hvc_abi *abi;

static struct scene make_scene(unsigned imm, enum hvc_outcome_kind kind, enum hvc_level level)
{
	struct scene s = {.present = {{UINT64_MAX, UINT64_MAX}}};
	struct hvc_diag diag;

	if (!abi)
		ck_assert_msg(hvc_abi_parse(text, sizeof text - 1, "text", &diag, &abi) == HVC_OK,
		              "%u:%u: %s", diag.line, diag.column, diag.message);
	hvc_call_init(&s.call, 0);
	s.call.imm = (uint16_t)imm;
	s.call.daif = 0x140;
	hvc_entry_state(&hvc_abi_world_at(abi, 0)->world.state, &s.call, &s.entry);
	s.entry.v[HVC_REG_VBAR_EL2] = 0x60000000;
	s.outcome.kind = kind;
	s.outcome.level = level;
	s.outcome.state = s.entry;
	if (kind == HVC_OUTCOME_INJECT)
		s.outcome.state.v[HVC_REG_DAIF] = HVC_PSTATE_DAIF;
	return s;
}

static void judge(struct scene *s)
{
	memset(&s->verdict, 0xa5, sizeof s->verdict);
	hvc_verdict_judge(abi, 0, &s->entry, &s->present, &s->call, &s->outcome, &s->verdict);
}

static void conforms(struct scene *s)
{
	judge(s);
	ck_assert_msg(s->verdict.kind == HVC_VERDICT_CONFORMS,
	              "imm %u: %s %s: 0x%" PRIx64 ", not 0x%" PRIx64, s->call.imm,
	              hvc_clause_name(s->verdict.clause), hvc_reg_name(s->verdict.reg),
	              s->verdict.actual, s->verdict.expected);
	ck_assert_int_eq(s->verdict.rule, s->call.imm);
	ck_assert_int_eq(s->verdict.clause, HVC_CLAUSE_NONE);
	ck_assert_int_eq(s->verdict.reg, HVC_REG_NONE);
	ck_assert_uint_eq(s->verdict.expected | s->verdict.actual, 0);
}

static void violates(struct scene *s, enum hvc_clause clause, enum hvc_reg reg, uint64_t expected,
                     uint64_t actual)
{
	judge(s);
	ck_assert_int_eq(s->verdict.kind, HVC_VERDICT_VIOLATES);
	ck_assert_int_eq(s->verdict.rule, s->call.imm);
	ck_assert_str_eq(hvc_clause_name(s->verdict.clause), hvc_clause_name(clause));
	ck_assert_str_eq(hvc_reg_name(s->verdict.reg), hvc_reg_name(reg));
	ck_assert_uint_eq(s->verdict.expected, expected);
	ck_assert_uint_eq(s->verdict.actual, actual);
}

/* "get" done right: x0 and x2 as promised, x1 and x3 spoilt, which is allowed. */
static struct scene make_get(void)
{
	struct scene s = make_scene(0, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H);

	s.outcome.state.v[0] = 0x60000000;
	s.outcome.state.v[1] = 0xdead;
	s.outcome.state.v[2] = 9;
	s.outcome.state.v[3] = 0xbeef;
	return s;
}

TEST(names)
{
	ck_assert_str_eq(hvc_verdict_name(HVC_VERDICT_CONFORMS), "conforms");
	ck_assert_str_eq(hvc_verdict_name(HVC_VERDICT_VIOLATES), "violates");
	ck_assert_str_eq(hvc_verdict_name(HVC_VERDICT_UNDECIDED), "undecided");
	ck_assert_str_eq(hvc_verdict_name((enum hvc_verdict_kind)99), "?");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_NONE), "");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_OUTCOME), "outcome");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_LEVEL), "level");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_ADDRESS), "address");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_RESULT), "result");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_PRESERVE), "preserve");
	ck_assert_str_eq(hvc_clause_name(HVC_CLAUSE_MEMORY), "memory");
	ck_assert_str_eq(hvc_clause_name((enum hvc_clause)99), "?");
}

TEST(entry_states)
{
	struct hvc_state world, entry;
	struct hvc_call call;

	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		world.v[reg] = 1000 + reg;
	hvc_call_init(&call, 5);
	call.nzcv = UINT64_MAX;
	call.daif = UINT64_MAX;
	hvc_entry_state(&world, &call, &entry);
	ck_assert_int_eq(memcmp(entry.v, call.x, sizeof call.x), 0);
	ck_assert_uint_eq(entry.v[HVC_REG_NZCV], 0xf0000000);
	ck_assert_uint_eq(entry.v[HVC_REG_DAIF], 0x3c0);
	for (unsigned reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		ck_assert_uint_eq(entry.v[reg], 1000 + reg);
	hvc_entry_state(&world, &call, &world);
	ck_assert_int_eq(memcmp(&world, &entry, sizeof world), 0);
}

TEST(outcomes)
{
	struct scene s = make_get();

	conforms(&s);
	for (unsigned kind = 1; kind < HVC_OUTCOME_FAILED; kind++) {
		s.outcome.kind = (enum hvc_outcome_kind)kind;
		violates(&s, HVC_CLAUSE_OUTCOME, HVC_REG_NONE, HVC_OUTCOME_RETURN, kind);
	}
}

/* The caller's level by default; EL2h where the PE stays at EL2; the rule's where it has one. */
TEST(levels)
{
	static const struct {
		unsigned imm;
		enum hvc_outcome_kind kind;
		enum hvc_level from, level;
	} cases[] = {
	        {0, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H, HVC_LEVEL_EL1H},
	        {0, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1T, HVC_LEVEL_EL1T},
	        {0, HVC_OUTCOME_RETURN, HVC_LEVEL_EL2H, HVC_LEVEL_EL2H},
	        {9, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1T, HVC_LEVEL_EL2H},
	        {2, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1H, HVC_LEVEL_EL2H},
	        {3, HVC_OUTCOME_JUMP, HVC_LEVEL_EL2H, HVC_LEVEL_EL1H},
	        {4, HVC_OUTCOME_SPIN, HVC_LEVEL_EL1T, HVC_LEVEL_EL2H},
	        {5, HVC_OUTCOME_INJECT, HVC_LEVEL_EL1T, HVC_LEVEL_EL1H},
	        {6, HVC_OUTCOME_UNDEFINED, HVC_LEVEL_EL0, HVC_LEVEL_EL0},
	        {7, HVC_OUTCOME_FAULT, HVC_LEVEL_EL1H, HVC_LEVEL_EL2H},
	        {8, HVC_OUTCOME_RETRY, HVC_LEVEL_EL1T, HVC_LEVEL_EL1T},
	        {10, HVC_OUTCOME_FORWARD, HVC_LEVEL_EL1H, HVC_LEVEL_EL2H},
	        {11, HVC_OUTCOME_LIMIT, HVC_LEVEL_EL1H, HVC_LEVEL_EL2H},
	        {12, HVC_OUTCOME_HANDOFF, HVC_LEVEL_EL1H, HVC_LEVEL_EL2H},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene s = make_scene(cases[i].imm, cases[i].kind, HVC_LEVEL_COUNT);

		s.call.from = cases[i].from;
		for (unsigned level = 0; level < HVC_LEVEL_COUNT; level++) {
			s.outcome.level = (enum hvc_level)level;
			if (level != cases[i].level) {
				violates(&s, HVC_CLAUSE_LEVEL, HVC_REG_NONE, cases[i].level, level);
				continue;
			}
			judge(&s);
			ck_assert_int_ne(s.verdict.clause, HVC_CLAUSE_LEVEL);
		}
	}
}

TEST(addresses)
{
	struct scene s = make_scene(2, HVC_OUTCOME_JUMP, HVC_LEVEL_EL2H);

	s.outcome.pc = s.call.x[1];
	s.outcome.state.v[0] = s.call.x[2];
	s.outcome.state.v[HVC_REG_DAIF] = 0x3c0;
	conforms(&s);
	s.outcome.pc += 4;
	violates(&s, HVC_CLAUSE_ADDRESS, HVC_REG_NONE, s.call.x[1], s.call.x[1] + 4);
	/* Without `at` anywhere will do, and so will any PC of a return. */
	s = make_scene(3, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1H);
	s.outcome.pc = 0x1234;
	conforms(&s);
	s = make_get();
	s.outcome.pc = 0x1234;
	conforms(&s);
}

TEST(results)
{
	struct scene s = make_get();

	s.outcome.state.v[0] = 1;
	s.outcome.state.v[2] = 1;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_X0, 0x60000000, 1);
	s.outcome.state.v[0] = 0x60000000;
	violates(&s, HVC_CLAUSE_RESULT, (enum hvc_reg)2, 9, 1);
	/* A result comes before a register that had to be preserved, whatever their order. */
	s.outcome.state.v[30] = 1;
	s.outcome.state.v[HVC_REG_NZCV] ^= HVC_PSTATE_NZCV;
	violates(&s, HVC_CLAUSE_RESULT, (enum hvc_reg)2, 9, 1);
}

/* An ERET takes ELR_EL2 to where control goes: of it another promise is the rule's own fault. */
TEST(what_no_code_can_do)
{
	struct scene s = make_scene(14, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H);

	s.outcome.pc = 0x80001004;
	s.outcome.state.v[0] = 0;
	s.outcome.state.v[HVC_REG_ELR_EL2] = 0x80001004;
	judge(&s);
	ck_assert_int_eq(s.verdict.kind, HVC_VERDICT_CONFORMS);
	ck_assert_int_eq(s.verdict.clause, HVC_CLAUSE_CONTRADICTION);
	ck_assert_int_eq(s.verdict.reg, HVC_REG_ELR_EL2);
	ck_assert_uint_eq(s.verdict.expected, 9);
	ck_assert_uint_eq(s.verdict.actual, 0x80001004);
	/* What else is wrong is wrong, and elsewhere ELR_EL2 could have been as promised. */
	s.outcome.state.v[0] = 1;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_X0, 0, 1);
	s.outcome.state.v[0] = 0;
	s.outcome.state.v[HVC_REG_ELR_EL2] = 8;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_ELR_EL2, 9, 8);
	/* Another register that happens to hold the address is just wrong. */
	s = make_get();
	s.outcome.pc = s.outcome.state.v[2] = 0x80001004;
	violates(&s, HVC_CLAUSE_RESULT, (enum hvc_reg)2, 9, 0x80001004);
}

/* VBAR bits 10:0 are nobody's business; registers that a CPU lacks, nor SCR_EL3. */
TEST(bits_that_do_not_count)
{
	struct scene s = make_scene(1, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H);

	s.outcome.state.v[0] = 0;
	s.call.x[1] = s.entry.v[1] = 0x70000801;
	s.outcome.state.v[HVC_REG_VBAR_EL2] = 0x70000800;
	conforms(&s);
	s.outcome.state.v[HVC_REG_VBAR_EL2] = 0x70000fff;
	conforms(&s);
	s.outcome.state.v[HVC_REG_VBAR_EL2] = 0x70001800;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_VBAR_EL2, 0x70000800, 0x70001800);
	hvc_regset_remove(&s.present, HVC_REG_VBAR_EL2);
	conforms(&s);
	s.outcome.state.v[HVC_REG_VBAR_EL1] ^= 0x7ff;
	s.outcome.state.v[HVC_REG_SCR_EL3] ^= 0xff;
	conforms(&s);
	s.outcome.state.v[HVC_REG_ZCR_EL2] = 7;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_ZCR_EL2, s.entry.v[HVC_REG_ZCR_EL2], 7);
	hvc_regset_remove(&s.present, HVC_REG_ZCR_EL2);
	conforms(&s);
	/* what lies behind an absent register is still seen */
	s.outcome.state.v[HVC_REG_TPIDRRO_EL0] = 7;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_TPIDRRO_EL0, s.entry.v[HVC_REG_TPIDRRO_EL0], 7);
	s = make_scene(13, HVC_OUTCOME_RETURN, HVC_LEVEL_EL1H);
	conforms(&s);
}

/* Every register but results, clobbers and what the exception itself writes. */
TEST(preserved_registers)
{
	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++) {
		const struct hvc_reg_info *info = hvc_reg_info((enum hvc_reg)reg);
		struct scene s = make_get();
		uint64_t bit = reg == HVC_REG_DAIF     ? 0x40
		               : reg == HVC_REG_PSTATE ? UINT64_C(1) << 22
		                                       : UINT64_C(1) << 31;

		s.outcome.state.v[reg] ^= bit;
		if (reg == 0 || reg == 2)
			violates(&s, HVC_CLAUSE_RESULT, (enum hvc_reg)reg, reg ? 9 : 0x60000000,
			         s.outcome.state.v[reg]);
		else if (reg == 1 || reg == 3 || info->class_ == HVC_CLASS_EXCEPTION ||
		         reg == HVC_REG_SCR_EL3)
			conforms(&s);
		else
			violates(&s, HVC_CLAUSE_PRESERVE, (enum hvc_reg)reg, s.entry.v[reg],
			         s.outcome.state.v[reg]);
	}
}

/* An exception register that a rule names is compared; a preserved one is in table order. */
TEST(stated_exception_registers)
{
	struct scene s = make_scene(8, HVC_OUTCOME_RETRY, HVC_LEVEL_EL1H);

	s.outcome.state.v[HVC_REG_ESR_EL2] = 0x5a000008;
	conforms(&s);
	s.outcome.state.v[HVC_REG_ESR_EL2] = 0x5a000009;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_ESR_EL2, 0x5a000008, 0x5a000009);
	s.outcome.state.v[HVC_REG_ESR_EL2] = 0x5a000008;
	s.outcome.state.v[HVC_REG_PAR_EL1] = 1;
	s.outcome.state.v[HVC_REG_SP_EL1] = 1;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_SP_EL1, s.entry.v[HVC_REG_SP_EL1], 1);
}

/* Inside EL2 everything is masked; back at a lower level the caller's own mask holds. */
TEST(masks_inside_el2)
{
	static const struct {
		unsigned imm;
		enum hvc_outcome_kind kind;
		enum hvc_level level;
		uint64_t daif;
	} cases[] = {
	        {3, HVC_OUTCOME_JUMP, HVC_LEVEL_EL1H, 0x140},
	        {4, HVC_OUTCOME_SPIN, HVC_LEVEL_EL2H, 0x3c0},
	        {11, HVC_OUTCOME_LIMIT, HVC_LEVEL_EL2H, 0x3c0},
	        {12, HVC_OUTCOME_HANDOFF, HVC_LEVEL_EL2H, 0x3c0},
	        {9, HVC_OUTCOME_RETURN, HVC_LEVEL_EL2H, 0x140},
	};

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct scene s = make_scene(cases[i].imm, cases[i].kind, cases[i].level);
		uint64_t other = cases[i].daif ^ 0x280;

		s.outcome.state.v[HVC_REG_DAIF] = cases[i].daif;
		conforms(&s);
		s.outcome.state.v[HVC_REG_DAIF] = other;
		violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_DAIF, cases[i].daif, other);
		/* NZCV and DAIF come in table order. */
		s.outcome.state.v[HVC_REG_SP_EL0] = 1;
		violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_DAIF, cases[i].daif, other);
	}
	/* A rule may state the mask itself. */
	struct scene s = make_scene(10, HVC_OUTCOME_FORWARD, HVC_LEVEL_EL2H);

	s.outcome.state.v[HVC_REG_DAIF] = 0x3c0;
	conforms(&s);
	s.outcome.state.v[HVC_REG_DAIF] = 0;
	violates(&s, HVC_CLAUSE_RESULT, HVC_REG_DAIF, 0x3c0, 0);
}

/* What the exception writes that ends them (Arm ARM AArch64.TakeException) is its own. */
static bool is_the_exceptions(enum hvc_outcome_kind kind, enum hvc_reg reg)
{
	enum hvc_reg_class class_ = hvc_reg_info(reg)->class_;

	if (class_ == HVC_CLASS_PSTATE || class_ == HVC_CLASS_EXCEPTION || reg == HVC_REG_SCR_EL3)
		return true;
	return kind != HVC_OUTCOME_FAULT && (reg == HVC_REG_ELR_EL1 || reg == HVC_REG_SPSR_EL1 ||
	                                     reg == HVC_REG_ESR_EL1 || reg == HVC_REG_FAR_EL1);
}

TEST(exceptions_use_system_registers)
{
	static const enum hvc_outcome_kind kind[] = {HVC_OUTCOME_INJECT, HVC_OUTCOME_UNDEFINED,
	                                             HVC_OUTCOME_FAULT};

	for (unsigned i = 0; i < 3; i++) {
		enum hvc_level level = i == 2 ? HVC_LEVEL_EL2H : HVC_LEVEL_EL1H;
		struct scene s = make_scene(5 + i, kind[i], level);

		for (unsigned reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++)
			if (is_the_exceptions(kind[i], (enum hvc_reg)reg))
				s.outcome.state.v[reg] = ~s.entry.v[reg];
		if (kind[i] == HVC_OUTCOME_INJECT) {
			s.outcome.state.v[HVC_REG_DAIF] = HVC_PSTATE_DAIF;
			s.outcome.state.v[HVC_REG_PSTATE] = HVC_PSTATE_DIT;
		}
		conforms(&s);
		for (unsigned reg = HVC_GPR_COUNT; reg < HVC_REG_COUNT; reg++) {
			uint64_t mask = hvc_reg_info((enum hvc_reg)reg)->mask;

			if (is_the_exceptions(kind[i], (enum hvc_reg)reg) || !mask)
				continue;
			s.outcome.state.v[reg] = ~s.entry.v[reg];
			violates(&s, HVC_CLAUSE_PRESERVE, (enum hvc_reg)reg, s.entry.v[reg] & mask,
			         ~s.entry.v[reg] & mask);
			s.outcome.state.v[reg] = s.entry.v[reg];
		}
		s.outcome.state.v[1] = 5;
		if (kind[i] == HVC_OUTCOME_INJECT)
			conforms(&s);
		else
			violates(&s, HVC_CLAUSE_PRESERVE, (enum hvc_reg)1, s.entry.v[1], 5);
		s.outcome.state.v[1] = s.entry.v[1];
		s.outcome.state.v[30] = 5;
		violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_X30, s.entry.v[30], 5);
	}
}

/* One to EL1 masks all, sets PAN or leaves it, clears UAO, and has SSBS by SCTLR_EL1.DSSBS. */
TEST(an_injected_exceptions_pstate)
{
	const uint64_t bits = HVC_PSTATE_PAN | HVC_PSTATE_UAO | HVC_PSTATE_SSBS;
	struct scene s = make_scene(5, HVC_OUTCOME_INJECT, HVC_LEVEL_EL1H);

	s.outcome.state.v[HVC_REG_PSTATE] = HVC_PSTATE_PAN;
	conforms(&s);
	s.entry.v[HVC_REG_PSTATE] = bits;
	conforms(&s);
	s.outcome.state.v[HVC_REG_PSTATE] = HVC_PSTATE_PAN | HVC_PSTATE_UAO;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_PSTATE, HVC_PSTATE_PAN,
	         HVC_PSTATE_PAN | HVC_PSTATE_UAO);
	s.outcome.state.v[HVC_REG_PSTATE] = 0;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_PSTATE, HVC_PSTATE_PAN, 0);
	s.entry.v[HVC_REG_SCTLR_EL1] |= HVC_SCTLR_DSSBS;
	s.outcome.state.v[HVC_REG_SCTLR_EL1] |= HVC_SCTLR_DSSBS;
	s.outcome.state.v[HVC_REG_PSTATE] = HVC_PSTATE_PAN;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_PSTATE, HVC_PSTATE_PAN | HVC_PSTATE_SSBS,
	         HVC_PSTATE_PAN);
	s.outcome.state.v[HVC_REG_PSTATE] = HVC_PSTATE_PAN | HVC_PSTATE_SSBS;
	conforms(&s);
	s.outcome.state.v[HVC_REG_DAIF] = s.entry.v[HVC_REG_DAIF];
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_DAIF, HVC_PSTATE_DAIF, s.entry.v[HVC_REG_DAIF]);
}

TEST(stores)
{
	struct scene s = make_get();

	s.outcome.el2_stores = 7;
	conforms(&s);
	s.outcome.stores = 2;
	violates(&s, HVC_CLAUSE_MEMORY, HVC_REG_NONE, 0, 2);
	s.outcome.state.v[30] = 5;
	violates(&s, HVC_CLAUSE_PRESERVE, HVC_REG_X30, s.entry.v[30], 5);
}

TEST(nothing_is_said_of_the_rest)
{
	struct scene s = make_scene(15, HVC_OUTCOME_FAULT, HVC_LEVEL_EL2H);

	s.outcome.stores = 1;
	for (unsigned i = 0; i < 2; i++) {
		judge(&s);
		ck_assert_int_eq(s.verdict.kind, HVC_VERDICT_UNDECIDED);
		ck_assert_int_eq(s.verdict.rule, i ? -1 : 15);
		ck_assert_int_eq(s.verdict.clause, HVC_CLAUSE_NONE);
		ck_assert_int_eq(s.verdict.reg, HVC_REG_NONE);
		s.call.from = HVC_LEVEL_EL2T; /* no caller of this ABI */
	}
}

SUITE_MAIN("verdict")
