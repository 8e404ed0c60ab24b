// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 4.8. As in 4.7, with a call to leave the kernel at EL2 for kexec.
//
//	x0 in			x0 out		effect
//	0 GET_VECTORS		VBAR_EL2	none
//	1 SET_VECTORS		1		VBAR_EL2 := x1
//	2 SOFT_RESTART		x2 in		branch to x1 at EL2h, see below
//	other			2		none
//
// SOFT_RESTART hands over x0 := x2, x1 := x3, x2 := x4, x4 := x1, all from before the call, and
// never comes back. x30 is left holding the exception class, also for the payload. Anything but
// an HVC from AArch64 returns at once to ELR_EL2, x0 as it was.
//
// Source: Linux 4.8.15, arch/arm64/kernel/hyp-stub.S and include/asm/virt.h; commit f9076ecfb121
// ("Add back cpu reset routines").
	.include "macros.inc"
	.include "linux/stub.inc"
	.include "linux/restart.inc"

	subject	"Linux arm64 hyp stub, 4.8: as 4.7, and soft restart, x0 = 2 if unknown"

	stub_table

	handle_sync_4_8	gone=2
