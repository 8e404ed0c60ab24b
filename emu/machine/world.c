/* SPDX-License-Identifier: MIT */
/*
 * What stands around a subject: levels, CPU models, registers, stops and stubs. Its memory is
 * memory.c's.
 */
#include "machine/world.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "hvcheck/aarch32.h"
#include "hvcheck/arch.h"
#include "machine/outcome.h"
#include "machine/reg.h"

static const struct {
	const char *name;
	unsigned mode;
} levels[HVC_LEVEL_COUNT] = {
        [HVC_LEVEL_EL0] = {"el0", 0x0},
        [HVC_LEVEL_EL1T] = {"el1t", 0x4},
        [HVC_LEVEL_EL1H] = {"el1h", 0x5},
        [HVC_LEVEL_EL2T] = {"el2t", 0x8},
        [HVC_LEVEL_EL2H] = {"el2h", 0x9},
        [HVC_LEVEL_EL0_USR] = {"el0-usr", HVC_MODE_USR},
        [HVC_LEVEL_EL1_FIQ] = {"el1-fiq", HVC_MODE_FIQ},
        [HVC_LEVEL_EL1_IRQ] = {"el1-irq", HVC_MODE_IRQ},
        [HVC_LEVEL_EL1_SVC] = {"el1-svc", HVC_MODE_SVC},
        [HVC_LEVEL_EL1_ABT] = {"el1-abt", HVC_MODE_ABT},
        [HVC_LEVEL_EL1_UND] = {"el1-und", HVC_MODE_UND},
        [HVC_LEVEL_EL1_SYS] = {"el1-sys", HVC_MODE_SYS},
        [HVC_LEVEL_EL2_HYP] = {"el2-hyp", HVC_MODE_HYP},
};

static const char *const cpus[HVC_CPU_COUNT] = {
        [HVC_CPU_A72] = "a72",
        [HVC_CPU_MAX] = "max",
        [HVC_CPU_A15] = "a15",
};

const char *hvc_level_name(enum hvc_level level)
{
	return level < HVC_LEVEL_COUNT ? levels[level].name : "?";
}

enum hvc_level hvc_level_find(const char *name)
{
	unsigned level = 0;

	while (level < HVC_LEVEL_COUNT && strcasecmp(name, levels[level].name) != 0)
		level++;
	return (enum hvc_level)level;
}

unsigned hvc_level__mode(enum hvc_level level)
{
	return levels[level].mode;
}

enum hvc_level hvc_level__from_mode(unsigned mode)
{
	unsigned level = 0;

	while (level < HVC_LEVEL_COUNT && levels[level].mode != mode)
		level++;
	return (enum hvc_level)level;
}

unsigned hvc_level__el(enum hvc_level level)
{
	unsigned mode = levels[level].mode;

	return hvc_level_is_aarch32(level) ? hvc_aarch32_el(mode) : mode >> 2;
}

const char *hvc_cpu_name(enum hvc_cpu cpu)
{
	return cpu < HVC_CPU_COUNT ? cpus[cpu] : "?";
}

enum hvc_cpu hvc_cpu_find(const char *name)
{
	unsigned cpu = 0;

	while (cpu < HVC_CPU_COUNT && strcasecmp(name, cpus[cpu]) != 0)
		cpu++;
	return (enum hvc_cpu)cpu;
}

bool hvc_cpu__is_hyp(enum hvc_cpu cpu)
{
	return cpu == HVC_CPU_A15;
}

unsigned hvc_cpu__levels(enum hvc_cpu cpu)
{
	const unsigned all = (1u << HVC_LEVEL_COUNT) - 1;

	return hvc_cpu__is_hyp(cpu) ? HVC_LEVELS_AARCH32 : all & ~(1u << HVC_LEVEL_EL2_HYP);
}

enum hvc_level hvc_cpu__usual(enum hvc_cpu cpu)
{
	return hvc_cpu__is_hyp(cpu) ? HVC_LEVEL_EL1_SVC : HVC_LEVEL_EL1H;
}

/*
 * What differs from the engine's reset values. The scratch registers hold values that name
 * themselves, so that one of them turning up somewhere else is recognised; registers that
 * control translation keep the MMU off. What nothing hangs on holds no zero, so that clearing it
 * shows.
 */
static const struct setting {
	enum hvc_reg reg;
	uint64_t value;
} defaults[] = {
        {HVC_REG_SCR_EL3, HVC_SCR_NS | 0x30 | HVC_SCR_HCE | HVC_SCR_RW},
        {HVC_REG_HCR_EL2, HVC_HCR_RW},
        {HVC_REG_VTTBR_EL2, 0},
        {HVC_REG_VBAR_EL1, HVC_CALLER_VECTORS},
        {HVC_REG_SP_EL0, HVC_STACK_EL0},
        {HVC_REG_SP_EL1, HVC_STACK_EL1},
        {HVC_REG_SP_EL2, HVC_STACK_EL2},
        {HVC_REG_TPIDR_EL0, UINT64_C(0x1d00000000000100)},
        {HVC_REG_TPIDRRO_EL0, UINT64_C(0x1d00000000000200)},
        {HVC_REG_TPIDR_EL1, UINT64_C(0x1d10000000001100)},
        {HVC_REG_TPIDR_EL2, UINT64_C(0x1d20000000002200)},
        {HVC_REG_ELR_EL1, UINT64_C(0x1e10000000001000)},
        {HVC_REG_SPSR_EL1, 0x60000000},
        {HVC_REG_ESR_EL1, 0x56000011},
        {HVC_REG_FAR_EL1, UINT64_C(0x1f10000000001000)},
        {HVC_REG_FAR_EL2, UINT64_C(0x1f20000000002000)},
        {HVC_REG_MAIR_EL1, UINT64_C(0x00000000ff440c04)},
        {HVC_REG_MAIR_EL2, UINT64_C(0x00000000ff440400)},
        {HVC_REG_AMAIR_EL1, 0x1a301000},
        {HVC_REG_AMAIR_EL2, 0x1a302000},
        {HVC_REG_ACTLR_EL2, 0x1ac02000},
        {HVC_REG_HACR_EL2, 0x1ac12000},
        {HVC_REG_CPTR_EL2, 0x80000000}, /* TCPAC, at either layout */
        {HVC_REG_TTBR0_EL1, 0x51000000},
        {HVC_REG_TTBR1_EL1, 0x52000000},
        {HVC_REG_TTBR0_EL2, 0x53000000},
        {HVC_REG_TCR_EL1, 0x00100010},
        {HVC_REG_VTCR_EL2, 0x80000018},
        {HVC_REG_CPACR_EL1, 0x00300000},
        {HVC_REG_CONTEXTIDR_EL1, 0x1c101000},
        {HVC_REG_PAR_EL1, 0x1a101000},
        {HVC_REG_MDSCR_EL1, 0x00001000},
        {HVC_REG_CNTKCTL_EL1, 0x00000003},
        {HVC_REG_HSTR_EL2, 0x00008000},
        {HVC_REG_MDCR_EL2, 0x00000006},
        {HVC_REG_TCR_EL2, 0x80800010},
        {HVC_REG_CNTVOFF_EL2, 0x1c202000},
};

/* What only CPU model max has. */
static const struct setting max_defaults[] = {
        {HVC_REG_TTBR1_EL2, 0x54000000},
        {HVC_REG_CONTEXTIDR_EL2, 0x1c203000},
        {HVC_REG_APIAKEYLO_EL1, UINT64_C(0x1aa0000000000001)},
        {HVC_REG_APIAKEYHI_EL1, UINT64_C(0x1aa0000000000002)},
        {HVC_REG_APIBKEYLO_EL1, UINT64_C(0x1ab0000000000001)},
        {HVC_REG_APIBKEYHI_EL1, UINT64_C(0x1ab0000000000002)},
        {HVC_REG_APDAKEYLO_EL1, UINT64_C(0x1da0000000000001)},
        {HVC_REG_APDAKEYHI_EL1, UINT64_C(0x1da0000000000002)},
        {HVC_REG_APDBKEYLO_EL1, UINT64_C(0x1db0000000000001)},
        {HVC_REG_APDBKEYHI_EL1, UINT64_C(0x1db0000000000002)},
        {HVC_REG_APGAKEYLO_EL1, UINT64_C(0x16a0000000000001)},
        {HVC_REG_APGAKEYHI_EL1, UINT64_C(0x16a0000000000002)},
};

/* The same where EL2 is Hyp mode, as far as there is such a register. */
static const struct setting hyp_defaults[] = {
        {HVC_REG_SCR_EL3, HVC_SCR_NS | 0x30 | HVC_SCR_HCE},
        {HVC_REG_HCR_EL2, 0},
        {HVC_REG_VTTBR_EL2, 0},
        {HVC_REG_VBAR_EL1, HVC_CALLER_VECTORS - HVC_HARNESS_BASE + HVC_HARNESS32_BASE},
        {HVC_REG_SP_EL2, HVC_STACK_EL2 - HVC_HARNESS_BASE + HVC_HARNESS32_BASE},
        {HVC_REG_TPIDR_EL0, 0x1d000100},
        {HVC_REG_TPIDRRO_EL0, 0x1d000200},
        {HVC_REG_TPIDR_EL1, 0x1d101100},
        {HVC_REG_TPIDR_EL2, 0x1d202200},
        {HVC_REG_SPSR_EL1, 0x60000010},
        {HVC_REG_ESR_EL1, 0x11},
        {HVC_REG_FAR_EL1, UINT64_C(0x1f1020001f101000)},
        {HVC_REG_FAR_EL2, UINT64_C(0x1f2030001f202000)},
        {HVC_REG_TTBR0_EL1, 0x51000000},
        {HVC_REG_TTBR1_EL1, 0x52000000},
        {HVC_REG_TTBR0_EL2, 0x53000000},
        {HVC_REG_CNTVOFF_EL2, 0},
};

static void set(struct hvc_world *world, enum hvc_reg reg, uint64_t value)
{
	world->state.v[reg] = value;
	hvc_regset_add(&world->set, reg);
}

static void set_all(struct hvc_world *world, const struct setting *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		set(world, list[i].reg, list[i].value);
}

void hvc_world_init(struct hvc_world *world, enum hvc_cpu cpu)
{
	memset(world, 0, sizeof *world);
	strcpy(world->name, "host");
	world->cpu = cpu;
	world->el3 = true;
	if (hvc_cpu__is_hyp(cpu))
		set_all(world, hyp_defaults, sizeof hyp_defaults / sizeof *hyp_defaults);
	else
		set_all(world, defaults, sizeof defaults / sizeof *defaults);
	if (cpu == HVC_CPU_MAX)
		set_all(world, max_defaults, sizeof max_defaults / sizeof *max_defaults);
}

enum hvc_status hvc_world_set(struct hvc_world *world, enum hvc_reg reg, uint64_t value)
{
	if (reg >= HVC_REG_COUNT || reg <= HVC_REG_DAIF)
		return HVC_E_ARG;
	set(world, reg, value);
	hvc_regset_add(&world->given, reg);
	return HVC_OK;
}

enum hvc_status hvc_world_trap(struct hvc_world *world, uint64_t esr)
{
	if (!hvc_arch__is_trap(esr))
		return HVC_E_ARG;
	world->esr = (uint32_t)esr;
	set(world, HVC_REG_ESR_EL2, esr & ~UINT64_C(0xffff));
	return HVC_OK;
}

enum hvc_status hvc_world_set_sys(struct hvc_world *world, const uint8_t encoding[5],
                                  uint64_t value)
{
	static const uint8_t most[5] = {3, 7, 15, 15, 7};
	enum hvc_reg reg =
	        hvc_reg__find_sys(encoding[0], encoding[1], encoding[2], encoding[3], encoding[4]);
	unsigned at = 0;

	if (reg != HVC_REG_NONE)
		return hvc_world_set(world, reg, value);
	for (unsigned i = 0; i < sizeof most; i++)
		if (encoding[i] > most[i] || encoding[0] < 2)
			return HVC_E_ARG;
	while (at < world->extras && memcmp(world->extra[at].encoding, encoding, 5) != 0)
		at++;
	if (at == HVC_EXTRAS_MAX)
		return HVC_E_RANGE;
	memcpy(world->extra[at].encoding, encoding, 5);
	world->extra[at].value = value;
	if (at == world->extras)
		world->extras++;
	return HVC_OK;
}

bool hvc_world__sys_name(const char *name, uint8_t encoding[5])
{
	unsigned field[5];
	int length = 0;

	if (strpbrk(name, " \t\n\v\f\r+-") ||
	    sscanf(name, "%*1[sS]%1u_%1u_%*1[cC]%2u_%*1[cC]%2u_%1u%n", &field[0], &field[1],
	           &field[2], &field[3], &field[4], &length) != 5 ||
	    name[length] || field[0] < 2 || field[0] > 3 || field[1] > 7 || field[2] > 15 ||
	    field[3] > 15 || field[4] > 7)
		return false;
	for (unsigned i = 0; i < 5; i++)
		encoding[i] = (uint8_t)field[i];
	return true;
}

static enum hvc_status add_boundary(struct hvc_world *world, const struct hvc_stop *boundary)
{
	unsigned at = 0;

	while (at < world->stops && world->stop[at].address != boundary->address)
		at++;
	if (at == HVC_STOPS_MAX || boundary->address & 3)
		return HVC_E_RANGE;
	world->stop[at] = *boundary;
	if (at == world->stops)
		world->stops++;
	return HVC_OK;
}

enum hvc_status hvc_world_stop_at(struct hvc_world *world, uint64_t address, const char *name)
{
	struct hvc_stop boundary = {.address = address};

	if (strlen(name) >= sizeof boundary.name)
		return HVC_E_RANGE;
	strcpy(boundary.name, name);
	return add_boundary(world, &boundary);
}

enum hvc_status hvc_world_stub(struct hvc_world *world, uint64_t address, uint64_t value,
                               const char *name)
{
	struct hvc_stop boundary = {.address = address, .stub = true, .value = value};

	if (strlen(name) >= sizeof boundary.name)
		return HVC_E_RANGE;
	strcpy(boundary.name, name);
	return add_boundary(world, &boundary);
}

const struct hvc_stop *hvc_world__find_stop(const struct hvc_world *world, uint64_t address)
{
	for (unsigned i = 0; i < world->stops; i++)
		if (world->stop[i].address == address)
			return &world->stop[i];
	return NULL;
}

enum hvc_status hvc_world_overlay(struct hvc_world *world, const struct hvc_world *over)
{
	struct hvc_world result = *world;

	for (unsigned i = 0; i < HVC_REG_COUNT; i++)
		if (hvc_regset_has(&over->given, (enum hvc_reg)i))
			(void)hvc_world_set(&result, (enum hvc_reg)i, over->state.v[i]);
	for (unsigned i = 0; i < over->extras; i++)
		HVC_TRY(hvc_world_set_sys(&result, over->extra[i].encoding, over->extra[i].value));
	for (unsigned i = 0; i < over->stops; i++)
		HVC_TRY(add_boundary(&result, &over->stop[i]));
	for (unsigned i = 0; i < over->memories; i++) {
		struct hvc_memory *memory;

		HVC_TRY(hvc_world_set_memory(&result, over->memory[i].place, over->memory[i].what));
		memory = hvc_memory__find(&result, over->memory[i].place);
		*memory = over->memory[i];
	}
	if (over->zero_pages)
		result.zero_pages = over->zero_pages;
	result.upper_zero |= over->upper_zero;
	if (over->esr)
		HVC_TRY(hvc_world_trap(&result, over->esr));
	*world = result;
	return HVC_OK;
}

bool hvc_world__is_closed(const struct hvc_world *world)
{
	return !world->zero_pages && !world->stops;
}
