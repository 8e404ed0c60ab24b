/* SPDX-License-Identifier: MIT */
/* Arm ARM (DDI 0487) G8.2, G8.3; ARMv7-A (DDI 0406) B3.17. The two halves of FAR_EL2 are HDFAR and
 * HIFAR. */
#include "machine/cp15.h"

#include <stddef.h>
#include <strings.h>

#define NARROW(name, reg, opc1, crn, crm, opc2)                         \
	{                                                               \
		name, HVC_REG_##reg, false, false, opc1, crn, crm, opc2 \
	}
#define HIGH(name, reg, opc1, crn, crm, opc2)                          \
	{                                                              \
		name, HVC_REG_##reg, true, false, opc1, crn, crm, opc2 \
	}
#define WIDE(name, reg, opc1, crm)                                \
	{                                                         \
		name, HVC_REG_##reg, false, true, opc1, 0, crm, 0 \
	}

static const struct hvc_cp15 table[] = {
        NARROW("hsr", ESR_EL2, 4, 5, 2, 0), /* looked for at every entry */
        NARROW("hvbar", VBAR_EL2, 4, 12, 0, 0),
        NARROW("hcr", HCR_EL2, 4, 1, 1, 0),
        NARROW("hsctlr", SCTLR_EL2, 4, 1, 0, 0),
        NARROW("hactlr", ACTLR_EL2, 4, 1, 0, 1),
        NARROW("hcptr", CPTR_EL2, 4, 1, 1, 2),
        NARROW("hdcr", MDCR_EL2, 4, 1, 1, 1),
        NARROW("hstr", HSTR_EL2, 4, 1, 1, 3),
        NARROW("hacr", HACR_EL2, 4, 1, 1, 7),
        WIDE("httbr", TTBR0_EL2, 4, 2),
        NARROW("htcr", TCR_EL2, 4, 2, 0, 2),
        WIDE("vttbr", VTTBR_EL2, 6, 2),
        NARROW("vtcr", VTCR_EL2, 4, 2, 1, 2),
        NARROW("hmair0", MAIR_EL2, 4, 10, 2, 0),
        HIGH("hmair1", MAIR_EL2, 4, 10, 2, 1),
        NARROW("hamair0", AMAIR_EL2, 4, 10, 3, 0),
        HIGH("hamair1", AMAIR_EL2, 4, 10, 3, 1),
        NARROW("htpidr", TPIDR_EL2, 4, 13, 0, 2),
        NARROW("vpidr", VPIDR_EL2, 4, 0, 0, 0),
        NARROW("vmpidr", VMPIDR_EL2, 4, 0, 0, 5),
        NARROW("cnthctl", CNTHCTL_EL2, 4, 14, 1, 0),
        WIDE("cntvoff", CNTVOFF_EL2, 4, 14),
        NARROW("hdfar", FAR_EL2, 4, 6, 0, 0),
        HIGH("hifar", FAR_EL2, 4, 6, 0, 2),
        NARROW("hpfar", HPFAR_EL2, 4, 6, 0, 4),
        NARROW("vbar", VBAR_EL1, 0, 12, 0, 0),
        NARROW("sctlr", SCTLR_EL1, 0, 1, 0, 0),
        NARROW("cpacr", CPACR_EL1, 0, 1, 0, 2),
        WIDE("ttbr0", TTBR0_EL1, 0, 2),
        NARROW("ttbr0", TTBR0_EL1, 0, 2, 0, 0),
        WIDE("ttbr1", TTBR1_EL1, 1, 2),
        NARROW("ttbr1", TTBR1_EL1, 0, 2, 0, 1),
        NARROW("ttbcr", TCR_EL1, 0, 2, 0, 2),
        NARROW("mair0", MAIR_EL1, 0, 10, 2, 0),
        HIGH("mair1", MAIR_EL1, 0, 10, 2, 1),
        NARROW("contextidr", CONTEXTIDR_EL1, 0, 13, 0, 1),
        NARROW("tpidrprw", TPIDR_EL1, 0, 13, 0, 4),
        NARROW("dfsr", ESR_EL1, 0, 5, 0, 0),
        NARROW("dfar", FAR_EL1, 0, 6, 0, 0),
        HIGH("ifar", FAR_EL1, 0, 6, 0, 2),
        WIDE("par", PAR_EL1, 0, 7),
        NARROW("par", PAR_EL1, 0, 7, 4, 0),
        NARROW("cntkctl", CNTKCTL_EL1, 0, 14, 1, 0),
        NARROW("tpidrurw", TPIDR_EL0, 0, 13, 0, 2),
        NARROW("tpidruro", TPIDRRO_EL0, 0, 13, 0, 3),
        NARROW("scr", SCR_EL3, 0, 1, 1, 0),
};

const struct hvc_cp15 *hvc_cp15__at(unsigned i)
{
	return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

unsigned hvc_cp15__first(enum hvc_reg reg)
{
	unsigned i = 0;

	while (i < sizeof table / sizeof *table && table[i].reg != reg)
		i++;
	return i;
}

enum hvc_reg hvc_cp15__named(const char *name)
{
	static const struct {
		const char *name;
		enum hvc_reg reg;
	} banked[] = {
	        {"sp_hyp", HVC_REG_SP_EL2},
	        {"elr_hyp", HVC_REG_ELR_EL2},
	        {"spsr_hyp", HVC_REG_SPSR_EL2},
	        {"spsr_svc", HVC_REG_SPSR_EL1},
	};

	for (size_t i = 0; i < sizeof banked / sizeof *banked; i++)
		if (!strcasecmp(name, banked[i].name))
			return banked[i].reg;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (!table[i].high && !strcasecmp(name, table[i].name))
			return table[i].reg;
	return HVC_REG_NONE;
}

const struct hvc_cp15 *hvc_cp15__find(bool wide, unsigned opc1, unsigned crn, unsigned crm,
                                      unsigned opc2)
{
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		const struct hvc_cp15 *row = &table[i];

		if (row->wide == wide && row->opc1 == opc1 && row->crm == crm &&
		    (wide || (row->crn == crn && row->opc2 == opc2)))
			return row;
	}
	return NULL;
}
