/* SPDX-License-Identifier: MIT */
/*
 * Subjects for Hyp mode: every immediate of A32 and T32 against every built-in one by its own
 * specification, each broken variant by the call that shows it, and the clauses of the architecture
 * that an entry to Hyp mode and a return from it keep to (Arm ARM G1.12, G1.14, F5.1 HVC, ERET).
 */
#include <stdlib.h>

#include "abi/abi.h"
#include "engine/fit.h"
#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "subject/subject.h"
#include "subject/zboot.h"
#include "under_test.h"

#define SUBJECTS 13u

/* The built-in ones, and the value of the selector of which every immediate is called. */
static const struct {
	const char *name;
	uint16_t imm[2]; /* those that it looks at */
	enum hvc_reg selector;
	uint64_t value[5];
} subjects[SUBJECTS] = {
        {"linux-arm-stub-3.7", {0}, HVC_REG_X0, {0x40, 0xffffffff, 0, 1, 0x80000000}},
        {"linux-arm-stub-4.12", {0}, HVC_REG_X0, {5, 0, 1, 2, 0x80000000}},
        {"linux-arm-stub-4.12-t32", {0}, HVC_REG_X0, {5, 0, 1, 2, 0x80000000}},
        {"linux-arm-stub-5.7", {0}, HVC_REG_X0, {0, 1, 2, 3, 0xffffffff}},
        {"linux-arm-zimage-5.7", {0}, HVC_REG_X0, {2, 0, 1, 3, 0xffffffff}},
        {"linux-arm-kvm-3.9", {0}, HVC_REG_X0, {0xf001c000, 0xf001c000, 0, 1, 2}},
        {"linux-arm-kvm-3.14", {0}, HVC_REG_X0, {0xf001c000, 0xffffffff, 0, 1, 2}},
        {"linux-arm-kvm-4.12", {0}, HVC_REG_X0, {0xf001c000, 0, 1, 2, 0x80008000}},
        {"xen-arm32", {0, 0xea1}, (enum hvc_reg)(HVC_REG_X0 + 12), {17, 6, 40, 43, 0xffffffff}},
        {"jailhouse-arm32", {0, 0x4a48}, HVC_REG_X0, {5, 0, 8, 9, 0xffffffff}},
        {"smccc-arm32", {0, 1}, HVC_REG_X0, {0x84000000, 0x80000000, 0xc4000001, 0x84000003, 7}},
        {"psci-0.1-arm32", {0, 1}, HVC_REG_X0, {0x95c1ba60, 0x95c1ba5e, 0x95c1ba61, 7, 0}},
        {"qnx-arm32", {0x1234, 0x764d}, HVC_REG_X0, {2, 3, 0, 1, 0xffffffff}},
};

struct judge {
	const struct hvc_abi *abi;
	unsigned world;
	struct hvc_machine *machine;
	struct hvc_call call;
	unsigned imm, last, step;
	unsigned calls;
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct judge *j = ctx;

	if (j->imm > j->last)
		return false;
	*call = j->call;
	call->imm = (uint16_t)j->imm;
	j->imm += j->step;
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct judge *j = ctx;
	struct hvc_verdict verdict;
	struct hvc_state entry;

	hvc_entry_state(hvc_machine_entry(j->machine), call, &entry);
	hvc_verdict_judge(j->abi, j->world, &entry, hvc_machine_present(j->machine), call, outcome,
	                  &verdict);
	ck_assert_msg(verdict.rule >= 0 && verdict.kind != HVC_VERDICT_VIOLATES,
	              "%s, %s #0x%x from %s, r0 = 0x%llx: %s, %s of %s, 0x%llx, not 0x%llx",
	              hvc_abi_name(j->abi), hvc_insn_name(call->insn), call->imm,
	              hvc_level_name(call->from), (unsigned long long)call->x[0],
	              hvc_outcome_name(outcome->kind), hvc_clause_name(verdict.clause),
	              hvc_reg_name(verdict.reg), (unsigned long long)verdict.actual,
	              (unsigned long long)verdict.expected);
	j->calls++;
	return true;
}

static void sweep(struct judge *j, unsigned first, unsigned last, unsigned step)
{
	const struct hvc_feed feed = {next, done, j};
	struct hvc_diag diag = {0};
	enum hvc_status status;

	j->imm = first;
	j->last = last;
	j->step = step;
	status = hvc_machine_run(j->machine, &feed, &diag);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
}

/*
 * All immediates with one value, of A32 and T32 in turns; with the others some immediates, and
 * those that are looked at. Each is translated anew, which is what takes the time. With
 * HVC_DISPATCH=full all immediates with each value, of both, in every world, and with one of them
 * from all other modes of EL1.
 */
TEST_ROWS(every_immediate_is_answered, subjects)
{
	const unsigned row = (unsigned)_i;
	const bool full = suite_is_full();
	struct hvc_subject *subject = open_subject(subjects[row].name);
	struct judge j = {.abi = open_abi(subjects[row].name)};
	static const enum hvc_insn all[] = {HVC_INSN_HVC_A32, HVC_INSN_HVC_T32};

	for (; j.world < hvc_abi_world_count(j.abi); j.world++) {
		j.machine = open_machine(subject, &hvc_abi_world_at(j.abi, j.world)->world);
		for (enum hvc_insn insn = HVC_INSN_HVC_A32; insn <= HVC_INSN_HVC_T32; insn++)
			for (unsigned i = 0; i < 5; i++) {
				hvc_call_init(&j.call, 0);
				j.call.insn = insn;
				j.call.from = HVC_LEVEL_EL1_SVC;
				j.call.x[subjects[row].selector] = subjects[row].value[i];
				sweep(&j, 0, HVC_IMM_COUNT - 1,
				      !full && (i || j.world || insn != all[row & 1]) ? 1009 : 1);
				for (unsigned k = 0; k < 2; k++)
					sweep(&j, subjects[row].imm[k], subjects[row].imm[k], 1);
				if (full || !i)
					assert_modes_alike(j.machine, &j.call,
					                   !full ? 16381
					                   : i   ? 1009
					                         : 1);
			}
		/* Of SMC the four bits that A32 and T32 have. */
		for (enum hvc_insn insn = HVC_INSN_SMC_A32; insn <= HVC_INSN_SMC_T32; insn++)
			for (unsigned i = 0; i < 5 && hvc_abi__insns(j.abi) >> insn & 1; i++) {
				j.call.insn = insn;
				j.call.x[subjects[row].selector] = subjects[row].value[i];
				sweep(&j, 0, 15, 1);
				assert_modes_alike(j.machine, &j.call, 16381);
			}
		hvc_machine_close(j.machine);
	}
	ck_assert_uint_gt(j.calls, HVC_IMM_COUNT);
	hvc_abi_free((struct hvc_abi *)(uintptr_t)j.abi);
	hvc_subject_close(subject);
}

/* One call of a broken variant, and what must be found. */
static const struct {
	const char *variant, *abi, *rule;
	enum hvc_clause clause;
	enum hvc_reg reg;
	uint16_t imm;
	enum hvc_insn insn;
	enum hvc_reg set;
	uint64_t value;
} broken[] = {
#define A32  0, HVC_INSN_HVC_A32
#define T32  0, HVC_INSN_HVC_T32
#define X(n) (enum hvc_reg)(HVC_REG_X0 + (n))
#define STUB "linux-arm-stub-4.12"
#define NO   HVC_REG_NONE
#define ENDS HVC_CLAUSE_OUTCOME, NO
#define R(n) HVC_CLAUSE_RESULT, X(n)
#define P(n) HVC_CLAUSE_PRESERVE, n
        /* clang-format off */
	{"broken-arm32-spsr", STUB, "unknown", P(HVC_REG_NZCV), A32, X(0), 3},
	{"broken-arm32-elr", STUB, "reset_vectors", ENDS, A32, X(0), 2},
	{"broken-arm32-slot", STUB, "unknown", ENDS, A32, X(0), 3},
	{"broken-arm32-t32", STUB, "reset_vectors", ENDS, T32, X(0), 2},
	{"broken-arm32-signed", STUB, "unknown", R(0), A32, X(0), 0x80000000},
	{"broken-arm32-byte", STUB, "unknown", R(0), A32, X(0), 0x102},
	{"broken-arm32-register", STUB, "unknown", P(X(1)), A32, X(0), 3},
	{"broken-arm32-stack", STUB, "unknown", P(HVC_REG_SP_EL2), A32, X(0), 3},
	{"broken-arm32-bank", STUB, "reset_vectors", P(X(18)), A32, X(0), 2},
	{"broken-arm32-vectors", STUB, "set_vectors", HVC_CLAUSE_RESULT, HVC_REG_VBAR_EL2, A32, X(0), 0},
	{"broken-arm32-skip", STUB, "reset_vectors", ENDS, A32, X(0), 2},
	{"broken-arm32-imm", "jailhouse-arm32", "unknown_imm", ENDS, 0x48, HVC_INSN_HVC_A32, X(0), 0},
	{"broken-arm32-r12", "xen-arm32", "unknown", R(0), 0xea1, HVC_INSN_HVC_A32, X(12), 0},
        /* clang-format on */
};

#define BROKEN (sizeof broken / sizeof *broken)

TEST_ROWS(variant_is_reported, broken)
{
	const unsigned row = (unsigned)_i;
	struct hvc_subject *subject = open_subject(broken[row].variant);
	struct hvc_abi *abi = open_abi(broken[row].abi);
	struct hvc_machine *machine = open_machine(subject, &hvc_abi_world_at(abi, 0)->world);
	struct hvc_outcome outcome;
	struct hvc_verdict verdict;
	struct hvc_state entry;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.insn = broken[row].insn;
	call.from = HVC_LEVEL_EL1_SVC;
	call.imm = broken[row].imm;
	call.x[broken[row].set] = broken[row].value;
	outcome = make_call(machine, &call);
	hvc_entry_state(hvc_machine_entry(machine), &call, &entry);
	hvc_verdict_judge(abi, 0, &entry, hvc_machine_present(machine), &call, &outcome, &verdict);
	ck_assert_int_eq(verdict.kind, HVC_VERDICT_VIOLATES);
	ck_assert_str_eq(hvc_abi_rule_at(abi, (unsigned)verdict.rule)->name, broken[row].rule);
	ck_assert_str_eq(hvc_clause_name(verdict.clause), hvc_clause_name(broken[row].clause));
	ck_assert_str_eq(hvc_reg_name(verdict.reg), hvc_reg_name(broken[row].reg));
	hvc_machine_close(machine);
	hvc_abi_free(abi);
	hvc_subject_close(subject);
}

/* A table of spins but for one slot, in A32. */
#define BASE  UINT64_C(0x10000000)
#define WORDS 32u
#define SPIN  UINT32_C(0xeafffffe)
#define ERET  UINT32_C(0xe160006e)

static struct hvc_machine *reopen_code(const uint32_t code[static WORDS],
                                       const struct hvc_world *world)
{
	static struct hvc_segment segment;
	struct hvc_machine_config config = {.world = world};
	struct hvc_machine *machine = NULL;
	struct hvc_diag diag = {0};
	enum hvc_status status;

	segment = (struct hvc_segment){BASE, WORDS * 4, (const uint8_t *)code, WORDS * 4};
	config.image = (struct hvc_image){
	        .segment = &segment, .segments = 1, .vectors = BASE, .aarch32 = true};
	status = hvc_machine_open(&config, &diag, &machine);
	ck_assert_msg(status == HVC_OK, "%s", diag.message);
	return machine;
}

static struct hvc_machine *open_code(uint32_t code[static WORDS], unsigned slot,
                                     const uint32_t *body, unsigned words,
                                     const struct hvc_world *world)
{
	for (unsigned i = 0; i < WORDS; i++)
		code[i] = SPIN;
	code[slot / 4] = 0xea000000u | ((8 - slot / 4 - 2) & 0xffffffu); /* b to word 8 */
	memcpy(code + 8, body, words * sizeof *body);
	return reopen_code(code, world);
}

static struct hvc_outcome call_code(unsigned slot, const uint32_t *body, unsigned words,
                                    const struct hvc_world *world, enum hvc_insn insn,
                                    enum hvc_level from, uint16_t imm)
{
	uint32_t code[WORDS];
	struct hvc_machine *machine = open_code(code, slot, body, words, world);
	struct hvc_outcome outcome;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.insn = insn;
	call.from = from;
	call.imm = imm;
	outcome = make_call(machine, &call);
	hvc_machine_close(machine);
	return outcome;
}

#define CODE(slot, world, insn, from, imm, ...)                                        \
	call_code(slot, (const uint32_t[]){__VA_ARGS__},                               \
	          sizeof((const uint32_t[]){__VA_ARGS__}) / 4, world, HVC_INSN_##insn, \
	          HVC_LEVEL_##from, imm)

/* From below HVC goes to 0x14, from Hyp mode to 0x08 (Arm ARM G1.12.1). */
TEST(slot_is_of_the_mode)
{
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, ERET).kind, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(CODE(0x08, NULL, HVC_A32, EL1_SVC, 0, ERET).kind, HVC_OUTCOME_SPIN);
	ck_assert_int_eq(CODE(0x08, NULL, HVC_T32, EL2_HYP, 0, ERET).kind, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(CODE(0x14, NULL, HVC_T32, EL2_HYP, 0, ERET).kind, HVC_OUTCOME_SPIN);
}

/* All modes below Hyp mode are below it, whatever bits their numbers have. */
TEST(slot_is_that_of_each_mode)
{
	for (enum hvc_level from = HVC_LEVEL_EL1_FIQ; from <= HVC_LEVEL_EL1_SYS; from++) {
		const uint32_t eret = ERET;
		struct hvc_outcome o = call_code(0x14, &eret, 1, NULL, HVC_INSN_HVC_T32, from, 0);

		ck_assert_int_eq(o.kind, HVC_OUTCOME_RETURN);
		ck_assert_int_eq(o.level, from);
	}
}

/* HSR: EC 0x12, IL, ISS the immediate; of a trapped SMC EC 0x13 and no immediate. */
TEST(syndrome_is_that_of_the_instruction)
{
	const uint32_t hsr = 0xee950f12; /* mrc p15, 4, r0, c5, c2, 0 */

	ck_assert_uint_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0xa5c3, hsr, ERET).state.v[0],
	                  0x4a00a5c3);
	ck_assert_uint_eq(CODE(0x14, NULL, HVC_T32, EL1_SVC, 0xfedc, hsr, ERET).state.v[0],
	                  0x4a00fedc);
	ck_assert_uint_eq(CODE(0x14, NULL, SMC_A32, EL1_SVC, 5, hsr, ERET).state.v[0], 0x4e000000);
	ck_assert_int_eq(CODE(0x14, NULL, SMC_T32, EL1_SVC, 5, hsr, ERET).kind, HVC_OUTCOME_RETRY);
}

/* Hyp mode has a stack pointer of its own, and LR_usr for its link register (G1.9.2). */
TEST(registers_of_modes_are_banked)
{
	/* mov r0, sp; mov r1, lr; mrs r2, sp_svc; mrs r3, lr_svc */
	struct hvc_outcome o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe1a0000d, 0xe1a0100e,
	                            0xe1032300, 0xe1023300, ERET);

	ck_assert_uint_eq(o.state.v[0], hvc_harness32(HVC_STACK_EL2));
	ck_assert_uint_eq(o.state.v[1], hvc_harness32(HVC_LANDING + 14 * 0x800));
	ck_assert_uint_eq(o.state.v[2], hvc_harness32(HVC_LANDING + 19 * 0x800));
	ck_assert_uint_eq(o.state.v[3], hvc_harness32(HVC_LANDING + 18 * 0x800));
	/* mov r0, #7; mov lr, r0; msr sp_und, r0 */
	o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe3a00007, 0xe1a0e000, 0xe127f300, ERET);
	ck_assert_uint_eq(o.state.v[14], 7);
	ck_assert_uint_eq(o.state.v[23], 7);
	ck_assert_uint_eq(o.state.v[19], hvc_harness32(HVC_LANDING + 19 * 0x800));
}

/* ELR_hyp is behind an HVC, SPSR_hyp the caller's CPSR, and ERET takes both (G1.14.1). */
TEST(return_takes_elr_and_spsr)
{
	const uint32_t elr = 0xe10e0300, spsr = 0xe14f0000; /* mrs r0, elr_hyp; mrs r0, spsr */
	struct hvc_outcome o = CODE(0x14, NULL, HVC_T32, EL1_SVC, 3, elr, ERET);

	ck_assert_uint_eq(o.state.v[0], o.pc);
	o = CODE(0x14, NULL, HVC_T32, EL1_SVC, 3, spsr, ERET);
	ck_assert_uint_eq(o.state.v[0] & (HVC_PSR_T | HVC_PSR_M), HVC_PSR_T | HVC_MODE_SVC);
	/* Nobody is big-endian who does not say so. */
	ck_assert_uint_eq(o.state.v[0] & HVC_PSR_E, 0);
	ck_assert_int_eq(o.level, HVC_LEVEL_EL1_SVC);
	/* bic r0, r0, #0x20; msr spsr_cxsf, r0: the T32 caller is gone back to in A32 */
	o = CODE(0x14, NULL, HVC_T32, EL1_SVC, 3, spsr, 0xe3c00020, 0xe16ff000, ERET);
	ck_assert_int_eq(o.kind, HVC_OUTCOME_JUMP);
	/* msr elr_hyp, r3: to a place that the caller names, in its own mode */
	o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe12ef303, ERET);
	ck_assert_int_eq(o.kind, HVC_OUTCOME_JUMP);
	ck_assert_int_eq(o.level, HVC_LEVEL_EL1_SVC);
	ck_assert_uint_eq(o.pc, hvc_harness32(HVC_LANDING + 3 * 0x800));
	ck_assert_uint_eq(o.state.v[HVC_REG_ELR_EL2], o.pc);
	/* The same with r3 used otherwise before the ERET; msrne where Z is clear; msreq */
	o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe12ef303, 0xe3a03000, ERET);
	ck_assert_uint_eq(o.state.v[HVC_REG_ELR_EL2], hvc_harness32(HVC_LANDING + 3 * 0x800));
	o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe3300000, 0x112ef303, ERET);
	ck_assert_uint_eq(o.state.v[HVC_REG_ELR_EL2], hvc_harness32(HVC_LANDING + 3 * 0x800));
	o = CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe3300000, 0x012ef303, ERET);
	ck_assert_int_eq(o.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(o.state.v[HVC_REG_ELR_EL2], o.pc);
}

/* An HVC in an IT block: SPSR_hyp has the IT state behind it, and ERET goes on with that (F1.8.1).
 */
TEST(it_state_goes_in_and_comes_back)
{
	/* PSR.IT of the HVC, and of the instruction behind it. The flags are N and V. */
	static const uint32_t it[][2] = {{0x1800, 0},          {0x1400, 0x0800},
	                                 {0x1c00, 0x1800},     {0x04001000, 0x0400},
	                                 {0x04001400, 0x0c00}, {0x02001400, 0x04000800}};
	const uint32_t spsr = 0xe14f0000, eret = ERET;
	/* mrs r1, spsr; orr r1, r1, #0x800; msr spsr_cxsf, r1: the next one is not executed */
	const uint32_t block[] = {0xe14f1000, 0xe3811b02, 0xe16ff001, ERET};
	uint32_t code[WORDS];
	struct hvc_machine *machine =
	        open_code(code, 0x14, (const uint32_t[]){spsr, eret}, 2, NULL);
	struct hvc_diag diag = {0};
	struct hvc_outcome o;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.from = HVC_LEVEL_EL1_SVC;
	for (unsigned i = 0; i < sizeof it / sizeof *it; i++)
		for (unsigned smc = 0; smc < 2; smc++) {
			const uint32_t after = it[i][!smc];

			call.insn = smc ? HVC_INSN_SMC_T32 : HVC_INSN_HVC_T32;
			call.psr = it[i][0];
			o = make_call(machine, &call);
			ck_assert_int_eq(o.kind, smc ? HVC_OUTCOME_RETRY : HVC_OUTCOME_RETURN);
			ck_assert_uint_eq(o.state.v[0] & 0x0600fc00, after);
			ck_assert_uint_eq(o.state.v[HVC_REG_PSTATE] & 0x0600fc00, after);
			ck_assert_uint_eq(o.pc, hvc_call__address(&call) + (smc ? 0 : 4));
		}
	/* EQ fails: it is not executed. */
	call.psr = 0x0800;
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &o), HVC_E_ARG);
	hvc_machine_close(machine);
	o = call_code(0x14, block, 4, NULL, HVC_INSN_HVC_T32, HVC_LEVEL_EL1_SVC, 7);
	ck_assert_int_eq(o.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(o.state.v[HVC_REG_PSTATE] & 0x0600fc00, 0x0800);
}

/* HDFAR and HIFAR: of two aborts, one after the other, each has its own (G1.12.1). */
TEST(aborts_have_their_addresses)
{
	uint32_t code[WORDS];
	/* 0x14: mvn r5, #0xf; mov r6, #0; ldr r6, [r5]. 0x10: add pc, r3, #4. 0x0c: hifar, hdfar,
	 * back
	 */
	const uint32_t body[] = {0xe3e0500f, 0xe3a06000, 0xe5956000, 0xe283f004,
	                         0xee960f50, 0xee961f10, 0xe12ef302, 0xe160006e};
	struct hvc_machine *machine;
	struct hvc_outcome o;
	struct hvc_call call;

	machine = open_code(code, 0x14, body, 8, NULL);
	hvc_machine_close(machine);
	code[0x10 / 4] = 0xea000000u | ((8 + 3 - 4 - 2) & 0xffffffu);
	code[0x0c / 4] = 0xea000000u | ((8 + 4 - 3 - 2) & 0xffffffu);
	machine = reopen_code(code, NULL);
	hvc_call_init(&call, 0);
	call.insn = HVC_INSN_HVC_A32;
	call.from = HVC_LEVEL_EL1_SVC;
	call.x[3] = 0x50001230;
	call.x[2] = hvc_harness32(HVC_LANDING);
	o = make_call(machine, &call);
	ck_assert_uint_eq(o.state.v[0], 0x50001234);
	ck_assert_uint_eq(o.state.v[1], 0xfffffff0);
	ck_assert_uint_eq(o.state.v[HVC_REG_FAR_EL2], UINT64_C(0x50001234fffffff0));
	hvc_machine_close(machine);
}

/* HVC is UNDEFINED in User mode, without SCR.HCE, and nothing executes below with HCR.TGE. */
TEST(hvc_is_undefined_where_it_is_disabled)
{
	struct hvc_world world;
	uint32_t code[WORDS];
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_diag diag = {0};
	struct hvc_call call;

	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL0_USR, 0, ERET).kind, HVC_OUTCOME_UNDEFINED);
	hvc_world_init(&world, HVC_CPU_A15);
	(void)hvc_world_set(&world, HVC_REG_SCR_EL3, HVC_SCR_NS);
	ck_assert_int_eq(CODE(0x14, &world, HVC_A32, EL1_SVC, 0, ERET).kind, HVC_OUTCOME_UNDEFINED);
	ck_assert_int_eq(CODE(0x14, &world, HVC_T32, EL1_SVC, 0, ERET).kind, HVC_OUTCOME_UNDEFINED);
	hvc_world_init(&world, HVC_CPU_A15);
	(void)hvc_world_set(&world, HVC_REG_HCR_EL2, HVC_HCR_TGE);
	machine = open_code(code, 0x14, (const uint32_t[]){ERET}, 1, &world);
	hvc_call_init(&call, 0);
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &outcome), HVC_E_ARG);
	hvc_machine_close(machine);
}

/* Each way in which a call can end, of A32 code. */
TEST(outcomes_are_told_apart)
{
	/* mov pc, #0 is no address that anybody chose; udf, smc, ldr of nothing */
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe3a0f000).kind, HVC_OUTCOME_FAULT);
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe7f000f0).kind, HVC_OUTCOME_FAULT);
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe1600070).kind,
	                 HVC_OUTCOME_FORWARD);
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe3a00000, 0xe5901000).kind,
	                 HVC_OUTCOME_FAULT);
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe320f003, 0xeafffffd).kind,
	                 HVC_OUTCOME_SPIN); /* wfi in a circle */
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe2800001, 0xeafffffd).kind,
	                 HVC_OUTCOME_LIMIT); /* add r0, r0, #1 in a circle */
	ck_assert_int_eq(CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe12fff12).kind,
	                 HVC_OUTCOME_JUMP); /* bx r2 */
	/* mrs r0, elr_hyp; sub r0, r0, #4; msr elr_hyp, r0 */
	ck_assert_int_eq(
	        CODE(0x14, NULL, HVC_A32, EL1_SVC, 0, 0xe10e0300, 0xe2400004, 0xe12ef300, ERET)
	                .kind,
	        HVC_OUTCOME_RETRY);
}

/* A stub is not run: r0 is what it is said to give, and lr of Hyp mode leads back. */
TEST(stubs_return_to_lr)
{
	/* mov r4, lr; bl . + 16; mov lr, r4; eret; (the function) b . */
	const uint32_t body[] = {0xe1a0400e, 0xeb000001, 0xe1a0e004, ERET, SPIN};
	struct hvc_world world;
	struct hvc_outcome o;

	hvc_world_init(&world, HVC_CPU_A15);
	ck_assert_int_eq(hvc_world_stub(&world, BASE + 0x30, 0x77, "function"), HVC_OK);
	o = call_code(0x14, body, 5, &world, HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC, 1);
	ck_assert_int_eq(o.kind, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(o.state.v[0], 0x77);
	ck_assert_uint_eq(o.state.v[14], hvc_harness32(HVC_LANDING + 14 * 0x800));
}

/* Scan and check without --abi find the specification of a table for Hyp mode, too. */
TEST(tables_are_recognised)
{
	static const char *const names[] = {"linux-arm-stub-5.7", "linux-arm-zimage-5.7",
	                                    "jailhouse-arm32", "xen-arm32"};

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		struct hvc_subject *subject = NULL;
		struct hvc_diag diag = {0};
		struct hvc_fit fit;

		ck_assert_int_eq(hvc_subject_open(names[i], &diag, &subject), HVC_OK);
		ck_assert_int_eq(hvc_fit__subject(subject, NULL, &diag, &fit), HVC_OK);
		ck_assert_str_eq(fit.abi, names[i]);
		ck_assert_uint_eq(fit.differ, 0);
		ck_assert(!fit.proved);
		hvc_subject_close(subject);
	}
}

/* A zImage stands where its words point to, if they do: not by chance, and not by branches. */
TEST(zimages_have_a_base)
{
	static uint32_t image[0x4000];

	for (unsigned i = 0; i < 0x4000; i++)
		image[i] = i & 1 ? UINT32_C(0xe59f0000) + i : UINT32_C(0x0a000000) + i;
	ck_assert_uint_eq(hvc_zimage__base((uint8_t *)image, sizeof image, 5), 5);
	for (unsigned i = 0; i < 0x100; i++)
		image[0x3000 + i] = 0x00600000 + 0x100 * i;
	ck_assert_uint_eq(hvc_zimage__base((uint8_t *)image, sizeof image, 5), 0x600000);
	for (unsigned i = 0; i < 8; i++)
		image[0x3000 + i] = 0;
	ck_assert_uint_eq(hvc_zimage__base((uint8_t *)image, sizeof image, 5), 5);
}

SUITE_MAIN("hyp")
