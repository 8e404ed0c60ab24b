/* SPDX-License-Identifier: MIT */
/** FP/SIMD registers: read out where a call may have changed them, and fresh for every call. */
#include "tiny_image.h"

#include "machine/outcome.h"
#include "suite.h"

/* A64 (Arm ARM C7.2) */
#define FMOV_TO(d, x)   (UINT32_C(0x9e670000) | (uint32_t)(x) << 5 | (d))
#define FMOV_FROM(x, d) (UINT32_C(0x9e660000) | (uint32_t)(d) << 5 | (x))
#define LDR_Q0_X1       UINT32_C(0x3dc00020)
#define LD1_V0_X1       UINT32_C(0x4c407020)
#define LDP_Q0_Q1_X1    UINT32_C(0xad400420)
#define INS_V0_D0_X0    UINT32_C(0x4e081c00)
#define FMOV_D1_ONE     UINT32_C(0x1e6e1001)
#define MOVI_D2_ZERO    UINT32_C(0x2f00e402)
#define FDIV_D0_D1_D2   UINT32_C(0x1e621820)
#define MSR_FPCR_X0     UINT32_C(0xd51b4400)
#define MSR_FPSR_X0     UINT32_C(0xd51b4420)
#define MRS_X2_FPSR     UINT32_C(0xd53b4422)
#define CALLS           500u

static unsigned differing(const struct hvc_simd *a, const struct hvc_simd *b)
{
	unsigned count = 0;

	for (unsigned i = 0; i < HVC_SIMD_NAMES; i++)
		count += !hvc_simd__same(a, b, i);
	return count;
}

TEST(values_name_their_register_or_follow_a_seed)
{
	struct hvc_simd a, b;

	hvc_simd_init(&a, 0);
	assert_hex(a.q[0][0], UINT64_C(0x0101010101010101));
	assert_hex(a.q[31][0], UINT64_C(0x2020202020202020));
	assert_hex(a.q[31][1], ~UINT64_C(0x2020202020202020));
	hvc_simd_init(&a, 7);
	hvc_simd_init(&b, 7);
	ck_assert_uint_eq(differing(&a, &b), 0);
	hvc_simd_init(&b, 8);
	ck_assert_uint_eq(differing(&a, &b), HVC_SIMD_COUNT);
	ck_assert_str_eq(hvc_simd_name(0), "q0");
	ck_assert_str_eq(hvc_simd_name(31), "q31");
	ck_assert_str_eq(hvc_simd_name(32), "fpcr");
	ck_assert_str_eq(hvc_simd_name(33), "fpsr");
	ck_assert_str_eq(hvc_simd_name(34), "?");
}

/* Each instruction by which a handler can get at one, and the registers that are then changed. */
TEST(every_way_to_change_one_is_seen)
{
	static const struct {
		uint32_t word;
		unsigned first, changed;
	} rows[] = {
	        {A64_NOP, 0, 0},      {FMOV_TO(5, 0), 5, 1}, {LDR_Q0_X1, 0, 1},
	        {LD1_V0_X1, 0, 1},    {LDP_Q0_Q1_X1, 0, 2},  {INS_V0_D0_X0, 0, 1},
	        {MSR_FPCR_X0, 32, 1}, {MSR_FPSR_X0, 33, 1},  {FMOV_FROM(0, 3), 0, 0},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct tiny_image image;
		struct hvc_machine *machine;
		struct hvc_simd before, after;
		struct hvc_outcome outcome;
		struct hvc_call call;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, TINY_LOWER, rows[i].word, A64_ERET);
		machine = tiny_open(&image);
		hvc_simd_init(&before, 0);
		hvc_call_init(&call, 0);
		call.x[0] = 0x8000010; /* a sticky exception of FPSR, and nothing of FPCR but... */
		if (rows[i].word == MSR_FPCR_X0)
			call.x[0] = 0x400000; /* ...its rounding mode */
		outcome = tiny_call(machine, &call);
		assert_kind(outcome, HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(outcome.untracked, 0);
		hvc_machine_simd(machine, &after);
		ck_assert_msg(differing(&before, &after) == rows[i].changed, "0x%08x: %u changed",
		              rows[i].word, differing(&before, &after));
		for (unsigned n = 0; n < rows[i].changed; n++)
			ck_assert(!hvc_simd__same(&before, &after, rows[i].first + n));
		hvc_machine_close(machine);
	}
}

TEST(a_division_by_zero_is_in_fpsr)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_simd after;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, FMOV_D1_ONE, MOVI_D2_ZERO, FDIV_D0_D1_D2, MRS_X2_FPSR,
	         A64_ERET);
	machine = tiny_open(&image);
	for (int i = 0; i < 3; i++) {
		struct hvc_outcome outcome = tiny_hvc(machine, HVC_LEVEL_EL1H);

		hvc_machine_simd(machine, &after);
		assert_hex(after.fpsr, 0x82); /* DZC; IDC was set */
		assert_hex(outcome.state.v[2], 0x82);
		assert_hex(after.q[0][0], UINT64_C(0x7ff0000000000000)); /* infinity */
		assert_hex(after.q[0][1], 0);
	}
	hvc_machine_close(machine);
}

struct feeding {
	struct hvc_machine *machine;
	struct hvc_simd entry;
	unsigned made, right;
	enum hvc_level from;
};

static bool next(void *ctx, struct hvc_call *call)
{
	struct feeding *feeding = ctx;

	hvc_call_init(call, feeding->made + 1);
	call->from = feeding->from;
	return feeding->made++ < CALLS;
}

static bool done(void *ctx, const struct hvc_call *call, const struct hvc_outcome *outcome)
{
	struct feeding *feeding = ctx;
	struct hvc_simd after;

	hvc_machine_simd(feeding->machine, &after);
	if (call->x[0] & 1) /* the handler went the way without */
		feeding->right += differing(&after, &feeding->entry) == 0;
	else
		feeding->right += after.q[0][0] == call->x[0] && after.q[0][1] == 0 &&
		                  differing(&after, &feeding->entry) == 1 &&
		                  outcome->state.v[1] == feeding->entry.q[0][0];
	return true;
}

TEST(every_call_of_a_feed_finds_its_own)
{
	static const enum hvc_level levels[] = {HVC_LEVEL_EL1H, HVC_LEVEL_EL1T};

	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		struct feeding feeding = {.from = levels[i]};
		struct hvc_feed feed = {next, done, &feeding};
		struct tiny_image image;
		struct hvc_diag diag = {0};

		tiny_init(&image, HVC_CPU_A72);
		/* tbnz x0, #0, over the next two */
		tiny_put(&image, TINY_LOWER, UINT32_C(0x37000060), FMOV_FROM(1, 0), FMOV_TO(0, 0),
		         A64_ERET);
		feeding.machine = tiny_open(&image);
		hvc_simd_init(&feeding.entry, 99);
		hvc_machine_set_simd(feeding.machine, &feeding.entry);
		ck_assert_msg(hvc_machine_run(feeding.machine, &feed, &diag) == HVC_OK, "%s",
		              diag.message);
		ck_assert_uint_eq(feeding.right, CALLS);
		hvc_machine_close(feeding.machine);
	}
}

/* A handler that returns to EL0 leaves the engine there; the next call starts afresh. */
TEST(a_return_to_el0_keeps_what_was_read)
{
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_simd entry, after;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, FMOV_TO(0, 0), A64_MSR(sys_name(HVC_REG_SPSR_EL2), 31),
	         A64_ERET);
	machine = tiny_open(&image);
	hvc_simd_init(&entry, 0);
	for (int i = 0; i < 3; i++) {
		struct hvc_outcome outcome = tiny_hvc(machine, HVC_LEVEL_EL1H);

		ck_assert_int_eq(outcome.level, HVC_LEVEL_EL0);
		hvc_machine_simd(machine, &after);
		assert_hex(after.q[0][0], HVC_LANDING);
		ck_assert_uint_eq(differing(&entry, &after), 1);
		tiny_reset(machine);
	}
	hvc_machine_close(machine);
}

/* A loop that counts in an FP/SIMD register makes progress. */
TEST(a_loop_that_counts_there_is_no_spin)
{
	struct tiny_image image;
	struct hvc_outcome outcome;

	tiny_init(&image, HVC_CPU_A72);
	/* add d0, d0, d1 for ever, with nothing else changing */
	tiny_put(&image, TINY_LOWER, UINT32_C(0x5ee18400), A64_B(-4));
	image.config.budget = 5000;
	outcome = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(outcome, HVC_OUTCOME_LIMIT);
}

TEST(written_memory_is_what_calls_find)
{
	const uint64_t value = UINT64_C(0x5ec2e7), address = HVC_STACK_EL2 - 8;
	struct tiny_image image;
	struct hvc_machine *machine;

	tiny_init(&image, HVC_CPU_A72);
	/* ldr x1, [sp, #-8] by way of: sub x1, sp, #8; ldr x2, [x1]; str x0, [x1] */
	tiny_put(&image, TINY_LOWER, A64_SUB(1, 31, 8), A64_LDR(2, 1), A64_STR(0, 1), A64_ERET);
	machine = tiny_open(&image);
	ck_assert_int_eq(hvc_machine_write(machine, address, &value, sizeof value), HVC_OK);
	for (int i = 0; i < 3; i++) {
		struct hvc_outcome outcome = tiny_hvc(machine, HVC_LEVEL_EL1H);

		assert_hex(outcome.state.v[2], value);
		tiny_reset(machine);
	}
	ck_assert_int_eq(hvc_machine_write(machine, 0x1000, &value, sizeof value), HVC_E_RANGE);
	hvc_machine_close(machine);
}

SUITE_MAIN("simd")
