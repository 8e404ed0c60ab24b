/* SPDX-License-Identifier: MIT */
/*
 * Bills that were clean and false: code that does wrong in one place, and each command that has to
 * say so. Small images, each with a control that differs in nothing but the wrong.
 */
#include <errno.h>
#include <sys/stat.h>

#include "engine/contract.h"
#include "engine/diff.h"
#include "engine/safety.h"
#include "engine/saved.h"
#include "hvcheck/arch.h"
#include "tiny_image.h"
#include "under_test.h"

#define ESR sys_name(HVC_REG_ESR_EL2)

#define A64_AND16(rd, rn) (UINT32_C(0x92403c00) | (uint32_t)(rn) << 5 | (rd))
#define A64_CMP(rn, rm)   (UINT32_C(0xeb00001f) | (uint32_t)(rm) << 16 | (uint32_t)(rn) << 5)

#define HEAD "abi: a\ntitle: t\nsource: s\ncallers: el1h\nclobbers: x0-x18, nzcv\nrules:\n"

/* x0 := imm, and x1 := imm or 0: they part on all immediates but one. */
static struct hvc_subject *open_twice(bool twice)
{
	struct tiny_image image;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(0, ESR), A64_AND16(0, 0),
	         twice ? A64_MOV(1, 0) : A64_MOVZ(1, 0), A64_ERET);
	return open_subject(tiny_file(&image, twice ? "twice.bin" : "once.bin"));
}

static void assert_parts(const struct hvc_diff_config *config, bool part)
{
	struct hvc_diag diag = {0};
	struct hvc_diff *diff = NULL;

	ck_assert_msg(hvc_diff__run(config, &diag, &diff) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(diff->gaps, 0);
	ck_assert_int_eq(diff->changes > 0, part);
	ck_assert_int_eq(diff->equal, !part);
	hvc_diff__free(diff);
}

TEST(both_sides_move_with_the_immediate)
{
	static const char path[] = HVC_BINARY_DIR "/test_clean_bill.map";
	struct hvc_subject *once = open_twice(false), *twice = open_twice(true);
	const struct hvc_exact_config make = {.subject = once, .brief = true};
	struct hvc_exact *map = NULL, *saved = NULL;
	struct hvc_diag diag = {0};
	FILE *file = fopen(path, "w");

	assert_parts(&(struct hvc_diff_config){.subject = {once, twice}, .brief = true}, true);
	assert_parts(&(struct hvc_diff_config){.subject = {twice, twice}, .brief = true}, false);
	ck_assert_int_eq(hvc_exact__make(&make, &diag, &map), HVC_OK);
	ck_assert_int_eq(hvc_exact__save(file, map, &diag), HVC_OK);
	fclose(file);
	ck_assert_int_eq(hvc_exact__load(path, &diag, &saved), HVC_OK);
	assert_parts(&(struct hvc_diff_config){.subject = {NULL, twice},
	                                       .saved = {saved},
	                                       .brief = true},
	             true);
	assert_parts(
	        &(struct hvc_diff_config){.subject = {NULL, once}, .saved = {saved}, .brief = true},
	        false);
	hvc_exact__free(saved);
	hvc_exact__free(map);
	hvc_subject_close(once);
	hvc_subject_close(twice);
}

/* One immediate among 65,536 has the handler write its own image. */
TEST(one_immediate_writes_the_image)
{
	struct hvc_abi *abi =
	        parse_abi(HEAD "  - { name: one, when: { imm: 1 }, outcome: return }\n"
	                       "  - { name: rest, default: true, outcome: return }\n");

	for (unsigned wrong = 0; wrong < 2; wrong++) {
		struct tiny_image image;
		struct hvc_subject *subject;
		struct hvc_safety *safety = NULL;
		struct hvc_diag diag = {0};
		struct hvc_safety_config config = {.abi = abi, .brief = true};

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_MRS(17, ESR), A64_AND16(17, 17),
		         A64_MOVZ(16, 0x1234), A64_CMP(17, 16), A64_BNE(12), A64_ADR(16, 0xc00),
		         wrong ? A64_STR(16, 16) : A64_NOP, A64_ERET);
		subject = open_subject(tiny_file(&image, wrong ? "writes.bin" : "writes-not.bin"));
		config.subject = subject;
		ck_assert_msg(hvc_safety__look(&config, &diag, &safety) == HVC_OK, "%s",
		              diag.message);
		ck_assert_uint_eq(safety->gaps, 0);
		ck_assert_int_eq(safety->findings > 0, wrong);
		if (wrong) {
			ck_assert_uint_eq(safety->hazard[0].kinds, 1u << HVC_HAZARD_IMAGE);
			ck_assert_uint_eq(safety->hazard[0].witness.call.imm, 0x1234);
		}
		hvc_safety__free(safety);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

/* An Undefined exception for EL1h, and one register more. */
static struct hvc_subject *open_injector(enum hvc_reg reg)
{
	struct tiny_image image;
	uint32_t name = reg == HVC_REG_NONE ? sys_name(HVC_REG_ESR_EL1) : sys_name(reg);

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(0, sys_name(HVC_REG_VBAR_EL1)), A64_ADD(0, 0, 0x200),
	         A64_MRS(1, sys_name(HVC_REG_ELR_EL2)), A64_MSR(sys_name(HVC_REG_ELR_EL1), 1),
	         A64_MSR(sys_name(HVC_REG_ELR_EL2), 0), A64_MRS(1, sys_name(HVC_REG_SPSR_EL2)),
	         A64_MSR(sys_name(HVC_REG_SPSR_EL1), 1), A64_MOVZ(1, 0x3c5),
	         A64_MSR(sys_name(HVC_REG_SPSR_EL2), 1), A64_MOVZ(1, 0), A64_MOVK16(1, 0x200),
	         A64_MSR(sys_name(HVC_REG_ESR_EL1), 1), A64_MRS(1, name), A64_ADD(1, 1, 0x800),
	         reg == HVC_REG_NONE ? A64_NOP : A64_MSR(name, 1), A64_ERET);
	return open_subject(
	        tiny_file(&image, reg == HVC_REG_NONE ? "injects.bin" : hvc_reg_name(reg)));
}

/* What an injected exception uses up is its own; EL2's registers and the others of EL1 are not. */
TEST(an_injection_keeps_the_rest)
{
	static const enum hvc_reg regs[] = {HVC_REG_NONE,      HVC_REG_VBAR_EL2,  HVC_REG_HCR_EL2,
	                                    HVC_REG_TTBR0_EL2, HVC_REG_VTTBR_EL2, HVC_REG_TPIDR_EL2,
	                                    HVC_REG_TPIDR_EL1, HVC_REG_SP_EL0};
	const size_t count = sizeof regs / sizeof *regs;
	struct hvc_abi *abi = parse_abi(
	        HEAD
	        "  - { name: rest, default: true, outcome: inject, at: vector, level: el1h }\n");

	/* Swept, the first two. */
	for (size_t i = 0; i < count + 2; i++) {
		enum hvc_reg reg = regs[i % count];
		struct hvc_subject *subject = open_injector(reg);
		const struct hvc_check_config config = {
		        .subject = subject, .abi = abi, .brief = true, .sweep = i >= count};
		struct hvc_check *check = run_config(&config);

		ck_assert_msg((check->findings > 0) == (reg != HVC_REG_NONE), "%s: %u findings",
		              reg == HVC_REG_NONE ? "none" : hvc_reg_name(reg), check->findings);
		if (reg != HVC_REG_NONE) {
			ck_assert_int_eq(check->finding[0].verdict.clause, HVC_CLAUSE_PRESERVE);
			ck_assert_int_eq(check->finding[0].verdict.reg, reg);
			ck_assert_uint_eq(check->finding[0].immediates, HVC_IMM_COUNT);
		}
		hvc_check_free(check);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

/* Where a contract is broken, the check says no other: both go by what the machine did. */
TEST(a_broken_contract_is_no_conforming_check)
{
	static const struct {
		const char *subject, *abi;
	} rows[] = {
	        {"broken-leak-simd", "linux-stub-4.12"},
	        {"broken-daif", "linux-stub-4.12"},
	        {"linux-stub-4.12", "linux-stub-4.12"},
	};

	/* With --sweep the first alone. */
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i += 1 + (i > 1)) {
		struct hvc_subject *subject = open_subject(rows[i / 2].subject);
		struct hvc_abi *abi = open_abi(rows[i / 2].abi);
		const struct hvc_check_config config = {.subject = subject,
		                                        .abi = abi,
		                                        .brief = true,
		                                        .levels = 1u << HVC_LEVEL_EL1H,
		                                        .insns = 1u << HVC_INSN_HVC,
		                                        .sweep = i % 2};
		const struct hvc_contract_config contracting = {.subject = subject,
		                                                .abi = abi,
		                                                .levels = 1u << HVC_LEVEL_EL1H,
		                                                .insns = 1u << HVC_INSN_HVC};
		struct hvc_check *check = run_config(&config);
		struct hvc_contract *contract = NULL;
		struct hvc_diag diag = {0};

		ck_assert_int_eq(hvc_contract__measure(&contracting, &diag, &contract), HVC_OK);
		ck_assert_int_eq(contract->broken > 0, rows[i / 2].subject[0] == 'b');
		ck_assert_msg((check->findings > 0) == (contract->broken > 0), "%s%s: %u findings",
		              rows[i / 2].subject, i % 2 ? " --sweep" : "", check->findings);
		hvc_contract__free(contract);
		hvc_check_free(check);
		hvc_abi_free(abi);
		hvc_subject_close(subject);
	}
}

/* What the proof says is what the machine shows, clause by clause: one is broken, or none. */
TEST(each_clause_is_proved_and_made)
{
	static const struct {
		const char *name;
		uint32_t code[6];
		enum hvc_clause clause;
		enum hvc_reg reg;
	} rows[] = {
	        {"keeps",
	         {A64_MOVZ(1, 4), A64_NOP, A64_NOP, A64_ERET},
	         HVC_CLAUSE_NONE,
	         HVC_REG_NONE},
	        {"above", {A64_MOVZ(1, 6), A64_NOP, A64_NOP, A64_ERET}, HVC_CLAUSE_RESULT, 1},
	        {"below", {A64_MOVZ(1, 2), A64_NOP, A64_NOP, A64_ERET}, HVC_CLAUSE_RESULT, 1},
	        {"x30",
	         {A64_MOVZ(1, 4), A64_MOVZ(30, 0), A64_NOP, A64_ERET},
	         HVC_CLAUSE_PRESERVE,
	         30},
	        {"stores",
	         {A64_MOVZ(1, 4), A64_MOVZ(2, 0), A64_MOVK16(2, 2), A64_MOVK32(2, 0x40),
	          A64_STR(1, 2), A64_ERET},
	         HVC_CLAUSE_MEMORY,
	         HVC_REG_NONE},
	        {"spins", {A64_MOVZ(1, 4), A64_B(0)}, HVC_CLAUSE_OUTCOME, HVC_REG_NONE},
	        {"untracked", /* fmov d3, x1 */
	         {A64_MOVZ(1, 4), UINT32_C(0x9e670023), A64_NOP, A64_ERET},
	         HVC_CLAUSE_PRESERVE,
	         HVC_REG_NONE},
	};
	struct hvc_abi *abi =
	        parse_abi("abi: a\ntitle: t\nsource: s\ncallers: el1h\nclobbers: x2\nrules:\n"
	                  "  - { name: all, default: true, outcome: return, "
	                  "among: { x1: 3-5 } }\n");

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct hvc_check_config config = {.abi = abi, .brief = true};
		struct tiny_image image;
		struct hvc_subject *subject;
		struct hvc_check *check;
		bool found = false;

		tiny_init(&image, HVC_CPU_A72);
		memcpy(image.bytes + TINY_LOWER, rows[i].code, sizeof rows[i].code);
		subject = open_subject(tiny_file(&image, rows[i].name));
		config.subject = subject;
		check = run_config(&config);
		ck_assert_msg((check->findings > 0) == (rows[i].clause != HVC_CLAUSE_NONE),
		              "%s: %u", rows[i].name, check->findings);
		for (unsigned k = 0; k < check->findings; k++)
			found |= check->finding[k].verdict.clause == rows[i].clause &&
			         check->finding[k].verdict.reg == rows[i].reg;
		ck_assert_msg(found || !check->findings, "%s", rows[i].name);
		for (unsigned k = 0; k < check->parts; k++)
			ck_assert_msg(check->part[k].proved, "%s: %s", rows[i].name,
			              check->part[k].why);
		hvc_check_free(check);
		hvc_subject_close(subject);
	}
	hvc_abi_free(abi);
}

SUITE_MAIN("clean_bill")
