/* SPDX-License-Identifier: MIT */
#include "hvcheck/world.h"

#include <string.h>
#include <strings.h>

#include "hvcheck/arch.h"

static const struct {
	const char *name;
	unsigned mode;
} levels[HVC_LEVEL_COUNT] = {
        [HVC_LEVEL_EL0] = {"el0", 0x0},   [HVC_LEVEL_EL1T] = {"el1t", 0x4},
        [HVC_LEVEL_EL1H] = {"el1h", 0x5}, [HVC_LEVEL_EL2T] = {"el2t", 0x8},
        [HVC_LEVEL_EL2H] = {"el2h", 0x9},
};

static const char *const cpus[HVC_CPU_COUNT] = {
        [HVC_CPU_A72] = "a72",
        [HVC_CPU_MAX] = "max",
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

unsigned hvc_level_mode(enum hvc_level level)
{
	return levels[level].mode;
}

enum hvc_level hvc_level_from_mode(unsigned mode)
{
	unsigned level = 0;

	while (level < HVC_LEVEL_COUNT && levels[level].mode != mode)
		level++;
	return (enum hvc_level)level;
}

unsigned hvc_level_el(enum hvc_level level)
{
	return levels[level].mode >> 2;
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

/*
 * What differs from the engine's reset values. The scratch registers hold values that name
 * themselves, so that one of them turning up somewhere else is recognised; registers that
 * control translation keep the MMU off.
 */
static const struct {
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
        {HVC_REG_TTBR0_EL1, 0x51000000},
        {HVC_REG_TTBR1_EL1, 0x52000000},
        {HVC_REG_TTBR0_EL2, 0x53000000},
        {HVC_REG_CNTVOFF_EL2, 0},
};

void hvc_world_init(struct hvc_world *world, enum hvc_cpu cpu)
{
	memset(world, 0, sizeof *world);
	strcpy(world->name, "host");
	world->cpu = cpu;
	world->el3 = true;
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		(void)hvc_world_set(world, defaults[i].reg, defaults[i].value);
}

enum hvc_status hvc_world_set(struct hvc_world *world, enum hvc_reg reg, uint64_t value)
{
	if (reg >= HVC_REG_COUNT || reg <= HVC_REG_X30 || reg == HVC_REG_NZCV ||
	    reg == HVC_REG_DAIF)
		return HVC_E_ARG;
	world->state.v[reg] = value;
	hvc_regset_add(&world->set, reg);
	return HVC_OK;
}
