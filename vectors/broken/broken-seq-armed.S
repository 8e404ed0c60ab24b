// SPDX-License-Identifier: MIT
//
// Wrong on purpose: a soft restart that follows RESET_VECTORS, and that SET_VECTORS, loses its first argument.
//
// Every single call conforms to linux-stub-4.12. By sequences of calls this must be reported:
//
//	soft_restart: result of x0
//		shortest: 3 calls, set_vectors, reset_vectors and soft_restart
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, losing an argument of a restart after setting and resetting vectors"

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
	mov	x3, #1
	b	4f

2:	mov	x0, x2
	adr	x2, progress
	ldr	x2, [x2]
	cmp	x2, #2
	csel	x0, xzr, x0, eq
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	adr	x2, progress
	ldr	x3, [x2]
	cbz	x3, 5f
	mov	x3, #2
4:	adr	x2, progress
	str	x3, [x2]
5:	mov	x0, xzr
	eret

	.data
variable progress
	.quad	0
