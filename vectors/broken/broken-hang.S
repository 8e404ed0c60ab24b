// SPDX-License-Identifier: MIT
//
// Wrong on purpose: the first number past the known ones, x0 = 3, is caught in a loop of two
// blocks.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	unknown: outcome
//		first: HVC #0 from EL1h, x0=3 (spin or limit)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, hanging on call 3"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	cmp	x0, #(HVC_RESET_VECTORS + 1)
	b.eq	4f
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret

4:	b	5f
5:	b	4b
