// SPDX-License-Identifier: MIT
//
// Wrong on purpose: on an unknown call ELR_EL2 is moved back by one instruction, as a handler of
// traps does that wants the trapped instruction again. An HVC is already past.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	unknown: outcome
//		first: HVC #0 from EL1h, x0=3 (retry)
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, returning to the HVC itself"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	mrs	x0, elr_el2
	sub	x0, x0, #4
	msr	elr_el2, x0
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
