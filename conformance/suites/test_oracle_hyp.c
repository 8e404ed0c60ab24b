/* SPDX-License-Identifier: MIT */
/**
 * QEMU's opinion of Hyp mode: what every subject for it makes of calls of A32 and T32 from each
 * mode, and random handlers of both instruction sets.
 */
#include "base/random.h"
#include "hvcheck/aarch32.h"
#include "machine/outcome.h"
#include "oracle_trial.h"

/* Values that selectors are compared with, and places to go to. */
static const uint64_t values[] = {
        0,          1,          2,          3,          5,          0xffffffff, 0x80000000,
        0x80000001, 0x80008000, 0x84000000, 0xc4000001, 0x95c1ba60, 0xf0020800, 0xf0018000,
        0xf001c000, 0xf0021001, 0x7fffffff, 0x102,      9,          17,
};

/* Who calls, and how. */
static const struct {
	enum hvc_insn insn;
	enum hvc_level from;
} callers[] = {
        {HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SVC}, {HVC_INSN_HVC_T32, HVC_LEVEL_EL1_SVC},
        {HVC_INSN_HVC_A32, HVC_LEVEL_EL1_FIQ}, {HVC_INSN_HVC_T32, HVC_LEVEL_EL1_IRQ},
        {HVC_INSN_HVC_A32, HVC_LEVEL_EL1_ABT}, {HVC_INSN_HVC_T32, HVC_LEVEL_EL1_UND},
        {HVC_INSN_HVC_A32, HVC_LEVEL_EL1_SYS}, {HVC_INSN_HVC_T32, HVC_LEVEL_EL0_USR},
        {HVC_INSN_HVC_A32, HVC_LEVEL_EL2_HYP}, {HVC_INSN_HVC_T32, HVC_LEVEL_EL2_HYP},
        {HVC_INSN_SMC_A32, HVC_LEVEL_EL1_SVC}, {HVC_INSN_SMC_T32, HVC_LEVEL_EL1_SVC},
};

#define CALLERS (sizeof callers / sizeof *callers)
#define VALUES  (sizeof values / sizeof *values)

/* A caller's registers and flags. Of T32 it may be the last of an IT block whose condition holds.
 */
static void set_call(struct hvc_call *call, unsigned n)
{
	static const uint16_t imms[] = {0, 1, 0xea1, 0x4a48, 0x1234, 0x764d, 0xffff, 0x48};
	uint64_t seed = n;

	hvc_call_init(call, n);
	call->insn = callers[n % CALLERS].insn;
	call->from = callers[n % CALLERS].from;
	call->imm = n / CALLERS & 1 ? imms[hvc_random(&seed) & 7] : (uint16_t)hvc_random(&seed);
	/*
	 * No address of memory: a zero, as devices and the harness have, is an instruction.
	 * And vectors that are there: an abort that leads to itself counts no instruction.
	 */
	for (unsigned reg = 0; reg < HVC_GPR_COUNT; reg++)
		call->x[reg] = (call->x[reg] & 0x3fffffff) | 0x80000000;
	if (n & 16)
		call->x[0] = values[hvc_random(&seed) % VALUES];
	if (n & 32)
		call->x[12] = hvc_random(&seed) & 63;
	call->x[1] = n & 64 ? 0xf0018000 : 0xf0020000 + (hvc_random(&seed) & 31) * 0x800;
	if (call->insn == HVC_INSN_HVC_T32 && n & 128)
		call->psr = (uint32_t)hvc_aarch32_set_it(call->psr, 0xe8);
	hvc_call__fit(call, HVC_CPU_A15);
}

/* Every nth of many calls, a process for each subject. */
static void subjects_agree(unsigned calls, unsigned part)
{
	const char *only = getenv("HVC_ORACLE_SUBJECT");
	struct hvc_oracle_call *call = room_for(calls);
	const struct hvc_builtin *builtin;

	for (unsigned n = 0; n < calls; n++)
		set_call(&call[n].call, n);
	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct stage stage;

		if (!hvc_builtin_is_aarch32(builtin) ||
		    (only ? strcmp(only, builtin->name) != 0 : i % part != 0))
			continue;
		set_stage(&stage, builtin->name, HVC_CPU_A15);
		hold(&stage.trial, call, calls);
		strike_stage(&stage);
	}
	free(call);
}

TEST(subjects)
{
	subjects_agree(full() ? 20000 : 600, full() ? 1 : 5);
}

/* Every immediate, by which one subject goes: A32 and T32 in turns. */
TEST(immediates)
{
	struct hvc_oracle_call *call = room_for(HVC_IMM_COUNT);
	const unsigned step = full() ? 1 : 61;
	struct stage stage;
	size_t calls = 0;

	for (unsigned imm = 0; imm < HVC_IMM_COUNT; imm += step) {
		hvc_call_init(&call[calls].call, imm);
		call[calls].call.insn = imm & 1 ? HVC_INSN_HVC_T32 : HVC_INSN_HVC_A32;
		call[calls].call.from = HVC_LEVEL_EL1_SVC;
		call[calls].call.imm = (uint16_t)imm;
		hvc_call__fit(&call[calls++].call, HVC_CPU_A15);
	}
	set_stage(&stage, "xen-arm32", HVC_CPU_A15);
	hold(&stage.trial, call, calls);
	strike_stage(&stage);
	free(call);
}

/* Classes of instructions: these bits, and those that are chosen at random. */
struct kind {
	uint32_t base, random;
};

/* r0 to r7, sp for memory; the condition is chosen besides (Arm ARM F5.1). */
static const struct kind a32[] = {
        {0x00100000, 0x00677fe7}, /* AND, SUB, ADC, ... with flags, register */
        {0x00900000, 0x00677fe7}, {0x00100010, 0x00677767}, /* shifted by a register */
        {0x02100000, 0x00677fff}, {0x02900000, 0x00677fff}, /* immediate */
        {0x01100000, 0x00670fe7},                           /* TST, TEQ, CMP, CMN */
        {0x03100000, 0x00670fff}, {0x01b00000, 0x00007fe7}, /* MOVS */
        {0x01f00010, 0x00007767},                           /* MVNS */
        {0x03000000, 0x000f7fff},                           /* MOVW, MOVT */
        {0x03400000, 0x000f7fff}, {0x00000090, 0x00170707}, /* MUL, MLA, UMULL, SMULL */
        {0x00200090, 0x00177707}, {0x00880090, 0x00107707}, {0x00c80090, 0x00107707},
        {0x016f0f10, 0x00007007}, /* CLZ, REV, REV16, REVSH, RBIT */
        {0x06bf0f30, 0x00007007}, {0x06bf0fb0, 0x00007007}, {0x06ff0fb0, 0x00007007},
        {0x06ff0f30, 0x00007007}, {0x06ef0070, 0x00007c07}, /* UXTB, SXTH */
        {0x06bf0070, 0x00007c07}, {0x07e00050, 0x000f7787}, /* UBFX, SBFX, BFI */
        {0x07a00050, 0x000f7787}, {0x07d00010, 0x000f7787}, {0x050d0000, 0x000070fc}, /* STR */
        {0x051d0000, 0x000070fc}, {0x054d0000, 0x000070ff}, {0x055d0000, 0x000070ff},
        {0x014d00b0, 0x0000770e}, {0x015d00f0, 0x0000770e}, {0x014d00d0, 0x00006708}, /* LDRD */
        {0x014d00f0, 0x00006708}, {0x092d0001, 0x000000fe},                           /* PUSH */
        {0x08bd0001, 0x000000fe}, {0x010f0000, 0x00007000},                           /* MRS */
        {0x014f0000, 0x00007000}, {0x010e0300, 0x00007000}, {0x01050200, 0x00007000},
        {0x01060300, 0x00007000}, {0x01030300, 0x00007000}, {0x01080200, 0x00067000},
        {0x0128f000, 0x00000007}, /* MSR CPSR_f */
        {0x0125f200, 0x00000007}, /* sp_usr, lr_und, r8_fiq */
        {0x0126f300, 0x00000007}, {0x0128f200, 0x00060007}, {0x0e8d0f50, 0x00007000}, /* HTPIDR */
        {0x0e9d0f50, 0x00007000}, {0x0e0d0f50, 0x00007000}, {0x0e1d0f50, 0x00007000},
        {0x0e950f12, 0x00007000}, {0x0e860f10, 0x00007000}, /* HSR, HDFAR */
        {0x0e960f10, 0x00007000}, {0x01000050, 0x00077007}, /* QADD, QSUB */
        {0x01200050, 0x00077007}, {0x06500f90, 0x00077007}, /* UADD8, SEL */
        {0x06800fb0, 0x00077007}, {0x06a00010, 0x001f7fc7}, /* SSAT */
        {0x0710f010, 0x00070707},                           /* SDIV, UDIV */
        {0x0730f010, 0x00070707}, {0x0a000000, 0},          /* over the next */
};

/* Words of T32, the first halfword in bits 31:16; some are two instructions. */
static const struct kind t32[] = {
        {0xf0100001, 0x040777fe}, /* ANDS, BICS, ORRS, EORS, ADDS, ADCS, SUBS, RSBS */
        {0xf0300001, 0x040777fe}, {0xf0500001, 0x040777fe}, {0xf0900001, 0x040777fe},
        {0xf1100001, 0x040777fe}, {0xf1500001, 0x040777fe}, {0xf1b00001, 0x040777fe},
        {0xf1d00001, 0x040777fe}, {0xea100000, 0x000777f7}, {0xea500000, 0x000777f7},
        {0xeb100000, 0x000777f7}, {0xeb500000, 0x000777f7}, {0xebb00000, 0x000777f7},
        {0xfb00f000, 0x00070707}, {0xfb000000, 0x00077707}, {0xfba00800, 0x00077007},
        {0xfb90f0f0, 0x00070707}, {0xfbb0f0f0, 0x00070707}, {0xf2400000, 0x040f77ff},
        {0xf2c00000, 0x040f77ff}, {0xf3c00000, 0x000737cf}, {0xf3600010, 0x000737cf},
        {0xf84d0c00, 0x000070fc}, {0xf85d0c00, 0x000070fc}, {0xf80d0c00, 0x000070ff},
        {0xf81d0c00, 0x000070ff}, {0xe92d0003, 0x000000fc}, {0xe8bd0003, 0x000000fc},
        {0xf3ef8000, 0x00000700}, {0xf3ff8000, 0x00000700}, {0xf3888800, 0x00070000},
        {0xf3ee8030, 0x00000700}, {0xf3e38030, 0x00000700}, {0xf3e58020, 0x00000700},
        {0xf3808520, 0x00070000}, {0xf3808630, 0x00070000}, {0xee8d0f50, 0x00007000},
        {0xee9d0f50, 0x00007000}, {0xee950f12, 0x00007000}, {0xee860f10, 0x00007000},
        {0xee960f10, 0x00007000}, {0xbf082000, 0x007007ff}, /* IT */
        {0xbf083000, 0x007007ff}, {0x40004000, 0x03ff03ff}, {0xd0004000, 0x070003ff},
        {0x18001a00, 0x01ff01ff}, {0x20003000, 0x07ff07ff}, {0x00000800, 0x07ff07ff},
        {0xb2c0b200, 0x003f003f},
};

#undef LENGTH
#define BASE     UINT64_C(0x40000000)
#define ROUTINES 128u
#define LENGTH   16u /* words */

/* 0x14: the return has other flags, and the immediate says which of the routines is run. */
#define DISPATCH 7u
static const uint32_t a32_dispatch[DISPATCH] = {
        0xe14fc000, /* mrs r12, spsr */
        0xe22cc20f, /* eor r12, r12, #0xf0000000 */
        0xe16ff00c, /* msr spsr_fsxc, r12 */
        0xee95cf12, /* mrc p15, 4, r12, c5, c2, 0 */
        0xe20cc07f, /* and r12, r12, #127 */
        0xe08ff30c, /* add pc, pc, r12, lsl #6 */
        0xe1a00000, /* nop, behind which pc is */
};
static const uint32_t t32_dispatch[DISPATCH] = {
        0xf3ff8c00, /* mrs r12, spsr */
        0xf08c4c70, /* eor r12, r12, #0xf0000000 */
        0xf39c8f00, /* msr spsr_fsxc, r12 */
        0xee95cf12, /* mrc p15, 4, r12, c5, c2, 0 */
        0xf00c0c7f, /* and r12, r12, #127 */
        0xea4f1c8c, /* lsl r12, r12, #6 */
        0x44e7bf00, /* add pc, r12; nop, behind which pc is */
};

/* A word in its place in memory. */
static uint32_t placed(bool is_t32, uint32_t word)
{
	return is_t32 ? hvc_aarch32_swap_t32(word) : word;
}

static void write_routines(uint32_t *code, bool is_t32, uint64_t seed)
{
	const struct kind *kinds = is_t32 ? t32 : a32;
	const size_t count = is_t32 ? sizeof t32 / sizeof *t32 : sizeof a32 / sizeof *a32;

	for (unsigned i = 0; i < 8; i++) /* the table: a branch to word 8, else to itself */
		code[i] = placed(is_t32, i == 5   ? (is_t32 ? 0xf000b804 : 0xea000001)
		                         : is_t32 ? 0xf7ffbffe
		                                  : 0xeafffffe);
	for (unsigned i = 0; i < DISPATCH; i++)
		code[8 + i] = placed(is_t32, is_t32 ? t32_dispatch[i] : a32_dispatch[i]);
	for (unsigned i = 0; i < ROUTINES * LENGTH; i++) {
		const struct kind *kind = &kinds[hvc_random(&seed) % count];
		uint32_t word = kind->base | ((uint32_t)hvc_random(&seed) & kind->random);

		if (!is_t32)
			word |= hvc_random(&seed) & 3 ? 0xe0000000
			                              : (uint32_t)(hvc_random(&seed) % 15) << 28;
		if (i % LENGTH >= LENGTH - 2) /* the last but one may be skipped to */
			word = is_t32 ? 0xf3de8f00 : 0xe160006e;
		code[8 + DISPATCH + i] = placed(is_t32, word);
	}
}

/* Code that nobody has chosen: what it does of registers, modes, flags and memory. */
static void routines_agree(bool is_t32, uint64_t seed)
{
	static uint32_t code[8 + DISPATCH + ROUTINES * LENGTH];
	const struct hvc_segment segment = {BASE, sizeof code, (const uint8_t *)code, sizeof code};
	const struct hvc_image image = {
	        .segment = &segment, .segments = 1, .vectors = BASE, .aarch32 = true};
	struct hvc_oracle_call *call = room_for(ROUTINES * 4);
	const struct hvc_state *entry;
	struct hvc_machine *machine;
	struct hvc_diag diag = {0};
	struct hvc_world world;
	struct trial trial = {.name = "routines", .machine = &machine, .world = &world};
	struct hvc_machine_config config = {.image = image, .world = &world};

	write_routines(code, is_t32, seed);
	hvc_world_init(&world, HVC_CPU_A15);
	/* More is taken off the stack than was put there: all of it is where stores are looked for.
	 */
	ck_assert(hvc_world_set(&world, HVC_REG_SP_EL2, hvc_harness32(HVC_STACK_EL2) - 0x800) ==
	          HVC_OK);
	if (is_t32)
		ck_assert(hvc_world_set(&world, HVC_REG_SCTLR_EL2, 0x30c50830 | HVC_HSCTLR_TE) ==
		          HVC_OK);
	ck_assert_msg(hvc_machine_open(&config, &diag, &machine) == HVC_OK, "%s", diag.message);
	entry = hvc_machine_entry(machine);
	trial.config = (struct hvc_oracle_config){
	        image, HVC_CPU_A15, hvc_machine_present(machine), &entry, 1, 0, false};
	for (unsigned n = 0; n < ROUTINES * 4; n++) {
		hvc_call_init(&call[n].call, hvc_random(&seed));
		call[n].call.imm = (uint16_t)n;
		call[n].call.insn = n / ROUTINES & 1 ? HVC_INSN_HVC_T32 : HVC_INSN_HVC_A32;
		call[n].call.from = callers[n % 7].from;
		call[n].call.nzcv = (n & 15) << 28;
		hvc_call__fit(&call[n].call, HVC_CPU_A15);
	}
	hold(&trial, call, ROUTINES * 4);
	hvc_machine_close(machine);
	free(call);
}

TEST(routines)
{
	for (uint64_t seed = 1; seed <= (full() ? 60 : 2); seed++)
		for (unsigned i = 0; i < 2; i++)
			routines_agree(i, seed);
}

int main(void)
{
	return run_oracle("oracle_hyp");
}
