/* SPDX-License-Identifier: MIT */
/**
 * Callers in AArch32 state of an EL2 in AArch64 state: encodings, registers and PSR by the Arm ARM
 * (DDI 0487), the entry and the return. test_aarch32_subjects.c has what subjects make of them.
 */
#include "hvcheck/aarch32.h"
#include "machine/outcome.h"
#include "machine/world.h"
#include "suite.h"
#include "tiny_image.h"

#define LOWER32   0x600u
#define DIRTY     (UINT64_C(0xdeadbeef) << 32)
#define LSR32(r)  (UINT32_C(0xd360fc00) | (uint32_t)(r) << 5 | (r)) /* lsr xr, xr, #32 */
#define EOR(r, n) (UINT32_C(0xd2400000) | (64u - (n)) % 64 << 16 | (uint32_t)(r) << 5 | (r))
#define ELR       SYS(3, 4, 4, 0, 1)
#define SPSR      SYS(3, 4, 4, 0, 0)
#define ESR       SYS(3, 4, 5, 2, 0)
#define HCR       SYS(3, 4, 1, 1, 0)
#define VBAR1     SYS(3, 0, 12, 0, 0)

static const enum hvc_level modes[] = {HVC_LEVEL_EL1_FIQ, HVC_LEVEL_EL1_IRQ, HVC_LEVEL_EL1_SVC,
                                       HVC_LEVEL_EL1_ABT, HVC_LEVEL_EL1_UND, HVC_LEVEL_EL1_SYS};

#define MODES (sizeof modes / sizeof *modes)
/* Instructions of immediate 0: of four lines in this order, T32 two bytes further on. */
#define HVC_A32_CALLS HVC_AARCH32_CALLS
#define HVC_T32_CALLS (HVC_AARCH32_CALLS + HVC_AARCH32_LINE + 2)
#define SMC_A32_CALLS (HVC_AARCH32_CALLS + 2 * HVC_AARCH32_LINE)
#define SMC_T32_CALLS (HVC_AARCH32_CALLS + 3 * HVC_AARCH32_LINE + 2)

/* As GNU as and LLVM assemble them; all immediates there and back; and neighbours, which are none.
 */
TEST(encodings)
{
	uint16_t imm;
	unsigned condition;

	ck_assert_uint_eq(hvc_aarch32_encode_a32(0xea1), 0xe140ea71);
	ck_assert_uint_eq(hvc_aarch32_encode_a32(0x764d), 0xe147647d);
	ck_assert_uint_eq(hvc_aarch32_encode_t32(0xea1), 0xf7e08ea1);
	ck_assert_uint_eq(hvc_aarch32_encode_t32(0x4a48), 0xf7e48a48);
	ck_assert_uint_eq(hvc_aarch32_encode_smc_a32(9), 0xe1600079);
	ck_assert_uint_eq(hvc_aarch32_encode_smc_t32(9), 0xf7f98000);
	ck_assert_uint_eq(hvc_aarch32_swap_t32(0xf7e48a48), 0x8a48f7e4);
	for (unsigned n = 0; n < HVC_IMM_COUNT; n++) {
		uint32_t a32 = hvc_aarch32_encode_a32((uint16_t)n);
		uint32_t t32 = hvc_aarch32_encode_t32((uint16_t)n);

		ck_assert(hvc_aarch32_decode_a32(a32, &imm) && imm == n);
		ck_assert(hvc_aarch32_decode_t32(t32, &imm) && imm == n);
		ck_assert(!hvc_aarch32_decode_a32(t32, NULL) && !hvc_aarch32_decode_t32(a32, NULL));
		ck_assert(!hvc_aarch32_decode_a32(a32 ^ 0x10000000, NULL)); /* NV */
		ck_assert(!hvc_aarch32_decode_smc_t32(t32, NULL));
	}
	ck_assert(hvc_aarch32_decode_smc_a32(0x11600073, &imm, &condition));
	ck_assert(imm == 3 && condition == 1);
	ck_assert(hvc_aarch32_decode_smc_t32(0xf7f98000, &imm) && imm == 9);
	ck_assert(!hvc_aarch32_decode_smc_a32(0xe1400070, NULL, NULL));
}

/* D1.20.1: the x registers that hold r8 to r14 of each mode. */
TEST(registers)
{
	static const struct {
		unsigned mode, x[7];
	} rows[] = {
	        {HVC_MODE_USR, {8, 9, 10, 11, 12, 13, 14}},
	        {HVC_MODE_FIQ, {24, 25, 26, 27, 28, 29, 30}},
	        {HVC_MODE_IRQ, {8, 9, 10, 11, 12, 17, 16}},
	        {HVC_MODE_SVC, {8, 9, 10, 11, 12, 19, 18}},
	        {HVC_MODE_ABT, {8, 9, 10, 11, 12, 21, 20}},
	        {HVC_MODE_HYP, {8, 9, 10, 11, 12, 15, 14}},
	        {HVC_MODE_UND, {8, 9, 10, 11, 12, 23, 22}},
	        {HVC_MODE_SYS, {8, 9, 10, 11, 12, 13, 14}},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (unsigned n = 0; n < 15; n++)
			ck_assert_uint_eq(hvc_aarch32_x(rows[i].mode, n),
			                  n < 8 ? n : rows[i].x[n - 8]);
}

/* ITAdvance(), of ITTEE EQ: 0x02 is its base condition with four instructions left. */
TEST(it_state)
{
	ck_assert_uint_eq(hvc_aarch32_it_advance(0x03), 0x06);
	ck_assert_uint_eq(hvc_aarch32_it_advance(0x06), 0x0c);
	ck_assert_uint_eq(hvc_aarch32_it_advance(0x0c), 0x18);
	ck_assert_uint_eq(hvc_aarch32_it_advance(0x18), 0);
	ck_assert_uint_eq(hvc_aarch32_it_advance(0), 0);
	for (unsigned it = 0; it < 256; it++) {
		uint64_t psr = hvc_aarch32_set_it(~UINT64_C(0), it);

		ck_assert_uint_eq(hvc_aarch32_it(psr), it);
		ck_assert_uint_eq(psr | HVC_PSR_IT_LO | HVC_PSR_IT_HI, ~UINT64_C(0));
	}
}

static struct hvc_call call_of(enum hvc_insn insn, enum hvc_level from)
{
	struct hvc_call call;

	hvc_call_init(&call, 0);
	call.insn = insn;
	call.from = from;
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
		call.x[n] = DIRTY | (0x1000 + n);
	return call;
}

static struct hvc_outcome once(struct tiny_image *image, const struct hvc_call *call)
{
	struct hvc_machine *machine = tiny_open(image);
	struct hvc_outcome outcome = tiny_call(machine, call);

	hvc_machine_close(machine);
	return outcome;
}

/* The slot, ESR_EL2, ELR_EL2, SPSR_EL2 and PSTATE of each mode, instruction set and kind. */
TEST(entry)
{
	static const struct {
		enum hvc_insn insn;
		uint64_t esr, behind, address, t;
	} kinds[] = {
	        {HVC_INSN_HVC_A32, 0x4a000000, 4, HVC_A32_CALLS, 0},
	        {HVC_INSN_HVC_T32, 0x4a000000, 4, HVC_T32_CALLS, HVC_PSR_T},
	        {HVC_INSN_SMC_A32, 0x4e000000, 0, SMC_A32_CALLS, 0},
	        {HVC_INSN_SMC_T32, 0x4e000000, 0, SMC_T32_CALLS, HVC_PSR_T},
	};

	for (unsigned n = 0; n < MODES * 4; n++)
		for (unsigned cpu = 0; cpu < HVC_CPU_A15; cpu++) {
			enum hvc_level from = modes[n / 4];
			struct hvc_call call = call_of(kinds[n % 4].insn, from);
			bool hvc = !hvc_insn_is_smc(call.insn);
			/* What the CPU has of it, callers have set. */
			uint64_t set =
			        cpu == HVC_CPU_MAX ? HVC_PSR_PAN | HVC_PSR_DIT | HVC_PSR_SSBS : 0;
			struct tiny_image image;
			struct hvc_outcome out;

			tiny_init(&image, (enum hvc_cpu)cpu);
			tiny_put(&image, LOWER32, A64_MRS(0, ESR), A64_MRS(1, ELR),
			         A64_MRS(2, SPSR), A64_MRS(3, HCR), A64_MRS(4, SYS(3, 3, 4, 2, 1)),
			         A64_ERET);
			call.imm = hvc ? 0x1ea1 : 9;
			call.nzcv = 0x50000000;
			call.daif = 0x240;
			call.psr = 0x080a0000;
			out = once(&image, &call);
			assert_kind(out, hvc ? HVC_OUTCOME_RETURN : HVC_OUTCOME_RETRY);
			assert_hex(out.pc,
			           kinds[n % 4].address + 4 * call.imm + kinds[n % 4].behind);
			assert_hex(out.state.v[0], kinds[n % 4].esr | (hvc ? call.imm : 0));
			assert_hex(out.state.v[1], out.pc);
			assert_hex(out.state.v[2],
			           0x580a0240 | kinds[n % 4].t | set | hvc_level__mode(from));
			assert_hex(out.state.v[3] & HVC_HCR_RW, 0);
			assert_hex(out.state.v[4], 0x3c0);
			/* And back: the caller's, bit by bit. */
			ck_assert_int_eq(out.level, from);
			assert_hex(out.state.v[HVC_REG_NZCV], call.nzcv);
			assert_hex(out.state.v[HVC_REG_DAIF], call.daif);
			assert_hex(out.state.v[HVC_REG_PSTATE], call.psr | kinds[n % 4].t | set);
			assert_hex(out.state.v[HVC_REG_HCR_EL2] & HVC_HCR_RW, HVC_HCR_RW);
			for (unsigned x = 5; x < HVC_GPR_COUNT; x++)
				assert_hex(out.state.v[x], 0x1000 + x);
		}
}

/* A caller is big-endian only where it says so: by bit 9 of daif, which is D in AArch64 state. */
TEST(endianness)
{
	for (unsigned big = 0; big < 2; big++) {
		struct hvc_call call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC);
		struct tiny_image image;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, LOWER32, A64_MRS(0, SPSR), A64_ERET);
		call.daif |= big ? HVC_PSR_E : 0;
		assert_hex(once(&image, &call).state.v[0] & (HVC_PSR_E | HVC_PSR_AIF),
		           (big ? HVC_PSR_E : 0) | 0x180);
	}
}

/* Bits 63:32 as the CPU leaves them: what they held, or zero. */
TEST(upper_halves)
{
	for (unsigned zero = 0; zero < 2; zero++) {
		struct hvc_call call = call_of(HVC_INSN_HVC_T32, HVC_LEVEL_EL1_SVC);
		struct tiny_image image;
		struct hvc_outcome out;

		tiny_init(&image, HVC_CPU_A72);
		image.world.upper_zero = zero;
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			tiny_put(&image, TINY_CODE + 4 * n, LSR32(n));
		tiny_put(&image, TINY_CODE + 4 * HVC_GPR_COUNT, A64_ERET);
		tiny_put(&image, LOWER32, A64_B(TINY_CODE - LOWER32));
		out = once(&image, &call);
		assert_kind(out, HVC_OUTCOME_RETURN);
		for (unsigned n = 0; n < HVC_GPR_COUNT; n++)
			assert_hex(out.state.v[n], zero ? 0 : 0xdeadbeef);
	}
}

struct sweep {
	enum hvc_insn insn;
	unsigned next, done;
};

static bool next_call(void *ctx, struct hvc_call *call)
{
	struct sweep *s = ctx;

	*call = call_of(s->insn, modes[s->next % MODES]);
	call->imm = (uint16_t)s->next;
	return s->next++ < HVC_IMM_COUNT;
}

static bool take_outcome(void *ctx, const struct hvc_call *call, const struct hvc_outcome *out)
{
	struct sweep *s = ctx;

	assert_kind(*out, HVC_OUTCOME_RETURN);
	assert_hex(out->state.v[0], 0x4a000000 | call->imm);
	assert_hex(out->state.v[1], hvc_call__address(call) + 4);
	assert_hex(out->state.v[2], 0x1002);
	s->done++;
	return true;
}

TEST(every_immediate)
{
	static const enum hvc_insn insns[] = {HVC_INSN_HVC_A32, HVC_INSN_HVC_T32};

	for (unsigned i = 0; i < 2; i++) {
		struct sweep sweep = {.insn = insns[i]};
		const struct hvc_feed feed = {next_call, take_outcome, &sweep};
		struct hvc_diag diag = {0};
		struct tiny_image image;
		struct hvc_machine *machine;

		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, LOWER32, A64_MRS(0, ESR), A64_MRS(1, ELR), A64_ERET);
		machine = tiny_open(&image);
		ck_assert_int_eq(hvc_machine_run(machine, &feed, &diag), HVC_OK);
		ck_assert_uint_eq(sweep.done, HVC_IMM_COUNT);
		hvc_machine_close(machine);
	}
}

/* An ERET with another PSR or address, in an image whose slot 0x600 holds this code. */
#define RETURNS(insn, ...)                                \
	tiny_init(&image, HVC_CPU_A72);                   \
	tiny_put(&image, LOWER32, __VA_ARGS__, A64_ERET); \
	call = call_of(insn, HVC_LEVEL_EL1_SVC);          \
	out = once(&image, &call)

TEST(returns)
{
	struct tiny_image image;
	struct hvc_outcome out;
	struct hvc_call call;

	/* The other instruction set: what is aligned for it is the return, with T changed. */
	RETURNS(HVC_INSN_HVC_A32, A64_MRS(0, SPSR), EOR(0, 5), A64_MSR(SPSR, 0));
	assert_kind(out, HVC_OUTCOME_RETURN);
	assert_hex(out.state.v[HVC_REG_PSTATE], HVC_PSR_Q | 0x50000 | HVC_PSR_T);
	/* A32 cuts off bit 1 of the address. */
	RETURNS(HVC_INSN_HVC_T32, A64_MRS(0, SPSR), EOR(0, 5), A64_MSR(SPSR, 0));
	assert_kind(out, HVC_OUTCOME_JUMP);
	assert_hex(out.pc, HVC_T32_CALLS + 2);
	ck_assert_int_eq(out.level, HVC_LEVEL_EL1_SVC);
	RETURNS(HVC_INSN_HVC_T32, A64_MRS(0, ELR), A64_SUB(0, 0, 4), A64_MSR(ELR, 0));
	assert_kind(out, HVC_OUTCOME_RETRY);
	/* Bit 0 of the address is ignored, and so are bits 63:32. */
	RETURNS(HVC_INSN_HVC_T32, A64_MRS(0, ELR), A64_ADD(0, 0, 1), A64_MOVK32(0, 5),
	        A64_MSR(ELR, 0));
	assert_kind(out, HVC_OUTCOME_RETURN);
	RETURNS(HVC_INSN_HVC_A32, A64_MOVZ(0, 0x10), A64_MSR(SPSR, 0));
	assert_kind(out, HVC_OUTCOME_RETURN);
	ck_assert_int_eq(out.level, HVC_LEVEL_EL0_USR);
	assert_hex(out.state.v[HVC_REG_DAIF], 0);
	assert_hex(out.state.v[HVC_REG_PSTATE], 0);
	/* VBAR + 4, which is the lower half of VBAR_EL1. */
	RETURNS(HVC_INSN_HVC_A32, A64_MRS(0, VBAR1), A64_ADD(0, 0, 4), A64_MSR(ELR, 0),
	        A64_MOVZ(0, 0x9b), A64_MSR(SPSR, 0));
	assert_kind(out, HVC_OUTCOME_INJECT);
	ck_assert_int_eq(out.level, HVC_LEVEL_EL1_UND);
	assert_hex(out.pc, (HVC_CALLER_VECTORS & UINT32_MAX) + 4);
	RETURNS(HVC_INSN_HVC_A32, A64_MRS(0, VBAR1), A64_ADD(0, 0, 0x20), A64_MSR(ELR, 0));
	assert_kind(out, HVC_OUTCOME_JUMP);
}

/* SCTLR.V: the vectors are at the top. */
TEST(high_vectors)
{
	struct hvc_call call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC);
	struct tiny_image image;
	struct hvc_outcome out;

	tiny_init(&image, HVC_CPU_A72);
	tiny_set(&image, HVC_REG_SCTLR_EL1, 0xc50838 | 1 << 13);
	tiny_put(&image, LOWER32, A64_MOVZ(0, 4), A64_MOVK16(0, 0xffff), A64_MSR(ELR, 0),
	         A64_MOVZ(0, 0x9b), A64_MSR(SPSR, 0), A64_ERET);
	out = once(&image, &call);
	assert_kind(out, HVC_OUTCOME_INJECT);
	assert_hex(out.pc, 0xffff0004);
}

/* Modes that EL2 cannot return to: Monitor, Hyp, none; and EL1 where HCR_EL2.RW says AArch64. */
TEST(illegal_returns)
{
	static const uint32_t bad[] = {0x16, 0x1a, 0x14, 0x1e};
	struct tiny_image image;
	struct hvc_outcome out;
	struct hvc_call call;

	for (unsigned i = 0; i < 4; i++) {
		RETURNS(HVC_INSN_HVC_A32, A64_MOVZ(0, bad[i]), A64_MSR(SPSR, 0));
		assert_kind(out, HVC_OUTCOME_FAULT);
		ck_assert_uint_eq(hvc_arch_ec(out.esr), HVC_EC_ILLEGAL);
		assert_hex(out.state.v[HVC_REG_SPSR_EL2], bad[i]);
	}
	RETURNS(HVC_INSN_HVC_A32, A64_MRS(0, HCR), EOR(0, 31), A64_MSR(HCR, 0));
	assert_kind(out, HVC_OUTCOME_FAULT);
	ck_assert_uint_eq(hvc_arch_ec(out.esr), HVC_EC_ILLEGAL);
	/* What AArch64 callers get of the same: EL0 may be in AArch32 state. */
	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(0, 0x10), A64_MSR(SPSR, 0), A64_ERET);
	out = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(out, HVC_OUTCOME_JUMP);
	ck_assert_int_eq(out.level, HVC_LEVEL_EL0_USR);
	assert_hex(out.pc, (HVC_CALLS + 4) & UINT32_MAX);
	tiny_put(&image, TINY_LOWER, A64_MOVZ(0, 0x13), A64_MSR(SPSR, 0), A64_ERET);
	out = tiny_once(&image, HVC_LEVEL_EL1H);
	assert_kind(out, HVC_OUTCOME_FAULT);
}

/*
 * In an IT block the SPSR of an HVC has the IT state of what is behind it, that of an SMC which is
 * trapped its own; and it comes back.
 */
TEST(it_blocks)
{
	static const unsigned blocks[][2] = {{0x08, 0}, {0x04, 0x08}, {0x1c, 0x18}, {0xe3, 0xe6}};

	for (unsigned i = 0; i < 8; i++) {
		bool smc = i & 1;
		struct hvc_call call =
		        call_of(smc ? HVC_INSN_SMC_T32 : HVC_INSN_HVC_T32, HVC_LEVEL_EL1_SVC);
		unsigned it = blocks[i / 2][smc ? 0 : 1];
		struct tiny_image image;
		struct hvc_outcome out;

		call.psr = (uint32_t)hvc_aarch32_set_it(call.psr, blocks[i / 2][0]);
		/* EQ, EQ, NE, AL: with Z clear the first two are not executed at all. */
		call.nzcv = i < 4 ? UINT64_C(0x40000000) : 0;
		tiny_init(&image, HVC_CPU_A72);
		tiny_put(&image, LOWER32, A64_MRS(0, SPSR), A64_MRS(1, ESR), A64_ERET);
		out = once(&image, &call);
		assert_kind(out, smc ? HVC_OUTCOME_RETRY : HVC_OUTCOME_RETURN);
		ck_assert_uint_eq(hvc_aarch32_it(out.state.v[0]), it);
		ck_assert_uint_eq(hvc_aarch32_it(out.state.v[HVC_REG_PSTATE]), it);
		assert_hex(out.state.v[1], smc ? 0x4e000000 : 0x4a000000); /* IL is set */
	}
}

/* What never reaches EL2, and what nobody can be. */
TEST(undefined_and_refused)
{
	struct hvc_call call = call_of(HVC_INSN_HVC_T32, HVC_LEVEL_EL0_USR);
	struct tiny_image image;
	struct hvc_machine *machine;
	struct hvc_outcome out;
	struct hvc_diag diag;

	tiny_init(&image, HVC_CPU_A72);
	tiny_put(&image, LOWER32, A64_ERET);
	out = once(&image, &call);
	assert_kind(out, HVC_OUTCOME_UNDEFINED);
	ck_assert_int_eq(out.level, HVC_LEVEL_EL0_USR);
	assert_hex(out.pc, HVC_T32_CALLS);
	call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC);
	tiny_set(&image, HVC_REG_SCR_EL3, HVC_SCR_NS | HVC_SCR_RW);
	assert_kind(once(&image, &call), HVC_OUTCOME_UNDEFINED);
	tiny_init(&image, HVC_CPU_A72);
	image.config.smc_as_it_is = true;
	call = call_of(HVC_INSN_SMC_T32, HVC_LEVEL_EL1_SVC);
	out = once(&image, &call);
	assert_kind(out, HVC_OUTCOME_FORWARD);
	assert_hex(out.esr, 0x4e000000);
	machine = tiny_open(&image);
	call = call_of(HVC_INSN_HVC, HVC_LEVEL_EL1_SVC);
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &out), HVC_E_ARG);
	call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1H);
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &out), HVC_E_ARG);
	call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC);
	call.psr |= 1u << 26; /* IT, of A32 */
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &out), HVC_E_ARG);
	call = call_of(HVC_INSN_HVC_T32, HVC_LEVEL_EL1_SVC);
	call.psr = (uint32_t)hvc_aarch32_set_it(call.psr, 0x08); /* EQ, which fails */
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &out), HVC_E_ARG);
	hvc_machine_close(machine);
	tiny_set(&image, HVC_REG_HCR_EL2, HVC_HCR_TGE);
	machine = tiny_open(&image);
	call = call_of(HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC);
	ck_assert_int_eq(hvc_machine_call(machine, &call, &diag, &out), HVC_E_ARG);
	hvc_machine_close(machine);
}

SUITE_MAIN("aarch32")
