// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors, 3.14 to 4.6. The host calls a function at EL2 by its kernel
// address; the immediate is not looked at.
//
//	x0 in		x0 out		effect
//	0		VBAR_EL2	none
//	other		the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// x30 is kept across the function. A trap that is no HVC, or an HVC while VTTBR_EL2 is not zero,
// comes from a guest and ends in guest_trap.
//
// Source: Linux 3.14.79 .. 4.4, arch/arm64/kvm/hyp.S, and 4.5 and 4.6.5,
// arch/arm64/kvm/hyp/hyp-entry.S.
	.include "macros.inc"
	.include "linux/kvm.inc"

	subject	"Linux arm64 KVM, 3.14 to 4.6: x0 zero gets VBAR_EL2, else a function"

	kvm_table

routine handle_sync
	host_only
	cbz	x0, 1f
	call_hyp
	eret

1:	mrs	x0, vbar_el2
	eret
