// SPDX-License-Identifier: MIT
//
// A callee of SMCCC 1.0 over HVC #0, with PSCI 1.1. As 1.1 but for two things: it has neither
// SMCCC_VERSION nor SMCCC_ARCH_FEATURES, whose absence is what tells 1.0; and x4 to x17 are
// scratch, so they come back as zero.
//
//	w0 in					x0 out
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES		0 if w1 is a PSCI call, else -1
//	0x84000002 .. 08, 09			CPU_OFF, SYSTEM_OFF, SYSTEM_RESET: never returns
//	other PSCI 1.1 calls			0
//	other					-1, all 64 bits
//
// An immediate other than 0 gets -1. Boundaries: power_down, and other_trap for what is no HVC.
//
// Source: Arm DEN0028A (SMC Calling Convention, 2013) as implemented by ARM-software/
// arm-trusted-firmware include/lib/smccc.h and include/lib/psci/psci.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "smccc/callee.inc"

	subject	"SMCCC 1.0 callee over HVC #0, with PSCI 1.1, x4-x17 lost"

	smccc_callee 0x10000
