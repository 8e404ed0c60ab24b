/* SPDX-License-Identifier: MIT */
/** Every way in which a call can end, each produced by a handler made for it. */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"
#include "under_test.h"

#define ELR   sys_name(HVC_REG_ELR_EL2)
#define SPSR  sys_name(HVC_REG_SPSR_EL2)
#define CODE  (TINY_BASE + TINY_CODE)
#define ENTRY (TINY_BASE + TINY_LOWER)

/* The outcome of one call from EL1h with the registers of seed 0 and x1 as given. */
static struct hvc_outcome call_with(struct tiny_image *image, uint64_t x1)
{
	struct hvc_machine *machine = tiny_open(image);
	struct hvc_outcome outcome, again;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[1] = x1;
	outcome = tiny_call(machine, &call);
	tiny_reset(machine);
	again = tiny_call(machine, &call);
	ck_assert_mem_eq(&outcome, &again, sizeof outcome);
	hvc_machine_close(machine);
	return outcome;
}

#define HANDLER(image, ...)                                  \
	do {                                                 \
		tiny_init(&(image), HVC_CPU_A72);            \
		tiny_put(&(image), TINY_LOWER, __VA_ARGS__); \
	} while (0)

TEST(return_to_the_next_instruction)
{
	struct tiny_image image;
	struct hvc_outcome outcome;
	struct hvc_call call;

	HANDLER(image, A64_ERET);
	outcome = call_with(&image, 0x1234);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(outcome.level, HVC_LEVEL_EL1H);
	assert_hex(outcome.pc, HVC_CALLS + 4);
	ck_assert_uint_eq(outcome.instructions, 1);
	assert_hex(outcome.esr, 0);
	assert_hex(outcome.far, 0);
	hvc_call_init(&call, 0);
	call.x[1] = 0x1234;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		assert_hex(outcome.state.v[n], call.x[n]);
}

TEST(retry_of_the_call)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	HANDLER(image, A64_MRS(1, ELR), A64_SUB(1, 1, 4), A64_MSR(ELR, 1), A64_ERET);
	outcome = call_with(&image, 0);
	assert_kind(outcome, HVC_OUTCOME_RETRY);
	assert_hex(outcome.pc, HVC_CALLS);
	ck_assert_int_eq(outcome.level, HVC_LEVEL_EL1H);
}

/* All of the caller's table counts; the level decides whether it is the caller's. */
TEST(inject_into_the_callers_vectors)
{
	static const unsigned offsets[] = {0x0, 0x200, 0x204, 0x400, 0x7fc};

	for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_MSR(ELR, 1), A64_ERET);
		outcome = call_with(&image, HVC_CALLER_VECTORS + offsets[i]);
		assert_kind(outcome, HVC_OUTCOME_INJECT);
		assert_hex(outcome.pc, HVC_CALLER_VECTORS + offsets[i]);
		HANDLER(image, A64_BR(1));
		assert_kind(call_with(&image, HVC_CALLER_VECTORS + offsets[i]), HVC_OUTCOME_JUMP);
	}
}

/* At EL2: wherever the caller says, mapped or not, with every level's register intact. */
TEST(jump_at_el2)
{
	static const uint64_t targets[] = {
	        HVC_LANDING, HVC_LANDING + 31 * 0x800, HVC_NEW_VECTORS, 0x0,
	        0x80000,     0xffff000008080000,       0x7fffffff0000};

	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_MOVZ(2, 0x77), A64_BR(1));
		outcome = call_with(&image, targets[i]);
		assert_kind(outcome, HVC_OUTCOME_JUMP);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		assert_hex(outcome.pc, targets[i]);
		assert_hex(outcome.state.v[2], 0x77);
		assert_hex(outcome.state.v[HVC_REG_DAIF], 0x3c0);
		assert_hex(outcome.esr, 0);
	}
}

/* At the caller's level: any address but the two that a call may end at. */
TEST(jump_at_a_lower_level)
{
	static const uint64_t targets[] = {
	        HVC_CALLS + 8, HVC_CALLS + 0x1000, HVC_LANDING, HVC_NEW_VECTORS, 0x80000, CODE};

	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_MSR(ELR, 1), A64_ERET);
		outcome = call_with(&image, targets[i]);
		assert_kind(outcome, HVC_OUTCOME_JUMP);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL1H);
		assert_hex(outcome.pc, targets[i]);
	}
}

TEST(handoff_at_a_boundary)
{
	const uint64_t stops[] = {CODE + 0x40, CODE + 0x48, CODE + 0x100, 0x90000};

	for (size_t i = 0; i < 4; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_MOVZ(2, 1), A64_B(TINY_CODE + 0x40 - TINY_LOWER - 4));
		/* straight-line code: the second boundary is in the middle of a block */
		tiny_put(&image, TINY_CODE + 0x40, A64_MOVZ(2, 2), A64_MOVZ(2, 3), A64_MOVZ(2, 4),
		         A64_ERET);
		for (size_t k = i; k < 4; k++)
			ck_assert_int_eq(hvc_world_stop_at(&image.world, stops[k], "there"),
			                 HVC_OK);
		outcome = call_with(&image, 0);
		if (i < 2) {
			assert_kind(outcome, HVC_OUTCOME_HANDOFF);
			assert_hex(outcome.pc, stops[i]);
			assert_hex(outcome.state.v[2], i == 0 ? 1 : 3);
			ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		} else {
			assert_kind(outcome, HVC_OUTCOME_RETURN);
		}
	}
}

TEST(forward_to_el3)
{
	static const uint16_t imms[] = {0, 1, 0x8000, 0xffff};

	for (size_t i = 0; i < 4; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_MOVZ(0, 0x42), hvc_arch_encode_smc(imms[i]), A64_ERET);
		outcome = call_with(&image, 0);
		assert_kind(outcome, HVC_OUTCOME_FORWARD);
		assert_hex(outcome.pc, ENTRY + 4);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_SMC64);
		assert_hex(outcome.state.v[0], 0x42);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
	}
}

/* Loops that come back to where they were: never ended by the budget. */
TEST(spin_in_every_shape)
{
	const struct {
		const char *what;
		uint32_t code[10];
	} loops[] = {
	        {"b .", {A64_B(0)}},
	        {"nop; b .", {A64_NOP, A64_B(0)}},
	        {"nop; b -4", {A64_NOP, A64_B(-4)}},
	        {"wfi; b -4", {A64_WFI, A64_B(-4)}},
	        {"wfe; b -4", {A64_WFE, A64_B(-4)}},
	        {"wfe; wfi; nop; b", {A64_WFE, A64_WFI, A64_NOP, A64_B(-12)}},
	        {"br to itself", {A64_ADR(9, 4), A64_BR(9)}},
	        {"two blocks", {A64_NOP, A64_B(4), A64_NOP, A64_B(-12)}},
	        {"wfi in two blocks", {A64_WFI, A64_B(4), A64_WFI, A64_B(-12)}},
	        {"after a register settles",
	         {A64_MOVZ(9, 40), A64_CBNZ(9, 8), A64_B(0), A64_SUB(9, 9, 1), A64_B(-12)}},
	        {"reads memory", {A64_ADR(9, 0), A64_LDR(10, 9), A64_B(-4)}},
	        {"stores the same again", {A64_ADR(9, 0x80), A64_STR(10, 9), A64_B(-4)}},
	        {"writes the same to a system register",
	         {A64_MSR(sys_name(HVC_REG_TPIDR_EL2), 9), A64_B(-4)}},
	        {"returns to itself at EL2",
	         {A64_ADR(9, 0), A64_MSR(sys_name(HVC_REG_ELR_EL2), 9), A64_MOVZ(9, 0x3c9),
	          A64_MSR(sys_name(HVC_REG_SPSR_EL2), 9), A64_ERET}},
	        {"three blocks, a register with period 7",
	         {A64_MOVZ(9, 7), A64_SUBS(9, 9, 1), A64_BNE(8), A64_MOVZ(9, 7), A64_NOP, A64_B(4),
	          A64_NOP, A64_B(-24)}},
	};

	for (size_t i = 0; i < sizeof loops / sizeof *loops; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_A72);
		memcpy(image.bytes + TINY_LOWER, loops[i].code, sizeof loops[i].code);
		hold_exact(tiny_file(&image, "spin.bin"), &image.world, loops[i].what);
		outcome = call_with(&image, 0);
		ck_assert_msg(outcome.kind == HVC_OUTCOME_SPIN, "%s: %s", loops[i].what,
		              hvc_outcome_name(outcome.kind));
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		ck_assert_uint_lt(outcome.pc - ENTRY, 0x40);
		ck_assert_uint_lt(outcome.instructions, 2000);
	}
}

/* WFI and WFE by themselves do not end anything. */
TEST(waiting_is_not_spinning)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	HANDLER(image, A64_WFI, A64_MOVZ(2, 1), A64_WFE, A64_MOVZ(3, 2), A64_WFI, A64_WFI,
	        A64_ERET);
	outcome = call_with(&image, 0);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	assert_hex(outcome.state.v[2], 1);
	assert_hex(outcome.state.v[3], 2);
	ck_assert_uint_eq(outcome.instructions, 7);
}

/* A loop that makes progress is none: in a register, in memory, in a system register. */
TEST(progress_is_not_spinning)
{
	const uint32_t tpidr = sys_name(HVC_REG_TPIDR_EL2);
	const uint32_t loops[][6] = {
	        {A64_SUBS(1, 1, 1), A64_BNE(-4), A64_ERET},
	        {A64_LDR(9, 2), A64_SUBS(9, 9, 1), A64_STR(9, 2), A64_MOVZ(9, 0), A64_BNE(-16),
	         A64_ERET},
	        {A64_MRS(9, tpidr), A64_SUBS(9, 9, 1), A64_MSR(tpidr, 9), A64_MOVZ(9, 0),
	         A64_BNE(-16), A64_ERET},
	};

	for (size_t i = 0; i < 3; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_call call;
		uint64_t rounds = 5000;

		tiny_init(&image, HVC_CPU_A72);
		memcpy(image.bytes + TINY_LOWER, loops[i], sizeof loops[i]);
		memcpy(image.bytes + TINY_CODE, &rounds, sizeof rounds);
		tiny_set(&image, HVC_REG_TPIDR_EL2, rounds);
		machine = tiny_open(&image);
		hvc_call_init(&call, 0);
		call.x[1] = rounds;
		call.x[2] = CODE;
		assert_kind(tiny_call(machine, &call), HVC_OUTCOME_RETURN);
		hvc_machine_close(machine);
	}
}

TEST(fault_of_every_class)
{
	static const uint64_t nowhere = 0x5000000000;
	const struct {
		uint32_t code[3];
		uint64_t pc;
		unsigned ec;
		uint64_t far;
	} faults[] = {
	        {{A64_UDF}, ENTRY, HVC_EC_UNKNOWN, 0},
	        {{A64_NOP, A64_MRS(1, SYS(3, 6, 1, 1, 0))}, ENTRY + 4, HVC_EC_UNKNOWN, 0},
	        {{A64_NOP, A64_LDR(2, 1)}, ENTRY + 4, HVC_EC_DABT_SAME, nowhere},
	        {{A64_NOP, A64_STR(2, 1)}, ENTRY + 4, HVC_EC_DABT_SAME, nowhere},
	        {{A64_ADD(2, 1, 8), A64_BR(2)}, nowhere + 8, HVC_EC_IABT_SAME, nowhere + 8},
	        {{A64_NOP, UINT32_C(0xd4000002) | 7 << 5}, ENTRY + 4, HVC_EC_HVC64, 0},
	        {{A64_SVC(7)}, ENTRY, HVC_EC_SVC64, 0},
	        {{A64_NOP, A64_BRK(7)}, ENTRY + 4, HVC_EC_BRK64, 0},
	};

	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_A72);
		memcpy(image.bytes + TINY_LOWER, faults[i].code, sizeof faults[i].code);
		outcome = call_with(&image, nowhere);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
		assert_hex(outcome.pc, faults[i].pc);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), faults[i].ec);
		assert_hex(outcome.far, faults[i].far);
	}
}

static const struct {
	uint32_t word;
	char base; /* x1, sp or pc */
	int64_t offset;
} forms[] = {
        {0xf9400023, 'x', 0},                     /* ldr x3, [x1] */
        {0xf947fc23, 'x', 4088},                  /* ldr x3, [x1, #4088] */
        {0x39400c23, 'x', 3},                     /* ldrb w3, [x1, #3] */
        {0x3dc00c23, 'x', 48},                    /* ldr q3, [x1, #48] */
        {0x7d000c23, 'x', 6},                     /* str h3, [x1, #6] */
        {0xf85f9023, 'x', -7},                    /* ldur x3, [x1, #-7] */
        {0xf81f0c23, 'x', -16},                   /* str x3, [x1, #-16]! */
        {0xf81f0423, 'x', 0},                     /* str x3, [x1], #-16 */
        {0xb85fc823, 'x', -4},                    /* ldtr w3, [x1, #-4] */
        {0xf8626823, 'x', INT64_C(0x1fffffff8)},  /* ldr x3, [x1, x2] */
        {0xf8627823, 'x', INT64_C(0xfffffffc0)},  /* ldr x3, [x1, x2, lsl #3] */
        {0xb8625823, 'x', INT64_C(0x3ffffffe0)},  /* ldr w3, [x1, w2, uxtw #2] */
        {0x38a2c823, 'x', -8},                    /* ldrsb x3, [x1, w2, sxtw] */
        {0x3ca2f823, 'x', INT64_C(0x1fffffff80)}, /* str q3, [x1, x2, sxtx #4] */
        {0xf87f6823, 'x', 0},                     /* ldr x3, [x1, xzr] */
        {0xa9601023, 'x', -512},                  /* ldp x3, x4, [x1, #-512] */
        {0x295f9023, 'x', 252},                   /* ldp w3, w4, [x1, #252] */
        {0x69411023, 'x', 8},                     /* ldpsw x3, x4, [x1, #8] */
        {0xadff1023, 'x', -32},                   /* ldp q3, q4, [x1, #-32]! */
        {0x2c811023, 'x', 0},                     /* stp s3, s4, [x1], #8 */
        {0xa8011023, 'x', 16},                    /* stnp x3, x4, [x1, #16] */
        {0xc85f7c23, 'x', 0},                     /* ldxr x3, [x1] */
        {0x88dffc23, 'x', 0},                     /* ldar w3, [x1] */
        {0x4c40a023, 'x', 0},                     /* ld1 {v3.16b, v4.16b}, [x1] */
        {0x4c9f7023, 'x', 0},                     /* st1 {v3.16b}, [x1], #16 */
        {0x0d602c23, 'x', 0},                     /* ld4 {v3.b-v6.b}[3], [x1] */
        {0xf8230024, 'x', 0},                     /* ldadd x3, x4, [x1] */
        {0xc8a37c24, 'x', 0},                     /* cas x3, x4, [x1] */
        {0xf8bfc023, 'x', 0},                     /* ldapr x3, [x1] */
        {0xd95f7023, 'x', -9},                    /* ldapur x3, [x1, #-9] */
        {0xf9400be3, 's', 16},                    /* ldr x3, [sp, #16] */
        {0x58200003, 'p', 0x40000},               /* ldr x3, .+0x40000 */
        {0x98800003, 'p', -0x100000},             /* ldrsw x3, .-0x100000 */
        {0xd50b7421, 'x', 0},                     /* dc zva, x1 */
};

/* Of any instruction that has one, where EL2's own tables have nothing: an abort of the MMU. */
TEST(the_address_of_every_form_of_access)
{
	static const uint64_t table[512] = {0x401}; /* 39 bits: the first GiB is itself */
	const uint64_t at = HVC_EL2_DATA + 0x800, index = UINT64_C(0x1fffffff8);

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const uint32_t sctlr = sys_name(HVC_REG_SCTLR_EL2);
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_MAX);
		memcpy(image.bytes + 0x3000, table, sizeof table);
		tiny_set(&image, HVC_REG_TTBR0_EL2, TINY_BASE + 0x3000);
		tiny_set(&image, HVC_REG_TCR_EL2, 0x80850019);
		tiny_put(&image, TINY_LOWER, A64_MRS(5, sctlr), A64_ADD(5, 5, 1), A64_MSR(sctlr, 5),
		         A64_ISB, forms[i].word, A64_ERET);
		machine = tiny_open(&image);
		outcome = tiny_call_with(machine, at, index);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.pc, ENTRY + 16);
		ck_assert_uint_eq(hvc_arch_ec(outcome.esr), HVC_EC_DABT_SAME);
		assert_hex(outcome.far - (uint64_t)forms[i].offset,
		           forms[i].base == 'x'   ? at
		           : forms[i].base == 's' ? outcome.state.v[HVC_REG_SP_EL2]
		                                  : outcome.pc);
		hvc_machine_close(machine);
	}
}

/* The budget ends what makes progress for ever, and lets pass what ends before. */
TEST(limit_is_the_budget)
{
	static const uint64_t budgets[] = {1, 2, 10, 999, 1000, 1001, 50000, 0};

	for (size_t i = 0; i < sizeof budgets / sizeof *budgets; i++) {
		uint64_t budget = budgets[i] ? budgets[i] : HVC_BUDGET_DEFAULT;
		struct tiny_image image;
		struct hvc_outcome outcome;

		HANDLER(image, A64_ADD(2, 2, 1), A64_B(-4));
		image.config.budget = budgets[i];
		outcome = call_with(&image, 0);
		assert_kind(outcome, HVC_OUTCOME_LIMIT);
		ck_assert_uint_gt(outcome.instructions, budget);
		ck_assert_uint_le(outcome.instructions, budget + 2);
		/* two instructions a round, two after the loop */
		HANDLER(image, A64_SUBS(1, 1, 1), A64_BNE(-4), A64_NOP, A64_ERET);
		image.config.budget = budgets[i];
		if (budget < 4)
			continue;
		outcome = call_with(&image, (budget - 2) / 2);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_uint_le(outcome.instructions, budget);
		assert_kind(call_with(&image, (budget - 2) / 2 + 1), HVC_OUTCOME_LIMIT);
	}
}

/* Stores outside the subject and EL2's own memory are told; the others are only counted. */
TEST(stores_are_told)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	HANDLER(image, A64_STR(2, 1), A64_STRW(3, 1), A64_STRB(4, 1), A64_STR(5, 6), A64_STR(5, 7),
	        A64_ERET);
	tiny_put(&image, TINY_LOWER + 0x14, A64_ADR(8, 0x400), A64_STR(2, 8), A64_SUB(31, 31, 16),
	         UINT32_C(0xf90003e9) /* str x9, [sp] */, A64_ERET);
	outcome = call_with(&image, HVC_STACK_EL1 - 64);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	ck_assert_uint_eq(outcome.stores, 5);
	ck_assert_uint_eq(outcome.el2_stores, 2);
	assert_hex(outcome.store[0].address, HVC_STACK_EL1 - 64);
	assert_hex(outcome.store[0].value, HVC_LANDING + 2 * 0x800);
	ck_assert_uint_eq(outcome.store[0].size, 8);
	assert_hex(outcome.store[1].value, (HVC_LANDING + 3 * 0x800) & 0xffffffff);
	ck_assert_uint_eq(outcome.store[1].size, 4);
	assert_hex(outcome.store[2].value, (HVC_LANDING + 4 * 0x800) & 0xff);
	ck_assert_uint_eq(outcome.store[2].size, 1);
	assert_hex(outcome.store[3].address, HVC_LANDING + 6 * 0x800);
	assert_hex(outcome.store[4].address, HVC_LANDING + 7 * 0x800);
	for (unsigned n = 5; n < HVC_STORE_MAX; n++)
		ck_assert_uint_eq(outcome.store[n].size, 0);
}

SUITE_MAIN("outcome")
