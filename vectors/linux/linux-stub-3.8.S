// SPDX-License-Identifier: MIT
//
// Linux arm64 hyp stub, 3.8 to 4.6. x0 is the selector and the argument in one: zero reads
// VBAR_EL2, anything else is the new VBAR_EL2. The immediate is not looked at.
//
//	x0 in		x0 out		effect
//	0		VBAR_EL2	none
//	other		as it was	VBAR_EL2 := x0
//
// x1 is left holding the exception class. Anything but an HVC from AArch64 returns at once to
// ELR_EL2, which for a trapped instruction is that instruction again.
//
// Source: Linux 3.8 .. 4.6.5, arch/arm64/kernel/hyp-stub.S.
	.include "macros.inc"
	.include "linux/stub.inc"

	subject	"Linux arm64 hyp stub, 3.8 to 4.6: x0 zero gets VBAR_EL2, else sets it"

	stub_table

routine handle_sync
	mrs	x1, esr_el2
	lsr	x1, x1, #ESR_ELx_EC_SHIFT
	cmp	x1, #ESR_ELx_EC_HVC64
	b.ne	1f
	cbz	x0, 2f
	msr	vbar_el2, x0
1:	eret

2:	mrs	x0, vbar_el2
	eret
