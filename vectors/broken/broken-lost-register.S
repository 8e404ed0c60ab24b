// SPDX-License-Identifier: MIT
//
// Wrong on purpose: CALL_HYP keeps SPSR_EL2 in x20 across the function and does not restore x20.
//
// Judged by linux-kvm-imm, this must be reported:
//
//	call_hyp: preserve of x20
//		first: HVC #0 from EL1h, x0=0x400001c000 (HVC_FUNCTION)
	.include "macros.inc"
	.include "linux/imm.inc"
	.include "linux/kvm.inc"

	subject	"Broken: the kexec-series KVM vectors, losing x20 in CALL_HYP"

	kvm_table

routine handle_sync
	host_only imm=x18
	cmp	x18, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x18, #HVC_CALL_HYP
	b.ne	1f
	stp	lr, x20, [sp, #-16]!
	mrs	x20, spsr_el2
	and	lr, x0, #HYP_VA_MASK
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	blr	lr
	msr	spsr_el2, x20
	ldp	lr, xzr, [sp], #16
1:	eret

2:	mrs	x0, vbar_el2
	eret
