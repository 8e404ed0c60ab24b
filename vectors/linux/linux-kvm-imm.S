// SPDX-License-Identifier: MIT
//
// Linux arm64 KVM runtime vectors of the kexec series of 2014 to 2016 (never merged), older
// form. The immediate selects the call.
//
//	immediate	x0 out		effect
//	0 CALL_HYP	the function's	calls hyp address x0 with x0 := x1, x1 := x2, x2 := x3
//	1 GET_VECTORS	VBAR_EL2	none
//	other		as it was	none; 2 SET_VECTORS and 4 CALL_FUNC are the stub's
//
// x18 is left holding the immediate; x30 is kept across the function. A trap that is no HVC, or
// an HVC while VTTBR_EL2 is not zero, comes from a guest and ends in guest_trap.
//
// Source: open-sailing/kernel 35698353, arch/arm64/kvm/hyp.S and include/asm/virt.h.
	.include "macros.inc"
	.include "linux/imm.inc"
	.include "linux/kvm.inc"

	subject	"Linux arm64 KVM, kexec series 2014-2016: immediate 0 calls a function"

	kvm_table

routine handle_sync
	host_only imm=x18
	cmp	x18, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x18, #HVC_CALL_HYP
	b.ne	1f
	call_hyp
1:	eret

2:	mrs	x0, vbar_el2
	eret
