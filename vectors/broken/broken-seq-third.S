// SPDX-License-Identifier: MIT
//
// Wrong on purpose: every third unknown call reports success.
//
// Every single call conforms to linux-stub-4.12. By sequences of calls this must be reported:
//
//	unknown: result of x0
//		shortest: 3 calls, unknown each
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, taking every third unknown call for a known one"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	adr	x2, unknowns
	ldr	x3, [x2]
	add	x3, x3, #1
	cmp	x3, #3
	csel	x4, xzr, x3, eq
	str	x4, [x2]
	b.eq	3f
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

	.data
variable unknowns
	.quad	0
