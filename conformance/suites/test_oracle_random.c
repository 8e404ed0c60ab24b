/* SPDX-License-Identifier: MIT */
/** QEMU's opinion of random calls, in the default world and in random ones. */
#include "base/random.h"
#include "machine/world.h"
#include "oracle_trial.h"
#include "subject/subject.h"

/* A register file of values that handlers look for, of addresses, and of noise. */
static void random_call(uint64_t *seed, const struct hvc_constant *constant, size_t constants,
                        struct hvc_call *call)
{
	hvc_call_init(call, hvc_random(seed) | 1);
	for (unsigned n = 0; n < HVC_GPR_COUNT; n++) {
		uint64_t random = hvc_random(seed);

		switch (random >> 60 & 7) {
		case 0:
		case 1:
			call->x[n] = random & 15;
			break;
		case 2:
			call->x[n] = HVC_LANDING + (random & 31) * 0x800;
			break;
		case 3:
			call->x[n] = random & 1 ? HVC_NEW_VECTORS : HVC_FUNCTION;
			break;
		default:
			break;
		}
	}
	for (unsigned n = 0; constants && n < 3; n++) {
		const struct hvc_constant *one = &constant[hvc_random(seed) % constants];

		call->x[one->reg] = one->value;
		if (one->word && hvc_random(seed) & 1)
			call->x[one->reg] |= hvc_random(seed) << 32;
	}
	call->imm = (uint16_t)(hvc_random(seed) & 1 ? hvc_random(seed) & 63 : hvc_random(seed));
	call->from = (enum hvc_level)(hvc_random(seed) >> 32 & 7);
	if (call->from > HVC_LEVEL_EL2H)
		call->from = HVC_LEVEL_EL1H;
	if (call->from == HVC_LEVEL_EL1H && (hvc_random(seed) >> 32 & 7) == 0)
		call->insn = HVC_INSN_SMC;
}

/*
 * Does the subject read how wide physical addresses are? The engines' CPU model max is not the
 * same there (44 bits and 52), and need not be: ID_AA64MMFR0_EL1.PARange is the PE's.
 */
static bool reads_parange(const struct hvc_subject *subject)
{
	const struct hvc_image *image = hvc_subject_image(subject);
	uint32_t word;

	for (unsigned i = 0; i < image->segments; i++)
		for (uint64_t at = 0; at + 4 <= image->segment[i].data_size; at += 4) {
			memcpy(&word, image->segment[i].data + at, 4);
			if ((word & UINT32_C(0xffffffe0)) == UINT32_C(0xd5380700))
				return true;
		}
	return false;
}

static void random_calls_on(enum hvc_cpu cpu, unsigned count, unsigned part)
{
	struct hvc_oracle_call *call = room_for(count);
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		struct hvc_constant *constant;
		uint64_t seed = 0x9e3779b97f4a7c15 + i;
		struct stage stage;
		size_t constants;

		if (!wanted(builtin->name, i, part))
			continue;
		set_stage(&stage, builtin->name, cpu);
		if (cpu == HVC_CPU_MAX && reads_parange(stage.subject)) {
			strike_stage(&stage);
			continue;
		}
		ck_assert(hvc_subject__constants(stage.subject, 4096, &constant, &constants) ==
		          HVC_OK);
		for (unsigned n = 0; n < count; n++)
			random_call(&seed, constant, constants, &call[n].call);
		hold(&stage.trial, call, count);
		free(constant);
		strike_stage(&stage);
	}
	free(call);
}

TEST(random_calls)
{
	random_calls_on(HVC_CPU_A72, full() ? 4000 : 100, 1);
}

TEST(random_calls_max)
{
	random_calls_on(HVC_CPU_MAX, full() ? 4000 : 50, 3);
}

/* How the bits of a register are chosen in a random world. */
static const struct {
	enum hvc_reg reg;
	uint64_t base;   /* always set */
	uint64_t chance; /* set or not */
} fields[] = {
        {HVC_REG_SP_EL0, 0, UINT64_MAX},
        {HVC_REG_SP_EL1, 0, UINT64_MAX},
        {HVC_REG_SP_EL2, HVC_STACK_EL2 - 0x800, 0x7f0},
        {HVC_REG_TPIDR_EL0, 0, UINT64_MAX},
        {HVC_REG_TPIDRRO_EL0, 0, UINT64_MAX},
        {HVC_REG_TPIDR_EL1, 0, UINT64_MAX},
        {HVC_REG_TPIDR_EL2, 0, UINT64_MAX},
        {HVC_REG_ESR_EL1, 0, UINT32_MAX},
        {HVC_REG_ELR_EL1, 0, UINT64_MAX},
        {HVC_REG_SPSR_EL1, 0, UINT32_C(0xf00003cf)},
        {HVC_REG_FAR_EL1, 0, UINT64_MAX},
        {HVC_REG_FAR_EL2, 0, UINT64_MAX},
        {HVC_REG_MAIR_EL1, 0, UINT64_MAX},
        {HVC_REG_MAIR_EL2, 0, UINT64_MAX},
        {HVC_REG_TTBR0_EL1, 0, UINT64_C(0x0000fffffffff000)},
        {HVC_REG_TTBR1_EL1, 0, UINT64_C(0x0000fffffffff000)},
        {HVC_REG_TTBR0_EL2, 0, UINT64_C(0x0000fffffffff000)},
        {HVC_REG_VTTBR_EL2, 0, UINT64_C(0x00fffffffffff000)},
        {HVC_REG_CONTEXTIDR_EL1, 0, UINT32_MAX},
        {HVC_REG_CNTVOFF_EL2, 0, UINT64_MAX},
        {HVC_REG_VPIDR_EL2, 0, UINT32_MAX},
        {HVC_REG_VMPIDR_EL2, 0, UINT64_C(0xffc1ffffff)},
        {HVC_REG_CPACR_EL1, 0, 0x300000},
        {HVC_REG_TCR_EL1, 0, 0x3fbfff},
        /* A, C, SA, I, WXN, SPAN; the rest of base is RES1 */
        {HVC_REG_SCTLR_EL1, 0x30500980, 0x88100e},
        {HVC_REG_SCTLR_EL2, 0x30c50830, 0x8100e},
        /* HCR_EL2: RW; FMO, IMO, AMO, FB, TWI, TWE, TID1 to 3, TSC, TACR, TVM, TGE, E2H */
        {HVC_REG_HCR_EL2, UINT64_C(1) << 31, UINT64_C(0x40c3e6238)},
        /* SCR_EL3: RW, RES1, NS; HCE */
        {HVC_REG_SCR_EL3, 0x431, 0x100},
};

#define FIELDS (sizeof fields / sizeof *fields)

/*
 * Nothing is trapped, or SVE is. Where FP/SIMD is, QEMU traps ZCR_EL2 with it, see
 * conformance/oracle/README.md; test_oracle.c has that by itself.
 */
static void random_cptr(uint64_t *seed, struct hvc_world *world)
{
	static const uint64_t values[2][2] = {{0, 0x100}, {0x330000, 0x300000}};
	bool host = world->state.v[HVC_REG_HCR_EL2] & HVC_HCR_E2H;

	ck_assert(hvc_world_set(world, HVC_REG_CPTR_EL2, values[host][hvc_random(seed) >> 63]) ==
	          HVC_OK);
}

static void random_world(uint64_t *seed, enum hvc_cpu cpu, struct hvc_world *world)
{
	hvc_world_init(world, cpu);
	for (size_t i = 0; i < FIELDS; i++) {
		enum hvc_reg reg = fields[i].reg;
		uint64_t random = hvc_random(seed) & fields[i].chance;

		if (hvc_random(seed) >> 63)
			continue; /* as in the default world */
		if (reg == HVC_REG_HCR_EL2 && cpu != HVC_CPU_MAX)
			random &= ~HVC_HCR_E2H;
		if (reg == HVC_REG_HCR_EL2 && hvc_random(seed) >> 62)
			random &= ~HVC_HCR_TGE;
		if (reg == HVC_REG_SCR_EL3 && hvc_random(seed) >> 61)
			random |= HVC_SCR_HCE;
		ck_assert(hvc_world_set(world, reg, fields[i].base | random) == HVC_OK);
	}
	random_cptr(seed, world);
}

/* Nothing executes at EL1 with TGE: call from where it can. */
static void place_caller(const struct hvc_state *world, struct hvc_call *call)
{
	bool tge = world->v[HVC_REG_HCR_EL2] & HVC_HCR_TGE;

	if (tge && hvc_level__el(call->from) == 1)
		call->from = HVC_LEVEL_EL2H;
	if (hvc_level__el(call->from) != 1)
		call->insn = HVC_INSN_HVC;
}

#define WORLDS 64u

static void random_worlds_of(const char *name, enum hvc_cpu cpu, unsigned worlds, unsigned each)
{
	struct hvc_oracle_call *call = room_for((size_t)worlds * each);
	struct hvc_subject *subject = open_subject(name);
	struct hvc_machine *machine[WORLDS];
	const struct hvc_state *entry[WORLDS];
	static struct hvc_world world[WORLDS];
	struct trial trial = {.name = name, .machine = machine, .world = world};
	struct hvc_constant *constant;
	size_t constants, calls = 0;
	uint64_t seed = strlen(name) * UINT64_C(0x9e3779b97f4a7c15) + (unsigned char)name[6];

	if (cpu == HVC_CPU_MAX && reads_parange(subject))
		worlds = 0;
	ck_assert(hvc_subject__constants(subject, 4096, &constant, &constants) == HVC_OK);
	for (unsigned w = 0; w < worlds; w++) {
		random_world(&seed, cpu, &world[w]);
		machine[w] = open_machine(subject, &world[w]);
		entry[w] = hvc_machine_entry(machine[w]);
		for (unsigned n = 0; n < each; n++, calls++) {
			random_call(&seed, constant, constants, &call[calls].call);
			place_caller(entry[w], &call[calls].call);
			call[calls].world = w;
		}
	}
	if (worlds) {
		trial.config = (struct hvc_oracle_config){*hvc_subject_image(subject),
		                                          cpu,
		                                          hvc_machine_present(machine[0]),
		                                          entry,
		                                          worlds,
		                                          0,
		                                          false};
		hold(&trial, call, calls);
	}
	for (unsigned w = 0; w < worlds; w++)
		hvc_machine_close(machine[w]);
	free(constant);
	hvc_subject_close(subject);
	free(call);
}

static void random_worlds_on(enum hvc_cpu cpu, unsigned part)
{
	const struct hvc_builtin *builtin;

	for (size_t i = 0; (builtin = hvc_builtin_at(i)); i++) {
		if (wanted(builtin->name, i + 1, part))
			random_worlds_of(builtin->name, cpu, full() ? WORLDS : 3, 20);
	}
}

TEST(random_worlds)
{
	random_worlds_on(HVC_CPU_A72, 2);
}

TEST(random_worlds_max)
{
	random_worlds_on(HVC_CPU_MAX, 2);
}

int main(void)
{
	return run_oracle("oracle_random");
}
