/* SPDX-License-Identifier: MIT */
/**
 * What a call leaves behind: everything, until a reset, and then nothing. And the same calls
 * alone, one after another and in a batch.
 */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"

#define ELR    sys_name(HVC_REG_ELR_EL2)
#define SPSR   sys_name(HVC_REG_SPSR_EL2)
#define TPIDR  sys_name(HVC_REG_TPIDR_EL2)
#define DBGBVR SYS(2, 0, 0, 0, 4) /* a register without a row */
#define CODE   (TINY_BASE + TINY_CODE)

/* Everything that a subject can write to. */
static const struct {
	uint64_t address, size;
} memory[] = {
        {TINY_BASE, TINY_SIZE},
        {HVC_EL2_DATA, HVC_EL2_DATA_SIZE},
        {HVC_STACK_EL0 - 0x4000, 0x8000},
        {HVC_LANDING, HVC_LANDING_SIZE},
};

static uint8_t *snapshot(struct hvc_machine *machine)
{
	size_t size = 0, at = 0;
	uint8_t *bytes;

	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
		size += memory[i].size;
	bytes = malloc(size);
	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) {
		ck_assert_int_eq(
		        hvc_machine_read(machine, memory[i].address, bytes + at, memory[i].size),
		        HVC_OK);
		at += memory[i].size;
	}
	return bytes;
}

static void assert_same_memory(struct hvc_machine *machine, const uint8_t *before)
{
	uint8_t *now = snapshot(machine);
	size_t at = 0;

	for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
		for (uint64_t n = 0; n < memory[i].size; n++, at++)
			ck_assert_msg(now[at] == before[at], "0x%llx differs",
			              (unsigned long long)(memory[i].address + n));
	free(now);
}

TEST(reset_takes_back_every_store)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint8_t *before;

	/* x1 and sp walk down, x2 up through the image, bytes and words, over each other */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(9, 1000), A64_SUB(1, 1, 3), A64_STR(9, 1),
	         A64_SUB(31, 31, 16), UINT32_C(0xf90003e9) /* str x9, [sp] */, A64_STRB(9, 2),
	         A64_ADD(2, 2, 1), A64_STRW(9, 3), A64_SUBS(9, 9, 1), A64_BNE(-32), A64_ERET);
	for (unsigned n = TINY_CODE; n < TINY_SIZE; n++)
		image.bytes[n] = (uint8_t)(n * 7);
	machine = tiny_open(&image);
	before = snapshot(machine);
	for (unsigned round = 0; round < 3; round++) {
		struct hvc_outcome outcome;
		struct hvc_call call;
		uint64_t left;

		hvc_call_init(&call, 0);
		call.x[1] = HVC_STACK_EL1;
		call.x[2] = CODE;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(outcome.stores, 2000);
		ck_assert_uint_eq(outcome.el2_stores, 2000);
		ck_assert_int_eq(hvc_machine_read(machine, HVC_STACK_EL1 - 3000, &left, 8), HVC_OK);
		assert_hex(left, 1);
		tiny_reset(machine);
		assert_same_memory(machine, before);
	}
	free(before);
	hvc_machine_close(machine);
}

/* Code that writes itself: seen at once, kept by the next call, gone after a reset. */
TEST(reset_takes_back_code)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	uint8_t *before;

	/* x0 = 0: run the patch point; else write w1 there first */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADR(9, TINY_CODE - TINY_LOWER), A64_BR(9));
	tiny_put(&image, TINY_CODE, A64_ADR(9, 0x100), A64_CBNZ(0, 8), A64_BR(9), A64_STRW(1, 9),
	         A64_ISB, A64_BR(9));
	tiny_put(&image, TINY_CODE + 0x100, A64_MOVZ(2, 1), A64_ERET);
	machine = tiny_open(&image);
	before = snapshot(machine);
	for (unsigned round = 0; round < 20; round++) {
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.x[0] = 0;
		call.x[1] = A64_MOVZ(2, 2 + round);
		assert_hex(tiny_call(machine, &call).state.v[2], 1);
		call.x[0] = 1;
		assert_hex(tiny_call(machine, &call).state.v[2], 2 + round);
		call.x[0] = 0;
		assert_hex(tiny_call(machine, &call).state.v[2], 2 + round);
		tiny_reset(machine);
		assert_same_memory(machine, before);
		assert_hex(tiny_call(machine, &call).state.v[2], 1);
		if (round & 1)
			tiny_reset(machine);
	}
	free(before);
	hvc_machine_close(machine);
}

/* Registers carry over to the next call, with a row or without, and a reset puts them back. */
TEST(registers_are_kept_until_reset)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_call call;

	/* x1, x2, x3 := TPIDR_EL2, DBGBVR0_EL1, SP; each one on by x4 */
	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_TPIDR_EL2, 100);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, TPIDR), A64_ADD(9, 1, 4), A64_MSR(TPIDR, 9),
	         A64_MRS(2, DBGBVR), A64_ADD(9, 2, 4), A64_MSR(DBGBVR, 9), A64_ADD(3, 31, 0),
	         A64_SUB(31, 31, 16), A64_ERET);
	tiny_put(&image, TINY_EL2H, A64_MRS(1, TPIDR), A64_MRS(2, DBGBVR), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 3; round++) {
		hvc_call_init(&call, 0);
		for (unsigned n = 0; n < 5; n++) {
			struct hvc_outcome outcome = tiny_call(machine, &call);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[1], 100 + 4 * n);
			assert_hex(outcome.state.v[2], 0x1db00000 + 4 * n);
			assert_hex(outcome.state.v[3], HVC_STACK_EL2 - 16 * n);
			assert_hex(outcome.state.v[4], call.x[4]);
			assert_hex(outcome.state.v[HVC_REG_TPIDR_EL2], 104 + 4 * n);
			assert_hex(outcome.state.v[HVC_REG_SP_EL2], HVC_STACK_EL2 - 16 * (n + 1));
			ck_assert_uint_eq(outcome.untracked, 1);
		}
		/* a call that writes neither comes last: the reset must remember all the same */
		assert_hex(tiny_hvc(machine, HVC_LEVEL_EL2H).state.v[2], 0x1db00000 + 20);
		tiny_reset(machine);
		assert_hex(tiny_hvc(machine, HVC_LEVEL_EL2H).state.v[1], 100);
		assert_hex(tiny_hvc(machine, HVC_LEVEL_EL2H).state.v[2], 0x1db00000);
	}
	hvc_machine_close(machine);
}

/* New vectors are used by the next call, also when they are wherever the caller put them. */
TEST(vectors_carry_over)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MSR(sys_name(HVC_REG_VBAR_EL2), 1), A64_ERET);
	tiny_put(&image, 0x2000 + TINY_LOWER, A64_MOVZ(0, 0x77), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 3; round++) {
		hvc_call_init(&call, 0);
		call.x[1] = HVC_NEW_VECTORS;
		assert_kind(tiny_call(machine, &call), HVC_OUTCOME_RETURN);
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_JUMP);
		assert_hex(outcome.pc, HVC_NEW_VECTORS + 0x400);
		outcome = tiny_hvc(machine, HVC_LEVEL_EL2T);
		assert_hex(outcome.pc, HVC_NEW_VECTORS);
		tiny_reset(machine);
		call.x[1] = TINY_BASE + 0x2000;
		assert_hex(tiny_call(machine, &call).state.v[0], call.x[0]);
		assert_hex(tiny_call(machine, &call).state.v[0], 0x77);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* Sixteen handlers, 64 bytes each, one for each way to end or to leave traces; x0 selects. */
#define WAYS 16u

static void put_ways(struct tiny_image *image, struct hvc_machine_config *config)
{
	static const uint64_t stop = CODE + 13 * 64 + 4;
	static const unsigned slots[] = {TINY_EL2T, TINY_EL2H, TINY_LOWER};
	const uint32_t ways[WAYS][8] = {
	        {A64_ERET},
	        {A64_MSR(TPIDR, 1), A64_MSR(DBGBVR, 2), A64_ERET},
	        {A64_STR(3, 1), A64_STR(4, 2), A64_LDR(5, 2), A64_ERET},
	        {A64_ADR(9, 16), A64_MOVZ(10, 0x3e0), A64_MOVK16(10, 0xd69f), A64_STRW(10, 9),
	         A64_UDF},
	        {A64_B(0)},
	        {A64_UDF},
	        {hvc_arch_encode_smc(0)},
	        {A64_MRS(9, ELR), A64_SUB(9, 9, 4), A64_MSR(ELR, 9), A64_ERET},
	        {A64_MRS(9, ELR), A64_ADD(9, 9, 4), A64_MSR(ELR, 9), A64_ERET},
	        {A64_MSR(SPSR, 31), A64_ERET},
	        {A64_ADD(9, 9, 1), A64_B(-4)},
	        {A64_BR(1)},
	        {A64_SUB(31, 31, 48), A64_MSR(sys_name(HVC_REG_VBAR_EL2), 1),
	         A64_MSR(sys_name(HVC_REG_SP_EL1), 2), A64_ERET},
	        {A64_MOVZ(9, 9), A64_NOP, A64_ERET},
	        {A64_WFI, A64_MSR(sys_name(HVC_REG_HCR_EL2), 3), A64_ERET},
	        {A64_MOVZ(9, 0x3c9), A64_MSR(SPSR, 9), A64_ERET},
	};

	for (size_t i = 0; i < 3; i++)
		tiny_put(image, slots[i], A64_ADR(9, (int)(TINY_CODE - slots[i])),
		         UINT32_C(0x8b001929) /* add x9, x9, x0, lsl #6 */, A64_BR(9));
	for (unsigned n = 0; n < WAYS; n++)
		memcpy(image->bytes + TINY_CODE + 64 * n, ways[n], sizeof ways[n]);
	ck_assert_int_eq(hvc_world_stop_at(&image->world, stop, "stop"), HVC_OK);
	config->budget = 500;
}

#define CALLS (WAYS * HVC_LEVEL_EL0_USR * 2)

static void make(unsigned n, struct hvc_call *call)
{
	hvc_call_init(call, 0);
	call->x[0] = n % WAYS;
	call->x[3] = HVC_HCR_RW | HVC_HCR_TSC;
	call->from = (enum hvc_level)(n / WAYS % HVC_LEVEL_EL0_USR);
	call->insn = n / WAYS / HVC_LEVEL_EL0_USR ? HVC_INSN_SMC : HVC_INSN_HVC;
	call->imm = (uint16_t)(n * 997);
}

struct mix {
	struct hvc_outcome alone[CALLS]; /* of a machine that has made no other call */
	unsigned order[4000];
	unsigned made, seen;
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct mix *mix = ctx;

	if (mix->made == sizeof mix->order / sizeof *mix->order)
		return false;
	make(mix->order[mix->made++], call);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct mix *mix = ctx;
	unsigned n = mix->order[mix->seen++];
	const struct hvc_outcome *alone = &mix->alone[n];

	for (unsigned reg = 0; reg < HVC_REG_COUNT; reg++)
		ck_assert_msg(outcome->state.v[reg] == alone->state.v[reg],
		              "call %u, way %u from %s: %s is 0x%llx, alone 0x%llx", mix->seen,
		              n % WAYS, hvc_level_name(call->from), hvc_reg_name((enum hvc_reg)reg),
		              (unsigned long long)outcome->state.v[reg],
		              (unsigned long long)alone->state.v[reg]);
	ck_assert_msg(!memcmp(outcome, alone, sizeof *alone), "call %u, way %u from %s: %s, %s",
	              mix->seen, n % WAYS, hvc_level_name(call->from),
	              hvc_outcome_name(outcome->kind), hvc_outcome_name(alone->kind));
	return true;
}

static struct mix *mix_of(struct tiny_image *image, uint32_t seed)
{
	struct mix *mix = calloc(1, sizeof *mix);
	struct hvc_call call;

	ck_assert_ptr_nonnull(mix);
	for (unsigned n = 0; n < CALLS; n++) {
		struct hvc_machine *machine = tiny_open(image);

		make(n, &call);
		mix->alone[n] = tiny_call(machine, &call);
		hvc_machine_close(machine);
	}
	for (size_t i = 0; i < sizeof mix->order / sizeof *mix->order; i++) {
		seed = seed * 1664525u + 1013904223u; /* Numerical Recipes */
		mix->order[i] = (seed >> 16) % CALLS;
	}
	return mix;
}

TEST(a_batch_is_its_calls)
{
	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_feed feed = {next, done, NULL};
		struct hvc_diag diag;
		struct mix *mix;
		unsigned kinds = 0;

		tiny_init(&image, (enum hvc_cpu)cpu);
		put_ways(&image, &image.config);
		mix = mix_of(&image, 1 + cpu);
		for (unsigned n = 0; n < CALLS; n++)
			kinds |= 1u << mix->alone[n].kind;
		/* all kinds happen but inject, and the engine does not fail */
		ck_assert_uint_eq(kinds | 1u << HVC_OUTCOME_INJECT | 1u << HVC_OUTCOME_FAILED,
		                  (1u << HVC_OUTCOME_COUNT) - 1);
		ck_assert_uint_eq(kinds & 1u << HVC_OUTCOME_FAILED, 0);
		machine = tiny_open(&image);
		feed.ctx = mix;
		ck_assert_msg(hvc_machine_run(machine, &feed, &diag) == HVC_OK, "%s", diag.message);
		ck_assert_uint_eq(mix->seen, sizeof mix->order / sizeof *mix->order);
		hvc_machine_close(machine);
		free(mix);
	}
}

TEST(calls_and_resets_are_a_batch)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;
	struct mix *mix;

	tiny_init(&image, HVC_CPU_A72);
	put_ways(&image, &image.config);
	mix = mix_of(&image, 3);
	machine = tiny_open(&image);
	while (mix->seen < 1000) {
		make(mix->order[mix->seen], &call);
		outcome = tiny_call(machine, &call);
		(void)done(mix, &call, &outcome);
		tiny_reset(machine);
	}
	free(mix);
	hvc_machine_close(machine);
}

static bool three(void *ctx, struct hvc_call *call)
{
	unsigned *made = ctx;

	hvc_call_init(call, 0);
	call->x[0] = 0;
	return (*made)++ < 3;
}

static bool refuse_second(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	const unsigned *made = ctx;

	(void)call;
	(void)outcome;
	return *made < 2;
}

/* A feed that ends early leaves a machine that still works. */
TEST(a_batch_can_be_cancelled)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	unsigned made = 0;
	struct hvc_feed feed = {three, refuse_second, &made};
	struct hvc_diag diag;

	tiny_init(&image, HVC_CPU_A72);
	put_ways(&image, &image.config);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 3; round++) {
		made = 0;
		ck_assert_int_eq(hvc_machine_run(machine, &feed, &diag), HVC_E_CANCELLED);
		ck_assert_int_eq(diag.status, HVC_E_CANCELLED);
		ck_assert_uint_eq(made, 2);
		tiny_reset(machine);
		assert_kind(tiny_hvc(machine, HVC_LEVEL_EL1T), HVC_OUTCOME_FAULT);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* All or nothing. */
TEST(reading_unmapped_memory)
{
	static const struct {
		uint64_t address;
		size_t size;
		enum hvc_status status;
	} reads[] = {
	        {TINY_BASE, 16, HVC_OK},
	        {TINY_BASE + TINY_SIZE - 16, 16, HVC_OK},
	        {TINY_BASE + TINY_SIZE - 15, 16, HVC_E_RANGE},
	        {TINY_BASE - 1, 16, HVC_E_RANGE},
	        {0, 1, HVC_E_RANGE},
	        {UINT64_MAX, 1, HVC_E_RANGE},
	        {UINT64_MAX - 7, 16, HVC_E_RANGE},
	        {HVC_HARNESS_BASE + HVC_HARNESS_SIZE - 8, 16, HVC_E_RANGE},
	};
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	memset(image.bytes, 0x11, sizeof image.bytes);
	machine = tiny_open(&image);
	for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
		uint8_t buffer[16], expected[16];

		memset(buffer, 0xa5, sizeof buffer);
		memset(expected, reads[i].status == HVC_OK ? 0x11 : 0xa5, sizeof expected);
		ck_assert_int_eq(hvc_machine_read(machine, reads[i].address, buffer, reads[i].size),
		                 reads[i].status);
		ck_assert_mem_eq(buffer, expected, sizeof buffer);
	}
	hvc_machine_close(machine);
}

SUITE_MAIN("machine")
