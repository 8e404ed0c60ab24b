// SPDX-License-Identifier: MIT
//
// Position-independent code as compilers write it: small (-fpic) and large (-fPIC) global offset
// tables, and one slot that is read literally. x0 of 1 to 4 is the call.
	.include "subject.inc"
	.global	one, two

routine handle
	cmp	x0, #1
	b.eq	small
	cmp	x0, #2
	b.eq	large
	cmp	x0, #3
	b.eq	literal
	cmp	x0, #4
	b.eq	through
	mov	x0, #-1
	eret
small:
	adrp	x1, _GLOBAL_OFFSET_TABLE_
	ldr	x1, [x1, #:gotpage_lo15:two]
	ldr	x0, [x1]
	eret
large:
	adrp	x1, :got:one
	ldr	x1, [x1, :got_lo12:one]
	ldr	x0, [x1]
	eret
literal:
	ldr	x1, :got:two
	ldr	x0, [x1]
	eret
through:
	adrp	x1, _GLOBAL_OFFSET_TABLE_
	ldr	x1, [x1, #:gotpage_lo15:add_seven]
	stp	x29, x30, [sp, #-16]!
	blr	x1
	ldp	x29, x30, [sp], #16
	eret
	.global	add_seven
routine add_seven
	add	x0, x0, #7
	ret

	.data
	.balign	8
one:
	.quad	0x1111
two:
	.quad	0x2222
