// SPDX-License-Identifier: MIT
//
// A selector made of two registers: x0 and x1 as halves of one number.
	.include "subject.inc"

routine handle
	lsl	x2, x1, #32
	orr	x2, x2, x0
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
