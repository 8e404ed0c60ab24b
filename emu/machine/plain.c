/* SPDX-License-Identifier: MIT */
/*
 * A list of what is plain, not of what is not: an instruction that is not known to change only
 * registers with a row (and only as the row says), FP/SIMD, PSTATE and memory by stores makes the
 * reset after it put back the whole CPU. Encodings: Arm ARM (DDI 0487) C4.1.
 */
#include "machine/parts.h"

#include <stddef.h>

#include "machine/reg.h"
#include "machine/vhe.h"

/* Rows that hold what is written and do nothing else, in the engine as in the architecture. */
static const enum hvc_reg plain[] = {
        HVC_REG_SP_EL0,      HVC_REG_SP_EL1,         HVC_REG_VBAR_EL2,    HVC_REG_ACTLR_EL2,
        HVC_REG_CPTR_EL2,    HVC_REG_HSTR_EL2,       HVC_REG_HACR_EL2,    HVC_REG_ZCR_EL2,
        HVC_REG_TTBR0_EL2,   HVC_REG_TTBR1_EL2,      HVC_REG_TCR_EL2,     HVC_REG_VTTBR_EL2,
        HVC_REG_VTCR_EL2,    HVC_REG_MAIR_EL2,       HVC_REG_AMAIR_EL2,   HVC_REG_CONTEXTIDR_EL2,
        HVC_REG_TPIDR_EL2,   HVC_REG_VPIDR_EL2,      HVC_REG_VMPIDR_EL2,  HVC_REG_CNTHCTL_EL2,
        HVC_REG_CNTVOFF_EL2, HVC_REG_ESR_EL2,        HVC_REG_ELR_EL2,     HVC_REG_SPSR_EL2,
        HVC_REG_FAR_EL2,     HVC_REG_HPFAR_EL2,      HVC_REG_VBAR_EL1,    HVC_REG_CPACR_EL1,
        HVC_REG_TTBR0_EL1,   HVC_REG_TTBR1_EL1,      HVC_REG_TCR_EL1,     HVC_REG_MAIR_EL1,
        HVC_REG_AMAIR_EL1,   HVC_REG_CONTEXTIDR_EL1, HVC_REG_TPIDR_EL1,   HVC_REG_ESR_EL1,
        HVC_REG_ELR_EL1,     HVC_REG_SPSR_EL1,       HVC_REG_FAR_EL1,     HVC_REG_PAR_EL1,
        HVC_REG_CNTKCTL_EL1, HVC_REG_TPIDR_EL0,      HVC_REG_TPIDRRO_EL0,
};

static bool is_plain(const uint8_t name[static 5])
{
	enum hvc_reg reg = hvc_reg__find_sys(name[0], name[1], name[2], name[3], name[4]);

	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (plain[i] == reg)
			return true;
	/* PSTATE by name; FPCR and FPSR */
	return name[0] == 3 && name[2] == 4 && (name[3] == 2 || (name[1] == 3 && name[3] == 4));
}

static unsigned of_register(const struct hvc_vhe_access *access)
{
	const uint8_t *name = access->name;
	bool counts = name[0] == 3 && (name[2] == 9 || (name[2] == 14 && name[3] >= 8));
	uint8_t other[5];

	if (access->read) /* reading a counter brings it up to date */
		return counts ? HVC_EFFECT_CPU : 0;
	if (is_plain(name) && (!hvc_vhe__target(name, other) || is_plain(other)))
		return 0;
	return HVC_EFFECT_CPU;
}

/* Bits 31:22 are 1101010100. */
static unsigned of_system(uint32_t word)
{
	struct hvc_vhe_access access;
	uint32_t crn = word >> 12 & 15;

	if (hvc_vhe__decode(word, &access))
		return of_register(&access);
	if (!(word >> 19 & 3)) /* hints, barriers, PSTATE by immediates */
		return 0;
	return crn == 7 || crn == 8 ? 0 : HVC_EFFECT_CPU; /* IC, DC, AT, TLBI */
}

unsigned hvc_plain__effects(uint32_t word)
{
	switch (word >> 25 & 15) {
	case 2: /* SVE */
		return HVC_EFFECT_CPU;
	case 4: /* loads and stores: exclusives leave a monitor behind, MTE tags */
	case 6:
	case 12:
	case 14:
		if ((word & UINT32_C(0x3f800000)) == UINT32_C(0x08000000) ||
		    (word & UINT32_C(0xff200000)) == UINT32_C(0xd9200000))
			return HVC_EFFECT_CPU;
		return 0;
	case 10:
	case 11: /* branches, exceptions, system */
		return (word & UINT32_C(0xffc00000)) == UINT32_C(0xd5000000) ? of_system(word) : 0;
	default: /* data processing, FP/SIMD, and what is unallocated */
		return 0;
	}
}
