/* SPDX-License-Identifier: MIT */
/** The system registers of AArch32 state: what CP15 calls a register that reg.h names. Internal. */
#ifndef MACHINE_CP15_H
#define MACHINE_CP15_H

#include "hvcheck/reg.h"

/** One name of CP15: MCR/MRC of 32 bits, or MCRR/MRRC of 64, which have no CRn and no opc2. */
struct hvc_cp15 {
	const char *name; /**< Arm ARM spelling, lower case */
	enum hvc_reg reg; /**< architecturally mapped to it (Arm ARM G8.1) */
	bool high;        /**< to bits 63:32 of it, else from bit 0 on */
	bool wide;        /**< 64 bits */
	uint8_t opc1, crn, crm, opc2;
};

/** Row i; NULL past the end. The 64-bit name of a register is before its 32-bit one. */
const struct hvc_cp15 *hvc_cp15__at(unsigned i);
/** The first row of a register, whose rows follow each other; past the end when it has none. */
unsigned hvc_cp15__first(enum hvc_reg reg);
/** The register of a name, or of that of a half of it; HVC_REG_NONE: there is none. */
enum hvc_reg hvc_cp15__named(const char *name);
/** The register that an access names; NULL: it has no row. */
const struct hvc_cp15 *hvc_cp15__find(bool wide, unsigned opc1, unsigned crn, unsigned crm,
                                      unsigned opc2);

#endif
