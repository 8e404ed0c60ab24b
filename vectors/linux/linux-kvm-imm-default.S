// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors of the kexec series of 2014 to 2016 (never merged), newer
// form: every immediate but one is the function call.
//
//	immediate	x0 out		effect
//	1 GET_VECTORS	VBAR_EL2	none
//	other		the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//
// x18 is left holding the immediate; x30 is kept across the function. A trap that is no HVC, or
// an HVC while VTTBR_EL2 is not zero, comes from a guest and ends in guest_trap.
//
// Source: sbourdelin/linux 1132502f, arch/arm64/kvm/hyp/hyp-entry.S. The number of GET_VECTORS
// is not seen there and is the one of imm.inc.
	.include "macros.inc"
	.include "linux/imm.inc"
	.include "linux/kvm.inc"

	subject	"Linux arm64 KVM, kexec series 2014-2016: all but immediate 1 call a function"

	kvm_table

routine handle_sync
	host_only imm=x18
	cmp	x18, #HVC_GET_VECTORS
	b.eq	1f
	call_hyp
	eret

1:	mrs	x0, vbar_el2
	eret
