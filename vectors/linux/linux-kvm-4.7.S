// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors, 4.7 to 4.11. The host calls a function at EL2 by its kernel
// address; the immediate is not looked at.
//
//	x0 in		x0 out		effect
//	0		VBAR_EL2	none
//	other		the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// x30 is left holding an address of these vectors: the callers of these releases save their link
// register. The stub of 4.7 takes 1, and that of 4.8 also 2, for a call; here they are hyp
// addresses. A trap that is no HVC, or an HVC while VTTBR_EL2 is not zero, comes from a guest and
// ends in guest_trap. From 4.9 on the kernel needs, and pushes, only x0 and x1 to find that out.
//
// Source: Linux 4.7.4 .. 4.11, arch/arm64/kvm/hyp/hyp-entry.S.
	.include "macros.inc"
	.include "linux/kvm.inc"

	subject	"Linux arm64 KVM, 4.7 to 4.11: as 3.14, but loses the link register"

	kvm_table

routine handle_sync
	host_only
	cbz	x0, 1f
	call_hyp	keep_lr=0
	eret

1:	mrs	x0, vbar_el2
	eret
