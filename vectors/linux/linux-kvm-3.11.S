// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors, 3.11 to 3.13. The host calls a function at EL2 by its kernel
// address; the immediate is not looked at, and no value of x0 is special.
//
//	x0 in		x0 out		effect
//	any		the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// x30 is kept across the function. A trap that is no HVC, or an HVC while VTTBR_EL2 is not zero,
// comes from a guest and ends in guest_trap. Reading the vectors as the stub of the same release
// allows (x0 = 0) is a call of hyp address 0 here.
//
// Source: Linux 3.11, 3.12.9 and 3.13, arch/arm64/kvm/hyp.S.
	.include "macros.inc"
	.include "linux/kvm.inc"

	subject	"Linux arm64 KVM, 3.11 to 3.13: calls the function at x0, whatever x0 is"

	kvm_table

routine handle_sync
	host_only
	call_hyp
	eret
