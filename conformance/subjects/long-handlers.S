// SPDX-License-Identifier: MIT
//
// Three functions by x0: one that is soon followed, one with a choice a bit of x1, and one that
// counts x1 down.
	.include "subject.inc"

routine handle
	cmp	x0, #3
	b.hs	unknown
	adr	x2, functions
	ldr	x2, [x2, x0, lsl #3]
	stp	x29, x30, [sp, #-16]!
	blr	x2
	ldp	x29, x30, [sp], #16
	eret

routine unknown
	mov	x0, #-1
	eret

routine short
	cbz	x1, 1f
	mov	x0, #7
1:	ret

routine bits
	mov	x0, #0
	.irp	bit, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	tbz	x1, #\bit, 1f
	eor	x0, x0, x0, ror #7
	add	x0, x0, #\bit
	str	x0, [sp, #-16]!
	ldr	x0, [sp], #16
1:
	.endr
	ret

routine count
	mov	x0, #0
1:	cbz	x1, 2f
	sub	x1, x1, #1
	b	1b
2:	ret

	.balign	8
functions:
	.quad	short, bits, count
