// SPDX-License-Identifier: MIT
//
// A jump table: offsets of words from a label, indexed by w0 below 5.
	.include "subject.inc"

routine handle
	.ifdef	FAULT
	cmp	w0, #5
	.else
	cmp	w0, #4
	.endif
	b.hi	9f
	adr	x2, offsets
	ldrsw	x3, [x2, w0, uxtw #2]
	adr	x2, here
	add	x2, x2, x3
	br	x2
here:
1:	answer	10
2:	answer	11
3:	answer	12
9:	mov	x0, #-1
	eret

	.balign	4
offsets:
	.word	1b - here
	.word	2b - here
	.word	1b - here
	.word	3b - here
	.word	9b - here
