/* SPDX-License-Identifier: MIT */
/**
 * The move to EL2 with VHE: call 3 of the Linux 6.0 hyp stub on a CPU that has it (Linux 6.0
 * arch/arm64/kernel/hyp-stub.S).
 */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "hvcheck/subject.h"
#include "suite.h"
#include "tiny_image.h"

/* The built-in stub of Linux 6.0 in a world in which every register that it moves is known. */
static struct hvc_machine *open_stub(struct hvc_subject **subject)
{
	struct hvc_machine_config config = {0};
	struct hvc_world world;
	struct hvc_machine *machine;
	struct hvc_diag diag;

	ck_assert_int_eq(hvc_subject_open("linux-stub-6.0", &diag, subject), HVC_OK);
	hvc_world_init(&world, HVC_CPU_MAX);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_SCTLR_EL1, 0x30d00980), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_SCTLR_EL2, 0x30c50830), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_CPACR_EL1, 0x00300000), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_CPTR_EL2, 0x000033ff), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_MDCR_EL2, 0x03003006), HVC_OK);
	ck_assert_int_eq(hvc_world_set(&world, HVC_REG_TCR_EL1, 0x35b5183510), HVC_OK);
	config.image = *hvc_subject_image(*subject);
	config.world = &world;
	ck_assert_msg(hvc_machine_open(&config, &diag, &machine) == HVC_OK, "%s", diag.message);
	return machine;
}

static void check_finalised(const struct hvc_outcome *outcome)
{
	static const struct {
		enum hvc_reg reg;
		uint64_t value;
	} results[] = {
	        {HVC_REG_X0, 0},
	        {HVC_REG_HCR_EL2, 0x488000000},
	        {HVC_REG_SP_EL2, HVC_STACK_EL1},
	        {HVC_REG_TPIDR_EL2, 0x1d10000000001100},
	        {HVC_REG_CPTR_EL2, 0x00300000},
	        {HVC_REG_VBAR_EL2, HVC_CALLER_VECTORS},
	        {HVC_REG_MDCR_EL2, 0x6},
	        {HVC_REG_TCR_EL2, 0x35b5183510},
	        {HVC_REG_TTBR0_EL2, 0x51000000},
	        {HVC_REG_TTBR1_EL2, 0x52000000},
	        {HVC_REG_MAIR_EL2, 0xff440c04},
	        {HVC_REG_SCTLR_EL2, 0x30d00980},
	        {HVC_REG_SCTLR_EL1, 0x30500800},
	        {HVC_REG_ZCR_EL2, 0xf},
	        /* and what must be left alone */
	        {HVC_REG_CPACR_EL1, 0x00300000},
	        {HVC_REG_VBAR_EL1, HVC_CALLER_VECTORS},
	        {HVC_REG_TCR_EL1, 0x35b5183510},
	        {HVC_REG_TTBR0_EL1, 0x51000000},
	        {HVC_REG_TTBR1_EL1, 0x52000000},
	        {HVC_REG_MAIR_EL1, 0xff440c04},
	        {HVC_REG_TPIDR_EL1, 0x1d10000000001100},
	        {HVC_REG_SP_EL1, HVC_STACK_EL1},
	        {HVC_REG_SP_EL0, HVC_STACK_EL0},
	        {HVC_REG_ELR_EL1, 0x1e10000000001000},
	        {HVC_REG_SPSR_EL1, 0x60000000},
	        {HVC_REG_ESR_EL1, 0x56000011},
	        {HVC_REG_FAR_EL1, 0x1f10000000001000},
	};

	assert_kind(*outcome, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(outcome->level, HVC_LEVEL_EL2H);
	for (size_t i = 0; i < sizeof results / sizeof *results; i++)
		ck_assert_msg(outcome->state.v[results[i].reg] == results[i].value,
		              "%s is 0x%llx, not 0x%llx", hvc_reg_name(results[i].reg),
		              (unsigned long long)outcome->state.v[results[i].reg],
		              (unsigned long long)results[i].value);
	for (unsigned n = 3; n < HVC_GPR_COUNT; n++)
		assert_hex(outcome->state.v[n], HVC_LANDING + n * 0x800);
	ck_assert_uint_eq(outcome->untracked, 0);
	ck_assert_uint_eq(outcome->stores + outcome->el2_stores, 0);
}

TEST(linux_finalises_el2)
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T, HVC_LEVEL_EL2H};
	struct hvc_subject *subject;
	struct hvc_machine *machine = open_stub(&subject);
	struct hvc_outcome outcome;
	struct hvc_call call;

	for (size_t i = 0; i < 9; i++) {
		hvc_call_init(&call, 0);
		call.from = levels[i % 3];
		call.x[0] = 3;
		outcome = tiny_call(machine, &call);
		check_finalised(&outcome);
		assert_hex(outcome.state.v[HVC_REG_NZCV], call.nzcv);
		assert_hex(outcome.state.v[HVC_REG_DAIF], call.daif);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

/* A kernel that has moved to EL2 goes on there, and calls what is now in VBAR_EL2: itself. */
TEST(life_goes_on_after_finalise)
{
	struct hvc_subject *subject;
	struct hvc_machine *machine = open_stub(&subject);
	struct hvc_outcome outcome;
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.x[0] = 3;
	outcome = tiny_call(machine, &call);
	check_finalised(&outcome);
	call.from = HVC_LEVEL_EL1H;
	ck_assert_int_eq(hvc_machine_call(machine, &call, NULL, &outcome), HVC_E_ARG);
	outcome = tiny_hvc(machine, HVC_LEVEL_EL2H);
	assert_kind(outcome, HVC_OUTCOME_JUMP);
	assert_hex(outcome.pc, HVC_CALLER_VECTORS + 0x200);
	assert_hex(outcome.state.v[HVC_REG_HCR_EL2], 0x488000000);
	tiny_reset(machine);
	call.x[0] = 2;
	outcome = tiny_call(machine, &call);
	assert_kind(outcome, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(outcome.level, HVC_LEVEL_EL1H);
	hvc_machine_close(machine);
	hvc_subject_close(subject);
}

#define MIXED 1000u

struct mix {
	struct hvc_machine *alone;
	unsigned made, seen, finalised;
};

static void mixed_call(unsigned i, struct hvc_call *call)
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL2H, HVC_LEVEL_EL1T,
	                                        HVC_LEVEL_EL0,  HVC_LEVEL_EL2T, HVC_LEVEL_EL1H};
	static const uint64_t numbers[] = {3, 0, 3, 2, 1, 7, 3};

	hvc_call_init(call, 0);
	call->imm = (uint16_t)(i * 40503u);
	call->from = levels[i * 7 / 5 % 6];
	call->x[0] = numbers[i % 7];
	call->x[1] = HVC_NEW_VECTORS;
}

static bool next(void *ctx, struct hvc_call *call)
{
	struct mix *mix = ctx;

	if (mix->made == MIXED)
		return false;
	mixed_call(mix->made++, call);
	return true;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct mix *mix = ctx;
	struct hvc_outcome alone = tiny_call(mix->alone, call);

	tiny_reset(mix->alone);
	mix->seen++;
	mix->finalised += outcome->state.v[HVC_REG_HCR_EL2] == 0x488000000;
	ck_assert_mem_eq(outcome, &alone, sizeof alone);
	return true;
}

TEST(finalise_leaves_nothing_behind)
{
	struct hvc_subject *subject, *other;
	struct mix mix = {0};
	struct hvc_machine *machine = open_stub(&subject);
	struct hvc_feed feed = {next, done, &mix};
	struct hvc_diag diag;

	mix.alone = open_stub(&other);
	ck_assert_msg(hvc_machine_run(machine, &feed, &diag) == HVC_OK, "%s", diag.message);
	ck_assert_uint_eq(mix.seen, MIXED);
	ck_assert_uint_ge(mix.finalised, 200);
	hvc_machine_close(machine);
	hvc_machine_close(mix.alone);
	hvc_subject_close(subject);
	hvc_subject_close(other);
}

SUITE_MAIN("finalise")
