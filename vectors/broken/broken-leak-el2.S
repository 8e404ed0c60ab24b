// SPDX-License-Identifier: MIT
//
// Wrong on purpose: SET_VECTORS leaves SP_EL2 in x19, which is no business of the caller and not
// one of the registers that a call may use up, x0 to x18.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	set_vectors: preserve of x19
//		first: HVC #0 from EL1h, x0=0
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, leaking SP_EL2 in x19"

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

1:	mov	x19, sp
	msr	vbar_el2, x1
	b	3f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:	mov	x0, xzr
	eret
