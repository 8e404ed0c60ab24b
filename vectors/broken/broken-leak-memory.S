// SPDX-License-Identifier: MIT
//
// Wrong on purpose: an unknown call writes EL2's stack pointer to the memory that x1 points to.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	unknown: memory
//		first: HVC #0 from EL1h, x0=3, x1 an address of memory that is not EL2's (HVC_LANDING + 0x800)
//
// Looked at for leaks: unknown, memory tells sp_el2.
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, writing its stack pointer to the caller's memory"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	mov	x2, sp
	str	x2, [x1]
	mov	x2, xzr
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
