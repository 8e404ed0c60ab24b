// SPDX-License-Identifier: MIT
//
// Wrong on purpose: RESET_VECTORS is a call the first time only, and unknown from then on.
//
// Every single call conforms to linux-stub-4.12. By sequences of calls this must be reported:
//
//	reset_vectors: result of x0
//		shortest: 2 calls, reset_vectors and reset_vectors
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, resetting its vectors only once"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
4:	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	5f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	adr	x2, was_reset
	ldr	x3, [x2]
	cbnz	x3, 4b
	mov	x3, #1
	str	x3, [x2]
5:	mov	x0, xzr
	eret

	.data
variable was_reset
	.quad	0
