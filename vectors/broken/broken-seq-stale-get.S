// SPDX-License-Identifier: MIT
//
// Wrong on purpose: GET_VECTORS returns the vectors that the call before found.
//
// Every single call conforms to linux-stub-4.7. By sequences of calls this must be reported:
//
//	get_vectors: result of x0
//		shortest: 2 calls, set_vectors and get_vectors
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_GET_VECTORS, 0
	.equ	HVC_SET_VECTORS, 1
	.equ	ARM_EXCEPTION_HYP_GONE, 2

	subject	"Broken: the 4.7 stub, telling the vectors of one call ago"

	stub_table

routine handle_sync
	mrs	x30, esr_el2
	lsr	x30, x30, #ESR_ELx_EC_SHIFT
	cmp	x30, #ESR_ELx_EC_HVC64
	b.ne	1f
	cmp	x0, #HVC_GET_VECTORS
	b.eq	2f
	stp	x2, x3, [sp, #-16]!
	adr	x2, found
	mrs	x3, vbar_el2
	str	x3, [x2]
	ldp	x2, x3, [sp], #16
	cmp	x0, #HVC_SET_VECTORS
	b.eq	3f
	mov	x0, #ARM_EXCEPTION_HYP_GONE
1:	eret

2:	stp	x2, x3, [sp, #-16]!
	adr	x2, found
	mrs	x3, vbar_el2
	ldr	x0, [x2]
	str	x3, [x2]
	cmp	x0, #0
	csel	x0, x3, x0, eq
	ldp	x2, x3, [sp], #16
	eret

3:	msr	vbar_el2, x1
	eret

	.data
variable found
	.quad	0
