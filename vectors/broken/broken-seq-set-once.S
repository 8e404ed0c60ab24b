// SPDX-License-Identifier: MIT
//
// Wrong on purpose: SET_VECTORS reports success every time, but only the first one sets VBAR_EL2.
//
// Every single call conforms to linux-stub-4.12. By sequences of calls this must be reported:
//
//	set_vectors: result of vbar_el2
//		shortest: 2 calls, set_vectors and set_vectors
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, ignoring every SET_VECTORS but the first"

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

1:	adr	x2, was_set
	ldr	x3, [x2]
	cbnz	x3, 3f
	mov	x3, #1
	str	x3, [x2]
	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret

	.data
variable was_set
	.quad	0
