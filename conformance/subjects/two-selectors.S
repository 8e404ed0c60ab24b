// SPDX-License-Identifier: MIT
//
// A selector made of two registers: w0 and w1 as halves of one number; and one that is their sum.
	.include "subject.inc"

routine handle
	.ifdef	FAULT
	mov	x2, x0
	.else
	mov	w2, w0
	.endif
	orr	x2, x2, x1, lsl #32
	mov	x3, #0x0005
	movk	x3, #0x0007, lsl #32
	cmp	x2, x3
	b.eq	1f
	add	x2, x0, x1
	cmp	x2, #100
	b.eq	2f
	answer	0
1:	answer	1
2:	answer	2
