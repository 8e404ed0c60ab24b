// SPDX-License-Identifier: MIT
//
// A callee of SMCCC 1.1 over HVC #0, with PSCI 1.1. w0 selects; bits 63:32 of x0 are not looked
// at, bits 23:16 have to be zero as part of the number.
//
//	w0 in					x0 out
//	0x80000000 SMCCC_VERSION		0x10001
//	0x80000001 SMCCC_ARCH_FEATURES		0 if w1 is one of these two, else -1
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES		0 if w1 is SMCCC_VERSION or a PSCI call, else -1
//	0x84000002 .. 08, 09			CPU_OFF, SYSTEM_OFF, SYSTEM_RESET: never returns
//	other PSCI 1.1 calls			0
//	other					-1, all 64 bits
//
// Every other register is kept. An immediate other than 0 is reserved, and what it does is not
// specified; here it gets -1. Boundaries: power_down, and other_trap for what is no HVC.
//
// Source: Arm DEN0028 (SMC Calling Convention) 1.1 as implemented by ARM-software/
// arm-trusted-firmware include/lib/smccc.h and include/lib/psci/psci.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "smccc/callee.inc"

	subject	"SMCCC 1.1 callee over HVC #0, with PSCI 1.1"

	smccc_callee 0x10001
