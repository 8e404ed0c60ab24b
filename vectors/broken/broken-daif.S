// SPDX-License-Identifier: MIT
//
// Wrong on purpose: RESET_VECTORS returns with the interrupts masked.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	reset_vectors: preserve of daif
//		first: HVC #0 from EL1h, x0=2, any daif but 0x3c0
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, returning with interrupts masked"

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

1:	msr	vbar_el2, x1
	b	4f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mrs	x0, spsr_el2
	orr	x0, x0, #SPSR_ELx_DAIF
	msr	spsr_el2, x0
4:	mov	x0, xzr
	eret
