// SPDX-License-Identifier: MIT
//
// A callee of SMCCC 1.3 over HVC #0, with PSCI 1.1. As 1.1, but bit 16 of w0 is a hint, "the
// caller has no live SVE state", and is cleared before w0 is looked at.
//
//	w0 in, bit 16 aside			x0 out
//	0x80000000 SMCCC_VERSION		0x10003
//	0x80000001 SMCCC_ARCH_FEATURES		0 if w1 is one of these two, else -1
//	0x84000000 PSCI_VERSION			0x10001
//	0x8400000a PSCI_FEATURES		0 if w1 is SMCCC_VERSION or a PSCI call, else -1
//	0x84000002 .. 08, 09			CPU_OFF, SYSTEM_OFF, SYSTEM_RESET: never returns
//	other PSCI 1.1 calls			0
//	other					-1, all 64 bits
//
// Every other register is kept. The identifier in w1 is compared whole: the hint belongs to a
// call, not to a question about one. An immediate other than 0 gets -1. Boundaries: power_down,
// and other_trap for what is no HVC.
//
// Source: Arm DEN0028D (SMC Calling Convention 1.3) as implemented by Linux
// include/linux/arm-smccc.h and ARM-software/arm-trusted-firmware include/lib/smccc.h.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.include "smccc/callee.inc"

	subject	"SMCCC 1.3 callee over HVC #0, with PSCI 1.1, SVE hint ignored"

	smccc_callee 0x10003, hint=1
