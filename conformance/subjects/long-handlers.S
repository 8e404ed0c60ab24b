// SPDX-License-Identifier: MIT
//
// Four functions by x0: one that is soon followed, one with a choice a bit of x1, one that counts
// x1 down, and one that calls itself for ever. Then loops that take long, each with its own table.
	.include "subject.inc"

routine handle
	cmp	x0, #4
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

routine again
	stp	x29, x30, [sp, #-16]!
	bl	again
	ldp	x29, x30, [sp], #16
	ret

	.balign	8
functions:
	.quad	short, bits, count, again

// 16,000 instructions, the same for every call.
own_table decided
	mov	x2, #4000
	mov	x0, #0
1:	add	x0, x0, x2
	eor	x1, x1, x0
	subs	x2, x2, #1
	b.ne	1b
	eret

// A function of no handler that calls itself for ever.
own_table recursion
	bl	again
	eret

// Each read is of another page that nobody has set, for ever.
own_table everywhere
	mov	x9, #0
1:	ldr	x10, [x9]
	add	x9, x9, #4096
	b	1b

// The length of a string of the caller's.
own_table length
	mov	x2, x0
1:	ldrb	w3, [x2], #1
	cbnz	w3, 1b
	sub	x0, x2, x0
	eret

// 64 bytes from one pointer of the caller's to another, one by one.
own_table copy
	mov	x2, #64
1:	ldrb	w3, [x1], #1
	strb	w3, [x0], #1
	subs	x2, x2, #1
	b.ne	1b
	eret
