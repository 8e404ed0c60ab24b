// SPDX-License-Identifier: MIT
//
// Wrong on purpose: an unknown call returns with the condition flags of the handler, which its
// comparison left as N0 Z0 C1 V0 for small x0, instead of the caller's.
//
// Judged by linux-stub-4.7, this must be reported:
//
//	unknown: preserve of nzcv
//		first: HVC #0 from EL1h, x0=2, any nzcv but 0x20000000
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_GET_VECTORS, 0
	.equ	HVC_SET_VECTORS, 1
	.equ	ARM_EXCEPTION_HYP_GONE, 2

	subject	"Broken: the 4.7 stub, leaking its condition flags"

	stub_table

routine handle_sync
	mrs	x30, esr_el2
	lsr	x30, x30, #ESR_ELx_EC_SHIFT
	cmp	x30, #ESR_ELx_EC_HVC64
	b.ne	1f
	cmp	x0, #HVC_GET_VECTORS
	b.eq	2f
	cmp	x0, #HVC_SET_VECTORS
	b.eq	3f
	mrs	x0, nzcv
	mrs	x30, spsr_el2
	bic	x30, x30, #SPSR_ELx_NZCV
	orr	x30, x30, x0
	msr	spsr_el2, x30
	mov	x30, #ESR_ELx_EC_HVC64
	mov	x0, #ARM_EXCEPTION_HYP_GONE
1:	eret

2:	mrs	x0, vbar_el2
	eret

3:	msr	vbar_el2, x1
	eret
