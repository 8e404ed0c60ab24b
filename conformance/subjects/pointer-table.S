// SPDX-License-Identifier: MIT
//
// A table of function pointers, one of them null, indexed by x0 less 0x100.
	.include "subject.inc"

routine handle
	sub	x1, x0, #0x100
	.ifdef	FAULT
	cmp	w1, #4
	.else
	cmp	x1, #4
	.endif
	b.hs	unknown
	adr	x2, functions
	ldr	x2, [x2, x1, lsl #3]
	cbz	x2, unknown
	stp	x29, x30, [sp, #-16]!
	blr	x2
	ldp	x29, x30, [sp], #16
	eret

routine first
	mov	x0, #1
	ret
routine second
	add	x0, x1, #7
	ret
routine unknown
	mov	x0, #-1
	eret

	.balign	8
functions:
	.quad	first, 0, second, first
