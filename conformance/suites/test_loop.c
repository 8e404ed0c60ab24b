/* SPDX-License-Identifier: MIT */
/**
 * Every loop ends, wherever the subject puts it: in memory that the harness brings, over the
 * harness's own code, in code that writes itself.
 */
#include "hvcheck/arch.h"
#include "hvcheck/machine.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "suite.h"
#include "tiny_image.h"
#include "under_test.h"

#define CODE (TINY_BASE + TINY_CODE)
#define ELR  sys_name(HVC_REG_ELR_EL2)
#define SPSR sys_name(HVC_REG_SPSR_EL2)

static struct hvc_machine *open_with_budget(struct tiny_image *image)
{
	image->config.budget = 5000;
	return tiny_open(image);
}

/* Loops of up to three words; what ends them. The last makes progress. */
static const struct {
	uint32_t word[3];
	enum hvc_outcome_kind kind;
} loops[] = {
        {{A64_B(0), 0, 0}, HVC_OUTCOME_SPIN},
        {{A64_NOP, A64_B(-4), 0}, HVC_OUTCOME_SPIN},
        {{A64_WFE, A64_B(-4), 0}, HVC_OUTCOME_SPIN},
        {{A64_WFI, A64_B(-4), 0}, HVC_OUTCOME_SPIN},
        {{A64_ISB, A64_B(-4), 0}, HVC_OUTCOME_SPIN},
        {{A64_ADD(4, 4, 1), A64_WFI, A64_B(-8)}, HVC_OUTCOME_LIMIT},
        {{A64_ADD(4, 4, 1), A64_B(-4), 0}, HVC_OUTCOME_LIMIT},
};

#define LOOPS (sizeof loops / sizeof *loops)

/* Where memory is, mapped for whatever reason. */
static const uint64_t places[] = {
        HVC_STACK_EL2 - 0x100,
        HVC_EL2_DATA,
        HVC_STACK_EL1 - 0x40,
        HVC_STACK_EL0 - 0x40,
        HVC_LANDING + 5 * 0x800,
        HVC_CALLER_VECTORS + 0x200,
        HVC_NEW_VECTORS,
        HVC_FUNCTION,
        HVC_FUNCTION + 0x800,
        HVC_CALLS,
        HVC_CALLS + 0x400,
        HVC_SMC_CALLS + 0x20,
        HVC_HARNESS_BASE + 0x200000,
        HVC_HARNESS_BASE + 0x3ff000,
        TINY_BASE + 0x3000,
};

#define PLACES (sizeof places / sizeof *places)

TEST(loops_end_wherever_they_are)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	/* the words of x2, x3 to x1, and go there */
	for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
		tiny_init(&image, (enum hvc_cpu)cpu);
		tiny_put(&image, TINY_LOWER, A64_STR(2, 1),
		         UINT32_C(0xf9000423) /* str x3, [x1, #8] */, A64_ISB, A64_BR(1));
		machine = open_with_budget(&image);
		for (size_t i = 0; i < PLACES * LOOPS; i++) {
			const uint32_t *word = loops[i % LOOPS].word;
			struct hvc_outcome outcome;
			struct hvc_call call;

			hvc_call_init(&call, 0);
			call.x[1] = places[i / LOOPS];
			call.x[2] = word[0] | (uint64_t)word[1] << 32;
			call.x[3] = word[2];
			outcome = tiny_call(machine, &call);
			ck_assert_msg(outcome.kind == loops[i % LOOPS].kind, "0x%llx, loop %zu: %s",
			              (unsigned long long)call.x[1], i % LOOPS,
			              hvc_outcome_name(outcome.kind));
			ck_assert_uint_gt(outcome.instructions, 0);
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* An address between instructions is a PC alignment fault, mapped or not, and no instruction. */
TEST(nothing_runs_at_odd_addresses)
{
	static const uint64_t odd[] = {CODE + 0x41, HVC_STACK_EL2 - 0xfe, HVC_LANDING + 3,
	                               UINT64_C(0x7000000001)};
	struct tiny_image image;
	struct hvc_machine *machine;

	/* x1 + 4 is an address that no caller gave */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADD(1, 1, 4), A64_BR(1), A64_NOP, A64_NOP);
	machine = open_with_budget(&image);
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		for (int chosen = 0; chosen < 2; chosen++) {
			struct hvc_outcome outcome;
			struct hvc_call call;

			hvc_call_init(&call, 0);
			call.x[1] = odd[i] - 4;
			call.x[2] = chosen ? odd[i] : 0;
			outcome = tiny_call(machine, &call);
			ck_assert_int_eq(outcome.kind,
			                 chosen ? HVC_OUTCOME_JUMP : HVC_OUTCOME_FAULT);
			ck_assert_uint_eq(outcome.pc, odd[i]);
			ck_assert_uint_eq(outcome.far, chosen ? 0 : odd[i]);
			ck_assert_uint_eq(outcome.esr >> 26, chosen ? 0 : HVC_EC_PC_ALIGN);
			ck_assert_uint_eq(outcome.instructions, 2);
			tiny_reset(machine);
		}
	}
	hvc_machine_close(machine);
}

/* Below EL2 neither, where halves of two HVC instructions make other ones. */
TEST(no_return_goes_on_between_instructions)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(3, sys_name(HVC_REG_ELR_EL2)),
	         UINT32_C(0x8b010063) /* add x3, x3, x1 */, A64_MSR(sys_name(HVC_REG_ELR_EL2), 3),
	         A64_ISB, A64_ERET);
	machine = open_with_budget(&image);
	for (uint32_t n = 0; n < 0x2000; n++) {
		struct hvc_outcome outcome;
		struct hvc_call call;
		uint64_t to;

		hvc_call_init(&call, 0);
		call.imm = (uint16_t)(n / 4);
		call.x[0] = HVC_EL2_DATA;
		call.x[1] = n % 4 ? n % 4 : UINT64_MAX;
		to = hvc_call__address(&call) + 4 + call.x[1];
		outcome = tiny_call(machine, &call);
		ck_assert_msg(outcome.kind == HVC_OUTCOME_JUMP && outcome.pc == to, "hvc #%u: %s",
		              n, hvc_outcome_name(outcome.kind));
		ck_assert_uint_eq(outcome.instructions, 5);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* At a lower level nothing is run: control has left. */
TEST(a_loop_over_the_instruction_returned_to_is_a_return)
{
	static const struct {
		int offset;
		enum hvc_outcome_kind kind;
	} cases[] = {{0, HVC_OUTCOME_RETURN}, {-4, HVC_OUTCOME_RETRY}, {8, HVC_OUTCOME_JUMP}};
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MRS(1, ELR), UINT32_C(0x8b020021) /* add x1, x1, x2 */,
	         A64_MSR(ELR, 1), A64_STRW(3, 1), A64_ERET);
	machine = open_with_budget(&image);
	for (size_t i = 0; i < 3 * sizeof cases / sizeof *cases; i++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.imm = 7;
		call.x[2] = (uint64_t)(int64_t)cases[i / 3].offset;
		call.x[3] = A64_B(0);
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, cases[i / 3].kind);
		assert_hex(outcome.pc, HVC_CALLS + 32 + (uint64_t)(int64_t)cases[i / 3].offset);
		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL1H);
		if (i % 3 != 1) /* and once without a reset: the caller's own instruction is made */
			tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* The page that the engine's levels are changed by: no one writes to it, and it can be run. */
TEST(the_trampoline_is_a_place_like_others)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome outcome;
	struct hvc_call call;

	for (unsigned at = 0; at < 12; at += 4) {
		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, A64_CBNZ(2, 12), A64_STR(1, 1), A64_ERET,
		         A64_MSR(ELR, 1), A64_MOVZ(3, 0x3c9), A64_MSR(SPSR, 3), A64_BR(1));
		machine = open_with_budget(&image);
		for (unsigned n = 0; n < 4; n++) {
			hvc_call_init(&call, 0);
			call.x[1] = HVC_TRAMPOLINE + at;
			call.x[2] = n & 1;
			outcome = tiny_call(machine, &call);
			if (call.x[2]) { /* an ERET to itself, or an SVC */
				ck_assert(outcome.kind ==
				          (at == 4 ? HVC_OUTCOME_JUMP : HVC_OUTCOME_SPIN));
			} else {
				assert_kind(outcome, HVC_OUTCOME_FAULT);
				assert_hex(outcome.far, call.x[1]);
			}
			tiny_reset(machine);
		}
		hvc_machine_close(machine);
	}
}

/* It writes its own branch anew in every pass, with itself or with another instruction. */
TEST(code_that_writes_itself_ends)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADR(1, 16), A64_STRW(2, 1), A64_ISB, A64_B(4), A64_NOP,
	         A64_ADD(2, 2, 0), A64_B(-24));
	machine = open_with_budget(&image);
	for (unsigned n = 0; n < 6; n++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.x[2] = n & 1 ? A64_NOP : A64_ADD(2, 2, 1); /* counts up: another word */
		outcome = tiny_call(machine, &call);
		ck_assert(outcome.kind == HVC_OUTCOME_LIMIT || outcome.kind == HVC_OUTCOME_SPIN ||
		          outcome.kind == HVC_OUTCOME_FAULT);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* What was looked up of a block before it was stored over is not believed. */
TEST(a_block_that_changes_is_looked_at_again)
{
	struct tiny_image image;
	struct hvc_machine *machine;

	/* CODE runs, is written over with an MSR of the same length, and runs again */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_ADR(1, TINY_CODE - TINY_LOWER), A64_ADR(30, 8), A64_BR(1),
	         A64_STRW(2, 1), A64_ISB, A64_ADR(30, 8), A64_BR(1), A64_ERET);
	tiny_put(&image, TINY_CODE, A64_NOP, A64_NOP, A64_RET);
	machine = open_with_budget(&image);
	for (unsigned n = 0; n < 3; n++) {
		struct hvc_outcome outcome;
		struct hvc_call call;

		hvc_call_init(&call, 0);
		call.x[2] = A64_MSR(sys_name(HVC_REG_TPIDR_EL2), 3);
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		assert_hex(outcome.state.v[HVC_REG_TPIDR_EL2], call.x[3]);
		tiny_reset(machine);
		assert_hex(hvc_machine_entry(machine)->v[HVC_REG_TPIDR_EL2],
		           UINT64_C(0x1d20000000002200));
	}
	hvc_machine_close(machine);
}

/* Exceptions one after the other leave the registers as they are: that is no loop. */
TEST(exceptions_in_a_row_are_no_loop)
{
	/* A block before them or none, so that either of the two that come again is looked at. */
	for (unsigned before = 0; before < 2; before++) {
		struct tiny_image image;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_EL2H, A64_ERET);
		tiny_put(&image, TINY_LOWER, A64_MRS(1, ELR), A64_MRS(2, SPSR),
		         A64_B(TINY_CODE - TINY_LOWER - 8));
		tiny_put(&image, TINY_CODE, before ? A64_B(4) : A64_NOP);
		for (unsigned i = 1; i <= 64; i++)
			tiny_put(&image, TINY_CODE + 4 * i, A64_SVC(0));
		tiny_put(&image, TINY_CODE + 4 * 65, A64_MSR(ELR, 1), A64_MSR(SPSR, 2), A64_ERET);
		assert_kind(tiny_once(&image, HVC_LEVEL_EL1H), HVC_OUTCOME_RETURN);
	}
}

/* EL2's vectors go back to where the exception comes again: they do not answer it. */
TEST(an_exception_that_comes_again_is_a_fault)
{
	for (unsigned after = 0; after < 2; after++) {
		struct tiny_image image;
		struct hvc_outcome outcome;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_EL2H, A64_NOP, A64_ERET);
		tiny_put(&image, TINY_LOWER, A64_NOP, after ? A64_B(4) : A64_NOP, A64_BRK(1),
		         A64_ERET);
		outcome = tiny_once(&image, HVC_LEVEL_EL1H);
		assert_kind(outcome, HVC_OUTCOME_FAULT);
		assert_hex(outcome.pc, TINY_BASE + TINY_LOWER + 8);
		ck_assert_int_eq(hvc_arch_ec(outcome.esr), HVC_EC_BRK64);
		hold_exact(tiny_file(&image, "again.bin"), &image.world, "again");
	}
}

/* Without a bound of its own the proof took minutes, and named a door that was under way. */
TEST(recursion_is_not_followed_for_ever)
{
	struct tiny_image image;
	struct hvc_exact_config config = {.brief = true, .world = &image.world};
	struct hvc_exact *exact = NULL;
	struct hvc_subject *subject;
	struct hvc_diag diag = {0};

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, 0xf81f0ffe, UINT32_C(0x97ffffff), A64_ERET);
	subject = open_subject(tiny_file(&image, "recursion.bin"));
	config.subject = subject;
	ck_assert_msg(hvc_exact__make(&config, &diag, &exact) == HVC_OK, "%s", diag.message);
	for (unsigned i = 0; i < exact->parts; i++) {
		const struct hvc_symbolic *s = exact->part[i].symbolic;

		if (hvc_level__el(exact->part[i].from) == 2)
			continue;
		ck_assert_uint_eq(s->paths, 1);
		ck_assert_int_eq(s->path[0].end, HVC_END_BOUND);
		ck_assert_str_eq(s->path[0].why, "calls nested too deeply");
	}
	hvc_exact__free(exact);
	hvc_subject_close(subject);
}

SUITE_MAIN("loop")
