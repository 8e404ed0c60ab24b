/* SPDX-License-Identifier: MIT */
/** ZCR_ELx as EL2 code sees it on CPU model max (Arm ARM D24, ZCR_EL2 and CPTR_EL2). */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "suite.h"
#include "tiny_image.h"

#define HOST     (HVC_HCR_RW | HVC_HCR_E2H)
#define ZCR_EL1  SYS(3, 0, 1, 2, 0)
#define ZCR_EL2  SYS(3, 4, 1, 2, 0)
#define ZCR_EL12 SYS(3, 5, 1, 2, 0)

TEST(zcr_is_four_bits_of_storage)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_ZCR_EL2, 5);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, ZCR_EL2), A64_MSR(ZCR_EL2, 2), A64_MRS(3, ZCR_EL2),
	         A64_MRS(4, ZCR_EL1), A64_MSR(ZCR_EL1, 5), A64_MRS(6, ZCR_EL1), A64_MRS(7, ZCR_EL2),
	         A64_ERET);
	machine = tiny_open(&image);
	ck_assert(hvc_regset_has(hvc_machine_present(machine), HVC_REG_ZCR_EL2));
	assert_hex(hvc_machine_entry(machine)->v[HVC_REG_ZCR_EL2], 5);
	for (unsigned round = 0; round < 3; round++) {
		hvc_call_init(&call, 0);
		call.x[2] = 0xfffffffffffffffb;
		call.x[5] = 0x1ff;
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[1], 5);
		assert_hex(outcome.state.v[3], 0xb);
		assert_hex(outcome.state.v[4], 0);
		assert_hex(outcome.state.v[6], 0xf);
		assert_hex(outcome.state.v[7], 0xb);
		assert_hex(outcome.state.v[HVC_REG_ZCR_EL2], 0xb);
		ck_assert_uint_eq(outcome.untracked, 1);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

TEST(zcr_follows_e2h)
{
	struct tiny_image image;
	struct hvc_outcome outcome;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_MAX);
	tiny_set(&image, HVC_REG_HCR_EL2, HOST);
	tiny_set(&image, HVC_REG_CPTR_EL2, 0x330000);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(1, 3), A64_MSR(ZCR_EL1, 1), A64_MOVZ(2, 9),
	         A64_MSR(ZCR_EL12, 2), A64_MRS(3, ZCR_EL2), A64_MRS(4, ZCR_EL1),
	         A64_MRS(5, ZCR_EL12), A64_ERET);
	machine = tiny_open(&image);
	for (unsigned round = 0; round < 2; round++) {
		outcome = tiny_hvc(machine, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[3], 3);
		assert_hex(outcome.state.v[4], 3);
		assert_hex(outcome.state.v[5], 9);
		assert_hex(outcome.state.v[HVC_REG_ZCR_EL2], 3);
		ck_assert_uint_eq(outcome.untracked, 1); /* ZCR_EL1 has no row */
		tiny_reset(machine);
		assert_hex(hvc_machine_entry(machine)->v[HVC_REG_ZCR_EL2], 0);
	}
	hvc_machine_close(machine);
}

/* CPTR_EL2 bit 8 is TZ while E2H is clear; ZEN is bits 17:16 while it is set. */
TEST(zcr_is_trapped_by_cptr)
{
	static const struct {
		uint64_t hcr, cptr;
		bool trapped;
	} cases[] = {
	        {HVC_HCR_RW, 0x000, false}, {HVC_HCR_RW, 0x100, true}, {HVC_HCR_RW, 0x30000, false},
	        {HOST, 0x00000, true},      {HOST, 0x10000, false},    {HOST, 0x20000, true},
	        {HOST, 0x30000, false},     {HOST, 0x30100, false},
	};
	static const uint32_t words[] = {A64_MRS(1, ZCR_EL2), A64_MSR(ZCR_EL2, 1),
	                                 A64_MRS(1, ZCR_EL1), A64_MSR(ZCR_EL1, 1)};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
			struct tiny_image image;
			struct hvc_outcome outcome;

			tiny_init(&image, HVC_CPU_MAX);
			tiny_set(&image, HVC_REG_HCR_EL2, cases[i].hcr);
			tiny_set(&image, HVC_REG_CPTR_EL2, cases[i].cptr);
			tiny_put(&image, TINY_LOWER, words[n], A64_ERET);
			outcome = tiny_once(&image, HVC_LEVEL_EL1H);
			assert_kind(outcome,
			            cases[i].trapped ? HVC_OUTCOME_FAULT : HVC_OUTCOME_RETURN);
		}
}

TEST(zcr_is_absent_without_sve)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, ZCR_EL2), A64_ERET);
	machine = tiny_open(&image);
	ck_assert(!hvc_regset_has(hvc_machine_present(machine), HVC_REG_ZCR_EL2));
	assert_kind(tiny_hvc(machine, HVC_LEVEL_EL1H), HVC_OUTCOME_FAULT);
	hvc_machine_close(machine);
}

SUITE_MAIN("zcr")
