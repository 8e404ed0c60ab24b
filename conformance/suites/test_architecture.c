/* SPDX-License-Identifier: MIT */
/**
 * The machine against the Arm ARM's pseudocode, a clause a test, in every kind of world: what the
 * entry writes, what it leaves alone, what comes back. The same clauses as functions of state are
 * in test_exception.c and test_eret.c; test_oracle.c asks them of another CPU.
 */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "suite.h"
#include "tiny_image.h"

#define FLAGS 256u /* NZCV x DAIF */

static const enum hvc_level callers[] = {HVC_LEVEL_EL1T, HVC_LEVEL_EL1H, HVC_LEVEL_EL2T,
                                         HVC_LEVEL_EL2H};

/* Kinds of worlds, and which of the callers there are in them. */
static const struct {
	const char *name;
	enum hvc_cpu cpu;
	uint64_t hcr, sctlr_el2;
	unsigned from; /* bit n: callers[n] */
} worlds[] = {
        {"host at EL1", HVC_CPU_A72, HVC_HCR_RW, 0x30c50830, 15},
        {"host at EL1, CPU with VHE", HVC_CPU_MAX, HVC_HCR_RW, 0x30c50830, 15},
        {"guest of a VHE host", HVC_CPU_MAX, HVC_HCR_RW | HVC_HCR_E2H, 0x30c50830, 15},
        {"VHE host", HVC_CPU_MAX, HVC_HCR_RW | HVC_HCR_E2H | HVC_HCR_TGE, 0x30c50830, 12},
        {"VHE host, SPAN", HVC_CPU_MAX, HVC_HCR_RW | HVC_HCR_E2H | HVC_HCR_TGE,
         0x30c50830 | HVC_SCTLR_SPAN, 12},
        {"TGE without VHE", HVC_CPU_A72, HVC_HCR_RW | HVC_HCR_TGE, 0x30c50830, 12},
        {"SMCs trapped", HVC_CPU_A72, HVC_HCR_RW | HVC_HCR_TSC, 0x30c50830, 15},
};

#define WORLDS (sizeof worlds / sizeof *worlds)

static void make_world(struct tiny_image *image, size_t w)
{
	tiny_init(image, worlds[w].cpu);
	tiny_set(image, HVC_REG_HCR_EL2, worlds[w].hcr);
	tiny_set(image, HVC_REG_SCTLR_EL2, worlds[w].sctlr_el2);
}

/* Callers have PAN, UAO, SSBS and DIT set where the CPU has them. */
static uint64_t pstate_of(size_t w)
{
	return worlds[w].cpu == HVC_CPU_MAX
	               ? HVC_PSTATE_PAN | HVC_PSTATE_UAO | HVC_PSTATE_SSBS | HVC_PSTATE_DIT
	               : 0;
}

static void put_in_slots(struct tiny_image *image, const uint32_t *words, size_t size)
{
	for (unsigned slot = TINY_EL2T; slot <= TINY_LOWER; slot += 0x200)
		memcpy(image->bytes + slot, words, size);
}

/* Call number n of a world: immediates, flags and masks, callers in turn. */
static bool make_call(size_t w, unsigned n, unsigned caller, struct hvc_call *call)
{
	hvc_call_init(call, n + 1);
	call->imm = (uint16_t)(n * 257 + w);
	call->nzcv = (uint64_t)(n & 15) << 28;
	call->daif = (uint64_t)(n >> 4 & 15) << 6;
	call->from = callers[caller];
	return worlds[w].from >> caller & 1;
}

/* Everything but these and what the exception writes is as it was before the call. */
static void assert_untouched(const struct hvc_machine *machine, const struct hvc_call *call,
                             const struct hvc_outcome *outcome, size_t w)
{
	const struct hvc_state *entry = hvc_machine_entry(machine);

	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		assert_hex(outcome->state.v[n], call->x[n]);
	for (enum hvc_reg reg = HVC_REG_SP_EL0; reg < HVC_REG_COUNT; reg++)
		if (reg != HVC_REG_ESR_EL2 && reg != HVC_REG_ELR_EL2 && reg != HVC_REG_SPSR_EL2)
			ck_assert_msg(outcome->state.v[reg] == entry->v[reg],
			              "%s: %s is 0x%llx, was 0x%llx", worlds[w].name,
			              hvc_reg_name(reg), (unsigned long long)outcome->state.v[reg],
			              (unsigned long long)entry->v[reg]);
	ck_assert_uint_eq(outcome->stores + outcome->el2_stores, 0);
	ck_assert_uint_eq(outcome->untracked, 0);
}

/*
 * AArch64.CallHypervisor, AArch64.TakeException, AArch64.ReportException: stopped before the
 * first instruction of the vector, so that all is as the entry left it.
 */
TEST(take_exception)
{
	static const uint64_t stops[] = {TINY_BASE, TINY_BASE + 0x200, TINY_BASE + 0x400};
	static const uint64_t slot[] = {0x400, 0x400, 0x000, 0x200};
	static const uint32_t code[] = {A64_NOP, A64_ERET};

	for (size_t w = 0; w < WORLDS; w++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		make_world(&image, w);
		put_in_slots(&image, code, sizeof code);
		for (unsigned i = 0; i < 3; i++)
			ck_assert_int_eq(hvc_world_stop_at(&image.world, stops[i], "a vector"),
			                 HVC_OK);
		machine = tiny_open(&image);
		for (unsigned n = 0; n < 4 * FLAGS; n++) {
			struct hvc_outcome outcome;
			struct hvc_call call;

			if (!make_call(w, n >> 2, n & 3, &call))
				continue;
			outcome = tiny_call(machine, &call);
			assert_kind(outcome, HVC_OUTCOME_HANDOFF);
			assert_hex(outcome.pc, TINY_BASE + slot[n & 3]);
			ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
			assert_hex(outcome.state.v[HVC_REG_ESR_EL2], 0x5a000000 | call.imm);
			assert_hex(outcome.state.v[HVC_REG_ELR_EL2], hvc_call__address(&call) + 4);
			assert_hex(outcome.state.v[HVC_REG_SPSR_EL2],
			           call.nzcv | call.daif | pstate_of(w) |
			                   hvc_level__mode(call.from));
			assert_hex(outcome.state.v[HVC_REG_NZCV], call.nzcv);
			assert_hex(outcome.state.v[HVC_REG_DAIF], 0x3c0);
			assert_untouched(machine, &call, &outcome, w);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* AArch64.TakeException, HavePANExt: PSTATE.PAN is set in a host's EL2 unless SCTLR_EL2.SPAN. */
TEST(take_exception_pan)
{
	static const uint32_t code[] = {A64_MRS(1, SYS(3, 0, 4, 2, 3)), A64_ERET};

	for (size_t w = 0; w < WORLDS; w++) {
		struct tiny_image image;
		bool host = worlds[w].hcr & HVC_HCR_E2H && worlds[w].hcr & HVC_HCR_TGE;
		bool pan = host && !(worlds[w].sctlr_el2 & HVC_SCTLR_SPAN);
		struct hvc_outcome outcome;

		if (worlds[w].cpu != HVC_CPU_MAX)
			continue;
		make_world(&image, w);
		put_in_slots(&image, code, sizeof code);
		outcome = tiny_once(&image, HVC_LEVEL_EL2H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[1], HVC_PSTATE_PAN); /* the caller's */
		tiny_set(&image, HVC_REG_PSTATE, 0);
		outcome = tiny_once(&image, HVC_LEVEL_EL2H);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_msg(outcome.state.v[1] == (pan ? HVC_PSTATE_PAN : 0), "%s: PAN 0x%llx",
		              worlds[w].name, (unsigned long long)outcome.state.v[1]);
	}
}

/* AArch64.ReportException: bits 10:0 of VBAR_EL2 do not count. */
TEST(report_exception_vbar)
{
	for (unsigned low = 0; low < 0x800; low += 0x3f) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_call call;

		/* The first call moves the table by what the second must not see. */
		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_MSR(sys_name(HVC_REG_VBAR_EL2), 1), A64_ERET);
		machine = tiny_open(&image);
		hvc_call_init(&call, 0);
		call.x[1] = TINY_BASE | low;
		for (unsigned n = 0; n < 3; n++) {
			struct hvc_outcome outcome = tiny_call(machine, &call);

			assert_kind(outcome, HVC_OUTCOME_RETURN);
			assert_hex(outcome.state.v[HVC_REG_VBAR_EL2] & HVC_MASK_VBAR, TINY_BASE);
		}
		hvc_machine_close(machine);
	}
}

/* AArch64.ExceptionReturn: PSTATE comes back bit for bit, and nothing else has changed. */
TEST(exception_return)
{
	static const uint32_t code[] = {A64_ERET};

	for (size_t w = 0; w < WORLDS; w++) {
		struct tiny_image image;
		struct hvc_machine *machine;

		make_world(&image, w);
		put_in_slots(&image, code, sizeof code);
		machine = tiny_open(&image);
		for (unsigned n = 0; n < 4 * FLAGS; n++) {
			struct hvc_outcome outcome;
			struct hvc_call call;

			if (!make_call(w, n >> 2, n & 3, &call))
				continue;
			outcome = tiny_call(machine, &call);
			assert_kind(outcome, HVC_OUTCOME_RETURN);
			ck_assert_int_eq(outcome.level, call.from);
			assert_hex(outcome.state.v[HVC_REG_NZCV], call.nzcv);
			assert_hex(outcome.state.v[HVC_REG_DAIF], call.daif);
			assert_hex(outcome.state.v[HVC_REG_PSTATE], pstate_of(w));
			assert_untouched(machine, &call, &outcome, w);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* AArch64.ExceptionReturn: with ELR_EL2 moved back the call is made again, and arrives again. */
TEST(exception_return_again)
{
	for (unsigned c = 0; c < 4; c++) {
		static const uint32_t code[] = {A64_MRS(1, SYS(3, 4, 4, 0, 1)), A64_SUB(1, 1, 4),
		                                A64_MSR(SYS(3, 4, 4, 0, 1), 1), A64_ADD(2, 2, 1),
		                                A64_ERET};
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_A72);
		put_in_slots(&image, code, sizeof code);
		machine = tiny_open(&image);
		(void)make_call(0, 0x77, c, &call);
		for (unsigned n = 0; n < 5; n++) {
			struct hvc_outcome outcome = tiny_call(machine, &call);

			assert_kind(outcome, HVC_OUTCOME_RETRY);
			assert_hex(outcome.pc, hvc_call__address(&call));
			assert_hex(outcome.state.v[2], call.x[2] + 1);
			ck_assert_int_eq(outcome.level, call.from);
			call.x[2] = outcome.state.v[2];
		}
		hvc_machine_close(machine);
	}
}

/* IllegalExceptionReturn: there is no EL1 to return to under TGE, and no EL3 from EL2. */
TEST(illegal_exception_return)
{
	static const uint32_t code[] = {A64_MSR(SYS(3, 4, 4, 0, 0), 2), A64_ERET};
	static const struct {
		uint64_t spsr;
		uint64_t hcr; /* illegal where these are set */
	} cases[] = {{0x3c5, HVC_HCR_TGE}, {0x3c4, HVC_HCR_TGE}, {0x3cd, 0},
	             {0x3cc, 0},           {0x3c1, 0},           {0x3c3, 0}};

	for (size_t w = 0; w < WORLDS; w++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct tiny_image image;
			struct hvc_machine *machine;
			struct hvc_outcome outcome;
			struct hvc_call call;

			make_world(&image, w);
			put_in_slots(&image, code, sizeof code);
			machine = tiny_open(&image);
			(void)make_call(w, 0, 3, &call);
			call.x[2] = cases[i].spsr | 0xa0000000;
			outcome = tiny_call(machine, &call);
			if (cases[i].hcr && !(worlds[w].hcr & cases[i].hcr)) {
				assert_kind(outcome, HVC_OUTCOME_RETURN);
				ck_assert_uint_eq(hvc_level__el(outcome.level), 1);
			} else {
				assert_kind(outcome, HVC_OUTCOME_FAULT);
				assert_hex(outcome.esr, 0x3a000000);
				assert_hex(outcome.pc, hvc_call__address(&call) + 4);
				ck_assert_int_eq(outcome.level, HVC_LEVEL_EL2H);
			}
			assert_hex(outcome.state.v[HVC_REG_NZCV], 0xa0000000);
			hvc_machine_close(machine);
		}
}

/* HVC, operation: UNDEFINED at EL0, by HCE, and while secure; then nothing at all has happened. */
TEST(call_hypervisor_undefined)
{
	static const uint32_t code[] = {A64_ERET};
	static const struct {
		uint64_t scr;
		unsigned defined, callable; /* bit n: from level n */
	} cases[] = {
	        {0x531, 0x1e, 0x1f},
	        {0x431, 0x00, 0x1f},
	        {0x530, 0x00, 0x07},
	        {0x430, 0x00, 0x07},
	};

	for (size_t w = 0; w < WORLDS; w++)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			bool tge = worlds[w].hcr & HVC_HCR_TGE && cases[i].scr & 1;
			struct tiny_image image;
			struct hvc_machine *machine;

			make_world(&image, w);
			put_in_slots(&image, code, sizeof code);
			tiny_set(&image, HVC_REG_SCR_EL3, cases[i].scr);
			machine = tiny_open(&image);
			for (unsigned from = 0; from < HVC_LEVEL_EL0_USR; from++) {
				struct hvc_outcome outcome;
				struct hvc_call call;

				(void)make_call(w, from * 37, 0, &call);
				call.from = (enum hvc_level)from;
				if (!(cases[i].callable >> from & 1) ||
				    (tge && hvc_level__el(call.from) == 1))
					continue;
				outcome = tiny_call(machine, &call);
				if (cases[i].defined >> from & 1) {
					assert_kind(outcome, HVC_OUTCOME_RETURN);
					continue;
				}
				assert_kind(outcome, HVC_OUTCOME_UNDEFINED);
				ck_assert_int_eq(outcome.level, call.from);
				assert_hex(outcome.pc, hvc_call__address(&call));
				ck_assert_uint_eq(outcome.instructions, 0);
				assert_untouched(machine, &call, &outcome, w);
				tiny_reset(machine);
			}
			hvc_machine_close(machine);
		}
}

/* The harness' function, made to return to itself, runs out of budget as any loop does. */
TEST(function_that_returns_to_itself)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_BR(1));
	image.config.budget = 1000;
	machine = tiny_open(&image);
	hvc_call_init(&call, 0);
	call.x[1] = call.x[30] = HVC_FUNCTION;
	outcome = tiny_call(machine, &call);
	assert_kind(outcome, HVC_OUTCOME_LIMIT);
	assert_hex(outcome.pc, HVC_FUNCTION);
	hvc_machine_close(machine);
}

SUITE_MAIN("architecture")
