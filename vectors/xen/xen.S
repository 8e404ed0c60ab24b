// SPDX-License-Identifier: MIT
//
// Xen on arm64, release build. The immediate picks the convention.
//
//	immediate	selector	call				x0 out
//	0		w0		SMCCC, see below
//	0xea1		x16		a hypercall wired on Arm	0
//			x16		6, 16, 19 and every other	-38 (-ENOSYS)
//	other		-		Undefined is injected
//
//	SMCCC, w0				x0 out
//	WORKAROUND_1, WORKAROUND_3		0; x1 := 0, on the fast path
//	WORKAROUND_2				0; x1, x2, x3 := 0, on the fast path
//	SMCCC_VERSION, PSCI_VERSION		0x10002, 0x10001
//	ARCH_FEATURES, PSCI_FEATURES of w1	0 or -1
//	MIGRATE_INFO_TYPE			2
//	CPU_SUSPEND, CPU_ON, AFFINITY_INFO; 2	0 (2 is CPU_ON of PSCI 0.1)
//	CPU_OFF, SYSTEM_OFF, SYSTEM_RESET; 1	never returns (1 is CPU_OFF of PSCI 0.1)
//	0x8500ff00, 01, 03			3; UID in x0-x3; revision 0.1 in x0, x1
//	0x8400ff00, 01, 03			0; UID in x0-x3; revision 0.1 in x0, x1
//	other					-1, all 64 bits
//
// x16 is compared in full, w0 without its upper half. Every register that is not named is kept.
// A caller in AArch32 state has r12 for x16; the upper halves of its registers are zeroed, the
// workarounds have no result, and identifiers of the 64-bit convention are none. Boundaries, each
// spinning: psci_off, other_trap (no HVC), hyp_panic (an exception at EL2).
//
// Source: as xen.inc.
	.include "macros.inc"
	.include "trap.inc"
	.include "smccc.inc"
	.equ	XEN_DEBUG, 0
	.include "xen/xen.inc"

	subject	"Xen on arm64, release build: 0xEA1 with x16, #0 with w0, else Undefined"

	xen
