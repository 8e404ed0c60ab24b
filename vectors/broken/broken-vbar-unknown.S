// SPDX-License-Identifier: MIT
//
// Wrong on purpose: an unknown call sets VBAR_EL2 before it is refused.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	unknown: preserve of vbar_el2
//		first: HVC #0 from EL1h, x0=3, any x1 but VBAR_EL2
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, setting VBAR_EL2 on unknown calls"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	msr	vbar_el2, x1
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
