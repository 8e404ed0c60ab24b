// SPDX-License-Identifier: MIT
//
// Wrong on purpose: SET_VECTORS clears nothing of what it copied through q7: eight bytes of EL2's
// stack and its address.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	nothing: a specification says nothing of the FP/SIMD registers
//
// Looked at for leaks: set_vectors, q7 tells el2_memory and sp_el2.
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, leaving EL2 stack in q7"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	mov	x2, sp
	ldr	d7, [x2, #-16]
	fmov	v7.d[1], x2
	mov	x2, xzr
	msr	vbar_el2, x1
	b	4f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:
4:	mov	x0, xzr
	eret
