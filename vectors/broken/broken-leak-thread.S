// SPDX-License-Identifier: MIT
//
// Wrong on purpose: an unknown call leaves TPIDR_EL2, by which EL2 finds its own, in x3: a
// register that a call may use up, but not to tell the caller where EL2's memory is.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	nothing: the ABI lets a call use up x3
//
// Looked at for leaks: unknown, x3 tells tpidr_el2.
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, leaving TPIDR_EL2 in a register that calls may use up"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	mrs	x3, tpidr_el2
	ldr	x0, =HVC_STUB_ERR
	eret

1:	msr	vbar_el2, x1
	b	4f

2:	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

3:
4:	mov	x0, xzr
	eret
