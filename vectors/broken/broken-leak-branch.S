// SPDX-License-Identifier: MIT
//
// Wrong on purpose: an unknown call returns another error where a bit of EL2's stack is set: which of
// two ways it went depends on what the caller must not know.
//
// Judged by linux-stub-4.12, this must be reported:
//
//	nothing, where the bit is clear as in the default world
//
// Looked at for leaks: unknown, x0 tells el2_memory.
	.include "macros.inc"
	.include "linux/stub.inc"

	.equ	HVC_SET_VECTORS, 0
	.equ	HVC_SOFT_RESTART, 1
	.equ	HVC_RESET_VECTORS, 2

	subject	"Broken: the 4.12 stub, whose error depends on EL2's stack"

	stub_table

routine handle_sync
	cmp	x0, #HVC_SET_VECTORS
	b.eq	1f
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	2f
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	3f
	mov	x2, sp
	ldr	x2, [x2, #-8]
	and	x2, x2, #0x20000
	cbz	x2, 5f
	mov	x2, xzr
	mov	x0, #-1
	eret
5:	ldr	x0, =HVC_STUB_ERR
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
