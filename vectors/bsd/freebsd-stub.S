// SPDX-License-Identifier: MIT
//
// FreeBSD's arm64 hyp stub, left at EL2 when the kernel was booted there without VHE. It is two
// instructions:
//
//	any exception from AArch64	x0 out		effect
//	immediate, class, x0: any	as it was	VBAR_EL2 := x0
//
// So every HVC, and every trap to EL2, installs x0 as the vector table. No register changes. The
// fifteen other slots spin.
//
// Source: freebsd/freebsd-src sys/arm64/arm64/hyp_stub.S.
	.include "macros.inc"
	.include "trap.inc"

	subject	"FreeBSD arm64 hyp stub: any HVC sets VBAR_EL2 to x0"

	trap_table

routine handle_sync
	msr	vbar_el2, x0
	eret
